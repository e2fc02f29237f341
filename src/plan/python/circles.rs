//! Circles of builds that need each other, and how the known ones are broken.

use std::collections::{BTreeMap, BTreeSet};

use super::tables::{Stage, stages};
use super::{Files, Key, KnownReleases};
use crate::python::marker::Marker;

/// What each build needs.
pub type Needs = BTreeMap<Key, BTreeMap<Key, Marker>>;

/// Breaks the circles that are known: whoever is on one gets a copy of the first of its members that can be copied.
/// Gives the stages with the path that is copied for each.
///
/// # Errors
/// The members of a circle that cannot be broken; the first stands at its end again.
pub fn broken(needs: &mut Needs, known: &KnownReleases) -> Result<BTreeMap<Key, String>, Vec<Key>> {
    let mut copied = BTreeMap::new();
    while let Some(circle) = circle(needs) {
        let stage = stages().iter().find_map(|stage| {
            let key = circle.iter().find(|key| key.name == stage.name && !key.stage0)?;
            let files = known.files.get(&(key.name.clone(), key.version.clone()))?;
            Some((key.clone(), path(stage, files)?))
        });
        let Some((key, path)) = stage else {
            return Err(circle);
        };
        let stage = Key { stage0: true, ..key.clone() };
        for member in &circle {
            if let Some(requires) = needs.get_mut(member)
                && let Some(marker) = requires.remove(&key)
            {
                requires.insert(stage.clone(), marker);
            }
        }
        needs.insert(stage.clone(), BTreeMap::new());
        copied.insert(stage, path);
    }
    Ok(copied)
}

/// The path of a stage that the source has.
pub fn path(stage: &Stage, files: &Files) -> Option<String> {
    first(&stage.paths, files)
}

/// The first of the files or folders that the source has.
pub fn first(paths: &[String], files: &Files) -> Option<String> {
    let has = |path: &&String| {
        let folder = format!("{path}/");
        files.paths.contains(*path)
            || files.paths.range(folder.clone()..).next().is_some_and(|next| next.starts_with(&folder))
    };
    paths.iter().find(has).cloned()
}

/// One circle, if there is any: its first member stands at the end as well.
fn circle(needs: &Needs) -> Option<Vec<Key>> {
    // What is left when builds without open needs are taken away again and again has a circle within.
    let mut left: BTreeSet<&Key> = needs.keys().collect();
    loop {
        let before = left.len();
        let open = |key: &&Key| {
            needs.get(*key).is_some_and(|requires| requires.keys().any(|key| left.contains(key)))
        };
        let open: BTreeSet<&Key> = left.iter().copied().filter(open).collect();
        left = open;
        if left.len() == before {
            break;
        }
    }
    let mut walk: Vec<&Key> = vec![left.first()?];
    loop {
        let last = walk.last()?;
        let next = needs.get(*last)?.keys().find(|key| left.contains(*key))?;
        if let Some(start) = walk.iter().position(|key| *key == next) {
            walk.push(next);
            return Some(walk[start..].iter().map(|key| (*key).clone()).collect());
        }
        walk.push(next);
    }
}
