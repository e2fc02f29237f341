//! What each package of a project is called in the channel.

use std::collections::{BTreeMap, BTreeSet};

use crate::ecosystem::Ecosystem;
use crate::emit::guix::names::{Named, Upstream, named};
use crate::emit::model::python::Key;
use crate::emit::model::python::package::Package;

/// Names for these packages, no two with the same variable. One that is built in a second way has a word more: what
/// breaks a circle is called `-bootstrap`, as in Guix.
pub fn names<'a>(packages: impl Iterator<Item = (&'a Key, &'a Package)> + Clone) -> BTreeMap<Key, Named> {
    let versions: BTreeMap<&Key, String> =
        packages.clone().map(|(key, package)| (key, package.build.version.to_string())).collect();
    let upstream = |key: &Key, package: &'a Package| Upstream {
        ecosystem: Ecosystem::Python,
        name: package.build.name.as_str(),
        version: versions.get(key).map_or("", String::as_str),
    };
    let all: BTreeSet<_> = packages.clone().map(|(key, package)| upstream(key, package)).collect();
    let plain = named(&all);
    let mut taken: BTreeSet<String> = plain.values().map(|named| named.variable.clone()).collect();
    let mut found = BTreeMap::new();
    for (key, package) in packages {
        let Some(mut own) = plain.get(&upstream(key, package)).cloned() else { continue };
        if let Some(stage) = stage(key, package) {
            let word = if stage == "stage0" { "bootstrap" } else { stage };
            own.upstream_name.get_or_insert_with(|| package.build.name.to_string());
            own.name = format!("{}-{word}", own.name);
            own.variable = format!("{}-{word}", own.variable);
            while !taken.insert(own.variable.clone()) {
                own.variable.push('+');
            }
        }
        found.insert(key.clone(), own);
    }
    found
}

/// The word that a key has besides name and version.
fn stage<'a>(key: &'a Key, package: &Package) -> Option<&'a str> {
    let plain = Key::new(&package.build.name, &package.build.version);
    key.as_str().strip_prefix(plain.as_str())?.strip_prefix('+')
}
