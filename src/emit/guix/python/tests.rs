//! Tests of the emitter for Python: what a reviewer of Guix would look at, in made-up projects.

mod wheels;

use super::*;
use crate::contents::Digest;
use crate::emit::guix::testing::code;
use crate::emit::nix::python::marker::{ExtrasOf, Marker};
use crate::emit::nix::python::model::{Argument, Program, Require};
use crate::emit::nix::python::package::{Archive, Build, Crates, Package, Source};
use crate::graph::{Location, PyName, PyVersion, marker};
use crate::hash::nar::NarHash;
use crate::hash::{Algorithm, Integrity};
use crate::source::repository::{Commit, Repository};

const COMMIT: Commit = Digest([0xab; 20]);

fn name(text: &str) -> PyName {
    PyName::new(text).unwrap()
}

fn version(text: &str) -> PyVersion {
    PyVersion::new(text).unwrap()
}

/// `NAME@VERSION`, or `NAME@VERSION+STAGE`.
fn key(text: &str) -> Key {
    let (name, rest) = text.split_once('@').unwrap();
    match rest.split_once('+') {
        Some((version, stage)) => Key::staged(&self::name(name), &self::version(version), stage),
        None => Key::new(&self::name(name), &version(rest)),
    }
}

/// `NAME@VERSION`, `NAME@VERSION[EXTRA]`, either with ` ; MARKER`.
fn edge(text: &str) -> Edge {
    let (what, condition) = text.split_once(" ; ").unwrap_or((text, ""));
    let (key, extras) = what.split_once('[').unwrap_or((what, ""));
    let marker = marker::Marker::parse(condition).unwrap_or(marker::Marker::ALWAYS);
    Edge {
        package: self::key(key),
        marker: Marker::new(&marker, ExtrasOf::Package),
        extras: extras.trim_end_matches(']').split(',').filter(|extra| !extra.is_empty()).map(name).collect(),
    }
}

fn edges(texts: &[&str]) -> BTreeSet<Edge> {
    texts.iter().map(|text| edge(text)).collect()
}

fn archive(file: &str) -> Archive {
    let hash = Integrity::of(Algorithm::Sha256, file.as_bytes());
    Archive { file: file.to_owned(), url: format!("files/{file}"), hash }
}

fn sdist(text: &str) -> Source {
    let (name, version) = text.split_once('@').unwrap();
    let version = version.split('+').next().unwrap();
    Source::File(archive(&format!("{}-{version}.tar.gz", name.replace('-', "_"))))
}

fn package(text: &str, dependencies: &[&str], requires: &[&str]) -> (Key, Package) {
    let (name, rest) = text.split_once('@').unwrap();
    let requires = requires.iter().map(|text| {
        let Edge { package, marker, .. } = edge(text);
        Require { package, marker }
    });
    let build = Build::new(self::name(name), version(rest.split('+').next().unwrap()), requires.collect());
    let mut package = Package::new(sdist(text), build);
    package.dependencies = edges(dependencies);
    (key(text), package)
}

fn project(packages: Vec<(Key, Package)>, roots: &[&str]) -> PythonProject {
    let mut project = PythonProject {
        pname: "my-app".into(),
        version: "1.0".into(),
        packages: packages.into_iter().collect(),
        roots: edges(roots),
        ..PythonProject::default()
    };
    project.sources.registry = Some("https://index.example/".into());
    project
}

#[derive(Default)]
struct More {
    facts: BTreeMap<Key, Fact>,
    crates: BTreeMap<String, Vec<Crate>>,
    own: About,
}

fn emitted(project: &PythonProject, more: &More) -> Emitted {
    let input = Input {
        project,
        module: "my-app",
        about: &BTreeMap::new(),
        own: &more.own,
        facts: &more.facts,
        crates: &more.crates,
        project_path: "/../../..",
    };
    emit(&input).unwrap()
}

fn module(project: &PythonProject) -> String {
    emitted(project, &More::default()).files["modules/my-app/packages/python.scm"].clone()
}

