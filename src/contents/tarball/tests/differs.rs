//! What unpackers read differently: each of these archives has another content for one of npm, GNU tar, Python's
//! tarfile and libarchive than for another. `tests/differential` found or confirmed them.

use super::*;

/// A record of an extended header.
fn record(key: &str, value: &str) -> Vec<u8> {
    let length =
        (1..).find(|length: &usize| length.to_string().len() + key.len() + value.len() + 3 == *length);
    format!("{} {key}={value}\n", length.unwrap()).into_bytes()
}

fn file(archive: &mut Vec<u8>, path: &str, bytes: &[u8]) {
    entry(archive, path.as_bytes(), b'0', 0o644, bytes);
}

/// An extended header of these records.
fn pax(archive: &mut Vec<u8>, kind: u8, records: &[(&str, &str)]) {
    let records: Vec<u8> = records.iter().flat_map(|(key, value)| record(key, value)).collect();
    entry(archive, b"PaxHeader", kind, 0o644, &records);
}

fn end(archive: &mut Vec<u8>) {
    archive.resize(archive.len() + 1024, 0);
}

/// An archive that begins as packages do.
fn with(more: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut archive = Vec::new();
    file(&mut archive, "package/package.json", b"{}");
    more(&mut archive);
    archive
}

/// The same with its end.
fn ended(more: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut archive = with(more);
    end(&mut archive);
    archive
}

/// One file whose header was changed, its checksum as it should be.
fn changed(change: impl FnOnce(&mut [u8; 512])) -> Vec<u8> {
    let mut header = Header::new_ustar();
    header.as_mut_bytes()[..9].copy_from_slice(b"package/a");
    header.set_mode(0o644);
    header.set_size(4);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    change(header.as_mut_bytes());
    header.set_cksum();
    let mut body = b"text".to_vec();
    body.resize(512, 0);
    body.truncate(if header.entry_size().is_ok_and(|size| size == 0) { 0 } else { 512 });
    ended(|archive| archive.extend([header.as_bytes().as_slice(), &body].concat()))
}

/// Why it is refused; what somebody vouches for is read, and says the same.
fn why(archive: &[u8]) -> String {
    let refused = read(archive, &Limits::default()).unwrap_err();
    assert!(matches!(refused, TarballError::Differs(_)), "{refused:?}");
    let vouched = read(archive, &Limits { vouched: true, ..Limits::default() });
    if let Ok(unpacked) = vouched {
        let said = unpacked.contents.differs.unwrap();
        assert_eq!(refused.to_string(), format!("unpackers read it differently: {said}"));
    }
    refused.to_string()
}

