//! A program over a library whose commit does not hold what is published: it is built from it.

use serde_json::{Value, json};

use super::forge::{Forge, PUBLIC, Work};
use super::package::{Package, package};
use super::project::{Project, Run, output};
use super::registry::Registry;
use super::{nix, nonce};

/// A compiler of one page: each file of a folder in capitals.
const COMPILER: &str = r#"#!/usr/bin/env node
const fs = require('node:fs');
const [from, to] = process.argv.slice(2);
fs.mkdirSync(to, { recursive: true });
for (const name of fs.readdirSync(from)) {
  const text = require('shout-core').shout(fs.readFileSync(`${from}/${name}`, 'utf8'));
  fs.writeFileSync(`${to}/${name.replace(/\.txt$/, '.js')}`, `module.exports = ${JSON.stringify(text)};\n`);
}
"#;

/// The compiler, what it needs, and a tool that no build uses and that cannot be had.
pub fn tools() -> Vec<Package> {
    let core = "exports.shout = (text) => text.toUpperCase();\n";
    let compiler = json!({ "bin": { "shout": "cli.js" }, "dependencies": { "shout-core": "1" } });
    vec![
        package("shout-core", "1.0.0", json!({ "repository": "example/shout-core" }), &[("index.js", core)]),
        package("shout", "1.0.0", compiler, &[("cli.js", COMPILER)]),
        package("absent", "1.0.0", json!({}), &[]),
    ]
}

/// A library whose dist is built, with the lockfile of its tools.
#[derive(Clone)]
pub struct Library {
    /// What the commit holds.
    pub sources: Vec<(String, String)>,
    /// What the release holds besides.
    pub dist: Vec<(String, String)>,
}

impl Library {
    pub fn new(name: &str, word: &str, scripts: &Value) -> Self {
        Self::with_tools(name, word, scripts, &tools(), &["shout", "absent"])
    }

    /// With these tools in its lockfile, of which it depends on those that are named.
    pub fn with_tools(name: &str, word: &str, scripts: &Value, tools: &[Package], direct: &[&str]) -> Self {
        let direct: serde_json::Map<String, Value> =
            direct.iter().map(|name| ((*name).to_owned(), json!("1"))).collect();
        let manifest = json!({
            "name": name, "version": "1.0.0", "repository": repository(name, word), "main": "dist/index.js",
            "files": ["dist"], "scripts": scripts, "devDependencies": direct,
        });
        let locations = tools.iter().map(|tool| (format!("node_modules/{}", tool.name), tool.lock()));
        let mut locations: serde_json::Map<String, Value> = locations.collect();
        locations.insert(String::new(), manifest.clone());
        let lock = json!({
            "name": name, "version": "1.0.0", "lockfileVersion": 3, "requires": true, "packages": locations,
        });
        let text = |path: &str, text: String| (path.to_owned(), text);
        Self {
            sources: vec![
                text("package.json", format!("{manifest:#}\n")),
                text("package-lock.json", format!("{lock:#}\n")),
                text("src/index.txt", format!("hello {word}\n")),
                text(".gitignore", "dist\nnode_modules\n".to_owned()),
                text("LICENSE", "MIT\n".to_owned()),
            ],
            dist: vec![text(
                "dist/index.js",
                format!("module.exports = {};\n", json!(format!("HELLO {}\n", word.to_uppercase()))),
            )],
        }
    }

    /// Changes the text of a file of the commit.
    pub fn edit(&mut self, path: &str, from: &str, to: &str) {
        let (_, text) = self.sources.iter_mut().find(|(source, _)| source == path).expect("such a file");
        assert!(text.contains(from), "{text}");
        *text = text.replace(from, to);
    }

    /// The archive as `npm pack` makes it of the commit and the built files.
    pub fn packed(&self) -> Package {
        let folder = tempfile::TempDir::new().expect("a folder");
        for (path, text) in self.sources.iter().chain(&self.dist) {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
            std::fs::write(path, text).expect("writable");
        }
        let mut npm = std::process::Command::new("npm");
        npm.current_dir(folder.path()).args(["pack", "--offline", "--ignore-scripts", "--silent"]);
        let name = output(&mut npm).expect(0).stdout.trim().to_owned();
        let tarball = std::fs::read(folder.path().join(name)).expect("packed");
        let manifest: Value = serde_json::from_str(&self.sources[0].1).expect("our own JSON");
        let is_packed = |(path, _): &&(String, String)| path == "package.json" || path == "LICENSE";
        Package {
            name: manifest["name"].as_str().expect("a name").to_owned(),
            version: "1.0.0".to_owned(),
            files: self.sources.iter().filter(is_packed).chain(&self.dist).cloned().collect(),
            tarball,
            metadata: json!({ "repository": manifest["repository"] }),
        }
    }
}

/// The repository of a library, of this test alone.
pub fn repository(name: &str, word: &str) -> String {
    format!("owner-{word}/{name}")
}

