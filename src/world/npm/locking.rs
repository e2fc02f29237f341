//! A lockfile where a repository has none: npm makes it, from the package.json files alone. No code of a package runs.

use std::collections::BTreeMap;
use std::path::{Component, Path};
use std::process::Output;
use std::time::Duration;

use sha2::{Digest, Sha256};
use url::Url;

use super::{Npm, NpmError};
use crate::printable::printable;
use crate::world::cache::Kind;
use crate::world::git::may_pass;
use crate::world::process::{self, ProcessError};

/// How long npm may take.
const PATIENCE: Duration = Duration::from_secs(600);
/// For how long the newest versions are the newest.
const NEWEST: Duration = Duration::from_secs(3600);
/// Lines of npm's complaint that are shown.
const SHOWN: usize = 4;
/// How npm begins the line that names the kind of fault, and that of its own log file.
const CODE: &str = "code ";
const LOG: &str = "A complete log of this run";
/// The kinds that a network or a busy registry makes (besides `E429` and `E5..`): they may pass.
const NETWORK: [&str; 9] = [
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ECONNRESET",
    "ENETUNREACH",
    "EHOSTUNREACH",
    "ETIMEDOUT",
    "ERR_SOCKET_TIMEOUT",
    "FETCH_ERROR",
];

/// Why there is no lockfile.
#[derive(Debug, thiserror::Error)]
pub enum LockingError {
    #[error("npm says: {0}")]
    Refused(String),
    #[error("npm has no answer from the registry: {0}")]
    Unreachable(String),
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error(transparent)]
    Registry(#[from] NpmError),
    #[error("a folder for it cannot be written: {0}")]
    Folder(#[from] std::io::Error),
    #[error("its path {0:?} leads out of the project")]
    Path(String),
}

impl LockingError {
    /// Whether the next run may get an answer.
    pub fn is_network(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Process(ProcessError::Timeout { .. }) => true,
            Self::Registry(error) => error.is_network(),
            _ => false,
        }
    }
}

impl Npm {
    /// The lockfile of a project that consists of these package.json files (by path; the root's is `package.json`).
    /// Addresses in it are of npm's default registry, as everybody else's, whichever registry was asked.
    ///
    /// # Errors
    /// An npm that is not there or refuses.
    pub async fn lock(&self, manifests: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, LockingError> {
        self.lock_as_of(manifests, None).await
    }

    /// The same of versions that were there on a day (`YYYY-MM-DD`), as npm's `before` has it. npm is not asked twice.
    ///
    /// # Errors
    /// As for [`Npm::lock`]; a registry that says nothing of that day.
    pub async fn lock_as_of(
        &self,
        manifests: &BTreeMap<String, Vec<u8>>,
        day: Option<&str>,
    ) -> Result<Vec<u8>, LockingError> {
        let registry = self.unscoped_registry().await?;
        let key = key(manifests, &registry, day);
        let known = match day {
            Some(_) => self.0.cache.get(Kind::Lockfile, &key),
            None => self.0.cache.get_younger(Kind::Lockfile, &key, NEWEST),
        };
        if let Some(lock) = known {
            return Ok(lock);
        }
        let lock = self.made(manifests, &registry, day).await?;
        self.0.cache.put(Kind::Lockfile, &key, &lock);
        Ok(lock)
    }

    async fn made(
        &self,
        manifests: &BTreeMap<String, Vec<u8>>,
        registry: &Url,
        day: Option<&str>,
    ) -> Result<Vec<u8>, LockingError> {
        let folder = laid_out(manifests)?;
        let mut command = process::command(self.program());
        command.current_dir(folder.path());
        command.args(["install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"]);
        command.args(["--no-update-notifier", "--lockfile-version=3"]);
        // By itself npm waits minutes for a registry that is not there.
        command.args(["--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=10000"]);
        // The user's settings may leave out what fetchNpmDeps downloads by.
        command.args(["--omit-lockfile-registry-resolved=false"]);
        command.env("npm_config_registry", registry.as_str());
        command.args(day.map(|day| format!("--before={day}T23:59:59Z")));
        let mut output = process::run(&mut command, PATIENCE).await?;
        // As the package's authors must have done.
        if !output.status.success() && gist(&output).contains(UNRESOLVED) {
            output = process::run(command.arg(LEGACY), PATIENCE).await?;
        }
        if !output.status.success() {
            return Err(refusal(&output));
        }
        let lock = std::fs::read(folder.path().join("package-lock.json"))?;
        Ok(match self.own_default().await {
            Some(default) if default != *registry => renamed(&lock, registry.as_str(), default.as_str()),
            _ => lock,
        })
    }
}

/// How npm names a peer dependency that it cannot have.
const UNRESOLVED: &str = "ERESOLVE";
/// How npm names an answer that it would need and does not have.
const UNCACHED: &str = "ENOTCACHED";
/// Peer dependencies as npm 6 took them: nobody looks at them.
const LEGACY: &str = "--legacy-peer-deps";

/// What `npm ci` says of a lockfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trial {
    Taken,
    /// Only where nobody looks at peer dependencies.
    WithoutPeers,
    /// It would ask the registry about packages, which no build can; whether it would not if nobody looked at peer
    /// dependencies.
    Asks {
        without_peers: bool,
    },
    /// Never; in npm's words.
    Refused(String),
}

