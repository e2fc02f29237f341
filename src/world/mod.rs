//! The only room with network, processes and disk.

pub mod cache;
pub mod disk;
pub mod git;
pub mod hosts;
pub mod http;
pub mod npm;
pub mod process;
