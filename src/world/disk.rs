//! Reading files with a bound, and writing them ([`change`]).

mod change;
#[cfg(unix)]
mod nar;

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

pub use change::{recover, write};
#[cfg(unix)]
pub use nar::nar_hash;

/// What could not be done, with which file, and why.
#[derive(Debug, thiserror::Error)]
pub enum DiskError {
    #[error("cannot {action} {}: {source}", path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },
    #[error("{} is no regular file", .0.display())]
    NotAFile(PathBuf),
    #[error("{} has more than {limit} bytes", path.display())]
    TooLarge { path: PathBuf, limit: u64 },
    #[error("{} is not UTF-8", .0.display())]
    NotText(PathBuf),
    #[error("{} is a link: nothing is written through links", .0.display())]
    Link(PathBuf),
    #[error("{} is in the way: {what} is to be written there", path.display())]
    InTheWay { path: PathBuf, what: &'static str },
    #[error("{} is a link that leads out of the project's folder, so it is not read", .0.display())]
    LeadsOut(PathBuf),
    #[error("another run has been writing in {} for a minute: wait for it, or end it", .0.display())]
    Held(PathBuf),
    #[error("{problem}; and what was there before could not be put back ({why}): it is in {}", kept.display())]
    NotRestored { problem: Box<DiskError>, why: Box<DiskError>, kept: PathBuf },
}

trait Named<T> {
    fn named(self, action: &'static str, path: &Path) -> Result<T, DiskError>;
}

impl<T> Named<T> for io::Result<T> {
    fn named(self, action: &'static str, path: &Path) -> Result<T, DiskError> {
        self.map_err(|source| DiskError::Io { action, path: path.to_owned(), source })
    }
}

/// The bytes of a regular file of at most `limit` bytes.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>, DiskError> {
    // Asked before opening: opening a pipe would wait for its writer.
    if !fs::metadata(path).named("read", path)?.is_file() {
        return Err(DiskError::NotAFile(path.to_owned()));
    }
    let mut bytes = Vec::new();
    let file = fs::File::open(path).named("read", path)?;
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).named("read", path)?;
    if bytes.len() as u64 > limit {
        return Err(DiskError::TooLarge { path: path.to_owned(), limit });
    }
    Ok(bytes)
}

/// All of standard input, of at most `limit` bytes.
pub fn read_input(limit: u64) -> Result<Vec<u8>, DiskError> {
    let (path, mut bytes) = (PathBuf::from("standard input"), Vec::new());
    io::stdin().lock().take(limit.saturating_add(1)).read_to_end(&mut bytes).named("read", &path)?;
    if bytes.len() as u64 > limit {
        return Err(DiskError::TooLarge { path, limit });
    }
    Ok(bytes)
}

/// A file's bytes as text.
pub fn read_text(path: &Path, limit: u64) -> Result<String, DiskError> {
    String::from_utf8(read(path, limit)?).map_err(|_| DiskError::NotText(path.to_owned()))
}

/// Refuses a link that leads out of the folder. A project of others may name with it any file of this machine, and what
/// is wrong in that would be quoted.
pub fn within(folder: &Path, name: &str) -> Result<(), DiskError> {
    let path = folder.join(name);
    if real(&path)?.starts_with(real(folder)?) { Ok(()) } else { Err(DiskError::LeadsOut(path)) }
}

/// The bytes of a file of the project: as [`read`], but [`within`] it.
pub fn read_in(folder: &Path, name: &str, limit: u64) -> Result<Vec<u8>, DiskError> {
    within(folder, name)?;
    read(&folder.join(name), limit)
}

/// The same as text.
pub fn read_text_in(folder: &Path, name: &str, limit: u64) -> Result<String, DiskError> {
    String::from_utf8(read_in(folder, name, limit)?).map_err(|_| DiskError::NotText(folder.join(name)))
}

/// The same; `None` where there is no such file.
pub fn read_text_in_if_there(folder: &Path, name: &str, limit: u64) -> Result<Option<String>, DiskError> {
    if is_there(&folder.join(name)) { read_text_in(folder, name, limit).map(Some) } else { Ok(None) }
}

/// Whether anything has this name, a dangling link included.
pub fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// What a path leads to, links followed; `None` where that is nothing, or neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Folder,
    File,
}

/// What a path leads to.
pub fn kind(path: &Path) -> Option<Kind> {
    match fs::metadata(path).ok()? {
        there if there.is_dir() => Some(Kind::Folder),
        there if there.is_file() => Some(Kind::File),
        _ => None,
    }
}

/// Whether a path is itself a link.
pub fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|there| there.is_symlink())
}

/// The absolute path without links.
pub fn real(path: &Path) -> Result<PathBuf, DiskError> {
    fs::canonicalize(path).named("find", path)
}

/// The folder that the program was started in.
pub fn current_folder() -> Result<PathBuf, DiskError> {
    std::env::current_dir().named("find", Path::new("."))
}

/// A variable of the environment.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The names in a folder that are text, sorted.
pub fn names(folder: &Path) -> Result<Vec<String>, DiskError> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).named("list", folder)? {
        names.extend(entry.named("list", folder)?.file_name().into_string().ok());
    }
    names.sort();
    Ok(names)
}

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    pub bytes: Vec<u8>,
    pub executable: bool,
}

impl From<String> for Output {
    fn from(text: String) -> Self {
        Self { bytes: text.into_bytes(), executable: false }
    }
}

#[cfg(test)]
mod tests;
