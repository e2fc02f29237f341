//! What the real Nix evaluates is what was written, whatever stands in a text.

use std::process::Command;

use headwater::emit::nix::literal;
use serde_json::{Value, json};

use crate::support::texts;

/// What means something to Nix, to JSON, or to a terminal, and what surrounds it.
const PARTS: [&str; 14] =
    ["$", "{", "}", "\"", "\\", "'", "''", "${", "\n", "\r", "\t", "a", "\u{1b}", "\u{1f980}"];

#[test]
fn nix_evaluates_what_was_written() {
    let texts = texts(&PARTS);
    // Attribute names, too; nested, so that they are laid out at several depths.
    let names: serde_json::Map<_, _> =
        texts.iter().enumerate().map(|(at, text)| (text.clone(), at.into())).collect();
    let keywords = ["if", "or", "true", "null", "a-b", "a.b", "1a", "rec"];
    let keywords: serde_json::Map<_, _> =
        keywords.iter().map(|word| ((*word).to_owned(), Value::Null)).collect();
    let value = json!([texts, names, [keywords, [[], {}, [1, true, "x"]]]]);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), literal::value(&value, 0, &[])).unwrap();
    let out = Command::new("nix-instantiate")
        .args(["--eval", "--strict", "--json"])
        .arg(file.path())
        .output()
        .expect("nix-instantiate");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let read: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert!(read == value, "Nix reads something else");
}
