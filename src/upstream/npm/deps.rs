//! What `fetchNpmDeps` of nixpkgs downloads for a lockfile (`pkgs/build-support/node/fetch-npm-deps`, read in
//! November 2026; fetcher version 1).

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use url::Url;

use super::git::{GitDependency, dependency};
use crate::hash::{Algorithm, Integrity};

/// One file of a registry that the lockfile names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tarball {
    /// As the lockfile has it; the index of npm's cache is by it.
    pub url: Url,
    pub integrity: Integrity,
    /// The package's name, for errors.
    pub name: String,
}

/// Why a lockfile has no `npmDepsHash`, or none that can be computed here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DepsError {
    #[error("is no JSON object: {0}")]
    Json(String),
    #[error("has lockfileVersion {0}: fetchNpmDeps reads 1, 2 and 3")]
    Version(String),
    #[error(
        "{name}: `integrity` {text:?} has a hash that fetchNpmDeps does not take (it takes sha1 and sha512)"
    )]
    Algorithm { name: String, text: String },
    #[error("{name}: has `resolved` and no `integrity`, which fetchNpmDeps refuses")]
    NoIntegrity { name: String },
    #[error(
        "{name}: is a git dependency ({url}), and fetchNpmDeps takes commits of GitHub, Bitbucket and sourcehut only"
    )]
    Git { name: String, url: String },
    #[error(
        "{name}: has neither `resolved` nor `link`, so that fetchNpmDeps leaves it out and `npm ci` wants it"
    )]
    NoAddress { name: String },
}

/// What a lockfile names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Downloads {
    /// Everything that is downloaded, by its address.
    pub tarballs: Vec<Tarball>,
    /// Commits of repositories, whose archives are packed again.
    pub git: Vec<GitDependency>,
    /// Packages without an address, which fetchNpmDeps leaves out: `npm ci` will miss them.
    pub lacking: Vec<String>,
    /// What keeps the hash from being computed.
    pub errors: Vec<DepsError>,
}

/// Reads a lockfile as fetchNpmDeps does.
///
/// # Errors
/// A file that is no lockfile of a known version.
pub fn tarballs(lock: &[u8]) -> Result<Downloads, DepsError> {
    let lock: Value = serde_json::from_slice(lock).map_err(|error| DepsError::Json(error.to_string()))?;
    let mut reader = Reader::default();
    match lock["lockfileVersion"].as_u64() {
        Some(1) => reader.old(&lock["dependencies"]),
        Some(2 | 3) => reader.packages(&lock["packages"]),
        _ => return Err(DepsError::Version(lock["lockfileVersion"].to_string())),
    }
    let Reader { tarballs, git, lacking, errors } = reader;
    let (tarballs, git) = (tarballs.into_values().collect(), git.into_values().collect());
    Ok(Downloads { tarballs, git, lacking, errors })
}

#[derive(Default)]
struct Reader {
    tarballs: BTreeMap<String, Tarball>,
    git: BTreeMap<String, GitDependency>,
    lacking: Vec<String>,
    errors: Vec<DepsError>,
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Map<String, Value>)> {
    value.as_object().into_iter().flatten().filter_map(|(key, entry)| Some((key, entry.as_object()?)))
}

impl Reader {
    fn packages(&mut self, packages: &Value) {
        for (location, entry) in entries(packages).filter(|(location, _)| !location.is_empty()) {
            let name = name_of(location, entry);
            match entry.get("resolved").and_then(Value::as_str).map(Url::parse) {
                Some(Ok(url)) => self.add(url, entry, name),
                // A link leads to a folder of the project; what is bundled comes in another tarball.
                Some(Err(_)) => {}
                None if is_local(location, entry) => {}
                None => self.lacking.push(name),
            }
        }
    }

