//! Archives as a build makes them, beside those of a registry that may be hostile.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use tar::{Builder, EntryType, Header};

use super::*;
use crate::contents::Format;
use crate::hash::Algorithm;

type Entry<'a> = (&'a str, u32, &'a [u8]);

fn tar(entries: &[Entry<'_>]) -> Vec<u8> {
    let mut archive = Builder::new(Vec::new());
    for (path, mode, bytes) in entries {
        let mut header = Header::new_ustar();
        header.set_mode(*mode);
        header.set_size(bytes.len() as u64);
        archive.append_data(&mut header, format!("package/{path}"), *bytes).unwrap();
    }
    archive.into_inner().unwrap()
}

fn gzip(bytes: &[u8], level: Compression) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn tgz(entries: &[Entry<'_>]) -> Vec<u8> {
    gzip(&tar(entries), Compression::best())
}

fn compared(built: &[u8], published: &[u8]) -> Comparison {
    compare(built, published, &Integrity::of(Algorithm::Sha512, published)).unwrap()
}

const MANIFEST: Entry<'_> = ("package.json", 0o644, br#"{"name":"a","bin":"cli.js"}"#);
const CODE: Entry<'_> = ("index.js", 0o644, b"a()\n");

#[test]
fn the_strongest_class_that_holds() {
    let published = tgz(&[MANIFEST, CODE]);
    let files = |built: &[u8]| {
        let found = compared(built, &published);
        assert!(found.files.is_empty(), "{found:?}");
        (found.class, found.identical)
    };
    assert_eq!(files(&published), (Class::Integrity, 2));
    assert_eq!(files(&gzip(&tar(&[MANIFEST, CODE]), Compression::fast())), (Class::Tar, 2));
    assert_eq!(files(&tar(&[MANIFEST, CODE])), (Class::Tar, 2));
    assert_eq!(files(&tgz(&[CODE, MANIFEST])), (Class::Files, 2));
    // The rights of others are of no meaning.
    assert_eq!(files(&tgz(&[MANIFEST, ("index.js", 0o664, CODE.2)])), (Class::Files, 2));
}

#[test]
fn an_old_lockfile_has_sha1() {
    let published = tgz(&[MANIFEST]);
    let integrity = Integrity::of(Algorithm::Sha1, &published);
    assert_eq!(compare(&published, &published, &integrity).unwrap().class, Class::Integrity);
}

#[test]
fn what_differs_of_each_file() {
    let published = [
        MANIFEST,
        CODE,
        ("cli.js", 0o644, b"#!/usr/bin/env node\n"),
        ("data.json", 0o644, b"[1, 2]"),
        ("end.md", 0o644, b"a"),
        ("gone.js", 0o644, b""),
        ("img.png", 0o644, b"\x89PNG\0a"),
        ("run.sh", 0o755, b"x"),
    ];
    let built = [
        MANIFEST,
        ("index.js", 0o644, b"evil()\na()\n"),
        // npm makes it executable, whatever the archive says.
        ("cli.js", 0o755, b"#!/usr/bin/env node\n"),
        ("data.json", 0o644, b"[1,2]\n"),
        ("end.md", 0o644, b"a\n"),
        ("img.png", 0o644, b"\x89PNG\0b"),
        ("new.js", 0o644, b""),
        ("run.sh", 0o644, b"x"),
    ];
    let found = compared(&tgz(&built), &tgz(&published));
    assert_eq!((found.class, found.identical, found.published()), (Class::Different, 2, published.len()));
    insta::assert_snapshot!(lines(&found).join("\n"), @r"
    2 of 9 files are the same
    end.md line 1 differs:
      registry: a
      built:    a
      they differ at the line's end
    img.png differs from byte 5 on
    index.js line 1 differs:
      built:    evil()
    gone.js was not built; the registry has it
    new.js was built; the registry does not have it
    run.sh is executable in the registry's archive only
    data.json differs in white space of JSON only
    ");
}

#[test]
fn the_report_is_bounded_and_fit_for_a_terminal() {
    let paths: Vec<String> = (0..30).map(|n| format!("{n:02}.js")).collect();
    let published: Vec<Entry<'_>> =
        paths.iter().map(|path| (path.as_str(), 0o644, &b"\x1b[2J a"[..])).collect();
    let built: Vec<Entry<'_>> = paths.iter().map(|path| (path.as_str(), 0o644, &b"b"[..])).collect();
    let found = lines(&compared(&tgz(&built), &tgz(&published)));
    assert_eq!(found[0], "0 of 30 files are the same");
    assert_eq!(found[2], "  registry: \u{fffd}[2J a");
    assert_eq!((found.len(), found.last().unwrap().as_str()), (1 + 20 * 3 + 1, "and 10 more"));
    let same = compared(&tgz(&built), &tgz(&built));
    assert!(lines(&same).is_empty());
}

/// The class of a package with these files, and what explains each that differs.
fn explained(built: &[Entry<'_>], published: &[Entry<'_>]) -> (Class, Vec<(String, Option<Normalisation>)>) {
    let found = compared(&tgz(built), &tgz(published));
    let by = |difference| match difference {
        Difference::Normalised { by } => Some(by),
        _ => None,
    };
    (found.class, found.files.into_iter().map(|(path, difference)| (path, by(difference))).collect())
}

#[test]
fn each_normalisation_has_its_files() {
    type Case<'a> = (&'a str, &'a [u8], &'a [u8], Option<Normalisation>);
    let cases: [Case<'_>; 16] = [
        ("package.json", b"{}", b"{ }\n", Some(Normalisation::JsonWhiteSpace)),
        ("package.json", br#"{"a":1,"b":2}"#, br#"{"b":2,"a":1}"#, None),
        ("package.json", br#"{"gitHead":"1"}"#, b"{}", None),
        ("d/x.json", b"[]", b"[ ]", Some(Normalisation::JsonWhiteSpace)),
        ("x.js", b"[]", b"[ ]", None),
        ("x.js", b"a\r\nb", b"a\nb", Some(Normalisation::LineEnds)),
        ("x.d.ts", b"a\r\nb", b"a\nb", Some(Normalisation::LineEnds)),
        ("x.sh", b"a\r\nb", b"a\nb", None),
        ("x", b"a\r\nb", b"a\nb", None),
        ("x.js/x.py", b"a\r\nb", b"a\nb", None),
        ("x.css", b"a\r\nb", b"a\nb", None),
        ("x.cjs", b"a\n//# sourceMappingURL=x", b"a\n", Some(Normalisation::SourceMappingUrl)),
        ("x.css", b"a\n/*# sourceMappingURL=x */", b"a\n", Some(Normalisation::SourceMappingUrl)),
        ("x.css", b"a\n//# sourceMappingURL=x", b"a\n", None),
        // One alone.
        ("x.js", b"a\r\n//# sourceMappingURL=x", b"a\n", None),
        ("x.sh", b"a\n//# sourceMappingURL=x", b"a\n", None),
    ];
    for (path, built, published, by) in cases {
        let class = if by.is_some() { Class::Equivalent } else { Class::Different };
        let found = explained(&[(path, 0o644, built)], &[(path, 0o644, published)]);
        assert_eq!(
            found,
            (class, vec![(path.to_owned(), by)]),
            "{path}: {:?}",
            String::from_utf8_lossy(built)
        );
    }
    // Not where the mode differs too.
    let found = explained(&[("x.json", 0o755, b"[]")], &[("x.json", 0o644, b"[ ]")]);
    assert_eq!(found.0, Class::Different);
}

#[test]
fn source_maps_beside_code_that_is_the_same() {
    const MAP: &[u8] = br#"{"version":3,"mappings":"A"}"#;
    const OTHER: &[u8] = br#"{"version":3,"mappings":"B"}"#;
    const NAMED: &[u8] = b"a()\n//# sourceMappingURL=index.js.map";
    let map = |bytes| ("index.js.map", 0o644, bytes);
    for (what, built, published, class, by) in [
        (
            "differs",
            vec![CODE, map(MAP)],
            vec![CODE, map(OTHER)],
            Class::Equivalent,
            Some(Normalisation::SourceMap),
        ),
        (
            "missing",
            vec![CODE],
            vec![CODE, map(MAP)],
            Class::Equivalent,
            Some(Normalisation::SourceMapMissing),
        ),
        ("added", vec![CODE, map(MAP)], vec![CODE], Class::Equivalent, Some(Normalisation::SourceMapAdded)),
        (
            "the code differs in the comment",
            vec![CODE],
            vec![("index.js", 0o644, NAMED), map(MAP)],
            Class::Equivalent,
            Some(Normalisation::SourceMapMissing),
        ),
        ("the code differs", vec![("index.js", 0o644, b"b()")], vec![CODE, map(MAP)], Class::Different, None),
        (
            "the code's mode differs",
            vec![("index.js", 0o755, b"a()\n")],
            vec![CODE, map(MAP)],
            Class::Different,
            None,
        ),
        ("no code beside it", vec![MANIFEST], vec![MANIFEST, map(MAP)], Class::Different, None),
        ("the code was not built", vec![MANIFEST], vec![MANIFEST, CODE, map(MAP)], Class::Different, None),
        ("it is a script", vec![CODE], vec![CODE, map(b"evil()")], Class::Different, None),
        ("it was one", vec![CODE, map(MAP)], vec![CODE, map(b"evil()")], Class::Different, None),
        ("it is executable", vec![CODE], vec![CODE, ("index.js.map", 0o755, MAP)], Class::Different, None),
        (
            "its mode differs",
            vec![CODE, ("index.js.map", 0o755, MAP)],
            vec![CODE, ("index.js.map", 0o644, MAP)],
            Class::Different,
            None,
        ),
        (
            "a map of no code",
            vec![("x", 0o644, b"")],
            vec![("x", 0o644, b""), ("x.map", 0o644, MAP)],
            Class::Different,
            None,
        ),
        (
            "code reads it",
            vec![CODE, ("x.js", 0o644, b"eval(read('./index.js.map'))")],
            vec![CODE, ("x.js", 0o644, b"eval(read('./index.js.map'))"), map(MAP)],
            Class::Different,
            None,
        ),
        (
            "a script runs it",
            vec![CODE, ("package.json", 0o644, br#"{"scripts":{"install":"sh index.js.map"}}"#)],
            vec![CODE, ("package.json", 0o644, br#"{"scripts":{"install":"sh index.js.map"}}"#), map(MAP)],
            Class::Different,
            None,
        ),
        (
            "it is a program",
            vec![CODE, ("package.json", 0o644, br#"{"bin":{"a":"index.js.map"}}"#)],
            vec![CODE, ("package.json", 0o644, br#"{"bin":{"a":"index.js.map"}}"#), map(MAP)],
            Class::Different,
            None,
        ),
        (
            "it is packed",
            vec![CODE, ("package.json", 0o644, br#"{"files":["index.js.map"]}"#)],
            vec![CODE, ("package.json", 0o644, br#"{"files":["index.js.map"]}"#), map(MAP)],
            Class::Equivalent,
            Some(Normalisation::SourceMapMissing),
        ),
    ] {
        let found = explained(&built, &published);
        assert_eq!(found.0, class, "{what}");
        let of_map = found.1.iter().find(|(path, _)| path.ends_with(".map")).expect(what);
        assert_eq!(of_map.1, by, "{what}");
    }
}

#[test]
fn links_are_never_the_same() {
    let with_link = |target: &str| {
        let mut archive = Builder::new(Vec::new());
        let mut header = Header::new_ustar();
        header.set_mode(0o644);
        header.set_size(2);
        archive.append_data(&mut header, "package/index.js", &b"a\n"[..]).unwrap();
        header.set_size(0);
        header.set_entry_type(EntryType::Symlink);
        archive.append_link(&mut header, "package/link.js", target).unwrap();
        gzip(&archive.into_inner().unwrap(), Compression::fast())
    };
    let plain = tgz(&[("index.js", 0o644, b"a\n")]);
    for (built, published) in
        [(&with_link("x"), &with_link("y")), (&with_link("x"), &plain), (&plain, &with_link("x"))]
    {
        let found = compared(built, published);
        assert_eq!((found.class, &found.files["link.js"]), (Class::Different, &Difference::Link));
    }
    assert_eq!(compared(&with_link("x"), &with_link("x")).class, Class::Integrity);
}

#[test]
fn what_has_no_class() {
    let good = tgz(&[MANIFEST]);
    let integrity = Integrity::of(Algorithm::Sha512, &good);
    // Two streams: some unpackers stop at the first.
    let two = [good.clone(), tgz(&[CODE])].concat();
    let of_two = Integrity::of(Algorithm::Sha512, &two);
    assert!(matches!(compare(&two, &good, &integrity), Err(Fault::Built(TarballError::Differs(_)))));
    assert!(matches!(compare(&good, &two, &of_two), Err(Fault::Published(TarballError::Differs(_)))));
    // Not even where it is the same file.
    assert!(matches!(compare(&two, &two, &of_two), Err(Fault::Published(TarballError::Differs(_)))));
    assert!(matches!(compare(b"", &good, &integrity), Err(Fault::Built(_))));
    assert_eq!(compare(&good, &tgz(&[CODE]), &integrity), Err(Fault::Integrity(integrity)));
}

#[test]
#[allow(clippy::disallowed_methods, reason = "the test runs what the documentation says")]
fn the_digest_is_what_a_shell_computes() {
    use std::os::unix::fs::PermissionsExt;

    let files = [
        ("a b.js", 0o644, &b"a"[..]),
        ("bin/run", 0o755, b"b"),
        ("bin/\u{e9}\\n", 0o644, b""),
        ("package.json", 0o644, b"{}"),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (path, mode, bytes) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
    }
    let script = include_str!("digest.rs").lines().skip_while(|line| *line != "/// ```sh").skip(1);
    let script: Vec<&str> = script.map_while(|line| line.strip_prefix("/// ")).take(2).collect();
    let bash = std::process::Command::new("bash")
        .args(["-c", &script.join("\n")])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let printed = String::from_utf8(bash.stdout).unwrap();

    let digest = |files: &[Entry<'_>]| {
        let unpacked = Format::Npm.read(&tgz(files), &Limits::default()).unwrap();
        digest(&unpacked.contents).to_string()
    };
    let whole = digest(&files);
    assert_eq!(printed, format!("{whole}  -\n"));
    let mut other = files;
    other[0].1 = 0o755;
    assert_ne!(digest(&other), whole, "the mode counts");
    other = files;
    other[0].0 = "a c.js";
    assert_ne!(digest(&other), whole, "the path counts");
}

#[test]
fn files_that_a_tool_has() {
    let large = [b'x'; 256];
    let output = [
        ("dist/index.js", 0o644, &large[..]),
        ("dist/own.js", 0o644, &[b'y'; 256]),
        ("dist/small.js", 0o644, &large[1..]),
        ("LICENSE", 0o644, &large[..]),
        ("LICENSE.js", 0o644, &large[..]),
    ];
    let contents = |files: &[Entry<'_>]| Format::Npm.read(&tgz(files), &Limits::default()).unwrap().contents;
    let tool = |path: &str| Tool { package: "rollup@4.1.0".to_owned(), path: path.to_owned() };
    let tools = contents(&[("a.js", 0o644, &large), ("b.js", 0o644, &large[1..])]);
    let tools = tools.files.iter().map(|file| (file.sha256, tool(&file.path))).collect();
    let found = copied(contents(&output).files.iter(), &tools);
    let expected = |path: &str| Copied { path: path.to_owned(), from: tool("a.js") };
    assert_eq!(found, [expected("LICENSE.js"), expected("dist/index.js")]);
}
