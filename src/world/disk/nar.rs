//! The NAR hash of a folder on this disk: `nix-hash --type sha256`, with files read ahead on several threads.

use std::ffi::OsString;
use std::fs::{self, File, FileType};
use std::io::Read;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{DiskError, Named};
use crate::hash::NarHash;
use crate::hash::nar::{NarError, Writer};
use crate::world::ahead;

/// Bytes from which on a file is read in pieces.
const LARGE: u64 = 8 << 20;
/// Bytes of a piece.
const PIECE: usize = 256 << 10;

/// What there is in a folder, in the order of a NAR.
enum Step {
    Enter(Box<[u8]>),
    Leave,
    Link(Box<[u8]>, Box<[u8]>),
    File(Box<[u8]>, PathBuf),
}

/// A file that was opened.
enum Opened {
    Whole { executable: bool, bytes: Vec<u8> },
    Large { executable: bool, size: u64, file: File },
}

/// Hashes a folder and all below it; links are not followed. What is named `.git` anywhere in it is left out
/// if `without_git` says so, as nixpkgs and Guix leave it out of checkouts.
///
/// # Errors
/// Something cannot be read, becomes shorter meanwhile, or is neither file, folder nor link.
pub fn nar_hash(folder: &Path, without_git: bool) -> Result<NarHash, DiskError> {
    let mut steps = Vec::new();
    let top = entries(folder, without_git)?;
    let below = |_: &mut (), index: usize| {
        let mut below = Vec::new();
        step(folder, &top[index], without_git, &mut below).map(|()| (below, 0))
    };
    ahead::in_order(
        top.len(),
        || (),
        below,
        |_, below| {
            steps.extend(below);
            Ok(())
        },
    )?;
    let is_file = |step: &Step| matches!(step, Step::File(..));
    let files: Vec<usize> = (0..steps.len()).filter(|index| is_file(&steps[*index])).collect();
    let mut nar = Writer::new(Sha256::new());
    let mut next = 0;
    let read = |_: &mut (), index: usize| match &steps[files[index]] {
        Step::File(_, path) => open(path),
        _ => Err(DiskError::NotAFile(folder.to_owned())),
    };
    let wrong = |path: &Path| {
        let path = path.to_owned();
        move |error: NarError| DiskError::Io {
            action: "hash",
            path: path.clone(),
            source: std::io::Error::other(error.to_string()),
        }
    };
    ahead::in_order(
        files.len(),
        || (),
        read,
        |index, opened| {
            structure(&steps[next..files[index]], &mut nar).map_err(wrong(folder))?;
            next = files[index] + 1;
            let Step::File(name, path) = &steps[files[index]] else { return Ok(()) };
            match opened {
                Opened::Whole { executable, bytes } => {
                    nar.file(name, executable, &bytes).map_err(wrong(path))
                }
                Opened::Large { executable, size, file } => {
                    nar.begin(name, executable, size).map_err(wrong(path))?;
                    pieces(file, path, |piece| nar.piece(piece).map_err(wrong(path)))?;
                    nar.end().map_err(wrong(path))
                }
            }
        },
    )?;
    structure(&steps[next..], &mut nar).map_err(wrong(folder))?;
    let digest = nar.finish().map_err(wrong(folder))?;
    Ok(NarHash(digest.finalize().into()))
}

/// Names in a folder, and what they are, in the order of a NAR.
fn entries(folder: &Path, without_git: bool) -> Result<Vec<(OsString, FileType)>, DiskError> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).named("list", folder)? {
        let entry = entry.named("list", folder)?;
        let kind = entry.file_type().named("look at", folder)?;
        entries.push((entry.file_name(), kind));
    }
    entries.retain(|(name, _)| !without_git || name != ".git");
    entries.sort_by(|left, right| left.0.as_bytes().cmp(right.0.as_bytes()));
    Ok(entries)
}

/// Adds a name in a folder, and all below it.
fn step(
    folder: &Path,
    (name, kind): &(OsString, FileType),
    without_git: bool,
    steps: &mut Vec<Step>,
) -> Result<(), DiskError> {
    let path = folder.join(name);
    let name: Box<[u8]> = name.as_bytes().into();
    if kind.is_dir() {
        steps.push(Step::Enter(name));
        for entry in entries(&path, without_git)? {
            step(&path, &entry, without_git, steps)?;
        }
        steps.push(Step::Leave);
    } else if kind.is_symlink() {
        let target = fs::read_link(&path).named("read", &path)?;
        steps.push(Step::Link(name, target.into_os_string().into_vec().into()));
    } else if kind.is_file() {
        steps.push(Step::File(name, path));
    } else {
        return Err(DiskError::NotAFile(path));
    }
    Ok(())
}

fn structure(steps: &[Step], nar: &mut Writer<Sha256>) -> Result<(), NarError> {
    steps.iter().try_for_each(|step| match step {
        Step::Enter(name) => nar.enter(name),
        Step::Leave => nar.leave(),
        Step::Link(name, target) => nar.symlink(name, target),
        // Files come with their contents.
        Step::File(name, _) => Err(NarError::Order(String::from_utf8_lossy(name).into_owned())),
    })
}

fn open(path: &Path) -> Result<(Opened, usize), DiskError> {
    let file = File::open(path).named("read", path)?;
    let there = file.metadata().named("read", path)?;
    let (size, executable) = (there.size(), there.permissions().mode() & 0o100 != 0);
    if size >= LARGE {
        return Ok((Opened::Large { executable, size, file }, 0));
    }
    // Within the bound no second read looks for the end: of 50,000 files the calls are what costs.
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    file.take(size).read_to_end(&mut bytes).named("read", path)?;
    if bytes.len() as u64 != size {
        let source = std::io::Error::other("it became shorter while it was read");
        return Err(DiskError::Io { action: "read", path: path.to_owned(), source });
    }
    let held = bytes.len();
    Ok((Opened::Whole { executable, bytes }, held))
}

fn pieces(
    mut file: File,
    path: &Path,
    mut take: impl FnMut(&[u8]) -> Result<(), DiskError>,
) -> Result<(), DiskError> {
    let mut bytes = vec![0; PIECE];
    loop {
        match file.read(&mut bytes) {
            Ok(0) => return Ok(()),
            Ok(length) => take(&bytes[..length])?,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error).named("read", path),
        }
    }
}
