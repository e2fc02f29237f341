//! Why an archive was refused: a tarball, or a zip file.

use std::io;

/// What is said of an archive that has no one content.
pub const DIFFERENTLY: &str = "unpackers read it differently";

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
    #[error("its path {0:?} is below a link")]
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
    /// The one fault that somebody may take upon himself.
    #[error("{DIFFERENTLY}: {0}", DIFFERENTLY = DIFFERENTLY)]
    Differs(Difference),
    #[error("its file {0:?} is made to collide with another under SHA-1")]
    Collision(String),
}

/// What one unpacker reads in another way than another: such an archive has no one content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Difference {
    #[error("the header of {path:?} {why}")]
    Header { path: String, why: &'static str },
    #[error("the extended header of {path:?} {why}")]
    Extended { path: String, why: String },
    #[error("its global header says {0:?} of all entries")]
    Global(String),
    #[error("data follows its first block of zeros, where some stop and others read on")]
    AfterTheEnd,
    #[error("it ends within a block of 512 bytes")]
    HalfABlock,
    #[error("it is a zip file too, to pip: the end of one is in its last 64 KiB")]
    ZipToo,
    #[error("data follows its compressed part")]
    AfterTheStream,
    #[error("the header of its compression {0}")]
    Compression(&'static str),
    #[error("its path {0:?} is there twice, and not with the same content")]
    Twice(String),
    #[error("its paths {first:?} and {second:?} are one on some disks")]
    OnePath { first: String, second: String },
    #[error("its path {0:?} is the folder itself")]
    NoPath(String),
    #[error("its file {0:?} is outside the folder that holds the others")]
    Beside(String),
    #[error("{0}")]
    Zip(String),
}

impl TarballError {
    // Not a `From`: only errors of reading the archive, which lies in memory, may become this.
    pub(super) fn read(error: io::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}
