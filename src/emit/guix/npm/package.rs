//! One npm package, as its definition has it: its source, why it is that one, and what it is built with.

use std::collections::BTreeMap;

use anyhow::Context as _;

use super::model::Package;
use super::{REGISTRY, rebuilds};
use crate::contents::Linked;
use crate::ecosystem::Ecosystem;
use crate::emit::guix::comment::comment;
use crate::emit::guix::libraries::LibraryInputs;
use crate::emit::guix::source::{Download, Git, Source, Spelled, Uri};
use crate::emit::guix::{names, tag};
use crate::emit::model::npm::described::{Described, Origin, Pinned};
use crate::emit::model::npm::{Part, definition_key};
use crate::graph::Purl;
use crate::hash::Integrity;
use crate::hash::nar::NarHash;
use crate::pins::{Pin, Pins};
use crate::plan::npm::build::PackageBuild;
use crate::problem::{Problem, guix as problem};
use crate::source;

/// The packages by their keys, and what must be said of them.
///
/// # Errors
/// A package that has no pin: a defect of ours.
pub fn packages(part: &Part<'_>, pins: &Pins) -> anyhow::Result<(BTreeMap<String, Package>, Vec<Problem>)> {
    let described = part.described.context("nothing was described")?;
    let key = |location| definition_key(location, &part.graph.nodes[location]);
    // At all its locations a package is built alike.
    let builds: BTreeMap<_, _> =
        part.builds.iter().filter_map(|(location, build)| Some((key(location)?, build))).collect();
    let missing: BTreeMap<_, _> =
        part.missing.iter().filter_map(|(location, why)| Some((key(location)?, why))).collect();
    let built = rebuilds::names(&pins.rebuilds);
    let is_built = |purl: &Purl| part.rebuilt.contains_key(purl) && built.contains_key(purl);
    let (mut packages, mut warnings) = (BTreeMap::new(), Vec::new());
    for (key, described) in described {
        let mut package = match &described.origin {
            Origin::Pinned(pinned) if is_built(&pinned.purl) => {
                let named = &built[&pinned.purl];
                Package { source: Source::Built(named.variable.clone()), ..of_registry(described) }
            }
            Origin::Pinned(pinned) => {
                let pin = pins.packages.get(&pinned.purl);
                let pin = pin.with_context(|| format!("{} has no pin", pinned.purl))?;
                of_pin(described, pinned, pin, &mut warnings)
            }
            Origin::Project { path, is_archive } => of_project(described, path.as_str(), *is_archive),
            Origin::Unknown => Package {
                missing: Some(format!("{} could not be had", described.shown)),
                ..Package::new(&described.name, &described.version)
            },
        };
        warnings.extend(with_build(&mut package, described, builds.get(key).copied()));
        if let Some(why) = missing.get(key) {
            package.missing = Some((*why).clone());
        }
        packages.insert(key.clone(), package);
    }
    Ok((packages, warnings))
}

/// A package of a registry, as it describes itself.
fn of_registry(described: &Described) -> Package {
    Package {
        is_nameless: described.is_nameless,
        about: described.about.clone(),
        ..Package::new(&described.name, &described.version)
    }
}

/// A package that is fetched: its commit, or the registry's file.
fn of_pin(described: &Described, pinned: &Pinned, pin: &Pin, warnings: &mut Vec<Problem>) -> Package {
    let package = of_registry(described);
    if let (Some(source), Some(hash)) = (pin.commit(), pin.checkout) {
        return of_checkout(package, described, pin, source, hash);
    }
    let source = match &pinned.download {
        Some(file) => Source::Url(download(&described.name, &described.version, &file.url, &file.integrity)),
        None => package.source.clone(),
    };
    let has_file = pinned.download.is_some();
    let Some(why) = pinned.no_checkout.as_ref().filter(|_| pin.commit().is_some()) else {
        return Package { source, comments: comment(pin).into_iter().collect(), ..package };
    };
    warnings.push(problem::no_checkout(&described.shown, why, has_file));
    let missing = || format!("the commit of {} could not be had: {why}", described.shown);
    let comments = match has_file {
        true => Some(format!("As it was published: its commit could not be had ({why}).")),
        false => comment(pin),
    };
    Package {
        source,
        comments: comments.into_iter().collect(),
        missing: (!has_file).then(missing),
        ..package
    }
}

