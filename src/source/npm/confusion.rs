//! Manifest confusion: the registry shows one manifest, the tarball holds another.
//!
//! The registry's copy is written by the publishing client from a normalised manifest
//! (<https://github.com/npm/normalize-package-data>), so what that normalisation does is no disagreement.

use std::collections::BTreeMap;

use serde_json::Value;

use super::manifest::clean_version;
use crate::source::kinds::base;

/// Scripts that run on the machine that installs.
const INSTALL_SCRIPTS: [&str; 3] = ["preinstall", "install", "postinstall"];

/// One sentence for each disagreement; empty where there is none, or no metadata.
pub fn confusion(metadata: Option<&Value>, manifest: &Value, has_gyp: bool) -> Vec<String> {
    let Some(metadata) = metadata.filter(|metadata| metadata.is_object()) else { return Vec::new() };
    let mut found = Vec::new();
    for field in ["name", "version"] {
        let clean = |document: &Value| {
            let text = document[field].as_str().map(str::trim).unwrap_or_default().to_owned();
            if field == "version" { clean_version(&text).to_owned() } else { text }
        };
        let (registry, tarball) = (clean(metadata), clean(manifest));
        if !registry.is_empty() && registry != tarball {
            found.push(format!("{field}: the registry says {registry}, the tarball {tarball}"));
        }
    }
    dependencies(metadata, manifest, &mut found);
    scripts(metadata, manifest, has_gyp, &mut found);
    // The client lists the files of the folder instead.
    if manifest["directories"]["bin"].is_null() && !metadata["bin"].is_null() {
        let (registry, tarball) = (bins(metadata), bins(manifest));
        if registry != tarball {
            found.push(difference("bin", &registry, &tarball));
        }
    }
    found
}

fn dependencies(metadata: &Value, manifest: &Value, found: &mut Vec<String>) {
    // Old clients took lists and strings too, which the registry turned into objects.
    if ["dependencies", "optionalDependencies"].iter().any(|key| {
        let field = &manifest[key];
        !field.is_null() && !field.is_object()
    }) {
        return;
    }
    let ranges = |document: &Value, key: &str| -> BTreeMap<String, String> {
        let range = |text: &str| if text.trim().is_empty() { "*".to_owned() } else { text.trim().to_owned() };
        strings(&document[key])
            .into_iter()
            .map(|(name, text)| (name.trim().to_owned(), range(&text)))
            .collect()
    };
    // The client copies optional dependencies into `dependencies`.
    let all = |document: &Value| {
        let mut all = ranges(document, "dependencies");
        all.extend(ranges(document, "optionalDependencies"));
        all
    };
    let (registry, tarball) = (all(metadata), all(manifest));
    if registry != tarball {
        found.push(difference("dependencies", &registry, &tarball));
    }
}

fn scripts(metadata: &Value, manifest: &Value, has_gyp: bool, found: &mut Vec<String>) {
    let (mut registry, mut tarball) = (strings(&metadata["scripts"]), strings(&manifest["scripts"]));
    if metadata["scripts"].is_null() {
        // An abbreviated document says no more than that there are install scripts.
        if metadata["_id"].is_null() && metadata["hasInstallScript"] == Value::Bool(true) {
            return;
        }
        tarball.retain(|name, _| INSTALL_SCRIPTS.contains(&name.as_str()));
    }
    // The client writes npm's implied script out.
    if has_gyp
        && !tarball.contains_key("install")
        && registry.get("install").is_some_and(|s| s == "node-gyp rebuild")
    {
        registry.remove("install");
    }
    let trim = |scripts: BTreeMap<String, String>| -> BTreeMap<String, String> {
        scripts.into_iter().map(|(name, text)| (name, text.trim().to_owned())).collect()
    };
    let (registry, tarball) = (trim(registry), trim(tarball));
    if registry != tarball {
        found.push(difference("scripts", &registry, &tarball));
    }
}

fn strings(field: &Value) -> BTreeMap<String, String> {
    let entries = field.as_object().into_iter().flatten();
    entries.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}

/// Program to path without a leading `./`; a lone string is named after the package.
fn bins(document: &Value) -> BTreeMap<String, String> {
    let path = |text: &str| text.trim_start_matches("./").trim_start_matches('/').to_owned();
    match &document["bin"] {
        Value::String(text) => {
            let name = document["name"].as_str().map(base).unwrap_or_default();
            BTreeMap::from([(name.to_owned(), path(text))])
        }
        Value::Array(list) => {
            list.iter().filter_map(Value::as_str).map(|text| (base(text).to_owned(), path(text))).collect()
        }
        field => {
            strings(field).into_iter().map(|(name, text)| (base(&name).to_owned(), path(&text))).collect()
        }
    }
}

/// At most three entries that differ, each with both sides.
fn difference(
    field: &str,
    registry: &BTreeMap<String, String>,
    tarball: &BTreeMap<String, String>,
) -> String {
    let mut keys: Vec<&String> = registry.keys().chain(tarball.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.retain(|key| registry.get(*key) != tarball.get(*key));
    let side = |value: Option<&String>| value.map_or("nothing".to_owned(), |value| format!("{value:?}"));
    let shown: Vec<String> = keys
        .iter()
        .take(3)
        .map(|key| {
            format!(
                "{key} is {} in the registry, {} in the tarball",
                side(registry.get(*key)),
                side(tarball.get(*key))
            )
        })
        .collect();
    let more = if keys.len() > 3 { format!(", and {} more", keys.len() - 3) } else { String::new() };
    format!("{field}: {}{more}", shown.join("; "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn normalisation_is_no_confusion() {
        let manifest = json!({"name": "@s/a", "version": "v1.0.0", "bin": "./cli.js", "dependencies": {"b": ""},
            "optionalDependencies": {"c": "1"}, "scripts": {"test": "x "}});
        let metadata = json!({"_id": "@s/a@1.0.0", "name": "@s/a", "version": "1.0.0", "bin": {"a": "cli.js"},
            "dependencies": {"b": "*", "c": "1"}, "optionalDependencies": {"c": "1"},
            "scripts": {"test": "x", "install": "node-gyp rebuild"}});
        assert_eq!(confusion(Some(&metadata), &manifest, true), Vec::<String>::new());
        assert_eq!(confusion(None, &manifest, true), Vec::<String>::new());
    }

    #[test]
    fn what_the_registry_hides() {
        let metadata = json!({"_id": "a@1.0.0", "name": "a", "version": "1.0.0"});
        let of = |manifest: Value| confusion(Some(&metadata), &manifest, false);
        let found = of(json!({"name": "a", "version": "1.0.0", "dependencies": {"evil": "1"}}));
        assert_eq!(found, ["dependencies: evil is nothing in the registry, \"1\" in the tarball"]);
        let found =
            of(json!({"name": "a", "version": "1.0.0", "scripts": {"postinstall": "x", "test": "y"}}));
        assert_eq!(found, ["scripts: postinstall is nothing in the registry, \"x\" in the tarball"]);
        assert_eq!(
            of(json!({"name": "b", "version": "1.0.0"})),
            ["name: the registry says a, the tarball b"]
        );
        assert_eq!(
            of(json!({"name": "a", "version": "1.0.1"})),
            ["version: the registry says 1.0.0, the tarball 1.0.1"]
        );
    }

    #[test]
    fn another_program() {
        let metadata = json!({"name": "a", "version": "1.0.0", "bin": {"a": "cli.js"}});
        let manifest = json!({"name": "a", "version": "1.0.0", "bin": {"a": "other.js"}});
        assert_eq!(confusion(Some(&metadata), &manifest, false).len(), 1);
    }
}
