//! `resolved` (and the `version` of v1): where a package's files come from.

use percent_encoding::percent_decode_str;

use crate::graph::Location;
use crate::graph::npm::Origin;
use crate::lockfile::keys;
use crate::lockfile::keys::Path;
use crate::lockfile::report::Report;
use crate::lockfile::{address, git};
use crate::problem::{Problem, lockfile as problem};

/// Reads a `resolved` that is there. `name` and `version` are the package's own: a URL of the registry
/// layout is a registry's only where it says the same.
pub fn origin(
    report: &Report<'_>,
    location: &Location,
    text: &str,
    name: &str,
    version: Option<&str>,
) -> Result<Origin, Problem> {
    let at = location.as_str();
    if let Some(path) = text.strip_prefix("file:") {
        return local(report.file, at, text, path);
    }
    if git::is_git(text) {
        return git::origin(report, at, text);
    }
    let scheme = text.split(':').next().unwrap_or_default().to_ascii_lowercase();
    if !matches!(scheme.as_str(), "http" | "https") {
        return Err(problem::refused_scheme(report.file, at, text));
    }
    let url = address::artifact(report, at, text)?;
    // Build metadata is part of the version, but not of the file's name everywhere.
    let plain = |version: &str| version.split('+').next().unwrap_or_default().to_owned();
    let of_registry = address::registry_layout(&url).is_some_and(|(in_url, of_url)| {
        in_url == name && version.is_none_or(|version| plain(version) == plain(&of_url))
    });
    Ok(if of_registry || report.trusts(&url) {
        Origin::Registry { url: Some(url) }
    } else {
        Origin::Remote { url }
    })
}

/// A `file:` spec: `.tgz`, `.tar.gz` and `.tar` are tarballs, anything else is a folder
/// (npm-package-arg). Paths are relative to the project; `#` and the like are percent-encoded.
fn local(file: &str, location: &str, spec: &str, path: &str) -> Result<Origin, Problem> {
    let Ok(path) = percent_decode_str(path).decode_utf8() else {
        return Err(problem::invalid_url(file, location, spec, "it is not UTF-8"));
    };
    let path = match keys::project_path(&path) {
        Path::Inside(path) => path,
        Path::Outside => return Err(problem::file_outside(file, location, spec)),
        Path::Unsafe(why) => return Err(problem::invalid_url(file, location, spec, &format!("it {why}"))),
    };
    Ok(if is_tarball(path.as_str()) { Origin::Tarball { path } } else { Origin::Folder { path } })
}

/// Whether npm takes a file name for a tarball's.
pub fn is_tarball(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    [".tgz", ".tar.gz", ".tar"].iter().any(|end| path.ends_with(end))
}
