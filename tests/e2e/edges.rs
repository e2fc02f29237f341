//! What is installed, and when it is left out, by the edges of the lockfile.

use serde_json::json;

use crate::support::package::{Package, package, tarball};
use crate::support::{nix, nonce, project::Project, registry::Registry};

const HAS: &str = "const has = n => { try { require.resolve(n); return true } catch { return false } };\n";

fn plain(name: &str, manifest: serde_json::Value) -> Package {
    package(name, "1.0.0", manifest, &[("index.js", &format!("// {}\n", nonce()))])
}

#[test]
fn what_production_needs_is_there_whatever_the_flags_say() {
    let needing = plain("needing", json!({ "dependencies": { "needed": "1" } }));
    let (needed, tool, only) =
        (plain("needed", json!({})), plain("tool", json!({})), plain("only", json!({})));
    let registry = Registry::start(&[needing.clone(), needed.clone(), tool.clone(), only.clone()]);
    let flagged = |package: &Package, flag: &str| {
        let mut entry = package.lock();
        entry[flag] = true.into();
        entry
    };
    let app = format!("{HAS}console.log(['needing', 'needed', 'tool', 'only'].map(has).join(' '));\n");
    let mut project = Project::new(&[("app.js", &app)]);
    project.registry = Some(registry.url.clone());
    // The flags of an earlier tree; nothing asks for `only` any more.
    project.write_lock(
        &json!({ "name": "app", "version": "1.0.0", "bin": "app.js",
            "dependencies": { "needing": "1" }, "devDependencies": { "tool": "1" } }),
        &json!({
            "node_modules/needing": needing.lock(), "node_modules/needed": flagged(&needed, "dev"),
            "node_modules/tool": flagged(&tool, "optional"),
            "node_modules/only/node_modules/only": { "version": "${x}", "extraneous": true },
            "../only": only.lock(),
        }),
    );
    project.convert(&[]).expect(0);
    let result = nix::build(&project, "", "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), "true true false false");
}

#[test]
fn a_failing_script_is_no_option_where_the_package_is_none() {
    let failing = package(
        "failing",
        "1.0.0",
        json!({ "scripts": { "install": format!("echo {}; exit 1", nonce()) } }),
        &[],
    );
    let registry = Registry::start(std::slice::from_ref(&failing));
    let mut entry = failing.lock();
    entry["optional"] = true.into();
    let mut project = Project::new(&[("app.js", "")]);
    project.registry = Some(registry.url.clone());
    project.write_lock(
        &json!({ "name": "app", "version": "1.0.0", "bin": "app.js", "dependencies": { "failing": "1" } }),
        &json!({ "node_modules/failing": entry }),
    );
    project.convert(&[]).expect(0);
    let error = nix::try_build(&project, "", "").unwrap_err();
    assert!(error.contains("failing"), "{error}");
}

#[test]
fn a_lockfile_of_version_1_has_the_edges_of_the_manifests() {
    let host =
        plain("host", json!({ "peerDependencies": { "peer": "1" }, "optionalDependencies": { "may": "1" } }));
    let (peer, may, stray) = (plain("peer", json!({})), plain("may", json!({})), plain("stray", json!({})));
    let registry = Registry::start(&[host.clone(), peer.clone(), may.clone(), stray.clone()]);
    let entry =
        |package: &Package| json!({ "version": "1.0.0", "integrity": package.integrity(), "dev": true });
    let mut of_host = entry(&host);
    of_host["requires"] = json!({ "may": "1" });
    let lock = json!({ "name": "app", "version": "1.0.0", "lockfileVersion": 1, "requires": true,
        "dependencies": {
            "host": of_host, "peer": entry(&peer), "may": entry(&may), "stray": entry(&stray),
            "broken": { "version": "not a version" },
        } });
    let app = format!("{HAS}console.log(['host', 'peer', 'may', 'stray'].map(has).join(' '));\n");
    let mut project = Project::new(&[
        ("app.js", &app),
        (
            "package.json",
            r#"{ "name": "app", "version": "1.0.0", "bin": "app.js", "dependencies": { "host": "1" } }"#,
        ),
        ("package-lock.json", &lock.to_string()),
    ]);
    project.registry = Some(registry.url.clone());
    project.convert(&[]).expect(0);
    assert!(!registry.asked().iter().any(|path| path.contains("stray")), "{:?}", registry.asked());
    let result = nix::build(&project, "", "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), "true true true false");
}

#[test]
fn a_folder_in_a_tarball_is_a_dependency_of_it() {
    let secret = nonce();
    let text = |text: &str| text.to_owned();
    let packed = tarball(&[
        (
            text("package.json"),
            text(r#"{ "name": "tool", "version": "1.0.0", "dependencies": { "sub": "file:./lib/sub" } }"#),
        ),
        (text("index.js"), text("module.exports = require('sub') + ' in ' + require('deep');\n")),
        (text("lib/sub/package.json"), text(r#"{ "name": "sub", "version": "1.0.0", "bin": "sub.js" }"#)),
        (text("lib/sub/index.js"), format!("module.exports = 'sub {secret}';\n")),
        (text("lib/sub/sub.js"), text("#!/usr/bin/env node\nconsole.log('from ' + require('.'));\n")),
        // Bundled, and without an entry in the lockfile.
        (text("node_modules/deep/package.json"), text(r#"{ "name": "deep", "version": "1.0.0" }"#)),
        (text("node_modules/deep/index.js"), text("module.exports = 'deep';\n")),
    ]);
    let mut project = Project::new(&[("app.js", "console.log(require('tool'));\n")]);
    std::fs::write(project.path().join("tool.tgz"), &packed).unwrap();
    project.registry = Some("http://127.0.0.1:9/".into());
    project.write_lock(
        &json!({ "name": "app", "version": "1.0.0", "bin": "app.js", "scripts": { "build": "sub" } }),
        &json!({
            "node_modules/sub": { "resolved": "node_modules/tool/lib/sub", "link": true },
            "node_modules/tool": { "version": "1.0.0", "resolved": "file:tool.tgz",
                "integrity": crate::support::package::integrity(&packed),
                "dependencies": { "sub": "file:./lib/sub", "deep": "1" }, "bundleDependencies": ["deep"] },
            "node_modules/tool/lib/sub": { "version": "1.0.0", "bin": { "sub": "sub.js" } },
        }),
    );
    let run = project.convert(&["--json"]).expect(0);
    assert_eq!(run.json()["warnings"], json!([]));
    let result = nix::build(&project, "", "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), format!("sub {secret} in deep"));
    let modules = result.join("lib/node_modules/app/node_modules");
    assert_eq!(nix::run(&modules.join(".bin/sub"), &[]), format!("from sub {secret}"));
    assert_eq!(std::fs::read_link(modules.join("sub")).unwrap(), std::path::Path::new("tool/lib/sub"));
}

#[test]
fn optional_packages_that_the_lockfile_lacks_are_told_for_each_system() {
    let host = plain(
        "host",
        json!({ "optionalDependencies": {
            "host-a": "1.0.0", "host-b": "^1.0.0", "host-linux-arm64-gnu": "1.0.0", "host-win32-x64": "1.0.0",
            "host-everywhere": "1.0.0", "gone": "1.0.0" } }),
    );
    let bound = |name: &str, os: &str, cpu: &str| plain(name, json!({ "os": [os], "cpu": [cpu] }));
    let registry = Registry::start(&[
        host.clone(),
        bound("host-a", "linux", "x64"),
        bound("host-b", "darwin", "arm64"),
        bound("host-linux-arm64-gnu", "linux", "arm64"),
        bound("host-win32-x64", "win32", "x64"),
        plain("host-everywhere", json!({})),
    ]);
    let manifest = json!({ "name": "app", "version": "1.0.0", "bin": "app.js" });
    let mut project = Project::with_packages(&manifest, &[&host], &[("app.js", "")]);
    project.registry = Some(registry.url.clone());
    let run = project.convert(&["--json"]).expect(0);
    let warning = &run.json()["warnings"][0];
    assert_eq!((&warning["code"], &warning["package"]), (&json!("HW437"), &json!("host@1.0.0")));
    assert_eq!(
        warning["message"],
        "the lockfile lacks optional packages that it wants on x86_64-linux (host-a, host-everywhere), \
         aarch64-linux (host-everywhere, host-linux-arm64-gnu), x86_64-darwin (host-everywhere), \
         aarch64-darwin (host-b, host-everywhere)"
    );
}
