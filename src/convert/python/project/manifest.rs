//! The files of a folder that say what its project is: pyproject.toml with the tables of PEP 621, Poetry and Flit,
//! setup.cfg, and what setup.py says in literals.

use std::collections::BTreeMap;

use pep440_rs::VersionSpecifiers;
use toml::Value;

use super::{Files, tree};
use crate::graph::Location;
use crate::problem::{Problem, project as problem, requirements};
use crate::python::PyName;
use crate::python::build_system::{BuildSystemError, strings};
use crate::python::literals::{self, Literal, Values};
use crate::python::setup_cfg::{self, Sections};
use crate::python::{BuildSystem, Requirement};

/// The files that are read.
pub const NAMES: [&str; 3] = ["pyproject.toml", "setup.cfg", "setup.py"];

/// What the build files of one folder say.
pub(super) struct Manifest<'a> {
    pub(super) files: &'a Files<'a>,
    pub(super) at: Location,
    pub(super) system: BuildSystem,
    /// The texts of the files that are there.
    pub(super) texts: BTreeMap<String, String>,
    /// Of setup.cfg; empty where the backend does not read it, as is the next.
    pub(super) cfg: Sections,
    /// The arguments of `setup`, where setup.py calls it.
    pub(super) setup: Option<Values>,
}

impl<'a> Manifest<'a> {
    /// Reads the build files of a folder; `title` is what problems name.
    ///
    /// # Errors
    /// A pyproject.toml that does not parse or says no build system.
    pub(super) fn read(files: &'a Files<'a>, at: &Location, title: &str) -> Result<Self, Problem> {
        let text = |name: &str| Some((name.to_owned(), (files.text)(&tree::below(at, name)?)?));
        let texts: BTreeMap<String, String> = NAMES.into_iter().filter_map(text).collect();
        let get = |name: &str| texts.get(name).map(String::as_str);
        let system = BuildSystem::read(get("pyproject.toml")).map_err(|error| {
            let file = path(at, "pyproject.toml");
            match error {
                BuildSystemError::Toml(why) => problem::unreadable(&file, &one_line(&why)),
                why => requirements::bad_build_system(title, &why.to_string()).at(&file),
            }
        })?;
        // A backend of the project's own mostly is setuptools with a few changes.
        let legacy = system.is_setuptools() || !system.backend_path.is_empty();
        let cfg = get("setup.cfg").filter(|_| legacy).and_then(setup_cfg::read).unwrap_or_default();
        let setup = get("setup.py").filter(|_| legacy).and_then(literals::setup_arguments);
        Ok(Self { files, at: at.clone(), system, texts, cfg, setup })
    }

    /// The path of one of its files, from the project's folder.
    pub(super) fn path(&self, name: &str) -> String {
        path(&self.at, name)
    }

    /// The file that says most of it.
    pub(super) fn main_file(&self) -> String {
        let modern = self.value(&["project"]).or_else(|| self.value(&["tool", "poetry"])).is_some();
        let order =
            if modern || !self.is_legacy() { NAMES } else { ["setup.py", "setup.cfg", "pyproject.toml"] };
        self.path(order.into_iter().find(|name| self.texts.contains_key(*name)).unwrap_or(NAMES[0]))
    }

    /// Text of a file below the folder.
    pub(super) fn text(&self, path: &str) -> Option<String> {
        (self.files.text)(&tree::below(&self.at, path)?)
    }

    /// What is in a folder below this one, `""` being itself; folders end with a slash.
    pub(super) fn names(&self, folder: &str) -> Vec<String> {
        tree::below(&self.at, folder).map(|folder| (self.files.names)(&folder)).unwrap_or_default()
    }

    pub(super) fn value(&self, path: &[&str]) -> Option<&Value> {
        self.system.value(path)
    }

    pub(super) fn string(&self, path: &[&str]) -> Option<&str> {
        self.value(path)?.as_str()
    }

    /// A value of setup.cfg, its lines without the white space around them.
    pub(super) fn cfg(&self, section: &str, key: &str) -> Option<&str> {
        self.cfg.get(section)?.get(key)?.as_deref().filter(|value| !value.is_empty())
    }

    /// An argument of `setup` in setup.py.
    pub(super) fn argument(&self, name: &str) -> Option<&Literal> {
        self.setup.as_ref()?.get(name)
    }

    /// A field that PEP 621 calls `field` and setuptools `legacy`. setup.py comes before setup.cfg, as setuptools has it.
    pub(super) fn field(&self, field: &str, legacy: &str) -> Option<&str> {
        self.string(&["project", field])
            .or_else(|| self.string(&["tool", "poetry", field]))
            .or_else(|| self.argument(legacy)?.text())
            .or_else(|| self.cfg("metadata", legacy))
    }

    pub(super) fn has_system(&self) -> bool {
        self.value(&["build-system"]).is_some()
    }

    /// Whether setup.py or setup.cfg describe a project, as they did before there was [build-system].
    pub(super) fn is_legacy(&self) -> bool {
        self.setup.is_some() || self.cfg("metadata", "name").is_some()
    }

    /// The name as it is written.
    pub(super) fn spelled(&self) -> Option<&str> {
        let flit =
            || ["dist-name", "module"].iter().find_map(|key| self.string(&["tool", "flit", "metadata", key]));
        self.field("name", "name").or_else(flit)
    }

    /// # Errors
    /// Text that is no name.
    pub(super) fn name(&self) -> Result<Option<PyName>, Problem> {
        let Some(text) = self.spelled() else { return Ok(None) };
        let read = PyName::new(text);
        read.map(Some).map_err(|_| problem::bad_name(&self.main_file(), text))
    }

    pub(super) fn description(&self) -> String {
        one_line(self.field("description", "description").unwrap_or_default())
    }

    /// The interpreters that it is for, where it says so in PEP 440's words.
    pub(super) fn requires_python(&self) -> Option<VersionSpecifiers> {
        let legacy = || self.argument("python_requires")?.text();
        let text = self.string(&["project", "requires-python"]).or_else(legacy);
        text.or_else(|| self.cfg("options", "python_requires"))?.parse().ok()
    }

    /// Run-time requirements (PEP 508); Poetry's own table, which is not in these words, is left out.
    pub(super) fn requires(&self) -> Vec<String> {
        let texts = match self.value(&["project", "dependencies"]) {
            Some(list) => strings(Some(list)).unwrap_or_default(),
            None => match self.argument("install_requires") {
                Some(list) => list.texts().into_iter().map(str::to_owned).collect(),
                None => setup_cfg::list(self.cfg("options", "install_requires").unwrap_or_default(), ';'),
            },
        };
        let texts = texts.into_iter().map(|text| one_line(&text));
        texts.filter(|text| Requirement::parse(text).is_ok()).collect()
    }
}

fn path(at: &Location, name: &str) -> String {
    tree::below(at, name).unwrap_or_default().to_string()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
