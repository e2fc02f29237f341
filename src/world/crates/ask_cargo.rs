//! The index that cargo uses where no setting names one. cargo has no command that says it; but it names the address
//! that it cannot reach. So it is run without settings and with a proxy of an impossible kind: nothing is asked of the
//! network, and its error tells.

use std::process::Output;

use tokio::process::Command;
use url::Url;

use super::NoIndex;
use crate::world::cache::Cache;
use crate::world::http::root;
use crate::world::{client_default, process};

/// What cargo asks an index for first.
const FIRST: &str = "config.json";

pub(super) async fn ask(cache: &Cache, program: &str) -> Result<Url, NoIndex> {
    let no_client = |why| NoIndex::NoClient { why };
    let home = tempfile::tempdir().map_err(|error| no_client(error.to_string()))?;
    let mut command = process::command(program);
    without_settings(&mut command);
    command
        .args(["search", "--limit", "1", "headwater"])
        // No folder above this one has settings of a user.
        .current_dir("/")
        .env("CARGO_HOME", home.path())
        // Where the kind of proxy is not heeded, it is one that nobody answers for.
        .env("CARGO_HTTP_PROXY", "none://127.0.0.1:9")
        .env("CARGO_NET_RETRY", "0")
        // The default only since 1.70; before 1.68 there is none.
        .env("CARGO_REGISTRIES_CRATES_IO_PROTOCOL", "sparse");
    let said = |output: &Output| {
        let text = String::from_utf8_lossy(&output.stderr);
        address(&text).map(|url| url.to_string()).ok_or_else(|| {
            let last = text.trim().lines().last().unwrap_or_default();
            format!("{program} names no sparse index, which it does since 1.68: {last}")
        })
    };
    let read = |said: &str| {
        let wrong = || NoIndex::Address { key: "cargo's default".to_owned(), value: said.to_owned() };
        root(said).ok_or_else(wrong)
    };
    client_default::ask_with(cache, program, &mut command, said, read, no_client).await
}

/// Takes away the settings of cargo, and the exceptions from proxies.
fn without_settings(command: &mut Command) {
    for (key, _) in std::env::vars_os() {
        let name = key.to_string_lossy().to_ascii_uppercase();
        if name.starts_with("CARGO_") || name == "NO_PROXY" {
            command.env_remove(key);
        }
    }
}

/// The index in an error that quotes the address of its first file.
fn address(text: &str) -> Option<Url> {
    let mut quoted = text.split(['`', '"', '\'']).skip(1).step_by(2);
    quoted.find_map(|text| root(text.strip_suffix(FIRST)?.strip_suffix('/')?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_in_what_cargo_says() {
        let said = "    Updating index\nerror: download of config.json failed\n\nCaused by:\n  failed to download from \
                    `https://index.example/a/config.json`\n\nCaused by:\n  [7] Could not connect to server";
        assert_eq!(address(said).unwrap().as_str(), "https://index.example/a/");
        assert_eq!(address("error: failed to fetch `https://git.example/index`"), None);
        assert_eq!(address("`config.json` `file:///a/config.json`"), None);
    }
}
