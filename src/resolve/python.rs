//! One release of a Python project to its resolution: its sdist and its wheel compared with the repository
//! that their metadata names.

use std::sync::Arc;

use futures::FutureExt;
use futures::future::{OptionFuture, try_join_all};
use serde_json::{Value, json};

use super::asked::Recorded;
use super::{Outcome, answers, held, kept, key};
use crate::contents::Contents;
use crate::failure::Failure;
use crate::graph::Purl;
use crate::hash::Integrity;
use crate::python::CoreMetadata;
use crate::python::Distribution;
use crate::python::Release;
use crate::python::filename::Kind;
use crate::python::{PyName, PyVersion};
use crate::source::repository::Repository;
use crate::source::{self, Links, NamedSource};
use crate::world::World;
use crate::world::pypi::PyPiError;

/// What is known of a release before anybody is asked for its source.
#[derive(Clone, Copy)]
pub struct Python<'a> {
    pub name: &'a PyName,
    pub version: &'a PyVersion,
    pub purl: &'a Purl,
    /// The repository that is asked first, where a file at hand names one.
    pub claim: Option<&'a Repository>,
    /// The source that the user names.
    pub given: Option<&'a NamedSource>,
    /// The files that may be installed, where somebody says which.
    pub listed: Option<&'a [Distribution]>,
    /// Whether a wheel is to be installed.
    pub is_wheel: bool,
}

/// Resolves one release.
///
/// # Errors
/// A release that the index does not have, an artifact that cannot be used.
pub async fn python(world: &World, package: Python<'_>) -> Result<Outcome, Failure> {
    let Python { name, version, purl, claim, given, listed, is_wheel } = package;
    let shown = &format!("{name}@{version}");
    if let Err(unreachable) = answers(world, claim).await {
        return Ok(Outcome::Unreachable(unreachable));
    }
    let failure = |error: PyPiError| Failure::of(error.problem(shown), error.is_network());
    let release = world.pypi.release(name, version).await.map_err(failure)?;
    let sdist = release.sdist();
    let files = listed.filter(|files| !files.is_empty()).unwrap_or(&release.distributions);
    let (wheels, others) = Release::telling(files, is_wheel || sdist.is_none());
    let uploaded = sdist.and_then(|sdist| sdist.upload_time.as_ref()?.parse::<jiff::Timestamp>().ok());
    let uploaded = uploaded.map(jiff::Timestamp::as_second);
    let all = sdist.into_iter().chain(wheels.iter().copied());
    let integrities: Option<Vec<Integrity>> = all.map(|file| file.integrity.clone()).collect();
    let info = release.info.clone().unwrap_or_default();
    let others: Vec<&str> = others.iter().map(|file| file.filename.as_str()).collect();
    // Which wheels were not compared is said, too.
    let key = key(purl, integrities.as_deref(), &json!([info, others]), given);
    if let Some(held) = held(world, key.as_ref()).await {
        return Ok(held);
    }
    let contents = |file: &Distribution| {
        let file = file.clone();
        async move { world.pypi.contents(shown, &file).await }
    };
    let sdist = OptionFuture::from(sdist.map(contents)).map(Option::transpose);
    let read = try_join_all(wheels.iter().copied().map(contents));
    let (sdist, read) = tokio::try_join!(sdist, read).map_err(failure)?;
    let all = || sdist.iter().chain(&read);
    let described = all().find_map(|contents| Some((contents, core_metadata(contents)?)));
    let metadata = described.as_ref().map(|(_, metadata)| metadata);
    let links =
        described.as_ref().map_or_else(|| of_index(&info), |(contents, metadata)| links(contents, metadata));
    let wheels: Vec<_> = wheels
        .iter()
        .zip(&read)
        .map(|(file, contents)| source::Wheel {
            filename: &file.filename,
            contents,
            is_bound: is_bound(file),
        })
        .collect();
    let asked = source::Release {
        purl,
        project: name,
        name: metadata.map_or(name.as_str(), |metadata| metadata.spelled.as_str()),
        version: &version.to_string(),
        links: &links,
        sdist: sdist.as_deref(),
        wheels: &wheels,
        others: &others,
        uploaded,
        given,
    };
    let vouched = all().any(|contents| contents.differs.is_some());
    // Another project need not vouch for it.
    let key = key.as_ref().filter(|_| !vouched);
    let recorded = Recorded::new(&world.git);
    let found = source::resolve_python(asked, &recorded).await;
    Ok(kept(world, key, found, recorded).await)
}

fn is_bound(file: &Distribution) -> bool {
    !matches!(file.kind, Kind::Wheel { pure: true, .. })
}

fn core_metadata(contents: &Arc<Contents>) -> Option<CoreMetadata> {
    CoreMetadata::parse(&contents.manifest).ok()
}

/// `info` of the JSON API, where no file's own metadata can be read.
fn of_index(info: &Value) -> Links {
    let text = |key: &str| info[key].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let urls = info["project_urls"].as_object().into_iter().flatten();
    Links {
        project_urls: urls
            .filter_map(|(label, url)| Some((label.clone(), url.as_str()?.to_owned())))
            .collect(),
        home_page: text("home_page"),
        download_url: text("download_url"),
        text: text("description").unwrap_or_default(),
    }
}

/// The addresses in an artifact's own metadata.
pub fn links(contents: &Contents, metadata: &CoreMetadata) -> Links {
    Links {
        project_urls: metadata.project_urls.clone(),
        home_page: metadata.home_page.clone(),
        download_url: metadata.download_url.clone(),
        text: contents.manifest.clone(),
    }
}
