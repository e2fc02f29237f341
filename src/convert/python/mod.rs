//! `headwater convert` for projects of Python.

pub mod project;
