//! Hashes of commits, against what `git checkout` leaves and what `git archive` gives, hashed by Nix.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

use headwater::hash::NarHash;
use headwater::world::git::TreeHash;

use super::*;

/// Asks Nix for the hash of a folder.
#[track_caller]
fn is_hash_of(hash: NarHash, folder: &Path) {
    let Ok(output) = Command::new("nix-hash").args(["--type", "sha256", "--base32"]).arg(folder).output()
    else {
        eprintln!("skipped: there is no nix-hash on this machine");
        return;
    };
    assert!(output.status.success(), "{output:?}");
    assert_eq!(hash.nix_base32(), String::from_utf8(output.stdout).unwrap().trim(), "{}", folder.display());
}

/// The checkout of a commit, by git itself; with its submodules if asked.
fn checkout(repository: &Path, commit: Commit, submodules: bool) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("checkout");
    run(folder.path(), &["clone", "--quiet", "--no-checkout", &repository.display().to_string(), "checkout"]);
    run(&at, &["checkout", "--quiet", &commit.to_string()]);
    if submodules {
        let update = ["submodule", "--quiet", "update", "--init", "--recursive"];
        run(&at, &[&["-c", "protocol.file.allow=always"], &update[..]].concat());
    }
    without_git(&at);
    folder
}

/// As `fetchgit` of nixpkgs does it.
fn without_git(folder: &Path) {
    let script = "find . -name .git -print0 | xargs -0 rm -rf";
    assert!(Command::new("sh").args(["-c", script]).current_dir(folder).status().unwrap().success());
}

fn archive(repository: &Path, commit: Commit) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("archive");
    std::fs::create_dir(&at).unwrap();
    let script = format!("git archive {commit} | tar -x -C {}", at.display());
    let unpacked = Command::new("sh").args(["-c", &script]).current_dir(repository).status().unwrap();
    assert!(unpacked.success());
    folder
}

/// Compares the hashes of a commit with git's and Nix's own.
async fn check(forge: &Forge, name: &str, commit: Commit) -> TreeHash {
    let path = forge.folder.path().join(name);
    let found = forge.git().tree_hash(&repository(name), commit, false).await.unwrap();
    let left = checkout(&path, commit, false);
    is_hash_of(found.hash.checkout, &left.path().join("checkout"));
    if let Some(hash) = found.hash.archive {
        let given = archive(&path, commit);
        is_hash_of(hash, &given.path().join("archive"));
    }
    found
}

fn write(folder: &Path, files: &[(&str, &[u8])]) {
    for (path, bytes) in files {
        let at = folder.join(path);
        std::fs::create_dir_all(at.parent().unwrap()).unwrap();
        std::fs::write(at, bytes).unwrap();
    }
}

/// Text in all shapes, under names that rules are made for.
const TEXTS: &[(&str, &[u8])] = &[
    ("lf", b"a\nb\n"),
    ("crlf", b"a\r\nb\r\n"),
    ("mixed", b"a\nb\r\nc\rd\n"),
    ("nul", b"a\n\0b\n"),
    ("control", b"\x01\x02\n"),
    ("end", b"a\nb\n\x1a"),
    ("none", b""),
    ("id", b"$Id$ x $Id: old $\n$Id: x.c,v 1.2 me $\n$Id:\n$ $Id:$ $Id: open"),
    ("utf8", "h\u{e9}llo \u{1f980}\n".as_bytes()),
    ("bom", b"\xef\xbb\xbfa\n"),
    ("latin", b"h\xe9llo\n"),
    ("format", b"$Format:%H$\n"),
    ("unclosed", b"$Format:%H\n"),
];

