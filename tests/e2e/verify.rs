//! `headwater verify`: packages are built again from their commits in the sandbox of the real Nix, and compared with what the
//! registry serves.

use serde_json::{Value, json};

use crate::support::forge::{Forge, PUBLIC};
use crate::support::package::{Package, package};
use crate::support::project::Project;
use crate::support::rebuilding::{Case, Library, build_script, repository, tools};
use crate::support::registry::Registry;
use crate::support::{nix, nonce};

#[test]
fn the_commit_gives_exactly_the_file_that_is_installed() {
    let case = Case::new(&build_script(), |_| ());
    let verified = case.verified(&[]);
    assert_eq!(verified["outcome"]["class"], "integrity", "{verified:#}");
    assert_eq!(verified["outcome"]["builtHere"], true);
    // Neither what tests use nor what cannot be had.
    assert_eq!(verified["tools"], 2);
    let lock: Value = serde_json::from_str(&case.project.read("headwater.lock")).expect("JSON");
    assert_eq!(lock["rebuilds"]["packages"]["pkg:npm/lib-b@1.0.0"]["outcome"]["class"], "integrity");
    // What is recorded is not built again, and a conversion keeps it and says so.
    assert_eq!(case.verified(&[])["recorded"], true);
    let run = case.project.convert(&[]).expect(0);
    assert!(run.stdout.contains("same integrity as your lockfile"), "{}", run.stdout);
    let hostpkgs = nix::hostpkgs_with(&case.forge.build_git_config());
    nix::flake(&case.project, hostpkgs.path(), &["flake check", "path:."]).expect(0);
    case.build_and_run();
}

#[test]
fn what_the_build_makes_takes_the_place_of_the_registrys_file() {
    let case = Case::new(&build_script(), |_| ());
    case.verified(&[]);
    case.project.write("headwater.toml", "mirrors = \"commit\"\n[npm]\nbuild = \"use\"\n");
    let run = case.project.convert(&["--strict", "--json"]).expect(0);
    assert_eq!(run.json()["routes"], json!({ "build": 1 }));
    // The tarball of the package itself is not asked for: only those of its tools.
    case.registry.answer("/lib-b/-/lib-b-1.0.0.tgz", |_| Vec::new());
    case.build_and_run();
}

#[test]
fn the_node_that_published_it_builds_it_where_it_is_there() {
    // A package set drops what is out of support, and says so to whoever asks.
    let set = r#"pkgs: { nodejs_98 = pkgs.nodejs; nodejs_97 = throw "nodejs_97 is out of support"; }"#;
    let node_of = |nvmrc: &str, document: Option<&str>| {
        let word = nonce();
        let mut library = Library::new("lib-b", &word, &build_script());
        library.sources.push((".nvmrc".into(), format!("{nvmrc}\n")));
        let mut served = library.packed();
        served.metadata["_nodeVersion"] = json!(document);
        let serve = |registry: &Registry, _: &mut Forge| registry.publish(&served);
        let case = Case::of(word, &[(library.clone(), library)], serve);
        let report = case.verify_over(set, &["--json"]).expect(0).json();
        assert_eq!(report["packages"]["lib-b@1.0.0"]["outcome"]["class"], "integrity", "{report:#}");
        let lock: Value = serde_json::from_str(&case.project.read("headwater.lock")).expect("JSON");
        let recipe = &lock["rebuilds"]["packages"]["pkg:npm/lib-b@1.0.0"]["recipe"];
        (recipe["node"].clone(), format!("{} {}", recipe["rule"], recipe["remarks"]))
    };
    let (node, said) = node_of("v98.1.0", None);
    assert_eq!(node, "nodejs_98");
    assert!(said.contains("Node 98 of .nvmrc"), "{said}");
    let (node, said) = node_of("97", None);
    assert_eq!(node, Value::Null);
    assert!(said.contains(".nvmrc says Node 97; Node"), "{said}");
    let (node, said) = node_of("97", Some("98.0.1"));
    assert_eq!(node, "nodejs_98");
    assert!(said.contains("Node 98 of the registry's document"), "{said}");
}

