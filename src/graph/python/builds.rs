//! What a lockfile or its project says of the environments that packages are built in.

use std::collections::{BTreeMap, BTreeSet};

use crate::python::PyName;

/// What a lockfile or its project says of the environments that packages are built in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuildSettings {
    /// Bounds (PEP 508) on every build environment: uv's `build-constraint-dependencies`.
    pub constraints: Vec<String>,
    /// Bounds on the build environment of one package: poetry's `[tool.poetry.build-constraints]`.
    pub constraints_of: BTreeMap<PyName, Vec<String>>,
    /// More build requirements of one package: uv's `extra-build-dependencies`.
    pub extra: BTreeMap<PyName, Vec<String>>,
    /// Of `extra`: names whose version must be the locked one (`match-runtime = true`), by package.
    pub match_runtime: BTreeMap<PyName, BTreeSet<PyName>>,
    /// Built against the locked versions: uv's `no-build-isolation-package`; PDM's and pip's kin where a file says it.
    pub unisolated: BTreeSet<PyName>,
    /// uv's `no-build-isolation = true`: all of them.
    pub all_unisolated: bool,
    /// Variables of one package's build: uv's `extra-build-variables`.
    pub variables: BTreeMap<PyName, BTreeMap<String, String>>,
    /// Names whose run-time requirements are overridden or excluded, so that metadata does not decide: uv's
    /// `override-dependencies`, `exclude-dependencies`, `dependency-metadata`; PDM's `resolution.overrides`/`excludes`.
    pub overridden: BTreeSet<PyName>,
}
