//! Python package indexes: the simple API (PEP 503, PEP 691) and, where there is one, the JSON API of the
//! public index.

mod client;
mod config;
mod error;
mod page;

pub use client::PyPi;
pub use config::{Config, NoIndex};
pub use error::PyPiError;
