//! One npm package, as the Guix emitter wants it: its source, why it is that one, and what it is built with.

use std::collections::BTreeMap;

use super::Input;
use crate::about;
use crate::contents::{Contents, Linked};
use crate::convert::npm::hashing;
use crate::convert::npm::package::Known;
use crate::convert::npm::wanted::From;
use crate::emit::guix::comment::comment;
use crate::emit::guix::libraries::Taken;
use crate::emit::guix::npm::{REGISTRY, model};
use crate::emit::guix::sexp::Sexp;
use crate::emit::guix::source::{Download, Git, Source, Spelled, Uri};
use crate::emit::guix::{names, tag};
use crate::graph::npm::{Node, Origin};
use crate::graph::{Location, PackageName, Purl};
use crate::hash::Integrity;
use crate::hash::nar::NarHash;
use crate::pins::Pin;
use crate::plan::Route;
use crate::plan::npm::build::Build;
use crate::problem::{Problem, guix as problem};

/// What a source is made of.
pub struct Fetched {
    source: Source,
    is_checkout: bool,
    /// Why it is not the commit that the pins have.
    pub fallen_back: Option<FallenBack>,
}

/// A commit that could not be had.
pub struct FallenBack {
    pub why: String,
    /// Whether there is a file in its place.
    pub has_file: bool,
}

/// The commit that a package is taken from: where the route says so.
pub fn commit(pin: &Pin) -> Option<&crate::source::Source> {
    let source = pin.resolution.as_ref()?.source.as_ref()?;
    (pin.route == Route::Verbatim).then_some(source)
}

pub fn fetched(
    input: &Input<'_>,
    purl: &Purl,
    known: &Known,
    checkouts: &BTreeMap<Purl, Result<NarHash, String>>,
    files: &BTreeMap<Purl, Integrity>,
) -> Fetched {
    // The definition's, which stands for itself in tags and addresses.
    let version = names::version(&version(known));
    let pin = &input.pins[purl];
    let mut fallen_back = None;
    if let Some(source) = commit(pin) {
        match &checkouts[purl] {
            Ok(hash) => {
                let git = Git {
                    url: source.repository.to_string(),
                    reference: tag::reference(source, &version),
                    recursive: false,
                    hash: *hash,
                    patches: Vec::new(),
                };
                return Fetched { source: Source::Git(git), is_checkout: true, fallen_back };
            }
            Err(why) => {
                fallen_back = Some(FallenBack { why: why.clone(), has_file: known.artifact.is_some() });
            }
        }
    }
    let source = match (&known.artifact, files.get(purl)) {
        (Some(artifact), Some(integrity)) => {
            let written = pin.artifact.as_ref().and_then(|artifact| artifact.url.clone());
            let url = written.or_else(|| hashing::layout(known)).unwrap_or_else(|| artifact.url.to_string());
            Source::Url(download(&url, known, &version, integrity))
        }
        _ => Source::Other(Sexp::Flag(false)),
    };
    Fetched { source, is_checkout: false, fallen_back }
}

fn download(url: &str, known: &Known, version: &str, integrity: &Integrity) -> Download {
    let last = url.rsplit('/').next().unwrap_or_default();
    let is_named = last.ends_with(".tgz") && names::is_store_name(last);
    let named = || names::store_name(&format!("{}-{version}.tgz", known.wanted.name.base()));
    let file_name = (!is_named).then(named);
    let uri = match url.contains("://") {
        true => Uri::Whole(url.to_owned()),
        false => Uri::Below { variable: REGISTRY, path: Spelled::new(url, version) },
    };
    Download { uri, file_name, integrity: integrity.clone(), patches: Vec::new() }
}

pub fn package(input: &Input<'_>, purl: &Purl, known: &Known, fetched: Fetched) -> model::Package {
    let pin = &input.pins[purl];
    let manifest = known.contents.manifest_json();
    let name = &known.wanted.name;
    let source = commit(pin).filter(|_| fetched.is_checkout);
    let mapping = pin.resolution.as_ref().and_then(|resolution| resolution.mapping.as_ref());
    let mapping = mapping.filter(|_| fetched.is_checkout);
    let gone = fetched.fallen_back.as_ref().filter(|fallen_back| !fallen_back.has_file);
    model::Package {
        subdirectory: source.and_then(|source| source.subdirectory.clone()).unwrap_or_default(),
        elsewhere: mapping.map(|mapping| mapping.elsewhere.clone()).unwrap_or_default(),
        manifest_diff: mapping.and_then(|mapping| mapping.manifest_diff.clone()),
        published: if fetched.is_checkout { paths(&known.contents) } else { Vec::new() },
        is_nameless: manifest["name"].as_str() != Some(name.as_str()),
        comments: comments(pin, &fetched),
        about: about::npm(&manifest),
        properties: source
            .map(|source| tag::properties(source, &names::version(&version(known))))
            .unwrap_or_default(),
        missing: gone
            .map(|gone| format!("the commit of {} could not be had: {}", known.wanted.shown(), gone.why)),
        source: fetched.source,
        ..model::Package::new(name.as_str(), &version(known))
    }
}

