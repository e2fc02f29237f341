//! What `npm ci` of npm 11 says, case by case: each was tried with it.

use serde_json::{Map, json};

use super::*;

const D: &str = "dependencies";
const DEV: &str = "devDependencies";
const OPT: &str = "optionalDependencies";
const PEER: &str = "peerDependencies";
const SHA: &str = "0123456789012345678901234567890123456789";
const OTHER_SHA: &str = "9876543210987654321098765432109876543210";

/// A project of two files and its folders.
struct Case {
    root: Value,
    lock: Value,
    folders: Vec<(&'static str, Value)>,
    workspaces: Vec<(&'static str, &'static str)>,
    legacy_peers: bool,
}

impl Case {
    /// package.json, the lockfile's entry for it, and the lockfile's other entries.
    fn new(root: Value, locked_root: Value, entries: Value) -> Self {
        let mut packages = Map::from_iter([(String::new(), locked_root)]);
        packages.extend(entries.as_object().unwrap().clone());
        let lock = json!({ "lockfileVersion": 3, "requires": true, "packages": packages });
        Self { root, lock, folders: Vec::new(), workspaces: Vec::new(), legacy_peers: false }
    }

    /// One dependency as package.json has it and as the lockfile's root entry has it, with `lib` 2.1.3 in the lockfile.
    fn lib(asked: Value, locked: Value) -> Self {
        Self::new(asked, locked, json!({ "node_modules/lib": lib("2.1.3") }))
    }

    fn folder(mut self, path: &'static str, manifest: Value) -> Self {
        self.folders.push((path, manifest));
        self
    }

    fn member(mut self, name: &'static str, path: &'static str, manifest: Value) -> Self {
        self.workspaces.push((name, path));
        self.folder(path, manifest)
    }

    fn agreement(&self) -> Agreement {
        let location = |path: &str| Location::new(path).unwrap();
        let folders = self.folders.iter().map(|(path, manifest)| (location(path), manifest.clone()));
        let manifests = folders.chain([(Location::root(), self.root.clone())]).collect();
        let workspaces =
            self.workspaces.iter().map(|(name, path)| ((*name).to_owned(), location(path))).collect();
        let project =
            Project { manifests: &manifests, workspaces: &workspaces, legacy_peers: self.legacy_peers };
        check("package-lock.json", &self.lock.to_string(), &project)
    }

