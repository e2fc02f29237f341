//! The project itself: its node, and what it depends on.

use serde_json::Value;

use super::document::Head;
use super::words;
use super::words::Entry;
use crate::graph::npm::{EdgeKind, Node, Origin};
use crate::graph::{Location, PackageName};
use crate::lockfile::report::Report;
use crate::npm::Workspaces;
use crate::npm::declared;

/// What lies in the project's own `node_modules`.
pub struct Top<'a> {
    pub name: String,
    /// The lockfile's entry.
    pub json: &'a Value,
    /// Of a link: where it leads.
    pub target: Option<String>,
}

/// What the project depends on: its declarations and its workspaces. Where there is no manifest that declares anything,
/// all that lies at the top, as the lockfile's flags have it.
pub fn edges<'a>(manifest: Option<&Value>, tops: impl Iterator<Item = Top<'a>>) -> Vec<(String, EdgeKind)> {
    let Some(manifest) = manifest else {
        return tops.map(|top| (top.name, as_flagged(top.json))).collect();
    };
    let mut declared = declared(manifest, true);
    let workspaces = Workspaces::of(manifest);
    for top in tops {
        let target = top.target.and_then(|target| Location::new(&target).ok());
        if target.is_some_and(|target| workspaces.holds(&target)) {
            declared.retain(|(known, _)| *known != top.name);
            declared.push((top.name, EdgeKind::Prod));
        }
    }
    declared
}

fn as_flagged(entry: &Value) -> EdgeKind {
    let flag = |name: &str| entry[name] == Value::Bool(true);
    match () {
        () if flag("dev") => EdgeKind::Dev,
        () if flag("optional") || flag("devOptional") => EdgeKind::Optional,
        () if flag("peer") => EdgeKind::Peer,
        () => EdgeKind::Prod,
    }
}

/// The project's node where the lockfile has no entry for it.
pub fn node(report: &mut Report<'_>, head: &Head, manifest: Option<&Value>) -> Node {
    let text = |field: &str| manifest.and_then(|manifest| manifest.get(field)).and_then(Value::as_str);
    // At the head of the file the name may be the folder's, which need be no package name.
    let name = text("name").or(head.name.as_deref()).and_then(|name| PackageName::new(name).ok());
    let version = words::version(report, "", text("version").or(head.version.as_deref()));
    words::node(report, &Location::root(), Entry::default(), name, version, Origin::Project)
}