impl Npm {
    /// Whether `npm ci` takes a lockfile, which is tried without installing or asking anything. `settings` is the text
    /// of the project's .npmrc, of which only what npm says of peer dependencies counts.
    ///
    /// # Errors
    /// An npm that is not there.
    pub async fn trial(
        &self,
        manifests: &BTreeMap<String, Vec<u8>>,
        lock: &[u8],
        settings: &str,
    ) -> Result<Trial, LockingError> {
        let folder = laid_out(manifests)?;
        std::fs::write(folder.path().join("package-lock.json"), lock)?;
        let ours = |line: &&str| {
            ["legacy-peer-deps", "strict-peer-deps", "force"].iter().any(|key| line.trim().starts_with(key))
        };
        let settings: String = settings.lines().filter(ours).map(|line| format!("{line}\n")).collect();
        std::fs::write(folder.path().join(".npmrc"), settings)?;
        let mut command = process::command(self.program());
        command.current_dir(folder.path()).args(["ci", "--dry-run", "--offline", "--ignore-scripts"]);
        command.args(["--no-audit", "--no-fund", "--no-update-notifier"]);
        let output = process::run(&mut command, PATIENCE).await?;
        if output.status.success() {
            return Ok(Trial::Taken);
        }
        let why = gist(&output);
        let again = process::run(command.arg(LEGACY), PATIENCE).await?;
        let without_peers = again.status.success();
        Ok(match without_peers {
            _ if why.contains(UNCACHED) => Trial::Asks { without_peers },
            true => Trial::WithoutPeers,
            false => Trial::Refused(why),
        })
    }
}

/// A project of these package.json files.
fn laid_out(manifests: &BTreeMap<String, Vec<u8>>) -> Result<tempfile::TempDir, LockingError> {
    let folder = tempfile::Builder::new().prefix("headwater-").tempdir()?;
    for (path, bytes) in manifests {
        // A tree of git may hold any name.
        if !Path::new(path).components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(LockingError::Path(path.clone()));
        }
        let path = folder.path().join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, bytes)?;
    }
    Ok(folder)
}

