//! The files that a project's tools write its version to, as its build files name them.

use super::{BuildSystem, literals};

/// Build requirements that take the version from git: what is given them as the version they believe.
pub const FROM_GIT: [&str; 11] = [
    "flit-scm",
    "hatch-vcs",
    "pbr",
    "poetry-dynamic-versioning",
    "setuptools-git-versioning",
    "setuptools-scm",
    "uv-dynamic-versioning",
    "vcs-versioning",
    "versioneer",
    "versioneer-518",
    "versioningit",
];

/// Paths in pyproject.toml: setuptools-scm's, hatch-vcs's, PDM's, versioningit's.
const KEYS: [&[&str]; 7] = [
    &["tool", "setuptools_scm", "version_file"],
    &["tool", "setuptools_scm", "write_to"],
    &["tool", "hatch", "build", "hooks", "vcs", "version-file"],
    &["tool", "hatch", "build", "targets", "wheel", "hooks", "vcs", "version-file"],
    &["tool", "hatch", "build", "targets", "sdist", "hooks", "vcs", "version-file"],
    &["tool", "pdm", "version", "write_to"],
    &["tool", "versioningit", "write", "file"],
];

/// From the folder of the project, or from the top of its repository.
pub fn named(pyproject: Option<&str>, setup_py: Option<&str>) -> Vec<String> {
    let system = BuildSystem::read(pyproject).ok();
    let value = |path: &&[&str]| Some(system.as_ref()?.value(path)?.as_str()?.to_owned());
    let mut found: Vec<String> = KEYS.iter().filter_map(value).collect();
    let setup = setup_py.and_then(literals::setup_arguments).unwrap_or_default();
    for (key, value) in setup.get("use_scm_version").map_or(&[][..], |scm| scm.table()) {
        if matches!(key.as_str(), "write_to" | "version_file") {
            found.extend(value.text().map(str::to_owned));
        }
    }
    found.retain(|path| path.ends_with(".py"));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tool_has_a_key_of_its_own() {
        for (pyproject, setup_py) in [
            ("[tool.setuptools_scm]\nversion_file = 'a/_v.py'", ""),
            ("[tool.setuptools_scm]\nwrite_to = 'a/_v.py'", ""),
            ("[tool.hatch.build.hooks.vcs]\nversion-file = 'a/_v.py'", ""),
            ("[tool.pdm.version]\nsource = 'scm'\nwrite_to = 'a/_v.py'", ""),
            ("[tool.versioningit.write]\nfile = 'a/_v.py'", ""),
            ("", "setup(use_scm_version={'write_to': 'a/_v.py'})"),
        ] {
            assert_eq!(named(Some(pyproject), Some(setup_py)), ["a/_v.py"], "{pyproject}{setup_py}");
        }
        assert!(named(Some("[tool.setuptools_scm]\nwrite_to = 'a/run.sh'"), None).is_empty());
        assert!(named(Some("[[["), Some("setup(use_scm_version=True)")).is_empty());
    }
}
