//! What a Python project says of itself, and what of it is emitted. Nothing is run: what only running would tell is
//! taken from the user, from the lockfile, or by convention, and warned of.
//!
//! A project is **built** where it is a package: where uv, PDM or Poetry say so (`tool.uv.package`,
//! `tool.pdm.distribution`, `package-mode`); for lockfiles that do not say (requirements, Pipfile.lock, pylock), where
//! pyproject.toml has a [build-system] and a name, or setup.py or setup.cfg describe a project. Requirements files beside
//! such files are its lock. Every other project is a plain application, and **copied**; so is one whose programs the user
//! names.

pub mod declared;
mod entry_points;
mod folders;
mod manifest;
mod programs;
mod said;
#[cfg(test)]
mod tests;
mod tree;
mod version;

use std::collections::{BTreeMap, BTreeSet};

use pep440_rs::VersionSpecifiers;

use crate::emit::model::python::Editable;
use crate::graph::Location;
use crate::graph::python::{LockFormat, PyGraph, PyKey, PyPackage, PySource};
use crate::plan::python as plan;
use crate::policy::{Command, Start};
use crate::problem::{Problem, project as problem};
use crate::python::{PyName, PyVersion};
use manifest::Manifest;
pub use manifest::NAMES as BUILD_FILES;
pub use said::said;

/// The project's folder. Links that lead out of it are not to be followed by who answers.
#[derive(Clone, Copy)]
pub struct Files<'a> {
    /// The text of a file, by its path from the project's folder; `None` where there is none.
    pub text: &'a dyn Fn(&Location) -> Option<String>,
    /// The names in a folder, those of folders with a slash at their end; none where it is no folder.
    pub names: &'a dyn Fn(&Location) -> Vec<String>,
    /// What the project's folder is called: the name of a project that has none.
    pub folder_name: &'a str,
}

/// What the user says of the project; it comes before all that is found.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    pub version: Option<PyVersion>,
    /// Programs of an application: it is copied then, whatever build system it has.
    pub programs: Option<BTreeMap<String, Command>>,
}

/// What of the project itself is emitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    pub pname: String,
    /// `""` for an application that has none.
    pub version: String,
    pub description: String,
    pub requires_python: Option<VersionSpecifiers>,
    pub main_program: Option<String>,
    pub own: OwnCode,
    /// The project, workspace members and path dependencies that are installed.
    pub editable: BTreeMap<PyName, Editable>,
    pub warnings: Vec<Problem>,
}

/// What becomes of the project itself; what its build needs is planned elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnCode {
    Built {
        name: PyName,
        version: PyVersion,
        files: plan::Files,
    },
    /// A plain application, with its programs.
    Copied(BTreeMap<String, Command>),
}

/// A folder of the project that is a package of its own: a workspace member, a path dependency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    pub name: PyName,
    pub version: PyVersion,
    pub files: plan::Files,
    pub editable: Editable,
    pub warnings: Vec<Problem>,
}

