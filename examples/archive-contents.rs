//! What our reader sees in archives, for comparing it with unpackers (tests/differential): reads lines of a format
//! (`npm`, `sdist`, `wheel`) and a path, and prints a JSON line for each: its files with modes and SHA-256, what was
//! dropped, or why it is refused.

use std::io::BufRead;

use headwater::contents::Format;
use headwater::contents::tarball::{Limits, TarballError};
use serde_json::json;

#[allow(clippy::disallowed_methods, reason = "a program of its own")]
fn main() -> anyhow::Result<()> {
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let Some((format, path)) = line.split_once(' ') else { continue };
        let format = match format {
            "npm" => Format::Npm,
            "sdist" => Format::Sdist,
            _ => Format::Wheel,
        };
        let answer = match format.read(&std::fs::read(path)?, &Limits::default()) {
            Ok(unpacked) => {
                let files = unpacked.contents.files.iter();
                let files = files.map(|file| (file.path.clone(), json!([file.executable, file.sha256])));
                let dropped = unpacked.contents.dropped.iter().map(|link| link.path.clone());
                json!({
                    "files": files.collect::<serde_json::Map<_, _>>(),
                    "dropped": dropped.collect::<Vec<_>>(),
                })
            }
            Err(why) => {
                json!({ "refused": why.to_string(), "differs": matches!(why, TarballError::Differs(_)) })
            }
        };
        println!("{answer}");
    }
    Ok(())
}
