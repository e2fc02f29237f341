//! What is npm's own in finding a source: manifests, where in a repository a package can lie, what it loads.

pub(super) mod aside;
pub(super) mod confusion;
mod examine;
pub(super) mod loads;
pub(super) mod locate;
pub(super) mod manifest;
pub mod patch;
pub(super) mod subject;
pub(super) mod workspaces;
