//! What tests import: their own files and the project's modules are followed, and modules of others are named.

use std::collections::{BTreeMap, BTreeSet};

use super::{Files, is_test};
use crate::python::imports::Imports;
use crate::python::tokens::{self, Token};
use crate::upstream::python::projects;

/// What the tests come to.
pub(super) struct Reached<'a> {
    /// Texts of the tests, and of what they import from beside them, by path.
    pub(super) texts: BTreeMap<&'a str, &'a str>,
    /// Modules that they cannot do without and that are neither the project's nor Python's, by dotted names.
    pub(super) modules: BTreeMap<String, Import<'a>>,
    /// Modules of others that the project's own ones import, where tests import these.
    pub(super) through: BTreeSet<String>,
    /// Modules of others that all of these try to import, and can do without.
    pub(super) tried: BTreeSet<String>,
}

/// Of a module.
pub(super) struct Import<'a> {
    /// The first file that imports it.
    pub(super) by: &'a str,
    /// A test may make it itself: only functions import it, or a file or a folder of this name is where a test may put it
    /// in reach by a path that it computes.
    pub(super) may_be_own: bool,
}

/// Folders that projects keep their modules in.
const ROOTS: [&str; 4] = ["", "src/", "lib/", "python/"];

struct Walk<'a> {
    files: &'a Files,
    /// Folders that modules are imported from; not empty ones end in `/`.
    roots: BTreeSet<String>,
    /// Names of files and folders of modules that are in no package.
    loose: BTreeSet<&'a str>,
    open: Vec<&'a str>,
    seen: BTreeSet<&'a str>,
    /// The roots that have a module, by its first name: many files import the same ones.
    homes: BTreeMap<String, Vec<String>>,
}

/// Whether a file is one of the tests, or may be what they import beside them: it is in a folder that is called as
/// folders of tests are.
fn is_beside(path: &str) -> bool {
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
    is_test(path) || folders.split('/').any(|folder| matches!(folder, "test" | "tests" | "testing"))
}

/// Of these tests; `folders` are what the project says that modules are imported from besides.
pub(super) fn reached<'a>(files: &'a Files, tests: &[&'a str], folders: &[String]) -> Reached<'a> {
    let mut roots: BTreeSet<String> = ROOTS.map(str::to_owned).into();
    roots.extend(folders.iter().map(|folder| match folder.trim_matches(['.', '/']) {
        "" => String::new(),
        folder => format!("{folder}/"),
    }));
    roots.extend(tests.iter().map(|test| base(files, test)));
    let seen = tests.iter().copied().collect();
    let mut walk =
        Walk { files, roots, loose: loose(files), open: tests.to_vec(), seen, homes: BTreeMap::new() };
    let mut found = Reached {
        texts: BTreeMap::new(),
        modules: BTreeMap::new(),
        through: BTreeSet::new(),
        tried: BTreeSet::new(),
    };
    while let Some(path) = walk.open.pop() {
        let Some(text) = files.text(path) else { continue };
        let imports = Imports::read(text);
        let mut is_foreign = |name: &String| !walk.is_own(path, name) && !projects::is_standard(name);
        found.tried.extend(imports.tried.into_iter().filter(&mut is_foreign));
        if !is_beside(path) {
            found.through.extend(imports.at_once.into_iter().filter(&mut is_foreign));
            continue;
        }
        found.texts.insert(path, text);
        let needed: Vec<String> =
            imports.needed.iter().cloned().chain(run(text)).filter(is_foreign).collect();
        for name in needed {
            let is_loose = walk.loose.contains(name.split('.').next().unwrap_or(&name));
            let may_be_own = is_loose || !imports.at_once.contains(&name);
            let import = found.modules.entry(name).or_insert(Import { by: path, may_be_own });
            import.by = path.min(import.by);
            import.may_be_own &= may_be_own;
        }
    }
    found
}

/// Modules that a text runs: `[sys.executable, "-m", "coverage", "run"]`.
fn run(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in tokens::code(text).unwrap_or_default() {
        for window in line.tokens.windows(5) {
            if let [
                Token::Name("executable"),
                Token::Op(','),
                Token::Text("-m"),
                Token::Op(','),
                Token::Text(module),
            ] = window
            {
                found.push((*module).to_owned());
            }
        }
    }
    found
}

/// The folder that pytest imports a test from: the first one upward that is no package
/// (<https://docs.pytest.org/en/stable/explanation/pythonpath.html>).
pub(super) fn base(files: &Files, test: &str) -> String {
    let mut folder = test.rsplit_once('/').map_or("", |(folder, _)| folder);
    while !folder.is_empty() && files.paths.contains(&format!("{folder}/__init__.py")) {
        folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
    }
    if folder.is_empty() { String::new() } else { format!("{folder}/") }
}

/// The names of modules and of their folders in folders that are no package.
fn loose(files: &Files) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for path in files.paths.iter().filter(|path| is_module(path)) {
        let mut rest = path.as_str();
        loop {
            let (folder, name) = rest.rsplit_once('/').unwrap_or(("", rest));
            if !files.paths.contains(&format!("{folder}/__init__.py")) {
                found.insert(name.split('.').next().unwrap_or(name));
            }
            if folder.is_empty() {
                break;
            }
            rest = folder;
        }
    }
    found
}

