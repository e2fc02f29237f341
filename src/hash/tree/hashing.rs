//! From a plan and the blobs' bytes, given in order, to the hashes: all of them in one pass.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::plan::{Kind, Plan, Source, Step, Treatment, Views};
use super::{TreeError, shown};
use crate::hash::Digest;
use crate::hash::nar::{NarError, NarHash, Writer};

/// git archive reads larger blobs (`core.bigFileThreshold`) in pieces and converts nothing in them.
const BIG_FILE: usize = 512 << 20;

/// What was found out about a commit's files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hashes {
    /// What `git checkout` leaves, `.git` taken away; submodules are empty folders.
    pub checkout: NarHash,
    /// What `git archive` gives, with what it was said to write into files of [`substituted`](Self::substituted);
    /// `None` where that was not said.
    pub archive: Option<NarHash>,
    /// The checkout with the submodules that were put into the plan.
    pub whole: NarHash,
    /// Paths of Git LFS pointers: what they point to is not in the repository.
    pub pointers: Vec<String>,
    /// Paths of files in which `git archive` replaces `$Format:...$`.
    pub substituted: Vec<String>,
}

/// A blob as it lies in the folder.
#[derive(Debug)]
pub struct Loaded {
    bytes: Vec<u8>,
    pointer: bool,
    substituted: bool,
    unconverted: bool,
    /// What an archive has in place of `bytes`.
    archived: Option<Vec<u8>>,
}

impl Loaded {
    /// How many bytes are held.
    pub fn size(&self) -> usize {
        self.bytes.len() + self.archived.as_ref().map_or(0, Vec::len)
    }
}

impl Plan {
    /// The blobs that an archive may have otherwise (`export-subst`), by their paths.
    pub fn substituted(&self) -> BTreeMap<Vec<u8>, Digest<20>> {
        let blob = |(step, path): (&Step, Vec<u8>)| match &step.kind {
            Kind::File { treatment: Some(treatment), source, .. }
                if treatment.substituted && step.views.has(Views::ARCHIVE) =>
            {
                Some((path, source.blob))
            }
            _ => None,
        };
        self.steps.iter().zip(self.paths()).filter_map(blob).collect()
    }

    /// Says what an archive has at the paths of [`substituted`](Self::substituted).
    pub fn set_archived(&mut self, archived: &BTreeMap<Vec<u8>, Vec<u8>>) {
        let paths: Vec<Vec<u8>> = self.paths();
        for (step, path) in self.steps.iter_mut().zip(paths) {
            if let Kind::File { treatment: Some(treatment), .. } = &mut step.kind {
                treatment.archived = archived.get(&path).filter(|_| treatment.substituted).cloned();
            }
        }
    }

    /// The path of each step; a folder's own for those that enter and leave it.
    fn paths(&self) -> Vec<Vec<u8>> {
        let mut open = Vec::<u8>::new();
        let path_of = |step: &Step| {
            let path = [&open[..], &step.name].concat();
            match step.kind {
                Kind::Enter => open = [&path[..], b"/"].concat(),
                Kind::Leave => {
                    open.pop();
                    let parent = open.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
                    open.truncate(parent);
                }
                Kind::File { .. } | Kind::Link(_) | Kind::Submodule => {}
            }
            path
        };
        self.steps.iter().map(path_of).collect()
    }

    /// The steps that want a blob, in their order.
    pub fn blobs(&self) -> Vec<usize> {
        let wants = |step: &Step| matches!(step.kind, Kind::Link(_) | Kind::File { .. });
        self.steps.iter().enumerate().filter(|(_, step)| wants(step)).map(|(index, _)| index).collect()
    }

    /// Which blob a step of [`blobs`](Self::blobs) wants, and of which store.
    pub fn blob(&self, step: usize) -> (Digest<20>, usize) {
        match &self.steps[step].kind {
            Kind::Link(Source { blob, store }) | Kind::File { source: Source { blob, store }, .. } => {
                (*blob, usize::from(*store))
            }
            Kind::Enter | Kind::Leave | Kind::Submodule => (Digest([0; 20]), 0),
        }
    }

