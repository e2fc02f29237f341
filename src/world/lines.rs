//! A file of results, one line each, that grows while they come and can be gone on with: after a kill the
//! lines that were written whole are still there. One process at a time writes to it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What can be wrong with a file of results.
#[derive(Debug, thiserror::Error)]
pub enum LinesError {
    #[error("cannot {action} {}: {source}", path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },
    #[error("{} is no regular file", .0.display())]
    NotAFile(PathBuf),
    #[error("{}: another process is writing to it", .0.display())]
    Held(PathBuf),
    #[error("{}, line {line}: no line of results; nothing was changed: name another file, or remove it", path.display())]
    Foreign { path: PathBuf, line: usize },
}

impl LinesError {
    /// Whether it is what the user named that is at fault.
    pub fn is_input(&self) -> bool {
        matches!(self, Self::NotAFile(_) | Self::Foreign { .. })
    }
}

/// What a line that is there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// The result known by this key: it stays.
    Kept(String),
    /// A result that is to be had again; it stays until then.
    Stale(String),
    /// Nothing of ours.
    Foreign,
}

/// Where a line lies, without its line break.
#[derive(Clone, Copy)]
struct Span {
    start: u64,
    length: u64,
    kept: bool,
}

/// How often a lock that somebody holds is asked for again, and the pause before.
const LOCK_TRIES: u32 = 50;
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// The file, locked.
pub struct Lines {
    file: File,
    path: PathBuf,
    spans: BTreeMap<String, Span>,
    /// Keys in the order of their lines; a key with two lines is there twice.
    order: Vec<String>,
    end: u64,
}

impl Lines {
    /// Opens the file, or makes it. `read` says what each whole line is; a torn last one is cut off.
    ///
    /// # Errors
    /// A file of something else: it is left as it is.
    pub fn open(path: &Path, read: impl Fn(&[u8]) -> Line) -> Result<Self, LinesError> {
        let error = |action| move |source| LinesError::Io { action, path: path.to_owned(), source };
        if fs::metadata(path).is_ok_and(|there| !there.is_file()) {
            return Err(LinesError::NotAFile(path.to_owned()));
        }
        let mut options = fs::OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(path);
        let file = file.map_err(error("write"))?;
        #[cfg(unix)]
        lock(&file).map_err(|_| LinesError::Held(path.to_owned()))?;
        let mut lines =
            Self { file, path: path.to_owned(), spans: BTreeMap::new(), order: Vec::new(), end: 0 };
        lines.scan(read)?;
        lines.file.set_len(lines.end).map_err(error("cut off the torn line of"))?;
        lines.file.seek(SeekFrom::Start(lines.end)).map_err(error("write"))?;
        Ok(lines)
    }

    fn scan(&mut self, read: impl Fn(&[u8]) -> Line) -> Result<(), LinesError> {
        let path = self.path.clone();
        let mut reader = BufReader::new(&self.file);
        let (mut line, mut number) = (Vec::new(), 0);
        loop {
            line.clear();
            let error = |source| LinesError::Io { action: "read", path: path.clone(), source };
            let length = reader.read_until(b'\n', &mut line).map_err(error)? as u64;
            number += 1;
            let Some(text) = line.strip_suffix(b"\n") else {
                // The end, or what a writer that was killed has left: that begins like any of our lines.
                let ours = line.is_empty() || line.starts_with(b"{");
                return if ours { Ok(()) } else { Err(LinesError::Foreign { path, line: number }) };
            };
            let (key, kept) = match read(text) {
                Line::Kept(key) => (key, true),
                Line::Stale(key) => (key, false),
                Line::Foreign => return Err(LinesError::Foreign { path, line: number }),
            };
            self.order.push(key.clone());
            self.spans.insert(key, Span { start: self.end, length: length - 1, kept });
            self.end += length;
        }
    }

    /// Whether this result is there and stays.
    pub fn has(&self, key: &str) -> bool {
        self.spans.get(key).is_some_and(|span| span.kept)
    }

    /// Adds a line, or gives the one of this key anew.
    ///
    /// # Errors
    /// A disk that is full, or its like.
    pub fn append(&mut self, key: &str, line: &str) -> Result<(), LinesError> {
        // In one call: a kill in between leaves at most one torn line.
        let written = self.file.write_all(format!("{line}\n").as_bytes());
        written.map_err(|source| LinesError::Io { action: "write", path: self.path.clone(), source })?;
        let length = line.len() as u64;
        self.spans.insert(key.to_owned(), Span { start: self.end, length, kept: true });
        self.order.push(key.to_owned());
        self.end += length + 1;
        Ok(())
    }

