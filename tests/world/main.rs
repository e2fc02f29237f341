//! The room that touches the world, against loopback servers, real git repositories and the real Nix.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests make files and fail loudly")]

mod cache;
mod crates;
mod encodings;
mod folder;
mod git;
mod http;
mod nar;
mod npm;
#[path = "../support/program.rs"]
mod program;
mod pypi;
mod real;
mod resolver;
mod server;
