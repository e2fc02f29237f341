//! What a wheel can be made from, and how its folders relate to the source's.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::Source;
use super::place::Place;
use super::written::Written;
use crate::contents::File;
use crate::hash::Digest;
use crate::source::kinds::{base, extension};
use crate::source::output::under;

pub(super) struct Sources<'a> {
    by_blob: BTreeMap<Digest<20>, BTreeSet<&'a str>>,
    sdist: BTreeSet<Digest<20>>,
    /// Paths without extension of what modules are generated from: `x.py.in` by a configuring step, `x.proto`
    /// by protoc.
    stems: BTreeSet<&'a str>,
    /// The project's folder in the tree: what its build files name is relative to it.
    folder: &'a str,
    written: &'a Written,
}

/// Where the source has a file of that name, by paths relative to the project.
pub(super) fn programs<'a>(source: &Source<'a>, name: &str) -> Vec<&'a str> {
    let known = source.tree.files.keys().map(String::as_str);
    let own = |path: &&'a str| {
        base(path) == name && under(path, source.folder).is_some_and(|local| source.written.names(local))
    };
    known.filter(own).collect()
}

impl<'a> Sources<'a> {
    pub(super) fn of(source: &Source<'a>) -> Self {
        let (folder, written) = (source.folder, source.written);
        let mut sources = Self {
            by_blob: BTreeMap::new(),
            sdist: source.sdist.iter().flat_map(|sdist| &sdist.files).map(|file| file.blob).collect(),
            stems: BTreeSet::new(),
            folder,
            written,
        };
        let of_tree = source.tree.files.iter().map(|(path, entry)| (entry.blob, path));
        let of_sdist = source.sdist.iter().flat_map(|sdist| &sdist.files).flat_map(|file| {
            [Some(file.blob), file.blob_lf].into_iter().flatten().map(move |blob| (blob, &file.path))
        });
        for (blob, path) in of_tree.chain(of_sdist) {
            sources.by_blob.entry(blob).or_default().insert(path);
            sources.stems.extend(path.strip_suffix(".py.in").or_else(|| path.strip_suffix(".proto")));
        }
        sources
    }

    /// Whether the sdist, of which all is told already, has these bytes.
    pub(super) fn sdist_has(&self, file: &File) -> bool {
        self.sdist.contains(&file.blob)
    }

    /// Where the source has a file's bytes.
    fn places<'s>(&'s self, file: &'s File) -> impl Iterator<Item = &'a str> + 's {
        let blobs = [Some(file.blob), file.blob_lf].into_iter().flatten();
        blobs.filter_map(|blob| self.by_blob.get(&blob)).flatten().copied()
    }

    /// The first of them.
    pub(super) fn anywhere(&self, file: &File) -> Option<&'a str> {
        self.places(file).next()
    }

    /// Which folders of the source the modules lie below.
    pub(super) fn layout<'w>(&self, files: &[(&'w File, Place<'w>)]) -> Layout<'w, 'a> {
        let modules: Vec<(&File, &str)> = files
            .iter()
            .filter_map(|(file, place)| match place {
                Place::Module(path) if file.size > 0 => Some((*file, *path)),
                _ => None,
            })
            .collect();
        let has_packages = modules.iter().any(|(_, path)| path.contains('/'));
        let mut roots: BTreeMap<&str, usize> = BTreeMap::new();
        let mut votes: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
        for (file, path) in modules {
            let places: BTreeSet<&str> =
                self.places(file).filter(|place| base(place) == base(path)).collect();
            // The name alone says little of where a module lies, where others say more.
            let tells = path.contains('/') || !has_packages;
            for root in places.iter().filter_map(|place| root(place, path)).filter(|_| tells) {
                *roots.entry(root).or_default() += 1;
            }
            *sizes.entry(folder(path)).or_default() += usize::from(!places.is_empty());
            let folders: BTreeSet<&str> = places.into_iter().map(folder).collect();
            for place in folders {
                *votes.entry((folder(path), place)).or_default() += 1;
            }
        }
        let most = roots.iter().max_by_key(|(root, count)| (**count, Reverse(root.len())));
        let most = most.map(|(root, _)| *root);
        let roots = most.into_iter().chain(["", "src", "lib", "python"]).collect();
        // A package is made from a folder as a whole: a few modules from elsewhere may be examples, or samples of what is
        // evil. One alone says nothing, nor does the top, where every package lies.
        let is_whole = |(package, _): &(&str, &str), count: usize| {
            count > 1 && !package.is_empty() && sizes.get(package).is_some_and(|size| count * 2 > *size)
        };
        let folders =
            votes.into_iter().filter(|(pair, count)| is_whole(pair, *count)).map(|(pair, _)| pair).collect();
        Layout { roots, folders }
    }

    /// Whether the source has a file, in its place.
    pub(super) fn hold(&self, file: &File, at: Place<'_>, layout: &Layout<'_, '_>) -> bool {
        match at {
            Place::Module(path) => self.places(file).filter(|place| base(place) == base(path)).any(|place| {
                let local = under(place, self.folder).unwrap_or(place);
                root(place, path).is_some_and(|root| layout.roots.contains(root))
                    || layout.folders.contains(&(folder(path), folder(place)))
                    || self.written.maps(folder(path), folder(local))
            }),
            // These can come from anywhere: where from, the build files say.
            Place::Script(path) | Place::Data(path) => self.places(file).any(|place| {
                let local = under(place, self.folder).unwrap_or(place);
                self.written.has(local) || base(place) == base(path) && self.written.names(local)
            }),
        }
    }

    /// Whether a module is named as one that is generated from a file of the source.
    pub(super) fn make(&self, path: &str) -> bool {
        let Some(stem) = path.strip_suffix(".py") else { return false };
        let stems = [Some(stem), stem.strip_suffix("_pb2"), stem.strip_suffix("_pb2_grpc")];
        extension(path) == "py"
            && stems.into_iter().flatten().any(|stem| self.stems.iter().any(|source| ends_with(source, stem)))
    }
}

/// How a wheel's folders relate to the source's.
pub(super) struct Layout<'w, 's> {
    /// What whole paths lie below: `src`, a project's folder.
    roots: BTreeSet<&'s str>,
    /// A folder of the wheel, and the one of the source that most of it comes from: projects can give their packages
    /// other places.
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

/// Whether a path of the source ends with one of the wheel: `src/a.py` and `a.py`.
pub(super) fn ends_with(path: &str, end: &str) -> bool {
    root(path, end).is_some()
}
