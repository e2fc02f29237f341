//! What changes the meaning of a dependency and is in no lockfile: `resolutions` of package.json, catalogs and conditions of
//! `.yarnrc.yml`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::entry::Dependency;
use crate::lockfile::yaml::{self, Yaml};

/// The settings of a project.
#[derive(Debug, Default)]
pub struct Settings {
    resolutions: Vec<Resolution>,
    /// By the catalog's name (`""` is the one without) and the package's.
    catalogs: BTreeMap<(String, String), String>,
    /// Conditions that hold (a plugin that Babel's repositories use).
    holding: Vec<String>,
}

/// One of `resolutions`: what is taken where a package is asked for.
#[derive(Debug)]
struct Resolution {
    /// Only where this package asks, with this version if it has one.
    from: Option<(String, Option<String>)>,
    name: String,
    /// Only for this range.
    range: Option<String>,
    instead: String,
}

impl Settings {
    pub fn of(manifest: Option<&Value>, yarnrc: Option<&str>) -> Self {
        let said = manifest.map(|manifest| &manifest["resolutions"]).and_then(Value::as_object);
        let said = said.into_iter().flatten();
        let resolutions = said.filter_map(|(pattern, to)| Resolution::of(pattern, to.as_str()?)).collect();
        let rc = yarnrc.and_then(|text| yaml::documents(text).ok()?.pop());
        let members = |name: &str| rc.as_ref().and_then(|rc| rc.get(name)).map_or(&[][..], Yaml::members);
        let unnamed = [("", members("catalog"))];
        let named = members("catalogs").iter().map(|one| (one.key.as_str(), one.value.members()));
        let catalogs = unnamed.into_iter().chain(named).flat_map(|(catalog, packages)| {
            let range = move |package: &yaml::Member| {
                Some(((catalog.to_owned(), package.key.clone()), package.value.text()?.to_owned()))
            };
            packages.iter().filter_map(range)
        });
        let conditions = members("conditions").iter();
        let holding = conditions.filter(|one| one.value.text_of("default") == Some("true"));
        Self {
            resolutions,
            catalogs: catalogs.collect(),
            holding: holding.map(|condition| condition.key.clone()).collect(),
        }
    }

    /// What is taken instead of a dependency of the package `from`, which is `(name, version)`.
    pub fn instead(&self, from: (&str, &str), name: &str, range: &str) -> Option<&str> {
        let means = |resolution: &&Resolution| {
            let is_from = |(parent, version): &(String, Option<String>)| {
                parent == from.0 && version.as_deref().is_none_or(|version| version == from.1)
            };
            let is_range = |asked: &String| asked == range || format!("npm:{asked}") == range;
            resolution.name == name
                && resolution.from.as_ref().is_none_or(is_from)
                && resolution.range.as_ref().is_none_or(is_range)
        };
        self.resolutions.iter().find(means).map(|resolution| resolution.instead.as_str())
    }

    /// The range of `catalog:` or `catalog:NAME`.
    pub fn catalog(&self, catalog: &str, name: &str) -> Option<&str> {
        self.catalogs.get(&(catalog.to_owned(), name.to_owned())).map(String::as_str)
    }

    /// The dependency of a package that stands for two: the one whose condition is as the settings have it.
    pub fn chosen<'d>(&self, choices: &'d [Dependency]) -> Option<&'d Dependency> {
        choices.iter().find(|choice| {
            let holds = |end: &str, expected: bool| {
                let before = choice.name.strip_suffix(end);
                before.is_some_and(|name| {
                    self.holding.iter().any(|condition| name.ends_with(&format!("-{condition}"))) == expected
                })
            };
            holds("-true", true) || holds("-false", false)
        })
    }
}

impl Resolution {
    /// `name`, `name@range`, `parent/name`, `**/name`: only the last two parts count, as for yarn.
    fn of(pattern: &str, instead: &str) -> Option<Self> {
        // Ranges may hold slashes: names are taken from the left.
        let (first, rest) = named(pattern.strip_prefix("**/").unwrap_or(pattern))?;
        let (from, (name, range)) = match rest {
            None => (None, first),
            Some(rest) => match named(rest.strip_prefix("**/").unwrap_or(rest))? {
                (second, None) => (Some(first), second),
                _ => return None,
            },
        };
        Some(Self { from, name, range, instead: instead.to_owned() })
    }
}

