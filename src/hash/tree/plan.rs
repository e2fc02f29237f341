//! What there is to hash of a commit, in the order of a NAR: names, modes, blob ids and what is done to each
//! file, without any contents. About a hundred bytes for each path.

use std::collections::BTreeMap;

use super::attributes::{Known, Stack};
use super::convert::Conversion;
use super::object::{self, Entry, Mode, Objects};
use super::{DEEPEST, LONGEST, MOST, TreeError, shown};
use crate::hash::Digest;

/// A way to look at a commit, and sets of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Views(pub u8);

impl Views {
    /// What `git checkout` leaves.
    pub const CHECKOUT: Self = Self(1);
    /// What `git archive` gives.
    pub const ARCHIVE: Self = Self(2);
    /// What `git checkout` leaves after `git submodule update --init --recursive`.
    pub const WHOLE: Self = Self(4);

    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// One thing to write.
#[derive(Debug)]
pub(super) struct Step {
    pub views: Views,
    pub name: Box<[u8]>,
    pub kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    Enter,
    Leave,
    Link(Source),
    File {
        source: Source,
        executable: bool,
        /// `None` for the many files that nothing is done to.
        treatment: Option<Box<Treatment>>,
    },
    /// A commit of another repository: an empty folder, unless it is put in.
    Submodule,
}

/// Where a blob is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source {
    pub blob: Digest<20>,
    /// 0 for the repository itself, others for its submodules.
    pub store: u16,
}

/// What attributes say of a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Treatment {
    pub conversion: Conversion,
    /// `export-subst`
    pub substituted: bool,
    /// What an archive has in place of the blob, where that was said.
    pub archived: Option<Vec<u8>>,
    /// `filter=lfs`
    pub lfs: bool,
}

/// A submodule of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submodule {
    pub path: Vec<u8>,
    pub commit: Digest<20>,
    step: usize,
}

/// All that is to be hashed of one commit.
#[derive(Debug)]
pub struct Plan {
    pub(super) steps: Vec<Step>,
    submodules: Vec<Submodule>,
    collisions: Vec<[String; 2]>,
}

impl Plan {
    /// Reads a commit's trees and its `.gitattributes` files.
    pub fn new(objects: &mut impl Objects, commit: Digest<20>) -> Result<Self, TreeError> {
        let mut bytes = Vec::new();
        objects.read(commit, object::Kind::Commit, &mut bytes)?;
        let tree = object::tree_of(commit, &bytes)?;
        let plan = Self { steps: Vec::new(), submodules: Vec::new(), collisions: Vec::new() };
        let mut walk = Walk { objects, plan, attributes: Stack::new(), path: Vec::new(), depth: 0 };
        walk.folder(tree, true)?;
        Ok(walk.plan)
    }

    /// The submodules of the commit itself, in the order of a NAR.
    pub fn submodules(&self) -> &[Submodule] {
        &self.submodules
    }

    /// Their paths for people.
    pub fn submodule_paths(&self) -> Vec<String> {
        self.submodules.iter().map(|submodule| shown(&submodule.path)).collect()
    }

    /// Pairs of paths that are one path where case is ignored.
    pub fn collisions(&self) -> &[[String; 2]] {
        &self.collisions
    }

    /// Puts plans of submodules in, in the order of [`submodules`](Self::submodules); each comes with the
    /// number that the first of its stores has in the whole.
    #[must_use]
    pub fn with_submodules(mut self, plans: Vec<Option<(Self, u16)>>) -> Self {
        let mut plans: BTreeMap<usize, (Self, u16)> = (self.submodules.iter().zip(plans))
            .filter_map(|(submodule, plan)| Some((submodule.step, plan?)))
            .collect();
        let mut steps = Vec::with_capacity(self.steps.len());
        for (index, step) in self.steps.into_iter().enumerate() {
            let Some((plan, offset)) = plans.remove(&index) else {
                steps.push(step);
                continue;
            };
            let views = step.views;
            steps.push(Step { views, name: step.name, kind: Kind::Enter });
            steps.extend(plan.steps.into_iter().map(|mut step| {
                step.views = Views::WHOLE;
                match &mut step.kind {
                    Kind::Link(source) | Kind::File { source, .. } => source.store += offset,
                    Kind::Enter | Kind::Leave | Kind::Submodule => {}
                }
                step
            }));
            steps.push(Step { views, name: Box::default(), kind: Kind::Leave });
        }
        self.steps = steps;
        self.submodules.clear();
        self
    }

    /// Whether checkout and archive are different folders.
    pub(super) fn differs(&self) -> bool {
        let filled = |step: &Step| matches!(&step.kind, Kind::File { treatment: Some(of), .. } if of.archived.is_some());
        let differs =
            |step: &Step| step.views.has(Views::CHECKOUT) != step.views.has(Views::ARCHIVE) || filled(step);
        self.steps.iter().any(differs)
    }
}

struct Walk<'a, O> {
    objects: &'a mut O,
    plan: Plan,
    attributes: Stack,
    /// Of the folder that is read, with a slash at its end unless it is the outermost.
    path: Vec<u8>,
    depth: usize,
}

