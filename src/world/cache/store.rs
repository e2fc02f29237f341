//! The cache's table.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

use super::usage::{Item, What};

/// How long to wait for another process.
const PATIENCE: Duration = Duration::from_secs(5);
const DAY: i64 = 24 * 60 * 60;

/// Rows that are removed together: others wait meanwhile.
const AT_ONCE: usize = 10_000;
/// Values that are held back to be written together: alone, each would take and leave the lock of its own.
const TOGETHER: usize = 64;

pub(super) struct Store {
    connection: Connection,
    pending: BTreeMap<(&'static str, String), Vec<u8>>,
}

impl Store {
    pub fn open(path: &Path) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(PATIENCE)?;
        // Changing to WAL does not always wait for others who do the same.
        let mut attempts = 0;
        while let Err(error) = connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())) {
            attempts += 1;
            if attempts == 50 || error.sqlite_error_code() != Some(rusqlite::ErrorCode::DatabaseBusy) {
                return Err(error);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        // With WAL, NORMAL can lose the last values at a power cut, and never the consistency.
        connection.execute_batch(
            "PRAGMA synchronous = NORMAL;
             CREATE TABLE IF NOT EXISTS entry (
                 kind TEXT NOT NULL,
                 key TEXT NOT NULL,
                 value BLOB NOT NULL,
                 size INTEGER NOT NULL,
                 put INTEGER NOT NULL,
                 used INTEGER NOT NULL,
                 PRIMARY KEY (kind, key)
             );
             CREATE INDEX IF NOT EXISTS entry_use ON entry (used, size, kind);",
        )?;
        // A table of the same name with other columns is found out here.
        connection.prepare("SELECT value, size, put, used FROM entry WHERE kind = ?1 AND key = ?2")?;
        Ok(Self { connection, pending: BTreeMap::new() })
    }

    /// The table, where all of it can be read: what opens can still be broken further in.
    pub fn checked(self) -> rusqlite::Result<Self> {
        let said: String = self.connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if said != "ok" {
            let corrupt = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
            return Err(rusqlite::Error::SqliteFailure(corrupt, Some(said)));
        }
        Ok(self)
    }

    /// A value that was put no earlier than `since` (seconds since 1970).
    pub fn get(&self, kind: &'static str, key: &str, since: i64) -> rusqlite::Result<Option<Vec<u8>>> {
        if let Some(value) = self.pending.get(&(kind, key.to_owned())) {
            return Ok(Some(value.clone()));
        }
        let sql = "SELECT value, used FROM entry WHERE kind = ?1 AND key = ?2 AND put >= ?3";
        let mut statement = self.connection.prepare_cached(sql)?;
        let row = statement
            .query_row(params![kind, key, since], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))
            .optional();
        // A value of another type than we write was changed by somebody: it is none.
        let row = if let Err(rusqlite::Error::InvalidColumnType(..)) = row { None } else { row? };
        let Some((sealed, used)): Option<(Vec<u8>, i64)> = row else { return Ok(None) };
        if used < now() - DAY {
            self.use_now(kind, key)?;
        }
        Ok(opened(kind, key, sealed))
    }

    pub fn get_many(
        &mut self,
        kind: &'static str,
        keys: &mut dyn Iterator<Item = &str>,
    ) -> rusqlite::Result<BTreeMap<String, Vec<u8>>> {
        // One transaction: without it each question takes and leaves the lock of its own.
        self.connection.execute_batch("BEGIN")?;
        let found = keys.filter_map(|key| {
            self.get(kind, key, 0).map(|value| value.map(|value| (key.to_owned(), value))).transpose()
        });
        let found = found.collect();
        self.connection.execute_batch("COMMIT")?;
        found
    }

    pub fn put(&mut self, kind: &'static str, key: &str, value: &[u8]) -> rusqlite::Result<()> {
        self.pending.insert((kind, key.to_owned()), value.to_owned());
        if self.pending.len() < TOGETHER { Ok(()) } else { self.flush() }
    }

    /// Writes what is held back.
    pub fn flush(&mut self) -> rusqlite::Result<()> {
        let pending = std::mem::take(&mut self.pending);
        let transaction = self.connection.transaction()?;
        for ((kind, key), value) in &pending {
            put(&transaction, kind, key, value)?;
        }
        transaction.commit()
    }

    fn use_now(&self, kind: &str, key: &str) -> rusqlite::Result<()> {
        let sql = "UPDATE entry SET used = ?3 WHERE kind = ?1 AND key = ?2";
        match self.connection.prepare_cached(sql)?.execute(params![kind, key, now()]) {
            // Not worth an answer: another process writes, or the folder is read-only.
            Ok(_) | Err(rusqlite::Error::SqliteFailure(..)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Every value with its kind, size and last use; read from an index, not from the values.
    pub fn items(&mut self) -> rusqlite::Result<Vec<Item>> {
        self.flush()?;
        let mut statement = self.connection.prepare("SELECT rowid, kind, size, used FROM entry")?;
        let items = statement.query_map([], |row| {
            let (row, kind, size, used) = (row.get(0)?, row.get(1)?, row.get::<_, i64>(2)?, row.get(3)?);
            Ok(Item { what: What::Value { row, kind }, size: size.try_into().unwrap_or(0), used })
        })?;
        items.collect()
    }

    /// Removes rows that were not used since (row and last use), and gives their space back to the disk.
    pub fn remove(&mut self, rows: &[(i64, i64)]) -> rusqlite::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        for some in rows.chunks(AT_ONCE) {
            let transaction = self.connection.transaction()?;
            {
                let mut delete = transaction.prepare("DELETE FROM entry WHERE rowid = ?1 AND used = ?2")?;
                for (row, used) in some {
                    delete.execute([row, used])?;
                }
            }
            transaction.commit()?;
        }
        match self.connection.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);") {
            // Others are at it: the space is used again by what comes.
            Ok(()) | Err(rusqlite::Error::SqliteFailure(..)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// Bytes in front of a value that tie it to its key: SQLite itself does not notice a byte that has changed,
/// and what is computed from the wrong value would be pinned.
const SEAL: usize = 8;

fn seal(kind: &str, key: &str, value: &[u8]) -> [u8; SEAL] {
    let digest = Sha256::new().chain_update(format!("{kind}\0{key}\0")).chain_update(value).finalize();
    std::array::from_fn(|at| digest[at])
}

/// The value, where it is what was put under this key.
fn opened(kind: &str, key: &str, mut sealed: Vec<u8>) -> Option<Vec<u8>> {
    let value = sealed.get(SEAL..)?;
    if seal(kind, key, value) != sealed[..SEAL] {
        return None;
    }
    sealed.drain(..SEAL);
    Some(sealed)
}

fn put(connection: &Connection, kind: &str, key: &str, value: &[u8]) -> rusqlite::Result<()> {
    let sql = "INSERT INTO entry (kind, key, value, size, put, used) VALUES (?1, ?2, ?3, ?4, ?5, ?5)
               ON CONFLICT DO UPDATE SET value = ?3, size = ?4, put = ?5, used = ?5";
    let sealed = [&seal(kind, key, value), value].concat();
    connection.prepare_cached(sql)?.execute(params![kind, key, sealed, sealed.len() as i64, now()])?;
    Ok(())
}

impl Drop for Store {
    fn drop(&mut self) {
        // Nobody is left to be told; what is lost is asked again.
        _ = self.flush();
    }
}

/// Seconds since 1970.
pub(super) fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs().try_into().unwrap_or(i64::MAX))
}
