//! Where the source of a Rust extension has its Cargo.lock.

use super::lacking::Lacking;
use crate::failure::Failure;
use crate::foreign;
use crate::graph::Location;
use crate::problem::{artifact, crates as problem};
use crate::python::Distribution;
use crate::source::repository::{Commit, FileKind, NoAnswer, Repositories, Repository};
use crate::world::World;

/// A package's source.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    Sdist(&'a Distribution),
    /// `subdirectory` is the package's folder in the repository; `""` is the root.
    Git {
        repository: &'a Repository,
        commit: Commit,
        subdirectory: &'a str,
    },
}

/// The lock file that cargo uses for a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// The folder that it is in, or has to be put in: the manifest's own or that of its workspace's root. Below the
    /// package's folder.
    pub folder: Location,
    /// `None` where the source has none.
    pub text: Option<String>,
}

/// Looks for the lock file of the Cargo.toml in `folder` of a package's source: at the workspace's root, which is the
/// nearest folder, its own included, whose Cargo.toml has a `[workspace]`
/// (<https://doc.rust-lang.org/cargo/reference/workspaces.html>); else beside the manifest; else in the folders between
/// and above. A workspace's `exclude`, and a manifest's `package.workspace`, are not heeded: the build then fails, as cargo
/// wants other crates.
///
/// # Errors
/// A source that cannot be read, and a folder outside of it.
pub async fn lock(world: &World, package: &str, source: Source<'_>, folder: &str) -> Result<Lock, Lacking> {
    let own = Location::new(folder)
        .map_err(|why| Lacking::Package(problem::bad_folder(package, folder, &why.to_string())))?;
    let mut folders = vec![own.clone()];
    while let Some(folder) = folders.last().filter(|folder| !folder.is_root()) {
        folders.push(parent(folder));
    }
    let mut root = None;
    for folder in &folders {
        let manifest = text(world, package, source, &below(folder, "Cargo.toml")).await?;
        if manifest.is_some_and(|manifest| is_workspace(&manifest)) {
            root = Some(folder.clone());
            break;
        }
    }
    for folder in root.iter().chain(&folders) {
        if let Some(text) = text(world, package, source, &below(folder, "Cargo.lock")).await? {
            return Ok(Lock { folder: folder.clone(), text: Some(text) });
        }
    }
    Ok(Lock { folder: root.unwrap_or(own), text: None })
}

fn is_workspace(manifest: &str) -> bool {
    foreign::toml::<toml::Table>(manifest.trim_start_matches('\u{feff}'))
        .is_ok_and(|table| table.contains_key("workspace"))
}

fn below(folder: &Location, name: &str) -> String {
    if folder.is_root() { name.to_owned() } else { format!("{folder}/{name}") }
}

fn parent(folder: &Location) -> Location {
    let above = folder.as_str().rsplit_once('/').and_then(|(above, _)| Location::new(above).ok());
    above.unwrap_or_else(Location::root)
}

/// A text file of the source, by its path in the package's folder.
async fn text(
    world: &World,
    package: &str,
    source: Source<'_>,
    path: &str,
) -> Result<Option<String>, Lacking> {
    let bytes = match source {
        Source::Sdist(sdist) => world.pypi.file(package, sdist, path).await.map_err(|error| {
            let problem = error.problem(package);
            Lacking::All(Failure::of(problem, error.is_network()))
        })?,
        Source::Git { repository, commit, subdirectory } => {
            let path = match subdirectory.trim_matches('/') {
                "" => path.to_owned(),
                subdirectory => format!("{subdirectory}/{path}"),
            };
            committed(world, repository, commit, &path).await.map_err(|error| {
                Lacking::of_git(&error, artifact::no_git_answer(package, &repository.0, &error))
            })?
        }
    };
    Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

async fn committed(
    world: &World,
    repository: &Repository,
    commit: Commit,
    path: &str,
) -> Result<Option<Vec<u8>>, NoAnswer> {
    let tree = world.git.tree(repository, commit).await?;
    match tree.files.get(path) {
        Some(file) if file.kind != FileKind::Symlink => world.git.blob(repository, file.blob).await.map(Some),
        _ => Ok(None),
    }
}