    #[track_caller]
    fn is(&self, expected: &str) {
        let found: Vec<_> = self.agreement().faults.iter().map(|fault| fault.problem.code()).collect();
        let expected: Vec<_> = expected.split_whitespace().collect();
        assert_eq!(found, expected, "{:#?}", self.agreement().faults);
    }
}

fn lib(version: &str) -> Value {
    json!({ "version": version, "resolved": format!("https://npm.example/lib/-/lib-{version}.tgz") })
}

/// `tool` 4.4.1, which needs `lib` ^2.1.3.
fn tool() -> Value {
    json!({
        "version": "4.4.1", "resolved": "https://npm.example/tool/-/tool-4.4.1.tgz",
        "dependencies": { "lib": "^2.1.3" },
    })
}

fn one(section: &str, spec: &str) -> Value {
    json!({ section: { "lib": spec } })
}

#[test]
fn ranges_and_sections() {
    let locked = || one(D, "^2.1.3");
    for (asked, expected) in [
        (one(D, "^2.1.3"), ""),
        (one(D, "^2.0.0"), ""),
        (one(D, ">=2 <2.1"), "HW438"),
        (one(DEV, "^2"), ""),
        (one(OPT, "^2"), ""),
        (one(PEER, "^2"), ""),
        (json!({}), ""),
        (one(OPT, "^1"), "HW438"),
        (one(PEER, "^1"), "HW438"),
        (json!({ PEER: { "lib": "^1" }, "peerDependenciesMeta": { "lib": { "optional": true } } }), ""),
        // Where a name comes twice, npm takes the development's, and the optional one before the plain one.
        (json!({ D: { "lib": "^2" }, DEV: { "lib": "^1" } }), "HW438"),
        (json!({ D: { "lib": "^1" }, OPT: { "lib": "^2" } }), ""),
        (json!({ D: { "lib": "^1" }, "acceptDependencies": { "lib": "^2" } }), ""),
        (json!({ "version": "9.0.0", D: { "lib": "^2" } }), ""),
    ] {
        Case::lib(asked, locked()).is(expected);
    }
    Case::lib(one(D, "^2"), one(DEV, "^2")).is("");
    let none = || json!({});
    for (section, expected) in [(D, "HW430"), (DEV, "HW430"), (OPT, "HW430"), (PEER, "HW430")] {
        Case::new(one(section, "^2"), none(), none()).is(expected);
    }
    // npm refuses this one too; the lockfile may have been written on another system, and there is a warning for that.
    Case::new(one(OPT, "^2"), one(OPT, "^2"), none()).is("");
    let optional_peer =
        json!({ PEER: { "lib": "^2" }, "peerDependenciesMeta": { "lib": { "optional": true } } });
    Case::new(optional_peer, none(), none()).is("");
    let legacy = Case { legacy_peers: true, ..Case::new(one(PEER, "^2"), none(), none()) };
    legacy.is("");
    // What the lockfile calls extraneous is there all the same.
    let mut extraneous = lib("2.1.3");
    extraneous["extraneous"] = true.into();
    Case::new(one(D, "^2"), none(), json!({ "node_modules/lib": extraneous })).is("");
    let without_root = json!({ "lockfileVersion": 3, "packages": { "node_modules/lib": lib("2.1.3") } });
    Case { lock: without_root, ..Case::new(one(D, "^1"), none(), none()) }.is("HW438");
}

/// What is asked for, what is nested below who asks, and what is at the top: of a member's folder, and of a package.
fn nested(asked: &str, nested: &str, top: Option<&str>) -> [Case; 2] {
    let root = top.map_or(json!({}), |top| one(D, top));
    let manifest = json!({ "name": "a", "version": "1.0.0", D: { "lib": asked } });
    let entries = |folder: &str| {
        let mut entries = json!({ folder: manifest, format!("{folder}/node_modules/lib"): lib(nested) });
        if let Some(top) = top {
            entries["node_modules/lib"] = lib(top);
        }
        entries
    };
    let mut of_member = entries("a");
    of_member["node_modules/a"] = json!({ "resolved": "a", "link": true });
    let member = Case::new(root.clone(), root.clone(), of_member).member("a", "a", manifest.clone());
    let mut root = root;
    root[D]["a"] = "1.0.0".into();
    [member, Case::new(root.clone(), root, entries("node_modules/a"))]
}

#[test]
fn a_nested_version_that_is_too_great_stays() {
    for (asked, below, top, expected) in [
        ("1.2.0", "1.3.0", None, ""),
        ("<1.3", "1.3.0", None, ""),
        ("1.2.0", "1.3.0", Some("1.2.0"), ""),
        ("1.3.0", "1.2.0", None, "HW438"),
        ("1.2.0", "1.3.0", Some("1.1.0"), "HW438"),
    ] {
        for case in nested(asked, below, top) {
            case.is(expected);
            assert!(case.agreement().given_up.is_empty());
        }
    }
}

#[test]
fn a_nested_version_is_given_up_for_a_greater_one_above_that_will_do() {
    let given_up = |case: &Case| {
        case.is("");
        case.agreement().given_up.into_iter().collect::<Vec<_>>()
    };
    for (asked, below, top) in [("1.3.0", "1.2.0", "1.3.0"), ("^1.2", "1.1.0", "1.3.0")] {
        let [member, package] = nested(asked, below, Some(top));
        assert_eq!(given_up(&member), ["a/node_modules/lib"]);
        assert_eq!(given_up(&package), ["node_modules/a/node_modules/lib"]);
    }
    // What came with it needs it as it is, and goes with it; what others brought keeps it.
    let [mut case, _] = nested("1.3.0", "1.2.0", Some("1.3.0"));
    let plugin = json!({ "version": "1.0.0", PEER: { "lib": "1.2.0" } });
    case.lock["packages"]["a/node_modules/plugin"] = plugin;
    case.lock["packages"]["a/node_modules/lib"][D] = json!({ "plugin": "1.0.0" });
    assert_eq!(given_up(&case), ["a/node_modules/lib"]);
    let asks = json!({ "name": "a", "version": "1.0.0", D: { "lib": "1.3.0", "plugin": "1.0.0" } });
    case.lock["packages"]["a"] = asks.clone();
    let case = case.folder("a", asks);
    assert_eq!(given_up(&case), Vec::<String>::new());
}

#[test]
fn spellings_of_ranges() {
    for spec in [
        "*",
        "",
        "x",
        "latest",
        "beta",
        " ^2.1.3 ",
        "v2.1.3",
        "=v2.1.3",
        "2.1.03",
        ">=2, <3",
        "1 || 2",
        "1 ||",
        "1.0.0 - 2.1.3",
        "~2.1",
        "2.x",
        "2",
        ">= 2.1.3",
        "^2.1.3-0",
    ] {
        Case::lib(one(D, spec), one(D, "^2")).is("");
    }
    for spec in ["workspace:*", "catalog:", "link:lib", "portal:lib"] {
        Case::lib(one(D, spec), one(D, "^2")).is("HW439");
    }
    // A prerelease satisfies what names one of its version, and `*`.
    let canary = |spec: &str| {
        let entries = json!({ "node_modules/lib": lib("3.0.0-canary.1") });
        Case::new(one(D, spec), one(D, spec), entries)
    };
    for (spec, expected) in [("^3.0.0-canary.1", ""), ("*", ""), (">=2", "HW438"), ("x", "HW438")] {
        canary(spec).is(expected);
    }
}

#[test]
fn aliases_and_addresses() {
    let alias = |spec: &str| {
        let mut entry = lib("2.1.3");
        entry["name"] = "lib".into();
        Case::new(
            json!({ D: { "l": spec } }),
            json!({ D: { "l": "npm:lib@^2" } }),
            json!({ "node_modules/l": entry }),
        )
    };
    for (spec, expected) in [
        ("npm:lib@^2", ""),
        ("npm:lib@^1", "HW438"),
        ("npm:@scope/lib@^1", "HW438"),
        // npm looks at the version alone.
        ("npm:other@^2.1.3", ""),
        ("npm:lib", ""),
        ("^2.1.3", ""),
        ("npm:github:o/r", "HW439"),
    ] {
        alias(spec).is(expected);
    }
    let at = |version: &str| format!("https://npm.example/lib/-/lib-{version}.tgz");
    Case::lib(one(D, &at("2.1.3")), one(D, &at("2.1.3"))).is("");
    Case::lib(one(D, &at("2.0.0")), one(D, &at("2.1.3"))).is("HW438");
    Case::lib(one(D, "github:o/lib"), one(D, "^2")).is("HW438");
}

#[test]
fn git() {
    let hosted = format!("git+ssh://git@github.com/o/r.git#{SHA}");
    let plain = format!("git+https://git.example/o/r.git#{SHA}");
    let case = |spec: &str, locked: &str, resolved: &str| {
        Case::new(
            one(D, spec),
            one(D, locked),
            json!({ "node_modules/lib": { "version": "1.0.0", "resolved": resolved } }),
        )
    };
    for (spec, expected) in [
        ("github:o/r", ""),
        ("git+https://github.com/o/r.git", ""),
        ("o/r", ""),
        ("https://github.com/o/r", ""),
        ("git@github.com:o/r.git", ""),
        ("git+ssh://git@github.com:o/r.git", ""),
        ("github:o/other", "HW438"),
        ("gitlab:o/r", "HW438"),
        ("git+https://git.example/o/r.git", "HW438"),
        ("https://github.com/o/r/archive/main.tar.gz", "HW438"),
        ("github:o/r#b", "HW438"),
        (&format!("github:o/r#{SHA}"), ""),
        (&format!("github:o/r#{OTHER_SHA}"), "HW438"),
        ("github:o/r#semver:^1", ""),
        ("github:o/r#semver:^2", "HW438"),
        ("^1", ""),
    ] {
        case(spec, "github:o/r", &hosted).is(expected);
    }
    case("github:o/r#a", "github:o/r#a", &hosted).is("");
    case("git+https://git.example/o/r.git", "git+https://git.example/o/r.git", &plain).is("");
    case("git+ssh://git@git.example/o/r.git", "git+https://git.example/o/r.git", &plain).is("HW438");
}

#[test]
fn folders_and_archives() {
    let link = || json!({ "local": { "version": "1.0.0" }, "node_modules/lib": { "resolved": "local", "link": true } });
    let case = |spec: &str, manifest: Value| {
        Case::new(one(D, spec), one(D, "file:local"), link()).folder("local", manifest)
    };
    let version = |version: &str| json!({ "name": "lib", "version": version });
    for (spec, manifest, expected) in [
        ("file:local", version("1.0.0"), ""),
        ("file:local", version("2.0.0"), ""),
        ("./local", version("1.0.0"), ""),
        ("file:./local/", version("1.0.0"), ""),
        ("file:other", version("1.0.0"), "HW438"),
        ("^1", version("1.0.0"), ""),
        ("^3", version("1.0.0"), "HW438"),
        ("file:local", json!({ "version": "1.0.0", D: { "new": "^2" } }), "HW430"),
        ("file:local", json!({ "version": "1.0.0", DEV: { "new": "^2" } }), "HW430"),
    ] {
        case(spec, manifest).is(expected);
    }
    Case::lib(one(D, "file:local"), one(D, "^2")).is("HW438");
    let archive = json!({ "node_modules/lib": { "version": "1.0.0", "resolved": "file:lib.tgz" } });
    Case::new(one(D, "file:lib.tgz"), one(D, "file:lib.tgz"), archive.clone()).is("");
    Case::new(one(D, "file:other.tgz"), one(D, "file:lib.tgz"), archive).is("HW438");
}

/// A workspace with the member `a`, and what else the lockfile has.
fn workspace(manifest: Value, locked: Value, entries: Value) -> Case {
    let root = json!({ "workspaces": ["packages/*"] });
    let mut all =
        json!({ "node_modules/a": { "resolved": "packages/a", "link": true }, "packages/a": locked });
    all.as_object_mut().unwrap().extend(entries.as_object().unwrap().clone());
    Case::new(root.clone(), root, all).member("a", "packages/a", manifest)
}

#[test]
fn members_of_a_workspace() {
    let entries = || json!({ "node_modules/lib": lib("2.1.3") });
    for (manifest, entries, expected) in [
        (one(D, "^2"), entries(), ""),
        (one(D, "^1"), entries(), "HW438"),
        (one(DEV, "^1"), entries(), "HW438"),
        (json!({}), entries(), ""),
        (one(D, "^1"), json!({}), "HW430"),
        (one(DEV, "^1"), json!({}), "HW430"),
        (one(PEER, "^1"), json!({}), "HW430"),
        (one(OPT, "^1"), json!({}), "HW430"),
        (json!({ "version": "3.0.0" }), json!({}), ""),
        // Behind a link npm looks at nothing more.
        (
            json!({ D: { "tool": "^4" } }),
            json!({ "node_modules/tool": tool(), "node_modules/lib": lib("2.0.0") }),
            "",
        ),
        // A member that is no longer there.
        (
            json!({}),
            json!({ "node_modules/b": { "resolved": "packages/b", "link": true }, "packages/b": {} }),
            "",
        ),
    ] {
        workspace(manifest, one(D, "^2"), entries).is(expected);
    }
    workspace(json!({}), json!({}), json!({})).member("b", "packages/b", json!({})).is("HW430");
    let mut of_root = workspace(json!({ "version": "1.0.0" }), json!({}), json!({}));
    // The member is what its own project means, whatever range it writes.
    of_root.root[D] = json!({ "a": "^7" });
    of_root.is("");
    of_root.workspaces.clear();
    of_root.is("HW438");
}

#[test]
fn what_packages_ask_for() {
    let case =
        |entries: Value| Case::new(json!({ D: { "tool": "^4" } }), json!({ D: { "tool": "^4" } }), entries);
    let with = |extra: Value| {
        let mut tool = tool();
        tool.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        json!({ "node_modules/tool": tool })
    };
    case(json!({ "node_modules/tool": tool(), "node_modules/lib": lib("2.0.0") })).is("HW438");
    case(json!({ "node_modules/tool": tool() })).is("HW430");
    case(json!({ "node_modules/tool": tool(), "node_modules/tool/node_modules/lib": lib("2.1.3") })).is("");
    for extra in [
        json!({ "bundleDependencies": ["lib"] }),
        json!({ "hasShrinkwrap": true }),
        // For other systems: told elsewhere.
        json!({ D: {}, OPT: { "lib": "^2" } }),
        json!({ D: {}, PEER: { "lib": "^2" }, "peerDependenciesMeta": { "lib": { "optional": true } } }),
    ] {
        case(with(extra)).is("");
    }
    case(with(json!({ D: {}, PEER: { "lib": "^2" } }))).is("HW430");
}

#[test]
fn a_peer_that_is_another_is_a_fault_where_the_project_asks_for_it() {
    let peer = json!({ "version": "1.0.0", PEER: { "lib": "^1" } });
    let root = json!({ D: { "lib": "^2", "plugin": "^1" } });
    let entries = json!({ "node_modules/lib": lib("2.1.3"), "node_modules/plugin": peer.clone() });
    let case = Case::new(root.clone(), root, entries);
    case.is("HW438");
    assert!(
        case.agreement().faults[0].problem.hint.contains("legacy-peer-deps"),
        "{:?}",
        case.agreement().faults
    );
    // npm warns of that one, and leaves it.
    let root = json!({ D: { "lib": "^2", "other": "^1" } });
    let other = json!({ "version": "1.0.0", D: { "plugin": "^1" } });
    let entries =
        json!({ "node_modules/lib": lib("2.1.3"), "node_modules/plugin": peer, "node_modules/other": other });
    Case::new(root.clone(), root, entries).is("");
}

#[test]
fn overrides() {
    let case = |overrides: Value, version: &str| {
        let locked = json!({ D: { "tool": "^4" } });
        let root = json!({ D: { "tool": "^4" }, "overrides": overrides });
        Case::new(root, locked, json!({ "node_modules/tool": tool(), "node_modules/lib": lib(version) }))
    };
    for (rules, version, expected) in [
        (json!({ "lib": "2.0.0" }), "2.0.0", ""),
        (json!({ "lib": "2.0.0" }), "2.1.3", "HW438"),
        (json!({}), "2.0.0", "HW438"),
        (json!({ "tool": { "lib": "2.0.0" } }), "2.0.0", ""),
        (json!({ "tool": { "lib": "2.0.0" } }), "2.1.3", "HW438"),
        (json!({ "lib@^2": "2.0.0" }), "2.1.3", "HW438"),
        (json!({ "lib@^1": "2.0.0" }), "2.1.3", ""),
        (json!({ "tool@^3": { "lib": "2.0.0" } }), "2.1.3", ""),
        (json!({ "tool": { ".": "^4", "lib": "2.0.0" } }), "2.1.3", "HW438"),
        (json!({ "tool": "^4" }), "2.1.3", ""),
        (json!({ "tool": "4.3.0" }), "2.1.3", "HW439"),
        (json!({ "lib": "" }), "2.1.3", ""),
        (json!({ "lib": "npm:lib@2.0.0" }), "2.1.3", "HW438"),
        (json!({ "lib": "npm:lib@2.0.0" }), "2.0.0", ""),
        // Neither the override nor what it is for, but what was asked for.
        (json!({ "lib@2.0.0": "2.1.2" }), "2.1.3", ""),
    ] {
        case(rules, version).is(expected);
    }
    let mut referring = case(json!({ "lib": "$lib" }), "2.0.0");
    referring.root[D]["lib"] = "2.0.0".into();
    referring.is("");
    referring.root[D]["lib"] = "~2.0.1".into();
    referring.is("HW438 HW438");
}

#[test]
fn version_1() {
    let case = |root: Value, dependencies: Value| {
        let lock = json!({ "lockfileVersion": 1, "requires": true, "dependencies": dependencies });
        Case { lock, ..Case::new(root, json!({}), json!({})) }
    };
    let locked = || json!({ "lib": lib("2.1.3") });
    case(one(D, "^2"), locked()).is("");
    case(one(D, "^1"), locked()).is("HW438");
    case(json!({ D: { "lib": "^2", "tool": "^4" } }), locked()).is("HW430");
    case(json!({}), locked()).is("");
    let tool = json!({ "version": "4.4.1", "requires": { "lib": "^2.1.3", "elsewhere": "*" } });
    case(json!({ D: { "tool": "^4" } }), json!({ "tool": tool, "lib": lib("2.0.0") })).is("HW438");
    let folder = json!({ "lib": { "version": "file:local" } });
    let with = |manifest: Value| case(one(D, "file:local"), folder.clone()).folder("local", manifest);
    with(json!({ "version": "1.0.0" })).is("");
    with(json!({ "version": "1.0.0", D: { "new": "1" } })).is("HW430");
    case(one(D, "github:o/r"), json!({ "lib": { "version": format!("github:o/r#{SHA}") } })).is("");
}

#[test]
fn the_sentence_names_all_that_counts() {
    let case = Case::new(
        json!({ D: { "tool": "^3.0.0" } }),
        json!({ D: { "tool": "4.4.1" } }),
        json!({ "node_modules/tool": tool(), "node_modules/lib": lib("2.1.3") }),
    );
    insta::assert_snapshot!(case.agreement().faults[0].problem, @r#"
    error[HW438]: package.json: tool: package.json asks for tool ^3.0.0, and the lockfile has 4.4.1
        hint: `npm ci` refuses this as well: run `npm install` (or undo the change of package.json), and convert again
    "#);
    let case = Case::new(
        json!({ D: { "tool": "^4" }, "overrides": { "lib": "2.0.0" } }),
        json!({}),
        json!({ "node_modules/tool": tool(), "node_modules/lib": lib("2.1.3") }),
    );
    insta::assert_snapshot!(case.agreement().faults[0].problem, @r#"
    error[HW438]: package-lock.json:1: lib: for tool@4.4.1, `overrides` of package.json asks for lib 2.0.0, and the lockfile has 2.1.3
        hint: `npm ci` refuses this as well: run `npm install` (or undo the change of package.json), and convert again
    "#);
}

#[test]
fn the_place_is_the_line_that_asks() {
    let text = "{\n  \"dependencies\": {\n    \"lib\": \"^3\",\n    \"a\": \"lib\"\n  },\n  \"overrides\": { \"lib\": \"1\" }\n}";
    let line = |spec: &str| {
        let fault = Case::lib(one(D, spec), one(D, "2.1.3")).agreement().faults.remove(0);
        fault.within(text).place.unwrap().to_string()
    };
    assert_eq!(line("^3"), "package.json:3");
    // It is not there as the graph has it.
    assert_eq!(line("^4"), "package.json");
    let member = json!({ "name": "m", "version": "1.0.0", D: { "lib": "^3" } });
    let root = json!({ "workspaces": ["m"] });
    let entries = json!({ "node_modules/lib": lib("2.1.3"), "m": { "name": "m", "version": "1.0.0", D: { "lib": "^2" } },
        "node_modules/m": { "resolved": "m", "link": true } });
    let case = Case::new(root.clone(), root, entries).member("m", "m", member);
    assert_eq!(case.agreement().faults.remove(0).within(text).place.unwrap().to_string(), "m/package.json:3");
}
