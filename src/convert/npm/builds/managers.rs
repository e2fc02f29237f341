//! Which release of a package manager packs: the one that the repository names, else one that fits its lockfile.

use super::lock::manifest;
use super::plan::{NotPlanned, Planning};
use crate::graph::{PackageName, Version};
use crate::rebuild::Recipe;
use crate::rebuild::infer::{self, Files};

/// A release of pnpm for each version of its lockfile that can be read.
const PNPM: [(&str, &str); 4] = [("5.", "7.33.7"), ("6.", "8.15.9"), ("9.", "10.12.1"), ("", "10.12.1")];

/// A release of yarn for the version of its lockfile: the last that is for lockfiles below 8, and one for later ones.
const YARN: [&str; 2] = ["3.8.7", "4.10.3"];

/// A release of a package.
pub struct Release {
    pub package: &'static str,
    pub version: Version,
}

impl Release {
    pub fn new(package: &'static str, version: &str) -> Result<Self, String> {
        let version = Version::new(version).map_err(|why| why.to_string())?;
        Ok(Self { package, version })
    }
}

/// The pnpm that the repository names, else one that writes such a lockfile.
///
/// # Errors
/// A registry that does not answer.
pub async fn pnpm(planning: &Planning<'_>, files: &Files, recipe: &Recipe) -> Result<Release, NotPlanned> {
    let of_recipe = recipe.node.as_ref().and_then(|name| infer::major(name.strip_prefix("nodejs_")?));
    let node = of_recipe.or_else(|| planning.nodes.map(|nodes| nodes.own));
    let named = named(files, "pnpm").filter(|text| runs_on(text, node));
    let lockfile = files.texts.get("pnpm-lock.yaml").map(String::as_str);
    first_there(planning, "pnpm", named, usual_pnpm(lockfile)).await
}

/// The yarn that the repository names or holds, else one that writes such a lockfile.
///
/// # Errors
/// A registry that does not answer.
pub async fn yarn(planning: &Planning<'_>, files: &Files) -> Result<Release, NotPlanned> {
    let settings = files.texts.get(".yarnrc.yml").map(String::as_str).unwrap_or_default();
    let named = named(files, "yarn").or_else(|| held(settings));
    // The registry has few releases before 3, and packing did not change.
    let named = named.filter(|text| !text.starts_with("2."));
    let lockfile = files.texts.get("yarn.lock").map(String::as_str).unwrap_or_default();
    first_there(planning, "@yarnpkg/cli-dist", named, usual_yarn(lockfile)).await
}

/// The release that is named if the registry has it, else the usual one. A registry that does not answer says neither.
async fn first_there(
    planning: &Planning<'_>,
    package: &'static str,
    named: Option<String>,
    usual: &str,
) -> Result<Release, NotPlanned> {
    let name = PackageName::new(package).map_err(|why| why.to_string())?;
    if let Some(version) = named.and_then(|text| Version::new(&text).ok()) {
        match planning.world.npm.version_metadata(&name, &version).await {
            Ok(_) => return Ok(Release { package, version }),
            Err(error) if error.is_network() => {
                return Err(NotPlanned::unanswered(format!("{package}@{version} cannot be had: {error}")));
            }
            Err(_) => {}
        }
    }
    Ok(Release::new(package, usual)?)
}

/// `packageManager` of the root's package.json: `pnpm@VERSION`, perhaps with a hash behind it.
fn named(files: &Files, manager: &str) -> Option<String> {
    let manifest = manifest(files, "")?;
    let version = manifest["packageManager"].as_str()?.strip_prefix(manager)?.strip_prefix('@')?;
    Some(version.split('+').next().unwrap_or(version).to_owned())
}

/// The version of the yarn that lies in the repository, by .yarnrc.yml: `yarnPath: .yarn/releases/yarn-VERSION.cjs`.
fn held(settings: &str) -> Option<String> {
    let path = settings.lines().find_map(|line| line.strip_prefix("yarnPath:"))?;
    let file = path.trim().trim_matches(['"', '\'']).rsplit('/').next()?;
    Some(file.strip_prefix("yarn-")?.strip_suffix(".cjs")?.to_owned())
}

/// Whether a release of pnpm runs on a major version of Node, or on any where that is not known: from 11 on it wants 22.
fn runs_on(pnpm: &str, node: Option<u64>) -> bool {
    let major = pnpm.split('.').next().and_then(|major| major.parse::<u64>().ok());
    node.is_some_and(|node| node >= 22) || major.is_some_and(|major| major < 11)
}

/// By the lockfile's text.
fn usual_pnpm(lockfile: Option<&str>) -> &'static str {
    let line = lockfile.unwrap_or_default().lines().find_map(|line| line.strip_prefix("lockfileVersion:"));
    let version = line.unwrap_or_default().trim().trim_matches(['\'', '"']);
    let found = PNPM.iter().find(|(start, _)| version.starts_with(start));
    found.map_or("10.12.1", |(_, release)| release)
}

/// By the lockfile's text, whose first entry has its version.
fn usual_yarn(lockfile: &str) -> &'static str {
    let version = lockfile.lines().find_map(|line| line.strip_prefix("  version:"));
    let version = version.and_then(|version| version.trim().parse::<u32>().ok());
    YARN[usize::from(version.is_none_or(|version| version >= 8))]
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
        assert_eq!(named(&files(pinned), "pnpm").as_deref(), Some("9.1.0"));
        assert_eq!(named(&files(pinned), "pn"), None);
        assert_eq!(named(&files(r#"{ "packageManager": "yarn@4.0.0" }"#), "pnpm"), None);
        assert_eq!(named(&Files::default(), "pnpm"), None);
        for (settings, expected) in [
            ("a: 1\nyarnPath: .yarn/releases/yarn-3.6.3.cjs\n", Some("3.6.3")),
            ("yarnPath: \".yarn/releases/yarn-4.1.0.cjs\"\n", Some("4.1.0")),
            ("yarnPath: .yarn/releases/yarn-berry.cjs\n", Some("berry")),
            ("nodeLinker: node-modules\n", None),
            ("  yarnPath: x\n", None),
        ] {
            assert_eq!(held(settings).as_deref(), expected, "{settings}");
        }
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
    fn else_one_that_writes_such_a_lockfile() {
        for (text, expected) in [
            ("lockfileVersion: '6.0'\n", "8.15.9"),
            ("lockfileVersion: 5.4\n", "7.33.7"),
            ("---\nlockfileVersion: '9.0'\n", "10.12.1"),
            ("", "10.12.1"),
        ] {
            assert_eq!(usual_pnpm(Some(text)), expected, "{text}");
        }
        for (text, expected) in [
            ("# x\n\n__metadata:\n  version: 6\n  cacheKey: 8\n\n\"a@npm:1\":\n  version: 9.0.0\n", "3.8.7"),
            ("__metadata:\n  version: 8\n", "4.10.3"),
            ("", "4.10.3"),
        ] {
            assert_eq!(usual_yarn(text), expected, "{text}");
        }
    }
}