/// The field of a definition.
fn field(module: &str, variable: &str, field: &str) -> String {
    let (_, definition) = module.split_once(&format!(" {variable}\n")).unwrap();
    let definition = definition.split("\n\n").next().unwrap();
    let Some((_, from)) = definition.split_once(&format!("    ({field}")) else { return String::new() };
    let lines = from.lines().take_while(|line| line.starts_with("     ") || !line.starts_with("    ("));
    lines.map(str::trim).collect::<Vec<_>>().join(" ").trim().to_owned()
}

/// The commit of every source from git here, at a tag.
fn resolved(tag: &str) -> crate::source::Source {
    crate::source::Source {
        repository: Repository("https://forge.example/x/y".to_owned()),
        commit: COMMIT,
        tag: Some(tag.to_owned()),
        subdirectory: None,
    }
}

#[test]
fn every_kind_of_source_and_build() {
    let mut packages = vec![
        package("git-tagged@1.2", &[], &["flit-core@3.12"]),
        package("git-bare@0.3", &[], &["hatch-vcs@1", "packaging@26+stage0"]),
        package("excepted@2.0", &[], &[]),
        package("compiled@2.0", &[], &[]),
        package("member@0", &[], &["setuptools-scm@9", "versioneer@1"]),
        package("packed@1", &[], &["flit-core@3.12"]),
        package("cryptography@46.0", &["cffi@2.0 ; platform_python_implementation != 'PyPy'"], &["cffi@2.0"]),
        package("cffi@2.0", &[], &[]),
        package("packaging@24", &[], &["flit-core@3.12"]),
        package("versioneer@1", &[], &["flit-core@3.12"]),
        package("hatch-vcs@1", &["setuptools-scm@9"], &["flit-core@3.12"]),
        package("setuptools-scm@9", &[], &["flit-core@3.12"]),
        package("flit-core@3.12", &[], &[]),
        package("packaging@26+stage0", &[], &[]),
    ];
    let git = |submodules| Source::Git {
        git: "https://forge.example/x/y.git".into(),
        commit: COMMIT,
        hash: NarHash([7; 32]),
        submodules,
        lfs: false,
    };
    let location = |path| Location::new(path).unwrap();
    packages[0].1.source = git(false);
    packages[0].1.build.subdirectory = location("sub dir");
    packages[0].1.build.patches = vec![location("patches/one.patch")];
    packages[0].1.build.env = [("A_VERSION".into(), "1.2".into()), ("B".into(), String::new())].into();
    packages[0].1.build.config_settings = [("--global-option".into(), "a \"b\"".into())].into();
    packages[1].1.source = git(true);
    packages[1].1.dependencies = edges(&["packaging@24"]);
    packages[2].1.source = Source::Wheels { wheels: vec![archive("excepted-2.0-py3-none-any.whl")] };
    let wheel = |tags: &str| archive(&format!("compiled-2.0-{tags}.whl"));
    packages[3].1.source = Source::Wheels {
        wheels: vec![
            wheel("cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64"),
            wheel("cp312-cp312-manylinux_2_17_x86_64"),
            wheel("cp38-abi3-manylinux_2_28_aarch64"),
            wheel("cp312-cp312-win_amd64"),
        ],
    };
    packages[4].1.source = Source::Local { local: location("libs/member") };
    packages[5].1.source = Source::Local { local: location("vendor/packed-1.zip") };
    packages[6].1.build.build_inputs = vec!["openssl".into(), "what".into()];
    packages[6].1.build.native_build_inputs = vec!["maturin".into()];
    packages[6].1.build.unmet = [name("maturin")].into();
    packages[6].1.build.crates =
        Some(Crates { pack: "crates-cryptography-46.0".into(), folder: Location::root(), lock: None });
    packages[10].1.build.copy = vec![location("src/packaging")];
    let roots = [
        "git-tagged@1.2",
        "git-bare@0.3",
        "excepted@2.0",
        "compiled@2.0",
        "member@0",
        "packed@1",
        "cryptography@46.0",
    ];
    let mut project = project(packages, &roots);
    let own = Build::new(name("my-app"), version("1.0"), [key("flit-core@3.12").into()].into());
    project.own = Own::Built(Box::new(own));
    let fact = |tag: Option<&str>, comment: &str| Fact {
        source: tag.map(resolved),
        comments: vec![comment.to_owned()].into_iter().filter(|comment| !comment.is_empty()).collect(),
        requires_dist: Vec::new(),
        ..Fact::default()
    };
    let one =
        Crate { name: "asn1".into(), version: "0.22.0".into(), url: "asn1".into(), sha256: Digest([3; 32]) };
    let more = More {
        facts: [
            (key("git-tagged@1.2"), fact(Some("y-1_2"), "")),
            (key("excepted@2.0"), fact(None, "Exception (infra, until 2030-01-01): takes a day\n(define x)")),
        ]
        .into(),
        crates: [("crates-cryptography-46.0".into(), vec![one])].into(),
        ..More::default()
    };
    let emitted = emitted(&project, &more);
    assert_eq!(emitted.warnings, ["cryptography@46.0 needs what, not known by that name in Guix"]);
    insta::assert_snapshot!("module", emitted.files["modules/my-app/packages/python.scm"]);
    insta::assert_snapshot!("project", emitted.files["modules/my-app/packages/project.scm"]);
    insta::assert_snapshot!("manifest", emitted.files["manifest.scm"]);
    assert!(emitted.files[".guix-channel"].contains("(directory \"modules\")"));
}

