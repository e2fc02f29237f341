//! The file as a whole: that it is one of pnpm's, of a version that is known, and what it lists.

use std::collections::BTreeMap;

use super::key::Format;
use crate::graph::npm::EdgeKind;
use crate::lockfile::report::conflict_marker;
use crate::lockfile::yaml::{self, Fault, Member, Yaml};
use crate::problem::{Place, Problem, lockfile as problem};

/// Entries in one file. The largest real ones have some thousands.
const MAX_ENTRIES: usize = 100_000;

/// Sections of dependencies, as pnpm goes through those of a project.
const DIRECT: [(&str, EdgeKind); 3] = [
    ("devDependencies", EdgeKind::Dev),
    ("dependencies", EdgeKind::Prod),
    ("optionalDependencies", EdgeKind::Optional),
];
/// Those of a package.
const OF_PACKAGE: [(&str, EdgeKind); 2] =
    [("dependencies", EdgeKind::Prod), ("optionalDependencies", EdgeKind::Optional)];

/// The versions that are read, with their keys and the pnpm that writes them (9.0 is written by pnpm 9 and later).
const VERSIONS: [(&str, Format, u32); 7] = [
    ("5.1", Format::Slash, 5),
    ("5.2", Format::Slash, 5),
    ("5.3", Format::Slash, 6),
    ("5.4", Format::Slash, 7),
    ("6.0", Format::SlashAt, 8),
    ("6.1", Format::SlashAt, 8),
    ("9.0", Format::Plain, 10),
];

/// A lockfile that may be read further.
pub struct Document<'y> {
    pub format: Format,
    /// The pnpm that writes such files.
    pub pnpm: u32,
    pub importers: Vec<Importer<'y>>,
    /// Every instance of a package, by its key.
    pub entries: BTreeMap<&'y str, Entry<'y>>,
    /// `patchedDependencies`: the hash of each patch, and the path where the file has it.
    pub patches: BTreeMap<&'y str, Option<&'y str>>,
}

/// The project or one of its members.
pub struct Importer<'y> {
    /// As written: `.`, or the path from the lockfile.
    pub path: &'y str,
    pub line: usize,
    pub direct: Vec<Dependency<'y>>,
}

/// A package with the peers that it has here.
pub struct Entry<'y> {
    pub key: &'y str,
    pub line: usize,
    /// What is so of every instance; `None` where the file lacks it.
    pub package: Option<&'y Yaml>,
    pub dependencies: Vec<Dependency<'y>>,
    pub is_patched: bool,
}

/// One dependency of an importer or a package.
pub struct Dependency<'y> {
    pub alias: &'y str,
    pub line: usize,
    pub kind: EdgeKind,
    /// What the file says that it is.
    pub value: &'y str,
    /// The key of its entry; `None` for a link to a folder.
    pub key: Option<String>,
}

/// The document of the file that is the lockfile.
pub fn parse(file: &str, text: &str) -> Result<Yaml, Problem> {
    let text = text.trim_start_matches('\u{feff}');
    if let Some(line) = conflict_marker(text) {
        return Err(problem::conflict_markers(file, line));
    }
    let refused = |fault: Fault| problem::unreadable_pnpm(Place::line(file, fault.line.max(1)), &fault.why);
    let mut documents = yaml::documents(text).map_err(refused)?;
    // pnpm 11 and later put what they need themselves into a document before it.
    let (count, last) = (documents.len(), documents.pop());
    match last {
        Some(last @ Yaml::Map(_)) if count <= 2 => match is_of_pnpm_itself(&last) {
            false => Ok(last),
            true => Err(problem::unreadable_pnpm(file, "has only what pnpm itself needs")),
        },
        Some(_) if count > 2 => Err(problem::unreadable_pnpm(file, "has more than two documents")),
        Some(_) => Err(problem::unreadable_pnpm(file, "is no map")),
        None => Err(problem::unreadable_pnpm(file, "is empty")),
    }
}

/// Whether a document is the one before the lockfile (`configDependencies`, `packageManagerDependencies`).
fn is_of_pnpm_itself(document: &Yaml) -> bool {
    let root = document.get("importers").and_then(|importers| importers.get("."));
    let sections = root.map_or(&[][..], Yaml::members);
    let is_own =
        |member: &Member| ["configDependencies", "packageManagerDependencies"].contains(&member.key.as_str());
    !sections.is_empty() && sections.iter().all(is_own)
}

