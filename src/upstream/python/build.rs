//! What builds a project, and what that needs beside the backend: crates, libraries, the version.

use std::collections::BTreeMap;

use super::Files;
use crate::plan::python::{self as plan, tables};
use crate::python::build_system::BuildSystemError;
use crate::python::literals;
use crate::python::release_tags;
use crate::python::setup_cfg;
use crate::python::version_files;
use crate::python::{BuildSystem, PyName, PyVersion, Requirement};

/// How a project is built.
#[derive(Clone, Debug)]
pub struct Build {
    /// The backend's module.
    pub backend: String,
    /// Whether pyproject.toml names the build system; else setuptools builds, as pip has it.
    pub is_stated: bool,
    pub requires: Vec<Need>,
    pub version: Version,
    /// Where the Cargo.toml of a Rust extension is.
    pub rust: Option<Rust>,
    /// What our own table says of its libraries.
    pub native: Option<&'static tables::Native>,
    /// Why its backend may ask for more: a sentence.
    pub doubt: Option<String>,
    /// setup.cfg and pyproject.toml, if setuptools reads them.
    cfg: Option<String>,
    pyproject: Option<String>,
}

/// A build requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    pub requirement: Requirement,
    /// As pyproject.toml has it; `None` where it is asked for elsewhere.
    pub written: Option<String>,
}

/// Where the backend takes the version from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Version {
    /// It is written out in a file.
    Stated { file: &'static str, text: String },
    /// From git, by the build requirement of this name.
    Git(String),
    /// From a file of the source, as far as that is known.
    Source,
}

/// A Rust extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rust {
    /// The folder of its Cargo.toml from the project's own; `""` is that one.
    pub folder: String,
    /// maturin is the backend; else setuptools calls cargo.
    pub is_maturin: bool,
}

impl Build {
    /// Reads the build files.
    ///
    /// # Errors
    /// A pyproject.toml that does not parse or says no build system.
    pub fn read(name: &PyName, files: &Files) -> Result<Self, BuildSystemError> {
        let system = BuildSystem::read(files.text("pyproject.toml"))?;
        let is_stated = system.value(&["build-system"]).is_some();
        let asked = plan::asked(&system, &files.texts, &BTreeMap::new());
        let native = tables::native(name);
        let forgotten = native.map(|native| native.requires.clone()).unwrap_or_default();
        let written = system.requires.iter().map(|text| (text, is_stated));
        let others = asked.requires.iter().chain(&forgotten).map(|text| (text, false));
        let mut requires: Vec<Need> = Vec::new();
        for (text, is_written) in written.chain(others) {
            let Ok(requirement) = Requirement::parse(text) else { continue };
            if !requires.iter().any(|need| need.requirement.name == requirement.name) {
                requires.push(Need { requirement, written: is_written.then(|| text.clone()) });
            }
        }
        let doubt = asked.perhaps_more.then(|| match files.paths.contains("setup.py") {
            true => "setup.py computes what it asks for: look whether it wants more".to_owned(),
            false => format!("look whether the backend {} asks for more", system.module()),
        });
        Ok(Self {
            backend: system.module().to_owned(),
            is_stated,
            version: version(&system, files, &requires),
            rust: rust(&system, files),
            requires,
            native,
            doubt,
            cfg: files.text("setup.cfg").filter(|_| system.is_setuptools()).map(str::to_owned),
            pyproject: files.text("pyproject.toml").filter(|_| system.is_setuptools()).map(str::to_owned),
        })
    }

    /// The files and lines that would add a tag to a release's version.
    pub fn tags(&self, version: &PyVersion) -> Vec<(&'static str, &str)> {
        let of = |file, lines: Vec<_>| lines.into_iter().map(move |line| (file, line));
        let cfg = self.cfg.as_deref().map(|cfg| release_tags::lines(cfg, version));
        let pyproject = self.pyproject.as_deref().map(|text| release_tags::lines_of_pyproject(text, version));
        let cfg = of("setup.cfg", cfg.unwrap_or_default());
        cfg.chain(of("pyproject.toml", pyproject.unwrap_or_default())).collect()
    }

    /// Whether a build requirement of this name is asked for.
    pub fn wants(&self, name: &str) -> bool {
        self.requires.iter().any(|need| need.requirement.name.as_str() == name)
    }
}

