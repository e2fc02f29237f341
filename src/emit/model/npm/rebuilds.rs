//! What `headwater verify` recorded of packages that are built again, for the scripts in `nix/js` that build them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::graph::{Package, Purl};
use crate::hash::Digest;
use crate::pins::{Installed, Rebuild, Tool};
use crate::rebuild::Class;

/// What `nix/js/layout.js` reads: the locations of the tools. `place` says in which pack and folder a tool lies.
pub fn locations(
    rebuild: &Rebuild,
    tools: &BTreeMap<Purl, Tool>,
    place: impl Fn(&Tool) -> Value,
) -> Map<String, Value> {
    let locations = rebuild.tree.iter().map(|(location, installed)| {
        let mut entry = match installed {
            Installed::Tool(purl) => tools.get(purl).map_or_else(|| json!({}), &place),
            Installed::Link(target) => json!({ "link": target }),
            Installed::Bundled => json!({ "bundled": true }),
        };
        let bin = bins(rebuild, tools, installed);
        if let Some(bin) = bin.filter(|bin| !bin.is_empty()) {
            entry["bin"] = json!(bin);
        }
        (location.to_string(), entry)
    });
    locations.collect()
}

/// The programs of a location; those of a link are those of what it leads to.
fn bins<'a>(
    rebuild: &'a Rebuild,
    tools: &'a BTreeMap<Purl, Tool>,
    installed: &'a Installed,
) -> Option<&'a BTreeMap<String, String>> {
    match installed {
        Installed::Tool(purl) => Some(&tools.get(purl)?.bin),
        Installed::Link(target) => match rebuild.tree.get(target) {
            Some(other @ Installed::Tool(_)) => bins(rebuild, tools, other),
            _ => rebuild.programs.get(target),
        },
        Installed::Bundled => None,
    }
}

/// What a check expects: that the class is still what it was. `None` where there is no good one.
pub fn expected(rebuild: &Rebuild) -> Option<Value> {
    let outcome = rebuild.outcome.as_ref().filter(|outcome| outcome.class.is_rebuilt())?;
    let hex = |digest: Option<Digest<32>>| digest.map(|digest| digest.to_string());
    Some(json!({
        "class": outcome.class,
        "integrity": (outcome.class == Class::Integrity).then(|| rebuild.artifact.clone()),
        "tar": hex(outcome.tar),
        "digest": hex(outcome.digest),
    }))
}

/// Where a tool's file is: relative to the registry where its layout gives it.
///
/// # Errors
/// A tool that is no package of npm.
pub fn url(purl: &Purl, tool: &Tool) -> anyhow::Result<String> {
    match &tool.artifact.url {
        Some(url) => Ok(url.clone()),
        None => match Package::parse(purl.as_str()).map_err(anyhow::Error::msg)? {
            Package::Npm { name, version } => Ok(crate::npm::tarball_path(&name, &version)),
            Package::Python { .. } => anyhow::bail!("{purl} is no package of npm"),
        },
    }
}