/// A program over one library.
pub struct Case {
    pub forge: Forge,
    /// Of the first library.
    pub repository: Work,
    pub registry: Registry,
    pub project: Project,
    pub word: String,
}

impl Case {
    pub fn new(scripts: &Value, change: impl FnOnce(&mut Library)) -> Self {
        let word = nonce();
        let library = Library::new("lib-b", &word, scripts);
        let mut published = library.clone();
        change(&mut published);
        Self::of(word, &[(library, published)], |_, _| ())
    }

    /// Of libraries as their commits have them, and as the registry has them; the first is what the program uses. `serve`
    /// changes the registry and the forge before anything is asked.
    pub fn of(
        word: String,
        libraries: &[(Library, Library)],
        serve: impl FnOnce(&Registry, &mut Forge),
    ) -> Self {
        let packed: Vec<_> = libraries
            .iter()
            .map(|(library, published)| (library.sources.clone(), published.packed()))
            .collect();
        Self::published(word, &packed, serve)
    }

    /// Of the files of commits, and of what the registry has of each.
    pub fn published(
        word: String,
        libraries: &[(Vec<(String, String)>, Package)],
        serve: impl FnOnce(&Registry, &mut Forge),
    ) -> Self {
        let mut forge = Forge::new();
        let (mut packed, mut repositories) = (Vec::new(), Vec::new());
        for (sources, published) in libraries {
            let repository = forge.repository(&repository(&published.name, &word));
            repository.commit(sources, "1.0.0");
            repository.tag("v1.0.0");
            repositories.push(repository);
            packed.push(published);
        }
        let mut served = tools();
        served.retain(|tool| tool.name != "absent");
        served.extend(packed.iter().copied().cloned());
        let registry = Registry::start(&served);
        serve(&registry, &mut forge);
        let manifest = json!({ "name": "app", "version": "1.0.0", "bin": "app.js" });
        let app = "#!/usr/bin/env node\nprocess.stdout.write(require('lib-b'));\n";
        let mut project = Project::with_packages(&manifest, &packed, &[("app.js", app)]);
        project.registry = Some(registry.url.clone());
        project.git_config = forge.git_config();
        forge.serve();
        project.convert(&[]).expect(0);
        Self { forge, repository: repositories.remove(0), registry, project, word }
    }

    /// Of the package `lib-b` of one commit with these files. `packed` makes the registry's archive, given the commit.
    pub fn of_commit(
        word: &str,
        sources: &[(String, String)],
        tools: &[Package],
        packed: impl FnOnce(&str) -> Vec<u8>,
    ) -> Self {
        // The same commit as the one that is served: its times are fixed.
        let commit = Forge::new().repository("any").commit(sources, "1.0.0");
        let metadata = json!({ "repository": repository("lib-b", word), "gitHead": commit });
        let published = Package { tarball: packed(&commit), ..package("lib-b", "1.0.0", metadata, &[]) };
        Self::published(word.to_owned(), &[(sources.to_vec(), published)], |registry, _| {
            tools.iter().for_each(|tool| registry.publish(tool));
        })
    }

    /// The recipe of the package as it is recorded.
    pub fn recipe(&self) -> Value {
        let lock: Value = serde_json::from_str(&self.project.read("headwater.lock")).expect("JSON");
        lock["rebuilds"]["packages"]["pkg:npm/lib-b@1.0.0"]["recipe"].clone()
    }

    pub fn verify(&self, arguments: &[&str]) -> Run {
        self.verify_over("pkgs: { }", arguments)
    }

    /// Over a package set that has more: what a function of it gives.
    pub fn verify_over(&self, more: &str, arguments: &[&str]) -> Run {
        let nixpkgs = nix::nixpkgs_and(&self.forge.build_git_config(), more);
        let path = nixpkgs.path().display().to_string();
        let all = [&["verify", "--nixpkgs", &path], arguments].concat();
        self.project.headwater_with(&all, &[("NIX_CONFIG", &nix::config())])
    }

    /// The library's repository, by its public address.
    pub fn address(&self) -> String {
        format!("{PUBLIC}{}", repository("lib-b", &self.word))
    }

    /// What the program says.
    pub fn said(&self) -> String {
        format!("HELLO {}", self.word.to_uppercase())
    }

    /// The one package of a run.
    #[track_caller]
    pub fn verified(&self, arguments: &[&str]) -> Value {
        let report = self.verify(&[&["--json"], arguments].concat()).expect(0).json();
        let one = report["packages"]["lib-b@1.0.0"].clone();
        assert!(one.is_object(), "{report:#}");
        one
    }

    #[track_caller]
    pub fn build_and_run(&self) {
        let result = nix::build(&self.project, &self.forge.build_git_config(), "");
        assert_eq!(nix::run(&result.join("bin/app"), &[]).trim(), self.said());
    }
}

/// What builds it, and what must not run.
pub fn build_script() -> Value {
    json!({ "build": "shout src dist", "test": "absent", "prepublishOnly": "git push" })
}