#[tokio::test]
async fn every_attribute_on_every_text() {
    let forge = Forge::new();
    let path = forge.init("a", &[]);
    let rules = [
        ("t", "text"),
        ("n", "-text eol=crlf"),
        ("auto", "text=auto"),
        ("autocrlf", "text=auto eol=crlf"),
        ("autolf", "text=auto eol=lf"),
        ("crlf", "eol=crlf"),
        ("textcrlf", "text eol=crlf"),
        ("input", "text=input eol=crlf"),
        ("other", "text=other eol=crlf"),
        ("old", "crlf eol=crlf"),
        ("oldno", "-crlf eol=crlf"),
        ("oldauto", "crlf=auto eol=crlf"),
        ("unspecified", "!text eol=crlf"),
        ("wrong", "eol=CRLF"),
        ("ident", "ident"),
        ("identcrlf", "ident eol=crlf"),
        ("identvalue", "ident=yes"),
        ("binary", "binary eol=crlf"),
        ("u16", "text working-tree-encoding=UTF-16"),
        ("u16le", "working-tree-encoding=utf-16le eol=crlf"),
        ("u16lebom", "working-tree-encoding=UTF-16LE-BOM"),
        ("u16bebom", "working-tree-encoding=UTF16BE-BOM ident"),
        ("u32", "working-tree-encoding=UTF-32"),
        ("u32be", "working-tree-encoding=UTF-32BE"),
        ("u8", "working-tree-encoding=UTF8"),
        ("l1", "working-tree-encoding=ISO-8859-1"),
        ("w1252", "working-tree-encoding=windows-1252"),
        ("off", "-working-tree-encoding"),
        ("filter", "filter=none -diff"),
    ];
    let lines: Vec<String> = rules.iter().map(|(end, rule)| format!("*.{end} {rule}\n")).collect();
    // Without attributes first, so that the blobs are what they are.
    for (end, _) in rules {
        let files: Vec<_> = TEXTS.iter().map(|(name, bytes)| (format!("{name}.{end}"), *bytes)).collect();
        let files: Vec<_> = files.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
        write(&path, &files);
    }
    commit(&path, &[]);
    let tip = commit_as_it_is(&path, ".gitattributes", lines.concat().as_bytes());
    let found = check(&forge, "a", tip).await;
    assert_eq!(found.hash.archive, Some(found.hash.checkout));
    assert_eq!(found.fetcher.to_string(), "fetchgit");
}

/// Adds one file to the tip without looking at the others: git would convert them back.
fn commit_as_it_is(path: &Path, name: &str, bytes: &[u8]) -> Commit {
    std::fs::write(path.join(".new"), bytes).unwrap();
    let blob = run(path, &["hash-object", "-w", "--no-filters", ".new"]);
    std::fs::remove_file(path.join(".new")).unwrap();
    run(path, &["update-index", "--add", "--cacheinfo", &format!("100644,{blob},{name}")]);
    run(path, &["commit", "--quiet", "-m", "m"]);
    id(&run(path, &["rev-parse", "HEAD"]))
}

#[tokio::test]
async fn patterns_macros_and_precedence() {
    let forge = Forge::new();
    let path = forge.init("a", &[]);
    let folders = ["", "d/", "d/e/", "x y/", "d/e/f/g/", "dd/e/"];
    let names =
        ["a.txt", "b.txt", "a.c", "README", "#hash", "!bang", "sp ace", "st*r", "\u{e9}t\u{e9}", "[x]"];
    for folder in folders {
        for name in names {
            write(&path, &[(&format!("{folder}{name}"), b"a\nb\n$Id$\n")]);
        }
    }
    commit(&path, &[]);
    let outer = "\
        [attr]windows text eol=crlf\n[attr]twice windows ident\n[attr]bad/name ident\n\
        *.txt text\n/a.txt eol=crlf\nd/*.c windows\nd/**/b.txt twice\n**/README ident\nREADME !ident\n\
        d/e export-ignore\n!bang eol=crlf\n\\!bang eol=crlf\n\\#hash eol=crlf\n#hash ident\n\
        \"sp ace\" eol=crlf\n\"\\303\\251t\\303\\251\" ident\nst\\*r eol=crlf\n[[]x] ident\n\
        x* eol=crlf\nd**/e/a.c ident\n*.c twice -windows\nREADME eol=crlf -\n  a.txt\tident  \r\n\
        dd/ export-ignore\nd/e/f/** binary\n";
    commit_as_it_is(&path, ".gitattributes", outer.as_bytes());
    let inner =
        "[attr]inner ident\n* inner\na.txt -text\n/b.txt eol=lf\ne/a.c windows\n*/README text eol=crlf";
    commit_as_it_is(&path, "d/.gitattributes", inner.as_bytes());
    let tip = commit_as_it_is(
        &path,
        "d/e/f/.gitattributes",
        b"\xef\xbb\xbf*.txt eol=crlf\n*.c eol=crlf\0\n* ident",
    );
    let found = check(&forge, "a", tip).await;
    assert_ne!(found.hash.archive, Some(found.hash.checkout));
}

