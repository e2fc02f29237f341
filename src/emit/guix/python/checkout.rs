//! What a build from a checkout lacks, as `git-fetch` and `local-file` leave its history out: tools that ask git have to
//! be told.

use std::collections::BTreeMap;

use crate::python::PyName;

/// The variables by which tools take the version, by the build requirement that reads them (as each one's documentation
/// has it).
const VERSION_VARIABLES: [(&str, &str); 7] = [
    ("setuptools-scm", "SETUPTOOLS_SCM_PRETEND_VERSION"),
    ("flit-scm", "SETUPTOOLS_SCM_PRETEND_VERSION"),
    ("hatch-vcs", "SETUPTOOLS_SCM_PRETEND_VERSION"),
    ("pbr", "PBR_VERSION"),
    ("pdm-backend", "PDM_BUILD_SCM_VERSION"),
    ("poetry-dynamic-versioning", "POETRY_DYNAMIC_VERSIONING_BYPASS"),
    ("uv-dynamic-versioning", "UV_DYNAMIC_VERSIONING_BYPASS"),
];

/// Plugins of setuptools that ask git which files are data.
const FILE_LISTS: [&str; 3] = ["setuptools-scm", "setuptools-git", "setuptools-git-versioning"];

/// Backends that stand on setuptools-scm, and have no such files.
const OTHER_BACKENDS: [&str; 3] = ["flit-core", "flit-scm", "hatchling"];

/// What a package is built from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// What an index or a tool has packed.
    Archive,
    /// A commit, or the project's own folder.
    Checkout {
        /// Whether the release has another file that says how it is built.
        is_repacked: bool,
    },
}

/// What a checkout needs besides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checkout {
    pub variables: BTreeMap<String, String>,
    /// Whether setuptools would ask git for the list of files.
    pub lists_files: bool,
    /// Whether versioneer finds the version, of which only its own file can tell it.
    pub versioneer: bool,
    /// Whether setuptools would add a tag to the version that the release does not have (`tag_build` of `[egg_info]`).
    pub tags: bool,
}

impl Checkout {
    /// With this environment of build requirements.
    pub fn new<'a>(from: From, version: &str, requirements: impl Iterator<Item = &'a PyName>) -> Self {
        let From::Checkout { is_repacked } = from else { return Self::default() };
        let names: Vec<&str> = requirements.map(PyName::as_str).collect();
        let any = |wanted: &[&str]| wanted.iter().any(|name| names.contains(name));
        let variables = VERSION_VARIABLES.iter().filter(|(tool, _)| names.contains(tool));
        Self {
            variables: variables.map(|(_, name)| ((*name).to_owned(), version.to_owned())).collect(),
            lists_files: any(&FILE_LISTS) && !any(&OTHER_BACKENDS),
            versioneer: any(&["versioneer"]),
            // The version of a release of its own may be such a tag.
            tags: is_repacked
                && any(&["setuptools"])
                && version.bytes().all(|c| c.is_ascii_digit() || c == b'.'),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tool_is_told_in_its_own_way() {
        let of = |names: &[&str]| {
            let names: Vec<_> = names.iter().map(|name| PyName::new(name).unwrap()).collect();
            Checkout::new(From::Checkout { is_repacked: false }, "1.2", names.iter())
        };
        let setuptools = of(&["setuptools", "setuptools-scm"]);
        assert_eq!(
            setuptools.variables,
            [("SETUPTOOLS_SCM_PRETEND_VERSION".to_owned(), "1.2".to_owned())].into()
        );
        assert!(setuptools.lists_files && !setuptools.versioneer);
        let hatchling = of(&["hatchling", "hatch-vcs", "setuptools-scm", "setuptools"]);
        assert!(!hatchling.lists_files && hatchling.variables == setuptools.variables);
        assert!(of(&["setuptools", "versioneer"]).versioneer);
        assert_eq!(of(&["setuptools"]), Checkout::default());
    }

    #[test]
    fn tags_of_releases_are_dropped() {
        let tags = |version: &str, tool: &str, is_repacked| {
            let tool = PyName::new(tool).unwrap();
            Checkout::new(From::Checkout { is_repacked }, version, [tool].iter()).tags
        };
        assert!(tags("1.3.9", "setuptools", true));
        assert!(!tags("1.3.9", "setuptools", false) && !tags("1.3.9", "hatchling", true));
        assert!(!tags("1.4.dev0", "setuptools", true));
    }
}