#[test]
fn what_does_not_come_from_the_source_is_named() {
    type Change = fn(&mut Library);
    let cases: [(Change, &str); 3] = [
        (|library| library.dist[0].1 += "require('child_process');\n", "dist/index.js"),
        (|library| library.dist.push(("dist/more.js".into(), "x\n".into())), "dist/more.js"),
        (
            |library| library.sources[0].1 = library.sources[0].1.replace("git push", "node dist/more.js"),
            "package.json",
        ),
    ];
    for (change, file) in cases {
        let case = Case::new(&build_script(), change);
        let verified = case.verified(&[]);
        assert_eq!(verified["outcome"]["class"], "different", "{verified:#}");
        let notes = verified["outcome"]["notes"].to_string();
        assert!(notes.contains(file), "{notes}");
        // It is never used.
        case.project.write("headwater.toml", "[npm]\nbuild = \"use\"\n");
        assert_eq!(case.project.convert(&["--json"]).expect(0).json()["routes"], json!({ "unvetted": 1 }));
    }
}

#[test]
fn commands_that_failed_are_told_where_something_differs() {
    let scripts = json!({ "build": "shout src dist && shout nowhere dist" });
    let notes_of = |change: fn(&mut Library)| {
        let outcome = Case::new(&scripts, change).verified(&[])["outcome"].clone();
        (outcome["class"].clone(), outcome["notes"][0].clone())
    };
    let failed = json!("`shout nowhere dist` ended with 1");
    assert_eq!(notes_of(|library| library.dist[0].1.push('\n')), (json!("different"), failed));
    // What they made is all that there is.
    assert_eq!(notes_of(|_| ()), (json!("integrity"), Value::Null));
}

#[test]
fn a_build_that_makes_nothing_is_told_with_its_log() {
    let case = Case::new(&json!({ "build": "shout nowhere dist" }), |_| ());
    let run = case.verify(&[]).expect(0);
    assert!(run.stdout.contains("lib-b@1.0.0"), "{}", run.stdout);
    assert!(run.stdout.contains("0 of 1 rebuilt"), "{}", run.stdout);
}

#[test]
fn what_cannot_be_fetched_is_no_outcome() {
    let mut case = Case::new(&build_script(), |_| ());
    case.forge.stop();
    let run = case.verify(&[]).expect(3);
    assert!(run.stdout.contains("lib-b@1.0.0  not built: it could not be tried"), "{}", run.stdout);
    assert!(run.stdout.contains("Incomplete: lib-b@1.0.0"), "{}", run.stdout);
    let lock: Value = serde_json::from_str(&case.project.read("headwater.lock")).expect("JSON");
    assert!(lock["rebuilds"]["packages"]["pkg:npm/lib-b@1.0.0"]["outcome"].is_null(), "{lock:#}");
    // Once it can be had, the same command goes on.
    case.forge.serve();
    let nix = case.verify(&["--json"]).expect(0).json();
    assert_eq!(nix["packages"]["lib-b@1.0.0"]["outcome"]["class"], "integrity", "{nix:#}");
}

#[test]
fn what_cannot_be_tried_ends_the_run_unless_it_is_to_keep_going() {
    let word = nonce();
    let library = |name| Library::new(name, &word, &build_script());
    // The first by its name cannot be fetched; the third differs, so that it is tried in several ways.
    let different = |library: &Library| {
        let mut published = library.clone();
        published.dist[0].1.push('\n');
        published
    };
    let (a, b, c) = (library("lib-a"), library("lib-b"), library("lib-c"));
    let c_published = different(&c);
    let case = Case::of(word.clone(), &[(b.clone(), b), (a.clone(), a), (c, c_published)], |_, _| ());
    // Nobody listens where Nix looks for its repository.
    let dead =
        format!("[url \"git://127.0.0.1:1/\"]\n\tinsteadOf = {PUBLIC}{}\n", repository("lib-a", &word));
    let nixpkgs = nix::nixpkgs_with(&(case.forge.build_git_config() + &dead));
    let path = nixpkgs.path().display().to_string();
    let verify = |arguments: &[&str]| {
        let all = [&["verify", "--json", "--nixpkgs", &path], arguments].concat();
        case.project.headwater_with(&all, &[("NIX_CONFIG", &nix::config())]).expect(3).json()
    };
    let report = verify(&[]);
    assert_eq!(report["incomplete"], json!(["lib-a@1.0.0"]), "{report:#}");
    assert_eq!(report["untried"], json!(["lib-b@1.0.0", "lib-c@1.0.0"]), "{report:#}");
    assert_eq!(report["packages"], json!({}), "{report:#}");
    let report = verify(&["--keep-going"]);
    assert_eq!(report["packages"]["lib-b@1.0.0"]["outcome"]["class"], "integrity", "{report:#}");
    assert_eq!(report["packages"]["lib-c@1.0.0"]["outcome"]["class"], "different", "{report:#}");
    assert_eq!(report["incomplete"], json!(["lib-a@1.0.0"]), "{report:#}");
    // What was built is not built again.
    let report = case.verify(&["--json"]).expect(0).json();
    let recorded = |name: &str| report["packages"][name]["recorded"].clone();
    let all = ["lib-a@1.0.0", "lib-b@1.0.0", "lib-c@1.0.0"].map(recorded);
    assert_eq!(all, [json!(false), json!(true), json!(true)], "{report:#}");
}

