//! Which targets there are.

use crate::{emission, faults, lockfiles, made, readers, zips};

/// By name. `fault-...` are faults that were there once: the fuzzer must find them.
const TARGETS: &[(&str, fn(&[u8]))] = &[
    ("npm-lock", lockfiles::npm),
    ("pnpm-lock", lockfiles::pnpm),
    ("yarn-lock", lockfiles::yarn),
    ("bun-lock", lockfiles::bun),
    ("requirements", |data| lockfiles::python("requirements.txt", data)),
    ("uv", |data| lockfiles::python("uv.lock", data)),
    ("poetry", |data| lockfiles::python("poetry.lock", data)),
    ("pipfile", |data| lockfiles::python("Pipfile.lock", data)),
    ("pdm", |data| lockfiles::python("pdm.lock", data)),
    ("pylock", |data| lockfiles::python("pylock.toml", data)),
    ("tar", readers::tar),
    ("sdist", readers::sdist),
    ("zip", readers::zip),
    ("tar-differential", made::differential),
    ("zip-differential", zips::differential),
    ("requirement", readers::requirement),
    ("marker", readers::marker),
    ("metadata", readers::metadata),
    ("scheme", readers::scheme),
    ("pins", readers::pins),
    ("policy", readers::policy),
    ("build-files", readers::build_files),
    ("specs", readers::specs),
    ("nix", emission::nix),
    ("guile", emission::guile),
    ("fault-pep508", faults::pep508),
    ("fault-tar", faults::tar),
    ("fault-zip", faults::zip),
];

/// The one that the environment names.
pub fn chosen() -> fn(&[u8]) {
    let wanted = std::env::var("HEADWATER_FUZZ").unwrap_or_default();
    match TARGETS.iter().find(|(name, _)| *name == wanted) {
        Some((_, target)) => *target,
        None => {
            // For `./run`, which asks without a name.
            TARGETS.iter().for_each(|(name, _)| println!("{name}"));
            std::process::exit(if wanted.is_empty() { 0 } else { 2 });
        }
    }
}
