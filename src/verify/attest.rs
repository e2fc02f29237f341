//! What a run built, as in-toto statements with a SLSA provenance: unsigned, one file for each package, ready for
//! `cosign attest-blob --statement` (<https://in-toto.io/Statement/v1>, <https://slsa.dev/spec/v1.0/provenance>).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{BuiltFile, Verified};
use crate::graph::{Location, Purl};
use crate::hash::Integrity;
use crate::pins::{Artifact, Pins, build_key};
use crate::source::Source;
use crate::world::disk::Output;

/// What the fields of the predicate mean: those of docs/explanation/rebuilds.md.
const NPM: &str = "urn:headwater:npm-rebuild:1";
const PYTHON: &str = "urn:headwater:python-rebuild:1";

/// When the run began and ended, and who built.
pub struct RunDetails<'a> {
    pub builder: &'a str,
    pub started: Timestamp,
    pub finished: Timestamp,
}

/// A file for each package that this machine built in this run and that came out the same.
pub fn files<'a>(
    packages: impl Iterator<Item = &'a Verified>,
    pins: &Pins,
    run: &RunDetails<'_>,
) -> BTreeMap<Location, Output> {
    let file = |verified: &Verified| {
        let outcome = &verified.outcome;
        let is_proof = outcome.built_here && outcome.class.is_rebuilt() && !verified.recorded;
        let archive = verified.archive.as_ref().filter(|_| is_proof)?;
        let build = Build::of(&verified.purl, pins)?;
        let text = format!("{:#}\n", build.statement(archive, verified, run));
        let name = ["tgz", "whl"].iter().find_map(|end| archive.name.strip_suffix(&format!(".{end}")))?;
        Some((Location::new(&format!("{name}.intoto.json")).ok()?, Output::from(text)))
    };
    packages.filter_map(file).collect()
}

/// How a package was built, as the pins have it.
struct Build<'a> {
    kind: &'static str,
    source: &'a Source,
    /// What a user may change of it.
    recipe: Value,
    internal: Value,
    /// What it was built with.
    tools: Vec<Value>,
    /// The integrity of what it was compared with.
    compared: String,
}

impl<'a> Build<'a> {
    fn of(purl: &Purl, pins: &'a Pins) -> Option<Self> {
        Self::of_npm(purl, pins).or_else(|| Self::of_wheel(purl, pins))
    }

    fn of_npm(purl: &Purl, pins: &'a Pins) -> Option<Self> {
        let rebuild = pins.rebuilds.packages.get(purl)?;
        let tools: BTreeSet<&Purl> = rebuild.tools().collect();
        let tools = tools.into_iter().filter_map(|purl| {
            let artifact = &pins.rebuilds.tools.get(purl)?.artifact;
            Some(tool(purl, &artifact.integrity))
        });
        Some(Self {
            kind: NPM,
            source: &rebuild.source,
            recipe: json!(rebuild.recipe),
            internal: json!({
                "toolsFrom": rebuild.tools_from, "level": rebuild.level, "time": rebuild.time,
            }),
            tools: tools.collect(),
            compared: rebuild.artifact.clone()?,
        })
    }

    fn of_wheel(purl: &Purl, pins: &'a Pins) -> Option<Self> {
        let rebuild = pins.rebuilds.wheels.get(purl)?;
        let key = build_key(purl)?;
        let environment = pins.environment(&key)?.into_iter().filter_map(|key| pins.of_key(key));
        let tools = environment.flat_map(|(purl, pin)| {
            let commit = pin.resolution.as_ref().and_then(|resolution| resolution.source.as_ref());
            let commit = commit.filter(|_| pin.route == crate::plan::Route::Build);
            match commit {
                Some(source) => vec![of_commit(source)],
                None => {
                    let files = pin.artifact.iter().filter(|_| pin.wheels.is_empty()).chain(&pin.wheels);
                    files.map(|Artifact { integrity, .. }| tool(&purl, integrity)).collect()
                }
            }
        });
        Some(Self {
            kind: PYTHON,
            source: &rebuild.source,
            recipe: json!(pins.builds.as_ref()?.plan.get(&key)?),
            internal: json!({ "inputs": rebuild.inputs }),
            tools: tools.collect(),
            compared: rebuild.wheel.integrity.to_string(),
        })
    }

    fn statement(&self, archive: &BuiltFile, verified: &Verified, run: &RunDetails<'_>) -> Value {
        let BuiltFile { name, integrity } = archive;
        let commit = of_commit(self.source);
        json!({
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{ "name": name, "digest": digest(integrity) }],
            "predicateType": "https://slsa.dev/provenance/v1",
            "predicate": {
                "buildDefinition": {
                    "buildType": self.kind,
                    "externalParameters": {
                        "package": verified.purl, "source": commit, "recipe": self.recipe,
                    },
                    "internalParameters": self.internal,
                    "resolvedDependencies":
                        std::iter::once(&commit).chain(&self.tools).collect::<Vec<_>>(),
                },
                "runDetails": {
                    "builder": { "id": run.builder, "version": { "headwater": env!("CARGO_PKG_VERSION") } },
                    "metadata": {
                        "startedOn": run.started.to_string(), "finishedOn": run.finished.to_string(),
                    },
                    // What it was compared with, and what came of it.
                    "byproducts": [{
                        "uri": verified.purl,
                        "annotations": { "integrity": self.compared, "class": verified.outcome.class },
                    }],
                },
            },
        })
    }
}

fn of_commit(source: &Source) -> Value {
    json!({
        "uri": format!("git+{}@{}", source.repository, source.commit),
        "digest": { "gitCommit": source.commit },
    })
}

fn tool(purl: &Purl, integrity: &Integrity) -> Value {
    json!({ "uri": purl, "digest": digest(integrity) })
}

fn digest(integrity: &Integrity) -> Value {
    json!({ integrity.algorithm.name(): integrity.hex() })
}
