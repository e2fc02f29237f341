//! The NAR hashes of a git commit, from its objects: of the folder that `git checkout` leaves and of the one
//! that `git archive` gives. Two steps: [`Plan`] reads trees and attributes, [`Hashing`] takes the blobs in
//! order, so that no more than one of them need be in memory.
//!
//! Both folders are those of a fetch on a machine with LF line ends where nobody has configured git: filters,
//! `core.autocrlf` and `core.eol` are not there.

mod attributes;
mod convert;
mod hashing;
mod listing;
mod object;
mod pattern;
mod plan;
mod rules;
mod single;
mod summary;

pub use convert::UnknownEncoding;
pub use hashing::{Hashes, Hashing, Loaded};
pub use listing::list;
pub use object::{Kind as ObjectKind, Mode, Objects};
pub use plan::{Plan, Submodule};
pub use single::{LaidOut, laid_out};
pub use summary::{Gathered, Summary};

use super::Digest;
use super::nar::NarError;

/// Bytes of the longest path that Linux opens (PATH_MAX).
const LONGEST: usize = 4096;
/// Folders in each other: far beyond what people make, and within any thread's stack.
const DEEPEST: usize = 512;
/// Paths of one commit: far beyond the largest repositories, and an end to trees that repeat themselves.
const MOST: usize = 8 << 20;

/// Why a commit has no hash.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    #[error("the object {0} is not there")]
    Missing(Digest<20>),
    #[error("the object {id} cannot be read: {why}")]
    Broken { id: Digest<20>, why: String },
    #[error("git checks out no file with the path {0:?}")]
    Name(String),
    #[error("{0:?} is nested deeper than any system allows")]
    Deep(String),
    #[error("it has more files than any checkout could hold")]
    Large,
    #[error("{0:?} is a link to nowhere at all, which no system can make")]
    EmptyLink(String),
    #[error("{path:?}: {source}")]
    Encoding { path: String, source: UnknownEncoding },
    #[error("its files were given out of order")]
    Order,
    #[error(transparent)]
    Nar(#[from] NarError),
}

/// A path for people; what is no UTF-8 is replaced.
fn shown(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}
