//! Names as Guix has them: of packages, of the variables that hold them, and of modules.
//!
//! Rules: "Package Naming", "Version Numbers", "Python Modules" in the Guix manual's chapter on contributing, and what
//! its importers do where the manual is silent (lower case, `-` for `_`, `.` and `/`).

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::ecosystem::Ecosystem;

/// A package by its upstream name and version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Upstream<'a> {
    pub ecosystem: Ecosystem,
    /// An npm name (`@scope/name`), or a Python name in any spelling.
    pub name: &'a str,
    /// As the lockfile has it.
    pub version: &'a str,
}

/// A package as its definition names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    /// The field `name`.
    pub name: String,
    /// The field `version`: upstream's own, but for what no store path holds.
    pub version: String,
    /// The variable that the definition is bound to.
    pub variable: String,
    /// For the property `upstream-name`, where an updater would not find it by the name.
    pub upstream_name: Option<String>,
}

impl Named {
    /// A package under names that are known.
    pub fn called(package: &Upstream<'_>, variable: String, name: String) -> Self {
        let upstream_name =
            (found_by(package.ecosystem, &name) != package.name).then(|| package.name.to_owned());
        Self { name, version: version(package.version), variable, upstream_name }
    }
}

/// Longest name and version, in characters: a store path's own name ends at 211, and an origin's is longer than its
/// package's (`-checkout`, `.tar.gz.drv`).
const LONGEST: usize = 64;

/// What modules of Guix that definitions use call something of their own (`(guix build-system node)`): a package of that
/// name has part of its version in its variable.
pub const OF_GUIX: [&str; 2] = ["node-build", "node-build-system"];

/// Longest variable with part of a version, in characters: `guix lint` warns of lines beyond 90, and inputs are indented.
const LONGEST_VARIABLE: usize = 68;

/// Names for a whole set. No two packages share a variable, nor two upstream names a name; the result is the same in
/// whatever order the set was made.
pub fn named<'a>(packages: &BTreeSet<Upstream<'a>>) -> BTreeMap<Upstream<'a>, Named> {
    let upstream: BTreeSet<(Ecosystem, &str)> =
        packages.iter().map(|package| (package.ecosystem, package.name)).collect();
    let names = distinct(&upstream);
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in packages {
        versions.entry(&names[&(package.ecosystem, package.name)]).or_default().insert(package.version);
    }
    // A variable with part of a version may be another package's name: those that have but one version go first.
    let single = |name: &str| versions[name].len() == 1 && !OF_GUIX.contains(&name);
    let mut taken: BTreeSet<String> = names.values().filter(|name| single(name)).cloned().collect();
    let mut all = BTreeMap::new();
    for package in packages {
        let name = &names[&(package.ecosystem, package.name)];
        let variable = if single(name) {
            name.clone()
        } else {
            let mut prefixes = prefixes(package.version, &versions[name.as_str()]).into_iter();
            let free = prefixes.find_map(|part| free(format!("{name}-{part}"), &taken));
            let free = free.filter(|variable| variable.len() <= LONGEST_VARIABLE);
            free.unwrap_or_else(|| marked(name, package.version))
        };
        taken.insert(variable.clone());
        all.insert(*package, Named::called(package, variable, name.clone()));
    }
    all
}

/// The variable, unless it is taken.
fn free(variable: String, taken: &BTreeSet<String>) -> Option<String> {
    (!taken.contains(&variable)).then_some(variable)
}

/// What Guix's updaters take for the upstream name of a package that does not tell: the name without its prefix.
fn found_by(ecosystem: Ecosystem, name: &str) -> &str {
    name.strip_prefix(prefix(ecosystem)).unwrap_or(name)
}

fn prefix(ecosystem: Ecosystem) -> &'static str {
    match ecosystem {
        Ecosystem::Npm => "node-",
        Ecosystem::Python => "python-",
    }
}

/// The name that Guix's importers give: `@a/b.c` is `node-a-b-c`, `Foo_python` is `python-foo`, `python-foo` is
/// itself.
pub fn plain(ecosystem: Ecosystem, upstream: &str) -> String {
    whole(ecosystem, upstream, |name| name.strip_suffix("-python").unwrap_or(name))
}

