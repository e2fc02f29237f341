//! From what was found to the files: pins, what each language is told besides, and the summary.

use std::collections::{BTreeMap, BTreeSet};

use super::found::Installation;
use super::git_builds::{BuildPlanner, GitBuilds};
use super::{described, hashing, nested, own_word, pinning, rebuilt, settled, unlocked};
use crate::convert::writing;
use crate::ecosystem::Ecosystem;
use crate::emit::model::npm::described::Described;
use crate::emit::model::npm::{Packs, Part, Project};
use crate::emit::model::{self, Lockfile, Of};
use crate::emit::packs::Pack;
use crate::emit::{Language, Layout};
use crate::failure::Failure;
use crate::graph::{Location, Purl};
use crate::pins::{Pin, Pins};
use crate::plan::npm::packs::Place;
use crate::plan::npm::{downloads, shell};
use crate::policy::{Day, Policy};
use crate::problem::{Problem, npm as npm_problem};
use crate::progress::Progress;
use crate::report::Summary;
use crate::settings;
use crate::world::World;

/// All that a conversion has found.
pub struct Conversion<'a> {
    pub settings: &'a settings::Convert,
    pub progress: Progress,
    pub today: Day,
    pub world: &'a World,
    pub policy: &'a Policy,
    /// What an earlier run pinned.
    pub prior: &'a Pins,
    pub lockfile: &'a Lockfile,
    pub found: &'a Installation<'a>,
    pub project: &'a Project,
    /// Program name to path in the package, for every location that has programs.
    pub bins: &'a BTreeMap<Location, BTreeMap<String, String>>,
    /// The default registry's address, with a slash at its end.
    pub registry: &'a str,
    pub is_engine_strict: bool,
}

