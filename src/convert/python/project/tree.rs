//! The files of a folder: as the planner looks at them, walked within bounds.

use std::collections::{BTreeSet, VecDeque};

use super::Files;
use crate::graph::Location;

/// Entries that are looked at; what lies deepest is left out first.
pub(super) const MOST: usize = 20_000;

/// Folders that hold no source of the project, as nix/python/source.nix has them.
const APART: [&str; 3] = ["__pycache__", "node_modules", "nix/headwater"];

/// A path below a folder; `None` for one that leads out of it.
pub(super) fn below(folder: &Location, path: &str) -> Option<Location> {
    let path = Location::new(path).ok()?;
    if folder.is_root() {
        return Some(path);
    }
    Location::new(&format!("{folder}/{path}")).ok()
}

/// The paths of all files below a folder, relative to it, and whether these are all. Hidden folders, environments and
/// the folders of `others`, which are packages of their own, are left out.
pub(super) fn paths(
    files: &Files<'_>,
    at: &Location,
    others: &BTreeSet<Location>,
) -> (BTreeSet<String>, bool) {
    let mut found = BTreeSet::new();
    let mut seen = 0;
    let mut open = VecDeque::from([String::new()]);
    while let Some(folder) = open.pop_front() {
        let Some(here) = below(at, &folder) else { continue };
        let mut names = (files.names)(&here);
        // What `python -m venv` makes.
        if !folder.is_empty() && names.iter().any(|name| name == "pyvenv.cfg") {
            continue;
        }
        names.sort_unstable();
        for name in names {
            seen += 1;
            if seen > MOST {
                return (found, false);
            }
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            let Some(inner) = path.strip_suffix('/') else {
                found.insert(path);
                continue;
            };
            let is_apart = name.starts_with('.')
                || name.ends_with(".egg-info/")
                || APART.iter().any(|apart| inner == *apart || inner.ends_with(&format!("/{apart}")))
                || below(at, inner).is_none_or(|inner| others.contains(&inner));
            if !is_apart {
                open.push_back(inner.to_owned());
            }
        }
    }
    (found, true)
}
