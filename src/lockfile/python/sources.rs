//! Where files come from, in the spellings that Python's tools share.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use super::hashes;
use super::reading::{At, Reading};
use crate::graph::Location;
use crate::graph::python::{FileAt, PyFile, PySource};
use crate::hash::Integrity;
use crate::lockfile::{address, git};
use crate::problem::lockfile as problem;
use crate::python::filename::{self, Kind};
use crate::python::{PyName, PyVersion};

/// An http(s) address of a file or of an index.
pub fn url(reading: &mut Reading<'_>, at: At<'_>, text: &str) -> Option<Url> {
    let scheme = text.split(':').next().unwrap_or_default().to_ascii_lowercase();
    let read = if matches!(scheme.as_str(), "http" | "https") {
        address::artifact(&reading.report, at.package, text)
    } else {
        Err(problem::refused_scheme(at.place(), at.package, text))
    };
    reading.note(read.map_err(|problem| problem.at(at.place())))
}

/// A commit of a repository.
pub fn git(
    reading: &mut Reading<'_>,
    at: At<'_>,
    address: &str,
    commit: &str,
    requested: Option<&str>,
    subdirectory: Option<&str>,
) -> Option<PySource> {
    let place = at.place();
    let hidden = git::without_secret(address);
    let (commit, requested) = match reading.to_be_pinned && !git::is_full(commit) {
        true => ("", Some(commit).filter(|name| !name.is_empty())),
        false => (commit, requested),
    };
    if !git::is_full(commit) && !reading.to_be_pinned {
        let shown = if commit.is_empty() { hidden } else { format!("{hidden}@{commit}") };
        reading.add(problem::unpinned_git(&place, at.package, &shown));
        return None;
    }
    let unusable = |why: &str| problem::unusable_git(&place, at.package, &hidden, why);
    // `owner/name` and `github:owner/name` are npm's; here they would be paths.
    let scp = address.split_once(':').is_some_and(|(host, _)| host.contains('@') && !host.contains('/'));
    if !address.contains("://") && !scp {
        reading.add(unusable("is no address of a repository"));
        return None;
    }
    let read = git::repository(&reading.report, at.package, address, &unusable);
    let url = reading.note(read.map_err(|problem| problem.at(&place)))?;
    let subdirectory = match subdirectory {
        Some(text) => Some(reading.path(at, text)?).filter(|folder| !folder.is_root()),
        None => None,
    };
    let requested = requested.filter(|requested| *requested != commit).map(str::to_owned);
    Some(PySource::Git { url, commit: commit.to_ascii_lowercase(), requested, subdirectory })
}

/// What follows `#` in a URL: `egg=x&subdirectory=y&sha256=...`.
pub fn fragment(text: &str) -> (&str, BTreeMap<String, String>) {
    let (address, fragment) = text.split_once('#').unwrap_or((text, ""));
    let pairs = url::form_urlencoded::parse(fragment.as_bytes());
    (address, pairs.map(|(key, value)| (key.into_owned(), value.into_owned())).collect())
}

/// The kind of repository that `<kind>+<address>` names.
pub fn vcs(text: &str) -> Option<(&str, &str)> {
    let (kind, rest) = text.split_once('+')?;
    ["git", "hg", "svn", "bzr"].contains(&kind).then_some((kind, rest))
}

/// `git+https://host/o/r@<commit>#subdirectory=x`, as pip has it.
pub fn repository(reading: &mut Reading<'_>, at: At<'_>, text: &str) -> Option<PySource> {
    let (kind, _) = vcs(text)?;
    if kind != "git" {
        let shown = git::without_secret(text);
        reading.add(problem::foreign_repository(at.place(), at.package, &shown, kind));
        return None;
    }
    let (address, fragment) = fragment(text);
    let path_at = address.find("://").map_or(0, |at| at + 3);
    let path_at = address[path_at..].find('/').map_or(address.len(), |slash| path_at + slash);
    let (address, revision) = match address[path_at..].rfind('@') {
        Some(sign) => (&address[..path_at + sign], &address[path_at + sign + 1..]),
        None => (address, ""),
    };
    git(reading, at, address, revision, None, fragment.get("subdirectory").map(String::as_str))
}

