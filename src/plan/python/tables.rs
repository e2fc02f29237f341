//! Curated data: programs among build requirements, native libraries of packages, where to break circles.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::foreign;
use crate::python::PyName;

/// A build requirement that is a program of pkgs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Program {
    /// Attribute paths of nixpkgs.
    pub nixpkgs: Vec<String>,
    /// Packages of Guix.
    pub guix: Vec<String>,
    /// Alternatives for the folder of the sdist with its Python half; none where nothing imports it.
    #[serde(default)]
    pub copy: Vec<String>,
}

/// What a package needs besides Python.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Native {
    /// Attribute paths of nixpkgs: `buildInputs`.
    #[serde(default)]
    pub libraries: Vec<String>,
    /// Attribute paths of nixpkgs: `nativeBuildInputs`.
    #[serde(default)]
    pub programs: Vec<String>,
    /// Packages of Guix: `inputs`.
    #[serde(default)]
    pub guix: Vec<String>,
    /// Attribute paths of nixpkgs: what it opens by name while it runs.
    #[serde(default)]
    pub opened: BTreeSet<String>,
    /// The names that it opens them by (`libmagic.so.1`), so that a reader can check the row.
    #[serde(default)]
    pub opens: Vec<String>,
    /// Build requirements (PEP 508) that the package forgets to state.
    #[serde(default)]
    pub requires: Vec<String>,
    /// Variables of the backend.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
}

/// A package whose modules can be copied from its sdist, without any build.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    pub name: PyName,
    /// Alternatives: the first that the sdist has counts.
    pub paths: Vec<String>,
}

#[derive(Deserialize)]
struct Stages {
    stage: Vec<Stage>,
}

const TEXTS: [&str; 5] = [
    include_str!("../../../data/python/programs.toml"),
    include_str!("../../../data/python/libraries.toml"),
    include_str!("../../../data/python/stages.toml"),
    BREAKS,
    BACKENDS,
];
/// Which bounds keep builds from breaking: see [`super::breaks`].
pub(super) const BREAKS: &str = include_str!("../../../data/python/breaks.toml");
/// What backends of single packages ask for: see [`super::backends`].
pub(super) const BACKENDS: &str = include_str!("../../../data/python/backends.toml");

/// SHA-256 of all tables, in hex.
pub fn digest() -> String {
    hex::encode(TEXTS.iter().fold(Sha256::new(), |digest, text| digest.chain_update(text)).finalize())
}

/// Names that are no names of Python projects cannot be looked up.
fn table<T: for<'de> Deserialize<'de> + Default>(text: &str) -> T {
    // The files are part of the program; the test below reads them.
    foreign::toml(text).unwrap_or_default()
}

static PROGRAMS: LazyLock<BTreeMap<PyName, Program>> = LazyLock::new(|| table(TEXTS[0]));
static LIBRARIES: LazyLock<BTreeMap<PyName, Native>> = LazyLock::new(|| table(TEXTS[1]));
static STAGES: LazyLock<Vec<Stage>> = LazyLock::new(|| {
    let read: Result<Stages, _> = foreign::toml(TEXTS[2]);
    read.map(|stages| stages.stage).unwrap_or_default()
});

/// The program that a build requirement stands for.
pub fn program(name: &PyName) -> Option<&'static Program> {
    PROGRAMS.get(name)
}

/// What a package needs besides Python, where that is known.
pub fn native(name: &PyName) -> Option<&'static Native> {
    LIBRARIES.get(name)
}

/// Attribute paths of nixpkgs: libraries that a package opens by name while it runs.
pub fn opened(name: &PyName) -> BTreeSet<String> {
    native(name).map(|native| native.opened.clone()).unwrap_or_default()
}

/// Where to break circles, the most wanted first.
pub fn stages() -> &'static [Stage] {
    &STAGES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_read() {
        let name = |text: &str| PyName::new(text).unwrap();
        assert_eq!(program(&name("maturin")).unwrap().copy, ["maturin"]);
        assert_eq!(native(&name("psycopg2")).unwrap().programs, ["libpq.pg_config"]);
        assert!(stages().iter().any(|stage| stage.name.as_str() == "pluggy"));
        for (name, native) in LIBRARIES.iter() {
            let has_library = !native.libraries.is_empty() || !native.opened.is_empty();
            let says = has_library || !native.requires.is_empty() || !native.env.is_empty();
            assert!(says, "{name} has nothing to say");
            assert_eq!(native.guix.is_empty(), !has_library, "{name}: one of the two only");
            assert_eq!(native.opened.is_empty(), native.opens.is_empty(), "{name}: what does it open?");
        }
    }
}
