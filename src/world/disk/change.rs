//! Writing a set of files: all of them or none, whatever ends the process in between.
//!
//! All is made ready in a folder of its own first, the stage. Then a journal says what goes where, and from there on the
//! change is finished: by this run, or by the next one where this one was killed ([`recover`]). Without a journal
//! nothing has been touched, and a stage is merely removed. Each file and each folder comes in place by one renaming, in
//! exchange for what was there: nothing is ever gone.

mod journal;
mod stage;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use self::journal::{Journal, Unit};
use self::stage::{Held, Stage};
use super::{DiskError, Named, Output, is_there};
use crate::graph::Location;

/// Writes `files` below `root`. Folders of `whole` are replaced with all they hold: what is in none of
/// `files` is gone from them. Files of `gone` are removed. On an error all is as it was before.
pub fn write(
    root: &Path,
    files: &BTreeMap<Location, Output>,
    whole: &[Location],
    gone: &[Location],
) -> Result<(), DiskError> {
    let _held = Held::take(root)?;
    let mut units = journal::units(files, whole);
    let there = gone.iter().filter(|path| is_there(&root.join(path.as_str())));
    units.extend(there.map(|path| Unit { path: path.clone(), folder: false, goes: true, digest: None }));
    for unit in &units {
        check(root, unit)?;
    }
    let mut stage = Stage::new(root)?;
    for (path, output) in files {
        stage.add(path, output)?;
    }
    let journal = Journal { units };
    stage.begin(&journal)?;
    let mut change = Change { root, stage: stage.path(), undo: Vec::new() };
    let Err(problem) = journal.units.iter().try_for_each(|unit| change.put(unit)) else {
        journal.sync(root);
        stage.end();
        return Ok(());
    };
    match change.undo() {
        Ok(()) => {
            stage.end();
            Err(problem)
        }
        Err(why) => {
            let kept = stage.keep();
            Err(DiskError::NotRestored { problem: Box::new(problem), why: Box::new(why), kept })
        }
    }
}

/// Finishes what an earlier run had begun to write when it was killed, and removes what it had only made ready. `ours` says
/// whether a path is one that this program writes: a stage may have come with the project. Whether any file was put in place.
///
/// # Errors
/// A disk that refuses: the stage stays for the next run.
pub fn recover(root: &Path, ours: impl Fn(&Location) -> bool) -> Result<bool, DiskError> {
    if stage::left(root).next().is_none() {
        return Ok(false);
    }
    let held = Held::take(root)?;
    // Where no lock is to be had, a stage may be that of a run that is at work.
    if !held.is_sure() {
        return Ok(false);
    }
    let mut finished = false;
    for stage in stage::left(root) {
        let Some(journal) = stage.journal()? else {
            stage.end();
            continue;
        };
        if !journal.units.iter().all(|unit| ours(&unit.path)) {
            stage.keep();
            continue;
        }
        let mut change = Change { root, stage: stage.path(), undo: Vec::new() };
        for unit in &journal.units {
            if unit.is_open(root, stage.path()) {
                change.put(unit)?;
                finished = true;
            }
        }
        journal.sync(root);
        stage.end();
    }
    Ok(finished)
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

enum Undo {
    RemoveFolder(PathBuf),
    /// Take this away from there, back to here.
    Back(PathBuf, PathBuf),
    /// Let both change places again.
    Exchange(PathBuf, PathBuf),
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
        let new = self.stage.join(stage::NEW).join(unit.path.as_str());
        let old = self.stage.join(stage::OLD).join(unit.path.as_str());
        stage::point();
        if unit.goes {
            return self.aside(&target, &old);
        }
        if !is_there(&target) {
            fs::rename(&new, &target).named("write", &target)?;
            self.undo.push(Undo::Back(target, new));
            return Ok(());
        }
        if is_there(&new) && exchange(&new, &target) {
            self.undo.push(Undo::Exchange(new, target));
            return Ok(());
        }
        // On disks that cannot exchange there is a moment in which it is gone; the journal knows.
        self.aside(&target, &old)?;
        stage::point();
        fs::rename(&new, &target).named("write", &target)?;
        self.undo.push(Undo::Back(target, new));
        Ok(())
    }

    fn aside(&mut self, target: &Path, old: &Path) -> Result<(), DiskError> {
        // A run that was killed may have put something there already.
        let mut old = old.to_owned();
        while is_there(&old) {
            old.as_mut_os_string().push("+");
        }
        if let Some(folder) = old.parent() {
            fs::create_dir_all(folder).named("make", folder)?;
        }
        fs::rename(target, &old).named("replace", target)?;
        self.undo.push(Undo::Back(old, target.to_owned()));
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
        while let Some(step) = self.undo.pop() {
            match step {
                Undo::RemoveFolder(folder) => fs::remove_dir(&folder).named("remove", &folder)?,
                Undo::Back(from, to) => fs::rename(from, &to).named("restore", &to)?,
                Undo::Exchange(new, target) if exchange(&new, &target) => {}
                Undo::Exchange(_, target) => {
                    let refused = io::Error::other("what was exchanged cannot be exchanged again");
                    return Err(refused).named("restore", &target);
                }
            }
        }
        Ok(())
    }
}

/// Lets two files or folders change places; `false` where the disk or the system cannot.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn exchange(one: &Path, other: &Path) -> bool {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).is_ok()
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn exchange(_: &Path, _: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests;