fn of_checkout(
    package: Package,
    described: &Described,
    pin: &Pin,
    source: &source::Source,
    hash: NarHash,
) -> Package {
    let version = names::version(&described.version);
    let git = Git {
        url: source.repository.to_string(),
        // The definition's version stands for itself in tags and addresses.
        reference: tag::reference(source, &version),
        recursive: false,
        hash,
        patches: Vec::new(),
    };
    let mapping = pin.resolution.as_ref().and_then(|resolution| resolution.mapping.as_ref());
    Package {
        source: Source::Git(git),
        subdirectory: source.subdirectory.clone().unwrap_or_default(),
        elsewhere: mapping.map(|mapping| mapping.elsewhere.clone()).unwrap_or_default(),
        manifest_diff: mapping.and_then(|mapping| mapping.manifest_diff.clone()),
        published: described.files.clone(),
        comments: comment(pin).into_iter().collect(),
        properties: tag::properties(source, &version),
        ..package
    }
}

/// A file of a registry. `url` is relative to the default one, or whole.
pub fn download(name: &str, version: &str, url: &str, integrity: &Integrity) -> Download {
    let version = names::version(version);
    let last = url.rsplit('/').next().unwrap_or_default();
    let is_named = last.ends_with(".tgz") && names::is_store_name(last);
    let base = name.rsplit('/').next().unwrap_or_default();
    let file_name = (!is_named).then(|| names::store_name(&format!("{base}-{version}.tgz")));
    let uri = match url.contains("://") {
        true => Uri::Whole(url.to_owned()),
        false => Uri::Below { variable: REGISTRY, path: Spelled::new(url, &version) },
    };
    Download { uri, file_name, integrity: integrity.clone(), patches: Vec::new() }
}

/// A package whose files are the project's.
fn of_project(described: &Described, path: &str, is_archive: bool) -> Package {
    let source = match is_archive {
        true => Source::file_of_project(path),
        false => Source::of_project(path, &names::plain(Ecosystem::Npm, &described.name)),
    };
    Package {
        source,
        about: described.about.clone(),
        is_nameless: described.is_nameless,
        local: true,
        ..Package::new(&described.name, &described.version)
    }
}

/// With what it is built, and what compiled files of it need; what must be said of that.
fn with_build(package: &mut Package, described: &Described, build: Option<&PackageBuild>) -> Option<Problem> {
    package.binaries = described.linked.is_some();
    package.has_programs = described.linked == Some(Linked::Program);
    let mut warning = None;
    if let Some(build) = build {
        package.scripts = build.scripts;
        package.environment = build.overrides.env.clone();
        package.patches = build.overrides.patches.clone();
        let inputs = inputs(described, build);
        if let Some((comment, said)) = inputs.complaint(&described.shown) {
            package.comments.push(comment);
            warning = Some(problem::incomplete(&said));
        }
        package.libraries = inputs.libraries;
        package.programs = inputs.programs;
    }
    package.programs.extend(package.has_programs.then(|| "patchelf".to_owned()));
    warning
}

/// What its install scripts need of Guix.
fn inputs(described: &Described, build: &PackageBuild) -> LibraryInputs {
    let mut inputs = LibraryInputs::default();
    if !build.scripts {
        return inputs;
    }
    if described.has_gyp {
        // node-gyp is a Python program.
        inputs.program("python");
    }
    build.overrides.build_inputs.iter().for_each(|name| inputs.library(name));
    build.overrides.native_build_inputs.iter().for_each(|name| inputs.program(name));
    inputs.complete()
}
