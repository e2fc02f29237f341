use super::*;
use crate::about::About;
use crate::hash::Algorithm;
use crate::python::{Requirement, Target};
use crate::source::repository::Repository;
use crate::upstream::nixpkgs::source::{At, Submodules};
use crate::upstream::nixpkgs::{changelog, description, license, names as by_name};
use crate::upstream::python::pytest_log::failed_tests;

fn list(texts: &[&str]) -> List {
    let all: Vec<_> = texts.iter().map(|text| Requirement::parse(text).unwrap()).collect();
    List::of(&Target::default(), None, &all)
}

fn module() -> Module {
    let fetched = Fetched {
        repository: Repository("https://github.com/o/foo".to_owned()),
        at: At::Tag("v1.2.3".to_owned()),
        hash: Ok(NarHash([1; 32])),
        is_cloned: false,
        submodules: Submodules::None,
        fixed_lock: None,
    };
    let about = About { license: Some("MIT".to_owned()), ..About::default() };
    let meta = Meta {
        description: description::description(Some("A library that does things."), "the metadata", &["foo"]),
        home_page: Some("https://foo.example".to_owned()),
        changelog: changelog::changelog(&fetched, None),
        license: license::license(&about, "the metadata", None),
        binaries: Vec::new(),
        maintainer: Some("someone".to_owned()),
        main_program: None,
        program_doubt: None,
    };
    Module {
        purpose: Purpose::Library,
        attribute: "foo".to_owned(),
        version: "1.2.3".to_owned(),
        source: Source::Commit(fetched),
        folder: String::new(),
        edits: Vec::new(),
        other_version: None,
        build_system: list(&["setuptools"]),
        build_doubt: None,
        rust: None,
        programs: Vec::new(),
        libraries: Vec::new(),
        environment: BTreeMap::new(),
        keeps_configure: Vec::new(),
        relaxed: BTreeMap::new(),
        removed: BTreeMap::new(),
        dependencies: list(&["aiohttp", "httpx"]),
        dependencies_doubt: None,
        extras: BTreeMap::new(),
        check: Check::Pytest(Box::new(Pytest {
            inputs: list(&["pytest-asyncio"]),
            doubts: Vec::new(),
            programs: Vec::new(),
            networked: Vec::new(),
            hidden_by: Vec::new(),
        })),
        checks_version: false,
        normal_version: None,
        spelling_was_seen: false,
        modules: Modules { names: vec!["foo".to_owned()], ..Modules::default() },
        oldest: None,
        meta,
    }
}

/// Everything that can stand in a file.
fn full() -> Module {
    let mut full = module();
    full.folder = "libs/foo".to_owned();
    full.edits = vec![
        Edit {
            file: "pyproject.toml",
            from: "setuptools<80 ''${x}'".to_owned(),
            to: "setuptools".to_owned(),
            reason: Reason::Bound,
            doubt: Some("only if your nixpkgs has setuptools 80 or later".to_owned()),
        },
        Edit {
            file: "pyproject.toml",
            from: "a==1".to_owned(),
            to: "a".to_owned(),
            reason: Reason::Bound,
            doubt: None,
        },
    ];
    full.edits.push(Edit {
        file: "pyproject.toml",
        from: "\"coherent.licensed\",".to_owned(),
        to: String::new(),
        reason: Reason::Unneeded("coherent.licensed".to_owned()),
        doubt: None,
    });
    full.edits.extend(["tag_build = dev", "tag_date = 1"].map(|line| Edit {
        file: "setup.cfg",
        from: line.to_owned(),
        to: String::new(),
        reason: Reason::Tag,
        doubt: None,
    }));
    full.other_version = Some(("pyproject.toml".to_owned(), "0.0.0".to_owned()));
    full.build_doubt = Some("setup.py computes what it asks for".to_owned());
    full.rust = Some(Rust { root: "rust".to_owned(), is_maturin: false, hash: Ok(NarHash([3; 32])) });
    full.programs = vec!["pkg-config".to_owned()];
    full.libraries = vec!["openssl".to_owned()];
    full.environment = [("A_B".to_owned(), "${x}".to_owned())].into();
    full.keeps_configure = vec!["dontUseCmakeConfigure"];
    full.removed = [("psycopg2-binary".to_owned(), "psycopg2".to_owned())].into();
    full.relaxed = [("geojson".to_owned(), None), ("x".to_owned(), Some("look".to_owned()))].into();
    full.dependencies =
        list(&["aiohttp[speedups]", "x; python_version < '3.13'", "y; sys_platform == 'linux'"]);
    full.dependencies_doubt = Some("the build computes what it requires".to_owned());
    full.extras = [("cli".to_owned(), list(&["click", "rich"])), ("a.b".to_owned(), list(&["z"]))].into();
    full.check = Check::Pytest(Box::new(Pytest {
        inputs: list(&["pytest-mock", "pytest-cov"]),
        doubts: vec!["the options of pytest have --flake8".to_owned()],
        programs: vec!["gitMinimal", "writableTmpDirAsHomeHook"],
        networked: failed_tests(
            "= short test summary info =\nFAILED tests/test_a.py::test_remote - getaddrinfo failed\nERROR tests/test_b.py - getaddrinfo failed\n",
        ),
        hidden_by: vec!["foo".to_owned()],
    }));
    full.modules.doubt = Some("no wheel could be read".to_owned());
    full.oldest = Some("3.14".to_owned());
    full.meta.maintainer = None;
    full
}

