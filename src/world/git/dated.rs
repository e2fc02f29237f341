//! When a commit was made, and which tags came before it.

use futures::FutureExt;

use super::address::Address;
use super::store::Purpose;
use super::{Git, once};
use crate::source::repository::{Commit, NoAnswer, Repository};

/// A commit in the history of its repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dated {
    /// `YYYY-MM-DD`, in UTC.
    pub day: String,
    /// Tags that lead to a commit before it, or to itself.
    pub before: Vec<String>,
}

impl Git {
    /// Where in the history a commit stands.
    ///
    /// # Errors
    /// A commit that no branch or tag leads to.
    pub async fn dated(&self, repository: &Repository, commit: Commit) -> Result<Dated, NoAnswer> {
        let address = self.address(repository).await?;
        if !self.is_contained(&address, commit, &super::ANY).await.unwrap_or(false) {
            let cell = once(&self.0.histories, repository);
            let ask = |at: Address| async move { self.ask_history(&at).await }.boxed();
            cell.get_or_init(|| self.following(&address, ask)).await.clone()?;
            if !self.is_contained(&address, commit, &super::ANY).await? {
                return Err(NoAnswer::NoCommit(format!("no branch or tag leads to {commit}")));
            }
        }
        let path = self.path(&address, Purpose::History);
        // Unlike `git show` it reads no tree, of which there is none.
        let mut show = self.command(Some(&path));
        show.env("TZ", "UTC").args([
            "rev-list",
            "--max-count=1",
            "--date=format-local:%Y-%m-%d",
            "--format=%cd",
        ]);
        let day = self.local(show.arg(commit.to_string()), &[]).await?.stdout;
        let mut list = self.command(Some(&path));
        list.args([
            "for-each-ref",
            &format!("--merged={commit}"),
            "--format=%(refname:strip=2)",
            "refs/tags",
        ]);
        let before = self.local(&mut list, &[]).await?.stdout;
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).trim().to_owned();
        let day = text(day).lines().next_back().unwrap_or_default().to_owned();
        Ok(Dated { day, before: text(before).lines().map(str::to_owned).collect() })
    }

    /// The newest commit of the branch that the host shows first.
    ///
    /// # Errors
    /// A repository that has none.
    pub async fn head(&self, repository: &Repository) -> Result<Commit, NoAnswer> {
        let address = self.address(repository).await?;
        let build = || {
            let mut ask = self.command(None);
            ask.args(["ls-remote", "--quiet", "--", &address.url, "HEAD"]);
            ask
        };
        let said = self.remote(&address, self.0.options.refs_timeout, build).await?.stdout;
        let said = String::from_utf8_lossy(&said);
        let commit = said.split_whitespace().next().and_then(|id| Commit::try_from(id.to_owned()).ok());
        commit.ok_or_else(|| NoAnswer::NoCommit("it has no HEAD".to_owned()))
    }
}
