//! The forges whose addresses we can read and write.

use super::resolution::Source;

/// A kind of forge: it says how an address is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Forge {
    GitHub,
    GitLab,
    /// Forgejo and Gitea: Codeberg and others.
    Forgejo,
    Bitbucket,
    Sourcehut,
}

/// Where GitHub serves single files and archives of a repository, whose address begins the same way.
const GITHUB_FILES: [&str; 3] = ["raw.githubusercontent.com", "raw.github.com", "codeload.github.com"];

/// Pages of a forge itself, where an owner would stand.
const PAGES: [&str; 15] = [
    "sponsors",
    "orgs",
    "users",
    "apps",
    "marketplace",
    "topics",
    "features",
    "settings",
    "about",
    "explore",
    "login",
    "search",
    "collections",
    "notifications",
    "user-attachments",
];

/// What follows a project in GitLab's addresses, before `-` came between, and in those of today.
/// <https://docs.gitlab.com/user/reserved_names/>
const GITLAB_TAILS: [&str; 16] = [
    "-",
    "tree",
    "blob",
    "raw",
    "blame",
    "commits",
    "commit",
    "issues",
    "merge_requests",
    "wikis",
    "tags",
    "releases",
    "archive",
    "builds",
    "badges",
    "milestones",
];

impl Forge {
    /// npm's shorthand prefixes.
    pub(super) const SHORTHANDS: [(&'static str, &'static str); 5] = [
        ("github:", "github.com"),
        ("gitlab:", "gitlab.com"),
        ("bitbucket:", "bitbucket.org"),
        ("codeberg:", "codeberg.org"),
        ("sourcehut:", "git.sr.ht"),
    ];

    /// The forge of a host: by its name, or by what people call the hosts of their own (`gitlab.example.org`).
    pub(super) fn of_host(host: &str) -> Option<Self> {
        let host = Self::canonical_host(host);
        Some(match host.as_str() {
            "github.com" => Self::GitHub,
            "gitlab.com" | "invent.kde.org" => Self::GitLab,
            "codeberg.org" | "gitea.com" | "code.forgejo.org" | "git.disroot.org" => Self::Forgejo,
            "bitbucket.org" => Self::Bitbucket,
            "git.sr.ht" => Self::Sourcehut,
            host if host.starts_with("gitlab.") => Self::GitLab,
            host if host.starts_with("gitea.") || host.starts_with("forgejo.") => Self::Forgejo,
            _ => return None,
        })
    }

    /// The host under which the forge serves its repositories, of all the names that it has.
    pub(super) fn canonical_host(host: &str) -> String {
        let host = host.to_ascii_lowercase();
        if GITHUB_FILES.contains(&host.as_str()) || ["api.github.com", "ssh.github.com"].contains(&&*host) {
            return "github.com".to_owned();
        }
        for (other, own) in [("altssh.gitlab.com", "gitlab.com"), ("altssh.bitbucket.org", "bitbucket.org")] {
            if host == other {
                return own.to_owned();
            }
        }
        match host.strip_prefix("www.") {
            Some(own) if Self::of_host(own).is_some() => own.to_owned(),
            _ => host,
        }
    }

