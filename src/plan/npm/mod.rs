//! How the packages of npm are made and laid out: which are built on their own, what is fetched together, what runs.

pub mod build;
pub mod consent;
pub mod downloads;
pub mod engines;
pub mod instances;
pub mod own_scripts;
pub mod packs;
pub mod shell;
pub mod start;
pub mod targets;
