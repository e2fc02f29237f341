//! The forges whose addresses we can read and write.

use super::resolution::Source;

/// A known forge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Forge {
    GitHub,
    GitLab,
    Codeberg,
    Bitbucket,
    Sourcehut,
}

impl Forge {
    /// npm's shorthand prefixes.
    pub(super) const SHORTHANDS: [(&'static str, &'static str); 5] = [
        ("github:", "github.com"),
        ("gitlab:", "gitlab.com"),
        ("bitbucket:", "bitbucket.org"),
        ("codeberg:", "codeberg.org"),
        ("sourcehut:", "git.sr.ht"),
    ];

    pub(super) fn of_host(host: &str) -> Option<Self> {
        Some(match host.to_ascii_lowercase().as_str() {
            "github.com" | "www.github.com" => Self::GitHub,
            "gitlab.com" | "www.gitlab.com" => Self::GitLab,
            "codeberg.org" => Self::Codeberg,
            "bitbucket.org" | "www.bitbucket.org" => Self::Bitbucket,
            "git.sr.ht" => Self::Sourcehut,
            _ => return None,
        })
    }

    pub(super) fn host(self) -> &'static str {
        match self {
            Self::GitHub => "github.com",
            Self::GitLab => "gitlab.com",
            Self::Codeberg => "codeberg.org",
            Self::Bitbucket => "bitbucket.org",
            Self::Sourcehut => "git.sr.ht",
        }
    }

    /// The repository's path and the folder that a URL path names; `None` where it names no repository.
    pub(super) fn split(self, path: &str) -> Option<(String, Option<String>)> {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let (own, tail): (&[&str], &[&str]) = match self {
            Self::GitLab => {
                let end = parts
                    .iter()
                    .skip(2)
                    .position(|part| ["-", "tree", "blob", "issues", "raw"].contains(part))
                    .map_or(parts.len(), |at| at + 2);
                let tail = &parts[end..];
                (&parts[..end], tail.strip_prefix(&["-"]).unwrap_or(tail))
            }
            _ => parts.split_at_checked(2)?,
        };
        if own.len() < 2 || !own.iter().copied().all(is_name) {
            return None;
        }
        // Pages of the forge itself, which people put into `homepage`.
        if ["sponsors", "orgs", "users", "apps", "marketplace", "topics"].contains(&own[0]) {
            return None;
        }
        let mut own: Vec<&str> = own.to_vec();
        let last = own.pop()?;
        let last = last.strip_suffix(".git").unwrap_or(last);
        if last.is_empty() {
            return None;
        }
        own.push(last);
        let folder = match (self, tail) {
            (Self::GitHub | Self::GitLab, ["tree", _, folder @ ..]) => folder,
            (Self::Codeberg, ["src", "branch" | "tag" | "commit", _, folder @ ..]) => folder,
            (Self::Bitbucket, ["src", _, folder @ ..]) => folder,
            (Self::Sourcehut, ["tree", _, "item", folder @ ..]) => folder,
            _ => &[],
        };
        Some((own.join("/"), super::address::folder(&folder.join("/"))))
    }
}

fn is_name(part: &str) -> bool {
    part != "."
        && part != ".."
        && !part.starts_with('-')
        && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.~".contains(c))
}

/// A page on which a person can see the commit's files; the repository's own address where the forge is
/// not known.
pub fn commit_url(source: &Source) -> String {
    let repository = &source.repository.0;
    let host =
        repository.strip_prefix("https://").and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let Some(forge) = Forge::of_host(host) else { return repository.clone() };
    let commit = source.commit;
    let folder = source.subdirectory.as_deref().map(|folder| format!("/{folder}")).unwrap_or_default();
    match forge {
        Forge::GitHub => format!("{repository}/tree/{commit}{folder}"),
        Forge::GitLab => format!("{repository}/-/tree/{commit}{folder}"),
        Forge::Codeberg => format!("{repository}/src/commit/{commit}{folder}"),
        Forge::Bitbucket => format!("{repository}/src/{commit}{folder}"),
        Forge::Sourcehut if folder.is_empty() => format!("{repository}/tree/{commit}"),
        Forge::Sourcehut => format!("{repository}/tree/{commit}/item{folder}"),
    }
}
