//! A lockfile where a repository has none: npm makes it, from the package.json files alone. No code of a package runs.

use std::collections::BTreeMap;
use std::path::{Component, Path};
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
        let registry = self.unscoped_registry().await?;
        let mut command = process::command(self.program());
        command.current_dir(folder.path());
        command.args(["install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"]);
        command.args(["--no-update-notifier", "--lockfile-version=3"]);
        // The user's settings may leave out what fetchNpmDeps downloads by.
        command.args(["--omit-lockfile-registry-resolved=false"]);
        command.env("npm_config_registry", registry.as_str());
        let output = process::run(&mut command, PATIENCE).await?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let lines = said.lines().map(|line| line.trim_start_matches("npm error").trim());
            let lines: Vec<_> = lines.filter(|line| !line.is_empty()).take(SHOWN).collect();
            return Err(LockingError::Refused(printable(&lines.join("; "))));
        }
        let lock = std::fs::read(folder.path().join("package-lock.json"))?;
        Ok(match self.own_default().await {
            Some(default) if default != registry => renamed(&lock, registry.as_str(), default.as_str()),
            _ => lock,
        })
    }
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
