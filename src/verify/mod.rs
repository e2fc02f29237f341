//! The flow of `headwater verify`: packages are built again from their commits, and compared with what the registry
//! serves; headwater.lock keeps what came of it.

mod attest;
mod floor;
mod npm;
mod python;
mod record;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::convert::writing;
use crate::failure::Failure;
use crate::files;
use crate::graph::{Package, Purl};
use crate::hash::Integrity;
use crate::pins::{Artifact, Outcome, Requirements};
use crate::problem::verify as problem;
use crate::progress::Progress;
use crate::python::PyName;
use crate::settings;
use crate::world::nix::NixError;
use crate::world::{clock, disk};
use attest::RunDetails;
pub use text::text;

/// What came of a run.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// By `name@version` (npm) or `name==version` (Python).
    pub packages: BTreeMap<String, Verified>,
    /// What is not built or not compared, by the same, and why.
    #[serde(rename = "notBuilt")]
    pub not_built: BTreeMap<String, String>,
    /// Those of them that could not be tried, for want of a host or of the store: the next run goes on.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub incomplete: BTreeSet<String>,
    /// Those that were not begun, or not tried in each way, as one of `incomplete` ended the run.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub untried: BTreeSet<String>,
    /// What came of tools that were built, by `name@version` (`--depth`).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tools: BTreeMap<String, Verified>,
    /// Tools that neither come verbatim from a commit nor are rebuilt, by `name@version`, and why (`--depth`).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub floor: BTreeMap<String, String>,
    /// All packages of the project; npm's only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<Counts>,
    /// Whether wheels of Python were compared.
    #[serde(skip)]
    pub is_python: bool,
    /// Files of `--attest`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attested: Vec<String>,
}

impl Report {
    /// Whether no more is begun: something cannot be tried, and nobody said to go on.
    fn ends(&self, settings: &settings::Verify) -> bool {
        !settings.keep_going && !self.incomplete.is_empty()
    }
}

/// One package.
#[derive(Clone, Debug, Serialize)]
pub struct Verified {
    pub purl: Purl,
    pub commit: String,
    pub outcome: Outcome,
    /// Packages that it was built with.
    pub tools: usize,
    /// How many of them are more than the registry's files, where somebody asked (`--depth`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origins: Option<Origins>,
    /// How the build was found. npm.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub rule: String,
    /// Python.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wheel: Option<OfWheel>,
    /// What was packed in this run.
    #[serde(skip)]
    pub archive: Option<BuiltFile>,
    /// The end of the log, where nothing was packed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub log: Vec<String>,
    /// Whether an earlier run recorded it, and this one built nothing.
    pub recorded: bool,
}

/// Of how many packages of a project the source is shown to give what is installed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub packages: usize,
    /// Every file that is used is in a commit: there is nothing to build.
    pub verbatim: usize,
    /// A build gave the same, in this run or an earlier one.
    pub rebuilt: usize,
}

/// What is known of a package's tools.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Origins {
    /// How many come verbatim from commits.
    pub verbatim: usize,
    /// How many are rebuilt.
    pub rebuilt: usize,
}

/// What there is to say of a wheel besides.
#[derive(Clone, Debug, Serialize)]
pub struct OfWheel {
    /// What the class means, behind "rebuilt from COMMIT: ".
    pub meaning: &'static str,
    /// The index's wheel.
    pub compared: Artifact,
    pub requirements: Requirements,
    #[serde(skip)]
    pub name: PyName,
    /// Build requirements that give the tool of the index's wheel, where it differs and has another.
    #[serde(rename = "indexTool", skip_serializing_if = "Vec::is_empty")]
    pub index_tool: Vec<String>,
    /// The time of the index's wheel, where that may be all that differs.
    #[serde(rename = "indexTime", skip_serializing_if = "Option::is_none")]
    pub index_time: Option<i64>,
}

/// A file that was built.
#[derive(Clone, Debug)]
pub struct BuiltFile {
    pub name: String,
    pub integrity: Integrity,
}

/// Builds and compares what is asked for, and records it.
///
/// # Errors
/// A project that is not converted, names that it does not have, a host that does not answer, no Nix.
pub async fn verify(settings: &settings::Verify, progress: Progress) -> Result<Report, Failure> {
    files::all_within(&settings.folder)?;
    writing::recover(&settings.folder)?;
    let shown = settings.folder.display().to_string();
    let pins = writing::prior_pins(&settings.folder)?;
    let pins = pins.ok_or_else(|| Failure::one(problem::not_converted(&shown)))?;
    if !record::is_emitted(&settings.folder) {
        return Err(Failure::one(problem::not_for_nix(&shown)));
    }
    if !record::is_of_this_version(&settings.folder)? {
        return Err(Failure::one(problem::of_another_version(&shown)));
    }
    let policy = files::policy(&settings.folder)?;
    let started = clock::now();
    let is_python = |purl: &Purl| matches!(Package::parse(purl.as_str()), Ok(Package::Python { .. }));
    // One lockfile is of one ecosystem.
    let (mut report, pins) = match pins.packages.keys().any(is_python) {
        true => python::verify(settings, &policy, pins, progress).await?,
        false => npm::verify(settings, &policy, pins, progress).await?,
    };
    if let Some(attest) = &settings.attest {
        let details = RunDetails { builder: &attest.builder, started, finished: clock::now() };
        let files = attest::files(report.packages.values(), &pins, &details);
        report.attested = files.keys().map(|file| file.to_string()).collect();
        disk::write(&attest.folder, &files, &[], &[])?;
    }
    Ok(report)
}

/// Without a package set nothing is built.
fn no_nixpkgs(error: &NixError) -> Failure {
    Failure::of(problem::no_nixpkgs(&error.to_string()), error.is_network())
}
