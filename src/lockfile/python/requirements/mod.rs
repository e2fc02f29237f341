//! Requirements files (<https://pip.pypa.io/en/stable/reference/requirements-file-format/>), those that pip-compile and
//! uv write among them.

mod asked;
mod encoding;
mod files;
mod line;
mod lines;
mod options;

use std::collections::{BTreeMap, BTreeSet};

use super::draft::Draft;
use super::reading::{At, Reading};
use crate::graph::python::{PyGraph, PyKey, PySource};
use crate::hash::Integrity;
use crate::problem::lockfile as problem;
use crate::python::Target as Systems;
use crate::python::marker::Marker;
use crate::python::{PyName, PyVersion};
pub use asked::{Asked, asked};
pub use encoding::text;
use line::{Line, Target};

/// A line, and where it stands.
struct Placed<T> {
    file: String,
    line: usize,
    what: T,
}

/// All lines of all files.
#[derive(Default)]
struct Collected {
    requirements: Vec<Placed<Line>>,
    constraints: Vec<Placed<Line>>,
    settings: options::Settings,
}

pub fn read(reading: &mut Reading<'_>) -> Option<PyGraph> {
    let mut all = Collected::default();
    files::collect(reading, &mut all);
    let mut draft = Draft::new(reading, String::new());
    let constraints = constraints(reading, &all.constraints);
    let mut pins: BTreeMap<(PyName, String), PyKey> = BTreeMap::new();
    let mut edges = BTreeSet::new();
    let mut sources = Vec::new();
    for placed in &all.requirements {
        let at = At { file: &placed.file, line: placed.line, package: placed.what.name.as_str() };
        let marker = &placed.what.marker;
        match reading.wanted_under(marker, |reading| source(reading, at, &placed.what, &constraints)) {
            Ok(found) => sources.extend(found.map(|source| (placed, at, source))),
            Err(problem) => sources.push((placed, at, (None, PySource::Unpinned { problem }))),
        }
    }
    let has_hash: Vec<Option<bool>> = sources.iter().map(|(_, _, (_, source))| has_hash(source)).collect();
    agreed(reading, &mut sources);
    hashed(reading, &all, &sources, &has_hash);
    for (placed, at, (version, source)) in sources {
        let line = &placed.what;
        let key = known(&draft, &line.name, version.as_ref(), &source).unwrap_or_else(|| {
            let release = (line.name.clone(), version);
            draft.add(reading, at, release, source, Marker::ALWAYS, None)
        });
        // Two versions of one package need markers that tell them apart; whether these do, an environment shows.
        let marker = line.marker.to_string();
        let other = pins.entry((line.name.clone(), marker.clone())).or_insert_with(|| key.clone());
        if *other != key {
            let why = format!("is asked for twice: {other} and {key}");
            reading.add(problem::contradiction(at.place(), at.package, &why));
        }
        let only = |other: &PyKey, _: &_| *other == key;
        let edge = draft.edge(&line.name, line.extras.clone(), line.marker.clone(), only);
        if edges.insert((key.clone(), line.extras.clone(), marker)) {
            draft.graph.top.always.extend(edge);
        }
        for option in &line.build {
            draft.graph.settings.build.entry(line.name.clone()).or_default().push(option.clone());
        }
    }
    all.settings.into_graph(&mut draft.graph.settings);
    super::builds::of_uv_settings(reading, &mut draft);
    Some(draft.finish())
}

/// The same version from the same place: one entry, however often it is named.
fn known(draft: &Draft, name: &PyName, version: Option<&PyVersion>, source: &PySource) -> Option<PyKey> {
    let same = |key: &&PyKey| {
        key.version.as_ref() == version
            && draft.graph.packages.get(*key).is_some_and(|known| known.source == *source)
    };
    draft.named(name).iter().find(same).cloned()
}

/// A line, where it stands, and what it asks for.
type Found<'l> = (&'l Placed<Line>, At<'l>, (Option<PyVersion>, PySource));

struct Constraint {
    versions: pep440_rs::VersionSpecifiers,
    hashes: BTreeSet<Integrity>,
    marker: Marker,
    place: String,
}

/// Constraints by name. What would install something by itself is none.
fn constraints(reading: &mut Reading<'_>, lines: &[Placed<Line>]) -> BTreeMap<PyName, Vec<Constraint>> {
    let mut found: BTreeMap<PyName, Vec<Constraint>> = BTreeMap::new();
    for placed in lines {
        let line = &placed.what;
        let at = At { file: &placed.file, line: placed.line, package: line.name.as_str() };
        match &line.target {
            Target::Versions(versions) if line.extras.is_empty() => {
                found.entry(line.name.clone()).or_default().push(Constraint {
                    versions: versions.clone(),
                    hashes: line.hashes.clone(),
                    marker: line.marker.clone(),
                    place: at.place().to_string(),
                });
            }
            _ => {
                let why = "is a constraint with an address or extras, which says nothing of versions";
                reading.add(problem::invalid_requirement(at.place(), &line.written, why));
            }
        }
    }
    found
}

