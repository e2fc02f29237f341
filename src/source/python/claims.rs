//! Which repositories a Python project's metadata names.
//!
//! Labels of project URLs are the publisher's own words; those that everybody uses are listed in PEP 753,
//! which also says how to compare them: without punctuation and white space, in lower case.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex_lite::Regex;

use crate::source::address::{self, Address};
use crate::source::claims::{Claim, Standing, add};
use crate::source::resolution::Considered;

/// The addresses in core metadata, or in an index's release document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// Label and URL, in the order of the metadata.
    pub project_urls: Vec<(String, String)>,
    pub home_page: Option<String>,
    pub download_url: Option<String>,
    /// The whole text, description included: where no field names a repository, what it mentions may.
    pub text: String,
}

/// Labels that say "here is the source".
const SOURCE: [&str; 22] = [
    "source",
    "repository",
    "sourcecode",
    "github",
    "code",
    "sources",
    "repo",
    "git",
    "gitlab",
    "codeberg",
    "sourcehut",
    "gitea",
    "forgejo",
    "bitbucket",
    "scm",
    "vcs",
    "githubrepository",
    "githubrepo",
    "sourcerepository",
    "gitrepository",
    "coderepository",
    "upstream",
];
const TRACKER: [&str; 10] = [
    "issues",
    "issue",
    "tracker",
    "bugs",
    "bug",
    "issuetracker",
    "bugtracker",
    "bugreports",
    "githubissues",
    "support",
];

/// Repositories taken from the description, at most.
const MENTIONED: usize = 3;
/// Repositories asked, at most: metadata can name any number.
const ASKED: usize = 8;

/// The claims, strongest first and each repository once, and the addresses that were refused.
pub(super) fn claims(name: &str, links: &Links) -> (Vec<Claim>, Vec<Considered>) {
    let mut named: Vec<(u8, String, &str)> = Vec::new();
    for (label, url) in &links.project_urls {
        let plain: String = label.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
        let rank = match plain.as_str() {
            plain if SOURCE.contains(&plain) => 0,
            "homepage" | "home" => 1,
            "download" | "downloads" => 2,
            plain if TRACKER.contains(&plain) => 4,
            _ => 3,
        };
        named.push((rank, format!("project URL {label:?}"), url));
    }
    named.extend(links.home_page.iter().map(|url| (1, "home page".to_owned(), url.as_str())));
    named.extend(links.download_url.iter().map(|url| (2, "download URL".to_owned(), url.as_str())));
    named.sort_by_key(|(rank, ..)| *rank);
    let mentioned = mentioned(name, &links.text);
    // A text mentions forks and others' work as well; a home page that is called after the owner of a repository is that
    // owner's.
    for url in &mentioned {
        let mut pages = links.home_page.iter().chain(links.project_urls.iter().map(|(_, url)| url));
        let (rank, from) = if pages.any(|page| is_called_after(page, url)) {
            (4, "a mention in the description, and the home page is called after its owner")
        } else {
            (5, "a mention in the description")
        };
        named.push((rank, from.to_owned(), url));
    }

    let mut claims: Vec<Claim> = Vec::new();
    let mut refused: Vec<Considered> = Vec::new();
    for (rank, from, url) in named {
        let standing = match rank {
            0..=2 => Standing::Named,
            3 | 4 => Standing::Linked,
            _ => Standing::Mentioned,
        };
        let page = page(url);
        match address::parse(page.as_deref().unwrap_or(url)) {
            // Only a label that says so makes an unknown host a repository.
            Ok(Address { known_forge: false, .. }) if rank > 0 => {}
            Ok(parsed) => {
                let directory = parsed.directory.filter(|_| rank < 2);
                add(&mut claims, Claim { repository: parsed.repository, directory, from, standing });
            }
            Err(_) if rank > 0 => {}
            Err(why) => {
                refused.push(Considered {
                    candidate: url.to_owned(),
                    kept: false,
                    why: format!("the {from} {why}"),
                });
            }
        }
    }
    claims.truncate(ASKED);
    (claims, refused)
}

/// Whether a page lies on a host that is called as the owner of a repository (`docopt.org`, `docopt/docopt`).
fn is_called_after(page: &str, repository: &str) -> bool {
    let Ok(page) = url::Url::parse(page.trim()) else { return false };
    let owner = repository.rsplit('/').nth(1).unwrap_or_default();
    let plain = |text: &str| text.to_lowercase().replace(['-', '_'], "");
    let mut labels: Vec<&str> = page.host_str().unwrap_or_default().split('.').collect();
    // The last one is a country's or a trade's.
    labels.pop();
    owner.len() > 3 && labels.iter().any(|label| plain(label) == plain(owner))
}

