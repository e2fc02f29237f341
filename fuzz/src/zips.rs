//! Zip archives that are made of the bytes, and zip as others read it: by the list at the end, or from the front.

use std::collections::BTreeMap;

use headwater::contents::Format;

use crate::input::Bytes;
use crate::readers::LIMITS;

const NAMES: [&str; 6] = ["a/b.py", "a/c.py", "a//b.py", "a/./b.py", "a", "a-1.dist-info/METADATA"];
const BODIES: [&[u8]; 3] = [b"", b"good\n", b"evil\n"];

/// An entry, and the name that it has in the list.
struct Entry {
    body: &'static [u8],
    listed: Option<&'static str>,
    offset: usize,
}

/// What our reader accepts, every other one understands in the same way.
pub fn differential(data: &[u8]) {
    let archive = made(data);
    let Ok(unpacked) = Format::Wheel.read(&archive, &LIMITS) else { return };
    agree(&archive, &unpacked.bytes.iter().map(|(path, bytes)| (path.clone(), bytes.as_slice())).collect());
}

/// Holds what a reader saw against what the others see.
pub fn agree(archive: &[u8], ours: &BTreeMap<String, &[u8]>) {
    for (who, theirs) in [
        ("by the list", listed(archive, false)),
        ("by the list, the first of a name", listed(archive, true)),
        ("from the front", streamed(archive)),
    ] {
        assert_eq!(theirs.as_ref(), Some(ours), "{who} it is something else");
    }
}

/// An archive of entries, in which the list at the end need not say what lies before it.
pub fn made(data: &[u8]) -> Vec<u8> {
    let mut bytes = Bytes(data);
    let mut out = Vec::new();
    let mut entries: Vec<Entry> = Vec::new();
    while !bytes.is_empty() && entries.len() < 16 {
        let (kind, name, body) = (bytes.one() % 8, bytes.pick(&NAMES), bytes.pick(&BODIES));
        let mut entry = Entry { body, listed: Some(name), offset: out.len() };
        match kind {
            0 => entry.listed = Some(bytes.pick(&NAMES)),
            1 => entry.listed = None,
            2 => entry.offset = entries.last().map_or(entry.offset, |last| last.offset),
            3 => out.extend(b"junk"),
            _ => {}
        }
        if kind == 3 {
            entry.offset = out.len();
        }
        out.extend(b"PK\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00");
        sizes(&mut out, name, body);
        out.extend([0, 0]);
        out.extend(name.as_bytes());
        out.extend(body);
        entries.push(entry);
    }
    let start = out.len();
    let mut count = 0u16;
    for at in 0..entries.len() {
        let entry = &entries[at];
        let Some(name) = entry.listed else { continue };
        // Where an entry points to another one's bytes, it has their size, too.
        let of = entries.iter().find(|other| other.offset == entry.offset).unwrap_or(entry);
        out.extend(b"PK\x01\x02\x14\x03\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00");
        sizes(&mut out, name, of.body);
        out.extend([0; 8]);
        out.extend([0, 0, 0xa4, 0x81]);
        out.extend(u32::try_from(entry.offset).unwrap_or(0).to_le_bytes());
        out.extend(name.as_bytes());
        count += 1;
    }
    let length = out.len() - start;
    out.extend(b"PK\x05\x06\x00\x00\x00\x00");
    out.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    out.extend([length, start].map(|number| u32::try_from(number).unwrap_or(0).to_le_bytes()).concat());
    out.extend([0, 0]);
    out
}

/// Checksum, both sizes, and the length of the name.
fn sizes(out: &mut Vec<u8>, name: &str, body: &[u8]) {
    let size = u32::try_from(body.len()).unwrap_or(0).to_le_bytes();
    out.extend([crc(body).to_le_bytes(), size, size].concat());
    out.extend(u16::try_from(name.len()).unwrap_or(0).to_le_bytes());
}

fn crc(body: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
    !body.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

fn number(data: &[u8], at: usize, bytes: usize) -> Option<usize> {
    let field = data.get(at..at + bytes)?;
    Some(field.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte)))
}

/// A path as it is unpacked.
pub fn plain(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    name.split('/').filter(|part| !matches!(*part, "" | ".")).collect::<Vec<_>>().join("/")
}

/// The bytes of the entry whose header is at an offset, its name, and where the next one is.
fn local(data: &[u8], at: usize) -> Option<(String, &[u8], usize)> {
    if data.get(at..at + 4)? != b"PK\x03\x04" {
        return None;
    }
    let (size, name) = (number(data, at + 18, 4)?, number(data, at + 26, 2)?);
    let body = at + 30 + name + number(data, at + 28, 2)?;
    Some((plain(data.get(at + 30..at + 30 + name)?), data.get(body..body + size)?, body + size))
}

fn listed(data: &[u8], is_first: bool) -> Option<BTreeMap<String, &[u8]>> {
    let end = data.len().checked_sub(22)?;
    let (count, mut at) = (number(data, end + 10, 2)?, number(data, end + 16, 4)?);
    let mut files = BTreeMap::new();
    for _ in 0..count {
        let name = number(data, at + 28, 2)?;
        let (_, body, _) = local(data, number(data, at + 42, 4)?)?;
        let path = plain(data.get(at + 46..at + 46 + name)?);
        if !is_first || !files.contains_key(&path) {
            files.insert(path, body);
        }
        at += 46 + name;
    }
    Some(files)
}

fn streamed(data: &[u8]) -> Option<BTreeMap<String, &[u8]>> {
    let (mut files, mut at) = (BTreeMap::new(), 0);
    while let Some((path, body, next)) = local(data, at) {
        files.insert(path, body);
        at = next;
    }
    let is_list = data.get(at..at + 4).is_some_and(|magic| matches!(magic, b"PK\x01\x02" | b"PK\x05\x06"));
    is_list.then_some(files)
}
