//! The commit that a package is built from, and its files.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::origin::Origin;
use crate::about::{About, LICENSES, READMES};
use crate::failure::Failure;
use crate::hash::Digest;
use crate::hash::tree::{LaidOut, laid_out};
use crate::problem::{artifact, upstream as problem};
use crate::source::repository::{Commit, FileKind, NoAnswer, Repositories, Repository, Tree, Unreachable};
use crate::upstream::nixpkgs::changelog;
use crate::upstream::nixpkgs::license::{self, License};
use crate::upstream::nixpkgs::source::{At, Fetched, Submodules};
use crate::upstream::npm::place::joined;
use crate::upstream::submodules::{self, Need};
use crate::world::World;
use crate::world::git::TreeHash;

/// A commit whose files can be read.
pub(super) struct Files<'a> {
    world: &'a World,
    /// What it is called in errors.
    package: &'a str,
    repository: &'a Repository,
    commit: Commit,
    tree: Arc<Tree>,
}

impl<'a> Files<'a> {
    pub(super) async fn new(
        world: &'a World,
        package: &'a str,
        repository: &'a Repository,
        commit: Commit,
    ) -> Result<Self, Failure> {
        let tree = world.git.tree(repository, commit).await.map_err(|no| failed(package, no))?;
        Ok(Self { world, package, repository, commit, tree })
    }

    /// The paths of its regular files.
    pub(super) fn paths(&self) -> BTreeSet<String> {
        let regular = self.tree.files.iter().filter(|(_, file)| file.kind != FileKind::Symlink);
        regular.map(|(path, _)| path.clone()).collect()
    }

    /// Where other repositories are mounted.
    pub(super) fn submodules(&self) -> impl Iterator<Item = &String> {
        self.tree.submodules.keys()
    }

    /// Whether it has a regular file of that path.
    pub(super) fn is_there(&self, path: &str) -> bool {
        self.tree.files.get(path).is_some_and(|file| file.kind != FileKind::Symlink)
    }

    /// Its files and links, by path.
    pub(super) fn blobs(&self) -> BTreeMap<String, Digest<20>> {
        self.tree.files.iter().map(|(path, file)| (path.clone(), file.blob)).collect()
    }

    /// The bytes of a file; `None` where there is none.
    pub(super) async fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        let Some(file) = self.tree.files.get(path).filter(|file| file.kind != FileKind::Symlink) else {
            return Ok(None);
        };
        let bytes = self.world.git.blob(self.repository, file.blob).await;
        bytes.map(Some).map_err(|no| failed(self.package, no))
    }

    /// The texts of many files: all files of the commit are fetched at once for that. What is no UTF-8 is left out.
    pub(super) async fn texts(&self, wanted: &BTreeSet<String>) -> Result<BTreeMap<String, String>, Failure> {
        let texts = self.world.git.texts(self.repository, self.commit, |path| wanted.contains(path)).await;
        texts.map(|found| found.texts).map_err(|no| failed(self.package, no))
    }

    /// A file as the forge's archive or a checkout has it, where attributes change it on the way.
    pub(super) async fn laid_out(&self, path: &str, is_archive: bool) -> Result<LaidOut, Failure> {
        let (Some(bytes), Some(file)) = (self.read(path).await?, self.tree.files.get(path)) else {
            return Ok(LaidOut::Absent);
        };
        let mut attributes = Vec::new();
        let folders = path.match_indices('/').map(|(at, _)| &path[..=at]);
        for folder in std::iter::once("").chain(folders) {
            let text = self.read(&format!("{folder}.gitattributes")).await?;
            attributes.extend(text.map(|text| (folder.to_owned(), text)));
        }
        Ok(laid_out(&attributes, path, (&bytes, &file.blob), is_archive))
    }

    /// A file as JSON; `None` where there is none or it is no JSON.
    pub(super) async fn json(&self, path: &str) -> Result<Option<Value>, Failure> {
        let bytes = self.read(path).await?;
        Ok(bytes.and_then(|bytes| {
            serde_json::from_slice(bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes)).ok()
        }))
    }
}

