//! Which commits of a branch hold given files: read from the trees of its history, without a blob.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use futures::FutureExt;

use super::address::Address;
use super::parse::Logged;
use super::store::Purpose;
use super::{Git, parse};
use crate::hash::Digest;
use crate::source::Span;
use crate::source::repository::{NoAnswer, Repository};

/// Commits whose times are asked for, at most.
const DATED: usize = 32;

impl Git {
    /// The commits of a branch that hold the most of the files.
    pub(super) async fn commits_that_hold(
        &self,
        repository: &Repository,
        branch: &str,
        files: &[(String, Digest<20>)],
    ) -> Result<Option<Span>, NoAnswer> {
        let address = self.address(repository).await?;
        let ask = |address: Address| async move { self.ask_line(&address, branch).await }.boxed();
        let path = self.following(&address, ask).await?;
        let mut log = self.command(Some(&path));
        log.args(["log", "--first-parent", "--reverse", "--raw", "--no-abbrev", "--no-renames", "-z"]);
        log.args(["--root", "--format=commit %H", &format!("refs/heads/{branch}"), "--"]);
        let Some((mut span, holders)) = span(&self.local(&mut log, &[]).await?.stdout, files)? else {
            return Ok(None);
        };
        if (2..=DATED).contains(&holders.len()) {
            let mut show = self.command(Some(&path));
            show.args(["show", "--no-patch", "--format=%ct"]).args(holders.iter().map(ToString::to_string));
            let said = self.local(&mut show, &[]).await?;
            let times = String::from_utf8_lossy(&said.stdout).into_owned();
            let times = times.lines().map_while(|line| line.trim().parse::<i64>().ok());
            span.dated = holders.into_iter().zip(times).collect();
        }
        Ok(Some(span))
    }

    /// Fetches the commits of a branch with their trees.
    async fn ask_line(&self, address: &Address, branch: &str) -> Result<PathBuf, NoAnswer> {
        let held = self.hold(address, Purpose::Line).await?;
        let build = || {
            let mut fetch = self.command(Some(&held.path));
            fetch.args(["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--filter=blob:none"]);
            fetch.args(["--", "origin", &format!("+refs/heads/{branch}:refs/heads/{branch}")]);
            fetch
        };
        let said = self.remote_into(address, &held.path, build).await?;
        self.note_filter(address, &said.stderr);
        Ok(held.path)
    }
}

/// Reads a log of the branch, oldest first ([`parse::log`]): the span, and each of its commits.
fn span(log: &[u8], files: &[(String, Digest<20>)]) -> Result<Option<(Span, Vec<Digest<20>>)>, NoAnswer> {
    let mut wanted: HashMap<&[u8], Vec<String>> = HashMap::new();
    for (path, blob) in files {
        wanted.entry(path.as_bytes()).or_default().push(blob.to_string());
    }
    let mut holds: HashSet<&[u8]> = HashSet::new();
    let mut best: Option<(Span, Vec<Digest<20>>)> = None;
    let mut commit = None;
    let mut close = |commit: Option<Digest<20>>, held: usize| {
        let Some(commit) = commit else { return };
        match &mut best {
            Some((span, holders)) if span.files == held => {
                span.commits += 1;
                holders.push(commit);
            }
            Some((span, _)) if held < span.files => {}
            _ if held > 0 => {
                let span = Span { first: commit, commits: 1, files: held, dated: Vec::new() };
                best = Some((span, vec![commit]));
            }
            _ => {}
        }
    };
    for logged in parse::log(log) {
        match logged? {
            Logged::Commit(id) => {
                close(commit, holds.len());
                commit = Some(id);
            }
            Logged::Change { after, path, .. } => {
                let Some((path, blobs)) = wanted.get_key_value(path) else { continue };
                if blobs.iter().any(|blob| blob == after) {
                    holds.insert(path);
                } else {
                    holds.remove(path);
                }
            }
        }
    }
    close(commit, holds.len());
    Ok(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_of_the_commits_that_hold_the_most() {
        let id = |c: char| c.to_string().repeat(40);
        let change = |before: char, after: char, path: &str| {
            format!(":100644 100644 {} {} M\0{path}\0", id(before), id(after))
        };
        let log = [
            format!("commit {}\0\n{}", id('1'), change('0', 'a', "x")),
            format!("commit {}\0\n{}{}", id('2'), change('0', 'b', "y"), change('0', 'c', "z")),
            format!("commit {}\0", id('3')),
            format!("commit {}\0\n{}", id('4'), change('b', 'd', "y")),
            format!("commit {}\0\n{}", id('5'), change('d', 'b', "y")),
        ]
        .concat();
        let digest = |c: char| Digest::try_from(id(c)).unwrap();
        let files = [("x".to_owned(), digest('a')), ("y".to_owned(), digest('b'))];
        let (found, holders) = span(log.as_bytes(), &files).unwrap().unwrap();
        assert_eq!(found, Span { first: digest('2'), commits: 3, files: 2, dated: Vec::new() });
        // The last one, which takes a change back, holds them as well.
        assert_eq!(holders, [digest('2'), digest('3'), digest('5')]);
        // Either content of a file will do.
        let either = [files[0].clone(), files[1].clone(), ("y".to_owned(), digest('d'))];
        assert_eq!(span(log.as_bytes(), &either).unwrap().unwrap().0.commits, 4);
        assert_eq!(span(log.as_bytes(), &[("q".to_owned(), digest('a'))]).unwrap(), None);
    }
}