/// The repository that a project's page on a forge (`USER.github.io/NAME`) is served from.
fn page(url: &str) -> Option<String> {
    static PAGE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)^https?://([a-z0-9-]+)\.(github|gitlab)\.io/([\w.-]+)(?:[/?#]|$)").ok()
    });
    let found = PAGE.as_ref()?.captures(url.trim())?;
    Some(format!("https://{}.com/{}/{}", found[2].to_lowercase(), &found[1], &found[3]))
}

/// Repositories that a text mentions: those that are called as the project is, then those mentioned more than
/// once. A project's page on a forge (`USER.github.io/NAME`) is served from the repository of that name.
fn mentioned(name: &str, text: &str) -> Vec<String> {
    static ADDRESS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?i)\b(?:(github\.com|gitlab\.com|codeberg\.org|bitbucket\.org)/([\w.-]+)|([\w-]+)\.(github|gitlab)\.io)/([\w.-]+)",
        )
        .ok()
    });
    let plain = |text: &str| {
        let lower = text.to_lowercase();
        let text = lower.trim_start_matches("python-").trim_start_matches("py-").trim_end_matches("-python");
        text.chars().filter(|c| c.is_alphanumeric()).collect::<String>()
    };
    let mut found: BTreeMap<String, (bool, usize, usize)> = BTreeMap::new();
    for (at, address) in ADDRESS.iter().flat_map(|regex| regex.captures_iter(text)).enumerate() {
        let part = |at: usize| address.get(at).map_or("", |part| part.as_str());
        let base = part(5).trim_end_matches('.').trim_end_matches(".git");
        let (host, owner) = match part(1) {
            "" => (format!("{}.com", part(4).to_lowercase()), part(3)),
            host => (host.to_lowercase(), part(2)),
        };
        let known = found.entry(format!("https://{host}/{owner}/{base}")).or_insert((
            plain(base) == plain(name),
            0,
            at,
        ));
        known.1 += 1;
    }
    let mut found: Vec<_> = found.into_iter().filter(|(_, (same, times, _))| *same || *times > 1).collect();
    found.sort_by_key(|(_, (same, times, at))| (!same, Reverse(*times), *at));
    found.into_iter().take(MENTIONED).map(|(url, _)| url).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_mentions_repositories() {
        let text = "Home-page: http://u.github.io/mamba\n[x](https://github.com/o/Py-Mamba/actions), \
            https://github.com/other/dependency and https://GitHub.com/o/py-mamba.git.";
        assert_eq!(
            mentioned("mamba", text),
            ["https://github.com/u/mamba", "https://github.com/o/Py-Mamba", "https://github.com/o/py-mamba"]
        );
        assert!(mentioned("a", "see https://github.com/other/dependency").is_empty());
    }

    #[test]
    fn a_home_page_is_called_after_its_owner() {
        let repository = "https://github.com/docopt/docopt";
        for page in ["http://docopt.org", "https://www.Docopt.org/x", "https://docopt.readthedocs.io"] {
            assert!(is_called_after(page, repository), "{page}");
        }
        for page in
            ["https://example.docopt", "https://docopt-evil.org", "https://x.org/docopt", "docopt.org", ""]
        {
            assert!(!is_called_after(page, repository), "{page}");
        }
        assert!(is_called_after(
            "http://www.grantjenks.com/docs/x/",
            "https://github.com/grantjenks/python-x"
        ));
        assert!(
            !is_called_after("https://www.abc.com", "https://github.com/abc/x"),
            "too short to say anything"
        );
        let links = Links {
            home_page: Some("http://docopt.org".to_owned()),
            text: format!("See {repository} and https://github.com/someone/docopt."),
            ..Links::default()
        };
        let standings: Vec<_> = claims("docopt", &links).0.iter().map(|claim| claim.standing).collect();
        assert_eq!(standings, [Standing::Linked, Standing::Mentioned]);
    }

    #[test]
    fn the_label_decides_the_order() {
        let url = |label: &str, url: &str| (label.to_owned(), url.to_owned());
        let links = Links {
            project_urls: vec![
                url("Issue Tracker", "https://github.com/o/tracker/issues"),
                url("Documentation", "https://docs.example.org"),
                url("Homepage", "https://example.org/"),
                url("Source Code", "https://github.com/o/mono/tree/main/python/a"),
                url("Changes", "https://github.com/O/Mono/blob/main/CHANGES.md"),
                url("Repository", "https://git.example.org/a"),
            ],
            home_page: Some("https://github.com/o/home".to_owned()),
            ..Links::default()
        };
        let (claims, refused) = claims("a", &links);
        let got: Vec<_> =
            claims.iter().map(|claim| (claim.repository.0.as_str(), claim.directory.as_deref())).collect();
        assert_eq!(
            got,
            [
                ("https://github.com/o/mono", Some("python/a")),
                ("https://git.example.org/a", None),
                ("https://github.com/o/home", None),
                ("https://github.com/O/Mono", None),
                ("https://github.com/o/tracker", None),
            ]
        );
        assert_eq!(refused, []);
    }
}