    /// Whether the blob may be given in pieces: nothing is done to it.
    pub fn may_come_in_pieces(&self, step: usize) -> bool {
        matches!(&self.steps[step].kind, Kind::File { treatment, .. }
            if treatment.as_ref().is_none_or(|of| of.conversion.is_none() && !of.substituted))
    }

    /// Does to a blob what its step asks for; may be done in any order, on any thread.
    pub fn load(&self, step: usize, bytes: Vec<u8>) -> Loaded {
        let (mut pointer, mut substituted, mut unconverted) = (false, false, false);
        let mut archived = None;
        let bytes = match &self.steps[step].kind {
            Kind::File { treatment: Some(treatment), source, .. } => {
                let Treatment { conversion, substituted: asked, lfs, archived: given } = &**treatment;
                pointer = *lfs && is_pointer(&bytes);
                let converted = match conversion.apply(&bytes, &source.blob) {
                    Cow::Owned(converted) => {
                        unconverted = bytes.len() > BIG_FILE;
                        Some(converted)
                    }
                    Cow::Borrowed(_) => None,
                };
                let bytes = converted.unwrap_or(bytes);
                substituted = *asked && has_format(&bytes);
                archived = given.clone().filter(|_| substituted);
                bytes
            }
            Kind::Link(_) => {
                // To the system it is a C string.
                let end = memchr::memchr(0, &bytes).unwrap_or(bytes.len());
                bytes[..end].to_vec()
            }
            _ => bytes,
        };
        Loaded { bytes, pointer, substituted, unconverted, archived }
    }
}

/// The pointer format of Git LFS (its specification, "The Pointer"): under 1024 bytes, the version first.
fn is_pointer(bytes: &[u8]) -> bool {
    bytes.len() < 1024 && bytes.starts_with(b"version https://git-lfs.github.com/spec/")
}

/// Whether `export-subst` replaces anything: `$Format:`, and a `$` somewhere after it.
fn has_format(bytes: &[u8]) -> bool {
    let start = memchr::memmem::find(bytes, b"$Format:");
    start.is_some_and(|at| memchr::memchr(b'$', &bytes[at + 8..]).is_some())
}

/// Hashes that are being computed.
pub struct Hashing<'a> {
    plan: &'a Plan,
    next: usize,
    /// Of the folder that is open, with a slash at its end unless it is the outermost.
    path: Vec<u8>,
    /// Checkout, archive and whole; only those that differ from the first.
    nars: [Option<Writer<Sha256>>; 3],
    pointers: Vec<String>,
    substituted: Vec<String>,
    no_archive: bool,
}

const VIEWS: [Views; 3] = [Views::CHECKOUT, Views::ARCHIVE, Views::WHOLE];

impl<'a> Hashing<'a> {
    pub fn new(plan: &'a Plan) -> Self {
        let nar = |wanted: bool| wanted.then(|| Writer::new(Sha256::new()));
        let whole = plan.steps.iter().any(|step| step.views == Views::WHOLE);
        Self {
            plan,
            next: 0,
            path: Vec::new(),
            nars: [nar(true), nar(plan.differs()), nar(whole)],
            pointers: Vec::new(),
            substituted: Vec::new(),
            no_archive: false,
        }
    }

    /// Takes the blob of a step of [`Plan::blobs`]; they must come in their order.
    pub fn blob(&mut self, step: usize, loaded: &Loaded) -> Result<(), TreeError> {
        self.advance(step)?;
        let Step { name, kind, views } = self.step(step);
        let archived = views.has(Views::ARCHIVE);
        if loaded.pointer {
            self.pointers.push(self.shown(name));
        }
        if loaded.substituted && archived {
            self.substituted.push(self.shown(name));
        }
        let unknown = loaded.substituted && loaded.archived.is_none();
        self.no_archive |= archived && (unknown || loaded.unconverted);
        match kind {
            Kind::Link(_) if loaded.bytes.is_empty() => Err(TreeError::EmptyLink(self.shown(name))),
            Kind::Link(_) => self.each(*views, |nar| nar.symlink(name, &loaded.bytes)),
            Kind::File { executable, .. } => self.each_view(*views, |view, nar| {
                let archived = loaded.archived.as_ref().filter(|_| view == Views::ARCHIVE);
                nar.file(name, *executable, archived.unwrap_or(&loaded.bytes))
            }),
            Kind::Enter | Kind::Leave | Kind::Submodule => Ok(()),
        }
    }

