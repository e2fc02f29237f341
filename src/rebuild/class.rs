//! How close what was built comes to what the registry serves.

use serde::{Deserialize, Serialize};

/// The classes, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// The packed archive has the integrity that the lockfile names.
    Integrity,
    /// The archive is the same but for its compression.
    Tar,
    /// Every file is the same.
    Files,
    /// Every file is the same after a named normalisation that changes nothing of what it does.
    Equivalent,
    /// Something differs.
    Different,
    /// Nothing was packed.
    Failed,
}

impl Class {
    /// Whether the source gives exactly the file that is installed.
    pub fn is_the_file_you_install(self) -> bool {
        self <= Self::Tar
    }

    /// Whether what was built can take the place of what is installed.
    pub fn is_rebuilt(self) -> bool {
        self <= Self::Equivalent
    }

    /// What it means, behind "rebuilt from COMMIT: ".
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Integrity => "same integrity as your lockfile",
            Self::Tar => "same archive, other compression",
            Self::Files => "every file is the same",
            Self::Equivalent => "every file is the same, some after a normalisation",
            Self::Different => "not the same",
            Self::Failed => "it could not be built",
        }
    }
}
