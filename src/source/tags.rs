//! Tags that can mean a version of a package: a fixed list of schemes, never a generated pattern.

use std::collections::BTreeSet;

use super::repository::{Commit, Refs};
use crate::graph::{PackageName, Version};

/// Schemes that name the package, in order; `{name}` is tried in all spellings ([`Spelled`]), among them the
/// folder that the metadata gives (`@rollup/plugin-json` in `packages/json` is tagged `json-v6.1.0`).
pub const SCOPED: [&str; 9] = [
    "{name}@{version}",
    "{name}@v{version}",
    "{name}-v{version}",
    "{name}-{version}",
    "{name}/v{version}",
    "{name}/{version}",
    "{name}_v{version}",
    "{name}_{version}",
    "{name}-{version}-python",
];

/// Schemes of a whole repository, in order.
pub const GLOBAL: [&str; 27] = [
    "v{version}",
    "{version}",
    "release-{version}",
    "release-v{version}",
    "release/{version}",
    "release/v{version}",
    "releases/{version}",
    "releases/v{version}",
    "release_{version}",
    "rel_{version}",
    "rel-{version}",
    "version-{version}",
    "version/{version}",
    "version_{version}",
    "v.{version}",
    "V{version}",
    "rel{version}",
    "rel.{version}",
    "rel-v{version}",
    "r{version}",
    "REL-{version}",
    "REL_{version}",
    "RELEASE-{version}",
    "RELEASE_{version}",
    "Release-{version}",
    "Release_{version}",
    "{version}-release",
];

/// How tags may write the package's names and the version, the likeliest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spelled {
    pub names: Vec<String>,
    pub versions: Vec<String>,
}

impl Spelled {
    /// Of an npm package: the full name, without its scope, and the last part of the folder; the version as
    /// it is, then with `_` and with `-` for the dots.
    pub fn npm(name: &PackageName, folder: Option<&str>, version: &Version) -> Self {
        let mut spelled = Self::default();
        let folder = folder.map(|folder| folder.rsplit('/').next().unwrap_or(folder));
        for name in [name.as_str(), name.base()].into_iter().chain(folder) {
            spelled.name(name.to_owned());
        }
        spelled.version(version.as_str().to_owned());
        spelled.dots();
        spelled
    }

    pub(super) fn name(&mut self, name: String) {
        if !name.is_empty() && !self.names.contains(&name) {
            self.names.push(name);
        }
    }

    pub(super) fn version(&mut self, version: String) {
        if !self.versions.contains(&version) {
            self.versions.push(version);
        }
    }

    /// Adds each version with `_` and with `-` for its dots.
    pub(super) fn dots(&mut self) {
        for version in self.versions.clone() {
            for with in ["_", "-"] {
                self.version(version.replace('.', with));
            }
        }
    }
}

/// Ends of tags and branches that hold what was built, not what it was built from. The schemes can name
/// none of them; they are listed to be told apart from a commit that someone else names.
const ARTIFACT_ENDS: [&str; 18] = [
    "npm",
    "deno",
    "dist",
    "bower",
    "browser",
    "build",
    "built",
    "amd",
    "es",
    "esm",
    "cjs",
    "umd",
    "pages",
    "artifact",
    "artifacts",
    "package",
    "publish",
    "output",
];

/// A tag that can mean the version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagCandidate {
    pub tag: String,
    pub scheme: &'static str,
    pub commit: Commit,
    /// Whether the scheme names the package.
    pub scoped: bool,
}

/// The tags that are there, in the order of the schemes.
pub fn candidates(refs: &Refs, spelled: &Spelled) -> Vec<TagCandidate> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for (schemes, scoped) in [(&SCOPED[..], true), (&GLOBAL[..], false)] {
        // A scheme without a name is tried once.
        let names = if scoped { &spelled.names[..] } else { &[String::new()][..] };
        for version in &spelled.versions {
            for scheme in schemes {
                for name in names {
                    let tag = scheme.replace("{name}", name).replace("{version}", version);
                    let Some(&commit) = refs.tags.get(&tag) else { continue };
                    if seen.insert(tag.clone()) {
                        found.push(TagCandidate { tag, scheme, commit, scoped });
                    }
                }
            }
        }
    }
    found
}

