//! What a source map is: JSON, which no program of JavaScript runs, whatever its name. A shell would, and code can read
//! what it holds; so a map that something of its package names is none.

use std::collections::{BTreeMap, BTreeSet};

use memchr::memmem;
use serde::Deserialize;
use serde_json::Value;

use super::source_mapping::{SCRIPT, STYLE};
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

/// Those of these names of source maps that code and scripts have somewhere, but for the comment at a file's end. What
/// package.json has outside of its scripts lets a map be packed and be loaded as the JSON that it is.
pub(super) fn named<'a>(
    maps: &BTreeSet<&'a str>,
    packages: [&BTreeMap<String, Raw>; 2],
) -> BTreeSet<&'a str> {
    let files = packages.into_iter().flatten();
    let files = files.filter(|(path, _)| !path.ends_with(".map") && !is_shared_document(path));
    let mut named = BTreeSet::new();
    for (path, raw) in files {
        if path == "package.json" {
            let manifest: Value = serde_json::from_slice(&raw.bytes).unwrap_or_default();
            named.extend(named_in(manifest["scripts"].to_string().as_bytes(), maps));
        } else {
            let form = if path.ends_with(".css") { STYLE } else { SCRIPT };
            named.extend(named_in(form.without(&raw.bytes), maps));
        }
    }
    named
}

fn named_in<'a>(bytes: &[u8], maps: &BTreeSet<&'a str>) -> BTreeSet<&'a str> {
    const END: &str = ".map";
    /// Bytes of a name that a disk can hold.
    const LONGEST: usize = 255;
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-@+%~".contains(byte) || *byte >= 0x80;
    let name = |at: usize| {
        let before = &bytes[at.saturating_sub(LONGEST)..at];
        let start = before.iter().rposition(|byte| !is_name(byte)).map_or(0, |end| end + 1);
        std::str::from_utf8(&bytes[at - (before.len() - start)..at + END.len()]).ok()
    };
    memmem::find_iter(bytes, END).filter_map(name).filter_map(|name| maps.get(name).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_that_are_named() {
        let maps = BTreeSet::from(["a.js.map", "a.css.map", "é.js.map"]);
        let cases: [(&str, &str, &[&str]); 12] = [
            ("a.js", "a()\n//# sourceMappingURL=a.js.map", &[]),
            ("a.js", "a()\n//# sourceMappingURL=../x/a.js.map\n", &[]),
            ("a.css", "a{}\n/*# sourceMappingURL=a.css.map */", &[]),
            ("a.js", "a()\n/*# sourceMappingURL=a.css.map */", &["a.css.map"]),
            ("a.js", "b.js.map(c); ba.js.map; a.js.ma", &[]),
            ("a.js", "eval(read('./x/a.js.map'))", &["a.js.map"]),
            ("a.js", "require(`a.js.map`)+'é.js.map'", &["a.js.map", "é.js.map"]),
            ("a.sh", ". ./a.js.map\n", &["a.js.map"]),
            ("a.js.map", "a.js.map", &[]),
            ("README.md", "a.js.map", &[]),
            ("package.json", r#"{"files":["a.js.map"],"exports":"./a.js.map"}"#, &[]),
            ("package.json", r#"{"scripts":{"install":"sh ./a.js.map"}}"#, &["a.js.map"]),
        ];
        for (path, text, names) in cases {
            let raw = Raw { executable: false, bytes: text.as_bytes().to_vec() };
            let package = BTreeMap::from([(path.to_owned(), raw)]);
            let found = named(&maps, [&package, &BTreeMap::new()]);
            assert_eq!(found.into_iter().collect::<Vec<_>>(), names, "{path}: {text}");
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