    /// The repository's path and the folder that a URL path names; `None` where it names no repository.
    /// `host` as it was written: some hold the same repositories under longer paths.
    pub(super) fn split(self, host: &str, path: &str) -> Option<(String, Option<String>)> {
        let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        if host == "api.github.com" {
            parts = parts.strip_prefix(&["repos"])?.to_vec();
        }
        // What follows `name.git` is no part of the name, on any forge.
        let dot_git = parts.iter().position(|part| part.ends_with(".git")).filter(|at| *at > 0);
        let end = match self {
            Self::GitLab => {
                let tail = parts.iter().skip(2).position(|part| GITLAB_TAILS.contains(part));
                let tail = tail.map_or(parts.len(), |at| at + 2);
                dot_git.map_or(tail, |at| tail.min(at + 1))
            }
            _ => 2,
        };
        let (own, tail) = parts.split_at_checked(end)?;
        let tail = tail.strip_prefix(&["-"]).unwrap_or(tail);
        if own.len() < 2 || !own.iter().copied().all(is_name) || PAGES.contains(&own[0]) {
            return None;
        }
        if self == Self::Sourcehut && !own[0].starts_with('~') {
            return None;
        }
        let mut own: Vec<&str> = own.to_vec();
        let last = own.pop()?;
        let last = last.strip_suffix(".git").unwrap_or(last);
        // Its wiki is another repository, and no source.
        let last = last.strip_suffix(".wiki").unwrap_or(last);
        if last.is_empty() {
            return None;
        }
        own.push(last);
        let folder = match (self, tail) {
            (Self::GitHub, _) if GITHUB_FILES.contains(&host) => Vec::new(),
            (Self::GitHub | Self::GitLab, ["tree", _, folder @ ..]) => folder.to_vec(),
            (Self::GitHub | Self::GitLab, ["blob", _, folder @ .., _]) => folder.to_vec(),
            (Self::Forgejo, ["src", "branch" | "tag" | "commit", _, folder @ ..]) => folder.to_vec(),
            (Self::Bitbucket, ["src", _, folder @ ..]) => folder.to_vec(),
            (Self::Sourcehut, ["tree", _, "item", folder @ ..]) => folder.to_vec(),
            _ => Vec::new(),
        };
        Some((own.join("/"), super::address::folder(&folder.join("/"))))
    }
}

/// What the web pages of a plain git host put behind a repository's own path (cgit, gitweb, gitiles), and the
/// folder that they name. The path begins with a slash; it is taken as it is where it looks like none of these.
pub(super) fn plain(host: &str, path: &str) -> (String, Option<String>) {
    let path = path.trim_end_matches('/');
    let (own, tail) = match path.find(".git/") {
        Some(at) => (&path[..at + 4], path[at + 5..].trim_start_matches("-/")),
        // Gitiles: `/project/+/ref/folder`; a GitLab whose host has another name: `/g/r/-/tree/ref/folder`.
        None => path.split_once("/+/").or_else(|| path.split_once("/-/")).unwrap_or((path, "")),
    };
    let parts: Vec<&str> = tail.split('/').collect();
    let folder = match parts[..] {
        // cgit: the ref is in the query.
        ["tree", ref folder @ ..] if path.contains(".git/") && !path.contains("/-/") => folder.join("/"),
        ["tree", _, ref folder @ ..] => folder.join("/"),
        _ => String::new(),
    };
    let mut own = own.trim_end_matches('/').to_owned();
    // Savannah shows them in one place and serves them in another.
    if host == "git.savannah.gnu.org" || host == "git.savannah.nongnu.org" {
        own = own.replacen("/cgit/", "/git/", 1);
    }
    (own, super::address::folder(&folder))
}

/// Hosts that hold no git repositories, and why an address there names none.
pub(super) fn holds_none(host: &str) -> Option<&'static str> {
    let is = |name: &str| host == name || host.ends_with(&format!(".{name}"));
    if host == "gist.github.com" || host == "gist.githubusercontent.com" {
        return Some("is a gist, which holds no releases");
    }
    if host == "hg.sr.ht" || host == "hg.mozilla.org" {
        return Some("is a Mercurial repository");
    }
    if host == "sr.ht" {
        return Some("is a project's page, not a repository");
    }
    // The repository of the same name is only a guess, and often another one.
    if ["github.io", "gitlab.io", "codeberg.page", "readthedocs.io", "readthedocs.org"].into_iter().any(is) {
        return Some("is a page made from some repository, and does not name it");
    }
    None
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
        Forge::Forgejo => format!("{repository}/src/commit/{commit}{folder}"),
        Forge::Bitbucket => format!("{repository}/src/{commit}{folder}"),
        Forge::Sourcehut if folder.is_empty() => format!("{repository}/tree/{commit}"),
        Forge::Sourcehut => format!("{repository}/tree/{commit}/item{folder}"),
    }
}
