//! One entry of `packages`: `[id, ...]`, whose second part depends on what the id says.

use serde::Deserialize;
use serde_json::Value;

use super::document::Declared;
use crate::graph::npm::{Node, Origin};
use crate::graph::{Location, PackageName};
use crate::lockfile::git;
use crate::lockfile::keys::{self, Path};
use crate::lockfile::npm::{resolved, words};
use crate::lockfile::report::Report;
use crate::problem::{Problem, lockfile as problem};

/// What an entry is.
pub enum Package {
    /// A link to a folder of the project.
    Link(Location),
    /// The flag says that it is part of the archive of the package around it.
    Files(Box<Node>, bool),
}

/// Reads an entry; its problems go to the report.
pub fn read(report: &mut Report<'_>, key: &str, value: &Value) -> Option<Package> {
    let parts = value.as_array().map_or(&[][..], Vec::as_slice);
    let id = parts.first().and_then(Value::as_str).and_then(split);
    let Some((name, from)) = id else {
        report.add(problem::malformed_entry(report.file, key, "it begins with no `name@version`"));
        return None;
    };
    let name = keys::check_name(report.file, key, name);
    let name = report.note(name)?;
    if let Some(path) = link(from) {
        let target = folder(report, key, path);
        return Some(Package::Link(report.note(target)?));
    }
    let info = parts
        .iter()
        .find(|part| part.is_object())
        .cloned()
        .unwrap_or_else(|| Value::Object(Default::default()));
    let declared = match Declared::deserialize(info) {
        Ok(declared) => declared,
        Err(why) => {
            report.add(problem::malformed_entry(report.file, key, &why.to_string()));
            return None;
        }
    };
    let url = parts.get(1).and_then(Value::as_str).filter(|url| !url.is_empty());
    let origin = origin(report, key, &name, from, url);
    let origin = report.note(origin)?;
    let version = match &origin {
        Origin::Registry { .. } => words::version(report, key, Some(from)),
        _ => None,
    };
    let hash = parts.iter().skip(1).rev().filter_map(Value::as_str).find(|text| text.starts_with("sha"));
    let is_bundled = declared.bundled;
    let node = node(report, key, name, version, origin, declared, hash);
    Some(Package::Files(Box::new(node), is_bundled))
}

fn node(
    report: &mut Report<'_>,
    key: &str,
    name: PackageName,
    version: Option<crate::graph::Version>,
    origin: Origin,
    declared: Declared,
    hash: Option<&str>,
) -> Node {
    let edges = declared.edges();
    let fields = words::Entry {
        integrity: hash.map_or(Value::Null, Value::from),
        os: declared.os.into(),
        cpu: declared.cpu.into(),
        libc: declared.libc.into(),
        bin: declared.bin,
        ..words::Entry::default()
    };
    // The location is only for problems, which are about the key.
    let location = Location::new(key).unwrap_or_default();
    let mut node = words::node(report, &location, fields, Some(name), version, origin);
    words::edges(report, &location, &mut node, edges);
    node
}

/// The name before the `@` of an id, and what follows it.
pub fn split(id: &str) -> Option<(&str, &str)> {
    let at = id.get(1..)?.find('@')? + 1;
    Some((&id[..at], &id[at + 1..]))
}

/// The folder of a link.
fn link(from: &str) -> Option<&str> {
    let is_root = || (from == "root:").then_some("");
    from.strip_prefix("workspace:").or_else(|| from.strip_prefix("link:")).or_else(is_root)
}

/// By what the id says: the number of parts differs between versions of bun.
fn origin(
    report: &Report<'_>,
    key: &str,
    name: &PackageName,
    from: &str,
    url: Option<&str>,
) -> Result<Origin, Problem> {
    let location = Location::new(key).unwrap_or_default();
    if let Some(path) = from.strip_prefix("file:") {
        return Ok(Origin::Folder { path: local(report, key, path)? });
    }
    if git::is_git(from) {
        return git::origin(report, key, from);
    }
    if from.contains("://") {
        return resolved::origin(report, &location, from, name.as_str(), None);
    }
    if from.contains(':') {
        return Err(problem::refused_scheme(report.file, key, from));
    }
    if from.contains('/') || resolved::is_tarball(from) {
        return Ok(Origin::Tarball { path: local(report, key, from)? });
    }
    match url {
        Some(url) if url.contains("://") => {
            resolved::origin(report, &location, url, name.as_str(), Some(from))
        }
        _ => Ok(Origin::Registry { url: None }),
    }
}

/// A path of the project.
pub fn local(report: &Report<'_>, key: &str, path: &str) -> Result<Location, Problem> {
    match keys::project_path(path) {
        Path::Inside(path) => Ok(path),
        Path::Outside => Err(problem::file_outside(report.file, key, path)),
        Path::Unsafe(why) => {
            Err(problem::unsafe_location(report.file, key, &format!("is from a path that {why}")))
        }
    }
}

/// A folder of the project that something links to, or that has its own dependencies.
pub fn folder(report: &Report<'_>, key: &str, path: &str) -> Result<Location, Problem> {
    match keys::project_path(path) {
        Path::Inside(location) if !location.as_str().split('/').any(|part| part == "node_modules") => {
            Ok(location)
        }
        Path::Inside(_) => Err(problem::unsafe_location(report.file, key, "is in node_modules")),
        Path::Outside => Err(problem::outside_project(report.file, key, path)),
        Path::Unsafe(why) => Err(problem::unsafe_location(report.file, key, &why)),
    }
}
