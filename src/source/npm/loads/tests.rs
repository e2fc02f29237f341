use serde_json::json;

use super::*;
use crate::contents::Format;
use crate::contents::tarball::{Files, Raw, describe};

fn contents(files: &[(&str, &str)]) -> Contents {
    let raw = |text: &str| Raw { executable: false, bytes: text.as_bytes().to_vec() };
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), raw(text))).collect();
    describe(Files { files, dropped: Vec::new(), differs: None }, Format::Npm, 0).unwrap().contents
}

#[test]
fn what_entry_points_load() {
    let files = [
        ("index.js", "require('./lib/a')"),
        ("lib/a.js", "require('..'); require('./b'); import('../data.json')"),
        ("lib/b/index.js", ""),
        ("data.json", "{}"),
        ("cli.mjs", "import './lib/c.js'"),
        ("lib/c.js", "require('../../outside')"),
        ("unused.js", "require('./index')"),
        ("sub/x.js", ""),
        ("sub/y.css", ""),
        ("setup.js", ""),
    ];
    let manifest = json!({"name": "a", "bin": {"x": "./cli.mjs"}, "exports": {"./sub/*": "./sub/*.js"},
        "scripts": {"postinstall": "node setup.js --quiet", "test": "node unused.js"}});
    let loads = Loads::of(&contents(&files), &manifest);
    let loaded = [
        "cli.mjs",
        "data.json",
        "index.js",
        "lib/a.js",
        "lib/b/index.js",
        "lib/c.js",
        "setup.js",
        "sub/x.js",
    ];
    assert_eq!(loads.loaded, loaded.map(str::to_owned).into());
    for main in ["lib", "./lib/b/", "lib/b/index"] {
        let loads = Loads::of(&contents(&files), &json!({"main": main}));
        assert!(loads.is_loaded("lib/b/index.js"), "{main}");
        assert_eq!(loads.is_loaded("index.js"), main == "lib", "{main}");
    }
}

#[test]
fn documents_that_something_names() {
    let named = |manifest: Value, code: &str| {
        let files = [("README", "x"), ("docs/LICENSE.md", "x"), ("NOTICE", "x"), ("index.js", code)];
        Loads::of(&contents(&files), &manifest).named.into_iter().collect::<Vec<_>>().join(" ")
    };
    for (manifest, code, expected) in [
        (json!({}), "// see README and LICENSE.md", ""),
        (json!({"scripts": {"postinstall": "sh README"}}), "", "README"),
        (json!({"scripts": {"postinstall": "sh ./readme"}}), "", "README"),
        (json!({"scripts": {"postinstall": "sh READ*"}}), "", "NOTICE README docs/LICENSE.md"),
        (json!({"scripts": {"postinstall": "sh ./[R]EADME"}}), "", "NOTICE README docs/LICENSE.md"),
        (
            json!({"scripts": {"postinstall": "for f in *; do sh $f; done"}}),
            "",
            "NOTICE README docs/LICENSE.md",
        ),
        (json!({"scripts": {"postinstall": "sh $(ls | head -1)"}}), "", "NOTICE README docs/LICENSE.md"),
        (json!({"scripts": {"postinstall": "sh {NOTICE,x}"}}), "", "NOTICE README docs/LICENSE.md"),
        (json!({"scripts": {"install": "sh 'REA'DME"}}), "", "README"),
        (json!({"scripts": {"install": "sh NOT\\ICE"}}), "", "NOTICE"),
        (json!({"scripts": {"postinstall": "node -e \"try{require('./x')}catch(e){}\""}}), "", ""),
        (json!({"scripts": {"test": "mocha test/*.js"}}), "", ""),
        (json!({"scripts": {"preinstall": "cp README x.sh && sh x.sh"}}), "", "README"),
        (json!({"scripts": {"test": "cp ../../NOTICE . && sh README"}}), "", "README"),
        (json!({"scripts": {"prepack": "shx cp ../../README NOTICE . ; rm README"}}), "", ""),
        (json!({"bin": "README"}), "", "README"),
        (json!({"bin": {"a": "./docs/LICENSE.md"}}), "", "docs/LICENSE.md"),
        (json!({"directories": {"bin": "./docs"}}), "", "docs/LICENSE.md"),
        (json!({"main": "./NOTICE"}), "", "NOTICE"),
        (json!({"exports": {".": {"import": "./README"}}}), "", "README"),
        (json!({"browser": {"./x.js": "./README"}}), "", "README"),
        (json!({"imports": {"#a": "./NOTICE"}}), "", "NOTICE"),
        (json!({"types": "README"}), "", "README"),
        (json!({"oclif": {"hooks": ["./README"]}}), "", "README"),
        (json!({"files": ["README"], "description": "NOTICE"}), "", ""),
        (json!({}), "require('./README')", "README"),
        (json!({}), "spawn('sh', [join(__dirname, 'NOTICE')])", "NOTICE"),
        (json!({}), "require('./docs/LICENSE')", "docs/LICENSE.md"),
    ] {
        assert_eq!(named(manifest.clone(), code), expected, "{manifest} {code}");
    }
}
