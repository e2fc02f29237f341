//! The hashes of a package's commit, in the form that its fetchers want.

use serde::{Deserialize, Serialize};

use super::Failed;
use crate::hash::NarHash;
use crate::printable::printable;
use crate::source::Source;
use crate::world::World;

/// The hashes of one commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hashed {
    /// `None` where there is none, which the notes then explain.
    pub hash: Option<Hashes>,
    /// What fetches it in Nix, with the arguments that its hash depends on.
    pub fetcher: Option<serde_json::Value>,
    /// What a reader of the hashes must know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// NAR hashes, written as SRI (`sha256-...`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hashes {
    /// Of the tree as `git checkout` leaves it.
    pub checkout: NarHash,
    /// Of the tree as `git archive` gives it.
    pub archive: NarHash,
}

impl Hashed {
    /// For people.
    pub fn explain(&self) -> String {
        let mut text = "\nHashes (NAR, SHA-256)\n".to_owned();
        if let Some(Hashes { checkout, archive }) = &self.hash {
            text.push_str(&format!("  git checkout  {checkout}\n  git archive   {archive}\n"));
        }
        if let Some(fetcher) = &self.fetcher {
            text.push_str(&format!("  fetched by    {}\n", printable(&fetcher.to_string())));
        }
        for note in &self.notes {
            text.push_str(&format!("  - {}\n", printable(note)));
        }
        text
    }
}

/// The hashes of a commit: from the cache, else computed. A commit's never change.
pub(super) async fn hashed(_world: &World, _source: &Source) -> Result<Hashed, Failed> {
    Err(anyhow::anyhow!("hashes are not computed yet").into())
}
