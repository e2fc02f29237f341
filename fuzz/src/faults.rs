//! Faults that were there once, as they were: where the fuzzer does not find one within a minute, it finds nothing.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::str::FromStr;

use crate::{input, made, zips};

/// A requirement whose name ends in `-` before `[` made the parser panic, and nothing caught it.
pub fn pep508(data: &[u8]) {
    let Some(text) = input::text(data) else { return };
    _ = pep508_rs::Requirement::<pep508_rs::VerbatimUrl>::from_str(text);
}

/// Archives were read by the tar crate's rules alone, which no unpacker has.
pub fn tar(data: &[u8]) {
    let archive = made::tarball(data);
    let Some(files) = read(&archive) else { return };
    let files = files.iter().map(|(path, bytes)| (path.clone(), bytes.as_slice())).collect();
    made::agree(&archive, &files);
}

fn read(archive: &[u8]) -> Option<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for entry in tar::Archive::new(archive).entries().ok()? {
        let mut entry = entry.ok()?;
        let path = String::from_utf8(entry.path_bytes().into_owned()).ok()?;
        let path = path.split('/').skip(1).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/");
        if entry.header().entry_type().is_file() && !path.is_empty() {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).ok()?;
            files.insert(path, bytes);
        }
    }
    Some(files)
}

/// The list at the end was believed, whatever lay before it.
pub fn zip(data: &[u8]) {
    let archive = zips::made(data);
    let Ok(mut reader) = zip::ZipArchive::new(Cursor::new(&archive)) else { return };
    let mut files = BTreeMap::new();
    for at in 0..reader.len() {
        let Ok(mut entry) = reader.by_index(at) else { return };
        let Ok(path) = entry.name().map(|name| zips::plain(name.as_bytes())) else { return };
        let mut bytes = Vec::new();
        if entry.read_to_end(&mut bytes).is_err() {
            return;
        }
        files.insert(path, bytes);
    }
    let files = files.iter().map(|(path, bytes)| (path.clone(), bytes.as_slice())).collect();
    zips::agree(&archive, &files);
}
