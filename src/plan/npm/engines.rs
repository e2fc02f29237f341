//! Which Node the project's package.json asks for, as the emitted code can compare it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::foreign;
use crate::npm::spec;

/// The releases of Node as nixpkgs calls them, the newest first.
const ATTRIBUTES: [(&str, u64); 3] = [("nodejs_24", 24), ("nodejs_22", 22), ("nodejs_20", 20)];

/// A range of versions of Node, and who wants it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Engine {
    /// `package.json`, or packages.
    pub by: String,
    /// As it is written there.
    pub range: String,
    /// One of these lists must hold, with all of its comparisons.
    pub any: Vec<Vec<Comparison>>,
    /// Attributes of nixpkgs some version of which will do.
    pub attributes: Vec<&'static str>,
}

/// `>=`, `<` and so on, with a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    pub is: String,
    pub version: String,
}

impl Engine {
    /// Whether a version of Node is in the range.
    pub fn allows(&self, version: &str) -> bool {
        spec::range(&self.range).is_none_or(|range| spec::satisfies(version, &range))
    }
}

/// What a manifest says of Node; `None` where it says nothing that can be read, or takes any.
pub fn of_manifest(manifest: &Value, by: &str) -> Option<Engine> {
    let written = manifest["engines"]["node"].as_str()?.trim();
    let range = spec::range(written)?;
    let some_version = |major: u64| {
        let whole = foreign::npm_range(&format!("^{major}"));
        whole.is_some_and(|whole| range.allows_any(&whole))
    };
    let attributes = ATTRIBUTES.into_iter().filter(|(_, major)| some_version(*major));
    let any = range.to_string().split("||").map(comparisons).collect();
    Some(Engine {
        by: by.to_owned(),
        range: written.to_owned(),
        any,
        attributes: attributes.map(|(attribute, _)| attribute).collect(),
    })
}

/// The ranges that packages ask for, each once: where npm is told to be strict (`engine-strict`).
pub fn of_packages<'a>(packages: impl Iterator<Item = (String, &'a Value)>) -> Vec<Engine> {
    let mut found: BTreeMap<String, (Engine, usize)> = BTreeMap::new();
    for (by, manifest) in packages {
        if let Some(engine) = of_manifest(manifest, &by) {
            found.entry(engine.range.clone()).or_insert((engine, 0)).1 += 1;
        }
    }
    let shown = |(mut engine, count): (Engine, usize)| {
        if count > 1 {
            engine.by = format!("{} (and {} more)", engine.by, count - 1);
        }
        engine
    };
    found.into_values().map(shown).collect()
}

fn comparisons(alternative: &str) -> Vec<Comparison> {
    let comparison = |text: &str| {
        let at = text.find(|c: char| !"<>=".contains(c)).unwrap_or(text.len());
        let (is, version) = text.split_at(at);
        let is = if is.is_empty() { "=" } else { is };
        // `<21.0.0-0` leaves prereleases of 21 out: Node that somebody installs is none.
        let version = version.split('-').next().unwrap_or_default();
        Comparison { is: is.to_owned(), version: version.to_owned() }
    };
    alternative.split_whitespace().map(comparison).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn engine(range: &str) -> Option<(Vec<String>, Vec<&'static str>)> {
        let engine = of_manifest(&json!({ "engines": { "node": range } }), "package.json")?;
        let text = |one: &Comparison| format!("{}{}", one.is, one.version);
        let any = engine.any.iter().map(|all| all.iter().map(text).collect::<Vec<_>>().join(" "));
        Some((any.collect(), engine.attributes))
    }

    #[test]
    fn ranges_as_comparisons_with_what_will_do() {
        for (range, any, attributes) in [
            (
                "^20 || >=22",
                vec![">=20.0.0 <21.0.0", ">=22.0.0"],
                vec!["nodejs_24", "nodejs_22", "nodejs_20"],
            ),
            ("22.x", vec![">=22.0.0 <23.0.0"], vec!["nodejs_22"]),
            (">=18.12 <21", vec![">=18.12.0 <21.0.0"], vec!["nodejs_20"]),
            ("18.12.0", vec!["=18.12.0"], vec![]),
            (">=6", vec![">=6.0.0"], vec!["nodejs_24", "nodejs_22", "nodejs_20"]),
        ] {
            let any = any.into_iter().map(str::to_owned).collect();
            assert_eq!(engine(range), Some((any, attributes)), "{range}");
        }
        assert_eq!(engine("the newest"), None);
    }

    #[test]
    fn packages_that_say_the_same_are_one() {
        let one = json!({ "engines": { "node": ">=18" } });
        let other = json!({ "engines": { "node": "^20" } });
        let all = [("a@1.0.0", &one), ("b@1.0.0", &one), ("c@1.0.0", &other)];
        let found = of_packages(all.into_iter().map(|(by, manifest)| (by.to_owned(), manifest)));
        let by: Vec<_> = found.iter().map(|engine| (engine.by.as_str(), engine.range.as_str())).collect();
        assert_eq!(by, [("a@1.0.0 (and 1 more)", ">=18"), ("c@1.0.0", "^20")]);
    }
}
