//! The Guix emitter for Python projects.

mod circles;
mod condition;
mod needs;
