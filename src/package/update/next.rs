//! Which release comes next, and which commit it is made from.

use super::Task;
use crate::ecosystem::Ecosystem;
use crate::failure::Failure;
use crate::foreign;
use crate::graph::{Package, Project};
use crate::package::origin::{Origin, first_reason, proved};
use crate::problem::artifact::is_missing;
use crate::problem::upstream as problem;
use crate::python::{Listed, PyVersion};
use crate::resolve;
use crate::source::repository::{Refs, Repository};
use crate::source::{Resolution, Tier};
use crate::upstream::nixpkgs::changelog;
use crate::upstream::npm::build::Shipped;
use crate::upstream::releases;
use crate::upstream::update::{Language, Reference};

impl Task<'_> {
    /// The package of a registry that the user names.
    ///
    /// # Errors
    /// Text that names none.
    pub(super) fn named(&self) -> Result<Option<Project>, Failure> {
        // Of a module of Guix it is the definition that is named.
        if matches!(self.definition.language, Language::Guix { .. }) {
            return Ok(None);
        }
        let ecosystem = if self.definition.is_python { Ecosystem::Python } else { Ecosystem::Npm };
        let parsed = self.settings.name.as_deref().map(|text| Project::parse(text, ecosystem));
        parsed.transpose().map_err(|why| Failure::one(problem::no_next_release(&self.shown, &why)))
    }

    /// The version that the registry has next; `None` where it has no such package.
    pub(super) async fn next_of_registry(&self, project: &Project) -> Result<Option<String>, Failure> {
        if let Some(wanted) = &self.settings.version {
            return Ok(Some(wanted.clone()));
        }
        match project {
            Project::Npm(name) => match self.world.npm.latest(name).await {
                Ok(version) => Ok(Some(version.to_string())),
                Err(error) if error.is_gone() => Ok(None),
                Err(error) => Err(Failure::of(error.problem(name.as_str()), error.is_network())),
            },
            Project::Python(name) => {
                let listed = self.world.pypi.project(name).await;
                let listed =
                    listed.map_err(|error| Failure::of(error.problem(name.as_str()), error.is_network()))?;
                let is_release = |listed: &&Listed| {
                    let files = || listed.sdist.iter().chain(&listed.wheels);
                    !listed.version.parts().any_prerelease() && files().any(|file| file.yanked.is_none())
                };
                Ok(listed.iter().rfind(is_release).map(|listed| listed.version.to_string()))
            }
        }
    }

    /// Whether a version is what the file has already, or older without being asked for.
    pub(super) fn is_reached(&self, version: &str) -> bool {
        let old = &self.definition.version.text;
        let of_python = PyVersion::new(version).ok().zip(PyVersion::new(old).ok());
        let of_python = of_python.filter(|_| self.definition.is_python);
        if version == old || of_python.as_ref().is_some_and(|(new, old)| new == old) {
            return true;
        }
        let is_older = if self.definition.is_python {
            of_python.is_some_and(|(new, old)| new <= old)
        } else {
            foreign::npm_version(version).zip(foreign::npm_version(old)).is_some_and(|(new, old)| new <= old)
        };
        self.settings.version.is_none() && is_older
    }

    /// What the registry has of a version, taken to its source.
    pub(super) async fn resolved(
        &self,
        project: &Project,
        version: &str,
    ) -> Result<(Package, Resolution), Failure> {
        let package = project.at(version);
        let package = package.map_err(|why| Failure::one(problem::no_next_release(&self.shown, &why)))?;
        let resolution = resolve::package(self.world, &package, self.policy).await?;
        Ok((package, resolution))
    }

    /// What is to be said of the source of a version that a registry's file is taken of, and pages between the releases.
    pub(super) async fn said_of_release(
        &self,
        project: &Project,
        version: &str,
        notes: &mut Vec<String>,
    ) -> Result<Vec<(&'static str, String)>, Failure> {
        let (package, resolution) = self.resolved(project, version).await?;
        let shown = package.shown();
        let Ok(origin) = proved(&shown, version, &resolution) else {
            let why = first_reason(&resolution);
            notes.push(format!("no commit is proved to be the source of {shown}: {why}"));
            return Ok(Vec::new());
        };
        notes.push(origin.proof);
        let tag = origin.tag.unwrap_or_else(|| origin.commit.to_string());
        Ok(changelog::pages(&origin.repository, "", &tag).into_iter().skip(1).collect())
    }

    /// The proved commit of a version, where it is in the file's own repository; else why it is not.
    pub(super) async fn proved(
        &self,
        project: &Project,
        version: &str,
        repository: &Repository,
        refs: &Refs,
    ) -> Result<Result<Origin, String>, Failure> {
        let (package, resolution) = match self.resolved(project, version).await {
            Ok(resolved) => resolved,
            // A registry that lacks the version says nothing of the tag.
            Err(Failure::Input(problems)) if problems.iter().all(is_missing) => {
                return Ok(Err(format!("the registry has no {project} {version}")));
            }
            Err(failure) => return Err(failure),
        };
        let shown = package.shown();
        if resolution.tier == Tier::X {
            return proved(&shown, version, &resolution).map(Ok);
        }
        let Ok(origin) = proved(&shown, version, &resolution) else {
            let why = first_reason(&resolution);
            return Ok(Err(format!("no commit is proved to be the source of {shown} ({why})")));
        };
        let is_same =
            origin.repository == *repository || refs.renamed(repository).as_ref() == Some(&origin.repository);
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
                let tag =
                    own.rsplit_once(&old.text).map(|(before, behind)| format!("{before}{version}{behind}"));
                let tag = tag.filter(|tag| refs.tags.contains_key(tag));
                let why = || {
                    none(format!("no tag of {repository} is written as {own} and has the version {version}"))
                };
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
            proof: format!(
                "source: {repository} at {commit}, which the tag {tag} names: it was compared with no registry"
            ),
            shown: format!("{repository}#{tag}"),
            repository: repository.clone(),
            commit,
            tag: Some(tag),
            folder: String::new(),
            version: Some(version.clone()),
            made: Shipped::Unknown,
            binaries: Vec::new(),
        };
        Ok((version, origin))
    }
}

/// What stands before a tag where the whole ref is named.
pub(super) const TAGS: &str = "refs/tags/";
