//! What is npm's own in finding a source: manifests, where in a repository a package can lie, what it loads.

pub(super) mod aside;
pub(super) mod confusion;
pub(super) mod loads;
pub(super) mod locate;
pub(super) mod manifest;
pub mod patch;
pub(super) mod workspaces;
