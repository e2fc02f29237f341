//! The hashes of a package's commit, and what fetches it with them.

use serde::Serialize;

use crate::hash::NarHash;
use crate::printable::printable;
use crate::source::Source;
use crate::source::fetcher::Fetcher;
use crate::source::repository::NoAnswer;
use crate::world::World;
use crate::world::git::{TreeHash, TreeHashes};

/// The hashes of one commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hashed {
    /// `None` where there are none, which the notes then explain.
    pub hash: Option<TreeHashes>,
    /// What fetches it in Nix, with the setting that its hash depends on.
    pub fetcher: Option<Fetcher>,
    /// What a reader of the hashes must know.
    pub notes: Vec<String>,
    /// A host gave no answer: the next run may have hashes.
    #[serde(skip)]
    pub incomplete: bool,
}

impl Hashed {
    /// For people: each hash in SRI form, in nix-base32 and in hex.
    pub fn explain(&self) -> String {
        let mut text = "\nHashes (NAR, SHA-256)\n".to_owned();
        let mut push = |what: &str, hash: Option<NarHash>| {
            if let Some(hash) = hash {
                text.push_str(&format!("  {what}  {hash}\n"));
                for form in [hash.nix_base32(), hash.hex()] {
                    text.push_str(&format!("                {form}\n"));
                }
            }
        };
        push("git checkout", self.hash.map(|hash| hash.checkout));
        push("git archive ", self.hash.and_then(|hash| hash.archive));
        push("submodules  ", self.hash.and_then(|hash| hash.with_submodules));
        if let Some(fetcher) = &self.fetcher {
            text.push_str(&format!("  fetched by    {fetcher}\n"));
        }
        for note in &self.notes {
            text.push_str(&format!("  - {}\n", printable(note)));
        }
        text
    }
}

/// The hashes of a commit. Whatever keeps it from being hashed is a note, since the resolution stands.
pub(super) async fn hashed(world: &World, source: &Source) -> Hashed {
    match world.git.tree_hash(&source.repository, source.commit, true).await {
        Ok(TreeHash { hash, fetcher, notes, .. }) => {
            Hashed { hash: Some(hash), fetcher: Some(fetcher), notes, incomplete: false }
        }
        Err(no) => Hashed {
            hash: None,
            fetcher: None,
            notes: vec![format!("the commit cannot be hashed: {no}")],
            incomplete: matches!(no, NoAnswer::Unreachable { .. } | NoAnswer::Unanswered { .. }),
        },
    }
}
