//! `importers`: the project and the members of its workspace.

use super::document::Document;
use super::tree::Tree;
use crate::graph::{Location, PackageName};
use crate::lockfile::keys::{self, Path};
use crate::problem::lockfile as problem;

/// Places the project, its members and their links. Gives the members that have a name, in the order of their paths.
pub fn read(tree: &mut Tree<'_, '_, '_>, document: &Document<'_>) -> Vec<(PackageName, Location)> {
    let mut placed = Vec::new();
    for importer in &document.importers {
        let location = tree.about(importer.path, importer.line, |tree| {
            let location = location(tree, importer.path)?;
            let node = tree.project(&location);
            tree.insert(importer.path, location.clone(), node)?;
            tree.declare(&location, &importer.direct);
            Some(location)
        });
        placed.extend(location.map(|location| (importer, location)));
    }
    if !placed.iter().any(|(_, location)| location.is_root()) {
        let node = tree.project(&Location::root());
        tree.insert(".", Location::root(), node);
    }
    let mut members = Vec::new();
    for (importer, location) in placed {
        for dependency in &importer.direct {
            tree.about(importer.path, dependency.line, |tree| {
                tree.link(importer.path, &location, dependency, &location);
            });
        }
        if !location.is_root() {
            members.extend(tree.name_of(&location).map(|name| (name, location.clone())));
            tree.undeclared(location);
        }
    }
    members
}

/// The folder of an importer.
fn location(tree: &mut Tree<'_, '_, '_>, path: &str) -> Option<Location> {
    let file = tree.file();
    let why = match keys::project_path(path) {
        Path::Inside(location) if !is_in_modules(&location) => return Some(location),
        Path::Inside(_) => "is in node_modules".to_owned(),
        Path::Outside => {
            tree.refuse(problem::outside_project(file, path, path));
            return None;
        }
        Path::Unsafe(why) => why,
    };
    tree.refuse(problem::unsafe_location(file, path, &why));
    None
}

/// Whether a folder is one that pnpm makes, or in one.
pub fn is_in_modules(location: &Location) -> bool {
    location.as_str().split('/').any(|part| part == "node_modules")
}
