//! How each entry of the lockfile is made, and what becomes of one that cannot be made so: the next weaker way, always
//! with its reason. The choice is made here, at conversion: no builder has another way.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::package::{From, ResolvedPackage, Surroundings};
use super::pinning;
use super::release::{self, ReleaseFiles};
use super::scope::Scope;
use crate::convert::parallel;
use crate::failure::Failure;
use crate::graph::python::PyKey;
use crate::pins::Pins;
use crate::plan::{Decision, Route};
use crate::policy::{Day, Wheels};
use crate::problem::artifact::is_suspicious;
use crate::problem::crates::is_of_crates;
use crate::problem::{Problem, requirements as problem};
use crate::progress::Progress;
use crate::python::{PyName, PyVersion};

/// Every entry of the lockfile that is emitted, and those that are not.
#[derive(Clone)]
pub struct Decisions {
    pub entries: Vec<(ResolvedPackage, Decision)>,
    /// What only other platforms want: requirements files have it.
    pub elsewhere: Vec<(ResolvedPackage, Decision)>,
    pub absent: BTreeMap<PyKey, Absent>,
    /// Hosts that did not answer while an entry's build was planned.
    pub away: BTreeMap<PyKey, String>,
}

/// An entry that cannot be had.
#[derive(Clone, Debug)]
pub struct Absent {
    pub problem: Problem,
    /// Whether the result wants it: it cannot be built then. Else the shell is without it.
    pub wanted: bool,
    /// A host that did not answer: the next run may find it.
    pub host: Option<String>,
}

/// What is wrong with the build of a release.
#[derive(Clone, Debug)]
pub struct Unbuildable {
    pub release: (PyName, PyVersion),
    pub problem: Problem,
    /// What is wrong with the build requirements behind it.
    pub because: Vec<Problem>,
    /// Others that could be taken another way instead: it is on a circle with them.
    pub circle: Vec<(PyName, PyVersion)>,
    /// A host that did not answer.
    pub host: Option<String>,
}

impl Unbuildable {
    /// A fault of one release alone.
    pub fn new(release: (PyName, PyVersion), problem: Problem, host: Option<String>) -> Self {
        Self { release, problem, because: Vec::new(), circle: Vec::new(), host }
    }
}

impl Decisions {
    /// What the policy says of each entry.
    pub fn new(
        known: Vec<ResolvedPackage>,
        absent: BTreeMap<PyKey, Absent>,
        surroundings: &Surroundings,
        today: Day,
    ) -> Self {
        let decide = |known: ResolvedPackage| {
            let decision = pinning::decide(&known, &surroundings.policy, &surroundings.pythons, today);
            (known, decision)
        };
        let is_emitted = |known: &ResolvedPackage| surroundings.scopes.of(&known.key) != Scope::Elsewhere;
        let (entries, elsewhere): (Vec<_>, Vec<_>) = known.into_iter().partition(is_emitted);
        Self {
            entries: entries.into_iter().map(decide).collect(),
            elsewhere: elsewhere.into_iter().map(decide).collect(),
            absent,
            away: BTreeMap::new(),
        }
    }

    /// Each entry with its route.
    pub fn routed(&self) -> Vec<(&ResolvedPackage, Route)> {
        self.entries.iter().map(|(known, decision)| (known, decision.route())).collect()
    }

    /// The same with what other platforms want.
    pub fn all(&self) -> Vec<(&ResolvedPackage, Route)> {
        let all = self.entries.iter().chain(&self.elsewhere);
        all.map(|(known, decision)| (known, decision.route())).collect()
    }

    /// Whether an entry is that release, and is built.
    pub fn builds(&self, (name, version): &(PyName, PyVersion)) -> bool {
        self.entries.iter().any(|(known, decision)| {
            (known.name(), &known.version) == (name, version) && decision.route() != Route::Artifact
        })
    }

    /// What fell back in an earlier run falls back again, if its files are the same; with `open` also what only a host
    /// that did not answer kept from being built.
    pub fn as_before(&mut self, prior: &Pins, surroundings: &Surroundings, open: bool) {
        for (known, decision) in &mut self.entries {
            let pin = known.purl().and_then(|purl| prior.packages.get(&purl));
            let Some((pin, fallback)) = pin.and_then(|pin| Some((pin, pin.fallback.clone()?))) else {
                continue;
            };
            let From::Release(chosen) = &known.from else { continue };
            let sdist = chosen.sdist.as_ref().map(|sdist| &sdist.integrity);
            let same = pin.artifact.as_ref().map(|artifact| &artifact.integrity) == sdist;
            let allowed = surroundings.policy.wheels(known.name(), &known.version) == Wheels::Fallback;
            let is_open = pin.unreachable.is_some() && !open;
            if same && allowed && !is_open && decision.route() != Route::Artifact {
                let reason = pin.reason.clone().map(String::from).unwrap_or_default();
                *decision = Decision::Fallback { reason, code: fallback.code, hint: fallback.hint };
            }
        }
    }

