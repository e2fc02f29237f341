//! The time, which the pure rooms are given.

use jiff::Timestamp;

pub fn now() -> Timestamp {
    Timestamp::now()
}
