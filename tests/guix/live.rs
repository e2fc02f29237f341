//! Projects of the live registries, converted, built and run with Guix.

use std::path::{Path, PathBuf};

use crate::converted::{Converted, modules_of};
use crate::support::guix::Guix;
use crate::support::index::sdist;
use crate::support::live::{self, converted};
use crate::support::lockers;
use crate::support::project::Project;
use crate::support::python::{Scene, locked};

#[test]
#[ignore = "needs a root with Guix, and the live index"]
fn a_flask_application() {
    let (guix, project) = (Guix::here(), live::flask());
    converted(&project, &["--to", "guix"]);
    let converted = Converted::new(&guix, &project);
    let names = modules_of(&project);
    assert!(names.len() >= 7, "{names:?}");
    converted.is_reviewed(&names.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(converted.derivations(&names).len(), names.len());
    assert!(converted.source("python-markupsafe").is_file());

    let built = converted.build();
    let programs = guix.outside(&built).join("bin").read_dir().expect("programs").flatten();
    let names = programs.map(|program| program.file_name().display().to_string());
    // What is wrapped lies beside its wrapper.
    let names: Vec<_> = names.filter(|name| !name.starts_with('.')).collect();
    assert_eq!(names.len(), 1, "{names:?}");
    let program = format!("{built}/bin/{}", names[0]);
    live::greets(|port| {
        let mut server = guix.program(&program);
        server.args(["--port", port]);
        server
    });
    let script = "import flask, markupsafe._speedups; print(flask.Flask.__name__)";
    assert_eq!(converted.shell(&["python3", "-c", script]).expect(0).stdout, "Flask\n");
}

#[test]
#[ignore = "needs a root with Guix, and the live registry"]
fn an_express_server_and_its_tools() {
    let guix = Guix::here();
    let server = "const chalk = require('chalk');
const app = require('express')();
app.get('/', (_, response) => response.json({ greeting: 'hello' }));
const server = app.listen(0, '127.0.0.1', () => {
  require('http').get({ port: server.address().port, host: '127.0.0.1' }, response => {
    response.on('data', data => console.log(new chalk.Instance({ level: 1 }).red(data))).on('end', () => server.close());
  });
});
";
    let manifest = r#"{"name":"server","version":"1.0.0","scripts":{"start":"node server.js"},
"dependencies":{"chalk":"^4.1.2","express":"^4.19.0"},"devDependencies":{"esbuild":"^0.25.0"}}"#;
    let project = Project::new(&[("server.js", server)]);
    lockers::npm(&project, manifest);
    converted(&project, &["--to", "guix"]);
    let converted = Converted::new(&guix, &project);
    let names = modules_of(&project);
    converted.is_reviewed(&["node-express", "node-debug", "node-esbuild", "node-chalk", "node-ms"]);
    assert_eq!(converted.derivations(&names).len(), names.len());
    assert!(converted.source("node-express").is_file());

    let built = converted.build();
    let run = guix.run("/", &[&format!("{built}/bin/server")]).expect(0);
    assert_eq!(run.stdout.trim(), "\u{1b}[31m{\"greeting\":\"hello\"}\u{1b}[39m");
    let version = converted.shell(&["esbuild", "--version"]).expect(0).stdout;
    assert!(version.starts_with("0.25."), "{version}");
}

/// A lock of at least 300 packages: what it needs is in the registry, and every definition evaluates, each dependency
/// among them.
#[test]
#[ignore = "needs a root with Guix, and the live registry"]
fn a_lock_of_three_hundred_packages_evaluates_whole() {
    let guix = Guix::here();
    let manifest = r#"{"name":"large","version":"1.0.0","dependencies":{"express":"^4.19.0"},
"devDependencies":{"eslint":"^8.57.0","jest":"^29.7.0","webpack":"^5.90.0"}}"#;
    let project = Project::new(&[("index.js", "console.log('large');\n")]);
    lockers::npm(&project, manifest);
    let summary = converted(&project, &["--to", "guix"]);
    assert!(summary["packages"].as_u64() >= Some(300), "{summary:#}");
    let converted = Converted::new(&guix, &project);
    let names = modules_of(&project);
    assert!(names.len() >= 300, "{}", names.len());
    assert_eq!(converted.derivations(&names).len(), names.len());
    assert_eq!(converted.derivation().len(), 1);
}