#[test]
fn tools_are_taken_to_their_sources_as_far_as_is_asked() {
    let word = nonce();
    let own = tools();
    let inner = Library::new("lib-c", &word, &build_script());
    let tool = inner.packed();
    let all = [own[0].clone(), own[1].clone(), tool.clone()];
    let scripts = json!({ "build": "node check.js && shout src dist" });
    let mut outer = Library::with_tools("lib-b", &word, &scripts, &all, &["shout", "lib-c"]);
    outer.sources.push(("check.js".into(), "require('lib-c');\n".into()));
    let serve = |registry: &Registry, forge: &mut Forge| {
        registry.publish(&tool);
        let core = "example/shout-core".to_owned();
        for (name, files) in [(repository("lib-c", &word), &inner.sources), (core, &own[0].files)] {
            let repository = forge.repository(&name);
            repository.commit(files, "1.0.0");
            repository.tag("v1.0.0");
        }
    };
    let case = Case::of(word.clone(), &[(outer.clone(), outer)], serve);
    let report = case.verify(&["--json", "--depth", "2"]).expect(0).json();
    let lib = |report: &Value, list: &str, name: &str| {
        let one = &report[list][name];
        (one["outcome"]["class"].clone(), one["tools"].clone(), one["origins"].clone())
    };
    let expected = (json!("integrity"), json!(3), json!({ "verbatim": 1, "rebuilt": 1 }));
    assert_eq!(lib(&report, "packages", "lib-b@1.0.0"), expected, "{report:#}");
    let expected = (json!("integrity"), json!(2), json!({ "verbatim": 1, "rebuilt": 0 }));
    assert_eq!(lib(&report, "tools", "lib-c@1.0.0"), expected, "{report:#}");
    let floor: Vec<&String> = report["floor"].as_object().expect("a floor").keys().collect();
    assert_eq!(floor, ["shout@1.0.0"]);
    // All of it is recorded: a conversion keeps it, and the next run builds nothing.
    let run = case.project.convert(&["--json"]).expect(0);
    assert_eq!(run.json()["routes"], json!({ "unvetted": 1 }));
    let run = case.verify(&["--depth", "3"]).expect(0);
    assert!(run.stdout.contains("lib-c@1.0.0  rebuilt from"), "{}", run.stdout);
    let said = "3 tools: 1 verbatim from commits, 1 rebuilt, 1 as the registry has them; recorded before";
    assert!(run.stdout.contains(said), "{}", run.stdout);
    assert!(run.stdout.contains("Packages of the project: 1; verbatim from commits: 0; rebuilt: 1"));
    assert!(run.stdout.contains("The floor: 1 tool is taken"), "{}", run.stdout);
}

#[test]
fn what_was_built_twice_is_attested() {
    let case = Case::new(&build_script(), |_| ());
    let folder = tempfile::TempDir::new().expect("a folder");
    let path = folder.path().display().to_string();
    // A build that may come out of the store is no ground for a statement.
    case.verify(&["--attest", &path]).expect(2);
    let builder = "https://ci.example/job/1";
    let verified = case.verified(&["--rebuild", "--attest", &path, "--builder-id", builder]);
    assert_eq!(verified["outcome"]["class"], "integrity");
    let text = std::fs::read_to_string(folder.path().join("lib-b-1.0.0.intoto.json")).expect("a statement");
    let statement: Value = serde_json::from_str(&text).expect("JSON");
    let lock: Value = serde_json::from_str(&case.project.read("headwater.lock")).expect("JSON");
    let integrity = lock["packages"]["pkg:npm/lib-b@1.0.0"]["artifact"]["integrity"].as_str().expect("SRI");
    let digest = statement["subject"][0]["digest"]["sha512"].as_str().expect("hex");
    assert_eq!(integrity, format!("sha512-{}", base64_of_hex(digest)));
    let predicate = &statement["predicate"];
    assert_eq!(predicate["runDetails"]["builder"]["id"], builder);
    let used = predicate["buildDefinition"]["resolvedDependencies"].as_array().expect("a list");
    let uris: Vec<&str> = used.iter().filter_map(|one| one["uri"].as_str()).collect();
    assert!(uris[0].starts_with("git+https://"), "{uris:?}");
    assert_eq!(uris[1..], ["pkg:npm/shout-core@1.0.0", "pkg:npm/shout@1.0.0"]);
}

