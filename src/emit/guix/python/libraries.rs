//! The C libraries and programs that a build of Python takes of Guix.

use crate::emit::guix::libraries::{LibraryInputs, module};
use crate::emit::model::python::package::WheelBuild;
use crate::plan::python::tables;

/// What a build takes. Where the tables of packages say what Guix needs, that is it.
pub fn taken(build: &WheelBuild) -> LibraryInputs {
    let mut taken = LibraryInputs::default();
    let curated = tables::native(&build.name);
    let known = |name: &String| curated.is_some_and(|native| native.libraries.contains(name));
    if build.build_inputs.iter().any(known) {
        for variable in curated.into_iter().flat_map(|native| &native.guix) {
            if module(variable).is_some() { &mut taken.libraries } else { &mut taken.unknown }
                .insert(variable.clone());
        }
    }
    build.build_inputs.iter().filter(|name| !known(name)).for_each(|name| taken.library(name));
    build.native_build_inputs.iter().for_each(|name| taken.program(name));
    taken.complete()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::{PyName, PyVersion};

    #[test]
    fn libraries_and_programs_of_a_build() {
        let build =
            |name: &str| WheelBuild::new(PyName::new(name).unwrap(), PyVersion::new("1").unwrap(), [].into());
        let mut scipy = build("scipy");
        scipy.build_inputs = vec!["blas".into(), "lapack".into(), "what".into()];
        scipy.native_build_inputs = vec!["gfortran".into()];
        let taken = taken(&scipy);
        let texts = |set: std::collections::BTreeSet<String>| set.into_iter().collect::<Vec<_>>();
        assert_eq!(texts(taken.libraries), ["openblas"]);
        assert_eq!(texts(taken.programs), ["gfortran", "pkg-config"]);
        assert_eq!(texts(taken.unknown), ["what"]);
        assert_eq!(super::taken(&build("flask")), LibraryInputs::default());
    }
}
