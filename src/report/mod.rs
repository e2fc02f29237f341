//! What a run found, for people and for machines.

mod exceptions;
mod kinds;
mod text;
mod weakened;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::ecosystem::Ecosystem;
use crate::graph::Purl;
use crate::pins::{Fallback, Pin, Pins};
use crate::plan::Route;
use crate::policy::Day;
use crate::problem::Problem;
use crate::source::FlagKind;

pub use exceptions::exceptions;
pub use text::{strict, text};
pub use weakened::{Weakened, gone, weakened};

/// The end of a `convert`. Printed as JSON it is what `--json` gives.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    pub ecosystem: Ecosystem,
    pub lockfile: String,
    /// What `--resolve` did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved: Option<String>,
    /// Distinct packages, the project's own parts left out.
    pub packages: usize,
    /// How many by route; an artifact that nobody has vetted counts as `unvetted`, another as `exception`.
    pub routes: BTreeMap<&'static str, usize>,
    /// How many by tier; `unresolved` where a host could not be reached, `none` where nothing was asked, or only of the
    /// source of a release that is taken as a wheel.
    pub tiers: BTreeMap<String, usize>,
    /// Packages with flags, by kind of flag.
    pub flags: BTreeMap<&'static str, Vec<Purl>>,
    /// Verbatim packages without committed build output and without binaries.
    pub plain_verbatim: usize,
    pub unvetted: Vec<Unvetted>,
    /// Packages that are made less well than the earlier pins had them.
    pub weakened: Vec<Weakened>,
    /// Packages that are built from the index's source archive.
    pub sdists: Vec<Unvetted>,
    /// Packages that were built again from their commit and came out as the registry ships them, and how near: `name@version`
    /// and a sentence. npm.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub rebuilt: BTreeMap<String, String>,
    /// Git dependencies that are built from their commit as npm does it: `name@version` and a sentence. npm.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub prepared: BTreeMap<String, String>,
    /// What builds are held back from, so that they do not break: bound and reason, and the packages.
    pub bounds: BTreeMap<String, Vec<String>>,
    /// What headwater.toml adds to builds, by package as it is named there.
    pub overrides: BTreeMap<String, Vec<String>>,
    /// What takes the place of what packages would download, by package.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub provided: BTreeMap<String, String>,
    /// Hosts that could not be reached.
    pub unreachable: Vec<String>,
    /// What deserves attention and stops nothing.
    pub warnings: Vec<Problem>,
    /// Packages that only developers want and that cannot be had, and why.
    pub left_out: BTreeMap<String, Problem>,
    /// How many exceptions were appended to headwater.toml.
    pub exceptions: usize,
    /// The day of the run.
    #[serde(skip)]
    pub day: Day,
    /// Locations that cannot be made yet, and why.
    pub missing: BTreeMap<String, String>,
    /// Files and folders that were written, relative to the output folder.
    pub written: Vec<String>,
    /// What to run next.
    pub next: Vec<String>,
}

/// A package that is not made from its commit, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unvetted {
    pub package: Purl,
    pub reason: String,
    /// Of an artifact of which a build was wanted: the problem that keeps it from being built.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback: Option<Fallback>,
    /// Whether it is only so because a host could not be reached.
    #[serde(skip)]
    pub is_incomplete: bool,
}

impl Summary {
    /// Counts what the pins say, and what became of those of an earlier run; the rest is for the caller to fill in.
    pub fn of(ecosystem: Ecosystem, lockfile: &str, pins: &Pins, prior: &Pins, today: Day) -> Self {
        let mut summary = Self {
            ecosystem,
            lockfile: lockfile.to_owned(),
            resolved: None,
            packages: pins.packages.len(),
            routes: BTreeMap::new(),
            tiers: BTreeMap::new(),
            flags: BTreeMap::new(),
            plain_verbatim: 0,
            unvetted: Vec::new(),
            weakened: Vec::new(),
            sdists: Vec::new(),
            rebuilt: rebuilt(pins),
            prepared: BTreeMap::new(),
            bounds: BTreeMap::new(),
            overrides: BTreeMap::new(),
            provided: BTreeMap::new(),
            unreachable: Vec::new(),
            warnings: Vec::new(),
            left_out: BTreeMap::new(),
            exceptions: 0,
            day: today,
            missing: BTreeMap::new(),
            written: Vec::new(),
            next: Vec::new(),
        };
        for (purl, pin) in &pins.packages {
            summary.count(purl, pin);
        }
        summary.absent(std::iter::empty());
        summary.weakened = weakened(prior, pins);
        summary
    }

    /// Git dependencies that are built from their commit.
    pub fn git_builds(&mut self, pins: &Pins, built: &BTreeSet<Purl>) {
        let made = |purl: &Purl| Some((text::short(purl), pins.rebuilds.made(purl)?));
        self.prepared = built.iter().filter_map(made).collect();
    }

    /// Hosts of packages that have no pin at all.
    pub fn absent(&mut self, hosts: impl Iterator<Item = String>) {
        self.unreachable.extend(hosts);
        self.unreachable.sort();
        self.unreachable.dedup();
    }

    fn count(&mut self, purl: &Purl, pin: &Pin) {
        let route = match (pin.route, &pin.exception) {
            (Route::Verbatim, _) => "verbatim",
            (Route::Build, _) => "build",
            (Route::Sdist, _) => "sdist",
            (Route::Artifact, Some(_)) => "exception",
            (Route::Artifact, None) => "unvetted",
        };
        *self.routes.entry(route).or_default() += 1;
        // What was found of a release says nothing of its wheel, which nobody compared with it. npm's artifact was compared.
        let is_wheel = pin.route == Route::Artifact && purl.as_str().starts_with("pkg:pypi/");
        let compared = pin.resolution.as_ref().filter(|_| !is_wheel);
        let tier = match (compared, &pin.unreachable) {
            (Some(resolution), _) => format!("{:?}", resolution.tier),
            (None, Some(_)) => "unresolved".to_owned(),
            (None, None) => "none".to_owned(),
        };
        *self.tiers.entry(tier).or_default() += 1;
        // What somebody has vetted is complete as it is.
        if pin.exception.is_none() {
            self.unreachable.extend(pin.unreachable.clone());
        }
        let flags = pin.resolution.as_ref().map_or(&[][..], |resolution| &resolution.flags);
        for flag in flags {
            self.flags.entry(flag.kind.title()).or_default().push(purl.clone());
        }
        let written_by_hand = |kind: FlagKind| !matches!(kind, FlagKind::CommittedOutput | FlagKind::Binary);
        if route == "verbatim" && flags.iter().all(|flag| written_by_hand(flag.kind)) {
            self.plain_verbatim += 1;
        }
        let reason = pin.reason.clone().map(String::from).unwrap_or_default();
        let because = Unvetted {
            package: purl.clone(),
            reason,
            fallback: pin.fallback.clone(),
            is_incomplete: pin.unreachable.is_some(),
        };
        match route {
            "unvetted" => self.unvetted.push(because),
            "sdist" => self.sdists.push(because),
            _ => {}
        }
    }
}

fn rebuilt(pins: &Pins) -> BTreeMap<String, String> {
    let packages = pins.rebuilds.packages.iter().map(|(purl, rebuild)| (purl, rebuild.said()));
    let wheels = pins.rebuilds.wheels.iter().map(|(purl, rebuild)| (purl, rebuild.said()));
    packages.chain(wheels).filter_map(|(purl, said)| Some((text::short(purl), said?))).collect()
}
