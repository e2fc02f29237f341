//! The files of a source that its build reads and runs first: what the plan of a build is read from.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::BuildSystem;
use super::imports::Imports;

/// The files at the root that say how it is built.
pub const ROOT: [&str; 3] = ["pyproject.toml", "setup.cfg", "setup.py"];
/// The largest module that is read, in bytes: copies of versioneer have 90 KB.
const LARGEST: usize = 256 << 10;
/// Modules that are read of one source at the most: a setup.py that imports its own package may lead to all of it.
const MOST: usize = 16;

/// The texts of the build files: those of [`ROOT`], the modules of a backend in the source itself (`backend-path` of PEP
/// 517), and modules of the source that these and setup.py import. `text` gives a file's text.
pub fn texts(text: impl Fn(&str) -> Option<String>) -> BTreeMap<String, String> {
    let root = ROOT.into_iter().filter_map(|name| Some((name.to_owned(), text(name)?)));
    let mut found: BTreeMap<String, String> = root.collect();
    // The nearest first: what the backend and setup.py import may be more than is read.
    let mut open: VecDeque<(String, String)> = VecDeque::new();
    let pyproject = found.get("pyproject.toml").map(String::as_str);
    if let Ok(system) = BuildSystem::read(pyproject) {
        open.extend(backend(&system).map(|(folder, path)| (folder, path.to_owned())));
    }
    let mut seen = BTreeSet::new();
    if let Some(setup) = found.get("setup.py") {
        open.extend(imported(setup, "", "setup.py").map(|path| (String::new(), path)));
    }
    let mut modules = 0;
    while modules < MOST
        && let Some((folder, path)) = open.pop_front()
    {
        if found.contains_key(&path) || !seen.insert((folder.clone(), path.clone())) {
            continue;
        }
        let Some(read) = text(&path).filter(|text| text.len() <= LARGEST) else { continue };
        modules += 1;
        open.extend(imported(&read, &folder, &path).map(|next| (folder.clone(), next)));
        found.insert(path, read);
    }
    found
}

/// The files that the backend's module may be, each with the folder of `backend-path` that it is in; empty for a backend
/// that comes from elsewhere.
pub fn backend(system: &BuildSystem) -> impl Iterator<Item = (String, String)> {
    let module = system.module().replace('.', "/");
    system.backend_path.iter().flat_map(move |folder| {
        let folder = folder.trim_start_matches("./").trim_end_matches('/');
        let folder = if folder == "." { String::new() } else { folder.to_owned() };
        files(&folder, &module).into_iter().map(move |path| (folder.clone(), path))
    })
}

/// The files that a module of this path without extension may be.
fn files(folder: &str, module: &str) -> Vec<String> {
    let start = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    match module {
        // The package itself: `from . import x`.
        "" => vec![format!("{start}__init__.py")],
        module => vec![format!("{start}{module}.py"), format!("{start}{module}/__init__.py")],
    }
}

/// The files that imports of a text may lead to: `folder` is where modules are looked for, `path` the importing file.
pub fn imported(text: &str, folder: &str, path: &str) -> impl Iterator<Item = String> {
    let own = path.rsplit_once('/').map_or("", |(own, _)| own).to_owned();
    let folder = folder.to_owned();
    Imports::read(text).names.into_iter().flat_map(move |name| {
        let dots = name.len() - name.trim_start_matches('.').len();
        let module = name[dots..].replace('.', "/");
        let mut from = if dots == 0 { folder.clone() } else { own.clone() };
        for _ in 1..dots {
            from = from.rsplit_once('/').map_or("", |(above, _)| above).to_owned();
        }
        files(&from, &module)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(files: &[(&str, &str)]) -> String {
        let text =
            |path: &str| files.iter().find(|(name, _)| *name == path).map(|(_, text)| (*text).to_owned());
        texts(text).into_keys().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_a_build_runs_first() {
        assert_eq!(
            kept(&[("setup.py", "import os, helper\n"), ("helper.py", ""), ("a.py", "")]),
            "helper.py setup.py"
        );
        let own = "[build-system]\nrequires=[]\nbuild-backend='back.hooks'\nbackend-path=['tools']\n";
        let files = [
            ("pyproject.toml", own),
            ("tools/back/hooks.py", "from ._more import *\nfrom beside import x\n"),
            ("tools/back/_more.py", ""),
            ("tools/beside.py", ""),
            ("beside.py", ""),
        ];
        assert_eq!(kept(&files), "pyproject.toml tools/back/_more.py tools/back/hooks.py tools/beside.py");
        let here = "[build-system]\nrequires=[]\nbuild-backend='own'\nbackend-path=['.']\n";
        assert_eq!(
            kept(&[("pyproject.toml", here), ("own/__init__.py", "")]),
            "own/__init__.py pyproject.toml"
        );
    }

    #[test]
    fn a_backend_is_read_before_what_setup_py_leads_to() {
        let own = "[build-system]\nrequires=[]\nbuild-backend='own.hooks'\nbackend-path=['.']\n";
        let many: Vec<String> = (0..=MOST).map(|at| format!("m{at}.py")).collect();
        let imports: Vec<String> = (0..=MOST).map(|at| format!("m{at}")).collect();
        let setup = format!("import {}", imports.join(", "));
        let mut files = vec![("pyproject.toml", own), ("setup.py", setup.as_str()), ("own/hooks.py", "")];
        files.extend(many.iter().map(|path| (path.as_str(), "")));
        assert!(kept(&files).contains("own/hooks.py"));
    }

    #[test]
    fn a_circle_and_a_giant_end() {
        let giant = " ".repeat(LARGEST + 1);
        let files = [("setup.py", "import a, big"), ("a.py", "import a, setup"), ("big.py", giant.as_str())];
        assert_eq!(kept(&files), "a.py setup.py");
    }
}
