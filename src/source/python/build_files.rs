//! The files at a project's root that say its name and version: what they say without running anything.

use std::sync::LazyLock;

use regex_lite::Regex;

use crate::foreign;
use crate::python::setup_cfg::{Sections, read as read_sections};
use crate::python::tokens::has_lone_cr;

/// pyproject.toml (PEP 621 and the tables of Poetry and Flit), setup.cfg and setup.py (setuptools).
pub(super) const NAMES: [&str; 3] = ["pyproject.toml", "setup.cfg", "setup.py"];

/// What is written down; a version that is computed at build time is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Declared {
    pub(super) name: Option<String>,
    pub(super) version: Option<String>,
}

impl Declared {
    /// Reads a build file by its name; one that cannot be read declares nothing.
    pub(super) fn read(file: &str, text: &str) -> Self {
        match file.rsplit('/').next() {
            Some("pyproject.toml") => pyproject(text),
            Some("setup.cfg") => setup_cfg(text),
            Some("setup.py") => setup_py(text),
            _ => Self::default(),
        }
    }
}

fn pyproject(text: &str) -> Declared {
    let Ok(document) = foreign::toml::<toml::Table>(text) else { return Declared::default() };
    let table = |path: &[&str]| {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(document.get(*first)?, |table, key| table.get(key))
    };
    let text = |path: &[&str]| table(path).and_then(toml::Value::as_str).map(str::to_owned);
    let first = |paths: &[&[&str]]| paths.iter().find_map(|path| text(path));
    Declared {
        name: first(&[
            &["project", "name"],
            &["tool", "poetry", "name"],
            &["tool", "flit", "metadata", "dist-name"],
            &["tool", "flit", "metadata", "module"],
        ]),
        version: first(&[&["project", "version"], &["tool", "poetry", "version"]]),
    }
}

fn setup_cfg(text: &str) -> Declared {
    let sections = sections(text).unwrap_or_default();
    let value = |key: &str| sections.get("metadata")?.get(key)?.clone();
    Declared {
        name: value("name"),
        version: value("version").filter(|text| !text.starts_with("attr:") && !text.starts_with("file:")),
    }
}

/// Literal arguments alone: `name=NAME` says nothing.
fn setup_py(text: &str) -> Declared {
    static ARGUMENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"(?m)(?:^|[\s(,])(name|version)\s*=\s*['"]([^'"\n{}%]+)['"]\s*(?:[,)\n]|$)"#).ok()
    });
    let call = text.rfind("setup(").map_or("", |at| &text[at..]);
    let mut declared = Declared::default();
    for found in ARGUMENT.iter().flat_map(|regex| regex.captures_iter(call)) {
        let field = if &found[1] == "name" { &mut declared.name } else { &mut declared.version };
        field.get_or_insert_with(|| found[2].to_owned());
    }
    declared
}

/// As Python reads it; `None` for line ends that others see elsewhere.
fn sections(text: &str) -> Option<Sections> {
    if has_lone_cr(text) { None } else { read_sections(text) }
}

/// Whether setup.cfg of an sdist is the commit's as setuptools writes it anew (it adds `[egg_info]` with
/// `tag_build` and `tag_date`, and drops comments and layout); without a commit's, nothing but that section.
pub(super) fn is_rewritten_cfg(commit: Option<&str>, sdist: &str) -> bool {
    let strip = |text: &str| {
        let mut sections = sections(text)?;
        if let Some(info) = sections.get_mut("egg_info") {
            // Longer ones could be lines that Python reads as something else.
            let word = |value: &str| value.chars().all(|c| c.is_ascii_alphanumeric() || ".+-_".contains(c));
            info.retain(|key, value| {
                let tag = matches!(key.as_str(), "tag_build" | "tag_date" | "tag_svn_revision");
                !(tag && value.as_deref().is_none_or(word))
            });
        }
        sections.retain(|_, keys| !keys.is_empty());
        Some(sections)
    };
    // Two that cannot be read are not the same.
    let sdist = strip(sdist);
    sdist.is_some() && strip(commit.unwrap_or_default()) == sdist
}

