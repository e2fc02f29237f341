//! package.json of a tarball against package.json of a commit, compared as JSON.

use serde_json::{Map, Value};

use crate::foreign;

/// Fields of `publishConfig` that pnpm and Yarn write over the manifest's own when packing
/// (<https://pnpm.io/package_json#publishconfig>, <https://yarnpkg.com/configuration/manifest#publishConfig>).
const OVERRIDES: [&str; 18] = [
    "bin",
    "type",
    "imports",
    "main",
    "module",
    "typings",
    "types",
    "exports",
    "browser",
    "esnext",
    "es2015",
    "unpkg",
    "umd:main",
    "os",
    "cpu",
    "libc",
    "typesVersions",
    "engines",
];

/// Fields that change what is installed or run: stripping one is no clean-up.
const KEPT: [&str; 21] = [
    "name",
    "version",
    "main",
    "module",
    "type",
    "exports",
    "imports",
    "browser",
    "bin",
    "directories",
    "dependencies",
    "optionalDependencies",
    "peerDependencies",
    "peerDependenciesMeta",
    "bundleDependencies",
    "bundledDependencies",
    "os",
    "cpu",
    "libc",
    "gypfile",
    "license",
];

const DEPENDENCIES: [&str; 4] =
    ["dependencies", "optionalDependencies", "peerDependencies", "devDependencies"];

/// Versions that a repository holds where a release tool sets the real one.
pub fn is_placeholder(version: Option<&str>) -> bool {
    let Some(version) = version else { return true };
    version == "0.0.0" || version.starts_with("0.0.0-") || version.contains("{{") || version.contains("${")
}

/// `v1.0.0` and `1.0.0+build` are published as `1.0.0`.
pub fn clean_version(version: &str) -> &str {
    let version = version.trim().trim_start_matches(['=', 'v', ' ']);
    version.split('+').next().unwrap_or(version)
}

/// What was changed from the commit's manifest to the tarball's beyond what releasing may change; empty
/// where all is allowed. `version` may change (the caller judges which versions may stand in the commit).
pub fn disallowed_changes(commit: &Value, tarball: &Value) -> Vec<String> {
    let (Some(commit), Some(tarball)) = (commit.as_object(), tarball.as_object()) else {
        return vec!["package.json is no JSON object".to_owned()];
    };
    let mut changes = Vec::new();
    for (key, new) in tarball {
        let old = commit.get(key);
        if old == Some(new) || key == "version" || key == "gitHead" || is_override(commit, key, new) {
            continue;
        }
        let allowed = match (key.as_str(), old) {
            (key, Some(old)) if DEPENDENCIES.contains(&key) => resolves(old, new),
            // Fewer scripts, or none; never other ones.
            ("scripts", Some(old)) => is_part(old, new),
            ("publishConfig", Some(old)) => is_part(old, new),
            _ => false,
        };
        if !allowed {
            changes.push(format!("{key} was {}", if old.is_some() { "changed" } else { "added" }));
        }
    }
    for key in commit.keys().filter(|key| !tarball.contains_key(*key)) {
        if KEPT.contains(&key.as_str()) && !is_empty(&commit[key]) {
            changes.push(format!("{key} was removed"));
        }
    }
    changes
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Null => true,
        _ => false,
    }
}

fn is_override(commit: &Map<String, Value>, key: &str, new: &Value) -> bool {
    OVERRIDES.contains(&key) && commit.get("publishConfig").and_then(|config| config.get(key)) == Some(new)
}

/// Whether each entry of `new` is in `old` with the same value.
fn is_part(old: &Value, new: &Value) -> bool {
    match (old.as_object(), new.as_object()) {
        (Some(old), Some(new)) => new.iter().all(|(key, value)| old.get(key) == Some(value)),
        _ => false,
    }
}

