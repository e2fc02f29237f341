//! Python projects whose packages and build backends are made here: an index on the loopback, repositories behind
//! their public addresses, and the tool run on them.
//!
//! The backends have the names and contracts of well-known ones, and do very little.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use super::forge::{Forge, PUBLIC, Work};
use super::index::{Dist, sdist};
use super::project::{Project, Run, output};
use super::registry::Registry;

/// A backend that builds itself, as text: the module `tiny`.
pub const BACKEND: &str = include_str!("tiny.py");

/// Takes the version from the project's own table, else from a plugin.
const VERSIONED: &str = r#"
_build_wheel = build_wheel

def build_wheel(directory, config_settings=None, metadata_directory=None):
    project = table()["project"]
    plugin = "PLUGIN"
    version = project["version"] if "version" in project else __import__(plugin).version(project["name"])
    if __name__ == "setuptools.build_meta":
        import configparser
        cfg = configparser.ConfigParser()
        cfg.read("setup.cfg")
        version += cfg.get("egg_info", "tag_build", fallback="")
    os.environ["PDM_BUILD_SCM_VERSION"] = version
    return _build_wheel(directory, config_settings, metadata_directory)
"#;

/// As setuptools-scm and hatch-vcs do it where they are told the version.
const PLUGIN: &str = r#"
import os, re

def version(name):
    name = re.sub(r"[-_.]+", "_", name).upper()
    own = os.environ.get("SETUPTOOLS_SCM_PRETEND_VERSION_FOR_" + name)
    version = own or os.environ.get("SETUPTOOLS_SCM_PRETEND_VERSION")
    if not version:
        raise LookupError("no version of " + name)
    return version
"#;

/// What a library of these tests is built with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Flit,
    SetuptoolsScm,
    HatchVcs,
}

impl Backend {
    /// The `[build-system]` of a project.
    fn table(self) -> &'static str {
        match self {
            Self::Flit => "requires = ['flit_core >=3.2,<4']\nbuild-backend = 'flit_core.buildapi'\n",
            Self::SetuptoolsScm => {
                "requires = ['setuptools>=61', 'setuptools-scm>=8']\nbuild-backend = 'setuptools.build_meta'\n"
            }
            Self::HatchVcs => "requires = ['hatchling', 'hatch-vcs']\nbuild-backend = 'hatchling.build'\n",
        }
    }
}

/// The files of a library of one module; `more` comes after the lines of its table `[project]`.
pub fn library(
    backend: Backend,
    (name, version): (&str, &str),
    text: &str,
    more: &str,
) -> Vec<(String, String)> {
    let module = format!("{}.py", name.replace('-', "_"));
    let version = match backend {
        Backend::Flit => format!("version = '{version}'"),
        Backend::SetuptoolsScm | Backend::HatchVcs => "dynamic = ['version']".to_owned(),
    };
    let manifest = format!(
        "[build-system]\n{}\n[project]\nname = '{name}'\n{version}\n{more}\n[tool.tiny]\nmodules = ['{module}']\n",
        backend.table()
    );
    vec![("pyproject.toml".to_owned(), manifest), (module, text.to_owned())]
}

/// The same files by reference.
pub fn borrowed(files: &[(String, String)]) -> Vec<(&str, &str)> {
    files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect()
}

/// The wheel that the backend makes of these files, with this machine's Python.
pub fn built_wheel((name, version): (&str, &str), files: &[(&str, &str)]) -> Dist {
    let folder = tempfile::TempDir::new().expect("a folder");
    for (path, text) in files.iter().chain([&("tiny.py", BACKEND)]) {
        std::fs::write(folder.path().join(path), text).expect("writable");
    }
    let mut python = Command::new("python3");
    python.current_dir(folder.path()).env("PDM_BUILD_SCM_VERSION", version);
    output(python.args(["-c", "import tiny; print(tiny.build_wheel('.'))"])).expect(0);
    let filename = format!("{}-{version}-py3-none-any.whl", name.replace('-', "_"));
    let bytes = std::fs::read(folder.path().join(&filename)).expect("a wheel");
    super::index::dist(filename, bytes)
}

/// An index with the build backends, no repository yet, and an empty project.
pub struct Scene {
    pub forge: Forge,
    pub registry: Registry,
    pub project: Project,
    backends: BTreeMap<String, Dist>,
}

impl Scene {
    /// Without any backend: those of another index count.
    pub fn empty() -> Self {
        let (forge, registry) = (Forge::new(), Registry::start(&[]));
        let mut project = Project::new(&[]);
        project.index = Some(registry.index());
        project.git_config = forge.git_config();
        Self { forge, registry, project, backends: BTreeMap::new() }
    }

    pub fn new() -> Self {
        let mut scene = Self::empty();
        for (name, version, module, plugin) in [
            ("flit-core", "3.12.0", "flit_core/buildapi", "none"),
            ("setuptools", "80.9.0", "setuptools/build_meta", "setuptools_scm"),
            ("hatchling", "1.27.0", "hatchling/build", "hatch_vcs"),
        ] {
            let backend = module.replace('/', ".");
            let manifest = format!(
                "[build-system]\nrequires = []\nbuild-backend = '{backend}'\nbackend-path = ['.']\n\
                 [project]\nname = '{name}'\nversion = '{version}'\n[tool.tiny]\nmodules = ['{module}.py']\n"
            );
            let text = format!("{BACKEND}{}", VERSIONED.replace("PLUGIN", plugin));
            let files = [("pyproject.toml", manifest.as_str()), (&format!("{module}.py"), &text)];
            let dist = sdist(name, version, "", &files);
            scene.registry.publish_python(name, std::slice::from_ref(&dist));
            scene.backends.insert(name.to_owned(), dist);
        }
        for (name, version) in [("setuptools-scm", "9.2.0"), ("hatch-vcs", "0.5.0")] {
            let files = library(Backend::Flit, (name, version), PLUGIN, "");
            scene.registry.publish_python(name, &[sdist(name, version, "", &borrowed(&files))]);
        }
        scene
    }

