//! The npm package that is looked for.

use serde_json::Value;

use super::examine::{examine, manifest_text, parse};
use super::loads::Loads;
use super::locate;
use crate::contents::Contents;
use crate::graph::{PackageName, Version};
use crate::source::candidate::{Candidate, Kept, Named, Refused};
use crate::source::claims::Claim;
use crate::source::flags;
use crate::source::given::NamedSource;
use crate::source::repository::{NoAnswer, Refs, Repositories, Repository, Tree, Unreachable};
use crate::source::resolution::Flag;
use crate::source::subject::{HISTORY, Subject};
use crate::source::tags::Spelled;

/// A version of a package, by its tarball.
#[derive(Clone, Copy)]
pub(in crate::source) struct Npm<'a> {
    pub(in crate::source) name: &'a PackageName,
    pub(in crate::source) version: &'a Version,
    pub(in crate::source) contents: &'a Contents,
    /// `contents.manifest` as JSON.
    pub(in crate::source) manifest: &'a Value,
    /// What they run and read.
    pub(in crate::source) loads: &'a Loads,
    pub(in crate::source) given: Option<&'a NamedSource>,
}

impl Subject for Npm<'_> {
    fn name(&self) -> &str {
        self.name.as_str()
    }

    fn version(&self) -> &str {
        self.version.as_str()
    }

    fn given(&self) -> Option<&NamedSource> {
        self.given
    }

    fn manifest(&self) -> &'static str {
        "package.json"
    }

    fn artifact(&self) -> &'static str {
        "tarball"
    }

    fn spelled(&self, claim: &Claim) -> Spelled {
        Spelled::npm(self.name, claim.directory.as_deref(), self.version)
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
        let paths = locate::manifests(tree, self.contents, self.name, claim.directory.as_deref());
        for path in paths.into_iter().take(locate::ASKED) {
            let text = manifest_text(self, repositories, &claim.repository, tree, &path).await?;
            if text.is_some_and(|text| parse(&text)["name"].as_str() == Some(self.name.as_str())) {
                return Ok(Some(path));
            }
        }
        Ok(None)
    }

    async fn in_history(
        &self,
        repositories: &impl Repositories,
        repository: &Repository,
        _refs: &Refs,
        path: &str,
    ) -> Result<Vec<Candidate>, NoAnswer> {
        let commits = repositories.set_version(repository, path, self.version.as_str()).await?;
        let candidate = |commit| {
            let named = Named::VersionSet { path: path.to_owned() };
            Candidate { commit, named }
        };
        Ok(commits.into_iter().take(HISTORY).map(candidate).collect())
    }

    fn overlap(&self, tree: &Tree) -> (usize, usize) {
        locate::overlap(tree, self.contents)
    }

    fn rewritten(&self, _kept: &Kept) -> String {
        "package.json".to_owned()
    }

    fn sort(&self, _paths: &mut [&String]) {}

    fn flags(&self, kept: Option<&Kept>) -> Vec<Flag> {
        flags::of(Some(self.contents), Some(self.loads), kept)
    }

    fn placeholder(&self, held: &str) -> String {
        format!("the commit's package.json holds a placeholder version ({held})")
    }

    fn is_copied(&self) -> bool {
        true
    }
}
