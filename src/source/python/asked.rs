//! What is read of a commit: what a project's folder declares, and what its build files say of a wheel.

use std::collections::BTreeMap;

use super::build_files::{self, Declared, module_version};
use super::links::Links;
use super::place::Place;
use super::wheel::{self, Needs, Written};
use super::{Release, Wheel};
use crate::contents::Contents;
use crate::hash::Digest;
use crate::python::CoreMetadata;
use crate::python::stated::Stated;
use crate::source::correspondence::{Correspondence, Left};
use crate::source::kinds::{base, extension};
use crate::source::output::{join, under};
use crate::source::repository::Unreachable;
use crate::source::repository::{FileKind, Repositories, Repository, Tree};

/// Modules whose version is read, at most.
const MODULES: usize = 3;
/// Programs of a wheel that are read, at most.
const PROGRAMS: usize = 8;
/// The file that entry points may have to themselves.
const POINTS: &str = "entry_points.txt";
/// Lists of requirements that are read, at most.
const LISTS: usize = 16;

/// What a project's folder declares.
pub(super) struct Found {
    /// The file that says the name, or the first one.
    pub(super) path: String,
    pub(super) name: Option<String>,
    /// Version, and the file that says it.
    pub(super) version: Option<(String, String)>,
    /// That file is the artifact's, byte for byte.
    pub(super) is_own: bool,
    /// One of the build files is the artifact's, byte for byte.
    pub(super) identical: bool,
    /// setup.cfg, where it is not the artifact's.
    pub(super) cfg: Option<String>,
    /// No file declares the name, but setup.py has it.
    pub(super) has_name: bool,
    /// The texts of the build files, by name.
    pub(super) texts: BTreeMap<String, String>,
}

impl Found {
    fn at(path: &str, identical: bool) -> Self {
        Self {
            path: path.to_owned(),
            name: None,
            version: None,
            is_own: identical,
            identical,
            cfg: None,
            has_name: false,
            texts: BTreeMap::new(),
        }
    }
}

/// What is needed to read a file of the commit.
pub(super) struct Asked<'a, R> {
    pub(super) repositories: &'a R,
    pub(super) repository: &'a Repository,
    pub(super) tree: &'a Tree,
    pub(super) contents: &'a Contents,
}

