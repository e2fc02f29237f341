//! What an archive has of one file, without the rest of the commit.

use super::attributes::{Known, Stack};
use super::convert::Conversion;
use crate::hash::Digest;

/// What `git archive` or `git checkout` gives in place of a blob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LaidOut {
    Bytes(Vec<u8>),
    /// The file is left out.
    Absent,
    /// More than the blob says it: names of refs, the contents of Git LFS.
    Unknown,
}

/// The bytes that an archive or a checkout has of a file. `attributes` are the `.gitattributes` of the folders above it, from the root on, each
/// with its folder (`""`, or with a slash at its end).
pub fn laid_out(
    attributes: &[(String, Vec<u8>)],
    path: &str,
    (bytes, blob): (&[u8], &Digest<20>),
    is_archive: bool,
) -> LaidOut {
    let mut stack = Stack::new();
    for (folder, text) in attributes {
        stack.push(folder.as_bytes(), text);
    }
    let above = path.match_indices('/').map(|(at, _)| &path[..at]);
    let is_left_out = |path: &str, folder| stack.find(path.as_bytes(), folder).is_set(Known::ExportIgnore);
    if is_archive && (is_left_out(path, false) || above.into_iter().any(|folder| is_left_out(folder, true))) {
        return LaidOut::Absent;
    }
    let found = stack.find(path.as_bytes(), false);
    let is_filled =
        is_archive && found.is_set(Known::ExportSubst) && memchr::memmem::find(bytes, b"$Format:").is_some();
    if is_filled || found.value(Known::Filter) == Some(b"lfs") {
        return LaidOut::Unknown;
    }
    match Conversion::of(&found) {
        Ok(conversion) => LaidOut::Bytes(conversion.apply(bytes, blob).into_owned()),
        Err(_) => LaidOut::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_attributes_make_of_a_file() {
        let bytes = |text: &str| LaidOut::Bytes(text.as_bytes().to_vec());
        for (root, nested, expected) in [
            ("", "", bytes("a\nb\n")),
            ("* text=auto\n", "", bytes("a\nb\n")),
            ("*.json eol=crlf\n", "", bytes("a\r\nb\r\n")),
            ("*.json eol=crlf\n", "*.json eol=lf\n", bytes("a\nb\n")),
            ("sub export-ignore\n", "", LaidOut::Absent),
            ("", "*.json export-ignore\n", LaidOut::Absent),
            ("*.json filter=lfs\n", "", LaidOut::Unknown),
            ("*.json export-subst\n", "", bytes("a\nb\n")),
            ("*.md export-ignore\n", "", bytes("a\nb\n")),
        ] {
            let attributes = [(String::new(), root.into()), ("sub/".to_owned(), nested.into())];
            let of = |is_archive| {
                laid_out(&attributes, "sub/lock.json", (b"a\nb\n", &Digest([0; 20])), is_archive)
            };
            assert_eq!(of(true), expected, "{root}{nested}");
            // A checkout leaves nothing out.
            let checkout = if expected == LaidOut::Absent { bytes("a\nb\n") } else { expected };
            assert_eq!(of(false), checkout, "{root}{nested}");
        }
    }
}
