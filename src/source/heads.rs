//! Commits that no ref names: gitHeads, and what tags of the version and the main line say of them.

use std::collections::BTreeSet;

use super::ambiguity::{self, Doubt};
use super::candidate::{Candidate, Kept, Named};
use super::repository::{Commit, Refs, Repositories};
use super::resolution::{GitHeadFrom, Reach};
use super::subject::Subject;
use super::survey::{Surveyor, reach_by_ref, tag_candidate};
use super::tags::{self, TagCandidate};
use super::{line, select};
use crate::source::repository::Unreachable;

/// Tags examined beside a gitHead that decides, at most.
const WITNESSES: usize = 3;

impl<S: Subject, R: Repositories> Surveyor<'_, S, R> {
    /// How history leads to a commit that no ref is. `named`: by a gitHead.
    pub(super) async fn in_line(
        &mut self,
        refs: &Refs,
        commit: Commit,
        named: bool,
    ) -> Result<Reach, Unreachable> {
        let main = line::main(refs).map(|(main, _)| main.clone());
        if let Some(main) = &main {
            match self.repositories.on_branch(&self.claim.repository, main, commit).await {
                Ok(true) => return Ok(Reach::Line(main.clone())),
                Ok(false) => {}
                Err(no) => drop(no.reached()?),
            }
        }
        self.doubts.push(Doubt::Beside { main, named });
        Ok(Reach::History)
    }

    /// What became of gitHeads that are not the commit that was chosen.
    pub(super) fn tell_heads(&mut self, heads: &[(GitHeadFrom, Commit)]) {
        let Some(chosen) = &mut self.survey.chosen else { return };
        for (from, commit) in heads.iter().filter(|(_, commit)| *commit != chosen.kept.candidate.commit) {
            let head = Candidate { commit: *commit, named: Named::GitHead(*from) }.label();
            let found = self.survey.considered.iter().find(|one| one.candidate == head);
            if let Some(why) = found.map(|one| one.why.clone()) {
                chosen.notes.push(Doubt::Head { head, why }.says());
            }
        }
    }

    /// A gitHead that decides, unless it commits what a tag of the same version leaves to the build.
    pub(super) async fn decide(
        &mut self,
        refs: &Refs,
        tags: &[TagCandidate],
        head: Kept,
        reach: Option<Reach>,
        seen: &mut BTreeSet<Commit>,
    ) -> Result<(), Unreachable> {
        // A tag of this version that is another commit: it can hold other code, or show what is built.
        let scoped_in_use = tags::uses_scoped(refs, &self.subject.spelled(self.claim));
        let mut kept = vec![head];
        for tag in tags.iter().filter(|tag| seen.insert(tag.commit)).take(WITNESSES) {
            kept.extend(self.examine(tag_candidate(tag, scoped_in_use && !tag.scoped)).await?);
        }
        let choice = select::choose(&kept);
        self.tell_artifacts(&kept, &choice);
        self.doubts.extend(ambiguity::among(&kept, &choice));
        let at = choice.chosen.unwrap_or_default();
        let chosen = kept.swap_remove(at);
        let reach = match reach {
            _ if at > 0 => reach_by_ref(refs, chosen.candidate.commit),
            Some(Reach::History) => Some(self.in_line(refs, chosen.candidate.commit, true).await?),
            reach => reach,
        };
        self.settle_source(refs, tags, chosen, reach, Vec::new()).await
    }
}
