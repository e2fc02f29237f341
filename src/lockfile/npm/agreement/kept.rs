//! A nested package of another version than was asked for, which `npm ci` takes all the same.
//!
//! npm resolves the dependency anew, and places what it finds as high as it can. It gives up a nested package only for
//! one that is not lower and that will do for all who use the nested one (arborist's `canDedupe`). One that is not given
//! up hides the new one from who asks, so that the new one goes again: the lockfile's tree is what is left.

use std::collections::BTreeSet;

use super::tree::{Place, Tree};
use crate::foreign;
use crate::npm::spec;
use crate::npm::spec::Spec;

/// What becomes of it.
#[derive(Clone, Copy, Debug)]
pub enum Fate<'a> {
    /// It is installed as the lockfile has it.
    Stays,
    /// It is not installed: this one above may stand in its place.
    GivenUpFor(&'a Place),
}

/// The fate of what lies at `location`, which is not what `from` asks for; `None` where npm refuses the lockfile.
pub fn fate<'a>(
    tree: &'a Tree,
    (from, name): (&str, &str),
    (location, found): (&str, &Place),
    asked: &str,
) -> Option<Fate<'a>> {
    let Spec::Range(Some(range)) = Spec::parse(asked) else { return None };
    let version = |place: &Place| foreign::npm_version(place.version.as_deref()?);
    let nested = version(found)?;
    if from.is_empty() || location != format!("{from}/node_modules/{name}") {
        return None;
    }
    let above = from.rfind('/').map_or("", |at| &from[..at]);
    let Some((_, higher)) = tree.resolve(above, name) else {
        // Nothing is in the way of the new one: it is lower where the range ends below.
        let rest = foreign::npm_range(&format!(">={nested}"))?;
        return (!range.allows_any(&rest)).then_some(Fate::Stays);
    };
    let is_met = spec::satisfies(higher.version.as_deref()?, &range);
    is_met.then_some(if version(higher)? < nested { Fate::Stays } else { Fate::GivenUpFor(higher) })
}

/// Who else uses a place: the locations with an edge to it, without those that are there for it alone.
pub fn users<'t>(tree: &'t Tree, location: &str) -> Vec<(&'t str, &'t str)> {
    let edges_of = |(from, place): (&'t String, &'t Place)| {
        let to = move |name: &'t String| Some((from.as_str(), name.as_str(), tree.resolve(from, name)?.0));
        place.edges.keys().filter_map(to)
    };
    let edges: Vec<_> = tree.0.iter().flat_map(edges_of).collect();
    let mut own = BTreeSet::from([location]);
    while let Some((_, _, to)) = edges.iter().find(|(from, _, to)| own.contains(from) && !own.contains(to)) {
        own.insert(to);
    }
    let shared = |own: &BTreeSet<&str>, (from, _, to): &(&str, &str, &str)| {
        *to != location && own.contains(to) && !own.contains(from)
    };
    while let Some((_, _, to)) = edges.iter().find(|edge| shared(&own, edge)) {
        own.remove(to);
    }
    let others = edges.into_iter().filter(|(from, _, to)| *to == location && !own.contains(from));
    others.map(|(from, name, _)| (from, name)).collect()
}
