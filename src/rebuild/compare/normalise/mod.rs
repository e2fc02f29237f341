//! Differences that change no code, each by its name. A package may be hostile: whatever could hide code is none.
//!
//! One alone explains a file. Nothing else is ever normalised: not the order of keys, not fields of package.json, not
//! names, dates or comments, and no file is left out.

mod json;
mod line_ends;
mod source_map;
mod source_mapping;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};

use source_map::base;

use super::Difference;
use crate::contents::tarball::Raw;

/// Why two files that differ are the same to whoever runs them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Normalisation {
    /// JSON: the white space between its tokens.
    JsonWhiteSpace,
    /// JavaScript: lines end with CRLF in the one and with LF in the other.
    LineEnds,
    /// JavaScript and CSS: the comment in the last line that names the source map.
    SourceMappingUrl,
    /// A source map beside code that is the same.
    SourceMap,
    /// A source map beside code that is the same, which only the registry has.
    SourceMapMissing,
    /// A source map beside code that is the same, which only the build has.
    SourceMapAdded,
    /// WHEEL: the tool that made it, as the two call it.
    Generator { registry: String, built: String },
    /// RECORD: says in both wheels exactly what they hold.
    Record,
}

impl Display for Normalisation {
    /// What is said of the file, behind its path.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::JsonWhiteSpace => "differs in white space of JSON only",
            Self::LineEnds => "differs in line ends only (CRLF or LF)",
            Self::SourceMappingUrl => "differs in its last line only, a sourceMappingURL comment",
            Self::SourceMap => "is a source map that differs; the code beside it is the same",
            Self::SourceMapMissing => "is a source map that was not built; the code beside it is the same",
            Self::SourceMapAdded => {
                "is a source map that the registry does not have; the code beside it is the same"
            }
            Self::Generator { registry, built } => {
                return write!(
                    f,
                    "differs only in the tool that made it: {registry} (registry), {built} (built)"
                );
            }
            Self::Record => "differs only as the files do that it lists, or in the order of its lines",
        })
    }
}

/// What explains the difference of one file by itself.
pub(super) fn of_file(path: &str, built: &[u8], published: &[u8]) -> Option<Normalisation> {
    const SCRIPTS: [&str; 6] = [".js", ".mjs", ".cjs", ".d.ts", ".d.mts", ".d.cts"];
    let is_script = SCRIPTS.iter().any(|end| path.ends_with(end));
    let is_style = path.ends_with(".css");
    if path.ends_with(".json") && json::is_same(built, published) {
        Some(Normalisation::JsonWhiteSpace)
    } else if is_script && line_ends::is_same(built, published) {
        Some(Normalisation::LineEnds)
    } else if is_script && source_mapping::SCRIPT.is_same(built, published)
        || is_style && source_mapping::STYLE.is_same(built, published)
    {
        Some(Normalisation::SourceMappingUrl)
    } else {
        None
    }
}

/// Explains source maps that differ, once all else is compared.
pub(super) fn source_maps(
    found: &mut BTreeMap<String, Difference>,
    built: &BTreeMap<String, Raw>,
    published: &BTreeMap<String, Raw>,
) {
    let is_map =
        |raw: Option<&Raw>| raw.is_none_or(|raw| !raw.executable && source_map::is_source_map(&raw.bytes));
    let maps: BTreeSet<&str> =
        found.keys().filter(|path| path.ends_with(".map")).map(|path| base(path)).collect();
    let named = if maps.is_empty() { BTreeSet::new() } else { source_map::named(&maps, [built, published]) };
    let explained = |path: &str, difference: &Difference| {
        let code = path.strip_suffix(".map")?;
        let is_there = built.contains_key(code) && published.contains_key(code);
        let is_same = matches!(found.get(code), None | Some(Difference::Normalised { .. }));
        let by = match difference {
            Difference::Missing => Normalisation::SourceMapMissing,
            Difference::Added => Normalisation::SourceMapAdded,
            Difference::Text { .. } => Normalisation::SourceMap,
            _ => return None,
        };
        let are_maps = is_map(built.get(path)) && is_map(published.get(path));
        let is_told = named.contains(base(path));
        (source_map::has_one(code) && is_there && is_same && are_maps && !is_told)
            .then(|| (path.to_owned(), by))
    };
    let maps: Vec<_> = found.iter().filter_map(|(path, difference)| explained(path, difference)).collect();
    found.extend(maps.into_iter().map(|(path, by)| (path, Difference::Normalised { by })));
}
