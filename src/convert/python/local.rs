//! What the project itself brings: its lockfile, folders and archives in it.

use std::collections::BTreeSet;
use std::path::Path;

use sha2::Digest as _;

use super::package::{BuildFiles, Surroundings};
use super::project;
use crate::contents::Format;
use crate::contents::tarball::{Limits, Unpacked};
use crate::failure::Failure;
use crate::files::{LOCKFILE, SMALL};
use crate::graph::Location;
use crate::graph::python::{FileAt, PyFile, PyGraph, PyKey};
use crate::hash::Digest;
use crate::hash::Integrity;
use crate::lockfile;
use crate::plan::python::Files;
use crate::problem::{Problem, python as problem};
use crate::python::CoreMetadata;
use crate::python::PyVersion;
use crate::python::filename::Kind;
use crate::world::disk;

/// The largest archive that a project carries, in bytes.
const ARCHIVE: u64 = 512 << 20;

/// The graph of the lockfile, and the SHA-256 of the file.
///
/// # Errors
/// Every problem of the file.
pub fn graph(
    folder: &Path,
    name: &str,
    options: &lockfile::Options<'_>,
) -> Result<(PyGraph, Digest<32>), Failure> {
    let bytes = disk::read_in(folder, name, LOCKFILE)?;
    let digest = Digest(sha2::Sha256::digest(&bytes).into());
    let text =
        lockfile::python::text(name, bytes).ok_or_else(|| disk::DiskError::NotText(folder.join(name)))?;
    let file = |location: &Location| lockfile::python::text(location.as_str(), bytes_of(folder, location)?);
    let variable = |name: &str| disk::variable(name);
    let inputs = lockfile::python::Inputs { file: &file, variable: &variable };
    let graph = lockfile::python::read(name, &text, inputs, options).map_err(Failure::Input)?;
    Ok((graph, digest))
}

/// A small file of the project; of a link that leads out of it there is none.
fn bytes_of(folder: &Path, location: &Location) -> Option<Vec<u8>> {
    disk::read_in(folder, location.as_str(), SMALL).ok()
}

/// The text of such a file.
pub fn text_of(folder: &Path, location: &Location) -> Option<String> {
    String::from_utf8(bytes_of(folder, location)?).ok()
}

/// The names in a folder of the project, those of folders with a slash at the end. Links to folders are none: they may
/// lead in a circle, or out.
pub fn names_of(folder: &Path, location: &Location) -> Vec<String> {
    let path = folder.join(location.as_str());
    let names = disk::names(&path).unwrap_or_default();
    let marked = |name: String| {
        let path = path.join(&name);
        let is_folder = disk::kind(&path) == Some(disk::Kind::Folder) && !disk::is_link(&path);
        if is_folder { format!("{name}/") } else { name }
    };
    names.into_iter().map(marked).collect()
}

/// The source archive among a release's files that lie in the project, else a wheel.
pub fn listed(files: &[PyFile]) -> Option<Location> {
    let path = |file: &PyFile| match &file.at {
        Some(FileAt::Path(path)) => Some(path.clone()),
        _ => None,
    };
    let sdist = files.iter().find(|file| file.kind == Kind::Sdist && path(file).is_some());
    sdist.or_else(|| files.iter().find(|file| path(file).is_some())).and_then(path)
}

/// What an archive or a wheel of the project holds, checked against the hashes that the lockfile gives it.
///
/// # Errors
/// No such file, other bytes, or bytes that cannot be read.
pub fn checked(
    surroundings: &Surroundings,
    package: &str,
    path: &Location,
    hashes: &BTreeSet<Integrity>,
) -> Result<Unpacked, Failure> {
    let wrong = |why: &str| Failure::one(problem::wrong_local_file(package, path.as_str(), why));
    let bytes = disk::read_in(&surroundings.folder, path.as_str(), ARCHIVE);
    let bytes = bytes.map_err(|error| wrong(&error.to_string()))?;
    if hashes.iter().max().is_some_and(|hash| !hash.matches(&bytes)) {
        return Err(wrong("does not match its hash in the lockfile"));
    }
    let format = if path.as_str().ends_with(".whl") { Format::Wheel } else { Format::Sdist };
    format.read(&bytes, &Limits::default()).map_err(|why| wrong(&why.to_string()))
}

/// What a folder, an archive or a wheel of the project holds.
///
/// # Errors
/// No such file, or one that cannot be read.
pub fn read(
    surroundings: &Surroundings,
    key: &PyKey,
    path: &Location,
    subdirectory: Option<&Location>,
) -> Result<BuildFiles, Failure> {
    let whole = surroundings.folder.join(path.as_str());
    if disk::kind(&whole) == Some(disk::Kind::Folder) {
        return folder(surroundings, key, path)
            .map(|folder| BuildFiles { files: folder.files, metadata: None });
    }
    let found = checked(surroundings, &key.to_string(), path, &BTreeSet::new())?;
    Ok(unpacked(&found, subdirectory))
}

