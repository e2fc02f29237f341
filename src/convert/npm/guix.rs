//! What was found of npm packages, as the Guix emitter wants it; asks for the hashes of checkouts.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, TryStreamExt, stream};

use super::found::Found;
use super::package::Known;
use super::{hashing, wanted};
use crate::about;
use crate::contents::{Contents, Looks};
use crate::convert::Failure;
use crate::convert::guix::comment;
use crate::convert::writing;
use crate::emit::Files;
use crate::emit::guix::libraries::Taken;
use crate::emit::guix::npm::{self, REGISTRY, model};
use crate::emit::guix::sexp::Sexp;
use crate::emit::guix::source::{Download, Git, Source, Spelled, Uri};
use crate::emit::guix::{names, tag};
use crate::emit::nix::project::{self, Project};
use crate::graph::{Location, Node, Origin, PackageName, Purl};
use crate::hash::nar::NarHash;
use crate::hash::{Algorithm, Integrity};
use crate::pins::Pin;
use crate::plan::Route;
use crate::plan::build::Build;
use crate::problem::{Problem, guix as problem};
use crate::progress::Progress;
use crate::world::World;
use crate::world::cache::Kind;

/// Commits that are hashed at once.
const AT_ONCE: usize = 4;

/// All that is known when the files are made.
pub struct Input<'a> {
    pub world: &'a World,
    pub found: &'a Found<'a>,
    pub pins: &'a BTreeMap<Purl, Pin>,
    pub builds: &'a BTreeMap<Location, Build>,
    pub missing: &'a BTreeMap<Location, String>,
    pub project: &'a Project,
    pub registry: &'a str,
    /// From the folder of the modules to the project's.
    pub project_path: &'a str,
}

/// The files, and what must be said of them.
pub struct Made {
    pub files: Files,
    /// The folder that is replaced whole.
    pub folder: String,
    pub warnings: Vec<Problem>,
}

/// What a source is made of.
struct Fetched {
    source: Source,
    is_checkout: bool,
    /// Why it is not the commit that the pins have.
    fallen_back: Option<String>,
}

