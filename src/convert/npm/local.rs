//! The project's own files: its lockfile, its manifests, and the packages that it carries with it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;
use sha2::Digest as _;

use crate::contents::{Contents, File, tarball};
use crate::emit::model::npm::Project;
use crate::failure::Failure;
use crate::files::{LOCKFILE, SMALL};
use crate::graph::Location;
use crate::graph::npm::{Graph, Node, Origin};
use crate::hash::Digest;
use crate::lockfile;
use crate::plan::npm::own_scripts::{OwnScript, ProjectScripts, own_scripts};
use crate::policy::Policy;
use crate::problem::{Problem, convert as problem};
use crate::world::disk;

/// The largest tarball that a project carries.
const TARBALL: u64 = 512 << 20;

/// The graph of the project's lockfile, and the SHA-256 of the file.
///
/// # Errors
/// Every problem of the file.
pub fn graph(
    folder: &Path,
    lockfile_name: &str,
    options: &lockfile::Options<'_>,
) -> Result<(Graph, Digest<32>), Failure> {
    let text = disk::read_text_in(folder, lockfile_name, LOCKFILE)?;
    manifest(folder, &Location::root())?;
    // A member's that does not parse is told of where it is one in the end: see [`project`].
    let manifests = |location: &Location| manifest(folder, location).ok().flatten();
    let graph = lockfile::npm::read(lockfile_name, &text, &manifests, options).map_err(Failure::Input)?;
    Ok((graph, Digest(sha2::Sha256::digest(text.as_bytes()).into())))
}

/// `package.json` of a folder of the project, where there is one.
pub fn manifest(folder: &Path, location: &Location) -> Result<Option<Value>, Failure> {
    let name =
        if location.is_root() { "package.json".to_owned() } else { format!("{location}/package.json") };
    let Some(text) = disk::read_text_in_if_there(folder, &name, SMALL)? else { return Ok(None) };
    match serde_json::from_str(text.trim_start_matches('\u{feff}')) {
        Ok(manifest @ Value::Object(_)) => Ok(Some(manifest)),
        Ok(_) => Err(Failure::one(problem::no_object(&name))),
        Err(error) => Err(Failure::one(problem::bad_manifest(&name, &error))),
    }
}

/// The project as the emitter sees it: npm, too, reads the manifests of linked folders from disk.
///
/// # Errors
/// A manifest that does not parse.
pub fn project(folder: &Path, graph: &Graph, policy: &Policy) -> Result<Project, Failure> {
    let mut project = Project {
        has_server: disk::is_there(&folder.join("server.js")),
        own: policy.project.clone(),
        programs: policy.programs.clone(),
        folder_name: folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        ..Project::default()
    };
    let own =
        |(location, node): (&Location, &Node)| (node.origin == Origin::Project).then(|| location.clone());
    for location in graph.nodes.iter().filter_map(own) {
        if let Some(manifest) = manifest(folder, &location)? {
            let mut bins = crate::npm::bins(&manifest);
            // `directories.bin` is a folder, which npm has read already.
            if bins.is_empty()
                && let Some(node) = graph.nodes.get(&location)
            {
                bins.clone_from(&node.bin);
            }
            project.bins.insert(location.clone(), bins);
            project.manifests.insert(location, manifest);
        }
    }
    // Without a package.json, the lockfile still has a name for it.
    if let (false, Some(root)) = (project.manifests.contains_key(&Location::root()), graph.nodes.get("")) {
        let named = serde_json::json!({ "name": root.name, "version": root.version });
        project.manifests.insert(Location::root(), named);
    }
    Ok(project)
}

/// Its own life-cycle scripts, but for those that `skip` names; `built` are those that its build runs.
pub fn scripts(
    folder: &Path,
    graph: &Graph,
    project: &Project,
    built: &[String],
    skip: impl Fn(&str) -> bool,
) -> Vec<OwnScript> {
    let has_gyp = |location: &&Location| disk::is_there(&folder.join(location.as_str()).join("binding.gyp"));
    let gyp = project.manifests.keys().filter(has_gyp).cloned().collect();
    own_scripts(graph, ProjectScripts { manifests: &project.manifests, gyp: &gyp, built }, skip)
}

/// What the project's own tarballs and copied folders hold, by location: of a folder only what decides
/// whether it has scripts and programs.
///
/// # Errors
/// A tarball that is missing, damaged or not what the lockfile says.
pub fn contents(
    folder: &Path,
    graph: &Graph,
    lockfile_name: &str,
) -> Result<BTreeMap<Location, Arc<Contents>>, Failure> {
    let mut found = BTreeMap::new();
    let mut faults = Vec::new();
    let installed = graph.installed();
    for (location, node) in &graph.nodes {
        let contents = match &node.origin {
            Origin::Tarball { path } => packed(folder, location, node, path),
            Origin::Folder { path } => {
                let gyp = disk::is_there(&folder.join(path.as_str()).join("binding.gyp"));
                let missing = format!("{path} holds no package.json");
                manifest(folder, path)?
                    .map(|manifest| as_contents(&manifest, gyp))
                    .ok_or_else(|| problem::bad_local_file(location.as_str(), lockfile_name, &missing))
            }
            _ => continue,
        };
        match contents {
            Ok(contents) => _ = found.insert(location.clone(), Arc::new(contents)),
            Err(fault) if installed.contains(location) => faults.push(fault),
            Err(_) => {}
        }
    }
    if faults.is_empty() { Ok(found) } else { Err(Failure::Input(faults)) }
}

fn packed(folder: &Path, location: &Location, node: &Node, path: &Location) -> Result<Contents, Problem> {
    let fault = |why: &str| problem::bad_local_file(location.as_str(), path.as_str(), why);
    let bytes = disk::read_in(folder, path.as_str(), TARBALL).map_err(|error| fault(&error.to_string()))?;
    if node.integrity.as_ref().is_some_and(|integrity| !integrity.matches(&bytes)) {
        return Err(fault("does not match its integrity in the lockfile"));
    }
    let unpacked =
        tarball::read(&bytes, &tarball::Limits::default()).map_err(|error| fault(&error.to_string()))?;
    Ok(unpacked.contents)
}

fn as_contents(manifest: &Value, gyp: bool) -> Contents {
    let file = |path: &str| File {
        path: path.to_owned(),
        executable: false,
        size: 0,
        sha256: Digest([0; 32]),
        blob: Digest([0; 20]),
        blob_lf: None,
        linked: None,
        looks: None,
    };
    Contents {
        files: if gyp { vec![file("binding.gyp")] } else { Vec::new() },
        dropped: Vec::new(),
        manifest: manifest.to_string(),
        shrinkwrap: None,
        texts: Default::default(),
        names: Default::default(),
        packed_size: 0,
        differs: None,
    }
}
