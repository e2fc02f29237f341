//! What a script of package.json does, as far as its text tells.

mod effect;
pub mod shell;
mod tools;

pub use effect::{
    installs_hooks, is_for_publication, is_guard, is_one_of, makes_nothing, only_script, wants_network,
};
pub use tools::{LINTERS, WRAPPERS, checks_types};
