//! The Nix emitter for projects of npm.

pub mod model;
pub mod rebuilds;

use std::collections::BTreeMap;

use anyhow::Context;
use serde::Serialize;

use super::templates::Template;
use super::{FLAKE_TEMPLATE, Files, Flake, PackEntry, add_lists, library, pack_entries};
use crate::emit::model::npm::Part;
use crate::pins::Pins;

const ENTRY: Template<Entry> =
    Template::new("default.nix", include_str!("../../../../templates/nix/default.nix.hbs"));
const SOURCES: Template<Sources> =
    Template::new("sources.nix", include_str!("../../../../templates/nix/sources.nix.hbs"));
const PACKAGES: Template<model::Packages> =
    Template::new("packages.nix", include_str!("../../../../templates/nix/packages.nix.hbs"));

#[derive(Serialize)]
struct Entry {
    src: String,
}

#[derive(Serialize)]
struct Sources {
    registry: String,
    mirrors: &'static str,
    packs: BTreeMap<String, PackEntry>,
}

/// The files of `nix/headwater/`, by path in it. `project_path` leads from there to the project's folder.
///
/// # Errors
/// A template that does not give Nix, a location that would be left out: defects of ours, found before
/// anything is written.
pub fn render(part: &Part<'_>, pins: &Pins, project_path: &str) -> anyhow::Result<Files> {
    let packs = part.packs.context("nothing was packed")?.packs;
    let left_out = model::left_out(part);
    anyhow::ensure!(left_out.is_empty(), "nothing was found out about {left_out:?}, which is installed");
    let sources = Sources {
        registry: part.registry.to_owned(),
        mirrors: part.mirrors.word(),
        packs: pack_entries(packs),
    };
    let mut files = Files::new();
    files.insert("default.nix".into(), ENTRY.render(&Entry { src: project_path.to_owned() })?);
    files.insert("sources.nix".into(), SOURCES.render(&sources)?);
    files.insert("packages.nix".into(), PACKAGES.render(&model::packages(part))?);
    files.insert("tree.json".into(), json_text(&model::tree(part))?);
    add_lists(packs, &mut files);
    // What builds Python packages is for projects that have some.
    library(|path| !path.starts_with("python"), &mut files)?;
    files.extend(with_rebuilds(pins)?);
    Ok(files)
}

/// What is built again, below its folder.
///
/// # Errors
/// As for `render`.
pub fn with_rebuilds(pins: &Pins) -> anyhow::Result<Files> {
    let files = rebuilds::render(pins)?.into_iter();
    Ok(files.map(|(path, text)| (format!("{}/{path}", rebuilds::FOLDER), text)).collect())
}

/// The flake of a project that has none.
///
/// # Errors
/// As for `render`.
pub fn flake(part: &Part<'_>) -> anyhow::Result<String> {
    let description = part.project.root()["description"].as_str().unwrap_or_default();
    FLAKE_TEMPLATE.render(&Flake { description, is_python: false, has_members: false })
}

/// Indented, with a final newline; one location a line would save little and read worse in a diff.
fn json_text(value: &serde_json::Value) -> anyhow::Result<String> {
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    Ok(text)
}
