//! C libraries and programs: Guix' own, by the variables that its modules export.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::emit::nix::python::package::Build;
use crate::plan::python::tables;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    modules: BTreeMap<String, String>,
    nixpkgs: BTreeMap<String, Vec<String>>,
}

const TEXT: &str = include_str!("../../../../data/guix/inputs.toml");

/// The file is part of the program; a test reads it.
static TABLE: LazyLock<Table> = LazyLock::new(|| toml::from_str(TEXT).unwrap_or_default());

/// What a build takes of Guix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Variables.
    pub libraries: Vec<String>,
    pub programs: Vec<String>,
    /// Names of nixpkgs for which no package of Guix is known.
    pub unknown: Vec<String>,
}

/// The module `(gnu packages NAME)` that exports a variable.
pub fn module(variable: &str) -> Option<&'static str> {
    TABLE.modules.get(variable).map(String::as_str)
}

/// What a build takes. Where the tables of packages say what Guix needs, that is it.
pub fn taken(build: &Build) -> Taken {
    let mut taken = Taken::default();
    let curated = tables::native(&build.name);
    let known = |name: &String| curated.is_some_and(|native| native.libraries.contains(name));
    if build.build_inputs.iter().any(known) {
        for variable in curated.into_iter().flat_map(|native| &native.guix) {
            if module(variable).is_some() { &mut taken.libraries } else { &mut taken.unknown }
                .push(variable.clone());
        }
    }
    let mut add = |name: &String, is_library: bool| {
        let same = || module(name).map(|_| vec![name.clone()]);
        match TABLE.nixpkgs.get(name).cloned().or_else(same) {
            None => taken.unknown.push(name.clone()),
            Some(_) if is_library && known(name) => {}
            Some(variables) if is_library => taken.libraries.extend(variables),
            Some(variables) => taken.programs.extend(variables),
        }
    };
    build.build_inputs.iter().filter(|name| !known(name)).for_each(|name| add(name, true));
    build.native_build_inputs.iter().for_each(|name| add(name, false));
    taken.programs.retain(|program| !taken.libraries.contains(program));
    if !taken.libraries.is_empty() {
        taken.programs.push("pkg-config".to_owned());
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{PyName, PyVersion};

    #[test]
    fn the_table_is_read_and_knows_what_packages_need() {
        let table: Table = toml::from_str(TEXT).unwrap();
        let all = table.nixpkgs.values().flatten();
        for variable in all {
            assert!(module(variable).is_some(), "{variable}");
        }
        #[derive(Deserialize)]
        struct Guix {
            #[serde(default)]
            guix: Vec<String>,
        }
        for text in [
            include_str!("../../../../data/python/libraries.toml"),
            include_str!("../../../../data/python/programs.toml"),
        ] {
            let named: BTreeMap<String, Guix> = toml::from_str(text).unwrap();
            for variable in named.values().flat_map(|one| &one.guix) {
                assert!(module(variable).is_some(), "{variable}");
            }
        }
    }

    #[test]
    fn libraries_and_programs_of_a_build() {
        let build =
            |name: &str| Build::new(PyName::new(name).unwrap(), PyVersion::new("1").unwrap(), [].into());
        let mut scipy = build("scipy");
        scipy.build_inputs = vec!["blas".into(), "lapack".into(), "what".into()];
        scipy.native_build_inputs = vec!["gfortran".into()];
        let taken = taken(&scipy);
        assert_eq!(taken.libraries, ["openblas"]);
        assert_eq!(taken.programs, ["gfortran", "pkg-config"]);
        assert_eq!(taken.unknown, ["what"]);
        assert_eq!(super::taken(&build("flask")), Taken::default());
    }
}
