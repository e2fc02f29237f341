//! Files of a build's output that are a tool's own files: such a "build" may have copied what it should have made.

use std::collections::BTreeMap;

use crate::contents::File;
use crate::hash::Digest;
use crate::source::is_shared_document;

/// Bytes from which a file is told. Below, files of different packages are the same by chance: one line that exports
/// nothing, what a compiler makes of a file of types.
const SMALLEST: u64 = 256;

/// Where a tool has a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tool {
    /// As `rollup@4.1.0`.
    pub package: String,
    pub path: String,
}

/// A file of the output with the bytes of a tool's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    pub path: String,
    pub from: Tool,
}

/// Which files of the output are tools' files. The output is what the build made, without the files that the commit
/// itself holds; tools are given by the SHA-256 of their files.
///
/// Licences and the like are left out, as many packages have the same, and so is what is too small to tell.
pub fn copied<'a>(output: impl Iterator<Item = &'a File>, tools: &BTreeMap<Digest<32>, Tool>) -> Vec<Copied> {
    let told = output.filter(|file| file.size >= SMALLEST && !is_shared_document(&file.path));
    let of_file = |file: &File| {
        tools.get(&file.sha256).map(|from| Copied { path: file.path.clone(), from: from.clone() })
    };
    told.filter_map(of_file).collect()
}
