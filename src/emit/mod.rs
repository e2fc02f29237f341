//! Pins in, files out: text for a language, escaped by that language's template engine and parsed before
//! anything is written.

pub mod guix;
pub mod model;
pub mod nix;
pub mod pip;
mod templates;

use std::collections::BTreeMap;

/// Files by path relative to the output folder.
pub type Files = BTreeMap<String, String>;