    /// Of version 1: what is bundled is left out with all that is below it.
    fn old(&mut self, dependencies: &Value) {
        for (key, entry) in entries(dependencies) {
            if entry.get("bundled") == Some(&Value::Bool(true)) {
                continue;
            }
            let text = |field: &str| entry.get(field).and_then(Value::as_str);
            let version = text("version").and_then(|version| Url::parse(version).ok());
            let url = match version {
                Some(url) if url.scheme() == "npm" => None,
                Some(url) => Some(hosted(&url).unwrap_or(url)),
                None => None,
            };
            let url = url.or_else(|| Url::parse(text("resolved")?).ok());
            if let Some(url) = url {
                self.add(url, entry, key.clone());
            }
            self.old(entry.get("dependencies").unwrap_or(&Value::Null));
        }
    }

    fn add(&mut self, url: Url, entry: &Map<String, Value>, name: String) {
        if url.scheme() == "file" {
            return;
        }
        if matches!(url.scheme(), "git" | "git+ssh" | "git+https" | "git+http" | "ssh") {
            match dependency(&url, &name) {
                Some(one) => _ = self.git.insert(one.url.to_string(), one),
                None => {
                    let url = crate::secrets::hidden(url.as_str()).into_owned();
                    self.errors.push(DepsError::Git { name, url });
                }
            }
            return;
        }
        let Some(text) = entry.get("integrity").and_then(Value::as_str) else {
            self.errors.push(DepsError::NoIntegrity { name });
            return;
        };
        let taken = |algorithm| matches!(algorithm, Algorithm::Sha1 | Algorithm::Sha512);
        let integrity = match Integrity::strongest(text) {
            Some(integrity) if taken(integrity.algorithm) && is_known(text) => integrity,
            _ => return self.errors.push(DepsError::Algorithm { name, text: text.to_owned() }),
        };
        let tarball = Tarball { url, integrity, name };
        // The strongest of those that entries of one address have.
        match self.tarballs.get(tarball.url.as_str()) {
            Some(known) if known.integrity.algorithm >= tarball.integrity.algorithm => {}
            _ => _ = self.tarballs.insert(tarball.url.to_string(), tarball),
        }
    }
}

/// Whether all hashes of a list are of the two kinds.
fn is_known(list: &str) -> bool {
    list.split_ascii_whitespace().all(|one| one.starts_with("sha1-") || one.starts_with("sha512-"))
}

fn name_of(location: &str, entry: &Map<String, Value>) -> String {
    let alias = entry.get("name").and_then(Value::as_str);
    let last = location.rsplit_once("node_modules/").map_or(location, |(_, name)| name);
    let version = entry.get("version").and_then(Value::as_str).map(|version| format!("@{version}"));
    format!("{}{}", alias.unwrap_or(last), version.unwrap_or_default())
}

/// A folder of the project, a link to one, or a part of another tarball.
fn is_local(location: &str, entry: &Map<String, Value>) -> bool {
    let is = |field: &str| entry.get(field) == Some(&Value::Bool(true));
    let in_project = !location.split('/').any(|part| part == "node_modules");
    in_project || is("link") || is("inBundle") || is("extraneous") || entry.get("version").is_none()
}

