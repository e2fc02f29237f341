//! One project with a bit of everything, and text that wants to be code wherever text can stand.

use std::collections::BTreeMap;

use headwater::emit::model::Lockfile;
use headwater::emit::model::python::crates::Crate;
use headwater::emit::model::python::marker::{ExtrasOf, Marker};
use headwater::emit::model::python::package::{Archive, Crates, GitCrates, Package, Source};
use headwater::emit::model::python::{Edge, Editable, Key, OwnCode, PythonProject};
use headwater::emit::packs::Pack;
use headwater::emit::packs::crates;
use headwater::hash::Digest;
use headwater::hash::nar::NarHash;
use headwater::hash::{Algorithm, Integrity};
use headwater::policy::{Argument, Command, Start};
use headwater::python::marker;
use sha2::{Digest as _, Sha256};

use super::{at, build, empty, key, name, sdist, version};
use crate::support::project::Project;

/// Closes a string, opens code, and would end the evaluation.
pub const NASTY: &str = "a \"quote\", ''${builtins.abort \"x\"}'' $${y} \\${z} and\na\tline \\";

const LOCK: &str = "version = 1\n";

/// The project's folder, with the files that the data names.
pub fn folder() -> Project {
    Project::new(&[
        ("uv.lock", LOCK),
        ("libs/o'dd ${x}/pyproject.toml", ""),
        ("patches/${y}.patch", ""),
        ("app.py", ""),
    ])
}

fn when(text: &str, of: ExtrasOf) -> Marker {
    Marker::new(&marker::Marker::parse(text).expect(text), of)
}

fn edge(to: &str, marker: &str, extras: &[&str]) -> Edge {
    let marker = if marker.is_empty() { Marker::True } else { when(marker, ExtrasOf::Package) };
    Edge { package: key(to), marker, extras: extras.iter().map(|extra| name(extra)).collect() }
}

fn root(to: &str, marker: &str) -> Edge {
    Edge { marker: when(marker, ExtrasOf::Project), ..key(to).into() }
}

fn pack(list: String) -> Pack {
    Pack { hash: NarHash([7; 32]), commits: false, list }
}

fn text(text: &str) -> String {
    text.to_owned()
}

pub fn project() -> PythonProject {
    let list = [Crate {
        name: "serde".into(),
        version: "1.0.200".into(),
        url: "serde/1.0.200/download".into(),
        sha256: Digest([0xab; 32]),
    }];
    let list = crates::list("https://crates.example/", &list).expect("plain text");
    let program = Command {
        start: Start::Program("flask".into()),
        arguments: vec![text("--app").into(), Argument::File { file: at("app.py") }, text(NASTY).into()],
    };
    let mut project = PythonProject {
        pname: "@acme/app ${x}".into(),
        version: "1!1.0+local.1".into(),
        description: NASTY.into(),
        lockfile: Some(Lockfile { path: at("uv.lock"), sha256: Digest(Sha256::digest(LOCK).into()) }),
        requires_python: Some(">=3.9,<5".parse().expect("a specifier")),
        main_program: Some(NASTY.into()),
        roots: [
            edge("web@2.0", "", &["async", "speed-ups"]),
            root("late@1.0", "'gpu' in extras and 'docs' not in dependency_groups"),
            root(
                "zope.interface@5.4.0+local.1",
                "python_full_version >= '3.9' and (sys_platform == 'linux' or os_name == 'nt')",
            ),
            root("gone@1.0", "sys_platform == 'win32'"),
        ]
        .into(),
        dev_roots: [key("bits@1.0").into(), root("wheels-only@3.0", "'dev' in dependency_groups")].into(),
        extras: [text("gpu"), text(NASTY)].into(),
        default_groups: [text("main")].into(),
        dev_groups: [text("dev")].into(),
        collisions: [text("lib/python3.*/site-packages/tests/*"), text("bin/${x}")].into(),
        own: OwnCode::Copied(
            [
                (text(NASTY), program),
                (text("module"), Start::Module("pkg".into()).into()),
                (text("with"), Start::File(at("app.py")).into()),
            ]
            .into(),
        ),
        editable: [(name("app"), editable())].into(),
        missing: [(key("gone@1.0"), NASTY.into())].into(),
        packages: packages(),
        ..empty()
    };
    project.sources.registry = Some("https://index.example/${x}/".into());
    project.sources.packs = [(text("crates-oxide-1.0"), pack(list))].into();
    project.sources.lock_files = [(text("Cargo-oxide.lock"), text("version = 4\n"))].into();
    project
}