impl<'y> Document<'y> {
    pub fn of(file: &str, yaml: &'y Yaml) -> Result<Self, Problem> {
        let Some(version) = yaml.text_of("lockfileVersion") else {
            return Err(problem::unreadable_pnpm(file, "has no lockfileVersion"));
        };
        let Some((_, format, pnpm)) = VERSIONS.into_iter().find(|(known, ..)| *known == version) else {
            return Err(problem::unknown_version(file, version, "5.1 to 5.4, 6.0, 6.1 and 9.0"));
        };
        let packages = section(yaml, "packages");
        let instances = if format == Format::Plain { section(yaml, "snapshots") } else { packages };
        if instances.len() > MAX_ENTRIES {
            return Err(problem::too_large(file, &format!("it lists more than {MAX_ENTRIES} packages")));
        }
        let packages: BTreeMap<_, _> =
            packages.iter().map(|member| (member.key.as_str(), &member.value)).collect();
        let entry = |member: &'y Member| {
            let package = match format {
                Format::Plain => packages.get(format.bare(&member.key)).copied(),
                _ => Some(&member.value),
            };
            let entry = Entry {
                key: &member.key,
                line: member.line,
                package,
                dependencies: dependencies(format, &member.value, &OF_PACKAGE),
                is_patched: member.value.text_of("patched") == Some("true"),
            };
            (member.key.as_str(), entry)
        };
        Ok(Self {
            format,
            pnpm,
            importers: importers(format, yaml),
            entries: instances.iter().map(entry).collect(),
            patches: patches(yaml),
        })
    }

    /// The entries that a package or an importer depends on, by the names that it has for them.
    pub fn named<'d>(
        &'d self,
        dependencies: &'d [Dependency<'y>],
    ) -> impl Iterator<Item = (&'y str, &'d Entry<'y>)> {
        dependencies
            .iter()
            .filter_map(|dependency| Some((dependency.alias, self.entries.get(dependency.key.as_deref()?)?)))
    }
}

fn section<'y>(yaml: &'y Yaml, name: &str) -> &'y [Member] {
    yaml.get(name).map_or(&[], Yaml::members)
}

/// Without a workspace, versions before 9 have the project's own dependencies at the top of the file.
fn importers<'y>(format: Format, yaml: &'y Yaml) -> Vec<Importer<'y>> {
    if yaml.get("importers").is_none() {
        return vec![Importer { path: ".", line: 1, direct: dependencies(format, yaml, &DIRECT) }];
    }
    let importer = |Member { key, line, value }: &'y Member| Importer {
        path: key,
        line: *line,
        direct: dependencies(format, value, &DIRECT),
    };
    let mut importers: Vec<_> = section(yaml, "importers").iter().map(importer).collect();
    importers.sort_by_key(|importer| importer.path);
    importers
}

/// Dependencies in the order of the sections, by name in each. One of an importer may be a map with its specifier.
fn dependencies<'y>(format: Format, of: &'y Yaml, sections: &[(&str, EdgeKind)]) -> Vec<Dependency<'y>> {
    let mut all = Vec::new();
    for (name, kind) in sections {
        let from = all.len();
        all.extend(section(of, name).iter().map(|Member { key, line, value }| {
            let value = value.text().or_else(|| value.text_of("version")).unwrap_or_default();
            Dependency { alias: key, line: *line, kind: *kind, value, key: format.key_of(key, value) }
        }));
        all[from..].sort_by_key(|dependency| dependency.alias);
    }
    all
}

/// `KEY: {hash, path}`, or since pnpm 11 `KEY: HASH`.
fn patches<'y>(yaml: &'y Yaml) -> BTreeMap<&'y str, Option<&'y str>> {
    let patch = |Member { value, .. }: &'y Member| {
        let hash = value.text().or_else(|| value.text_of("hash"))?;
        Some((hash, value.text_of("path")))
    };
    section(yaml, "patchedDependencies").iter().filter_map(patch).collect()
}
