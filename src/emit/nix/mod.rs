//! The Nix emitter: `nix/headwater/` and `flake.nix`. What is of both ecosystems is here.

mod emitter;
pub mod literal;
pub mod npm;
pub mod python;
mod templates;

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use super::Files;
use crate::emit::packs::Pack;
pub use emitter::{Nix, rebuilds};
pub use npm::rebuilds::FOLDER as REBUILDS;
use templates::{Template, parse};

/// The folder that is replaced whole, relative to the output folder.
pub const FOLDER: &str = "nix/headwater";
/// Below it: the library that the emitted files call.
pub const LIBRARY: &str = "lib";
/// Written only where there is none.
pub const FLAKE: &str = "flake.nix";

const FLAKE_TEMPLATE: Template<Flake<'_>> =
    Template::new("flake.nix", include_str!("../../../templates/nix/flake.nix.hbs"));

#[derive(Serialize)]
struct Flake<'a> {
    description: &'a str,
    is_python: bool,
    /// Whether there are other projects beside the one that is the default.
    has_members: bool,
}

#[derive(Serialize)]
struct PackEntry {
    hash: String,
    commits: bool,
}

fn pack_entries(packs: &BTreeMap<String, Pack>) -> BTreeMap<String, PackEntry> {
    let entry = |pack: &Pack| PackEntry { hash: pack.hash.to_string(), commits: pack.commits };
    packs.iter().map(|(name, pack)| (name.clone(), entry(pack))).collect()
}

fn add_lists(packs: &BTreeMap<String, Pack>, files: &mut Files) {
    files.extend(packs.iter().map(|(name, pack)| (format!("packs/{name}"), pack.list.clone())));
}

/// Copies what is wanted of the library, without its tests.
fn library(is_wanted: fn(&Path) -> bool, files: &mut Files) -> anyhow::Result<()> {
    for (path, text) in super::library::files(is_wanted)? {
        if path.ends_with(".nix") {
            parse(&path, &text)?;
        }
        files.insert(format!("{LIBRARY}/{path}"), text);
    }
    Ok(())
}
