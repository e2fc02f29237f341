//! How many unpacked bytes have come, and how many may.

use super::{Limits, TarballError};

pub(in crate::contents) struct Meter<'a> {
    unpacked: u64,
    packed: u64,
    limits: &'a Limits,
}

impl<'a> Meter<'a> {
    /// For an archive of `packed` bytes.
    pub fn new(packed: usize, limits: &'a Limits) -> Self {
        Self { unpacked: 0, packed: packed as u64, limits }
    }

    /// Bytes that have come.
    pub fn unpacked(&self) -> u64 {
        self.unpacked
    }

    /// Counts further bytes.
    ///
    /// # Errors
    /// The bound that they go beyond.
    pub fn add(&mut self, count: u64) -> Result<(), TarballError> {
        self.unpacked = self.unpacked.saturating_add(count);
        if self.unpacked > self.limits.total {
            Err(TarballError::TooLarge(self.limits.total))
        } else if self.unpacked > Limits::RATIO_FROM
            && self.unpacked > self.packed.saturating_mul(self.limits.ratio)
        {
            Err(TarballError::Bomb(self.limits.ratio))
        } else {
            Ok(())
        }
    }
}
