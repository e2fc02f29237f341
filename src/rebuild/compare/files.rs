//! File by file: what two archives hold.

use std::collections::{BTreeMap, BTreeSet};

use super::{Difference, Normalisation, diff};
use crate::contents::tarball::{Files, Raw};

/// How many files are the same, and what differs of the others. `explain` is asked of a file that both have: its path, the
/// bytes that were built and the registry's.
pub(super) fn compare(
    built: &Files,
    published: &Files,
    explain: impl Fn(&str, &[u8], &[u8]) -> Option<Normalisation>,
) -> (usize, BTreeMap<String, Difference>) {
    let paths: BTreeSet<&String> = built.files.keys().chain(published.files.keys()).collect();
    let all = paths.len();
    let of_file = |path: &String| {
        let difference = difference(path, built.files.get(path), published.files.get(path), &explain)?;
        Some((path.clone(), difference))
    };
    let mut found: BTreeMap<_, _> = paths.into_iter().filter_map(of_file).collect();
    let identical = all - found.len();
    let links = built.dropped.iter().chain(&published.dropped);
    found.extend(links.map(|link| (link.path.clone(), Difference::Link)));
    (identical, found)
}

fn difference(
    path: &str,
    built: Option<&Raw>,
    published: Option<&Raw>,
    explain: impl Fn(&str, &[u8], &[u8]) -> Option<Normalisation>,
) -> Option<Difference> {
    let (built, published) = match (built, published) {
        (None, None) => return None,
        (None, Some(_)) => return Some(Difference::Missing),
        (Some(_), None) => return Some(Difference::Added),
        (Some(built), Some(published)) => (built, published),
    };
    let same_mode = built.executable == published.executable;
    if built.bytes == published.bytes {
        return (!same_mode).then_some(Difference::Mode { executable: published.executable });
    }
    let by = explain(path, &built.bytes, &published.bytes).filter(|_| same_mode);
    Some(match by {
        Some(by) => Difference::Normalised { by },
        None => diff::difference(path, &built.bytes, &published.bytes),
    })
}
