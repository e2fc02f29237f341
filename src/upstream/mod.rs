//! One package as a distribution wants it: what is known of a package in, the file that its reviewers read out.
//!
//! What is proved stands in the file; what is guessed has a comment there that says what to look at.

pub mod guix;
pub mod home_page;
pub mod nix;
pub mod nixpkgs;
pub mod npm;
pub mod pasted;
pub mod python;
pub mod releases;
pub mod submodules;
pub mod tag;
pub mod update;
