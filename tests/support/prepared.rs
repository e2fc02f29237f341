//! A program over a git dependency that its own scripts make.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use sha1_checked::{Digest as _, Sha1};

use super::forge::{Forge, PUBLIC, Work};
use super::package::{Package, package};
use super::project::{Project, output};
use super::registry::Registry;
use super::{nix, nonce, rebuilding};

/// What the repository's lockfile has: the compiler, what it needs, and a tool that no build uses.
fn tools() -> Vec<Package> {
    let mut tools = rebuilding::tools();
    tools.retain(|tool| tool.name != "absent");
    tools.push(package("unused", "1.0.0", json!({}), &[("index.js", "")]));
    tools
}

/// A registry that npm can install from.
pub fn registry() -> Registry {
    let registry = Registry::start(&[]);
    for tool in &tools() {
        registry.publish_all(&[(tool, "2020-01-01T00:00:00.000Z")]);
    }
    registry
}

/// The files of a repository whose `prepare` compiles, with the lockfile of its tools.
fn files_of_repository(scripts: &Value, word: &str) -> Vec<(String, String)> {
    let manifest = json!({
        "name": "from-git", "version": "3.0.0", "main": "dist/index.js", "files": ["dist"], "scripts": scripts,
        "devDependencies": { "shout": "1", "unused": "1" },
    });
    let locations = tools().into_iter().map(|tool| (format!("node_modules/{}", tool.name), tool.lock()));
    let mut locations: serde_json::Map<String, Value> = locations.collect();
    // As old lockfiles have it.
    locations["node_modules/shout-core"]["integrity"] = sha1(&tools()[0].tarball).into();
    locations.insert(String::new(), manifest.clone());
    let lock = json!({
        "name": "from-git", "version": "3.0.0", "lockfileVersion": 3, "requires": true, "packages": locations,
    });
    [
        ("package.json", format!("{manifest:#}\n")),
        ("package-lock.json", format!("{lock:#}\n")),
        ("src/index.txt", format!("hello {word}\n")),
        ("build.js", "require('fs').mkdirSync('dist', { recursive: true });\nrequire('fs').writeFileSync('dist/index.js', `module.exports = '${process.env.WORD ?? 'none'}';\\n`);\n".to_owned()),
        (".gitignore", "dist\nnode_modules\n".to_owned()),
        ("README.md", "# from-git\n".to_owned()),
    ]
    .into_iter()
    .map(|(path, text)| (path.to_owned(), text))
    .collect()
}

/// SRI of a file.
fn sha1(bytes: &[u8]) -> String {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let mut hash = Sha1::new();
    hash.update(bytes);
    format!("sha1-{}", STANDARD.encode(hash.finalize()))
}

/// The entry of a git dependency in a lockfile.
pub fn entry(repository: &str, commit: &str) -> Value {
    json!({ "version": "3.0.0", "resolved": format!("git+ssh://git@github.com/{repository}.git#{commit}") })
}

/// A program over a git dependency.
pub struct Case {
    pub forge: Forge,
    pub repository: Work,
    pub registry: Registry,
    pub project: Project,
    pub commit: String,
    pub word: String,
}

impl Case {
    pub fn new(scripts: &Value) -> Self {
        Self::with(scripts, |_, _, commit| commit)
    }

    /// `more` changes the repository after its first commit, and gives the commit that the project names.
    pub fn with(scripts: &Value, more: impl FnOnce(&Forge, &Work, String) -> String) -> Self {
        let word = nonce();
        let mut forge = Forge::new();
        let name = rebuilding::repository("from-git", &word);
        let repository = forge.repository(&name);
        let commit = repository.commit(&files_of_repository(scripts, &word), "3.0.0");
        let commit = more(&forge, &repository, commit);
        let registry = registry();
        let app = "#!/usr/bin/env node\nprocess.stdout.write(require('from-git'));\n";
        let mut project = Project::new(&[("app.js", app)]);
        project.registry = Some(registry.url.clone());
        project.git_config = forge.git_config();
        project.write_lock(
            &json!({ "name": "app", "version": "1.0.0", "bin": "app.js" }),
            &json!({ "node_modules/from-git": entry(&name, &commit) }),
        );
        forge.serve();
        Self { forge, repository, registry, project, commit, word }
    }

    /// The repository, by its public address.
    pub fn address(&self) -> String {
        format!("{PUBLIC}{}", rebuilding::repository("from-git", &self.word))
    }

    pub fn expected(&self) -> String {
        format!("HELLO {}", self.word.to_uppercase())
    }

    pub fn try_build(&self) -> Result<String, String> {
        let result = nix::try_build(&self.project, &self.forge.build_git_config(), "")?;
        Ok(nix::run(&result.join("bin/app"), &[]))
    }

    /// The files of the dependency in what Nix builds.
    pub fn built(&self) -> BTreeMap<String, String> {
        let result = nix::build(&self.project, &self.forge.build_git_config(), "");
        files(&result.join("lib/node_modules/app/node_modules/from-git"))
    }

    /// The same as npm installs it of the same commit.
    pub fn installed_by_npm(&self) -> BTreeMap<String, String> {
        let folder = Project::new(&[("package.json", r#"{ "name": "other", "version": "1.0.0" }"#)]);
        let mut npm = Command::new("npm");
        npm.current_dir(folder.path())
            .args(["install", "--no-audit", "--no-fund"])
            .arg(format!("git+file://{}#{}", self.repository.path().display(), self.commit))
            .env("npm_config_registry", &self.registry.url)
            .env("npm_config_cache", folder.cache())
            .env("GIT_CONFIG_GLOBAL", self.forge.git_config());
        output(&mut npm).expect(0);
        files(&folder.path().join("node_modules/from-git"))
    }
}

/// Every file below a folder, with its mode and its text.
pub fn files(folder: &Path) -> BTreeMap<String, String> {
    use std::os::unix::fs::PermissionsExt;
    let (mut found, mut open) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(at) = open.pop() {
        for entry in std::fs::read_dir(&at).unwrap_or_else(|error| panic!("{}: {error}", at.display())) {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let shown = path.strip_prefix(folder).expect("below").display().to_string();
            let executable = std::fs::metadata(&path).expect("a file").permissions().mode() & 0o100 != 0;
            let mode = if executable { "x " } else { "- " };
            found.insert(shown, format!("{mode}{}", std::fs::read_to_string(&path).expect("text")));
        }
    }
    found
}