impl Files<'_> {
    /// The licence that `says` (`package.json`) states, or whose text lies in the folder or at the root.
    pub(super) async fn license(&self, about: &About, says: &str, folder: &str) -> Result<License, Failure> {
        let file = self.license_file(folder).await?;
        Ok(license::license(about, says, file.as_ref().map(|(name, text)| (*name, text.as_str()))))
    }

    /// The file with the licence in the folder or at the root: its name and its text.
    pub(super) async fn license_file(&self, folder: &str) -> Result<Option<(&'static str, String)>, Failure> {
        self.first(&[folder, ""], &LICENSES).await
    }

    /// What the folder's README is called, and its text.
    pub(super) async fn readme(&self, folder: &str) -> Result<Option<(&'static str, String)>, Failure> {
        self.first(&[folder], &READMES).await
    }

    /// The first file of these names in the first folder that has one.
    async fn first(
        &self,
        folders: &[&str],
        names: &[&'static str],
    ) -> Result<Option<(&'static str, String)>, Failure> {
        for folder in folders {
            for name in names {
                if let Some(bytes) = self.read(&joined(folder, name)).await? {
                    return Ok(Some((*name, String::from_utf8_lossy(&bytes).into_owned())));
                }
            }
        }
        Ok(None)
    }

    /// A change log in the folder that speaks of the version, in one of these spellings.
    pub(super) async fn change_log(
        &self,
        folder: &str,
        versions: &[&str],
    ) -> Result<Option<String>, Failure> {
        for name in changelog::FILES {
            let path = joined(folder, name);
            let Some(bytes) = self.read(&path).await? else { continue };
            let text = String::from_utf8_lossy(&bytes);
            if versions.iter().any(|version| text.contains(version)) {
                return Ok(Some(path));
            }
        }
        Ok(None)
    }
}

/// What fetches a commit with the submodules that are needed, and what a reader must know of it. The tag counts where it
/// is this commit today.
pub(super) async fn fetched(
    world: &World,
    origin: &Origin,
    needs: &[Need],
) -> Result<(Fetched, Vec<String>), Failure> {
    let Origin { shown: package, repository, commit, tag, proof, .. } = origin;
    let (commit, tag) = (*commit, tag.as_deref());
    let refs = world.git.refs(repository).await.map_err(|no| failed(package, no))?;
    let tree = world.git.tree_hash(repository, commit, !needs.is_empty()).await;
    let tree = tree.map_err(|no| failed(package, no))?;
    let TreeHash { hash, submodules, out_of_reach, .. } = tree;
    let mut notes = vec![proof.clone()];
    notes.extend(tree.notes);
    notes.extend(submodules::told(needs));
    let submodules = match (submodules.is_empty(), needs.is_empty()) {
        (true, _) => Submodules::None,
        (false, true) => {
            notes.push(NOT_NEEDED.to_owned());
            Submodules::LeftOut
        }
        (false, false) => Submodules::Needed(submodules::comment(needs)),
    };
    if let Some(now) = refs.renamed(repository) {
        notes.push(format!("{repository} has moved to {now}: name that one in the file"));
    }
    let is = |tag: &&str| refs.tags.get(*tag) == Some(&commit);
    let at = match tag.filter(is) {
        Some(tag) => At::Tag(tag.to_owned()),
        None => {
            notes.extend(
                tag.map(|tag| format!("the tag {tag} is another commit today: the file names the commit")),
            );
            At::Commit(commit)
        }
    };
    let repository = repository.clone();
    let is_cloned = hash.archive.is_none();
    let mut fetched =
        Fetched { repository, at, hash: Ok(hash.checkout), is_cloned, submodules, fixed_lock: None };
    if matches!(fetched.submodules, Submodules::Needed(_)) {
        let whole = hash.with_submodules.filter(|_| out_of_reach.is_empty());
        fetched.hash = whole.ok_or_else(|| out_of_reach.join("; "));
    } else if let Some(archive) = hash.archive.filter(|_| fetched.is_archive()) {
        fetched.hash = Ok(archive);
    }
    Ok((fetched, notes))
}

/// What is to be said of submodules that nothing is seen to read.
const NOT_NEEDED: &str = "its submodules are left out: no file of the build, of the release or of the tests was seen to \
    need them";

/// A repository that gave no answer.
pub(super) fn failed(package: &str, no: NoAnswer) -> Failure {
    match no.reached() {
        Ok(other) => Failure::one(problem::unreadable_commit(package, &other.to_string())),
        Err(Unreachable { host, why }) => {
            Failure::Unreachable(artifact::unreachable_host(package, &host, &why))
        }
    }
}
