//! Whether a commit lies on the line where the project is written, or beside it, where what was built is put
//! for others to fetch.
//!
//! Many projects release from a commit that adds `dist` and is on no branch: every file of the package is in
//! it, and it is no source. Asked only of a commit that would be proved and holds build output.

use std::collections::BTreeSet;

use super::ambiguity::Doubt;
use super::candidate::{Candidate, Kept, Named, VersionIs};
use super::kinds::is_source_like;
use super::output::{Sources, join, under};
use super::repository::{Commit, Refs, Repositories, Tree};
use super::resolution::{Class, Flag, FlagKind, Reach};
use super::subject::Subject;
use super::survey::Surveyor;
use super::tags::TagCandidate;
use crate::source::repository::Unreachable;

/// Branches that can be a repository's main line, in order.
const MAIN: [&str; 7] = ["main", "master", "trunk", "develop", "dev", "next", "default"];

/// The tip of the main line: by the names that are usual, else the first branch.
pub(super) fn main(refs: &Refs) -> Option<(&String, &Commit)> {
    let usual = MAIN.iter().find_map(|name| refs.heads.get_key_value(*name));
    usual.or_else(|| refs.heads.first_key_value())
}

/// What the neighbours of a commit say of the output that it holds.
enum Finding {
    /// It is committed where the project is written too.
    Source,
    /// Its parent leaves the output to the build: the commit adds it.
    Added { parent: Commit },
    /// It holds output and, unlike the main line, nothing that it could be made from.
    Apart,
}

impl<S: Subject, R: Repositories> Surveyor<'_, S, R> {
    /// Settles on a commit, unless it is an artifact branch by what its parent and the main line hold: then on
    /// the parent, where that holds the version, or on the commit, not proved.
    pub(super) async fn settle_source(
        &mut self,
        refs: &Refs,
        tags: &[TagCandidate],
        kept: Kept,
        reach: Option<Reach>,
        mut caps: Vec<String>,
    ) -> Result<(), Unreachable> {
        let doubted = self.doubts.iter().any(Doubt::caps);
        let proved = kept.class == Class::Verbatim && caps.is_empty() && reach.is_some() && !doubted;
        let outputs: Vec<String> =
            kept.correspondence.committed_output.iter().map(|path| join(&kept.folder, path)).collect();
        if !proved || outputs.is_empty() {
            self.settle(tags, kept, reach, caps);
            return Ok(());
        }
        let label = kept.candidate.label();
        let why = match self.neighbours(refs, &kept, &outputs).await? {
            Finding::Source => {
                self.settle(tags, kept, reach, caps);
                return Ok(());
            }
            Finding::Added { parent } => {
                let named = Named::Before { label: label.clone() };
                let before = self.examine(Candidate { commit: parent, named }).await?;
                let before =
                    before.filter(|before| before.version_is == VersionIs::Exact && before.is_strong());
                let why = "artifact branch: the commit adds build output that its parent and the main line \
                           leave to the build";
                // The user's word is about this commit, and no other.
                let is_given = matches!(kept.candidate.named, Named::Given(_));
                if let Some(before) = before.filter(|_| !is_given) {
                    self.survey.considered.retain(|known| known.candidate != label);
                    self.note(label.clone(), false, why);
                    self.flag_artifact(label, why);
                    self.settle(tags, before, Some(Reach::History), caps);
                    return Ok(());
                }
                why
            }
            Finding::Apart => {
                "artifact branch: the commit holds build output, and nothing of what the main line makes it from"
            }
        };
        self.flag_artifact(label.clone(), why);
        caps.push(format!("{label} is an {why}"));
        self.settle(tags, kept, reach, caps);
        Ok(())
    }

    fn flag_artifact(&mut self, label: String, why: &str) {
        let note = Some(why.to_owned());
        self.survey.flags.push(Flag { kind: FlagKind::ArtifactBranch, paths: vec![label], note });
    }

    /// At most two trees are asked for, and mostly one: the main line's.
    async fn neighbours(
        &mut self,
        refs: &Refs,
        kept: &Kept,
        outputs: &[String],
    ) -> Result<Finding, Unreachable> {
        let (repository, commit) = (&self.claim.repository, kept.candidate.commit);
        let Some((_, tip)) = main(refs).filter(|(_, tip)| **tip != commit) else {
            return Ok(Finding::Source);
        };
        let tip = match self.repositories.tree(repository, *tip).await {
            Ok(tree) => tree,
            Err(no) => return no.reached().map(|_| Finding::Source),
        };
        if has_output(&tip, outputs) {
            return Ok(Finding::Source);
        }
        let parents = match self.repositories.parents(repository, commit).await {
            Ok(parents) => parents,
            Err(no) => return no.reached().map(|_| Finding::Source),
        };
        // A merge is made of lines, and no release puts its output into one.
        if let [parent] = parents[..] {
            match self.repositories.tree(repository, parent).await {
                Ok(tree) if !has_output(&tree, outputs) => return Ok(Finding::Added { parent }),
                Ok(_) => {}
                Err(no) => drop(no.reached()?),
            }
        }
        // The folder may have moved since: then the main line says nothing.
        let apart = tip.files.contains_key(&kept.path)
            && outputs.iter().any(|path| is_made(&tip, kept, path))
            && holds_output_alone(kept, outputs);
        Ok(if apart { Finding::Apart } else { Finding::Source })
    }
}

/// Whether a tree holds one of the files, or another in the folder of one.
fn has_output(tree: &Tree, outputs: &[String]) -> bool {
    let folders: BTreeSet<&str> = outputs.iter().filter_map(|path| Some(path.rsplit_once('/')?.0)).collect();
    let holds = |folder: &str| {
        let below = format!("{folder}/");
        tree.files.range(below.clone()..).next().is_some_and(|(path, _)| path.starts_with(&below))
    };
    outputs.iter().any(|path| tree.files.contains_key(path)) || folders.into_iter().any(holds)
}

/// Whether a tree holds what a build makes the file from.
fn is_made(tree: &Tree, kept: &Kept, path: &str) -> bool {
    let local = under(path, &kept.folder).unwrap_or(path);
    Sources::new(tree, &kept.folder).made_from(local).is_some()
}

/// Whether all code of the commit, in the package's folder, looks as if a machine wrote it.
fn holds_output_alone(kept: &Kept, outputs: &[String]) -> bool {
    let sources = Sources::new(&kept.tree, &kept.folder);
    let mut code = kept.tree.files.keys().filter(|path| is_source_like(path) && !outputs.contains(path));
    code.all(|path| under(path, &kept.folder).is_none_or(|local| sources.is_committed_output(local)))
}
