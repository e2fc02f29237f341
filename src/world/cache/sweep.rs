//! Throwing away tarballs that nobody asks for any more.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a tarball stays that is not used.
const UNUSED: Duration = Duration::from_secs(60 * DAY.as_secs());

/// Removes tarballs unused for long, and what writers that were killed have left. Nothing here is worth an
/// error: a file that stays is swept another day.
pub(super) fn tarballs(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let limit = if entry.file_name().to_string_lossy().starts_with('.') { DAY } else { UNUSED };
        if age(&entry.path()).is_some_and(|age| age > limit) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Notes that a tarball was used, at most once a day.
pub(super) fn used(path: &Path) {
    if age(path).is_some_and(|age| age > DAY)
        && let Ok(file) = fs::OpenOptions::new().append(true).open(path)
    {
        let _ = file.set_modified(SystemTime::now());
    }
}

fn age(path: &Path) -> Option<Duration> {
    fs::metadata(path).ok()?.modified().ok()?.elapsed().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_old_goes_and_what_is_used_stays() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, days: u32| {
            let file = fs::File::create(folder.path().join(name)).unwrap();
            file.set_modified(SystemTime::now() - DAY * days).unwrap();
        };
        for (name, days) in [("old", 61), ("used", 61), ("young", 59), (".tmpa", 2), (".tmpb", 0)] {
            file(name, days);
        }
        used(&folder.path().join("used"));
        tarballs(folder.path());
        let mut left: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, [".tmpb", "used", "young"]);
    }
}