fn base64_of_hex(hex: &str) -> String {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex");
    STANDARD.encode((0..hex.len()).step_by(2).map(byte).collect::<Vec<u8>>())
}

#[test]
fn a_lockfile_that_names_another_file_for_a_tool_harms_its_own_package_only() {
    let word = nonce();
    let library = |name: &str| Library::new(name, &word, &build_script());
    let (sound, mut other, mut torn) = (library("lib-b"), library("lib-c"), library("lib-d"));
    let core = tools()[0].integrity();
    let false_hash = crate::support::package::integrity(b"another file");
    other.edit("package-lock.json", &core, &false_hash);
    // Of one lockfile with two hashes nothing can be installed.
    let twice = json!({ "version": "1.0.0", "integrity": false_hash });
    let second = format!("\"packages\": {{\n    \"node_modules/shout/node_modules/shout-core\": {twice},");
    torn.edit("package-lock.json", "\"packages\": {", &second);
    for file in ["package.json", "package-lock.json"] {
        torn.edit(file, "\"absent\": \"1\"", "\"shout-core\": \"1\"");
        torn.edit(file, "shout src dist", "node build.js && shout src dist");
    }
    torn.sources.push(("build.js".into(), "require('shout-core');\n".into()));
    let libraries = [sound, other, torn].map(|library| (library.clone(), library));
    let case = Case::of(word.clone(), &libraries, |_, _| ());
    let report = case.verify(&["--json"]).expect(0).json();
    assert_eq!(report["packages"]["lib-b@1.0.0"]["outcome"]["class"], "integrity", "{report:#}");
    assert_eq!(report["packages"]["lib-c@1.0.0"]["outcome"]["class"], "different", "{report:#}");
    let why = report["notBuilt"]["lib-d@1.0.0"].as_str().expect("a reason");
    assert!(why.contains("shout-core@1.0.0: two of its locations give it different hashes"), "{why}");
}

#[test]
fn without_a_lockfile_the_tools_are_those_of_the_commits_day() {
    let word = nonce();
    let mut library = Library::new("lib-b", &word, &build_script());
    library.sources.retain(|(path, _)| path != "package-lock.json");
    library.edit("package.json", "\"absent\": \"1\"", "\"shout\": \"1\"");
    let louder = "exports.shout = (text) => text.toUpperCase() + '!';\n";
    let louder = package("shout-core", "1.1.0", json!({}), &[("index.js", louder)]);
    // The commit is of January 2026.
    let serve = |registry: &Registry, _: &mut Forge| {
        let tools = tools();
        registry
            .publish_all(&[(&tools[0], "2020-01-01T00:00:00.000Z"), (&louder, "2026-02-01T00:00:00.000Z")]);
        registry.publish_all(&[(&tools[1], "2020-01-01T00:00:00.000Z")]);
    };
    let case = Case::of(word.clone(), &[(library.clone(), library)], serve);
    let verified = case.verified(&[]);
    assert_eq!(verified["outcome"]["class"], "integrity", "{verified:#}");
    let lock: Value = serde_json::from_str(&case.project.read("headwater.lock")).expect("JSON");
    let rebuild = &lock["rebuilds"]["packages"]["pkg:npm/lib-b@1.0.0"];
    assert_eq!(rebuild["toolsFrom"], json!({ "day": "2026-01-02" }));
    let tools: Vec<&String> = lock["rebuilds"]["tools"].as_object().expect("tools").keys().collect();
    assert_eq!(tools, ["pkg:npm/shout-core@1.0.0", "pkg:npm/shout@1.0.0"]);
}

