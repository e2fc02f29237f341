//! A tiny project, built by the real Nix from sdists made here: its backend, a library, an extra's library, itself.

use headwater::emit::model::python::marker::{ExtrasOf, Marker};
use headwater::emit::model::python::package::{Package, Source};
use headwater::emit::model::python::{Edge, OwnCode, PythonProject};
use headwater::emit::nix::python::flake;
use headwater::hash::{Algorithm, Integrity};
use headwater::policy::Start;
use headwater::python::marker;

use super::{add_to_store, build, emit, empty, key, name, sdist};
use crate::support::nix;
use crate::support::package::tarball;
use crate::support::project::Project;
use crate::support::python::BACKEND;

fn pyproject(of: &str, more: &str) -> String {
    let (name, version) = of.split_once('@').expect("name@version");
    format!(
        "[build-system]\nrequires = [{}]\nbuild-backend = \"tiny\"\n{}[project]\nname = \"{name}\"\nversion = \"{version}\"\n{more}",
        if name == "tiny" { "" } else { "\"tiny\"" },
        if name == "tiny" { "backend-path = [\".\"]\n" } else { "" },
    )
}

/// An sdist of one module, in the store already: its address is not asked.
fn module(folder: &Project, of: &str, text: &str, requires: &[&str]) -> Package {
    let mut package = sdist(of, requires);
    let Source::File(archive) = &mut package.source else { unreachable!("an sdist") };
    let (name, _) = of.split_once('@').expect("name@version");
    let manifest = pyproject(of, &format!("[tool.tiny]\nmodules = [\"{name}.py\"]\n"));
    let bytes = tarball(&[("pyproject.toml".into(), manifest), (format!("{name}.py"), text.into())]);
    archive.hash = Integrity::of(Algorithm::Sha256, &bytes);
    let at = folder.cache().join(&archive.file);
    std::fs::write(&at, bytes).expect("writable");
    add_to_store(&at);
    package
}

/// `greet` with its extra `loud`, for which `shout` is there; on another platform a package that cannot be made.
fn packages(folder: &Project) -> PythonProject {
    let nonce = crate::support::nonce();
    let mut greet = module(
        folder,
        "greet@1.0",
        &format!("# {nonce}\nimport shout\ndef greet(name):\n    return shout.shout(f\"hello, {{name}}\")\n"),
        &["tiny@1.0"],
    );
    greet.optional_dependencies = [(name("loud"), [key("shout@2.0").into()].into())].into();
    let windows = marker::Marker::parse("sys_platform == 'win32'").expect("a marker");
    PythonProject {
        roots: [
            Edge { extras: [name("loud")].into(), ..key("greet@1.0").into() },
            Edge { marker: Marker::new(&windows, ExtrasOf::Package), ..key("gone@1.0").into() },
        ]
        .into(),
        missing: [(key("gone@1.0"), "there is no ${sdist}".into())].into(),
        packages: [
            (key("tiny@1.0"), module(folder, "tiny@1.0", BACKEND, &[])),
            (key("shout@2.0"), module(folder, "shout@2.0", "shout = str.upper\n", &["tiny@1.0"])),
            (key("greet@1.0"), greet),
        ]
        .into(),
        ..empty()
    }
}

#[test]
fn a_built_project_runs() {
    let scripts = "[project.scripts]\napp = \"app:main\"\n[tool.tiny]\nmodules = [\"app.py\"]\n";
    let folder = Project::new(&[
        ("pyproject.toml", &pyproject("app@1.0", scripts)),
        ("app.py", "import greet\ndef main():\n    print(greet.greet(\"world\"))\n"),
    ]);
    let mut project = packages(&folder);
    project.own = OwnCode::Built(Box::new(build("app@1.0", &["tiny@1.0"])));
    project.main_program = Some("app".into());
    emit(&folder, &project);
    let built = nix::build(&folder, "", "");
    assert_eq!(nix::run(&built.join("bin/app"), &[]), "HELLO, WORLD");
    nix::build(&folder, "", ".checks.requirements");

    folder.write("flake.nix", &flake(&project).expect("it is Nix"));
    let flake = |command| nix::flake(&folder, &nix::hostpkgs(), command).expect(0).stdout;
    assert_eq!(flake(&["run"]), "HELLO, WORLD\n");
    assert_eq!(
        flake(&["develop", "--command", "python", "-c", "import greet; print(greet.greet('x'))"]),
        "HELLO, X\n"
    );
}

/// Its programs are named in text that a shell, Python and Nix could each take for code.
#[test]
fn a_plain_application_runs() {
    let folder = Project::new(&[(
        "o'dd ${x}/it's.py",
        "import sys\nimport greet\nprint(greet.greet(\"app\"), sys.argv[1:])\n",
    )]);
    let mut project = packages(&folder);
    let program = "it's ${x}";
    project.own =
        OwnCode::Copied([(program.to_owned(), Start::File(super::at("o'dd ${x}/it's.py")).into())].into());
    project.main_program = Some(program.into());
    emit(&folder, &project);
    let built = nix::build(&folder, "", "");
    assert_eq!(nix::run(&built.join("bin").join(program), &["a b"]), "HELLO, APP ['a b']");
}