    /// The source archive of a build backend.
    pub fn backend(&self, name: &str) -> Dist {
        self.backends[name].clone()
    }

    /// The source archive of a release in the index, which names its repository; `headers` are more lines of PKG-INFO.
    pub fn publish(&self, (name, version): (&str, &str), headers: &str, files: &[(String, String)]) -> Dist {
        let link = format!("Project-URL: Source, https://github.com/example/{name}\n{headers}");
        let dist = sdist(name, version, &link, &borrowed(files));
        self.registry.publish_python(name, std::slice::from_ref(&dist));
        dist
    }

    /// A repository with these files at the tag `v<version>`, and the commit.
    pub fn repository(&self, (name, version): (&str, &str), files: &[(String, String)]) -> (Work, String) {
        let repository = self.forge.repository(&format!("example/{name}"));
        let commit = repository.commit(files, version);
        repository.tag(&format!("v{version}"));
        (repository, commit)
    }

    /// Both: a release made from its repository. Gives the archive and the commit.
    pub fn release(&self, of: (&str, &str), files: &[(String, String)]) -> (Dist, String) {
        let (_, commit) = self.repository(of, files);
        (self.publish(of, "", files), commit)
    }

    /// A program `app` over two libraries whose versions only their tags have; what it prints, and the first one's commit.
    pub fn two_from_git_tags(&self) -> (String, String) {
        let secret = super::nonce();
        let value = |word: &str| format!("VALUE = '{word} {secret}'\n");
        let more = "[tool.setuptools_scm]\n";
        let scm = library(Backend::SetuptoolsScm, ("scm-lib", "1.2.3"), &value("scm"), more);
        let more = "[tool.hatch.version]\nsource = 'vcs'\n";
        let vcs = library(Backend::HatchVcs, ("vcs-lib", "4.5.6"), &value("vcs"), more);
        let (scm, commit) = self.release(("scm-lib", "1.2.3"), &scm);
        let (vcs, _) = self.release(("vcs-lib", "4.5.6"), &vcs);
        self.project.write("requirements.txt", &format!("{}{}", locked(&scm), locked(&vcs)));
        let app = "from importlib.metadata import version\nimport scm_lib, vcs_lib\n\
            print(scm_lib.VALUE, version('scm-lib'), vcs_lib.VALUE, version('vcs-lib'))\n";
        self.project.write("app.py", app);
        self.project.write("headwater.toml", "[programs.app]\nfile = \"app.py\"\n");
        (format!("scm {secret} 1.2.3 vcs {secret} 4.5.6"), commit)
    }

    pub fn convert(&self, arguments: &[&str]) -> Run {
        self.project.convert(arguments)
    }

    /// The same with an empty cache.
    pub fn convert_anew(&self, arguments: &[&str]) -> Run {
        let cache = tempfile::TempDir::new().expect("a folder");
        let cache = cache.path().to_str().expect("a path");
        self.project.headwater_with(&[&["convert"], arguments].concat(), &[("HEADWATER_CACHE_DIR", cache)])
    }

    /// A git configuration that leads every host to a port where nobody listens.
    pub fn no_hosts(&self) -> PathBuf {
        let path = self.project.cache().join("no-hosts");
        let text = format!("[url \"http://127.0.0.1:9/\"]\n\tinsteadOf = {PUBLIC}\n");
        std::fs::write(&path, text).expect("writable");
        path
    }

    /// Converts once more, with an empty cache, no index and no git host: everything is as it was. The index is off
    /// afterwards.
    #[track_caller]
    pub fn reproduces(&self, arguments: &[&str]) {
        let files = ["headwater.lock", "nix/headwater/packages.nix", "nix/headwater/sources.nix"];
        let texts = || files.map(|file| self.project.read(file));
        let before = texts();
        self.registry.switch_off();
        let cache = tempfile::TempDir::new().expect("a folder");
        let environment = [
            ("HEADWATER_CACHE_DIR", cache.path().to_str().expect("a path")),
            ("GIT_CONFIG_GLOBAL", &self.no_hosts().display().to_string()),
        ];
        self.project.headwater_with(&[&["convert"], arguments].concat(), &environment).expect(0);
        for (file, (before, after)) in files.iter().zip(before.iter().zip(&texts())) {
            assert_eq!(before, after, "{file}");
        }
    }

    /// The pin of a package, of its whole purl without `pkg:pypi/`.
    #[track_caller]
    pub fn pin(&self, package: &str) -> serde_json::Value {
        let pins: serde_json::Value =
            serde_json::from_str(&self.project.read("headwater.lock")).expect("JSON");
        let pin = pins["packages"][format!("pkg:pypi/{package}")].clone();
        assert!(pin.is_object(), "no {package} in {:#}", pins["packages"]);
        pin
    }
}

/// A line of a requirements file with the hash of a file.
pub fn locked(dist: &Dist) -> String {
    let (name, rest) = dist.filename.rsplit_once('-').expect("name-version");
    let version = rest.trim_end_matches(".tar.gz");
    format!("{name}=={version} --hash=sha256:{}\n", dist.sha256)
}
