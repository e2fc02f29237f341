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
    secret: String,
}

fn published(forge: &Forge, name: &str, secret: &str) -> (Package, String) {
    let manifest = json!({ "repository": format!("example/{name}"), "bin": { name: "cli.js" } });
    let index = format!("module.exports = 'from {name} {secret}';\n");
    let cli = format!("#!/usr/bin/env node\nconsole.log('cli {secret}');\n");
    let package =
        package(name, "1.2.0", manifest, &[("index.js", &index), ("cli.js", &cli), ("LICENSE", "MIT\n")]);
    let repository = forge.repository(&format!("example/{name}"));
    repository.commit(&[("README", "before")], "before");
    let mut files = package.files.clone();
    files.push(("test/test.js".into(), "not published\n".into()));
    let commit = repository.commit(&files, "1.2.0");
    repository.tag("v1.2.0");
    (package, commit)
}

fn case(policy: &str) -> Case {
    let secret = nonce();
    let mut forge = Forge::new();
    let (package, commit) = published(&forge, "lib-a", &secret);
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
    Case { forge, registry, project, commit, secret }
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
fn both_mirrors_give_the_same() {
    let case = case("");
    case.project.convert(&[]).expect(0);
    let git = case.forge.build_git_config();
    // Under a name of its own, so that Nix cannot take the registry's copy for it.
    let checks = nix::build(&case.project, &git, ".checks.program");
    assert!(checks.join("bin/app").exists());
    let expression = nix::expression(case.project.path(), &git, ".checks");
    let names = nix_names(&expression);
    let commits: Vec<_> = names.iter().filter(|name| name.starts_with("commits-")).collect();
    assert_eq!(commits.len(), 1, "{names:?}");
    nix::build(&case.project, &git, &format!(".checks.{:?}", commits[0]));
}

fn nix_names(expression: &str) -> Vec<String> {
    let text = format!("builtins.attrNames {expression}");
    let run = crate::support::project::output(
        nix::nix("nix-instantiate").args(["--eval", "--strict", "--json", "-E", &text]),
    );
    assert_eq!(run.code, 0, "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn a_manifest_that_was_changed_on_publishing_is_kept_as_a_diff() {
    let secret = nonce();
    let mut forge = Forge::new();
    let (mut package, _) = published(&forge, "lib-a", &secret);
    // The registry's copy has a gitHead that the commit lacks.
    let commit = forge.repository("example/other").commit(&package.files, "1.2.0");
    let changed = package.files[0].1.replacen("{\n", &format!("{{\n  \"gitHead\": \"{commit}\",\n"), 1);
    package.files[0].1 = changed.trim_end().to_owned();
    package.tarball = crate::support::package::tarball(&package.files);
    let registry = Registry::start(std::slice::from_ref(&package));
    let manifest =
        json!({ "name": "app", "version": "1.0.0", "main": "app.js", "dependencies": { "lib-a": "1" } });
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
