//! What packs the result where that is not the npm of the package set's Node: it is one more tool.

use serde_json::Value;

use super::Subject;
use super::lock::joined;
use super::plan::Planning;
use crate::contents::tarball::{self, Limits};
use crate::graph::npm::{Graph, Node, Omit, Origin, Platform};
use crate::graph::{Location, PackageName, Version};
use crate::rebuild::infer::{self, Files};
use crate::rebuild::{Packer, Recipe};

/// Where the library looks for it: not below `node_modules`, where a program of the package could find it.
const PLACE: &str = ".headwater";

/// A release of pnpm for each version of its lockfile that can be read.
const RELEASES: [(&str, &str); 4] = [("5.", "7.33.7"), ("6.", "8.15.9"), ("9.", "10.12.1"), ("", "10.12.1")];

/// The last npm that packs CHANGELOG, CHANGES and HISTORY whatever `files` of package.json says. Later ones do not.
const EARLY_NPM: &str = "6.14.18";

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
            pnpm(planning, files, recipe)
                .await
                .map_err(|why| format!("pnpm packs it, and cannot be had: {why}"))?,
        ),
        Packer::Npm => {
            let Some(file) = unlisted(planning, subject, files, recipe).await else { return Ok(()) };
            let version = EARLY_NPM;
            recipe.remarks.push(format!(
                "npm {version} packs it: later ones would not pack {file}, as `files` does not list it"
            ));
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

/// A file that the registry's archive has and that today's npm would not pack: the publisher's npm was an early one.
async fn unlisted(
    planning: &Planning<'_>,
    subject: &Subject,
    files: &Files,
    recipe: &Recipe,
) -> Option<String> {
    let manifest = joined(recipe.contents.as_ref().unwrap_or(&recipe.directory), "package.json");
    let manifest: Value = serde_json::from_str(files.texts.get(&manifest)?).ok()?;
    let listed = manifest["files"].as_array()?;
    // What cannot be had or read is told when it is compared.
    let archive = subject.published(subject.artifact.as_ref()?, planning.world).await.ok()?;
    let contents = tarball::read(&archive, &Limits::default()).ok()?.contents;
    let packed = contents.files.into_iter().map(|file| file.path);
    packed.filter(|path| is_history(path)).find(|path| !listed.iter().any(|one| names(one, path)))
}

/// Whether npm before 7 packs a file of the package's folder whatever `files` says, and later ones do not.
fn is_history(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let stem = lower.split('.').next().unwrap_or_default();
    matches!(stem, "changelog" | "changes" | "history") && !path.contains('/')
}

/// Whether an entry of `files` is for a file of the package's folder.
fn names(entry: &Value, file: &str) -> bool {
    let entry = entry.as_str().unwrap_or_default().trim_start_matches("./").trim_start_matches('/');
    entry.eq_ignore_ascii_case(file) || entry.starts_with('*')
}

/// The release that the repository names, else one that writes such a lockfile.
async fn pnpm(planning: &Planning<'_>, files: &Files, recipe: &Recipe) -> Result<Version, String> {
    let name = PackageName::new("pnpm").map_err(|why| why.to_string())?;
    let of_recipe = recipe.node.as_ref().and_then(|name| infer::major(name.strip_prefix("nodejs_")?));
    let node = of_recipe.or_else(|| planning.nodes.map(|nodes| nodes.own));
    let named = named(files).filter(|text| runs_on(text, node)).and_then(|text| Version::new(&text).ok());
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

/// Whether a release of pnpm runs on a major version of Node, or on any where that is not known: from 11 on it wants 22.
fn runs_on(pnpm: &str, node: Option<u64>) -> bool {
    let major = pnpm.split('.').next().and_then(|major| major.parse::<u64>().ok());
    node.is_some_and(|node| node >= 22) || major.is_some_and(|major| major < 11)
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
        let cases = [
            ("10.34.9", Some(20), true),
            ("11.0.1", Some(20), false),
            ("11.0.1", Some(22), true),
            ("11.0.1", None, false),
            ("10.34.9", None, true),
            ("x", Some(20), false),
        ];
        for (pnpm, node, expected) in cases {
            assert_eq!(runs_on(pnpm, node), expected, "{pnpm} on {node:?}");
        }
    }

    #[test]
    fn what_an_early_npm_packs_unasked() {
        for (path, expected) in [
            ("CHANGELOG.md", true),
            ("History.md", true),
            ("CHANGES", true),
            ("docs/CHANGELOG.md", false),
            ("changelogs.md", false),
            ("README.md", false),
        ] {
            assert_eq!(is_history(path), expected, "{path}");
        }
        for (entry, expected) in [
            ("CHANGELOG.md", true),
            ("./changelog.md", true),
            ("/CHANGELOG.md", true),
            ("*.md", true),
            ("build", false),
            ("docs/CHANGELOG.md", false),
        ] {
            assert_eq!(names(&entry.into(), "CHANGELOG.md"), expected, "{entry}");
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
