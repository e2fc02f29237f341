//! A cache that works, and ones that do not.

use std::io::Write;

use super::*;
use crate::contents::Contents;
use crate::hash::Algorithm;

#[test]
fn values_are_kept_by_kind_and_key() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path());
    cache.put(Kind::Metadata, "a", b"1");
    cache.put(Kind::Tree, "a", b"2");
    cache.put(Kind::Metadata, "a", b"3");
    assert_eq!(cache.get(Kind::Metadata, "a").unwrap(), b"3");
    drop(cache);
    let other = Cache::open(folder.path());
    assert_eq!(other.get(Kind::Metadata, "a").unwrap(), b"3");
    assert_eq!(other.get(Kind::Tree, "a").unwrap(), b"2");
    assert_eq!(other.get(Kind::Tree, "b"), None);
    assert_eq!(other.get_younger(Kind::Tree, "a", Duration::from_secs(60)).unwrap(), b"2");
    other.put(Kind::Refs, "r", b"old");
    drop(other);
    let other = Cache::open(folder.path());
    let aged = rusqlite::Connection::open(folder.path().join("cache.sqlite")).unwrap();
    aged.execute("UPDATE entry SET put = put - 100 WHERE key = 'r'", []).unwrap();
    assert_eq!(other.get_younger(Kind::Refs, "r", Duration::from_secs(60)), None);
    assert!(other.take_notices().is_empty());
}

#[test]
fn a_thousand_keys_in_one_question() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path());
    let keys: Vec<String> = (0..1216).map(|n| format!("package-{n}@1.0.0")).collect();
    for key in &keys {
        cache.put(Kind::Contents, key, &[b'x'; 2000]);
    }
    let found = cache.get_many(Kind::Contents, keys.iter().map(String::as_str).chain(["none"]));
    assert_eq!(found.len(), keys.len());
}

#[test]
fn contents_that_no_longer_parse_are_absent() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path());
    let [good, bad] = [b"good", &b"bad!"[..]].map(|bytes| Integrity::of(Algorithm::Sha512, bytes));
    let contents = Contents {
        files: Vec::new(),
        dropped: Vec::new(),
        manifest: "{}".into(),
        shrinkwrap: None,
        texts: Default::default(),
        names: Default::default(),
        packed_size: 1,
        differs: None,
    };
    cache.put_json(Kind::Contents, &good.to_string(), &contents);
    cache.put(Kind::Contents, &bad.to_string(), b"{}");
    assert_eq!(cache.get_json(Kind::Contents, &good.to_string()), Some(contents));
    assert_eq!(cache.get_json::<Contents>(Kind::Contents, &bad.to_string()), None);
}

#[test]
fn tarballs_are_kept_by_their_hash() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path());
    let integrity = Integrity::of(Algorithm::Sha512, b"bytes");
    assert!(cache.tarball(&integrity).is_none());
    let mut coming = tempfile::NamedTempFile::new_in(cache.tarballs().unwrap()).unwrap();
    coming.write_all(b"bytes").unwrap();
    cache.put_tarball(&integrity, coming);
    assert_eq!(std::io::read_to_string(cache.tarball(&integrity).unwrap()).unwrap(), "bytes");
    let all = || std::fs::read_dir(cache.tarballs().unwrap()).unwrap().count();
    assert_eq!(all(), 1);
    cache.remove_tarball(&integrity);
    assert_eq!(all(), 0);
    assert!(cache.tarball(&integrity).is_none());
}

/// A cache with many values, its table closed.
fn filled() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path());
    for n in 0..500 {
        cache.put(Kind::Tree, &n.to_string(), &[b'x'; 1000]);
    }
    folder
}

fn table(folder: &Path) -> PathBuf {
    folder.join("cache.sqlite")
}

/// Works as if it were new, whatever it says.
fn works(folder: &Path) -> Vec<String> {
    let cache = Cache::open(folder);
    let all: Vec<String> = (0..500).map(|n| n.to_string()).collect();
    cache.get_many(Kind::Tree, all.iter().map(String::as_str));
    cache.put(Kind::Tree, "after", b"1");
    assert!(cache.usage().is_some());
    assert_eq!(cache.get(Kind::Tree, "after").unwrap(), b"1");
    cache.take_notices()
}

