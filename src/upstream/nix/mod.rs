//! Nix as people write it in nixpkgs: expressions that quote what comes from outside, the layout of RFC 166, and a reader of
//! files that are there.

pub mod expression;
pub mod layout;
pub mod reading;
