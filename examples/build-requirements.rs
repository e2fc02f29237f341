//! Prints the plan of builds of some packages: `build-requirements NAME==VERSION...`, or JSON with `--json`.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use headwater::convert::build_requirements::{NoPlan, build_requirements};
use headwater::graph::{PyName, PyVersion};
use headwater::plan::python::{Known, Question};
use headwater::world::World;
use headwater::world::asking::Asking;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let world = World::new(Path::new("."), None, Asking::Usual)?;
    let mut asked = BTreeSet::new();
    let mut json = false;
    for argument in std::env::args().skip(1) {
        if argument == "--json" {
            json = true;
            continue;
        }
        let (name, version) = argument.split_once("==").unwrap_or((&argument, ""));
        let name = PyName::new(name)?;
        let version = if version.is_empty() {
            let listed = world.pypi.project(&name).await?;
            let newest =
                listed.iter().rev().find(|one| !one.version.parts().any_prerelease() && one.sdist.is_some());
            newest.map(|one| one.version.clone()).ok_or_else(|| anyhow::anyhow!("no sdist of {name}"))?
        } else {
            PyVersion::new(version)?
        };
        asked.insert((name, version));
    }
    let question = Question { asked, ..Question::default() };
    let mut known = Known::default();
    let start = Instant::now();
    let plan = match build_requirements(&world, &question, &mut known).await {
        Ok(plan) => plan,
        Err(NoPlan::Network(problem)) => anyhow::bail!("{problem}"),
        Err(NoPlan::Input(problems)) => {
            for problem in problems {
                eprintln!("{problem}");
            }
            std::process::exit(1);
        }
    };
    let took = start.elapsed();
    let again = Instant::now();
    let _ = build_requirements(&world, &question, &mut known).await;
    eprintln!("{} builds in {took:?}; solved again in {:?}", plan.len(), again.elapsed());
    if json {
        let mut all = serde_json::Map::new();
        for (key, build) in &plan {
            let sdist = build.distribution.as_ref();
            all.insert(key.to_string(), serde_json::json!({
                "name": key.name.as_str(),
                "version": key.version.to_string(),
                "file": sdist.map(|file| &file.filename),
                "url": sdist.map(|file| file.url.as_str()),
                "hash": sdist.and_then(|file| file.integrity.as_ref()).map(ToString::to_string),
                "requires": build.requires.iter().map(|(key, marker)| (key.to_string(), marker.as_ref().map(ToString::to_string))).collect::<Vec<_>>(),
                "native": build.native,
                "build_inputs": build.build_inputs,
                "native_build_inputs": build.native_build_inputs,
                "unmet": build.unmet.iter().map(PyName::as_str).collect::<Vec<_>>(),
                "copy": build.copy,
                "env": build.env,
                "cargo": build.cargo,
                "perhaps_more": build.perhaps_more,
            }));
        }
        println!("{}", serde_json::to_string_pretty(&all)?);
        return Ok(());
    }
    for (key, build) in &plan {
        let requires: Vec<_> = build
            .requires
            .iter()
            .map(|(key, marker)| {
                marker.as_ref().map_or_else(|| key.to_string(), |marker| format!("({key}; {marker})"))
            })
            .collect();
        println!(
            "{key}{}{} <- {}",
            if build.native { " [native]" } else { "" },
            if build.perhaps_more { " [?]" } else { "" },
            requires.join(" ")
        );
        for (label, list) in [("libraries", &build.build_inputs), ("programs", &build.native_build_inputs)] {
            if !list.is_empty() {
                println!("    {label}: {}", list.iter().cloned().collect::<Vec<_>>().join(" "));
            }
        }
        if !build.unmet.is_empty() || !build.copy.is_empty() || build.cargo.is_some() {
            println!(
                "    unmet {:?} copy {:?} cargo {:?}",
                build.unmet.iter().map(PyName::as_str).collect::<Vec<_>>(),
                build.copy,
                build.cargo
            );
        }
    }
    Ok(())
}
