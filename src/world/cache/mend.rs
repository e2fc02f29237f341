//! What of a cache is broken is set aside and made again, for whoever wants to know why: it only saves time.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Error, ErrorCode};

use super::store::Store;

const TABLE: &str = "cache.sqlite";

/// The files of a cache, and its folders.
const FILES: [&str; 3] = [TABLE, "cache.sqlite-wal", "cache.sqlite-shm"];
const FOLDERS: [&str; 3] = ["tarballs", "running", "git"];

/// Sets aside what lies in the place of the cache's files and folders and is none: a folder, a link that leads nowhere.
/// What was found, as a notice.
pub(super) fn clear(folder: &Path) -> Option<String> {
    let is_other = |name: &str, fits: fn(&fs::Metadata) -> bool| {
        let path = folder.join(name);
        path.symlink_metadata().is_ok() && !path.metadata().is_ok_and(|there| fits(&there))
    };
    let others = || {
        let files = FILES.into_iter().filter(|name| is_other(name, fs::Metadata::is_file));
        files.chain(FOLDERS.into_iter().filter(|name| is_other(name, fs::Metadata::is_dir)))
    };
    others().next()?;
    let _held = hold(folder);
    let set_aside: Vec<String> = others().filter(|name| put_aside(folder, name)).map(aside).collect();
    let places = set_aside.join(" and ");
    (!places.is_empty()).then(|| {
        format!(
            "the cache in {} had something else in its place, which was renamed to {places}",
            folder.display()
        )
    })
}

/// What was set aside, in this run or before.
pub(super) fn set_aside(folder: &Path) -> Vec<PathBuf> {
    let places = FILES.into_iter().chain(FOLDERS).map(|name| folder.join(aside(name)));
    places.filter(|path| path.symlink_metadata().is_ok()).collect()
}

fn aside(name: &str) -> String {
    format!("{name}.broken")
}

/// Whether it is out of the way under another name, in the place of what was there before it.
fn put_aside(folder: &Path, name: &str) -> bool {
    let (path, aside) = (folder.join(name), folder.join(aside(name)));
    _ = fs::remove_dir_all(&aside).or_else(|_| fs::remove_file(&aside));
    fs::rename(&path, &aside).is_ok()
}

/// Opens the table; a broken one is set aside first, and the notice says so.
///
/// # Errors
/// A folder that cannot be used, or a table that others hold.
pub(super) fn open(folder: &Path) -> Result<(Store, Option<String>), Error> {
    // Whoever opens the table while another sets it aside would share the memory of its journal with another table.
    let held = hold(folder);
    let store = Store::open(&folder.join(TABLE));
    drop(held);
    match store {
        Err(error) if is_broken(&error) => anew(folder, &error),
        store => Ok((store?, None)),
    }
}

/// Sets the table aside and begins another one. Where another process was quicker, its table is taken.
///
/// # Errors
/// As for [`open`].
pub(super) fn anew(folder: &Path, why: &Error) -> Result<(Store, Option<String>), Error> {
    let _held = hold(folder);
    match Store::open(&folder.join(TABLE)).and_then(Store::checked) {
        Err(error) if is_broken(&error) => {}
        store => return Ok((store?, None)),
    }
    // Its journal belongs to it alone: beside another table it would be taken for that one's.
    for end in ["-wal", "-shm"] {
        _ = fs::remove_file(folder.join(format!("{TABLE}{end}")));
    }
    put_aside(folder, TABLE);
    let store = Store::open(&folder.join(TABLE))?;
    let notice = format!(
        "the cache's table in {} was broken ({}): it was renamed to {}, and a new one was made",
        folder.display(),
        in_short(why),
        aside(TABLE)
    );
    Ok((store, Some(notice)))
}

/// Without the statement that failed.
fn in_short(error: &Error) -> String {
    match error {
        Error::SqlInputError { msg, .. } => msg.clone(),
        error => error.to_string(),
    }
}

/// Whether the table itself is at fault: no disk that is full, no folder that cannot be written, nobody else's lock.
pub(super) fn is_broken(error: &Error) -> bool {
    match error {
        Error::SqliteFailure(failure, _) => matches!(
            failure.code,
            // The last: tables or columns that are not ours.
            ErrorCode::NotADatabase
                | ErrorCode::DatabaseCorrupt
                | ErrorCode::TypeMismatch
                | ErrorCode::Unknown
        ),
        // A column that does not hold what ours do.
        Error::SqlInputError { .. }
        | Error::InvalidColumnType(..)
        | Error::FromSqlConversionFailure(..)
        | Error::IntegralValueOutOfRange(..)
        | Error::Utf8Error(..) => true,
        _ => false,
    }
}

/// One process at a time mends; where there are no locks, it is done without.
#[cfg(unix)]
fn hold(folder: &Path) -> Option<fs::File> {
    let file = fs::File::create(folder.join("cache.lock")).ok()?;
    rustix::fs::flock(&file, rustix::fs::FlockOperation::LockExclusive).ok()?;
    Some(file)
}

#[cfg(not(unix))]
fn hold(_: &Path) -> Option<fs::File> {
    None
}
