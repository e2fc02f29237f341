//! Packages built again from their commits: how each is built, which tools that takes, and how close the result comes
//! to what the registry serves.

pub mod class;
pub mod recipe;

pub use class::Class;
pub use recipe::{Level, Packer, Recipe, Step};
