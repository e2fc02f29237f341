//! What packs the result where that is not the npm of the package set's Node: it is one more tool.

use serde_json::Value;

use super::Subject;
use super::plan::Planning;
use crate::graph::npm::{Graph, Node, Omit, Origin, Platform};
use crate::graph::{Location, PackageName, Version};
use crate::rebuild::infer::Files;
use crate::rebuild::{Packer, Recipe};

/// Where the library looks for it: not below `node_modules`, where a program of the package could find it.
const PLACE: &str = ".headwater";

/// A release of pnpm for each version of its lockfile that can be read.
const RELEASES: [(&str, &str); 4] = [("5.", "7.33.7"), ("6.", "8.15.9"), ("9.", "10.12.1"), ("", "10.12.1")];

/// The last npm that packs CHANGELOG, CHANGES and HISTORY whatever `files` of package.json says. Later ones do not.
const EARLY_NPM: (u64, &str) = (8, "8.19.4");

/// Puts the packer beside the tools, where it is one of them.
///
/// # Errors
/// One sentence: it cannot be had.
pub async fn add(
    planning: &Planning<'_>,
    subject: &Subject,
    files: &Files,
    recipe: &mut Recipe,
    graph: &mut Graph,
) -> Result<(), String> {
    let (name, version) = match recipe.packer {
        Packer::Pnpm => (
            "pnpm",
            pnpm(planning, files).await.map_err(|why| format!("pnpm packs it, and cannot be had: {why}"))?,
        ),
        Packer::Npm => {
            let metadata = planning.world.npm.version_metadata(&subject.name, &subject.version).await;
            let used =
                metadata.ok().and_then(|metadata| metadata.raw["_npmVersion"].as_str().map(str::to_owned));
            let Some(used) = used.filter(|used| is_early(used)) else { return Ok(()) };
            let (_, version) = EARLY_NPM;
            recipe
                .remarks
                .push(format!("npm {version} packs it: the registry says that its publisher had npm {used}"));
            ("npm", Version::new(version).map_err(|why| why.to_string())?)
        }
    };
    let place = Location::new(&format!("{PLACE}/{name}")).map_err(|why| why.to_string())?;
    let node = Node {
        name: Some(PackageName::new(name).map_err(|why| why.to_string())?),
        version: Some(version),
        origin: Origin::Registry { url: None },
        integrity: None,
        omit: Omit::default(),
        platform: Platform::default(),
        has_install_script: false,
        has_shrinkwrap: false,
        bin: Default::default(),
        license: None,
        edges: Default::default(),
        is_vague: false,
        patch: None,
    };
    graph.nodes.insert(place, node);
    Ok(())
}

/// Whether a publisher's npm packed more than today's: `_npmVersion` of the registry's document, which the publishing
/// client fills (`8.5.0`; `lerna/4.0.0/...` is not npm).
fn is_early(npm: &str) -> bool {
    let major = npm.split('.').next().and_then(|major| major.parse::<u64>().ok());
    major.is_some_and(|major| major <= EARLY_NPM.0)
}

/// The release that the repository names, else one that writes such a lockfile.
async fn pnpm(planning: &Planning<'_>, files: &Files) -> Result<Version, String> {
    let name = PackageName::new("pnpm").map_err(|why| why.to_string())?;
    let named =
        named(files).filter(|text| runs_on(text, planning.node)).and_then(|text| Version::new(&text).ok());
    match named {
        Some(version) if planning.world.npm.version_metadata(&name, &version).await.is_ok() => Ok(version),
        _ => {
            let lockfile = files.texts.get("pnpm-lock.yaml").map(String::as_str);
            Version::new(usual(lockfile)).map_err(|why| why.to_string())
        }
    }
}

/// `packageManager` of the root's package.json: `pnpm@VERSION`, perhaps with a hash behind it.
fn named(files: &Files) -> Option<String> {
    let manifest: Value = serde_json::from_str(files.texts.get("package.json")?).ok()?;
    let version = manifest["packageManager"].as_str()?.strip_prefix("pnpm@")?;
    Some(version.split('+').next().unwrap_or(version).to_owned())
}

/// Whether a release of pnpm runs on a major version of Node: from 11 on it wants 22.
fn runs_on(pnpm: &str, node: u64) -> bool {
    let major = pnpm.split('.').next().and_then(|major| major.parse::<u64>().ok());
    node >= 22 || major.is_some_and(|major| major < 11)
}

/// By the lockfile's text.
fn usual(lockfile: Option<&str>) -> &'static str {
    let line = lockfile.unwrap_or_default().lines().find_map(|line| line.strip_prefix("lockfileVersion:"));
    let version = line.unwrap_or_default().trim().trim_matches(['\'', '"']);
    let found = RELEASES.iter().find(|(start, _)| version.starts_with(start));
    found.map_or("10.12.1", |(_, release)| release)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_release_that_the_repository_names() {
        let files = |text: &str| Files {
            texts: [("package.json".to_owned(), text.to_owned())].into(),
            ..Files::default()
        };
        let pinned = r#"{ "packageManager": "pnpm@9.1.0+sha512.abc" }"#;
        assert_eq!(named(&files(pinned)).as_deref(), Some("9.1.0"));
        assert_eq!(named(&files(r#"{ "packageManager": "yarn@4.0.0" }"#)), None);
        assert_eq!(named(&Files::default()), None);
    }

    #[test]
    fn but_not_one_that_this_node_cannot_run() {
        let cases = [("10.34.9", 20, true), ("11.0.1", 20, false), ("11.0.1", 22, true), ("x", 20, false)];
        for (pnpm, node, expected) in cases {
            assert_eq!(runs_on(pnpm, node), expected, "{pnpm} on {node}");
        }
    }

    #[test]
    fn the_publishers_npm_packed_more() {
        for (npm, expected) in [("8.19.4", true), ("6.14.18", true), ("9.0.0", false), ("10.2.4", false)] {
            assert_eq!(is_early(npm), expected, "{npm}");
        }
        assert!(!is_early("lerna/4.0.0/node@v14.0.0+x64 (linux)"));
    }

    #[test]
    fn else_one_that_writes_such_a_lockfile() {
        for (text, expected) in [
            ("lockfileVersion: '6.0'\n", "8.15.9"),
            ("lockfileVersion: 5.4\n", "7.33.7"),
            ("---\nlockfileVersion: '9.0'\n", "10.12.1"),
            ("", "10.12.1"),
        ] {
            assert_eq!(usual(Some(text)), expected, "{text}");
        }
    }
}
