//! File by file: which of an sdist's (or a wheel's) files a commit holds.

use std::collections::{BTreeMap, BTreeSet};

use super::kinds::{
    is_code, is_compiled, is_document, is_litter, is_machine_made, is_metadata, is_rendered, is_run,
    is_version_name, order,
};
use super::links::Links;
use super::{build_files, data, wheel};
use crate::contents::{Contents, File};
use crate::hash::Digest;
use crate::source::correspondence::{Correspondence, Left};
use crate::source::kinds::{extension, is_media};
use crate::source::output::join;
use crate::source::repository::{FileKind, Tree};
use crate::source::resolution::Class;

/// What an extension is made from: Cython, SWIG, parser generators.
const GENERATORS: [&str; 9] = ["pyx", "pxd", "i", "y", "yy", "l", "re", "pyx.in", "g4"];
const NATIVE: [&str; 12] = ["c", "cc", "cpp", "cxx", "c++", "h", "hh", "hpp", "hxx", "s", "cu", "f90"];

/// The files of an sdist by the paths that they have in a tree. One that was packed with other line endings than the
/// repository keeps is there twice.
pub(in crate::source) fn files(sdist: &Contents, folder: &str) -> Vec<(String, Digest<20>)> {
    let files = sdist.files.iter().filter(|file| !is_metadata(&file.path) && file.size > 0);
    let blobs = |file: &File| [Some(file.blob), file.blob_lf].into_iter().flatten().collect::<Vec<_>>();
    files.flat_map(|file| blobs(file).into_iter().map(|blob| (join(folder, &file.path), blob))).collect()
}

/// What is compared with what.
pub(super) struct Comparison<'a> {
    pub(super) contents: &'a Contents,
    /// They are a wheel's: all of them are installed.
    pub(super) is_wheel: bool,
    /// As the release's metadata writes it.
    pub(super) version: &'a str,
    pub(super) tree: &'a Tree,
    /// Where the commit's symbolic links lead.
    pub(super) links: &'a Links,
    /// The project's, in the tree.
    pub(super) folder: &'a str,
    /// The build files that are the commit's as the tool that packs writes them anew.
    pub(super) rewritten: &'a [&'a str],
    /// Where the commit's build files say that the version is written to.
    pub(super) version_files: &'a [String],
}

impl Comparison<'_> {
    pub(super) fn compare(&self) -> Correspondence {
        let mut found = Correspondence::default();
        let known = Known::of(self.tree);
        let own = wheel::own_folder(self.contents);
        let skipped =
            |path: &str| if self.is_wheel { wheel::is_metadata(path, own) } else { is_metadata(path) };
        for file in self.contents.files.iter().filter(|file| !skipped(&file.path)) {
            if self.rewritten.contains(&file.path.as_str()) {
                found.counts.manifest += 1;
                continue;
            }
            self.one(file, &known, &mut found);
        }
        // An archive's own links are followed by whoever unpacks it, and lead where it says.
        for link in self.contents.dropped.iter().filter(|link| !skipped(&link.path)) {
            let left = if is_code(&link.path) { Left::Phantom } else { Left::Output };
            count(left, &mut found);
            found.left.insert(link.path.clone(), left);
        }
        found
    }

    fn one(&self, file: &File, known: &Known<'_>, found: &mut Correspondence) {
        let path = file.path.as_str();
        let place = join(self.folder, path);
        let led = self.links.resolve(self.tree, &place);
        let entry = led.as_deref().and_then(|place| self.tree.files.get(place));
        let entry = entry.filter(|entry| entry.kind != FileKind::Symlink);
        let is_linked = led.as_deref() != Some(place.as_str());
        if let (Some(entry), Some(at)) = (entry, &led)
            && entry.blob == file.blob
        {
            found.counts.identical += 1;
            if is_machine_made(file) {
                found.machine_made.push(path.to_owned());
            }
            if is_linked {
                found.elsewhere.insert(path.to_owned(), at.clone());
                found.left.insert(path.to_owned(), Left::Linked);
            } else {
                found.identical.insert(path.to_owned());
            }
            return;
        }
        let elsewhere = known.by_blob.get(&file.blob).filter(|_| file.size > 0 && entry.is_none());
        // A licence from above, a picture of the documentation: whatever is run must be in its place.
        let may_be_anywhere =
            !self.is_program(path) && (is_document(file) || is_media(path) || is_rendered(file));
        if let Some(at) = elsewhere.filter(|_| may_be_anywhere) {
            found.counts.identical += 1;
            found.elsewhere.insert(path.to_owned(), (*at).to_owned());
            found.left.insert(path.to_owned(), Left::Linked);
            return;
        }
        let is_lf = file.blob_lf.as_ref().is_some_and(|lf| {
            entry.is_some_and(|entry| entry.blob == *lf)
                || is_document(file) && known.by_blob.contains_key(lf)
        });
        let left = if is_lf {
            Left::Crlf
        } else if self.is_harmless(file) {
            Left::Harmless
        } else if entry.is_some() {
            Left::Differs
        } else if file.size == 0 || is_rendered(file) || self.is_for_old_tools(path) {
            Left::Harmless
        } else if elsewhere.is_some() {
            Left::Moved
        } else if self.in_submodule(path) || self.is_generated(path, known) || !is_code(path) {
            Left::Output
        } else {
            Left::Phantom
        };
        match left {
            // Whether it was there with other bytes, or not at all.
            Left::Harmless if entry.is_some() => found.counts.differs += 1,
            left => count(left, found),
        }
        found.left.insert(path.to_owned(), left);
    }

    /// Whether a wheel has it among its programs, whatever it is called.
    fn is_program(&self, path: &str) -> bool {
        self.is_wheel && wheel::is_program(path)
    }

    /// Documentation, a version file, or what was swept up.
    fn is_harmless(&self, file: &File) -> bool {
        let path = file.path.as_str();
        let says_version =
            || self.contents.texts.get(path).is_some_and(|text| data::is_version(path, text, self.version));
        !self.is_program(path)
            && (is_document(file)
                || is_litter(path)
                || !self.is_wheel && is_compiled(path, self.contents)
                || self.is_version_file(path) && !file.executable && says_version())
    }

    fn is_version_file(&self, path: &str) -> bool {
        let place = join(self.folder, path);
        is_version_name(path) || self.version_files.iter().any(|named| named == path || *named == place)
    }

    /// Whether this is the setup.py that Poetry, Flit and PDM add, which their own build never reads.
    fn is_for_old_tools(&self, path: &str) -> bool {
        let own = "pyproject.toml";
        let committed = self.tree.files.get(&join(self.folder, own)).map(|entry| entry.blob);
        let same = self.contents.file(own).is_some_and(|file| Some(file.blob) == committed);
        let text = |path: &str| self.contents.texts.get(path);
        path == "setup.py"
            && same
            && text(own).is_some_and(|text| build_files::leaves_setup_py(text))
            && text(path).is_some_and(|text| {
                data::is_setup_of_literals(text, |module| {
                    self.contents.file(&format!("{module}.py")).is_some()
                })
            })
    }

    /// Whether a path lies in a submodule, whose files the commit does not hold itself.
    fn in_submodule(&self, path: &str) -> bool {
        let place = join(self.folder, path);
        let below =
            |module: &String| place.strip_prefix(module.as_str()).is_some_and(|rest| rest.starts_with('/'));
        self.tree.submodules.keys().any(below)
    }

    /// Native code by its name beside what it is generated from (`_x.c` or `_x_wrap.cxx`, of `_x.pyx` or `x.i`).
    fn is_generated(&self, path: &str, known: &Known<'_>) -> bool {
        let place = join(self.folder, path);
        let Some((stem, _)) = place.rsplit_once('.').filter(|_| NATIVE.contains(&extension(path).as_str()))
        else {
            return false;
        };
        let from = |stem: &str| known.stems.contains(stem);
        from(stem) || stem.strip_suffix("_wrap").is_some_and(from)
    }
}

