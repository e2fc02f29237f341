//! The definition of a Python package.

use super::definition::{Called, Found};
use super::fetched::{Fetched, fetched};
use super::lacking::{Lacking, variable};
use super::{Guix, Written};
use crate::ecosystem::Ecosystem;
use crate::failure::Failure;
use crate::package::python::{From, Subject};
use crate::problem::upstream as problem;
use crate::python::{Distribution, PyName};
use crate::upstream::guix::definition::Source;
use crate::upstream::guix::python::{Project, place};
use crate::upstream::guix::words::Beside;

impl Guix<'_> {
    pub(super) async fn python(
        &self,
        subject: &Subject<'_>,
        called: Option<&Called>,
        lacking: &Lacking,
    ) -> Result<Written, Failure> {
        let facts = &subject.facts;
        let (source, open, notes, folder, license, readme) = match &subject.from {
            From::Commit { origin, files, .. } => {
                let Fetched { origin: commit, open, notes } = fetched(self.world, origin, files).await?;
                let license = files.license_file(&origin.folder).await?;
                let readme = files.readme(&origin.folder).await?;
                (Source::Commit(commit), open, notes, origin.folder.as_str(), license, readme)
            }
            From::Upload { sdist, .. } => {
                (archive(&subject.shown, &facts.name, sdist)?, Vec::new(), Vec::new(), "", None, None)
            }
        };
        let is_checkout = matches!(source, Source::Commit(_));
        let is_release = !matches!(&source, Source::Commit(origin) if origin.tag.is_none());
        let project = Project { facts, files: &subject.texts, folder, is_release, is_checkout };
        let version = subject.tagged_version();
        let found = Found {
            ecosystem: Ecosystem::Python,
            name: facts.name.as_str(),
            version: &version,
            called,
            source,
            about: &facts.about,
            beside: Beside {
                license: license.as_ref().map(|(name, text)| (*name, text.as_str())),
                readme: readme.as_ref().map(|(name, text)| (*name, text.as_str())),
            },
            module: place::module(facts),
            told: project.told(&self.listing, |need| variable(&self.listing, need)),
        };
        Ok(found.written(lacking).after(open, notes))
    }
}

/// The source archive: by its name `pypi-uri` makes its address.
fn archive(shown: &str, name: &PyName, sdist: &Distribution) -> Result<Source, Failure> {
    let unusable = |why: &str| Failure::one(problem::no_source(shown, why));
    let integrity =
        sdist.integrity.clone().ok_or_else(|| unusable("the index gives no hash of its source archive"))?;
    let ends = [".tar.gz", ".zip", ".tar.bz2"];
    let end = ends.into_iter().find(|end| sdist.filename.ends_with(end));
    let end =
        end.ok_or_else(|| unusable("its source archive is of a kind that pypi-uri has no address for"))?;
    let spelled = sdist.filename.rsplit_once('-').map_or(name.as_str(), |(spelled, _)| spelled);
    Ok(Source::Index {
        spelled: spelled.to_owned(),
        extension: (end != ".tar.gz").then(|| end.to_owned()),
        integrity,
    })
}