/// Whether the ranges are the same, with `workspace:` and `catalog:` written out.
fn resolves(old: &Value, new: &Value) -> bool {
    let (Some(old), Some(new)) = (old.as_object(), new.as_object()) else { return false };
    old.keys().all(|name| new.contains_key(name))
        && new.iter().all(|(name, new)| match old.get(name) {
            Some(old) if old == new => true,
            Some(Value::String(old)) => new.as_str().is_some_and(|new| resolves_to(old, new)),
            _ => false,
        })
}

/// `workspace:^` may become `^1.2.3`; nothing may become an address.
fn resolves_to(old: &str, new: &str) -> bool {
    if new.contains("://") || new.starts_with("git") || new.starts_with("file:") || new.starts_with("link:") {
        return false;
    }
    if old.starts_with("catalog:") {
        return is_range(new);
    }
    let Some(wanted) = old.strip_prefix("workspace:") else { return false };
    match wanted {
        "" | "*" => is_range(new),
        "^" | "~" => new.starts_with(wanted) && is_range(new),
        // `workspace:other@^1` is the alias `npm:other@^1.0.0`.
        wanted if wanted.rfind('@').is_some_and(|at| at > 0) => {
            let name = &wanted[..wanted.rfind('@').unwrap_or_default()];
            new.strip_prefix("npm:")
                .and_then(|rest| rest.strip_prefix(name))
                .is_some_and(|rest| rest.starts_with('@'))
        }
        wanted => wanted == new,
    }
}

fn is_range(text: &str) -> bool {
    foreign::npm_range(text).is_some()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_releasing_may_change() {
        let commit = json!({"name": "a", "version": "0.0.0-development", "main": "src/index.ts", "private": true,
            "scripts": {"test": "x", "build": "y"}, "devDependencies": {"t": "1"}, "workspaces": [],
            "publishConfig": {"main": "dist/index.js", "access": "public"},
            "dependencies": {"b": "workspace:^", "c": "catalog:", "d": "workspace:*", "e": "^1.0.0"}});
        let tarball = json!({"version": "1.2.0", "name": "a", "main": "dist/index.js", "gitHead": "abc",
            "scripts": {"test": "x"},
            "dependencies": {"b": "^1.2.0", "c": "~3.1.0", "d": "1.2.0", "e": "^1.0.0"}});
        assert_eq!(disallowed_changes(&commit, &tarball), Vec::<String>::new());
    }

    #[test]
    fn what_it_may_not() {
        let commit = json!({"name": "a", "scripts": {"test": "x"}, "bin": "cli.js", "main": "a.js",
            "dependencies": {"b": "workspace:*", "c": "^1.0.0"}});
        let of = |change: Value| {
            let mut tarball = commit.clone();
            tarball.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            disallowed_changes(&commit, &tarball)
        };
        assert_eq!(of(json!({"scripts": {"test": "x", "postinstall": "evil"}})), ["scripts was changed"]);
        assert_eq!(of(json!({"dependencies": {"b": "1.0.0", "c": "^2.0.0"}})), ["dependencies was changed"]);
        assert_eq!(
            of(json!({"dependencies": {"b": "git+https://x/y", "c": "^1.0.0"}})),
            ["dependencies was changed"]
        );
        assert_eq!(
            of(json!({"dependencies": {"b": "1.0.0", "c": "^1.0.0", "d": "1"}})),
            ["dependencies was changed"]
        );
        assert_eq!(of(json!({"dependencies": {"b": "1.0.0"}})), ["dependencies was changed"]);
        assert_eq!(of(json!({"main": "b.js"})), ["main was changed"]);
        assert_eq!(of(json!({"browser": "b.js"})), ["browser was added"]);
        let mut stripped = commit.clone();
        stripped.as_object_mut().unwrap().remove("bin");
        assert_eq!(disallowed_changes(&commit, &stripped), ["bin was removed"]);
    }

    #[test]
    fn versions() {
        assert!(is_placeholder(None) && is_placeholder(Some("0.0.0-semantically-released")));
        assert!(!is_placeholder(Some("0.0.1")));
        assert_eq!(clean_version("v1.0.0+5"), "1.0.0");
    }
}
