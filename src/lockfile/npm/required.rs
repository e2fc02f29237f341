//! Which entries of a version 1 lockfile are reached without edges to peers, which the file does not have. What is wrong
//! with the others is nobody's concern: they are peers that have no fault, or nothing that npm installs.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::document::OldEntry;
use super::installed::borrowed;
use super::{Manifests, resolved};
use crate::graph::Location;
use crate::graph::npm::{EdgeKind, Out, Reach};
use crate::lockfile::keys;
use crate::lockfile::pairs::Pairs;
use crate::npm::declared;

/// An entry at its place: a link to a folder, or what it depends on.
enum Said {
    Link(String),
    Names(Vec<(String, EdgeKind)>),
}

impl Said {
    fn out(&self) -> Out<'_> {
        match self {
            Self::Link(target) => Out::Link(target),
            Self::Names(edges) => Out::Names(borrowed(edges)),
        }
    }
}

/// The places, as text. `root` is what the project depends on.
pub fn required(
    dependencies: &Pairs<OldEntry>,
    root: &[(String, EdgeKind)],
    manifests: Manifests<'_>,
) -> BTreeSet<String> {
    let mut said = BTreeMap::new();
    survey("", dependencies, manifests, &mut said);
    let mut places: BTreeMap<&str, Out<'_>> =
        said.iter().map(|(place, said)| (place.as_str(), said.out())).collect();
    places.insert("", Out::Names(borrowed(root)));
    Reach::new(&places).installed().into_iter().map(str::to_owned).collect()
}

/// The parser has bounded the depth.
fn survey(
    above: &str,
    dependencies: &Pairs<OldEntry>,
    manifests: Manifests<'_>,
    said: &mut BTreeMap<String, Said>,
) {
    for (name, old) in &dependencies.0 {
        let at = place(above, name);
        let Some(folder) = folder(&old.fields) else {
            survey(&at, &old.dependencies, manifests, said);
            said.insert(at, Said::Names(requires(&old.fields)));
            continue;
        };
        survey(&folder, &old.dependencies, manifests, said);
        let edges = of_folder(&folder, manifests).unwrap_or_else(|| requires(&old.fields));
        said.entry(folder.clone()).or_insert(Said::Names(edges));
        said.insert(at, Said::Link(folder));
    }
}

/// The place of `name` in the `node_modules` of another.
pub fn place(above: &str, name: &str) -> String {
    if above.is_empty() { format!("node_modules/{name}") } else { format!("{above}/node_modules/{name}") }
}

/// What an entry says that it requires: an object, or `true`.
pub fn requires(fields: &Value) -> Vec<(String, EdgeKind)> {
    let names = fields["requires"].as_object().into_iter().flat_map(|names| names.keys());
    names.map(|name| (name.clone(), EdgeKind::Prod)).collect()
}

/// What a folder of the project depends on, by its manifest.
pub fn of_folder(folder: &str, manifests: Manifests<'_>) -> Option<Vec<(String, EdgeKind)>> {
    let location = Location::new(folder).ok().filter(|location| location.within().is_none())?;
    Some(declared(&manifests(&location)?, true))
}

/// The folder that an entry is linked to, as text.
pub fn folder(fields: &Value) -> Option<String> {
    let path = fields["version"].as_str()?.strip_prefix("file:")?;
    let path = keys::lexical(&percent_decode_str(path).decode_utf8().ok()?);
    (!resolved::is_tarball(&path)).then_some(path)
}
