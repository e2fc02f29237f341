//! Why an archive was refused: a tarball, or a zip file.

use std::io;

/// A fault of the archive: none of its files may be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TarballError {
    #[error("it is no archive that we can read")]
    NotAnArchive,
    #[error("it is damaged or cut off: {0}")]
    Damaged(String),
    #[error("it holds no entries")]
    Empty,
    #[error("its path {0:?} leads out of the package's folder")]
    Escapes(String),
    #[error("its path {path:?} {why}")]
    Path { path: String, why: &'static str },
    #[error("its entry {path:?} is neither file, folder nor link (type {kind:?})")]
    Kind { path: String, kind: char },
    #[error("its path {0:?} is both a file and a folder")]
    FileAndFolder(String),
    #[error("its path {0:?} is both a file and a link")]
    FileAndLink(String),
    #[error("its path {0:?} lies under a link")]
    UnderLink(String),
    #[error("its file {path:?} has more than {limit} bytes")]
    FileTooLarge { path: String, limit: u64 },
    #[error("it unpacks to more than {0} bytes")]
    TooLarge(u64),
    #[error("it unpacks to more than {0} times its size")]
    Bomb(u64),
    #[error("it has more than {0} entries")]
    TooManyEntries(usize),
    #[error("it holds two folders, {first:?} and {second:?}, where an sdist has one")]
    SecondRoot { first: String, second: String },
    #[error("its file {0:?} is encrypted")]
    Encrypted(String),
    #[error("its parts contradict each other: {0}")]
    Contradiction(String),
    #[error("its file {0:?} is made to collide with another under SHA-1")]
    Collision(String),
}

impl TarballError {
    // Not a `From`: only errors of reading the archive, which lies in memory, may become this.
    pub(super) fn read(error: io::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}
