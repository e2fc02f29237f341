//! Packages that are taken from their commits, with two mirrors under one hash.

use serde_json::json;

use crate::support::{
    forge::Forge, nix, nonce, package::Package, package::package, project::Project, registry::Registry,
};

/// A program over one package that was published from the commit of its tag.
struct Case {
    forge: Forge,
    registry: Registry,
    project: Project,
    commit: String,
    /// The commit before it, of another version.
    first: String,
    secret: String,
}

/// The package, its commit and the commit before.
fn published(forge: &Forge, name: &str, secret: &str) -> (Package, String, String) {
    let manifest = json!({ "repository": format!("example/{name}"), "bin": { name: "cli.js" } });
    let index = format!("module.exports = 'from {name} {secret}';\n");
    let cli = format!("#!/usr/bin/env node\nconsole.log('cli {secret}');\n");
    let package =
        package(name, "1.2.0", manifest, &[("index.js", &index), ("cli.js", &cli), ("LICENSE", "MIT\n")]);
    let repository = forge.repository(&format!("example/{name}"));
    let first = repository.commit(&[("README", "before")], "before");
    let mut files = package.files.clone();
    files.push(("test/test.js".into(), "not published\n".into()));
    let commit = repository.commit(&files, "1.2.0");
    repository.tag("v1.2.0");
    (package, commit, first)
}

fn case(policy: &str) -> Case {
    let secret = nonce();
    let mut forge = Forge::new();
    let (package, commit, first) = published(&forge, "lib-a", &secret);
    let registry = Registry::start(std::slice::from_ref(&package));
    let manifest =
        json!({ "name": "app", "version": "1.0.0", "bin": "app.js", "dependencies": { "lib-a": "^1.0.0" } });
    let app = "#!/usr/bin/env node\nconsole.log('app:', require('lib-a'));\n";
    let mut project = Project::with_packages(&manifest, &[&package], &[("app.js", app)]);
    project.registry = Some(registry.url.clone());
    project.git_config = forge.git_config();
    if !policy.is_empty() {
        project.write("headwater.toml", policy);
    }
    forge.serve();
    Case { forge, registry, project, commit, first, secret }
}

impl Case {
    #[track_caller]
    fn build_and_run(&self) {
        let result = nix::build(&self.project, &self.forge.build_git_config(), "");
        assert_eq!(nix::run(&result.join("bin/app"), &[]), format!("app: from lib-a {}", self.secret));
    }
}

#[test]
fn everything_verbatim_in_strict_mode_with_the_registry_off_at_build_time() {
    let case = case("mirrors = \"commit\"\n");
    let run = case.project.convert(&["--strict", "--json"]).expect(0);
    assert_eq!(run.json()["routes"], json!({ "verbatim": 1 }));
    assert!(case.project.read("headwater.lock").contains(&case.commit));
    case.registry.switch_off();
    case.build_and_run();
}

#[test]
fn the_registry_serves_when_the_repository_is_off() {
    let mut case = case("");
    case.project.convert(&["--strict"]).expect(0);
    case.forge.stop();
    case.build_and_run();
}

#[test]
fn the_commit_serves_when_the_registry_is_off() {
    let case = case("");
    case.project.convert(&["--strict"]).expect(0);
    case.registry.switch_off();
    case.build_and_run();
}

#[test]
fn flake_check_proves_that_both_mirrors_give_the_same() {
    let case = case("");
    case.project.convert(&[]).expect(0);
    let hostpkgs = nix::hostpkgs_with(&case.forge.build_git_config());
    let check = || nix::flake(&case.project, hostpkgs.path(), &["flake check", "path:."]);
    check().expect(0);
    // Another commit, which lacks the files: the registry's copy must not be taken for it.
    let list = "nix/headwater/packs/00";
    let other = case.project.read(list).replace(&case.commit, &case.first);
    case.project.write(list, &other);
    let run = check();
    assert_ne!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("lib-a"), "{}", run.stderr);
}

#[test]
fn a_manifest_that_was_changed_on_publishing_is_kept_as_a_diff() {
    let secret = nonce();
    let mut forge = Forge::new();
    let (mut package, ..) = published(&forge, "lib-a", &secret);
    // The registry's copy has a gitHead that the commit lacks.
    let commit = forge.repository("example/other").commit(&package.files, "1.2.0");
    let changed = package.files[0].1.replacen("{\n", &format!("{{\n  \"gitHead\": \"{commit}\",\n"), 1);
    package.files[0].1 = changed.trim_end().to_owned();
    package.tarball = crate::support::package::tarball(&package.files);
    let registry = Registry::start(std::slice::from_ref(&package));
    let manifest =
        json!({ "name": "app", "version": "1.0.0", "bin": "app.js", "dependencies": { "lib-a": "1" } });
    let mut project = Project::with_packages(
        &manifest,
        &[&package],
        &[("app.js", "console.log(require('lib-a/package.json').gitHead)")],
    );
    project.registry = Some(registry.url.clone());
    project.git_config = forge.git_config();
    project.write("headwater.toml", "mirrors = \"commit\"\n");
    project.convert(&["--strict"]).expect(0);
    assert!(project.read("headwater.lock").contains("gitHead"));
    forge.serve();
    registry.switch_off();
    let result = nix::build(&project, &forge.build_git_config(), "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), commit);
}

#[test]
fn a_second_run_asks_for_nothing_and_writes_the_same() {
    let case = case("");
    case.project.convert(&[]).expect(0);
    let read = |name: &str| case.project.read(name);
    let first = (read("headwater.lock"), read("nix/headwater/sources.nix"), read("nix/headwater/tree.json"));
    let asked = case.registry.asked().len();
    case.project.convert(&[]).expect(0);
    assert_eq!(
        first,
        (read("headwater.lock"), read("nix/headwater/sources.nix"), read("nix/headwater/tree.json"))
    );
    assert_eq!(case.registry.asked().len(), asked, "{:?}", case.registry.asked());
}
