//! A tree of npm with everything in it that one can have.

use serde_json::{Value, json};

use crate::support::package::{Package, merge, package, tarball};

/// A package that says its own name and version, and what its dependencies say.
pub fn teller(name: &str, version: &str, more: &Value, needs: &[&str]) -> Package {
    let mut manifest = json!({ "license": "MIT", "description": format!("Says {name}") });
    if more["peerDependencies"].is_null() && !needs.is_empty() {
        let needs = needs.iter().map(|need| ((*need).to_owned(), json!("*")));
        manifest["dependencies"] = Value::Object(needs.collect());
    }
    merge(&mut manifest, more);
    let calls: String = needs.iter().map(|need| format!(", ...require({need:?}).tell(seen)")).collect();
    let index = format!(
        "exports.tell = (seen = []) => seen.includes({name:?}) ? []\n  : (seen = [...seen, {name:?}], \
         ['{name}@{version}'{calls}]);\n"
    );
    package(name, version, manifest, &[("index.js", &index)])
}

/// What says which of its optional dependencies are there.
fn bound() -> Package {
    let optional = json!({ "mac": "1", "linux": "1", "riscv": "1", "fails": "1" });
    let index = "const there = name => { try { return require(name).tell(); } catch { return []; } };\n\
                 exports.tell = () => ['mac', 'linux', 'riscv', 'fails'].flatMap(there);\n";
    package(
        "bound",
        "1.0.0",
        json!({ "license": "MIT", "optionalDependencies": optional }),
        &[("index.js", index)],
    )
}

/// What a package finds only if its files are as they were published and its dependencies lie as npm puts them: the
/// first condition of `exports` that holds, a neighbour by its path, another version of itself.
fn particular() -> Vec<(&'static str, Package, Value)> {
    let mut ordered = teller("ordered", "1.0.0", &json!({ "devDependencies": { "absent": "1" } }), &[]);
    let exports =
        "\"exports\": { \".\": { \"node\": \"./index.js\", \"default\": \"./never.js\" } },\n  \"license\"";
    ordered.files[0].1 = ordered.files[0].1.replacen("\"license\"", exports, 1);
    ordered.tarball = tarball(&ordered.files);
    let index = "exports.tell = () => ['beside', ...require('../host').tell()];\n";
    let needs = json!({ "dependencies": { "host": "3" }, "directories": { "bin": "programs" } });
    let program = ("programs/beside", "#!/usr/bin/env node\nconsole.log('a program of a folder');\n");
    let beside = package("beside", "1.0.0", needs, &[("index.js", index), program]);
    let index = "exports.tell = () => ['own@2', ...require('own').tell()];\n";
    let needs = json!({ "dependencies": { "own": "1" } });
    let inner = package("own", "1.0.0", json!({}), &[("index.js", "exports.tell = () => ['own@1'];\n")]);
    let fails = json!({ "scripts": { "install": "exit 1" } });
    vec![
        ("ordered", ordered, json!({})),
        ("beside", beside, json!({})),
        ("own", package("own", "2.0.0", needs, &[("index.js", index)]), json!({})),
        ("own/node_modules/own", inner, json!({})),
        ("fails", teller("fails", "1.0.0", &fails, &[]), json!({ "optional": true })),
    ]
}

/// What npm's places decide: a package that is found though nobody asks for it, one with another version of itself that
/// is one of a cycle, one that has a peer at one place alone.
fn placed() -> Vec<(&'static str, Package, Value)> {
    // What npm puts at the top, and nobody but the project asks for.
    let index = "exports.tell = () => ['hoisted', ...require('dup').tell()];\n";
    let hoisted = package("hoisted", "1.0.0", json!({}), &[("index.js", index)]);
    let in_cycle = json!({ "dependencies": { "twin": "1", "back": "1" } });
    let index = "exports.name = 'twin@2';\n\
                 exports.tell = () => ['twin@2', ...require('twin').tell(), ...require('back').tell()];\n";
    let twin = package("twin", "2.0.0", in_cycle, &[("index.js", index)]);
    let inner = package("twin", "1.0.0", json!({}), &[("index.js", "exports.tell = () => ['twin@1'];\n")]);
    let needs = json!({ "dependencies": { "twin": "2" } });
    let index = "exports.tell = () => [`back to ${require('twin').name}`];\n";
    let back = package("back", "1.0.0", needs, &[("index.js", index)]);
    // Without a peer at one place, with it at the other.
    let maybe = json!({ "peerDependencies": { "extra": "*" }, "peerDependenciesMeta": { "extra": { "optional": true } } });
    let index = "const extra = () => { try { return require('extra').tell(); } catch { return []; } };\n\
                 exports.tell = () => ['maybe', ...extra()];\n";
    let maybe = package("maybe", "1.0.0", maybe, &[("index.js", index)]);
    let later = package("maybe", "2.0.0", json!({}), &[("index.js", "exports.tell = () => ['maybe@2'];\n")]);
    vec![
        ("hoisted", hoisted, json!({})),
        ("twin", twin, json!({})),
        ("twin/node_modules/twin", inner, json!({})),
        ("back", back, json!({})),
        ("maybe", later, json!({})),
        ("with", teller("with", "1.0.0", &json!({}), &["maybe", "extra"]), json!({})),
        ("with/node_modules/maybe", maybe.clone(), json!({})),
        ("with/node_modules/extra", teller("extra", "1.0.0", &json!({}), &[]), json!({})),
        ("without", teller("without", "1.0.0", &json!({}), &["maybe"]), json!({})),
        ("without/node_modules/maybe", maybe, json!({})),
    ]
}

