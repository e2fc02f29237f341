//! What the project itself says of install scripts: `ignore-scripts` and `allow-scripts` of its `.npmrc`, `allowScripts`
//! of its package.json (npm 11.16 and later), and npm 12's default, where it pins that
//! (<https://docs.npmjs.com/cli/configuring-npm/package-json>).

use serde_json::Value;

use crate::foreign;
use crate::graph::npm::{Node, Origin};
use crate::npm::spec;
use crate::npm::spec::Spec;

/// The project's word.
#[derive(Clone, Debug, Default)]
pub struct Consent {
    /// No script of any package, nor of the project's own that npm runs when it installs.
    ignores_all: bool,
    /// Without an entry a package's scripts are not run.
    asks_first: bool,
    entries: Vec<Entry>,
    /// Entries that npm does not heed.
    pub unheeded: Vec<String>,
}

#[derive(Clone, Debug)]
struct Entry {
    name: Option<String>,
    spec: Spec,
    allows: bool,
}

/// Why a package's scripts are not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Denial {
    /// `ignore-scripts` of .npmrc.
    Ignored,
    /// `allowScripts` of package.json says no.
    Denied,
    /// It is npm 12, and nothing says yes.
    NotAllowed,
}

impl Denial {
    /// The file that says so, and what in it.
    pub fn by(self) -> (&'static str, &'static str) {
        match self {
            Self::Ignored => (".npmrc", "`ignore-scripts`"),
            Self::Denied => ("package.json", "`allowScripts`"),
            Self::NotAllowed => {
                ("package.json", "npm 12, which it pins and whose `allowScripts` allows none of them,")
            }
        }
    }
}

impl Consent {
    /// Reads package.json; `setting` gives what the project's .npmrc says, `is_on` whether a switch of it is on.
    pub fn of<'a>(
        manifest: &Value,
        setting: impl Fn(&str) -> Option<&'a str>,
        is_on: impl Fn(&str) -> bool,
    ) -> Self {
        let mut consent = Self { ignores_all: is_on("ignore-scripts"), ..Self::default() };
        if is_on("dangerously-allow-all-scripts") {
            return consent;
        }
        consent.asks_first = pins_npm_12(manifest);
        for (key, value) in manifest["allowScripts"].as_object().into_iter().flatten() {
            if let Some(allows) = value.as_bool() {
                consent.add(key, allows);
            }
        }
        if consent.entries.is_empty() {
            let listed = setting("allow-scripts").unwrap_or_default().split(',').map(str::trim);
            listed.filter(|key| !key.is_empty()).for_each(|key| consent.add(key, true));
        }
        consent
    }

    fn add(&mut self, key: &str, allows: bool) {
        let (name, spec) = named(key);
        // Who writes a range allows what nobody has looked at.
        let is_heeded = match &spec {
            Spec::Range(None) => true,
            Spec::Range(Some(_)) => versions(key).is_some(),
            Spec::Tag | Spec::Alias(_) | Spec::Unsupported => false,
            _ => true,
        };
        if is_heeded {
            self.entries.push(Entry { name, spec, allows });
        } else {
            self.unheeded.push(key.to_owned());
        }
    }

    /// Whether nothing is run when the project is installed, the project's own scripts included.
    pub fn ignores_all(&self) -> bool {
        self.ignores_all
    }

    /// Why the scripts of a package are not run; `None` where they are.
    pub fn denial(&self, node: &Node) -> Option<Denial> {
        if self.ignores_all {
            return Some(Denial::Ignored);
        }
        let said: Vec<bool> =
            self.entries.iter().filter(|entry| entry.is_about(node)).map(|entry| entry.allows).collect();
        match () {
            () if said.contains(&false) => Some(Denial::Denied),
            () if said.is_empty() && self.asks_first => Some(Denial::NotAllowed),
            () => None,
        }
    }
}

