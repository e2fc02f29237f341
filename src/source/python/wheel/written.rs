//! What the build files of a commit write out: the words that say where a wheel's files are taken from, and its entry
//! points.

use std::collections::{BTreeMap, BTreeSet};

use super::needs;
use crate::python::PyName;
use crate::python::entry_points::{self, EntryPoints};
use crate::python::stated::Stated;
use crate::python::tokens::{self, Token};
use crate::python::{BuildSystem, literals, setup_cfg};

/// Read from the commit's own files, so that whoever reviews the commit sees it.
#[derive(Clone, Debug, Default)]
pub(in crate::source::python) struct Written {
    /// Each text that is written out, lists and tables in texts taken apart, `./` and `/` around paths left out.
    words: BTreeSet<String>,
    pub(super) points: EntryPoints,
    pub(super) stated: Stated,
    /// The texts themselves.
    texts: Vec<String>,
}

impl Written {
    /// Of files by their names.
    pub(in crate::source::python) fn read(texts: &BTreeMap<String, String>) -> Self {
        let get = |name: &str| texts.get(name).map(String::as_str);
        let system = BuildSystem::read(get("pyproject.toml")).or_else(|_| BuildSystem::read(None));
        let cfg = get("setup.cfg").and_then(setup_cfg::read);
        let setup = get("setup.py").and_then(literals::setup_arguments);
        let mut written = Self::default();
        if let Ok(system) = &system {
            written.points = entry_points::declared(system, cfg.as_ref(), setup.as_ref());
            written.toml(&toml::Value::Table(system.document.clone()));
            written.stated = Stated::read(system);
        }
        written.texts.extend(texts.values().cloned());
        for (key, value) in cfg.iter().flatten().flat_map(|(_, keys)| keys) {
            written.text(key);
            written.text(value.as_deref().unwrap_or_default());
        }
        for (name, text) in texts {
            if name.ends_with(".py") {
                written.python(text);
            } else if name.ends_with(".txt") {
                written.points.extend(entry_points::read(text));
            }
        }
        written
    }

    /// Further lists of requirements, which a build may read.
    pub(in crate::source::python) fn add_lists(&mut self, lists: Vec<String>) {
        self.texts.extend(lists);
    }

    /// The projects that could be named in all of it.
    pub(super) fn projects(&self) -> BTreeSet<PyName> {
        self.texts.iter().flat_map(|text| needs::names(text)).collect()
    }

    fn toml(&mut self, value: &toml::Value) {
        match value {
            toml::Value::String(text) => self.text(text),
            toml::Value::Array(items) => items.iter().for_each(|item| self.toml(item)),
            toml::Value::Table(items) => {
                for (key, value) in items {
                    self.text(key);
                    self.toml(value);
                }
            }
            _ => {}
        }
    }

    fn python(&mut self, text: &str) {
        for line in tokens::code(text).unwrap_or_default() {
            for token in line.tokens {
                if let Token::Text(text) = token {
                    self.text(text);
                }
            }
        }
    }

    fn text(&mut self, text: &str) {
        for line in text.lines() {
            self.word(line);
            line.split([',', '=']).for_each(|part| self.word(part));
        }
    }

    fn word(&mut self, word: &str) {
        let word = word.trim();
        let word = word.strip_prefix("./").unwrap_or(word).trim_end_matches('/');
        self.words.insert(word.to_owned());
    }

    pub(super) fn has(&self, word: &str) -> bool {
        self.words.contains(word)
    }

    /// Whether a file or one of the folders that it lies in is named, by itself or by a pattern (`bin/*`).
    pub(super) fn names(&self, path: &str) -> bool {
        let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
        self.has(path) || folders.into_iter().any(|folder| self.has(folder) || self.has_below(folder))
    }

    /// Whether something in a folder is named by a pattern.
    fn has_below(&self, folder: &str) -> bool {
        let start = format!("{folder}/");
        let mut below = self.words.range(start.clone()..).take_while(|word| word.starts_with(start.as_str()));
        below.any(|word| word.contains('*'))
    }