    /// Begins the blob of a step that may come in pieces.
    pub fn begin(&mut self, step: usize, length: u64) -> Result<(), TreeError> {
        self.advance(step)?;
        let Step { name, kind, views } = self.step(step);
        let executable = matches!(kind, Kind::File { executable: true, .. });
        self.each(*views, |nar| nar.begin(name, executable, length))
    }

    /// Goes on with the blob that was begun.
    pub fn piece(&mut self, step: usize, bytes: &[u8]) -> Result<(), TreeError> {
        let views = self.step(step).views;
        self.each(views, |nar| nar.piece(bytes))
    }

    /// Ends the blob that was begun.
    pub fn end(&mut self, step: usize) -> Result<(), TreeError> {
        let views = self.step(step).views;
        self.each(views, Writer::end)
    }

    /// The hashes, after all blobs.
    pub fn finish(mut self) -> Result<Hashes, TreeError> {
        self.advance(self.plan.steps.len())?;
        let mut hashes = [None; 3];
        for (hash, nar) in hashes.iter_mut().zip(self.nars) {
            if let Some(nar) = nar {
                *hash = Some(NarHash(nar.finish()?.finalize().into()));
            }
        }
        let [checkout, archive, whole] = hashes;
        let checkout = checkout.ok_or(NarError::Nesting)?;
        Ok(Hashes {
            checkout,
            archive: (!self.no_archive).then(|| archive.unwrap_or(checkout)),
            whole: whole.unwrap_or(checkout),
            pointers: self.pointers,
            substituted: self.substituted,
        })
    }

    fn shown(&self, name: &[u8]) -> String {
        shown(&[&self.path, name].concat())
    }

    fn step(&self, step: usize) -> &'a Step {
        &self.plan.steps[step]
    }

    /// Writes the folders up to a step.
    fn advance(&mut self, to: usize) -> Result<(), TreeError> {
        if to < self.next {
            return Err(TreeError::Order);
        }
        while self.next < to {
            let Step { name, kind, views } = self.step(self.next);
            match kind {
                Kind::Enter => {
                    self.path.extend_from_slice(name);
                    self.path.push(b'/');
                    self.each(*views, |nar| nar.enter(name))?;
                }
                Kind::Leave => {
                    self.path.pop();
                    let parent = self.path.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
                    self.path.truncate(parent);
                    self.each(*views, Writer::leave)?;
                }
                Kind::Submodule => self.each(*views, |nar| nar.enter(name).and_then(|()| nar.leave()))?,
                // A blob that was not given: its name would be missing.
                Kind::Link(_) | Kind::File { .. } => return Err(TreeError::Order),
            }
            self.next += 1;
        }
        self.next = to + 1;
        Ok(())
    }

    fn each(
        &mut self,
        views: Views,
        mut write: impl FnMut(&mut Writer<Sha256>) -> Result<(), NarError>,
    ) -> Result<(), TreeError> {
        self.each_view(views, |_, nar| write(nar))
    }

    fn each_view(
        &mut self,
        views: Views,
        mut write: impl FnMut(Views, &mut Writer<Sha256>) -> Result<(), NarError>,
    ) -> Result<(), TreeError> {
        for (nar, view) in self.nars.iter_mut().zip(VIEWS) {
            if let (Some(nar), true) = (nar, views.has(view)) {
                write(view, nar)?;
            }
        }
        Ok(())
    }
}
