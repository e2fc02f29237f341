//! Whether a repository in the cache is whole, as far as a look at its files tells: without a git, since each run looks at
//! each repository. What is damaged further in, git finds out when it reads it.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// Length of a checksum at the end of a pack and of its index (SHA-1).
const SUM: usize = 20;

/// Whether a repository has what each of ours has, and its packs are those that their indexes describe.
pub(super) fn is_sound(path: &Path) -> bool {
    let text = |name: &str| fs::read_to_string(path.join(name)).unwrap_or_default();
    let config = text("config");
    text("HEAD").starts_with("ref: refs/")
        && config.contains("[core]")
        && config.contains("[remote \"origin\"]")
        && !config.contains('\0')
        && path.join("refs").is_dir()
        && path.join("objects").is_dir()
        && packs(&path.join("objects/pack"))
}

fn packs(folder: &Path) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.filter(|path| path.extension().is_some_and(|end| end == "pack")).all(|pack| {
        let index = pack.with_extension("idx");
        begins(&pack, b"PACK")
            && begins(&index, b"\xfftOc")
            && last(&pack, 0).is_some_and(|sum| last(&index, SUM) == Some(sum))
    })
}

fn begins(path: &Path, with: &[u8; 4]) -> bool {
    let mut head = [0; 4];
    File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok() && head == *with
}

/// The checksum that so many bytes follow, at a file's end.
fn last(path: &Path, bytes_after: usize) -> Option<[u8; SUM]> {
    let mut file = File::open(path).ok()?;
    let mut sum = [0; SUM];
    file.seek(SeekFrom::End(-i64::try_from(SUM + bytes_after).ok()?)).ok()?;
    file.read_exact(&mut sum).ok()?;
    Some(sum)
}
