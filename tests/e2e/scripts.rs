//! Install scripts and native addons: a derivation each.

use serde_json::{Value, json};

use crate::support::package::{Package, package};
use crate::support::{nix, nonce, project::Project, registry::Registry};

const GYP: &str = r#"{ "targets": [{ "target_name": "addon", "sources": ["addon.c"] }] }"#;

/// An addon that `node-gyp` builds without any script saying so.
fn addon(secret: &str) -> Package {
    let source = format!(
        r#"#include <node_api.h>
static napi_value init(napi_env env, napi_value exports) {{
  napi_value text;
  napi_create_string_utf8(env, "compiled {secret}", NAPI_AUTO_LENGTH, &text);
  return text;
}}
NAPI_MODULE(addon, init)
"#
    );
    let index = "module.exports = require('./build/Release/addon.node');\n";
    package("addon", "1.0.0", json!({}), &[("binding.gyp", GYP), ("addon.c", &source), ("index.js", index)])
}

fn project(packages: &[&Package], registry: &Registry, app: &str, flags: &[(&str, &str)]) -> Project {
    let mut project = Project::new(&[("app.js", app)]);
    project.registry = Some(registry.url.clone());
    let locations = packages.iter().map(|package| {
        let mut lock = package.lock();
        for (_, flag) in flags.iter().filter(|(name, _)| *name == package.name) {
            lock[*flag] = true.into();
        }
        (format!("node_modules/{}", package.name), lock)
    });
    let locations = Value::Object(locations.collect());
    project.write_lock(&json!({ "name": "app", "version": "1.0.0", "bin": "app.js" }), &locations);
    project
}

