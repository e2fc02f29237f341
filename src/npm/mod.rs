//! What npm's documents say: `package.json` and what it declares.

mod bin;
mod declared;
pub mod spec;

pub use bin::{Bins, bins};
pub use declared::{Workspaces, declared, dependencies};
