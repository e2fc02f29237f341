//! The life-cycle scripts of the project's own packages that `npm ci` runs once everything is installed.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use crate::graph::{Graph, Location, Origin};

/// One script, in npm's order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnScript {
    /// The package's folder.
    pub folder: Location,
    pub event: &'static str,
    /// What package.json has; of an addon without an install script, what npm runs for it.
    pub command: String,
    /// Not where it does nothing but install git hooks: a build has no repository.
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
pub struct Own<'a> {
    /// `package.json` of the project and of each linked folder.
    pub manifests: &'a BTreeMap<Location, Value>,
    /// Those that have a `binding.gyp`.
    pub gyp: &'a BTreeSet<Location>,
}

/// The scripts that `npm ci` runs, but for those that `skip` names.
pub fn own_scripts(graph: &Graph, own: Own<'_>, skip: impl Fn(&str) -> bool) -> Vec<OwnScript> {
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
        is_run.then(|| OwnScript { in_build: !installs_hooks(&command), folder, event, command })
    };
    of_members.chain(of_root).filter_map(runs).collect()
}

fn depth(location: &Location) -> usize {
    location.as_str().split('/').filter(|part| *part == "node_modules").count()
}

fn command(own: Own<'_>, folder: &Location, event: &str) -> Option<String> {
    let manifest = own.manifests.get(folder)?;
    let script = |name: &str| manifest["scripts"][name].as_str().filter(|script| !script.trim().is_empty());
    let is_gyp = || {
        let silent = script("install").is_none() && script("preinstall").is_none();
        event == "install" && silent && manifest["gypfile"] != Value::Bool(false) && own.gyp.contains(folder)
    };
    script(event).map(str::to_owned).or_else(|| is_gyp().then(|| GYP.to_owned()))
}

/// The script of a package that wants the network, itself or by another that it runs: it cannot do its work
/// in a build. `programs` says whether a program is installed.
pub fn wants_network(manifest: &Value, command: &str, programs: impl Fn(&str) -> bool) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![command.to_owned()];
    while let Some(command) = open.pop() {
        for part in parts(&command) {
            if asks(&part, &programs) {
                return true;
            }
            let called = script_of(&part).filter(|name| seen.insert((*name).to_owned()));
            let called = called.and_then(|name| manifest["scripts"][name].as_str());
            open.extend(called.map(str::to_owned));
        }
    }
    false
}

/// The simple commands of a script, as words, without what is set for them.
fn parts(command: &str) -> impl Iterator<Item = Vec<&str>> {
    command.split(['&', '|', ';', '\n', '(', ')']).filter_map(|part| {
        let is_set = |word: &&str| word.contains('=') && !word.starts_with('-') || *word == "cross-env";
        let words: Vec<_> = part.split_whitespace().skip_while(is_set).collect();
        (!words.is_empty()).then_some(words)
    })
}

/// The program that a command runs, by whatever npm runs it.
fn program<'a>(words: &[&'a str]) -> (&'a str, bool) {
    let is_option = |word: &&&str| word.starts_with('-');
    match words {
        ["npx", rest @ ..] | ["npm", "exec", rest @ ..] | ["npm", "x", rest @ ..] => {
            (rest.iter().find(|word| !is_option(word)).copied().unwrap_or_default(), true)
        }
        [first, ..] => (first, false),
        [] => ("", false),
    }
}

/// Whether a script leaves no file that counts.
pub fn makes_nothing(command: &str) -> bool {
    is_guard(command) || installs_hooks(command)
}

/// Whether it only refuses other package managers, or edits a lockfile that is no longer read.
fn is_guard(command: &str) -> bool {
    parts(command)
        .all(|part| matches!(without_version(program(&part).0), "only-allow" | "npm-force-resolutions"))
}

/// Whether a script installs git hooks and does nothing else.
fn installs_hooks(command: &str) -> bool {
    let is_hooks = |words: &Vec<&str>| {
        matches!(without_version(program(words).0), "husky" | "lefthook" | "simple-git-hooks" | "pre-commit")
            || words.starts_with(&["git", "config"])
    };
    let is_condition =
        |words: &Vec<&str>| matches!(words[0], "is-ci" | "true" | "exit" | ":" | "test" | "[" | "echo");
    parts(command).any(|part| is_hooks(&part))
        && parts(command).all(|part| is_hooks(&part) || is_condition(&part))
}

fn without_version(program: &str) -> &str {
    program.split_once('@').filter(|(name, _)| !name.is_empty()).map_or(program, |(name, _)| name)
}

fn asks(words: &[&str], programs: &impl Fn(&str) -> bool) -> bool {
    let (name, by_npx) = program(words);
    if by_npx {
        return !name.is_empty() && !programs(without_version(name));
    }
    let has = |wanted: &[&str]| words[1..].iter().any(|word| wanted.contains(word));
    match name {
        "npm" => has(&["install", "i", "ci", "add"]) && script_of(words).is_none(),
        "yarn" | "pnpm" | "bun" => words.len() == 1 || has(&["install", "i", "add"]),
        "curl" | "wget" => true,
        "git" => has(&["clone", "submodule", "fetch", "pull"]),
        _ => false,
    }
}

/// The script of its own package that a command runs.
fn script_of<'a>(words: &[&'a str]) -> Option<&'a str> {
    let at = words.iter().position(|word| matches!(*word, "run" | "run-script"))?;
    let is_here =
        !words.iter().any(|word| matches!(*word, "--prefix" | "-C" | "--workspaces" | "-w" | "--workspace"));
    (words[0] == "npm" && is_here)
        .then(|| words[at + 1..].iter().find(|word| !word.starts_with('-')).copied())?
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
        lockfile::read("package-lock.json", &text.to_string(), &|_| None, &options).unwrap()
    }

    fn run(manifests: &[(&str, Value)], gyp: &[&str], skip: &[&str]) -> Vec<String> {
        let at = |folder: &str| Location::new(folder).unwrap();
        let manifests =
            manifests.iter().map(|(folder, scripts)| (at(folder), json!({ "scripts": scripts }))).collect();
        let gyp = gyp.iter().map(|folder| at(folder)).collect();
        let own = Own { manifests: &manifests, gyp: &gyp };
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
        for both in ["husky && npm run build", "npm run build", "true"] {
            assert_eq!(run(&[("", json!({ "prepare": both }))], &[], &[]), [":prepare"], "{both}");
        }
    }

    #[test]
    fn scripts_that_want_the_network_are_known_before_they_fail() {
        let manifest = json!({ "scripts": { "client": "cd client && npm ci", "loop": "npm run loop" } });
        let wants = |command| wants_network(&manifest, command, |program| program == "tsc");
        for command in [
            "npm --prefix client install",
            "cd client && npm install --no-audit",
            "npm run client",
            "npx some-tool --fast",
            "yarn",
            "yarn install",
            "A=1 curl -O x",
            "git submodule update --init",
        ] {
            assert!(wants(command), "{command}");
        }
        for command in [
            "npm run build",
            "npx tsc",
            "patch-package",
            "npm run loop",
            "node scripts/install",
            "npm run install",
        ] {
            assert!(!wants(command), "{command}");
        }
    }
}
