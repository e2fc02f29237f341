//! Tests of the emitter for npm: what a reviewer of Guix would look at, of lockfiles made here.

use serde_json::{Value, json};

use super::*;
use crate::about::About;
use crate::emit::guix::source::{Download, Git, Reference, Source, Spelled, Uri};
use crate::emit::guix::testing::code;
use crate::graph::npm::Node;
use crate::hash::Digest;
use crate::hash::nar::NarHash;
use crate::hash::{Algorithm, Integrity};
use crate::lockfile::Options;
use crate::lockfile::npm::read;

fn graph(packages: Value) -> Graph {
    let text = json!({ "lockfileVersion": 3, "packages": packages }).to_string();
    read("package-lock.json", &text, &|_| None, &Options::default()).unwrap()
}

/// Name and version; a part of the project by its place.
fn key(location: &Location, node: &Node) -> Option<String> {
    let (name, version) = (node.name.as_ref(), node.version.as_ref());
    match name.zip(version) {
        Some((name, version)) if location.as_str().contains("node_modules") => {
            Some(format!("{name}@{version}"))
        }
        _ => Some(location.to_string()),
    }
}

fn keys(graph: &Graph, key: impl Fn(&Location, &Node) -> Option<String>) -> BTreeMap<Location, String> {
    let nodes = graph.nodes.iter();
    nodes.filter_map(|(location, node)| Some((location.clone(), key(location, node)?))).collect()
}

fn tarball(name: &str, version: &str) -> Source {
    let path = format!("{name}/-/{name}-{version}.tgz");
    Source::Url(Download {
        uri: Uri::Below { variable: REGISTRY, path: Spelled::new(&path, version) },
        file_name: None,
        integrity: Integrity::of(Algorithm::Sha256, path.as_bytes()),
        patches: Vec::new(),
    })
}

fn checkout(name: &str, version: &str) -> Source {
    Source::Git(Git {
        url: format!("https://forge.example/o/{name}"),
        reference: Reference::Tag {
            tag: Spelled::new(&format!("v{version}"), version),
            commit: Digest([0xab; 20]),
        },
        recursive: false,
        hash: NarHash([7; 32]),
        patches: Vec::new(),
    })
}

/// A package for each thing that is installed, from its tarball.
fn packages(graph: &Graph) -> BTreeMap<String, Package> {
    let installed = graph.nodes.iter().filter(|(location, _)| location.as_str().contains("node_modules"));
    let made = installed.map(|(location, node)| {
        let name = node.name.as_ref().map_or("none", |name| name.as_str());
        let version = node.version.as_ref().map_or("0", |version| version.as_str());
        let mut package = Package::new(name, version);
        package.source = tarball(name, version);
        package.about.license = Some("MIT".to_owned());
        package.about.description = Some(format!("Do what {name} does"));
        (key(location, node).unwrap(), package)
    });
    made.collect()
}

fn own() -> OwnPackage {
    OwnPackage {
        module: "@me/app".into(),
        name: "me-app".into(),
        version: "1.0.0".into(),
        build: vec!["build".to_owned()],
        environment: BTreeMap::new(),
        scripts: Vec::new(),
        files: false,
        programs: [("app".into(), "cli.js".into())].into(),
        start: None,
        about: About::default(),
    }
}

fn emitted(graph: &Graph, packages: &BTreeMap<String, Package>, own: &OwnPackage) -> Files {
    emit(&Input {
        project: "me-app",
        graph,
        keys: &keys(graph, key),
        packages,
        own,
        registry: "https://registry.example/",
        project_path: "/../../..",
    })
    .unwrap()
}

/// The text of one definition.
#[track_caller]
fn defined<'a>(text: &'a str, variable: &str) -> &'a str {
    let (_, rest) = text.split_once(&format!("(define-public {variable}\n")).expect("defined");
    rest.split("\n\n").next().unwrap()
}

const CHANNEL: &str = "modules/me-app/packages/node.scm";
const OWN: &str = "modules/me-app/packages/project.scm";

