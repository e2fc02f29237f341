//! Which repositories a package says it comes from.

use serde_json::Value;

use super::address::{self, Address};
use super::repository::{Commit, Repository};
use super::resolution::{Considered, GitHeadFrom};

/// A repository that the package names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) repository: Repository,
    /// `repository.directory`, or the folder of a `/tree/` address.
    pub(super) directory: Option<String>,
    /// Where it stood, in words.
    pub(super) from: String,
    pub(super) standing: Standing,
}

/// How a package names a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// As its source, or its home.
    Named,
    /// By a link for another end: its tracker, its changes.
    Linked,
    /// In its description, as one mentions others' work too.
    Mentioned,
}

/// Adds a claim. A repository that is claimed twice is one claim. Spelled in another case it is one more, to be
/// asked where the first is not there: most forges take both for the same.
pub(super) fn add(claims: &mut Vec<Claim>, claim: Claim) {
    let mut known = false;
    for same in claims.iter_mut().filter(|same| same.repository.0.eq_ignore_ascii_case(&claim.repository.0)) {
        same.directory = same.directory.take().or(claim.directory.clone());
        known |= same.repository == claim.repository;
    }
    if !known {
        claims.push(claim);
    }
}

/// Whether one of the repositories is this one, but for the case of its letters.
pub(super) fn is_among(repository: &Repository, known: &[Repository]) -> bool {
    known.iter().any(|known| known.0.eq_ignore_ascii_case(&repository.0))
}

/// The claims, strongest first and each repository once, and the addresses that were refused.
pub(super) fn claims(metadata: Option<&Value>, manifest: &Value) -> (Vec<Claim>, Vec<Considered>) {
    let none = Value::Null;
    let metadata = metadata.unwrap_or(&none);
    let named = [
        ("repository of the registry's metadata", repository(metadata), false),
        ("repository of the tarball's package.json", repository(manifest), false),
        ("homepage of the registry's metadata", text(&metadata["homepage"]), true),
        ("homepage of the tarball's package.json", text(&manifest["homepage"]), true),
        ("bugs of the registry's metadata", text(&metadata["bugs"]), true),
        ("bugs of the tarball's package.json", text(&manifest["bugs"]), true),
    ];
    let mut claims: Vec<Claim> = Vec::new();
    let mut refused: Vec<Considered> = Vec::new();
    for (from, named, only_forge) in named {
        let Some((address, directory)) = named else { continue };
        let parsed = address::parse(&address);
        if only_forge && !matches!(&parsed, Ok(Address { known_forge: true, .. })) {
            continue;
        }
        match parsed {
            Ok(parsed) => {
                let directory = directory.as_deref().and_then(address::folder).or(parsed.directory);
                let (from, standing) = (from.to_owned(), Standing::Named);
                add(&mut claims, Claim { repository: parsed.repository, directory, from, standing });
            }
            Err(why) => {
                let why = format!("the {from} {why}");
                if !refused.iter().any(|known| known.candidate == address) {
                    refused.push(Considered { candidate: address, kept: false, why });
                }
            }
        }
    }
    (claims, refused)
}

/// The repository that the package's own manifest names first: where to look before the registry is asked.
pub fn own_claim(manifest: &Value) -> Option<Repository> {
    claims(None, manifest).0.into_iter().next().map(|claim| claim.repository)
}

/// `repository`: a string, `{url, directory}`, or (in old packages) a list of these.
fn repository(document: &Value) -> Option<(String, Option<String>)> {
    let mut field = &document["repository"];
    if let Some(first) = field.as_array().and_then(|list| list.first()) {
        field = first;
    }
    text(field).map(|(url, _)| (url, field["directory"].as_str().map(str::to_owned)))
}

/// A string, or the `url` of an object.
fn text(field: &Value) -> Option<(String, Option<String>)> {
    let text = field.as_str().or_else(|| field["url"].as_str())?.trim();
    (!text.is_empty()).then(|| (text.to_owned(), None))
}

/// The gitHeads that are commit ids, the registry's first.
pub(super) fn git_heads(metadata: Option<&Value>, manifest: &Value) -> Vec<(GitHeadFrom, Commit)> {
    let named = [
        (GitHeadFrom::Registry, metadata.and_then(|metadata| metadata["gitHead"].as_str())),
        (GitHeadFrom::Manifest, manifest["gitHead"].as_str()),
    ];
    let commits =
        named.into_iter().filter_map(|(from, text)| Some((from, text?.to_owned().try_into().ok()?)));
    commits.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn metadata_first_and_each_repository_once() {
        let metadata = json!({"repository": {"url": "git+https://github.com/O/r.git"}, "homepage": "https://github.com/o/r#readme",
            "bugs": {"url": "https://github.com/o/other/issues"}});
        let manifest = json!({"repository": {"url": "github:o/r", "directory": "./packages/a"}});
        let (claims, refused) = claims(Some(&metadata), &manifest);
        assert_eq!(refused, []);
        let got: Vec<_> =
            claims.iter().map(|claim| (claim.repository.0.as_str(), claim.directory.as_deref())).collect();
        assert_eq!(
            got,
            [
                ("https://github.com/O/r", Some("packages/a")),
                ("https://github.com/o/r", Some("packages/a")),
                ("https://github.com/o/other", None)
            ]
        );
    }

    #[test]
    fn a_homepage_that_is_no_forge_is_no_claim() {
        let (claims, refused) = claims(None, &json!({"homepage": "https://example.org/docs"}));
        assert!(claims.is_empty() && refused.is_empty());
    }

    #[test]
    fn a_refused_address_is_told() {
        let (claims, refused) = claims(Some(&json!({"repository": "gist:abc"})), &json!({}));
        assert!(claims.is_empty());
        assert_eq!(
            refused[0].why,
            "the repository of the registry's metadata is a gist, which holds no releases"
        );
    }
}
