//! The parts of a conversion that are of Python projects alone.

pub mod crates;