#[tokio::test]
async fn what_archives_leave_out() {
    let forge = Forge::new();
    let path = forge.init("a", &[]);
    write(
        &path,
        &[
            ("by-name/x", b"1"),
            ("by-name/sub/x", b"1"),
            ("by-folder/y", b"1"),
            ("by-star/y", b"1"),
            ("by-stars/d/y", b"1"),
            ("part/x", b"1"),
            ("part/keep", b"1"),
            ("exe", b"#!/bin/sh\n"),
        ],
    );
    std::fs::set_permissions(path.join("exe"), std::fs::Permissions::from_mode(0o755)).unwrap();
    symlink("nowhere/../x", path.join("link")).unwrap();
    symlink("x", path.join("x")).unwrap();
    let tip = commit(
        &path,
        &[(
            ".gitattributes",
            "x export-ignore\nby-folder/ export-ignore\nby-star/* export-ignore\nby-stars/** export-ignore\n",
        )],
    );
    let found = check(&forge, "a", tip).await;
    assert_ne!(found.hash.archive, Some(found.hash.checkout));
}

#[tokio::test]
async fn export_subst_writes_into_an_archive() {
    let forge = Forge::new();
    let with = |name: &str, text: &str| {
        let path = forge.init(name, &[]);
        let tip = commit(&path, &[("d/.gitattributes", "a export-subst\n"), ("d/a", text)]);
        (path, tip)
    };
    let found = check(&forge, "plain", with("plain", "$Format:x\n").1).await;
    assert_eq!(found.hash.archive, Some(found.hash.checkout), "nothing to fill in");

    let found = check(&forge, "refs", with("refs", "$Format:%d by %an$ $Format:%H$\n").1).await;
    assert!(found.hash.archive.is_some_and(|archive| archive != found.hash.checkout));
    assert!(found.notes[0].contains("export-subst"), "{:?}", found.notes);
    assert_eq!(found.fetched, Some(found.hash.checkout));

    for text in ["$Format:%(describe)$\n", "$Format:%h$\n"] {
        let name = format!("untagged{}", text.len());
        let found = check(&forge, &name, with(&name, text).1).await;
        assert_eq!(found.hash.archive, None, "{text} takes the history");
    }

    // Branches of an earlier day name nothing any more, and stand in no new one's way.
    let moving = || {
        let mut options = forge.options.clone();
        options.refs_age = Duration::ZERO;
        Git::new(options, Cache::open(&forge.folder.path().join("cache"))).unwrap()
    };
    let (path, tip) = with("moved", "$Format:%D$\n");
    moving().tree_hash(&repository("moved"), tip, false).await.unwrap();
    run(&path, &["branch", "--move", "main", "next"]);
    run(&path, &["branch", "next2/deep"]);
    run(&path, &["branch", "--move", "next", "main/deep"]);
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let found = moving().tree_hash(&repository("moved"), tip, false).await.unwrap();
    is_hash_of(found.hash.archive.unwrap(), &archive(&path, tip).path().join("archive"));

    // Two files of one text: git describes once in an archive.
    let (path, _) = with("tagged", "$Format:%(describe) %D$\n");
    let tip = commit(&path, &[(".gitattributes", "b export-subst\n"), ("b", "$Format:%(describe) %D$\n")]);
    run(&path, &["tag", "-a", "-m", "one", "v1"]);
    assert!(check(&forge, "tagged", tip).await.hash.archive.is_some());
}

