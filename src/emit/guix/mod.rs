//! The Guix emitter.

pub mod scheme;