#[test]
fn markers_are_decided_or_become_conditions() {
    let project = project(
        vec![
            package(
                "a@1",
                &[
                    "always@1 ; sys_platform == 'linux' and os_name != 'nt'",
                    "never@1 ; sys_platform == 'win32' or python_version < '3.8'",
                    "pypy@1 ; implementation_name == 'pypy'",
                    "old@1 ; python_version < '3.12'",
                    "old@2 ; python_version >= '3.12'",
                    "machine@1 ; platform_machine == 'x86_64' or platform_machine == 'aarch64'",
                    "both@1 ; platform_machine != 'ppc64le' and python_full_version <= '3.12.3'",
                ],
                &[],
            ),
            package("always@1", &[], &[]),
            package("never@1", &[], &[]),
            package("pypy@1", &[], &[]),
            package("old@1", &[], &[]),
            package("old@2", &["gone@1 ; python_version < '3.12'"], &[]),
            package("gone@1", &[], &[]),
            package("machine@1", &[], &[]),
            package("both@1", &[], &[]),
        ],
        &["a@1"],
    );
    let text = module(&project);
    let conditions = [
        "(if (and (not (target-ppc64le?)) (version>=? \"3.12.3\" (package-version python))) (list python-both) '())",
        "(if (or (target-x86-64?) (target-aarch64?)) (list python-machine) '())",
        "(if (version>=? (package-version python) \"3.12\") (list python-old-2) '())",
        "(if (version>? \"3.12\" (package-version python)) (list python-old-1) '())",
    ];
    let all = format!("(append (list python-always) {}))", conditions.join(" "));
    assert_eq!(field(&text, "python-a", "propagated-inputs"), all);
    for absent in ["python-never", "python-pypy"] {
        assert!(!text.contains(absent), "{absent}");
    }
    assert!(text.contains("(define-public python-old-1\n") && text.contains("(define-public python-old-2\n"));
    assert!(text.contains("#:select (python))"), "the interpreter's version is asked for");
    assert!(!text.contains("python-gone"), "old@2 is there from 3.12 on, where it does not need it");
    // With a newer Python demanded, more is decided.
    let newer = PythonProject { requires_python: Some(">=3.12".parse().unwrap()), ..project };
    let text = module(&newer);
    assert!(!text.contains("python-old-1") && text.contains("python-old\n"), "{text}");
}

