//! A commit that the user names, by an address or by a checkout of it.

use std::path::Path;

use super::commit::failed;
use super::origin::Origin;
use crate::failure::Failure;
use crate::problem::upstream as problem;
use crate::source::repository::{Repositories, Repository};
use crate::upstream::npm::build::Shipped;
use crate::upstream::pasted::{Meant, Pasted};
use crate::upstream::releases;
use crate::world::World;
use crate::world::git::Dated;

/// The commit of an address.
///
/// # Errors
/// A repository that does not have what is named.
pub(super) async fn pasted(world: &World, pasted: &Pasted) -> Result<Origin, Failure> {
    let repository = &pasted.repository;
    let refs = world.git.refs(repository).await.map_err(|no| failed(&repository.0, no))?;
    let unreadable = |why: String| Failure::one(problem::unreadable_commit(&repository.0, &why));
    let meant = pasted.meant(&refs).map_err(unreadable)?;
    of(world, repository, meant).await
}

/// The commit of a checkout.
///
/// # Errors
/// A folder that is no checkout, a commit that its remote does not have.
pub(super) async fn folder(world: &World, folder: &Path) -> Result<Origin, Failure> {
    let shown = folder.display().to_string();
    let copy = world.git.working_copy(folder).await.map_err(|no| failed(&shown, no))?;
    let unreadable = |why: String| Failure::one(problem::unreadable_commit(&shown, &why));
    let address = crate::source::address::parse(&copy.remote);
    let repository = address.map_err(|why| unreadable(format!("its remote {why}")))?.repository;
    let refs = world.git.refs(&repository).await.map_err(|no| failed(&shown, no))?;
    let pasted = Pasted::parse(&format!("{repository}#{}", copy.commit)).map_err(unreadable)?;
    let meant = pasted.meant(&refs).map_err(unreadable)?;
    if !world.git.reachable(&repository, copy.commit).await.map_err(|no| failed(&shown, no))? {
        let why = format!("its commit {} is on no branch or tag of {repository}: push it first", copy.commit);
        return Err(unreadable(why));
    }
    let mut origin = of(world, &repository, Meant { folder: copy.folder, ..meant }).await?;
    if copy.is_changed {
        origin.proof.push_str("; the folder has changes that are not committed, which the file leaves out");
    }
    Ok(origin)
}

pub(super) async fn of(world: &World, repository: &Repository, meant: Meant) -> Result<Origin, Failure> {
    let Meant { commit, tag, folder } = meant;
    let (shown, version) = match &tag {
        Some(tag) => (format!("{repository}#{tag}"), None),
        None => {
            let dated = world.git.dated(repository, commit).await.map_err(|no| failed(&repository.0, no))?;
            (format!("{repository}#{commit}"), Some(unstable(&dated)))
        }
    };
    Ok(Origin {
        proof: format!("source: {repository} at {commit}, which you named: it was compared with no registry"),
        shown,
        repository: repository.clone(),
        commit,
        tag,
        folder,
        version,
        made: Shipped::Unknown,
        binaries: Vec::new(),
    })
}

/// The version of a commit without a release, as nixpkgs wants it: that of the last release before it, and its day.
fn unstable(dated: &Dated) -> String {
    let of = |tag| releases::newest(dated.before.iter(), tag, "0").map(|(_, version)| version);
    let last = of("v0").or_else(|| of("0")).unwrap_or("0");
    format!("{last}-unstable-{}", dated.day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_commits_without_a_release() {
        let of = |tags: &[&str]| {
            let before = tags.iter().map(|tag| (*tag).to_owned()).collect();
            unstable(&Dated { day: "2026-01-02".to_owned(), before })
        };
        assert_eq!(of(&["v1.9.0", "v1.10.0", "v2.0.0-rc.1"]), "1.10.0-unstable-2026-01-02");
        assert_eq!(of(&["1.0", "nightly"]), "1.0-unstable-2026-01-02");
        assert_eq!(of(&["nightly"]), "0-unstable-2026-01-02");
    }
}
