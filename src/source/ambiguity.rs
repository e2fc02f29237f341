//! Where more than one commit can be meant: what is said of it, and what it costs. One rule for both ecosystems.
//!
//! What decides is what a wrong choice would change. A commit that something names (a tag of the version, a gitHead) and
//! that alone holds the files is the source, whatever else names another one: that is said. So it is where commits hold
//! the same tree: nobody can tell them apart by anything that is built. Commits that hold the files alike and differ in
//! others are a guess, which a build or a reviewer would notice: tier C. Where nothing names the commit, history must
//! leave no choice: one commit, on the main line, with no tag of that version elsewhere; else tier C. A name vouches for
//! a commit beside the main line too, as whoever can push a branch can push a tag.

use super::candidate::Kept;
use super::select::Choice;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// Commits that are named too and hold the same tree.
    Same { taken: String, other: String },
    /// A commit that is named too, holds the files, and others than the one that is taken.
    Rival { taken: String, other: String },
    /// A commit that is named too and holds other code.
    Other { taken: String, other: String },
    /// A gitHead that is not taken; what was found of it.
    Head { head: String, why: String },
    /// Nothing names the commit, but a tag of the version is another one.
    Tag(String),
    /// Nothing names a commit, and several set the version.
    Set,
    /// Nothing names a commit, and so many of the main line hold the files; whether the last before the upload is taken,
    /// or the first.
    Holding { commits: usize, is_last: bool },
    /// The commit is not on the main line. `named`: by a gitHead.
    Beside { main: Option<String>, named: bool },
}

impl Doubt {
    /// Whether it keeps a package from being proved.
    pub(super) fn caps(&self) -> bool {
        match self {
            Self::Same { .. } | Self::Other { .. } | Self::Head { .. } => false,
            Self::Rival { .. } | Self::Tag(_) | Self::Set | Self::Holding { .. } => true,
            Self::Beside { named, .. } => !named,
        }
    }

    /// One sentence.
    pub(super) fn says(&self) -> String {
        match self {
            Self::Same { taken, other } => {
                format!(
                    "{other} is another commit with the same tree: {taken} is taken, and nothing depends on it"
                )
            }
            Self::Rival { taken, other } => {
                format!("ambiguous: {taken} and {other} hold different trees and both fit")
            }
            Self::Other { taken, other } => {
                format!(
                    "{other} is of this version too, and holds other code: only {taken} holds these files"
                )
            }
            Self::Head { head, why } => format!("{head} is another commit, and is not taken: {why}"),
            Self::Tag(tag) => format!("tag {tag} is of this version by its name, and is another commit"),
            Self::Set => "ambiguous: more than one commit set this version".to_owned(),
            Self::Holding { commits, is_last } => {
                let which = if *is_last { "the last before the upload" } else { "the first" };
                format!("untagged: {commits} commits hold these files, of which this is {which}")
            }
            Self::Beside { main: Some(main), .. } => format!(
                "the commit is not in the history of {main}, but in that of another branch or of a tag alone"
            ),
            Self::Beside { main: None, .. } => {
                "the repository has no branch, and only a tag leads to the commit".to_owned()
            }
        }
    }
}

/// What the other candidates say against the chosen one.
pub(super) fn among(kept: &[Kept], choice: &Choice) -> Vec<Doubt> {
    let Some(chosen) = choice.chosen.and_then(|at| kept.get(at)) else { return Vec::new() };
    let mut doubts = Vec::new();
    for (at, one) in kept.iter().enumerate() {
        if one.candidate.commit == chosen.candidate.commit
            || choice.artifacts.iter().any(|(artifact, _)| *artifact == at)
        {
            continue;
        }
        let (taken, other) = (chosen.candidate.label(), one.candidate.label());
        if one.tree.files == chosen.tree.files {
            doubts.push(Doubt::Same { taken, other });
        } else if choice.rival == Some(at) {
            doubts.push(Doubt::Rival { taken, other });
        } else if chosen.is_strong() && !one.is_strong() {
            doubts.push(Doubt::Other { taken, other });
        }
    }
    doubts
}
