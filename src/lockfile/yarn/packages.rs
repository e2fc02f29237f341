//! One entry: the package, without its place.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use super::entry::{Entry, Format, split};
use super::reference::Reference;
use crate::graph::Location;
use crate::graph::npm::{EdgeKind, Node, Origin, Patch};
use crate::lockfile::keys::{self, Path};
use crate::lockfile::npm::{resolved, words};
use crate::lockfile::report::Report;
use crate::lockfile::{address, git};
use crate::problem::{Problem, lockfile as problem};

/// Patches of patches.
const MAX_PATCHES: usize = 8;

/// What an entry says of its package, in either format.
struct Package {
    name: String,
    version: Option<String>,
    origin: Origin,
    integrity: Option<String>,
    patch: Option<Patch>,
}

/// Reads an entry that is installed; its problems go to the report.
pub fn node(report: &mut Report<'_>, format: Format, entry: &Entry) -> Option<Node> {
    let key = entry.keys.first().map_or("", String::as_str);
    let package = match format {
        Format::Classic => of_yarn_1(report, key, entry),
        Format::Berry(_) => of_later(report, key, entry),
    };
    let Package { name, version, origin, integrity, patch } = report.note(package)?;
    let checked = keys::check_name(report.file, key, &name);
    let name = report.note(checked)?;
    if matches!(origin, Origin::Registry { .. }) && version.as_deref().is_none_or(str::is_empty) {
        report.add(problem::no_version(report.file, key));
        return None;
    }
    let version = words::version(report, key, version.as_deref());
    let fields = words::Entry {
        integrity: integrity.map_or(Value::Null, Value::from),
        bin: entry.bin.clone(),
        ..platform(entry.conditions.as_deref().unwrap_or_default())
    };
    // The location is only for problems, which are about the key.
    let location = Location::new(key).unwrap_or_default();
    let mut node = words::node(report, &location, fields, Some(name), version, origin);
    let needs = entry.dependencies.iter().map(|need| (need.name.clone(), need.kind));
    let peers = entry.peers.iter().map(|(name, kind)| (name.clone(), *kind));
    // What it depends on as well counts.
    let edges: Vec<(String, EdgeKind)> = peers.chain(needs).collect();
    words::edges(report, &location, &mut node, edges);
    node.patch = patch;
    Some(node)
}

/// `resolved`, and the name and range that were asked for.
fn of_yarn_1(report: &Report<'_>, key: &str, entry: &Entry) -> Result<Package, Problem> {
    let (alias, range) = split(key).unwrap_or((key, ""));
    let real = range.strip_prefix("npm:").map(|real| split(real).map_or(real, |(name, _)| name));
    let name = entry.name.as_deref().or(real).unwrap_or(alias).to_owned();
    let version = entry.version.clone();
    let resolved = entry.resolved.as_deref();
    let origin = match (resolved, range.strip_prefix("file:")) {
        (None, Some(path)) => copied(report, key, path)?,
        (None, None) => Origin::Registry { url: None },
        (Some(text), _) => resolved_origin(report, key, text, &name, version.as_deref())?,
    };
    let hash = || entry.integrity.clone().or_else(|| resolved.and_then(sha1));
    let integrity = hash().filter(|_| !matches!(origin, Origin::Git { .. }));
    Ok(Package { name, version, origin, integrity, patch: None })
}

/// Where yarn 1 has a file from: an address, a file of the project, or the name of a file in a mirror of the registry.
fn resolved_origin(
    report: &Report<'_>,
    key: &str,
    text: &str,
    name: &str,
    version: Option<&str>,
) -> Result<Origin, Problem> {
    let plain = text.split('#').next().unwrap_or(text);
    if let Some((repository, commit)) = git::of_forge(plain) {
        return git::origin(report, key, &format!("{repository}#{commit}"));
    }
    if let Some(path) = plain.strip_prefix("file:") {
        return copied(report, key, path);
    }
    if !plain.contains([':', '/']) {
        return Ok(Origin::Registry { url: None });
    }
    let location = Location::new(key).unwrap_or_default();
    let origin = resolved::origin(report, &location, text, name, version)?;
    Ok(match origin {
        Origin::Registry { url: Some(url) } if is_of_yarn(&url) => Origin::Registry { url: None },
        other => other,
    })
}

