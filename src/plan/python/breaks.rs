//! Releases that took away what older sources build with, as curated data: which bound keeps a build from breaking.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use pep440_rs::VersionSpecifiers;
use serde::Deserialize;

use super::{Files, tables};
use crate::foreign;
use crate::python::imports::Imports;
use crate::python::tokens::{self, Token};
use crate::python::{BuildSystem, Requirement, setup_cfg};
use crate::python::{PyName, PyVersion};

/// One row: a bound, and the sources that it is for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Break {
    bound: Parsed<Requirement>,
    /// Which release took what away: a sentence without a full stop.
    pub reason: String,
    /// Modules that a build file imports.
    #[serde(default)]
    imports: Vec<String>,
    /// Arguments of `setup`, or keys of `[options]` in setup.cfg.
    #[serde(default)]
    keywords: Vec<String>,
    /// Tables or keys of pyproject.toml, with dots.
    #[serde(default)]
    tables: Vec<String>,
    /// Keys of pyproject.toml whose value is a text.
    #[serde(default)]
    strings: Vec<String>,
    /// Keys of pyproject.toml whose value is a list.
    #[serde(default)]
    lists: Vec<String>,
    /// Names that stand anywhere in the code of the build files.
    #[serde(default)]
    words: Vec<String>,
    /// The backend's module.
    #[serde(default)]
    backend: Option<String>,
    /// Packages, each with the versions (PEP 440; empty for all).
    #[serde(default)]
    packages: BTreeMap<PyName, Parsed<VersionSpecifiers>>,
    /// Build requirements that the environment has in one of these versions (PEP 440).
    #[serde(default)]
    beside: BTreeMap<PyName, Parsed<VersionSpecifiers>>,
    /// Sources made before this day (YYYY-MM-DD).
    #[serde(default)]
    before: Option<Parsed<Date>>,
}

/// A value of the table, with the text that it was read from.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
#[serde(bound(deserialize = "T: Read"))]
struct Parsed<T> {
    text: String,
    value: T,
}

trait Read: Sized {
    fn read(text: &str) -> Result<Self, String>;
}

impl Read for Requirement {
    fn read(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|why| why.to_string())
    }
}

impl Read for VersionSpecifiers {
    fn read(text: &str) -> Result<Self, String> {
        text.parse().map_err(|why: pep440_rs::VersionSpecifiersParseError| why.to_string())
    }
}

impl Read for Date {
    fn read(text: &str) -> Result<Self, String> {
        text.parse().map_err(|why: jiff::Error| why.to_string())
    }
}

impl<T: Read> TryFrom<String> for Parsed<T> {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Ok(Self { value: T::read(&text)?, text })
    }
}

#[derive(Default, Deserialize)]
struct Table {
    #[serde(rename = "break")]
    breaks: Vec<Break>,
    floor: Vec<Floor>,
}

/// What an interpreter needs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Floor {
    bound: Parsed<Requirement>,
    /// For the reader of the table.
    #[allow(dead_code, reason = "each row says why it is there")]
    reason: String,
}

// The file is part of the program; the test below reads it.
static TABLE: LazyLock<Table> = LazyLock::new(|| foreign::toml(tables::BREAKS).unwrap_or_default());

static FLOORS: LazyLock<Vec<Requirement>> =
    LazyLock::new(|| TABLE.floor.iter().map(|floor| floor.bound.value.clone()).collect());

/// Bounds that keep build tools from being older than the interpreter can use.
pub fn floors() -> &'static [Requirement] {
    &FLOORS
}

impl Break {
    /// The bound.
    pub fn requirement(&self) -> &Requirement {
        &self.bound.value
    }

    /// Whether an environment has what the bound is for, given what is chosen so far.
    pub fn is_wanted_beside(&self, chosen: &BTreeMap<PyName, PyVersion>) -> bool {
        let has = |(name, versions): (&PyName, &Parsed<VersionSpecifiers>)| {
            chosen.get(name).is_some_and(|version| versions.value.contains(version.parts()))
        };
        self.beside.is_empty() || self.beside.iter().any(has)
    }

