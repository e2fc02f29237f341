//! `headwater convert`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::bail;
use url::Url;

use super::{asking, nixpkgs, registry};
use crate::cli;
use crate::emit::Language;
use crate::python::PyName;
use crate::world::asking::Asking;
use crate::world::disk;
use crate::world::nix::Nixpkgs;

/// A `convert`, ready to run.
#[derive(Clone, Debug)]
pub struct Convert {
    /// The folder that holds the lockfile, absolute.
    pub folder: PathBuf,
    /// The lockfile's name, where the user named one.
    pub lockfile: Option<String>,
    /// Where to write, absolute.
    pub out: PathBuf,
    pub to: BTreeSet<Language>,
    pub strict: bool,
    pub no_new_fallbacks: bool,
    pub write_exceptions: bool,
    /// The project of a workspace.
    pub package: Option<PyName>,
    pub no_dev: bool,
    pub refresh: bool,
    /// Pin what has no pins first.
    pub resolve: bool,
    /// Where build backends are asked from.
    pub nixpkgs: Nixpkgs,
    pub asking: Asking,
    pub registry: Option<Url>,
}

impl Convert {
    /// # Errors
    /// A path that is not there, a lockfile of a name that is none, a registry that is no URL.
    pub fn new(given: &cli::Convert) -> anyhow::Result<Self> {
        let path = &given.path;
        let (folder, lockfile) = match disk::kind(path) {
            Some(disk::Kind::Folder) => (disk::real(path)?, None),
            Some(disk::Kind::File) => {
                let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
                // Of a name alone the parent is "", which is here.
                let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
                (disk::real(parent.unwrap_or(Path::new(".")))?, Some(name))
            }
            None => bail!("{}: no such folder or lockfile", path.display()),
        };
        let out = match &given.out {
            Some(out) if disk::kind(out) != Some(disk::Kind::Folder) => {
                bail!("{}: no such folder; make it first, or omit --out", out.display())
            }
            Some(out) => disk::real(out)?,
            None => folder.clone(),
        };
        let registry = registry(given.common.registry.as_deref())?;
        // What headwater.lock answers is asked again by --refresh; what the cache has is believed either way.
        let asking = asking(false, &given.common);
        let to = given.to.iter().copied().collect();
        let package = given
            .package
            .as_deref()
            .map(|text| PyName::new(text).map_err(|why| anyhow::anyhow!("--package {text}: {why}")));
        let nixpkgs = nixpkgs(given.nixpkgs.as_deref())?;
        Ok(Self {
            folder,
            lockfile,
            out,
            to,
            strict: given.strict,
            no_new_fallbacks: given.no_new_fallbacks,
            write_exceptions: given.write_exceptions,
            package: package.transpose()?,
            no_dev: given.no_dev,
            refresh: given.refresh,
            resolve: given.resolve,
            nixpkgs,
            asking,
            registry,
        })
    }
}
