//! One release of a Python project to its resolution: its sdist and its wheel compared with the repository
//! that their metadata names.

use std::sync::Arc;

use super::Failed;
use super::asked::Recorded;
use super::stored::{self, Key};
use crate::graph::Package;
use serde_json::{Value, json};

use crate::contents::Contents;
use crate::python::CoreMetadata;
use crate::python::Distribution;
use crate::python::filename::Kind;
use crate::python::{PyName, PyVersion};
use crate::source::{self, Given, Links, Resolution};
use crate::world::World;
use crate::world::pypi::PyPiError;

/// Resolves one release.
///
/// # Errors
/// A release that the index does not have, an artifact that cannot be used, a host that did not answer.
pub async fn resolution(
    world: &World,
    package: &Package,
    (name, version): (&PyName, &PyVersion),
    given: Option<&Given>,
) -> Result<Resolution, Failed> {
    let shown = package.shown();
    let failure = |error: PyPiError| {
        let problem = error.problem(&shown);
        if error.is_network() { Failed::Network(problem) } else { Failed::Input(vec![problem]) }
    };
    let release = world.pypi.release(name, version).await.map_err(failure)?;
    let sdist = release.sdist();
    // What was compiled for one platform says little where there is an sdist, and can be huge.
    let tells =
        |wheel: &&Distribution| sdist.is_none() || matches!(wheel.kind, Kind::Wheel { pure: true, .. });
    let wheel = release.wheel().filter(tells);
    let uploaded = sdist.and_then(|sdist| sdist.upload_time.as_ref()?.parse::<jiff::Timestamp>().ok());
    let uploaded = uploaded.map(jiff::Timestamp::as_second);
    // Of a file without a hash other bytes may come tomorrow: nothing is kept then.
    let integrities: Option<Vec<String>> =
        [sdist, wheel].into_iter().flatten().map(|file| Some(file.integrity.as_ref()?.to_string())).collect();
    let info = release.info.clone().unwrap_or_default();
    let follows = match given {
        Some(given) => json!([info, given]),
        None => info.clone(),
    };
    let key = integrities.map(|integrities| Key::new(&package.purl(), &integrities, &follows));
    if let Some(key) = &key
        && let Some(resolution) = stored::get(world, key).await
    {
        return Ok(resolution);
    }
    let contents = |file: Option<&Distribution>| {
        let shown = shown.clone();
        let file = file.cloned();
        async move {
            match file {
                Some(file) => world.pypi.contents(&shown, &file).await.map(Some),
                None => Ok(None),
            }
        }
    };
    let (sdist, wheel) = tokio::try_join!(contents(sdist), contents(wheel)).map_err(failure)?;
    let described = [&sdist, &wheel]
        .into_iter()
        .flatten()
        .find_map(|contents| Some((contents, core_metadata(contents)?)));
    let metadata = described.as_ref().map(|(_, metadata)| metadata);
    let recorded = Recorded::new(&world.git);
    let links =
        described.as_ref().map_or_else(|| of_index(&info), |(contents, metadata)| links(contents, metadata));
    let purl = package.purl();
    let asked = source::Release {
        purl: &purl,
        project: name,
        name: metadata.map_or(name.as_str(), |metadata| metadata.spelled.as_str()),
        version: &version.to_string(),
        links: &links,
        sdist: sdist.as_deref(),
        wheel: wheel.as_deref(),
        uploaded,
        given,
    };
    let resolution = source::resolve_python(asked, &recorded)
        .await
        .map_err(|unresolved| Failed::unresolved(&shown, &unresolved))?;
    let vouched = [&sdist, &wheel].into_iter().flatten().any(|contents| contents.differs.is_some());
    // Another project need not vouch for it.
    if let Some(key) = key.as_ref().filter(|_| !vouched) {
        stored::put(world, key, &resolution, recorded.asked()).await;
    }
    Ok(resolution)
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