impl Entry {
    fn is_about(&self, node: &Node) -> bool {
        match (&self.spec, &node.origin) {
            (Spec::Range(range), Origin::Registry { .. }) => {
                let same = self.name.as_deref() == node.name.as_ref().map(|name| name.as_str());
                let version = node.version.as_ref().map(|version| version.as_str());
                same && range
                    .as_ref()
                    .is_none_or(|range| version.is_some_and(|version| spec::satisfies(version, range)))
            }
            (Spec::Git(asked), Origin::Git { url, commit, .. }) => {
                let Spec::Git(known) = Spec::parse(&format!("git+{url}")) else { return false };
                let same = match (&asked.hosted, &known.hosted) {
                    (Some(asked), Some(known)) => asked == known,
                    _ => asked.address == known.address,
                };
                same && commit.starts_with(&asked.committish)
            }
            (Spec::Remote(asked), Origin::Remote { url }) => asked == url.as_str(),
            (Spec::Archive(path), Origin::Tarball { path: own })
            | (Spec::Folder(path), Origin::Folder { path: own }) => {
                path.trim_start_matches("./").trim_end_matches('/') == own.as_str()
            }
            _ => false,
        }
    }
}

/// `name`, `@scope/name@1.0.0 || 1.1.0`, `github:owner/name#commit`.
fn named(key: &str) -> (Option<String>, Spec) {
    let at = key.get(1..).and_then(|tail| tail.find('@')).map(|at| at + 1);
    let (name, spec) = at.map_or((key, "*"), |at| (&key[..at], &key[at + 1..]));
    if crate::graph::PackageName::new(name).is_ok() {
        (Some(name.to_owned()), Spec::parse(spec))
    } else {
        (None, Spec::parse(key))
    }
}

/// The versions of an entry, where it is nothing but versions.
fn versions(key: &str) -> Option<()> {
    let (_, spec) = key.get(1..)?.split_once('@')?;
    spec.split("||").all(|one| foreign::npm_version(one.trim()).is_some()).then_some(())
}

