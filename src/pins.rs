//! `headwater.lock`: what was found of each package, and how it is made. Deterministic JSON, sorted, made
//! to be reviewed in a diff; what an earlier run found is not asked again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::graph::Purl;
use crate::hash::Integrity;
use crate::hash::nar::NarHash;
use crate::plan::Route;
use crate::problem::{Problem, pins as problem};
use crate::source::Resolution;

/// The file's name.
pub const FILE: &str = "headwater.lock";
/// The format's version: a file of another version is not read.
const VERSION: u32 = 1;

/// The whole file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pins {
    version: u32,
    /// Address of the default registry; artifacts are relative to it.
    pub registry: String,
    pub packages: BTreeMap<Purl, Pin>,
}

/// One package.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pin {
    pub route: Route,
    /// For an artifact: why it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// For a vetted artifact: by whom, and until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<Vetted>,
    /// What the registry serves; a git dependency has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact: Option<Artifact>,
    /// NAR hash of the package's folder: the same from the artifact and from the commit.
    pub nar: NarHash,
    /// What resolution found; absent where a host could not be reached, or none was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Resolution>,
    /// The host that could not be reached: the next run asks again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreachable: Option<String>,
}

/// Somebody's decision, from `headwater.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vetted {
    pub owner: String,
    /// The last day on which it counts, `YYYY-MM-DD`.
    pub expires: String,
}

/// The file that a registry serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// Only where the registry's own layout does not give it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    pub integrity: Integrity,
    /// Where the integrity is from.
    #[serde(default, skip_serializing_if = "IntegritySource::is_lockfile")]
    pub integrity_from: IntegritySource,
}

/// Who says what the artifact's hash is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IntegritySource {
    #[default]
    Lockfile,
    /// The lockfile has none, the registry's metadata has.
    Registry,
    /// Nobody: the hash of what was downloaded first.
    Download,
}

impl IntegritySource {
    fn is_lockfile(&self) -> bool {
        *self == Self::Lockfile
    }
}

impl Pins {
    pub fn new(registry: String, packages: BTreeMap<Purl, Pin>) -> Self {
        Self { version: VERSION, registry, packages }
    }

    /// Reads the file's text.
    ///
    /// # Errors
    /// What is no JSON of this version.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        #[derive(Deserialize)]
        struct Head {
            version: u32,
        }
        let head: Head =
            serde_json::from_str(text).map_err(|error| problem::unreadable(&error.to_string()))?;
        if head.version != VERSION {
            return Err(problem::other_version(head.version, VERSION));
        }
        serde_json::from_str(text).map_err(|error| problem::unreadable(&error.to_string()))
    }

    /// The file's text.
    ///
    /// # Errors
    /// None that a value of this type can cause.
    pub fn to_text(&self) -> serde_json::Result<String> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        Ok(text)
    }
}