/// `github:OWNER/NAME#COMMIT` as version 1 writes it, as an address of git.
fn hosted(url: &Url) -> Option<Url> {
    let host = match url.scheme() {
        "github" => "github.com",
        "gitlab" => "gitlab.com",
        "bitbucket" => "bitbucket.org",
        _ => return None,
    };
    let path = url.path().strip_suffix(".git").unwrap_or(url.path());
    let commit = url.fragment().map(|commit| format!("#{commit}")).unwrap_or_default();
    Url::parse(&format!("git+ssh://git@{host}/{path}.git{commit}")).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const STRONG: &str =
        "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==";
    const WEAK: &str = "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=";

    fn read(lock: &Value) -> (Vec<String>, Vec<String>) {
        let Downloads { tarballs, git, lacking, errors } = tarballs(lock.to_string().as_bytes()).unwrap();
        let git = git.iter().map(|one| format!("{} of git: {}", one.name, one.url));
        let errors = errors.iter().map(ToString::to_string).chain(lacking).chain(git).collect();
        let shown = |tarball: &Tarball| {
            let algorithm = tarball.integrity.algorithm.name();
            format!("{} {algorithm} {}", tarball.name, tarball.url)
        };
        (tarballs.iter().map(shown).collect(), errors)
    }

    #[test]
    fn what_versions_2_and_3_name() {
        let url = "https://r.example/a/-/a-1.0.0.tgz";
        let (found, errors) = read(&json!({ "lockfileVersion": 3, "packages": {
            "": { "name": "app", "version": "1.0.0" },
            "packages/x": { "name": "x", "version": "1.0.0" },
            "node_modules/x": { "resolved": "packages/x", "link": true },
            "node_modules/a": { "version": "1.0.0", "resolved": url, "integrity": WEAK },
            "node_modules/b/node_modules/a": { "version": "1.0.0", "resolved": url, "dev": true,
                "integrity": format!("{WEAK} {STRONG}") },
            "node_modules/c": { "name": "real", "version": "2.0.0", "resolved": "https://r.example/c c.tgz",
                "integrity": STRONG, "os": ["win32"] },
            "node_modules/d": { "version": "1.0.0", "inBundle": true },
            "node_modules/e": { "version": "1.0.0", "resolved": "file:e.tgz", "integrity": STRONG },
        } }));
        assert_eq!(
            found,
            [format!("a@1.0.0 sha512 {url}"), "real@2.0.0 sha512 https://r.example/c%20c.tgz".into()]
        );
        assert!(errors.is_empty(), "{errors:?}");
    }

    #[test]
    fn what_keeps_the_hash_from_being_computed() {
        let (found, errors) = read(&json!({ "lockfileVersion": 2, "packages": {
            "node_modules/a": { "version": "1.0.0" },
            "node_modules/b": { "version": "1.0.0", "resolved": "https://r.example/b.tgz" },
            "node_modules/c": { "version": "1.0.0", "resolved": "https://r.example/c.tgz",
                "integrity": format!("{STRONG} sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=") },
            "node_modules/d": { "version": "1.0.0", "resolved": "git+ssh://git@github.com/o/r.git#abc" },
        } }));
        assert!(found.is_empty());
        let expected = ["b@1.0.0: has `res", "c@1.0.0: `int", "d@1.0.0: is a git", "a@1.0.0"];
        // A branch may be another commit tomorrow.
        for (error, says) in errors.iter().zip(expected) {
            assert!(error.starts_with(says), "{error}");
        }
        assert_eq!(errors.len(), 4);
        assert!(tarballs(b"{}").is_err() && tarballs(b"[").is_err());
    }

    #[test]
    fn what_version_1_names() {
        let (found, errors) = read(&json!({ "lockfileVersion": 1, "dependencies": {
            "a": { "version": "1.0.0", "resolved": "https://r.example/a.tgz", "integrity": STRONG, "dependencies": {
                "b": { "version": "2.0.0", "resolved": "https://r.example/b.tgz", "integrity": WEAK },
            } },
            "c": { "version": "1.0.0", "bundled": true, "dependencies": {
                "d": { "version": "1.0.0", "resolved": "https://r.example/d.tgz", "integrity": WEAK },
            } },
            "e": { "version": "https://r.example/e.tgz", "integrity": STRONG },
            "f": { "version": "npm:g@1.0.0", "resolved": "https://r.example/g.tgz", "integrity": STRONG },
            "h": { "version": "github:o/r#8ec55ffd840679eee9021eb6bb8adefe407818fb" },
            "i": { "version": "gitlab:o/r#8ec55ffd840679eee9021eb6bb8adefe407818fb" },
        } }));
        let names: Vec<_> = found.iter().map(|one| one.rsplit_once('/').unwrap().1).collect();
        assert_eq!(names, ["a.tgz", "b.tgz", "e.tgz", "g.tgz"]);
        assert_eq!(errors.len(), 2, "{errors:?}");
        assert!(
            errors[0].starts_with("i: is a git dependency (git+ssh://git@gitlab.com/o/r.git#"),
            "{errors:?}"
        );
        let codeload = "https://codeload.github.com/o/r/tar.gz/8ec55ffd840679eee9021eb6bb8adefe407818fb";
        assert_eq!(errors[1], format!("h of git: {codeload}"));
    }
}
