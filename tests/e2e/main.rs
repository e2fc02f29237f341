//! End to end on this machine alone: a loopback registry, local repositories, the real Nix with its sandbox.
//! Every case ends with the built program having run.
#![allow(clippy::disallowed_methods, reason = "tests make files and run programs")]

#[path = "../support/mod.rs"]
mod support;

mod agreement;
mod bad_days;
mod batch;
mod cache;
mod carried;
mod differing;
mod downloads;
mod edges;
mod faulty_registry;
mod forges;
mod git_dependency;
mod git_prepared;
mod given;
mod guix_package;
mod ignored;
mod killed;
mod languages;
mod literals;
mod nixpkgs;
mod nixpkgs_locks;
mod nixpkgs_python;
mod odd_names;
mod outcomes;
mod output;
mod own;
mod own_scripts;
mod packers;
mod panics;
mod pinned;
mod pip;
mod platform;
mod prebuilt;
mod proof;
mod provenance;
mod python_again;
mod python_bad;
mod python_build;
mod python_fallback;
mod python_git;
mod python_git_crates;
mod python_guix;
mod python_held;
mod python_local;
mod python_own;
mod python_policy;
mod python_projects;
mod python_source;
mod python_wheels;
mod rebuilds;
mod schemas;
mod script_consent;
mod scripts;
mod second_opinion;
mod secrets;
mod shell;
mod stale;
mod updates;
mod verbatim;
mod verify;
mod verify_python;
mod workspace;