#[test]
fn extended_headers() {
    let x = |archive: &mut Vec<u8>, records: &[(&str, &str)]| pax(archive, b'x', records);
    let long = |archive: &mut Vec<u8>, kind| entry(archive, b"././@LongLink", kind, 0o644, b"package/b\0");
    let path = [("path", "package/b")];
    let evil = |archive: &mut Vec<u8>| file(archive, "package/a", b"evil");
    let cases: [(&str, Vec<u8>); 17] = [
        (
            "has \"path\" twice",
            ended(|a| {
                x(a, &[path[0], path[0]]);
                evil(a)
            }),
        ),
        (
            "is not the only one",
            ended(|a| {
                x(a, &path);
                x(a, &path);
                evil(a)
            }),
        ),
        (
            "is not the only one",
            ended(|a| {
                long(a, b'L');
                x(a, &path);
                evil(a)
            }),
        ),
        (
            "is not the only one",
            ended(|a| {
                x(a, &path);
                long(a, b'L');
                evil(a)
            }),
        ),
        (
            "is not the only one",
            ended(|a| {
                long(a, b'L');
                long(a, b'L');
                evil(a)
            }),
        ),
        (
            "is not the only one",
            ended(|a| {
                x(a, &path);
                pax(a, b'g', &[("comment", "x")]);
                evil(a)
            }),
        ),
        (
            "says \"path\" of all",
            ended(|a| {
                pax(a, b'g', &path);
                evil(a)
            }),
        ),
        (
            "says \"size\" of all",
            ended(|a| {
                pax(a, b'g', &[("comment", "x"), ("size", "0")]);
                evil(a)
            }),
        ),
        (
            "has \"hdrcharset\"",
            ended(|a| {
                x(a, &[("hdrcharset", "BINARY")]);
                evil(a)
            }),
        ),
        (
            "has \"type\"",
            ended(|a| {
                x(a, &[("type", "5")]);
                evil(a)
            }),
        ),
        (
            "has \"SCHILY.realsize\"",
            ended(|a| {
                x(a, &[("SCHILY.realsize", "1")]);
                evil(a)
            }),
        ),
        (
            "has lines in \"comment\"",
            ended(|a| {
                x(a, &[("comment", "x\n18 path=package/b")]);
                evil(a)
            }),
        ),
        (
            "takes \"path\" back",
            ended(|a| {
                x(a, &[("path", "")]);
                evil(a)
            }),
        ),
        (
            "another size",
            ended(|a| {
                x(a, &[("size", "512")]);
                evil(a)
            }),
        ),
        (
            "a record that is none",
            ended(|a| {
                entry(a, b"x", b'x', 0o644, b"+18 path=package/b\n");
                evil(a)
            }),
        ),
        (
            "is no name",
            ended(|a| {
                entry(a, b"L", b'L', 0o644, b"package/b\0\nx");
                evil(a)
            }),
        ),
        ("stands before no entry", ended(|a| x(a, &path))),
    ];
    for (expected, archive) in cases {
        let why = why(&archive);
        assert!(why.contains(expected), "{expected}: {why}");
    }
}

#[test]
fn headers() {
    let put = |at: usize, text: &'static [u8]| {
        move |header: &mut [u8; 512]| header[at..at + text.len()].copy_from_slice(text)
    };
    let cases = [
        ("names the target of a link", changed(put(157, b"x"))),
        (
            "has a prefix in a format that has none",
            changed(|header| {
                header[257..265].copy_from_slice(b"ustar  \0");
                header[345] = b'p';
            }),
        ),
        ("has a size that is no octal number", changed(put(124, b"\x80\0\0\0\0\0\0\0\0\0\0\x04"))),
        ("has a mode that is no octal number", changed(put(100, b"0000x44\0"))),
        ("has a time that is no number", changed(put(136, b"yesterday\0"))),
        ("has a time that is no number", changed(put(136, b"\x80\x01\0\0\0\0\0\0\0\0\0\x01"))),
        ("has a group that is no number", changed(put(116, &[0xff; 8]))),
        ("has a device that is no number", changed(put(329, b"0 7\0"))),
        ("has something behind its prefix", changed(put(475, b"x"))),
        ("ends in a slash", changed(put(9, b"/"))),
        ("has a size, and is no file", changed(put(156, b"5"))),
        (
            "one without",
            changed(|header| {
                header[156] = b'2';
                header[124..135].copy_from_slice(b"00000000000");
            }),
        ),
    ];
    for (expected, archive) in cases {
        let why = why(&archive);
        assert!(why.contains(expected), "{expected}: {why}");
    }
    // Old archives have folders so.
    let old = changed(|header| {
        header[9] = b'/';
        header[156] = 0;
        header[124..135].copy_from_slice(b"00000000000");
    });
    assert!(read(&old, &Limits::default()).is_ok());
}

#[test]
fn the_end() {
    let evil = |archive: &mut Vec<u8>| file(archive, "package/a", b"evil");
    let lone = ended(|archive| {
        archive.resize(archive.len() + 512, 0);
        evil(archive);
    });
    let after = [ended(|_| ()), vec![0; 512], vec![1; 512]].concat();
    for archive in [&lone, &after, &gzip(&lone)] {
        assert!(why(archive).contains("data follows its first block of zeros"));
    }
    assert!(why(&ended(|_| ())[..2000]).contains("within a block"));
    let plain = ended(evil);
    let (head, tail) = plain.split_at(700);
    for packed in [
        [gzip(head), gzip(tail)].concat(),
        [gzip(&plain), b"trailing".to_vec()].concat(),
        [gzip(&plain), vec![0; 16]].concat(),
    ] {
        assert!(why(&packed).contains("data follows its compressed part"));
    }
    // As many zeros as one likes, or none.
    for archive in [with(|_| ()), ended(|_| ()), ended(|archive| archive.resize(10_240, 0))] {
        assert!(read(&archive, &Limits::default()).is_ok());
    }
}

