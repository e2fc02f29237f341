//! Which commit a package is built from: the one that is proved to be its source, or the tag that the user names.

use std::collections::BTreeSet;

use super::named;
use crate::failure::Failure;
use crate::graph::Package;
use crate::policy::Policy;
use crate::problem::upstream as problem;
use crate::resolve;
use crate::settings::Wanted;
use crate::source::repository::{Commit, Repository};
use crate::source::{Class, FlagKind, Resolution, Source, Tier};
use crate::upstream::npm::build::Shipped;
use crate::world::World;

/// A commit, and what is known of it.
pub(super) struct Origin {
    /// What the package is called in errors.
    pub(super) shown: String,
    pub(super) repository: Repository,
    pub(super) commit: Commit,
    pub(super) tag: Option<String>,
    /// The folder of the package's manifest; `""` for the root.
    pub(super) folder: String,
    /// The version, where the user did not leave it to the commit.
    pub(super) version: Option<String>,
    pub(super) made: Shipped,
    /// Compiled files that the release ships, by their paths there; its build may have made them.
    pub(super) binaries: Vec<String>,
    /// One sentence: how well it is known.
    pub(super) proof: String,
}

impl Origin {
    /// Those of the binaries that the commit holds itself, whose `paths` are these. A wheel's paths may lack the folder that
    /// they have there.
    pub(super) fn held_binaries(&self, paths: &BTreeSet<String>) -> Vec<String> {
        let is = |held: &String, path: &str| {
            held.strip_suffix(path).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        };
        let is_held = |path: &&String| paths.iter().any(|held| is(held, path));
        self.binaries.iter().filter(is_held).cloned().collect()
    }
}

/// What a package is made from.
pub(super) enum Start {
    Commit(Box<Origin>),
    /// No commit is proved: what the package is called in errors, and why.
    Unproved {
        shown: String,
        why: String,
    },
}

/// Where to begin with what the user wants.
///
/// # Errors
/// A commit that is not there, a package that the registry does not have, a host that did not answer.
pub(super) async fn start(world: &World, policy: &Policy, wanted: &Wanted) -> Result<Start, Failure> {
    let origin = match wanted {
        Wanted::Package(package) => {
            let resolution = resolve::package(world, package, policy).await?;
            let version = match package {
                Package::Npm { version, .. } => version.to_string(),
                Package::Python { version, .. } => version.to_string(),
            };
            if named(&resolution).is_none() {
                return Ok(Start::Unproved { shown: package.shown(), why: first_reason(&resolution) });
            }
            proved(&package.shown(), &version, &resolution)?
        }
        Wanted::Repository(pasted) => named::pasted(world, pasted).await?,
        Wanted::Folder(folder) => named::folder(world, folder).await?,
    };
    Ok(Start::Commit(Box::new(origin)))
}

/// The source that a file may name.
fn named(resolution: &Resolution) -> Option<&Source> {
    resolution.source.as_ref().filter(|_| !matches!(resolution.tier, Tier::D | Tier::X))
}

/// Why nothing better was found.
pub(super) fn first_reason(resolution: &Resolution) -> String {
    resolution.reasons.first().cloned().unwrap_or_else(|| "nothing was found".to_owned())
}

pub(super) fn proved(shown: &str, version: &str, resolution: &Resolution) -> Result<Origin, Failure> {
    let Some(source) = named(resolution) else {
        return Err(Failure::one(problem::no_source(shown, &first_reason(resolution))));
    };
    let Source { repository, commit, tag, subdirectory } = source;
    let Resolution { tier, class, .. } = resolution;
    let made = match class {
        Class::Verbatim | Class::Near => Shipped::Committed,
        Class::Built | Class::Nomatch => Shipped::Built(first_reason(resolution)),
    };
    let flagged = |kinds: &[FlagKind]| -> BTreeSet<&String> {
        let flags = resolution.flags.iter().filter(|flag| kinds.contains(&flag.kind));
        flags.flat_map(|flag| &flag.paths).collect()
    };
    // What the release has and the commit has not, or has otherwise, the repository does not hold.
    let others = flagged(&[FlagKind::Phantom, FlagKind::Differs]);
    let binaries = flagged(&[FlagKind::Binary]);
    Ok(Origin {
        shown: shown.to_owned(),
        repository: repository.clone(),
        commit: *commit,
        tag: tag.clone(),
        folder: subdirectory.clone().unwrap_or_default(),
        version: Some(version.to_owned()),
        made,
        binaries: binaries.difference(&others).map(|path| (*path).clone()).collect(),
        proof: format!("source: {repository} at {commit}, tier {tier:?}: {}", tier.meaning(*class, false)),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_the_commit_holds_is_of_the_repository() {
        let commit = "ab".repeat(20);
        let resolution = json!({
            "purl": "pkg:pypi/a@1.0", "tier": "C", "class": "built", "evidence": [], "reasons": [],
            "source": { "repository": "https://forge.example/o/a", "commit": commit },
            "files": { "identical": 1, "crlf": 0, "manifest": 0, "generated": 0, "differs": 1, "phantom": 1 },
            "flags": [
                { "kind": "binary", "paths": ["a.so", "b.pyc", "c.node", "made.so"] },
                { "kind": "differs", "paths": ["b.pyc"] },
                { "kind": "phantom", "paths": ["c.node"] },
            ],
        });
        let resolution: Resolution = serde_json::from_value(resolution).unwrap();
        let Ok(origin) = proved("a==1.0", "1.0", &resolution) else { panic!("it has a source") };
        assert_eq!(origin.binaries, ["a.so", "made.so"]);
        // What the release's build made is not there either.
        let paths = ["src/a.so", "not-made.so", "made.so.c"].map(str::to_owned).into();
        assert_eq!(origin.held_binaries(&paths), ["a.so"]);
    }
}
