//! Real applications from the live registries, built by the real Nix and run. Kept apart and ignored unless
//! asked for (`./test` does), so that an outage is told from a defect.
#![allow(clippy::disallowed_methods, reason = "tests make files and run programs")]

mod git;
mod npm;
mod packers;
mod python;
mod rebuilds;
#[path = "../support/mod.rs"]
mod support;
mod workspaces;

use std::path::PathBuf;

use support::live::retried;
use support::{nix, project::Project};

/// Something of the converted project, built; sources come from the registry.
fn built(project: &Project, machine: &nix::Machine, attribute: &str) -> PathBuf {
    retried("nix-build", || nix::try_build_on(project, machine, attribute))
}