#[test]
fn a_broken_table_is_set_aside_and_made_again() {
    type Damage = fn(&mut Vec<u8>);
    let damage: [(&str, Damage); 5] = [
        ("no table", |bytes| *bytes = vec![b'x'; 5000]),
        ("half", |bytes| bytes.truncate(bytes.len() / 2)),
        ("a head alone", |bytes| bytes.truncate(1000)),
        ("pages of something else", |bytes| bytes[4096..].fill(0x5a)),
        ("a head of something else", |bytes| bytes[..100].fill(0)),
    ];
    for (what, damage) in damage {
        let folder = filled();
        let mut bytes = std::fs::read(table(folder.path())).unwrap();
        damage(&mut bytes);
        std::fs::write(table(folder.path()), bytes).unwrap();
        let notices = works(folder.path());
        assert!(notices.len() == 1 && notices[0].contains("was renamed to"), "{what}: {notices:?}");
        assert!(folder.path().join("cache.sqlite.broken").exists(), "{what}");
        assert_eq!(works(folder.path()), Vec::<String>::new(), "{what}: told again");
    }
    // Of nothing at all nothing is lost.
    let folder = filled();
    std::fs::write(table(folder.path()), b"").unwrap();
    assert_eq!(works(folder.path()), Vec::<String>::new());
}

#[test]
fn what_was_set_aside_goes_with_the_rest() {
    let folder = filled();
    for name in ["tarballs", "git"] {
        std::fs::remove_dir_all(folder.path().join(name)).ok();
        std::fs::write(folder.path().join(name), "x").unwrap();
    }
    let cache = Cache::open(folder.path());
    let aside = ["tarballs.broken", "git.broken"].map(|name| folder.path().join(name));
    assert!(aside.iter().all(|path| path.exists()));
    let leftovers = cache.usage().unwrap().kinds.remove("leftovers").unwrap();
    assert_eq!((leftovers.count, leftovers.size), (2, 2));
    assert!(cache.prune(Prune::Everything).is_some());
    assert!(aside.iter().all(|path| !path.exists()));
}

#[test]
fn what_lies_in_the_place_of_a_file_or_a_folder_is_set_aside() {
    type Damage = fn(&Path);
    let link = |to: &str, path: &Path| std::os::unix::fs::symlink(to, path).unwrap();
    let damage: [(&str, &str, Damage); 6] = [
        ("a folder for the table", "cache.sqlite", |path| std::fs::create_dir_all(path.join("x")).unwrap()),
        ("a link that leads nowhere", "cache.sqlite", |path| {
            std::os::unix::fs::symlink("/nowhere/at/all", path).unwrap();
        }),
        ("a link to itself", "cache.sqlite", |path| {
            std::os::unix::fs::symlink("cache.sqlite", path).unwrap();
        }),
        ("a folder for its journal", "cache.sqlite-wal", |path| std::fs::create_dir(path).unwrap()),
        ("a file for the tarballs", "tarballs", |path| std::fs::write(path, "x").unwrap()),
        ("a file for who runs", "running", |path| std::fs::write(path, "x").unwrap()),
    ];
    for (what, name, damage) in damage {
        // Even where another one was set aside before.
        for more in [false, true] {
            let folder = filled();
            let path = folder.path().join(name);
            let aside = folder.path().join(format!("{name}.broken"));
            if more {
                std::fs::create_dir_all(aside.join("y")).unwrap();
            }
            if path.is_dir() {
                std::fs::remove_dir_all(&path).unwrap();
            } else if path.exists() {
                std::fs::remove_file(&path).unwrap();
            }
            damage(&path);
            let notices = works(folder.path());
            assert!(notices.len() == 1 && notices[0].contains("was renamed to"), "{what}: {notices:?}");
            assert!(aside.symlink_metadata().is_ok() && !aside.join("y").exists(), "{what}");
            assert_eq!(works(folder.path()), Vec::<String>::new(), "{what}: told again");
        }
    }
    // A cache may lie on another disk.
    let (folder, elsewhere) = (filled(), tempfile::tempdir().unwrap());
    for name in ["cache.sqlite", "tarballs"] {
        let to = elsewhere.path().join(name);
        std::fs::rename(folder.path().join(name), &to).unwrap();
        link(to.to_str().unwrap(), &folder.path().join(name));
    }
    assert_eq!(works(folder.path()), Vec::<String>::new());
}