/// Whether an address is of yarn's own name for npm's registry, which serves the same files.
fn is_of_yarn(url: &url::Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host.strip_prefix("registry.") == Some("yarnpkg.com") && address::registry_layout(url).is_some()
}

/// The hash behind an address. Behind one of a repository stands a commit, which looks the same.
fn sha1(resolved: &str) -> Option<String> {
    let (_, hash) = resolved.split_once('#')?;
    let bytes = hex::decode(hash).ok().filter(|bytes| bytes.len() == 20)?;
    Some(format!("sha1-{}", BASE64_STANDARD.encode(bytes)))
}

fn of_later(report: &Report<'_>, key: &str, entry: &Entry) -> Result<Package, Problem> {
    let text = entry.resolved.as_deref().unwrap_or_default();
    let Some((name, mut reference)) = split(text).map(|(name, text)| (name, text.to_owned())) else {
        return Err(problem::malformed_entry(report.file, key, "its `resolution` names no package"));
    };
    let mut patch = None;
    for _ in 0..MAX_PATCHES {
        let Reference::Patched { of, patch: own } = Reference::of(&reference) else { break };
        if let Some((path, hash)) = own {
            let path = local(report, key, &path)?;
            patch = Some(Patch { hash: hash.to_owned(), path: Some(path) });
        }
        reference = split(&of).map_or_else(String::new, |(_, reference)| reference.to_owned());
    }
    let version = entry.version.clone();
    let location = Location::new(key).unwrap_or_default();
    let origin = match Reference::of(&reference) {
        Reference::Registry { url: None, .. } => Origin::Registry { url: None },
        Reference::Registry { url: Some(url), .. } => {
            resolved::origin(report, &location, &url, name, version.as_deref())?
        }
        Reference::Copied(path) => copied(report, key, &path)?,
        Reference::Address { is_of_workspace: true, .. } => {
            let why = "means a workspace of a repository, whose folder the lockfile does not have";
            return Err(problem::unusable_git(report.file, key, &git::without_secret(&reference), why));
        }
        Reference::Address { url, commit: Some(commit), folder, .. } => {
            let folder = folder.map(|folder| format!("::path:{folder}")).unwrap_or_default();
            git::origin(report, key, &format!("{url}#{commit}{folder}"))?
        }
        Reference::Address { url, commit: None, .. } => {
            resolved::origin(report, &location, url, name, version.as_deref())?
        }
        _ => return Err(problem::refused_scheme(report.file, key, &reference)),
    };
    // A version of a registry is in the reference too; that of yarn's own zip is no hash of the registry's file.
    Ok(Package { name: name.to_owned(), version, origin, integrity: None, patch })
}

/// A copy of an archive or a folder of the project.
fn copied(report: &Report<'_>, key: &str, path: &str) -> Result<Origin, Problem> {
    let path = local(report, key, path)?;
    let is_tarball = resolved::is_tarball(path.as_str());
    Ok(if is_tarball { Origin::Tarball { path } } else { Origin::Folder { path } })
}

fn local(report: &Report<'_>, key: &str, path: &str) -> Result<Location, Problem> {
    match keys::project_path(path) {
        Path::Inside(path) => Ok(path),
        Path::Outside => Err(problem::file_outside(report.file, key, path)),
        Path::Unsafe(why) => {
            Err(problem::unsafe_location(report.file, key, &format!("is from a path that {why}")))
        }
    }
}

/// `os=linux & cpu=x64 & (libc=glibc | libc=musl)`.
fn platform(conditions: &str) -> words::Entry {
    let list = |name: &str| {
        let words = conditions.split(['&', '|', '(', ')']).filter_map(|word| word.trim().split_once('='));
        let words: Vec<&str> = words.filter(|(key, _)| *key == name).map(|(_, value)| value).collect();
        Value::from(words).into()
    };
    words::Entry { os: list("os"), cpu: list("cpu"), libc: list("libc"), ..words::Entry::default() }
}
