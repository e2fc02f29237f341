use serde_json::json;

use super::*;
use crate::hash::NarHash;
use crate::source::repository::Repository;
use crate::upstream::nixpkgs::meta::Meta;
use crate::upstream::nixpkgs::source::Submodules;
use crate::upstream::nixpkgs::{changelog, description, license, names};
use crate::upstream::npm::build::{Shipped, build};

fn application() -> Application {
    let source = Fetched {
        repository: Repository("https://github.com/o/foo".to_owned()),
        at: At::Tag("v1.2.3".to_owned()),
        hash: Ok(NarHash([1; 32])),
        is_cloned: false,
        submodules: Submodules::None,
        fixed_lock: None,
    };
    let about = crate::about::npm(&json!({ "license": "MIT" }));
    let meta = Meta {
        description: description::description(Some("A tool that does things."), "package.json", &["foo"]),
        home_page: Some("https://foo.example".to_owned()),
        changelog: changelog::changelog(&source, None),
        license: license::license(&about, "package.json", None),
        binaries: Vec::new(),
        maintainer: Some("someone".to_owned()),
        main_program: Some("foo".to_owned()),
        program_doubt: None,
    };
    Application {
        attribute: "foo".to_owned(),
        version: "1.2.3".to_owned(),
        source,
        folder: String::new(),
        workspace: None,
        vendored: None,
        deps: Deps::Hash {
            hash: NarHash([2; 32]),
            is_empty: false,
            lacking: Vec::new(),
            git: GitPackages::default(),
        },
        node: None,
        build: build(&json!({ "scripts": { "build": "tsc" } }), &Shipped::Unknown),
        needs: Needs::default(),
        checks_version: false,
        has_programs: true,
        meta,
    }
}

/// Everything that can stand in a file.
fn full() -> Application {
    let mut full = application();
    full.source.at = At::Tag("cli@1.2.3".to_owned());
    full.source.is_cloned = true;
    full.source.fixed_lock = Some("sub/package-lock.json".to_owned());
    full.folder = "src/cli".to_owned();
    full.vendored = Some("the repository has no package-lock.json, but one of yarn".to_owned());
    full.deps = Deps::Gap("a-1.0.0.tgz is no longer in the registry".to_owned());
    full.node = Some(("nodejs_22", "^22".to_owned()));
    let scripts = json!({ "scripts": { "prepublishOnly": "npm run compile", "prepare": "husky" } });
    full.build = build(&scripts, &Shipped::Unknown);
    full.needs.environment = [("A_B".to_owned(), "1".to_owned()), ("C".to_owned(), "${x}".to_owned())].into();
    full.needs.libraries = ["vips".to_owned()].into();
    full.needs.programs = ["puppeteer@1.0.0 runs a browser".to_owned()].into();
    full.checks_version = true;
    full.has_programs = false;
    full.meta.license.attributes = vec!["mit".to_owned(), "asl20".to_owned()];
    full.meta.license.doubt = Some("look at \"it\"\n".to_owned());
    full.meta.maintainer = None;
    full.meta.binaries = vec!["a.wasm".to_owned(), "b.node".to_owned()];
    full
}

fn of_a_workspace() -> Application {
    let mut one = application();
    one.workspace = Some("packages/foo".to_owned());
    one.source.at = At::Commit(crate::hash::Digest([7; 20]));
    one.meta.changelog = None;
    let lacking = vec!["a@1.0.0".to_owned(), "b@1.0.0".to_owned()];
    let git = GitPackages { all: vec!["g".to_owned(), "h".to_owned()], refused: vec!["h".to_owned()] };
    one.deps = Deps::Hash { hash: NarHash([3; 32]), is_empty: true, lacking, git };
    one.build = build(&json!({ "scripts": { "prepare": "tsc" } }), &Shipped::Committed);
    one
}

#[test]
fn the_usual_file() {
    insta::assert_snapshot!(file(&application()).unwrap());
}

#[test]
fn a_file_with_everything() {
    insta::assert_snapshot!(file(&full()).unwrap());
}

#[test]
fn a_workspace_at_a_commit() {
    insta::assert_snapshot!(file(&of_a_workspace()).unwrap());
}

/// What nixpkgs-vet refuses (its problems NPV-121 to NPV-128, 142, 143, 164, 166 and 170), as far as it is in the file.
#[test]
fn nixpkgs_vet_has_nothing_to_say() {
    for one in [application(), full(), of_a_workspace()] {
        let text = file(&one).unwrap();
        assert_eq!(layout(&text).unwrap(), text, "laid out");
        assert!(names::is_attribute(&one.attribute));
        let tree = rnix::Root::parse(&text).syntax();
        let paths = tree.descendants().filter(|node| format!("{:?}", node.kind()).starts_with("NODE_PATH_"));
        for path in paths {
            assert_eq!(path.text().to_string(), "./package-lock.json");
        }
        // buildNpmPackage sets strictDeps itself.
        assert!(text.contains("__structuredAttrs = true;"));
        let strings = tree.descendants().filter(|node| node.kind() == rnix::SyntaxKind::NODE_STRING);
        for string in strings.map(|node| node.text().to_string()) {
            let escaped = string.match_indices('\\').map(|(at, _)| string[at + 1..].chars().next().unwrap());
            assert!(escaped.clone().all(|c| "\"\\$nrt".contains(c)), "{string}");
        }
        assert!(text.ends_with("})\n") && !text.contains(" \n") && !text.contains('\t'));
        for banned in ["rec {", "with lib;", "sha256 =", "repo = pname"] {
            assert!(!text.contains(banned), "{banned}");
        }
    }
}

#[test]
fn updates_follow_the_tag() {
    let with = |tag: &str| {
        let mut one = application();
        one.source.at = At::Tag(tag.to_owned());
        let text = file(&one).unwrap();
        let line = text.lines().skip_while(|line| !line.contains("updateScript")).take(2).collect::<String>();
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert!(with("v1.2.3").contains("nix-update-script { };"));
    assert!(with("1.2.3").contains("nix-update-script { };"));
    assert!(
        with("cli.v1.2.3").contains(r#"extraArgs = [ "--version-regex=cli\\.v(.*)" ];"#),
        "{}",
        with("cli.v1.2.3")
    );
}