#[test]
fn a_registry_that_fails_while_npm_makes_a_lockfile_is_no_verdict() {
    let word = nonce();
    let mut library = Library::new("lib-b", &word, &build_script());
    library.sources.retain(|(path, _)| path != "package-lock.json");
    library.edit("package.json", "\"absent\": \"1\"", "\"shout\": \"1\"");
    let unavailable = |_: &[u8]| b"HTTP/1.1 503 x\r\nContent-Length: 0\r\n\r\n".to_vec();
    let serve = |registry: &Registry, _: &mut Forge| registry.answer("/shout", unavailable);
    let case = Case::of(word, &[(library.clone(), library)], serve);
    let run = case.verify(&[]).expect(3);
    assert!(run.stdout.contains("Incomplete: lib-b@1.0.0"), "{}", run.stdout);
}

#[test]
fn a_tool_that_the_registry_does_not_give_stops_its_own_packages_only() {
    let word = nonce();
    let own = tools();
    let busy = package("busy", "1.0.0", json!({}), &[("index.js", "")]);
    let with_busy = [own[0].clone(), own[1].clone(), busy.clone()];
    let scripts = json!({ "build": "node check.js && shout src dist" });
    let mut a = Library::with_tools("lib-a", &word, &scripts, &with_busy, &["shout", "busy"]);
    a.sources.push(("check.js".into(), "require('busy');\n".into()));
    let b = Library::new("lib-b", &word, &build_script());
    let unavailable = |_: &[u8]| b"HTTP/1.1 503 x\r\nContent-Length: 0\r\n\r\n".to_vec();
    let serve = |registry: &Registry, _: &mut Forge| {
        registry.publish(&busy);
        registry.answer("/busy/-/busy-1.0.0.tgz", unavailable);
    };
    let case = Case::of(word, &[(b.clone(), b), (a.clone(), a)], serve);
    let report = case.verify(&["--json", "--keep-going"]).expect(3).json();
    let why = report["notBuilt"]["lib-a@1.0.0"].as_str().unwrap_or_default();
    let said = ["its tools cannot be had: ", "/busy/-/busy-1.0.0.tgz answers with status 503"];
    assert!(said.iter().all(|part| why.contains(part)), "{report:#}");
    assert_eq!(report["packages"]["lib-b@1.0.0"]["outcome"]["class"], "integrity", "{report:#}");
    assert_eq!(report["incomplete"], json!(["lib-a@1.0.0"]), "{report:#}");
    // What cannot be built is not written down as if it could.
    let lock: Value = serde_json::from_str(&case.project.read("headwater.lock")).expect("JSON");
    assert_eq!(lock["rebuilds"]["packages"]["pkg:npm/lib-a@1.0.0"], Value::Null);
    case.registry.recover("/busy/-/busy-1.0.0.tgz");
    let report = case.verify(&["--json"]).expect(0).json();
    assert_eq!(report["packages"]["lib-a@1.0.0"]["outcome"]["class"], "integrity", "{report:#}");
}

