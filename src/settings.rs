//! Arguments as validated: what `cli` was given, made into what the rooms want.

mod cache;
mod convert;
mod package;
mod source;
mod verify;

use std::path::Path;

use anyhow::{Context, bail};
use url::Url;

use crate::cli;
use crate::world::asking::Asking;
use crate::world::disk;
use crate::world::nix::Nixpkgs;

pub use cache::Cache;
pub use convert::Convert;
pub use package::{Package, Update, Wanted};
pub use source::{Batch, Source};
pub use verify::Verify;

fn nixpkgs(path: Option<&Path>) -> anyhow::Result<Nixpkgs> {
    Ok(match path {
        Some(path) => Nixpkgs::At(disk::real(path)?),
        None => Nixpkgs::Usual,
    })
}

fn asking(refresh: bool, common: &cli::Common) -> Asking {
    match (common.offline, refresh) {
        (true, _) => Asking::Offline,
        (false, true) => Asking::Refresh,
        (false, false) => Asking::Usual,
    }
}

fn registry(text: Option<&str>) -> anyhow::Result<Option<Url>> {
    let Some(text) = text else { return Ok(None) };
    let mut url = Url::parse(text).with_context(|| format!("--registry {text}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        bail!("--registry {text}: only http and https");
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(Some(url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registry_ends_with_a_slash() {
        assert_eq!(
            registry(Some("https://npm.example/x")).unwrap().unwrap().as_str(),
            "https://npm.example/x/"
        );
        assert!(registry(Some("file:///x")).is_err());
    }
}
