//! Tests of the emitter for Python: what a reviewer of Guix would look at, in made-up projects.

mod builds;
mod needs;
mod wheels;

use super::*;
use crate::emit::guix::testing::code;
use crate::emit::model::python::Require;
use crate::emit::model::python::marker::{ExtrasOf, Marker};
use crate::emit::model::python::package::{Archive, Crates, GitCrates, Package, Source, WheelBuild};
use crate::graph::Location;
use crate::hash::Digest;
use crate::python::marker;
use crate::python::{PyName, PyVersion};

use crate::hash::nar::NarHash;
use crate::hash::{Algorithm, Integrity};
use crate::policy::{Argument, Command, Start};
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
    let build =
        WheelBuild::new(self::name(name), version(rest.split('+').next().unwrap()), requires.collect());
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
        package("git-tagged@1.2", &[], &["flit-core@3.12", "setuptools@80"]),
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
        package("setuptools@80", &[], &[]),
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
    packages[6].1.build.crates = Some(Crates {
        pack: "crates-cryptography-46.0".into(),
        folder: Location::root(),
        lock: None,
        git: vec![],
    });
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
    let own = WheelBuild::new(name("my-app"), version("1.0"), [key("flit-core@3.12").into()].into());
    project.own = OwnCode::Built(Box::new(own));
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
            (key("git-tagged@1.2"), Fact { is_repacked: true, ..fact(Some("y-1_2"), "") }),
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
fn crates_from_git_are_refused() {
    let crates = || Crates {
        pack: "crates-oxide-1.0".into(),
        folder: Location::root(),
        lock: None,
        git: vec![GitCrates {
            url: "https://forge.example/x/metal".into(),
            commit: COMMIT,
            hash: NarHash([7; 32]),
            submodules: false,
            source: "git+https://forge.example/x/metal?tag=v1".into(),
        }],
    };
    let mut packages = vec![package("oxide@1.0", &[], &[]), package("pure@1.0", &[], &[])];
    packages[0].1.build.crates = Some(crates());
    let mut project = project(packages, &["oxide@1.0", "pure@1.0"]);
    let mut own = WheelBuild::new(name("my-app"), version("1.0"), [].into());
    own.crates = Some(crates());
    project.own = OwnCode::Built(Box::new(own));
    let emitted = emitted(&project, &More::default());
    let why = ["oxide@1.0", "the project"].map(|title| {
        format!(
            "{title} needs crates from git, which are not handled for Guix yet: https://forge.example/x/metal"
        )
    });
    assert_eq!(emitted.warnings, why);
    assert!(!emitted.builds);
    for (file, why) in [("python", &why[0]), ("project", &why[1])] {
        let text = &emitted.files[&format!("modules/my-app/packages/{file}.scm")];
        assert_eq!(text.matches("(error").count(), 1, "{text}");
        assert!(text.split_whitespace().collect::<Vec<_>>().join(" ").contains(&why[..30]), "{text}");
    }
}

/// `guix lint` warns of lines beyond 90 characters.
#[test]
fn a_long_home_page_is_split() {
    let mut project = project(vec![package("a@1", &[], &[])], &["a@1"]);
    project.own = OwnCode::Built(Box::new(WheelBuild::new(name("my-app"), version("1.0"), [].into())));
    let page = format!("https://forge.example/{}/{}", "owner".repeat(8), "project-of-".repeat(5));
    let own = About { home_page: Some(page.clone()), ..About::default() };
    let files = emitted(&project, &More { own, ..More::default() }).files;
    let text = &files["modules/my-app/packages/project.scm"];
    assert!(text.lines().all(|line| line.len() <= 90), "{text}");
    let pieces = field(text, "project", "home-page").replace("\" \"", "");
    assert_eq!(pieces, format!("(string-append \"{page}\"))"));
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
    project.own = OwnCode::Copied(
        [(
            "x'y\"".to_owned(),
            Command {
                start: Start::Program(hostile.into()),
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
