//! Real applications from the live registries, built by the real Nix and run. Kept apart and ignored unless
//! asked for (`./test` does), so that an outage is told from a defect.
#![allow(clippy::disallowed_methods, reason = "tests make files and run programs")]

mod git;
mod lockers;
mod npm;
mod python;
#[path = "../support/mod.rs"]
mod support;

use std::path::PathBuf;

use support::{nix, project::Project};

/// How often a registry may fail before it is a failure of ours.
const TRIES: usize = 3;

fn retried<T>(what: &str, mut attempt: impl FnMut() -> Result<T, String>) -> T {
    for turn in 1..=TRIES {
        match attempt() {
            Ok(done) => return done,
            Err(error) => eprintln!("{what}: attempt {turn} of {TRIES} failed: {error}"),
        }
    }
    panic!("{what} failed {TRIES} times: is the registry there?");
}

/// What a conversion says of itself. No git host may be reachable: 3 is as good as 0.
fn converted(project: &Project) -> serde_json::Value {
    retried("headwater convert", || {
        let run = project.convert(&["--json"]);
        if matches!(run.code, 0 | 3) { Ok(run.json()) } else { Err(run.stderr + &run.stdout) }
    })
}

/// Something of the converted project, built; sources come from the registry.
fn built(project: &Project, machine: &nix::Machine, attribute: &str) -> PathBuf {
    retried("nix-build", || nix::try_build_on(project, machine, attribute))
}
