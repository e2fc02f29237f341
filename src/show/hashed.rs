//! The hashes of a package's commit, and what fetches it with them.

use serde::Serialize;

use super::Failed;
use crate::printable::printable;
use crate::source::fetcher::Fetcher;
use crate::source::repository::NoAnswer;
use crate::source::{Source, Unresolved};
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

/// The hashes of a commit. `package` (`name@version`) is named where a host does not answer; whatever else
/// keeps the commit from being hashed is a note, since the resolution stands.
pub(super) async fn hashed(world: &World, package: &str, source: &Source) -> Result<Hashed, Failed> {
    match world.git.tree_hash(&source.repository, source.commit, true).await {
        Ok(TreeHash { hash, fetcher, notes, .. }) => {
            Ok(Hashed { hash: Some(hash), fetcher: Some(fetcher), notes })
        }
        Err(NoAnswer::Unreachable { host, why } | NoAnswer::Unanswered { host, why }) => {
            Err(Failed::unresolved(package, &Unresolved::Network { host, why }))
        }
        Err(no) => {
            let notes = vec![format!("the commit cannot be hashed: {no}")];
            Ok(Hashed { hash: None, fetcher: None, notes })
        }
    }
}