fn is_module(path: &str) -> bool {
    let base = path.rsplit('/').next().unwrap_or(path);
    let last = base.rsplit_once('.').map(|(_, extension)| extension);
    last.is_some_and(|last| matches!(last, "py" | "pyx" | "pyi" | "so" | "pyd"))
}

impl<'a> Walk<'a> {
    /// Whether a module is one of the source's; what is beside the tests is followed.
    fn is_own(&mut self, by: &str, name: &str) -> bool {
        let relative = name.trim_start_matches('.');
        let ups = name.len() - relative.len();
        if ups > 0 {
            let mut folder = by.rsplit_once('/').map_or("", |(folder, _)| folder);
            for _ in 1..ups {
                folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
            }
            self.follow(&format!("{folder}/"), relative);
            return true;
        }
        let first = relative.split('.').next().unwrap_or(relative);
        let roots = match self.homes.get(first) {
            Some(roots) => roots.clone(),
            None => {
                let roots: Vec<String> =
                    self.roots.iter().filter(|root| self.has(root, first)).cloned().collect();
                self.homes.insert(first.to_owned(), roots.clone());
                roots
            }
        };
        roots.iter().for_each(|root| self.follow(root, relative));
        !roots.is_empty()
    }

    /// Whether a folder has a module or a package of this name.
    fn has(&self, root: &str, first: &str) -> bool {
        let package = format!("{root}{first}/");
        let below = self.files.paths.range(package.clone()..);
        let mut below = below.take_while(|path| path.starts_with(&package));
        let module = format!("{root}{first}.");
        let here = self.files.paths.range(module.clone()..);
        let mut here = here.take_while(|path| path.starts_with(&module));
        below.any(|path| is_module(path))
            || here.any(|path| is_module(path) && !path[module.len()..].contains('/'))
    }