#[test]
fn extras_bring_what_they_ask_for() {
    let mut packages = vec![
        package("a@1", &["b@1[x]"], &[]),
        package("b@1", &["base@1", "marked@1 ; extra == 'x'", "other@1 ; extra == 'y'"], &[]),
        package("base@1", &[], &[]),
        package("marked@1", &[], &[]),
        package("other@1", &[], &[]),
        package("optional@1", &[], &[]),
        package("deep@1", &[], &[]),
    ];
    packages[1].1.optional_dependencies = [
        (name("x"), edges(&["optional@1 ; python_version >= '3.12'", "b@1[z]"])),
        (name("z"), edges(&["deep@1", "b@1[x]"])),
    ]
    .into();
    let text = module(&project(packages, &["a@1"]));
    let condition = "(if (version>=? (package-version python) \"3.12\") (list python-optional) '())";
    let all = format!("(append (list python-b python-deep python-marked) {condition}))");
    assert_eq!(field(&text, "python-a", "propagated-inputs"), all);
    assert_eq!(field(&text, "python-b", "propagated-inputs"), "(list python-base))");
    assert!(!text.contains("python-other"));
}

#[test]
fn circles_are_cut_and_whole_for_others() {
    let project = project(
        vec![
            package("a@1", &["b@1", "d@1"], &[]),
            package("b@1", &["c@1"], &[]),
            package("c@1", &["a@1"], &[]),
            package("d@1", &[], &[]),
            package("user@1", &["c@1"], &[]),
        ],
        &["user@1"],
    );
    let text = module(&project);
    let propagated = |variable| field(&text, variable, "propagated-inputs");
    assert_eq!(propagated("python-user"), "(list python-a python-b python-c))");
    assert_eq!(propagated("python-a"), "(list python-b python-d))");
    assert_eq!(propagated("python-b"), "(list python-c))");
    assert_eq!(propagated("python-c"), "");
    assert!(!field(&text, "python-a", "arguments").contains("sanity-check"));
    let arguments = field(&text, "python-c", "arguments");
    assert!(
        arguments.contains("needs python-a, python-b") && arguments.contains("(delete 'sanity-check)"),
        "{arguments}"
    );
}

/// In `GUIX_PYTHONPATH` the versions that it is built with may come first.
#[test]
fn programs_see_nothing_of_the_build() {
    let mut project = project(
        vec![
            package("a@1", &["p@1"], &["p@2", "q@1"]),
            package("p@1", &[], &[]),
            package("p@2", &[], &[]),
            package("q@1", &["p@2"], &[]),
        ],
        &["a@1"],
    );
    let text = module(&project);
    let wraps = "(replace 'wrap #$(wrap-alone this-package))";
    for (variable, is_built) in [("python-a", true), ("python-p-1", false), ("python-q", false)] {
        assert_eq!(field(&text, variable, "arguments").contains(wraps), is_built, "{text}");
    }
    assert_eq!(text.matches("(define-public (wrap-alone package)").count(), 1);
    project.packages.get_mut(&key("a@1")).unwrap().build.requires.clear();
    assert!(!module(&project).contains("wrap-alone"));
    // The project's own programs, whose build requirements run, too.
    let own = Build::new(name("my-app"), version("1.0"), [key("p@1").into()].into());
    project.own = Own::Built(Box::new(own));
    let files = emitted(&project, &More::default()).files;
    assert!(files["modules/my-app/packages/python.scm"].contains("(define-public (wrap-alone package)"));
    assert!(files["modules/my-app/packages/project.scm"].contains("#$(wrap-alone this-package)"));
}

/// Guix has uv and not the program that the module looks for.
#[test]
fn the_backend_of_uv_runs_uv() {
    let mut packages = vec![package("a@1", &[], &["uv-build@0.9"]), package("uv-build@0.9", &[], &[])];
    packages[1].1.build.copy = vec![Location::new("python/uv_build").unwrap()];
    let text = module(&project(packages, &["a@1"]));
    let arguments = field(&text, "python-uv-build", "arguments");
    assert!(
        arguments.contains("((\"^USE_UV_EXECUTABLE = False\") \"USE_UV_EXECUTABLE = True\")"),
        "{arguments}"
    );
}