/// All that decides what npm answers.
fn key(manifests: &BTreeMap<String, Vec<u8>>, registry: &Url, day: Option<&str>) -> String {
    let mut hash = Sha256::new();
    let parts = manifests.iter().flat_map(|(path, bytes)| [path.as_bytes(), bytes]);
    for part in parts.chain([registry.as_str().as_bytes(), day.unwrap_or_default().as_bytes()]) {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hex::encode(hash.finalize())
}

/// What npm complains of. npm 10 says `npm error`, earlier ones `npm ERR!`.
fn refusal(output: &Output) -> LockingError {
    let why = gist(output);
    let said = String::from_utf8_lossy(&output.stderr);
    let code = complaints(&said).find_map(|line| line.strip_prefix(CODE)).unwrap_or_default();
    let is_http = code == "E429" || (code.len() == 4 && code.starts_with("E5"));
    // Git's own exit code: npm asks it for dependencies from repositories.
    let is_git = code == "128" && may_pass(&said);
    let is_network = NETWORK.contains(&code) || is_http || is_git;
    if is_network { LockingError::Unreachable(why) } else { LockingError::Refused(why) }
}

fn complaints(said: &str) -> impl Iterator<Item = &str> {
    said.lines().map(|line| line.trim_start_matches("npm error").trim_start_matches("npm ERR!").trim())
}

/// The first lines of npm's complaint.
fn gist(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    let lines = complaints(&said).filter(|line| !line.is_empty() && !line.starts_with(LOG));
    printable(&lines.take(SHOWN).collect::<Vec<_>>().join("; "))
}

/// The lockfile with the addresses of one registry as those of another.
fn renamed(lock: &[u8], from: &str, to: &str) -> Vec<u8> {
    let before = |registry: &str| format!("\"resolved\": \"{}/", registry.trim_end_matches('/'));
    String::from_utf8_lossy(lock).replace(&before(from), &before(to)).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_file_is_written_outside() {
        use crate::world::http::{Http, Options};
        use crate::world::{cache::Cache, npm::Config};
        let npm = Npm::new(Http::new(Options::default()).unwrap(), Cache::none(), Config::default());
        for path in ["../package.json", "a/../../package.json", "/package.json"] {
            let error = npm.lock(&[(path.to_owned(), Vec::new())].into()).await.unwrap_err();
            assert!(matches!(error, LockingError::Path(_)), "{path}: {error}");
        }
    }

    #[test]
    fn a_registry_that_does_not_answer_is_no_refusal() {
        use std::os::unix::process::ExitStatusExt;
        let failed = |stderr: &str| Output {
            status: std::process::ExitStatus::from_raw(256),
            stdout: Vec::new(),
            stderr: stderr.as_bytes().to_vec(),
        };
        let log = "npm error A complete log of this run can be found in: /home/u/.npm/_logs/x.log\n";
        for (code, is_network) in [
            ("ENOTFOUND", true),
            ("ECONNREFUSED", true),
            ("E503", true),
            ("E429", true),
            ("E404", false),
            ("ETARGET", false),
            ("EUNSUPPORTEDPROTOCOL", false),
            ("128", false),
        ] {
            for start in ["npm error", "npm ERR!"] {
                let error = refusal(&failed(&format!("{start} code {code}\n{start} why\n{log}")));
                assert_eq!(error.is_network(), is_network, "{code}");
                assert!(error.to_string().ends_with(&format!("code {code}; why")), "{error}");
            }
        }
        for (git, is_network) in [
            ("ssh: Could not resolve hostname git.example: Temporary failure in name resolution", true),
            ("fatal: unable to access 'https://git.example/a/': The requested URL returned error: 503", true),
            ("fatal: repository 'https://git.example/a/' not found", false),
        ] {
            let said =
                format!("npm error code 128\nnpm error An unknown git error occurred\nnpm error {git}\n");
            assert_eq!(refusal(&failed(&said)).is_network(), is_network, "{git}");
        }
    }

    #[test]
    fn another_day_is_another_question() {
        let registry = Url::parse("https://r.example/").unwrap();
        let manifests = |text: &str| [("package.json".to_owned(), text.as_bytes().to_vec())].into();
        let one = key(&manifests("{}"), &registry, None);
        assert_eq!(one, key(&manifests("{}"), &registry, None));
        assert_ne!(one, key(&manifests("{}"), &registry, Some("2020-01-01")));
        assert_ne!(one, key(&manifests("{ }"), &registry, None));
    }

    #[test]
    fn addresses_are_those_of_the_registry_that_all_have() {
        let lock = br#"{ "resolved": "http://127.0.0.1:1/a/-/a.tgz", "b": "http://127.0.0.1:1/" }"#;
        let expected = r#"{ "resolved": "https://r.example/a/-/a.tgz", "b": "http://127.0.0.1:1/" }"#;
        let found = renamed(lock, "http://127.0.0.1:1/", "https://r.example/");
        assert_eq!(String::from_utf8(found).unwrap(), expected);
    }
}
