//! The tools of all packages: fetched once, grouped into packs, and written down.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::artifact::{self, FetchedPackage, Tarball};
use super::super::found::written_url;
use super::super::hashing::{self, Files, Part};
use super::super::wanted::{From, Request};
use super::plan::Plan;
use crate::contents::Contents;
use crate::failure::Failure;
use crate::graph::npm::{Node, Origin, around};
use crate::graph::{Location, Package, Purl};
use crate::hash::{Integrity, nar};
use crate::npm::{bins, tarball_path};
use crate::pins::{Artifact, Installed, Rebuild, Rebuilds, Tool};
use crate::plan::npm::packs::{Fetched, group};
use crate::problem::Problem;
use crate::progress::Progress;
use crate::world::World;

/// What the tools' files are.
pub type ToolContents = BTreeMap<Purl, Arc<Contents>>;

/// With what tools are fetched.
pub struct Fetching<'a> {
    pub world: &'a World,
    /// The default registry's address, with a slash at its end.
    pub registry: &'a str,
    pub progress: Progress,
}

/// Why a package is not built, whose tools a registry did not give.
pub fn not_had(why: &Problem) -> String {
    format!("its tools cannot be had: {}", why.message)
}

/// What came of writing plans down.
pub struct Written {
    pub rebuilds: Rebuilds,
    pub contents: ToolContents,
    /// Packages whose plan is not written down, as a registry did not give a tool, and why.
    pub unreachable: BTreeMap<Purl, Problem>,
}

/// Writes the plans down beside what is there, with all tools: each is fetched once, whatever it is for. The tools of what
/// is `kept` stay as well. A package whose plan is not written down has what it had before.
///
/// # Errors
/// A tool of what is there already that cannot be had.
pub async fn written(
    fetching: &Fetching<'_>,
    mut rebuilds: Rebuilds,
    plans: &[Plan],
    kept: impl IntoIterator<Item = &Rebuild>,
) -> Result<Written, Failure> {
    let kept: BTreeSet<Purl> = kept.into_iter().flat_map(Rebuild::tools).cloned().collect();
    let needed = |rebuilds: &Rebuilds| -> BTreeSet<Purl> {
        rebuilds.packages.values().flat_map(Rebuild::tools).chain(&kept).cloned().collect()
    };
    let before = needed(&rebuilds);
    let held = rebuilds.tools.iter().filter(|(purl, _)| before.contains(purl));
    let held = held.filter_map(|(purl, tool)| request(purl, &tool.artifact, fetching.registry));
    let held: Vec<Request> = held.collect();
    let asked_for = plans.iter().flat_map(|plan| plan.requests.values());
    let wanted = distinct(held.iter().chain(asked_for).cloned());
    let order: Vec<Asked> = wanted.iter().map(asked).collect();
    let stage = fetching.progress.stage("tools", wanted.len());
    let (served, lost) = artifact::artifacts(fetching.world, wanted, &stage).await?;
    let lost: BTreeMap<Asked, Problem> =
        lost.into_iter().map(|one| (asked(&one.wanted), one.problem)).collect();
    let without = |request: &Request| lost.get(&asked(request)).cloned();
    if let Some(problem) = held.iter().find_map(without) {
        return Err(Failure::Unreachable(problem));
    }
    let mut unreachable = BTreeMap::new();
    for plan in plans {
        let purl = plan.subject.purl.clone();
        match plan.requests.values().find_map(without) {
            Some(problem) => _ = unreachable.insert(purl, problem),
            None => _ = rebuilds.packages.insert(purl, rebuild(plan)),
        }
    }
    let mut served: BTreeMap<Asked, FetchedPackage> =
        served.into_iter().map(|one| (asked(&one.wanted), one)).collect();
    let folders: BTreeMap<Asked, nar::NarHash> =
        served.iter().map(|(asked, one)| (asked.clone(), one.nar)).collect();
    // All packs are made anew: what no package needs any more is in none.
    let needed = needed(&rebuilds);
    let mut fetched: BTreeMap<Purl, FetchedPackage> = BTreeMap::new();
    for asked in order.into_iter().filter(|(purl, _)| needed.contains(purl)) {
        if let (false, Some(one)) = (fetched.contains_key(&asked.0), served.remove(&asked)) {
            fetched.insert(asked.0, one);
        }
    }
    for plan in plans {
        let purl = &plan.subject.purl;
        let Some(rebuild) = rebuilds.packages.get_mut(purl).filter(|_| !unreachable.contains_key(purl))
        else {
            continue;
        };
        // A lockfile that names another file than what all others got has no such tool.
        let has = |purl: &&Purl| {
            let own = plan.requests.get(*purl).and_then(|request| folders.get(&asked(request)));
            own.is_some() && own == fetched.get(*purl).map(|one| &one.nar)
        };
        rebuild.lacking = rebuild.tools().filter(|purl| !has(purl)).cloned().collect();
        leave_out(rebuild);
    }
    rebuilds.tools = pinned(fetching, &rebuilds.tools, &fetched, plans);
    rebuilds.packs = packs(fetching, &fetched, &rebuilds.tools).await?;
    let contents = fetched.into_iter().map(|(purl, one)| (purl, one.contents)).collect();
    Ok(Written { rebuilds, contents, unreachable })
}

