//! The file of a Python package: `default.nix` of a library in `python-modules`, `package.nix` of an application.

pub mod condition;
pub mod list;
pub mod names;
pub mod place;
mod rows;

use std::collections::{BTreeMap, BTreeSet};

use super::meta::Meta;
use super::source::Fetched;
use crate::hash::{Integrity, NarHash};
use crate::upstream::nix::layout::{LayoutError, layout};
use crate::upstream::python::modules::Modules;
use crate::upstream::python::purpose::Purpose;
use crate::upstream::python::pytest_log::FailedTest;
use list::List;

/// All that the file says.
#[derive(Clone, Debug)]
pub struct Module {
    pub purpose: Purpose,
    pub attribute: String,
    pub version: String,
    pub source: Source,
    /// The folder of the project in the source; `""` for the root.
    pub folder: String,
    pub edits: Vec<Edit>,
    /// The file states another version than the release has: where, and which.
    pub other_version: Option<(String, String)>,
    pub build_system: List,
    /// Why the build may want more.
    pub build_doubt: Option<String>,
    pub rust: Option<Rust>,
    /// Attributes of nixpkgs: programs and libraries of the build, and variables.
    pub programs: Vec<String>,
    pub libraries: Vec<String>,
    pub environment: BTreeMap<String, String>,
    /// Programs that must not take the build over: cmake and the like are called by the backend.
    pub keeps_configure: Vec<&'static str>,
    /// Requirements whose bounds are dropped, each with what is to be looked at.
    pub relaxed: BTreeMap<String, Option<String>>,
    /// Requirements that are left out of the metadata, each with the attribute that stands for it.
    pub removed: BTreeMap<String, String>,
    pub dependencies: List,
    pub dependencies_doubt: Option<String>,
    pub extras: BTreeMap<String, List>,
    pub check: Check,
    /// Whether the program's version is checked, which the user has seen it print.
    pub checks_version: bool,
    /// The version as the metadata has it, where the file's own spelling does not stand in that: the program may print it.
    pub normal_version: Option<String>,
    /// Whether the program was seen to print the file's own spelling.
    pub spelling_was_seen: bool,
    pub modules: Modules,
    /// The first interpreter that can use it, where nixpkgs builds for an older one.
    pub oldest: Option<String>,
    pub meta: Meta,
}

/// `src`.
#[derive(Clone, Debug)]
pub enum Source {
    Commit(Fetched),
    /// The source archive of the index, and why no commit: a sentence.
    Upload {
        pname: String,
        extension: Option<String>,
        integrity: Option<Integrity>,
        why: String,
    },
}

/// A text of the source that is replaced before the build, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub file: &'static str,
    pub from: String,
    pub to: String,
    pub reason: Reason,
    /// What is to be looked at.
    pub doubt: Option<String>,
}

/// Why a text is replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It bounds a build requirement.
    Bound,
    /// It would add a tag of the time between releases to the version.
    Tag,
    /// It names a build requirement of this name, which the build does not need.
    Unneeded(String),
}

/// The crates of a Rust extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rust {
    /// The folder of Cargo.lock from the project's; `""` for that one.
    pub root: String,
    pub is_maturin: bool,
    /// Or why it could not be computed.
    pub hash: Result<NarHash, String>,
}

/// The tests.
#[derive(Clone, Debug)]
pub enum Check {
    Pytest(Box<Pytest>),
    /// Why there are none: a sentence.
    None(String),
}

/// What pytest runs with.
#[derive(Clone, Debug)]
pub struct Pytest {
    pub inputs: List,
    pub doubts: Vec<String>,
    /// Attributes of nixpkgs itself: programs that tests call, and a home.
    pub programs: Vec<&'static str>,
    /// Tests that a build has shown to need a network.
    pub networked: Vec<FailedTest>,
    /// Folders of the source that hide the installed packages.
    pub hidden_by: Vec<String>,
}

/// The file's text.
///
/// # Errors
/// Text that cannot be laid out: a defect.
pub fn file(module: &Module) -> Result<String, LayoutError> {
    let body = rows::rows(module);
    let function = match module.purpose {
        Purpose::Library => "buildPythonPackage",
        Purpose::Application => "python3Packages.buildPythonApplication",
    };
    let body = crate::upstream::nix::expression::Nix::set(&body);
    layout(&format!("{{\n{}}}:\n\n{function} (finalAttrs: {body})\n", arguments(module)))
}

