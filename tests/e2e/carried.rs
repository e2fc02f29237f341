//! What a build writes below node_modules is in the result, as after `npm ci && npm run build && npm prune`.

use serde_json::{Value, json};

use crate::support::{nix, nonce, package::package, project::Project, registry::Registry};

/// Generates a client, patches a package and removes a file of it, and fills a cache.
const GENERATE: &str = r#"#!/usr/bin/env node
const fs = require('fs');
fs.mkdirSync('node_modules/.client', { recursive: true });
fs.writeFileSync('node_modules/.client/index.js', `module.exports = '${process.argv[2]}'`);
fs.symlinkSync(`${process.cwd()}/node_modules/.client`, 'node_modules/client');
fs.appendFileSync('node_modules/lib/index.js', `module.exports += ' patched'`);
fs.rmSync('node_modules/lib/large.bin');
fs.appendFileSync('node_modules/generate/index.js', '// changed, and not installed');
fs.mkdirSync('node_modules/.cache/generate', { recursive: true });
fs.writeFileSync('node_modules/.cache/generate/x', '');
fs.mkdirSync('dist/node_modules/own', { recursive: true });
fs.writeFileSync('dist/node_modules/own/index.js', `module.exports = 'own'`);
fs.writeFileSync('dist/cli.js', `#!/usr/bin/env node\nconsole.log(require('client'), require('lib'), require('own'))`);
"#;

#[test]
fn what_the_build_writes_into_node_modules_is_installed_and_named() {
    let secret = nonce();
    let index = format!("module.exports = 'lib {secret}';\n");
    let lib =
        package("lib", "1.0.0", json!({}), &[("index.js", &index), ("large.bin", "x"), ("same.js", "")]);
    let generate = package(
        "generate",
        "1.0.0",
        json!({ "bin": "cli.js" }),
        &[("cli.js", GENERATE), ("index.js", "// nothing\n")],
    );
    let registry = Registry::start(&[lib.clone(), generate.clone()]);
    let mut dev = generate.lock();
    dev["dev"] = true.into();
    for files in [json!(null), json!(["dist"])] {
        let mut project = Project::new(&[]);
        project.registry = Some(registry.url.clone());
        let mut manifest = json!({
            "name": "app", "version": "1.0.0", "bin": "dist/cli.js", "dependencies": { "lib": "1" },
            "devDependencies": { "generate": "1" }, "scripts": { "build": format!("generate 'made {secret}'") },
        });
        if files.is_array() {
            manifest["files"] = files;
        }
        project
            .write_lock(&manifest, &json!({ "node_modules/lib": lib.lock(), "node_modules/generate": dev }));
        project.convert(&[]).expect(0);
        let result = nix::build(&project, "", "");
        let said = nix::run(&result.join("bin/app"), &[]);
        assert_eq!(said, format!("made {secret} lib {secret} patched own"));
        let modules = result.join("lib/node_modules/app/node_modules");
        for gone in ["generate", ".cache", "lib/large.bin"] {
            assert!(!modules.join(gone).exists(), "{gone}");
        }
        assert!(modules.join("lib/same.js").exists());
        let list = std::fs::read_to_string(result.join("share/headwater/changed-files.json")).unwrap();
        let list: Value = serde_json::from_str(&list).unwrap();
        let lib = json!({
            "name": "lib", "version": "1.0.0", "changed": ["index.js"], "added": [], "removed": ["large.bin"],
        });
        assert_eq!(list["packages"], json!({ "node_modules/lib": lib }));
        assert_eq!(list["folders"], json!(["node_modules/.client", "node_modules/client"]));
    }
}
