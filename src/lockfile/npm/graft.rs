//! `hasShrinkwrap`: the subtree of a package that ships an npm-shrinkwrap.json of its own.

use std::collections::BTreeMap;

use serde_json::Value;

use super::read;
use crate::graph::Location;
use crate::graph::npm::{Graph, Node, Origin};
use crate::lockfile::Options;
use crate::lockfile::keys;
use crate::problem::{Problem, lockfile as problem};

/// Puts what an artifact's own npm-shrinkwrap.json installs under its location; `manifest` is the artifact's
/// package.json. Nothing happens where the node has no shrinkwrap, or where the lockfile lists something beneath
/// it already (npm writes the subtree down whenever it has read the artifact). Development dependencies
/// are left out: npm installs none beneath a dependency. With problems the graph is left as it was. What is
/// grafted can have shrinkwraps of its own, to be grafted in turn; the depth of locations bounds that. Its flags follow
/// from the edges of the whole: see [`Graph::settle`].
pub fn graft(
    graph: &mut Graph,
    at: &Location,
    shrinkwrap_text: &str,
    manifest: &Value,
    options: &Options<'_>,
) -> Result<(), Vec<Problem>> {
    if !graph.nodes.get(at).is_some_and(|host| host.has_shrinkwrap) || graph.beneath(at).next().is_some() {
        return Ok(());
    }
    let file = format!("npm-shrinkwrap.json in the artifact of {at}");
    let manifests =
        |location: &Location| location.is_root().then(|| manifest.clone()).filter(Value::is_object);
    let subtree = read(&file, shrinkwrap_text, &manifests, options)?;
    let mut nodes = BTreeMap::new();
    let mut problems = Vec::new();
    for (location, node) in subtree.nodes {
        // Folders of the artifact come with it; only what npm puts into `node_modules` is added.
        if !location.as_str().starts_with("node_modules/") || node.omit.dev {
            continue;
        }
        match relocate(&file, at, &location, node) {
            Ok((location, node)) => {
                nodes.insert(location, node);
            }
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    graph.nodes.extend(nodes);
    Ok(())
}

/// A node of the subtree at its place in the whole tree.
fn relocate(
    file: &str,
    at: &Location,
    location: &Location,
    mut node: Node,
) -> Result<(Location, Node), Problem> {
    let moved = |location: &Location| {
        let text = format!("{at}/{location}");
        let moved = Location::new(&text).map_err(|why| problem::unsafe_location(file, &text, &why.0))?;
        keys::bounded(file, &moved).map(|()| moved)
    };
    node.origin = match node.origin {
        Origin::Bundled { bundler } => Origin::Bundled { bundler: moved(&bundler)? },
        Origin::Link { target: path } | Origin::Tarball { path } | Origin::Folder { path } => {
            return Err(problem::local_in_shrinkwrap(file, location.as_str(), path.as_str()));
        }
        origin => origin,
    };
    Ok((moved(location)?, node))
}
