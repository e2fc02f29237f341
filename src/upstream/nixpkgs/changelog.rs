//! `meta.changelog`: where a reader of an update looks.

use url::Url;

use super::source::Fetched;
use crate::source::fetcher::Function;
use crate::source::repository::Repository;
use crate::upstream::nix::expression::Nix;

/// Names of files that people keep, the usual first.
pub const FILES: [&str; 14] = [
    "CHANGELOG.md",
    "Changelog.md",
    "changelog.md",
    "CHANGELOG",
    "CHANGELOG.rst",
    "CHANGELOG.txt",
    "HISTORY.md",
    "HISTORY.rst",
    "CHANGES.md",
    "CHANGES.rst",
    "CHANGES.txt",
    "CHANGES",
    "NEWS.md",
    "NEWS.rst",
];

/// The address, where a tag names the version. `file` is a change log in the repository that speaks of the version.
pub fn changelog(fetched: &Fetched, file: Option<&str>) -> Option<Nix> {
    let tag = fetched.tag_in_url()?;
    let base = fetched.repository.0.parse::<Url>().ok()?;
    let base = base.as_str().trim_end_matches('/');
    let (before, behind) = match (Function::of(&fetched.repository), file) {
        (Function::FetchFromGitHub, Some(file)) => ("/blob/", format!("/{file}")),
        // A tag has such a page whether or not somebody wrote a release.
        (Function::FetchFromGitHub, None) => ("/releases/tag/", String::new()),
        (Function::FetchFromGitLab, Some(file)) => ("/-/blob/", format!("/{file}")),
        (Function::FetchFromGitea, Some(file)) => ("/src/tag/", format!("/{file}")),
        _ => return None,
    };
    Some(Nix::around(&format!("{base}{before}"), &tag, &behind))
}

/// The page that shows what is between two tags or commits, and that of the newer tag's release, where the forge has
/// them.
pub fn pages(repository: &Repository, old: &str, new: &str) -> Vec<(&'static str, String)> {
    let Repository(base) = repository;
    let (compare, release) = match Function::of(repository) {
        Function::FetchFromGitHub | Function::FetchFromGitea => ("/compare/", "/releases/tag/"),
        Function::FetchFromGitLab => ("/-/compare/", "/-/releases/"),
        _ => return Vec::new(),
    };
    let mut pages = vec![("Diff", format!("{base}{compare}{old}...{new}"))];
    if crate::hash::Digest::<20>::try_from(new.to_owned()).is_err() {
        pages.push(("Changelog", format!("{base}{release}{new}")));
    }
    pages
}

#[cfg(test)]
mod tests {
    use super::super::source::{At, Submodules};
    use super::*;
    use crate::hash::NarHash;

    #[test]
    fn pages_of_forges() {
        let of = |url: &str, file| {
            let at = At::Tag("v1".to_owned());
            let repository = Repository(url.to_owned());
            let fetched = Fetched {
                repository,
                at,
                hash: Ok(NarHash([1; 32])),
                is_cloned: false,
                submodules: Submodules::None,
                fixed_lock: None,
            };
            changelog(&fetched, file).map(|text| text.to_string()).unwrap_or_default()
        };
        let tag = "${finalAttrs.src.tag}";
        assert_eq!(
            of("https://github.com/o/r", None),
            format!("\"https://github.com/o/r/releases/tag/{tag}\"")
        );
        let file = Some("CHANGELOG.md");
        assert_eq!(
            of("https://github.com/o/r", file),
            format!("\"https://github.com/o/r/blob/{tag}/CHANGELOG.md\"")
        );
        assert_eq!(
            of("https://gitlab.com/o/r", file),
            format!("\"https://gitlab.com/o/r/-/blob/{tag}/CHANGELOG.md\"")
        );
        assert_eq!(
            of("https://codeberg.org/o/r", file),
            format!("\"https://codeberg.org/o/r/src/tag/{tag}/CHANGELOG.md\"")
        );
        assert_eq!(of("https://codeberg.org/o/r", None), "");
    }
}
