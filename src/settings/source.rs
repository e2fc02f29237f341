//! `headwater source`, of one package and of a list.

use std::path::{Path, PathBuf};

use anyhow::bail;
use url::Url;

use super::{asking, registry};
use crate::world::asking::Asking;
use crate::world::disk;
use crate::{cli, graph};

/// A `source`, ready to run.
#[derive(Clone, Debug)]
pub struct Source {
    pub package: graph::Package,
    /// The package as it was asked for.
    pub text: String,
    pub hash: bool,
    pub asking: Asking,
    pub registry: Option<Url>,
}

impl Source {
    /// # Errors
    /// Text that names no package with its version.
    pub fn new(given: &cli::Source) -> anyhow::Result<Self> {
        let text = given.package.as_deref().unwrap_or_default().trim().to_owned();
        let package = graph::Package::parse(&text).map_err(|why| anyhow::anyhow!("{text}: {why}"))?;
        let asking = asking(given.refresh, &given.common);
        let registry = registry(given.common.registry.as_deref())?;
        Ok(Self { package, text, hash: given.hash, asking, registry })
    }
}

/// A `source --batch`, ready to run.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The list; `-` for standard input.
    pub list: PathBuf,
    /// Where the lines go, if not to standard output.
    pub output: Option<PathBuf>,
    pub hash: bool,
    pub asking: Asking,
    pub registry: Option<Url>,
}

impl Batch {
    /// # Errors
    /// A list that is not there, a registry that is no URL.
    pub fn new(given: &cli::Source, list: &Path) -> anyhow::Result<Self> {
        if list != Path::new("-") && !disk::is_there(list) {
            bail!("{}: no such list", list.display());
        }
        Ok(Self {
            list: list.to_owned(),
            output: given.output.clone(),
            hash: given.hash,
            asking: asking(given.refresh, &given.common),
            registry: registry(given.common.registry.as_deref())?,
        })
    }
}
