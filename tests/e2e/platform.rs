//! One conversion serves every platform; the emitted code selects.

use serde_json::json;

use crate::support::{nix, nonce, package::package, project::Project, registry::Registry};

#[test]
fn bound_packages_are_kept_for_every_target_and_selected_by_the_platform() {
    let secret = nonce();
    let for_os = |name: &str, os: &str| {
        package(
            name,
            "1.0.0",
            json!({ "os": [os] }),
            &[("index.js", &format!("module.exports = '{os} {secret}';\n"))],
        )
    };
    let (linux, darwin) = (for_os("on-linux", "linux"), for_os("on-darwin", "darwin"));
    let registry = Registry::start(&[linux.clone(), darwin.clone()]);
    let app = "const get = n => { try { return require(n) } catch { return '-' } };\nconsole.log(get('on-linux'), get('on-darwin'));\n";
    let mut project = Project::new(&[("app.js", app)]);
    project.registry = Some(registry.url.clone());
    let (mut a, mut b) = (linux.lock(), darwin.lock());
    a["optional"] = true.into();
    b["optional"] = true.into();
    project.write_lock(
        &json!({ "name": "app", "version": "1.0.0", "bin": "app.js", "optionalDependencies": { "on-linux": "1", "on-darwin": "1" } }),
        &json!({ "node_modules/on-linux": a, "node_modules/on-darwin": b }),
    );
    project.convert(&[]).expect(0);
    let sources = project.read("nix/headwater/sources.nix");
    assert!(sources.contains("on-linux-1.0.0") && sources.contains("on-darwin-1.0.0"), "{sources}");
    let result = nix::build(&project, "", "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), format!("linux {secret} -"));
}

#[test]
fn a_required_package_for_another_platform_is_an_error_that_names_it() {
    let only = package("only-on-mars", "1.0.0", json!({ "os": ["mars"] }), &[("index.js", &nonce())]);
    let registry = Registry::start(std::slice::from_ref(&only));
    let manifest = json!({ "name": "app", "version": "1.0.0", "bin": "app.js" });
    let mut project = Project::with_packages(&manifest, &[&only], &[("app.js", "")]);
    project.registry = Some(registry.url.clone());
    project.convert(&[]).expect(0);
    let error = nix::try_build(&project, "", "").unwrap_err();
    assert!(error.contains("only-on-mars"), "{error}");
}