/// Packages of local git repositories with the real tools that ask git for a version, or for a list of files.
#[test]
#[ignore = "needs a root with Guix, and the live index"]
fn what_only_git_knows() {
    let (guix, scene) = (Guix::here(), Scene::empty());
    scene.registry.lead_on_to(&lockers::index());
    let (printed, _) = scene.two_from_git_tags();
    let backend = "build-backend = 'setuptools.build_meta'\n[project]\ndynamic = ['version']\n";
    let data = format!(
        "[build-system]\nrequires = ['setuptools>=77', 'setuptools-scm']\n{backend}name = 'data-lib'\n[tool.setuptools_scm]\n"
    );
    let frozen = format!(
        "[build-system]\nrequires = ['setuptools>=77', 'versioneer']\n{backend}name = 'frozen-lib'\n\
         [tool.versioneer]\nVCS = 'git'\nversionfile_source = 'frozen_lib/_version.py'\n\
         versionfile_build = 'frozen_lib/_version.py'\ntag_prefix = 'v'\n"
    );
    let setup = "import setuptools, versioneer\n\
        setuptools.setup(version=versioneer.get_version(), cmdclass=versioneer.get_cmdclass())\n";
    let asks = "def get_versions():\n    return {'version': '0+unknown'}\n";
    let libraries = [
        (
            "data-lib",
            vec![
                ("pyproject.toml", data.as_str()),
                ("data_lib/__init__.py", "FILE = 'data.txt'\n"),
                ("data_lib/data.txt", "kept"),
            ],
        ),
        (
            "frozen-lib",
            vec![
                ("pyproject.toml", frozen.as_str()),
                ("setup.py", setup),
                ("frozen_lib/__init__.py", "from ._version import get_versions\n"),
                ("frozen_lib/_version.py", asks),
            ],
        ),
    ];
    let mut names = vec!["scm-lib", "vcs-lib"];
    for (name, files) in &libraries {
        let files: Vec<_> =
            files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        let (dist, _) = scene.release((name, "2.5"), &files);
        scene.project.write("requirements.txt", &(scene.project.read("requirements.txt") + &locked(&dist)));
        names.push(name);
    }
    let more = "import importlib.resources, data_lib, frozen_lib\n\
        print(importlib.resources.files(data_lib).joinpath('data.txt').read_text(), version('data-lib'),\n\
        \x20   version('frozen-lib'), frozen_lib.get_versions()['version'])\n";
    scene.project.write("app.py", &(scene.project.read("app.py") + more));
    converted(&scene.project, &["--to", "guix"]);
    for name in names {
        let address = format!("https://github.com/example/{name}");
        guix.serve(&address, &scene.forge.repository(&format!("example/{name}")));
    }
    let converted = Converted::new(&guix, &scene.project);
    for name in ["data-lib", "frozen-lib"] {
        let pin = scene.pin(&format!("{name}@2.5"));
        assert_eq!(pin["route"], "build", "{pin:#}");
    }
    converted.is_reviewed(&["python-data-lib", "python-frozen-lib"]);
    let built = converted.build();
    let run = guix.run("/", &[&format!("{built}/bin/app")]).expect(0);
    assert_eq!(run.stdout, format!("{printed}\nkept 2.5 2.5 2.5\n"));
}

