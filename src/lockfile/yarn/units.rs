//! What everything asks for, found among the entries: a graph without places.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

use super::Project;
use super::entry::{Dependency, Entry, Format, Lock, split};
use super::finder::{Finder, Target};
use super::hoist::{Folder, Unit};
use super::reference::Reference;
use super::settings::Settings;
use crate::graph::npm::{EdgeKind, around};
use crate::graph::{Location, PackageName};
use crate::lockfile::keys::{self, Path};
use crate::lockfile::report::Report;
use crate::npm::Workspaces;
use crate::problem::{Place, lockfile as problem};

/// Sections of package.json; where a name stands in several, the later counts.
const DECLARED: [(&str, EdgeKind); 3] = [
    ("devDependencies", EdgeKind::Dev),
    ("dependencies", EdgeKind::Prod),
    ("optionalDependencies", EdgeKind::Optional),
];

/// A folder of the project, or the package of an entry.
pub struct Source<'l> {
    /// What the lockfile says; of yarn 1 there is nothing of the project and its members.
    pub entry: Option<&'l Entry>,
    /// `None` for what is fetched.
    pub folder: Option<Location>,
    pub needs: Cow<'l, [Dependency]>,
}

/// All that may be installed: what it is made of, and how it hangs together, by the same index.
pub struct Units<'l> {
    pub sources: Vec<Source<'l>>,
    /// The project, the members of its workspace, and other folders that are linked.
    pub folders: Vec<Folder>,
    /// What each needs of the others.
    targets: Vec<Vec<Target>>,
}

/// Reads what asks for what; problems go to the report.
pub fn read<'l>(report: &mut Report<'_>, lock: &'l Lock, project: &Project<'_>) -> Units<'l> {
    let root = project.manifests.get("");
    let settings = Settings::of(root, project.yarnrc);
    let mut sources: Vec<Source<'l>> =
        lock.entries.iter().map(|entry| source(report, lock, entry, project)).collect();
    if lock.format == Format::Classic {
        sources.extend(members(project));
    }
    let folders = folders(report, lock, &mut sources);
    let finder = Finder::new(lock, &settings, &sources, project);
    let targets = sources.iter().map(|source| finder.targets(source)).collect();
    Units { sources, folders, targets }
}

impl<'l> Units<'l> {
    /// The same as the places are found by. What optional dependencies lack is left out.
    pub fn to_hoist(&'l self, format: Format) -> Vec<Unit<'l>> {
        let unit = |(source, found): (&'l Source<'l>, &Vec<Target>)| {
            let pairs = source.needs.iter().zip(found);
            let needs = pairs.filter_map(|(need, found)| match found {
                Target::Unit(to) => Some((need.name.as_str(), *to)),
                Target::Nothing | Target::Missing => None,
            });
            let needs: BTreeMap<&str, usize> = needs.collect();
            let entry = source.entry.filter(|_| source.folder.is_none());
            let peers = entry.into_iter().flat_map(|entry| entry.peers.keys().chain(&entry.types));
            let peers = peers.map(String::as_str).filter(|peer| !needs.contains_key(peer));
            let is_ordered = format == Format::Classic;
            let ranges = source.needs.iter().filter(|_| is_ordered);
            Unit {
                peers: peers.collect(),
                ranges: ranges.map(|need| (need.name.as_str(), need.range.as_str())).collect(),
                is_folder: source.folder.is_some(),
                needs,
            }
        };
        self.sources.iter().zip(&self.targets).map(unit).collect()
    }

    /// What a unit asks for in vain, and cannot do without.
    pub fn missing(&self, unit: usize) -> impl Iterator<Item = &Dependency> {
        let pairs = self.sources[unit].needs.iter().zip(&self.targets[unit]);
        let is_missing =
            |need: &Dependency, target: Target| target == Target::Missing && !need.kind.is_optional();
        pairs.filter(move |(need, found)| is_missing(need, **found)).map(|(need, _)| need)
    }
}

fn source<'l>(report: &mut Report<'_>, lock: &Lock, entry: &'l Entry, project: &Project<'_>) -> Source<'l> {
    let reference = match lock.format {
        Format::Berry(_) => entry.resolved.as_deref().and_then(split).map(|(_, text)| Reference::of(text)),
        Format::Classic => {
            let link = entry.keys.iter().find_map(|key| split(key)?.1.strip_prefix("link:"));
            link.map(|path| Reference::Folder { path: path.to_owned(), is_link: true })
        }
    };
    let Some(Reference::Folder { path, is_link }) = reference else {
        return Source { entry: Some(entry), folder: None, needs: Cow::Borrowed(&entry.dependencies) };
    };
    let folder = folder(report, entry, &path);
    let manifest = folder.as_ref().and_then(|folder| project.manifests.get(folder));
    let needs = match is_link {
        true => Vec::new(),
        false => as_declared(&entry.dependencies, manifest.unwrap_or(&Value::Null)),
    };
    let needs = Cow::Owned(needs);
    // What was refused gets a place of its own, so that nothing more is said of it.
    let refused = || Location::new(&format!("refused/{}", entry.line)).unwrap_or_default();
    Source { entry: Some(entry), folder: Some(folder.unwrap_or_else(refused)), needs }
}

