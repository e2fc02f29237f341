//! `headwater package`: the file that it writes builds over the stand-in for nixpkgs, and what was built runs.

use serde_json::{Value, json};

use crate::support::forge::{Forge, PUBLIC};
use crate::support::package::{Package, package};
use crate::support::project::{Project, Run};
use crate::support::{nix, nonce, registry::Registry};

/// A repository, a registry and the folder of somebody who writes packages for nixpkgs.
pub(super) struct Scene {
    pub(super) forge: Forge,
    pub(super) registry: Registry,
    pub(super) project: Project,
    is_served: bool,
}

impl Scene {
    pub(super) fn new(packages: &[Package]) -> Self {
        let (forge, registry) = (Forge::new(), Registry::start(packages));
        let mut project = Project::new(&[]);
        project.registry = Some(registry.url.clone());
        project.git_config = forge.git_config();
        Self { forge, registry, project, is_served: false }
    }

    /// An entry of a lockfile, with the address.
    pub(super) fn locked(&self, package: &Package) -> Value {
        let mut entry = package.lock();
        let base = package.name.rsplit('/').next().unwrap();
        let url = format!("{}{}/-/{base}-{}.tgz", self.registry.url, package.name, package.version);
        entry["resolved"] = url.into();
        entry
    }

    pub(super) fn file(&self, name: &str) -> String {
        format!("pkgs/by-name/{}/{name}/package.nix", &name[..2])
    }

    /// Lets builds fetch the repositories.
    pub(super) fn serve(&mut self) {
        if !self.is_served {
            self.forge.serve();
            self.is_served = true;
        }
    }

    /// Runs the tool, which builds over the stand-in.
    pub(super) fn built(&mut self, arguments: &[&str]) -> Run {
        self.serve();
        let over = format!(
            "args: import {} ({{ config = {{ gitConfig = {:?}; }}; }} // args)\n",
            nix::hostpkgs().display(),
            self.forge.build_git_config()
        );
        self.project.write("over/default.nix", &over);
        let arguments = [arguments, &["--build", "--nixpkgs", "over"]].concat();
        self.project.headwater_with(&arguments, &[("NIX_CONFIG", &nix::config())])
    }

    /// Builds the file that was written for a package, and runs its program.
    pub(super) fn run(&mut self, name: &str, arguments: &[&str]) -> String {
        self.run_file(&self.file(name), name, arguments)
    }

    /// The same of a file elsewhere.
    pub(super) fn run_file(&mut self, file: &str, program: &str, arguments: &[&str]) -> String {
        self.serve();
        let path = self.project.path().join(file);
        let built = nix::try_build_file("", &path, &self.forge.build_git_config());
        let built = built.unwrap_or_else(|error| panic!("{error}\n{}", self.project.read(file)));
        nix::run(&built.join("bin").join(program), arguments)
    }
}

pub(super) fn lockfile(manifest: &Value, packages: &Value) -> String {
    let mut all = json!({ "": manifest });
    crate::support::package::merge(&mut all, packages);
    let lock = json!({ "name": manifest["name"], "version": manifest["version"], "lockfileVersion": 3,
        "requires": true, "packages": all });
    format!("{lock:#}\n")
}

pub(super) fn lib(secret: &str) -> Package {
    package("lib", "1.0.0", json!({}), &[("index.js", &format!("module.exports = '{secret}';\n"))])
}

/// Its script makes what the registry ships.
pub(super) const BUILD: &str = "const fs = require('fs');\nfs.mkdirSync('dist', { recursive: true });\n\
    fs.writeFileSync('dist/cli.js', '#!/usr/bin/env node\\n' + fs.readFileSync('src/cli.js', 'utf8'));\n";
pub(super) const CLI: &str = "const { version } = require('../package.json');\n\
    console.log(process.argv[2] === '--version' ? version : require('lib'));\n";

pub(super) fn manifest(name: &str) -> Value {
    json!({
        "license": "MIT", "description": "A program that prints a secret.", "repository": format!("example/{name}"),
        "homepage": "https://tool.example/", "bin": { name: "dist/cli.js" }, "files": ["dist"],
        "scripts": { "build": "node build.js", "prepare": "husky" }, "dependencies": { "lib": "1.0.0" },
    })
}

/// An application that is built: its repository with a tag, and what the registry has.
fn application(scene: &Scene, name: &str, lock: bool, lib: &Package) {
    let shipped =
        package(name, "1.2.3", manifest(name), &[("dist/cli.js", &format!("#!/usr/bin/env node\n{CLI}"))]);
    scene.registry.publish(&shipped);
    let work = scene.forge.repository(&format!("example/{name}"));
    let full: Value = serde_json::from_str(&shipped.files[0].1).unwrap();
    let lock = lock.then(|| lockfile(&full, &json!({ "node_modules/lib": scene.locked(lib) })));
    let mut files = vec![
        ("package.json", shipped.files[0].1.clone()),
        ("build.js", BUILD.to_owned()),
        ("src/cli.js", CLI.to_owned()),
        (".gitignore", "dist\n".to_owned()),
        ("CHANGELOG.md", "## 1.2.3\n".to_owned()),
    ];
    files.extend(lock.map(|lock| ("package-lock.json", lock)));
    work.commit(&files, "1.2.3");
    work.tag("v1.2.3");
}

