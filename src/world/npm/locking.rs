//! A lockfile where a repository has none: npm makes it, from the package.json files alone. No code of a package runs.

use std::collections::BTreeMap;
use std::path::{Component, Path};
use std::process::Output;
use std::time::Duration;

use super::{Npm, NpmError};
use crate::printable::printable;
use crate::world::process::{self, ProcessError};

/// How long npm may take.
const PATIENCE: Duration = Duration::from_secs(600);
/// Lines of npm's complaint that are shown.
const SHOWN: usize = 4;

/// Why there is no lockfile.
#[derive(Debug, thiserror::Error)]
pub enum LockingError {
    #[error("npm says: {0}")]
    Refused(String),
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error(transparent)]
    Registry(#[from] NpmError),
    #[error("a folder for it cannot be written: {0}")]
    Folder(#[from] std::io::Error),
    #[error("its path {0:?} leads out of the project")]
    Path(String),
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

    /// The same of versions that were there on a day (`YYYY-MM-DD`), as npm's `before` has it.
    ///
    /// # Errors
    /// As for [`Npm::lock`]; a registry that says nothing of that day.
    pub async fn lock_as_of(
        &self,
        manifests: &BTreeMap<String, Vec<u8>>,
        day: Option<&str>,
    ) -> Result<Vec<u8>, LockingError> {
        let folder = laid_out(manifests)?;
        let registry = self.unscoped_registry().await?;
        let mut command = process::command(self.program());
        command.current_dir(folder.path());
        command.args(["install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"]);
        command.args(["--no-update-notifier", "--lockfile-version=3"]);
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
            return Err(LockingError::Refused(gist(&output)));
        }
        let lock = std::fs::read(folder.path().join("package-lock.json"))?;
        Ok(match self.own_default().await {
            Some(default) if default != registry => renamed(&lock, registry.as_str(), default.as_str()),
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

/// The first lines of npm's complaint.
fn gist(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    let lines = said.lines().map(|line| line.trim_start_matches("npm error").trim());
    let lines: Vec<_> = lines.filter(|line| !line.is_empty()).take(SHOWN).collect();
    printable(&lines.join("; "))
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
    fn addresses_are_those_of_the_registry_that_all_have() {
        let lock = br#"{ "resolved": "http://127.0.0.1:1/a/-/a.tgz", "b": "http://127.0.0.1:1/" }"#;
        let expected = r#"{ "resolved": "https://r.example/a/-/a.tgz", "b": "http://127.0.0.1:1/" }"#;
        let found = renamed(lock, "http://127.0.0.1:1/", "https://r.example/");
        assert_eq!(String::from_utf8(found).unwrap(), expected);
    }
}
