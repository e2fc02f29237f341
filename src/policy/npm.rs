//! `[npm]`: what is done with packages that were built again.

use serde::{Deserialize, Serialize};

use super::Policy;
use crate::rebuild::Class;

/// The table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Npm {
    pub build: Use,
    /// The least class that is used.
    pub rebuilt: LeastClass,
}

/// What the emitted code takes of a package that was built again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Use {
    /// The registry's file; the build is compared with it.
    #[default]
    Verify,
    /// What the build makes.
    Use,
}

/// A class with the default that a policy has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LeastClass(pub Class);

impl Default for LeastClass {
    fn default() -> Self {
        Self(Class::Equivalent)
    }
}

impl Policy {
    /// Whether what a build made is used in the place of the registry's file.
    pub fn uses(&self, class: Class) -> bool {
        self.npm.build == Use::Use && class.is_rebuilt() && class <= self.npm.rebuilt.0
    }
}
