//! Which release comes next, and which commit it is made from.

use super::Task;
use crate::failure::Failure;
use crate::foreign;
use crate::graph::{Package, PackageName, Version};
use crate::package::origin::{Origin, proved};
use crate::problem::upstream as problem;
use crate::resolve;
use crate::source::repository::{Refs, Repository};
use crate::source::{Resolution, Tier};
use crate::upstream::nixpkgs::update::Reference;
use crate::upstream::npm::build::Made;
use crate::upstream::releases;

impl Task<'_> {
    /// The version that the registry has next; `None` where it has no such package.
    pub(super) async fn next_of_registry(&self, name: &PackageName) -> Result<Option<Version>, Failure> {
        if let Some(wanted) = &self.settings.version {
            let version = Version::new(wanted).ok().filter(|version| foreign::npm_version(version.as_str()).is_some());
            let why = || Failure::one(problem::no_next_release(&self.shown, &format!("{wanted} is no version of npm")));
            return version.map(Some).ok_or_else(why);
        }
        match self.world.npm.latest(name).await {
            Ok(version) => Ok(Some(version)),
            Err(error) if error.is_gone() => Ok(None),
            Err(error) => Err(Failure::of(error.problem(name.as_str()), error.is_network())),
        }
    }

    /// Whether a version is what the file has already, or older without being asked for.
    pub(super) fn is_reached(&self, version: &str) -> bool {
        let old = &self.definition.version.text;
        if version == old {
            return true;
        }
        let both = foreign::npm_version(version).zip(foreign::npm_version(old));
        self.settings.version.is_none() && both.is_some_and(|(new, old)| new <= old)
    }

    /// What the registry has of a version, taken to its source.
    pub(super) async fn resolved(&self, name: &PackageName, version: &Version) -> Result<Resolution, Failure> {
        let package = Package::Npm { name: name.clone(), version: version.clone() };
        resolve::package(self.world, &package, self.policy).await
    }

    /// The proved commit of a version, where it is in the file's own repository; else why it is not.
    pub(super) async fn proved(
        &self,
        name: &PackageName,
        version: &Version,
        repository: &Repository,
        refs: &Refs,
    ) -> Result<Result<Origin, String>, Failure> {
        let shown = format!("{name}@{version}");
        let resolution = match self.resolved(name, version).await {
            Ok(resolution) => resolution,
            // A registry that lacks the version says nothing of the tag.
            Err(Failure::Input(problems)) if problems.iter().any(|problem| problem.code() == "HW202") => {
                return Ok(Err(format!("the registry has no {shown}")));
            }
            Err(failure) => return Err(failure),
        };
        if resolution.tier == Tier::X {
            return proved(&shown, version.as_str(), &resolution).map(Ok);
        }
        let Ok(origin) = proved(&shown, version.as_str(), &resolution) else {
            let why = resolution.reasons.first().map_or("nothing was found", String::as_str);
            return Ok(Err(format!("no commit is proved to be the source of {shown} ({why})")));
        };
        let is_same = origin.repository == *repository || refs.renamed(repository).as_ref() == Some(&origin.repository);
        if is_same {
            return Ok(Ok(origin));
        }
        Ok(Err(format!("the registry's {shown} is made from {}", origin.repository)))
    }

    /// The release that tags name: the wanted one, or the newest that is written as the file's own.
    pub(super) fn tagged(
        &self,
        repository: &Repository,
        reference: &Reference,
        refs: &Refs,
    ) -> Result<(String, Origin), Failure> {
        let old = &self.definition.version;
        let own = reference.named();
        let own = own.strip_prefix(TAGS).unwrap_or(&own);
        let none = |why: String| Failure::one(problem::no_such_release(&self.shown, &why));
        let (tag, version) = match &self.settings.version {
            Some(version) => {
                let tag = own.rsplit_once(&old.text).map(|(before, behind)| format!("{before}{version}{behind}"));
                let tag = tag.filter(|tag| refs.tags.contains_key(tag));
                let why = || none(format!("no tag of {repository} is written as {own} and has the version {version}"));
                (tag.ok_or_else(why)?, version.clone())
            }
            None => {
                let newest = releases::newest(refs.tags.keys(), own, &old.text);
                let why = || none(format!("no tag of {repository} is written as {own} is"));
                let (tag, version) = newest.ok_or_else(why)?;
                (tag.to_owned(), version.to_owned())
            }
        };
        let commit = refs.tags.get(&tag).copied();
        let commit = commit.ok_or_else(|| none(format!("{repository} has no tag {tag}")))?;
        let origin = Origin {
            proof: format!("source: {repository} at {commit}, which the tag {tag} names: it was compared with no registry"),
            shown: format!("{repository}#{tag}"),
            repository: repository.clone(),
            commit,
            tag: Some(tag),
            folder: String::new(),
            version: Some(version.clone()),
            made: Made::Unknown,
            binaries: Vec::new(),
        };
        Ok((version, origin))
    }
}

/// What stands before a tag where the whole ref is named.
pub(super) const TAGS: &str = "refs/tags/";