/// A file as a lockfile lists it.
pub struct Listed {
    pub name: String,
    /// The lockfile says that it is one, whatever its name.
    pub sdist: bool,
    /// `None` where it must be looked up in the index.
    pub place: Option<FileAt>,
    pub size: Option<u64>,
    pub hashes: BTreeSet<Integrity>,
}

/// A file of a release. `None` for what is no sdist and no wheel, and for files of other releases, which are noted.
pub fn file(
    reading: &mut Reading<'_>,
    at: At<'_>,
    (name, version): (&PyName, Option<&PyVersion>),
    listed: Listed,
) -> Option<PyFile> {
    let filename = listed.name.as_str();
    let mut foreign = |why: &str| {
        reading.add(problem::contradiction(at.place(), at.package, &format!("lists {filename:?}, {why}")));
    };
    if filename.is_empty() || filename.contains(['/', '\\']) || filename.chars().any(char::is_control) {
        foreign("which is no file's name");
        return None;
    }
    let kind = match filename::parse(name, filename) {
        Some((of, _)) if version.is_some_and(|version| *version != of) => {
            foreign(&format!("which is of version {of}"));
            return None;
        }
        Some((_, kind)) => kind,
        None if listed.sdist => Kind::Sdist,
        None if filename.ends_with(".whl") => {
            foreign("which is a wheel of something else");
            return None;
        }
        None => return None,
    };
    Some(PyFile { name: listed.name, kind, at: listed.place, size: listed.size, hashes: listed.hashes })
}

/// Files as poetry and pdm list them: a name or an address, and a hash.
#[derive(serde::Deserialize)]
pub struct NamedFile {
    pub file: Option<String>,
    pub url: Option<String>,
    pub hash: Option<String>,
}

/// The files of a release out of such a list.
pub fn named_files<'f>(
    reading: &mut Reading<'_>,
    at: At<'_>,
    (name, version): (&PyName, &PyVersion),
    list: impl IntoIterator<Item = &'f NamedFile>,
) -> Vec<PyFile> {
    let mut found = Vec::new();
    for one in list {
        let hashes = hashes::of_text(reading, at, one.hash.as_deref());
        let place = match &one.url {
            Some(text) => match url(reading, at, text) {
                Some(url) => Some(url),
                None => continue,
            },
            None => None,
        };
        let named = one.file.clone().or_else(|| place.as_ref().map(filename)).unwrap_or_default();
        let place = place.map(FileAt::Url);
        let listed = Listed { name: named, sdist: false, place, size: None, hashes };
        found.extend(file(reading, at, (name, Some(version)), listed));
    }
    sorted(reading, at, found)
}

/// The last part of a URL's path, decoded.
pub fn filename(url: &Url) -> String {
    let last = url.path().rsplit('/').next().unwrap_or_default();
    percent_encoding::percent_decode_str(last).decode_utf8_lossy().into_owned()
}

/// An archive of the project's own folder.
pub fn is_archive(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    path.ends_with(".whl")
        || [".tar.xz", ".tar"].iter().chain(filename::SDISTS).any(|end| path.ends_with(end))
}

/// Files in a stable order, sdist first, and none twice.
pub fn sorted(reading: &mut Reading<'_>, at: At<'_>, mut files: Vec<PyFile>) -> Vec<PyFile> {
    files.sort_by(|a, b| (a.kind != Kind::Sdist, &a.name).cmp(&(b.kind != Kind::Sdist, &b.name)));
    files.dedup();
    if let Some(pair) = files.windows(2).find(|pair| pair[0].name == pair[1].name) {
        let why = format!("lists {:?} twice, and not the same way", pair[0].name);
        reading.add(problem::contradiction(at.place(), at.package, &why));
    }
    files
}

/// The folder that a file stands in, for paths relative to it.
pub fn beside(file: &str, path: &str) -> String {
    match file.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{path}"),
        None => path.to_owned(),
    }
}

/// A folder of the project.
pub fn folder(path: Location, editable: bool) -> PySource {
    PySource::Folder { path, editable, installed: true }
}
