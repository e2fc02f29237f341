//! Two releases of one package: which tags are releases, and what differs between the sources of two.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::hash::Digest;
use crate::npm::bins;
use crate::printable::printable;
use crate::source::is_binary_name;

/// Characters of a script that are shown.
const SHOWN: usize = 120;
/// Names of one kind that are shown.
const NAMED: usize = 12;

/// Scripts that run where the package is built or installed.
const SCRIPTS: [&str; 9] = [
    "preinstall",
    "install",
    "postinstall",
    "prepublish",
    "preprepare",
    "prepare",
    "postprepare",
    "prepack",
    "build",
];

/// What is compared of one release.
#[derive(Clone, Debug, Default)]
pub struct Side {
    /// Files and links of the source, by path.
    pub files: BTreeMap<String, Digest<20>>,
    /// package.json of the package.
    pub manifest: Value,
    /// Packages of its lockfile that run install scripts, by `name@version`.
    pub with_scripts: BTreeSet<String>,
}

/// The numbers of a release: only digits and dots.
fn numbers(version: &str) -> Option<Vec<u64>> {
    version
        .split('.')
        .map(|part| part.parse().ok().filter(|_| part.bytes().all(|byte| byte.is_ascii_digit())))
        .collect()
}

/// The release that a tag is of, whatever stands before the number.
pub fn of_tag(tag: &str) -> Option<Vec<u64>> {
    numbers(&tag[tag.find(|c: char| c.is_ascii_digit())?..])
}

/// The newest of the tags that are written as the tag of a version is, and its version. No others count: of a tag for
/// testing nobody knows what it is.
pub fn newest<'a>(
    tags: impl Iterator<Item = &'a String>,
    tag: &str,
    version: &str,
) -> Option<(&'a str, &'a str)> {
    let (before, behind) = tag.rsplit_once(version)?;
    let versions = tags.filter_map(|tag| {
        let version = tag.strip_prefix(before)?.strip_suffix(behind)?;
        Some((numbers(version)?, tag.as_str(), version))
    });
    versions.max().map(|(_, tag, version)| (tag, version))
}

/// What differs, a sentence each: what a reviewer wants to know first.
pub fn difference(old: &Side, new: &Side) -> Vec<String> {
    // Of an index nobody knows the files.
    let mut lines: Vec<String> = (!new.files.is_empty()).then(|| files(old, new)).into_iter().collect();
    for (field, what) in [
        ("dependencies", "dependencies"),
        ("optionalDependencies", "optional dependencies"),
        ("peerDependencies", "peer dependencies"),
    ] {
        let names = |side: &Side| keys(&side.manifest[field]);
        lines.extend(came_and_went(what, &names(old), &names(new)));
    }
    let programs = |side: &Side| bins(&side.manifest).into_keys().collect();
    lines.extend(came_and_went("programs", &programs(old), &programs(new)));
    lines.extend(SCRIPTS.iter().filter_map(|name| script(name, old, new)));
    let came: BTreeSet<String> = new.with_scripts.difference(&old.with_scripts).cloned().collect();
    if !came.is_empty() {
        lines.push(format!(
            "packages of the lockfile that run install scripts, new or of another version: {}",
            listed(&came)
        ));
    }
    lines.extend(license(old, new));
    let engine = |side: &Side| side.manifest["engines"]["node"].as_str().map(str::to_owned);
    if engine(old) != engine(new) {
        let shown = |side: &Side| engine(side).unwrap_or_else(|| "any".to_owned());
        lines.push(format!("engines.node was {} and is {}", shown(old), shown(new)));
    }
    lines.extend(binaries(old, new));
    lines.into_iter().map(|line| printable(&line)).collect()
}

fn files(old: &Side, new: &Side) -> String {
    let (old, new) = (&old.files, &new.files);
    let changed =
        new.iter().filter(|(path, blob)| old.get(*path).is_some_and(|before| before != *blob)).count();
    let added = new.keys().filter(|path| !old.contains_key(*path)).count();
    let gone = old.keys().filter(|path| !new.contains_key(*path)).count();
    format!("files: {changed} changed, {added} new, {gone} gone, of {}", new.len())
}

