//! Files of nixpkgs, as its manual, its reviewers and its checks ask for them.

pub mod application;
pub mod changelog;
pub mod commit;
pub mod description;
pub mod license;
pub mod meta;
pub mod names;
pub mod python;
pub mod source;