type Named = (String, Option<String>);

/// The first `name` or `name@range` of a path, and what follows it.
fn named(pattern: &str) -> Option<(Named, Option<&str>)> {
    let scope = if pattern.starts_with('@') { pattern.find('/')? + 1 } else { 0 };
    let end = pattern[scope..].find(['/', '@']).map(|at| at + scope);
    let name = pattern[..end.unwrap_or(pattern.len())].to_owned();
    match end {
        None => Some(((name, None), None)),
        Some(at) if pattern[at..].starts_with('/') => Some(((name, None), Some(&pattern[at + 1..]))),
        // The parent's version ends where another name begins; an address with slashes is the last part.
        Some(at) => {
            let range = &pattern[at + 1..];
            let is_version = |version: &str| !version.contains(':') || version.starts_with("npm:");
            Some(match range.split_once('/').filter(|(version, _)| is_version(version)) {
                Some((version, rest)) => ((name, Some(version.to_owned())), Some(rest)),
                None => ((name, Some(range.to_owned())), None),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::graph::npm::EdgeKind;

    #[test]
    fn resolutions_as_yarn_reads_them() {
        let of = |pattern: &str| Settings::of(Some(&json!({ "resolutions": { pattern: "1" } })), None);
        for (pattern, from, name, range, expected) in [
            ("a", ("x", "1.0.0"), "a", "npm:^2", true),
            ("@s/a", ("x", "1.0.0"), "@s/a", "npm:^2", true),
            ("**/a", ("x", "1.0.0"), "a", "npm:^2", true),
            ("a", ("x", "1.0.0"), "b", "npm:^2", false),
            ("a@npm:^2", ("x", "1.0.0"), "a", "npm:^2", true),
            ("a@^2", ("x", "1.0.0"), "a", "npm:^2", true),
            ("a@npm:^3", ("x", "1.0.0"), "a", "npm:^2", false),
            ("x/a", ("x", "1.0.0"), "a", "npm:^2", true),
            ("y/a", ("x", "1.0.0"), "a", "npm:^2", false),
            ("@s/x/@s/a", ("@s/x", "1.0.0"), "@s/a", "npm:^2", true),
            ("x@1.0.0/a", ("x", "1.0.0"), "a", "npm:^2", true),
            ("x@2.0.0/a", ("x", "1.0.0"), "a", "npm:^2", false),
            ("x/a@npm:^2", ("x", "1.0.0"), "a", "npm:^2", true),
            ("x/y/z", ("y", "1.0.0"), "z", "npm:^2", false),
        ] {
            assert_eq!(of(pattern).instead(from, name, range).is_some(), expected, "{pattern}");
        }
    }

    #[test]
    fn catalogs_and_conditions() {
        let rc = "catalog:\n  a: ^1\ncatalogs:\n  dev:\n    a: ^2\nconditions:\n  ON:\n    default: true\n  OFF:\n    default: false\n";
        let settings = Settings::of(None, Some(rc));
        assert_eq!((settings.catalog("", "a"), settings.catalog("dev", "a")), (Some("^1"), Some("^2")));
        assert_eq!(settings.catalog("dev", "b"), None);
        let chosen = |names: &[&str]| {
            let choice = |name: &&str| Dependency {
                name: (*name).to_owned(),
                range: String::new(),
                kind: EdgeKind::Prod,
            };
            let choices: Vec<_> = names.iter().map(choice).collect();
            settings.chosen(&choices).map(|choice| choice.name.clone())
        };
        assert_eq!(chosen(&["a-ON-false", "a-ON-true"]).as_deref(), Some("a-ON-true"));
        assert_eq!(chosen(&["a-OFF-false", "a-OFF-true"]).as_deref(), Some("a-OFF-false"));
        assert_eq!(chosen(&["a-OFF-true"]), None);
        assert_eq!(chosen(&["a"]), None);
    }
}
