//! The only room with network, processes and disk.

pub mod hosts;
pub mod http;