/// Whether any tag of the repository names this package, whatever the version.
pub fn uses_scoped(refs: &Refs, spelled: &Spelled) -> bool {
    let starts: BTreeSet<String> = SCOPED
        .iter()
        .flat_map(|scheme| spelled.names.iter().map(|name| scheme.replace("{name}", name)))
        .filter_map(|start| start.split_once("{version}").map(|(start, _)| start.to_owned()))
        .collect();
    refs.tags.keys().any(|tag| {
        starts.iter().any(|start| {
            tag.strip_prefix(start.as_str())
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        })
    })
}

/// Whether a tag or branch is named as one that holds built output.
pub fn names_artifact(name: &str) -> bool {
    let last = name.rsplit(['-', '/', '_', '+']).next().unwrap_or(name);
    name == "gh-pages" || ARTIFACT_ENDS.contains(&last)
}

/// Artifact tags of this version: a known tag with one of the ends.
pub fn artifact_tags<'a>(refs: &'a Refs, candidates: &[TagCandidate], version: &str) -> Vec<&'a str> {
    let plain = [format!("v{version}"), version.to_string()];
    let starts: BTreeSet<&str> = candidates
        .iter()
        .map(|candidate| candidate.tag.as_str())
        .chain(plain.iter().map(String::as_str))
        .collect();
    let is = |tag: &&String| {
        names_artifact(tag)
            && !candidates.iter().any(|candidate| candidate.tag == **tag)
            && starts.iter().any(|start| {
                tag.strip_prefix(start).is_some_and(|rest| rest.starts_with(['-', '/', '_', '+']))
            })
    };
    refs.tags.keys().filter(is).map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Digest;

    fn refs(tags: &[&str]) -> Refs {
        let tags =
            tags.iter().enumerate().map(|(n, tag)| ((*tag).to_owned(), Digest([n as u8; 20]))).collect();
        Refs { tags, ..Refs::default() }
    }

    fn found(tags: &[&str], name: &str, version: &str) -> Vec<String> {
        let name = PackageName::new(name).unwrap();
        let version = Version::new(version).unwrap();
        candidates(&refs(tags), &Spelled::npm(&name, None, &version))
            .into_iter()
            .map(|found| found.tag)
            .collect()
    }

    #[test]
    fn package_scoped_before_global() {
        let tags = ["v1.2.0", "1.2.0", "a@1.2.0", "@s/a@1.2.0", "a/v1.2.0", "b@1.2.0", "v1.2.1"];
        assert_eq!(found(&tags, "@s/a", "1.2.0"), ["@s/a@1.2.0", "a@1.2.0", "a/v1.2.0", "v1.2.0", "1.2.0"]);
    }

    #[test]
    fn a_folder_is_a_name_too() {
        let name = PackageName::new("@rollup/plugin-json").unwrap();
        let version = Version::new("6.1.0").unwrap();
        let found = candidates(
            &refs(&["json-v6.1.0", "v6.1.0"]),
            &Spelled::npm(&name, Some("packages/json"), &version),
        );
        assert_eq!(found[0].tag, "json-v6.1.0");
        assert!(found[0].scoped && !found[1].scoped);
    }

    #[test]
    fn only_documented_forms() {
        let tags = ["4.17.21-npm", "v4.17.21-deno", "4.17.211", "xv4.17.21", "rel_4_17_21", "v4-17-21"];
        assert_eq!(found(&tags, "lodash", "4.17.21"), ["rel_4_17_21", "v4-17-21"]);
    }

    #[test]
    fn artifact_tags_are_named_but_never_candidates() {
        let refs = refs(&["v8.0.1", "v8.0.1-deno", "v8.0.1-beta", "v8.0.0-deno"]);
        let name = PackageName::new("cliui").unwrap();
        let version = Version::new("8.0.1").unwrap();
        let found = candidates(&refs, &Spelled::npm(&name, None, &version));
        assert_eq!(artifact_tags(&refs, &found, version.as_str()), ["v8.0.1-deno"]);
    }

    #[test]
    fn a_sibling_is_no_scheme_of_this_package() {
        let name = PackageName::new("a").unwrap();
        let spelled = Spelled::npm(&name, None, &Version::new("1.0.0").unwrap());
        assert!(uses_scoped(&refs(&["a@1.0.0"]), &spelled));
        assert!(uses_scoped(&refs(&["a-v1.0.0"]), &spelled));
        assert!(!uses_scoped(&refs(&["a-b@1.0.0", "ab@1.0.0", "v1.0.0"]), &spelled));
    }
}
