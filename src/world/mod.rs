//! The only room with network, processes and disk. `clippy.toml` keeps it so: what is allowed here is allowed
//! nowhere else.
#![allow(clippy::disallowed_methods, reason = "this is the room for it")]

mod ahead;
pub mod artifacts;
pub mod asking;
pub mod cache;
mod client_default;
pub mod clock;
mod context;
pub mod crates;
pub mod disk;
pub mod git;
pub mod guix;
pub mod hosts;
pub mod http;
pub mod lines;
pub mod nix;
pub mod npm;
pub mod process;
pub mod pypi;
pub mod resolver;

pub use context::World;