    /// The bound as the table has it (PEP 508).
    pub fn text(&self) -> &str {
        &self.bound.text
    }
}

/// The rows that are for a source. `made` is when it was made, where that is known.
pub fn of(
    name: &PyName,
    version: &PyVersion,
    system: &BuildSystem,
    files: &Files,
    made: Option<Timestamp>,
) -> Vec<&'static Break> {
    let source = Source::new(system, files);
    let is_for = |one: &&Break| {
        let day = |date: Date| date.to_zoned(TimeZone::UTC).ok().map(|day| day.timestamp());
        let of_time =
            one.before.as_ref().is_none_or(|date| made.is_some_and(|made| Some(made) < day(date.value)));
        let of_backend = one.backend.as_ref().is_none_or(|backend| within(system.module(), backend));
        let allows = |versions: &Parsed<VersionSpecifiers>| versions.value.contains(version.parts());
        let of_package = one.packages.is_empty() || one.packages.get(name).is_some_and(allows);
        of_time && of_backend && of_package && source.has(one)
    };
    TABLE.breaks.iter().filter(is_for).collect()
}

fn within(module: &str, of: &str) -> bool {
    module.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// What the build files show.
struct Source<'a> {
    system: &'a BuildSystem,
    imports: Vec<Imports>,
    words: BTreeSet<&'a str>,
    keywords: BTreeSet<String>,
}

impl<'a> Source<'a> {
    fn new(system: &'a BuildSystem, files: &'a Files) -> Self {
        let modules = || files.texts.iter().filter(|(path, _)| path.ends_with(".py"));
        let mut words = BTreeSet::new();
        let mut keywords = BTreeSet::new();
        for (path, text) in modules() {
            for line in tokens::code(text).unwrap_or_default() {
                for at in 0..line.tokens.len() {
                    match &line.tokens[at..] {
                        [Token::Name(name), Token::Op('='), ..] if path == "setup.py" => {
                            _ = keywords.insert((*name).to_owned())
                        }
                        [Token::Text(name), Token::Op(':'), ..]
                        | [Token::Text(name), Token::Op(']'), Token::Op('='), ..]
                            if path == "setup.py" =>
                        {
                            _ = keywords.insert((*name).to_owned())
                        }
                        _ => {}
                    }
                }
                words.extend(line.tokens.iter().filter_map(|token| match token {
                    Token::Name(name) => Some(*name),
                    _ => None,
                }));
            }
        }
        let cfg = files.texts.get("setup.cfg").and_then(|text| setup_cfg::read(text));
        keywords.extend(
            cfg.into_iter().filter_map(|mut all| all.remove("options")).flat_map(|keys| keys.into_keys()),
        );
        Self { system, imports: modules().map(|(_, text)| Imports::read(text)).collect(), words, keywords }
    }