impl<O: Objects> Walk<'_, O> {
    /// Reads a folder. `archived` says that neither it nor a folder above it is left out of archives; the
    /// answer, whether an archive has it.
    fn folder(&mut self, tree: Digest<20>, archived: bool) -> Result<bool, TreeError> {
        if self.depth > DEEPEST || self.path.len() > LONGEST {
            return Err(TreeError::Deep(shown(&self.path)));
        }
        let mut entries = self.entries(tree)?;
        let attributes = entries.iter().find(|entry| {
            &*entry.name == b".gitattributes" && !matches!(entry.mode, Mode::Folder | Mode::Submodule)
        });
        let has_attributes = attributes.is_some();
        if let Some(entry) = attributes {
            let mut text = Vec::new();
            self.objects.read(entry.id, object::Kind::Blob, &mut text)?;
            self.attributes.push(&self.path, &text);
        }
        entries.sort_by(|left, right| left.name.cmp(&right.name));
        self.check(&entries)?;
        let mut reached = false;
        for entry in entries {
            reached |= self.entry(entry, archived)?;
        }
        if has_attributes {
            self.attributes.pop();
        }
        Ok(reached)
    }

    fn entries(&mut self, tree: Digest<20>) -> Result<Vec<Entry>, TreeError> {
        let mut bytes = Vec::new();
        self.objects.read(tree, object::Kind::Tree, &mut bytes)?;
        object::entries(tree, &bytes)
    }

    /// Refuses what git does not check out, and finds names that differ in case alone.
    fn check(&mut self, entries: &[Entry]) -> Result<(), TreeError> {
        if self.plan.steps.len() + entries.len() > MOST {
            return Err(TreeError::Large);
        }
        let path = |name: &[u8]| shown(&[&self.path, name].concat());
        let mut folded = BTreeMap::new();
        for (index, entry) in entries.iter().enumerate() {
            let name = &*entry.name;
            let twice = index > 0 && entries[index - 1].name == entry.name;
            if twice || matches!(name, b"" | b"." | b"..") || name.eq_ignore_ascii_case(b".git") {
                return Err(TreeError::Name(path(name)));
            }
            if name.iter().any(|byte| matches!(byte, 0 | b'/')) {
                return Err(TreeError::Name(path(name)));
            }
            if let Some(other) = folded.insert(String::from_utf8_lossy(name).to_lowercase(), name) {
                self.plan.collisions.push([path(other), path(name)]);
            }
        }
        Ok(())
    }

    /// Adds an entry of a folder; the answer, whether an archive has that folder for its sake. git makes a
    /// folder when it comes to a file in it, even to one that then is left out by its own name.
    fn entry(&mut self, entry: Entry, in_archived: bool) -> Result<bool, TreeError> {
        let length = self.path.len();
        self.path.extend_from_slice(&entry.name);
        let folder = matches!(entry.mode, Mode::Folder | Mode::Submodule);
        let found = self.attributes.find(&self.path, folder);
        let archived = in_archived && !found.is_set(Known::ExportIgnore);
        let in_checkout = Views::CHECKOUT.and(Views::WHOLE);
        let views = if archived { in_checkout.and(Views::ARCHIVE) } else { in_checkout };
        let source = Source { blob: entry.id, store: 0 };
        let kind = match entry.mode {
            Mode::Folder => {
                self.path.push(b'/');
                self.depth += 1;
                let enter = self.plan.steps.len();
                self.plan.steps.push(Step { views, name: entry.name, kind: Kind::Enter });
                let reached = self.folder(entry.id, archived)?;
                self.depth -= 1;
                self.path.truncate(length);
                if self.plan.steps.len() == enter + 1 {
                    // git knows files only: a folder without any is nowhere.
                    self.plan.steps.pop();
                    return Ok(false);
                }
                let views = if reached { views } else { in_checkout };
                self.plan.steps[enter].views = views;
                self.plan.steps.push(Step { views, name: Box::default(), kind: Kind::Leave });
                return Ok(reached);
            }
            Mode::Submodule => {
                let (path, step) = (self.path.clone(), self.plan.steps.len());
                self.plan.submodules.push(Submodule { path, commit: entry.id, step });
                Kind::Submodule
            }
            Mode::Link => Kind::Link(source),
            Mode::File { executable } => {
                let conversion = Conversion::of(&found)
                    .map_err(|source| TreeError::Encoding { path: shown(&self.path), source })?;
                let treatment = Treatment {
                    conversion,
                    substituted: found.is_set(Known::ExportSubst),
                    lfs: found.value(Known::Filter) == Some(b"lfs"),
                    archived: None,
                };
                let treatment = (treatment != Treatment::default()).then(|| Box::new(treatment));
                Kind::File { source, executable, treatment }
            }
        };
        self.path.truncate(length);
        self.plan.steps.push(Step { views, name: entry.name, kind });
        Ok(in_archived)
    }
}
