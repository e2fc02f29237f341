//! A list of packages: one a line, blank lines and `#` comments skipped.

use std::collections::BTreeSet;

use crate::graph::Package;

/// The longest line in bytes: names have at most 214 characters, versions 256.
const LINE: usize = 4096;
/// The most packages of one list.
const MOST: usize = 1_000_000;

/// A line that asks for a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// As written, without the space around it.
    pub(super) text: String,
    /// The package, or what of the text is none, with its place in the list.
    pub(super) package: Result<Package, String>,
}

impl Entry {
    /// What its line of the output is known by.
    pub(super) fn key(&self) -> String {
        match &self.package {
            Ok(package) => package.purl().to_string(),
            Err(_) => self.text.clone(),
        }
    }
}

/// Why a list is refused as a whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ListError {
    #[error("line {0} is not UTF-8: the list is text, one package a line")]
    NotText(usize),
    #[error("line {0} has more than {LINE} bytes: the list has one package a line")]
    LongLine(usize),
    #[error("line {0}: a list may name {MOST} packages at the most; split it")]
    TooMany(usize),
}

/// Reads a list; `name` is what the user calls it. A package that is named twice counts once, at its first
/// place.
pub(super) fn read(bytes: &[u8], name: &str) -> Result<Vec<Entry>, ListError> {
    let (mut entries, mut seen) = (Vec::new(), BTreeSet::new());
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let number = at + 1;
        if line.len() > LINE {
            return Err(ListError::LongLine(number));
        }
        let text = std::str::from_utf8(line).map_err(|_| ListError::NotText(number))?.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let package = Package::parse(text).map_err(|why| format!("{name}, line {number}: {why}"));
        let entry = Entry { text: text.to_owned(), package };
        if !seen.insert(entry.key()) {
            continue;
        }
        if entries.len() == MOST {
            return Err(ListError::TooMany(number));
        }
        entries.push(entry);
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_comments_and_repetitions() {
        let list = "\u{feff}# ours\r\na@1.0.0\r\n\n  pkg:npm/%40s/b@2.0.0 \npkg:npm/a@1.0.0\nnonsense";
        let entries = read(list.as_bytes(), "list").unwrap();
        let keys: Vec<_> = entries.iter().map(Entry::key).collect();
        assert_eq!(keys, ["pkg:npm/a@1.0.0", "pkg:npm/%40s/b@2.0.0", "nonsense"]);
        assert!(entries[2].package.as_ref().unwrap_err().starts_with("list, line 6: "));
    }

    #[test]
    fn what_is_no_list_is_refused_by_its_line() {
        assert_eq!(read(b"a@1.0.0\n\xff\xfe", "x"), Err(ListError::NotText(2)));
        let long = [b"a@1.0.0\n\n".to_vec(), vec![b'x'; LINE + 1]].concat();
        assert_eq!(read(&long, "x"), Err(ListError::LongLine(3)));
        let many: String = (0..=MOST).map(|n| format!("a{n}@1.0.0\n")).collect();
        assert_eq!(read(many.as_bytes(), "x"), Err(ListError::TooMany(MOST + 1)));
    }
}
