//! Files of nixpkgs, as its manual, its reviewers and its checks ask for them.

pub mod application;
pub mod changelog;
pub mod commit;
pub mod description;
pub mod license;
pub mod meta;
pub mod names;
pub mod program;
pub mod python;
pub mod source;

/// What a comment above a hash begins with that could not be computed.
pub const OPEN_HASH: &str = "TODO: not computed: ";
