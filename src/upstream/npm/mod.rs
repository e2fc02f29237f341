//! What nixpkgs' way of building npm applications needs to know of a package.

pub mod archive;
pub mod build;
pub mod deps;
pub mod fixed;
pub mod folder;
pub mod git;
pub mod needs;
pub mod place;
