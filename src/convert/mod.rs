//! The flow of `headwater convert`: from the lockfile through the rooms to the files.

mod hashing;
mod local;
mod package;
mod pinning;
mod wanted;
mod writing;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::contents::{Contents, case_collisions};
use crate::emit::nix::{self, model, project::Project};
use crate::graph::{Graph, Location, Node, Origin, Purl};
use crate::lockfile;
use crate::pins::{IntegritySource, Pins};
use crate::plan::build::{Build, builds, needs_prepare};
use crate::plan::packs::{Fetched, Place, group};
use crate::policy::{Day, Policy};
use crate::problem::{Problem, artifact, convert as problem};
use crate::progress::Progress;
use crate::report::Summary;
use crate::settings;
use crate::world::World;
use crate::world::disk::DiskError;
use crate::world::npm::NpmError;
use package::{Absent, Finding, Known};

/// Why nothing was written.
#[derive(Debug)]
pub enum Failure {
    /// Faults of the input.
    Input(Vec<Problem>),
    /// A registry that cannot be reached.
    Unreachable(Problem),
    /// The tool or its surroundings.
    Other(anyhow::Error),
}

impl Failure {
    fn one(problem: Problem) -> Self {
        Self::Input(vec![problem])
    }

    /// What a registry's error means for `package` (`name@version`), without which nothing can be said.
    pub fn of(error: &NpmError, package: &str) -> Self {
        let problem = error.problem(package);
        if error.is_network() { Self::Unreachable(problem) } else { Self::one(problem) }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

impl From<DiskError> for Failure {
    fn from(error: DiskError) -> Self {
        match &error {
            // The user's file is not what it should be; all else is the disk's affair.
            DiskError::NotAFile(path) | DiskError::NotText(path) | DiskError::TooLarge { path, .. } => {
                Self::one(problem::bad_file(&path.display().to_string(), &error.to_string()))
            }
            _ => Self::Other(error.into()),
        }
    }
}

/// Converts a project and writes the result.
///
/// # Errors
/// Faults of the input, all that were found; a registry that cannot be reached; or a failure of the
/// surroundings. Nothing was written then.
pub async fn convert(
    settings: &settings::Convert,
    today: Day,
    progress: Progress,
) -> Result<Summary, Failure> {
    let folder = &settings.folder;
    let lockfile = local::lockfile(folder, settings.lockfile.as_deref())?;
    let policy = local::policy(&settings.out)?;
    let prior = writing::prior_pins(&settings.out)?;
    let world = World::new(folder, settings.registry.clone())?;
    let trusted = world.trusted_origins();
    let mut graph = local::graph(folder, &lockfile, &trusted)?;
    let local_contents = local::contents(folder, &graph, &lockfile)?;
    local::patches(folder, &policy)?;
    let asked = if settings.refresh { Pins::default() } else { prior.unwrap_or_default() };
    let options = lockfile::Options { trusted_origins: &trusted };
    let registry = registry(&world, &graph).await?;
    let (known, absent) = gather(&world, &mut graph, &lockfile, &options, &asked, progress).await?;
    let project = local::project(folder, &graph)?;
    for notice in world.notices() {
        progress.say(&notice);
    }

    let found =
        Found { graph: &graph, known: &known, absent: &absent, local: &local_contents, policy: &policy };
    let pins = pinning::pins(&known, &policy, today, &|known| found.url(known, &registry));
    let missing = found.missing();
    let builds = found.builds();
    let places = found.places(&builds);
    let packages = hashing::Packages { known: &known, pins: &pins, places: &places };
    let members = hashing::members(packages);
    let stage = progress.stage("hashing", members.len());
    let packs = hashing::packs(&world, packages, &members, &stage).await?;
    drop(stage);

    let bins = found.bins(&project);
    let input = model::Input {
        project: &project,
        graph: &graph,
        places: &places,
        builds: &builds,
        bins: &bins,
        missing: &missing,
        identity: &wanted::identity,
    };
    let files = nix::render(&nix::Nix {
        input,
        registry: &registry,
        mirrors: policy.mirrors,
        packs: &packs,
        project_path: &writing::project_path(&settings.out, folder),
    })?;
    let pins = Pins::new(registry, pins);
    let written = writing::write(&settings.out, &pins, files, &project)?;

    let mut summary = Summary::of(&lockfile, &pins);
    summary.absent(absent.iter().map(|absent| absent.host.clone()));
    summary.warnings = found.warnings(&lockfile);
    summary.missing = missing.into_iter().map(|(location, why)| (location.to_string(), why)).collect();
    summary.next = written.next;
    summary.written = written.names;
    Ok(summary)
}

/// An address as it stands in pins and lists: relative to the registry where it lies below it, unless what
/// is left would itself be read as an address (`http://...`).
fn relative<'u>(url: &'u str, registry: &str) -> &'u str {
    let below = url.strip_prefix(registry).filter(|path| !registry.is_empty() && !path.is_empty());
    let first = |path: &str| path.split(['/', '?', '#']).next().unwrap_or_default().contains(':');
    below.filter(|path| !path.starts_with('/') && !first(path)).unwrap_or(url)
}

