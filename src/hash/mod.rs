//! Hashes: integrity strings (Subresource Integrity) and NAR hashes. They hold bytes, and are formatted
//! only at the edge.

mod digest;
mod integrity;
pub mod nar;
pub mod tree;

pub use digest::Digest;
pub use integrity::{Algorithm, Hasher, Integrity};
pub use nar::NarHash;
