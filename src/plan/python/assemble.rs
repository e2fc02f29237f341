//! What the plan says of one build besides its environment.

use std::collections::{BTreeMap, BTreeSet};

use super::environment::Environment;
use super::{Files, PlannedBuild, rules, tables};
use crate::python::BuildSystem;
use crate::python::PyName;
use crate::python::{Distribution, Listed};

/// Extensions of sources that a compiler is wanted for.
const COMPILED: [&str; 11] =
    [".c", ".cc", ".cpp", ".cxx", ".pyx", ".f", ".f90", ".m", ".mm", ".cu", ".pyx.in"];
/// Parts of paths that are no part of what is built.
const APART: [&str; 6] = ["test", "tests", "testing", "doc", "docs", "examples"];

/// A build without its environment's `requires`.
pub fn build(
    name: &PyName,
    system: Option<&BuildSystem>,
    files: &Files,
    listed: Option<&Listed>,
    environment: &Environment,
) -> PlannedBuild {
    let mut build = PlannedBuild {
        distribution: listed.and_then(|listed| listed.sdist.clone()),
        requires_python: listed
            .and_then(|listed| listed.sdist.as_ref().or(listed.wheel())?.requires_python.clone()),
        requires: BTreeMap::new(),
        native: native(files, listed),
        build_inputs: BTreeSet::new(),
        native_build_inputs: BTreeSet::new(),
        unmet: BTreeSet::new(),
        copy: Vec::new(),
        env: BTreeMap::new(),
        wheels: Vec::new(),
        backend: system.and_then(BuildSystem::object),
        because: None,
        bounds: Vec::new(),
        cargo: system.and_then(|system| cargo(system, files)),
        perhaps_more: false,
    };
    if let Some(stand_in) = system.and_then(rules::stand_in) {
        build.backend = Some(stand_in.backend.to_owned());
        build.unmet.extend(PyName::new(stand_in.instead_of).ok());
    }
    for name in &environment.programs {
        let Some(program) = tables::program(name) else { continue };
        build.native_build_inputs.extend(program.nixpkgs.iter().cloned());
        if program.copy.is_empty() {
            build.unmet.insert(name.clone());
        }
    }
    if let Some(native) = tables::native(name) {
        build.build_inputs.extend(native.libraries.iter().cloned());
        build.native_build_inputs.extend(native.programs.iter().cloned());
        build.env.clone_from(&native.env);
    }
    build
}

/// A build requirement that is installed of a wheel.
pub fn wheel(wheels: Vec<Distribution>, because: String) -> PlannedBuild {
    let requires_python = wheels.iter().find_map(|wheel| wheel.requires_python.clone());
    let nothing = PlannedBuild {
        distribution: None,
        wheels: Vec::new(),
        backend: None,
        because: None,
        bounds: Vec::new(),
        requires_python: None,
        requires: BTreeMap::new(),
        native: false,
        build_inputs: BTreeSet::new(),
        native_build_inputs: BTreeSet::new(),
        unmet: BTreeSet::new(),
        copy: Vec::new(),
        env: BTreeMap::new(),
        cargo: None,
        perhaps_more: false,
    };
    PlannedBuild { wheels, because: Some(because), requires_python, ..nothing }
}

/// Wheels tell where there are any; else the sources do.
fn native(files: &Files, listed: Option<&Listed>) -> bool {
    match listed {
        Some(listed) if listed.has_platform_wheels() => true,
        Some(listed) if !listed.wheels.is_empty() => always_compiles(files),
        _ => files.paths.iter().any(|path| is_compiled(path)),
    }
}

/// Whether a source has extensions and a setup.py with no way to do without: setuptools' `optional`, or its own
/// `build_ext`, which goes on where there is no compiler. Wheels without compiled code may have been made in a way of
/// their own (peewee's with a variable): they say nothing of such a source.
pub fn always_compiles(files: &Files) -> bool {
    let is_there = |setup: &str| {
        setup.contains("ext_modules") && !["optional", "build_ext"].iter().any(|word| setup.contains(word))
    };
    files.text("setup.py").is_some_and(is_there) && files.paths.iter().any(|path| is_compiled(path))
}

