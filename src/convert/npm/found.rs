//! What was found, as the rooms after it want it: pure.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::git_builds::NoBuild;
use super::package::{Absent, Finding, ResolvedPackage};
use super::wanted::Request;
use super::{hashing, settled};
use crate::contents::{Contents, case_collisions};
use crate::emit::model::npm::Project;
use crate::emit::model::provenance::SourceType;
use crate::graph::npm::{Graph, Node, Origin, look_up, permits};
use crate::graph::{Location, PackageName, Purl};
use crate::npm::script::wants_network;
use crate::pins::{IntegritySource, Pin};
use crate::plan::Route;
use crate::plan::npm::build::{PackageBuild, builds, needs_prepare};
use crate::plan::npm::consent::Consent;
use crate::plan::npm::downloads;
use crate::plan::npm::own_scripts::OwnScript;
use crate::plan::npm::packs::{Fetched, Place, group};
use crate::policy::Policy;
use crate::problem::{Problem, artifact, convert as problem, policy};
use crate::source::binaries;

/// All that is known when nothing more is to be asked; what follows is pure.
pub struct Installation<'a> {
    pub graph: &'a Graph,
    pub known: &'a BTreeMap<Purl, ResolvedPackage>,
    pub absent: &'a [Absent],
    pub local: &'a BTreeMap<Location, Arc<Contents>>,
    pub policy: &'a Policy,
    pub consent: &'a Consent,
}

/// A git dependency that is not what its commit holds until it is built.
#[derive(Clone, Copy)]
pub struct GitDependency<'a> {
    pub known: &'a ResolvedPackage,
    /// The script of its own that makes it; `None` where only headwater.toml says that it is built.
    pub script: Option<&'static str>,
}

impl GitDependency<'_> {
    pub fn purl(&self) -> Purl {
        self.known.wanted.purl.clone()
    }
}