/// The name with its prefix; a Python name that lacks it without what is `stripped`.
fn whole(ecosystem: Ecosystem, upstream: &str, stripped: fn(&str) -> &str) -> String {
    let tame = |c: char| match c {
        c if c.is_ascii_alphanumeric() || c == '+' => c.to_ascii_lowercase(),
        // `~`, `!`, `'`, `(`, `)` and `*`, which old npm names may have, stand in no store path.
        _ => '-',
    };
    let name: String = upstream.trim_start_matches('@').chars().map(tame).collect();
    let name = name.trim_matches('-');
    let prefix = prefix(ecosystem);
    let full = match ecosystem {
        Ecosystem::Npm => format!("{prefix}{name}"),
        Ecosystem::Python if name.starts_with(prefix) => name.to_owned(),
        Ecosystem::Python => format!("{prefix}{}", stripped(name)),
    };
    if full.len() > LONGEST || full.len() == prefix.len() {
        return marked(&full[..full.len().min(LONGEST - 9)], upstream);
    }
    full
}

/// A name for each upstream name, no two the same. Of several with one plain name, the one that needs no change keeps
/// it (`babel-core`, not `@babel/core`), else the first; the others are spelled out: `node-at-babel-core`.
fn distinct<'a>(upstream: &BTreeSet<(Ecosystem, &'a str)>) -> BTreeMap<(Ecosystem, &'a str), String> {
    let mut groups: BTreeMap<String, Vec<(Ecosystem, &str)>> = BTreeMap::new();
    for one in upstream {
        groups.entry(plain(one.0, one.1)).or_default().push(*one);
    }
    let mut taken: BTreeSet<String> = groups.keys().cloned().collect();
    let mut names = BTreeMap::new();
    for (name, group) in groups {
        let owner = group.iter().find(|one| found_by(one.0, &name) == one.1).unwrap_or(&group[0]);
        for one in &group {
            let mut own = name.clone();
            if one != owner {
                own = whole(one.0, &spelled_out(one.1), |name| name);
                if taken.contains(&own) {
                    own = marked(&name, one.1);
                }
            }
            taken.insert(own.clone());
            names.insert(*one, own);
        }
    }
    names
}

/// The characters that a plain name loses, in words.
fn spelled_out(upstream: &str) -> String {
    let mut words = String::new();
    for c in upstream.chars() {
        match c {
            '@' => words.push_str("at-"),
            '.' => words.push_str("-dot-"),
            '_' => words.push_str("-underscore-"),
            c => words.push(c),
        }
    }
    words
}

/// A name that nothing else has: with the beginning of the upstream text's SHA-256.
fn marked(name: &str, upstream: &str) -> String {
    let digest = hex::encode(Sha256::digest(upstream.as_bytes()));
    format!("{}-{}", name.trim_end_matches('-'), &digest[..8])
}

/// The field `version`. An epoch's `!` (PEP 440) stands in no store path, and becomes `=`, which no version has. Of a
/// version that is too long the beginning, and a part of its SHA-256.
pub fn version(upstream: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || "+-.".contains(c) { c } else { '=' };
    let text: String = upstream.chars().map(safe).collect();
    if text.len() > LONGEST {
        return marked(&text[..LONGEST - 9], upstream);
    }
    text
}

/// The version of a commit that no release was made of, as Guix's `git-version` makes it.
pub fn version_of_commit(version: &str, commit: &str) -> String {
    format!("{version}-0.{}", &commit[..commit.len().min(7)])
}

/// What may stand for a version in a variable, the shortest that no other version begins with first, the whole version
/// last. Parts are those between points; a pre-release, a build or a local part counts only in the whole.
fn prefixes(own: &str, all: &BTreeSet<&str>) -> Vec<String> {
    let whole = version(own);
    let parts = parts(&whole);
    let others: Vec<Vec<String>> =
        all.iter().filter(|other| **other != own).map(|other| self::parts(&version(other))).collect();
    let mut prefixes: Vec<String> = (1..parts.len())
        .filter(|&count| !others.iter().any(|other| other.starts_with(&parts[..count])))
        .map(|count| parts[..count].join("."))
        .collect();
    prefixes.push(whole);
    prefixes
}