/// Whether a compiler is wanted for a file of a source.
fn is_compiled(path: &str) -> bool {
    let apart = path.split('/').any(|part| APART.contains(&part));
    !apart && COMPILED.iter().any(|extension| path.ends_with(extension))
}

/// Whether a plan may follow from there being such a file, whatever its text.
pub fn counts(path: &str) -> bool {
    is_compiled(path) || ["Cargo.toml", "Cargo.lock"].iter().any(|name| path.rsplit('/').next() == Some(name))
}

/// The folder of the extension's Cargo.toml: as maturin or setuptools-rust are told, else the one of the shortest
/// path to a Cargo.lock, else to a Cargo.toml.
pub fn cargo(system: &BuildSystem, files: &Files) -> Option<String> {
    let folder = |path: &str| match path.rsplit_once('/') {
        Some((folder, _)) => folder.to_owned(),
        None => ".".to_owned(),
    };
    let rust = system.requires.iter().any(|text| {
        let text = text.to_ascii_lowercase().replace('_', "-");
        text.starts_with("maturin") || text.starts_with("setuptools-rust")
    });
    if !rust && system.module() != "maturin" {
        return None;
    }
    let told =
        system.value(&["tool", "maturin", "manifest-path"]).and_then(toml::Value::as_str).or_else(|| {
            let modules = system.value(&["tool", "setuptools-rust", "ext-modules"])?.as_array()?;
            modules.first()?.get("path")?.as_str()
        });
    if let Some(told) = told {
        return Some(folder(told));
    }
    let shortest = |file: &str| {
        let named = files.paths.iter().filter(|path| path.rsplit('/').next() == Some(file));
        named.min_by_key(|path| (path.matches('/').count(), path.len())).map(|path| folder(path))
    };
    shortest("Cargo.lock").or_else(|| shortest("Cargo.toml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(paths: &[&str]) -> Files {
        Files { paths: paths.iter().map(|path| (*path).to_owned()).collect(), ..Files::default() }
    }

    #[test]
    fn a_compiler_only_where_something_is_compiled() {
        assert!(native(&files(&["src/a/_speed.c"]), None));
        assert!(!native(&files(&["tests/data/a.c", "a.py"]), None));
    }

    #[test]
    fn a_setup_py_that_always_compiles_wants_a_compiler() {
        for (setup, always) in [
            ("setup(name='a', ext_modules=[Extension('a._b', ['a/_b.c'])])", true),
            ("setup(name='a')", false),
            ("setup(ext_modules=[Extension('a._b', ['a/_b.c'], optional=True)])", false),
            (
                "class Perhaps(build_ext): pass\nsetup(ext_modules=[x], cmdclass={'build_ext': Perhaps})",
                false,
            ),
        ] {
            let mut files = files(&["setup.py", "a/_b.c"]);
            files.texts.insert("setup.py".to_owned(), setup.to_owned());
            assert_eq!(always_compiles(&files), always, "{setup}");
            files.paths.remove("a/_b.c");
            assert!(!always_compiles(&files), "{setup}");
        }
    }

    #[test]
    fn where_cargo_finds_its_manifest() {
        let folder = |pyproject: &str, paths: &[&str]| {
            cargo(&BuildSystem::read(Some(pyproject)).unwrap(), &files(paths))
        };
        let maturin = "[build-system]\nrequires=['maturin>=1']\nbuild-backend='maturin'\n";
        assert_eq!(folder(maturin, &["Cargo.toml", "Cargo.lock", "x/Cargo.lock"]).as_deref(), Some("."));
        let told = format!("{maturin}[tool.maturin]\nmanifest-path='src/rust/Cargo.toml'\n");
        assert_eq!(folder(&told, &["Cargo.lock"]).as_deref(), Some("src/rust"));
        let rust = "[build-system]\nrequires=['setuptools', 'setuptools_rust']\n";
        assert_eq!(folder(rust, &["src/_b/Cargo.toml", "src/_b/Cargo.lock"]).as_deref(), Some("src/_b"));
        assert_eq!(folder("", &["Cargo.toml"]), None);
    }
}
