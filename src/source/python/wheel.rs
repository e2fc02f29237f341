//! The wheel beside the sdist: modules that nobody can have built from the source.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::data;
use super::kinds::{is_metadata, is_run, is_version_name};
use crate::contents::{Contents, Digest, File};
use crate::source::kinds::{base, extension};
use crate::source::repository::Tree;

/// The modules of a wheel, counted, and those that are in neither the commit nor the sdist.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::source) struct Modules {
    pub(in crate::source) matched: usize,
    pub(in crate::source) total: usize,
    pub(in crate::source) phantom: Vec<String>,
}

/// Compares the modules of a wheel, and what else Python would run of it.
pub(super) fn modules(wheel: &Contents, sdist: &Contents, tree: &Tree, version: &str) -> Modules {
    let sources = Sources::of(sdist, tree);
    let modules: Vec<&File> =
        wheel.files.iter().filter(|file| is_run(&file.path) && !is_metadata(&file.path)).collect();
    let layout = sources.layout(&modules);
    let mut found = Modules::default();
    for file in modules {
        let path = file.path.as_str();
        found.total += 1;
        let says_version = || {
            let text = wheel.texts.get(path).filter(|_| is_version_name(path));
            text.is_some_and(|text| data::is_version(path, text, version))
        };
        if file.size == 0 || sources.hold(file, &layout) {
            found.matched += 1;
        } else if !sources.make(path) && !says_version() {
            found.phantom.push(path.to_owned());
        }
    }
    found
}

/// What a wheel can be made from.
struct Sources<'a> {
    by_blob: BTreeMap<Digest<20>, BTreeSet<&'a str>>,
    /// Paths without extension of what modules are generated from: `x.py.in` by a configuring step, `x.proto`
    /// by protoc.
    stems: BTreeSet<&'a str>,
}

impl<'a> Sources<'a> {
    fn of(sdist: &'a Contents, tree: &'a Tree) -> Self {
        let mut sources = Self { by_blob: BTreeMap::new(), stems: BTreeSet::new() };
        let of_tree = tree.files.iter().map(|(path, entry)| (entry.blob, path));
        let of_sdist = sdist.files.iter().flat_map(|file| {
            [Some(file.blob), file.blob_lf].into_iter().flatten().map(move |blob| (blob, &file.path))
        });
        for (blob, path) in of_tree.chain(of_sdist) {
            sources.by_blob.entry(blob).or_default().insert(path);
            sources.stems.extend(path.strip_suffix(".py.in").or_else(|| path.strip_suffix(".proto")));
        }
        sources
    }

    /// Where the source has a module's bytes, under the same name.
    fn places<'s>(&'s self, file: &'s File) -> impl Iterator<Item = &'a str> + 's {
        let blobs = [Some(file.blob), file.blob_lf].into_iter().flatten();
        let places = blobs.filter_map(|blob| self.by_blob.get(&blob)).flatten().copied();
        places.filter(|place| base(place) == base(&file.path))
    }

    /// Which folders of the source the modules lie below.
    fn layout<'w>(&self, modules: &[&'w File]) -> Layout<'w, 'a> {
        let mut roots: BTreeMap<&str, usize> = BTreeMap::new();
        let mut votes: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for file in modules {
            let path = file.path.as_str();
            let places: BTreeSet<&str> = self.places(file).collect();
            // The name alone says little of where a module lies, where others say more.
            let tells = path.contains('/') || !modules.iter().any(|module| module.path.contains('/'));
            for root in places.iter().filter_map(|place| root(place, path)).filter(|_| tells) {
                *roots.entry(root).or_default() += 1;
            }
            let folders: BTreeSet<&str> = places.into_iter().map(folder).collect();
            for place in folders {
                *votes.entry((folder(path), place)).or_default() += 1;
            }
        }
        let most = roots.iter().max_by_key(|(root, count)| (**count, Reverse(root.len())));
        let most = most.map(|(root, _)| *root);
        let roots = most.into_iter().chain(["", "src", "lib", "python"]).collect();
        // One module says nothing: it may be an example, or a sample of what is evil.
        let folders = votes.into_iter().filter(|(_, count)| *count > 1).map(|(pair, _)| pair).collect();
        Layout { roots, folders }
    }

    /// Whether the source has a module, in its place.
    fn hold(&self, file: &File, layout: &Layout<'_, '_>) -> bool {
        let path = file.path.as_str();
        self.places(file).any(|place| {
            root(place, path).is_some_and(|root| layout.roots.contains(root))
                || layout.folders.contains(&(folder(path), folder(place)))
        })
    }

    /// Whether a module is named as one that is generated from a file of the source.
    fn make(&self, path: &str) -> bool {
        let Some(stem) = path.strip_suffix(".py") else { return false };
        let stems = [Some(stem), stem.strip_suffix("_pb2"), stem.strip_suffix("_pb2_grpc")];
        extension(path) == "py"
            && stems.into_iter().flatten().any(|stem| self.stems.iter().any(|source| ends_with(source, stem)))
    }
}

/// How a wheel's folders relate to the source's.
struct Layout<'w, 's> {
    /// What whole paths lie below: `src`, a project's folder.
    roots: BTreeSet<&'s str>,
    /// A folder of the wheel, and one of the source that several of its modules come from: projects can give
    /// their packages other places.
    folders: BTreeSet<(&'w str, &'s str)>,
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// What a module's path lies below in the source, where it has the same path there.
fn root<'a>(place: &'a str, path: &str) -> Option<&'a str> {
    let above = place.strip_suffix(path)?;
    if above.is_empty() { Some(above) } else { above.strip_suffix('/') }
}

fn ends_with(path: &str, end: &str) -> bool {
    root(path, end).is_some()
}