/// The hash of every commit that a package is taken from, by the package: from the pins, else from its files.
///
/// # Errors
/// None: what cannot be had has no hash, and the reason.
pub async fn checkouts(
    world: &World,
    pins: &BTreeMap<Purl, Pin>,
    progress: Progress,
) -> BTreeMap<Purl, Result<NarHash, String>> {
    let wanted: Vec<_> = pins.iter().filter_map(|(purl, pin)| Some((purl, pin, commit(pin)?))).collect();
    let stage = progress.stage("commits", wanted.len());
    stream::iter(wanted)
        .map(|(purl, pin, source)| {
            let stage = &stage;
            async move {
                let found = match pin.checkout {
                    Some(hash) => Ok(hash),
                    None => match world.git.tree_hash(&source.repository, source.commit, false).await {
                        Ok(hashes) => Ok(hashes.hash.checkout),
                        Err(why) => Err(why.to_string()),
                    },
                };
                stage.step();
                (purl.clone(), found)
            }
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await
}

/// The commit that a package is taken from: where the route says so.
fn commit(pin: &Pin) -> Option<&crate::source::Source> {
    let source = pin.resolution.as_ref()?.source.as_ref()?;
    (pin.route == Route::Verbatim).then_some(source)
}

/// The SHA-256 of every artifact that is downloaded, by the package.
///
/// # Errors
/// Artifacts that were there a moment ago and now are not.
async fn files(input: &Input<'_>) -> anyhow::Result<BTreeMap<Purl, Integrity>> {
    let keys: BTreeMap<&Purl, String> = input
        .found
        .known
        .iter()
        .filter_map(|(purl, known)| Some((purl, format!("sha256 {}", known.artifact.as_ref()?.integrity))))
        .collect();
    let cached = input.world.cache.get_many(Kind::Pack, keys.values().map(String::as_str));
    let all =
        input.found.known.iter().filter_map(|(purl, known)| Some((purl, known, known.artifact.as_ref()?)));
    stream::iter(all)
        .map(|(purl, known, artifact)| {
            let (key, cached) = (&keys[purl], cached.get(&keys[purl]));
            async move {
                if artifact.integrity.algorithm == Algorithm::Sha256 {
                    return Ok((purl.clone(), artifact.integrity.clone()));
                }
                if let Some(hash) = cached.and_then(|bytes| Integrity::sha256(bytes)) {
                    return Ok((purl.clone(), hash));
                }
                let shown = known.wanted.shown();
                let file = input.world.npm.tarball(&shown, &artifact.url, Some(&artifact.integrity)).await?;
                let hash = Integrity::of(Algorithm::Sha256, &file.bytes);
                input.world.cache.put(Kind::Pack, key, hash.bytes());
                anyhow::Ok((purl.clone(), hash))
            }
        })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await
}

/// Makes the files.
///
/// # Errors
/// A template that gives no Scheme, or what no system of Guix can have.
pub async fn made(
    input: &Input<'_>,
    checkouts: &BTreeMap<Purl, Result<NarHash, String>>,
) -> Result<Made, Failure> {
    let files = files(input).await?;
    let mut warnings = Vec::new();
    let mut packages = BTreeMap::new();
    let builds = builds(input);
    for (purl, known) in input.found.known {
        let build = builds.get(purl).copied();
        let fetched = fetched(input, purl, known, checkouts, &files);
        if let Some(why) = &fetched.fallen_back {
            warnings.push(problem::no_checkout(&known.wanted.shown(), why));
        }
        let mut made = package(input, purl, known, (fetched, build));
        let taken = taken(&known.contents, build);
        if let Some((comment, warning)) = taken.complaint(&known.wanted.shown()) {
            made.comments.push(comment);
            warnings.push(problem::incomplete(&warning));
        }
        made.libraries = taken.libraries;
        made.programs.extend(taken.programs);
        packages.insert(purl.to_string(), made);
    }
    for absent in input.found.absent {
        packages.insert(absent.wanted.purl.to_string(), unknown(&absent.wanted.shown(), &absent.wanted.name));
    }
    for (location, node) in &input.found.graph.nodes {
        if let Some(package) = local(input, location, node) {
            packages.insert(local_key(location), package);
        }
    }
    for (location, why) in input.missing {
        let key = key(location, &input.found.graph.nodes[location]);
        if let Some(package) = key.and_then(|key| packages.get_mut(&key)) {
            package.missing = Some(why.clone());
        }
    }
    let own = own(input.project);
    let project = names::module(&own.name);
    let files = npm::render(&npm::Input {
        project: &project,
        graph: input.found.graph,
        key: &key,
        packages: &packages,
        own: &own,
        registry: input.registry,
        project_path: input.project_path,
    })?;
    Ok(Made { files, folder: writing::guix_folder(&own.name), warnings })
}

/// What a package is known by; one whose files are the project's by its place.
fn key(location: &Location, node: &Node) -> Option<String> {
    match &node.origin {
        Origin::Tarball { .. } | Origin::Folder { .. } => Some(local_key(location)),
        Origin::Project | Origin::Link { .. } | Origin::Bundled { .. } => None,
        _ => wanted::identity(node).map(|purl| purl.to_string()),
    }
}

fn local_key(location: &Location) -> String {
    format!("project {location}")
}

fn fetched(
    input: &Input<'_>,
    purl: &Purl,
    known: &Known,
    checkouts: &BTreeMap<Purl, Result<NarHash, String>>,
    files: &BTreeMap<Purl, Integrity>,
) -> Fetched {
    // The definition's, which stands for itself in tags and addresses.
    let version = names::version(known.wanted.version.as_ref().map_or("", |version| version.as_str()));
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
            Err(why) => fallen_back = Some(why.clone()),
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

fn package(
    input: &Input<'_>,
    purl: &Purl,
    known: &Known,
    (fetched, build): (Fetched, Option<&Build>),
) -> model::Package {
    let pin = &input.pins[purl];
    let (binaries, has_programs) = binaries(&known.contents);
    let manifest = known.contents.manifest_json();
    let version = known.wanted.version.as_ref().map_or("0", |version| version.as_str());
    let source = commit(pin).filter(|_| fetched.is_checkout);
    let mapping = pin.resolution.as_ref().and_then(|resolution| resolution.mapping.as_ref());
    let mapping = mapping.filter(|_| fetched.is_checkout);
    model::Package {
        name: known.wanted.name.to_string(),
        version: version.to_owned(),
        subdirectory: source.and_then(|source| source.subdirectory.clone()).unwrap_or_default(),
        elsewhere: mapping.map(|mapping| mapping.elsewhere.clone()).unwrap_or_default(),
        manifest_diff: mapping.and_then(|mapping| mapping.manifest_diff.clone()),
        published: if fetched.is_checkout { paths(&known.contents) } else { Vec::new() },
        is_nameless: false,
        scripts: build.is_some_and(|build| build.scripts),
        binaries,
        has_programs,
        comments: comments(pin, &fetched),
        libraries: BTreeSet::new(),
        programs: has_programs.then(|| "patchelf".to_owned()).into_iter().collect(),
        environment: build.map(|build| build.overrides.env.clone()).unwrap_or_default(),
        patches: build.map(|build| build.overrides.patches.clone()).unwrap_or_default(),
        about: about::npm(&manifest),
        properties: source
            .map(|source| tag::properties(source, &names::version(version)))
            .unwrap_or_default(),
        local: false,
        missing: None,
        source: fetched.source,
    }
}

/// How packages are built: at all its locations one is built alike.
fn builds<'a>(input: &Input<'a>) -> BTreeMap<Purl, &'a Build> {
    let purl = |location: &Location| wanted::identity(&input.found.graph.nodes[location]);
    input.builds.iter().filter_map(|(location, build)| Some((purl(location)?, build))).collect()
}

/// What its install scripts need of Guix.
fn taken(contents: &Contents, build: Option<&Build>) -> Taken {
    let mut taken = Taken::default();
    let Some(build) = build.filter(|build| build.scripts) else { return taken };
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

/// Whether compiled programs or libraries lie in it, and whether programs do.
fn binaries(contents: &Contents) -> (bool, bool) {
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let binary = contents.files.iter().filter(|file| file.looks == Some(Looks::Binary));
    let names: Vec<_> = binary.map(|file| name(&file.path)).collect();
    let has_programs = names.iter().any(|name| !name.contains('.'));
    let is_library = |name: &String| name.ends_with(".node") || name.contains(".so");
    (has_programs || names.iter().any(is_library), has_programs)
}

/// Why a package is as the registry ships it.
fn comments(pin: &Pin, fetched: &Fetched) -> Vec<String> {
    let fallen_back = fetched
        .fallen_back
        .as_ref()
        .map(|why| format!("As the registry ships it: its commit could not be had ({why})."));
    fallen_back.or_else(|| comment(pin)).into_iter().collect()
}

/// A package that nothing could be asked about.
fn unknown(shown: &str, name: &PackageName) -> model::Package {
    let version = shown.rsplit_once('@').map_or("0", |(_, version)| version);
    model::Package {
        missing: Some(format!("{shown} could not be had")),
        ..model::Package::new(name.as_str(), version)
    }
}

/// A package whose files are the project's.
fn local(input: &Input<'_>, location: &Location, node: &Node) -> Option<model::Package> {
    let (Origin::Folder { path } | Origin::Tarball { path }) = &node.origin else { return None };
    let contents = input.found.local.get(location)?;
    let manifest = contents.manifest_json();
    let (binaries, has_programs) = binaries(contents);
    let text = |key: &str| manifest[key].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let folder = location.folder_name().unwrap_or_default().to_owned();
    let name = node.name.as_ref().map(ToString::to_string).or_else(|| text("name")).unwrap_or(folder);
    let version = text("version").unwrap_or_else(|| "0".to_owned());
    let is_file = matches!(node.origin, Origin::Tarball { .. });
    let store_name = names::plain(names::Ecosystem::Npm, &name);
    let build = input.builds.get(location);
    Some(model::Package {
        source: if is_file {
            Source::file_of_project(path.as_str())
        } else {
            Source::of_project(path.as_str(), &store_name)
        },
        scripts: build.is_some_and(|build| build.scripts),
        about: about::npm(&manifest),
        is_nameless: text("name").is_none(),
        binaries,
        has_programs,
        programs: has_programs.then(|| "patchelf".to_owned()).into_iter().collect(),
        local: true,
        ..model::Package::new(&name, &version)
    })
}

fn own(project: &Project) -> model::Own {
    let context = project::context(project);
    let manifest = project.root();
    model::Own {
        module: if context.name.is_empty() { context.pname.clone() } else { context.name },
        name: context.pname,
        version: context.version,
        build: context.build,
        files: context.files,
        programs: context.bins,
        start: context.start,
        about: about::npm(manifest),
    }
}
