//! What a source map is: JSON, which no program of JavaScript runs, whatever its name. A shell would, and code can read
//! what it holds; so a map that something of its package names is none.

use std::collections::{BTreeMap, BTreeSet};

use memchr::memmem;
use serde::Deserialize;
use serde_json::Value;

use crate::contents::tarball::Raw;
use crate::source::is_shared_document;

/// A map of its own, or an index of several (ECMA-426).
#[derive(Deserialize)]
struct Map {
    version: u32,
    mappings: Option<String>,
    sections: Option<Vec<Value>>,
}

/// Whether these bytes are a source map, by what they hold.
pub(super) fn is_source_map(bytes: &[u8]) -> bool {
    let text = std::str::from_utf8(bytes).ok();
    // A list of the same values would do for the parser.
    let text = text.filter(|text| text.trim_start().starts_with('{'));
    let map = text.and_then(|text| serde_json::from_str::<Map>(text).ok());
    map.is_some_and(|map| map.version == 3 && (map.mappings.is_some() || map.sections.is_some()))
}

/// Whether a file of this name has a source map beside it.
pub(super) fn has_one(path: &str) -> bool {
    [".js", ".mjs", ".cjs", ".d.ts", ".d.mts", ".d.cts", ".css"].iter().any(|end| path.ends_with(end))
}

/// The last part of a path.
pub(super) fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The names of source maps that code and scripts have somewhere, but for the comment that belongs there. What
/// package.json has outside of its scripts lets a map be packed and be loaded as the JSON that it is.
pub(super) fn named(packages: [&BTreeMap<String, Raw>; 2]) -> BTreeSet<String> {
    let files = packages.into_iter().flatten();
    let files = files.filter(|(path, _)| !path.ends_with(".map") && !is_shared_document(path));
    let of_file = |(path, raw): (&String, &Raw)| match path.as_str() {
        "package.json" => {
            let manifest: Value = serde_json::from_slice(&raw.bytes).unwrap_or_default();
            named_in(manifest["scripts"].to_string().as_bytes())
        }
        _ => named_in(&raw.bytes),
    };
    files.flat_map(of_file).collect()
}

fn named_in(bytes: &[u8]) -> Vec<String> {
    const END: &str = ".map";
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-@+%~".contains(byte);
    let name = |at: usize| {
        let start = bytes[..at].iter().rposition(|byte| !is_name(byte)).map_or(0, |before| before + 1);
        let before = bytes[..start].rsplit(|byte| !is_name(byte) && *byte != b'/').next()?;
        let path = &bytes[..start - before.len()];
        let is_comment = path.ends_with(b"# sourceMappingURL=");
        let name = std::str::from_utf8(&bytes[start..at + END.len()]).ok()?;
        (!is_comment).then(|| name.to_owned())
    };
    memmem::find_iter(bytes, END).filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_maps() {
        for (text, names) in [
            ("a()\n//# sourceMappingURL=a.js.map", &[][..]),
            ("a()\n//# sourceMappingURL=../x/a.js.map\n", &[]),
            ("/*# sourceMappingURL=a.css.map */", &[]),
            ("eval(read('./x/a.js.map'))", &["a.js.map"]),
            ("require(`a.js.map`)", &["a.js.map"]),
            ("sourceMappingURL=a.js.map", &["a.js.map"]),
            ("list.map(x); a.js.mapped", &["list.map", "a.js.map"]),
            (".map", &[".map"]),
        ] {
            assert_eq!(named_in(text.as_bytes()), names, "{text}");
        }
    }

    #[test]
    fn what_is_a_source_map() {
        for text in [
            r#"{"version":3,"file":"a.js","sources":["a.ts"],"names":[],"mappings":"AAAA"}"#,
            "{ \"mappings\": \"\",\n \"version\": 3 }",
            r#"{"version":3,"sections":[]}"#,
        ] {
            assert!(is_source_map(text.as_bytes()), "{text}");
        }
        for (what, text) in [
            ("a script", "module.exports = 1"),
            ("a script behind a map", "{\"version\":3,\"mappings\":\"\"}\nevil()"),
            ("a prefix, which some readers skip", ")]}'\n{\"version\":3,\"mappings\":\"\"}"),
            ("other JSON", r#"{"name":"a"}"#),
            ("no mappings", r#"{"version":3}"#),
            ("another version", r#"{"version":2,"mappings":""}"#),
            ("a key that is there twice", r#"{"version":3,"mappings":"","mappings":""}"#),
            ("a list", r#"[3,"",[]]"#),
            ("nothing", ""),
        ] {
            assert!(!is_source_map(text.as_bytes()), "{what}");
        }
    }
}