/// The project's folder as the description of projects reads it.
pub fn described<T>(folder: &Path, work: impl FnOnce(&project::Files<'_>) -> T) -> T {
    let text = |location: &Location| text_of(folder, location);
    let names = |location: &Location| names_of(folder, location);
    let folder_name = folder.file_name().map(|name| name.to_string_lossy().into_owned());
    work(&project::Files { text: &text, names: &names, folder_name: &folder_name.unwrap_or_default() })
}

/// What an archive has, or a folder of it.
pub fn unpacked(unpacked: &Unpacked, subdirectory: Option<&Location>) -> BuildFiles {
    let metadata = CoreMetadata::parse(&unpacked.contents.manifest).ok();
    match subdirectory.filter(|folder| !folder.is_root()) {
        Some(folder) => {
            BuildFiles { files: Files::of_unpacked(unpacked, Some(folder.as_str())), metadata: None }
        }
        None => BuildFiles { files: Files::of_unpacked(unpacked, None), metadata },
    }
}

/// A folder of the project that is a package of its own.
///
/// # Errors
/// The first fault of its build files.
pub fn folder(surroundings: &Surroundings, key: &PyKey, path: &Location) -> Result<project::Folder, Failure> {
    let folder =
        described(&surroundings.folder, |files| project::folder(files, &surroundings.graph, key, path));
    folder.map_err(first)
}

/// The version of what was unpacked, as far as its files say it.
///
/// # Errors
/// The first fault of its build files; a version that only a build finds out.
pub fn version(surroundings: &Surroundings, key: &PyKey, unpacked: &Unpacked) -> Result<PyVersion, Failure> {
    let text = |location: &Location| {
        Some(String::from_utf8_lossy(unpacked.bytes.get(location.as_str())?).into_owned())
    };
    let names = |location: &Location| {
        let prefix = if location.is_root() { String::new() } else { format!("{location}/") };
        let below = unpacked.bytes.keys().filter_map(|path| path.strip_prefix(&prefix));
        let name = |path: &str| match path.split_once('/') {
            Some((folder, _)) => format!("{folder}/"),
            None => path.to_owned(),
        };
        below.map(name).collect::<BTreeSet<_>>().into_iter().collect()
    };
    let files = project::Files { text: &text, names: &names, folder_name: "" };
    let folder = project::folder(&files, &surroundings.graph, key, &Location::root()).map_err(first)?;
    if folder.warnings.is_empty() {
        return Ok(folder.version);
    }
    Err(Failure::one(problem::unknown_version(&surroundings.lockfile, &key.to_string())))
}

fn first(problems: Vec<Problem>) -> Failure {
    match problems.into_iter().next() {
        Some(problem) => Failure::one(problem),
        None => Failure::Other(anyhow::anyhow!("a fault without a problem")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As editors and shells of Windows write them.
    #[test]
    #[allow(clippy::disallowed_methods, reason = "the test makes files")]
    fn requirements_files_are_decoded_and_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        let folder = disk::real(root.path()).unwrap();
        let utf_16 = |text: &str| {
            let units = "\u{feff}".encode_utf16().chain(text.encode_utf16());
            units.flat_map(u16::to_le_bytes).collect::<Vec<u8>>()
        };
        let main = utf_16("-r more.in\r\na==1\r\n");
        std::fs::write(folder.join("requirements.txt"), &main).unwrap();
        std::fs::write(folder.join("more.in"), utf_16("b==2\r\n")).unwrap();
        std::fs::write(folder.join("uv.lock"), utf_16("version = 1\n")).unwrap();
        let (read, digest) = graph(&folder, "requirements.txt", &lockfile::Options::default()).unwrap();
        assert_eq!(read.packages.keys().map(ToString::to_string).collect::<Vec<_>>(), ["a@1", "b@2"]);
        assert_eq!(digest, Digest(sha2::Sha256::digest(&main).into()));
        assert!(graph(&folder, "uv.lock", &lockfile::Options::default()).is_err());
    }

    #[test]
    #[allow(clippy::disallowed_methods, reason = "the test makes files and links")]
    fn links_lead_neither_out_nor_in_circles() {
        let (root, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let folder = disk::real(root.path()).unwrap();
        std::fs::write(outside.path().join("secret"), "x").unwrap();
        std::fs::write(folder.join("a.txt"), "y").unwrap();
        std::fs::create_dir(folder.join("src")).unwrap();
        std::os::unix::fs::symlink(outside.path().join("secret"), folder.join("out.txt")).unwrap();
        std::os::unix::fs::symlink("a.txt", folder.join("in.txt")).unwrap();
        std::os::unix::fs::symlink(".", folder.join("loop")).unwrap();
        let text = |name: &str| text_of(&folder, &Location::new(name).unwrap());
        assert_eq!((text("out.txt"), text("in.txt").as_deref()), (None, Some("y")));
        assert_eq!(names_of(&folder, &Location::root()), ["a.txt", "in.txt", "loop", "out.txt", "src/"]);
    }
}