/// Version and source of a line; an unpinned one takes the pin of a constraint.
fn source(
    reading: &mut Reading<'_>,
    at: At<'_>,
    line: &Line,
    constraints: &BTreeMap<PyName, Vec<Constraint>>,
) -> Option<(Option<PyVersion>, PySource)> {
    let versions = match &line.target {
        Target::Versions(versions) => versions,
        Target::At(source) => return Some((None, (**source).clone())),
    };
    let mine: Vec<&Constraint> = constraints
        .get(&line.name)
        .into_iter()
        .flatten()
        .filter(|one| one.marker.is_always() || one.marker == line.marker)
        .collect();
    let pins = std::iter::once(versions).chain(mine.iter().map(|one| &one.versions));
    let Some(pin) = pins.into_iter().find_map(super::requirement::pin) else {
        let written = if line.written.is_empty() { line.name.as_str() } else { &line.written };
        let pin = format!(
            "uv pip compile --generate-hashes {0} -o {0}` or `pip-compile --generate-hashes",
            at.file
        );
        reading.add(problem::unpinned_requirement(at.place(), at.package, written, &pin));
        return None;
    };
    let version = reading.version(at, &pin.to_string())?;
    if !versions.contains(&pin) {
        let why = format!("asks for {versions}, and a constraint pins {pin}");
        reading.add(problem::contradiction(at.place(), at.package, &why));
    }
    for one in mine.iter().filter(|one| !one.versions.contains(&pin)) {
        let why =
            format!("is pinned to {pin}, which the constraint at {} ({}) forbids", one.place, one.versions);
        reading.add(problem::contradiction(at.place(), at.package, &why));
    }
    let mut hashes = line.hashes.clone();
    for one in &mine {
        hashes = common(&hashes, &one.hashes).unwrap_or_else(|| {
            let why = format!("has no hash in common with the constraint at {}", one.place);
            reading.add(problem::contradiction(at.place(), at.package, &why));
            hashes.clone()
        });
    }
    Some((Some(version), PySource::Index { index: None, files: Vec::new(), hashes }))
}

/// The hashes that both sides allow, as pip has it: a side without hashes allows all. `None` where nothing is left.
fn common(one: &BTreeSet<Integrity>, other: &BTreeSet<Integrity>) -> Option<BTreeSet<Integrity>> {
    if one.is_empty() || other.is_empty() {
        return Some(one.union(other).cloned().collect());
    }
    let both: BTreeSet<_> = one.intersection(other).cloned().collect();
    (!both.is_empty()).then_some(both)
}

/// Lines that ask for the same from the same place allow the hashes that all of them do, and one without hashes those of
/// the others (pip). Lines that hold nowhere on the systems that are converted for have no say where others do.
fn agreed(reading: &mut Reading<'_>, sources: &mut [Found<'_>]) {
    type Group = (PySource, String, BTreeSet<Integrity>, Vec<usize>);
    let mut groups: BTreeMap<(PyName, Option<PyVersion>), Vec<Group>> = BTreeMap::new();
    let target = Systems::default();
    let holds = |marker: &Marker| target.when(marker, &BTreeSet::new()) != 0;
    let (somewhere, nowhere): (Vec<usize>, Vec<usize>) =
        (0..sources.len()).partition(|number| holds(&sources[*number].0.what.marker));
    let silent = somewhere.len();
    for (nth, number) in somewhere.into_iter().chain(nowhere).enumerate() {
        let (placed, at, (version, source)) = &sources[number];
        let mut bare = source.clone();
        let Some(hashes) = bare.hashes_mut().map(std::mem::take) else { continue };
        let same = groups.entry((placed.what.name.clone(), version.clone())).or_default();
        let Some((_, first, known, members)) = same.iter_mut().find(|(source, ..)| *source == bare) else {
            same.push((bare, at.place().to_string(), hashes, vec![number]));
            continue;
        };
        let has_say = nth < silent || !holds(&sources[members[0]].0.what.marker);
        match common(known, &hashes) {
            _ if !has_say => {}
            Some(both) => *known = both,
            None => {
                let why = format!("has no hash in common with {first}, which asks for the same");
                reading.add(problem::contradiction(at.place(), at.package, &why));
            }
        }
        members.push(number);
    }
    for (_, _, hashes, members) in groups.into_values().flatten() {
        for number in members {
            if let Some(place) = sources[number].2.1.hashes_mut() {
                place.clone_from(&hashes);
            }
        }
    }
}

/// Whether a source has a hash; `None` for one that cannot.
fn has_hash(source: &PySource) -> Option<bool> {
    match source {
        PySource::Index { hashes, .. } | PySource::Archive { hashes, .. } | PySource::File { hashes, .. } => {
            Some(!hashes.is_empty())
        }
        PySource::Git { .. } | PySource::Folder { .. } | PySource::Unpinned { .. } => None,
    }
}

/// pip's hash-checking mode: where one requirement has a hash, all must that can, unless another line of the release has
/// (see [`agreed`]). Folders and commits cannot; uv writes them into such files, and the commit says more than a hash.
/// `had` is what each line has itself.
fn hashed(reading: &mut Reading<'_>, all: &Collected, sources: &[Found<'_>], had: &[Option<bool>]) {
    if all.settings.require_hashes || had.contains(&Some(true)) {
        for ((_, at, (_, source)), had) in sources.iter().zip(had) {
            if *had == Some(false) && has_hash(source) == Some(false) {
                reading.add(problem::missing_hash(at.place(), at.package));
            }
        }
    }
}
