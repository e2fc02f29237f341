//! The package that is looked for, of whichever ecosystem.

use super::candidate::{self, Candidate, Kept, Named, Npm, Refused, manifest_text, parse};
use super::claims::Claim;
use super::given::Given;
use super::npm::locate;
use super::python::{self, Release};
use super::repository::{Commit, NoAnswer, Refs, Repositories, Repository, Tree};
use super::resolution::Flag;
use super::tags::Spelled;
use super::{flags, line};
use crate::source::repository::Unreachable;

/// Commits that history names, examined at most.
const HISTORY: usize = 3;

#[derive(Clone, Copy)]
pub(super) enum Subject<'a> {
    Npm(Npm<'a>),
    Python(Release<'a>),
}

impl Subject<'_> {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Npm(npm) => npm.name.as_str(),
            Self::Python(release) => release.name,
        }
    }

    pub(super) fn version(&self) -> &str {
        match self {
            Self::Npm(npm) => npm.version.as_str(),
            Self::Python(release) => release.version,
        }
    }

    /// The source that the user names.
    pub(super) fn given(&self) -> Option<&Given> {
        match self {
            Self::Npm(npm) => npm.given,
            Self::Python(release) => release.given,
        }
    }

    /// What names this package in a repository.
    pub(super) fn manifest(&self) -> &'static str {
        match self {
            Self::Npm(_) => "package.json",
            Self::Python(_) => "project",
        }
    }

    pub(super) fn spelled(&self, claim: &Claim) -> Spelled {
        let folder = claim.directory.as_deref();
        match self {
            Self::Npm(npm) => Spelled::npm(npm.name, folder, npm.version),
            Self::Python(release) => release.spelled(&claim.repository, folder),
        }
    }

    /// The answer, or the refusal; the outer error where a host could not be reached.
    pub(super) async fn examine(
        &self,
        repositories: &impl Repositories,
        claim: &Claim,
        candidate: Candidate,
    ) -> Result<Result<Kept, Refused>, Unreachable> {
        let (repository, directory) = (&claim.repository, claim.directory.as_deref());
        match self {
            Self::Npm(npm) => candidate::examine(npm, repositories, repository, directory, candidate).await,
            Self::Python(release) => {
                python::examine(release, repositories, repository, directory, candidate).await
            }
        }
    }

    /// The file that shows that the package lies in a tree.
    pub(super) async fn is_at(
        &self,
        repositories: &impl Repositories,
        claim: &Claim,
        tree: &Tree,
    ) -> Result<Option<String>, Unreachable> {
        let (repository, directory) = (&claim.repository, claim.directory.as_deref());
        match self {
            Self::Npm(npm) => {
                let paths = locate::manifests(tree, npm.contents, npm.name, directory);
                for path in paths.into_iter().take(locate::ASKED) {
                    let text = manifest_text(npm, repositories, repository, tree, &path).await?;
                    if text.is_some_and(|text| parse(&text)["name"].as_str() == Some(npm.name.as_str())) {
                        return Ok(Some(path));
                    }
                }
                Ok(None)
            }
            Self::Python(release) => python::is_at(release, repositories, repository, directory, tree).await,
        }
    }

    /// How many of the artifact's own files are anywhere in the tree, of how many.
    pub(super) fn overlap(&self, tree: &Tree) -> (usize, usize) {
        match self {
            Self::Npm(npm) => locate::overlap(tree, npm.contents),
            Self::Python(release) => {
                release.contents().map_or((0, 0), |contents| python::overlap(tree, contents))
            }
        }
    }

    /// What is compared, in a word.
    pub(super) fn artifact(&self) -> &'static str {
        match self {
            Self::Npm(_) => "tarball",
            Self::Python(release) if release.sdist.is_some() => "sdist",
            Self::Python(_) => "wheel",
        }
    }

    /// The files that packing wrote anew.
    pub(super) fn rewritten(&self, kept: &Kept) -> String {
        match self {
            Self::Npm(_) => "package.json".to_owned(),
            Self::Python(_) => kept.extra.rewritten.join(" and "),
        }
    }

    /// Sorts paths as a reader looks at them.
    pub(super) fn sort(&self, paths: &mut [&String]) {
        if matches!(self, Self::Python(_)) {
            paths.sort_by_cached_key(|path| python::order(path));
        }
    }

    /// What a reader must know of the files; `None` where no commit was found to compare with.
    pub(super) fn flags(&self, kept: Option<&Kept>) -> Vec<Flag> {
        let contents = match self {
            Self::Npm(npm) => Some(npm.contents),
            Self::Python(release) => release.contents(),
        };
        let loads = match self {
            Self::Npm(npm) => Some(npm.loads),
            Self::Python(_) => None,
        };
        let of = |contents| flags::of_files(contents, kept.map(|kept| &kept.correspondence), loads);
        let mut flags = contents.map(of).unwrap_or_default();
        flags.extend(kept.and_then(flags::of_place));
        flags.extend(kept.map(|kept| kept.extra.flags()).unwrap_or_default());
        if matches!(self, Self::Python(_)) {
            flags.iter_mut().for_each(|flag| flag.paths.sort_by_cached_key(|path| python::order(path)));
        }
        flags
    }

    /// Commits that history names where nothing else does; `path` is the manifest that was seen.
    pub(super) async fn in_history(
        &self,
        repositories: &impl Repositories,
        repository: &Repository,
        refs: &Refs,
        path: &str,
    ) -> Result<Vec<Candidate>, NoAnswer> {
        match self {
            Self::Npm(npm) => {
                let commits = repositories.set_version(repository, path, npm.version.as_str()).await?;
                let candidate = |commit| {
                    let named = Named::VersionSet { path: path.to_owned() };
                    Candidate { commit, named }
                };
                Ok(commits.into_iter().take(HISTORY).map(candidate).collect())
            }
            Self::Python(release) => {
                let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                let files = release.sdist.map(|sdist| python::files(sdist, folder)).unwrap_or_default();
                let Some((branch, _)) = line::main(refs) else { return Ok(Vec::new()) };
                let Some(span) = repositories.holding(repository, branch, &files).await? else {
                    return Ok(Vec::new());
                };
                let before = release.uploaded.and_then(|uploaded| span.last_before(uploaded));
                let (commit, is_last) = (before.unwrap_or(span.first), before.is_some());
                Ok(vec![Candidate { commit, named: Named::Holding { commits: span.commits, is_last } }])
            }
        }
    }
}

impl Span {
    /// The last commit from before a time, in seconds since 1970, where that says which of several it is.
    fn last_before(&self, time: i64) -> Option<Commit> {
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
