//! The words that all versions of the lockfile share: an entry's fields.

use serde::Deserialize;
use serde_json::Value;

use crate::graph::npm::{EdgeKind, Node, Omit, Origin, Platform};
use crate::graph::{Location, PackageName, Version};
use crate::hash::Integrity;
use crate::lockfile::keys;
use crate::lockfile::report::Report;
use crate::npm::Bins;
use crate::problem::{Problem, lockfile as problem};

/// The fields of an entry, of any version. Polymorphic ones stay JSON until they are read.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Entry {
    pub name: Option<String>,
    pub version: Option<String>,
    /// A string, `null` or `false`.
    pub resolved: Value,
    /// A string, `null` or `false`.
    pub integrity: Value,
    pub link: bool,
    #[serde(alias = "bundled")]
    pub in_bundle: bool,
    pub has_shrinkwrap: bool,
    pub has_install_script: bool,
    /// What the file says; what is true follows from the edges.
    #[serde(flatten)]
    pub omit: Omit,
    pub os: Words,
    pub cpu: Words,
    pub libc: Words,
    pub bin: Value,
    pub license: Value,
}

/// A string or a list of strings; anything else (`null`, `{}` in old packages) is none.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "Value")]
pub struct Words(Vec<String>);

impl From<Value> for Words {
    fn from(value: Value) -> Self {
        match value {
            Value::String(word) => Self(vec![word]),
            Value::Array(words) => {
                Self(words.iter().filter_map(|word| Some(word.as_str()?.to_owned())).collect())
            }
            _ => Self::default(),
        }
    }
}

impl Entry {
    pub fn resolved(&self) -> Option<&str> {
        self.resolved.as_str().filter(|text| !text.is_empty())
    }

    pub fn integrity(&self) -> Option<&str> {
        self.integrity.as_str().filter(|text| !text.trim().is_empty())
    }
}

/// A node of an entry whose name, version and origin are known; the other fields are read here.
pub fn node(
    report: &mut Report<'_>,
    location: &Location,
    entry: Entry,
    name: Option<PackageName>,
    version: Option<Version>,
    origin: Origin,
) -> Node {
    let integrity = match origin {
        // Of a git dependency it hashes what npm packed from the checkout, which nobody else has.
        Origin::Registry { .. } | Origin::Remote { .. } | Origin::Tarball { .. } => {
            let read = integrity(report.file, location, &entry);
            report.note(read).flatten()
        }
        _ => None,
    };
    let omit = entry.omit;
    let bins = Bins::new(name.as_ref(), &entry.bin);
    for text in &bins.unsafe_texts {
        report.add(problem::unsafe_text(report.file, location.as_str(), "bin", text));
    }
    let bin = bins.programs;
    let license = license(&entry.license);
    let platform = Platform {
        os: words(report, location, "os", entry.os),
        cpu: words(report, location, "cpu", entry.cpu),
        libc: words(report, location, "libc", entry.libc),
    };
    Node {
        name,
        version,
        origin,
        integrity,
        omit,
        platform,
        has_install_script: entry.has_install_script,
        has_shrinkwrap: entry.has_shrinkwrap,
        bin,
        license,
        edges: std::collections::BTreeMap::new(),
        is_vague: false,
        patch: None,
    }
}

fn integrity(file: &str, location: &Location, entry: &Entry) -> Result<Option<Integrity>, Problem> {
    let Some(text) = entry.integrity() else { return Ok(None) };
    match Integrity::strongest(text) {
        Some(hash) => Ok(Some(hash)),
        None => Err(problem::unknown_integrity(file, location.as_str(), text)),
    }
}

fn words(report: &mut Report<'_>, location: &Location, field: &str, words: Words) -> Vec<String> {
    let safe = |c: char| c.is_ascii_alphanumeric() || "-_.!".contains(c);
    for word in &words.0 {
        if word.is_empty() || !word.chars().all(safe) {
            report.add(problem::unsafe_text(report.file, location.as_str(), field, word));
        }
    }
    words.0
}

/// `license` as text: npm keeps the string, of an old `{type, url}` the type. Control characters become
/// spaces.
fn license(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Object(fields) => fields.get("type")?.as_str()?.to_owned(),
        Value::Array(list) => {
            let each: Vec<_> = list.iter().filter_map(license).collect();
            match each.len() {
                0 | 1 => each.concat(),
                _ => format!("({})", each.join(" OR ")),
            }
        }
        _ => return None,
    };
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// The version of an entry, where it has one.
pub fn version(report: &mut Report<'_>, location: &str, text: Option<&str>) -> Option<Version> {
    let text = text.filter(|text| !text.is_empty())?;
    let version = numbered(text);
    if version.is_none() {
        report.add(problem::invalid_version(report.file, location, text));
    }
    version
}

/// A version that begins as npm's do.
pub fn numbered(text: &str) -> Option<Version> {
    let is_numbered = text.trim_start_matches(['v', '=']).starts_with(|c: char| c.is_ascii_digit());
    Version::new(text).ok().filter(|_| is_numbered)
}

/// The name that a location gives: what follows the last `node_modules/`, else the folder's own name
/// with its scope.
pub fn name_of(report: &mut Report<'_>, location: &Location) -> Option<PackageName> {
    if let Some(name) = location.folder_name() {
        let name = keys::check_name(report.file, location.as_str(), name);
        return report.note(name);
    }
    // The folder of a workspace may have any name; it is no package's name then.
    let mut parts = location.as_str().rsplit('/');
    let base = parts.next()?;
    let scope = parts.next().filter(|scope| scope.starts_with('@'));
    PackageName::new(&scope.map_or_else(|| base.to_owned(), |scope| format!("{scope}/{base}"))).ok()
}

/// Sets the edges of one node; a name that is none is a problem.
pub fn edges(
    report: &mut Report<'_>,
    location: &Location,
    node: &mut Node,
    declared: impl IntoIterator<Item = (String, EdgeKind)>,
) {
    let checked = declared.into_iter().filter_map(|(name, kind)| {
        let name = keys::check_name(report.file, location.as_str(), &name);
        report.note(name).map(|name| (name, kind))
    });
    node.edges = checked.collect();
}
