//! The life-cycle scripts of the project's own packages that `npm ci` runs once everything is installed.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use crate::graph::Location;
use crate::graph::npm::{Graph, Origin};
use crate::npm::script::{installs_hooks, is_guard, is_one_of};

/// One script, in npm's order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnScript {
    /// The package's folder.
    pub folder: Location,
    pub event: &'static str,
    /// What package.json has; of an addon without an install script, what npm runs for it.
    pub command: String,
    /// Not where it does nothing but install git hooks, as a build has no repository, nor where it only runs
    /// what the build runs next.
    pub in_build: bool,
}

/// Of members, in npm's order: programs are linked after `prepare`.
const OF_MEMBERS: [&str; 4] = ["preinstall", "prepare", "install", "postinstall"];

/// Of the root, after those of the members.
const OF_ROOT: [&str; 7] =
    ["preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare"];

/// What npm runs for a package that has a `binding.gyp` and no script of its own.
const GYP: &str = "node-gyp rebuild";

/// What is known of the project's own packages.
#[derive(Clone, Copy)]
pub struct ProjectScripts<'a> {
    /// `package.json` of the project and of each linked folder.
    pub manifests: &'a BTreeMap<Location, Value>,
    /// Those that have a `binding.gyp`.
    pub gyp: &'a BTreeSet<Location>,
    /// The root's scripts that its build runs.
    pub built: &'a [String],
}

/// The scripts that `npm ci` runs, but for those that `skip` names.
pub fn own_scripts(graph: &Graph, own: ProjectScripts<'_>, skip: impl Fn(&str) -> bool) -> Vec<OwnScript> {
    let mut links: Vec<_> = graph
        .nodes
        .iter()
        .filter_map(|(location, node)| match &node.origin {
            Origin::Link { target } if !target.is_root() => Some((depth(location), location, target)),
            _ => None,
        })
        .collect();
    links.sort();
    let mut members = Vec::new();
    for (_, _, target) in links {
        if !members.contains(target) {
            members.push(target.clone());
        }
    }
    let of_members =
        OF_MEMBERS.iter().flat_map(|event| members.iter().map(move |folder| (folder.clone(), *event)));
    let of_root = OF_ROOT.iter().map(|event| (Location::root(), *event));
    let runs = |(folder, event): (Location, &'static str)| {
        let command = command(own, &folder, event)?;
        let is_run = !skip(event) && !is_guard(&command);
        is_run.then(|| {
            let comes_anyway = folder.is_root() && event == "prepare" && is_one_of(&command, own.built);
            OwnScript { in_build: !installs_hooks(&command) && !comes_anyway, folder, event, command }
        })
    };
    of_members.chain(of_root).filter_map(runs).collect()
}

fn depth(location: &Location) -> usize {
    location.as_str().split('/').filter(|part| *part == "node_modules").count()
}