fn count(left: Left, found: &mut Correspondence) {
    let counts = &mut found.counts;
    let count = match left {
        Left::Crlf => &mut counts.crlf,
        Left::Differs => &mut counts.differs,
        Left::Phantom => &mut counts.phantom,
        Left::Linked => &mut counts.identical,
        Left::Harmless | Left::Output | Left::Data | Left::Moved => &mut counts.generated,
    };
    *count += 1;
}

/// The class of a comparison whose project is the right one.
pub(super) fn class(found: &Correspondence) -> Class {
    if found.left.is_empty() {
        return Class::Verbatim;
    }
    let small = found.left.values().all(|left| matches!(left, Left::Crlf | Left::Harmless | Left::Linked));
    if small { Class::Near } else { Class::Built }
}

/// Why it is not proved that every file that is source is the commit's, byte for byte, where nothing else differs. Line
/// endings are no small thing: the bytes are others.
pub(super) fn doubt(found: &Correspondence, contents: &Contents) -> Option<String> {
    let crlf_code = |path: &&String| contents.file(path).is_none_or(|file| !is_document(file));
    let tells = |path: &String| contents.file(path).is_some_and(|file| file.size > 0) && is_run(path);
    let mut other: Vec<&String> = found.paths(Left::Crlf).filter(crlf_code).collect();
    other.sort_by_cached_key(|path| order(path));
    match &other[..] {
        [] if found.identical.iter().any(tells) => None,
        [] => Some("not one file that is imported, built or run is the commit's".to_owned()),
        [first] => {
            Some(format!("a file that programs read has other line endings than in the commit: {first}"))
        }
        [first, more @ ..] => Some(format!(
            "files that programs read have other line endings than in the commit: {first} and {} more",
            more.len()
        )),
    }
}

/// What a tree holds, by other keys than its paths.
struct Known<'a> {
    by_blob: BTreeMap<Digest<20>, &'a str>,
    /// Paths without extension of what native code is generated from.
    stems: BTreeSet<&'a str>,
}

impl<'a> Known<'a> {
    fn of(tree: &'a Tree) -> Self {
        let files = tree.files.iter().filter(|(_, entry)| entry.kind != FileKind::Symlink);
        let made = |path: &&String| GENERATORS.contains(&extension(path).as_str());
        Self {
            by_blob: files.map(|(path, entry)| (entry.blob, path.as_str())).collect(),
            stems: tree.files.keys().filter(made).filter_map(|path| Some(path.rsplit_once('.')?.0)).collect(),
        }
    }
}
