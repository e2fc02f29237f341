//! Headwater takes what a lockfile installs back to the source it was made from, and builds it from
//! there. The rooms, and what may pass between them, are described in `docs/design.md`.

pub mod about;
pub mod app;
pub mod caching;
pub mod cli;
pub mod contents;
pub mod convert;
pub mod defect;
pub mod diagnostic;
pub mod ecosystem;
pub mod emit;
pub mod failure;
pub mod files;
pub mod foreign;
pub mod graph;
pub mod hash;
pub mod lockfile;
pub mod manual;
pub mod names;
pub mod npm;
pub mod package;
pub mod pins;
pub mod plan;
pub mod policy;
pub mod printable;
pub mod problem;
pub mod progress;
pub mod python;
pub mod report;
pub mod resolve;
pub mod secrets;
pub mod settings;
pub mod show;
pub mod source;
pub mod upstream;
pub mod world;
