//! Wheels and zipped sdists as they are made, and as nobody should make them.

use std::io::Write;

use flate2::{Compression, write::DeflateEncoder};

use crate::contents::Format;
use crate::contents::tarball::{Limits, TarballError, Unpacked};

/// One entry, said twice: what stands before the file, and what stands in the directory at the end.
struct Entry<'a> {
    local: &'a [u8],
    central: &'a [u8],
    mode: u32,
    flags: u16,
    bytes: &'a [u8],
}

fn entry<'a>(path: &'a str, bytes: &'a [u8]) -> Entry<'a> {
    Entry { local: path.as_bytes(), central: path.as_bytes(), mode: 0o100_644, flags: 0, bytes }
}

fn zip(entries: &[Entry<'_>]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for Entry { local, central, mode, flags, bytes } in entries {
        let mut deflated = DeflateEncoder::new(Vec::new(), Compression::default());
        deflated.write_all(bytes).unwrap();
        let deflated = deflated.finish().unwrap();
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        // From "version needed" to "extra field length", the same in both places (APPNOTE 4.3.7, 4.3.12).
        let common = |name: &[u8]| {
            let mut fields = Vec::new();
            for short in [20, *flags, 8, 0, 0x21] {
                fields.extend(short.to_le_bytes());
            }
            for long in [crc.sum(), deflated.len() as u32, bytes.len() as u32] {
                fields.extend(long.to_le_bytes());
            }
            fields.extend((name.len() as u16).to_le_bytes());
            fields.extend([0, 0]);
            fields
        };
        let offset = out.len() as u32;
        out.extend(b"PK\x03\x04");
        out.extend(common(local));
        out.extend(*local);
        out.extend(&deflated);
        directory.extend(b"PK\x01\x02\x14\x03");
        directory.extend(common(central));
        directory.extend([0; 6]);
        directory.extend((mode << 16).to_le_bytes());
        directory.extend(offset.to_le_bytes());
        directory.extend(*central);
    }
    let (start, size, count) = (out.len() as u32, directory.len() as u32, entries.len() as u16);
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    out.extend([size.to_le_bytes(), start.to_le_bytes()].concat());
    out.extend([0, 0]);
    out
}

fn wheel(entries: &[Entry<'_>]) -> Result<Unpacked, TarballError> {
    Format::Wheel.read(&zip(entries), &Limits::default())
}

#[test]
fn a_wheel_is_described() {
    let program = Entry { mode: 0o100_755, ..entry("a/run.sh", b"#!/bin/sh\n") };
    let accent = Entry { flags: 1 << 11, ..entry("a/é.txt", b"") };
    let metadata = entry("a-1.0.dist-info/METADATA", b"Name: a\n");
    let unpacked =
        wheel(&[program, accent, Entry { mode: 0o040_755, ..entry("a/", b"") }, metadata]).unwrap();
    let contents = unpacked.contents;
    let paths: Vec<_> = contents.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["a-1.0.dist-info/METADATA", "a/run.sh", "a/é.txt"]);
    assert!(contents.file("a/run.sh").unwrap().executable);
    assert_eq!(contents.manifest, "Name: a\n");
    assert_eq!(unpacked.bytes["a/run.sh"], b"#!/bin/sh\n");
}

#[test]
fn a_zipped_sdist_loses_its_folder() {
    let packed = zip(&[entry("a-1.0/PKG-INFO", b"Name: a\n"), entry("a-1.0/a/b.py", b"")]);
    let contents = Format::Sdist.read(&packed, &Limits::default()).unwrap().contents;
    assert_eq!(contents.manifest, "Name: a\n");
    assert!(contents.file("a/b.py").is_some());
    let two = zip(&[entry("a-1.0/PKG-INFO", b""), entry("b/c", b"")]);
    let refused = Format::Sdist.read(&two, &Limits::default()).unwrap_err();
    assert_eq!(refused, TarballError::SecondRoot { first: "a-1.0".into(), second: "b".into() });
}

#[test]
fn paths_that_lead_elsewhere_are_refused() {
    for path in ["../a", "a/../../b", "/etc/passwd", "C:/a", "a/..\\b", "\\a"] {
        assert_eq!(wheel(&[entry(path, b"")]).unwrap_err(), TarballError::Escapes(path.into()), "{path}");
    }
    let latin = Entry { local: b"a\xe9", central: b"a\xe9", ..entry("", b"") };
    assert!(matches!(wheel(&[latin]), Err(TarballError::Path { .. })));
    let latin = Entry { local: b"a\xe9", central: b"a\xe9", flags: 1 << 11, ..entry("", b"") };
    assert!(wheel(&[latin]).is_err());
    assert!(matches!(wheel(&[entry("a\nb", b"")]), Err(TarballError::Path { .. })));
}

