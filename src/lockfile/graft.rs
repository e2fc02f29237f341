//! `hasShrinkwrap`: the subtree of a package that ships an npm-shrinkwrap.json of its own.

use std::collections::BTreeMap;

use super::{Options, keys, read};
use crate::graph::{Graph, Location, Node, Omit, Origin};
use crate::problem::{Problem, lockfile as problem};

/// Puts what an artifact's own npm-shrinkwrap.json installs under its location, with the omit flags of that
/// location. Nothing happens where the node has no shrinkwrap, or where the lockfile lists something beneath
/// it already (npm writes the subtree down whenever it has read the artifact). Development dependencies
/// are left out: npm installs none beneath a dependency. With problems the graph is left as it was. What is
/// grafted can have shrinkwraps of its own, to be grafted in turn; the depth of locations bounds that.
pub fn graft(
    graph: &mut Graph,
    at: &Location,
    shrinkwrap_text: &str,
    options: &Options<'_>,
) -> Result<(), Vec<Problem>> {
    let Some(host) = graph.nodes.get(at).filter(|host| host.has_shrinkwrap) else { return Ok(()) };
    if graph.beneath(at).next().is_some() {
        return Ok(());
    }
    let file = format!("npm-shrinkwrap.json in the artifact of {at}");
    let subtree = read(&file, shrinkwrap_text, None, options)?;
    let mut nodes = BTreeMap::new();
    let mut problems = Vec::new();
    for (location, node) in subtree.nodes {
        // Folders of the artifact come with it; only what npm puts into `node_modules` is added.
        if !location.as_str().starts_with("node_modules/") || node.omit.dev {
            continue;
        }
        match relocate(&file, at, &location, node, host.omit) {
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
    host: Omit,
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
    node.omit = inherit(node.omit, host);
    Ok((moved(location)?, node))
}

/// A package beneath another is left out whenever that one is. Without development dependencies, what
/// development and optional edges reach is reached by optional ones alone.
fn inherit(own: Omit, host: Omit) -> Omit {
    let optional = own.optional || own.dev_optional || host.optional;
    Omit {
        dev: host.dev,
        optional,
        dev_optional: host.dev_optional && !optional && !host.dev,
        peer: own.peer || host.peer,
    }
}
