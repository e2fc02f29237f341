//! Which entries of `packages` npm installs, before anything of them is checked: what is wrong with the others is
//! nobody's concern.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Manifests, root};
use crate::graph::Location;
use crate::graph::npm::{EdgeKind, Omit, Out, Reach};
use crate::lockfile::keys;
use crate::lockfile::pairs::Pairs;
use crate::npm::declared;

/// An entry as the file has it, and what is known without any check.
pub struct Raw {
    pub key: String,
    pub json: Value,
    /// What it depends on; of the project itself see [`Installed::root`].
    pub edges: Vec<(String, EdgeKind)>,
    /// As the edges have it: the file's own flags may be those of an earlier tree.
    pub omit: Omit,
    /// The key as npm follows it, with the `..` that lead out of the project.
    at: String,
    link: Option<String>,
}

/// What npm installs.
pub struct Installed {
    pub entries: Vec<Raw>,
    /// What the project depends on.
    pub root: Vec<(String, EdgeKind)>,
}

/// Follows the edges from the project, as `npm ci` does: `extraneous` is not asked.
pub fn installed(
    packages: Pairs<Value>,
    root_manifest: Option<&Value>,
    manifests: Manifests<'_>,
) -> Installed {
    let all: Vec<Raw> = packages.0.into_iter().map(|(key, json)| raw(key, json, manifests)).collect();
    let root_entry = all.iter().find(|raw| raw.key.is_empty()).map(|raw| &raw.json);
    let root = root::edges(root_manifest.or(root_entry), all.iter().filter_map(top));
    let flags: Vec<_> = {
        let mut places: BTreeMap<_, _> = all.iter().map(|raw| (raw.at.as_str(), raw.out())).collect();
        places.insert("", Out::Names(borrowed(&root)));
        let flags = Reach::new(&places).flags();
        all.iter().map(|raw| flags.get(raw.at.as_str()).copied()).collect()
    };
    let kept = all.into_iter().zip(flags).filter_map(|(raw, omit)| Some(Raw { omit: omit?, ..raw }));
    Installed { entries: kept.collect(), root }
}

impl Raw {
    fn out(&self) -> Out<'_> {
        match &self.link {
            Some(target) => Out::Link(target),
            None => Out::Names(borrowed(&self.edges)),
        }
    }
}

/// Names as [`Out`] wants them.
pub fn borrowed(edges: &[(String, EdgeKind)]) -> Vec<(&str, EdgeKind)> {
    edges.iter().map(|(name, kind)| (name.as_str(), *kind)).collect()
}

fn raw(key: String, json: Value, manifests: Manifests<'_>) -> Raw {
    let at = keys::lexical(&key);
    let link = (json["link"] == Value::Bool(true)).then(|| {
        let text = json["resolved"].as_str().unwrap_or_default();
        keys::lexical(text.strip_prefix("file:").unwrap_or(text))
    });
    let place = Location::new(&at).ok();
    let in_modules = place.as_ref().is_some_and(|place| place.folder_name().is_some());
    // npm reads the manifest of what is the user's own: it can have changed since the lockfile was written.
    let own = place.filter(|place| !in_modules && place.within().is_none());
    let manifest = own.as_ref().and_then(manifests);
    let is_root = own.is_some_and(|place| place.is_root());
    let edges = match manifest.as_ref() {
        _ if is_root => Vec::new(),
        manifest => declared(manifest.unwrap_or(&json), !in_modules),
    };
    Raw { key, json, edges, omit: Omit::default(), at, link }
}

fn top(raw: &Raw) -> Option<root::Top<'_>> {
    let location = Location::new(&raw.at).ok()?;
    let name = location.folder_name().filter(|_| location.parent().is_some_and(|above| above.is_root()))?;
    Some(root::Top { name: name.to_owned(), json: &raw.json, target: raw.link.clone() })
}