    /// Takes the next weaker way for each release that cannot be built: from the commit to the source archive, from there
    /// to a wheel; without one it is left out of the shell, or is missing.
    ///
    /// # Errors
    /// What the result wants and nobody could install; an index that does not answer.
    pub async fn fall_back(
        &mut self,
        surroundings: &Arc<Surroundings>,
        faults: Vec<Unbuildable>,
        progress: Progress,
    ) -> Result<(), Failure> {
        let faulty = faults.iter().filter(|fault| !is_suspicious(&fault.problem));
        let releases = faulty.flat_map(|fault| std::iter::once(&fault.release).chain(&fault.circle));
        self.with_wheels(surroundings, releases.collect(), progress).await?;
        let mut refused = Vec::new();
        let mut unreachable = None;
        for fault in faults {
            let mut has_way = false;
            for (name, version) in std::iter::once(&fault.release).chain(&fault.circle) {
                let at = self.entries.iter().position(|(known, decision)| {
                    (known.name(), &known.version) == (name, version) && decision.route() != Route::Artifact
                });
                if let Some(at) = at
                    && self.weaken(at, surroundings, &fault)
                {
                    has_way = true;
                    break;
                }
            }
            match (has_way, fault.host) {
                (true, _) => {}
                (false, Some(_)) => unreachable = Some(fault.problem),
                (false, None) => refused.extend([fault.problem].into_iter().chain(fault.because)),
            }
        }
        refused.sort();
        refused.dedup();
        match (refused.is_empty(), unreachable) {
            (false, _) => Err(Failure::Input(refused)),
            (true, Some(problem)) => Err(Failure::Unreachable(problem)),
            (true, None) => Ok(()),
        }
    }

    /// Whether there is a weaker way for an entry; it is taken then.
    fn weaken(&mut self, at: usize, surroundings: &Surroundings, fault: &Unbuildable) -> bool {
        let (known, decision) = &mut self.entries[at];
        let Problem { kind, message, hint, .. } = &fault.problem;
        if let (Route::Build, From::Release(chosen)) = (decision.route(), &known.from)
            && chosen.sdist.is_some()
        {
            self.away.extend(fault.host.clone().map(|host| (known.key.clone(), host)));
            *decision = Decision::Sdist { reason: format!("not from its commit: {message} [{}]", kind.code) };
            return true;
        }
        let (name, version) = (known.name().clone(), known.version.clone());
        if surroundings.policy.wheels(&name, &version) != Wheels::Never
            && !is_suspicious(&fault.problem)
            && pinning::fitting(known, &surroundings.pythons)
        {
            self.away.extend(fault.host.clone().map(|host| (known.key.clone(), host)));
            let reason = message.clone();
            *decision = Decision::Fallback { reason, code: kind.code.to_owned(), hint: hint.clone() };
            return true;
        }
        let scope = surroundings.scopes.of(&known.key);
        // Crates from git, say, cargo would fetch: a package manager installs it, and only a sandbox cannot.
        let others_can = is_of_crates(&fault.problem);
        if scope == Scope::Run && !others_can || fault.problem.needs_exception {
            return false;
        }
        let (known, _) = self.entries.remove(at);
        let absent =
            Absent { problem: fault.problem.clone(), wanted: scope == Scope::Run, host: fault.host.clone() };
        self.absent.insert(known.key, absent);
        true
    }

    /// Whether an entry is built and could be taken as one of the wheels that are known of it.
    pub fn could_be_wheel(&self, surroundings: &Surroundings, (name, version): &(PyName, PyVersion)) -> bool {
        let entry = self.entries.iter().find(|(known, decision)| {
            (known.name(), &known.version) == (name, version) && decision.route() != Route::Artifact
        });
        entry.is_some_and(|(known, _)| {
            surroundings.policy.wheels(name, version) != Wheels::Never
                && pinning::fitting(known, &surroundings.pythons)
        })
    }

    /// Asks which wheels there are of these releases, where nobody did so far and the next weaker way is one of them.
    ///
    /// # Errors
    /// An index that does not answer.
    pub async fn with_wheels(
        &mut self,
        surroundings: &Arc<Surroundings>,
        releases: BTreeSet<&(PyName, PyVersion)>,
        progress: Progress,
    ) -> Result<(), Failure> {
        let is_open = |(known, decision): &&(ResolvedPackage, Decision)| {
            let From::Release(ReleaseFiles { sdist, wheels: None, .. }) = &known.from else { return false };
            let may_be_wheel = decision.route() == Route::Sdist || sdist.is_none();
            let release = (known.name().clone(), known.version.clone());
            may_be_wheel
                && releases.contains(&release)
                && surroundings.policy.wheels(known.name(), &known.version) != Wheels::Never
        };
        let open: Vec<ResolvedPackage> =
            self.entries.iter().filter(is_open).map(|(known, _)| known.clone()).collect();
        if open.is_empty() {
            return Ok(());
        }
        let stage = progress.stage("wheels", open.len());
        let asked = parallel::all(open, &stage, ResolvedPackage::shown, |mut known| {
            let surroundings = Arc::clone(surroundings);
            async move {
                release::with_wheels(&surroundings, &mut known).await?;
                Ok(known)
            }
        });
        for known in asked.await? {
            if let Some((there, _)) = self.entries.iter_mut().find(|(there, _)| there.key == known.key) {
                *there = known;
            }
        }
        Ok(())
    }

    /// Leaves releases that are only wheels out where the policy wants no wheels.
    ///
    /// # Errors
    /// Those that the result wants.
    pub fn without_unwanted_wheels(&mut self, surroundings: &Surroundings) -> Result<(), Failure> {
        let is_unwanted = |(known, decision): &(ResolvedPackage, Decision)| {
            matches!(decision, Decision::Unvetted { .. })
                && matches!(known.from, From::Release(_))
                && surroundings.policy.wheels(known.name(), &known.version) == Wheels::Never
        };
        let (unwanted, kept) = std::mem::take(&mut self.entries).into_iter().partition(is_unwanted);
        self.entries = kept;
        let mut refused = Vec::new();
        for (known, _) in unwanted {
            let problem = problem::no_source(&known.shown(), ", only wheels, and headwater.toml wants none");
            if surroundings.scopes.of(&known.key) == Scope::Run {
                refused.push(problem);
            } else {
                self.absent.insert(known.key, Absent { problem, wanted: false, host: None });
            }
        }
        if refused.is_empty() { Ok(()) } else { Err(Failure::Input(refused)) }
    }
}