    /// Whether a package of the wheel is said to be made from a folder of the source (`package_dir`), or one around both.
    pub(super) fn maps(&self, package: &str, folder: &str) -> bool {
        let (mut package, mut folder) = (package, folder);
        loop {
            let dotted = package.replace('/', ".");
            if !package.is_empty() && !folder.is_empty() && self.has(&dotted) && self.has(folder) {
                return true;
            }
            match (package.rsplit_once('/'), folder.rsplit_once('/')) {
                (Some((above, name)), Some((beside, same))) if name == same => {
                    (package, folder) = (above, beside);
                }
                _ => return false,
            }
        }
    }

    /// Whether an entry point is written out, in whatever way setup.py puts its arguments together.
    pub(super) fn has_point(&self, group: &str, name: &str, object: &str) -> bool {
        let plain = |text: &str| text.split_whitespace().collect::<String>();
        let of_group = self.points.iter().filter(|(known, _)| known.eq_ignore_ascii_case(group));
        let mut points = of_group.flat_map(|(_, points)| points);
        let whole = plain(&format!("{name}={object}"));
        let is_written = || {
            let group = self.has(group) || self.has(&format!("[{group}]"));
            group && self.words.iter().any(|word| word.contains('=') && plain(word) == whole)
        };
        points.any(|(known, at)| known == name && plain(at) == plain(object)) || is_written()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(files: &[(&str, &str)]) -> Written {
        let texts = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        Written::read(&texts.collect())
    }

    #[test]
    fn where_files_are_taken_from() {
        let setup = "from setuptools import setup\nsetup(scripts=['bin/one'] + glob('tools/*.sh'),\n  \
            package_dir={'a.tests': './tests/'}, data_files=[('etc', ['conf/x.ini'])])\n";
        let cfg = "[options]\npackage_dir =\n    b = lib/b\n";
        let toml = "[tool.hatch.build.targets.wheel.shared-data]\n\"ext/share\" = \"share\"\n";
        let written = read(&[("setup.py", setup), ("setup.cfg", cfg), ("pyproject.toml", toml)]);
        for path in ["bin/one", "tools/x.sh", "conf/x.ini", "ext/share/y/z", "lib/b/x.py"] {
            assert!(written.names(path), "{path}");
        }
        for path in ["bin/two", "conf/y.ini", "other/x"] {
            assert!(!written.names(path), "{path}");
        }
        for (package, folder) in [("a/tests", "tests"), ("a/tests/deep/x", "tests/deep/x"), ("b", "lib/b")] {
            assert!(written.maps(package, folder), "{package} {folder}");
        }
        for (package, folder) in [("a", "tests"), ("a/tests/x", "tests/y"), ("c", "lib/b"), ("", "tests")] {
            assert!(!written.maps(package, folder), "{package} {folder}");
        }
    }

    #[test]
    fn entry_points_that_are_written_out() {
        for files in [
            &[("pyproject.toml", "[project]\nname='a'\n[project.entry-points.pytest11]\nx = 'a.b:c'\n")][..],
            &[("setup.cfg", "[options.entry_points]\npytest11 =\n    x = a.b:c\n")],
            &[("setup.py", "setup(entry_points={'pytest11': ['x=a.b:c']})")],
            &[("setup.py", "points = {}\npoints['pytest11'] = ['x = a.b:c']\nsetup(entry_points=points)")],
            &[("setup.py", "setup(entry_points='''\n[pytest11]\nx = a.b:c\n''')")],
            &[("entry_points.txt", "[pytest11]\nx=a.b:c\n")],
        ] {
            let written = read(files);
            assert!(written.has_point("pytest11", "x", "a.b : c"), "{files:?}");
            for (group, name, object) in
                [("pytest11", "y", "a.b:c"), ("pytest11", "x", "a.b:d"), ("other", "x", "a.b:c")]
            {
                assert!(!written.has_point(group, name, object), "{files:?} {group} {name} {object}");
            }
        }
    }
}
