//! What the user's nixpkgs has of the Python packages that a file names.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::package::over;
use crate::python::{PyName, PyVersion};
use crate::settings;
use crate::upstream::nixpkgs::python::names::{Present, attribute};
use crate::upstream::nixpkgs::python::place;
use crate::world::World;
use crate::world::cache::Kind;
use crate::world::disk;
use crate::world::nix::{self, NixError, Nixpkgs};

/// How long an answer is believed: somebody may be editing that nixpkgs.
const AGE: Duration = Duration::from_secs(3600);

/// A nixpkgs that can be asked.
pub(super) struct Asked {
    nixpkgs: Nixpkgs,
    /// What answers are kept under.
    key: String,
}

/// The one that counts; `None` where there is none.
pub(super) async fn asked(settings: &settings::Package) -> Option<Asked> {
    let nixpkgs = over::nixpkgs(settings).await?;
    let mut key = format!("{nixpkgs:?}");
    if let Nixpkgs::At(path) = &nixpkgs {
        let list =
            disk::read_text_in_if_there(path, place::LIST, 16 << 20).ok().flatten().unwrap_or_default();
        key = format!("{} {}", path.display(), hex::encode(Sha256::digest(list)));
    }
    Some(Asked { nixpkgs, key })
}

impl Asked {
    /// What it is called in a note.
    pub(super) fn shown(&self) -> String {
        match &self.nixpkgs {
            Nixpkgs::At(path) => path.display().to_string(),
            Nixpkgs::Usual => "<nixpkgs>".to_owned(),
        }
    }

    /// The names in it, and the versions of what it has of these projects.
    ///
    /// # Errors
    /// A nixpkgs that cannot be read.
    pub(super) async fn present(
        &self,
        world: &World,
        wanted: &BTreeSet<PyName>,
    ) -> Result<Present, NixError> {
        let key = format!("names of python3Packages in {}", self.key);
        let known = world.cache.get_younger(Kind::Metadata, &key, AGE);
        let names: BTreeSet<String> = match known.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            Some(names) => names,
            None => {
                let names = nix::python_names(&self.nixpkgs).await?;
                world.cache.put_json(Kind::Metadata, &key, &names);
                names
            }
        };
        let mut present = Present { names, versions: BTreeMap::new() };
        let found = wanted.iter().map(|name| attribute(name, Some(&present)));
        let found: BTreeSet<String> =
            found.filter(|one| one.is_there == Some(true)).map(|one| one.name).collect();
        let all: Vec<&str> = found.iter().map(String::as_str).collect();
        let key = format!("versions of {} in {}", all.join(" "), self.key);
        let known = world.cache.get_younger(Kind::Metadata, &key, AGE);
        let versions: BTreeMap<String, String> =
            match known.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
                Some(versions) => versions,
                None if found.is_empty() => BTreeMap::new(),
                None => {
                    let versions = nix::python_versions(&self.nixpkgs, &found).await?;
                    world.cache.put_json(Kind::Metadata, &key, &versions);
                    versions
                }
            };
        let read = |(name, text): (String, String)| Some((name, PyVersion::new(&text).ok()?));
        present.versions = versions.into_iter().filter_map(read).collect();
        Ok(present)
    }
}
