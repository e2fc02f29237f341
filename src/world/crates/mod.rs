//! The registry of crates: its index (<https://doc.rust-lang.org/cargo/reference/registry-index.html>, the sparse
//! protocol) and the .crate files.

mod ask_cargo;
mod client;
mod config;
mod download;
mod error;

pub use client::Crates;
pub use config::{Config, NoIndex};
pub use download::Download;
pub use error::CratesError;
