//! What both formats list: entries, by what was asked for.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::graph::npm::EdgeKind;
use crate::lockfile::report::conflict_marker;
use crate::lockfile::yaml::{self, Fault, Member, Yaml};
use crate::problem::{Place, Problem, lockfile as problem};

use super::v1;

/// Entries in one file. The largest real ones have some thousands.
const MAX_ENTRIES: usize = 100_000;
/// The versions of yarn 2 and later that are read. Their fields have stayed the same.
const VERSIONS: std::ops::RangeInclusive<u32> = 4..=10;

/// Who writes such a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Yarn 1.
    Classic,
    /// Yarn 2 and later, by `__metadata.version`.
    Berry(u32),
}

/// A lockfile that may be read further.
#[derive(Debug)]
pub struct Lock {
    pub format: Format,
    pub entries: Vec<Entry>,
    /// Entries by what was asked for: `name@range`.
    by_key: BTreeMap<String, usize>,
}

/// One package, or a folder of the project.
#[derive(Debug, Default)]
pub struct Entry {
    /// What was asked for, with the names that it is known by.
    pub keys: Vec<String>,
    pub line: usize,
    pub version: Option<String>,
    /// `resolved` of yarn 1, `resolution` of later ones.
    pub resolved: Option<String>,
    pub integrity: Option<String>,
    pub dependencies: Vec<Dependency>,
    pub peers: BTreeMap<String, EdgeKind>,
    /// Types of its peers: whatever has a peer has its types for one as well, where they are there.
    pub types: Vec<String>,
    /// Its own name, where the keys have another (yarn 1).
    pub name: Option<String>,
    /// As package.json has it.
    pub bin: Value,
    pub conditions: Option<String>,
}

/// What an entry or a folder of the project asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    pub name: String,
    pub range: String,
    pub kind: EdgeKind,
}

impl Lock {
    pub fn parse(file: &str, text: &str) -> Result<Self, Problem> {
        let text = text.trim_start_matches('\u{feff}');
        if let Some(line) = conflict_marker(text) {
            return Err(problem::conflict_markers(file, line));
        }
        let refused =
            |fault: Fault| problem::unreadable_yarn(Place::line(file, fault.line.max(1)), &fault.why);
        let is_berry = text.lines().any(|line| line.trim_end().trim_matches('"') == "__metadata:");
        let yaml = if is_berry { one_document(text) } else { v1::read(text) }.map_err(refused)?;
        let format = match yaml.get("__metadata") {
            Some(metadata) => Format::Berry(berry(file, metadata)?),
            None => classic(file, text)?,
        };
        let listed: Vec<_> =
            yaml.members().iter().filter(|member| member.key != "__metadata").map(entry).collect();
        if listed.len() > MAX_ENTRIES {
            return Err(problem::too_large(file, &format!("it lists more than {MAX_ENTRIES} packages")));
        }
        Self::of(format, listed).map_err(refused)
    }

    fn of(format: Format, entries: Vec<Entry>) -> Result<Self, Fault> {
        let mut by_key = BTreeMap::<String, usize>::new();
        for (at, entry) in entries.iter().enumerate() {
            for key in &entry.keys {
                if let Some(before) = by_key.insert(key.clone(), at) {
                    let before = entries[before].line;
                    let why = format!("has the key {key:?} twice, at line {before} too");
                    return Err(Fault { line: entry.line, why });
                }
            }
        }
        Ok(Self { format, entries, by_key })
    }

    /// The entry of what was asked for, by its text.
    pub fn find(&self, key: &str) -> Option<usize> {
        self.by_key.get(key).copied()
    }

    /// The only entry with a key that begins so.
    pub fn find_only(&self, start: &str) -> Option<usize> {
        let range = self.by_key.range(start.to_owned()..);
        let mut found = range.take_while(|(key, _)| key.starts_with(start)).map(|(_, at)| *at);
        let first = found.next()?;
        found.all(|other| other == first).then_some(first)
    }
}

