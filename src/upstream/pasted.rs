//! Addresses of repositories as people copy them out of a browser or a terminal: with the tag, the commit or the branch
//! that they look at, and the folder.

use percent_encoding::percent_decode_str;
use url::Url;

use super::releases;
use crate::source::address;
use crate::source::repository::{Commit, Refs, Repository};

/// A repository, and what of it is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pasted {
    pub repository: Repository,
    reference: Reference,
    folder: Option<String>,
}

/// What names a commit, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Reference {
    /// Nothing.
    Newest,
    /// A tag, a branch or a commit.
    Name(String),
    /// A tag, a branch or a commit, and behind it a folder: which is which only the repository knows, as both may have
    /// slashes.
    Path(Vec<String>),
}

/// What is meant, once the repository was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meant {
    pub commit: Commit,
    /// A tag that is this commit.
    pub tag: Option<String>,
    /// The folder; `""` for the root.
    pub folder: String,
}

/// Endings of archives.
const ARCHIVES: [&str; 4] = [".tar.gz", ".tar.bz2", ".tgz", ".zip"];

impl Pasted {
    /// # Errors
    /// A sentence without its subject: why it is no address.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (url, name) = text.split_once('#').map_or((text, None), |(url, name)| (url, Some(name)));
        let url = url.split('?').next().unwrap_or(url);
        let address = address::parse(url).map_err(|why| why.to_string())?;
        let tail = tail(url, &address.repository);
        let tail: Vec<&str> = tail.iter().map(String::as_str).collect();
        let reference = reference(&tail);
        let (reference, folder) = match name.filter(|name| !name.is_empty() && *name != "readme") {
            Some(name) => (Reference::Name(decoded(name)), address.directory),
            None => (reference, None),
        };
        Ok(Self { repository: address.repository, reference, folder })
    }

    /// What is meant, by the repository's tags and branches.
    ///
    /// # Errors
    /// A sentence: what the repository does not have.
    pub fn meant(&self, refs: &Refs) -> Result<Meant, String> {
        let folder = self.folder.clone().unwrap_or_default();
        match &self.reference {
            Reference::Newest => {
                let tag =
                    newest(refs).ok_or("no tag of it is the version of a release: say which (URL#TAG)")?;
                of_name(tag, refs)
                    .map(|(commit, tag)| Meant { commit, tag, folder })
                    .ok_or_else(|| absent(tag))
            }
            Reference::Name(name) => {
                let found = of_name(name, refs).ok_or_else(|| absent(name))?;
                Ok(Meant { commit: found.0, tag: found.1, folder })
            }
            Reference::Path(parts) => {
                let longest = (1..=parts.len()).rev().find_map(|end| {
                    let (commit, tag) = of_name(&parts[..end].join("/"), refs)?;
                    Some(Meant { commit, tag, folder: parts[end..].join("/") })
                });
                longest.ok_or_else(|| absent(&parts.join("/")))
            }
        }
    }
}

fn absent(name: &str) -> String {
    format!("the repository has no tag, branch or full commit {name}")
}

/// A tag before a branch, as git has it, and a commit of 40 digits; one that a tag names has that tag.
fn of_name(name: &str, refs: &Refs) -> Option<(Commit, Option<String>)> {
    if let Some(commit) = refs.tags.get(name) {
        return Some((*commit, Some(name.to_owned())));
    }
    let commit = refs.heads.get(name).copied().or_else(|| Commit::try_from(name.to_owned()).ok())?;
    let tags = refs.tags.iter().filter(|(_, tagged)| **tagged == commit);
    let mut releases: Vec<_> = tags.filter_map(|(tag, _)| Some((releases::of_tag(tag)?, tag))).collect();
    releases.sort();
    // The one that says most: of `v1` and `v1.2.3` the latter. Tags of two packages say nothing of either.
    let (version, tag) = releases.pop().map_or((Vec::new(), None), |(version, tag)| (version, Some(tag)));
    let is_one = releases.iter().all(|(other, _)| version.starts_with(other));
    Some((commit, tag.filter(|_| is_one).cloned()))
}

