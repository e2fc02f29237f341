//! The Nix emitter: `nix/headwater/` and `flake.nix`.

pub mod list;
mod literal;
pub mod model;
pub mod project;
mod templates;

use std::collections::BTreeMap;

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
const FLAKE_TEMPLATE: Template<Flake> =
    Template::new("flake.nix", include_str!("../../../templates/nix/flake.nix.hbs"));

/// Every template, for the tests.
#[cfg(test)]
const TEMPLATES: [(&str, &str); 4] =
    [ENTRY.source(), SOURCES.source(), PACKAGES.source(), FLAKE_TEMPLATE.source()];

#[derive(Serialize)]
struct Entry {
    src: String,
}

#[derive(Serialize)]
struct Flake {
    description: String,
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
    let packs = nix
        .packs
        .iter()
        .map(|(name, pack)| (name.clone(), PackEntry { hash: pack.hash.to_string(), commits: pack.commits }))
        .collect();
    let sources = Sources { registry: nix.registry.to_owned(), mirrors: nix.mirrors.word(), packs };
    let mut files = Files::new();
    files.insert("default.nix".into(), ENTRY.render(&Entry { src: nix.project_path.to_owned() })?);
    files.insert("sources.nix".into(), SOURCES.render(&sources)?);
    files.insert("packages.nix".into(), PACKAGES.render(&model::packages(&nix.input))?);
    files.insert("tree.json".into(), json_text(&model::tree(&nix.input))?);
    for (name, pack) in nix.packs {
        files.insert(format!("packs/{name}"), pack.list.clone());
    }
    library(&LIBRARY, &mut files)?;
    Ok(files)
}

/// The flake of a project that has none.
///
/// # Errors
/// As for `render`.
pub fn flake(project: &project::Project) -> anyhow::Result<String> {
    let description = project.root()["description"].as_str().unwrap_or_default().to_owned();
    FLAKE_TEMPLATE.render(&Flake { description })
}

/// Indented, with a final newline; one location a line would save little and read worse in a diff.
fn json_text(value: &serde_json::Value) -> anyhow::Result<String> {
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    Ok(text)
}

fn library(folder: &Dir<'_>, files: &mut Files) -> anyhow::Result<()> {
    for file in folder.files() {
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
    // What builds Python packages is for projects that have some.
    let mut wanted = folder.dirs().filter(|folder| folder.path().as_os_str() != "python");
    wanted.try_for_each(|folder| library(folder, files))
}