fn command(own: ProjectScripts<'_>, folder: &Location, event: &str) -> Option<String> {
    let manifest = own.manifests.get(folder)?;
    let script = |name: &str| manifest["scripts"][name].as_str().filter(|script| !script.trim().is_empty());
    let is_gyp = || {
        let silent = script("install").is_none() && script("preinstall").is_none();
        event == "install" && silent && manifest["gypfile"] != Value::Bool(false) && own.gyp.contains(folder)
    };
    script(event).map(str::to_owned).or_else(|| is_gyp().then(|| GYP.to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lockfile;

    fn graph() -> Graph {
        let text = json!({ "name": "app", "lockfileVersion": 3, "packages": {
            "": { "name": "app", "workspaces": ["packages/*"] },
            "node_modules/z": { "resolved": "packages/a", "link": true },
            "node_modules/b": { "resolved": "packages/b", "link": true },
            "packages/a": { "name": "z" },
            "packages/b": { "name": "b" },
        } });
        let options = lockfile::Options { trusted_origins: &[], package: None };
        lockfile::npm::read("package-lock.json", &text.to_string(), &|_| None, &options).unwrap()
    }

    fn run(manifests: &[(&str, Value)], gyp: &[&str], skip: &[&str]) -> Vec<String> {
        let at = |folder: &str| Location::new(folder).unwrap();
        let manifests =
            manifests.iter().map(|(folder, scripts)| (at(folder), json!({ "scripts": scripts }))).collect();
        let gyp = gyp.iter().map(|folder| at(folder)).collect();
        let own = ProjectScripts { manifests: &manifests, gyp: &gyp, built: &["build".to_owned()] };
        own_scripts(&graph(), own, |event| skip.contains(&event))
            .into_iter()
            .map(|script| {
                let out = if script.in_build { "" } else { " (not in builds)" };
                format!("{}:{}{out}", script.folder, script.event)
            })
            .collect()
    }

    #[test]
    fn members_come_first_and_each_event_is_of_all() {
        let all = json!({
            "preinstall": "a", "install": "a", "postinstall": "a", "prepublish": "a", "preprepare": "a",
            "prepare": "a", "postprepare": "a", "test": "a", "build": "a",
        });
        let found = run(&[("", all.clone()), ("packages/a", all.clone()), ("packages/b", all)], &[], &[]);
        let members = ["preinstall", "prepare", "install", "postinstall"]
            .iter()
            // By the links' names, not by the folders'.
            .flat_map(|event| ["packages/b", "packages/a"].map(|folder| format!("{folder}:{event}")));
        let root = OF_ROOT.iter().map(|event| format!(":{event}"));
        assert_eq!(found, members.chain(root).collect::<Vec<_>>());
    }

    #[test]
    fn an_addon_is_compiled_and_what_is_skipped_is_not_run() {
        let scripts = json!({ "postinstall": "a", "prepare": "b" });
        assert_eq!(run(&[("", scripts.clone())], &[""], &["prepare"]), [":install", ":postinstall"]);
        assert_eq!(run(&[("", json!({ "preinstall": "a" }))], &[""], &[]), [":preinstall"]);
        assert_eq!(run(&[("", scripts)], &[], &["prepare", "postinstall"]), [""; 0]);
        assert_eq!(run(&[("", json!({ "prepare": " " }))], &[], &[]), [""; 0]);
    }

    #[test]
    fn hooks_of_git_are_not_for_builds_and_guards_for_nobody() {
        for hooks in [
            "husky",
            "husky install",
            "is-ci || husky install .config/husky",
            "npx --no-install lefthook install",
            "git config core.hooksPath .githooks || true",
            "npx husky@8 install; exit 0",
            "[ -f node_modules/.bin/husky ] && husky || echo none",
            "git clean -df fonts",
        ] {
            assert_eq!(
                run(&[("", json!({ "prepare": hooks }))], &[], &[]),
                [":prepare (not in builds)"],
                "{hooks}"
            );
        }
        for guard in ["npx only-allow npm", "npx -y only-allow@1 npm", "npx npm-force-resolutions"] {
            assert_eq!(run(&[("", json!({ "preinstall": guard }))], &[], &[]), [""; 0], "{guard}");
        }
        for both in ["husky && npm run build", "npm run compile", "true"] {
            assert_eq!(run(&[("", json!({ "prepare": both }))], &[], &[]), [":prepare"], "{both}");
        }
    }

    #[test]
    fn what_the_build_does_anyway_is_done_once() {
        for (event, command, in_build) in [
            ("prepare", "npm run build", false),
            ("prepare", "npm run -s build", false),
            ("prepare", "npm run build && npm run x", true),
            ("prepare", "npm run build --prefix x", true),
            ("postinstall", "npm run build", true),
        ] {
            let expected = format!(":{event}{}", if in_build { "" } else { " (not in builds)" });
            assert_eq!(run(&[("", json!({ event: command }))], &[], &[]), [expected], "{command}");
        }
    }
}
