//! The hashes that a file pins: where they stand, and how they are written.

use std::ops::Range;

use rnix::SyntaxKind::*;
use rnix::SyntaxNode;

use crate::hash::{Algorithm, Digest, Integrity};
use crate::upstream::nix::reading::{self, names_of, text};

/// How a hash is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// `sha256-` and base64.
    Sri,
    /// Nix's own, with or without the algorithm before it.
    Base32 {
        is_named: bool,
    },
    Hex,
}

/// A hash in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pinned {
    /// The bytes that are replaced: between the quotes, or a whole expression such as `lib.fakeHash`.
    pub at: Range<usize>,
    pub encoding: Encoding,
    pub algorithm: Algorithm,
    /// As Nix writes it today; `None` where somebody has left it open.
    pub sri: Option<String>,
    /// Whether the bytes stand between quotes.
    is_quoted: bool,
}

/// Whether an attribute pins what is downloaded.
pub(super) fn is_hash(name: &str) -> bool {
    let ends = ["Hash", "Sha256", "Sha512"];
    matches!(name, "hash" | "sha256" | "sha512" | "sha1" | "outputHash")
        || ends.iter().any(|end| name.ends_with(end))
}

/// All bindings of hashes in a file.
pub(super) fn bindings(root: &SyntaxNode) -> impl Iterator<Item = SyntaxNode> {
    root.descendants().filter(|node| node.kind() == NODE_ATTRPATH_VALUE).filter(|node| {
        let names = names_of(node);
        names.last().is_some_and(|name| is_hash(name))
    })
}

impl Encoding {
    /// Nix's own, alone.
    pub(super) const BASE32: Self = Self::Base32 { is_named: false };
}

impl Pinned {
    /// The hash that an expression is; `None` where it is computed or none.
    pub(super) fn read(value: &SyntaxNode) -> Option<Self> {
        let fake = ["fakeHash", "fakeSha256", "fakeSha512"];
        let value = reading::followed(value).unwrap_or_else(|| value.clone());
        if matches!(value.kind(), NODE_SELECT | NODE_IDENT) {
            let text = value.text().to_string();
            let at = reading::range(&value);
            let algorithm = if text.ends_with("Sha512") { Algorithm::Sha512 } else { Algorithm::Sha256 };
            let is_fake = fake.iter().any(|name| text.rsplit('.').next() == Some(*name));
            let open = Self { at, encoding: Encoding::Sri, algorithm, sri: None, is_quoted: false };
            return is_fake.then_some(open);
        }
        if value.kind() != NODE_STRING {
            return None;
        }
        let written = text(&value)?;
        if written.to_string().is_empty() {
            let at = reading::range(&value);
            return Some(Self {
                at,
                encoding: Encoding::Sri,
                algorithm: Algorithm::Sha256,
                sri: None,
                is_quoted: false,
            });
        }
        let only = written.only()?;
        Self::of_text(&only.text, only.at.clone()?)
    }

    /// The hash that stands between these quotes.
    pub(super) fn of_text(text: &str, at: Range<usize>) -> Option<Self> {
        let (encoding, integrity) = decoded(text)?;
        let is_fake = integrity.bytes().iter().all(|byte| *byte == 0);
        Some(Self {
            at,
            encoding,
            algorithm: integrity.algorithm,
            sri: (!is_fake).then(|| integrity.to_string()),
            is_quoted: true,
        })
    }

    /// The text that stands for another hash in its place.
    pub(super) fn written(&self, hash: &Integrity) -> String {
        match self.encoding {
            _ if !self.is_quoted => format!("\"{hash}\""),
            Encoding::Sri => hash.to_string(),
            Encoding::Base32 { is_named } => {
                let name = if is_named { format!("{}:", hash.algorithm.name()) } else { String::new() };
                format!("{name}{}", hash.nix_base32())
            }
            Encoding::Hex => hash.hex(),
        }
    }
}

/// Any spelling of a hash that Nix reads.
fn decoded(text: &str) -> Option<(Encoding, Integrity)> {
    if text.contains('-') {
        return Some((Encoding::Sri, Integrity::strongest(text)?));
    }
    let (named, digits) = match text.split_once(':') {
        Some((name, digits)) => (Some(name), digits),
        None => (None, text),
    };
    let all = [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512];
    for algorithm in all.into_iter().filter(|one| named.is_none_or(|name| one.name() == name)) {
        if let Some(integrity) = Integrity::from_hex(algorithm, digits) {
            return Some((Encoding::Hex, integrity));
        }
        let bytes = nix_base32::from_nix_base32(digits).unwrap_or_default();
        if let Some(integrity) = Integrity::from_hex(algorithm, &hex::encode(&bytes)) {
            return Some((Encoding::Base32 { is_named: named.is_some() }, integrity));
        }
    }
    None
}

/// A NAR hash as any other.
pub(super) fn of_nar(hash: &crate::hash::NarHash) -> Option<Integrity> {
    let Digest(bytes) = Digest(hash.0);
    Integrity::sha256(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_stays_what_it_is() {
        let hash = Integrity::of(Algorithm::Sha256, b"x");
        let other = Integrity::of(Algorithm::Sha256, b"y");
        for written in
            [hash.to_string(), hash.nix_base32(), format!("sha256:{}", hash.nix_base32()), hash.hex()]
        {
            let file = reading::File::parse(&format!("{{ hash = \"{written}\"; }}")).unwrap();
            let value = bindings(&file.root).next().unwrap().children().nth(1).unwrap();
            let pinned = Pinned::read(&value).unwrap();
            assert_eq!(pinned.sri, Some(hash.to_string()), "{written}");
            let new = pinned.written(&other);
            assert_eq!(decoded(&new).unwrap(), (pinned.encoding, other.clone()), "{written}");
            assert_eq!(&file.text[pinned.at], written);
        }
    }

    #[test]
    fn a_hash_that_is_left_open() {
        for (value, expected) in [
            ("lib.fakeHash", Some("lib.fakeHash")),
            ("\"\"", Some("\"\"")),
            (
                "\"sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"",
                Some("sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
            ),
            ("lib.other", None),
            ("{ a = \"b\"; }.${system}", None),
            ("\"nonsense\"", None),
        ] {
            let file = reading::File::parse(&format!("{{ npmDepsHash = {value}; }}")).unwrap();
            let value = bindings(&file.root).next().unwrap().children().nth(1).unwrap();
            let pinned = Pinned::read(&value);
            assert!(pinned.as_ref().is_none_or(|pinned| pinned.sri.is_none()));
            assert_eq!(pinned.map(|pinned| file.text[pinned.at].to_owned()).as_deref(), expected);
        }
    }
}