fn version(system: &BuildSystem, files: &Files, requires: &[Need]) -> Version {
    let plugin = system.value(&["tool", "poetry-dynamic-versioning", "enable"]);
    if plugin.and_then(toml::Value::as_bool).unwrap_or_default() {
        return Version::Git("poetry-dynamic-versioning".to_owned());
    }
    let stated = |file, text: &str| Version::Stated { file, text: text.to_owned() };
    for path in [&["project", "version"][..], &["tool", "poetry", "version"]] {
        if let Some(text) = system.value(path).and_then(toml::Value::as_str) {
            return stated("pyproject.toml", text);
        }
    }
    let setup = files.text("setup.py").filter(|_| system.is_setuptools());
    let mut names = requires.iter().map(|need| need.requirement.name.as_str());
    if let Some(name) = names.find(|name| version_files::FROM_GIT.contains(name)) {
        return Version::Git(name.to_owned());
    }
    if system.value(&["tool", "pdm", "version", "source"]).and_then(toml::Value::as_str) == Some("scm") {
        return Version::Git("pdm-backend".to_owned());
    }
    if let Some(word) =
        ["use_scm_version", "versioneer"].iter().find(|word| setup.is_some_and(|text| text.contains(**word)))
    {
        let name = if *word == "versioneer" { "versioneer" } else { "setuptools-scm" };
        return Version::Git(name.to_owned());
    }
    let argument = setup
        .and_then(literals::setup_arguments)
        .and_then(|all| all.get("version")?.text().map(str::to_owned));
    if let Some(text) = argument {
        return stated("setup.py", &text);
    }
    let cfg = files.text("setup.cfg").filter(|_| system.is_setuptools()).and_then(setup_cfg::read);
    let field = cfg.and_then(|mut all| all.remove("metadata")?.remove("version")?);
    match field.filter(|text| !text.starts_with("attr:") && !text.starts_with("file:")) {
        Some(text) => stated("setup.cfg", &text),
        None => Version::Source,
    }
}

fn rust(system: &BuildSystem, files: &Files) -> Option<Rust> {
    let folder = plan::cargo(system, files)?;
    let folder = folder.trim_start_matches("./").trim_matches('/');
    Some(Rust {
        folder: if folder == "." { String::new() } else { folder.to_owned() },
        is_maturin: system.module() == "maturin",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(texts: &[(&str, &str)]) -> Build {
        let texts: BTreeMap<_, _> =
            texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        let paths = texts.keys().cloned().collect();
        Build::read(&PyName::new("a").unwrap(), &Files { paths, texts }).unwrap()
    }

    #[test]
    fn what_a_build_needs() {
        let names = |build: &Build| {
            build.requires.iter().map(|need| need.requirement.name.to_string()).collect::<Vec<_>>().join(" ")
        };
        let stated = "[build-system]\nrequires = ['setuptools<83', 'Setuptools_SCM[toml]>=8']\nbuild-backend = 'setuptools.build_meta'\n";
        let build = of(&[("pyproject.toml", stated), ("setup.py", "setup(setup_requires=['cffi>=1'])")]);
        assert_eq!(names(&build), "setuptools setuptools-scm cffi");
        assert_eq!(build.requires[0].written.as_deref(), Some("setuptools<83"));
        assert_eq!(build.requires[2].written, None);
        assert!(build.is_stated && build.doubt.is_none());
        let build = of(&[("setup.py", "setup(setup_requires=needed())")]);
        assert_eq!((names(&build).as_str(), build.is_stated), ("setuptools", false));
        assert!(build.doubt.unwrap().contains("setup.py"));
    }

    #[test]
    fn where_the_version_is() {
        let system = |more: &str| {
            format!("[build-system]\nrequires = [{more}]\nbuild-backend = 'setuptools.build_meta'\n")
        };
        let git = |name: &str| Version::Git(name.to_owned());
        let stated = |file, text: &str| Version::Stated { file, text: text.to_owned() };
        for (texts, expected) in [
            (
                vec![("pyproject.toml", format!("{}[project]\nversion = '0.0.0'\n", system("")))],
                stated("pyproject.toml", "0.0.0"),
            ),
            (vec![("pyproject.toml", system("'setuptools-scm'"))], git("setuptools-scm")),
            (
                vec![(
                    "pyproject.toml",
                    "[tool.poetry]\nversion = '0'\n[tool.poetry-dynamic-versioning]\nenable = true\n"
                        .to_owned(),
                )],
                git("poetry-dynamic-versioning"),
            ),
            (vec![("pyproject.toml", "[tool.pdm.version]\nsource = 'scm'\n".to_owned())], git("pdm-backend")),
            (vec![("setup.py", "setup(version='1.2')".to_owned())], stated("setup.py", "1.2")),
            (vec![("setup.py", "setup(use_scm_version=True)".to_owned())], git("setuptools-scm")),
            (vec![("setup.cfg", "[metadata]\nversion = 3\n".to_owned())], stated("setup.cfg", "3")),
            (vec![("setup.cfg", "[metadata]\nversion = attr: a.b\n".to_owned())], Version::Source),
        ] {
            let borrowed: Vec<_> = texts.iter().map(|(path, text)| (*path, text.as_str())).collect();
            assert_eq!(of(&borrowed).version, expected, "{texts:?}");
        }
    }

    #[test]
    fn rust_extensions() {
        let maturin = "[build-system]\nrequires = ['maturin']\nbuild-backend = 'maturin'\n";
        let build = of(&[("pyproject.toml", maturin), ("Cargo.toml", "")]);
        assert_eq!(build.rust, Some(Rust { folder: String::new(), is_maturin: true }));
        let told = "[build-system]\nrequires = ['setuptools', 'setuptools-rust']\n[[tool.setuptools-rust.ext-modules]]\npath = 'rust/Cargo.toml'\n";
        let build = of(&[("pyproject.toml", told), ("rust/Cargo.toml", "")]);
        assert_eq!(build.rust, Some(Rust { folder: "rust".to_owned(), is_maturin: false }));
        assert_eq!(of(&[]).rust, None);
    }
}
