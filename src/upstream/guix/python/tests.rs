use std::collections::BTreeSet;

use super::*;
use crate::python::{PyName, PyVersion};
use crate::upstream::python::build::Build;
use crate::upstream::python::modules::Modules;
use crate::upstream::python::needs::Needs;
use crate::upstream::python::testing::{Machine, Runner, Shadow, Tests, Unlisted};

const LISTED: &str = "\
package\tpython\tpython\t3.11.14\tgnu packages python\tgnu\t\t\t
package\tpython-click\tpython-click\t8.1.8\tgnu packages python-xyz\tpyproject\t\t\t
package\tpython-mock\tpython-mock\t5.0\tgnu packages python-check\tpyproject\t\t\t
package\tpython-tomli\tpython-tomli\t2.0\tgnu packages python-xyz\tpyproject\t\t\t
";

fn files(texts: &[(&str, &str)]) -> Files {
    let texts: BTreeMap<_, _> =
        texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    Files { paths: texts.keys().cloned().collect(), texts }
}

fn facts(texts: &[(&str, &str)], requires: &[&str], tests: Tests) -> Facts {
    let name = PyName::new("tool").unwrap();
    let requires: Vec<String> = requires.iter().map(|text| (*text).to_owned()).collect();
    Facts {
        spelled: "tool".to_owned(),
        version: PyVersion::new("1.2").unwrap(),
        about: crate::about::About::default(),
        classifiers: Vec::new(),
        requires_python: None,
        build: Build::read(&name, &files(texts)).unwrap(),
        needs: Needs::of(&name, &requires, &["test".to_owned()]),
        tests,
        modules: Modules::default(),
        programs: BTreeMap::new(),
        name,
    }
}

fn told(texts: &[(&str, &str)], requires: &[&str], tests: Tests, is_release: bool) -> Told {
    let facts = facts(texts, requires, tests);
    let files = files(texts);
    let project = Project { facts: &facts, files: &files, folder: "", is_release, is_checkout: true };
    project.told(&Listing::read(LISTED), |need| format!("python-{}", need.name))
}

fn pytest(requires: &[&str]) -> Tests {
    let requires = requires.iter().map(|text| Requirement::parse(text).unwrap()).collect();
    Tests { runner: Some(Runner::Pytest), requires, ..Tests::default() }
}

fn written(told: &Told) -> String {
    let names = |all: &BTreeSet<String>| all.iter().cloned().collect::<Vec<_>>().join(" ");
    let arguments: Vec<String> = told.arguments.iter().map(Sexp::written).collect();
    let Inputs { run, native, propagated } = &told.inputs;
    format!("{} | {} | {} | {}", names(propagated), names(native), names(run), arguments.join(" "))
}

#[test]
fn each_requirement_in_its_field() {
    let requires = [
        "click>=8",
        "tomli; python_version < '3.11'",
        "colorama; sys_platform == 'win32'",
        "more; extra == 'test'",
    ];
    let system = "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n[project]\nversion = '1.2'\n";
    let told = told(&[("pyproject.toml", system)], &requires, pytest(&["mock", "click"]), true);
    assert_eq!(written(&told), "python-click | python-hatchling python-mock python-pytest |  | ");
    assert_eq!((told.open.len(), told.notes.len()), (0, 0));
}

#[test]
fn how_tests_are_run() {
    let setup = ("setup.py", "setup(version='1.2')");
    let told = |paths: &[(&str, &str)], tests| {
        let all: Vec<_> = [setup].into_iter().chain(paths.iter().copied()).collect();
        let said = written(&told(&all, &[], tests, true));
        said.split_once("| ").unwrap().1.to_owned()
    };
    let unittest = || Tests { runner: Some(Runner::Unittest), ..Tests::default() };
    assert_eq!(
        told(&[], Tests::default()),
        "python-setuptools |  | \n;; No file of its source is called as pytest or unittest look for\n;; tests.\n #:tests? #f"
    );
    let importing = |requires: &[&str]| {
        let unlisted = |name: &str| Unlisted {
            module: name.to_owned(),
            project: PyName::new(name).unwrap(),
            by: "test_a.py".to_owned(),
        };
        Tests {
            imports: ["absent", "click.testing", "unknown"].map(str::to_owned).into(),
            unlisted: ["click", "unknown"].map(unlisted).into(),
            ..pytest(requires)
        }
    };
    assert_eq!(
        told(&[], importing(&["absent", "mock"])),
        "python-setuptools |  | \n;; Tests need absent, which Guix lacks.\n #:tests? #f"
    );
    assert_eq!(
        told(&[], pytest(&["pytest-absent"])),
        "python-setuptools |  | \n;; Tests need pytest-absent, which Guix lacks.\n #:tests? #f"
    );
    // What is not imported is not needed; what is imported is, whoever forgot it.
    assert_eq!(
        told(&[], importing(&["witchhazel", "mock", "iniconfig"])),
        "python-click python-mock python-pytest python-setuptools |  | "
    );
    assert_eq!(told(&[("tests/test_a.py", "")], unittest()), "python-pytest python-setuptools |  | ");
    let all = [("tests/__init__.py", ""), ("tests/tests.py", "")];
    assert_eq!(told(&all, unittest()), "python-setuptools |  | #:test-backend (gexp 'unittest)");
    assert_eq!(
        told(&all[1..], unittest()),
        "python-setuptools |  | #:test-backend (gexp 'unittest) #:test-flags (gexp (list \"discover\" \"-s\" \"tests\"))"
    );
}

