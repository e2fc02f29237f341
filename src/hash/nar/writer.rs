//! NAR node by node: folders are entered and left, files may be given in pieces, names are bytes.

use std::cmp::Ordering;
use std::io::{self, Write};

/// Why something cannot be written as a NAR.
#[derive(Debug, thiserror::Error)]
pub enum NarError {
    #[error("{0:?} has a part that is empty, `.` or `..`, or holds a NUL")]
    Name(String),
    #[error("{0:?} is out of order, there twice, or below a file")]
    Order(String),
    #[error("{0:?} has more or fewer bytes than announced")]
    Length(String),
    #[error("a folder is left that was not entered, or not left at the end")]
    Nesting,
    #[error("writing the archive: {0}")]
    Write(io::Error),
}

/// Writes one folder as a NAR. In each folder names must come in bytewise order.
pub struct Writer<W> {
    sink: W,
    /// What is to be written before the next contents: one large write is cheaper than many small ones.
    head: Vec<u8>,
    /// For each open folder, outermost first, the name that came last.
    last: Vec<Vec<u8>>,
    /// Bytes that are still to come of the open file.
    rest: Option<u64>,
    /// Zeros after the open file.
    padding: usize,
}

/// Bytes of names and markers that are gathered before they are written.
const GATHERED: usize = 16 << 10;

impl<W: Write> Writer<W> {
    /// Begins with the outermost folder open.
    pub fn new(sink: W) -> Self {
        let mut writer = Self {
            sink,
            head: Vec::with_capacity(GATHERED + 1024),
            last: vec![Vec::new()],
            rest: None,
            padding: 0,
        };
        writer.strings(&[b"nix-archive-1", b"(", b"type", b"directory"]);
        writer
    }

    /// Opens a folder in the open folder.
    pub fn enter(&mut self, name: &[u8]) -> Result<(), NarError> {
        self.entry(name)?;
        self.strings(&[b"directory"]);
        self.last.push(Vec::new());
        self.gathered()
    }

    /// Closes the folder that was opened last.
    pub fn leave(&mut self) -> Result<(), NarError> {
        if self.last.len() < 2 || self.rest.is_some() {
            return Err(NarError::Nesting);
        }
        self.last.pop();
        self.strings(&[b")", b")"]);
        self.gathered()
    }

    /// Adds a symbolic link; its target is any bytes.
    pub fn symlink(&mut self, name: &[u8], target: &[u8]) -> Result<(), NarError> {
        self.entry(name)?;
        self.strings(&[b"symlink", b"target", target, b")", b")"]);
        self.gathered()
    }

    /// Adds a whole file.
    pub fn file(&mut self, name: &[u8], executable: bool, bytes: &[u8]) -> Result<(), NarError> {
        self.begin(name, executable, bytes.len() as u64)?;
        self.piece(bytes)?;
        self.end()
    }

    /// Begins a file of `length` bytes.
    pub fn begin(&mut self, name: &[u8], executable: bool, length: u64) -> Result<(), NarError> {
        self.entry(name)?;
        self.strings(&[b"regular"]);
        if executable {
            self.strings(&[b"executable", b""]);
        }
        self.strings(&[b"contents"]);
        self.head.extend_from_slice(&length.to_le_bytes());
        self.rest = Some(length);
        self.padding = padding(length);
        Ok(())
    }

    /// Goes on with the file that was begun.
    pub fn piece(&mut self, bytes: &[u8]) -> Result<(), NarError> {
        let rest = self.rest.and_then(|rest| rest.checked_sub(bytes.len() as u64));
        self.rest = Some(rest.ok_or_else(|| self.length())?);
        if bytes.len() < GATHERED {
            self.head.extend_from_slice(bytes);
            return self.gathered();
        }
        self.flush()?;
        self.sink.write_all(bytes).map_err(NarError::Write)
    }

