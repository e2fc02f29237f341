//! `headwater verify`.

use std::path::{Path, PathBuf};

use anyhow::bail;
use url::Url;

use super::{asking, nixpkgs, registry};
use crate::cli;
use crate::world::asking::Asking;
use crate::world::disk;
use crate::world::nix::Nixpkgs;

/// A `verify`, ready to run.
#[derive(Clone, Debug)]
pub struct Verify {
    /// As given: `NAME` or `NAME@VERSION`. None: all.
    pub packages: Vec<String>,
    /// The folder of headwater.lock.
    pub folder: PathBuf,
    /// Build again what was built before.
    pub rebuild: bool,
    /// Where statements of what was built go, if anywhere.
    pub attest: Option<Attest>,
    /// 1 for the packages alone, 2 for their tools too, and so on.
    pub depth: u8,
    /// Builds at a time.
    pub jobs: usize,
    /// Whether the others are tried where one package cannot be.
    pub keep_going: bool,
    pub nixpkgs: Nixpkgs,
    pub asking: Asking,
    pub registry: Option<Url>,
}

/// Statements of what was built.
#[derive(Clone, Debug)]
pub struct Attest {
    pub folder: PathBuf,
    /// A URI that says who built.
    pub builder: String,
}

impl Verify {
    /// # Errors
    /// A folder that is not there.
    pub fn new(given: &cli::Verify) -> anyhow::Result<Self> {
        if disk::kind(&given.folder) != Some(disk::Kind::Folder) {
            bail!("{}: no such folder", given.folder.display());
        }
        Ok(Self {
            packages: given.packages.iter().map(|package| package.trim().to_owned()).collect(),
            folder: disk::real(&given.folder)?,
            rebuild: given.rebuild,
            attest: given.attest.as_deref().map(|folder| attest(folder, &given.builder_id)).transpose()?,
            depth: given.depth,
            jobs: given.jobs.max(1),
            keep_going: given.keep_going,
            nixpkgs: nixpkgs(given.nixpkgs.as_deref())?,
            asking: asking(given.refresh, &given.common),
            registry: registry(given.common.registry.as_deref())?,
        })
    }
}

fn attest(folder: &Path, builder: &str) -> anyhow::Result<Attest> {
    if disk::kind(folder) != Some(disk::Kind::Folder) {
        bail!("--attest {}: no such folder; make it first", folder.display());
    }
    if let Err(why) = Url::parse(builder) {
        bail!("--builder-id {builder}: {why}");
    }
    Ok(Attest { folder: disk::real(folder)?, builder: builder.to_owned() })
}
