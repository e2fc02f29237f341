//! The hash of the crates of a Rust extension or program, and which Cargo.lock it is of.

use rnix::SyntaxKind::*;
use rnix::SyntaxNode;

use super::Refusal;
use super::hashes::Pinned;
use super::locks::{below, folder};
use crate::upstream::nix::reading::{File, argument, attribute, function, names_of, text};

/// What `fetchCargoVendor` downloads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CargoDeps {
    pub hash: Pinned,
    /// The folder of the source that has Cargo.lock; `""` for the root.
    pub folder: String,
    pub line: usize,
}

/// What may make another lockfile of the source's.
const CHANGES: [&str; 8] = [
    "cargoPatches",
    "patches",
    "prePatch",
    "postPatch",
    "preUnpack",
    "postUnpack",
    "unpackPhase",
    "cargoLock",
];

/// What a binding of a hash says of crates; `None` where it is of something else.
pub(super) fn cargo_deps(
    file: &File,
    binding: &SyntaxNode,
    fetched: &SyntaxNode,
) -> Result<Option<CargoDeps>, Refusal> {
    let name = names_of(binding).pop().unwrap_or_default();
    let line = file.line_of(binding);
    let refuse = |why: &str| Refusal { line, why: why.to_owned() };
    let Some(set) = binding.parent().filter(|set| set.kind() == NODE_ATTR_SET) else { return Ok(None) };
    let call = binding.ancestors().find(|node| node.kind() == NODE_APPLY);
    let call = call.filter(|call| argument(call).as_ref() == Some(&set)).and_then(|call| function(&call));
    if name != "cargoHash" && call.as_deref() != Some("fetchCargoVendor") {
        return Ok(None);
    }
    // Of another package of the file it is its own affair.
    let Some(below) = attribute(&set, &["src"]).and_then(|src| below(&src, fetched)) else { return Ok(None) };
    let hash = binding.children().nth(1).and_then(|value| Pinned::read(&value));
    let hash = hash.ok_or_else(|| refuse("the hash of the crates is computed, or none"))?;
    if let Some(change) = CHANGES.iter().find(|name| attribute(&set, &[name]).is_some()) {
        return Err(refuse(&format!("`{change}` may change the lockfile of the crates")));
    }
    let root = attribute(&set, &["sourceRoot"]);
    let root =
        root.map(|root| folder(&root).ok_or_else(|| refuse("`sourceRoot` is computed"))).transpose()?;
    let cargo = attribute(&set, &["cargoRoot"]);
    let cargo = cargo.map(|root| text(&root).ok_or_else(|| refuse("`cargoRoot` is computed"))).transpose()?;
    let cargo = cargo.map(|text| text.to_string().trim_matches('/').to_owned());
    let parts = [root.or(below).unwrap_or_default(), cargo.unwrap_or_default()];
    let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    Ok(Some(CargoDeps { hash, folder: parts.join("/"), line }))
}
