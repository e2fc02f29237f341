//! `headwater cache`.

use anyhow::bail;

use crate::cli;
use crate::world::cache::{Prune, parse_size};

/// A `cache`, ready to run.
#[derive(Clone, Copy, Debug)]
pub struct Cache {
    /// What is to go.
    pub prune: Option<Prune>,
}

impl Cache {
    /// # Errors
    /// A size that is none.
    pub fn new(given: &cli::Cache) -> anyhow::Result<Self> {
        let prune = match &given.command {
            None => None,
            Some(cli::CacheCommand::Clear) => Some(Prune::Everything),
            Some(cli::CacheCommand::Prune(cli::Prune { unused_for: Some(days), .. })) => {
                Some(Prune::Unused(u64::from(*days) * 24 * 60 * 60))
            }
            Some(cli::CacheCommand::Prune(cli::Prune { to_size, .. })) => {
                let text = to_size.as_deref().unwrap_or_default();
                let Some(bytes) = parse_size(text) else { bail!("--to-size {text}: no size (500M, 20G)") };
                Some(Prune::ToSize(bytes))
            }
        };
        Ok(Self { prune })
    }
}