    /// Puts the lines in this order, in one go; lines of other keys come after. So the file is the same
    /// whether it was written at once or with breaks.
    ///
    /// # Errors
    /// A disk that is full, or its like: the lines are as they were.
    pub fn finish<'a>(mut self, keys: impl Iterator<Item = &'a str>) -> Result<(), LinesError> {
        let mut wanted: Vec<&str> = keys.filter(|key| self.spans.contains_key(*key)).collect();
        let named: std::collections::BTreeSet<&str> = wanted.iter().copied().collect();
        let mut others = std::collections::BTreeSet::new();
        for key in &self.order {
            if !named.contains(key.as_str()) && others.insert(key.as_str()) {
                wanted.push(key);
            }
        }
        if wanted.iter().eq(self.order.iter()) {
            return Ok(());
        }
        let path = self.path.clone();
        let spans: Vec<Span> = wanted.iter().filter_map(|key| self.spans.get(*key).copied()).collect();
        let rewritten = rewrite(&mut self.file, &path, &spans);
        rewritten.map_err(|source| LinesError::Io { action: "put in order", path, source })
    }
}

/// Locks the file, or says that somebody else has it. A process that was killed while it started another one
/// leaves its lock to that one for a moment, until that one executes its program: so the answer is only "no" after a
/// short wait.
#[cfg(unix)]
fn lock(file: &File) -> rustix::io::Result<()> {
    let mut tries = LOCK_TRIES;
    loop {
        match rustix::fs::flock(file, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
            Err(_) if tries > 0 => tries -= 1,
            answer => return answer,
        }
        std::thread::sleep(LOCK_PAUSE);
    }
}

fn rewrite(file: &mut File, path: &Path, spans: &[Span]) -> io::Result<()> {
    // Where a link leads, and in that folder: renaming must neither replace the link nor cross file systems.
    let path = fs::canonicalize(path)?;
    let aside = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
    let mut writer = BufWriter::new(&aside);
    for span in spans {
        file.seek(SeekFrom::Start(span.start))?;
        io::copy(&mut Read::by_ref(file).take(span.length), &mut writer)?;
        writer.write_all(b"\n")?;
    }
    writer.flush()?;
    drop(writer);
    aside.as_file().set_permissions(file.metadata()?.permissions())?;
    aside.as_file().sync_all()?;
    aside.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &[u8]) -> Line {
        match std::str::from_utf8(line).ok().and_then(|text| text.strip_prefix('{')) {
            Some(text) => match text.strip_suffix('?') {
                Some(key) => Line::Stale(key[..1].to_owned()),
                None => Line::Kept(text[..1].to_owned()),
            },
            None => Line::Foreign,
        }
    }

    #[test]
    fn a_torn_line_is_cut_off_and_the_order_is_restored() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        fs::write(&path, "{c\n{x\n{a?\n{b torn").unwrap();
        let mut lines = Lines::open(&path, read).unwrap();
        assert_eq!(["a", "b", "c", "x"].map(|key| lines.has(key)), [false, false, true, true]);
        assert!(matches!(Lines::open(&path, read), Err(LinesError::Held(_))));
        lines.append("a", "{a new").unwrap();
        lines.append("b", "{b").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "{c\n{x\n{a?\n{a new\n{b\n");
        lines.finish(["a", "b", "c", "d"].into_iter()).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "{a new\n{b\n{c\n{x\n");
    }

    #[test]
    fn a_lock_that_is_let_go_in_a_moment_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        let first = Lines::open(&path, read).unwrap();
        // The descriptor of a process that was just started: it shares the lock, and outlives the one that was killed.
        let shared = first.file.try_clone().unwrap();
        drop(first);
        let started = std::thread::spawn(move || {
            std::thread::sleep(LOCK_PAUSE);
            drop(shared);
        });
        assert!(Lines::open(&path, read).is_ok());
        started.join().unwrap();
    }

    #[test]
    fn a_file_of_something_else_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        for text in ["{a\nmine\n", "mine"] {
            fs::write(&path, text).unwrap();
            assert!(matches!(Lines::open(&path, read), Err(LinesError::Foreign { .. })));
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert!(matches!(Lines::open(folder.path(), read), Err(LinesError::NotAFile(_))));
    }
}