/// The tools as they are written down.
fn pinned(
    fetching: &Fetching<'_>,
    before: &BTreeMap<Purl, Tool>,
    fetched: &BTreeMap<Purl, FetchedPackage>,
    plans: &[Plan],
) -> BTreeMap<Purl, Tool> {
    let nodes: BTreeMap<Purl, &Node> = plans
        .iter()
        .flat_map(|plan| plan.graph.nodes.values())
        .filter_map(|node| Some((node.identity()?, node)))
        .collect();
    let places = group(&fetched.values().map(described).collect::<Vec<_>>());
    let tools = fetched.iter().map(|(purl, one)| {
        let place = &places[purl];
        let known = before.get(purl);
        let platform = nodes.get(purl).map(|node| node.platform.clone());
        let files = one.contents.files.iter().filter(|file| file.executable);
        let dropped = one.contents.dropped.iter().filter(|dropped| dropped.hard);
        let tool = Tool {
            artifact: Artifact {
                url: written_url(one.artifact.url.as_str(), &one.wanted, fetching.registry),
                integrity: one.artifact.integrity.clone(),
                integrity_from: one.artifact.integrity_from,
            },
            pack: place.pack.clone(),
            folder: place.folder.clone(),
            bin: bins(&one.contents.manifest_json()),
            made_from: known
                .filter(|known| known.artifact.integrity == one.artifact.integrity)
                .and_then(|known| known.made_from.clone()),
            platform: platform.or_else(|| known.map(|tool| tool.platform.clone())).unwrap_or_default(),
            linked: one.contents.linked().is_some(),
            executable: files.map(|file| file.path.clone()).collect(),
            dropped: dropped.map(|dropped| dropped.path.clone()).collect(),
        };
        (purl.clone(), tool)
    });
    tools.collect()
}

/// What is asked for: a package, and the hash that it must have.
type Asked = (Purl, Option<Integrity>);

fn asked(request: &Request) -> Asked {
    (request.purl.clone(), request.integrity.clone())
}

/// Each question once. What has a hash comes before what has none.
fn distinct(requests: impl Iterator<Item = Request>) -> Vec<Request> {
    let mut seen = BTreeSet::new();
    let (known, unknown): (Vec<_>, Vec<_>) =
        requests.filter(|request| seen.insert(asked(request))).partition(|one| one.integrity.is_some());
    known.into_iter().chain(unknown).collect()
}

/// Takes what could not be had out of the tree, with what lies in it and what leads there.
fn leave_out(rebuild: &mut Rebuild) {
    let Rebuild { tree, lacking, .. } = rebuild;
    let gone: BTreeSet<Location> = tree
        .iter()
        .filter(|(_, one)| matches!(one, Installed::Tool(purl) if lacking.contains(purl)))
        .map(|(location, _)| location.clone())
        .collect();
    let is_gone = |location: &Location| {
        gone.contains(location) || around(location.as_str()).any(|outer| gone.contains(outer))
    };
    tree.retain(|location, one| {
        let leads_there = matches!(one, Installed::Link(target) if is_gone(target));
        !leads_there && !is_gone(location)
    });
}