#[tokio::test]
async fn odd_names_links_and_trees() {
    let forge = Forge::new();
    let path = forge.init("a", &[]);
    let long = "l".repeat(255);
    write(
        &path,
        &[
            ("a.b", b"1"),
            ("a/b", b"2"),
            ("a-", b"3"),
            ("B/deep/er", b"4"),
            ("Case", b"5"),
            ("case", b"6"),
            (&format!("{long}/{long}/{long}"), b"7"),
            ("line\nbreak", b"8"),
            ("large", &vec![b'x'; 9 << 20]),
        ],
    );
    std::fs::write(path.join(OsStr::from_bytes(b"\xff\xfe")), b"bytes").unwrap();
    symlink(OsStr::from_bytes(b"\xff/absolute"), path.join("odd")).unwrap();
    symlink("/etc/passwd", path.join("absolute")).unwrap();
    symlink("l".repeat(300), path.join("long")).unwrap();
    let tip = commit(&path, &[]);
    let found = check(&forge, "a", tip).await;
    assert!(found.notes.iter().any(|note| note.contains("Case and case")), "{:?}", found.notes);

    // What git's own commands do not make: empty folders, and the mode bits of old times.
    let empty = run(&path, &["mktree", "--missing"]);
    let blob = run(&path, &["rev-parse", "HEAD:a/b"]);
    let script = format!("printf '40000 tree {empty}\\tempty\\n100664 blob {blob}\\told\\n' | git mktree");
    let tree = Command::new("sh").args(["-c", &script]).current_dir(&path).output().unwrap();
    let tree = String::from_utf8(tree.stdout).unwrap();
    for tree in [tree.trim(), &empty] {
        let tip = id(&run(&path, &["commit-tree", "-m", "m", tree]));
        run(&path, &["update-ref", "refs/heads/odd", &tip.to_string()]);
        let found = check(&forge, "a", tip).await;
        assert_eq!(found.hash.archive, Some(found.hash.checkout));
    }
}

#[tokio::test]
async fn submodules_in_submodules() {
    let forge = Forge::new();
    let [path, sub, inner] = ["a", "sub", "inner"].map(|name| forge.init(name, &[]));
    commit(&inner, &[("in", "1\n"), (".gitattributes", "in eol=crlf\n")]);
    let add = |folder: &Path, url: &str, at: &str| {
        let add = ["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", url, at];
        run(folder, &add);
    };
    add(&sub, &inner.display().to_string(), "lib/inner");
    let relative = |folder: &Path, name: &str, url: &str| {
        run(folder, &["config", "-f", ".gitmodules", &format!("submodule.{name}.url"), url]);
    };
    relative(&sub, "lib/inner", "../inner");
    commit(&sub, &[("s", "1\n"), ("hidden", "1"), (".gitattributes", "hidden export-ignore\n")]);
    add(&path, &sub.display().to_string(), "vendor/sub");
    relative(&path, "vendor/sub", "../sub");
    let tip = commit(&path, &[("z", "1"), (".gitattributes", "* eol=crlf\n")]);
    let found = check(&forge, "a", tip).await;
    assert_eq!(found.hash.with_submodules, None);
    assert_eq!(found.fetcher.to_string(), "fetchgit { fetchSubmodules = false; }");
    assert!(found.notes[0].contains("vendor/sub is a submodule"), "{:?}", found.notes);

    // The same repositories by their public addresses, for git as well.
    let whole = forge.git().tree_hash(&repository("a"), tip, true).await.unwrap();
    assert_eq!((whole.hash.checkout, whole.hash.archive), (found.hash.checkout, found.hash.archive));
    let left = tempfile::tempdir().unwrap();
    let mut clone = Command::new("git");
    clone.args(["-c", "protocol.file.allow=always", "clone", "--quiet", "--recurse-submodules"]);
    clone.args(["https://forge.example.org/a", "checkout"]).current_dir(left.path());
    assert!(clone.envs(forge.options.env.clone()).status().unwrap().success());
    let at = left.path().join("checkout");
    without_git(&at);
    is_hash_of(whole.hash.with_submodules.unwrap(), &at);
    assert_eq!(whole.fetcher.to_string(), "fetchgit { fetchSubmodules = true; }");
    assert_eq!(whole.fetched, whole.hash.with_submodules);
    assert_eq!(whole.notes, [""; 0]);
}