/// The newest tag that is a version and nothing else.
fn newest(refs: &Refs) -> Option<&str> {
    let of = |tag| releases::newest(refs.tags.keys(), tag, "0").map(|(tag, _)| tag);
    of("v0").or_else(|| of("0"))
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The parts of the path behind the repository's own.
fn tail(url: &str, repository: &Repository) -> Vec<String> {
    let url = url.strip_prefix("git+").unwrap_or(url);
    let path =
        |url: &str| Url::parse(url).map(|url| url.path().trim_matches('/').to_owned()).unwrap_or_default();
    let (whole, own) = (path(url), path(&repository.0));
    let behind =
        whole.strip_prefix(&own).map(|rest| rest.strip_prefix(".git").unwrap_or(rest)).unwrap_or_default();
    behind.split('/').filter(|part| !part.is_empty() && *part != "-").map(decoded).collect()
}

/// What the pages of forges name.
fn reference(tail: &[&str]) -> Reference {
    let all = |parts: &[&str]| parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>();
    let name = |parts: &[&str]| match parts {
        [] | ["latest"] => Reference::Newest,
        parts => Reference::Name(parts.join("/")),
    };
    match tail {
        // Sourcehut: the folder has a word of its own before it.
        ["tree", reference @ .., "item"] => name(reference),
        ["tree", reference, "item", folder @ ..] => {
            Reference::Path([&all(&[reference])[..], &all(folder)].concat())
        }
        ["tree" | "commits", rest @ ..] | ["src", "tag" | "branch" | "commit", rest @ ..] => {
            Reference::Path(all(rest))
        }
        // Of a file the folder is meant.
        ["blob" | "raw" | "blame", rest @ .., _] => Reference::Path(all(rest)),
        ["releases", "tag" | "edit" | "download", rest @ ..]
        | ["releases" | "tags" | "refs" | "commit", rest @ ..] => name(rest),
        ["archive", "refs", "tags" | "heads", rest @ ..] | ["archive", rest @ ..] => {
            let mut parts = all(rest);
            // GitLab: `archive/TAG/NAME-TAG.tar.gz`
            if parts.len() > 1
                && parts.last().is_some_and(|last| last.contains(&parts[..parts.len() - 1].join("-")))
            {
                parts.pop();
            } else if let Some(last) = parts.last_mut() {
                let end = ARCHIVES.iter().find(|end| last.ends_with(*end)).map_or(0, |end| end.len());
                last.truncate(last.len() - end);
            }
            name(&parts.iter().map(String::as_str).collect::<Vec<_>>())
        }
        _ => Reference::Newest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Digest;

    fn refs() -> Refs {
        let named = |names: &[(&str, u8)]| {
            names.iter().map(|(name, id)| ((*name).to_owned(), Digest([*id; 20]))).collect()
        };
        Refs {
            tags: named(&[
                ("v1.2.0", 1),
                ("v1.10.0", 2),
                ("v1", 2),
                ("cli/v3", 3),
                ("@s/x@1.0.0", 4),
                ("v2.0.0-rc", 5),
                ("nightly-2026-01-02", 2),
                ("a@1.0.0", 7),
                ("b@2.0.0", 7),
            ]),
            heads: named(&[("main", 9), ("feature/a", 8)]),
            moved: None,
        }
    }

    #[test]
    fn whatever_is_pasted() {
        let commit = "06".repeat(20);
        for (text, id, tag, folder) in [
            ("https://github.com/o/r", 2, "v1.10.0", ""),
            ("https://github.com/o/r.git", 2, "v1.10.0", ""),
            ("git@github.com:o/r.git", 2, "v1.10.0", ""),
            ("git@github.com:o/r.git#v1.2.0", 1, "v1.2.0", ""),
            ("git+https://github.com/o/r.git#v1.2.0", 1, "v1.2.0", ""),
            ("git+ssh://git@github.com/o/r.git#v1.2.0", 1, "v1.2.0", ""),
            ("ssh://git@github.com/o/r#v1.2.0", 1, "v1.2.0", ""),
            ("https://github.com/o/r?tab=readme-ov-file#readme", 2, "v1.10.0", ""),
            ("https://github.com/o/r/tree/v1.2.0", 1, "v1.2.0", ""),
            ("https://github.com/o/r/tree/v1.2.0/packages/a/", 1, "v1.2.0", "packages/a"),
            ("https://github.com/o/r/tree/cli/v3/packages/a", 3, "cli/v3", "packages/a"),
            ("https://github.com/o/r/tree/HEAD/packages/a#v1.2.0", 1, "v1.2.0", "packages/a"),
            ("https://github.com/o/r/tree/feature/a/b", 8, "", "b"),
            ("https://github.com/o/r/blob/main/packages/a/package.json", 9, "", "packages/a"),
            ("https://github.com/o/r/releases/tag/v1.2.0", 1, "v1.2.0", ""),
            ("https://github.com/o/r/releases/tag/%40s%2Fx%401.0.0", 4, "@s/x@1.0.0", ""),
            ("https://github.com/o/r/releases/latest", 2, "v1.10.0", ""),
            ("https://github.com/o/r/archive/refs/tags/v1.2.0.tar.gz", 1, "v1.2.0", ""),
            ("https://github.com/o/r/archive/v1.2.0.zip", 1, "v1.2.0", ""),
            ("https://gitlab.com/g/s/r/-/tree/v1.2.0/a", 1, "v1.2.0", "a"),
            ("https://gitlab.com/g/s/r/-/releases/v1.2.0", 1, "v1.2.0", ""),
            ("https://gitlab.com/g/s/r/-/tags/v1.2.0", 1, "v1.2.0", ""),
            ("https://gitlab.com/g/s/r/-/archive/v1.2.0/r-v1.2.0.tar.gz", 1, "v1.2.0", ""),
            ("https://codeberg.org/o/r/src/tag/v1.2.0/a", 1, "v1.2.0", "a"),
            ("https://codeberg.org/o/r/src/branch/main", 9, "", ""),
            ("https://codeberg.org/o/r/releases/tag/v1.2.0", 1, "v1.2.0", ""),
            ("https://git.sr.ht/~o/r/tree/v1.2.0", 1, "v1.2.0", ""),
            ("https://git.sr.ht/~o/r/tree/v1.2.0/item/a/b", 1, "v1.2.0", "a/b"),
            ("https://git.sr.ht/~o/r/refs/v1.2.0", 1, "v1.2.0", ""),
            // A commit that a tag names is that tag's release.
            (&format!("https://github.com/o/r#{}", "02".repeat(20)), 2, "v1.10.0", ""),
            (&format!("https://github.com/o/r#{commit}"), 6, "", ""),
            (&format!("https://github.com/o/r#{}", "07".repeat(20)), 7, "", ""),
            (&format!("https://github.com/o/r/commit/{commit}"), 6, "", ""),
            (&format!("https://gitlab.com/o/r/-/commit/{commit}"), 6, "", ""),
            (&format!("https://github.com/o/r/tree/{commit}/a"), 6, "", "a"),
        ] {
            let pasted = Pasted::parse(text).unwrap_or_else(|why| panic!("{text}: {why}"));
            let meant = pasted.meant(&refs()).unwrap_or_else(|why| panic!("{text}: {why}"));
            let tag = Some(tag.to_owned()).filter(|tag| !tag.is_empty());
            assert_eq!(meant, Meant { commit: Digest([id; 20]), tag, folder: folder.to_owned() }, "{text}");
        }
    }

    #[test]
    fn what_is_not_there() {
        for (text, says) in [
            ("https://github.com/o/r#v9", "no tag, branch or full commit v9"),
            ("https://github.com/o/r#0606060", "no tag, branch or full commit 0606060"),
            ("https://github.com/o/r/tree/none/a", "none/a"),
        ] {
            assert!(Pasted::parse(text).unwrap().meant(&refs()).unwrap_err().contains(says), "{text}");
        }
        assert!(Pasted::parse("https://github.com/o/r").unwrap().meant(&Refs::default()).is_err());
        assert!(Pasted::parse("https://localhost/o/r").is_err() && Pasted::parse("file:///o/r").is_err());
    }
}