/// A version that a module assigns to itself, as a literal.
pub(super) fn module_version(text: &str) -> Option<String> {
    static ASSIGNED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"(?m)^\s*(?:__version__|version|VERSION)\s*(?::\s*\w+\s*)?=\s*['"]([^'"\n]+)['"]"#).ok()
    });
    ASSIGNED.as_ref()?.captures(text).map(|found| found[1].to_owned())
}

/// Whether pyproject.toml names a build backend that reads no setup.py.
pub(super) fn leaves_setup_py(pyproject: &str) -> bool {
    const BACKENDS: [&str; 4] = ["poetry", "flit", "pdm", "hatchling"];
    let Ok(document) = foreign::toml::<toml::Table>(pyproject) else { return false };
    let system = document.get("build-system");
    let backend = system.and_then(|system| system.get("build-backend")?.as_str()).unwrap_or_default();
    BACKENDS.iter().any(|name| backend.starts_with(name))
}

/// Whether setup.py has a project's name as a text, wherever: `NAME = "x"`, and `setup(name=NAME)`.
pub(super) fn has_name(setup_py: &str, name: &str) -> bool {
    static TEXT: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"['"]([A-Za-z0-9][A-Za-z0-9._-]*)['"]"#).ok());
    TEXT.iter().flat_map(|regex| regex.captures_iter(setup_py)).any(|found| super::same_name(&found[1], name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(file: &str, text: &str) -> (Option<String>, Option<String>) {
        let declared = Declared::read(file, text);
        (declared.name, declared.version)
    }

    fn some(name: &str, version: &str) -> (Option<String>, Option<String>) {
        (Some(name.to_owned()), Some(version.to_owned()))
    }

    #[test]
    fn what_each_file_declares() {
        assert_eq!(of("pyproject.toml", "[project]\nname='a'\nversion='1'"), some("a", "1"));
        assert_eq!(of("pyproject.toml", "[tool.poetry]\nname='a'\nversion='1'"), some("a", "1"));
        assert_eq!(of("x/pyproject.toml", "[project]\nname='a'\ndynamic=['version']").1, None);
        assert_eq!(of("setup.cfg", "[metadata]\nname = a\nversion = 1\n"), some("a", "1"));
        assert_eq!(of("setup.cfg", "[metadata]\nname = a\nversion = attr: a.v\n").1, None);
        assert_eq!(
            of("setup.py", "from s import setup\nsetup(name='a', version = \"1\",\n)"),
            some("a", "1")
        );
        assert_eq!(of("setup.py", "name = 'b'\nsetup(\n  name=NAME,\n  version=get(version='2'))").0, None);
        assert_eq!(of("pyproject.toml", "[[["), (None, None));
    }

    #[test]
    fn setup_cfg_as_setuptools_writes_it() {
        let tail = "[egg_info]\ntag_build = \ntag_date = 0\n\n";
        assert!(is_rewritten_cfg(None, tail));
        let commit = "# why\n[metadata]\nname = a\nclassifiers =\n    One\n    Two\n\n[flake8]\nignore=E1\n";
        let sdist =
            format!("[metadata]\nname = a\nclassifiers = \n\tOne\n\tTwo\n\n[flake8]\nignore = E1\n\n{tail}");
        assert!(is_rewritten_cfg(Some(commit), &sdist));
        assert!(!is_rewritten_cfg(Some(commit), &sdist.replace("Two", "Three")));
        assert!(!is_rewritten_cfg(None, "[options]\nsetup_requires = evil\n"));
        // What Python reads as further keys and sections.
        for hidden in
            ["tag_build = x\r[options]\rsetup_requires = evil", "\ttag_build = x\n\tegg_base = evil"]
        {
            assert!(!is_rewritten_cfg(None, &format!("[egg_info]\n{hidden}\n")), "{hidden:?}");
        }
    }

    #[test]
    fn a_module_states_its_version() {
        assert_eq!(module_version("x\n__version__ = '1.2'\n").as_deref(), Some("1.2"));
        assert_eq!(module_version("version: str = \"1.2\"").as_deref(), Some("1.2"));
        assert_eq!(module_version("__version__ = get()"), None);
    }
}
