//! The distinct packages of a graph: what is fetched once, however many locations it has.

use std::collections::BTreeMap;

use url::Url;

use crate::graph::npm::{Graph, Node, Origin};
use crate::graph::{PackageName, Purl, Version};
use crate::hash::Integrity;
use crate::plan::npm::packs;
use crate::problem::{Problem, convert as problem};
use crate::source::NamedSource;

/// One package that must be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub purl: Purl,
    pub name: PackageName,
    /// What the lockfile says: it may say none of what is in git or at a URL, where package.json has none
    /// or the lockfile is of version 1.
    pub version: Option<Version>,
    pub from: From,
    /// The strongest hash that any of its locations gives.
    pub integrity: Option<Integrity>,
    /// The source that the user names.
    pub given: Option<NamedSource>,
}

/// Where a package is fetched from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    Registry { version: Version, url: Option<Url> },
    Remote { url: Url },
    Git { url: String, commit: String, subdirectory: Option<String> },
}

impl Request {
    /// `name@version`, as a person writes it.
    pub fn shown(&self) -> String {
        match &self.version {
            Some(version) => format!("{}@{version}", self.name),
            None => self.name.to_string(),
        }
    }

    /// What tells its folder from that of a registry package of the same name and version.
    pub fn variant(&self) -> String {
        packs::variant(&self.purl)
    }
}

/// All packages that npm installs of the graph.
///
/// # Errors
/// Two locations that give one package different hashes of the same kind: one of them is not what it says.
pub fn wanted(graph: &Graph, lockfile: &str) -> Result<BTreeMap<Purl, Request>, Vec<Problem>> {
    let installed = graph.installed();
    requests(installed.iter().map(|location| &graph.nodes[location]), lockfile)
}

/// The packages of these nodes.
///
/// # Errors
/// As for [`wanted`].
pub fn requests<'a>(
    nodes: impl Iterator<Item = &'a Node>,
    lockfile: &str,
) -> Result<BTreeMap<Purl, Request>, Vec<Problem>> {
    let mut found: BTreeMap<Purl, Request> = BTreeMap::new();
    let mut faults = Vec::new();
    for node in nodes {
        let (Some(purl), Some(name)) = (node.identity(), &node.name) else { continue };
        let from = match &node.origin {
            Origin::Registry { url } => {
                let Some(version) = node.version.clone() else { continue };
                From::Registry { version, url: url.clone() }
            }
            Origin::Remote { url } => From::Remote { url: url.clone() },
            Origin::Git { url, commit, subdirectory } => {
                From::Git { url: url.clone(), commit: commit.clone(), subdirectory: subdirectory.clone() }
            }
            _ => continue,
        };
        let Some(known) = found.get_mut(&purl) else {
            let integrity = node.integrity.clone();
            let (name, version) = (name.clone(), node.version.clone());
            found.insert(purl.clone(), Request { purl, name, version, from, integrity, given: None });
            continue;
        };
        let same_kind = |a: &Integrity, b: &Integrity| a.algorithm == b.algorithm && a != b;
        match (&known.integrity, &node.integrity) {
            (Some(one), Some(other)) if same_kind(one, other) => {
                faults.push(problem::two_hashes(lockfile, &known.shown()));
            }
            (one, other) => known.integrity = one.clone().max(other.clone()),
        }
        if let (From::Registry { url: url @ None, .. }, From::Registry { url: Some(other), .. }) =
            (&mut known.from, from)
        {
            *url = Some(other);
        }
    }
    faults.sort();
    faults.dedup();
    if faults.is_empty() { Ok(found) } else { Err(faults) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(locations: serde_json::Value) -> Graph {
        let lock = serde_json::json!({ "lockfileVersion": 3, "packages": locations });
        crate::lockfile::npm::read("package-lock.json", &lock.to_string(), &|_| None, &Default::default())
            .unwrap()
    }

    fn sri(algorithm: crate::hash::Algorithm, of: &str) -> String {
        Integrity::of(algorithm, of.as_bytes()).to_string()
    }

    #[test]
    fn a_package_at_two_places_is_one_with_the_stronger_hash() {
        use crate::hash::Algorithm::{Sha1, Sha512};
        let graph = read(serde_json::json!({
            "": { "dependencies": { "a": "1", "b": "1" } },
            "node_modules/a": { "version": "1.0.0", "integrity": sri(Sha1, "a") },
            "node_modules/b/node_modules/a": { "version": "1.0.0", "integrity": sri(Sha512, "a") },
            "node_modules/b": { "version": "1.0.0", "dependencies": { "a": "1" } },
        }));
        let wanted = wanted(&graph, "package-lock.json").unwrap();
        assert_eq!(wanted.len(), 2);
        let integrity = wanted.values().next().unwrap().integrity.clone().unwrap();
        assert_eq!(integrity.algorithm, Sha512);
    }

    #[test]
    fn two_hashes_for_one_package_are_refused() {
        use crate::hash::Algorithm::Sha512;
        let graph = read(serde_json::json!({
            "": { "dependencies": { "a": "1", "b": "1" } },
            "node_modules/a": { "version": "1.0.0", "integrity": sri(Sha512, "a") },
            "node_modules/b/node_modules/a": { "version": "1.0.0", "integrity": sri(Sha512, "b") },
            "node_modules/b": { "version": "1.0.0", "dependencies": { "a": "1" } },
        }));
        assert_eq!(wanted(&graph, "package-lock.json").unwrap_err().len(), 1);
    }
}