impl<'a> Installation<'a> {
    pub fn known(&self, node: &Node) -> Option<&'a ResolvedPackage> {
        self.known.get(&node.identity()?)
    }

    pub fn contents(&self, location: &Location, node: &Node) -> Option<&'a Contents> {
        match self.local.get(location) {
            Some(contents) => Some(contents),
            None => self.known(node).map(|known| &*known.contents),
        }
    }

    pub fn builds(&self) -> BTreeMap<Location, PackageBuild> {
        builds(self.graph, self.policy, self.consent, |location, node| self.contents(location, node))
    }

    /// Packages with compiled files that are bound to libraries or a loader, and what the policy names for them:
    /// attributes of `pkgs`.
    pub fn linked(&self) -> BTreeMap<Location, Vec<String>> {
        let nodes = self.graph.nodes.iter().filter(|(location, node)| {
            // What is bundled or linked is in files of others; other systems have nothing to patch.
            let has_files =
                !matches!(node.origin, Origin::Project | Origin::Link { .. } | Origin::Bundled { .. });
            has_files
                && permits(&node.platform.os, "linux")
                && self.contents(location, node).is_some_and(|contents| contents.linked().is_some())
        });
        let inputs = |node: &Node| {
            let overrides = self.policy.overrides(node.name.as_ref()?, node.version.as_ref());
            Some(overrides?.build_inputs.clone())
        };
        nodes.map(|(location, node)| (location.clone(), inputs(node).unwrap_or_default())).collect()
    }

    /// The tarball's address, where the registry's layout does not give it.
    pub fn url(&self, known: &ResolvedPackage, registry: &str) -> Option<String> {
        written_url(known.artifact.as_ref()?.url.as_str(), &known.wanted, registry)
    }

    pub fn places(&self, builds: &BTreeMap<Location, PackageBuild>) -> BTreeMap<Purl, Place> {
        let nodes = &self.graph.nodes;
        let needed =
            builds.values().flat_map(|build| &build.members).filter_map(|location| nodes.get(location));
        let bound = nodes.values().filter(|node| !node.platform.is_any());
        let alone: BTreeSet<Purl> = needed.chain(bound).filter_map(Node::identity).collect();
        let fetched: Vec<_> = self
            .known
            .values()
            .map(|known| Fetched {
                purl: known.wanted.purl.clone(),
                name: known.wanted.name.to_string(),
                version: known.wanted.version.as_ref().map_or_else(|| "0".to_owned(), ToString::to_string),
                variant: known.wanted.variant(),
                packed_size: known.contents.packed_size,
                alone: alone.contains(&known.wanted.purl),
            })
            .collect();
        group(&fetched)
    }

    /// The programs of every location: as the lockfile has them, else as the package itself says (a lockfile
    /// of version 1, or a shrinkwrap of that version in an artifact, has none).
    pub fn bins(&self, project: &Project) -> BTreeMap<Location, BTreeMap<String, String>> {
        let of = |location: &Location, node: &Node| {
            // npm reads the manifest of what it links to, too; of what lies in an artifact the lockfile says it.
            if let Origin::Link { target } = &node.origin {
                let of_lockfile = self.graph.nodes.get(target).map(|target| &target.bin);
                return project.bins.get(target).or(of_lockfile).cloned().unwrap_or_default();
            }
            // Programs are those of what leads there.
            if location.within().is_some() {
                return BTreeMap::new();
            }
            if !node.bin.is_empty() {
                return node.bin.clone();
            }
            let Some(contents) = self.contents(location, node) else { return BTreeMap::new() };
            crate::npm::bins(&contents.manifest_json())
        };
        self.graph.nodes.iter().map(|(location, node)| (location.clone(), of(location, node))).collect()
    }

    /// What each package is to nixpkgs' policy.
    pub fn provenance(&self, pins: &BTreeMap<Purl, Pin>) -> BTreeMap<Purl, SourceType> {
        let of = |purl: &Purl, pin: &Pin| match (pin.route, self.known.get(purl)) {
            (Route::Verbatim | Route::Build, _) => SourceType::FromSource,
            (_, Some(known)) if binaries(&known.contents).next().is_some() => SourceType::BinaryNativeCode,
            _ => SourceType::BinaryBytecode,
        };
        pins.iter().map(|(purl, pin)| (purl.clone(), of(purl, pin))).collect()
    }

    /// What the emitted code cannot make: it says so when it is evaluated.
    pub fn missing(&self, unplanned: &BTreeMap<Purl, NoBuild>) -> BTreeMap<Location, String> {
        let mut missing = BTreeMap::new();
        for (location, node) in &self.graph.nodes {
            let Some(purl) = node.identity() else { continue };
            if let Some(absent) = self.absent.iter().find(|absent| absent.wanted.purl == purl) {
                let why = format!(
                    "{}: {} could not be reached; convert again where it can",
                    absent.wanted.shown(),
                    absent.host
                );
                missing.insert(location.clone(), why);
            } else if let Some(NoBuild { problem, .. }) = unplanned.get(&purl) {
                let package = problem.package.as_deref().unwrap_or_default();
                missing.insert(location.clone(), format!("{package}: {}; {}", problem.message, problem.hint));
            }
        }
        missing
    }

    /// Git dependencies that npm has their own scripts make, or of which the user says how they are built.
    pub fn scripted(&self) -> Vec<GitDependency<'a>> {
        let one = |known: &'a ResolvedPackage| {
            let Finding::Git { .. } = known.finding else { return None };
            let overrides = self.policy.overrides(&known.wanted.name, known.wanted.version.as_ref());
            let skips = overrides.and_then(|overrides| overrides.skip_scripts);
            let script = needs_prepare(&known.contents.manifest_json());
            let is_built = script.is_some() || overrides.is_some_and(|overrides| overrides.build.is_some());
            let is_left = skips.unwrap_or(self.consent.ignores_all());
            (is_built && !is_left).then_some(GitDependency { known, script })
        };
        self.known.values().filter_map(one).collect()
    }

    /// Whether a dependency comes in the artifact of the package itself, or of the one that it is bundled in: npm then
    /// needs no entry for it.
    pub fn comes_along(&self, location: &Location, dependency: &PackageName) -> bool {
        let holder = match self.graph.nodes.get(location).map(|node| &node.origin) {
            Some(Origin::Bundled { bundler }) => bundler,
            _ => location,
        };
        let below =
            location.as_str().strip_prefix(holder.as_str()).unwrap_or_default().trim_start_matches('/');
        let contents = self.graph.nodes.get(holder).and_then(|node| self.contents(holder, node));
        contents.is_some_and(|contents| {
            let manifest = |place: &str| contents.file(&format!("{place}/package.json"));
            look_up(below, dependency.as_str(), manifest).is_some()
        })
    }

    /// Scripts of the project's own that will hardly end well in a build.
    fn unlikely_scripts(&self, project: &Project) -> Vec<Problem> {
        let programs: BTreeSet<_> = match project.scripts.is_empty() {
            true => BTreeSet::new(),
            false => self.bins(project).into_values().flat_map(BTreeMap::into_keys).collect(),
        };
        let wants_network = |script: &&OwnScript| {
            let manifest = project.manifests.get(&script.folder).unwrap_or(&serde_json::Value::Null);
            script.in_build && wants_network(manifest, &script.command, |program| programs.contains(program))
        };
        let told = |script: &OwnScript| {
            let file = match script.folder.is_root() {
                true => "package.json".to_owned(),
                false => format!("{}/package.json", script.folder),
            };
            problem::own_script(&file, script.event, &script.command)
        };
        project.scripts.iter().filter(wants_network).map(told).collect()
    }

    /// What deserves attention and stops nothing.
    pub fn warnings(&self, lockfile: &str, project: &Project, built: &BTreeSet<Purl>) -> Vec<Problem> {
        let mut warnings = self.consent_warnings();
        warnings.extend(self.unlikely_scripts(project));
        warnings.extend(settled::hints(project));
        warnings.extend(settled::idle(self));
        let missing = self.graph.missing().into_iter();
        // What the project itself lacks is said above.
        let missing = missing.filter(|(location, _)| !location.is_root());
        for (location, dependency) in missing.filter(|(location, name)| !self.comes_along(location, name)) {
            warnings.push(problem::incomplete(lockfile, location.as_str(), dependency.as_str()));
        }
        for known in self.known.values() {
            let shown = known.wanted.shown();
            for (one, other) in case_collisions(&known.contents) {
                warnings.push(artifact::case_collision(&shown, &one, &other));
            }
            if let Finding::Git { submodules, .. } = &known.finding
                && !submodules.is_empty()
                && !built.contains(&known.wanted.purl)
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
        for (location, node) in &self.graph.nodes {
            if let Origin::Bundled { bundler } = &node.origin
                && node.has_install_script
            {
                warnings.push(problem::bundled_scripts(lockfile, location.as_str(), bundler.as_str()));
            }
        }
        let idle = downloads::idle(self.graph, self.policy);
        warnings.extend(idle.into_iter().map(policy::provides_nothing));
        let nodes = self.graph.nodes.values();
        warnings.extend(
            self.policy.idle(nodes.filter_map(|node| Some((node.name.as_ref()?, node.version.as_ref())))),
        );
        warnings
    }
}

/// A tarball's address as it is written down, relative to the registry; `None` where the registry's layout gives it.
pub fn written_url(url: &str, wanted: &Request, registry: &str) -> Option<String> {
    let short = relative(url, registry);
    (hashing::layout(wanted).as_deref() != Some(short)).then(|| short.to_owned())
}

/// An address as it stands in pins and lists: relative to the registry where it lies below it, unless what
/// is left would itself be read as an address (`http://...`).
/// An address as it stands in pins and lists: relative to the registry where it lies below it, unless what
/// is left would itself be read as an address (`http://...`).
fn relative<'u>(url: &'u str, registry: &str) -> &'u str {
    let below = url.strip_prefix(registry).filter(|path| !registry.is_empty() && !path.is_empty());
    let first = |path: &str| path.split(['/', '?', '#']).next().unwrap_or_default().contains(':');
    below.filter(|path| !path.starts_with('/') && !first(path)).unwrap_or(url)
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
