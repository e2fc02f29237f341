//! Nix as people write it in nixpkgs: expressions that quote what comes from outside, and the layout of RFC 166.

pub mod expression;
pub mod layout;
