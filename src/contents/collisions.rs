//! Paths that are one path on a disk that ignores case.

use std::collections::BTreeMap;

use super::Contents;

/// Pairs of files or folders of one package whose names differ in case alone, sorted: the default disk of
/// macOS would lay out one of the two.
pub fn case_collisions(contents: &Contents) -> Vec<(String, String)> {
    let mut by_folded: BTreeMap<String, &str> = BTreeMap::new();
    let mut pairs = std::collections::BTreeSet::new();
    for file in &contents.files {
        let folders = file.path.match_indices('/').map(|(at, _)| &file.path[..at]);
        for path in folders.chain([file.path.as_str()]) {
            let first = *by_folded.entry(path.to_lowercase()).or_insert(path);
            // Only the name itself: below a pair of folders every path would differ again.
            let name_at = path.rfind('/').map_or(0, |at| at + 1);
            if first != path && first[..name_at] == path[..name_at] {
                pairs.insert((first.to_owned(), path.to_owned()));
            }
        }
    }
    pairs.into_iter().collect()
}
