//! Resolution against repositories made of tables.

mod cases;
mod fake;
mod pyfake;
mod python;
mod python_names;
mod python_traps;
mod shown;
mod traps;
