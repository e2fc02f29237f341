//! The Nix emitter: `nix/headwater/` and `flake.nix`.

pub mod list;
pub mod literal;
pub mod model;
pub mod project;
pub mod provenance;
pub mod python;
mod templates;

use std::collections::BTreeMap;
use std::path::Path;

use include_dir::{Dir, include_dir};
use serde::Serialize;

use super::Files;
use crate::hash::nar::NarHash;
use crate::policy::Mirrors;
use templates::{Template, parse};

/// The folder that is replaced whole, relative to the output folder.
pub const FOLDER: &str = "nix/headwater";
/// Written only where there is none.
pub const FLAKE: &str = "flake.nix";

/// The Nix library, copied beside the generated files so that they stand alone.
static LIBRARY: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/nix");

const ENTRY: Template<Entry> =
    Template::new("default.nix", include_str!("../../../templates/nix/default.nix.hbs"));
const SOURCES: Template<Sources> =
    Template::new("sources.nix", include_str!("../../../templates/nix/sources.nix.hbs"));
const PACKAGES: Template<model::Packages> =
    Template::new("packages.nix", include_str!("../../../templates/nix/packages.nix.hbs"));
const FLAKE_TEMPLATE: Template<Flake<'_>> =
    Template::new("flake.nix", include_str!("../../../templates/nix/flake.nix.hbs"));

#[derive(Serialize)]
struct Entry {
    src: String,
}

#[derive(Serialize)]
struct Flake<'a> {
    description: &'a str,
    is_python: bool,
    /// Whether there are other projects beside the one that is the default.
    has_members: bool,
}

#[derive(Serialize)]
struct Sources {
    registry: String,
    mirrors: &'static str,
    packs: BTreeMap<String, PackEntry>,
}

#[derive(Serialize)]
struct PackEntry {
    hash: String,
    commits: bool,
}

/// A pack that has been hashed.
#[derive(Clone, Debug)]
pub struct Pack {
    pub hash: NarHash,
    /// Whether a member can be taken from a commit.
    pub commits: bool,
    /// The list file's text.
    pub list: String,
}

/// Everything that `nix/headwater/` says.
pub struct Nix<'a> {
    pub input: model::Input<'a>,
    /// Address of the default registry, with a slash at its end.
    pub registry: &'a str,
    pub mirrors: Mirrors,
    pub packs: &'a BTreeMap<String, Pack>,
    /// From `nix/headwater` to the project's folder: `/../..` where they lie together.
    pub project_path: &'a str,
}

/// The files of `nix/headwater/`, by path in it.
///
/// # Errors
/// A template that does not give Nix, a location that would be left out: defects of ours, found before
/// anything is written.
pub fn render(nix: &Nix<'_>) -> anyhow::Result<Files> {
    let left_out = model::left_out(&nix.input);
    anyhow::ensure!(left_out.is_empty(), "nothing was found out about {left_out:?}, which is installed");
    let sources = Sources {
        registry: nix.registry.to_owned(),
        mirrors: nix.mirrors.word(),
        packs: pack_entries(nix.packs),
    };
    let mut files = Files::new();
    files.insert("default.nix".into(), ENTRY.render(&Entry { src: nix.project_path.to_owned() })?);
    files.insert("sources.nix".into(), SOURCES.render(&sources)?);
    files.insert("packages.nix".into(), PACKAGES.render(&model::packages(&nix.input))?);
    files.insert("tree.json".into(), json_text(&model::tree(&nix.input))?);
    add_lists(nix.packs, &mut files);
    // What builds Python packages is for projects that have some.
    library(&LIBRARY, |path| !path.starts_with("python"), &mut files)?;
    Ok(files)
}

fn pack_entries(packs: &BTreeMap<String, Pack>) -> BTreeMap<String, PackEntry> {
    let entry = |pack: &Pack| PackEntry { hash: pack.hash.to_string(), commits: pack.commits };
    packs.iter().map(|(name, pack)| (name.clone(), entry(pack))).collect()
}

fn add_lists(packs: &BTreeMap<String, Pack>, files: &mut Files) {
    files.extend(packs.iter().map(|(name, pack)| (format!("packs/{name}"), pack.list.clone())));
}

/// The flake of a project that has none.
///
/// # Errors
/// As for `render`.
pub fn flake(project: &project::Project) -> anyhow::Result<String> {
    let description = project.root()["description"].as_str().unwrap_or_default();
    FLAKE_TEMPLATE.render(&Flake { description, is_python: false, has_members: false })
}

/// Indented, with a final newline; one location a line would save little and read worse in a diff.
fn json_text(value: &serde_json::Value) -> anyhow::Result<String> {
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    Ok(text)
}

/// Copies what is wanted of the library, without its tests.
fn library(folder: &Dir<'_>, is_wanted: fn(&Path) -> bool, files: &mut Files) -> anyhow::Result<()> {
    for file in folder.files().filter(|file| is_wanted(file.path())) {
        let path = file.path().display().to_string();
        if path.rsplit('/').next().is_some_and(|name| name.starts_with("test")) {
            continue;
        }
        let text = file.contents_utf8().ok_or_else(|| anyhow::anyhow!("nix/{path} is not UTF-8"))?;
        if path.ends_with(".nix") {
            parse(&path, text)?;
        }
        files.insert(format!("lib/{path}"), text.to_owned());
    }
    folder
        .dirs()
        .filter(|folder| is_wanted(folder.path()))
        .try_for_each(|folder| library(folder, is_wanted, files))
}
