//! All that is known of a commit's folder, and what a reader must be told of it.

use serde::{Deserialize, Serialize};

use super::Hashes;

/// What a commit's hashes are, and what they do not cover.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub hashes: Hashes,
    /// Paths of the commit's own submodules.
    pub submodules: Vec<String>,
    /// Pairs of paths that differ in case alone.
    pub collisions: Vec<[String; 2]>,
    /// `None`: nobody asked for the submodules.
    pub gathered: Option<Gathered>,
}

/// What came of the submodules, and of theirs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gathered {
    /// Why some are missing: path and reason.
    pub missing: Vec<String>,
    /// Paths of those whose address wants a key (ssh): no build can fetch them.
    pub with_key: Vec<String>,
}

/// What is to be said of one whose address wants a key.
const WITH_KEY: &str = "is a submodule with an ssh address, which a build cannot fetch";

impl Gathered {
    fn missing(&self) -> impl Iterator<Item = String> {
        self.missing.iter().map(|missing| format!("submodule {missing}"))
    }
}

impl Summary {
    /// Whether the hash with submodules is known: there are some, and none is missing.
    pub fn is_whole(&self) -> bool {
        !self.submodules.is_empty() && self.gathered.as_ref().is_some_and(|of| of.missing.is_empty())
    }

    /// A clause for each submodule that a build cannot fetch.
    pub fn out_of_reach(&self) -> Vec<String> {
        let Some(gathered) = &self.gathered else { return Vec::new() };
        let with_key = gathered.with_key.iter().map(|path| format!("{path} {WITH_KEY}"));
        gathered.missing().chain(with_key).collect()
    }

    /// One sentence for each thing that the hashes do not say.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let mut note = |paths: &[String], rest: &str| {
            if let [first, others @ ..] = paths {
                let others =
                    if others.is_empty() { String::new() } else { format!(" (and {} more)", others.len()) };
                notes.push(format!("{first}{others} {rest}"));
            }
        };
        note(
            &self.hashes.pointers,
            "is a Git LFS pointer: what it points to is not in the repository, and the hash of a checkout with \
             it (fetchLFS) is not known",
        );
        note(
            &self.hashes.substituted,
            "has export-subst: git archive writes names of refs and the like into it, so that an archive's hash \
             does not last",
        );
        if !self.is_whole() {
            note(&self.submodules, "is a submodule: without it, an empty folder is in its place");
        }
        if let Some(gathered) = &self.gathered {
            note(&gathered.with_key, WITH_KEY);
            notes.extend(gathered.missing());
        }
        if let Some([one, other]) = self.collisions.first() {
            notes.push(format!(
                "{one} and {other} differ in case alone: a disk that ignores case, as on macOS, has one of them"
            ));
        }
        notes
    }
}
