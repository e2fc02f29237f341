//! The solver over indexes that are written out here.

use std::collections::BTreeMap;

use super::*;
use crate::policy::{WheelRules, Wheels};
use crate::problem::Problem;
use crate::python::Target;
use crate::python::filename;

/// An index of a few releases: what is asked of it is answered at once.
#[derive(Default)]
struct Index {
    releases: BTreeMap<(PyName, PyVersion), Release>,
    known: KnownReleases,
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
    /// A wheel beside the sdist.
    wheel: bool,
    setup: &'static str,
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
        Self { releases, known: KnownReleases::default() }
    }

    fn listed(&self, project: &PyName) -> Vec<Listed> {
        let its = self.releases.iter().filter(|((its, _), _)| its == project);
        its.map(|((_, version), release)| {
            let file = |suffix: &str| Distribution {
                filename: format!("{}-{version}{suffix}", project.as_str().replace('-', "_")),
                kind: filename::parse(
                    project,
                    &format!("{}-{version}{suffix}", project.as_str().replace('-', "_")),
                )
                .unwrap()
                .1,
                url: "https://example.org/".parse().unwrap(),
                integrity: None,
                size: None,
                yanked: release.yanked.then(String::new),
                requires_python: release.requires_python.map(str::to_owned),
                upload_time: release.time.map(str::to_owned),
                core_metadata: None,
                provenance: None,
            };
            let sdist = (!release.wheel_only).then(|| file(".tar.gz"));
            let has_wheel = release.wheel_only || release.wheel;
            let wheels = has_wheel.then(|| file("-py3-none-any.whl")).into_iter().collect();
            Listed { version: version.clone(), sdist, wheels }
        })
        .collect()
    }

    fn plan(&mut self, question: &Question) -> Result<BTreeMap<Key, PlannedBuild>, Vec<Unplanned>> {
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
                        let mut texts =
                            BTreeMap::from([("pyproject.toml".to_owned(), release.pyproject.clone())]);
                        texts.insert("setup.py".to_owned(), release.setup.to_owned());
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
                let told = |one: &Problem| format!("{} {}", one.code(), one.message);
                let each = |one: &Unplanned| {
                    [&one.problem].into_iter().chain(&one.because).map(told).collect::<Vec<_>>()
                };
                all.iter().flat_map(each).collect()
            }
        }
    }
}

fn line(key: &Key, build: &PlannedBuild) -> String {
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
        ("c@1", with(&["t>=1"])),
        ("t@1", with(&[])),
        ("t@2", with(&[])),
        ("t@3", with(&[])),
    ]);
    let asked = ["a@1", "b@1", "c@1"].map(release).into();
    let mut question = Question { asked, ..Question::default() };
    let lines = |index: &mut Index, question: &Question| -> Vec<_> {
        index.plan(question).unwrap().iter().map(|(key, build)| line(key, build)).collect()
    };
    assert_eq!(lines(&mut index, &question), ["a@1: t@3", "b@1: t@3", "c@1: t@3", "t@3:"]);
    let kept =
        |of: &str| (release(of), [(name("t"), ["t@1", "t@9"].map(|one| release(one).1).into())].into());
    question.kept = [kept("a@1"), kept("b@1")].into();
    // What `b` had does no longer; `c` is new.
    assert_eq!(lines(&mut index, &question), ["a@1: t@1", "b@1: t@3", "c@1: t@3", "t@1:", "t@3:"]);
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

/// A release that setuptools builds by this setup.py.
fn by(setup: &'static str) -> Release {
    Release { pyproject: String::new(), setup, ..Release::default() }
}

fn setuptools() -> Vec<(&'static str, Release)> {
    ["setuptools@57", "setuptools@66.1", "setuptools@81", "setuptools@84"]
        .map(|key| (key, with(&[])))
        .to_vec()
}

