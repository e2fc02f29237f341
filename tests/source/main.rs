//! Resolution against repositories made of tables.

mod ambiguity;
mod cases;
mod fake;
mod given;
mod places;
mod pyfake;
mod python;
mod python_names;
mod python_traps;
mod shown;
mod traps;
mod words;
