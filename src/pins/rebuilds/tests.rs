use serde_json::{Value, json};

use super::*;
use crate::hash::{Algorithm, Integrity};

const NAR: &str = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

fn integrity(file: &str) -> String {
    Integrity::of(Algorithm::Sha512, file.as_bytes()).to_string()
}

fn source(commit: &str) -> Value {
    json!({ "repository": "https://git.example.org/o/r", "commit": commit.repeat(20) })
}

/// Of a file and a commit, with these tools.
fn rebuild(file: &str, commit: &str, tools: &[&str]) -> Value {
    let tree: BTreeMap<String, Value> =
        tools.iter().map(|tool| (format!("node_modules/{tool}"), json!({ "tool": purl(tool) }))).collect();
    json!({
        "source": source(commit), "checkout": NAR, "time": 0, "toolsFrom": "newest", "level": "pruned", "tree": tree,
        "recipe": { "directory": "", "steps": [], "packer": "npm", "rule": "the script build" },
        "artifact": integrity(file),
    })
}

fn tool(file: &str, commit: &str) -> Value {
    json!({
        "artifact": { "integrity": integrity(file) }, "pack": "tools", "folder": file,
        "madeFrom": { "build": source(commit) },
    })
}

fn purl(name: &str) -> Purl {
    serde_json::from_value(json!(format!("pkg:npm/{name}@1.0.0"))).unwrap()
}

/// A package that the project installs: its file, and its commit.
fn pin(name: &str, file: &str, commit: &str) -> (Purl, Pin) {
    let resolution = json!({
        "purl": purl(name), "tier": "C", "class": "built", "source": source(commit), "evidence": [], "flags": [],
        "files": { "identical": 0, "crlf": 0, "manifest": 0, "generated": 0, "differs": 0, "phantom": 0 },
        "reasons": [],
    });
    let pin = json!({
        "artifact": { "integrity": integrity(file) }, "route": "artifact", "resolution": resolution,
    });
    (purl(name), serde_json::from_value(pin).unwrap())
}

/// `lib` is built with `tool`, and that with `other`.
#[test]
fn what_stays_is_of_the_file_and_the_commit_that_is_installed() {
    let rebuilds: Rebuilds = serde_json::from_value(json!({
        "packages": {
            purl("lib").to_string(): rebuild("lib", "ab", &["tool"]),
            purl("tool").to_string(): rebuild("tool", "cd", &["other"]),
            purl("other").to_string(): rebuild("other", "ef", &[]),
        },
        "tools": {
            purl("tool").to_string(): tool("tool", "cd"),
            purl("other").to_string(): tool("other", "ef"),
        },
        "packs": { "tools": NAR },
    }))
    .unwrap();
    let lib = || pin("lib", "lib", "ab");
    for (case, pins, expected) in [
        ("tools stay with what is built with them", vec![lib()], vec!["lib", "other", "tool"]),
        ("the project installs a tool", vec![lib(), pin("tool", "tool", "cd")], vec!["lib", "other", "tool"]),
        ("the project has another file of a tool", vec![lib(), pin("tool", "elsewhere", "cd")], vec!["lib"]),
        ("the same of a tool's tool", vec![lib(), pin("other", "elsewhere", "ef")], vec!["lib", "tool"]),
        ("from another commit", vec![lib(), pin("tool", "tool", "01")], vec!["lib"]),
        ("another file", vec![pin("lib", "elsewhere", "ab")], vec![]),
        ("nothing is installed", vec![], vec![]),
    ] {
        let kept = rebuilds.kept(&pins.into_iter().collect(), &Policy::default());
        let names: Vec<_> = kept.packages.keys().cloned().collect();
        assert_eq!(names, expected.iter().map(|name| purl(name)).collect::<Vec<_>>(), "{case}");
    }
}

/// A record of another build than the one that the user asks for is of no use.
#[test]
fn what_stays_is_built_as_the_policy_says() {
    let said = "[packages.lib]\nbuild = { script = \"all\" }\n";
    let other = "[packages.lib]\nbuild = { script = \"other\" }\n";
    let of_a_tool = "[packages.tool]\nbuild = { script = \"all\" }\n";
    let pins = BTreeMap::from([pin("lib", "lib", "ab")]);
    let with = |overridden: Option<&str>| -> Rebuilds {
        let mut lib = rebuild("lib", "ab", &["tool"]);
        if let Some(script) = overridden {
            lib["overridden"] = json!({ "script": script });
        }
        serde_json::from_value(json!({
            "packages": { purl("lib").to_string(): lib, purl("tool").to_string(): rebuild("tool", "cd", &[]) },
            "tools": { purl("tool").to_string(): tool("tool", "cd") },
            "packs": { "tools": NAR },
        }))
        .unwrap()
    };
    for (overridden, policy, expected) in [
        (None, "", 2),
        (None, said, 0),
        (Some("all"), said, 2),
        (Some("all"), other, 0),
        (Some("all"), "", 0),
        (None, of_a_tool, 1),
    ] {
        let policy = Policy::parse(policy).unwrap();
        let kept = with(overridden).kept(&pins, &policy);
        assert_eq!(kept.packages.len(), expected, "{overridden:?} {policy:?}");
    }
}

/// A record that the tool's own says nothing of is not its own: another file, another commit, no commit.
#[test]
fn a_tool_is_rebuilt_by_a_record_of_the_same_file_and_commit() {
    for (case, of_tool, expected) in [
        ("the same", tool("tool", "cd"), true),
        ("another file", tool("elsewhere", "cd"), false),
        ("another commit", tool("tool", "01"), false),
        (
            "a commit that has its files",
            {
                let mut verbatim = tool("tool", "cd");
                verbatim["madeFrom"] = json!({ "commit": source("cd") });
                verbatim
            },
            false,
        ),
    ] {
        let rebuilds: Rebuilds = serde_json::from_value(json!({
            "packages": { purl("tool").to_string(): rebuild("tool", "cd", &[]) },
            "tools": { purl("tool").to_string(): of_tool },
        }))
        .unwrap();
        assert_eq!(rebuilds.of_tool(&purl("tool")).is_some(), expected, "{case}");
    }
}
