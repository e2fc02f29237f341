//! What a source map is. It is JSON: no program runs it, whatever its name.

use serde::Deserialize;
use serde_json::Value;

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

#[cfg(test)]
mod tests {
    use super::*;

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
