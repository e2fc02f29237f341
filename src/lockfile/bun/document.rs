//! The file as a whole: JSON with comments and commas at the end of lists, of a version that is known.

use serde::Deserialize;
use serde_json::Value;

use crate::foreign;
use crate::graph::npm::EdgeKind;
use crate::lockfile::pairs::Pairs;
use crate::lockfile::report::conflict_marker;
use crate::problem::{Place, Problem, lockfile as problem};

/// Entries in one file. The largest real ones have some thousands.
const MAX_ENTRIES: usize = 100_000;
const VERSIONS: std::ops::RangeInclusive<u64> = 0..=2;

/// A lockfile that may be read further. Lists keep what stands twice.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Document {
    lockfile_version: Value,
    /// By folder; `""` is the project.
    pub workspaces: Pairs<Declared>,
    /// By place.
    pub packages: Pairs<Value>,
    /// Paths of patches, by `name@version`.
    pub patched_dependencies: Pairs<String>,
    /// Lines of the keys of `packages`, once they are known.
    #[serde(skip)]
    pub lines: std::collections::BTreeMap<String, usize>,
}

/// What a package or a folder of the project is made of.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Declared {
    pub name: Option<String>,
    pub version: Option<String>,
    dependencies: Pairs<String>,
    dev_dependencies: Pairs<String>,
    optional_dependencies: Pairs<String>,
    peer_dependencies: Pairs<String>,
    optional_peers: Vec<String>,
    pub bin: Value,
    pub os: Value,
    pub cpu: Value,
    pub libc: Value,
    pub bundled: bool,
}

impl Document {
    pub fn parse(file: &str, text: &str) -> Result<Self, Problem> {
        let text = text.trim_start_matches('\u{feff}');
        if let Some(line) = conflict_marker(text) {
            return Err(problem::conflict_markers(file, line));
        }
        let read = foreign::jsonc_of::<Self>(text);
        let mut document = read.map_err(|(line, why)| {
            problem::unreadable_bun(Place::line(file, line), &format!("is not valid: {why}"))
        })?;
        match &document.lockfile_version {
            Value::Null => return Err(problem::unreadable_bun(file, "has no lockfileVersion")),
            version if version.as_u64().is_some_and(|version| VERSIONS.contains(&version)) => {}
            version => return Err(problem::unknown_version(file, &version.to_string(), "0, 1 and 2")),
        }
        if document.packages.0.len() + document.workspaces.0.len() > MAX_ENTRIES {
            return Err(problem::too_large(file, &format!("it lists more than {MAX_ENTRIES} packages")));
        }
        document.lines = lines(text);
        Ok(document)
    }

    pub fn version(&self) -> u32 {
        self.lockfile_version.as_u64().and_then(|version| version.try_into().ok()).unwrap_or_default()
    }
}

/// Where members begin, by their keys: bun writes each on a line of its own. Of those with one name the last counts.
fn lines(text: &str) -> std::collections::BTreeMap<String, usize> {
    let key = |line: &str| {
        let (key, _) = line.trim_start().strip_prefix('"')?.split_once("\":")?;
        serde_json::from_str::<String>(&format!("\"{key}\"")).ok()
    };
    text.lines().enumerate().filter_map(|(at, line)| Some((key(line)?, at + 1))).collect()
}

impl Declared {
    /// What it depends on; where a name stands in several lists, the later counts.
    pub fn edges(&self) -> Vec<(String, EdgeKind)> {
        let peer = |name: &String| match self.optional_peers.contains(name) {
            true => EdgeKind::PeerOptional,
            false => EdgeKind::Peer,
        };
        let peers = self.peer_dependencies.0.iter().map(|(name, _)| (name.clone(), peer(name)));
        let lists = [
            (&self.dev_dependencies, EdgeKind::Dev),
            (&self.dependencies, EdgeKind::Prod),
            (&self.optional_dependencies, EdgeKind::Optional),
        ];
        let others =
            lists.iter().flat_map(|(list, kind)| list.0.iter().map(|(name, _)| (name.clone(), *kind)));
        peers.chain(others).collect()
    }
}
