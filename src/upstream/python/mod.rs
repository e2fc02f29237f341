//! A release of a Python project, as far as whoever writes a package of it must know: read from its files, never run.

pub mod build;
pub mod extras;
pub mod modules;
pub mod needs;
pub mod projects;
pub mod purpose;
pub mod pytest_log;
pub mod testing;

use std::collections::BTreeMap;

use crate::about::About;
pub use crate::plan::python::Files;
use crate::python::{PyName, PyVersion};
use build::Build;
use modules::Modules;
use needs::Needs;
use testing::Tests;

/// What is known of a release, whatever distribution wants it.
#[derive(Clone, Debug)]
pub struct Facts {
    pub name: PyName,
    /// The name as the project spells it.
    pub spelled: String,
    pub version: PyVersion,
    pub about: About,
    /// All trove classifiers.
    pub classifiers: Vec<String>,
    pub requires_python: Option<String>,
    pub build: Build,
    pub needs: Needs,
    pub tests: Tests,
    pub modules: Modules,
    /// The programs that it installs, and what each starts (`module:object`; `""` where nobody says).
    pub programs: BTreeMap<String, String>,
}
