//! The records of an extended header (POSIX.1-2001, pax).

use super::error::Difference;

/// Bytes of an extended header, or of a long name; npm passes over longer ones.
pub(super) const LARGEST: u64 = 1 << 20;

/// Keys that say nothing of where a file lies or what it holds, in any of the unpackers.
const HARMLESS: &[&str] = &["mtime", "atime", "ctime", "uid", "gid", "uname", "gname", "comment"];
/// Beginnings of such keys: extended attributes and what else a disk has.
const ATTRIBUTES: &[&str] = &["SCHILY.", "LIBARCHIVE.", "RHT.", "APPLE.", "MSWINDOWS.", "NODETAR."];
/// Keys beneath these that libarchive takes for the size of the file.
const SIZES: &[&str] = &["SCHILY.realsize", "SCHILY.filetype"];

/// What a header says of the entry that follows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Records {
    pub path: Option<Vec<u8>>,
    pub link: Option<Vec<u8>>,
    pub size: Option<u64>,
    /// A file with holes: those who do not know the key take the list of holes for content.
    pub is_sparse: bool,
}

/// Reads the records, and what is odd about them, in one sentence without a subject.
pub(super) fn records(bytes: &[u8]) -> (Records, Option<String>) {
    let (mut found, mut odd) = (Records::default(), None);
    let mut seen = std::collections::BTreeSet::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let Some((key, value, after)) = record(rest) else {
            odd.get_or_insert("has a record that is none".to_owned());
            break;
        };
        rest = after;
        if !seen.insert(key) {
            odd.get_or_insert(format!("has {key:?} twice"));
        }
        if value.contains(&b'\n') {
            odd.get_or_insert(format!("has lines in {key:?}"));
        }
        match key {
            "path" | "linkpath" if value.is_empty() => _ = odd.get_or_insert(format!("takes {key:?} back")),
            "path" => found.path = Some(value.to_owned()),
            "linkpath" => found.link = Some(value.to_owned()),
            "size" => match std::str::from_utf8(value).ok().and_then(|text| text.parse().ok()) {
                Some(size) => found.size = Some(size),
                None => _ = odd.get_or_insert("has a size that is none".to_owned()),
            },
            key if key.starts_with("GNU.sparse.") => found.is_sparse = true,
            key if HARMLESS.contains(&key) => {}
            key if !SIZES.contains(&key) && ATTRIBUTES.iter().any(|start| key.starts_with(start)) => {}
            key => _ = odd.get_or_insert(format!("has {key:?}, which not all know")),
        }
    }
    (found, odd)
}

/// A record, `LENGTH KEY=VALUE\n` with the length of all of it, and what follows.
fn record(bytes: &[u8]) -> Option<(&str, &[u8], &[u8])> {
    let space = bytes.iter().take(20).position(|byte| *byte == b' ')?;
    let digits = std::str::from_utf8(&bytes[..space]).ok()?;
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    let length: usize = digits.parse().ok().filter(|_| is_plain)?;
    let (record, rest) = bytes.split_at_checked(length)?;
    let record = record.strip_suffix(b"\n")?.get(space + 1..)?;
    let equals = record.iter().position(|byte| *byte == b'=')?;
    let key = std::str::from_utf8(&record[..equals]).ok().filter(|key| !key.is_empty())?;
    // A NUL ends the text for some.
    let is_text = !record[..equals].iter().any(u8::is_ascii_control);
    is_text.then_some((key, &record[equals + 1..], rest))
}

/// What a global header says that is more than a comment.
pub(super) fn global(bytes: &[u8]) -> Option<Difference> {
    let mut rest = bytes;
    let mut seen = false;
    while !rest.is_empty() {
        let Some((key, value, after)) = record(rest) else {
            return Some(Difference::Global("a record that is none".to_owned()));
        };
        if key != "comment" || seen || value.contains(&b'\n') {
            return Some(Difference::Global(key.to_owned()));
        }
        (seen, rest) = (true, after);
    }
    None
}
