//! One entry: the package, without its place.

use serde_json::Value;

use super::document::{Document, Entry};
use super::key::{Format, patch_hash};
use super::origin;
use crate::graph::npm::{EdgeKind, Node, Origin, Patch};
use crate::graph::{Location, PackageName};
use crate::lockfile::keys;
use crate::lockfile::npm::words;
use crate::lockfile::report::Report;
use crate::lockfile::yaml::Yaml;
use crate::problem::lockfile as problem;

/// Reads an entry that pnpm installs; its problems go to the report.
pub fn node(
    report: &mut Report<'_>,
    document: &Document<'_>,
    entry: &Entry<'_>,
) -> Option<(PackageName, Node)> {
    let (file, key) = (report.file, entry.key);
    let Some(package) = entry.package else {
        report.add(problem::malformed_entry(file, key, "`packages` has no entry for it"));
        return None;
    };
    let named = document.format.named(key);
    let name = keys::check_name(
        file,
        key,
        named.map(|(name, _)| name).or(package.text_of("name")).unwrap_or_default(),
    );
    let name = report.note(name)?;
    // What is no version says where it is from.
    let in_key = named.map(|(_, written)| written).filter(|written| !written.contains(':'));
    let written = in_key.or(package.text_of("version")).filter(|written| !written.is_empty());
    let Some(resolution) = package.get("resolution") else {
        report.add(problem::malformed_entry(file, key, "it has no `resolution`"));
        return None;
    };
    let origin = origin::origin(report, key, resolution, name.as_str(), written);
    let origin = report.note(origin)?;
    let version = match &origin {
        // The package of a registry that has a name in the settings.
        Origin::Registry { url: None } if in_key.is_none() => {
            report.add(problem::refused_scheme(file, key, key));
            return None;
        }
        Origin::Registry { .. } if written.is_none() => {
            report.add(problem::no_version(file, key));
            return None;
        }
        _ => words::version(report, key, written),
    };
    // The location is only for problems, which are about the key.
    let location = Location::new(key).unwrap_or_default();
    let fields = fields(resolution, package);
    let mut node = words::node(report, &location, fields, Some(name.clone()), version, origin);
    let edges: Vec<_> = edges(entry, package).collect();
    words::edges(report, &location, &mut node, edges);
    node.patch = patch(report, document, entry);
    Some((name, node))
}

/// What npm's lockfiles say as well.
fn fields(resolution: &Yaml, package: &Yaml) -> words::Entry {
    let list = |name: &str| {
        let texts = package.get(name).map(Yaml::texts).unwrap_or_default();
        Value::from(texts).into()
    };
    words::Entry {
        integrity: resolution.text_of("integrity").map_or(Value::Null, Value::from),
        has_install_script: package.text_of("requiresBuild") == Some("true"),
        os: list("os"),
        cpu: list("cpu"),
        libc: list("libc"),
        ..words::Entry::default()
    }
}

/// What it depends on. A peer that has been found is one whether or not it could do without: pnpm links it.
fn edges(entry: &Entry<'_>, package: &Yaml) -> impl Iterator<Item = (String, EdgeKind)> {
    let peers = package.get("peerDependencies");
    entry.dependencies.iter().map(move |dependency| {
        let is_peer = peers.is_some_and(|peers| peers.get(dependency.alias).is_some());
        let kind = if is_peer { EdgeKind::Peer } else { dependency.kind };
        (dependency.alias.to_owned(), kind)
    })
}

/// The patch that pnpm applies to an entry.
fn patch(report: &mut Report<'_>, document: &Document<'_>, entry: &Entry<'_>) -> Option<Patch> {
    let hash = match document.format {
        Format::Slash => {
            let suffix = &entry.key[document.format.bare(entry.key).len()..];
            let is_named = |hash: &&&str| suffix.split('_').any(|part| part == **hash);
            document.patches.keys().find(is_named).filter(|_| entry.is_patched).copied()?
        }
        _ => patch_hash(entry.key)?,
    };
    let path = match document.patches.get(hash).copied().flatten() {
        Some(path) => {
            let path = origin::local(report, entry.key, path);
            Some(report.note(path)?)
        }
        None => None,
    };
    Some(Patch { hash: hash.to_owned(), path })
}
