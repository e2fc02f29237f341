//! What nixpkgs' policy is told of where a result's files come from.

use serde_json::{Value, json};

use crate::support::forge::Forge;
use crate::support::package::{Package, package};
use crate::support::{nix, project::Project, registry::Registry};

/// The types of a project that installs `lib` by this entry of its lockfile.
fn types(lib: &Package, entry: &Value, git_config: Option<std::path::PathBuf>) -> Value {
    let registry = Registry::start(std::slice::from_ref(lib));
    let mut project = Project::new(&[("app.js", "")]);
    project.registry = Some(registry.url.clone());
    project.git_config = git_config.unwrap_or(project.git_config);
    let kind = match (entry["dev"] == true, entry["optional"] == true) {
        (true, _) => "devDependencies",
        (_, true) => "optionalDependencies",
        _ => "dependencies",
    };
    project.write_lock(
        &json!({ "name": "app", "version": "1.0.0", kind: { "lib": "1.0.0" } }),
        &json!({ "node_modules/lib": entry }),
    );
    project.convert(&[]);
    let types = nix::evaluated(&project, ".meta.sourceProvenance");
    let types: Vec<Value> = serde_json::from_str(&types).unwrap();
    types.iter().map(|one| one["shortName"].clone()).collect()
}

fn with(package: &Package, key: &str, value: Value) -> Value {
    let mut entry = package.lock();
    entry[key] = value;
    entry
}

#[test]
fn what_no_source_is_proved_of_is_no_source() {
    let plain = package("lib", "1.0.0", json!({}), &[("index.js", "1\n")]);
    let native = package("lib", "1.0.0", json!({}), &[("index.js", "1\n"), ("build/lib.node", "\u{0}\u{1}")]);
    assert_eq!(types(&plain, &plain.lock(), None), json!(["fromSource", "binaryBytecode"]));
    assert_eq!(types(&native, &native.lock(), None), json!(["fromSource", "binaryNativeCode"]));
    // Developers' packages are no part of the result.
    assert_eq!(types(&native, &with(&native, "dev", true.into()), None), json!(["fromSource"]));
}

#[test]
fn what_another_platform_has_is_no_part_of_this_ones() {
    for (os, expected) in
        [("linux", json!(["fromSource", "binaryNativeCode"])), ("win32", json!(["fromSource"]))]
    {
        let bound =
            package("lib", "1.0.0", json!({ "os": [os] }), &[("lib.node", "\u{0}"), ("index.js", "1\n")]);
        assert_eq!(types(&bound, &with(&bound, "optional", true.into()), None), expected, "{os}");
    }
}

#[test]
fn a_proved_package_is_a_source() {
    let mut forge = Forge::new();
    let lib = package("lib", "1.0.0", json!({ "repository": "example/lib" }), &[("index.js", "1\n")]);
    let repository = forge.repository("example/lib");
    repository.commit(&lib.files, "1.0.0");
    repository.tag("v1.0.0");
    forge.serve();
    assert_eq!(types(&lib, &lib.lock(), Some(forge.git_config())), json!(["fromSource"]));
}
