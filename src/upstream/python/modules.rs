//! Which modules a project installs: what its wheel holds, or else what its source has.

use std::collections::{BTreeMap, BTreeSet};

use super::Files;
use crate::python::PyName;

/// The modules to import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Modules {
    /// Dotted names, sorted.
    pub names: Vec<String>,
    /// Packages that have extension modules in a wheel, by the names at its root.
    pub compiled: BTreeSet<String>,
    /// Whether other wheels than the one that was read have these modules.
    pub is_compiled_elsewhere: bool,
    /// Why others may be right: a sentence.
    pub doubt: Option<String>,
}

/// Names at the root that no project means to install.
const ASIDE: [&str; 16] = [
    "test",
    "tests",
    "testing",
    "doc",
    "docs",
    "example",
    "examples",
    "benchmark",
    "benchmarks",
    "scripts",
    "tools",
    "samples",
    "setup",
    "conftest",
    "noxfile",
    "build",
];
/// Names at the root for copies of other projects.
const VENDORED: [&str; 8] =
    ["vendor", "vendors", "vendored", "third_party", "thirdparty", "extern", "external", "externals"];
/// How many modules are named at the most: more are those of a project that installs many.
const MOST: usize = 4;

/// A folder of modules.
#[derive(Default)]
struct Folder {
    folders: BTreeMap<String, Folder>,
    /// Of Python files and extension modules, without what follows the first dot.
    modules: BTreeSet<String>,
}

impl Folder {
    fn add(&mut self, path: &str) {
        match path.split_once('/') {
            Some((folder, rest)) => self.folders.entry(folder.to_owned()).or_default().add(rest),
            None => {
                let (stem, extension) = path.split_once('.').unwrap_or((path, ""));
                let last = extension.rsplit('.').next().unwrap_or_default();
                if matches!(last, "py" | "so" | "pyd" | "pyi") {
                    self.modules.insert(stem.to_owned());
                }
            }
        }
    }

    /// The packages and modules of it; of a folder without `__init__`, which is a namespace, those within.
    fn names(&self, prefix: &str, found: &mut Vec<String>) {
        for (name, folder) in self.folders.iter().filter(|(name, _)| is_module(name)) {
            let dotted = format!("{prefix}{name}");
            if !folder.modules.is_empty() {
                found.push(dotted);
            } else {
                folder.names(&format!("{dotted}."), found);
            }
        }
        found
            .extend(self.modules.iter().filter(|name| is_module(name)).map(|name| format!("{prefix}{name}")));
    }
}

/// Whether Python could import it; the stubs of a package are called `NAME-stubs` (PEP 561).
fn is_module(name: &str) -> bool {
    let name = name.strip_suffix("-stubs").unwrap_or(name);
    let starts = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    starts && name.chars().all(|c| c.is_alphanumeric() || c == '_') && name != "__pycache__"
}

/// Of the paths of a wheel.
pub fn of_wheel<'a>(name: &PyName, paths: impl Iterator<Item = &'a str>) -> Modules {
    let mut root = Folder::default();
    let mut compiled = BTreeSet::new();
    for path in paths {
        let first = path.split('/').next().unwrap_or_default();
        if path.contains('/') && path.ends_with(".so") {
            compiled.insert(first.to_owned());
        }
        match path.split_once(".data/") {
            // These become modules as well.
            Some((_, rest)) if first.ends_with(".data") => {
                let rest = rest.strip_prefix("purelib/").or_else(|| rest.strip_prefix("platlib/"));
                rest.into_iter().for_each(|rest| root.add(rest));
            }
            _ if first.ends_with(".dist-info") => {}
            _ => root.add(path),
        }
    }
    let mut all = Vec::new();
    root.names("", &mut all);
    Modules { names: chosen(name, all), compiled, ..Modules::default() }
}

/// Of a source's files, where no wheel could be read: the packages that lie where projects have them.
pub fn of_source(name: &PyName, files: &Files) -> Modules {
    let doubt = Some("no wheel could be read: look which modules it installs".to_owned());
    let own = name.as_str().replace('-', "_");
    let below = |folder: &str| {
        let mut root = Folder::default();
        files.paths.iter().filter_map(|path| path.strip_prefix(folder)).for_each(|path| root.add(path));
        let mut all = Vec::new();
        root.names("", &mut all);
        all
    };
    let folders = ["src/", "", "lib/", "python/"].into_iter();
    let all: Vec<String> = folders.flat_map(below).collect();
    // The one of the project's own name leaves no doubt.
    match all.iter().find(|module| module.eq_ignore_ascii_case(&own)) {
        Some(module) => Modules { names: vec![module.clone()], ..Modules::default() },
        None => Modules { names: chosen(name, below("src/")), doubt, ..Modules::default() },
    }
}

