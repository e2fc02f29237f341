//! The solver over indexes that are written out here.

use std::collections::BTreeMap;

use super::*;
use crate::problem::Problem;
use crate::python::filename::{self, Kind};

/// An index of a few releases: what is asked of it is answered at once.
#[derive(Default)]
struct Index {
    releases: BTreeMap<(PyName, PyVersion), Release>,
    known: Known,
}

#[derive(Clone, Default)]
struct Release {
    pyproject: String,
    paths: Vec<&'static str>,
    dependencies: Vec<&'static str>,
    requires_python: Option<&'static str>,
    yanked: bool,
    time: Option<&'static str>,
    wheel_only: bool,
}

fn name(text: &str) -> PyName {
    PyName::new(text).unwrap()
}

fn release(key: &str) -> (PyName, PyVersion) {
    let (project, version) = key.split_once('@').unwrap();
    (name(project), PyVersion::new(version).unwrap())
}

/// A release that is built with these requirements by a backend that asks for nothing.
fn with(requires: &[&str]) -> Release {
    let pyproject =
        format!("[build-system]\nrequires = {requires:?}\nbuild-backend = 'flit_core.buildapi'\n");
    Release { pyproject, ..Release::default() }
}

impl Index {
    fn new(releases: &[(&str, Release)]) -> Self {
        let releases = releases.iter().map(|(key, one)| (release(key), one.clone())).collect();
        Self { releases, known: Known::default() }
    }

    fn listed(&self, project: &PyName) -> Vec<Listed> {
        let its = self.releases.iter().filter(|((its, _), _)| its == project);
        its.map(|((_, version), release)| {
            let suffix = if release.wheel_only { "-py3-none-any.whl" } else { ".tar.gz" };
            let filename = format!("{project}-{version}{suffix}")
                .replace(&format!("{project}-"), &format!("{}-", project.as_str().replace('-', "_")));
            let file = Distribution {
                kind: filename::parse(project, &filename).unwrap().1,
                filename,
                url: "https://example.org/".parse().unwrap(),
                integrity: None,
                size: None,
                yanked: release.yanked.then(String::new),
                requires_python: release.requires_python.map(str::to_owned),
                upload_time: release.time.map(str::to_owned),
                core_metadata: None,
                provenance: None,
            };
            let (sdist, wheels) =
                if file.kind == Kind::Sdist { (Some(file), Vec::new()) } else { (None, vec![file]) };
            Listed { version: version.clone(), sdist, wheels }
        })
        .collect()
    }

    fn plan(&mut self, question: &Question) -> Result<BTreeMap<Key, Build>, Vec<Unplanned>> {
        for _ in 0..100 {
            let asks = match solve(question, &self.known, &mut Memo::default())? {
                Solved::Plan(plan) => return Ok(plan),
                Solved::Asks(asks) => asks,
            };
            for ask in asks {
                match ask {
                    Ask::Project(project) => {
                        let listed = self.listed(&project);
                        assert!(self.known.projects.insert(project, listed).is_none(), "asked twice");
                    }
                    Ask::Files(project, version) => {
                        let release = &self.releases[&(project.clone(), version.clone())];
                        let texts = [("pyproject.toml".to_owned(), release.pyproject.clone())].into();
                        let paths = release.paths.iter().map(|path| (*path).to_owned()).collect();
                        self.known.files.insert((project, version), Files { texts, paths });
                    }
                    Ask::Dependencies(project, version) => {
                        let release = &self.releases[&(project.clone(), version.clone())];
                        let read = release.dependencies.iter().map(|text| Requirement::parse(text).unwrap());
                        self.known.dependencies.insert((project, version), read.collect());
                    }
                }
            }
        }
        panic!("asks without end")
    }

    /// The plan in short: one line for each build.
    fn shown(&mut self, asked: &[&str]) -> Vec<String> {
        let question =
            Question { asked: asked.iter().map(|key| release(key)).collect(), ..Question::default() };
        match self.plan(&question) {
            Ok(plan) => plan.iter().map(|(key, build)| line(key, build)).collect(),
            Err(all) => {
                let told = |one: &Problem| format!("{} {}", one.code, one.message);
                let each = |one: &Unplanned| {
                    [&one.problem].into_iter().chain(&one.because).map(told).collect::<Vec<_>>()
                };
                all.iter().flat_map(each).collect()
            }
        }
    }
}

