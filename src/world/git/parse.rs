//! What git prints.

use std::collections::BTreeMap;

use crate::hash::Digest;
use crate::source::repository::{NoAnswer, Refs};

/// `git ls-remote`: an id, a tab and a name on each line; `^{}` follows an annotated tag with what it
/// means. Names that are no UTF-8 are left out.
pub(super) fn refs(output: &[u8]) -> Result<Refs, NoAnswer> {
    let mut refs = Refs::default();
    let mut peeled = BTreeMap::new();
    for line in output.split(|byte| *byte == b'\n').filter_map(|line| std::str::from_utf8(line).ok()) {
        let Some((id, name)) = line.split_once('\t') else { continue };
        let id = digest(id)?;
        if let Some(head) = name.strip_prefix("refs/heads/") {
            refs.heads.insert(head.to_owned(), id);
        } else if let Some(tag) = name.strip_prefix("refs/tags/") {
            match tag.strip_suffix("^{}") {
                Some(tag) => peeled.insert(tag.to_owned(), id),
                None => refs.tags.insert(tag.to_owned(), id),
            };
        }
    }
    refs.tags.extend(peeled);
    Ok(refs)
}

/// The parents that a commit object names: header lines up to the first empty one.
pub(super) fn parents(commit: &[u8]) -> Result<Vec<Digest<20>>, NoAnswer> {
    let lines = commit.split(|byte| *byte == b'\n').take_while(|line| !line.is_empty());
    let ids = lines.filter_map(|line| std::str::from_utf8(line.strip_prefix(b"parent ")?).ok());
    ids.map(digest).collect()
}

pub(super) fn digest(id: &str) -> Result<Digest<20>, NoAnswer> {
    if id.len() == 64 {
        return Err(NoAnswer::Failed(super::classify::SHA256.to_owned()));
    }
    Digest::try_from(id.to_owned()).map_err(|_| NoAnswer::Failed(format!("{id:?} is no object id")))
}

/// A line of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Logged<'a> {
    Commit(Digest<20>),
    /// The ids of a file before and after, and its path.
    Change {
        before: &'a str,
        after: &'a str,
        path: &'a [u8],
    },
}

/// `git log --raw -z --no-abbrev --format="commit %H"`: for each commit its line, then for each change
/// `:<mode> <mode> <id before> <id after> <status>` and a path, each ended by a NUL.
pub(super) fn log(output: &[u8]) -> impl Iterator<Item = Result<Logged<'_>, NoAnswer>> {
    let mut words = output.split(|byte| *byte == 0);
    // What stands behind a commit's id in its word: the first change.
    let mut rest: &[u8] = &[];
    std::iter::from_fn(move || {
        loop {
            let word = match std::mem::take(&mut rest) {
                [] => words.next()?.trim_ascii_start(),
                rest => rest,
            };
            if let Some(id) = word.strip_prefix(b"commit ") {
                let (id, behind) = id.split_at(id.len().min(40));
                rest = behind.trim_ascii_start();
                return Some(digest(std::str::from_utf8(id).unwrap_or_default()).map(Logged::Commit));
            }
            let Some(change) = word.strip_prefix(b":").and_then(|raw| std::str::from_utf8(raw).ok()) else {
                continue;
            };
            let mut parts = change.split(' ').skip(2);
            let (Some(before), Some(after)) = (parts.next(), parts.next()) else { continue };
            return Some(Ok(Logged::Change { before, after, path: words.next()? }));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    #[test]
    fn annotated_tags_are_peeled() {
        let output =
            format!("{A}\trefs/heads/main\n{A}\trefs/tags/v1\n{B}\trefs/tags/v1^{{}}\n{A}\trefs/pull/1\n");
        let refs = refs(output.as_bytes()).unwrap();
        assert_eq!(refs.tags["v1"].to_string(), B);
        assert_eq!((refs.tags.len(), refs.heads.len()), (1, 1));
    }

    #[test]
    fn sha256_is_named() {
        let failed = refs(format!("{A}{}\tHEAD\n", &B[..24]).as_bytes()).unwrap_err();
        assert!(failed.to_string().contains("SHA-256"), "{failed}");
    }

    #[test]
    fn parents_are_read_from_the_header_alone() {
        let commit = format!("tree {A}\nparent {A}\nparent {B}\nauthor \u{e9}\n\nparent {B}\n");
        let ids: Vec<_> = parents(commit.as_bytes()).unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(ids, [A, B]);
    }
}