/// What yarn 1, a later yarn and bun write for the compiler; another release of what it needs is the project's own.
fn lockfiles_of_others() -> [(&'static str, String); 3] {
    let integrity = |package: &Package| package.integrity();
    let tools = tools();
    let [core, compiler] = [&tools[0], &tools[1]].map(integrity);
    [
        (
            "yarn.lock",
            format!(
                "# yarn lockfile v1\n\n\nshout-core@1:\n  version \"1.0.0\"\n  integrity {core}\n\n\
                 shout-core@2:\n  version \"2.0.0\"\n  resolved shout-core-2.0.0.tgz#0\n\n\
                 shout@1:\n  version \"1.0.0\"\n  integrity {compiler}\n  dependencies:\n    shout-core \"1\"\n"
            ),
        ),
        (
            "yarn.lock",
            "__metadata:\n  version: 8\n  cacheKey: 10c0\n\n\"lib-b@workspace:.\":\n  version: 0.0.0-use.local\n  \
             resolution: \"lib-b@workspace:.\"\n  dependencies:\n    shout: \"npm:1\"\n    shout-core: \"npm:2\"\n\n\
             \"shout-core@npm:1\":\n  version: 1.0.0\n  resolution: \"shout-core@npm:1.0.0\"\n  checksum: 10c0/00\n\n\
             \"shout-core@npm:2\":\n  version: 2.0.0\n  resolution: \"shout-core@npm:2.0.0\"\n  checksum: 10c0/00\n\n\
             \"shout@npm:1\":\n  version: 1.0.0\n  resolution: \"shout@npm:1.0.0\"\n  dependencies:\n    \
             shout-core: \"npm:1\"\n  bin:\n    shout: cli.js\n  checksum: 10c0/00\n"
                .to_owned(),
        ),
        (
            "bun.lock",
            format!(
                "{{\n  \"lockfileVersion\": 1,\n  \"workspaces\": {{\n    \"\": {{\n      \"name\": \"lib-b\",\n      \
                 \"devDependencies\": {{ \"shout\": \"1\", \"shout-core\": \"2\", }},\n    }},\n  }},\n  \"packages\": {{\n    \
                 \"shout\": [\"shout@1.0.0\", \"\", {{ \"dependencies\": {{ \"shout-core\": \"1\" }}, \"bin\": {{ \
                 \"shout\": \"cli.js\" }} }}, \"{compiler}\"],\n\n    \"shout-core\": [\"shout-core@2.0.0\", \"\", {{}}, \
                 \"\"],\n\n    \"shout/shout-core\": [\"shout-core@1.0.0\", \"\", {{}}, \"{core}\"],\n  }}\n}}\n"
            ),
        ),
    ]
}

#[test]
fn tools_of_yarn_and_bun_are_those_of_their_lockfiles() {
    let whisper = "exports.shout = (text) => text.toLowerCase();\n";
    let other = package("shout-core", "2.0.0", json!({}), &[("index.js", whisper)]);
    for (file, lock) in lockfiles_of_others() {
        let word = nonce();
        let mut library = Library::new("lib-b", &word, &build_script());
        library.sources.retain(|(path, _)| path != "package-lock.json");
        library.edit("package.json", "\"absent\": \"1\"", "\"shout\": \"1\", \"shout-core\": \"2\"");
        library.sources.push((file.to_owned(), lock));
        let serve = |registry: &Registry, _: &mut Forge| {
            let time = "2020-01-01T00:00:00.000Z";
            registry.publish_all(&[(&tools()[0], time), (&other, time)]);
        };
        let case = Case::of(word.clone(), &[(library.clone(), library)], serve);
        let verified = case.verified(&[]);
        assert_eq!(verified["outcome"]["class"], "integrity", "{file}: {verified:#}");
        let lock: Value = serde_json::from_str(&case.project.read("headwater.lock")).expect("JSON");
        let rebuild = &lock["rebuilds"]["packages"]["pkg:npm/lib-b@1.0.0"];
        assert_eq!(rebuild["toolsFrom"], json!({ "lockfile": file }), "{rebuild:#}");
        // The compiler has its own, below it.
        let tools: Vec<&String> = lock["rebuilds"]["tools"].as_object().expect("tools").keys().collect();
        assert!(tools.iter().any(|tool| *tool == "pkg:npm/shout-core@1.0.0"), "{tools:?}");
    }
}

#[test]
fn verify_builds_with_nix_alone() {
    let lib = package("lib", "1.0.0", json!({}), &[("index.js", "")]);
    let registry = Registry::start(std::slice::from_ref(&lib));
    let mut project = Project::with_packages(&json!({ "name": "app", "version": "1.0.0" }), &[&lib], &[]);
    project.registry = Some(registry.url.clone());
    let run = project.headwater_with(&["verify"], &[]).expect(2);
    assert!(run.stderr.contains("HW640"), "{}", run.stderr);
    project.convert(&["--to", "guix"]).expect(0);
    let run = project.headwater_with(&["verify"], &[]).expect(2);
    assert!(
        run.stderr.contains("HW646") && run.stderr.contains("headwater convert --to nix"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_library_of_another_version_is_not_built_with() {
    let case = Case::new(&build_script(), |_| ());
    let file = "nix/headwater/lib/js/rebuild.js";
    let text = case.project.read(file);
    case.project.write(file, &text.replacen("'use strict';", "'use strict'; // as it was before", 1));
    let run = case.verify(&[]).expect(2);
    assert!(run.stderr.contains("HW647"), "{}", run.stderr);
    case.project.convert(&[]).expect(0);
    assert_eq!(case.verified(&[])["outcome"]["class"], "integrity");
}