#[test]
fn known_breaks_bound_what_the_source_leaves_open() {
    for (setup, user, version, bounds) in [
        ("import setuptools\nsetup()", None, "84", vec![]),
        ("import pkg_resources\nsetup()", None, "81", vec!["setuptools<82"]),
        ("from setuptools import setup\nsetup(use_2to3=True)", None, "57", vec!["setuptools<58"]),
        // What the user says of the name is in its place; what cannot be kept gives way.
        ("import pkg_resources\nsetup()", Some("setuptools>=60"), "84", vec![]),
        ("import pkg_resources\nsetup()", Some("wheel"), "81", vec!["setuptools<82"]),
    ] {
        let mut index = Index::new(&[("a@1", by(setup)), ("wheel@1", with(&[]))]);
        index.releases.extend(setuptools().iter().map(|(key, one)| (release(key), one.clone())));
        let mut question = Question { asked: [release("a@1")].into(), ..Question::default() };
        question.extra.extend(user.map(|text| (name("a"), vec![text.to_owned()])));
        let plan = index.plan(&question).unwrap();
        let build = &plan[&Key::parse("a@1").unwrap()];
        let found = build.requires.keys().find(|key| key.name.as_str() == "setuptools").unwrap();
        assert_eq!(found.version.to_string(), version, "{setup} {user:?}");
        assert_eq!(build.bounds.iter().map(|one| one.requirement.as_str()).collect::<Vec<_>>(), bounds);
        assert!(build.bounds.iter().all(|one| !one.reason.is_empty()));
    }
}

#[test]
fn a_bound_that_the_source_contradicts_gives_way() {
    let pyproject = "[build-system]\nrequires = ['setuptools>=82']\n".to_owned();
    let mut index = Index::new(&[("a@1", Release { pyproject, ..by("import pkg_resources\nsetup()") })]);
    index.releases.extend(setuptools().iter().map(|(key, one)| (release(key), one.clone())));
    assert_eq!(index.shown(&["a@1"])[0], "a@1: setuptools@84");
    let plan = index.plan(&Question { asked: [release("a@1")].into(), ..Question::default() }).unwrap();
    assert_eq!(plan[&Key::parse("a@1").unwrap()].bounds, [], "what was not kept is not said");
}

#[test]
fn what_the_lockfile_says_of_builds() {
    let mut index = Index::new(&[("a@1", with(&["t", "u"])), ("b@1", with(&["t"]))]);
    for key in ["t@1", "t@2", "t@3", "u@1", "x@1"] {
        index.releases.insert(release(key), with(&[]));
    }
    let asked = [release("a@1"), release("b@1")].into();
    let lines = |index: &mut Index, question: &Question| {
        let plan = index.plan(question).unwrap();
        ["a@1", "b@1"].map(|key| line(&Key::parse(key).unwrap(), &plan[&Key::parse(key).unwrap()]))
    };
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    // A name that is in no environment is not added.
    let question = Question { asked, constraints: texts(&["t<3", "x<2"]), ..Question::default() };
    assert_eq!(lines(&mut index, &question), ["a@1: t@2 u@1", "b@1: t@2"]);
    let question = Question { constraints_of: [(name("b"), texts(&["t<2"]))].into(), ..question };
    assert_eq!(lines(&mut index, &question), ["a@1: t@2 u@1", "b@1: t@1"]);
    let locked = [(name("t"), [release("t@1").1].into())].into();
    let unisolated = [name("a")].into();
    let variables = [(name("b"), [("X".to_owned(), "1".to_owned())].into())].into();
    let question = Question { locked, unisolated, variables, constraints_of: BTreeMap::new(), ..question };
    assert_eq!(lines(&mut index, &question), ["a@1: t@1 u@1", "b@1: t@2"]);
    let plan = index.plan(&question).unwrap();
    assert_eq!(plan[&Key::parse("b@1").unwrap()].env["X"], "1");
    // The user comes first, of that package.
    let extra = [(name("b"), texts(&["t<3"]))].into();
    let constraints = texts(&["t>=3"]);
    let question =
        Question { extra, constraints, unisolated: BTreeSet::new(), locked: BTreeMap::new(), ..question };
    assert_eq!(lines(&mut index, &question), ["a@1: t@3 u@1", "b@1: t@2"]);
    let question = Question { extra: BTreeMap::new(), constraints: texts(&["t>3"]), ..question };
    let told = index.plan(&question).unwrap_err();
    assert_eq!(
        told.iter().map(|one| one.release.clone()).collect::<Vec<_>>(),
        [release("a@1"), release("b@1")]
    );
}

