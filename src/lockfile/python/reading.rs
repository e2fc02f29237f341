//! One reading of a lockfile: its text, the problems found so far, and the checks that all formats share.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;

use super::Inputs;
use crate::foreign;
use crate::graph::Location;
use crate::graph::python::{LockFormat, PyGraph, PythonRange};
use crate::lockfile::Options;
use crate::lockfile::keys;
use crate::lockfile::keys::Path;
use crate::lockfile::report::{Report, conflict_marker};
use crate::problem::{Place, Problem, lockfile as problem};
use crate::python::Target;
use crate::python::constraint;
use crate::python::marker::Marker;
use crate::python::{PyName, PyVersion};

/// Entries in one file; the largest real ones have about a thousand.
pub const MAX_ENTRIES: usize = 50_000;
/// Bytes of one file. A lock of a thousand packages with all their wheels has some 5 MB.
const MAX_BYTES: usize = 64 << 20;

/// Where in the text something stands, and the package that it is about.
#[derive(Clone, Copy)]
pub struct At<'t> {
    pub file: &'t str,
    /// From 1.
    pub line: usize,
    pub package: &'t str,
}

impl At<'_> {
    /// `uv.lock:12`.
    pub fn place(&self) -> Place {
        Place::line(self.file, self.line)
    }
}

pub struct Reading<'a> {
    pub file: &'a str,
    pub text: &'a str,
    pub format: LockFormat,
    pub inputs: Inputs<'a>,
    pub report: Report<'a>,
    /// What is read is yet to be pinned: a repository may stand without a commit.
    pub to_be_pinned: bool,
    /// Where each line begins.
    lines: Vec<usize>,
    /// Lockfiles repeat a few markers in hundreds of places.
    markers: BTreeMap<String, Marker>,
}

impl<'a> Reading<'a> {
    pub fn new(
        file: &'a str,
        text: &'a str,
        format: LockFormat,
        inputs: Inputs<'a>,
        options: &'a Options<'a>,
    ) -> Result<Self, Problem> {
        let text = text.trim_start_matches('\u{feff}');
        if text.len() > MAX_BYTES {
            let why = format!("it is larger than {} MB", MAX_BYTES >> 20);
            return Err(problem::of_python(problem::too_large(file, &why), format.relock()));
        }
        if let Some(line) = conflict_marker(text) {
            return Err(problem::of_python(problem::conflict_markers(file, line), format.relock()));
        }
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let report = Report::new(file, options);
        Ok(Self { file, text, format, inputs, report, to_be_pinned: false, lines, markers: BTreeMap::new() })
    }

    /// The line of a byte of the text, from 1.
    pub fn line(&self, offset: usize) -> usize {
        self.lines.partition_point(|start| *start <= offset)
    }

