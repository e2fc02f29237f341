//! What is emitted for Python projects, from a model made by hand: read, evaluated and built by the real Nix.

mod built;
mod everything;
mod golden;
mod markers;

use std::path::Path;
use std::process::Command;

use headwater::emit::model::python::Key;
use headwater::emit::model::python::package::{Archive, Package, Source, WheelBuild};
use headwater::emit::model::python::{PythonProject, Require};
use headwater::emit::nix::python::render;
use headwater::emit::{Files, Layout};
use headwater::graph::Location;
use headwater::hash::{Algorithm, Integrity};
use headwater::python::{PyName, PyVersion};
use serde_json::Value;

use crate::support::nix::{hostpkgs, nix};
use crate::support::project::{Project, Run, output};

fn name(text: &str) -> PyName {
    PyName::new(text).expect(text)
}

fn version(text: &str) -> PyVersion {
    PyVersion::new(text).expect(text)
}

fn at(text: &str) -> Location {
    Location::new(text).expect(text)
}

/// Of `name@version`.
fn key(text: &str) -> Key {
    let (of, at) = text.split_once('@').expect("name@version");
    Key::new(&name(of), &version(at))
}

/// A project without anything.
fn empty() -> PythonProject {
    PythonProject { pname: "app".into(), version: "1.0".into(), ..PythonProject::default() }
}

/// A build with these keys around it.
fn build(of: &str, requires: &[&str]) -> WheelBuild {
    let (of, at) = of.split_once('@').expect("name@version");
    WheelBuild::new(name(of), version(at), requires.iter().map(|text| Require::from(key(text))).collect())
}

/// An sdist of an index.
fn sdist(of: &str, requires: &[&str]) -> Package {
    let file = format!("{}.tar.gz", of.replace('@', "-"));
    let hash = Integrity::of(Algorithm::Sha256, of.as_bytes());
    Package::new(Source::File(Archive { url: format!("packages/{file}"), file, hash }), build(of, requires))
}

/// Writes the files where a conversion would.
fn write(folder: &Project, files: &Files) {
    for (path, text) in files {
        folder.write(&format!("nix/headwater/{path}"), text);
    }
}

/// Files and project in one folder.
pub fn layout() -> Layout {
    Layout::new(Path::new("/app"), Path::new("/app"))
}

/// Emits it into the folder.
fn emit(folder: &Project, project: &PythonProject) -> Files {
    let files = render(project, &layout()).expect("it is Nix");
    write(folder, &files);
    files
}

/// What an expression evaluates to; `project` in it is the project, over the stand-in for nixpkgs.
fn try_evaluate(folder: &Path, expression: &str) -> Run {
    let text = format!(
        "let pkgs = import {} {{ }}; headwater = /. + {:?}; project = pkgs.callPackage headwater {{ }}; in {expression}",
        hostpkgs().display(),
        folder.join("nix/headwater"),
    );
    output(nix("nix-instantiate").args(["--eval", "--strict", "--json", "--read-write-mode", "-E", &text]))
}

#[track_caller]
fn evaluate(folder: &Path, expression: &str) -> Value {
    try_evaluate(folder, expression).expect(0).json()
}

/// Adds a file to the store, under its own name.
fn add_to_store(path: &Path) {
    let mut add: Command = nix("nix-store");
    output(add.args(["--add-fixed", "sha256"]).arg(path)).expect(0);
}
