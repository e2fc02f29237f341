use super::*;
use crate::hash::Algorithm;

const INTEGRITY: &str =
    "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==";
const NAR: &str = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

fn tool(folder: &str, more: Value) -> Value {
    let mut tool = json!({ "artifact": { "integrity": INTEGRITY }, "pack": "a", "folder": folder });
    let Value::Object(more) = more else { unreachable!() };
    tool.as_object_mut().unwrap().extend(more);
    tool
}

fn rebuild(tools: &Value, more: Value) -> Value {
    let mut rebuild = json!({
        "source": { "repository": "https://forge.example/o/lib", "commit": "ab".repeat(20), "tag": "v1.0.0" },
        "checkout": NAR, "time": 1_700_000_000, "toolsFrom": { "lockfile": "package-lock.json" },
        "recipe": {
            "directory": "", "steps": [{ "directory": "", "command": "tsc && echo \"done\"", "script": "build" }],
            "packer": "npm", "rule": "the script build",
        },
        "level": "pruned", "artifact": INTEGRITY, "tree": tools,
    });
    let Value::Object(more) = more else { unreachable!() };
    rebuild.as_object_mut().unwrap().extend(more);
    rebuild
}

fn pins() -> Pins {
    let outcome = json!({
        "class": "integrity", "identical": 3, "files": 3, "tar": "cd".repeat(32), "digest": "ef".repeat(32), "builtHere": true,
    });
    let tools = json!({
        "node_modules/typescript": { "tool": "pkg:npm/typescript@5.4.5" },
        "node_modules/@scope/native": { "tool": "pkg:npm/%40scope/native@1.0.0" },
        "node_modules/mac": { "tool": "pkg:npm/mac@1.0.0" },
        "node_modules/linked": { "link": "packages/linked" },
    });
    let other = json!({ "node_modules/typescript": { "tool": "pkg:npm/typescript@5.4.5" } });
    let mut recipe = rebuild(&other, json!({}))["recipe"].clone();
    recipe["node"] = json!("nodejs_18");
    let rebuilds = json!({
        "packages": {
            "pkg:npm/%40me/lib@1.0.0": rebuild(&tools, json!({ "outcome": outcome, "submodules": true })),
            "pkg:npm/other@2.0.0-rc.1": rebuild(&other, json!({ "recipe": recipe })),
        },
        "tools": {
            "pkg:npm/%40scope/native@1.0.0": tool("scope+native-1.0.0", json!({
                "artifact": { "integrity": format!("sha1-{}=", "A".repeat(27)) },
                "linked": true, "os": ["linux"], "cpu": ["x64", "arm64"], "executable": ["bin/native"], "dropped": ["hard"],
            })),
            "pkg:npm/mac@1.0.0": tool("mac-1.0.0", json!({ "os": ["darwin"] })),
            "pkg:npm/typescript@5.4.5": tool("typescript-5.4.5", json!({ "bin": { "tsc": "bin/tsc" }, "executable": ["bin/tsc"] })),
        },
        "packs": { "a": NAR },
    });
    let mut pins = Pins::new("https://registry.example/".to_owned(), BTreeMap::new(), None);
    pins.rebuilds = serde_json::from_value(rebuilds).unwrap();
    pins
}

/// Git dependencies: a version of two commits, and two folders of one commit.
fn git_pins() -> Pins {
    let tree = json!({ "node_modules/typescript": { "tool": "pkg:npm/typescript@5.4.5" } });
    let git = |commit: &str, folder: Option<&str>| {
        let source = json!({ "repository": "https://forge.example/o/git", "commit": commit.repeat(20), "subdirectory": folder });
        let mut rebuild = rebuild(&tree, json!({ "source": source }));
        rebuild["recipe"]["rule"] = json!("its own script \"prepare\"");
        rebuild.as_object_mut().unwrap().remove("artifact");
        serde_json::from_value::<Rebuild>(rebuild).unwrap()
    };
    let mut pins = pins();
    pins.rebuilds.packages.clear();
    for (commit, folder) in [("cd", None), ("ef", None), ("ef", Some("packages/git"))] {
        let vcs = format!("git%2Bhttps://forge.example/o/git%40{}", commit.repeat(20));
        let folder_of = folder.map_or_else(String::new, |folder| format!("#{folder}"));
        let purl = format!("pkg:npm/git@1.0.0?vcs_url={vcs}{folder_of}");
        pins.rebuilds.packages.insert(serde_json::from_value(json!(purl)).unwrap(), git(commit, folder));
    }
    pins
}

fn files_of(pins: &Pins) -> Files {
    let about = About {
        description: Some("Do what \"lib\" does".to_owned()),
        license: Some("MIT".to_owned()),
        ..About::default()
    };
    let purl = pins.rebuilds.packages.keys().next().unwrap();
    let hash = Integrity::of(Algorithm::Sha256, b"file");
    let hashes =
        BTreeMap::from([(serde_json::from_value(json!("pkg:npm/%40scope/native@1.0.0")).unwrap(), hash)]);
    files("app", pins, &BTreeMap::from([(purl, &about)]), &hashes).unwrap()
}

#[test]
fn what_was_built_again_is_defined_with_its_tools() {
    let files = files_of(&pins());
    insta::assert_snapshot!(files["packages/rebuilds.scm"]);
    insta::assert_snapshot!("recipe", files["packages/rebuilds/me+lib-1.0.0.json"]);
    // Where there is no outcome, there is nothing to compare with.
    let other: Value = serde_json::from_str(&files["packages/rebuilds/other-2.0.0-rc.1.json"]).unwrap();
    assert_eq!(other["expected"], Value::Null);
}

#[test]
fn git_dependencies_are_defined_and_not_compared() {
    let files = files_of(&git_pins());
    insta::assert_snapshot!("git_dependencies", files["packages/rebuilds.scm"]);
    let recipes = files.iter().filter(|(path, _)| path.ends_with(".json"));
    let recipes: Vec<Value> = recipes.map(|(_, text)| serde_json::from_str(text).unwrap()).collect();
    assert_eq!(recipes.len(), 3);
    // The first command that fails ends the build.
    assert!(recipes.iter().all(|recipe| recipe["strict"] == true && recipe["expected"].is_null()));
}

/// Every script that one of them loads is there, and no test.
#[test]
fn the_scripts_are_whole() {
    let files = files_of(&pins());
    let scripts: BTreeMap<_, _> = files.iter().filter(|(path, _)| path.ends_with(".js")).collect();
    let mut loaded = 0;
    for (path, text) in &scripts {
        let folder = path.rsplit_once('/').unwrap().0;
        let named = text.split("require('./").skip(1).filter_map(|rest| rest.split('\'').next());
        // npm's own package.json is read by npm's `require`.
        for name in named.filter(|name| name.ends_with(".js")) {
            loaded += 1;
            assert!(files.contains_key(&format!("{folder}/{name}")), "{path} loads {name}");
        }
    }
    assert!(loaded > 20, "{loaded}");
    assert!(
        files.contains_key("build/js/rebuild-tarballs.js") && files.contains_key("build/rebuild/shim.js")
    );
    assert!(scripts.keys().all(|path| !path.contains("test")));
}

#[test]
fn a_project_without_any_has_no_such_files() {
    let mut pins = pins();
    pins.rebuilds.packages.clear();
    assert!(files("app", &pins, &BTreeMap::new(), &BTreeMap::new()).unwrap().is_empty());
}
