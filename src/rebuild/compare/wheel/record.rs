//! RECORD, the list of a wheel's files with their hashes and sizes. Where it says of its own wheel exactly what the wheel
//! holds, two that differ say no more than the other files do.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::contents::tarball::Files;

/// Whether the list at `path` has one line for each file of its wheel, in any order, and no other line: a line more
/// could name a file that is taken away with the package.
pub(super) fn describes(wheel: &Files, path: &str) -> bool {
    let Some(text) = wheel.files.get(path).and_then(|file| std::str::from_utf8(&file.bytes).ok()) else {
        return false;
    };
    let mut lines: Vec<&str> =
        text.split_terminator('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    let line = |(name, file): (&String, &crate::contents::tarball::Raw)| {
        let name_field = field(name);
        if name == path {
            return format!("{name_field},,");
        }
        let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(&file.bytes));
        format!("{name_field},sha256={hash},{}", file.bytes.len())
    };
    let mut expected: Vec<String> = wheel.files.iter().map(line).collect();
    lines.sort_unstable();
    expected.sort_unstable();
    lines == expected
}

/// A field of CSV, in quotes where it must be (RFC 4180). No path holds a line end.
fn field(text: &str) -> String {
    if text.contains([',', '"']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}