fn line(key: &Key, build: &Build) -> String {
    let mut line = format!("{key}:");
    for (key, marker) in &build.requires {
        line.push_str(
            &marker.as_ref().map_or_else(|| format!(" {key}"), |marker| format!(" {key} if {marker}")),
        );
    }
    line
}

#[test]
fn the_whole_environment_down_to_what_builds_itself() {
    let mut index = Index::new(&[
        ("a@1", with(&["b[x]>=2", "tomli; python_version<'3.11'", "c; sys_platform=='darwin'"])),
        ("b@1", with(&[])),
        ("b@2", Release { dependencies: vec!["d; extra=='x'", "e; extra=='y'"], ..with(&["f"]) }),
        ("c@1", with(&[])),
        ("d@1", with(&["f"])),
        ("f@1", with(&[])),
    ]);
    assert_eq!(
        index.shown(&["a@1"]),
        ["a@1: b@2 c@1 if sys_platform == 'darwin' d@1", "b@2: f@1", "c@1:", "d@1: f@1", "f@1:"]
    );
}

#[test]
fn one_version_for_all_where_it_is_not_too_old() {
    let dated = |time| Release { time: Some(time), ..with(&[]) };
    let mut index = Index::new(&[
        ("a@1", with(&["s"])),
        ("b@1", with(&["s<5"])),
        ("c@1", with(&["s<2"])),
        ("s@1", dated("2015-01-01T00:00:00Z")),
        ("s@4", dated("2025-01-01T00:00:00Z")),
        ("s@5", dated("2026-01-01T00:00:00Z")),
    ]);
    assert_eq!(index.shown(&["a@1", "b@1"]), ["a@1: s@4", "b@1: s@4", "s@4:"]);
    assert_eq!(index.shown(&["a@1", "c@1"]), ["a@1: s@5", "c@1: s@1", "s@1:", "s@5:"]);
    // What is built anyway serves, where it serves as many.
    assert_eq!(index.shown(&["a@1", "s@4"]), ["a@1: s@4", "s@4:"]);
}

#[test]
fn which_versions_count() {
    let mut index = Index::new(&[
        ("a@1", with(&["s"])),
        ("b@1", with(&["s==6"])),
        ("c@1", with(&["s>=9a1"])),
        ("s@3", with(&[])),
        ("s@5", Release { requires_python: Some(">=3.12"), ..with(&[]) }),
        ("s@6", Release { yanked: true, ..with(&[]) }),
        ("s@7", Release { wheel_only: true, ..with(&[]) }),
        ("s@8", Release { requires_python: Some("<3"), ..with(&[]) }),
        ("s@9a1", with(&[])),
    ]);
    assert_eq!(index.shown(&["a@1"])[0], "a@1: s@3");
    assert_eq!(index.shown(&["b@1"])[0], "b@1: s@6");
    assert_eq!(index.shown(&["c@1"])[0], "c@1: s@9a1");
}

#[test]
fn what_cannot_be_built_gives_way_to_an_older_version() {
    let mut index = Index::new(&[
        ("a@1", with(&["p"])),
        ("p@1", with(&[])),
        ("p@2", with(&["absent"])),
        ("p@3", Release { pyproject: "[build-system]\n".to_owned(), ..Release::default() }),
    ]);
    assert_eq!(index.shown(&["a@1"]), ["a@1: p@1", "p@1:"]);
    let told = index.shown(&["p@3"]);
    assert_eq!(
        told,
        ["HW500 it has a [build-system] table without `requires`, which PEP 518 does not allow"]
    );
    let told = index.shown(&["p@2"]);
    assert!(told[0].starts_with("HW503 its build needs absent (any version)"), "{told:?}");
}

#[test]
fn a_requirement_that_contradicts_another_gives_way() {
    let mut index = Index::new(&[
        ("a@1", with(&["x", "y<2"])),
        ("x@1", with(&[])),
        ("x@2", Release { dependencies: vec!["y>=2"], ..with(&[]) }),
        ("y@1", with(&[])),
        ("y@2", with(&[])),
    ]);
    assert_eq!(index.shown(&["a@1"])[0], "a@1: x@1 y@1");
}

