//! What git would leave out of a repository, and what it does not know yet.

use std::path::Path;
use std::time::Duration;

use super::Git;
use crate::world::process::{self, Bounds};

/// For a question that no network answers.
const TIME: Duration = Duration::from_secs(20);

/// The longest list of what is untracked, in bytes.
const UNTRACKED: u64 = 1 << 20;

impl Git {
    /// Those of `paths` (relative to `folder`) that git ignores and does not track: by `.gitignore` files, by
    /// `.git/info/exclude`, or by the user's own list (gitignore(5)). None outside of a work tree, or where git does
    /// not say.
    pub async fn ignored<'a>(&self, folder: &Path, paths: impl Iterator<Item = &'a str>) -> Vec<String> {
        let input: Vec<u8> = paths.flat_map(|path| path.bytes().chain([0])).collect();
        if input.is_empty() {
            return Vec::new();
        }
        let mut ask = self.command(None);
        ask.arg("-C").arg(folder).args(["check-ignore", "-z", "--stdin"]);
        let bounds = Bounds { time: TIME, output: input.len() as u64 };
        match process::run_with(&mut ask, &input, bounds).await {
            Ok(said) if said.status.success() => listed(&said.stdout),
            _ => Vec::new(),
        }
    }

    /// Files and whole folders in `folder` that git neither tracks nor ignores, relative to it; those of folders with a slash
    /// at their end. None outside of a work tree, or where git does not say.
    pub async fn untracked(&self, folder: &Path) -> Vec<String> {
        let mut ask = self.command(None);
        ask.arg("-C").arg(folder).args(["ls-files", "--others", "--exclude-standard", "--directory", "-z"]);
        let bounds = Bounds { time: TIME, output: UNTRACKED };
        match process::run_with(&mut ask, &[], bounds).await {
            Ok(said) if said.status.success() => listed(&said.stdout),
            _ => Vec::new(),
        }
    }
}

/// The paths of a list that ends each with NUL.
fn listed(list: &[u8]) -> Vec<String> {
    let paths = list.split(|byte| *byte == 0).filter(|path| !path.is_empty());
    paths.map(|path| String::from_utf8_lossy(path).into_owned()).collect()
}
