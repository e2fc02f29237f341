//! Tar as others read it, in as few lines as can be: no checks, no limits. Where our reader accepts an archive, all of
//! these must see what it sees.

use std::collections::BTreeMap;

const BLOCK: usize = 512;

/// In what readers differ.
#[derive(Clone, Copy)]
pub struct Reader {
    /// Zero blocks in a row that end the archive.
    pub zeros: usize,
    /// A pax header counts more than a long name, wherever it stands; else the last of both.
    pub pax_first: bool,
    /// Whether a header for all entries counts.
    pub global: bool,
}

/// As npm, GNU tar and Python unpack, and one that knows no end.
pub const READERS: [Reader; 4] = [
    Reader { zeros: 2, pax_first: false, global: true },
    Reader { zeros: 1, pax_first: true, global: true },
    Reader { zeros: 1, pax_first: false, global: false },
    Reader { zeros: usize::MAX, pax_first: false, global: true },
];

impl Reader {
    /// The regular files by path, the first part of each taken off; `None` for what is damaged.
    pub fn files<'a>(&self, data: &'a [u8]) -> Option<BTreeMap<String, &'a [u8]>> {
        let mut files = BTreeMap::new();
        let (mut at, mut zeros) = (0, 0);
        let (mut pax, mut long, mut global) = (None, None, None);
        while let Some(header) = data.get(at..at + BLOCK) {
            at += BLOCK;
            if header.iter().all(|byte| *byte == 0) {
                zeros += 1;
                if zeros >= self.zeros {
                    break;
                }
                continue;
            }
            zeros = 0;
            let size = octal(&header[124..136])?;
            let body = data.get(at..at.checked_add(size)?)?;
            at += size.div_ceil(BLOCK) * BLOCK;
            match header[156] {
                b'x' => {
                    pax = path(body)?.or(pax);
                    if !self.pax_first && pax.is_some() {
                        long = pax.clone();
                    }
                }
                b'g' => global = path(body)?.or(global),
                b'L' => long = Some(text(body)),
                b'K' => {}
                kind => {
                    let global = global.clone().filter(|_| self.global);
                    let name =
                        if self.pax_first { pax.take().or(long.take()) } else { long.take().or(pax.take()) };
                    (pax, long) = (None, None);
                    let name = name.or(global).unwrap_or_else(|| named(header));
                    let parts = name.split('/').skip(1).filter(|part| !matches!(*part, "" | "."));
                    let path = parts.collect::<Vec<_>>().join("/");
                    if matches!(kind, b'0' | 0 | b'7') && !name.ends_with('/') && !path.is_empty() {
                        files.insert(path, body);
                    }
                }
            }
        }
        Some(files)
    }
}

/// Up to the first NUL.
fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

fn octal(field: &[u8]) -> Option<usize> {
    usize::from_str_radix(text(field).trim(), 8).ok()
}

/// The name of a header of POSIX: a prefix, too.
fn named(header: &[u8]) -> String {
    let (name, prefix) = (text(&header[..100]), text(&header[345..500]));
    let posix = header[257..263] == *b"ustar\0" && !prefix.is_empty();
    if posix { format!("{prefix}/{name}") } else { name }
}

/// The last `path` of a pax header.
fn path(mut body: &[u8]) -> Option<Option<String>> {
    let mut found = None;
    while !body.is_empty() {
        let space = body.iter().position(|byte| *byte == b' ')?;
        let length: usize = std::str::from_utf8(&body[..space]).ok()?.parse().ok()?;
        let record = std::str::from_utf8(body.get(space + 1..length.checked_sub(1)?)?).ok()?;
        if let Some(value) = record.strip_prefix("path=") {
            found = Some(value.to_owned());
        }
        body = &body[length..];
    }
    Some(found)
}