#[test]
fn a_native_addon_compiles_and_an_unrelated_bump_leaves_it_alone() {
    let secret = nonce();
    let addon = addon(&secret);
    let mates: Vec<_> = ["1.0.0", "1.0.1"]
        .map(|version| {
            package("mate", version, json!({}), &[("index.js", &format!("module.exports = '{version}';\n"))])
        })
        .into();
    let registry = Registry::start(&[addon.clone(), mates[0].clone(), mates[1].clone()]);
    let app = "console.log(require('addon'), require('mate'));\n";
    let first = project(&[&addon, &mates[0]], &registry, app, &[]);
    first.convert(&[]).expect(0);
    let result = nix::build(&first, "", "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), format!("compiled {secret} 1.0.0"));

    let bumped = project(&[&addon, &mates[1]], &registry, app, &[]);
    bumped.convert(&[]).expect(0);
    let path = ".built.\"node_modules/addon\"";
    assert_eq!(nix::output_path(&first, path), nix::output_path(&bumped, path));
    assert_ne!(nix::output_path(&first, ".nodeModules"), nix::output_path(&bumped, ".nodeModules"));
}

#[test]
fn scripts_see_their_dependencies_and_what_the_policy_gives() {
    let secret = nonce();
    let helper = package(
        "helper",
        "1.0.0",
        json!({ "bin": "helper.js" }),
        &[(
            "helper.js",
            "#!/usr/bin/env node\nrequire('fs').writeFileSync('made.js', `module.exports = '${process.env.GREETING} ${process.env.npm_config_build_from_source}'`)\n",
        )],
    );
    let scripted = package(
        "scripted",
        "1.0.0",
        json!({ "scripts": { "postinstall": "helper" }, "dependencies": { "helper": "1" } }),
        &[("index.js", &format!("module.exports = '{secret} ' + require('./made.js');\n"))],
    );
    let registry = Registry::start(&[helper.clone(), scripted.clone()]);
    let project = project(&[&helper, &scripted], &registry, "console.log(require('scripted'));\n", &[]);
    project.write("headwater.toml", "[packages.scripted]\nenv = { GREETING = \"hello ${x}\" }\n");
    project.convert(&[]).expect(0);
    let result = nix::build(&project, "", "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), format!("{secret} hello ${{x}} true"));
}

#[test]
fn a_script_that_wants_the_network_is_named_with_the_way_out() {
    let secret = nonce();
    let script = "node -e \"require('dns').lookup('downloads.example.org', e => { if (e) { console.error(e.message); process.exit(1) } })\"";
    let downloader = package(
        "downloader",
        "1.0.0",
        json!({ "scripts": { "install": script } }),
        &[("index.js", &format!("module.exports = '{secret}';\n"))],
    );
    let registry = Registry::start(std::slice::from_ref(&downloader));
    let project = project(&[&downloader], &registry, "console.log(require('downloader'));\n", &[]);
    project.convert(&[]).expect(0);
    let error = nix::try_build(&project, "", "").unwrap_err();
    assert!(
        error.contains("downloader@1.0.0") && error.contains("network") && error.contains("skipScripts"),
        "{error}"
    );

    project.write("headwater.toml", "[packages.downloader]\nskipScripts = true\n");
    project.convert(&[]).expect(0);
    let result = nix::build(&project, "", "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), secret);
}

#[test]
fn an_optional_package_that_fails_takes_its_optional_set_along() {
    let secret = nonce();
    let failing = package(
        "failing",
        "1.0.0",
        json!({ "scripts": { "install": format!("echo {secret}; exit 1") }, "dependencies": { "only-for-it": "1" } }),
        &[],
    );
    let only = package("only-for-it", "1.0.0", json!({}), &[("index.js", "")]);
    let registry = Registry::start(&[failing.clone(), only.clone()]);
    let app = "const has = n => { try { require.resolve(n + '/package.json'); return true } catch { return false } };\nconsole.log(has('failing'), has('only-for-it'));\n";
    let flags = [("failing", "optional"), ("only-for-it", "optional")];
    let mut project = Project::new(&[("app.js", app)]);
    project.registry = Some(registry.url.clone());
    let (mut a, mut b) = (failing.lock(), only.lock());
    for (lock, (_, flag)) in [&mut a, &mut b].into_iter().zip(flags) {
        lock[flag] = true.into();
    }
    project.write_lock(
        &json!({ "name": "app", "version": "1.0.0", "bin": "app.js", "optionalDependencies": { "failing": "1" } }),
        &json!({ "node_modules/failing": a, "node_modules/only-for-it": b }),
    );
    project.convert(&[]).expect(0);
    let result = nix::build(&project, "", "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), "false false");
}

/// Scripts may write what they like, into their own folder and to where the builder writes.
#[test]
fn what_scripts_leave_behind_does_not_say_that_they_failed() {
    let secret = nonce();
    let script = format!(
        "echo {secret} > .headwater-failed; echo {secret} > failed; mkdir -p $out; echo {secret} > $out/failed"
    );
    let scripted =
        |name| package(name, "1.0.0", json!({ "scripts": { "install": script } }), &[("index.js", "")]);
    let packages = ["needed", "wanted"].map(scripted);
    let registry = Registry::start(&packages);
    let app = "require('needed'); require('wanted'); console.log('both are there');\n";
    let mut project = Project::new(&[("app.js", app)]);
    project.registry = Some(registry.url.clone());
    let (needed, mut wanted) = (packages[0].lock(), packages[1].lock());
    wanted["optional"] = true.into();
    project.write_lock(
        &json!({
            "name": "app", "version": "1.0.0", "bin": "app.js",
            "dependencies": { "needed": "1" }, "optionalDependencies": { "wanted": "1" },
        }),
        &json!({ "node_modules/needed": needed, "node_modules/wanted": wanted }),
    );
    project.convert(&[]).expect(0);
    let result = nix::build(&project, "", "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), "both are there");
}

#[test]
fn a_patch_of_the_policy_is_applied() {
    let secret = nonce();
    let lib =
        package("lib", "1.0.0", json!({}), &[("index.js", &format!("module.exports = 'old {secret}';\n"))]);
    let registry = Registry::start(std::slice::from_ref(&lib));
    let project = project(&[&lib], &registry, "console.log(require('lib'));\n", &[]);
    let patch = format!(
        "--- a/index.js\n+++ b/index.js\n@@ -1 +1 @@\n-module.exports = 'old {secret}';\n+module.exports = 'new {secret}';\n"
    );
    project.write("patches/lib.patch", &patch);
    project.write("headwater.toml", "[packages.lib]\npatches = [\"patches/lib.patch\"]\n");
    project.convert(&[]).expect(0);
    let result = nix::build(&project, "", "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), format!("new {secret}"));
}
