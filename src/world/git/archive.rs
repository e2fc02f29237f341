//! A commit as the archive that a forge would send.

use std::time::Duration;

use super::Git;
use super::store::Purpose;
use crate::source::repository::{Commit, NoAnswer, Repository};
use crate::world::process::{self, Bounds};

/// How far gzip may go: archives of npm packages are small.
const BOUNDS: Bounds = Bounds { time: Duration::from_secs(120), output: 512 << 20 };

impl Git {
    /// `git archive` of a commit below a folder, packed by the gzip of this machine. Another gzip may give other bytes:
    /// whoever takes them compares a hash.
    ///
    /// # Errors
    /// A commit that cannot be had, no gzip.
    pub async fn archive(
        &self,
        repository: &Repository,
        commit: Commit,
        folder: &str,
    ) -> Result<Vec<u8>, NoAnswer> {
        let address = self.address(repository).await?;
        let path = self.fetch(&address, Purpose::Files, commit, &[]).await?;
        let mut archive = self.command(Some(&path));
        archive.args(["archive", "--format=tar", &format!("--prefix={folder}/"), &commit.to_string()]);
        let tar = self.local(&mut archive, &[]).await?.stdout;
        let mut gzip = process::command("gzip");
        let packed = process::run_with(gzip.arg("-n"), &tar, BOUNDS).await;
        let packed = packed.map_err(|error| NoAnswer::Failed(error.to_string()))?;
        if packed.status.success() {
            Ok(packed.stdout)
        } else {
            Err(NoAnswer::Failed("gzip failed".to_owned()))
        }
    }
}