#[test]
fn every_kind_of_package() {
    let graph = graph(json!({
        "": { "name": "@me/app", "version": "1.0.0", "workspaces": ["packages/*"],
              "dependencies": { "two": "1", "other": "npm:dup@2", "@s/scoped": "1", "ring-a": "1", "optional": "1",
                                "git": "1", "patched": "1", "addon": "1", "gone": "1", "w": "1" },
              "devDependencies": { "dup": "1" } },
        "node_modules/dup": { "version": "1.0.0", "dev": true },
        "node_modules/two": { "version": "1.0.0", "dependencies": { "dup": "2" } },
        "node_modules/two/node_modules/dup": { "version": "2.0.0-rc.1+build.5" },
        "node_modules/other": { "name": "dup", "version": "2.0.0-rc.1+build.5" },
        "node_modules/@s/scoped": { "version": "1.0.0", "peerDependencies": { "peer": "1" } },
        "node_modules/ring-a": { "version": "1.0.0", "dependencies": { "ring-b": "1" } },
        "node_modules/ring-b": { "version": "1.0.0", "dependencies": { "ring-a": "1", "two": "1" } },
        "node_modules/optional": { "version": "1.0.0", "optionalDependencies": { "mac": "1", "x64": "1" } },
        "node_modules/mac": { "version": "1.0.0", "os": ["darwin"], "optional": true },
        "node_modules/x64": { "version": "1.0.0", "cpu": ["x64"], "os": ["linux"], "optional": true },
        "node_modules/git": { "version": "1.2.3" },
        "node_modules/patched": { "version": "1.0.0" },
        "node_modules/addon": { "version": "1.0.0", "hasInstallScript": true },
        "node_modules/gone": { "version": "1.0.0" },
        "node_modules/w": { "resolved": "packages/w", "link": true },
        "packages/w": { "name": "w", "version": "0.1.0", "dependencies": { "two": "1" } },
    }));
    let mut packages = packages(&graph);
    let mut change = |key: &str, change: &dyn Fn(&mut Package)| change(packages.get_mut(key).unwrap());
    change("git@1.2.3", &|git| {
        git.source = checkout("git", "1.2.3");
        git.published = vec!["LICENSE".into(), "index.js".into(), "package.json".into()];
        git.subdirectory = "packages/git".into();
        git.elsewhere = [("LICENSE".into(), "LICENSE".into())].into();
        git.manifest_diff = Some("--- a/package.json\n+++ b/package.json\n".into());
        git.about.license = Some("(MIT OR Apache-2.0)".into());
        git.about.home_page = Some("https://git.example/".into());
    });
    change("ring-b@1.0.0", &|ring| {
        ring.source = checkout("ring-b", "1.0.0");
        ring.published = vec!["docs/LICENSE".into(), "package.json".into()];
        ring.elsewhere = [("docs/LICENSE".into(), "LICENSE".into())].into();
    });
    change("patched@1.0.0", &|patched| patched.patches = vec!["patches/patched.patch".into()]);
    change("addon@1.0.0", &|addon| {
        addon.scripts = true;
        addon.libraries = ["sqlite".to_owned()].into();
        addon.programs = ["pkg-config".to_owned(), "python".to_owned()].into();
        addon.environment = [("FLAG".to_owned(), "a \"b\"".to_owned())].into();
        addon.comments = vec!["Unvetted artifact: no repository.".to_owned()];
        addon.binaries = true;
        addon.has_programs = true;
    });
    change("gone@1.0.0", &|gone| {
        *gone = Package {
            missing: Some("gone@1.0.0 could not be had".to_owned()),
            ..Package::new("gone", "1.0.0")
        }
    });
    let mut local = Package::new("w", "0.1.0");
    local.source = Source::of_project("packages/w", "node-w");
    local.local = true;
    packages.insert("packages/w".to_owned(), local);
    let files = emitted(&graph, &packages, &own());
    insta::assert_snapshot!("channel", files[CHANNEL]);
    insta::assert_snapshot!("project", files[OWN]);
    insta::assert_snapshot!("patch", files["modules/me-app/packages/patches/node-git-package-json.patch"]);
}

/// What a reader of one definition needs to see changed by its place alone.
#[test]
fn one_package_with_other_dependencies_inherits() {
    let graph = graph(json!({
        "": { "name": "app", "dependencies": { "a": "1", "user": "1" } },
        "node_modules/a": { "version": "1.0.0", "dependencies": { "b": "*" } },
        "node_modules/b": { "version": "1.0.0" },
        "node_modules/user": { "version": "1.0.0", "dependencies": { "a": "1", "b": "2" } },
        "node_modules/user/node_modules/a": { "version": "1.0.0", "dependencies": { "b": "*" } },
        "node_modules/user/node_modules/b": { "version": "2.0.0" },
    }));
    let files = emitted(&graph, &packages(&graph), &own());
    let text = &files[CHANNEL];
    let variant = defined(text, "node-a-variant-2");
    assert!(
        variant.contains("(inherit node-a)") && variant.contains("(inputs (list node-b-2))"),
        "{variant}"
    );
    assert!(!variant.contains("(source") && variant.contains("(hidden? . #t)"), "{variant}");
}

