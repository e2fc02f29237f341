//! A checkout of the user's: where it was cloned from, and what is checked out.

use std::path::Path;

use super::Git;
use crate::source::repository::{Commit, NoAnswer};

/// What a folder is a checkout of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkingCopy {
    /// The address of the remote that its branch follows, or else of `origin`, as the user's settings have it.
    pub remote: String,
    pub commit: Commit,
    /// The folder within the repository; `""` for its root.
    pub folder: String,
    /// Whether files differ from the commit's.
    pub is_changed: bool,
}

impl Git {
    /// # Errors
    /// A folder that is no checkout, or that has no remote or no commit.
    pub async fn working_copy(&self, folder: &Path) -> Result<WorkingCopy, NoAnswer> {
        let no = |why: &str| NoAnswer::Failed(format!("{}: {why}", folder.display()));
        let ask = |arguments: &[&str]| {
            let mut command = self.command(None);
            command.current_dir(folder).args(["--no-optional-locks"]).args(arguments);
            async move {
                let said = self.local(&mut command, &[]).await?.stdout;
                Ok::<_, NoAnswer>(String::from_utf8_lossy(&said).trim_end().to_owned())
            }
        };
        let prefix =
            ask(&["rev-parse", "--show-prefix"]).await.map_err(|_| no("it is no checkout of git"))?;
        let commit = ask(&["rev-parse", "--verify", "HEAD"]).await.map_err(|_| no("it has no commit"))?;
        let commit = Commit::try_from(commit).map_err(|_| no("its commits are no SHA-1"))?;
        let remotes = ask(&["remote"]).await?;
        let branch = ask(&["symbolic-ref", "--short", "HEAD"]).await.unwrap_or_default();
        let followed = ask(&["config", "--get", &format!("branch.{branch}.remote")]).await.ok();
        let is_there = |name: &&str| remotes.lines().any(|line| line == *name);
        let remote = followed.as_deref().filter(is_there).or(Some("origin").filter(is_there));
        let remote = remote.or_else(|| remotes.lines().next()).ok_or_else(|| no("it has no remote"))?;
        let remote = ask(&["config", "--get", &format!("remote.{remote}.url")]).await;
        let changes = ask(&["status", "--porcelain", "--untracked-files=no"]).await?;
        Ok(WorkingCopy {
            remote: remote.map_err(|_| no("its remote has no address"))?,
            commit,
            folder: prefix.trim_matches('/').to_owned(),
            is_changed: !changes.is_empty(),
        })
    }
}