/// `guix lint` warns of lines beyond 90 characters.
#[test]
fn a_long_home_page_is_split() {
    let mut project = project(vec![package("a@1", &[], &[])], &["a@1"]);
    project.own = Own::Built(Box::new(Build::new(name("my-app"), version("1.0"), [].into())));
    let page = format!("https://forge.example/{}/{}", "owner".repeat(8), "project-of-".repeat(5));
    let own = About { home_page: Some(page.clone()), ..About::default() };
    let files = emitted(&project, &More { own, ..More::default() }).files;
    let text = &files["modules/my-app/packages/project.scm"];
    assert!(text.lines().all(|line| line.len() <= 90), "{text}");
    let pieces = field(text, "project", "home-page").replace("\" \"", "");
    assert_eq!(pieces, format!("(string-append \"{page}\"))"));
}

#[test]
fn why_tests_are_off() {
    let mut project = project(vec![package("a@1", &[], &[]), package("pytest@8", &[], &[])], &["a@1"]);
    project.dev_roots = edges(&["pytest@8"]);
    project.own = Own::Built(Box::new(Build::new(name("my-app"), version("1.0"), [].into())));
    let files = emitted(&project, &More::default()).files;
    let own = &files["modules/my-app/packages/project.scm"];
    let why = ";; Tests are run where the project is developed: see manifest.scm.\n";
    assert!(own.contains(why) && own.contains("python-pytest"), "{own}");
    let text = &files["modules/my-app/packages/python.scm"];
    assert!(text.contains(";; Its own test requirements are not locked.\n"), "{text}");
}

/// The interpreters of Guix 1.5 that count are 3.11, which is its usual one, and 3.12.
#[test]
fn the_interpreter_is_one_that_the_project_takes() {
    let of = |requires_python: &str| {
        let mut project = project(
            vec![package("a@1", &["b@1 ; python_version >= '3.12'"], &[]), package("b@1", &[], &[])],
            &["a@1"],
        );
        project.requires_python = requires_python.parse().ok();
        let Emitted { files, warnings, .. } = emitted(&project, &More::default());
        let text = files["modules/my-app/packages/python.scm"].clone();
        let own = files["modules/my-app/packages/project.scm"].clone();
        (text, own, warnings)
    };
    for taken in [">=3.8", ">=3.10,<4", "~=3.11", ">=3.11.2"] {
        let (text, _, warnings) = of(taken);
        assert!(!text.contains("#:python ") && warnings.is_empty(), "{taken}: {warnings:?} {text}");
    }
    for taken in [">=3.12", ">3.11,!=3.11.*"] {
        let (text, own, warnings) = of(taken);
        assert_eq!(warnings, Vec::<String>::new(), "{taken}");
        let words: Vec<_> = text.split_whitespace().collect();
        let defined = "(define-public %python ((@@ (gnu packages python) wrap-python3) python-3.12))";
        assert!(words.join(" ").contains(defined), "{text}");
        assert!(field(&text, "python-a", "arguments").contains("#:python %python"), "{text}");
        assert!(own.contains("(inputs (list python-3.12 python-a))"), "{own}");
        assert_eq!(field(&text, "python-a", "propagated-inputs"), "(list python-b))", "{taken}");
    }
    for needed in [">=3.13", "<3.11"] {
        let (text, own, warnings) = of(needed);
        let said = format!(
            "the project needs Python {needed}, and of Guix 1.5 3.11 (its usual one) and 3.12 are known: it is \
             defined for the usual one and may not work"
        );
        assert_eq!(warnings, [said]);
        assert!(!text.contains("#:python "), "{text}");
        assert!(
            own.contains(&format!(";; Needs Python {needed}, which is not known in Guix 1.5.\n")),
            "{own}"
        );
    }
}

