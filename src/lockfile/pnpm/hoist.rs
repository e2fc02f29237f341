//! Which packages pnpm installs, and which of them it links to where all others find them.

use std::collections::btree_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet};

use super::document::{Document, Entry};
use super::settings::{Hoisting, means};
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

/// A link that nothing declares.
pub struct Hoisted<'y> {
    pub alias: String,
    pub target: Target<'y>,
    /// In the project's own `node_modules`, not in that of `.pnpm`.
    pub is_public: bool,
}

/// What a hoisted link leads to.
pub enum Target<'y> {
    Package(&'y str),
    Member(Location),
}

/// The hoisted links: every name once, but for those that the project itself depends on. Closer to the project comes first;
/// at one depth the folders' order decides. `members` are those that are linked. It is pnpm's order where nothing is left
/// out for a platform.
pub fn hoisted<'y>(
    document: &Document<'y>,
    depths: &BTreeMap<&'y str, usize>,
    members: Vec<(PackageName, Location)>,
    hoisting: &Hoisting,
) -> Vec<Hoisted<'y>> {
    let mut names = Names { hoisting, taken: BTreeSet::new(), links: Vec::new() };
    let root = document.importers.iter().filter(|importer| importer.path == ".");
    for (alias, _) in root.flat_map(|root| document.named(&root.direct)) {
        names.taken.insert(alias.to_owned());
    }
    for importer in &document.importers {
        for (alias, entry) in document.named(&importer.direct) {
            names.offer(alias, Target::Package(entry.key));
        }
    }
    for (name, location) in members {
        names.offer(name.as_str(), Target::Member(location));
    }
    let mut order: Vec<_> =
        depths.iter().map(|(key, depth)| (*depth, document.format.folder(key), *key)).collect();
    order.sort();
    for (.., key) in order {
        let dependencies = document.entries.get(key).map_or(&[][..], |entry| &entry.dependencies);
        for (alias, needed) in document.named(dependencies) {
            names.offer(alias, Target::Package(needed.key));
        }
    }
    names.links
}

struct Names<'h, 'y> {
    hoisting: &'h Hoisting,
    /// In lower case, but for those of the project (so pnpm: what it depends on with capitals is hoisted as well).
    taken: BTreeSet<String>,
    links: Vec<Hoisted<'y>>,
}

impl<'y> Names<'_, 'y> {
    fn offer(&mut self, alias: &str, target: Target<'y>) {
        let name = alias.to_lowercase();
        if self.taken.contains(&name) {
            return;
        }
        let is_public = means(&self.hoisting.public, alias);
        if is_public || means(&self.hoisting.private, alias) {
            self.taken.insert(name);
            self.links.push(Hoisted { alias: alias.to_owned(), target, is_public });
        }
    }
}