/// The parts between the points of a release: `1.0.0-rc.1` has three, the last `0-rc.1`.
fn parts(version: &str) -> Vec<String> {
    let release = version.find(['-', '+']).unwrap_or(version.len());
    let mut parts: Vec<String> = version[..release].split('.').map(str::to_owned).collect();
    if let Some(last) = parts.last_mut() {
        last.push_str(&version[release..]);
    }
    parts
}

/// Whether a file's name can be a store item's as it is.
pub fn is_store_name(file: &str) -> bool {
    !file.is_empty() && !file.starts_with(['.', '-']) && file.chars().all(is_of_store)
}

/// A file's name made fit for the store.
pub fn store_name(file: &str) -> String {
    let safe: String = file.chars().map(|c| if is_of_store(c) { c } else { '-' }).collect();
    safe.trim_start_matches(['.', '-']).to_owned()
}

fn is_of_store(c: char) -> bool {
    c.is_ascii_alphanumeric() || "+-._=".contains(c)
}

/// The first part of the module names of a project, and the folder of its modules: lower case, digits and `-`. What
/// Scheme would read as a number, and the names of Guix's own modules, get a prefix.
pub fn module(project: &str) -> String {
    let tame = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let name: String = project.trim_start_matches('@').chars().map(tame).collect();
    let mut name = name.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    if name.len() > LONGEST {
        name = marked(&name[..LONGEST - 9], project);
    }
    match name.as_str() {
        "" => "project".to_owned(),
        "gnu" | "guix" | "guile" | "ice-9" | "srfi" | "rnrs" => format!("project-{name}"),
        other if !other.starts_with(|c: char| c.is_ascii_lowercase()) => format!("project-{name}"),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(packages: &[(Ecosystem, &str, &str)]) -> Vec<String> {
        let set: BTreeSet<Upstream<'_>> = packages
            .iter()
            .map(|(ecosystem, name, version)| Upstream { ecosystem: *ecosystem, name, version })
            .collect();
        let named = named(&set);
        let line = |(ecosystem, name, version): &(Ecosystem, &str, &str)| {
            let one = &named[&Upstream { ecosystem: *ecosystem, name, version }];
            let upstream = one.upstream_name.as_deref().unwrap_or("-");
            format!("{} {} {} {upstream}", one.variable, one.name, one.version)
        };
        let variables: BTreeSet<&String> = named.values().map(|one| &one.variable).collect();
        assert_eq!(variables.len(), packages.len());
        packages.iter().map(line).collect()
    }

    fn npm(packages: &[(&'static str, &'static str)]) -> Vec<String> {
        all(&packages.iter().map(|(name, version)| (Ecosystem::Npm, *name, *version)).collect::<Vec<_>>())
    }

    fn python(packages: &[(&'static str, &'static str)]) -> Vec<String> {
        all(&packages.iter().map(|(name, version)| (Ecosystem::Python, *name, *version)).collect::<Vec<_>>())
    }

    #[test]
    fn npm_names() {
        let names = npm(&[
            ("semver", "7.2.1"),
            ("@types/node", "22.0.0"),
            ("lodash.merge", "4.6.2"),
            ("JSONStream", "1"),
        ]);
        assert_eq!(
            names,
            [
                "node-semver node-semver 7.2.1 -",
                "node-types-node node-types-node 22.0.0 @types/node",
                "node-lodash-merge node-lodash-merge 4.6.2 lodash.merge",
                "node-jsonstream node-jsonstream 1 JSONStream"
            ]
        );
    }

    #[test]
    fn python_names() {
        let names =
            python(&[("python-dateutil", "2.9.0.post0"), ("zope-interface", "7.0"), ("asgi-python", "1")]);
        assert_eq!(
            names,
            [
                "python-dateutil python-dateutil 2.9.0.post0 python-dateutil",
                "python-zope-interface python-zope-interface 7.0 -",
                "python-asgi python-asgi 1 asgi-python"
            ]
        );
    }

    #[test]
    fn names_that_meet() {
        let names = npm(&[
            ("babel-core", "6.0.0"),
            ("@babel/core", "7.0.0"),
            ("a.b", "1.0.0"),
            ("a_b", "1.0.0"),
            ("at-babel-core", "1.0.0"),
            ("A.b", "1.0.0"),
        ]);
        assert_eq!(names[0], "node-babel-core node-babel-core 6.0.0 -");
        let digest = &hex::encode(Sha256::digest("@babel/core"))[..8];
        assert_eq!(names[1], format!("node-babel-core-{digest} node-babel-core-{digest} 7.0.0 @babel/core"));
        assert!(
            names[3].starts_with("node-a-underscore-b ") && names[5].starts_with("node-a-b "),
            "{names:?}"
        );
        assert!(names[2].starts_with("node-a-dot-b "), "{names:?}");
        let python = python(&[("python-jose", "1"), ("jose", "2"), ("jose-python", "3")]);
        assert!(python[1].starts_with("python-jose python-jose 2 -"), "{python:?}");
        assert_eq!(python[2], "python-jose-python python-jose-python 3 -");
    }

    #[test]
    fn a_variable_fits_on_a_line() {
        let long = "7.21.0-placeholder-for-preset-env-and-more.2";
        let all = npm(&[
            ("babel-plugin-private-property-in-object", "7.21.11"),
            ("babel-plugin-private-property-in-object", long),
        ]);
        for line in &all {
            assert!(line.split(' ').next().unwrap().len() <= LONGEST_VARIABLE, "{line}");
        }
    }

    #[test]
    fn what_guix_has_too() {
        let expected =
            ["node-build-0 node-build 0.1.4 -", "node-build-system-1 node-build-system 1.2.0 @build/system"];
        assert_eq!(npm(&[("build", "0.1.4"), ("@build/system", "1.2.0")]), expected);
    }

    #[test]
    fn variables_of_several_versions() {
        let first = |names: Vec<String>| {
            names.iter().map(|name| name.split(' ').next().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
        };
        let names =
            npm(&[("a", "1.2.3"), ("a", "1.3.0"), ("a", "2.0.0"), ("b", "1.0.0"), ("b", "1.0.0-rc.1")]);
        assert_eq!(first(names), "node-a-1.2 node-a-1.3 node-a-2 node-b-1.0.0 node-b-1.0.0-rc.1");
        let names = npm(&[("b", "1.0.0+build"), ("b", "1.0.0+other"), ("b", "1.0.1")]);
        assert_eq!(first(names), "node-b-1.0.0+build node-b-1.0.0+other node-b-1.0.1");
        let names = python(&[("a", "1.0"), ("a", "1.0.1"), ("a", "2!1.0"), ("a", "1.0+abc")]);
        assert_eq!(first(names), "python-a-1.0 python-a-1.0.1 python-a-2=1 python-a-1.0+abc");
        // `foo-2` is a package of its own.
        let names = npm(&[("foo", "1.0.0"), ("foo", "2.1.0"), ("foo-2", "3.0.0")]);
        assert_eq!(first(names), "node-foo-1 node-foo-2.1 node-foo-2");
    }

    #[test]
    fn whatever_comes_is_a_store_path_and_a_symbol() {
        let long = ["x".repeat(214), format!("{}y", "x".repeat(213))];
        let versions = ["1".repeat(256), format!("1.0.0-{}", "a.".repeat(120)), "1!2.0".to_owned()];
        let names = [&long[0], &long[1], "@~/~", "'(quote)'", "a*b!", "...", "@-/-", "日本", ""];
        let mut packages = Vec::new();
        for name in names {
            for version in &versions {
                packages.push((Ecosystem::Npm, name, version.as_str()));
                packages.push((Ecosystem::Python, name, version.as_str()));
            }
        }
        for line in all(&packages) {
            let fields: Vec<&str> = line.splitn(4, ' ').collect();
            for field in &fields[..3] {
                assert!(field.len() <= 2 * LONGEST + 1, "{line}");
                assert!(field.chars().all(|c| c.is_ascii_alphanumeric() || "+-.=".contains(c)), "{line}");
            }
            assert!(fields[1].starts_with("node-") || fields[1].starts_with("python-"));
            assert!(fields[1].len() > "python-".len() - 1, "{line}");
        }
    }

    #[test]
    fn modules_of_a_project() {
        for (project, module) in [
            ("my-app", "my-app"),
            ("@acme/My.App", "acme-my-app"),
            ("123", "project-123"),
            ("1e5", "project-1e5"),
            ("-i", "i"),
            ("gnu", "project-gnu"),
            ("---", "project"),
            ("日本", "project"),
        ] {
            assert_eq!(super::module(project), module);
        }
        assert!(super::module(&"a".repeat(300)).len() <= LONGEST);
    }
}
