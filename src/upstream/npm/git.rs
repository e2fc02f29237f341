//! Dependencies from git, as `fetchNpmDeps` takes them: the forge's archive of a commit, unpacked and packed again.

use serde_json::Value;
use url::Url;

use crate::source::address;
use crate::source::repository::{Commit, Repository};

/// A commit of a repository that a lockfile names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitDependency {
    /// The forge's archive; the index of npm's cache is by it.
    pub url: Url,
    pub repository: Repository,
    pub commit: Commit,
    /// The package's name, for errors.
    pub name: String,
}

/// Scripts that npm runs in a git dependency before it packs it.
const SCRIPTS: [&str; 6] = ["postinstall", "build", "preinstall", "install", "prepack", "prepare"];

/// Reads an address of git. `None` where fetchNpmDeps refuses it, or where it names no commit in full.
pub fn dependency(url: &Url, name: &str) -> Option<GitDependency> {
    let parts: Vec<&str> = url.path_segments()?.filter(|part| !part.is_empty()).collect();
    let [owner, project, rest @ ..] = &parts[..] else { return None };
    let project = project.strip_suffix(".git").unwrap_or(project);
    let host = url.host_str()?;
    let reference = match (host, rest) {
        ("github.com", ["tree", reference]) => reference,
        (_, []) => url.fragment()?,
        _ => return None,
    };
    let commit: Commit = reference.to_owned().try_into().ok()?;
    let archive = match host {
        "github.com" => format!("https://codeload.github.com/{owner}/{project}/tar.gz/{reference}"),
        "bitbucket.org" => format!("https://bitbucket.org/{owner}/{project}/get/{reference}.tar.gz"),
        "git.sr.ht" => format!("https://git.sr.ht/{owner}/{project}/archive/{reference}.tar.gz"),
        _ => return None,
    };
    let repository = address::parse(&format!("https://{host}/{owner}/{project}")).ok()?.repository;
    Some(GitDependency { url: archive.parse().ok()?, repository, commit, name: name.to_owned() })
}

/// Whether npm installs what a git dependency needs, to run its scripts.
pub fn runs_scripts(manifest: &Value) -> bool {
    SCRIPTS.iter().any(|script| manifest["scripts"].get(script).is_some())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn addresses_of_archives() {
        let commit = "8ec55ffd840679eee9021eb6bb8adefe407818fb";
        let of = |text: &str| {
            let found = dependency(&text.replace('C', commit).parse().unwrap(), "a")?;
            assert_eq!(found.commit.to_string(), commit);
            Some(format!("{} {}", found.repository, found.url.as_str().replace(commit, "C")))
        };
        let github = "https://github.com/o/r https://codeload.github.com/o/r/tar.gz/C";
        for (url, expected) in [
            ("git+ssh://git@github.com/o/r.git#C", Some(github)),
            ("git+https://github.com/o/r#C", Some(github)),
            ("git://github.com/o/r/tree/C", Some(github)),
            (
                "git+ssh://git@bitbucket.org/o/r.git#C",
                Some("https://bitbucket.org/o/r https://bitbucket.org/o/r/get/C.tar.gz"),
            ),
            (
                "git+ssh://git@git.sr.ht/~o/r#C",
                Some("https://git.sr.ht/~o/r https://git.sr.ht/~o/r/archive/C.tar.gz"),
            ),
            ("git+ssh://git@gitlab.com/o/r.git#C", None),
            ("git+ssh://git@git.example.org/o/r.git#C", None),
            ("git+ssh://git@github.com/o/r.git#main", None),
            ("git+ssh://git@github.com/o/r.git", None),
            ("git+ssh://git@github.com/o/r/blob/C", None),
            ("git+ssh://git@github.com/r.git#C", None),
        ] {
            assert_eq!(of(url).as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn scripts_that_need_an_installation() {
        assert!(runs_scripts(&json!({ "scripts": { "prepare": "tsc" } })));
        assert!(!runs_scripts(&json!({ "scripts": { "test": "x" } })) && !runs_scripts(&json!({})));
    }
}
