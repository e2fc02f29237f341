//! A source that the user names by hand: looked at like any candidate, in place of all that would be found.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::candidate::{Candidate, Named};
use super::claims::{Claim, Standing};
use super::repository::{Commit, Refs, Repositories, Repository};
use super::subject::Subject;
use super::survey::Surveyor;
use super::tags::{self, TagCandidate};
use crate::source::repository::Unreachable;

/// The user's word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedSource {
    pub repository: Repository,
    #[serde(flatten)]
    pub at: At,
    /// The folder of the package's manifest; `None` where it is to be found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
}

/// What names the commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum At {
    Tag(String),
    Commit(Commit),
}

impl fmt::Display for NamedSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.at {
            At::Tag(tag) => write!(f, "tag {tag} of {}", self.repository)?,
            At::Commit(commit) => write!(f, "commit {commit} of {}", self.repository)?,
        }
        self.directory.iter().try_for_each(|folder| write!(f, ", folder {folder}"))
    }
}

impl NamedSource {
    pub(super) fn claim(&self) -> Claim {
        Claim {
            repository: self.repository.clone(),
            directory: self.directory.clone(),
            from: "the source in headwater.toml".to_owned(),
            standing: Standing::Named,
        }
    }
}

impl<S: Subject, R: Repositories> Surveyor<'_, S, R> {
    /// Looks at the commit that is named, and at no other.
    pub(super) async fn look_at(&mut self, given: &NamedSource, refs: &Refs) -> Result<(), Unreachable> {
        let mut tags = tags::candidates(refs, &self.subject.spelled(self.claim));
        let commit = match &given.at {
            At::Commit(commit) => *commit,
            At::Tag(tag) => {
                let Some(commit) = refs.tags.get(tag) else {
                    self.survey.nothing = Some(format!("{} has no tag {tag}", given.repository));
                    return Ok(());
                };
                let scheme = "named by hand";
                tags.insert(0, TagCandidate { tag: tag.clone(), scheme, commit: *commit, scoped: false });
                *commit
            }
        };
        let named = Named::Given(given.clone());
        let Some(kept) = self.examine(Candidate { commit, named }).await? else {
            self.survey.nothing = self.survey.considered.last().map(|last| last.why.clone());
            return Ok(());
        };
        if let Some(folder) = given.directory.as_ref().filter(|folder| **folder != kept.folder) {
            let there = if kept.folder.is_empty() { "the root" } else { &kept.folder };
            self.survey.nothing = Some(format!("the package is in {there}, not in {folder}"));
            return Ok(());
        }
        let reach = self.reach(refs, commit).await?;
        self.settle_source(refs, &tags, kept, reach, Vec::new()).await
    }
}