/// The folder of the project that an entry is.
fn folder(report: &mut Report<'_>, entry: &Entry, path: &str) -> Option<Location> {
    let key = entry.keys.first().map_or("", String::as_str);
    let place = || Place::line(report.file, entry.line);
    let found = match keys::project_path(path) {
        Path::Inside(location) if !location.as_str().split('/').any(|part| part == "node_modules") => {
            return Some(location);
        }
        Path::Inside(_) => problem::unsafe_location(place(), key, "is in node_modules"),
        Path::Outside => problem::outside_project(place(), key, path),
        Path::Unsafe(why) => problem::unsafe_location(place(), key, &why),
    };
    report.add(problem::of_yarn_entry(found, key, place()));
    None
}

/// Dependencies of a workspace with their kinds, which the lockfile of later yarns does not have.
fn as_declared(needs: &[Dependency], manifest: &Value) -> Vec<Dependency> {
    let declared: BTreeMap<String, EdgeKind> =
        declared(manifest).into_iter().map(|need| (need.name, need.kind)).collect();
    // A link that has no package's name (`$tools`) is none that anything but the project's own scripts can use.
    let is_package =
        |need: &&Dependency| !need.range.starts_with("link:") || PackageName::new(&need.name).is_ok();
    let kind = |need: &Dependency| Dependency {
        kind: match need.kind {
            EdgeKind::Optional => EdgeKind::Optional,
            other => declared.get(&need.name).copied().unwrap_or(other),
        },
        ..need.clone()
    };
    needs.iter().filter(is_package).map(kind).collect()
}

fn declared(manifest: &Value) -> Vec<Dependency> {
    let mut all = BTreeMap::new();
    for (section, kind) in DECLARED {
        for (name, range) in manifest[section].as_object().into_iter().flatten() {
            let range = range.as_str().unwrap_or_default().to_owned();
            all.insert(name.clone(), Dependency { name: name.clone(), range, kind });
        }
    }
    all.into_values().collect()
}

/// The project and the members of its workspace, by their manifests.
fn members<'l>(project: &Project<'_>) -> Vec<Source<'l>> {
    let null = Value::Null;
    let root = project.manifests.get("").unwrap_or(&null);
    // In a project that can be published yarn 1 knows no workspace.
    let workspaces = match root["private"] {
        Value::Bool(true) => Workspaces::of(root),
        _ => Workspaces::default(),
    };
    let source = |(location, manifest): (&Location, &Value)| Source {
        entry: None,
        folder: Some(location.clone()),
        needs: Cow::Owned(declared(manifest)),
    };
    let members = project.manifests.iter().filter(|(location, _)| workspaces.holds(location));
    let root_location = Location::root();
    [(&root_location, root)].into_iter().chain(members).map(source).collect()
}

/// The folders among the sources, the project first, each with the one around it. A project that the lockfile does not
/// list has nothing.
fn folders<'l>(report: &mut Report<'_>, lock: &Lock, sources: &mut Vec<Source<'l>>) -> Vec<Folder> {
    let mut by_location = BTreeMap::<Location, usize>::new();
    for (at, source) in sources.iter().enumerate() {
        let Some(folder) = &source.folder else { continue };
        let is_link = is_link(source);
        match by_location.get(folder) {
            None => drop(by_location.insert(folder.clone(), at)),
            // A folder may be linked by many names.
            Some(before) if is_link || self::is_link(&sources[*before]) => {
                if !is_link {
                    by_location.insert(folder.clone(), at);
                }
            }
            Some(_) => {
                let found = problem::duplicate_location(report.file, folder.as_str());
                report.add(problem::of_yarn(found));
            }
        }
    }
    if !by_location.contains_key("") {
        by_location.insert(Location::root(), sources.len());
        sources.push(Source { entry: None, folder: Some(Location::root()), needs: Cow::Owned(Vec::new()) });
    }
    // The root sorts before all others, and an outer folder before those in it.
    let order: BTreeMap<&str, usize> =
        by_location.keys().enumerate().map(|(at, location)| (location.as_str(), at)).collect();
    let folder = |(location, unit): (&Location, &usize)| {
        let outer = around(location.as_str()).find_map(|outer| order.get(outer)).copied();
        let is_member = !location.is_root() && is_member(lock.format, &sources[*unit]);
        Folder { unit: *unit, outer: outer.unwrap_or_default(), is_member }
    };
    by_location.iter().map(folder).collect()
}

/// Whether a folder is taken as it is, by whatever name.
fn is_link(source: &Source<'_>) -> bool {
    let keys = source.entry.map_or(&[][..], |entry| &entry.keys);
    keys.iter().any(|key| split(key).is_some_and(|(_, range)| range.starts_with("link:")))
}

/// Whether a folder is a member of the workspace.
fn is_member(format: Format, source: &Source<'_>) -> bool {
    match (format, source.entry) {
        (Format::Classic, entry) => entry.is_none(),
        (Format::Berry(_), entry) => entry
            .and_then(|entry| split(entry.resolved.as_deref()?))
            .is_some_and(|(_, reference)| reference.starts_with("workspace:")),
    }
}

/// The names of the members of the workspace, each with its folder.
pub fn links<'l>(units: &'l Units<'_>, project: &'l Project<'_>) -> BTreeMap<&'l str, usize> {
    let link = |folder: &Folder| {
        let Source { entry, folder: location, .. } = &units.sources[folder.unit];
        let named = entry.and_then(|entry| split(entry.resolved.as_deref()?)).map(|(name, _)| name);
        let manifest = || project.manifests.get(location.as_ref()?)?["name"].as_str();
        Some((named.or_else(manifest)?, folder.unit))
    };
    let members = units.folders.iter().rev().filter(|folder| folder.is_member);
    members.filter_map(link).collect()
}