fn one_document(text: &str) -> Result<Yaml, Fault> {
    let mut documents = yaml::documents(text)?;
    match (documents.len(), documents.pop()) {
        (1, Some(document @ Yaml::Map(_))) => Ok(document),
        _ => Err(Fault { line: 1, why: "is no single map".to_owned() }),
    }
}

fn berry(file: &str, metadata: &Yaml) -> Result<u32, Problem> {
    let text = metadata.text_of("version").unwrap_or_default();
    let version = text.parse().ok().filter(|version| VERSIONS.contains(version));
    version.ok_or_else(|| {
        let known = format!("{} to {}", VERSIONS.start(), VERSIONS.end());
        problem::unknown_version(file, text, &known)
    })
}

/// `# yarn lockfile v1`; a file without a comment is taken for one, as yarn takes it.
fn classic(file: &str, text: &str) -> Result<Format, Problem> {
    match text.lines().find_map(|line| line.trim_end().strip_prefix("# yarn lockfile v")) {
        None | Some("1") => Ok(Format::Classic),
        Some(other) => Err(problem::unknown_version(file, other, "1, and 4 to 10 of later yarns,")),
    }
}

/// `a@1, a@^1`: the names before ranges may hold commas only where a key is quoted as a whole, which no name does.
fn keys(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|key| !key.is_empty()).map(str::to_owned).collect()
}

fn entry(member: &Member) -> Entry {
    let of = &member.value;
    let text = |name: &str| of.text_of(name).map(str::to_owned);
    let optional = |field: &str| -> BTreeSet<&str> {
        let meta = of.get(field).map_or(&[][..], Yaml::members).iter();
        let is_optional = |meta: &&Member| meta.value.text_of("optional") == Some("true");
        meta.filter(is_optional).map(|meta| meta.key.as_str()).collect()
    };
    let (optional_needs, optional_peers) = (optional("dependenciesMeta"), optional("peerDependenciesMeta"));
    let mut dependencies = Vec::new();
    for (field, kind) in [("dependencies", EdgeKind::Prod), ("optionalDependencies", EdgeKind::Optional)] {
        for Member { key, value, .. } in of.get(field).map_or(&[][..], Yaml::members) {
            let kind = if optional_needs.contains(key.as_str()) { EdgeKind::Optional } else { kind };
            let range = value.text().unwrap_or_default().to_owned();
            dependencies.push(Dependency { name: key.clone(), range, kind });
        }
    }
    let peer = |Member { key, .. }: &Member| {
        let is_optional = optional_peers.contains(key.as_str());
        (key.clone(), if is_optional { EdgeKind::PeerOptional } else { EdgeKind::Peer })
    };
    let peers = of.get("peerDependencies").map_or(&[][..], Yaml::members).iter().map(peer);
    let peers: BTreeMap<String, EdgeKind> = peers.collect();
    let bin = of.get("bin").map_or(&[][..], Yaml::members).iter();
    let bin = bin.filter_map(|program| Some((program.key.clone(), Value::from(program.value.text()?))));
    Entry {
        keys: keys(&member.key),
        line: member.line,
        version: text("version"),
        resolved: text("resolved").or_else(|| text("resolution")),
        integrity: text("integrity"),
        types: peers.keys().filter_map(|peer| types_of(peer)).collect(),
        peers,
        name: text("name"),
        bin: Value::Object(bin.collect()),
        conditions: text("conditions"),
        dependencies,
    }
}

/// The name before the `@` of a key, and what follows it.
pub fn split(key: &str) -> Option<(&str, &str)> {
    let at = key.get(1..)?.find('@')? + 1;
    Some((&key[..at], &key[at + 1..]))
}

/// `@types/x` of `x`.
fn types_of(name: &str) -> Option<String> {
    match name.strip_prefix('@') {
        Some(scoped) if scoped.starts_with("types/") => None,
        Some(scoped) => Some(format!("@types/{}", scoped.replace('/', "__"))),
        None => Some(format!("@types/{name}")),
    }
}
