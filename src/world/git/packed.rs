//! A commit as `fetchNpmDeps` of nixpkgs packs it: a forge's archive, unpacked and packed again by GNU tar and gzip.

use std::time::Duration;

use super::Git;
use crate::source::repository::{Commit, NoAnswer, Repository};
use crate::world::disk;
use crate::world::process::{self, Bounds};

/// How far tar and gzip may go.
const BOUNDS: Bounds = Bounds { time: Duration::from_secs(120), output: 512 << 20 };
/// What is packed.
const FOLDER: &str = "package";
/// How it is packed. Builders have the umask 022; `X` is for folders and for what anybody may run.
const PACK: [&str; 10] = [
    "--sort=name",
    "--mtime=@0",
    "--owner=0",
    "--group=0",
    "--numeric-owner",
    "--format=gnu",
    "--mode=u=rwX,go=rX",
    "-I",
    "gzip -n -9",
    "--create",
];
/// Largest package.json and package-lock.json that are read, in bytes.
const LARGEST: u64 = 64 << 20;

/// A packed commit, and what npm reads of it.
pub struct Packed {
    pub tarball: Vec<u8>,
    pub manifest: Option<String>,
    pub lock: Option<String>,
}

impl Git {
    /// The tarball that fetchNpmDeps makes of a commit. Its bytes are those of GNU tar and of gzip, whatever the version.
    ///
    /// # Errors
    /// A commit that cannot be had, or whose archive takes more than the commit; another tar than GNU's, no gzip.
    pub async fn packed(&self, repository: &Repository, commit: Commit) -> Result<Packed, NoAnswer> {
        let archive = self.known_archive(repository, commit).await?.ok_or_else(|| {
            NoAnswer::Failed("what the forge's archive holds is more than the commit says".to_owned())
        })?;
        let place = tempfile::Builder::new().prefix("headwater-").tempdir();
        let place = place.map_err(|error| NoAnswer::Failed(error.to_string()))?;
        let at = place.path();
        tar(&["--version"], &[], |said| said.starts_with(b"tar (GNU tar)")).await?;
        let folder = at.to_string_lossy();
        tar(&["--extract", "-C", &folder, &format!("--one-top-level={FOLDER}")], &archive, |_| true).await?;
        let pack = [&PACK[..], &["-C", &folder, FOLDER]].concat();
        let tarball = tar(&pack, &[], |_| true).await?;
        let read = |name: &str| {
            let path = format!("{FOLDER}/{name}");
            disk::read_text_in_if_there(at, &path, LARGEST)
                .map_err(|error| NoAnswer::Failed(error.to_string()))
        };
        Ok(Packed { tarball, manifest: read("package.json")?, lock: read("package-lock.json")? })
    }
}

/// What tar gives, if it is the one that is wanted.
async fn tar(arguments: &[&str], input: &[u8], is_wanted: fn(&[u8]) -> bool) -> Result<Vec<u8>, NoAnswer> {
    let mut tar = process::command("tar");
    let output = process::run_with(tar.args(arguments), input, BOUNDS).await;
    let output = output.map_err(|error| NoAnswer::Failed(error.to_string()))?;
    if output.status.success() && is_wanted(&output.stdout) {
        Ok(output.stdout)
    } else {
        Err(NoAnswer::Failed("it takes GNU tar to pack it, and gzip".to_owned()))
    }
}
