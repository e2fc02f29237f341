//! What the C compiler makes of a text.

use std::path::Path;
use std::process::Command;

use super::project::output;

/// The file that it makes, in this folder and as bytes; libraries are looked for in the same folder.
#[track_caller]
pub fn compiled(folder: &Path, name: &str, source: &str, options: &[&str]) -> Vec<u8> {
    let (file, text) = (folder.join(name), folder.join(format!("{name}.c")));
    std::fs::write(&text, source).expect("writable");
    let mut gcc = Command::new("gcc");
    gcc.arg(&text).arg("-o").arg(&file).arg("-L").arg(folder).args(options);
    let run = output(&mut gcc);
    assert_eq!(run.code, 0, "{}", run.stderr);
    std::fs::read(file).expect("compiled")
}
