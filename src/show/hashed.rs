//! The hashes of a package's commit, and what fetches it with them.

use serde::Serialize;

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
    /// For people.
    pub fn explain(&self) -> String {
        let mut text = "\nHashes (NAR, SHA-256)\n".to_owned();
        if let Some(hash) = &self.hash {
            text.push_str(&format!("  git checkout  {}\n", hash.checkout));
            if let Some(archive) = &hash.archive {
                text.push_str(&format!("  git archive   {archive}\n"));
            }
            if let Some(whole) = &hash.with_submodules {
                text.push_str(&format!("  submodules    {whole}\n"));
            }
        }
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
