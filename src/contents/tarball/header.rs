//! One header of a tar archive, as all unpackers understand it.

use tar::{EntryType, Header};

use super::error::Difference;

/// Where the fields lie (POSIX.1-1988, ustar).
const MODE: std::ops::Range<usize> = 100..108;
const SIZE: std::ops::Range<usize> = 124..136;
const NUMBERS: [(std::ops::Range<usize>, &str); 5] = [
    (108..116, "has an owner that is no number"),
    (116..124, "has a group that is no number"),
    (136..148, "has a time that is no number"),
    (329..337, "has a device that is no number"),
    (337..345, "has a device that is no number"),
];
const CHECKSUM: std::ops::Range<usize> = 148..156;
const LINK: std::ops::Range<usize> = 157..257;
const MAGIC: std::ops::Range<usize> = 257..265;
const PREFIX: std::ops::Range<usize> = 345..500;
/// npm takes all 155 bytes for a prefix where this one is set.
const LONG: usize = 475;
const USTAR: &[u8] = b"ustar\x0000";

/// The path that the header has, with its prefix where that counts.
pub(super) fn path(header: &Header) -> Vec<u8> {
    let bytes = header.as_bytes();
    let name = text(&bytes[..MODE.start]);
    let prefix = text(&bytes[PREFIX]);
    if bytes[MAGIC] == *USTAR && !prefix.is_empty() { [prefix, b"/", name].concat() } else { name.to_owned() }
}

pub(super) fn link(header: &Header) -> &[u8] {
    text(&header.as_bytes()[LINK])
}

/// Whether the entry describes the next one.
pub(super) fn is_extension(kind: EntryType) -> bool {
    matches!(
        kind,
        EntryType::XHeader | EntryType::XGlobalHeader | EntryType::GNULongName | EntryType::GNULongLink
    )
}

pub(super) fn is_link(kind: EntryType) -> bool {
    matches!(kind, EntryType::Symlink | EntryType::Link)
}

pub(super) fn is_file(kind: EntryType) -> bool {
    matches!(kind, EntryType::Regular | EntryType::Continuous)
}

/// What some read in another way than others.
pub(super) fn difference(header: &Header) -> Option<Difference> {
    let bytes = header.as_bytes();
    let kind = header.entry_type();
    let size = header.entry_size().unwrap_or(u64::MAX);
    // Nobody looks at the mode of what is no file; the tar crate writes none there.
    let is_mode = if is_extension(kind) { is_number } else { is_octal };
    let why = if !is_mode(&bytes[MODE]) {
        "has a mode that is no octal number"
    } else if !is_octal(&bytes[SIZE]) {
        "has a size that is no octal number"
    } else if !is_octal(&bytes[CHECKSUM]) || !bytes[CHECKSUM].iter().any(|byte| matches!(byte, 0 | b' ')) {
        "has a checksum that is no octal number"
    } else if let Some((_, what)) = NUMBERS.iter().find(|(at, _)| !is_number(&bytes[at.clone()])) {
        what
    } else if bytes[MAGIC] != *USTAR && bytes[PREFIX.start] != 0 && !is_extension(kind) {
        "has a prefix in a format that has none"
    } else if bytes[MAGIC] == *USTAR && rest(&bytes[PREFIX.start..=LONG]).iter().any(|byte| *byte != 0) {
        "has something behind its prefix"
    } else if !is_extension(kind) && !is_link(kind) && !link(header).is_empty() {
        "names the target of a link, and is none"
    } else if !is_extension(kind) && !is_file(kind) && size > 0 {
        "has a size, and is no file"
    } else {
        return None;
    };
    let path = String::from_utf8_lossy(&path(header)).into_owned();
    Some(Difference::Header { path, why })
}

/// The text of a field, up to its NUL.
fn text(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// What follows the text of a field.
fn rest(field: &[u8]) -> &[u8] {
    &field[text(field).len()..]
}

/// Octal digits between spaces, as everybody reads them; what follows a NUL nobody reads.
fn is_octal(field: &[u8]) -> bool {
    let digits = digits(field);
    !digits.is_empty() && digits.iter().all(|byte| matches!(byte, b'0'..=b'7'))
}

/// The same, nothing, or a binary number as GNU tar writes larger ones, as far as all can hold it.
fn is_number(field: &[u8]) -> bool {
    let is_binary = field[0] == 0x80 && field[1..field.len() - 4].iter().all(|byte| *byte == 0);
    is_binary || digits(field).is_empty() || is_octal(field)
}

/// The text of a field without the spaces around it.
fn digits(field: &[u8]) -> &[u8] {
    let mut text = text(field);
    while let [b' ', rest @ ..] | [rest @ .., b' '] = text {
        text = rest;
    }
    text
}
