//! What git-fetch fetches, and what a reader must know of it.

use crate::failure::Failure;
use crate::package::commit::{Files, failed};
use crate::package::origin::Origin;
use crate::source::repository::Repositories;
use crate::upstream::guix::definition;
use crate::world::World;
use crate::world::git::TreeHash;

/// A commit's checkout, with its submodules where it has some.
pub(super) struct Fetched {
    pub(super) origin: definition::Origin,
    pub(super) open: Vec<String>,
    pub(super) notes: Vec<String>,
}

pub(super) async fn fetched(world: &World, of: &Origin, files: &Files<'_>) -> Result<Fetched, Failure> {
    let Origin { shown, repository, commit, tag, .. } = of;
    let refs = world.git.refs(repository).await.map_err(|no| failed(shown, no))?;
    let tree = world.git.tree_hash(repository, *commit, true).await.map_err(|no| failed(shown, no))?;
    let TreeHash { hash, mut notes, submodules, .. } = tree;
    let mut open = Vec::new();
    if let Some(now) = refs.renamed(repository) {
        notes.push(format!("{repository} has moved to {now}: name that one in the definition"));
    }
    let is_now = |tag: &&String| refs.tags.get(tag.as_str()) == Some(commit);
    let named = tag.as_ref().filter(is_now).cloned();
    match (tag, &named) {
        (Some(tag), None) => {
            notes.push(format!("the tag {tag} is another commit today: the definition names the commit"));
        }
        (None, _) => notes.push("no tag is the commit: the definition names the commit".to_owned()),
        _ => {}
    }
    let whole = hash.with_submodules;
    if whole.is_none() && !submodules.is_empty() && files.is_there(".gitmodules") {
        open.push(
            "the source has submodules that cannot be had: its hash is that of the commit without them"
                .to_owned(),
        );
    }
    let origin = definition::Origin {
        repository: repository.clone(),
        commit: *commit,
        tag: named,
        hash: whole.unwrap_or(hash.checkout),
        is_recursive: whole.is_some(),
    };
    Ok(Fetched { origin, open, notes })
}
