//! The cache under processes that write at once and are killed.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use headwater::hash::{Algorithm, Integrity};
use headwater::world::cache::{Cache, Kind};

/// Tells the writer where to write; without it, it does nothing.
const FOLDER: &str = "HEADWATER_TEST_WRITER";

/// Not a test of its own: the process that the next test starts and kills.
#[test]
#[ignore = "is run by killed_writers_leave_a_cache_that_works"]
fn writer() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let cache = Cache::open(folder.as_ref());
    let bytes = vec![b'x'; 100_000];
    for n in 0_u64.. {
        cache.put(Kind::Tree, &n.to_string(), &bytes);
        let tarball = [&bytes[..], &n.to_le_bytes()].concat();
        let mut coming = tempfile::NamedTempFile::new_in(cache.tarballs().unwrap()).unwrap();
        coming.write_all(&tarball).unwrap();
        cache.put_tarball(&Integrity::of(Algorithm::Sha256, &tarball), coming);
        assert!(cache.take_notices().is_empty());
    }
}

#[test]
fn killed_writers_leave_a_cache_that_works() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..3 {
        let mut writers: Vec<_> = (0..2)
            .map(|_| {
                Command::new(std::env::current_exe().unwrap())
                    .args(["--exact", "cache::writer", "--ignored"])
                    .env(FOLDER, folder.path())
                    .stdout(Stdio::null())
                    .spawn()
                    .unwrap()
            })
            .collect();
        std::thread::sleep(Duration::from_millis(200 + 37 * round));
        for writer in &mut writers {
            assert!(writer.try_wait().unwrap().is_none(), "a writer ended by itself");
            writer.kill().unwrap();
            writer.wait().unwrap();
        }
        let cache = Cache::open(folder.path());
        assert_eq!(cache.get(Kind::Tree, "0").unwrap().len(), 100_000);
        cache.put(Kind::Tree, "after", b"1");
        assert_eq!(cache.take_notices(), Vec::<String>::new());
    }
    // Every tarball under its final name is whole.
    let names = std::fs::read_dir(folder.path().join("tarballs")).unwrap().map(Result::unwrap);
    let mut whole = 0;
    for entry in names.filter(|entry| entry.file_name().to_string_lossy().starts_with("sha256-")) {
        let bytes = std::fs::read(entry.path()).unwrap();
        let name = format!("sha256-{}", Integrity::of(Algorithm::Sha256, &bytes).hex());
        assert_eq!(entry.file_name().to_string_lossy(), name);
        whole += 1;
    }
    assert!(whole > 3);
}