/// What the user chose stays, and what is chosen anyhow fits the project, not each package.
#[test]
fn what_an_interpreter_does_not_meet_is_said() {
    let packages = vec![
        package("a@1", &["b@1 ; python_version >= '3.12'"], &["c@1"]),
        package("b@1", &[], &[]),
        package("c@1", &[], &[]),
    ];
    let fact = || Fact { requires_python: Some(">=3.12".parse().unwrap()), ..Fact::default() };
    let facts = packages.iter().map(|(key, _)| (key.clone(), fact())).collect();
    let more = More { facts, ..More::default() };
    let mut project = project(packages, &["a@1"]);
    let warnings = |project: &PythonProject| emitted(project, &more).warnings;
    let of_package = |key: &str, python: &str| {
        format!("{key} needs Python >=3.12, and is built with Guix' {python}: it may not work")
    };
    assert_eq!(warnings(&project), [of_package("a@1", "3.11"), of_package("c@1", "3.11")]);
    project.requires_python = Some(">=3.12".parse().unwrap());
    assert_eq!(warnings(&project), Vec::<String>::new());
    project.python = "python311".to_owned();
    let said = "the project needs Python >=3.12, and headwater.toml chooses python311: it may not work";
    assert_eq!(warnings(&project)[0], said);
}

#[test]
fn flat_lockfiles_ask_the_metadata() {
    let project = project(
        vec![package("a@1", &[], &[]), package("b@2", &[], &[]), package("c@1", &[], &[])],
        &["a@1", "b@2", "c@1 ; python_version < '3.12'"],
    );
    let requires = ["B>=2", "c ; extra == 'x'", "c!=1", "absent", "what is this"];
    let requires_dist = requires.map(str::to_owned).to_vec();
    let facts = [(key("a@1"), Fact { requires_dist, ..Fact::default() })].into();
    let files = emitted(&project, &More { facts, ..More::default() }).files;
    let text = &files["modules/my-app/packages/python.scm"];
    assert_eq!(field(text, "python-a", "propagated-inputs"), "(list python-b))");
}

#[test]
fn another_index_is_named_once() {
    let project = project(vec![package("a-b@1.0", &[], &[]), package("c@1", &[], &[])], &["a-b@1.0", "c@1"]);
    let more = More::default();
    let files = emitted(&project, &more).files;
    let text = &files["modules/my-app/packages/python.scm"];
    assert_eq!(text.matches("index.example").count(), 1);
    assert!(text.contains("(string-append %package-index \"files/a_b-\" version \".tar.gz\")"), "{text}");
    assert!(!text.contains("pypi-uri"));
}

/// Whatever comes from outside stays a string or a comment.
#[test]
fn hostile_text_is_quoted() {
    let hostile = "\")) (system* \"x\") #| ;\n#;(\\";
    let mut packages = vec![package("a@1!2.0+local", &[], &[]), package("b@1", &[], &[])];
    packages[0].1.build.env = [(hostile.into(), hostile.into())].into();
    packages[0].1.build.config_settings = [(hostile.into(), hostile.into())].into();
    packages[0].1.build.build_inputs = vec![hostile.into()];
    packages[0].1.source =
        Source::File(Archive { url: format!("https://h.example/{hostile}"), ..archive(hostile) });
    packages[1].1.source = Source::Git {
        git: hostile.into(),
        commit: Digest([1; 20]),
        hash: NarHash([1; 32]),
        submodules: false,
        lfs: false,
    };
    let epoch = packages[0].0.clone();
    let mut project = project(packages, &["b@1"]);
    project.roots.insert(Edge::from(epoch.clone()));
    project.pname = hostile.into();
    project.version = hostile.into();
    project.own = Own::Copied(
        [(
            "x'y\"".to_owned(),
            Program::Installed {
                program: hostile.into(),
                arguments: vec![
                    Argument::Text(hostile.into()),
                    Argument::File { file: Location::new("a'b").unwrap() },
                ],
            },
        )]
        .into(),
    );
    let fact = Fact { source: Some(resolved(hostile)), comments: vec![hostile.into()], ..Fact::default() };
    let facts = [(epoch, fact.clone()), (key("b@1"), fact)].into();
    let files = emitted(&project, &More { facts, ..More::default() }).files;
    for (name, text) in &files {
        assert!(!code(text).contains("system*"), "{name}: {text}");
    }
    insta::assert_snapshot!("hostile", files["modules/my-app/packages/project.scm"]);
}
