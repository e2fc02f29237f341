//! What the packages of a lockfile want of the build's surroundings.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::graph::{PackageName, Version};
use crate::plan::npm::downloads::{self, KnownDownload};

/// What is to be set, and what a person must look at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Variables that keep packages from downloading, by name.
    pub environment: BTreeMap<String, String>,
    /// Attribute paths of libraries that an addon is built with.
    pub libraries: BTreeSet<String>,
    /// Packages with install scripts that no table knows, by `name@version`.
    pub scripts: BTreeSet<String>,
    /// `npm ci` takes the lockfile only where nobody looks at peer dependencies.
    pub ignores_peers: bool,
    /// Why `npm ci` does not take the lockfile, a sentence.
    pub refused: Option<String>,
    /// One sentence for each program that the application would download for itself.
    pub programs: BTreeSet<String>,
}

/// One package of the lockfile.
struct Locked<'a> {
    name: &'a str,
    version: &'a str,
    has_script: bool,
    is_dev: bool,
}

/// From a lockfile of any version.
pub fn needs(lock: &Value) -> Needs {
    let mut all = Vec::new();
    packages(lock, &mut all);
    old(&lock["dependencies"], &mut all);
    let mut needs = Needs::default();
    for one in all {
        let (Ok(name), Ok(version)) = (PackageName::new(one.name), Version::new(one.version)) else {
            continue;
        };
        let title = format!("{name}@{version}");
        match downloads::known(&name, &version) {
            Some(KnownDownload { what, skip, find, inputs }) => {
                needs.environment.extend(skip.iter().map(|(name, value)| (name.clone(), value.clone())));
                needs.libraries.extend(inputs.iter().cloned());
                if !one.is_dev && !find.is_empty() {
                    let variables = find.keys().cloned().collect::<Vec<_>>().join(", ");
                    needs
                        .programs
                        .insert(format!("{title} runs {what} that it would download: wrap with {variables}"));
                }
            }
            None if one.has_script => _ = needs.scripts.insert(title),
            None => {}
        }
    }
    needs
}

fn packages<'a>(lock: &'a Value, all: &mut Vec<Locked<'a>>) {
    for (location, entry) in lock["packages"].as_object().into_iter().flatten() {
        let Some((_, last)) = location.rsplit_once("node_modules/") else { continue };
        all.push(Locked {
            name: entry["name"].as_str().unwrap_or(last),
            version: entry["version"].as_str().unwrap_or_default(),
            has_script: entry["hasInstallScript"] == true,
            is_dev: entry["dev"] == true || entry["devOptional"] == true,
        });
    }
}

/// Of version 1, which does not say who has scripts.
fn old<'a>(dependencies: &'a Value, all: &mut Vec<Locked<'a>>) {
    for (name, entry) in dependencies.as_object().into_iter().flatten() {
        let version = entry["version"].as_str().unwrap_or_default();
        all.push(Locked { name, version, has_script: false, is_dev: entry["dev"] == true });
        old(&entry["dependencies"], all);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_packages_want() {
        let found = needs(&json!({ "lockfileVersion": 3, "packages": {
            "": { "hasInstallScript": true },
            "node_modules/electron": { "version": "31.0.0", "hasInstallScript": true, "dev": true },
            "node_modules/puppeteer": { "version": "22.0.0", "hasInstallScript": true },
            "node_modules/a/node_modules/sharp": { "version": "0.32.6", "hasInstallScript": true },
            "node_modules/own": { "version": "1.0.0", "hasInstallScript": true },
            "node_modules/plain": { "version": "1.0.0" },
        } }));
        let variables: Vec<_> = found.environment.keys().map(String::as_str).collect();
        let puppeteer = ["PUPPETEER_SKIP_CHROMIUM_DOWNLOAD", "PUPPETEER_SKIP_DOWNLOAD"];
        assert_eq!(variables, [&["ELECTRON_SKIP_BINARY_DOWNLOAD"][..], &puppeteer].concat());
        assert_eq!(found.libraries, BTreeSet::from(["vips".to_owned()]));
        assert_eq!(found.scripts, BTreeSet::from(["own@1.0.0".to_owned()]));
        assert_eq!(found.programs.len(), 1, "{:?}", found.programs);
        let found = needs(&json!({ "lockfileVersion": 1, "dependencies": {
            "a": { "version": "1.0.0", "dependencies": { "cypress": { "version": "15.0.0", "dev": true } } },
        } }));
        assert!(found.environment.contains_key("CYPRESS_INSTALL_BINARY") && found.programs.is_empty());
    }
}
