//! The Nix emitter for Python projects: the same folder and flake as for npm, over `nix/python`.

mod check;
mod rebuilds;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;

use super::templates::Template;
use super::{FLAKE_TEMPLATE, FOLDER, Files, Flake, PackEntry, add_lists, library, pack_entries};
use crate::emit::Layout;
use crate::emit::model::Lockfile;
use crate::emit::model::python::package::{Package, Source, WheelBuild};
use crate::emit::model::python::{Edge, Editable, Key, Member, OwnCode, PythonProject};
use crate::emit::model::store_name;
use crate::graph::Location;
use crate::policy::{Command, Wrap};
use crate::python::PyName;
pub use rebuilds::with_rebuilds;

const ENTRY: Template<Entry<'_>> =
    Template::new("default.nix", include_str!("../../../../templates/nix/python/default.nix.hbs"));
const SOURCES: Template<Sources<'_>> =
    Template::new("sources.nix", include_str!("../../../../templates/nix/python/sources.nix.hbs"));
const PACKAGES: Template<Packages<'_>> =
    Template::new("packages.nix", include_str!("../../../../templates/nix/python/packages.nix.hbs"));

/// What `nix/python` uses of the library, beside itself.
const SHARED: [&str; 13] = [
    "checkout.nix",
    "checks.nix",
    "fetch-commits.sh",
    "fetch-pack.nix",
    "fetch-pack.sh",
    "fetched.nix",
    "fetched.sh",
    "lockfile.nix",
    "one-run.nix",
    "platform.nix",
    "select.nix",
    "source.nix",
    "text.nix",
];

#[derive(Serialize)]
struct Entry<'a> {
    src: &'a str,
    here: &'a str,
    has_packs: bool,
}

#[derive(Serialize)]
struct Sources<'a> {
    registry: Option<&'a str>,
    packs: BTreeMap<String, PackEntry>,
}

/// What of the project `packages.nix` says.
#[derive(Serialize)]
struct Packages<'a> {
    pname: String,
    version: String,
    description: &'a str,
    lockfile: Option<&'a Lockfile>,
    python: &'a str,
    requires_python: Option<String>,
    main_program: Option<&'a str>,
    roots: &'a BTreeSet<Edge>,
    dev_roots: &'a BTreeSet<Edge>,
    extras: &'a BTreeSet<String>,
    default_groups: &'a BTreeSet<String>,
    dev_groups: &'a BTreeSet<String>,
    collisions: &'a BTreeSet<String>,
    exclude: &'a [String],
    wrap: Option<&'a Wrap>,
    checks: &'a BTreeMap<String, Vec<String>>,
    up: Option<&'a str>,
    says_upper_bounds: bool,
    overridden: Option<&'a BTreeSet<PyName>>,
    folder: Option<&'a Location>,
    project: Option<ProjectEntry<'a>>,
    programs: Option<&'a BTreeMap<String, Command>>,
    members: Option<BTreeMap<&'a str, MemberEntry<'a>>>,
    editable: BTreeMap<&'a str, &'a Editable>,
    missing: BTreeMap<&'a str, &'a str>,
    packages: BTreeMap<&'a str, &'a Package>,
}

/// How a project is built; the source only of one that is not in the lockfile's folder.
#[derive(Serialize)]
struct ProjectEntry<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Source>,
    #[serde(flatten)]
    build: &'a WheelBuild,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MemberEntry<'a> {
    pname: String,
    version: String,
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    requires_python: Option<String>,
    main_program: Option<&'a str>,
    roots: &'a BTreeSet<Edge>,
    dev_roots: &'a BTreeSet<Edge>,
    extras: &'a BTreeSet<String>,
    default_groups: &'a BTreeSet<String>,
    dev_groups: &'a BTreeSet<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    folder: Option<&'a Location>,
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<ProjectEntry<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    programs: Option<&'a BTreeMap<String, Command>>,
    editable: BTreeMap<&'a str, &'a Editable>,
}

