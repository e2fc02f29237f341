//! Paths that are one path on some disks.

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization;

use super::Contents;

/// Pairs of files or folders of one package whose names differ in case alone, sorted: the default disk of
/// macOS would lay out one of the two.
pub fn case_collisions(contents: &Contents) -> Vec<(String, String)> {
    let mut by_folded: BTreeMap<String, &str> = BTreeMap::new();
    let mut pairs = BTreeSet::new();
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

/// Two paths that are one where case or the form of accents does not count (macOS), or backslashes part names and
/// dots and spaces at their end do not count (Windows). Folders that differ so are one folder there, and harm nothing;
/// `named` are files and links, of which `is_harmless` says whether either may stand for both.
pub(super) fn one_path<'a>(
    named: impl Iterator<Item = &'a str>,
    folders: impl Iterator<Item = &'a str>,
    is_harmless: impl Fn(&str, &str) -> bool,
) -> Option<(String, String)> {
    let mut files: BTreeMap<String, &str> = BTreeMap::new();
    let mut above: BTreeMap<String, &str> = folders.map(|path| (folded(path), path)).collect();
    for path in named {
        let first = files.insert(folded(path), path).filter(|first| *first != path);
        if let Some(first) = first.filter(|first| !is_harmless(first, path)) {
            return Some((first.to_owned(), path.to_owned()));
        }
        let parents = path.match_indices('/').map(|(at, _)| &path[..at]);
        above.extend(parents.map(|parent| (folded(parent), parent)));
    }
    let both = files.into_iter().find_map(|(folded, file)| Some((file, *above.get(&folded)?)));
    both.filter(|(file, folder)| file != folder).map(|(file, folder)| (file.to_owned(), folder.to_owned()))
}

/// What all spellings of one path have in common.
fn folded(path: &str) -> String {
    let case =
        |text: &str| text.nfd().flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfd().collect();
    let names = path.split(['/', '\\']).map(|name| name.trim_end_matches(['.', ' ']));
    let names: Vec<String> = names.filter(|name| !name.is_empty()).map(case).collect();
    names.join("/")
}
