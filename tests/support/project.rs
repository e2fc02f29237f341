//! A project in a temporary folder, and the tool run on it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::package::Package;
use super::schema;

pub struct Project {
    root: TempDir,
    pub registry: Option<String>,
    /// The Python index.
    pub index: Option<String>,
    pub git_config: PathBuf,
    cache: TempDir,
}

/// What a run of the tool gave.
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// The run, if it ended with this code; its output otherwise.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }
}

impl Project {
    pub fn new(files: &[(&str, &str)]) -> Self {
        let project = Self {
            root: TempDir::new().expect("a folder"),
            registry: None,
            index: None,
            git_config: "/dev/null".into(),
            cache: TempDir::new().expect("a folder"),
        };
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    /// A project that depends on these packages, with a lockfile of version 3 that has them at the top.
    pub fn with_packages(manifest: &Value, packages: &[&Package], files: &[(&str, &str)]) -> Self {
        let project = Self::new(files);
        let locations =
            packages.iter().map(|package| (format!("node_modules/{}", package.name), package.lock()));
        project.write_lock(manifest, &Value::Object(locations.collect()));
        project
    }

    /// Writes `package.json`, and a lockfile with the root and these locations. The project depends on all that lies
    /// at the top and that nothing asks for: npm would install nothing else.
    pub fn write_lock(&self, manifest: &Value, locations: &Value) {
        let manifest = &declaring(manifest, locations);
        let mut all = json!({ "": manifest });
        super::package::merge(&mut all, locations);
        let lock = json!({
            "name": manifest["name"], "version": manifest["version"],
            "lockfileVersion": 3, "requires": true, "packages": all,
        });
        self.write("package.json", &format!("{manifest:#}\n"));
        self.write("package-lock.json", &format!("{lock:#}\n"));
    }

    pub fn path(&self) -> &Path {
        self.root.path()
    }

    /// The cache of its own.
    pub fn cache(&self) -> &Path {
        self.cache.path()
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("writable");
    }

    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub fn has(&self, path: &str) -> bool {
        self.path().join(path).symlink_metadata().is_ok()
    }

    /// Runs the tool in the project's folder, with a cache and a git configuration of its own.
    pub fn headwater(&self, arguments: &[&str]) -> Run {
        self.headwater_with(arguments, &[])
    }

    /// The same, with more environment.
    pub fn headwater_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
        let run = output(self.command(arguments).envs(environment.iter().copied()));
        if arguments.first() == Some(&"convert") && run.code == 0 && self.has("headwater.lock") {
            let lock = serde_json::from_str(&self.read("headwater.lock")).expect("JSON");
            schema::check(schema::LOCK, &lock).unwrap_or_else(|why| panic!("{why}"));
        }
        run
    }

    /// The same, to be run by the caller.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_headwater"));
        command
            .current_dir(self.path())
            .args(arguments)
            .env("HEADWATER_CACHE_DIR", self.cache.path())
            .env("GIT_CONFIG_GLOBAL", &self.git_config)
            .env("HOME", self.cache.path());
        if let Some(registry) = &self.registry {
            command.env("npm_config_registry", registry);
        }
        if let Some(index) = &self.index {
            command.env("UV_DEFAULT_INDEX", index);
        }
        command
    }

    pub fn convert(&self, arguments: &[&str]) -> Run {
        self.headwater(&[&["convert"], arguments].concat())
    }
}

/// The manifest with a dependency on each package at the top that nothing asks for, as the package's flags say.
fn declaring(manifest: &Value, locations: &Value) -> Value {
    let mut full = manifest.clone();
    let locations = locations.as_object().expect("locations");
    let sections = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
    let asks = |one: &Value, name: &str| sections.iter().any(|section| one[*section].get(name).is_some());
    for (location, entry) in locations {
        let Some(name) = location.strip_prefix("node_modules/") else { continue };
        let is_asked = asks(manifest, name) || locations.values().any(|other| asks(other, name));
        let is_member = entry["link"] == true && !manifest["workspaces"].is_null();
        let is_package = name.split('/').count() == if name.starts_with('@') { 2 } else { 1 };
        if !is_package || is_asked || is_member {
            continue;
        }
        let section = match () {
            () if entry["dev"] == true => sections[1],
            () if entry["optional"] == true => sections[2],
            () => sections[0],
        };
        let version = entry["version"].as_str().unwrap_or("*");
        let range = match entry["resolved"].as_str() {
            Some(target) if entry["link"] == true => format!("file:{target}"),
            Some(address) if address.starts_with("file:") || address.starts_with("git") => address.to_owned(),
            _ => version.to_owned(),
        };
        full[section][name] = range.into();
    }
    full
}

/// The run failed on bad input, says these things, and wrote nothing.
#[track_caller]
pub fn refused(project: &Project, run: Run, says: &[&str]) {
    let run = run.expect(2);
    for text in says {
        assert!(run.stderr.contains(text), "no {text:?} in: {}", run.stderr);
    }
    for file in ["headwater.lock", "headwater.toml", "nix", "flake.nix"] {
        assert!(!project.has(file), "{file} was written");
    }
}

pub fn output(command: &mut Command) -> Run {
    let Output { status, stdout, stderr } =
        command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    Run {
        code: status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&stdout).into_owned(),
        stderr: String::from_utf8_lossy(&stderr).into_owned(),
    }
}
