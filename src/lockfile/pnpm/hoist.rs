//! Which packages pnpm installs, and which of them it links to where all others find them.

use std::collections::btree_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet};

use super::document::{Document, Entry};
use crate::graph::{Location, PackageName};

/// What pnpm installs, by key, and how deep each lies below the project (pnpm's `lockfileWalker`, which goes depth first:
/// it need not be the shortest way).
pub fn installed<'y>(document: &Document<'y>) -> BTreeMap<&'y str, usize> {
    let mut depths = BTreeMap::new();
    let direct = document.importers.iter().flat_map(|importer| document.named(&importer.direct));
    let mut open = Vec::from([(0, unseen(direct, 0, &mut depths))]);
    while let Some((depth, entries)) = open.pop() {
        let mut below = Vec::new();
        for entry in entries {
            let needed = unseen(document.named(&entry.dependencies), depth + 1, &mut depths);
            if !needed.is_empty() {
                below.push((depth + 1, needed));
            }
        }
        open.extend(below.into_iter().rev());
    }
    depths
}

/// The entries that were not met before.
fn unseen<'d, 'y: 'd>(
    named: impl Iterator<Item = (&'y str, &'d Entry<'y>)>,
    depth: usize,
    depths: &mut BTreeMap<&'y str, usize>,
) -> Vec<&'d Entry<'y>> {
    let mut found = Vec::new();
    for (_, entry) in named {
        if let Slot::Vacant(slot) = depths.entry(entry.key) {
            slot.insert(depth);
            found.push(entry);
        }
    }
    found
}

/// What a hoisted link leads to.
pub enum Target<'y> {
    Package(&'y str),
    Member(Location),
}

/// The links of `node_modules/.pnpm/node_modules`: every name once (`hoistPattern: ["*"]`), but for those that the project
/// itself depends on. Closer to the project comes first; at one depth the folders' order decides. `members` have names
/// only since pnpm 9. It is pnpm's order where nothing is left out for a platform.
pub fn hoisted<'y>(
    document: &Document<'y>,
    depths: &BTreeMap<&'y str, usize>,
    members: Vec<(PackageName, Location)>,
) -> Vec<(String, Target<'y>)> {
    let mut hoisted = Hoisted::default();
    let root = document.importers.iter().filter(|importer| importer.path == ".");
    for (alias, _) in root.flat_map(|root| document.named(&root.direct)) {
        hoisted.taken.insert(alias.to_owned());
    }
    for importer in &document.importers {
        for (alias, entry) in document.named(&importer.direct) {
            hoisted.offer(alias, Target::Package(entry.key));
        }
    }
    for (name, location) in members {
        hoisted.offer(name.as_str(), Target::Member(location));
    }
    let mut order: Vec<_> =
        depths.iter().map(|(key, depth)| (*depth, document.format.folder(key), *key)).collect();
    order.sort();
    for (.., key) in order {
        let dependencies = document.entries.get(key).map_or(&[][..], |entry| &entry.dependencies);
        for (alias, needed) in document.named(dependencies) {
            hoisted.offer(alias, Target::Package(needed.key));
        }
    }
    hoisted.links
}

#[derive(Default)]
struct Hoisted<'y> {
    /// In lower case, but for those of the project (so pnpm: what it depends on with capitals is hoisted as well).
    taken: BTreeSet<String>,
    links: Vec<(String, Target<'y>)>,
}

impl<'y> Hoisted<'y> {
    fn offer(&mut self, alias: &str, target: Target<'y>) {
        if self.taken.insert(alias.to_lowercase()) {
            self.links.push((alias.to_owned(), target));
        }
    }
}
