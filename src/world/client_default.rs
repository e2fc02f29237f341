//! The registry that an ecosystem's own client uses where no setting names one: its word, asked once a day.

use std::process::Output;
use std::time::Duration;

use tokio::process::Command;
use url::Url;

use super::cache::{Cache, Kind};
use super::process;

/// How long a client's word is believed (starting one takes longer than a whole conversion from the cache).
const AGE: Duration = Duration::from_secs(24 * 60 * 60);
/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs `command` and has `read` make an address of what it says; what went wrong instead is given to
/// `no_client`.
pub(super) async fn ask<E>(
    cache: &Cache,
    program: &str,
    command: &mut Command,
    read: impl Fn(&str) -> Result<Url, E>,
    no_client: impl Fn(String) -> E,
) -> Result<Url, E> {
    let said = |output: &Output| {
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let last = said.trim().lines().last().map(|line| format!(": {line}")).unwrap_or_default();
        Err(format!("{program} ended with {}{last}", output.status))
    };
    ask_with(cache, program, command, said, read, no_client).await
}

/// The same for a client whose answer `said` finds in all that came out of it.
pub(super) async fn ask_with<E>(
    cache: &Cache,
    program: &str,
    command: &mut Command,
    said: impl Fn(&Output) -> Result<String, String>,
    read: impl Fn(&str) -> Result<Url, E>,
    no_client: impl Fn(String) -> E,
) -> Result<Url, E> {
    let key = format!("default registry of {program}");
    let known = cache.get_younger(Kind::Metadata, &key, AGE);
    if let Some(known) = known.and_then(|bytes| String::from_utf8(bytes).ok()) {
        return read(&known);
    }
    let output = process::run(command, PATIENCE).await.map_err(|error| no_client(error.to_string()))?;
    let registry = read(&said(&output).map_err(no_client)?)?;
    cache.put(Kind::Metadata, &key, registry.as_str().as_bytes());
    Ok(registry)
}
