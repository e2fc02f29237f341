//! pnpm, where it packs what was built: it is one more tool.

use serde_json::Value;

use crate::graph::npm::{Graph, Node, Omit, Origin, Platform};
use crate::graph::{Location, PackageName, Version};
use crate::rebuild::infer::Files;
use crate::world::World;

/// Where the library looks for it: not below `node_modules`, where a program of the package could find it.
const PLACE: &str = ".headwater/pnpm";

/// A release of pnpm for each version of its lockfile that can be read.
const RELEASES: [(&str, &str); 4] = [("5.", "7.33.7"), ("6.", "8.15.9"), ("9.", "10.12.1"), ("", "10.12.1")];

/// Puts pnpm beside the tools: the release that the repository names, else one that writes such a lockfile.
///
/// # Errors
/// One sentence: no such release.
pub async fn add(
    world: &World,
    files: &Files,
    lockfile: Option<&str>,
    major: u64,
    graph: &mut Graph,
) -> Result<(), String> {
    let name = PackageName::new("pnpm").map_err(|why| why.to_string())?;
    let named = named(files).filter(|text| runs_on(text, major)).and_then(|text| Version::new(&text).ok());
    let version = match named {
        Some(version) if world.npm.version_metadata(&name, &version).await.is_ok() => version,
        _ => Version::new(usual(lockfile)).map_err(|why| why.to_string())?,
    };
    let place = Location::new(PLACE).map_err(|why| why.to_string())?;
    let node = Node {
        name: Some(name),
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
