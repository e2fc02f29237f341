//! Whether what `npm start` runs is in the result, as far as the lockfile tells.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::graph::Location;
use crate::graph::npm::Graph;

/// A program that `npm start` runs and that only development packages have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lacking {
    /// What the script runs.
    pub command: String,
    pub program: String,
    pub package: Location,
}

/// Programs of the project's `node_modules/.bin`: the package that has each, and whether it is only developed with.
pub struct Programs<'a>(BTreeMap<&'a str, (&'a Location, bool)>);

impl<'a> Programs<'a> {
    /// `bins` are the programs of every location.
    pub fn new(graph: &'a Graph, bins: &'a BTreeMap<Location, BTreeMap<String, String>>) -> Self {
        let mut found: BTreeMap<&str, (&Location, bool)> = BTreeMap::new();
        for (location, programs) in bins {
            let Some(node) = graph.nodes.get(location) else { continue };
            if !location.parent().is_some_and(|parent| parent.is_root()) {
                continue;
            }
            for program in programs.keys() {
                let entry = found.entry(program).or_insert((location, node.omit.dev));
                if entry.1 && !node.omit.dev {
                    *entry = (location, false);
                }
            }
        }
        Self(found)
    }

    /// The first program of a project's `start` that the result lacks.
    pub fn lacking(&self, manifest: &Value) -> Option<Lacking> {
        let command = script(manifest, "start")?;
        let (program, package) = self.of(manifest, command, &mut BTreeSet::new())?;
        Some(Lacking { command: command.to_owned(), program: program.to_owned(), package: package.clone() })
    }

    fn of<'m>(
        &self,
        manifest: &'m Value,
        command: &'m str,
        seen: &mut BTreeSet<&'m str>,
    ) -> Option<(&'m str, &'a Location)> {
        // What comes after another operator may well not be run.
        let sure = command.split([';', '|']).next().unwrap_or_default();
        sure.split("&&").find_map(|part| {
            let words = part.split_ascii_whitespace();
            let mut words = words.skip_while(|word| is_assignment(word) || ["exec", "env"].contains(word));
            match (words.next()?, words.next()) {
                ("npm", Some("start")) => self.script(manifest, "start", seen),
                ("npm", Some("run" | "run-script")) => self.script(manifest, words.next()?, seen),
                ("npx", Some(program)) => self.program(program),
                // It is there; what it runs need not be.
                ("cross-env", Some(_)) if self.program("cross-env").is_none() => {
                    let rest = part.split_ascii_whitespace().skip_while(|word| *word != "cross-env").skip(1);
                    self.program(rest.into_iter().find(|word| !is_assignment(word))?)
                }
                (program, _) => self.program(program),
            }
        })
    }

    fn script<'m>(
        &self,
        manifest: &'m Value,
        name: &'m str,
        seen: &mut BTreeSet<&'m str>,
    ) -> Option<(&'m str, &'a Location)> {
        if seen.insert(name) { self.of(manifest, script(manifest, name)?, seen) } else { None }
    }

    fn program<'m>(&self, name: &'m str) -> Option<(&'m str, &'a Location)> {
        self.0.get(name).filter(|(_, is_dev)| *is_dev).map(|(location, _)| (name, *location))
    }
}

fn is_assignment(word: &str) -> bool {
    let name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    word.split_once('=').is_some_and(|(variable, _)| name(variable))
}

/// A script that is one.
pub fn script<'m>(manifest: &'m Value, name: &str) -> Option<&'m str> {
    manifest["scripts"][name].as_str().filter(|script| !script.trim().is_empty())
}

/// The file of a script that does nothing but run it with node.
pub fn file_of(script: &str) -> Option<&str> {
    let mut words = script.split_ascii_whitespace().skip_while(|word| is_assignment(word));
    match (words.next()?, words.next(), words.next()) {
        ("node", Some(file), None) if !file.starts_with('-') => Some(file),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_only_developers_have_starts_nothing() {
        let lock = json!({ "lockfileVersion": 3, "packages": {
            "": { "dependencies": { "server": "1" }, "devDependencies": { "cli": "1" } },
            "node_modules/cli": { "version": "1.0.0", "dev": true },
            "node_modules/server": { "version": "1.0.0" },
        }});
        let graph = crate::lockfile::npm::read(
            "package-lock.json",
            &lock.to_string(),
            &|_| None,
            &Default::default(),
        )
        .unwrap();
        let one = |name: &str| [(name.to_owned(), "x.js".to_owned())].into();
        let at = |name: &str| Location::new(name).unwrap();
        let bins = [(at("node_modules/cli"), one("nest")), (at("node_modules/server"), one("serve"))].into();
        let programs = Programs::new(&graph, &bins);
        let lacks = |start: &str| {
            let scripts =
                json!({ "scripts": { "start": start, "dev": "nest start", "loop": "npm run loop" } });
            programs.lacking(&scripts).is_some()
        };
        for start in ["nest start", "NODE_ENV=x exec nest", "serve && nest", "npm run dev", "npx nest"] {
            assert!(lacks(start), "{start}");
        }
        for start in
            ["serve", "node dist/main", "serve || nest", "npm run loop", "npm run gone", "docker run"]
        {
            assert!(!lacks(start), "{start}");
        }
    }

    #[test]
    fn a_file_that_node_runs() {
        assert_eq!(file_of("NODE_ENV=production node dist/main"), Some("dist/main"));
        assert_eq!(file_of("node -r x dist/main"), None);
        assert_eq!(file_of("nest start"), None);
    }
}