fn application() -> Module {
    let mut one = module();
    one.purpose = Purpose::Application;
    one.dependencies =
        list(&["aiohttp[speedups]", "x; python_version < '3.13'", "y; sys_platform == 'linux'"]);
    one.rust = Some(Rust { root: String::new(), is_maturin: true, hash: Err("a crate is gone".to_owned()) });
    one.build_system = List::default();
    one.meta.main_program = Some("foo".to_owned());
    one.checks_version = true;
    one
}

fn uploaded() -> Module {
    let mut one = module();
    let integrity = Some(Integrity::of(Algorithm::Sha256, b"x"));
    one.source = Source::Upload {
        pname: "foo_bar".to_owned(),
        extension: Some("zip".to_owned()),
        integrity,
        why: "no commit is proved to be its source".to_owned(),
    };
    one.check = Check::None("upstream has no tests".to_owned());
    one.dependencies = List::default();
    one.meta.changelog = None;
    one
}

#[test]
fn the_usual_library() {
    insta::assert_snapshot!(file(&module()).unwrap());
}

#[test]
fn a_library_with_everything() {
    insta::assert_snapshot!(file(&full()).unwrap());
}

#[test]
fn an_application() {
    insta::assert_snapshot!(file(&application()).unwrap());
}

#[test]
fn a_source_archive() {
    insta::assert_snapshot!(file(&uploaded()).unwrap());
}

/// What nixpkgs-vet refuses, and what reviewers ask, as far as it is in the file.
#[test]
fn neither_nixpkgs_vet_nor_reviewers_have_anything_to_say() {
    for one in [module(), full(), application(), uploaded()] {
        let text = file(&one).unwrap();
        assert_eq!(layout(&text).unwrap(), text, "laid out");
        assert!(by_name::is_attribute(&one.attribute));
        let tree = rnix::Root::parse(&text);
        assert!(tree.errors().is_empty());
        assert!(
            !tree.syntax().descendants().any(|node| format!("{:?}", node.kind()).starts_with("NODE_PATH_"))
        );
        if one.purpose == Purpose::Application {
            assert!(text.contains("__structuredAttrs = true;"));
        }
        assert!(text.contains("pyproject = true;") && text.contains("pythonImportsCheck = ["));
        assert!(text.ends_with("})\n") && !text.contains(" \n") && !text.contains('\t'));
        for banned in [
            "rec {",
            "with lib;",
            "sha256 =",
            "repo = pname",
            "propagatedBuildInputs",
            "format =",
            "doCheck = true",
        ] {
            assert!(!text.contains(banned), "{banned}");
        }
        for tool in ["pytest-cov\n", "pytest-runner", "mypy", "flake8,", "coverage"] {
            assert!(!text.contains(tool), "{tool}");
        }
    }
}

/// An application of that version and tag.
fn tagged(version: &str, tag: &str) -> Module {
    let mut one = application();
    one.version = version.to_owned();
    if let Source::Commit(fetched) = &mut one.source {
        fetched.at = At::Tag(tag.to_owned());
    }
    one
}

#[test]
fn a_version_that_the_tag_spells_can_be_followed() {
    for (version, tag, expected, is_followed) in [
        ("2026.08.17", "2026.08.17", "tag = finalAttrs.version;", true),
        ("1.0-rc.1", "v1.0-rc.1", "tag = \"v${finalAttrs.version}\";", true),
        ("2026.8.17", "2026.08.17", "tag = \"2026.08.17\";", false),
    ] {
        let text = file(&tagged(version, tag)).unwrap();
        assert!(text.contains(expected), "{text}");
        assert_eq!(text.contains("passthru.updateScript = nix-update-script { };"), is_followed, "{text}");
        assert_eq!(text.contains("nix-update-script,"), is_followed, "{text}");
        assert_eq!(text.contains("TODO: the version does not stand in the tag"), !is_followed, "{text}");
    }
}

#[test]
fn a_version_that_the_program_may_print_otherwise_is_to_be_looked_at() {
    let mut one = tagged("2026.08.17", "2026.08.17");
    assert!(!file(&one).unwrap().contains("versionCheckHook looks"));
    one.normal_version = Some("2026.8.17".to_owned());
    let text = file(&one).unwrap();
    assert!(text.contains("versionCheckHook looks for 2026.08.17 as it stands here"), "{text}");
    // Nothing is looked for.
    one.checks_version = false;
    assert!(!file(&one).unwrap().contains("versionCheckHook"));
}