#[test]
fn versions_by_interpreter_where_none_does_for_all() {
    let mut index = Index::new(&[
        ("a@1", with(&["n==1; python_version=='3.11'", "n==2; python_version>='3.12'"])),
        ("n@1", with(&[])),
        ("n@2", with(&[])),
    ]);
    let told = index.shown(&["a@1"]);
    assert!(
        told[0].starts_with("a@1: n@1 if python_version == '3.11' and python_version == '3.11' n@2 if"),
        "{told:?}"
    );
}

#[test]
fn known_circles_are_broken_by_a_copy_and_others_are_told() {
    let mut index = Index::new(&[
        ("hatchling@1", with(&["pluggy"])),
        ("pluggy@1", Release { paths: vec!["src/pluggy/__init__.py"], ..with(&["setuptools-scm"]) }),
        ("setuptools-scm@1", with(&["hatchling"])),
        ("own@1", with(&["other"])),
        ("other@1", with(&["own"])),
    ]);
    assert_eq!(
        index.shown(&["hatchling@1"]),
        [
            "hatchling@1: pluggy@1+stage0",
            "pluggy@1: setuptools-scm@1",
            "pluggy@1+stage0:",
            "setuptools-scm@1: hatchling@1"
        ]
    );
    let told = index.shown(&["own@1"]);
    assert!(
        told.contains(&"HW504 it needs itself to be built: other@1 needs own@1 needs other@1".to_owned())
    );
    let told = index.shown(&["own@1", "other@1"]);
    assert_eq!(told, ["HW504 it needs itself to be built: other@1 needs own@1 needs other@1"]);
}

#[test]
fn programs_come_from_pkgs() {
    let mut index = Index::new(&[
        ("a@1", with(&["cmake>=3", "maturin>=1,<2"])),
        ("maturin@1.5", Release { paths: vec!["maturin/__init__.py"], ..with(&["setuptools-rust"]) }),
    ]);
    let question = Question { asked: [release("a@1")].into(), ..Question::default() };
    let plan = index.plan(&question).unwrap();
    let build = plan.values().next().unwrap();
    assert_eq!(build.native_build_inputs.iter().collect::<Vec<_>>(), ["cmake", "maturin"]);
    assert_eq!(build.unmet.iter().map(PyName::as_str).collect::<Vec<_>>(), ["cmake"]);
    let maturin = plan.values().nth(1).unwrap();
    assert_eq!((maturin.copy.as_slice(), maturin.requires.len()), (&["maturin".to_owned()][..], 0));
}

#[test]
fn an_earlier_plan_is_kept_where_it_does() {
    let mut index = Index::new(&[
        ("a@1", with(&["t>=1"])),
        ("b@1", with(&["t>=3"])),
        ("t@1", with(&[])),
        ("t@2", with(&[])),
        ("t@3", with(&[])),
    ]);
    let mut question = Question { asked: [release("a@1"), release("b@1")].into(), ..Question::default() };
    let lines = |index: &mut Index, question: &Question| -> Vec<_> {
        index.plan(question).unwrap().iter().map(|(key, build)| line(key, build)).collect()
    };
    assert_eq!(lines(&mut index, &question), ["a@1: t@3", "b@1: t@3", "t@3:"]);
    question.kept = [(name("t"), [release("t@1").1, release("t@9").1].into())].into();
    assert_eq!(lines(&mut index, &question), ["a@1: t@1", "b@1: t@3", "t@1:", "t@3:"]);
}

#[test]
fn a_second_round_with_what_backends_asked_for() {
    let unknown = "[build-system]\nrequires = []\nbuild-backend = 'own'\nbackend-path = ['.']\n".to_owned();
    let mut index =
        Index::new(&[("a@1", Release { pyproject: unknown, ..Release::default() }), ("b@1", with(&[]))]);
    let mut question = Question { asked: [release("a@1")].into(), ..Question::default() };
    let plan = index.plan(&question).unwrap();
    assert!(plan.values().next().unwrap().perhaps_more);
    question.dynamic.insert(release("a@1"), vec!["b".to_owned()]);
    let plan = index.plan(&question).unwrap();
    let build = plan.values().next().unwrap();
    assert!(!build.perhaps_more && build.requires.len() == 1);
}
