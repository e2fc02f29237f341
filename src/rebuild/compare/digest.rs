//! One hash of all that a package holds, which a shell can compute too.

use sha2::{Digest as _, Sha256};

use crate::contents::Contents;
use crate::hash::Digest;

/// SHA-256 of one line for each file, the lines sorted by their bytes: SHA-256 of the file in hex, `755` where its
/// owner may execute it and else `644`, its path. In a package's folder, with GNU's programs, the same is
///
/// ```sh
/// of() { find . -type f "${@:2}" -exec sha256sum -z {} + | sed -z "s|  \./| $1 |" | tr '\0' '\n'; }
/// { of 755 -perm -100; of 644 ! -perm -100; } | LC_ALL=C sort | sha256sum
/// ```
pub fn digest(contents: &Contents) -> Digest<32> {
    let line = |file: &crate::contents::File| {
        let mode = if file.executable { 755 } else { 644 };
        format!("{} {mode} {}\n", file.sha256, file.path)
    };
    let mut lines: Vec<String> = contents.files.iter().map(line).collect();
    lines.sort_unstable();
    Digest(Sha256::digest(lines.concat()).into())
}