fn editable() -> Editable {
    Editable {
        version: version("1.0"),
        folders: vec![at("src"), at("")],
        requires: vec![text("web>=2; extra == \"x\"")],
        entry_points: [(text("console_scripts"), [(text("app"), text("app:main"))].into())].into(),
    }
}

fn packages() -> BTreeMap<Key, Package> {
    let mut zope = sdist("zope.interface@5.4.0+local.1", &["setuptools@84.2.1"]);
    zope.build.native = true;
    zope.build.build_inputs = vec![text("sqlite")];
    zope.build.native_build_inputs = vec![text("pkg-config")];
    zope.build.env = [(text("CFLAGS"), text("-O2 ${x}")), (text("in"), NASTY.into())].into();
    zope.build.config_settings = [(text("--global-option"), NASTY.into())].into();
    zope.build.patches = vec![at("patches/${y}.patch")];
    zope.build.unmet = [name("ninja")].into();
    zope.requires_python = Some(">=3.7, !=3.9.0".parse().expect("a specifier"));

    let git = Source::Git {
        git: "https://git.example/o/web?${x}".into(),
        commit: Digest([3; 20]),
        hash: NarHash([5; 32]),
        submodules: true,
        lfs: false,
    };
    let mut web = Package::new(git, build("web@2.0", &["setuptools@84.2.1"]));
    web.build.subdirectory = at("packages/we b");
    web.dependencies = [
        edge("late@1.0", "extra == 'speed-ups'", &[]),
        edge("zope.interface@5.4.0+local.1", "'x86' in platform_machine or python_version < '3.8'", &[]),
    ]
    .into();
    web.optional_dependencies = [
        (name("async"), [edge("here@0.1", "implementation_name == 'cpython'", &[])].into()),
        (name("speed-ups"), [key("oxide@1.0").into()].into()),
    ]
    .into();

    let mut oxide = sdist("oxide@1.0", &["setuptools@84.2.1"]);
    oxide.build.crates = Some(Crates {
        pack: "crates-oxide-1.0".into(),
        folder: at("src/_oxide"),
        lock: Some("Cargo-oxide.lock".into()),
        git: vec![GitCrates {
            url: "https://git.example/o/metal".into(),
            commit: Digest([0xa5; 20]),
            hash: NarHash([0x5a; 32]),
            submodules: true,
            source: "git+https://git.example/o/metal.git?branch=a%2Fb${c}".into(),
        }],
    });
    let mut copied = sdist("bits@1.0", &[]);
    copied.build.copy = vec![at("src/bits")];
    // One version in two ways; only a build has the other.
    let staged = Key::staged(&name("late"), &version("1.0"), "stage0");
    let mut late = sdist("late@1.0", &["setuptools@84.2.1"]);
    late.build.requires.insert(staged.clone().into());
    let wheel = |tag: &str| Archive {
        file: format!("wheels_only-3.0-{tag}.whl"),
        url: format!("https://files.example/{tag}.whl"),
        hash: Integrity::of(Algorithm::Sha512, tag.as_bytes()),
    };
    let wheels = Source::Wheels { wheels: vec![wheel("cp39-cp39-win_amd64"), wheel("py3-none-any")] };
    [
        (key("bits@1.0"), copied),
        (
            key("here@0.1"),
            Package::new(Source::Local { local: at("libs/o'dd ${x}") }, build("here@0.1", &[])),
        ),
        (key("late@1.0"), late),
        (staged, sdist("late@1.0", &[])),
        (key("oxide@1.0"), oxide),
        (key("setuptools@84.2.1"), sdist("setuptools@84.2.1", &[])),
        (key("web@2.0"), web),
        (key("wheels-only@3.0"), Package::new(wheels, build("wheels-only@3.0", &[]))),
        (key("zope.interface@5.4.0+local.1"), zope),
    ]
    .into()
}