/// A tool that is written down, by the address of the default registry.
pub fn request(purl: &Purl, artifact: &Artifact, registry: &str) -> Option<Request> {
    let Ok(Package::Npm { name, version }) = Package::parse(purl.as_str()) else { return None };
    let path = artifact.url.clone().unwrap_or_else(|| tarball_path(&name, &version));
    let url = url::Url::parse(&path).or_else(|_| url::Url::parse(&format!("{registry}{path}")));
    Some(Request {
        purl: purl.clone(),
        name,
        version: Some(version.clone()),
        from: From::Registry { version, url: Some(url.ok()?) },
        integrity: Some(artifact.integrity.clone()),
        given: None,
    })
}

fn described(one: &FetchedPackage) -> Fetched {
    Fetched {
        purl: one.wanted.purl.clone(),
        name: one.wanted.name.to_string(),
        version: one.wanted.version.as_ref().map_or_else(|| "0".to_owned(), ToString::to_string),
        variant: one.wanted.variant(),
        packed_size: one.contents.packed_size,
        // Compiled files are bound to a machine: others need not download them.
        alone: one.contents.linked().is_some(),
    }
}

async fn packs(
    fetching: &Fetching<'_>,
    fetched: &BTreeMap<Purl, FetchedPackage>,
    tools: &BTreeMap<Purl, Tool>,
) -> Result<BTreeMap<String, nar::NarHash>, Failure> {
    let mut members: BTreeMap<&str, Vec<Part<'_>>> = BTreeMap::new();
    for (purl, tool) in tools {
        let one = &fetched[purl];
        let tarball: &Tarball = &one.artifact;
        let files = Files::Artifact { shown: one.wanted.shown(), tarball };
        members.entry(&tool.pack).or_default().push(Part { folder: &tool.folder, nar: one.nar, files });
    }
    let stage = fetching.progress.stage("hashing", members.len());
    let mut packs = BTreeMap::new();
    for (name, mut parts) in members {
        parts.sort_by(|left, right| nar::order(left.folder, right.folder));
        packs.insert(name.to_owned(), hashing::pack(fetching.world, &parts).await?);
        stage.step();
    }
    Ok(packs)
}

/// A plan as it is written down.
fn rebuild(plan: &Plan) -> Rebuild {
    let nodes = &plan.graph.nodes;
    let is_left_out = |target: &Location| {
        let origin = nodes.get(target).map(|node| &node.origin);
        matches!(origin, Some(Origin::Git { .. } | Origin::Tarball { .. }))
    };
    let installed = |node: &Node| match &node.origin {
        Origin::Link { target } => (!is_left_out(target)).then(|| Installed::Link(target.clone())),
        // Package managers copy it there; a build that comes after sees what the folder holds then.
        Origin::Folder { path } => Some(Installed::Link(path.clone())),
        Origin::Bundled { .. } => Some(Installed::Bundled),
        Origin::Registry { .. } | Origin::Remote { .. } => node.identity().map(Installed::Tool),
        Origin::Project | Origin::Git { .. } | Origin::Tarball { .. } => None,
    };
    let tree: BTreeMap<Location, Installed> =
        nodes.iter().filter_map(|(location, node)| Some((location.clone(), installed(node)?))).collect();
    Rebuild {
        source: plan.subject.source.clone(),
        checkout: plan.checkout,
        submodules: plan.submodules,
        time: plan.time,
        tools_from: plan.tools_from.clone(),
        recipe: plan.recipe.clone(),
        overridden: plan.overridden.clone(),
        level: plan.level,
        tree,
        lacking: BTreeSet::new(),
        programs: plan.programs.clone(),
        artifact: plan.subject.artifact.as_ref().map(|artifact| artifact.integrity.to_string()),
        outcome: None,
    }
}