/// Those that the project is for.
fn chosen(name: &PyName, mut all: Vec<String>) -> Vec<String> {
    let bare = |text: &str| text.replace(['-', '_', '.'], "").to_lowercase();
    let own = bare(name.as_str());
    let keep = |all: &mut Vec<String>, wanted: &dyn Fn(&str) -> bool| {
        if all.iter().any(|module| wanted(module)) {
            all.retain(|module| wanted(module));
        }
    };
    keep(&mut all, &|module| {
        // What lies in such a folder is no more meant than the folder; a project may be called so itself.
        let root = module.split('.').next().unwrap_or(module);
        let is_aside = ASIDE.contains(&root) || VENDORED.contains(&root.trim_start_matches('_'));
        (!is_aside || bare(root) == own) && !module.ends_with("__mypyc")
    });
    keep(&mut all, &|module| !module.starts_with('_'));
    if all.len() > MOST {
        keep(&mut all, &|module| bare(module) == own);
        keep(&mut all, &|module| {
            bare(module).contains(&own) || module.len() > 2 && own.contains(&bare(module))
        });
        all.truncate(MOST);
    }
    all.sort();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wheel(name: &str, paths: &[&str]) -> String {
        of_wheel(&PyName::new(name).unwrap(), paths.iter().copied()).names.join(" ")
    }

    #[test]
    fn what_a_wheel_holds() {
        for (name, paths, expected) in [
            (
                "foo-bar",
                &["foo_bar/__init__.py", "foo_bar/x.py", "foo_bar-1.dist-info/METADATA"][..],
                "foo_bar",
            ),
            ("rtfde", &["RTFDE/__init__.py", "tests/__init__.py", "tests/test_a.py"], "RTFDE"),
            ("six", &["six.py", "six-1.dist-info/RECORD"], "six"),
            ("fast", &["fast.cpython-312-x86_64-linux-gnu.so", "_fast.abi3.so"], "fast"),
            ("yaml", &["yaml/__init__.py", "_yaml/__init__.py"], "yaml"),
            ("ext", &["_ext.abi3.so"], "_ext"),
            ("azure-mgmt-x", &["azure/mgmt/x/__init__.py", "azure/mgmt/x/_v.py"], "azure.mgmt.x"),
            ("google-a", &["google/a/__init__.py", "google/a_v1/__init__.py"], "google.a google.a_v1"),
            ("types-a", &["a-stubs/__init__.pyi", "a-stubs/METADATA.toml"], "a-stubs"),
            ("plain", &["plain/x.py", "plain/data/a.json", "other.json"], "plain"),
            ("data", &["data-1.data/purelib/inner/__init__.py", "data-1.data/scripts/run"], "inner"),
            ("tests", &["tests/__init__.py"], "tests"),
            ("m", &["m/__init__.so", "abc__mypyc.cpython-312.so"], "m"),
            ("none", &["none-1.dist-info/METADATA", "x-y/a.py"], ""),
            ("pycln", &["pycln/__init__.py", "vendor/custom/__init__.py"], "pycln"),
            ("a", &["a/__init__.py", "vendored/b/x.py"], "a"),
            ("a", &["a/__init__.py", "_vendor/__init__.py", "_vendored/b/__init__.py"], "a"),
            ("a", &["a/__init__.py", "third_party/b/__init__.py"], "a"),
            ("a", &["a/__init__.py", "extern/__init__.py"], "a"),
            ("a", &["a/__init__.py", "a/_vendor/b/__init__.py"], "a"),
            ("a", &["b/__init__.py", "vendor/c/__init__.py"], "b"),
            // Nothing else is there, or the project is called so.
            ("a", &["vendor/c/__init__.py"], "vendor.c"),
            ("vendor", &["vendor/__init__.py", "b/__init__.py"], "b vendor"),
            ("extern", &["extern/a/__init__.py", "extern/b/__init__.py"], "extern.a extern.b"),
            ("a", &["a/__init__.py", "tests/unit/__init__.py"], "a"),
            ("a", &["a/__init__.py", "vendors_api/__init__.py"], "a vendors_api"),
            ("big", &["a.py", "b.py", "big_x.py", "big.py", "c.py"], "big"),
            ("big", &["a.py", "b.py", "d.py", "e.py", "c.py"], "a b c d"),
        ] {
            assert_eq!(wheel(name, paths), expected, "{name} {paths:?}");
        }
    }

    #[test]
    fn what_a_source_has() {
        let of = |paths: &[&str]| {
            let paths = paths.iter().map(|path| (*path).to_owned()).collect();
            let found = of_source(&PyName::new("my-lib").unwrap(), &Files { paths, ..Files::default() });
            (found.names.join(" "), found.doubt.is_some())
        };
        assert_eq!(of(&["src/my_lib/__init__.py", "tests/a.py"]), ("my_lib".to_owned(), false));
        assert_eq!(of(&["My_Lib.py", "setup.py"]), ("My_Lib".to_owned(), false));
        assert_eq!(of(&["src/other/__init__.py", "setup.py"]), ("other".to_owned(), true));
        assert_eq!(of(&["setup.py", "x/__init__.py"]), (String::new(), true));
    }
}