fn keys(value: &Value) -> BTreeSet<String> {
    value.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

fn came_and_went(what: &str, old: &BTreeSet<String>, new: &BTreeSet<String>) -> Option<String> {
    let came: BTreeSet<String> = new.difference(old).cloned().collect();
    let went: BTreeSet<String> = old.difference(new).cloned().collect();
    let part = |word: &str, names: &BTreeSet<String>| {
        (!names.is_empty()).then(|| format!("{word}: {}", listed(names)))
    };
    let parts: Vec<_> = part("new", &came).into_iter().chain(part("gone", &went)).collect();
    (!parts.is_empty()).then(|| format!("{what}, {}", parts.join("; ")))
}

fn listed(names: &BTreeSet<String>) -> String {
    let mut text = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > NAMED {
        text.push_str(&format!(" and {} more", names.len() - NAMED));
    }
    text
}

fn script(name: &str, old: &Side, new: &Side) -> Option<String> {
    let of = |side: &Side| side.manifest["scripts"][name].as_str().map(str::to_owned);
    let shown = |text: &str| text.chars().take(SHOWN).collect::<String>();
    match (of(old), of(new)) {
        (before, after) if before == after => None,
        (_, None) => Some(format!("the script `{name}` is gone")),
        (None, Some(after)) => Some(format!("the script `{name}` is new: `{}`", shown(&after))),
        (Some(before), Some(after)) => {
            Some(format!("the script `{name}` was `{}` and is `{}`", shown(&before), shown(&after)))
        }
    }
}

fn license(old: &Side, new: &Side) -> Option<String> {
    let said = |side: &Side| side.manifest["license"].clone();
    if said(old) != said(new) {
        return Some(format!(
            "`license` of package.json was {} and is {}: look at meta.license",
            said(old),
            said(new)
        ));
    }
    let is_license = |path: &str| {
        let base = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        ["license", "licence", "copying"].iter().any(|name| base.starts_with(name))
    };
    let texts = |side: &Side| {
        let root = side.files.iter().filter(|(path, _)| !path.contains('/') && is_license(path));
        root.map(|(path, blob)| (path.clone(), *blob)).collect::<BTreeMap<_, _>>()
    };
    (texts(old) != texts(new)).then(|| "the text of the license changed: look at it".to_owned())
}

fn binaries(old: &Side, new: &Side) -> Option<String> {
    let is_new =
        |(path, blob): &(&String, &Digest<20>)| is_binary_name(path) && old.files.get(*path) != Some(*blob);
    let all: BTreeSet<String> = new.files.iter().filter(is_new).map(|(path, _)| path.clone()).collect();
    (!all.is_empty()).then(|| format!("binaries, new or changed: {}", listed(&all)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_newest_tag_is_written_as_the_last() {
        let tags = ["v1.9.0", "v1.10.0", "v2.0.0-rc.1", "cli-v3.0.0", "v99", "v1.10.0-x", "vx"];
        let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
        assert_eq!(newest(tags[..4].iter(), "v1.2.0", "1.2.0"), Some(("v1.10.0", "1.10.0")));
        assert_eq!(newest(tags.iter(), "cli-v1.0.0", "1.0.0"), Some(("cli-v3.0.0", "3.0.0")));
        assert_eq!(newest(tags.iter(), "release", "1.0.0"), None);
        assert_eq!(of_tag("cli-v3.0.1"), Some(vec![3, 0, 1]));
        assert_eq!((of_tag("nightly-2026-01-02"), of_tag("latest"), of_tag("v1.0-rc")), (None, None, None));
    }

    #[test]
    fn what_a_reviewer_wants_to_know() {
        let side = |files: &[(&str, u8)], manifest: Value, scripts: &[&str]| Side {
            files: files.iter().map(|(path, blob)| ((*path).to_owned(), Digest([*blob; 20]))).collect(),
            manifest,
            with_scripts: scripts.iter().map(|name| (*name).to_owned()).collect(),
        };
        let old = side(
            &[("a", 1), ("b", 1), ("LICENSE", 1)],
            json!({ "license": "MIT", "dependencies": { "x": "1", "y": "1" }, "bin": { "t": "a" },
                "scripts": { "postinstall": "a", "build": "b", "test": "t" } }),
            &["e@1"],
        );
        let new = side(
            &[("a", 2), ("c.node", 1), ("LICENSE", 2)],
            json!({ "license": "MIT", "dependencies": { "x": "2", "z": "1" }, "bin": { "t": "a", "u": "a" },
                "scripts": { "postinstall": "curl\u{1b}[2J x", "prepare": "p", "test": "u" }, "engines": { "node": ">=20" } }),
            &["e@2"],
        );
        insta::assert_snapshot!(difference(&old, &new).join("\n"));
        assert_eq!(difference(&old, &old), ["files: 0 changed, 0 new, 0 gone, of 3"]);
        let licensed = Side { manifest: json!({ "license": "ISC" }), ..old.clone() };
        assert!(difference(&old, &licensed).iter().any(|line| line.contains("\"MIT\" and is \"ISC\"")));
    }
}