/// A commit that no release was made of has one of its own, as Guix's `git-version` makes it.
fn version(known: &Known) -> String {
    let version = known.wanted.version.as_ref().map_or("0", |version| version.as_str());
    match &known.wanted.from {
        From::Git { commit, .. } => format!("{version}-0.{}", &commit[..commit.len().min(7)]),
        From::Registry { .. } | From::Remote { .. } => version.to_owned(),
    }
}

/// With what it is built, and what compiled files of it need; what must be said of that.
pub fn built(
    package: &mut model::Package,
    shown: &str,
    contents: &Contents,
    build: Option<&Build>,
) -> Option<Problem> {
    let linked = contents.linked();
    (package.binaries, package.has_programs) = (linked.is_some(), linked == Some(Linked::Program));
    let mut warning = None;
    if let Some(build) = build {
        package.scripts = build.scripts;
        package.environment = build.overrides.env.clone();
        package.patches = build.overrides.patches.clone();
        let taken = taken(contents, build);
        if let Some((comment, said)) = taken.complaint(shown) {
            package.comments.push(comment);
            warning = Some(problem::incomplete(&said));
        }
        package.libraries = taken.libraries;
        package.programs = taken.programs;
    }
    package.programs.extend(package.has_programs.then(|| "patchelf".to_owned()));
    warning
}

/// What its install scripts need of Guix.
fn taken(contents: &Contents, build: &Build) -> Taken {
    let mut taken = Taken::default();
    if !build.scripts {
        return taken;
    }
    if contents.file("binding.gyp").is_some() {
        // node-gyp is a Python program.
        taken.program("python");
    }
    build.overrides.build_inputs.iter().for_each(|name| taken.library(name));
    build.overrides.native_build_inputs.iter().for_each(|name| taken.program(name));
    taken.complete()
}

fn paths(contents: &Contents) -> Vec<String> {
    contents.files.iter().map(|file| file.path.clone()).collect()
}

/// Why a package is as the registry ships it.
fn comments(pin: &Pin, fetched: &Fetched) -> Vec<String> {
    let fallen_back =
        fetched.fallen_back.as_ref().filter(|fallen_back| fallen_back.has_file).map(|fallen_back| {
            format!("As it was published: its commit could not be had ({}).", fallen_back.why)
        });
    fallen_back.or_else(|| comment(pin)).into_iter().collect()
}

/// A package that nothing could be asked about.
pub fn unknown(shown: &str, name: &PackageName) -> model::Package {
    let version = shown.rsplit_once('@').map_or("0", |(_, version)| version);
    model::Package {
        missing: Some(format!("{shown} could not be had")),
        ..model::Package::new(name.as_str(), version)
    }
}

/// A package whose files are the project's.
pub fn local(location: &Location, node: &Node, contents: &Contents) -> Option<model::Package> {
    let (Origin::Folder { path } | Origin::Tarball { path }) = &node.origin else { return None };
    let manifest = contents.manifest_json();
    let text = |key: &str| manifest[key].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let folder = location.folder_name().unwrap_or_default().to_owned();
    let name = node.name.as_ref().map(ToString::to_string).or_else(|| text("name")).unwrap_or(folder);
    let version = text("version").unwrap_or_else(|| "0".to_owned());
    let source = match &node.origin {
        Origin::Tarball { .. } => Source::file_of_project(path.as_str()),
        _ => Source::of_project(path.as_str(), &names::plain(crate::ecosystem::Ecosystem::Npm, &name)),
    };
    Some(model::Package {
        source,
        about: about::npm(&manifest),
        is_nameless: text("name").is_none_or(|own| own != name),
        local: true,
        ..model::Package::new(&name, &version)
    })
}