/// Whether package.json says that it is npm 12 or later that installs it.
fn pins_npm_12(manifest: &Value) -> bool {
    let twelve = |text: &str| {
        let least = foreign::npm_range(text).and_then(|range| range.min_version());
        least.is_some_and(|least| least.major >= 12)
    };
    let manager = manifest["packageManager"].as_str().and_then(|manager| manager.strip_prefix("npm@"));
    let version = manager.map(|version| version.split('+').next().unwrap_or_default());
    let engines = &manifest["devEngines"]["packageManager"];
    let mut engines = engines.as_array().map_or(std::slice::from_ref(engines), Vec::as_slice).iter();
    let engine = engines.find(|engine| engine["name"] == "npm").and_then(|engine| engine["version"].as_str());
    [version, engine, manifest["engines"]["npm"].as_str()].into_iter().flatten().any(twelve)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::lockfile;

    /// Of each package of a lockfile why its scripts are not run.
    fn denials(manifest: Value, npmrc: &[(&'static str, &'static str)]) -> BTreeMap<String, Denial> {
        let commit = "0123456789012345678901234567890123456789";
        let lock = json!({ "lockfileVersion": 3, "packages": {
            "": { "dependencies": { "a": "1", "@s/b": "1", "g": "github:o/g", "r": "https://x.example/r.tgz", "alias": "npm:a@2" } },
            "node_modules/a": { "version": "1.0.0" },
            "node_modules/alias": { "name": "a", "version": "2.0.0" },
            "node_modules/@s/b": { "version": "1.0.0" },
            "node_modules/g": { "version": "1.0.0", "resolved": format!("git+ssh://git@github.com/o/g.git#{commit}") },
            "node_modules/r": { "version": "1.0.0", "resolved": "https://x.example/r.tgz" },
        } });
        let graph =
            lockfile::npm::read("package-lock.json", &lock.to_string(), &|_| None, &Default::default())
                .unwrap();
        let npmrc: BTreeMap<_, _> = npmrc.iter().copied().collect();
        let consent = Consent::of(&manifest, |key| npmrc.get(key).copied(), |key| npmrc.contains_key(key));
        let denied = graph.nodes.iter().filter(|(location, _)| !location.is_root());
        denied
            .filter_map(|(location, node)| {
                Some((location.as_str().replace("node_modules/", ""), consent.denial(node)?))
            })
            .collect()
    }

    fn names(denials: &BTreeMap<String, Denial>) -> String {
        denials.keys().cloned().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn entries_are_of_what_the_lockfile_installs() {
        for (entries, denied) in [
            (json!({}), ""),
            (json!({ "a": false }), "a alias"),
            (json!({ "a@1.0.0": false }), "a"),
            (json!({ "a@1.0.0 || 2.0.0": false }), "a alias"),
            (json!({ "a": true, "a@2.0.0": false }), "alias"),
            // npm does not heed ranges and tags.
            (json!({ "a@^1": false, "a@latest": false }), ""),
            (json!({ "@s/b": false, "nobody": false }), "@s/b"),
            (json!({ "g": false, "r": false }), ""),
            (json!({ "github:o/g": false }), "g"),
            (json!({ "github:o/g#0123456": false }), "g"),
            (json!({ "github:o/g#9123456": false, "github:o/other": false }), ""),
            (json!({ "https://x.example/r.tgz": false }), "r"),
        ] {
            assert_eq!(names(&denials(json!({ "allowScripts": entries }), &[])), denied, "{entries}");
        }
    }

    #[test]
    fn switches_of_the_project() {
        let some = || json!({ "allowScripts": { "a": true } });
        let all = "@s/b a alias g r";
        assert_eq!(names(&denials(some(), &[("ignore-scripts", "true")])), all);
        let over = &[("dangerously-allow-all-scripts", "true")];
        assert_eq!(names(&denials(json!({ "allowScripts": { "a": false } }), over)), "");
        assert_eq!(names(&denials(some(), &[])), "");
    }

    #[test]
    fn npm_12_asks_first_where_it_is_pinned() {
        let twelve = [
            json!({ "packageManager": "npm@12.0.1+sha512.abc" }),
            json!({ "engines": { "npm": ">=12" } }),
            json!({ "engines": { "npm": "^12.1 || ^13" } }),
            json!({ "devEngines": { "packageManager": { "name": "npm", "version": "^12" } } }),
            json!({ "devEngines": { "packageManager": [{ "name": "yarn" }, { "name": "npm", "version": "12.x" }] } }),
        ];
        for mut manifest in twelve {
            manifest["allowScripts"] = json!({ "a": true });
            let found = denials(manifest.clone(), &[]);
            assert_eq!(names(&found), "@s/b g r", "{manifest}");
            assert!(found.values().all(|denial| *denial == Denial::NotAllowed));
        }
        assert_eq!(
            names(&denials(json!({ "engines": { "npm": ">=12" } }), &[("allow-scripts", "@s/b, a")])),
            "g r"
        );
        for manifest in [
            json!({ "engines": { "npm": ">=10" } }),
            json!({ "engines": { "npm": "11 || 12" } }),
            json!({ "packageManager": "pnpm@12.0.0" }),
            json!({ "devEngines": { "packageManager": { "name": "yarn", "version": "^12" } } }),
        ] {
            assert_eq!(names(&denials(manifest, &[])), "");
        }
    }

    #[test]
    fn what_npm_does_not_heed_is_named() {
        let manifest =
            json!({ "allowScripts": { "a@^1": true, "a@latest": true, "npm:a": true, "b": true } });
        let consent = Consent::of(&manifest, |_| None, |_| false);
        assert_eq!(consent.unheeded, ["a@^1", "a@latest", "npm:a"]);
    }
}