    /// Whether it shows any of what a row names; of a row that names nothing, always.
    fn has(&self, one: &Break) -> bool {
        let Break { imports, keywords, tables, strings, lists, words, .. } = one;
        if [imports, keywords, tables, strings, lists, words].iter().all(|list| list.is_empty()) {
            return true;
        }
        let value = |path: &String| self.system.value(&path.split('.').collect::<Vec<_>>());
        imports.iter().any(|module| self.imports.iter().any(|imports| imports.has(module)))
            || self.system.is_setuptools() && keywords.iter().any(|word| self.keywords.contains(word))
            || tables.iter().any(|path| value(path).is_some())
            || strings.iter().any(|path| value(path).is_some_and(toml::Value::is_str))
            || lists.iter().any(|path| value(path).is_some_and(toml::Value::is_array))
            || words.iter().any(|word| self.words.contains(word.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read() {
        let table: Table = foreign::toml(tables::BREAKS).unwrap();
        assert!(!table.breaks.is_empty() && !table.floor.is_empty());
        for one in &table.breaks {
            assert!(!one.reason.is_empty() && !one.reason.ends_with('.'), "{}", one.text());
            let says = [&one.imports, &one.keywords, &one.tables, &one.strings, &one.lists, &one.words]
                .iter()
                .any(|list| !list.is_empty());
            let is_for = says || !one.packages.is_empty() || !one.beside.is_empty() || one.before.is_some();
            assert!(is_for, "{} is for every source", one.text());
        }
    }

    #[test]
    fn which_sources_a_row_is_for() {
        let of = |release: &str, files: &[(&str, &str)], made: Option<&str>| {
            let (name, version) = release.split_once('@').unwrap();
            let texts = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
            let files = Files { texts, ..Files::default() };
            let system = BuildSystem::read(files.texts.get("pyproject.toml").map(String::as_str)).unwrap();
            let (name, version) = (PyName::new(name).unwrap(), PyVersion::new(version).unwrap());
            let made = made.map(|made| format!("{made}T00:00:00Z").parse().unwrap());
            let found = super::of(&name, &version, &system, &files, made);
            let found = found.iter().filter(|one| one.beside.is_empty()).map(|one| one.text());
            found.collect::<Vec<_>>().join(" ")
        };
        let flit = "[build-system]\nrequires=['flit']\nbuild-backend='flit.buildapi'\n[tool.flit.metadata]\nmodule='a'\n";
        for (release, files, made, expected) in [
            ("a@1", vec![("setup.py", "from pkg_resources import parse_version")], None, "setuptools<82"),
            (
                "a@1",
                vec![("setup.py", "import helper"), ("helper.py", "import pkg_resources")],
                None,
                "setuptools<82",
            ),
            ("a@1", vec![("setup.py", "# import pkg_resources\nX = 'pkg_resources'")], None, ""),
            ("a@1", vec![("setup.py", "setup(use_2to3=True)")], None, "setuptools<58"),
            ("a@1", vec![("setup.py", "extra['use_2to3'] = True\nsetup(**extra)")], None, "setuptools<58"),
            ("a@1", vec![("setup.py", "__import__('pkg_resources')")], None, "setuptools<82"),
            (
                "a@1",
                vec![("setup.py", "from pkg_resources.extern import packaging")],
                None,
                "setuptools<82 setuptools<71",
            ),
            ("a@1", vec![("setup.py", "import setuptools.extern.packaging")], None, "setuptools<71"),
            (
                "a@1",
                vec![("setup.cfg", "[options]\nuse_2to3 = True\n"), ("setup.py", "")],
                None,
                "setuptools<58",
            ),
            ("a@1", vec![("setup.py", "from setuptools.command.test import test")], None, ""),
            ("a@1", vec![("setup.py", "from setuptools.command.easy_install import ScriptWriter")], None, ""),
            ("a@1", vec![("setup.py", "from setuptools import sandbox")], None, "setuptools<80"),
            ("a@1", vec![("setup.py", "if not self.dry_run: pass")], None, "setuptools<81"),
            ("a@1", vec![("pyproject.toml", flit)], None, "flit-core<4 flit<4"),
            (
                "a@1",
                vec![("pyproject.toml", "[project]\nlicense = 'MIT'\n")],
                None,
                "setuptools>=77 packaging>=24.2 flit-core>=3.12",
            ),
            ("a@1", vec![("pyproject.toml", "[project]\nlicense = {text = 'MIT'}\n")], None, ""),
            (
                "a@1",
                vec![("pyproject.toml", "[project]\nlicense-files = ['L']\n")],
                None,
                "setuptools>=77 flit-core>=3.12 hatchling>=1.27",
            ),
            ("pyyaml@6.0", vec![], None, "cython<3; python_version < '3.13'"),
            ("pyyaml@6.0.1", vec![], None, ""),
            ("a@1", vec![], Some("2024-01-01"), "numpy<2; python_version < '3.13'"),
            ("a@1", vec![], Some("2025-01-01"), ""),
        ] {
            assert_eq!(of(release, &files, made), expected, "{release} {files:?} {made:?}");
        }
    }
}