#[test]
fn an_application_is_written_built_and_run() {
    let secret = nonce();
    let lib = lib(&secret);
    let mut scene = Scene::new(std::slice::from_ref(&lib));
    application(&scene, "tool", true, &lib);
    let arguments = ["package", "tool@1.2.3", "--maintainer", "someone", "--json"];
    let said = scene.built(&arguments).expect(0).json();
    let notes = said["notes"].to_string();
    assert!(notes.contains("it builds, and `tool --version` prints 1.2.3"), "{notes}");
    assert!(!notes.contains("already"), "{notes}");
    assert_eq!(said["files"], json!([scene.file("tool")]));
    assert_eq!(
        said["commitMessage"],
        "tool: init at 1.2.3\n\nhttps://tool.example\n\nAssisted-by: headwater\n"
    );
    let text = scene.project.read(&scene.file("tool"));
    let is_hash = |line: &str| line.contains("sha256-");
    let without: String =
        text.lines().filter(|line| !is_hash(line)).map(|line| format!("{line}\n")).collect();
    insta::assert_snapshot!(without);
    assert_eq!(text.lines().filter(|line| is_hash(line)).count(), 2);
    assert_eq!(scene.run("tool", &[]), secret);
    assert_eq!(scene.run("tool", &["--version"]), "1.2.3");

    // What is there may have been edited.
    let again = scene.project.headwater(&arguments[..2]).expect(2);
    assert!(again.stderr.contains("HW605"), "{}", again.stderr);
    let printed = [&arguments[..4], &["--version-check", "--print"]].concat();
    assert_eq!(scene.project.headwater(&printed).expect(0).stdout, text);
    let elsewhere =
        scene.project.headwater(&["package", "pkg:npm/tool@1.2.3", "--out", "sub/x.nix"]).expect(0);
    assert!(elsewhere.stdout.contains("Wrote sub/x.nix\n"), "{}", elsewhere.stdout);
    assert!(scene.project.read("sub/x.nix").contains("# TODO: your handle"));
}

#[test]
fn a_lockfile_is_made_where_the_repository_has_none() {
    let lib = lib("any");
    let scene = Scene::new(std::slice::from_ref(&lib));
    application(&scene, "bare", false, &lib);
    let tarball = format!("{}lib/-/lib-1.0.0.tgz", scene.registry.url);
    let one = json!({ "name": "lib", "version": "1.0.0", "dist": { "tarball": tarball, "integrity": lib.integrity() } });
    let packument =
        json!({ "name": "lib", "dist-tags": { "latest": "1.0.0" }, "versions": { "1.0.0": one } });
    scene.registry.serve("/lib", packument.to_string().into_bytes());
    let said = scene.project.headwater(&["package", "bare@1.2.3", "--json"]).expect(0).json();
    let text = scene.project.read(&scene.file("bare"));
    assert_eq!(said["files"][1], "pkgs/by-name/ba/bare/package-lock.json", "{said:#}");
    assert!(
        text.contains("# upstream has no lockfile\n  postPatch = ''\n    cp ${./package-lock.json}"),
        "{text}"
    );
    assert!(text.contains("extraArgs = [ \"--generate-lockfile\" ];"), "{text}");
    assert!(text.contains("npmDepsHash = \"sha256-"), "{text}");
    // It names the registry that everybody has, not the one that was asked here.
    let lock: Value =
        serde_json::from_str(&scene.project.read("pkgs/by-name/ba/bare/package-lock.json")).unwrap();
    let locked = &lock["packages"]["node_modules/lib"];
    let resolved = locked["resolved"].as_str().unwrap();
    assert!(resolved.ends_with("/lib/-/lib-1.0.0.tgz") && !resolved.contains("127.0.0.1"), "{resolved}");
    assert_eq!(locked["integrity"], lib.integrity());
}

