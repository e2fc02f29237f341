//! The package that is looked for, of whichever ecosystem.

use super::candidate::{Candidate, Kept, Refused};
use super::claims::Claim;
use super::given::NamedSource;
use super::repository::{Commit, NoAnswer, Refs, Repositories, Repository, Tree, Unreachable};
use super::resolution::Flag;
use super::tags::Spelled;

/// Commits that history names, examined at most.
pub(super) const HISTORY: usize = 3;

/// What a survey asks of an ecosystem. A new ecosystem is one implementation.
pub(super) trait Subject: Sync {
    fn name(&self) -> &str;
    fn version(&self) -> &str;
    /// The source that the user names.
    fn given(&self) -> Option<&NamedSource>;
    /// What names this package in a repository, in a word.
    fn manifest(&self) -> &'static str;
    /// What is compared, in a word.
    fn artifact(&self) -> &'static str;
    /// How tags spell its version.
    fn spelled(&self, claim: &Claim) -> Spelled;

    /// The answer, or the refusal; the outer error where a host could not be reached.
    fn examine(
        &self,
        repositories: &impl Repositories,
        claim: &Claim,
        candidate: Candidate,
    ) -> impl Future<Output = Result<Result<Kept, Refused>, Unreachable>> + Send;

    /// The file that shows that the package lies in a tree.
    fn is_at(
        &self,
        repositories: &impl Repositories,
        claim: &Claim,
        tree: &Tree,
    ) -> impl Future<Output = Result<Option<String>, Unreachable>> + Send;

    /// Commits that history names where nothing else does; `path` is the manifest that was seen.
    fn in_history(
        &self,
        repositories: &impl Repositories,
        repository: &Repository,
        refs: &Refs,
        path: &str,
    ) -> impl Future<Output = Result<Vec<Candidate>, NoAnswer>> + Send;

    /// How many of the artifact's own files are anywhere in the tree, of how many.
    fn overlap(&self, tree: &Tree) -> (usize, usize);
    /// The files that packing wrote anew.
    fn rewritten(&self, kept: &Kept) -> String;
    /// Sorts paths as a reader looks at them.
    fn sort(&self, paths: &mut [&String]);
    /// What a reader must know of the files; `None` where no commit was found to compare with.
    fn flags(&self, kept: Option<&Kept>) -> Vec<Flag>;
    /// What is said of a commit whose manifest holds no version, or one that a tool replaces.
    fn placeholder(&self, held: &str) -> String;
    /// Whether its files can be taken from the commit as they are: then the answer says where each of them is.
    fn is_copied(&self) -> bool;
}

impl Span {
    /// The last commit from before a time, in seconds since 1970, where that says which of several it is.
    pub(super) fn last_before(&self, time: i64) -> Option<Commit> {
        let mut before = self.dated.iter().filter(|(_, at)| *at <= time);
        before.next_back().map(|(commit, _)| *commit)
    }
}

/// Commits of one branch that hold the same files of an artifact.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Span {
    /// The oldest.
    pub first: Commit,
    pub commits: usize,
    /// How many of the files they hold.
    pub files: usize,
    /// Where there are a few, each with its time in seconds since 1970, the oldest first.
    pub dated: Vec<(Commit, i64)>,
}