/// The files of `nix/headwater/`, by path in it.
///
/// # Errors
/// Data that refers to what it does not have, a template that does not give Nix: defects of ours, found before
/// anything is written.
pub fn render(project: &PythonProject, layout: &Layout) -> anyhow::Result<Files> {
    let (project_path, here) = (&layout.to_project(FOLDER), &layout.to_out(FOLDER));
    let faults = check::faults(project);
    anyhow::ensure!(faults.is_empty(), "what was found out does not fit together: {}", faults.join("; "));
    let sources = &project.sources;
    let has_packs = !sources.packs.is_empty() || !sources.lock_files.is_empty();
    let data = Sources { registry: sources.registry.as_deref(), packs: pack_entries(&sources.packs) };
    let mut files = Files::new();
    files.insert("default.nix".into(), ENTRY.render(&Entry { src: project_path, here, has_packs })?);
    files.insert("sources.nix".into(), SOURCES.render(&data)?);
    files.insert("packages.nix".into(), PACKAGES.render(&packages(project, &layout.up()))?);
    add_lists(&sources.packs, &mut files);
    files.extend(sources.lock_files.iter().map(|(name, text)| (format!("packs/{name}"), text.clone())));
    library(is_ours, &mut files)?;
    Ok(files)
}

/// The flake of a project that has none.
///
/// # Errors
/// As for `render`.
pub fn flake(project: &PythonProject) -> anyhow::Result<String> {
    let has_members = !project.members.is_empty();
    FLAKE_TEMPLATE.render(&Flake { description: &project.description, is_python: true, has_members })
}

/// The rest is for npm projects, or was left there by an interpreter.
fn is_ours(path: &Path) -> bool {
    (path.starts_with("python") && !path.ends_with("__pycache__"))
        || SHARED.iter().any(|name| path == Path::new(name))
}

/// A derivation's name ends with a version. An epoch's `!` must not make `1!2.0` twelve.
fn store_version(version: &str) -> String {
    if version.is_empty() { "0".to_owned() } else { store_name(&version.replace('!', "-")) }
}

/// What is built of a project, or what starts it; and where one lies that is copied.
fn own<'a>(
    own: &'a OwnCode,
    at: &'a Location,
) -> (Option<ProjectEntry<'a>>, Option<&'a BTreeMap<String, Command>>, Option<&'a Location>) {
    let elsewhere = Some(at).filter(|at| !at.is_root());
    match own {
        OwnCode::Built(build) => {
            let source = elsewhere.map(|at| Source::Local { local: at.clone() });
            (Some(ProjectEntry { source, build }), None, None)
        }
        OwnCode::Copied(programs) => (None, Some(programs), elsewhere),
    }
}

fn editable(editable: &BTreeMap<PyName, Editable>) -> BTreeMap<&str, &Editable> {
    editable.iter().map(|(name, one)| (name.as_str(), one)).collect()
}

fn member(member: &Member) -> MemberEntry<'_> {
    let (project, programs, folder) = own(&member.own, &member.at);
    MemberEntry {
        pname: store_name(&member.pname),
        version: store_version(&member.version),
        description: &member.description,
        requires_python: member.requires_python.as_ref().map(ToString::to_string),
        main_program: member.main_program.as_deref(),
        roots: &member.roots,
        dev_roots: &member.dev_roots,
        extras: &member.extras,
        default_groups: &member.default_groups,
        dev_groups: &member.dev_groups,
        folder,
        project,
        programs,
        editable: editable(&member.editable),
    }
}

fn packages<'a>(project: &'a PythonProject, up: &'a str) -> Packages<'a> {
    let (own, programs, folder) = own(&project.own, &project.at);
    let members = project.members.iter().map(|(name, one)| (name.as_str(), member(one)));
    Packages {
        pname: store_name(&project.pname),
        version: store_version(&project.version),
        description: &project.description,
        lockfile: project.lockfile.as_ref(),
        python: &project.python,
        requires_python: project.requires_python.as_ref().map(ToString::to_string),
        main_program: project.main_program.as_deref(),
        roots: &project.roots,
        dev_roots: &project.dev_roots,
        extras: &project.extras,
        default_groups: &project.default_groups,
        dev_groups: &project.dev_groups,
        collisions: &project.collisions,
        exclude: &project.exclude,
        wrap: Some(&project.wrap).filter(|wrap| !wrap.is_empty()),
        checks: &project.checks,
        up: Some(up).filter(|up| !up.is_empty()),
        says_upper_bounds: !project.python_upper_bounds,
        overridden: Some(&project.overridden).filter(|overridden| !overridden.is_empty()),
        folder,
        project: own,
        programs,
        members: Some(members.collect()).filter(|members: &BTreeMap<_, _>| !members.is_empty()),
        editable: editable(&project.editable),
        missing: project.missing.iter().map(|(key, why)| (Key::as_str(key), why.as_str())).collect(),
        packages: project.packages.iter().map(|(key, package)| (key.as_str(), package)).collect(),
    }
}