    /// Goes on with every file that importing this runs.
    fn follow(&mut self, root: &str, dotted: &str) {
        let root = root.trim_start_matches('/');
        let mut place = root.trim_end_matches('/').to_owned();
        let mut places = vec![place.clone()];
        for part in dotted.split('.').filter(|part| !part.is_empty()) {
            place = if place.is_empty() { part.to_owned() } else { format!("{place}/{part}") };
            places.push(place.clone());
        }
        for place in places {
            for path in [format!("{place}.py"), format!("{place}/__init__.py")] {
                if let Some(path) = self.files.texts.get_key_value(&path).map(|(path, _)| path.as_str())
                    && self.seen.insert(path)
                {
                    self.open.push(path);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(files: &[(&str, &str)], folders: &[&str]) -> String {
        let files = Files {
            paths: files.iter().map(|(path, _)| (*path).to_owned()).collect(),
            texts: files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect(),
        };
        let tests: Vec<&str> = files.paths.iter().map(String::as_str).filter(|path| is_test(path)).collect();
        let folders: Vec<String> = folders.iter().map(|folder| (*folder).to_owned()).collect();
        let found = reached(&files, &tests, &folders);
        let shown = found.modules.iter().map(|(name, import)| {
            format!("{name} ({}{})", import.by, if import.may_be_own { ", perhaps its own" } else { "" })
        });
        shown.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn through_own_modules() {
        for (files, expected) in [
            (vec![("own/cli.py", "import typer\n"), ("test_a.py", "import own.cli\n")], "typer"),
            // What is imported only when a function runs, or perhaps, is not needed for that.
            (
                vec![
                    ("own/cli.py", "try:\n    import a\nexcept E:\n    pass\ndef f():\n    import b\n"),
                    ("test_a.py", "import own.cli\n"),
                ],
                "",
            ),
            // A package is imported before its modules, and what these import follows.
            (
                vec![
                    ("src/own/__init__.py", "from .a import x\n"),
                    ("src/own/a.py", "import trio.lowlevel, os\n"),
                    ("src/own/b.py", ""),
                    ("src/own/never.py", "import never\n"),
                    ("tests/test_a.py", "def test_a():\n    from own.b import y\n"),
                ],
                "trio.lowlevel",
            ),
        ] {
            let paths = files.iter().map(|(path, _)| (*path).to_owned()).collect();
            let texts = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
            let files = Files { paths, texts };
            let tests: Vec<&str> =
                files.paths.iter().map(String::as_str).filter(|path| is_test(path)).collect();
            let found = reached(&files, &tests, &[]);
            assert!(found.modules.is_empty(), "{files:?}");
            assert_eq!(found.through.into_iter().collect::<Vec<_>>().join(" "), expected, "{files:?}");
        }
    }

    #[test]
    fn modules_of_others() {
        let own = ("own/__init__.py", "import never\n");
        for (files, folders, expected) in [
            (
                vec![own, ("tests/test_a.py", "import own.x, trio\nimport os.path\n")],
                vec![],
                "trio (tests/test_a.py)",
            ),
            // A helper is followed, one that nothing imports is not.
            (
                vec![
                    ("tests/__init__.py", ""),
                    ("tests/test_a.py", "from tests.help import x\n"),
                    ("tests/help.py", "from .more import y\n"),
                    ("tests/more/__init__.py", "import trio\n"),
                    ("tests/fixtures/app.py", "import never\n"),
                ],
                vec![],
                "trio (tests/more/__init__.py)",
            ),
            // pytest imports a test from the first folder that is no package.
            (
                vec![("tests/test_a.py", "import help\n"), ("tests/help.py", "import trio\n")],
                vec![],
                "trio (tests/help.py)",
            ),
            (
                vec![("tests/__init__.py", ""), ("tests/test_a.py", "import help\n"), ("tests/help.py", "")],
                vec![],
                "help (tests/test_a.py)",
            ),
            // A folder of the package that is called as a project is not that project.
            (
                vec![
                    own,
                    ("own/flask/__init__.py", ""),
                    ("tests/__init__.py", ""),
                    ("tests/flask/__init__.py", ""),
                    ("tests/flask/test_a.py", "import flask.testing\n"),
                ],
                vec![],
                "flask.testing (tests/flask/test_a.py)",
            ),
            (
                vec![("tests/test_a.py", "import app\n"), ("tests/data/app.py", "")],
                vec![],
                "app (tests/test_a.py, perhaps its own)",
            ),
            (vec![("tests/test_a.py", "import app\n"), ("tests/data/app.py", "")], vec!["./tests/data/"], ""),
            (
                vec![("src/other/a.py", ""), ("test_a.py", "import other.a, _fast\n"), ("_fast.pyx", "")],
                vec![],
                "",
            ),
            (vec![("test_a.py", "try:\n    import a\nexcept ImportError:\n    pass\n")], vec![], ""),
            (
                vec![
                    own,
                    ("test_a.py", "run([sys.executable, '-m', 'coverage', 'run'])\nrun([x, '-m', 'slow'])\n"),
                ],
                vec![],
                "coverage (test_a.py, perhaps its own)",
            ),
            (vec![own, ("test_a.py", "run([executable, '-m', 'own.x'])\n")], vec![], ""),
            // A function may have made what it imports.
            (
                vec![("test_a.py", "def test_a():\n    import made\n"), ("test_b.py", "import trio\n")],
                vec![],
                "made (test_a.py, perhaps its own) trio (test_b.py)",
            ),
            (
                vec![("test_a.py", "def test_a():\n    import trio\n"), ("test_b.py", "import trio\n")],
                vec![],
                "trio (test_a.py)",
            ),
        ] {
            assert_eq!(of(&files, &folders), expected, "{files:?}");
        }
    }
}