#[test]
fn what_no_list_names_is_told() {
    let unlisted = |name: &str| Unlisted {
        module: name.to_owned(),
        project: PyName::new(name).unwrap(),
        by: "tests/help.py".to_owned(),
    };
    let tests = Tests {
        unlisted: ["click", "unknown"].map(unlisted).into(),
        beside: [PyName::new("helpers").unwrap()].into(),
        ..pytest(&[])
    };
    let notes = told(&[("setup.py", "setup(version='1.2')")], &[], tests, true).notes;
    assert_eq!(
        notes,
        [
            "tests import click (tests/help.py), which no list of the project names: what Guix calls so is taken for it",
            "tests import unknown (tests/help.py), which no list of the project names: Guix has nothing of that name",
            "tests want helpers, another package of the same source",
        ]
    );
}

#[test]
fn what_only_git_knows_is_told() {
    let system = "[build-system]\nrequires = ['setuptools', 'setuptools-scm']\nbuild-backend = 'setuptools.build_meta'\n";
    let version = |is_release| {
        let said = written(&told(&[("pyproject.toml", system)], &[], pytest(&[]), is_release));
        said.rsplit_once(" | ").unwrap().1.to_owned()
    };
    let phases = |value: &str| {
        format!(
            "#:phases (gexp (modify-phases %standard-phases (add-before 'build 'set-version (lambda _ (setenv \
             \"SETUPTOOLS_SCM_PRETEND_VERSION\" {value})))))"
        )
    };
    assert_eq!(version(true), phases("(ungexp version)"));
    assert_eq!(version(false), phases("\"1.2\""));
}

#[test]
fn a_release_has_no_tag_of_the_time_before_it() {
    let cfg = "[metadata]\nversion = 1.2\n[egg_info]\ntag_build = dev\n";
    let said = written(&told(&[("setup.cfg", cfg)], &[], pytest(&[]), true));
    let phase = "(add-before 'build 'drop-tags (lambda _ (substitute* \"setup.cfg\" ((\"^tag[-_](build|date) *[=:].*\") \"\"))))";
    assert!(said.contains(phase), "{said}");
    let said = written(&told(&[("setup.cfg", &cfg.replace("dev", ""))], &[], pytest(&[]), true));
    assert!(!said.contains("drop-tags"), "{said}");
}

#[test]
fn what_tests_want_of_the_machine() {
    let shadow =
        |has_tests| Shadow { package: "fast".to_owned(), has_tests, is_guessed: false, is_first: true };
    let texts = ["subprocess.run(['git', 'init'])\nx = Path.home()\n"];
    let tests =
        |shadow| Tests { machine: Machine::read(texts.into_iter()), shadows: vec![shadow], ..pytest(&[]) };
    let setup = [("setup.py", "setup(version='1.2')")];
    let said = written(&told(&setup, &[], tests(shadow(false)), true));
    assert!(said.contains("git-minimal"), "{said}");
    for phase in [
        "(add-before 'check 'import-the-installed (lambda _ (delete-file-recursively \"fast\")))",
        "(add-before 'check 'set-home (lambda _ (setenv \"HOME\" (getcwd))))",
    ] {
        assert!(said.contains(phase), "{said}");
    }
    // Tests that do not run want nothing.
    let off = Tests { runner: None, ..tests(shadow(false)) };
    let said = written(&told(&setup, &[], off, true));
    assert!(!said.contains("git-minimal") && !said.contains("phases"), "{said}");
    let told = told(&setup, &[], tests(shadow(true)), true);
    assert!(!written(&told).contains("delete-file") && told.open[0].contains("fast/"), "{:?}", told.open);
}

#[test]
fn what_somebody_has_to_do() {
    let maturin =
        "[build-system]\nrequires = ['maturin']\nbuild-backend = 'maturin'\n[project]\nversion = '0.0.0'\n";
    let told = told(&[("pyproject.toml", maturin), ("Cargo.toml", "")], &["click[all]"], pytest(&[]), true);
    assert!(told.open[0].contains("Rust extension (its root)"), "{:?}", told.open);
    assert!(
        told.open[1].contains("pyproject.toml states version 0.0.0, and the release is 1.2"),
        "{:?}",
        told.open
    );
    assert!(told.notes[0].contains("click[all]: look whether python-click brings"), "{:?}", told.notes);
    assert!(told.inputs.native.contains("maturin"));
}
