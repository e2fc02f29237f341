//! A nested package of another version than was asked for, which `npm ci` installs all the same.
//!
//! npm resolves the dependency anew, and places what it finds as high as it can. It gives up a nested package only for
//! one that is not lower (arborist's `canDedupe`): a greater one stays, and as it hides the new one from who asks, that one
//! goes again. The lockfile's tree is what is left.

use nodejs_semver::{Range, Version};

use super::tree::{Place, Tree};
use crate::lockfile::spec::{self, Spec};

/// Whether what lies at `location`, which is not what `from` asks for, stays.
pub fn stays(tree: &Tree, from: &str, name: &str, (location, found): (&str, &Place), asked: &str) -> bool {
    let Spec::Range(Some(range)) = Spec::parse(asked) else { return false };
    let Some(version) = found.version.as_deref().and_then(|version| Version::parse(version).ok()) else {
        return false;
    };
    if from.is_empty() || location != format!("{from}/node_modules/{name}") {
        return false;
    }
    let above = from.rfind('/').map_or("", |at| &from[..at]);
    match tree.resolve(above, name) {
        // Nothing is in the way of the new one: it is lower where the range ends below.
        None => Range::parse(format!(">={version}")).is_ok_and(|rest| !range.allows_any(&rest)),
        Some((_, higher)) => higher.version.as_deref().is_some_and(|higher| {
            spec::satisfies(higher, &range) && Version::parse(higher).is_ok_and(|higher| higher < version)
        }),
    }
}