/// The default registry's address; `""` where there is none and the lockfile needs none.
async fn registry(world: &World, graph: &Graph) -> Result<String, Failure> {
    // What is written here is public: it ends in the pins and, readable by all, in the store.
    if let Some(url) =
        world.trusted_origins().iter().find(|url| !url.username().is_empty() || url.password().is_some())
    {
        return Err(Failure::one(problem::registry_with_credentials(url.host_str().unwrap_or_default())));
    }
    match world.registry().await {
        Ok(registry) => Ok(registry.to_string()),
        Err(_) if !graph.nodes.values().any(|node| matches!(node.origin, Origin::Registry { .. })) => {
            Ok(String::new())
        }
        Err(error) => Err(Failure::of(&error, "every package")),
    }
}

/// Fetches and resolves everything, and grafts the subtrees that artifacts bring in their own shrinkwrap,
/// until nothing new turns up.
async fn gather(
    world: &World,
    graph: &mut Graph,
    lockfile: &str,
    options: &lockfile::Options<'_>,
    prior: &Pins,
    progress: Progress,
) -> Result<(BTreeMap<Purl, Known>, Vec<Absent>), Failure> {
    let mut known: BTreeMap<Purl, Known> = BTreeMap::new();
    let mut absent: Vec<Absent> = Vec::new();
    let mut seen = BTreeSet::new();
    loop {
        let wanted = wanted::wanted(graph, lockfile).map_err(Failure::Input)?;
        let new: Vec<_> = wanted.into_values().filter(|wanted| seen.insert(wanted.purl.clone())).collect();
        if new.is_empty() {
            return Ok((known, absent));
        }
        let stage = progress.stage("packages", new.len());
        let (more, gone) = package::all(world, new, prior, &stage).await?;
        known.extend(more.into_iter().map(|known| (known.wanted.purl.clone(), known)));
        absent.extend(gone);
        graft(graph, &known, options)?;
    }
}

fn graft(
    graph: &mut Graph,
    known: &BTreeMap<Purl, Known>,
    options: &lockfile::Options<'_>,
) -> Result<(), Failure> {
    let bare: Vec<_> = graph
        .nodes
        .iter()
        .filter(|(location, node)| node.has_shrinkwrap && graph.children(location).is_empty())
        .filter_map(|(location, node)| {
            let known = known.get(&wanted::identity(node)?)?;
            Some((location.clone(), known.contents.shrinkwrap.clone()?))
        })
        .collect();
    for (location, text) in bare {
        lockfile::graft(graph, &location, &text, options).map_err(Failure::Input)?;
    }
    Ok(())
}

/// All that is known when nothing more is to be asked; what follows is pure.
struct Found<'a> {
    graph: &'a Graph,
    known: &'a BTreeMap<Purl, Known>,
    absent: &'a [Absent],
    local: &'a BTreeMap<Location, Arc<Contents>>,
    policy: &'a Policy,
}

