//! Hashes: integrity strings (Subresource Integrity) and NAR hashes. They hold bytes, and are formatted
//! only at the edge.

mod integrity;
pub mod nar;
pub mod tree;

pub use integrity::{Algorithm, Integrity};
pub use nar::NarHash;