impl Module {
    /// What the attributes of Python packages are taken from.
    fn set(&self) -> &'static str {
        match self.purpose {
            Purpose::Library => "",
            Purpose::Application => "python3Packages.",
        }
    }

    fn function(&self) -> &'static str {
        match &self.source {
            Source::Commit(fetched) => fetched.function(),
            Source::Upload { .. } => "fetchPypi",
        }
    }

    /// Whether a script can find the next release of an application. Modules have one anyway.
    fn updates(&self) -> bool {
        let is_followed = match &self.source {
            Source::Commit(fetched) => fetched.is_followed(&self.version),
            Source::Upload { .. } => true,
        };
        self.purpose == Purpose::Application && is_followed
    }

    /// Every list of Python packages, with what it is called in the arguments.
    fn lists(&self) -> Vec<(&'static str, Vec<&List>)> {
        let tests = match &self.check {
            Check::Pytest(pytest) => vec![&pytest.inputs],
            Check::None(_) => Vec::new(),
        };
        vec![
            ("build-system", vec![&self.build_system]),
            ("dependencies", vec![&self.dependencies]),
            ("optional-dependencies", self.extras.values().collect()),
            ("tests", tests),
        ]
    }

    /// Attributes that the user's nixpkgs lacks, each once, with the list that wants it.
    pub fn lacking(&self) -> BTreeMap<String, &'static str> {
        let mut found = BTreeMap::new();
        for (title, lists) in self.lists() {
            for name in lists.iter().flat_map(|list| &list.lacking) {
                found.entry(name.clone()).or_insert(title);
            }
        }
        found
    }
}

/// What the file is called with: the usual ones first, then each list under its title.
fn arguments(module: &Module) -> String {
    let mut first = vec!["lib".to_owned()];
    let is_library = module.purpose == Purpose::Library;
    first.push(if is_library { "buildPythonPackage" } else { "python3Packages" }.to_owned());
    first.push(module.function().to_owned());
    let mut others: BTreeSet<String> = BTreeSet::new();
    let paths = module.programs.iter().chain(&module.libraries);
    others.extend(paths.filter_map(|path| path.split('.').next()).map(str::to_owned));
    if let Some(rust) = &module.rust {
        others.insert("rustPlatform".to_owned());
        others
            .extend((!rust.is_maturin).then(|| ["cargo", "rustc"].map(str::to_owned)).into_iter().flatten());
    }
    others.extend(module.checks_version.then(|| "versionCheckHook".to_owned()));
    if let Check::Pytest(pytest) = &module.check
        && !is_library
    {
        others.extend(pytest.programs.iter().map(|name| (*name).to_owned()));
    }
    others.extend(module.updates().then(|| "nix-update-script".to_owned()));
    let conditions =
        module.lists().into_iter().flat_map(|(_, lists)| lists).flat_map(|list| list.arguments.iter());
    others.extend(
        conditions.filter(|name| is_library || !name.starts_with("python")).map(|name| (*name).to_owned()),
    );
    others.extend((is_library && module.oldest.is_some()).then(|| "pythonOlder".to_owned()));
    others.extend(
        (is_library && module.other_version.is_some()).then(|| "pyprojectVersionPatchHook".to_owned()),
    );
    first.extend(others.into_iter().filter(|name| !first.contains(name)).collect::<Vec<_>>());
    let mut text: String = first.iter().map(|name| format!("{name},\n")).collect();
    if is_library {
        let mut known: BTreeSet<String> = first.into_iter().collect();
        for (title, lists) in module.lists() {
            let mut names: Vec<&str> = lists.iter().flat_map(|list| list.names()).collect();
            if let Check::Pytest(pytest) = &module.check
                && title == "tests"
            {
                names.push("pytestCheckHook");
                names.extend(&pytest.programs);
            }
            names.sort_unstable();
            let new: Vec<_> = names.into_iter().filter(|name| known.insert((*name).to_owned())).collect();
            if !new.is_empty() {
                text.push_str(&format!("\n# {title}\n"));
                new.iter().for_each(|name| text.push_str(&format!("{name},\n")));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests;