#[test]
fn what_readers_may_see_differently_is_refused() {
    let contradiction = |entries: &[Entry<'_>]| match wheel(entries) {
        Err(TarballError::Differs(_) | TarballError::FileAndFolder(_) | TarballError::UnderLink(_)) => {}
        other => panic!("{other:?}"),
    };
    contradiction(&[entry("a", b"1"), entry("a", b"2")]);
    contradiction(&[Entry { local: b"good", ..entry("evil", b"1") }]);
    contradiction(&[entry("a", b""), entry("a/b", b"")]);
    contradiction(&[Entry { mode: 0o120_777, ..entry("a/link", b"run.sh") }]);
    contradiction(&[Entry { mode: 0o040_755, ..entry("a", b"") }]);
    contradiction(&[entry("a/", b"content")]);
    contradiction(&[entry("a\\b", b"")]);
    contradiction(&[Entry { flags: 1 << 6, ..entry("a", b"1") }]);
    contradiction(&[Entry { mode: 0o120_777, ..entry("l", b"/etc") }, entry("l/passwd", b"")]);
    // A file that the directory at the end does not list.
    let (hidden, listed) = (zip(&[entry("hidden", b"1")]), zip(&[entry("listed", b"2")]));
    let end = hidden.len() - 22 - 46 - "hidden".len();
    assert!(Format::Wheel.read(&[&hidden[..end], &listed].concat(), &Limits::default()).is_err());
}

#[test]
fn two_spellings_of_one_path_are_refused() {
    assert!(wheel(&[entry("a/b", b"1"), entry("a/./b", b"2")]).is_err());
}

#[test]
fn encrypted_and_special_files_are_refused() {
    let encrypted = Entry { flags: 1, ..entry("a", b"1") };
    assert!(matches!(wheel(&[encrypted]), Err(TarballError::Encrypted(_))));
    let device = Entry { mode: 0o020_644, ..entry("a", b"") };
    assert!(matches!(wheel(&[device]), Err(TarballError::Kind { .. })));
}

#[test]
fn bounds_hold() {
    let zeros = vec![0; 40 << 20];
    let packed = zip(&[entry("zeros", &zeros)]);
    let read = |limits: &Limits| Format::Wheel.read(&packed, limits).unwrap_err();
    assert_eq!(read(&Limits::default()), TarballError::Bomb(250));
    let limits = Limits { total: 1 << 20, ..Limits::default() };
    assert_eq!(read(&limits), TarballError::TooLarge(1 << 20));
    let limits = Limits { file: 10, ..Limits::default() };
    assert!(matches!(read(&limits), TarballError::FileTooLarge { .. }));
    let limits = Limits { entries: 1, ..Limits::default() };
    let two = zip(&[entry("a", b""), entry("b", b"")]);
    assert_eq!(Format::Wheel.read(&two, &limits).unwrap_err(), TarballError::TooManyEntries(1));
}

#[test]
fn damage_is_seen() {
    let packed = zip(&[entry("a", &[7; 999])]);
    let mut wrong = packed.clone();
    wrong[14] ^= 1; // the checksum in front of the file
    for bytes in [&packed[..packed.len() - 10], &wrong, b"<html>", b"", b"PK\x03\x04"] {
        assert!(Format::Wheel.read(bytes, &Limits::default()).is_err());
    }
}

#[test]
fn the_one_time_of_all_files() {
    // Day 0x0021 is the first of 1980, and no time of the day is midnight.
    let archive = zip(&[entry("a", b"1"), entry("b", b"2")]);
    assert_eq!(super::time(&archive), Some(315_532_800));
    let day_of_second = memchr::memmem::rfind(&archive, b"PK\x01\x02").unwrap() + 14;
    let with_day = |day: u16| {
        let mut other = archive.clone();
        other[day_of_second..day_of_second + 2].copy_from_slice(&day.to_le_bytes());
        super::time(&other)
    };
    assert_eq!(with_day(0x21), Some(315_532_800));
    assert_eq!(with_day(0x22), None, "of another day");
    assert_eq!(super::time(&zip(&[])), None);
    // There is no month 15.
    let mut odd = zip(&[entry("a", b"1")]);
    let day = memchr::memmem::rfind(&odd, b"PK\x01\x02").unwrap() + 14;
    odd[day..day + 2].copy_from_slice(&(15_u16 << 5 | 1).to_le_bytes());
    assert_eq!(super::time(&odd), None);
}