#[test]
fn paths() {
    for (first, second, expected) in [
        ("package/a", "package/a", "\"a\" is there twice"),
        ("package/a", "other/a", "\"a\" is there twice"),
        ("package/a", "package/./a", "\"a\" is there twice"),
        ("package/d/a", "package/d//a", "\"d/a\" is there twice"),
        ("package/a", "package//b", "two slashes behind its first name"),
        ("package/a", "package/A", "\"A\" and \"a\" are one"),
        ("package/\u{e9}", "package/e\u{301}", "are one on some disks"),
        ("package/stra\u{df}e", "package/STRASSE", "are one on some disks"),
        ("package/d/a", "package/d\\a", "are one on some disks"),
        ("package/a", "package/a. .", "are one on some disks"),
        ("package/A", "package/a/b", "are one on some disks"),
        ("package/A/x", "package/a/x", "are one on some disks"),
        ("package/b", "package/.", "is the folder itself"),
    ] {
        let archive = tar_of(&[(first, b'0', b"good"), (second, b'0', b"evil")]);
        let why = why(&archive);
        assert!(why.contains(expected), "{first} {second}: {why}");
    }
    let links = tar_of(&[("p/a", b'0', b""), ("p/d", b'5', b"")]);
    let link = |path: &str, target: &str| {
        let mut header = Header::new_ustar();
        header.set_path(path).unwrap();
        header.set_entry_type(EntryType::Symlink);
        header.set_link_name(target).unwrap();
        header.set_size(0);
        header.set_mode(0o777);
        header.set_mtime(0);
        header.set_uid(0);
        header.set_gid(0);
        header.set_cksum();
        header.as_bytes().to_vec()
    };
    let body = &links[..1024];
    assert!(why(&[&link("p/l", "a"), &link("p/l", "b"), body].concat()).contains("\"l\" is there twice"));
    assert!(why(&[body, &link("p/d", "a")].concat()).contains("\"d\" is there twice"));
    assert!(why(&[&link("p/d", "a"), body].concat()).contains("\"d\" is there twice"));
}

#[test]
fn what_is_twice_and_the_same_is_no_difference() {
    let file = |path, mode| (path, mode, &b"x"[..]);
    let files = [
        file("package/a", b'0'),
        file("package/./a", b'0'),
        ("package/Lib/a", b'0', b""),
        ("package/lib/b", b'0', b""),
    ];
    let unpacked = read(&tar_of(&files), &Limits::default()).unwrap();
    assert_eq!(unpacked.bytes.keys().collect::<Vec<_>>(), ["Lib/a", "a", "lib/b"]);
    assert_eq!(unpacked.contents.differs, None);
    assert!(why(&tar_of(&[file("package/README", b'0'), file("package/readme", b'0')])).contains("are one"));
    assert!(
        read(&tar_of(&[("._package", b'0', b"macOS"), file("package/a", b'0')]), &Limits::default()).is_ok()
    );
    let sdist = |folder: &str| {
        let paths = ["PKG-INFO".to_owned(), format!("{folder}/Out.py"), format!("{folder}/out.py")];
        let entries = paths.map(|path| format!("a-1.0/{path}"));
        let entries = entries.each_ref().map(|path| (path.as_str(), b'0', path.as_bytes()));
        Format::Sdist.read(&tar_of(&entries), &Limits::default())
    };
    assert!(sdist("tests/charts").is_ok());
    let readmes = tar_of(&[file("a-1.0/README", b'0'), file("a-1.0/readme", b'0')]);
    assert!(Format::Sdist.read(&readmes, &Limits::default()).is_ok());
    assert!(sdist("testing").is_err());
    let mut archive = Vec::new();
    entry(&mut archive, b"package/a", b'0', 0o644, b"x");
    entry(&mut archive, b"package/a", b'0', 0o755, b"x");
    assert!(why(&archive).contains("twice"));
}