impl<'a> Found<'a> {
    fn known(&self, node: &Node) -> Option<&'a Known> {
        self.known.get(&wanted::identity(node)?)
    }

    fn contents(&self, location: &Location, node: &Node) -> Option<&'a Contents> {
        match self.local.get(location) {
            Some(contents) => Some(contents),
            None => self.known(node).map(|known| &*known.contents),
        }
    }

    fn builds(&self) -> BTreeMap<Location, Build> {
        builds(self.graph, self.policy, |location, node| self.contents(location, node))
    }

    /// The tarball's address, where the registry's layout does not give it.
    fn url(&self, known: &Known, registry: &str) -> Option<String> {
        let url = known.artifact.as_ref()?.url.as_str();
        let short = relative(url, registry);
        (short != hashing::layout(known)).then(|| short.to_owned())
    }

    fn places(&self, builds: &BTreeMap<Location, Build>) -> BTreeMap<Purl, Place> {
        let nodes = &self.graph.nodes;
        let needed =
            builds.values().flat_map(|build| &build.members).filter_map(|location| nodes.get(location));
        let bound = nodes.values().filter(|node| !node.platform.is_any());
        let alone: BTreeSet<Purl> = needed.chain(bound).filter_map(wanted::identity).collect();
        let fetched: Vec<_> = self
            .known
            .values()
            .map(|known| Fetched {
                purl: known.wanted.purl.clone(),
                name: known.wanted.name.to_string(),
                version: known.wanted.version.to_string(),
                variant: known.wanted.variant(),
                packed_size: known.contents.packed_size,
                alone: alone.contains(&known.wanted.purl),
            })
            .collect();
        group(&fetched)
    }

    /// The programs of every location: as the lockfile has them, else as the package itself says.
    fn bins(&self, project: &Project) -> BTreeMap<Location, BTreeMap<String, String>> {
        let of = |location: &Location, node: &Node| {
            // npm reads the manifest of what it links to, too.
            if let Origin::Link { target } = &node.origin {
                return project.bins.get(target).cloned().unwrap_or_default();
            }
            if !node.bin.is_empty() || self.graph.lockfile_version > 1 && !self.local.contains_key(location) {
                return node.bin.clone();
            }
            let Some(contents) = self.contents(location, node) else { return BTreeMap::new() };
            lockfile::bins(&contents.manifest_json())
        };
        self.graph.nodes.iter().map(|(location, node)| (location.clone(), of(location, node))).collect()
    }

    /// What the emitted code cannot make: it says so when it is evaluated.
    fn missing(&self) -> BTreeMap<Location, String> {
        let mut missing = BTreeMap::new();
        for (location, node) in &self.graph.nodes {
            let Some(purl) = wanted::identity(node) else { continue };
            if let Some(absent) = self.absent.iter().find(|absent| absent.wanted.purl == purl) {
                let why = format!(
                    "{}: {} could not be reached; convert again where it can",
                    absent.wanted.shown(),
                    absent.host
                );
                missing.insert(location.clone(), why);
            } else if let Some(fault) = self.known.get(&purl).and_then(|known| self.unprepared(known)) {
                missing.insert(
                    location.clone(),
                    format!("{}: {}; {}", fault.package.unwrap_or_default(), fault.message, fault.hint),
                );
            }
        }
        missing
    }

    fn unprepared(&self, known: &Known) -> Option<Problem> {
        let Finding::Git { .. } = known.finding else { return None };
        let overrides = self.policy.overrides(&known.wanted.name, Some(&known.wanted.version));
        if overrides.is_some_and(|overrides| overrides.skip_scripts) {
            return None;
        }
        needs_prepare(&known.contents.manifest_json())
            .map(|script| problem::needs_prepare(&known.wanted.shown(), script))
    }

    fn warnings(&self, lockfile: &str) -> Vec<Problem> {
        let mut warnings = Vec::new();
        for (location, dependency) in self.graph.missing() {
            warnings.push(problem::incomplete(lockfile, location.as_str(), dependency.as_str()));
        }
        for known in self.known.values() {
            let shown = known.wanted.shown();
            for (one, other) in case_collisions(&known.contents) {
                warnings.push(artifact::case_collision(&shown, &one, &other));
            }
            if let Finding::Git { submodules, .. } = &known.finding
                && !submodules.is_empty()
            {
                warnings.push(artifact::left_out_submodules(&shown, submodules));
            }
            match known.artifact.as_ref().map(|tarball| tarball.integrity_from) {
                Some(IntegritySource::Registry) => {
                    warnings.push(problem::no_integrity(lockfile, &shown, "the registry's metadata"))
                }
                Some(IntegritySource::Download) => {
                    warnings.push(problem::no_integrity(lockfile, &shown, "the file as it was downloaded"))
                }
                Some(IntegritySource::Lockfile) | None => {}
            }
        }
        let nodes = self.graph.nodes.values();
        warnings.extend(
            self.policy.idle(nodes.filter_map(|node| Some((node.name.as_ref()?, node.version.as_ref())))),
        );
        warnings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_below_the_registry_stays_one() {
        let registry = "https://npm.example/r/";
        for (url, written) in [
            ("https://npm.example/r/x/-/x-1.0.0.tgz", "x/-/x-1.0.0.tgz"),
            ("https://npm.example/r/x/-/x-1.0.0.tgz?a:b", "x/-/x-1.0.0.tgz?a:b"),
            ("https://other.example/x.tgz", "https://other.example/x.tgz"),
            ("https://npm.example/r/", "https://npm.example/r/"),
        ] {
            assert_eq!(relative(url, registry), written);
        }
        // What is left would be read as an address of its own, or as one of the registry's host.
        for url in ["https://npm.example/r/http://127.0.0.1/x.tgz", "https://npm.example/r//x.tgz"] {
            assert_eq!(relative(url, registry), url);
        }
        assert_eq!(relative("https://npm.example/x", ""), "https://npm.example/x");
    }
}
