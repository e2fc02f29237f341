//! What is built from commits, with tools from the registry: packages of npm that `headwater verify` compares, and git
//! dependencies.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::super::templates::Template;
use super::super::{Files, pack_entries};
use super::{SOURCES, Sources, json_text};
use crate::emit::model::npm::rebuilds as model;
use crate::emit::packs::Pack;
use crate::emit::packs::list::{self, Artifact};
use crate::graph::{Package, Purl};
use crate::pins::{Installed, Pins, Rebuild, Tool};
use crate::plan::npm::packs::{folder_name, variant};

/// The folder in `nix/headwater/`.
pub const FOLDER: &str = "rebuilds";

const REBUILDS: Template<Context> =
    Template::new("rebuilds.nix", include_str!("../../../../templates/nix/rebuilds.nix.hbs"));

#[derive(Serialize)]
struct Context {
    packages: Value,
}

/// The files of the folder, by path in it; none where nothing is rebuilt.
///
/// # Errors
/// A template that does not give Nix, an address that cannot stand in a list.
pub fn render(pins: &Pins) -> anyhow::Result<Files> {
    let rebuilds = &pins.rebuilds;
    let mut files = Files::new();
    if rebuilds.packages.is_empty() {
        return Ok(files);
    }
    let packs = packs(pins)?;
    let sources = Sources { registry: pins.registry.clone(), mirrors: "quick", packs: pack_entries(&packs) };
    files.insert("sources.nix".into(), SOURCES.render(&sources)?);
    files.extend(packs.into_iter().map(|(name, pack)| (format!("packs/{name}"), pack.list)));
    let mut packages = Map::new();
    for (purl, rebuild) in &rebuilds.packages {
        let package = Package::parse(purl.as_str()).map_err(anyhow::Error::msg)?;
        let Package::Npm { name, version } = &package else { continue };
        let file = format!("{}.json", folder_name(name.as_str(), version.as_str(), &variant(purl)));
        let place = |tool: &Tool| json!({ "pack": tool.pack, "folder": tool.folder });
        let tree = json!({ "locations": model::locations(rebuild, &rebuilds.tools, place) });
        files.insert(format!("trees/{file}"), json_text(&tree)?);
        let mut entry = json!({
            "name": name,
            "version": version,
            "source": {
                "url": rebuild.source.repository,
                "commit": rebuild.source.commit,
                "hash": rebuild.checkout,
                "submodules": rebuild.submodules,
            },
            "time": rebuild.time,
            "recipe": rebuild.recipe,
            "tree": file,
            "bound": bound(rebuild, &rebuilds.tools),
            "linked": linked(rebuild, &rebuilds.tools),
            "expected": model::expected(rebuild),
        });
        if rebuild.artifact.is_none() {
            // There is nothing to compare what comes out with.
            entry["strict"] = true.into();
        }
        packages.insert(rebuild.title(&package), entry);
    }
    files.insert("packages.nix".into(), REBUILDS.render(&Context { packages: Value::Object(packages) })?);
    Ok(files)
}

fn packs(pins: &Pins) -> anyhow::Result<BTreeMap<String, Pack>> {
    let mut packs = BTreeMap::new();
    for (name, hash) in &pins.rebuilds.packs {
        let tools = pins.rebuilds.tools.iter().filter(|(_, tool)| tool.pack == *name);
        let mut members = tools.map(artifact).collect::<anyhow::Result<Vec<_>>>()?;
        members.sort_by(|left, right| left.folder.cmp(right.folder));
        packs.insert(name.clone(), Pack { hash: *hash, commits: false, list: list::artifacts(members)? });
    }
    Ok(packs)
}

fn artifact<'a>((purl, tool): (&Purl, &'a Tool)) -> anyhow::Result<Artifact<'a>> {
    Ok(Artifact {
        folder: &tool.folder,
        url: model::url(purl, tool)?,
        integrity: &tool.artifact.integrity,
        executable: &tool.executable,
        dropped: &tool.dropped,
    })
}

/// What lies only on some machines.
fn bound(rebuild: &Rebuild, tools: &BTreeMap<Purl, Tool>) -> Value {
    let entries = each_tool(rebuild, tools).filter(|(_, tool)| !tool.platform.is_any()).map(|(at, tool)| {
        let entry = json!({
            "os": tool.platform.os,
            "cpu": tool.platform.cpu,
            "libc": tool.platform.libc,
            // One that is needed and does not fit is missed by what needs it.
            "optional": true,
            "pack": tool.pack,
        });
        (at, entry)
    });
    Value::Object(entries.collect())
}

/// What is patched for the loader.
fn linked(rebuild: &Rebuild, tools: &BTreeMap<Purl, Tool>) -> Value {
    let mut seen = BTreeSet::new();
    let linked = each_tool(rebuild, tools).filter(|(_, tool)| tool.linked);
    let entries = linked.filter(|(_, tool)| seen.insert((&tool.pack, &tool.folder))).map(|(at, tool)| {
        let entry =
            json!({ "name": tool.folder, "pack": tool.pack, "folder": tool.folder, "buildInputs": [] });
        (at, entry)
    });
    Value::Object(entries.collect())
}

fn each_tool<'a>(
    rebuild: &'a Rebuild,
    tools: &'a BTreeMap<Purl, Tool>,
) -> impl Iterator<Item = (String, &'a Tool)> {
    rebuild.tree.iter().filter_map(|(location, installed)| match installed {
        Installed::Tool(purl) => Some((location.to_string(), tools.get(purl)?)),
        Installed::Link(_) | Installed::Bundled => None,
    })
}
