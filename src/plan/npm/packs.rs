//! Which packages are fetched together. A fixed-output derivation costs about 100 ms however little it
//! fetches, so packages share one; a package that others must not disturb has one of its own.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::graph::Purl;

/// Packed bytes from which a package is fetched on its own.
const LARGE: u64 = 5_000_000;
/// The most packs that packages share.
const MOST: usize = 32;
/// How many packages a shared pack should hold, before there are more than `MOST` of them.
const PER_PACK: usize = 16;

/// What grouping needs to know of a package.
#[derive(Clone, Debug)]
pub struct Fetched {
    pub purl: Purl,
    /// Name and version as they stand in the pack's folder name (`core-7.0.0`, `@babel/core` at 7.0.0).
    pub name: String,
    pub version: String,
    /// What tells it from another package of the same name and version: `""` for the registry's.
    pub variant: String,
    /// Bytes of the archive.
    pub packed_size: u64,
    /// Needed to run some package's install script, or bound to a platform.
    pub alone: bool,
}

/// Where a package lies once it is fetched: pack, and folder in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub pack: String,
    pub folder: String,
}

/// Gives every package its place. Depends on nothing but the packages' names, so that a bumped version
/// stays in its pack; the number of packs follows the number of packages in steps of two.
pub fn group(packages: &[Fetched]) -> BTreeMap<Purl, Place> {
    let shared = packages.len().div_ceil(PER_PACK).next_power_of_two().min(MOST);
    let clashing = clashes(packages);
    packages
        .iter()
        .map(|package| {
            let folder = folder_name(&package.name, &package.version, &package.variant);
            let pack = if clashing.contains(&package.purl) {
                // The packs' lists are files, too.
                format!("{folder}-{}", hex::encode(&Sha256::digest(&folder)[..4]))
            } else if package.alone || package.packed_size > LARGE {
                folder.clone()
            } else {
                format!("{:02}", slot(&package.name, shared))
            };
            (package.purl.clone(), Place { pack, folder })
        })
        .collect()
}

fn slot(name: &str, of: usize) -> usize {
    usize::from(Sha256::digest(name)[0]) % of
}

/// Packages whose folders would be one on a disk that ignores case.
fn clashes(packages: &[Fetched]) -> BTreeSet<Purl> {
    let mut by_folder: BTreeMap<String, Vec<&Purl>> = BTreeMap::new();
    for package in packages {
        let folder = folder_name(&package.name, &package.version, &package.variant).to_lowercase();
        by_folder.entry(folder).or_default().push(&package.purl);
    }
    by_folder.into_values().filter(|same| same.len() > 1).flatten().cloned().collect()
}

/// What tells the folder of a package from that of the registry's package of the same name and version; `""` for that one.
pub fn variant(purl: &Purl) -> String {
    match purl.as_str().contains('?') {
        true => hex::encode(&Sha256::digest(purl.as_str())[..4]),
        false => String::new(),
    }
}

/// A folder name that is also fit for a store path's name: `@babel/core` 7.0.0 is `babel+core-7.0.0`.
/// No npm name has a `+`, so no two packages share one; what a store name may not hold is written `=xx`,
/// and a long name ends in a hash of the whole.
pub fn folder_name(name: &str, version: &str, variant: &str) -> String {
    let mut text =
        name.strip_prefix('@').map_or_else(|| name.to_owned(), |scoped| scoped.replacen('/', "+", 1));
    text.push('-');
    text.push_str(version);
    if !variant.is_empty() {
        text.push('-');
        text.push_str(variant);
    }
    let mut safe = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"+-._".contains(&byte) {
            safe.push(char::from(byte));
        } else {
            safe.push_str(&format!("={byte:02x}"));
        }
    }
    if safe.starts_with('.') {
        safe.insert(0, '_');
    }
    if safe.len() > 120 {
        let tail = hex::encode(&Sha256::digest(&safe)[..8]);
        safe.truncate(100);
        safe = format!("{safe}-{tail}");
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{PackageName, Version};

    fn package(name: &str, version: &str) -> Fetched {
        Fetched {
            purl: Purl::npm(&PackageName::new(name).unwrap(), &Version::new(version).unwrap()),
            name: name.to_owned(),
            version: version.to_owned(),
            variant: String::new(),
            packed_size: 1,
            alone: false,
        }
    }

    #[test]
    fn a_bumped_version_stays_in_its_pack() {
        let before: Vec<_> = (0..300).map(|i| package(&format!("p{i}"), "1.0.0")).collect();
        let mut after = before.clone();
        after[7] = package("p7", "1.0.1");
        let (before, after) = (group(&before), group(&after));
        let pack_of = |places: &BTreeMap<Purl, Place>, text: &str| {
            places.iter().find(|(purl, _)| purl.as_str().starts_with(text)).unwrap().1.pack.clone()
        };
        assert_eq!(pack_of(&before, "pkg:npm/p7@"), pack_of(&after, "pkg:npm/p7@"));
        let packs: BTreeSet<_> = before.values().map(|place| &place.pack).collect();
        assert!((20..=32).contains(&packs.len()), "{} packs", packs.len());
    }

    #[test]
    fn few_packages_make_few_packs() {
        let places = group(&(0..20).map(|i| package(&format!("p{i}"), "1.0.0")).collect::<Vec<_>>());
        assert!(places.values().map(|place| &place.pack).collect::<BTreeSet<_>>().len() <= 2);
    }

    #[test]
    fn large_packages_and_those_that_scripts_need_are_alone() {
        let mut large = package("large", "1.0.0");
        large.packed_size = 6_000_000;
        let mut needed = package("@s/needed", "1.0.0");
        needed.alone = true;
        let places = group(&[large, needed, package("other", "1.0.0")]);
        let packs: Vec<_> = places.values().map(|place| place.pack.as_str()).collect();
        assert_eq!(packs, ["s+needed-1.0.0", "large-1.0.0", "00"]);
    }

    #[test]
    fn names_that_differ_in_case_alone_share_neither_a_folder_nor_a_list() {
        let places = group(&[package("JSONStream", "1.0.0"), package("jsonstream", "1.0.0")]);
        let packs: BTreeSet<_> = places.values().map(|place| place.pack.to_lowercase()).collect();
        assert_eq!(packs.len(), 2, "{packs:?}");
    }

    #[test]
    fn folder_names_are_fit_for_a_store_path() {
        assert_eq!(folder_name("@babel/core", "7.0.0", ""), "babel+core-7.0.0");
        assert_eq!(folder_name("it's~me", "1.0.0", ""), "it=27s=7eme-1.0.0");
        assert_eq!(folder_name("x", "1.0.0", "0123abcd"), "x-1.0.0-0123abcd");
        let long = folder_name(&"x".repeat(214), "1.0.0", "");
        assert!(long.len() <= 120);
        assert_ne!(long, folder_name(&"x".repeat(214), "1.0.1", ""));
    }
}
