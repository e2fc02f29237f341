//! The hashes of a package's commit, in the form that its fetchers want.

use serde::{Deserialize, Serialize};

use super::Failed;
use crate::printable::printable;
use crate::source::fetcher::Fetcher;
use crate::source::repository::NoAnswer;
use crate::source::{Source, Unresolved};
use crate::world::World;
use crate::world::git::{TreeHash, TreeHashes};

/// The hashes of one commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hashed {
    /// `None` where there is none, which the notes then explain.
    pub hash: Option<TreeHashes>,
    /// What fetches it in Nix, with the settings that its hash depends on.
    pub fetcher: Option<Fetcher>,
    /// What a reader of the hashes must know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl Hashed {
    /// For people.
    pub fn explain(&self) -> String {
        let mut text = "\nHashes (NAR, SHA-256)\n".to_owned();
        if let Some(hash) = &self.hash {
            text.push_str(&format!("  git checkout     {}\n", hash.checkout));
            for (what, hash) in [("git archive    ", hash.archive), ("with submodules", hash.with_submodules)]
            {
                text.push_str(&hash.map(|hash| format!("  {what}  {hash}\n")).unwrap_or_default());
            }
        }
        if let Some(fetcher) = &self.fetcher {
            text.push_str(&format!("  fetched by       {fetcher}\n"));
        }
        for note in &self.notes {
            text.push_str(&format!("  - {}\n", printable(note)));
        }
        text
    }
}

/// The hashes of a commit: from the cache, else computed. A commit's never change.
pub(super) async fn hashed(world: &World, shown: &str, source: &Source) -> Result<Hashed, Failed> {
    match world.git.tree_hash(&source.repository, source.commit, true).await {
        Ok(TreeHash { hash, fetcher, notes, .. }) => {
            Ok(Hashed { hash: Some(hash), fetcher: Some(fetcher), notes })
        }
        Err(NoAnswer::Unreachable { host, why } | NoAnswer::Unanswered { host, why }) => {
            Err(Failed::unresolved(shown, &Unresolved::Network { host, why }))
        }
        Err(no) => Ok(Hashed { hash: None, fetcher: None, notes: vec![format!("no hash: {no}")] }),
    }
}
