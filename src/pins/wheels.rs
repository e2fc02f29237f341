//! Wheels that a project builds from commits, and how each compares with the index's. `headwater verify` writes it; a
//! conversion keeps what is still of use.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::rebuilds::SHORT;
use super::{Artifact, IntegritySource, Outcome, Pin, Pins};
use crate::graph::{Package, Purl};
use crate::hash::Digest;
use crate::plan::Route;
use crate::plan::python::Key;
use crate::policy::Policy;
use crate::rebuild::Class;
use crate::source::Source;

/// One wheel that was built from its commit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WheelRebuild {
    /// The commit that it is built from.
    pub source: Source,
    /// The index's wheel that it was compared with.
    pub wheel: Artifact,
    /// SHA-256 of all that the build follows from, but for the package set: commits, archives, build requirements and
    /// settings.
    pub inputs: Digest<32>,
    /// Build requirements (PEP 508) that give the tool by which the index's wheel was made, where it differs and another
    /// tool built ours.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub index_tool: Vec<String>,
    /// The time that all files of the index's wheel have, in seconds since 1970, where only times or their order keep ours
    /// from being the same file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index_time: Option<i64>,
    pub outcome: Outcome,
}

impl WheelRebuild {
    /// What it proves, for whoever has the index's wheel: `rebuilt from COMMIT: every file is the same as in the index's
    /// wheel`. `None` where it proves nothing.
    pub fn said(&self) -> Option<String> {
        let outcome = Some(&self.outcome).filter(|outcome| outcome.class.is_rebuilt())?;
        let commit = self.source.commit.to_string();
        let from = if outcome.built_here { "rebuilt from" } else { "from a cache, not rebuilt; made from" };
        Some(format!("{from} {}: {}", &commit[..SHORT], self.meaning()))
    }

    /// What its class means, behind "rebuilt from COMMIT: ".
    pub fn meaning(&self) -> &'static str {
        match self.outcome.class {
            Class::Integrity if self.wheel.integrity_from == IntegritySource::Lockfile => {
                "a wheel that your lockfile names, byte for byte"
            }
            Class::Integrity => "the index's wheel, byte for byte",
            Class::Tar => "the index's wheel, with another compression",
            Class::Files => "every file is the same as in the index's wheel",
            Class::Equivalent => "every file is the same as in the index's wheel, some after a normalisation",
            Class::Different => "not the same as the index's wheel",
            Class::Failed => Class::Failed.meaning(),
        }
    }
}

/// The key of a release in the plan of builds; `None` of what is no release of an index.
pub fn build_key(purl: &Purl) -> Option<String> {
    let Ok(Package::Python { name, version, .. }) = Package::parse(purl.as_str()) else { return None };
    let is_release = *purl == Purl::pypi(&name, &version.to_string());
    is_release.then(|| Key { name, version, stage0: false }.to_string())
}

/// What a wheel is built with: its whole environment, by how that is had. `NAME==VERSION`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Requirements {
    /// Built from their commits, and found to be the same as the index's wheels.
    pub rebuilt: BTreeSet<String>,
    /// Built from their commits.
    pub commits: BTreeSet<String>,
    /// Built from their sdists, which somebody uploaded.
    pub sdists: BTreeSet<String>,
    /// The index's wheels.
    pub wheels: BTreeSet<String>,
    /// Of no index: the project's own, or from where the lockfile says. `NAME@VERSION`.
    pub others: BTreeSet<String>,
}

impl Requirements {
    pub fn not_rebuilt(&self) -> usize {
        let Self { rebuilt: _, commits, sdists, wheels, others } = self;
        [commits, sdists, wheels, others].into_iter().map(BTreeSet::len).sum()
    }
}

impl Pins {
    /// What a package of the route `build` is built with.
    pub fn requirements(&self, purl: &Purl) -> Requirements {
        let mut requirements = Requirements::default();
        let key = build_key(purl);
        for key in key.iter().filter_map(|key| self.environment(key)).flatten() {
            let release = self.of_key(key).map(|(purl, pin)| (Package::parse(purl.as_str()), purl, pin));
            let Some((Ok(package), purl, pin)) = release else {
                requirements.others.insert(key.to_owned());
                continue;
            };
            let is_same =
                |rebuild: &WheelRebuild| rebuild.outcome.class.is_rebuilt() && rebuild.outcome.built_here;
            let list = match pin.route {
                Route::Build if self.rebuilds.wheels.get(&purl).is_some_and(is_same) => {
                    &mut requirements.rebuilt
                }
                Route::Build | Route::Verbatim => &mut requirements.commits,
                Route::Sdist => &mut requirements.sdists,
                Route::Artifact => &mut requirements.wheels,
            };
            list.insert(package.shown());
        }
        requirements
    }

    /// The releases that are there while a package is built, by `NAME@VERSION`.
    pub fn environment(&self, key: &str) -> Option<BTreeSet<&str>> {
        let build = self.builds.as_ref()?.plan.get(key)?;
        Some(build.requires.iter().map(|require| require.split("; ").next().unwrap_or(require)).collect())
    }

    /// The pin of a release in the plan of builds.
    pub fn of_key(&self, key: &str) -> Option<(Purl, &Pin)> {
        let key = Key::parse(key)?;
        let purl = Purl::pypi(&key.name, &key.version.to_string());
        let pin = self.packages.get(&purl)?;
        Some((purl, pin))
    }

    /// SHA-256 of all that a wheel follows from, as these pins and the policy have it; `None` where no build is planned.
    pub fn build_inputs(&self, key: &str, policy: &Policy) -> Option<Digest<32>> {
        let (mut open, mut seen) = (vec![key], BTreeMap::new());
        while let Some(key) = open.pop() {
            if seen.contains_key(key) {
                continue;
            }
            let build = self.builds.as_ref()?.plan.get(key)?;
            let release = Key::parse(key)?;
            let settings = policy.python_overrides(&release.name, &release.version);
            let settings = settings.map(crate::policy::Overrides::shown).unwrap_or_default();
            let of_pin = self.of_key(key).map(|(_, pin)| {
                let source = pin.resolution.as_ref().and_then(|resolution| resolution.source.as_ref());
                let source = source.filter(|_| pin.route == Route::Build);
                (pin.route, source, pin.nar, &pin.artifact, &pin.wheels)
            });
            let line = serde_json::to_string(&(key, build, settings, of_pin)).ok()?;
            open.extend(self.environment(key)?);
            seen.insert(key, line);
        }
        let lines: Vec<String> = seen.into_values().collect();
        Some(Digest(Sha256::digest(lines.join("\n")).into()))
    }

    /// What of an earlier run's wheels is still of use beside these pins: those of the same commit, built the same way.
    pub fn kept_wheels(
        &self,
        earlier: &BTreeMap<Purl, WheelRebuild>,
        policy: &Policy,
    ) -> BTreeMap<Purl, WheelRebuild> {
        let holds = |purl: &Purl, rebuild: &WheelRebuild| {
            let pin = self.packages.get(purl).filter(|pin| pin.route == Route::Build)?;
            let source = pin.resolution.as_ref()?.source.as_ref()?;
            let inputs = self.build_inputs(&build_key(purl)?, policy)?;
            Some(*source == rebuild.source && inputs == rebuild.inputs)
        };
        let kept = earlier.iter().filter(|(purl, rebuild)| holds(purl, rebuild) == Some(true));
        kept.map(|(purl, rebuild)| (purl.clone(), rebuild.clone())).collect()
    }
}
