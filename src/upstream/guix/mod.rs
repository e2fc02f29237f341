//! Definitions for Guix's own package modules, as its manual, its reviewers, `guix lint` and `guix style` ask for them.

pub mod commit;
pub mod definition;
pub mod known;
pub mod listing;
pub mod module;
pub mod need;
pub mod node;
pub mod order;
pub mod python;
pub mod words;