    pub fn at<'t>(&self, offset: usize, package: &'t str) -> At<'t>
    where
        'a: 't,
    {
        At { file: self.file, line: self.line(offset), package }
    }

    pub fn add(&mut self, problem: Problem) {
        self.report.add(problem::of_python(problem, self.format.relock()));
    }

    /// The value, or `None` with the problem noted.
    pub fn note<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.add(problem)).ok()
    }

    /// What `read` reads, of an entry that is wanted where `marker` holds. Where it never does on the systems that are
    /// converted for, that the entry is not pinned or cannot be fetched is nothing to stop at: the problem is given back.
    pub fn wanted_under<T>(
        &mut self,
        marker: &Marker,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Result<Option<T>, Box<Problem>> {
        let before = self.report.len();
        let found = read(self);
        let mut problems = self.report.since(before);
        if found.is_none()
            && let [one] = &problems[..]
            && problem::is_unpinned(one)
            && !marker.is_always()
            && Target::default().when(marker, &BTreeSet::new()) == 0
        {
            return Err(Box::new(problems.remove(0)));
        }
        problems.into_iter().for_each(|problem| self.report.add(problem));
        Ok(found)
    }

    pub fn finish(self, read: Option<PyGraph>) -> Result<PyGraph, Vec<Problem>> {
        match read {
            Some(graph) => self.report.finish(graph),
            // Whoever gave nothing noted why.
            None => Err(self.report.finish(()).err().unwrap_or_default()),
        }
    }

    /// The text as TOML of a certain shape.
    pub fn toml<T: DeserializeOwned>(&mut self) -> Option<T> {
        let read = foreign::toml(self.text).map_err(|error| {
            let at = error
                .span()
                .map_or_else(|| self.file.into(), |span| Place::within(self.file, self.text, span));
            let why = format!(
                "cannot be read: {}",
                error.message().split_whitespace().collect::<Vec<_>>().join(" ")
            );
            problem::unreadable(&at, &why, self.format.relock())
        });
        self.note(read)
    }

    pub fn unreadable(&mut self, offset: usize, why: &str) {
        let place = self.at(offset, "").place();
        self.add(problem::unreadable(&place, why, self.format.relock()));
    }

    /// Says so where a file lists more than any real one does.
    pub fn bounded(&mut self, entries: usize) -> bool {
        if entries > MAX_ENTRIES {
            let why = format!("it lists more than {MAX_ENTRIES} packages");
            self.add(problem::too_large(self.file, &why));
        }
        entries <= MAX_ENTRIES
    }

    pub fn name(&mut self, at: At<'_>, text: &str) -> Option<PyName> {
        let read = PyName::new(text);
        self.note(read.map_err(|_| problem::invalid_project_name(at.place(), at.package, text)))
    }

    /// Name and version of an entry; the version may be left out.
    pub fn release(
        &mut self,
        at: At<'_>,
        name: &str,
        version: Option<&str>,
    ) -> Option<(PyName, Option<PyVersion>)> {
        let name = self.name(at, name)?;
        let version = version.map(|text| self.version(at, text).ok_or(())).transpose().ok()?;
        Some((name, version))
    }

    pub fn version(&mut self, at: At<'_>, text: &str) -> Option<PyVersion> {
        let read = PyVersion::new(text);
        self.note(read.map_err(|why| {
            let message = format!("its version {text:?} {why}");
            problem::invalid_version(at.place(), at.package, text).with_message(message)
        }))
    }

    /// A marker; none is one that always holds. One that cannot be read is noted and counts as always.
    pub fn marker(&mut self, at: At<'_>, text: Option<&str>) -> Marker {
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Marker::ALWAYS };
        if let Some(marker) = self.markers.get(text) {
            return marker.clone();
        }
        let read = Marker::parse(text)
            .map_err(|why| problem::invalid_marker(at.place(), at.package, text, &why.to_string()));
        let marker = self.note(read).unwrap_or(Marker::ALWAYS);
        self.markers.insert(text.to_owned(), marker.clone());
        marker
    }

    /// Versions of Python by PEP 440, as indexes and most tools write them. Old metadata has some that are none
    /// (`>=2.7.*`); pip ignores what it cannot read there, and so do we.
    pub fn python(&mut self, text: Option<&str>) -> Option<PythonRange> {
        let text = text.map(str::trim).filter(|text| !text.is_empty() && *text != "*")?;
        if let Ok(specifiers) = foreign::specifiers(text) {
            return Some(PythonRange(vec![specifiers]));
        }
        constraint::parse(text).map(PythonRange)
    }

    /// The folder that paths in the lockfile start from: its own; pip starts from where it runs.
    pub fn home(&self) -> Location {
        let folder = match self.format {
            LockFormat::Requirements => "",
            _ => self.file.rsplit_once('/').map_or("", |(folder, _)| folder),
        };
        Location::new(folder).unwrap_or_default()
    }

    /// A path of the project.
    pub fn path(&mut self, at: At<'_>, text: &str) -> Option<Location> {
        let (place, package) = (at.place(), at.package);
        let home = self.home();
        let absolute = text.starts_with(['/', '~']) || text.get(1..2) == Some(":");
        let whole = if absolute || home.is_root() { text.to_owned() } else { format!("{home}/{text}") };
        let read = match keys::project_path(&whole) {
            Path::Inside(path) => Ok(path),
            Path::Outside => Err(problem::file_outside(&place, package, text)),
            Path::Unsafe(why) => Err(problem::invalid_url(&place, package, text, &format!("it {why}"))),
        };
        self.note(read)
    }
}
