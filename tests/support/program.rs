//! Programs that tests write and run.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Writes an executable file. A child does it: what this process has open for writing, the children of its other threads
/// inherit for a moment, and nobody can run a file that is open for writing (`ETXTBSY`).
pub fn write(path: &Path, text: &str) {
    let mut sh = Command::new("sh")
        .args(["-c", "cat > \"$1\" && chmod 755 \"$1\"", "sh"])
        .arg(path)
        .stdin(Stdio::piped())
        .spawn()
        .expect("sh");
    sh.stdin.take().expect("piped").write_all(text.as_bytes()).expect("it reads");
    assert!(sh.wait().expect("sh").success(), "{}", path.display());
}
