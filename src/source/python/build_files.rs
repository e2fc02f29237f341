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
                // setuptools takes both spellings.
                let tag =
                    matches!(key.replace('-', "_").as_str(), "tag_build" | "tag_date" | "tag_svn_revision");
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

/// Whether pyproject.toml of an sdist is the commit's as PDM writes it anew: the same but for its layout and its comments,
/// with the version in the place of `dynamic = ["version"]`.
pub(super) fn is_rewritten_toml(commit: &str, sdist: &str, version: &str) -> bool {
    let (Ok(mut commit), Ok(mut sdist)) =
        (foreign::toml::<toml::Table>(commit), foreign::toml::<toml::Table>(sdist))
    else {
        return false;
    };
    let backend = sdist.get("build-system").and_then(|system| system.get("build-backend")?.as_str());
    if !backend.is_some_and(|backend| backend == "pdm.backend" || backend.starts_with("pdm.pep517")) {
        return false;
    }
    let (Some(theirs), Some(own)) = (
        commit.get_mut("project").and_then(toml::Value::as_table_mut),
        sdist.get_mut("project").and_then(toml::Value::as_table_mut),
    ) else {
        return false;
    };
    let is_version = |field: &toml::Value| field.as_str() == Some("version");
    let mut was_dynamic = false;
    for table in [&mut *theirs, &mut *own] {
        if let Some(toml::Value::Array(fields)) = table.get_mut("dynamic") {
            was_dynamic |= fields.iter().any(is_version);
            fields.retain(|field| !is_version(field));
            if fields.is_empty() {
                table.remove("dynamic");
            }
        }
    }
    if was_dynamic && !theirs.contains_key("version") {
        let stated = own.remove("version");
        if stated.is_some_and(|stated| !stated.as_str().is_some_and(|at| super::same_version(at, version))) {
            return false;
        }
    }
    commit == sdist
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
        // A release is built without the tag of what comes before it.
        for tag in ["tag-build = dev", "tag_build = .dev0", "tag-date = true"] {
            assert!(is_rewritten_cfg(Some(&format!("{commit}\n[egg_info]\n{tag}\n")), &sdist), "{tag}");
        }
        assert!(!is_rewritten_cfg(None, "[options]\nsetup_requires = evil\n"));
        // What Python reads as further keys and sections.
        for hidden in
            ["tag_build = x\r[options]\rsetup_requires = evil", "\ttag_build = x\n\tegg_base = evil"]
        {
            assert!(!is_rewritten_cfg(None, &format!("[egg_info]\n{hidden}\n")), "{hidden:?}");
        }
    }

    #[test]
    fn pyproject_as_pdm_writes_it() {
        let commit = "# why\n[project]\nname = \"a\"\ndynamic = [\"version\"]\nkeywords = [\"x\", \"y\"]\n\
            license = {text = \"MIT\"}\n[build-system]\nrequires = [\"pdm-backend\"]\n\
            build-backend = \"pdm.backend\"\n[tool.pdm]\nversion = {source = \"scm\"}\n";
        let sdist = "[build-system]\nrequires = [\n    \"pdm-backend\",\n]\nbuild-backend = \"pdm.backend\"\n\n\
            [project]\nname = \"a\"\ndynamic = []\nkeywords = [\n    \"x\",\n    \"y\",\n]\nversion = \"1.0\"\n\n\
            [project.license]\ntext = \"MIT\"\n\n[tool.pdm.version]\nsource = \"scm\"\n";
        let is_same = |sdist: &str| is_rewritten_toml(commit, sdist, "1.0");
        assert!(is_same(sdist) && is_same(&sdist.replace("dynamic = []\n", "")) && is_same(commit));
        let old = |text: &str| text.replace("pdm.backend", "pdm.pep517.api");
        assert!(is_rewritten_toml(&old(commit), &old(sdist), "1.0"));
        for (from, to) in [
            ("version = \"1.0\"", "version = \"1.1\""),
            ("version = \"1.0\"", "version = 1"),
            ("\"y\"", "\"z\""),
            ("\"pdm-backend\",", "\"pdm-backend\", \"evil\","),
            ("pdm.backend", "evil"),
            ("[tool.pdm.version]", "[tool.pdm.build]\nrun-setuptools = true\n[tool.pdm.version]"),
            ("dynamic = []", "dynamic = [\"scripts\"]"),
            ("[project]", "[project"),
        ] {
            let changed = sdist.replace(from, to);
            assert!(changed != sdist && !is_same(&changed), "{to}");
        }
        // A version that is written down stays as it is.
        let fixed = commit.replace("dynamic = [\"version\"]", "version = \"2.0\"");
        assert!(!is_rewritten_toml(&fixed, sdist, "1.0"));
    }

    #[test]
    fn a_module_states_its_version() {
        assert_eq!(module_version("x\n__version__ = '1.2'\n").as_deref(), Some("1.2"));
        assert_eq!(module_version("version: str = \"1.2\"").as_deref(), Some("1.2"));
        assert_eq!(module_version("__version__ = get()"), None);
    }
}
