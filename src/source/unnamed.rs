//! Where nothing that names a commit fits: the history of the manifest, or the proof that the package is not
//! in the repository at all.

use super::candidate::{Candidate, Named, VersionIs, manifest_text, parse, reached};
use super::repository::{Refs, Repositories};
use super::resolution::{Reach, Unresolved};
use super::survey::{Surveyor, only_artifact_refs, reach_by_ref};
use super::{line, locate, select};

/// Commits that set the version, examined at most.
const VERSION_COMMITS: usize = 3;

impl<R: Repositories> Surveyor<'_, R> {
    /// Nothing that names a commit fits: the history of the manifest, or the proof that it is not here.
    pub(super) async fn without_names(&mut self, refs: &Refs, had_names: bool) -> Result<(), Unresolved> {
        if self.located.is_none() {
            self.look_at_tip(refs).await?;
        }
        let Some(path) = self.located.clone() else { return Ok(()) };
        let version = self.subject.version.as_str();
        let commits = match self.repositories.set_version(&self.claim.repository, &path, version).await {
            Ok(commits) => commits,
            Err(no) => {
                let why = reached(no)?.to_string();
                self.note(format!("history of {path}"), false, &why);
                Vec::new()
            }
        };
        let mut kept = Vec::new();
        for commit in commits.into_iter().take(VERSION_COMMITS) {
            if only_artifact_refs(refs, &[], commit).is_some() {
                continue;
            }
            let named = Named::VersionSet { path: path.clone() };
            kept.extend(self.examine(Candidate { commit, named }).await?);
        }
        // What history says must hold by itself: a placeholder would fit any commit.
        kept.retain(|kept| kept.version_is == VersionIs::Exact);
        let choice = select::choose(&kept);
        self.tell_artifacts(&kept, &choice);
        if let Some(at) = choice.chosen {
            let mut caps = Vec::new();
            if choice.rival.is_some() {
                caps.push("ambiguous: more than one commit set this version".to_owned());
            }
            let chosen = kept.swap_remove(at);
            let reach = reach_by_ref(refs, chosen.candidate.commit).or(Some(Reach::History));
            return self.settle_source(refs, &[], chosen, reach, caps).await;
        }
        let why =
            if had_names { "no tag or gitHead of it fits" } else { "no tag or gitHead names a commit of it" };
        self.survey.nothing = Some(format!("{} holds {path}, but {why}", self.claim.repository));
        Ok(())
    }

    /// Whether the main line holds a manifest of that name at all.
    async fn look_at_tip(&mut self, refs: &Refs) -> Result<(), Unresolved> {
        let repository = &self.claim.repository;
        let Some((branch, commit)) = line::main(refs) else {
            self.survey.nothing = Some(format!("{repository} has no branches"));
            return Ok(());
        };
        let tree = match self.repositories.tree(repository, *commit).await {
            Ok(tree) => tree,
            Err(no) => {
                self.survey.nothing = Some(format!("{repository}: {}", reached(no)?));
                return Ok(());
            }
        };
        let directory = self.claim.directory.as_deref();
        let paths = locate::manifests(&tree, self.subject.contents, self.subject.name, directory);
        for path in paths.iter().take(locate::ASKED) {
            let text = manifest_text(self.subject, self.repositories, repository, &tree, path).await?;
            if text.is_some_and(|text| parse(&text)["name"].as_str() == Some(self.subject.name.as_str())) {
                self.located = Some(path.clone());
                return Ok(());
            }
        }
        let (found, all) = locate::overlap(&tree, self.subject.contents);
        let absent = format!("{repository} holds no package.json of that name at the tip of {branch}");
        let files = format!("{found} of {all} of the tarball's files");
        if paths.len() <= locate::ASKED && all > 0 && found * 10 < all {
            self.survey.contradiction = Some(format!("{absent}, and {files}"));
        } else {
            self.survey.nothing = Some(format!("{absent} ({files} are there)"));
        }
        Ok(())
    }
}
