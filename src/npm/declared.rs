//! What a package declares that it depends on, from a lockfile's entry or a package.json.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::foreign;
use crate::graph::npm::EdgeKind;
use crate::graph::{Location, PackageName};

/// Names and kinds as declared; of a name that comes twice, npm takes the later: a package that is for development too
/// is for development alone. Ranges are not read: the lockfile has decided, and `overrides` may have changed them.
pub fn declared(value: &Value, with_dev: bool) -> Vec<(String, EdgeKind)> {
    let names = |field: &str| {
        let fields = value.get(field).and_then(Value::as_object);
        fields.into_iter().flat_map(|fields| fields.keys().cloned()).collect::<Vec<_>>()
    };
    let optional_peer = |name: &str| {
        let meta = value.get("peerDependenciesMeta").and_then(|meta| meta.get(name));
        meta.and_then(|meta| meta.get("optional")).and_then(Value::as_bool).unwrap_or(false)
    };
    let mut edges = BTreeMap::new();
    for name in names("peerDependencies") {
        let kind = if optional_peer(&name) { EdgeKind::PeerOptional } else { EdgeKind::Peer };
        edges.insert(name, kind);
    }
    edges.extend(names("dependencies").into_iter().map(|name| (name, EdgeKind::Prod)));
    edges.extend(names("optionalDependencies").into_iter().map(|name| (name, EdgeKind::Optional)));
    if with_dev {
        edges.extend(names("devDependencies").into_iter().map(|name| (name, EdgeKind::Dev)));
    }
    edges.into_iter().collect()
}

/// What an installed package depends on, by its manifest; what is no package's name leads nowhere.
pub fn dependencies(manifest: &Value) -> BTreeMap<PackageName, EdgeKind> {
    let declared = declared(manifest, false).into_iter();
    declared.filter_map(|(name, kind)| Some((PackageName::new(&name).ok()?, kind))).collect()
}

/// The patterns of `workspaces`: a list, or an object with a list of `packages`.
#[derive(Default)]
pub struct Workspaces {
    patterns: Vec<String>,
    negated: Vec<String>,
}

impl Workspaces {
    /// Reads the patterns as npm does: an odd number of `!` negates, and a later pattern that a negated
    /// one matches takes that one back.
    pub fn of(value: &Value) -> Self {
        let field = value.get("workspaces").map(|field| field.get("packages").unwrap_or(field));
        let mut all = Self::default();
        for pattern in field.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            let bare = pattern.trim_start_matches('!');
            let negates = (pattern.len() - bare.len()) % 2 == 1;
            let bare = bare.strip_prefix('.').filter(|rest| rest.starts_with('/')).unwrap_or(bare);
            let bare = bare.trim_matches('/').to_owned();
            if negates {
                all.negated.push(bare);
            } else {
                all.negated.retain(|negated| !foreign::glob(negated, &bare));
                all.patterns.push(bare);
            }
        }
        all
    }

    /// The patterns that say what is one.
    pub fn patterns(&self) -> &[String] {
        &self.patterns
    }

    /// Whether a location of the project is a workspace; never one inside `node_modules`.
    pub fn holds(&self, location: &Location) -> bool {
        self.holds_path(location.as_str())
    }

    /// The same of a path from the project's root.
    pub fn holds_path(&self, text: &str) -> bool {
        let matched = |patterns: &[String]| patterns.iter().any(|pattern| foreign::glob(pattern, text));
        !text.is_empty()
            && !text.split('/').any(|part| part == "node_modules")
            && matched(&self.patterns)
            && !matched(&self.negated)
    }
}
