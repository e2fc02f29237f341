//! Wheels as backends make them, beside those of an index that may be hostile.

use std::io::{Cursor, Write};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::contents::tarball::TarballError;
use crate::hash::Algorithm;
use crate::rebuild::compare::{Difference, lines};

type Member<'a> = (&'a str, &'a str);

const INFO: &str = "a-1.dist-info";
const FILES: [Member<'_>; 4] = [
    ("a/__init__.py", "x = 1\n"),
    ("a/b, c.txt", ""),
    ("a-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: a\nVersion: 1\n"),
    ("a-1.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: x 1\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
];

fn zip(members: &[Member<'_>], options: SimpleFileOptions) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, text) in members {
        archive.start_file(*path, options).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn line(path: &str, text: &str) -> String {
    let path = if path.contains(',') { format!("\"{path}\"") } else { path.to_owned() };
    format!("{path},sha256={},{}\n", URL_SAFE_NO_PAD.encode(Sha256::digest(text)), text.len())
}

fn record(members: &[Member<'_>]) -> String {
    let lines: String = members.iter().map(|(path, text)| line(path, text)).collect();
    lines + &format!("{INFO}/RECORD,,\n")
}

/// A wheel whose RECORD says what it holds.
fn wheel(members: &[Member<'_>]) -> Vec<u8> {
    with_record(members, &record(members))
}

fn with_record(members: &[Member<'_>], record: &str) -> Vec<u8> {
    let mut members = members.to_vec();
    let path = format!("{INFO}/RECORD");
    members.push((&path, record));
    zip(&members, SimpleFileOptions::default().unix_permissions(0o644))
}

fn compared(built: &[u8], published: &[u8]) -> Comparison {
    compare(built, published, &Integrity::of(Algorithm::Sha256, published)).unwrap()
}

/// The class, and what explains each file that differs.
fn explained(built: &[u8], published: &[u8]) -> (Class, Vec<(String, Option<Normalisation>)>) {
    let found = compared(built, published);
    let by = |difference| match difference {
        Difference::Normalised { by } => Some(by),
        _ => None,
    };
    (found.class, found.files.into_iter().map(|(path, difference)| (path, by(difference))).collect())
}

/// The files with one of them changed.
fn with<'a>(path: &str, text: &'a str) -> [Member<'a>; 4] {
    FILES.map(|(name, old)| if name.ends_with(path) { (name, text) } else { (name, old) })
}

#[test]
fn the_strongest_class_that_holds() {
    let published = wheel(&FILES);
    assert_eq!(compared(&published, &published).class, Class::Integrity);
    // Other times, another method and another order.
    let mut members = FILES.to_vec();
    let path = format!("{INFO}/RECORD");
    let record = record(&FILES);
    members.insert(0, (&path, &record));
    let options = SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::from_date_and_time(2001, 2, 3, 4, 5, 6).unwrap())
        .unix_permissions(0o664);
    let found = compared(&zip(&members, options), &published);
    assert_eq!((found.class, found.identical, found.published()), (Class::Files, 5, 5));
}

#[test]
fn the_same_archive_with_another_compression() {
    let time = |year| zip::DateTime::from_date_and_time(year, 2, 3, 4, 5, 6).unwrap();
    let options = SimpleFileOptions::default().last_modified_time(time(2001)).unix_permissions(0o644);
    let stored = options.compression_method(zip::CompressionMethod::Stored);
    let path = format!("{INFO}/RECORD");
    let record = record(&FILES);
    let members = [&FILES[..], &[(path.as_str(), record.as_str())]].concat();
    let published = zip(&members, options);
    assert_eq!(compared(&zip(&members, stored), &published).class, Class::Tar);
    let mut other_order = members.clone();
    other_order.swap(0, 1);
    let mut with_comment = zip(&members, stored);
    // The length of the comment, which is the last field, and the comment.
    with_comment.truncate(with_comment.len() - 2);
    with_comment.extend(b"\x01\x00x");
    for (what, built) in [
        ("another order", zip(&other_order, stored)),
        ("another time", zip(&members, stored.last_modified_time(time(2002)))),
        ("another mode", zip(&members, stored.unix_permissions(0o664))),
        ("a comment", with_comment),
    ] {
        assert_eq!(compared(&built, &published).class, Class::Files, "{what}");
    }
    // The same but for one file.
    let changed: Vec<Member<'_>> = members
        .iter()
        .map(|(path, text)| (*path, if *text == "x = 1\n" { "x = 2\n" } else { text }))
        .collect();
    assert_eq!(compared(&zip(&changed, stored), &published).class, Class::Different);
}

#[test]
fn generator_and_record() {
    let built =
        with("WHEEL", "Wheel-Version: 1.0\nGenerator: y 2\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
    let found = explained(&wheel(&built), &wheel(&FILES));
    let by = |path: &str, by| (format!("{INFO}/{path}"), Some(by));
    let generator = Normalisation::Generator { registry: "x 1".to_owned(), built: "y 2".to_owned() };
    let both = vec![by("RECORD", Normalisation::Record), by("WHEEL", generator)];
    assert_eq!(found, (Class::Equivalent, both));
    // The order of its lines, and what ends them.
    let lines = record(&FILES);
    let mut reversed: Vec<&str> = lines.lines().collect();
    reversed.reverse();
    let found = explained(&with_record(&FILES, &reversed.join("\r\n")), &wheel(&FILES));
    assert_eq!(found, (Class::Equivalent, vec![by("RECORD", Normalisation::Record)]));
}

#[test]
fn a_record_that_says_something_else() {
    let good = record(&FILES);
    let [(code, text), ..] = FILES;
    for (what, bad) in [
        ("a file outside", format!("{good}../../../bin/python,,\n")),
        ("a file that is not there", format!("{good}{}", line("b.py", ""))),
        ("a file twice", format!("{good}{}", line(code, text))),
        ("itself twice", format!("{good}{INFO}/RECORD,,\n")),
        ("not itself", good.replace(&format!("{INFO}/RECORD,,\n"), "")),
        (
            "itself with a hash",
            good.replace(&format!("{INFO}/RECORD,,\n"), &line(&format!("{INFO}/RECORD"), "")),
        ),
        ("a file is not there", good.replace(&line(code, text), "")),
        ("another hash", good.replace(&line(code, text), &line(code, "x = 2\n"))),
        ("no hash", good.replace(&line(code, text), &format!("{code},,\n"))),
        ("another size", good.replace(",6\n", ",7\n")),
        ("an empty line", good.replace('\n', "\n\n")),
        ("white space", good.replace(",,", ", ,")),
        ("another form of a path", good.replace(code, "./a/__init__.py")),
        ("nothing", String::new()),
    ] {
        assert_ne!(good, bad, "{what}");
        let expected = (Class::Different, vec![(format!("{INFO}/RECORD"), None)]);
        assert_eq!(explained(&wheel(&FILES), &with_record(&FILES, &bad)), expected, "{what}");
        assert_eq!(explained(&with_record(&FILES, &bad), &wheel(&FILES)), expected, "{what}");
    }
}

#[test]
fn what_is_never_normalised() {
    const CRLF: &str = "x = 1\r\n";
    const SWAPPED: &str = "Name: a\nMetadata-Version: 2.1\nVersion: 1\n";
    for (what, path, text) in [
        ("code", "a/__init__.py", "x = 2\n"),
        ("line ends of code", "a/__init__.py", CRLF),
        ("the order of METADATA", "METADATA", SWAPPED),
        ("a tag", "WHEEL", "Wheel-Version: 1.0\nGenerator: x 1\nRoot-Is-Purelib: false\nTag: py3-none-any\n"),
    ] {
        let found = explained(&wheel(&with(path, text)), &wheel(&FILES));
        assert_eq!(found.0, Class::Different, "{what}");
        let of_file = found.1.iter().find(|(name, _)| name.ends_with(path)).expect(what);
        assert_eq!(of_file.1, None, "{what}");
    }
    // Files of npm's are nothing special here.
    let (json, other) = ([("a.json", "[]"), FILES[2]], [("a.json", "[ ]"), FILES[2]]);
    assert_eq!(explained(&wheel(&json), &wheel(&other)).0, Class::Different);
    let map = r#"{"version":3,"mappings":""}"#;
    let (code, with_map) = ([("a.js", ""), FILES[2]], [("a.js", ""), ("a.js.map", map), FILES[2]]);
    assert_eq!(explained(&wheel(&code), &wheel(&with_map)).0, Class::Different);
    // Another folder of metadata has files of another project.
    let (one, two) = (
        [FILES[2], ("b-1.dist-info/WHEEL", "Generator: x\n")],
        [FILES[2], ("b-1.dist-info/WHEEL", "Generator: y\n")],
    );
    assert_eq!(explained(&wheel(&one), &wheel(&two)).0, Class::Different);
}

#[test]
fn modes_as_installers_make_them() {
    let mode = |path, mode| zip(&[(path, "")], SimpleFileOptions::default().unix_permissions(mode));
    let class = |path| compared(&mode(path, 0o755), &mode(path, 0o644)).class;
    assert_eq!(class("a-1.data/scripts/run"), Class::Files);
    assert_eq!(class("a/run"), Class::Different);
    assert_eq!(class("a/scripts/run"), Class::Different);
}

#[test]
fn what_has_no_class() {
    let good = wheel(&FILES);
    let integrity = Integrity::of(Algorithm::Sha256, &good);
    let longer = [good.clone(), b"x".to_vec()].concat();
    assert!(matches!(compare(&longer, &good, &integrity), Err(Fault::Built(TarballError::Differs(_)))));
    let other = wheel(&FILES[..3]);
    assert_eq!(compare(&good, &other, &integrity), Err(Fault::Integrity(integrity)));
}

#[test]
fn what_differs_is_told() {
    let published = wheel(&with("METADATA", "Metadata-Version: 2.4\nName: a\nVersion: 1\n"));
    insta::assert_snapshot!(lines(&compared(&wheel(&FILES), &published)).join("\n"), @r"
    3 of 5 files are the same
    a-1.dist-info/METADATA line 1 differs:
      registry: Metadata-Version: 2.4
      built:    Metadata-Version: 2.1
    a-1.dist-info/RECORD differs only as the files do that it lists, or in the order of its lines
    ");
}