#[test]
fn build_tools_as_of_the_day_of_the_source() {
    let dated = |time| Release { time: Some(time), ..with(&[]) };
    let mut index = Index::new(&[
        ("a@1", with(&["s"])),
        ("s@1", dated("2015-01-01T00:00:00Z")),
        ("s@2", dated("2022-01-01T00:00:00Z")),
        ("s@3", dated("2024-01-01T00:00:00Z")),
        ("s@4", dated("2026-01-01T00:00:00Z")),
    ]);
    for (made, pythons, version) in [
        (None, vec![11], "4"),
        (Some("2025-01-01T00:00:00Z"), vec![11], "3"),
        // Nothing that is older than the interpreter: 3.11 came out in October 2022, 3.13 in October 2024.
        (Some("2016-01-01T00:00:00Z"), vec![11], "2"),
        (Some("2016-01-01T00:00:00Z"), vec![13], "3"),
    ] {
        let made = made.map(|made: &str| (release("a@1"), made.parse().unwrap()));
        let question = Question {
            asked: [release("a@1")].into(),
            target: Target::new(&pythons),
            made: made.clone().into_iter().collect(),
            ..Question::default()
        };
        let plan = index.plan(&question).unwrap();
        let build = &plan[&Key::parse("a@1").unwrap()];
        assert_eq!(
            build.requires.keys().next().unwrap().version.to_string(),
            version,
            "{made:?} {pythons:?}"
        );
    }
}

#[test]
fn interpreters_that_need_different_versions_get_them() {
    let mut index = Index::new(&[("pyyaml@6.0", by("setup()"))]);
    let pyproject = "[build-system]\nrequires = ['cython']\n".to_owned();
    index.releases.insert(release("pyyaml@6.0"), Release { pyproject, ..by("setup()") });
    for key in ["cython@0.29.37", "cython@3.0.11", "cython@3.1"] {
        index.releases.insert(release(key), with(&[]));
    }
    let mut shown = |pythons: &[u8]| {
        let asked = [release("pyyaml@6.0")].into();
        let question = Question { asked, target: Target::new(pythons), ..Question::default() };
        let plan = index.plan(&question).unwrap();
        line(&Key::parse("pyyaml@6.0").unwrap(), &plan[&Key::parse("pyyaml@6.0").unwrap()])
    };
    assert_eq!(shown(&[11, 12]), "pyyaml@6.0: cython@0.29.37");
    assert_eq!(shown(&[13, 14]), "pyyaml@6.0: cython@3.1");
    let both = shown(&[12, 13]);
    assert!(both.contains("cython@0.29.37 if python_version == '3.12'"), "{both}");
    assert!(both.contains("cython@3.1 if python_version == '3.13'"), "{both}");
}

#[test]
fn a_wheel_only_where_nothing_can_be_built() {
    let broken = || Release { pyproject: "[build-system]\n".to_owned(), wheel: true, ..Release::default() };
    let mut index = Index::new(&[
        ("a@1", with(&["w", "p", "q"])),
        ("w@1", Release { wheel_only: true, ..with(&[]) }),
        ("p@1", with(&[])),
        ("p@2", Release { wheel_only: true, ..with(&[]) }),
        ("q@1", Release { dependencies: vec!["p"], ..broken() }),
    ]);
    let mut question = Question { asked: [release("a@1")].into(), ..Question::default() };
    assert!(index.plan(&question).is_err());
    question.wheels.others = Wheels::Fallback;
    let plan = index.plan(&question).unwrap();
    assert_eq!(line(&Key::parse("a@1").unwrap(), &plan[&Key::parse("a@1").unwrap()]), "a@1: p@1 q@1 w@1");
    let because = |key: &str| plan[&Key::parse(key).unwrap()].because.as_deref();
    assert_eq!(because("w@1"), Some("it has no source archive"));
    assert!(because("q@1").unwrap().contains("without `requires`"), "{:?}", because("q@1"));
    assert_eq!((because("p@1"), plan[&Key::parse("w@1").unwrap()].wheels.len()), (None, 1));
}