fn bundler() -> Package {
    let manifest =
        json!({ "license": "MIT", "bundleDependencies": ["inner"], "dependencies": { "inner": "1" } });
    let inner = "{ \"name\": \"inner\", \"version\": \"1.0.0\" }\n";
    let files = [
        ("index.js", "exports.tell = () => ['bundler', ...require('inner').tell()];\n"),
        ("node_modules/inner/package.json", inner),
        ("node_modules/inner/index.js", "exports.tell = () => ['inner'];\n"),
    ];
    package("bundler", "1.0.0", manifest, &files)
}

/// Everything that a tree of npm can have, by location: two versions of a package, a scope, an alias, a cycle with
/// two packages of one name in it, a peer, packages for other machines, a bundled one, and words that Scheme would
/// read otherwise.
pub fn tree() -> Vec<(&'static str, Package, Value)> {
    let words = json!({
        "description": "He said \"#t\" \\ and @code{x} ; ) (display 1) #| ~a",
        "license": "SEE LICENSE IN \"x\" ) #", "homepage": "https://example.org/#~\"",
    });
    let peer = json!({
        "peerDependencies": { "host": "3", "gone": "*" }, "peerDependenciesMeta": { "gone": { "optional": true } },
    });
    let none = json!({});
    let optional = json!({ "optional": true });
    let later = teller("dup", "2.0.0-rc.1", &json!({ "license": "(MIT OR Apache-2.0)" }), &[]);
    let tree = vec![
        ("dup", teller("dup", "1.0.0", &none, &[]), none.clone()),
        ("two", teller("two", "1.0.0", &words, &["dup"]), none.clone()),
        ("two/node_modules/dup", later.clone(), none.clone()),
        ("other", later, json!({ "name": "dup" })),
        ("@s/scoped.name", teller("@s/scoped.name", "1.0.0", &none, &["dup"]), none.clone()),
        ("ring-a", teller("ring-a", "1.0.0", &none, &["ring-b", "ring-d", "dup"]), none.clone()),
        ("ring-b", teller("ring-b", "1.0.0", &none, &["ring-c"]), none.clone()),
        ("ring-c", teller("ring-c", "1.0.0", &none, &["ring-a", "two"]), none.clone()),
        ("ring-d", teller("ring-d", "1.0.0", &none, &["ring-c"]), none.clone()),
        ("ring-d/node_modules/ring-c", teller("ring-c", "0.5.0", &none, &["ring-a"]), none.clone()),
        ("host", teller("host", "3.0.0", &none, &[]), none.clone()),
        ("plugin", teller("plugin", "1.0.0", &peer, &["host"]), none.clone()),
        ("mac", teller("mac", "1.0.0", &json!({ "os": ["darwin"] }), &[]), optional.clone()),
        (
            "linux",
            teller("linux", "1.0.0", &json!({ "os": ["linux"], "cpu": ["x64", "arm64"] }), &[]),
            optional.clone(),
        ),
        ("riscv", teller("riscv", "1.0.0", &json!({ "cpu": ["riscv64"] }), &[]), optional),
        ("bound", bound(), none.clone()),
        ("bundler", bundler(), json!({ "bundleDependencies": ["inner"] })),
    ];
    tree.into_iter().chain(particular()).chain(placed()).collect()
}