#[test]
fn a_table_of_another_version_is_set_aside_and_made_again() {
    for other in
        ["DROP TABLE entry; CREATE TABLE entry (kind TEXT, k2 TEXT)", "ALTER TABLE entry DROP COLUMN put"]
    {
        let folder = filled();
        rusqlite::Connection::open(table(folder.path())).unwrap().execute_batch(other).unwrap();
        let notices = works(folder.path());
        assert!(notices.len() == 1 && notices[0].contains("was renamed to"), "{other}: {notices:?}");
        assert!(!notices[0].contains('\n') && !notices[0].contains("CREATE"), "{other}: {notices:?}");
        assert_eq!(works(folder.path()), Vec::<String>::new());
    }
}

#[test]
fn a_table_that_breaks_while_in_use_is_made_again_once() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path());
    let drop_it = || {
        let other = rusqlite::Connection::open(table(folder.path())).unwrap();
        other.execute("DROP TABLE entry", []).unwrap();
    };
    drop_it();
    assert_eq!(cache.get(Kind::Tree, "a"), None);
    cache.put(Kind::Tree, "a", b"1");
    assert_eq!(cache.get(Kind::Tree, "a").unwrap(), b"1");
    drop_it();
    for _ in 0..3 {
        assert_eq!(cache.get(Kind::Tree, "a"), None);
    }
    assert_eq!(cache.take_notices().len(), 1);
}

#[test]
fn several_find_it_broken_at_once() {
    let folder = filled();
    std::fs::write(table(folder.path()), [b'x'; 5000]).unwrap();
    let told: usize = std::thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|_| scope.spawn(|| works(folder.path()).len())).collect();
        all.into_iter().map(|one| one.join().unwrap()).sum()
    });
    assert_eq!(told, 1);
}

#[test]
fn a_table_that_cannot_be_written_is_left_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = filled();
    let mode =
        |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    mode(&table(folder.path()), 0o444);
    mode(folder.path(), 0o555);
    let cache = Cache::open(folder.path());
    cache.put(Kind::Tree, "after", b"1");
    cache.get(Kind::Tree, "1");
    assert!(cache.take_notices().len() <= 1);
    mode(folder.path(), 0o755);
    assert!(!folder.path().join("cache.sqlite.broken").exists());
}

#[test]
fn a_folder_that_cannot_be_made_is_reported() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let cache = Cache::open(&file.path().join("below"));
    assert_eq!((cache.take_notices().len(), cache.folder()), (1, None));
}

#[test]
fn many_writers_at_once() {
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let folder = folder.path();
            scope.spawn(move || {
                let cache = Cache::open(folder);
                for n in 0..50 {
                    cache.put(Kind::Tree, &format!("{writer}-{n}"), b"x");
                }
                assert_eq!(cache.take_notices(), Vec::<String>::new());
            });
        }
    });
    let cache = Cache::open(folder.path());
    let keys: Vec<String> = (0..8).flat_map(|w| (0..50).map(move |n| format!("{w}-{n}"))).collect();
    assert_eq!(cache.get_many(Kind::Tree, keys.iter().map(String::as_str)).len(), 400);
}

#[test]
fn a_value_that_was_changed_or_moved_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path());
    for key in ["a", "b", "c"] {
        cache.put(Kind::Pack, key, format!("value of {key}").as_bytes());
    }
    drop(cache);
    let direct = rusqlite::Connection::open(folder.path().join("cache.sqlite")).unwrap();
    let change = |sql: &str| assert_eq!(direct.execute(sql, []).unwrap(), 1);
    change("UPDATE entry SET value = (SELECT value FROM entry WHERE key = 'b') WHERE key = 'a'");
    change(
        "UPDATE entry SET value = CAST(replace(CAST(value AS TEXT), 'of b', 'of x') AS BLOB) WHERE key = 'b'",
    );
    let cache = Cache::open(folder.path());
    assert_eq!(cache.get(Kind::Pack, "a"), None);
    assert_eq!(cache.get(Kind::Pack, "b"), None);
    assert_eq!(cache.get(Kind::Pack, "c").as_deref(), Some(&b"value of c"[..]));
    assert_eq!(cache.get_many(Kind::Pack, ["a", "b", "c"]).len(), 1);
    for value in ["x'00'", "x'00' || value", "17", "'text'"] {
        change(&format!("UPDATE entry SET value = {value} WHERE key = 'c'"));
        assert_eq!(cache.get(Kind::Pack, "c"), None, "{value}");
    }
    assert_eq!(cache.take_notices(), Vec::<String>::new());
}