/// A field that is not written is the other's: without dependencies it has to be written whole.
#[test]
fn one_package_without_dependencies_does_not_inherit_them() {
    let graph = graph(json!({
        "": { "name": "app", "dependencies": { "p": "1", "q": "1", "a": "2" } },
        "node_modules/p": { "version": "1.0.0", "dependencies": { "a": "1", "b": "1" } },
        "node_modules/p/node_modules/a": { "version": "1.0.0", "peerDependencies": { "b": "*" },
            "peerDependenciesMeta": { "b": { "optional": true } } },
        "node_modules/p/node_modules/b": { "version": "1.0.0" },
        "node_modules/q": { "version": "1.0.0", "dependencies": { "a": "1" } },
        "node_modules/q/node_modules/a": { "version": "1.0.0", "peerDependencies": { "b": "*" },
            "peerDependenciesMeta": { "b": { "optional": true } } },
        "node_modules/a": { "version": "2.0.0" },
    }));
    let text = &emitted(&graph, &packages(&graph), &own())[CHANNEL];
    let variant = defined(text, "node-a-1-variant-2");
    assert!(!variant.contains("(inherit") && !variant.contains("(inputs"), "{variant}");
    assert!(defined(text, "node-a-1").contains("(inputs (list node-b))"), "{text}");
}

/// The channel does not know what only the project's module defines.
#[test]
fn nothing_in_the_channel_inherits_from_the_project() {
    let graph = graph(json!({
        "": { "name": "app", "dependencies": { "a": "1", "user": "1", "own": "file:own" } },
        "own": { "name": "own", "version": "1.0.0" },
        "node_modules/own": { "version": "1.0.0", "resolved": "file:own" },
        "node_modules/a": { "version": "1.0.0", "dependencies": { "own": "*" } },
        "node_modules/user": { "version": "1.0.0", "dependencies": { "a": "1", "own": "2" } },
        "node_modules/user/node_modules/a": { "version": "1.0.0", "dependencies": { "own": "*" } },
        "node_modules/user/node_modules/own": { "version": "2.0.0" },
    }));
    let mut packages = packages(&graph);
    packages.get_mut("own@1.0.0").unwrap().local = true;
    let files = emitted(&graph, &packages, &own());
    assert!(files[OWN].contains("(define-public node-a\n"), "{}", files[OWN]);
    let variant = defined(&files[CHANNEL], "node-a-variant-2");
    assert!(!variant.contains("(inherit") && variant.contains("(source"), "{variant}");
}

/// Of one name and version, and not the same.
#[test]
fn files_of_two_commits_with_one_version() {
    let graph = graph(json!({
        "": { "name": "app", "dependencies": { "lib": "1", "user": "1" } },
        "node_modules/lib": { "version": "1.0.0" },
        "node_modules/user": { "version": "1.0.0", "dependencies": { "lib": "1" } },
        "node_modules/user/node_modules/lib": { "version": "1.0.0" },
    }));
    let by_place = |location: &Location, _: &Node| Some(location.to_string());
    let mut packages = BTreeMap::new();
    for (location, files) in [("lib", "old.js"), ("user/node_modules/lib", "new.js"), ("user", "user.js")] {
        let name = location.rsplit('/').next().unwrap();
        let package = Package { published: vec![files.to_owned()], ..Package::new(name, "1.0.0") };
        packages.insert(format!("node_modules/{location}"), package);
    }
    let files = emit(&Input {
        project: "me-app",
        graph: &graph,
        keys: &keys(&graph, by_place),
        packages: &packages,
        own: &own(),
        registry: "r/",
        project_path: "/..",
    })
    .unwrap();
    for (variable, listed) in [("node-lib", "old.js\n"), ("node-lib-variant-2", "new.js\n")] {
        assert_eq!(files[&format!("modules/me-app/packages/files/{variable}")], listed);
        let definition = defined(&files[CHANNEL], variable);
        let named = format!("%module-folder \"/\" \"files/{variable}\"");
        assert!(definition.split_whitespace().collect::<Vec<_>>().join(" ").contains(&named), "{definition}");
    }
}

