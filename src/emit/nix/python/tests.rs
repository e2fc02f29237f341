//! Tests of the Python emitter: what does not fit together is refused, the library is whole.

use std::path::{Component, PathBuf};

use rnix::SyntaxKind;

use super::*;
use crate::emit::model::python::package::{Crates, Source};
use crate::emit::model::python::{Require, Sources};
use crate::emit::packs::Pack;
use crate::graph::Location;
use crate::hash::nar::NarHash;
use crate::python::{PyName, PyVersion};

fn key(name: &str) -> Key {
    Key::new(&PyName::new(name).unwrap(), &PyVersion::new("1.0").unwrap())
}

/// A package in a folder of its own, with these build requirements.
fn package(name: &str, requires: &[&str]) -> (Key, Package) {
    let requires = requires.iter().map(|name| Require::from(key(name))).collect();
    let build = WheelBuild::new(PyName::new(name).unwrap(), PyVersion::new("1.0").unwrap(), requires);
    (key(name), Package::new(Source::Local { local: Location::new(name).unwrap() }, build))
}

fn project(packages: &[(&str, &[&str])]) -> PythonProject {
    let pack = Pack { hash: NarHash([7; 32]), commits: false, list: String::new() };
    PythonProject {
        pname: "app".into(),
        packages: packages.iter().map(|(name, requires)| package(name, requires)).collect(),
        sources: Sources { packs: [("p".into(), pack)].into(), ..Sources::default() },
        ..PythonProject::default()
    }
}

fn layout() -> Layout {
    Layout::new(Path::new("/app"), Path::new("/app"))
}

#[track_caller]
fn refused(project: &PythonProject) -> String {
    render(project, &layout()).unwrap_err().to_string()
}

#[test]
fn what_refers_to_nothing_is_refused() {
    let mut one = project(&[("a", &["b"])]);
    assert!(refused(&one).contains("to build a@1.0 takes b@1.0, which is not listed"), "{}", refused(&one));
    one.missing.insert(key("b"), "no sdist".into());
    render(&one, &layout()).unwrap();
    one.roots.insert(key("c").into());
    assert!(refused(&one).contains("the project needs c@1.0, which is not listed"));
    one.roots = [key("a").into()].into();
    one.packages.get_mut(&key("a")).unwrap().optional_dependencies =
        [(PyName::new("x").unwrap(), [key("d").into()].into())].into();
    assert!(refused(&one).contains("a@1.0 needs d@1.0, which is not listed"));
}

#[test]
fn packs_are_there_and_named_as_files_can_be() {
    let mut one = project(&[("a", &[])]);
    let crates =
        Crates { pack: "q".into(), folder: Location::root(), lock: Some("Cargo.lock".into()), git: vec![] };
    one.packages.get_mut(&key("a")).unwrap().build.crates = Some(crates);
    let why = refused(&one);
    assert!(why.contains("in the pack q") && why.contains("from Cargo.lock"), "{why}");
    let pack = one.sources.packs.remove("p").unwrap();
    one.sources.packs.insert("../q".into(), pack);
    assert!(refused(&one).contains(r#""../q" is no name"#), "{}", refused(&one));
}

#[test]
fn a_circle_of_build_requirements_is_named() {
    let fine = project(&[("a", &["b", "c"]), ("b", &["d"]), ("c", &["b", "d"]), ("d", &[])]);
    render(&fine, &layout()).unwrap();
    let itself = project(&[("a", &["a"])]);
    assert!(refused(&itself).contains("to build a@1.0 takes itself"), "{}", refused(&itself));
    let round = project(&[("a", &["d", "b"]), ("b", &["c"]), ("c", &["b"]), ("d", &[])]);
    assert!(refused(&round).contains("to build b@1.0, that c@1.0 takes itself"), "{}", refused(&round));
}

/// A chain of so many that a recursive walk would need a large stack.
#[test]
fn a_long_chain_of_build_requirements() {
    let mut chain = project(&[]);
    let names: Vec<_> = (0..20_000).map(|at| format!("p{at}")).collect();
    for pair in names.windows(2) {
        chain.packages.extend([package(&pair[0], &[&pair[1]])]);
    }
    chain.packages.extend([package(&names[19_999], &[])]);
    assert_eq!(check::faults(&chain), Vec::<String>::new());
}

/// Every file that a copied one refers to by a relative path is copied too.
#[test]
fn the_library_is_whole() {
    let files = render(&project(&[]), &layout()).unwrap();
    let mut found = 0;
    for (path, text) in files.iter().filter(|(path, _)| path.starts_with("lib/") && path.ends_with(".nix")) {
        let tokens = rnix::Root::parse(text).syntax().descendants_with_tokens();
        for token in tokens.filter(|token| token.kind() == SyntaxKind::TOKEN_PATH_REL) {
            let mut at = PathBuf::from(path);
            at.pop();
            for part in PathBuf::from(token.to_string()).components() {
                match part {
                    Component::ParentDir => _ = at.pop(),
                    Component::Normal(name) => at.push(name),
                    _ => {}
                }
            }
            found += 1;
            let there = files.keys().any(|file| PathBuf::from(file).starts_with(&at));
            assert!(there, "{path} refers to {token}");
        }
    }
    assert!(found > 15, "{found}");
    assert!(!files.keys().any(|path| path.contains("/js/") || path.contains("pycache")));
    assert!(files.keys().any(|path| path == "lib/python/builders/build.py"));
}

#[test]
fn a_project_is_fit_for_the_store() {
    let mut one = project(&[]);
    one.pname = "../${x} y".into();
    let text = render(&one, &layout()).unwrap().remove("packages.nix").unwrap();
    assert!(text.contains("pname = \"xy\""), "{text}");
    assert!(text.contains("version = \"0\""), "{text}");
}