impl Conversion<'_> {
    /// Writes everything.
    ///
    /// # Errors
    /// Artifacts that cannot be had any more, what a language cannot say, a disk that refuses.
    pub async fn written(&self) -> Result<Summary, Failure> {
        let Self { found, project, policy, .. } = *self;
        let mut pins =
            pinning::pins(found.known, policy, self.today, &|known| found.url(known, self.registry));
        pinning::keep(&mut pins, self.prior, found.absent);
        let GitBuilds { rebuilds, built, unplanned } = self.git_builds(&mut pins).await?;
        let (missing, builds) = (found.missing(&unplanned), found.builds());
        let mut warnings = self.warnings(&built).await;
        let engines = found.engines(project, self.is_engine_strict);
        let mut used = rebuilt::used(policy, &rebuilds, &mut pins);
        used.extend(built.iter().cloned());
        rebuilt::say(&rebuilds, &mut pins);
        let described = self.described(&mut pins).await?;
        let tool_hashes = match described {
            Some(_) => described::tool_hashes(self.world, &rebuilds, self.registry).await?,
            None => BTreeMap::new(),
        };
        let mut places = found.places(&builds);
        places.retain(|purl, _| !used.contains(purl));
        let packs = self.packs(&pins, &places).await?;
        places.extend(used.iter().filter_map(|purl| Some((purl.clone(), rebuilt::place(purl)?))));
        warnings.extend(described.iter().flat_map(|_| own_word::guix_warnings(&engines)));
        warnings.extend(packs.iter().flat_map(|_| own_word::nix_warnings(&engines)));
        let downloads = downloads::downloads(found.graph, policy);
        let nodes = found.graph.nodes.iter();
        let download = nodes
            .filter_map(|(location, node)| Some((location.clone(), downloads::key(policy, node)?)))
            .collect();
        let part = Part {
            project,
            lockfile: self.lockfile,
            graph: found.graph,
            registry: self.registry,
            mirrors: policy.mirrors,
            builds: &builds,
            linked: &found.linked(),
            shell: &shell::shell(policy, found.graph),
            downloads: &downloads,
            download: &download,
            bins: self.bins,
            missing: &missing,
            provenance: &found.provenance(&pins),
            engines: &engines,
            is_engine_strict: self.is_engine_strict,
            rebuilt: &rebuilt::titles(&rebuilds, &used),
            packs: packs.as_ref().map(|packs| Packs { packs, places: &places }),
            described: described.as_ref(),
            tool_hashes: &tool_hashes,
        };
        for notice in self.world.finish() {
            self.progress.say(&notice);
        }
        let mut pins = Pins::new(self.registry.to_owned(), pins, None);
        pins.rebuilds = rebuilds;
        let mut summary =
            Summary::of(Ecosystem::Npm, self.lockfile.path.as_str(), &pins, self.prior, self.today);
        let hosts = found.absent.iter().map(|absent| absent.host.clone());
        summary.absent(hosts.chain(unplanned.into_values().filter_map(|one| one.unreachable)));
        summary.git_builds(&pins, &built);
        summary.warnings = warnings;
        summary.overrides = settled::shown(found);
        let provided =
            downloads.iter().filter_map(|(name, download)| Some((name.clone(), downloads::shown(download)?)));
        summary.provided = provided.collect();
        let missing = missing.iter().map(|(location, why)| (location.to_string(), why.clone()));
        summary.missing = missing.collect();
        let layout = Layout::new(&self.settings.out, &self.settings.folder);
        let project = model::Project { parts: vec![model::Part { layout, of: Of::Npm(Box::new(part)) }] };
        writing::finish(self.settings, &self.world.git, &pins, &project, &mut summary).await?;
        Ok(summary)
    }

    /// Git dependencies that their own scripts make; their pins say so.
    async fn git_builds(&self, pins: &mut BTreeMap<Purl, Pin>) -> Result<GitBuilds, Failure> {
        let dependencies = self.found.scripted();
        let mut prior = self.prior.rebuilds.kept(pins, self.policy);
        // What is not built any more is not kept either, unless nobody could be asked.
        prior.packages.retain(|purl, rebuild| {
            let is_wanted = dependencies.iter().any(|one| one.known.wanted.purl == *purl);
            rebuild.artifact.is_some() || is_wanted || !self.found.known.contains_key(purl)
        });
        let planner = BuildPlanner {
            world: self.world,
            policy: self.policy,
            registry: self.registry,
            progress: self.progress,
            refresh: self.settings.refresh,
        };
        let builds = planner.builds(&dependencies, prior).await?;
        pins.iter_mut()
            .filter(|(purl, _)| builds.built.contains(purl))
            .for_each(|(_, pin)| pinning::built_from_git(pin));
        Ok(builds)
    }

    /// What must be said of the project, whatever it is written in.
    async fn warnings(&self, built: &BTreeSet<Purl>) -> Vec<Problem> {
        let Self { found, project, settings, .. } = *self;
        let lockfile = self.lockfile.path.as_str();
        let mut warnings = found.warnings(lockfile, project, built);
        warnings.extend(unlocked::warnings(self.world, found, project, lockfile).await);
        let nested = nested::lockfiles(&settings.folder, found.graph);
        warnings.extend((!nested.is_empty()).then(|| npm_problem::nested_lockfiles(&nested)));
        warnings.extend(writing::outside(&settings.out, &settings.folder));
        warnings
    }

    /// What packages say of themselves, where there are to be definitions: with the hashes of their checkouts, which
    /// the pins keep.
    async fn described(
        &self,
        pins: &mut BTreeMap<Purl, Pin>,
    ) -> Result<Option<BTreeMap<String, Described>>, Failure> {
        if !self.settings.to.contains(&Language::Guix) {
            return Ok(None);
        }
        pinning::keep_checkouts(pins, self.prior);
        let checkouts = described::checkouts(self.world, pins, self.progress).await;
        pinning::checkouts(pins, &checkouts);
        Ok(Some(described::described(self.world, self.found, pins, &checkouts).await?))
    }

    /// What is fetched together, hashed, where it is fetched in packs.
    async fn packs(
        &self,
        pins: &BTreeMap<Purl, Pin>,
        places: &BTreeMap<Purl, Place>,
    ) -> Result<Option<BTreeMap<String, Pack>>, Failure> {
        if !self.settings.to.contains(&Language::Nix) {
            return Ok(None);
        }
        let packages = hashing::Packages { known: self.found.known, pins, places };
        let members = hashing::members(packages);
        let stage = self.progress.stage("hashing", members.len());
        Ok(Some(hashing::packs(self.world, packages, &members, &stage).await?))
    }
}