#[test]
fn what_says_nothing_of_files_is_no_difference() {
    let archive = ended(|archive| {
        pax(archive, b'g', &[("comment", "0123456789012345678901234567890123456789")]);
        let all = [
            ("mtime", "1.5"),
            ("atime", "1"),
            ("ctime", "1"),
            ("uid", "9999999"),
            ("gid", "1"),
            ("uname", "é"),
            ("gname", "g"),
            ("comment", ""),
            ("SCHILY.xattr.user.x", "1"),
            ("LIBARCHIVE.creationtime", "1"),
            ("SCHILY.dev", "1"),
            ("path", "package/b"),
            ("size", "4"),
        ];
        pax(archive, b'x', &all);
        file(archive, "package/a", b"text");
        entry(archive, b"././@LongLink", b'K', 0o644, b"package/c\0");
        entry(archive, b"././@LongLink", b'L', 0o644, b"package/c\0");
        entry(archive, b"package/x", b'2', 0o644, b"");
    });
    let unpacked = read(&archive, &Limits::default()).unwrap();
    assert_eq!(unpacked.bytes.keys().collect::<Vec<_>>(), ["b", "package.json"]);
    assert_eq!(unpacked.contents.dropped[0].path, "c");
}

/// pip takes for a zip file whatever has the end of one in its last 64 KiB, before it looks for a tar file: a zip file in a
/// tar file that is packed without compression is enough.
#[test]
fn an_sdist_is_no_zip_file_as_well() {
    let mut zip = ::zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("a-1.0/setup.py", ::zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(b"evil()\n").unwrap();
    let zip = zip.finish().unwrap().into_inner();
    let archive = |padding: usize| {
        let mut archive = Vec::new();
        file(&mut archive, "a-1.0/PKG-INFO", b"Name: a\n");
        file(&mut archive, "a-1.0/tests/data.zip", &zip);
        file(&mut archive, "a-1.0/z.bin", &vec![7; padding]);
        end(&mut archive);
        archive
    };
    let stored = |archive: &[u8]| {
        let mut packed = GzEncoder::new(Vec::new(), Compression::none());
        packed.write_all(archive).unwrap();
        packed.finish().unwrap()
    };
    let sdist = |bytes: &[u8]| Format::Sdist.read(bytes, &Limits::default());
    for bytes in [archive(0), stored(&archive(0))] {
        let refused = sdist(&bytes).unwrap_err().to_string();
        assert!(refused.contains("is a zip file too, to pip"), "{refused}");
    }
    for bytes in [gzip(&archive(0)), archive(80 << 10), stored(&archive(80 << 10))] {
        assert!(sdist(&bytes).is_ok());
    }
}

#[test]
fn an_sdist_is_one_folder_and_nothing_beside_it() {
    for beside in [("._a-1.0", b'0'), ("docs", b'5'), ("a-1.0", b'0')] {
        let archive = tar_of(&[("a-1.0/PKG-INFO", b'0', b""), (beside.0, beside.1, b"")]);
        let refused = Format::Sdist.read(&archive, &Limits::default()).unwrap_err();
        assert_eq!(refused, TarballError::Differs(Difference::Beside(beside.0.to_owned())));
    }
    let (dotted, plain) = (("./a-1.0/PKG-INFO", b'0', &b""[..]), ("a-1.0/a", b'0', &b""[..]));
    assert!(Format::Sdist.read(&tar_of(&[dotted]), &Limits::default()).is_ok());
    let mixed = Format::Sdist.read(&tar_of(&[dotted, plain]), &Limits::default()).unwrap_err();
    assert!(mixed.to_string().contains("begins with ./ where others do not"), "{mixed}");
    let archive = tar_of(&[("a-1.0/", b'5', b""), ("a-1.0/PKG-INFO", b'0', b""), ("./", b'5', b"")]);
    assert!(Format::Sdist.read(&archive, &Limits::default()).is_ok());
}