    /// Ends the file that was begun, which must have had all its bytes.
    pub fn end(&mut self) -> Result<(), NarError> {
        if self.rest.take() != Some(0) {
            return Err(self.length());
        }
        self.head.extend_from_slice(&[0; 8][..self.padding]);
        self.strings(&[b")", b")"]);
        self.gathered()
    }

    /// Ends the outermost folder.
    pub fn finish(mut self) -> Result<W, NarError> {
        if self.last.len() != 1 || self.rest.is_some() {
            return Err(NarError::Nesting);
        }
        self.strings(&[b")"]);
        self.flush()?;
        Ok(self.sink)
    }

    fn entry(&mut self, name: &[u8]) -> Result<(), NarError> {
        let shown = || String::from_utf8_lossy(name).into_owned();
        if matches!(name, b"" | b"." | b"..") || name.iter().any(|byte| matches!(byte, 0 | b'/')) {
            return Err(NarError::Name(shown()));
        }
        if self.rest.is_some() {
            return Err(NarError::Nesting);
        }
        let Some(last) = self.last.last_mut() else { return Err(NarError::Nesting) };
        if last.as_slice().cmp(name) != Ordering::Less {
            return Err(NarError::Order(shown()));
        }
        last.clear();
        last.extend_from_slice(name);
        self.strings(&[b"entry", b"(", b"name", name, b"node", b"(", b"type"]);
        Ok(())
    }

    fn length(&self) -> NarError {
        let name = self.last.last().map(|name| String::from_utf8_lossy(name).into_owned());
        NarError::Length(name.unwrap_or_default())
    }

    /// A string: its length in 64 bits, little-endian; its bytes; zeros up to a multiple of eight.
    fn strings(&mut self, strings: &[&[u8]]) {
        for string in strings {
            let length = string.len() as u64;
            self.head.extend_from_slice(&length.to_le_bytes());
            self.head.extend_from_slice(string);
            self.head.extend_from_slice(&[0; 8][..padding(length)]);
        }
    }

    fn gathered(&mut self) -> Result<(), NarError> {
        if self.head.len() < GATHERED { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> Result<(), NarError> {
        let written = self.sink.write_all(&self.head).map_err(NarError::Write);
        self.head.clear();
        written
    }
}

fn padding(length: u64) -> usize {
    (length.wrapping_neg() % 8) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_make_the_same_file() {
        let whole = |pieces: &[&[u8]]| {
            let mut writer = Writer::new(Vec::new());
            let length = pieces.iter().map(|piece| piece.len() as u64).sum();
            writer.begin(b"a", true, length).unwrap();
            pieces.iter().for_each(|piece| writer.piece(piece).unwrap());
            writer.end().unwrap();
            writer.finish().unwrap()
        };
        let large = vec![7; 40_000];
        assert_eq!(whole(&[&large]), whole(&[&large[..3], &large[3..30_000], &large[30_000..]]));
        assert_eq!(whole(&[b"12345678"]).len() % 8, 0);
        assert_eq!(whole(&[]).len() % 8, 0);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let mut writer = Writer::new(Vec::new());
        writer.begin(b"a", false, 2).unwrap();
        assert!(matches!(writer.piece(b"abc"), Err(NarError::Length(_))));
        let mut writer = Writer::new(Vec::new());
        writer.begin(b"a", false, 2).unwrap();
        writer.piece(b"a").unwrap();
        assert!(matches!(writer.end(), Err(NarError::Length(_))));
        let mut writer = Writer::new(Vec::new());
        writer.enter(b"b\xff").unwrap();
        writer.symlink(b"b", b"\xff\xfe").unwrap();
        writer.leave().unwrap();
        assert!(matches!(writer.leave(), Err(NarError::Nesting)));
        assert!(matches!(writer.file(b"b", false, b""), Err(NarError::Order(_))));
        for name in [&b""[..], b".", b"..", b"c/d", b"c\0"] {
            assert!(matches!(writer.enter(name), Err(NarError::Name(_))), "{name:?}");
        }
        writer.enter(b"c").unwrap();
        assert!(matches!(writer.finish(), Err(NarError::Nesting)));
    }
}