#[tokio::test]
async fn a_submodule_that_cannot_be_had_is_noted() {
    let forge = Forge::new();
    let path = forge.init("a", &[]);
    let gone = "7".repeat(40);
    for name in ["gone", "nameless", "private", "left"] {
        run(&path, &["update-index", "--add", "--cacheinfo", &format!("160000,{gone},{name}")]);
    }
    let modules = "[submodule \"gone\"]\n\tpath = gone\n\turl = ../gone\n\
        [submodule \"private\"]\n\tpath = private\n\turl = http://127.0.0.1/x\n\
        [submodule \"left\"]\n\tpath = left\n\turl = ../x\n\tupdate = none\n";
    let tip = commit_as_it_is(&path, ".gitmodules", modules.as_bytes());
    let found = forge.git().tree_hash(&repository("a"), tip, true).await.unwrap();
    assert_eq!(found.hash.with_submodules, None);
    let notes = found.notes.join("\n");
    for expected in [
        "submodule gone: no such repository",
        "submodule nameless: .gitmodules",
        "submodule private: its address",
    ] {
        assert!(notes.contains(expected), "{expected}: {notes}");
    }
    assert!(!notes.contains("submodule left"), "{notes}");
    check(&forge, "a", tip).await;
}

#[tokio::test]
async fn a_submodule_that_lost_a_blob_costs_no_other_hash() {
    let forge = Forge::new();
    let [path, sub] = ["a", "sub"].map(|name| forge.init(name, &[]));
    let inner = commit(&sub, &[("x", "lost")]);
    run(&path, &["update-index", "--add", "--cacheinfo", &format!("160000,{inner},sub")]);
    let modules = b"[submodule \"sub\"]\n\tpath = sub\n\turl = ../sub\n";
    let tip = commit_as_it_is(&path, ".gitmodules", modules);
    // As a fetch that broke off left it: the commit and its tree are there.
    forge.git().tree_hash(&repository("sub"), inner, false).await.unwrap();
    for store in std::fs::read_dir(forge.folder.path().join("cache/git")).unwrap() {
        let pack = store.unwrap().path().join("objects/pack");
        let Ok(packs) = std::fs::read_dir(&pack) else { continue };
        packs.for_each(|file| std::fs::remove_file(file.unwrap().path()).unwrap());
        let store = pack.ancestors().nth(2).unwrap();
        for object in ["HEAD", "HEAD^{tree}"] {
            let object = run(&sub, &["rev-parse", object]);
            let at = format!("{}/{}", &object[..2], &object[2..]);
            std::fs::create_dir_all(store.join("objects").join(&object[..2])).unwrap();
            std::fs::copy(sub.join(".git/objects").join(&at), store.join("objects").join(&at)).unwrap();
        }
    }
    let found = forge.git().tree_hash(&repository("a"), tip, true).await.unwrap();
    assert_eq!(found.hash.with_submodules, None);
    assert!(found.notes.iter().any(|note| note.contains("is not there")), "{:?}", found.notes);
}

