//! A package's source as Guix fetches it.

use crate::emit::guix::names::{is_store_name, store_name};
use crate::emit::guix::source::{Download, Git, Reference, Source, Spelled, Uri};
use crate::emit::guix::tag;
use crate::emit::model::python::Key;
use crate::emit::model::python::package;
use crate::emit::model::python::package::Archive;
use crate::python::filename::SDISTS;

use super::Input;

/// The variable that names the registry.
pub const INDEX: &str = "%package-index";

/// The source of a package that is built; `None` for wheels. `named` are the definition's name and version.
pub fn source(
    input: &Input<'_>,
    key: &Key,
    source: &package::Source,
    name: &str,
    version: &str,
) -> Option<Source> {
    match source {
        package::Source::File(archive) => Some(Source::Url(download(archive, version))),
        package::Source::Git { git, commit, hash, submodules, .. } => {
            let resolved = input.facts.get(key).and_then(|fact| fact.source.as_ref());
            Some(Source::Git(Git {
                url: git.clone(),
                reference: resolved
                    .filter(|source| source.commit == *commit)
                    .map_or(Reference::Commit(*commit), |source| tag::reference(source, version)),
                recursive: *submodules,
                hash: *hash,
                patches: Vec::new(),
            }))
        }
        package::Source::Local { local } if is_archive(local.as_str()) => {
            Some(Source::file_of_project(local.as_str()))
        }
        package::Source::Local { local } => Some(Source::of_project(local.as_str(), name)),
        package::Source::Wheels { .. } => None,
    }
}

/// Whether `unzip` is needed.
pub fn is_zip(source: &package::Source) -> bool {
    match source {
        package::Source::File(archive) => archive.file.ends_with(".zip"),
        package::Source::Local { local } => local.as_str().ends_with(".zip"),
        _ => false,
    }
}

fn is_archive(path: &str) -> bool {
    SDISTS.iter().any(|end| path.to_ascii_lowercase().ends_with(end))
}

/// A file of the index or of another server.
pub fn download(archive: &Archive, version: &str) -> Download {
    let path = archive.url.split(['?', '#']).next().unwrap_or_default();
    let is_named = archive.url.len() == path.len() && path.rsplit('/').next() == Some(archive.file.as_str());
    let file_name = (!is_named || !is_store_name(&archive.file)).then(|| store_name(&archive.file));
    Download { uri: uri(archive, version), file_name, integrity: archive.hash.clone(), patches: Vec::new() }
}

fn uri(archive: &Archive, version: &str) -> Uri {
    if archive.url.contains("://") {
        return Uri::Whole(archive.url.clone());
    }
    Uri::Below { variable: INDEX, path: Spelled::new(&archive.url, version) }
}
