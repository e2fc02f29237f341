//! Archives that are made of the bytes: what libFuzzer would not hit upon, as every header has a checksum.

use std::collections::BTreeMap;

use headwater::contents::Format;

use crate::input::Bytes;
use crate::plain::READERS;
use crate::readers::LIMITS;

const NAMES: [&str; 8] =
    ["p/a", "p/b", "p/./a", "p//a", "q/a", "p/a/c", "p/A", "p/a-name-that-is-longer-than-others"];
const BODIES: [&str; 3] = ["", "good\n", "evil\n"];
const BLOCK: usize = 512;

/// A tarball of headers and bodies in any order.
pub fn tarball(data: &[u8]) -> Vec<u8> {
    let mut bytes = Bytes(data);
    let mut out = Vec::new();
    while !bytes.is_empty() && out.len() < 64 * BLOCK {
        let (kind, name, body) = (bytes.one() % 10, bytes.pick(&NAMES), bytes.pick(&BODIES));
        match kind {
            0 => out.extend([0; BLOCK]),
            1 | 2 => {
                let (more, key) =
                    (bytes.one(), bytes.pick(&["path", "comment", "linkpath", "size", "GNU.sparse.name"]));
                let mut records = record(key, name);
                if more % 2 == 1 {
                    records += &record("path", bytes.pick(&NAMES));
                }
                entry(&mut out, "PaxHeader", if kind == 1 { b'x' } else { b'g' }, records.as_bytes());
            }
            3 => entry(&mut out, "././@LongLink", b'L', format!("{name}\0").as_bytes()),
            4 => entry(&mut out, "././@LongLink", b'K', format!("{name}\0").as_bytes()),
            5 => entry(&mut out, name, b'5', b""),
            6 => entry(&mut out, name, bytes.pick(b"127SDMV"), b""),
            _ => entry(&mut out, name, bytes.pick(b"0\x007"), body.as_bytes()),
        }
    }
    out.extend([0; 2 * BLOCK]);
    out
}

/// A record of a pax header, which begins with its own length.
fn record(key: &str, value: &str) -> String {
    let rest = key.len() + value.len() + 3;
    let digits = if rest + 2 > 99 { 3 } else { 2 };
    format!("{} {key}={value}\n", rest + digits)
}

fn entry(out: &mut Vec<u8>, name: &str, kind: u8, body: &[u8]) {
    let mut header = [0; BLOCK];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[100..107].copy_from_slice(b"0000644");
    header[124..135].copy_from_slice(format!("{:011o}", body.len()).as_bytes());
    header[136..147].copy_from_slice(b"00000000000");
    header[148..156].copy_from_slice(b"        ");
    header[156] = kind;
    header[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    out.extend(header);
    out.extend(body);
    out.resize(out.len().div_ceil(BLOCK) * BLOCK, 0);
}

/// What our reader accepts, every other one understands in the same way.
pub fn differential(data: &[u8]) {
    let archive = tarball(data);
    let Ok(unpacked) = Format::Npm.read(&archive, &LIMITS) else { return };
    let ours = unpacked.bytes.iter().map(|(path, bytes)| (path.clone(), bytes.as_slice())).collect();
    agree(&archive, &ours);
}

/// Holds what a reader saw against what the others see.
pub fn agree(archive: &[u8], ours: &BTreeMap<String, &[u8]>) {
    for (at, reader) in READERS.iter().enumerate() {
        let theirs = reader.files(archive);
        assert_eq!(theirs.as_ref(), Some(ours), "the reader {at} sees something else");
    }
}