#[tokio::test]
async fn pointers_of_lfs_are_named() {
    let forge = Forge::new();
    let path = forge.init("a", &[]);
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
    let tip = commit(
        &path,
        &[
            ("a.bin", pointer),
            ("b.bin", "small"),
            ("c", pointer),
            (".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n"),
        ],
    );
    let found = check(&forge, "a", tip).await;
    assert_eq!(found.fetcher.to_string(), "fetchgit { fetchLFS = true; }");
    assert_eq!((found.fetched, found.notes.len()), (None, 1));
    assert!(found.notes[0].starts_with("a.bin is"), "{:?}", found.notes);
}

#[tokio::test]
async fn what_cannot_be_hashed_says_why() {
    let forge = Forge::new();
    let path = forge.init("a", &[]);
    commit(&path, &[("a", "1")]);
    let blob = run(&path, &["rev-parse", "HEAD:a"]);
    let failed = async |commit| {
        let Err(NoAnswer::Failed(why)) = forge.git().tree_hash(&repository("a"), commit, false).await else {
            panic!()
        };
        why
    };
    let tip = commit_as_it_is(&path, ".gitattributes", b"a working-tree-encoding=EBCDIC-US\n");
    assert!(failed(tip).await.contains("EBCDIC-US"));
    for (line, expected) in [
        (format!("100644 blob {blob}\\t.git"), ".git"),
        (
            format!("120000 blob {}\\tl", run(&path, &["hash-object", "-w", "-t", "blob", "/dev/null"])),
            "link to nowhere",
        ),
    ] {
        let script = format!("printf '{line}\\n' | git mktree");
        let tree = Command::new("sh").args(["-c", &script]).current_dir(&path).output().unwrap();
        let tree = String::from_utf8(tree.stdout).unwrap();
        let tip = id(&run(&path, &["commit-tree", "-m", "m", tree.trim()]));
        let why = failed(tip).await;
        assert!(why.contains(expected), "{why}");
    }
    let tip = commit(&path, &[("b", "1"), (".gitattributes", "")]);
    let git = forge.git();
    let kept = git.tree_hash(&repository("a"), tip, false).await.unwrap();
    let again = git.tree_hash(&repository("a"), tip, true).await.unwrap();
    assert_eq!(kept, again, "from the cache");
    forge.init("sha256", &["--object-format=sha256"]);
    commit_sha256(&forge.folder.path().join("sha256"));
    let answer = forge.git().tree_hash(&repository("sha256"), Digest([7; 20]), false).await;
    assert!(matches!(&answer, Err(NoAnswer::Failed(why)) if why.contains("SHA-256")), "{answer:?}");
}

#[test]
fn hashes_are_written_in_sri_form() {
    let json = serde_json::to_value(NarHash([0; 32])).unwrap();
    assert_eq!(json, format!("sha256-{}=", "A".repeat(43)));
}

#[tokio::test]
async fn a_hash_is_of_no_other_repository() {
    let forge = Forge::new();
    let has = forge.init("has", &[]);
    let tip = commit(&has, &[("a", "1")]);
    commit(&forge.init("lacks", &[]), &[("a", "2")]);
    for _ in 0..2 {
        let error = forge.git().tree_hash(&repository("lacks"), tip, false).await.unwrap_err();
        assert!(matches!(error, NoAnswer::NoCommit(_)), "{error:?}");
        let error = forge.git().tree(&repository("lacks"), tip).await.unwrap_err();
        assert!(matches!(error, NoAnswer::NoCommit(_)), "{error:?}");
        // Now it is in the cache.
        forge.git().tree_hash(&repository("has"), tip, false).await.unwrap();
        forge.git().tree(&repository("has"), tip).await.unwrap();
    }
}
