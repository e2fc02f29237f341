//! Archives as npm packs them, and as nobody should.

mod differs;

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use tar::{Builder, EntryType, Header};

use super::*;
use crate::contents::{Looks, case_collisions};

/// One entry by the bytes of its header, so that it may say anything.
fn entry(archive: &mut Vec<u8>, path: &[u8], kind: u8, mode: u32, bytes: &[u8]) {
    let mut header = Header::new_ustar();
    header.as_mut_bytes()[..path.len()].copy_from_slice(path);
    header.set_entry_type(EntryType::new(kind));
    if matches!(kind, b'1' | b'2') {
        header.set_link_name("target").unwrap();
    }
    header.set_mode(mode);
    header.set_size(bytes.len() as u64);
    header.set_cksum();
    archive.extend(header.as_bytes());
    archive.extend(bytes);
    archive.resize(archive.len().next_multiple_of(512), 0);
}

fn tar_of(entries: &[(&str, u8, &[u8])]) -> Vec<u8> {
    let mut archive = Vec::new();
    for (path, kind, bytes) in entries {
        entry(&mut archive, path.as_bytes(), *kind, 0o644, bytes);
    }
    archive.resize(archive.len() + 1024, 0);
    archive
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn refused(entries: &[(&str, u8, &[u8])]) -> TarballError {
    read(&gzip(&tar_of(entries)), &Limits::default()).unwrap_err()
}

#[test]
fn a_package_is_described() {
    let mut archive = Vec::new();
    entry(&mut archive, b"package/package.json", b'0', 0o644, br#"{"name":"a"}"#);
    entry(&mut archive, b"package/bin/a.js", b'0', 0o755, b"#!/usr/bin/env node\r\n");
    entry(&mut archive, b"package/group.sh", b'0', 0o674, b"");
    entry(&mut archive, b"other/a.wasm", b'0', 0o644, b"\0asm\r\n");
    entry(&mut archive, b"package/a.js", b'0', 0o644, "x;".repeat(3_000).as_bytes());
    entry(&mut archive, b"package/link", b'2', 0o777, b"");
    entry(&mut archive, b"package/hard", b'1', 0o777, b"");
    let packed = gzip(&archive);
    let unpacked = read(&packed, &Limits::default()).unwrap();
    let contents = &unpacked.contents;
    let paths: Vec<_> = contents.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["a.js", "a.wasm", "bin/a.js", "group.sh", "package.json"]);
    assert_eq!(contents.manifest_json()["name"], "a");
    assert_eq!(contents.packed_size, packed.len() as u64);

    let script = contents.file("bin/a.js").unwrap();
    assert!(script.executable && !contents.file("group.sh").unwrap().executable);
    // git hash-object of the same lines.
    assert_eq!(script.blob_lf.unwrap().to_string(), "908ba8417a006d1faca67db9c44e1bfb43224550");
    assert_eq!(
        contents.file("group.sh").unwrap().blob.to_string(),
        "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
    );
    assert_eq!(contents.file("a.wasm").unwrap().looks, Some(Looks::Compiled));
    assert_eq!(contents.file("a.wasm").unwrap().blob_lf, None);
    assert_eq!(contents.file("a.js").unwrap().looks, Some(Looks::Minified));
    let dropped: Vec<_> = contents.dropped.iter().map(|link| (link.path.as_str(), link.hard)).collect();
    assert_eq!(dropped, [("hard", true), ("link", false)]);
    assert_eq!(unpacked.files().count(), 5);
}

#[test]
fn plain_tar_is_read_and_odd_paths_are_normalised() {
    let archive = tar_of(&[
        ("package/./a", b'0', b"a"),
        ("package/lib//b", b'\0', b"b"),
        ("package", b'5', b""),
        ("package/folder/", b'5', b""),
        ("./package/c", b'0', b"c"),
    ]);
    let files = read(&archive, &Limits::default()).unwrap().bytes;
    assert_eq!(files.keys().collect::<Vec<_>>(), ["a", "lib/b", "package/c"]);
}

#[test]
fn long_names_and_global_headers() {
    let long = format!("package/{}/{}", "d".repeat(200), "f".repeat(200));
    let mut builder = Builder::new(Vec::new());
    let mut header = Header::new_gnu();
    header.set_size(1);
    header.set_mode(0o644);
    builder.append_data(&mut header, &long, &b"1"[..]).unwrap();
    let mut archive = builder.into_inner().unwrap();
    archive.truncate(archive.len() - 1024);
    entry(
        &mut archive,
        b"pax_global_header",
        b'g',
        0o644,
        b"52 comment=0123456789012345678901234567890123456789\n",
    );
    let record =
        format!("{} path=package/{}\n", 3 + 1 + 5 + 8 + 300 + 1, "p".repeat(150) + "/" + &"q".repeat(149));
    entry(&mut archive, b"PaxHeader", b'x', 0o644, record.as_bytes());
    entry(&mut archive, b"package/short", b'0', 0o644, b"2");
    let files = read(&archive, &Limits::default()).unwrap().bytes;
    let lengths: Vec<_> = files.keys().map(String::len).collect();
    assert_eq!(lengths, [401, 300], "{files:?}");
}

#[test]
fn paths_that_lead_elsewhere_are_refused() {
    for path in ["package/../../a", "../a", "package/..", "/etc/passwd", "C:/a", "package/..\\a"] {
        assert_eq!(refused(&[(path, b'0', b"")]), TarballError::Escapes(path.to_owned()), "{path}");
    }
    assert!(matches!(refused(&[("package/a\nb", b'0', b"")]), TarballError::Path { .. }));
    let mut archive = Vec::new();
    entry(&mut archive, b"package/\xff", b'0', 0o644, b"");
    assert!(matches!(read(&archive, &Limits::default()), Err(TarballError::Path { .. })));
    // A NUL can come by a PAX record alone.
    let mut archive = Vec::new();
    entry(&mut archive, b"x", b'x', 0o644, b"20 path=package/a\0b\n");
    entry(&mut archive, b"package/a", b'0', 0o644, b"");
    assert!(matches!(read(&archive, &Limits::default()), Err(TarballError::Path { .. })));
}

#[test]
fn what_unpackers_may_read_differently_is_refused() {
    let file = |path| (path, b'0', &b""[..]);
    assert_eq!(refused(&[file("p/a"), file("p/a/b")]), TarballError::FileAndFolder("a".into()));
    assert_eq!(refused(&[("p/a", b'5', b""), file("p/a")]), TarballError::FileAndFolder("a".into()));
    assert_eq!(refused(&[("p/l", b'2', b""), file("p/l/a")]), TarballError::UnderLink("l/a".into()));
    assert_eq!(refused(&[("p/l", b'1', b""), file("p/l")]), TarballError::FileAndLink("l".into()));
    for kind in [b'3', b'4', b'6', b'S'] {
        assert!(matches!(
            refused(&[("p/dev", kind, b"")]),
            TarballError::Kind { .. } | TarballError::Damaged(_)
        ));
    }
}

#[test]
fn sparse_files_are_refused() {
    let mut archive = Vec::new();
    entry(&mut archive, b"x", b'x', 0o644, b"22 GNU.sparse.major=1\n");
    entry(&mut archive, b"package/a", b'0', 0o644, b"1\n0\n0\n");
    let refused = read(&archive, &Limits::default()).unwrap_err();
    assert!(matches!(refused, TarballError::Kind { kind: 'S', .. }), "{refused:?}");
}

#[test]
fn bounds_hold_whatever_the_header_claims() {
    let zeros = vec![0; 40 << 20];
    let packed = gzip(&tar_of(&[("p/zeros", b'0', &zeros)]));
    assert_eq!(read(&packed, &Limits::default()).unwrap_err(), TarballError::Bomb(250));
    let limits = Limits { file: 10, ..Limits::default() };
    let too_large = TarballError::FileTooLarge { path: "a".into(), limit: 10 };
    assert_eq!(read(&tar_of(&[("p/a", b'0', &[1; 11])]), &limits).unwrap_err(), too_large);
    let limits = Limits { total: 1 << 20, ..Limits::default() };
    assert_eq!(read(&packed, &limits).unwrap_err(), TarballError::TooLarge(1 << 20));
    let limits = Limits { entries: 1, ..Limits::default() };
    let two = tar_of(&[("p/a", b'0', b""), ("p/b", b'0', b"")]);
    assert_eq!(read(&two, &limits).unwrap_err(), TarballError::TooManyEntries(1));
    // A header that claims terabytes allocates nothing.
    let mut header = Header::new_gnu();
    header.set_path("p/a").unwrap();
    header.set_size(1 << 42);
    header.set_cksum();
    let claims = read(header.as_bytes(), &Limits::default());
    assert!(matches!(claims, Err(TarballError::Damaged(_) | TarballError::Differs(_))));
}

#[test]
fn damaged_archives_are_refused() {
    let packed = gzip(&tar_of(&[("p/a", b'0', &(0..=255).cycle().take(9_999).collect::<Vec<u8>>())]));
    let limits = Limits::default();
    for cut in [20, packed.len() / 2, packed.len() - 1] {
        assert!(matches!(read(&packed[..cut], &limits), Err(TarballError::Damaged(_))), "cut at {cut}");
    }
    let mut wrong = packed.clone();
    let at = packed.len() - 6; // in the checksum
    wrong[at] ^= 1;
    assert!(matches!(read(&wrong, &limits), Err(TarballError::Damaged(_))));
    for bytes in [&b""[..], b"<html>no such package</html>", &[0; 2048]] {
        assert_eq!(read(bytes, &limits).unwrap_err(), TarballError::NotAnArchive);
    }
    let plain = tar_of(&[("p/a", b'0', &[1; 2000])]);
    assert!(matches!(read(&plain[..1024], &limits), Err(TarballError::Damaged(_))));
    assert!(matches!(read(&gzip(b""), &limits), Err(TarballError::Empty)));
}

#[test]
fn folders_that_differ_in_case_alone() {
    let archive = tar_of(&[("p/Lib/a", b'0', b""), ("p/lib/b", b'0', b"")]);
    let contents = read(&archive, &Limits::default()).unwrap().contents;
    assert_eq!(case_collisions(&contents), [("Lib".to_owned(), "lib".to_owned())]);
}

#[test]
fn sdists_are_read_from_their_one_folder() {
    let archive = tar_of(&[
        ("a-1.0/PKG-INFO", b'0', b"Name: a\n"),
        ("a-1.0/a.egg-info/PKG-INFO", b'0', b"Name: not this\n"),
        ("a-1.0/setup.py", b'0', b"setup()"),
        ("a-1.0/link", b'2', b""),
    ]);
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bzip2.write_all(&archive).unwrap();
    let bzip2 = bzip2.finish().unwrap();
    for packed in [gzip(&archive), bzip2.clone()] {
        let contents = Format::Sdist.read(&packed, &Limits::default()).unwrap().contents;
        assert_eq!(contents.manifest, "Name: a\n");
        assert_eq!(contents.texts["setup.py"], "setup()");
        let paths: Vec<_> = contents.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["PKG-INFO", "a.egg-info/PKG-INFO", "setup.py"]);
        assert_eq!(contents.dropped[0].path, "link");
    }
    assert_eq!(
        read(&bzip2, &Limits::default()).unwrap_err(),
        TarballError::NotAnArchive,
        "npm knows no bzip2"
    );
    let two = tar_of(&[("a-1.0/x", b'0', b""), ("b/x", b'0', b"")]);
    assert!(matches!(Format::Sdist.read(&two, &Limits::default()), Err(TarballError::SecondRoot { .. })));
    let up = tar_of(&[("a-1.0/../x", b'0', b"")]);
    assert!(matches!(Format::Sdist.read(&up, &Limits::default()), Err(TarballError::Escapes(_))));
}