/// Describes the project in a folder: that of the lockfile itself, or of a member of its workspace.
///
/// # Errors
/// Every fault of its build files, and of those of the folders that it installs.
pub fn describe(
    files: &Files<'_>,
    graph: &PyGraph,
    given: &Overrides,
    at: &Location,
) -> Result<Described, Vec<Problem>> {
    let manifest = Manifest::read(files, at, "the project").map_err(|one| vec![one])?;
    let mut warnings = Vec::new();
    let own = graph.packages.iter().find(|(_, package)| folder_of(package) == Some(at));
    let folder_name = if at.is_root() { files.folder_name } else { last(at) };
    let is_built = given.programs.is_none()
        && is_built(&manifest, graph, own.map(|(_, package)| package), &mut warnings);
    let name = manifest.name().map_err(|one| vec![one])?.or_else(|| own.map(|(key, _)| key.name.clone()));
    let mut described = Described {
        pname: name.as_ref().map_or_else(|| folder_name.to_owned(), ToString::to_string),
        version: String::new(),
        description: manifest.description(),
        requires_python: manifest.requires_python().or_else(|| of_graph(graph)),
        main_program: None,
        own: OwnCode::Copied(BTreeMap::new()),
        editable: BTreeMap::new(),
        warnings,
    };
    if is_built && manifest.texts.is_empty() {
        return Err(vec![problem::no_build_files(shown(at), "the project")]);
    }
    if is_built {
        let name = match name {
            Some(name) => name,
            None => {
                computed_name(&manifest, folder_name, &mut described.warnings).map_err(|one| vec![one])?
            }
        };
        let locked = own.and_then(|(key, _)| key.version.as_ref());
        let built =
            package(&manifest, graph, name, (given.version.as_ref(), locked)).map_err(|one| vec![one])?;
        described.pname = built.name.to_string();
        described.version = built.version.to_string();
        described.main_program = entry_points::main_program(
            &described.pname,
            &entry_points::programs(&manifest).into_keys().collect(),
        );
        described.editable.insert(built.name.clone(), built.editable);
        described.warnings.extend(built.warnings);
        described.own = OwnCode::Built { name: built.name, version: built.version, files: built.files };
    } else {
        let written = version::written(&manifest).unwrap_or_default();
        described.version = given.version.as_ref().map_or_else(|| written.to_owned(), ToString::to_string);
    }
    let project = own.filter(|_| !at.is_root()).map(|(key, _)| key);
    let required = programs::required(graph, project);
    let mut members = BTreeSet::new();
    let mut problems = Vec::new();
    for (key, package) in &graph.packages {
        let PySource::Folder { path, installed: true, .. } = &package.source else { continue };
        if path.is_root() || path == at {
            continue;
        }
        match folder(files, graph, key, path) {
            Ok(folder) => {
                if (project.is_none() && graph.roots.contains(key)) || required.contains(key.name.as_str()) {
                    let scripts = folder.editable.entry_points.get("console_scripts");
                    members.extend(scripts.into_iter().flat_map(BTreeMap::keys).cloned());
                }
                described.warnings.extend(folder.warnings);
                described.editable.insert(folder.name, folder.editable);
            }
            Err(more) => problems.extend(more),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    if !is_built {
        copied(files, graph, project, given, at, members, &mut described);
    }
    Ok(described)
}

/// A folder that is a package of its own. Its name is the lockfile's; the version is its own where it is written down.
///
/// # Errors
/// A folder that cannot be built.
pub fn folder(
    files: &Files<'_>,
    graph: &PyGraph,
    key: &PyKey,
    path: &Location,
) -> Result<Folder, Vec<Problem>> {
    let title = key.to_string();
    let manifest = Manifest::read(files, path, &title).map_err(|one| vec![one])?;
    if manifest.texts.is_empty() {
        return Err(vec![problem::no_build_files(path.as_str(), &title)]);
    }
    package(&manifest, graph, key.name.clone(), (None, key.version.as_ref())).map_err(|one| vec![one])
}

/// What is built of a manifest's folder; the version `given` comes before all, that of the lockfile after what is
/// written.
fn package(
    manifest: &Manifest<'_>,
    graph: &PyGraph,
    name: PyName,
    (given, locked): (Option<&PyVersion>, Option<&PyVersion>),
) -> Result<Folder, Problem> {
    let mut warnings = Vec::new();
    let version = match given {
        Some(version) => version.clone(),
        None => version::version(manifest, locked, &mut warnings)?,
    };
    let others = graph.packages.values().filter_map(folder_of).filter(|path| **path != manifest.at);
    let (paths, are_all) = tree::paths(manifest.files, &manifest.at, &others.cloned().collect());
    if !are_all {
        warnings.push(problem::many_files(shown(&manifest.at), tree::MOST));
    }
    let editable = Editable {
        version: version.clone(),
        folders: folders::folders(manifest),
        requires: manifest.requires(),
        entry_points: entry_points::entry_points(manifest),
    };
    let files = plan::Files::new(paths, |path| manifest.text(path));
    Ok(Folder { name, version, files, editable, warnings })
}

fn folder_of(package: &PyPackage) -> Option<&Location> {
    match &package.source {
        PySource::Folder { path, .. } => Some(path),
        _ => None,
    }
}

fn is_built(
    manifest: &Manifest<'_>,
    graph: &PyGraph,
    own: Option<&PyPackage>,
    warnings: &mut Vec<Problem>,
) -> bool {
    let installed = own.map(|package| matches!(package.source, PySource::Folder { installed: true, .. }));
    let mode = manifest.value(&["tool", "poetry", "package-mode"]).and_then(toml::Value::as_bool);
    let is_package = match (installed, graph.format) {
        (Some(false), _) => false,
        // Poetry counts every project as a package, unless it says otherwise.
        (Some(true), LockFormat::Poetry) => manifest.has_system() || mode == Some(true),
        (Some(true), _) => true,
        (None, _) => manifest.has_system() && manifest.spelled().is_some() || manifest.is_legacy(),
    };
    is_package && (mode == Some(true) || has_module(manifest, warnings))
}

/// Before projects of Poetry could say that they are no packages, applications had no module that is called like them:
/// `poetry install` only warned of that, a build fails.
fn has_module(manifest: &Manifest<'_>, warnings: &mut Vec<Problem>) -> bool {
    let is_told =
        ["packages", "include"].iter().any(|key| manifest.value(&["tool", "poetry", key]).is_some());
    if is_told || !manifest.system.module().starts_with("poetry") {
        return true;
    }
    let module = manifest.spelled().unwrap_or_default().replace(['-', '.'], "_").to_lowercase();
    let (folder, file) = (format!("{module}/"), format!("{module}.py"));
    let mut names = ["", "src"].iter().flat_map(|folder| manifest.names(folder));
    let is_there = names.any(|name| {
        let name = name.to_lowercase();
        name == folder || name == file
    });
    if !is_there {
        warnings.push(problem::nothing_to_build(&manifest.main_file(), &module));
    }
    is_there
}

/// The folder's name, for a project whose setup.py computes its own.
fn computed_name(
    manifest: &Manifest<'_>,
    folder_name: &str,
    warnings: &mut Vec<Problem>,
) -> Result<PyName, Problem> {
    let name = PyName::new(folder_name).map_err(|_| problem::bad_name(shown(&manifest.at), folder_name))?;
    warnings.push(problem::unknown_name(&manifest.main_file(), name.as_str()));
    Ok(name)
}

/// What a folder is called.
fn last(at: &Location) -> &str {
    at.as_str().rsplit('/').next().unwrap_or_default()
}

/// A folder as people write it.
fn shown(at: &Location) -> &str {
    if at.is_root() { "." } else { at.as_str() }
}

/// The interpreters of the lockfile, where one set of bounds says them.
fn of_graph(graph: &PyGraph) -> Option<VersionSpecifiers> {
    match graph.requires_python.as_ref().map(|range| &range.0[..]) {
        Some([only]) if !only.is_empty() => Some(only.clone()),
        _ => None,
    }
}

/// The programs of an application that is copied: the user's, those of the workspace's members that it has, or by convention.
fn copied(
    files: &Files<'_>,
    graph: &PyGraph,
    project: Option<&PyKey>,
    given: &Overrides,
    at: &Location,
    members: BTreeSet<String>,
    described: &mut Described,
) {
    let (programs, main) = match &given.programs {
        Some(programs) => {
            let names = programs.keys().cloned().collect();
            (programs.clone(), entry_points::main_program(&described.pname, &names))
        }
        None if !members.is_empty() => {
            let main = entry_points::main_program(&described.pname, &members);
            let start = |program: String| (program.clone(), Start::Program(program).into());
            (members.into_iter().map(start).collect(), main)
        }
        None => programs::conventional(files, graph, project, &described.pname, at),
    };
    if programs.is_empty() && given.programs.is_none() {
        described.warnings.push(problem::no_programs(shown(at)));
    }
    described.main_program = main;
    described.own = OwnCode::Copied(programs);
}
