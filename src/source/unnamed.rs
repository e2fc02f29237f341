//! Where nothing that names a commit fits: the history of the manifest, or the proof that the package is not
//! in the repository at all.

use super::ambiguity::{self, Doubt};
use super::candidate::{Kept, Named, VersionIs};
use super::repository::{Refs, Repositories};
use super::subject::Subject;
use super::survey::{Surveyor, only_artifact_refs, reach_by_ref};
use super::{line, select};
use crate::source::repository::Unreachable;

impl<S: Subject, R: Repositories> Surveyor<'_, S, R> {
    /// Nothing that names a commit fits: the history of the manifest, or the proof that it is not here.
    pub(super) async fn without_names(
        &mut self,
        refs: &Refs,
        refused_tag: Option<&str>,
        had_names: bool,
    ) -> Result<(), Unreachable> {
        if self.located.is_none() {
            self.look_at_tip(refs).await?;
        }
        let Some(path) = self.located.clone() else { return Ok(()) };
        let candidates =
            match self.subject.in_history(self.repositories, &self.claim.repository, refs, &path).await {
                Ok(candidates) => candidates,
                Err(no) => {
                    let why = no.reached()?.to_string();
                    self.note(format!("history of {path}"), false, &why);
                    Vec::new()
                }
            };
        let mut kept = Vec::new();
        for candidate in candidates {
            if only_artifact_refs(refs, &[], candidate.commit).is_none() {
                kept.extend(self.examine(candidate).await?);
            }
        }
        // What history says must hold by itself: a placeholder would fit any commit, if not its files.
        let by_files =
            |kept: &Kept| matches!(kept.candidate.named, Named::Holding { .. }) && kept.extra.proved;
        kept.retain(|kept| kept.version_is == VersionIs::Exact || by_files(kept));
        let choice = select::choose(&kept);
        self.tell_artifacts(&kept, &choice);
        if let Some(at) = choice.chosen {
            self.doubts.extend(refused_tag.map(|tag| Doubt::Tag(tag.to_owned())));
            self.doubts.extend(ambiguity::among(&kept, &choice).into_iter().map(|doubt| match doubt {
                Doubt::Rival { .. } => Doubt::Set,
                doubt => doubt,
            }));
            let chosen = kept.swap_remove(at);
            if let Named::Holding { commits: commits @ 2.., is_last } = chosen.candidate.named {
                self.doubts.push(Doubt::Holding { commits, is_last });
            }
            let reach = match reach_by_ref(refs, chosen.candidate.commit) {
                Some(reach) => reach,
                None => self.in_line(refs, chosen.candidate.commit, false).await?,
            };
            return self.settle_source(refs, &[], chosen, Some(reach), Vec::new()).await;
        }
        let why =
            if had_names { "no tag or gitHead of it fits" } else { "no tag or gitHead names a commit of it" };
        self.survey.nothing = Some(format!("{why}: {} holds {path}", self.claim.repository));
        Ok(())
    }

    /// Whether the main line holds a manifest of that name at all.
    async fn look_at_tip(&mut self, refs: &Refs) -> Result<(), Unreachable> {
        let repository = &self.claim.repository;
        let Some((branch, commit)) = line::main(refs) else {
            self.survey.nothing = Some(format!("its repository has no branches: {repository}"));
            return Ok(());
        };
        let tree = match self.repositories.tree(repository, *commit).await {
            Ok(tree) => tree,
            Err(no) => {
                // As of the refs: what git says is for whoever asks now, not for the pins.
                let why = no.reached()?.to_string();
                self.survey.nothing = Some(format!("the tip of its main line cannot be read: {repository}"));
                self.note(branch.clone(), false, &why);
                return Ok(());
            }
        };
        self.located = self.subject.is_at(self.repositories, self.claim, &tree).await?;
        if self.located.is_some() {
            return Ok(());
        }
        let (found, all) = self.subject.overlap(&tree);
        let manifest = self.subject.manifest();
        let absent = format!("no {manifest} of that name");
        let files = format!("{found} of {all} of the artifact's files");
        let tip = format!("the tip of {branch}");
        if all > 0 && found * 10 < all {
            self.survey.contradiction = Some(format!("{repository} holds {absent} at {tip}, and {files}"));
        } else {
            let there = format!("{repository} has {files} at {tip}");
            self.survey.nothing = Some(format!("its repository holds {absent}: {there}"));
        }
        Ok(())
    }
}
