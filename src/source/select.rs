//! Which of several commits that hold the package is its source.
//!
//! The order of evidence decides. Correspondence only takes candidates away: one whose code contradicts the
//! artifact yields to one whose code does not, and one that commits what another leaves to the build is an
//! artifact branch.

use super::candidate::Kept;
use super::correspondence::Left;

/// The choice among candidates of equal standing.
#[derive(Clone, Debug, Default)]
pub(super) struct Choice {
    /// Index of the chosen one.
    pub(super) chosen: Option<usize>,
    /// Artifact branches: index, and the index of the candidate that shows it.
    pub(super) artifacts: Vec<(usize, usize)>,
    /// Another commit that is as good.
    pub(super) rival: Option<usize>,
}

/// Chooses; `kept` is in the order of evidence.
pub(super) fn choose(kept: &[Kept]) -> Choice {
    let mut choice = Choice::default();
    for (at, one) in kept.iter().enumerate() {
        let shows = |(_, other): &(usize, &Kept)| is_artifact_of(one, other) && !is_artifact_of(other, one);
        if let Some((other, _)) = kept.iter().enumerate().find(shows) {
            choice.artifacts.push((at, other));
        }
    }
    let is_source = |at: usize| !choice.artifacts.iter().any(|(artifact, _)| *artifact == at);
    let sources: Vec<usize> = (0..kept.len()).filter(|at| is_source(*at)).collect();
    choice.chosen = sources.iter().copied().find(|at| kept[*at].is_strong()).or(sources.first().copied());
    choice.rival = choice.chosen.and_then(|chosen| {
        sources.iter().copied().find(|at| {
            kept[*at].candidate.commit != kept[chosen].candidate.commit
                && kept[*at].is_strong() == kept[chosen].is_strong()
                && kept[*at].tree.files != kept[chosen].tree.files
        })
    });
    choice
}

/// Whether `one` has, committed, a file that is build output as `other` shows.
pub(super) fn is_artifact_of(one: &Kept, other: &Kept) -> bool {
    one.candidate.commit != other.candidate.commit
        && one.correspondence.identical.iter().any(|path| {
            // A folder of output is telling; data that only one of them has is not.
            other.correspondence.left.get(path) == Some(&Left::Output) && !other_has(other, path)
        })
}

fn other_has(other: &Kept, path: &str) -> bool {
    other.tree.files.contains_key(&super::output::join(&other.folder, path))
}