/// A library in Rust with a crate, which demands the lockfile that Guix's builds remove.
#[test]
#[ignore = "needs a root with Guix, and the live index"]
fn a_library_in_rust() {
    let (guix, scene) = (Guix::here(), Scene::empty());
    scene.registry.lead_on_to(&lockers::index());
    let manifest = "[build-system]\nrequires = ['setuptools>=77', 'setuptools-rust']\n\
        build-backend = 'setuptools.build_meta'\n[project]\nname = 'digits'\nversion = '1.0'\n\
        [[tool.setuptools-rust.ext-modules]]\ntarget = 'digits.native'\nbinding = 'NoBinding'\nargs = ['--locked']\n\
        [tool.setuptools]\npackages = ['digits']\n";
    let module = "import ctypes, pathlib\n\
        native = ctypes.CDLL(str(next(pathlib.Path(__file__).parent.glob('native*.so'))))\n";
    let itoa = locked_crate("itoa");
    let version = itoa.lines().find(|line| line.starts_with("version")).expect("a version");
    let cargo = format!(
        "[package]\nname = \"digits\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[lib]\ncrate-type = [\"cdylib\"]\n\
         [dependencies.itoa]\n{version}\n"
    );
    let lock = format!(
        "version = 4\n\n[[package]]\nname = \"digits\"\nversion = \"1.0.0\"\ndependencies = [\n \"itoa\",\n]\n\n\
         [[package]]\n{itoa}\n"
    );
    let code = "#[no_mangle]\npub extern \"C\" fn digits(of: u64) -> usize {\n    \
        itoa::Buffer::new().format(of).len()\n}\n";
    let files = [
        ("pyproject.toml", manifest),
        ("digits/__init__.py", module),
        ("Cargo.toml", cargo.as_str()),
        ("Cargo.lock", lock.as_str()),
        ("src/lib.rs", code),
    ];
    let dist = sdist("digits", "1.0", "", &files);
    scene.registry.publish_python("digits", std::slice::from_ref(&dist));
    scene.project.write("requirements.txt", &locked(&dist));
    converted(&scene.project, &["--to", "guix"]);
    let converted = Converted::new(&guix, &scene.project);
    assert!(converted.module("python").contains("(crate-source \"itoa\""));
    // The root's daemon reaches no registry of crates.
    let version = version.split('"').nth(1).expect("a version");
    guix.keep(&format!("rust-itoa-{version}.tar.gz"), &of_cargo(&format!("itoa-{version}.crate")));
    let script = "import digits; print(digits.native.digits(12345))";
    assert_eq!(converted.shell(&["python3", "-c", script]).expect(0).stdout, "5\n");
}

/// A file that cargo fetched for this project's own build.
fn of_cargo(file: &str) -> Vec<u8> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.unwrap_or_else(|| Path::new(&std::env::var_os("HOME").expect("a home")).join(".cargo"));
    let caches = home.join("registry/cache").read_dir().expect("cargo's cache").flatten();
    let files = caches.map(|cache| cache.path().join(file)).find(|path| path.is_file());
    std::fs::read(files.expect("fetched")).expect("readable")
}

/// A crate of this project's own lockfile, as it stands there.
fn locked_crate(name: &str) -> String {
    let lock = include_str!("../../Cargo.lock");
    let head = format!("name = \"{name}\"\n");
    let entry = lock.split("[[package]]\n").find(|entry| entry.starts_with(&head));
    entry.expect("among our crates").trim().to_owned()
}

/// What a wheel brings compiled runs with Guix's loader.
#[test]
#[ignore = "needs a root with Guix, and the live index"]
fn a_wheel_with_a_program() {
    let guix = Guix::here();
    let project = Project::new(&[
        ("requirements.txt", "ruff==0.9.9\n"),
        (
            "headwater.toml",
            "[[exceptions]]\npackage = \"ruff\"\nreason = \"takes an hour to build\"\nowner = \"infra\"\n\
             expires = 2999-01-01\n",
        ),
    ]);
    converted(&project, &["--to", "guix"]);
    let converted = Converted::new(&guix, &project);
    assert_eq!(converted.shell(&["ruff", "--version"]).expect(0).stdout, "ruff 0.9.9\n");
    let program = format!("{}/bin/.ruff-real", converted.built("python-ruff"));
    let run = guix.run("/", &["patchelf", "--print-interpreter", &program]).expect(0);
    assert!(run.stdout.starts_with("/gnu/store/"), "{}", run.stdout);
}
