//! The next release of a file that takes its source from a registry of npm.

use std::collections::BTreeMap;

use super::{Step, Task};
use crate::contents::Contents;
use crate::failure::Failure;
use crate::graph::{PackageName, Project, Version};
use crate::hash::{Integrity, nar};
use crate::problem::artifact::is_missing;
use crate::problem::upstream as problem;
use crate::upstream::npm::needs::needs;
use crate::upstream::releases::Side;
use crate::upstream::update::{Origin, Release};
use crate::world::npm::NpmError;

/// A release as the registry has it.
struct Tarball {
    hash: Integrity,
    contents: std::sync::Arc<Contents>,
}

impl Task<'_> {
    pub(super) async fn of_tarball(&self) -> Result<Option<Step>, Failure> {
        let Origin::Npm { name, .. } = &self.definition.source.origin else { return Ok(None) };
        let old = Version::new(&self.definition.version.text);
        let why = |why: &str| Failure::one(problem::no_next_release(&self.shown, why));
        let old = old.map_err(|_| why("its version is none of npm"))?;
        let mut notes = Vec::new();
        let pinned = match self.tarball(name, &old).await {
            Ok(pinned) => Some(pinned),
            Err(Failure::Input(problems)) if problems.iter().all(is_missing) => {
                notes.push(format!(
                    "the registry no longer has {name}@{old}: the two releases were not compared"
                ));
                None
            }
            Err(failure) => return Err(failure),
        };
        if let Some(pinned) = &pinned {
            self.check_hash(&format!("{name}@{old}"), &pinned.hash.to_string())?;
        }
        let project = Project::Npm(name.clone());
        let next = self.next_of_registry(&project).await?;
        let next = next.ok_or_else(|| why(&format!("the registry has no package {name}")))?;
        if self.is_reached(&next) {
            return Ok(None);
        }
        let version = Version::new(&next).map_err(|_| why(&format!("{next} is no version of npm")))?;
        let tarball = self.tarball(name, &version).await?;
        let pages = self.said_of_release(&project, version.as_str(), &mut notes).await?;
        let (new, shrinkwrap) = side(&tarball.contents);
        let deps = match (&self.definition.npm, shrinkwrap) {
            (Some(npm), _) if npm.vendored.is_some() => {
                let manifest = tarball.contents.manifest.clone().into_bytes();
                Some(self.deps_of(npm, BTreeMap::from([("package.json".to_owned(), manifest)])).await?)
            }
            (Some(npm), Some(lock)) => {
                Some(self.hashed(npm, "npm-shrinkwrap.json", lock.into_bytes(), false).await?)
            }
            (Some(npm), None) => {
                return Err(self.no_hash(npm.line, "the next release's tarball has no lockfile"));
            }
            (None, _) => None,
        };
        notes.extend(deps.iter().flat_map(|deps| deps.notes.clone()));
        let release = Release {
            version: version.to_string(),
            reference: String::new(),
            source: tarball.hash,
            npm_deps: deps.as_ref().map(|deps| deps.hash),
            crates: None,
            came: Vec::new(),
            went: Vec::new(),
        };
        let lock = deps.filter(|deps| deps.is_made);
        let vendored = self.definition.npm.as_ref().and_then(|npm| npm.vendored.clone());
        let lock = lock.and_then(|deps| Some((vendored?, deps.lock)));
        let old = pinned.map(|pinned| side(&pinned.contents).0);
        Ok(Some(Step { release, old, new, lock, pages, notes }))
    }

    /// The tarball of a version, and what the file's fetcher makes of it.
    async fn tarball(&self, name: &PackageName, version: &Version) -> Result<Tarball, Failure> {
        let shown = format!("{name}@{version}");
        let failure = |error: NpmError| Failure::of(error.problem(&shown), error.is_network());
        let npm = &self.world.npm;
        let metadata = npm.version_metadata(name, version).await.map_err(failure)?;
        let url = npm.metadata_tarball_url(name, version, &metadata).await.map_err(failure)?;
        let expected = metadata.integrity.as_ref();
        let contents = npm.contents(&shown, &url, expected).await.map_err(failure)?;
        let is_unpacked = matches!(self.definition.source.origin, Origin::Npm { is_unpacked: true, .. });
        let hash = if is_unpacked {
            let files = npm.files(&shown, &url, expected).await.map_err(failure)?;
            if !files.dropped.is_empty() {
                let line = self.definition.line(self.definition.source.hash.at.start);
                return Err(
                    self.no_hash(line, &format!("{shown} has links, which fetchzip keeps and npm does not"))
                );
            }
            let all = files.files.iter().map(|(path, raw)| (path.as_str(), raw.executable, &raw.bytes[..]));
            let hash = nar::hash(all).map_err(anyhow::Error::from)?;
            Integrity::sha256(&hash.0).ok_or_else(|| anyhow::anyhow!("a NAR hash is a SHA-256"))?
        } else {
            let artifact = npm.tarball(&shown, &url, expected).await.map_err(failure)?;
            Integrity::of(self.definition.source.hash.algorithm, &artifact.bytes)
        };
        Ok(Tarball { hash, contents })
    }
}

/// What is compared of a tarball, and its lockfile.
fn side(contents: &Contents) -> (Side, Option<String>) {
    let lock =
        contents.shrinkwrap.as_deref().and_then(|lock| serde_json::from_str(lock).ok()).unwrap_or_default();
    let side = Side {
        files: contents.files.iter().map(|file| (file.path.clone(), file.blob)).collect(),
        manifest: serde_json::from_str(&contents.manifest).unwrap_or_default(),
        with_scripts: needs(&lock).scripts,
    };
    (side, contents.shrinkwrap.clone())
}
