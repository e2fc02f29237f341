//! What a run built, as in-toto statements with a SLSA provenance: unsigned, one file for each package, ready for
//! `cosign attest-blob --statement` (<https://in-toto.io/Statement/v1>, <https://slsa.dev/spec/v1.0/provenance>).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Verified;
use crate::graph::{Location, Package};
use crate::hash::Integrity;
use crate::pins::{Pins, Rebuild};
use crate::plan::npm::packs::folder_name;
use crate::world::disk::Output;

/// What the fields of the predicate mean: those of docs/explanation/rebuilds.md.
const BUILD_TYPE: &str = "urn:headwater:npm-rebuild:1";

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
        let rebuild = pins.rebuilds.packages.get(&verified.purl)?;
        let Ok(Package::Npm { name, version }) = Package::parse(verified.purl.as_str()) else { return None };
        let base = folder_name(name.as_str(), version.as_str(), "");
        let statement = statement(&format!("{base}.tgz"), archive, (verified, rebuild), pins, run);
        let text = format!("{statement:#}\n");
        Some((Location::new(&format!("{base}.intoto.json")).ok()?, Output::from(text)))
    };
    packages.filter_map(file).collect()
}

fn statement(
    file: &str,
    archive: &Integrity,
    (verified, rebuild): (&Verified, &Rebuild),
    pins: &Pins,
    run: &RunDetails<'_>,
) -> Value {
    let source = &rebuild.source;
    let commit = json!({
        "uri": format!("git+{}@{}", source.repository, source.commit),
        "digest": { "gitCommit": source.commit },
    });
    let tools = rebuild.tools().collect::<std::collections::BTreeSet<_>>();
    let tools = tools.into_iter().filter_map(|purl| {
        let integrity = &pins.rebuilds.tools.get(purl)?.artifact.integrity;
        Some(json!({ "uri": purl, "digest": { integrity.algorithm.name(): integrity.hex() } }))
    });
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "name": file, "digest": { archive.algorithm.name(): archive.hex() } }],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": {
                    "package": verified.purl, "source": commit, "recipe": rebuild.recipe,
                },
                "internalParameters": {
                    "toolsFrom": rebuild.tools_from, "level": rebuild.level, "time": rebuild.time,
                },
                "resolvedDependencies": std::iter::once(commit.clone()).chain(tools).collect::<Vec<_>>(),
            },
            "runDetails": {
                "builder": { "id": run.builder, "version": { "headwater": env!("CARGO_PKG_VERSION") } },
                "metadata": { "startedOn": run.started.to_string(), "finishedOn": run.finished.to_string() },
                // What it was compared with, and what came of it.
                "byproducts": [{
                    "uri": verified.purl,
                    "annotations": { "integrity": rebuild.artifact, "class": verified.outcome.class },
                }],
            },
        },
    })
}
