//! All versions of a project, each with the two files that tell of it.

use serde::{Deserialize, Serialize};

use super::release::{Distribution, Kind, Release};
use crate::graph::{PyName, PyVersion};

/// What an index lists of one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    pub version: PyVersion,
    /// The source archive: see [`Release::sdist`].
    pub sdist: Option<Distribution>,
    /// The wheel that tells most: see [`Release::wheel`].
    pub wheel: Option<Distribution>,
    /// Whether any of its wheels is for one platform.
    pub platform_wheels: bool,
    pub wheels: Vec<Distribution>,
}

impl Listed {
    /// Of all the files of one version.
    pub(super) fn new(name: &PyName, version: PyVersion, distributions: Vec<Distribution>) -> Self {
        let platform = |file: &Distribution| matches!(file.kind, Kind::Wheel { pure: false, .. });
        let platform_wheels = distributions.iter().any(platform);
        let release = Release { name: name.clone(), version, info: None, distributions };
        let (sdist, wheel) = (release.sdist().cloned(), release.wheel().cloned());
        Self { version: release.version, sdist, wheel, platform_wheels, wheels: Vec::new() }
    }
}