/// In a cycle, too, a package may have another of its own name within it.
#[test]
fn one_of_a_cycle_with_another_version_of_itself() {
    let graph = graph(json!({
        "": { "name": "app", "dependencies": { "own": "2" } },
        "node_modules/own": { "version": "2.0.0", "dependencies": { "own": "1", "ring": "1" } },
        "node_modules/own/node_modules/own": { "version": "1.0.0" },
        "node_modules/ring": { "version": "1.0.0", "dependencies": { "own": "2" } },
    }));
    let text = &emitted(&graph, &packages(&graph), &own())[CHANNEL];
    let inner = "(modules \"lib/node-own-2/node_modules/own/node_modules\" node-own-1)";
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words(text).contains(inner), "{text}");
}

/// What asks for a part of the project finds it only in the project's own folder.
#[test]
fn what_needs_the_project_lies_in_it() {
    let graph = graph(json!({
        "": { "name": "app", "workspaces": ["w"], "dependencies": { "w": "1", "plugin": "1", "plain": "1" } },
        "node_modules/w": { "resolved": "w", "link": true },
        "node_modules/plugin": { "version": "1.0.0", "peerDependencies": { "w": "1" }, "dependencies": { "plain": "2" } },
        "node_modules/plugin/node_modules/plain": { "version": "2.0.0" },
        "node_modules/plain": { "version": "1.0.0" },
        "w": { "name": "w", "version": "1.0.0", "dependencies": { "plain": "1" }, "devDependencies": { "tool": "1" } },
        "w/node_modules/tool": { "version": "1.0.0", "dev": true },
    }));
    let files = emitted(&graph, &packages(&graph), &own());
    let text = &files[OWN];
    let (_, modules) = text.split_once("(define (run-time-modules)").unwrap();
    let (modules, _) = modules.split_once("(define-public project").unwrap();
    insta::assert_snapshot!(modules, @r#"

      (append (modules "node_modules" node-plain-1
                       (list 'copy node-plugin)
                       (cons "w" "w"))
              (modules "node_modules/plugin/node_modules" node-plain-2)))

    (define (development-modules)
      (modules "w/node_modules" node-tool))
    "#);
    assert!(files[CHANNEL].contains(
        ";; Without a part of the project, which it finds only there.\n(define-public node-plugin"
    ));
    assert!(text.contains("(native-inputs (list node-tool))"), "{text}");
}

/// A project without a name that is started by a command.
#[test]
fn a_folder_of_a_package_is_found_by_its_name() {
    let graph = graph(json!({
        "": { "dependencies": { "tool": "1", "ring-a": "1" } },
        "node_modules/tool": { "version": "1.0.0", "dependencies": { "part": "file:lib/part" } },
        "node_modules/part": { "resolved": "node_modules/tool/lib/part", "link": true },
        "node_modules/tool/lib/part": { "version": "1.0.0" },
        "node_modules/ring-a": { "version": "1.0.0", "dependencies": { "ring-b": "1", "own": "file:own" } },
        "node_modules/ring-b": { "version": "1.0.0", "dependencies": { "ring-a": "1" } },
        "node_modules/own": { "resolved": "node_modules/ring-a/own", "link": true },
        "node_modules/ring-a/own": {},
    }));
    let files = emitted(&graph, &packages(&graph), &own());
    let words = |file: &str| files[file].split_whitespace().collect::<Vec<_>>().join(" ");
    let tool = "#:renamed (list (cons \"part\" \"lib/part\"))";
    let cycle = "(cons \"own\" \"lib/node-ring-a/node_modules/ring-a/own\")";
    assert!(words(CHANNEL).contains(tool) && words(CHANNEL).contains(cycle), "{}", files[CHANNEL]);
    // After the packages that they lie in.
    let modules = "node-tool (cons \"own\" \"node_modules/ring-a/own\") \
        (cons \"part\" \"node_modules/tool/lib/part\")";
    assert!(words(OWN).contains(modules), "{}", files[OWN]);
}

#[test]
fn a_project_without_a_name() {
    let graph =
        graph(json!({ "": { "dependencies": { "a": "1" } }, "node_modules/a": { "version": "1.0.0" } }));
    let own = OwnPackage {
        module: "folder".into(),
        name: "folder".into(),
        build: Vec::new(),
        environment: [("A".to_owned(), "b".to_owned())].into(),
        start: Some("node \"a b\".js".into()),
        ..own()
    };
    let text = &emitted(&graph, &packages(&graph), &own)[OWN];
    assert!(text.contains(r#"#$(install-project "folder""#), "{text}");
    assert!(text.contains(r#"(install-program "folder" "folder" "node \"a b\".js")"#), "{text}");
    assert!(text.contains("(delete 'build)"), "{text}");
}

/// Scripts of its own packages are run before its build.
#[test]
fn a_project_with_scripts_of_its_own() {
    let graph = graph(json!({ "": {} }));
    let own = OwnPackage {
        scripts: vec![("packages/w".into(), "postinstall".into()), (String::new(), "prepare".into())],
        ..own()
    };
    let text = &emitted(&graph, &packages(&graph), &own)[OWN];
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let phase = r#"#$(run-own-scripts '(("packages/w" . "postinstall") ("" . "prepare")))"#;
    assert!(words.contains(&format!("(add-after 'configure 'run-own-scripts {phase})")), "{text}");
}

/// Whatever comes from outside stays a string or a comment.
#[test]
fn hostile_text_is_quoted() {
    let hostile = "\")) (system* \"x\") #| ;\n#;(\\";
    let graph = graph(json!({
        "": { "name": "app", "dependencies": { "a": "1", "b": "1", "1e3": "1" } },
        "node_modules/a": { "version": "1.0.0", "dependencies": { "b": "1", "1.5": "1" } },
        "node_modules/b": { "version": "1.0.0", "dependencies": { "a": "1" } },
        "node_modules/1e3": { "version": "1.0.0-1e3" },
    }));
    let mut packages = packages(&graph);
    for package in packages.values_mut() {
        package.about = About {
            license: Some(hostile.into()),
            description: Some(hostile.into()),
            home_page: Some(format!("https://x.example/{hostile}")),
            ..About::default()
        };
        package.subdirectory = hostile.into();
        package.elsewhere = [(hostile.into(), hostile.into())].into();
        package.manifest_diff = Some(hostile.into());
        package.comments = vec![hostile.into()];
        package.environment = [(hostile.into(), hostile.into())].into();
        package.patches = vec![hostile.into()];
        package.missing = Some(hostile.into());
        package.scripts = true;
    }
    packages.get_mut("a@1.0.0").unwrap().source = Source::Git(Git {
        url: hostile.into(),
        reference: Reference::Tag { tag: Spelled::new(hostile, "1.0.0"), commit: Digest([1; 20]) },
        recursive: true,
        hash: NarHash([1; 32]),
        patches: vec![hostile.into()],
    });
    let own =
        OwnPackage { module: hostile.into(), version: hostile.into(), start: Some(hostile.into()), ..own() };
    let files = emitted(&graph, &packages, &own);
    for (name, text) in files.iter().filter(|(name, _)| !name.ends_with(".patch")) {
        assert!(!code(text).contains("system*"), "{name}: {text}");
    }
    assert!(files[CHANNEL].contains("(define-public node-1e3\n"), "{}", files[CHANNEL]);
}

#[test]
fn what_nothing_is_known_of_and_what_no_system_can_have() {
    let graph_of = |more: Value| {
        graph(json!({
            "": { "name": "app", "dependencies": { "a": "1" } }, "node_modules/a": more,
        }))
    };
    let refused = |graph: &Graph, packages: &BTreeMap<String, Package>| {
        let input = Input {
            project: "app",
            graph,
            keys: &keys(graph, key),
            packages,
            own: &own(),
            registry: "r/",
            project_path: "/..",
        };
        emit(&input).unwrap_err().to_string()
    };
    let graph = graph_of(json!({ "version": "1.0.0" }));
    assert_eq!(
        refused(&graph, &BTreeMap::new()),
        "nothing was found out about node_modules/a, which is installed"
    );
    let graph = graph_of(json!({ "version": "1.0.0", "os": ["win32"] }));
    let named: Vec<_> = super::refused(&graph).into_iter().map(|(location, _)| location.as_str()).collect();
    assert_eq!(named, ["node_modules/a"]);
    assert_eq!(
        refused(&graph, &packages(&graph)),
        "the project needs a package that no system of Guix can have"
    );
}
