//! The Python release that is looked for.

use super::{Release, examine, files, is_at, order, overlap};
use crate::source::candidate::{Candidate, Kept, Named, Refused};
use crate::source::claims::Claim;
use crate::source::given::NamedSource;
use crate::source::repository::{NoAnswer, Refs, Repositories, Repository, Tree, Unreachable};
use crate::source::resolution::Flag;
use crate::source::subject::Subject;
use crate::source::tags::Spelled;
use crate::source::{flags, line};

impl Subject for Release<'_> {
    fn name(&self) -> &str {
        self.name
    }

    fn version(&self) -> &str {
        self.version
    }

    fn given(&self) -> Option<&NamedSource> {
        self.given
    }

    fn manifest(&self) -> &'static str {
        "project"
    }

    fn artifact(&self) -> &'static str {
        if self.sdist.is_some() { "sdist" } else { "wheel" }
    }

    fn spelled(&self, claim: &Claim) -> Spelled {
        Release::spelled(self, &claim.repository, claim.directory.as_deref())
    }

    async fn examine(
        &self,
        repositories: &impl Repositories,
        claim: &Claim,
        candidate: Candidate,
    ) -> Result<Result<Kept, Refused>, Unreachable> {
        examine(self, repositories, &claim.repository, claim.directory.as_deref(), candidate).await
    }

    async fn is_at(
        &self,
        repositories: &impl Repositories,
        claim: &Claim,
        tree: &Tree,
    ) -> Result<Option<String>, Unreachable> {
        is_at(self, repositories, &claim.repository, claim.directory.as_deref(), tree).await
    }

    async fn in_history(
        &self,
        repositories: &impl Repositories,
        repository: &Repository,
        refs: &Refs,
        path: &str,
    ) -> Result<Vec<Candidate>, NoAnswer> {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let files = self.sdist.map(|sdist| files(sdist, folder)).unwrap_or_default();
        let Some((branch, _)) = line::main(refs) else { return Ok(Vec::new()) };
        let Some(span) = repositories.holding(repository, branch, &files).await? else {
            return Ok(Vec::new());
        };
        let before = self.uploaded.and_then(|uploaded| span.last_before(uploaded));
        let (commit, is_last) = (before.unwrap_or(span.first), before.is_some());
        Ok(vec![Candidate { commit, named: Named::Holding { commits: span.commits, is_last } }])
    }

    fn overlap(&self, tree: &Tree) -> (usize, usize) {
        self.contents().map_or((0, 0), |contents| overlap(tree, contents))
    }

    fn rewritten(&self, kept: &Kept) -> String {
        kept.extra.rewritten.join(" and ")
    }

    fn sort(&self, paths: &mut [&String]) {
        paths.sort_by_cached_key(|path| order(path));
    }

    fn flags(&self, kept: Option<&Kept>) -> Vec<Flag> {
        let mut flags = flags::of(self.contents(), None, kept);
        flags.iter_mut().for_each(|flag| flag.paths.sort_by_cached_key(|path| order(path)));
        flags
    }

    fn placeholder(&self, _held: &str) -> String {
        "the commit leaves the version to the build".to_owned()
    }

    fn is_copied(&self) -> bool {
        false
    }
}
