//! Reading files with a bound, and writing a set of files: all of them or none.

#[cfg(unix)]
mod nar;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

#[cfg(unix)]
pub use nar::nar_hash;

use crate::graph::Location;

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

/// The same; `None` where there is no such file.
pub fn read_text_if_there(path: &Path, limit: u64) -> Result<Option<String>, DiskError> {
    if is_there(path) { read_text(path, limit).map(Some) } else { Ok(None) }
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

/// Writes `files` below `root`. Folders of `whole` are replaced with all they hold: what is in none of
/// `files` is gone from them. Files of `gone` are removed. On an error all is as it was before.
pub fn write(
    root: &Path,
    files: &BTreeMap<Location, Output>,
    whole: &[Location],
    gone: &[Location],
) -> Result<(), DiskError> {
    let mut units = units(files, whole);
    let there = gone.iter().filter(|path| is_there(&root.join(path.as_str())));
    units.extend(there.map(|path| Unit { path: path.clone(), folder: false, goes: true }));
    for unit in &units {
        check(root, unit)?;
    }
    // In the folder itself, so that renaming never crosses file systems.
    let stage = tempfile::Builder::new().prefix(".headwater-").tempdir_in(root).named("write in", root)?;
    for (path, output) in files {
        stage_file(&stage.path().join("new").join(path.as_str()), output)?;
    }
    let mut change = Change { root, stage: stage.path(), undo: Vec::new() };
    let Err(problem) = units.iter().try_for_each(|unit| change.put(unit)) else { return Ok(()) };
    match change.undo() {
        Ok(()) => Err(problem),
        Err(why) => {
            let kept = stage.keep().join("old");
            Err(DiskError::NotRestored { problem: Box::new(problem), why: Box::new(why), kept })
        }
    }
}

/// What is put in place by one renaming.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Unit {
    path: Location,
    folder: bool,
    /// Nothing comes in its place.
    goes: bool,
}

fn units(files: &BTreeMap<Location, Output>, whole: &[Location]) -> BTreeSet<Unit> {
    let within = |path: &Location| {
        whole.iter().find(|folder| {
            path.as_str().strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
        })
    };
    files
        .keys()
        .map(|path| match within(path) {
            Some(folder) => Unit { path: folder.clone(), folder: true, goes: false },
            None => Unit { path: path.clone(), folder: false, goes: false },
        })
        .collect()
}

/// Refuses links on the way, and a folder where a file is to be or the other way round.
fn check(root: &Path, unit: &Unit) -> Result<(), DiskError> {
    let parts: Vec<&str> = unit.path.as_str().split('/').collect();
    let mut at = root.to_owned();
    for (index, part) in parts.iter().enumerate() {
        at.push(part);
        let there = match fs::symlink_metadata(&at) {
            Ok(there) => there,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error).named("look at", &at),
        };
        let folder = unit.folder || index + 1 < parts.len();
        if there.is_symlink() {
            return Err(DiskError::Link(at));
        }
        if folder != there.is_dir() || !folder && !there.is_file() {
            let what = if folder { "a folder" } else { "a file" };
            return Err(DiskError::InTheWay { path: at, what });
        }
    }
    Ok(())
}

fn stage_file(path: &Path, output: &Output) -> Result<(), DiskError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).named("make", folder)?;
    }
    let mut file = fs::File::create(path).named("write", path)?;
    file.write_all(&output.bytes).named("write", path)?;
    if output.executable {
        executable(&file).named("write", path)?;
    }
    // Otherwise a crash after renaming could leave empty files under the right names.
    file.sync_all().named("write", path)
}

#[cfg(unix)]
fn executable(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata()?.permissions().mode();
    file.set_permissions(fs::Permissions::from_mode(mode | (mode & 0o444) >> 2))
}

#[cfg(not(unix))]
fn executable(_: &fs::File) -> io::Result<()> {
    Ok(())
}

enum Undo {
    RemoveFolder(PathBuf),
    /// Take away what was put here.
    Remove(PathBuf),
    /// Put this back there.
    Restore(PathBuf, PathBuf),
}

struct Change<'a> {
    root: &'a Path,
    stage: &'a Path,
    undo: Vec<Undo>,
}

impl Change<'_> {
    fn put(&mut self, unit: &Unit) -> Result<(), DiskError> {
        let target = self.root.join(unit.path.as_str());
        self.make_parents(&target)?;
        check(self.root, unit)?;
        if fs::symlink_metadata(&target).is_ok() {
            let old = self.stage.join("old").join(unit.path.as_str());
            if let Some(folder) = old.parent() {
                fs::create_dir_all(folder).named("make", folder)?;
            }
            fs::rename(&target, &old).named("replace", &target)?;
            self.undo.push(Undo::Restore(old, target.clone()));
        }
        let new = self.stage.join("new").join(unit.path.as_str());
        if unit.goes {
            return Ok(());
        }
        fs::rename(&new, &target).named("write", &target)?;
        self.undo.push(Undo::Remove(target));
        Ok(())
    }

    fn make_parents(&mut self, target: &Path) -> Result<(), DiskError> {
        let above: Vec<&Path> = target.ancestors().skip(1).take_while(|path| *path != self.root).collect();
        for folder in above.into_iter().rev() {
            match fs::create_dir(folder) {
                Ok(()) => self.undo.push(Undo::RemoveFolder(folder.to_owned())),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error).named("make", folder),
            }
        }
        Ok(())
    }

    fn undo(&mut self) -> Result<(), DiskError> {
        let discarded = self.stage.join("discarded");
        while let Some(step) = self.undo.pop() {
            match step {
                Undo::RemoveFolder(folder) => fs::remove_dir(&folder).named("remove", &folder)?,
                Undo::Remove(path) if path.is_dir() => {
                    let aside = discarded.with_extension(self.undo.len().to_string());
                    fs::rename(&path, aside).named("remove", &path)?;
                }
                Undo::Remove(path) => fs::remove_file(&path).named("remove", &path)?,
                Undo::Restore(old, target) => fs::rename(old, &target).named("restore", &target)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
