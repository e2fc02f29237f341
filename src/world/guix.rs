//! The user's own Guix: what it has, and whether it builds what was written.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use sha2::{Digest as _, Sha256};

use super::cache::{Cache, Kind};
use super::process::{self, Bounds, ProcessError};

/// How long Guix may take to load its packages: minutes where they are not compiled.
const PATIENCE: Duration = Duration::from_secs(600);
/// How long it may take to say which it is.
const SHORT: Duration = Duration::from_secs(30);
/// The largest list of packages, in bytes: that of Guix 1.5 has 4 MB.
const LIST: u64 = 64 << 20;

/// What is run within Guix; the form of what it prints is known to `upstream::guix::listing`.
const SCRIPT: &str = include_str!("../../data/guix/list.scm");

/// Why Guix could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum GuixError {
    #[error("there is no guix")]
    Absent,
    #[error("{0}")]
    Failed(String),
    #[error(transparent)]
    Process(ProcessError),
    #[error("a file for it cannot be made: {0}")]
    File(std::io::Error),
}

/// What Guix has, in lines; asked once of each Guix.
///
/// # Errors
/// No Guix, one that fails.
pub async fn packages(cache: &Cache) -> Result<String, GuixError> {
    let key = format!("{} {}", identity().await?, hex::encode(Sha256::digest(SCRIPT)));
    if let Some(known) = cache.get(Kind::Guix, &key).and_then(|bytes| String::from_utf8(bytes).ok()) {
        return Ok(known);
    }
    let mut file =
        tempfile::Builder::new().prefix("headwater-").suffix(".scm").tempfile().map_err(GuixError::File)?;
    file.write_all(SCRIPT.as_bytes()).and_then(|()| file.flush()).map_err(GuixError::File)?;
    let said = said(&["repl".as_ref(), "--".as_ref(), file.path()], PATIENCE).await?;
    cache.put(Kind::Guix, &key, said.as_bytes());
    Ok(said)
}

/// Which Guix it is: its program, and the version or commit that it names.
async fn identity() -> Result<String, GuixError> {
    let program = program().ok_or(GuixError::Absent)?;
    let version = said(&["--version".as_ref()], SHORT).await?;
    let metadata = std::fs::metadata(&program).map_err(GuixError::File)?;
    let changed = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let changed = changed.map(|time| time.as_secs()).unwrap_or_default();
    let first = version.lines().next().unwrap_or_default();
    Ok(format!("{} {} {changed} {first}", program.display(), metadata.len()))
}

/// The program behind the name, links followed.
fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join("guix")).find_map(|file| file.canonicalize().ok())
}

async fn said(arguments: &[&Path], patience: Duration) -> Result<String, GuixError> {
    let mut command = process::command("guix");
    // Packages of the user's own are none of Guix.
    command.args(arguments).env_remove("GUIX_PACKAGE_PATH");
    let output = match process::run_with(&mut command, &[], Bounds { time: patience, output: LIST }).await {
        Err(ProcessError::Start { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
            return Err(GuixError::Absent);
        }
        output => output.map_err(GuixError::Process)?,
    };
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        let last = errors.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
        return Err(GuixError::Failed(crate::printable::printable(last).chars().take(400).collect()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
