//! The file as a whole: that it is JSON, a lockfile, and of a version that is known.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::lockfile::pairs::Pairs;
use crate::lockfile::report::conflict_marker;
use crate::problem::{Place, Problem, lockfile as problem, place};

/// Entries in one file. The largest real ones have about 10,000.
const MAX_ENTRIES: usize = 100_000;

/// A lockfile that may be read further.
pub struct Document {
    pub head: Head,
    /// v2 and v3: key and entry as written, duplicates included.
    pub packages: Option<Pairs<Value>>,
    /// v1: the tree of dependencies; ignored where there are `packages`.
    pub dependencies: Pairs<OldEntry>,
}

/// What a lockfile says of the project at its top.
pub struct Head {
    pub lockfile_version: u32,
    pub name: Option<String>,
    pub version: Option<String>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    lockfile_version: Option<Value>,
    requires: Option<IgnoredAny>,
    name: Option<Value>,
    version: Option<Value>,
    packages: Option<Pairs<Value>>,
    dependencies: Option<Pairs<OldEntry>>,
}

/// A v1 entry: its fields, and what is nested in it. The JSON parser bounds the depth (127 levels of
/// JSON, 63 of packages).
pub struct OldEntry {
    pub fields: Value,
    pub dependencies: Pairs<OldEntry>,
}

impl<'de> Deserialize<'de> for OldEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntryVisitor;
        impl<'de> Visitor<'de> for EntryVisitor {
            type Value = OldEntry;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object (in package.json it is a string: that is no lockfile)")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<OldEntry, A::Error> {
                let mut fields = Map::new();
                let mut dependencies = Pairs::default();
                while let Some(key) = map.next_key::<String>()? {
                    if key == "dependencies" {
                        dependencies = map.next_value::<Option<Pairs<OldEntry>>>()?.unwrap_or_default();
                    } else {
                        fields.insert(key, map.next_value()?);
                    }
                }
                Ok(OldEntry { fields: Value::Object(fields), dependencies })
            }
        }
        deserializer.deserialize_map(EntryVisitor)
    }
}

/// Parses the text and refuses what is no lockfile that we can read.
pub fn parse(file: &str, text: &str) -> Result<Document, Problem> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(problem::not_a_lockfile(file, "is empty"));
    }
    if let Some(line) = conflict_marker(text) {
        return Err(problem::conflict_markers(file, line));
    }
    if !text.trim_start().starts_with('{') {
        // Parsed all the same, so that JSON of another kind and no JSON at all are told apart.
        return Err(match serde_json::from_str::<IgnoredAny>(text) {
            Ok(_) => problem::not_a_lockfile(file, "is not a JSON object"),
            Err(error) => problem::invalid_json(file, &error),
        });
    }
    let raw: Raw = serde_json::from_str(text).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => problem::not_a_lockfile(
            Place::of_json(file, &error),
            &format!("has {}", place::without_place(&error)),
        ),
        _ => problem::invalid_json(file, &error),
    })?;
    check(file, raw)
}

fn check(file: &str, raw: Raw) -> Result<Document, Problem> {
    let lockfile_version = match &raw.lockfile_version {
        None | Some(Value::Null) => 1,
        Some(value) => match value.as_u64().or_else(|| value.as_str()?.parse().ok()) {
            Some(version @ 0..=3) => version as u32,
            _ => {
                let written = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                return Err(problem::unknown_version(file, &written, "1, 2 and 3"));
            }
        },
    };
    let dependencies = raw.dependencies.unwrap_or_default();
    match &raw.packages {
        Some(packages) => bound(file, packages.0.len())?,
        None if raw.lockfile_version.is_none() && dependencies.0.is_empty() => {
            return Err(problem::not_a_lockfile(file, "has neither lockfileVersion nor packages"));
        }
        None => {
            let seen = survey(&dependencies);
            bound(file, seen.entries)?;
            // npm leaves `requires` out where there is nothing to require.
            if raw.requires.is_none() && !seen.requires && seen.entries > 0 {
                return Err(problem::too_old(file));
            }
        }
    }
    let text = |value: Option<Value>| value.and_then(|value| Some(value.as_str()?.to_owned()));
    Ok(Document {
        head: Head { lockfile_version, name: text(raw.name), version: text(raw.version) },
        packages: raw.packages,
        dependencies,
    })
}

fn bound(file: &str, entries: usize) -> Result<(), Problem> {
    if entries > MAX_ENTRIES {
        return Err(problem::too_large(file, &format!("it lists more than {MAX_ENTRIES} places")));
    }
    Ok(())
}

struct Survey {
    entries: usize,
    requires: bool,
}

fn survey(dependencies: &Pairs<OldEntry>) -> Survey {
    dependencies.0.iter().fold(Survey { entries: 0, requires: false }, |sum, (_, entry)| {
        let below = survey(&entry.dependencies);
        Survey {
            entries: sum.entries + 1 + below.entries,
            requires: sum.requires || below.requires || entry.fields.get("requires").is_some(),
        }
    })
}
