//! How much all unpackers hold together: a bound on memory, whatever the archives are made to be.

use std::ops::Deref;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::kept::Kept;

/// Bytes that are held at the most, so that a run takes less than 512 MiB with all else. An archive that needs more is
/// refused.
pub const BOUND: u64 = 448 << 20;
/// Bytes of one permit.
const UNIT: u64 = 64 << 10;

/// Something unpacked, counted for as long as it is there.
pub struct Held<T> {
    value: T,
    _bytes: Option<OwnedSemaphorePermit>,
}

impl<T> Deref for Held<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Held<T> {
    /// What becomes of it is counted as it was.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Held<U> {
        Held { value: change(self.value), _bytes: self._bytes }
    }

    /// What was not unpacked from an archive.
    pub fn uncounted(value: T) -> Self {
        Self { value, _bytes: None }
    }

    /// The value alone, which is small or soon gone.
    pub fn release(self) -> T {
        self.value
    }
}

/// Room for so many bytes.
pub(super) struct Room(Option<OwnedSemaphorePermit>);

impl Room {
    pub fn hold<T>(self, value: T) -> Held<T> {
        Held { value, _bytes: self.0 }
    }
}

pub(super) struct Budget(Arc<Semaphore>);

impl Budget {
    pub fn new() -> Self {
        Self(Arc::new(Semaphore::new((BOUND / UNIT) as usize)))
    }

    /// Waits until there is room. What is merely kept for later makes way.
    pub async fn room(&self, bytes: u64, kept: &Kept) -> Room {
        let units = u32::try_from(bytes.min(BOUND).div_ceil(UNIT)).unwrap_or(u32::MAX);
        if let Ok(room) = Arc::clone(&self.0).try_acquire_many_owned(units) {
            return Room(Some(room));
        }
        let _emptied = kept.make_way();
        // It is never closed.
        Room(Arc::clone(&self.0).acquire_many_owned(units).await.ok())
    }
}

/// How many bytes unpacking an archive of a size will take, if it is as archives are: its own and those of its files. Its
/// first and last four bytes tell.
pub(super) fn estimate((first, last): ([u8; 4], [u8; 4]), own: u64) -> u64 {
    let files = match first {
        // RFC 1952, 2.3.1.
        [0x1f, 0x8b, ..] => u64::from(u32::from_le_bytes(last)),
        // Wheels and bzip2 do not say it in one place.
        [b'P', b'K', ..] | [b'B', b'Z', ..] => 6 * own,
        _ => own,
    };
    own + files
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::contents::tarball::Files;
    use crate::hash::{Algorithm, Integrity};

    #[tokio::test]
    async fn what_is_kept_makes_way_and_what_is_held_does_not() {
        let (budget, kept) = (Budget::new(), Kept::default());
        let integrity = Integrity::of(Algorithm::Sha256, b"a");
        let shelved = budget.room(BOUND / 2, &kept).await.hold(Files::default());
        kept.put(&integrity, 1, shelved);
        let whole = budget.room(BOUND, &kept).await.hold(());
        assert!(kept.take(&integrity).is_none());
        let second = budget.room(UNIT, &kept);
        assert!(tokio::time::timeout(Duration::from_millis(50), second).await.is_err());
        drop(whole);
        drop(budget.room(2 * BOUND, &kept).await);
    }

    #[tokio::test]
    async fn nothing_is_kept_while_somebody_waits() {
        let (budget, kept) = (Budget::new(), Kept::default());
        let integrity = Integrity::of(Algorithm::Sha256, b"a");
        let held = budget.room(BOUND / 2, &kept).await.hold(Files::default());
        let (_room, ()) = tokio::join!(budget.room(BOUND, &kept), async {
            tokio::task::yield_now().await;
            kept.put(&integrity, 1, held);
        });
        assert!(kept.take(&integrity).is_none());
    }

    #[test]
    fn an_archive_says_how_large_it_is() {
        assert_eq!(estimate(([0x1f, 0x8b, 8, 0], [0, 1, 0, 0]), 8), 8 + 256);
        assert_eq!(estimate((*b"PK\x03\x04", [0; 4]), 4), 28);
        assert_eq!(estimate((*b"plai", [0; 4]), 5), 10);
    }
}