#[test]
fn wheels_of_single_releases() {
    let both = || Release { wheel: true, ..with(&[]) };
    let broken = || Release { pyproject: "[build-system]\n".to_owned(), ..both() };
    let releases = [
        ("a@1", with(&["p", "q", "r"])),
        ("p@1", both()),
        ("q@1", both()),
        ("r@1", both()),
        ("r@2", broken()),
    ];
    let rule = |key: &str, wheels| (release(key).0, Some(release(key).1), wheels);
    for (rules, others, expected) in [
        (vec![], Wheels::Fallback, ["", "", ""]),
        (vec![], Wheels::Prefer, ["p@1", "q@1", "r@2"]),
        (vec![rule("p@2", Wheels::Prefer), rule("q@1", Wheels::Prefer)], Wheels::Never, ["", "q@1", ""]),
        (vec![(name("p"), None, Wheels::Never)], Wheels::Prefer, ["", "q@1", "r@2"]),
    ] {
        let asked = [release("a@1")].into();
        let wheels = WheelRules { rules, others };
        let shown = format!("{wheels:?}");
        let plan = Index::new(&releases).plan(&Question { asked, wheels, ..Question::default() }).unwrap();
        let taken: Vec<_> = plan.iter().filter(|(_, build)| build.because.is_some()).collect();
        let taken: Vec<_> = taken.iter().map(|(key, _)| key.to_string()).collect();
        assert_eq!(taken, expected.into_iter().filter(|key| !key.is_empty()).collect::<Vec<_>>(), "{shown}");
    }
}

#[test]
fn each_problem_is_of_the_package_that_has_it() {
    let mut index = Index::new(&[
        ("a@1", with(&["absent"])),
        ("b@1", with(&["c"])),
        ("c@1", Release { pyproject: "[build-system]\n".to_owned(), ..Release::default() }),
        ("d@1", with(&[])),
        ("own@1", with(&["other"])),
        ("other@1", with(&["own"])),
    ]);
    let all = ["a@1", "b@1", "d@1"].map(release);
    let mut question = Question { asked: all.into(), ..Question::default() };
    let told = index.plan(&question).unwrap_err();
    let shown: Vec<_> = told
        .iter()
        .map(|one| {
            (one.release.0.as_str(), one.problem.code(), one.because.iter().map(|one| one.code()).collect())
        })
        .collect::<Vec<(_, _, Vec<_>)>>();
    assert_eq!(shown, [("a", "HW503", vec![]), ("b", "HW503", vec!["HW500"])]);
    // Without them the others can be planned; what is known not to be buildable is said at once.
    question.asked = [release("d@1")].into();
    assert_eq!(index.plan(&question).unwrap().len(), 1);
    question.barred = [(release("d@1"), told[0].problem.clone())].into();
    assert_eq!(index.plan(&question).unwrap_err()[0].release, release("d@1"));
    // A circle of asked packages is another's than the project's own.
    let asked = [release("other@1"), release("own@1")].into();
    let question = Question { asked, own: Some(name("other")), ..Question::default() };
    let told = index.plan(&question).unwrap_err();
    assert_eq!((told.len(), &told[0].release, told[0].circle.len()), (1, &release("own@1"), 2));
}

#[test]
fn poetry_core_stands_for_the_whole_of_poetry() {
    let pyproject =
        "[build-system]\nrequires = ['poetry>=0.12']\nbuild-backend = 'poetry.masonry.api'\n".to_owned();
    let mut index =
        Index::new(&[("a@1", Release { pyproject, ..Release::default() }), ("poetry-core@2", with(&[]))]);
    let plan = index.plan(&Question { asked: [release("a@1")].into(), ..Question::default() }).unwrap();
    let build = &plan[&Key::parse("a@1").unwrap()];
    assert_eq!(line(&Key::parse("a@1").unwrap(), build), "a@1: poetry-core@2");
    assert_eq!(build.backend.as_deref(), Some("poetry.core.masonry.api"));
    assert_eq!(build.unmet.iter().map(PyName::as_str).collect::<Vec<_>>(), ["poetry"]);
}
