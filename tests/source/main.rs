//! Resolution against repositories made of tables.

mod cases;
mod fake;
mod shown;
mod traps;
