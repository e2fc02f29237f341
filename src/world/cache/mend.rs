//! A table that is broken is set aside, and another one begun: it only saves time.

use std::fs;
use std::path::Path;

use rusqlite::{Error, ErrorCode};

use super::store::Store;

const TABLE: &str = "cache.sqlite";
/// What is kept of the last one that was broken, for whoever wants to know why.
const ASIDE: &str = "cache.sqlite.broken";

/// Opens the table; a broken one is set aside first, and the notice says so.
///
/// # Errors
/// A folder that cannot be used, or a table that others hold.
pub(super) fn open(folder: &Path) -> Result<(Store, Option<String>), Error> {
    match Store::open(&folder.join(TABLE)) {
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
    let path = folder.join(TABLE);
    // Its journal belongs to it alone: beside another table it would be taken for that one's.
    for end in ["-wal", "-shm"] {
        _ = fs::remove_file(folder.join(format!("{TABLE}{end}")));
    }
    if fs::rename(&path, folder.join(ASIDE)).is_err() {
        _ = fs::remove_file(&path);
    }
    let store = Store::open(&path)?;
    let notice = format!(
        "the cache's table in {} was broken ({why}): it was renamed to {ASIDE}, and a new one was made",
        folder.display()
    );
    Ok((store, Some(notice)))
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
