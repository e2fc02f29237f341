//! Optional packages that the lockfile lacks and a system would want: an npm that writes a lockfile beside a
//! node_modules can leave out those of other systems, and what needs them fails there much later.

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt as _;

use super::found::Installation;
use crate::emit::model::npm::Project;
use crate::foreign;
use crate::graph::npm::{EdgeKind, Node, Platform};
use crate::graph::{Location, PackageName, Version};
use crate::plan::npm::targets::{TARGETS, Target, by_name};
use crate::problem::{Problem, convert as problem};
use crate::world::World;
use crate::world::npm::NpmError;

/// How many packages the registry is asked about, and how many at once: what names tell is good enough for more.
const ASKED: usize = 256;
const AT_ONCE: usize = 16;

/// An optional dependency without an entry: its name, and a version in the range that is asked for.
type Unlocked = (PackageName, Option<Version>);

/// A warning for each package whose optional dependencies the lockfile lacks, for all systems at once.
pub async fn warnings(
    world: &World,
    found: &Installation<'_>,
    project: &Project,
    lockfile: &str,
) -> Vec<Problem> {
    let unlocked = unlocked(found, project);
    let all: BTreeSet<_> = unlocked.values().flatten().collect();
    let asked = all
        .into_iter()
        .enumerate()
        .map(|(at, unlocked)| async move { (unlocked, platform(world, unlocked, at < ASKED).await) });
    let platforms: BTreeMap<_, _> = futures::stream::iter(asked).buffer_unordered(AT_ONCE).collect().await;
    let wanted = unlocked.iter().filter_map(|(package, unlocked)| {
        let of_target = |target: &Target| {
            let names = unlocked.iter().filter(|one| {
                platforms.get(one).and_then(Option::as_ref).is_some_and(|platform| target.is_of(platform))
            });
            (target.system, names.map(|(name, _)| name.as_str()).collect::<Vec<_>>())
        };
        let missing: Vec<_> = TARGETS.iter().map(of_target).filter(|(_, names)| !names.is_empty()).collect();
        (!missing.is_empty()).then(|| problem::unlocked(lockfile, package, &missing))
    });
    wanted.collect()
}

/// What is missing, by the package that names it.
fn unlocked(found: &Installation<'_>, project: &Project) -> BTreeMap<String, BTreeSet<Unlocked>> {
    let mut unlocked: BTreeMap<String, BTreeSet<Unlocked>> = BTreeMap::new();
    for (location, node) in &found.graph.nodes {
        let optional =
            node.edges.iter().filter(|(_, kind)| **kind == EdgeKind::Optional).map(|(name, _)| name);
        let missing = optional.filter(|name| found.graph.resolve(location, name).is_none());
        let missing: Vec<_> = missing.filter(|name| !found.comes_along(location, name)).collect();
        if missing.is_empty() {
            continue;
        }
        let manifest = match project.manifests.get(location) {
            Some(manifest) => Some(manifest.clone()),
            None => found.contents(location, node).map(|contents| contents.manifest_json()),
        };
        let range = |name: &PackageName| {
            manifest.as_ref()?["optionalDependencies"][name.as_str()].as_str().map(str::to_owned)
        };
        let with_version = |name: &PackageName| (name.clone(), range(name).and_then(|range| within(&range)));
        unlocked.entry(shown(location, node)).or_default().extend(missing.into_iter().map(with_version));
    }
    unlocked
}

fn shown(location: &Location, node: &Node) -> String {
    match (&node.name, &node.version) {
        (Some(name), Some(version)) if !location.is_root() => format!("{name}@{version}"),
        _ if location.is_root() => "package.json".to_owned(),
        _ => location.to_string(),
    }
}

/// A version that a range takes: the one it begins with, which is almost always there, and its platforms those of all.
fn within(range: &str) -> Option<Version> {
    let plain = range.trim().trim_start_matches(['^', '~', '=', 'v']);
    let is_whole = foreign::npm_version(plain).is_some();
    is_whole.then(|| Version::new(plain).ok()).flatten()
}

/// What a package is for: by the registry's word, else by the words of its name; `None` where nobody knows, or where
/// there is no such package.
async fn platform(world: &World, (name, version): &Unlocked, ask: bool) -> Option<Platform> {
    if let (true, Some(version)) = (ask, version) {
        match world.npm.version_metadata(name, version).await {
            Ok(metadata) => {
                let (os, cpu, libc) = (metadata.os.clone(), metadata.cpu.clone(), metadata.libc.clone());
                return Some(Platform { os, cpu, libc });
            }
            Err(NpmError::Missing { .. }) => return None,
            Err(NpmError::Http(error)) if error.is_not_found() => return None,
            Err(_) => {}
        }
    }
    by_name(name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_begins_with_a_version() {
        for (range, version) in [
            ("1.2.3", Some("1.2.3")),
            ("~2.3.2", Some("2.3.2")),
            ("^4.0.0-rc.1", Some("4.0.0-rc.1")),
            ("*", None),
            (">=1.0.0", None),
            ("1.x", None),
            ("npm:other@1.0.0", None),
            ("file:x", None),
        ] {
            assert_eq!(within(range).as_ref().map(Version::as_str), version, "{range}");
        }
    }
}