impl<R: Repositories> Asked<'_, R> {
    /// Text of a file; without asking where its bytes are the artifact's and at hand.
    async fn text(&self, path: &str, own: &str) -> Result<Option<(String, bool)>, Unreachable> {
        let Some(entry) = self.tree.files.get(path).filter(|entry| entry.kind != FileKind::Symlink) else {
            return Ok(None);
        };
        let same = self.contents.file(own).is_some_and(|file| file.blob == entry.blob);
        if same && let Some(text) = self.contents.texts.get(own) {
            return Ok(Some((text.clone(), true)));
        }
        Ok(self.blob(entry.blob).await?.map(|text| (text, same)))
    }

    async fn blob(&self, blob: Digest<20>) -> Result<Option<String>, Unreachable> {
        match self.repositories.blob(self.repository, blob).await {
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Err(no) => no.reached().map(|_| None),
        }
    }

    pub(super) async fn declared(&self, place: &Place, name: &str) -> Result<Option<Found>, Unreachable> {
        let mut found: Option<Found> = None;
        for file in build_files::NAMES {
            let path = join(&place.project, file);
            let Some((text, identical)) = self.text(&path, file).await? else { continue };
            let declared = Declared::read(file, &text);
            let found = found.get_or_insert_with(|| Found::at(&path, identical));
            if found.name.is_none() && declared.name.is_some() {
                found.path.clone_from(&path);
                found.is_own = identical;
                found.name = declared.name;
            }
            if let (None, Some(version)) = (&found.version, declared.version) {
                found.version = Some((version, path));
            }
            found.identical |= identical;
            found.has_name |= file == "setup.py" && build_files::has_name(&text, name);
            if file == "setup.cfg" && !identical {
                found.cfg = Some(text.clone());
            }
            found.texts.insert(file.to_owned(), text);
        }
        Ok(found)
    }

    /// What the build files say of a wheel: with the modules that setup.py imports, as far as they are at hand, and the
    /// file that entry points may have to themselves.
    pub(super) async fn says(&self, place: &Place, found: &Found) -> Result<Written, Unreachable> {
        let mut texts = found.texts.clone();
        for (path, text) in &self.contents.texts {
            let committed = self.tree.files.get(&join(&place.project, path)).map(|entry| entry.blob);
            if self.contents.file(path).is_some_and(|file| Some(file.blob) == committed) {
                texts.entry(path.clone()).or_insert_with(|| text.clone());
            }
        }
        let is_named = texts.values().any(|text| text.contains(POINTS) || text.contains("flit"));
        if is_named && let Some((text, _)) = self.text(&join(&place.project, POINTS), POINTS).await? {
            texts.insert(POINTS.to_owned(), text);
        }
        Ok(Written::read(&texts))
    }

    /// Compares what the files of a release have installed beside them.
    pub(super) async fn needs(
        &self,
        release: &Release<'_>,
        place: &Place,
        written: &mut Written,
    ) -> Result<Vec<(String, Needs)>, Unreachable> {
        let said = release.sdist.and_then(|sdist| CoreMetadata::parse(&sdist.manifest).ok());
        let said = said.map(|metadata| Stated::of(&metadata)).unwrap_or_default();
        let of = |written: &Written| {
            let wheels = release.wheels.iter();
            let wheels =
                wheels.map(|wheel| (release.called(wheel), Needs::of(wheel.contents, written, &said)));
            let sdist = release.sdist.map(|sdist| Needs::of(sdist, written, &Stated::default()));
            wheels.chain(sdist.map(|needs| ("sdist".to_owned(), needs))).collect::<Vec<_>>()
        };
        let found = of(written);
        if found.iter().all(|(_, needs)| needs.unasked.is_empty()) {
            return Ok(found);
        }
        // A build may read them from a list of their own.
        let own = |path: &&String| under(path, &place.project).is_some_and(is_list);
        let mut lists = Vec::new();
        for entry in
            self.tree.files.keys().filter(own).take(LISTS).filter_map(|path| self.tree.files.get(path))
        {
            lists.extend(self.blob(entry.blob).await?);
        }
        written.add_lists(lists);
        Ok(of(written))
    }

    /// Compares all that a wheel installs.
    pub(super) async fn installed(
        &self,
        whole: &Wheel<'_>,
        source: wheel::Source<'_>,
    ) -> Result<wheel::Installed, Unreachable> {
        let wheel = whole.contents;
        let mut same = Vec::new();
        for (path, places) in wheel::programs(wheel, &source).into_iter().take(PROGRAMS) {
            for place in places.into_iter().take(PROGRAMS) {
                let (Some(entry), Some(own)) = (self.tree.files.get(place), wheel.texts.get(path)) else {
                    continue;
                };
                let text = self.blob(entry.blob).await?;
                if text.is_some_and(|text| wheel::is_same_program(own, &text)) {
                    same.push(path.to_owned());
                    break;
                }
            }
        }
        Ok(wheel::compare(whole, &wheel::Source { programs: &same, ..source }))
    }

    /// Where the links lead that an artifact's files are behind.
    pub(super) async fn links(&self, folder: &str) -> Result<Links, Unreachable> {
        let mut links = Links::default();
        loop {
            let unread = links.unread(self.tree, self.contents, folder);
            if unread.is_empty() {
                return Ok(links);
            }
            for (path, blob) in unread {
                // One that cannot be read leads nowhere.
                let target = self.blob(blob).await?.unwrap_or_else(|| "/".to_owned());
                links.add(path, target);
            }
        }
    }

    /// A literal version in a module that is not the artifact's, and the module.
    pub(super) async fn module(
        &self,
        place: &Place,
        correspondence: &Correspondence,
    ) -> Result<Option<(String, String)>, Unreachable> {
        let holds = |path: &&String| {
            let stem = base(path).split('.').next().unwrap_or_default();
            extension(path) == "py"
                && matches!(
                    stem,
                    "__init__" | "__about__" | "__version__" | "_version" | "version" | "_meta" | "setup"
                )
        };
        let differing =
            correspondence.left.iter().filter(|(_, left)| matches!(left, Left::Differs | Left::Harmless));
        let mut paths: Vec<&String> = differing.map(|(path, _)| path).filter(holds).collect();
        paths.sort_by_key(|path| path.matches('/').count());
        for path in paths.into_iter().take(MODULES) {
            let path = join(&place.root, path);
            let Some(entry) = self.tree.files.get(&path) else { continue };
            if let Some(version) = self.blob(entry.blob).await?.as_deref().and_then(module_version) {
                return Ok(Some((version, path)));
            }
        }
        Ok(None)
    }
}

/// Whether a path is called as projects call their lists of requirements; what is locked can be one.
fn is_list(path: &str) -> bool {
    let named = |part: &str| {
        let part = part.to_ascii_lowercase();
        ["require", "depend", "reqs", "extras"].iter().any(|word| part.contains(word))
    };
    let of_lock = ["pdm.lock", "uv.lock", "poetry.lock"].contains(&path);
    of_lock
        || matches!(extension(path).as_str(), "txt" | "in" | "pip" | "toml" | "cfg" | "json" | "yml" | "yaml")
            && path.matches('/').count() <= 2
            && path.split('/').any(named)
}
