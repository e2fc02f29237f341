//! All versions of a project, each with its files.

use serde::{Deserialize, Serialize};

use super::PyVersion;
use super::release::{Distribution, Kind, Release};

/// What an index lists of one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    pub version: PyVersion,
    /// The source archive: see [`Release::sdist`].
    pub sdist: Option<Distribution>,
    /// All wheels, those that were withdrawn included; sorted by file name.
    pub wheels: Vec<Distribution>,
}

impl Listed {
    /// Of all the files of one version.
    pub fn new(version: PyVersion, files: Vec<Distribution>) -> Self {
        let sdist = Release::best_sdist(&files).cloned();
        let wheels = files.into_iter().filter(|file| matches!(file.kind, Kind::Wheel { .. })).collect();
        Self { version, sdist, wheels }
    }

    /// The wheel that tells most: see [`Release::wheel`].
    pub fn wheel(&self) -> Option<&Distribution> {
        Release::best_wheel(&self.wheels)
    }

    /// Whether any of its wheels is for one platform.
    pub fn has_platform_wheels(&self) -> bool {
        self.wheels.iter().any(|file| matches!(file.kind, Kind::Wheel { pure: false, .. }))
    }
}