#[test]
fn a_workspace_without_a_tag() {
    let secret = nonce();
    let lib = lib(&secret);
    let mut scene = Scene::new(std::slice::from_ref(&lib));
    let cli = format!(
        "#!/usr/bin/env node\n{}",
        CLI.replace("../package.json", "./package.json").replace("version :", "'none' :")
    );
    let about = json!({ "license": "ISC", "bin": { "part": "cli.js" }, "dependencies": { "lib": "1.0.0" },
        "repository": { "url": format!("{PUBLIC}example/mono"), "directory": "packages/part" } });
    let part = package("part", "2.0.0", about, &[("cli.js", &cli)]);
    scene.registry.publish(&part);
    let root = json!({ "name": "mono", "private": true, "workspaces": ["packages/*"] });
    let other = json!({ "name": "other", "version": "1.0.0" });
    let part_manifest: Value = serde_json::from_str(&part.files[0].1).unwrap();
    let link = |to: &str| json!({ "resolved": to, "link": true });
    let lock = lockfile(
        &root,
        &json!({
            "node_modules/lib": scene.locked(&lib), "packages/part": part_manifest, "packages/other": other,
            "node_modules/part": link("packages/part"), "node_modules/other": link("packages/other"),
        }),
    );
    let work = scene.forge.repository("example/mono");
    work.commit(
        &[
            ("package.json", format!("{root:#}\n")),
            ("package-lock.json", lock),
            ("packages/other/package.json", format!("{other:#}\n")),
            ("packages/part/package.json", part.files[0].1.clone()),
            ("packages/part/cli.js", cli),
        ],
        "2.0.0",
    );
    let said = scene.built(&["package", "part@2.0.0", "--json"]).expect(0).json();
    let notes = said["notes"].to_string();
    assert!(notes.contains("it builds; `--version` does not print the version"), "{notes}");
    let text = scene.project.read(&scene.file("part"));
    for line in
        ["npmWorkspace = \"packages/part\";", "rev = \"", "# no tag is this commit", "dontNpmBuild = true;"]
    {
        assert!(text.contains(line), "no {line} in {text}");
    }
    assert!(!text.contains("updateScript") && !text.contains("changelog"), "{text}");
    assert_eq!(scene.run("part", &[]), secret);
}

#[test]
fn what_cannot_be_written_is_told() {
    let lib = lib("any");
    let mut scene = Scene::new(&[]);
    // A lockfile that names what is not there.
    application(&scene, "tool", true, &lib);
    let run = scene.project.headwater(&["package", "tool@1.2.3"]).expect(3);
    assert!(run.stdout.contains("lib-1.0.0.tgz is no longer in the registry"), "{}", run.stdout);
    let text = scene.project.read(&scene.file("tool"));
    assert!(
        text.contains("# TODO: not computed: ") && text.contains("npmDepsHash = lib.fakeHash;"),
        "{text}"
    );

    let plain = package("plain", "1.0.0", json!({}), &[("index.js", "1\n")]);
    scene.registry.publish(&plain);
    for (asked, code) in [("plain@1.0.0", "HW600"), ("gone@1.0.0", "HW202")] {
        let run = scene.project.headwater(&["package", asked]).expect(2);
        assert!(run.stderr.contains(code), "{}", run.stderr);
    }
    let run = scene.built(&["package", "tool@1.2.3", "--name", "git"]).expect(3);
    assert!(run.stdout.contains("has an attribute git already"), "{}", run.stdout);
    assert!(run.stdout.contains("it does not build over that nixpkgs: "), "{}", run.stdout);
    let run = scene.project.headwater(&["package", "tool@1.2.3", "--name", "Tool.x"]).expect(2);
    assert!(run.stderr.contains("HW606"), "{}", run.stderr);
    scene.project.headwater(&["package", "tool@1.2.3", "--maintainer", "a b"]).expect(2);
    let refused = scene.project.headwater(&["package", "tool@1.2.3", "--as", "library"]).expect(2);
    assert!(refused.stderr.contains("--as is for Python"), "{}", refused.stderr);
}

/// As authors have it who install with npm's setting for that.
#[test]
fn a_lockfile_whose_peers_do_not_fit() {
    let secret = nonce();
    let main = format!("module.exports = '{secret}';\n");
    let lib =
        package("lib", "1.0.0", json!({ "peerDependencies": { "peer": "^2.0.0" } }), &[("index.js", &main)]);
    let peer = package("peer", "1.0.0", json!({}), &[("index.js", "1\n")]);
    let mut scene = Scene::new(&[lib.clone(), peer.clone()]);
    let mut about = manifest("tool");
    crate::support::package::merge(
        &mut about,
        &json!({ "dependencies": { "lib": "1.0.0", "peer": "1.0.0" } }),
    );
    let cli = format!("#!/usr/bin/env node\n{CLI}");
    let shipped = package("tool", "1.2.3", about, &[("dist/cli.js", &cli)]);
    scene.registry.publish(&shipped);
    let full: Value = serde_json::from_str(&shipped.files[0].1).unwrap();
    let packages =
        json!({ "node_modules/lib": scene.locked(&lib), "node_modules/peer": scene.locked(&peer) });
    let work = scene.forge.repository("example/tool");
    work.commit(
        &[
            ("package.json", shipped.files[0].1.clone()),
            ("package-lock.json", lockfile(&full, &packages)),
            ("build.js", BUILD.to_owned()),
            ("src/cli.js", CLI.to_owned()),
        ],
        "1.2.3",
    );
    work.tag("v1.2.3");
    scene.project.headwater(&["package", "tool@1.2.3"]).expect(0);
    let text = scene.project.read(&scene.file("tool"));
    assert!(text.contains("npmFlags = [ \"--legacy-peer-deps\" ];"), "{text}");
    assert_eq!(scene.run("tool", &[]), secret);
}
