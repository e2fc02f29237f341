//! Which repositories a Python project's metadata names.
//!
//! Labels of project URLs are the publisher's own words; those that everybody uses are listed in PEP 753,
//! which also says how to compare them: without punctuation and white space, in lower case.

use crate::source::address::{self, Address};
use crate::source::claims::Claim;
use crate::source::resolution::Considered;

/// The addresses in core metadata, or in an index's release document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// Label and URL, in the order of the metadata.
    pub project_urls: Vec<(String, String)>,
    pub home_page: Option<String>,
    pub download_url: Option<String>,
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

/// The claims, strongest first and each repository once, and the addresses that were refused.
pub(super) fn claims(links: &Links) -> (Vec<Claim>, Vec<Considered>) {
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

    let mut claims: Vec<Claim> = Vec::new();
    let mut refused: Vec<Considered> = Vec::new();
    for (rank, from, url) in named {
        match address::parse(url) {
            // Only a label that says so makes an unknown host a repository.
            Ok(Address { known_forge: false, .. }) if rank > 0 => {}
            Ok(parsed) => {
                let directory = parsed.directory.filter(|_| rank < 2);
                let same = |claim: &&mut Claim| claim.repository.0.eq_ignore_ascii_case(&parsed.repository.0);
                match claims.iter_mut().find(same) {
                    Some(known) => known.directory = known.directory.take().or(directory),
                    None => claims.push(Claim { repository: parsed.repository, directory, from }),
                }
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
    (claims, refused)
}

#[cfg(test)]
mod tests {
    use super::*;

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
            download_url: None,
        };
        let (claims, refused) = claims(&links);
        let got: Vec<_> =
            claims.iter().map(|claim| (claim.repository.0.as_str(), claim.directory.as_deref())).collect();
        assert_eq!(
            got,
            [
                ("https://github.com/o/mono", Some("python/a")),
                ("https://git.example.org/a", None),
                ("https://github.com/o/home", None),
                ("https://github.com/o/tracker", None),
            ]
        );
        assert_eq!(refused, []);
    }
}
