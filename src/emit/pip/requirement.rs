//! Requirements as pip's file format has them (<https://pip.pypa.io/en/stable/reference/requirements-file-format/>).
//!
//! The format has no quotes and no escapes for what is not an option: a blank before `#` begins a comment, one before
//! `-` an option, and `${NAME}` is a variable, wherever they stand. What would be read so is percent-encoded in
//! addresses and refused elsewhere.

use std::collections::BTreeSet;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;
use url::Url;

use super::model::{From, Line, PipFile};
use crate::graph::Location;
use crate::graph::python::PyKey;
use crate::hash::{Algorithm, Integrity};

/// What stands in an address as it is; `%` too: what is encoded stays so.
const ADDRESS: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'$')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b']')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b'\'')
    .add(b';');

/// A package of which a requirements file cannot tell.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{package}: {what} {text:?} cannot be written into a requirements file")]
pub struct Unwritable {
    pub package: String,
    pub what: &'static str,
    pub text: String,
}

/// A line, ready for the template.
#[derive(Serialize)]
pub struct Written {
    pub comment: Vec<String>,
    pub requirement: String,
    /// `sha256:...`
    pub hashes: Vec<String>,
}

pub fn of(key: &PyKey, line: &Line) -> Result<Written, Unwritable> {
    let refuse = |what, text: &str| Unwritable { package: key.to_string(), what, text: text.to_owned() };
    let none = BTreeSet::new();
    let extras: Vec<_> = line.extras.iter().map(ToString::to_string).collect();
    let extras = if extras.is_empty() { String::new() } else { format!("[{}]", extras.join(",")) };
    let named = format!("{}{extras}", key.name);
    let (requirement, hashes) = match &line.from {
        From::Git { url, commit, subdirectory } => {
            let address = git(url).ok_or_else(|| refuse("the repository", url))?;
            if commit.len() != 40 || !commit.bytes().all(|c| c.is_ascii_hexdigit()) {
                return Err(refuse("the commit", commit));
            }
            (format!("{named} @ {address}@{commit}{}", fragment(subdirectory.as_ref())), &none)
        }
        From::Hashes(hashes) => match &key.version {
            Some(version) => (format!("{named}=={version}"), hashes),
            None => return Err(refuse("without a version,", &named)),
        },
        From::Url { url, hashes, subdirectory } => {
            let address = encoded(url.as_str().split('#').next().unwrap_or_default());
            (format!("{named} @ {address}{}", fragment(subdirectory.as_ref())), hashes)
        }
        // pip knows no relative path behind `name @`.
        From::File { path, hashes } => {
            (format!("{}{extras}", local(path).ok_or_else(|| refuse("the path", path.as_str()))?), hashes)
        }
        From::Folder(path) => {
            (format!("{}{extras}", local(path).ok_or_else(|| refuse("the path", path.as_str()))?), &none)
        }
    };
    let marker = line.marker.to_string();
    if marker.chars().any(char::is_control) || [" #", " -", "${"].iter().any(|bad| marker.contains(bad)) {
        return Err(refuse("the marker", &marker));
    }
    // White space before `;` ends an address (PEP 508).
    let marker = if marker.is_empty() { marker } else { format!(" ; {marker}") };
    Ok(Written {
        comment: line.comment.iter().map(|text| shown(text)).collect(),
        requirement: format!("{requirement}{marker}"),
        hashes: strong(hashes),
    })
}

/// The options that both files begin with.
pub fn options(file: &PipFile) -> Result<Vec<String>, Unwritable> {
    let option = |(at, url): (usize, &Url)| {
        if url.password().is_some() {
            let (package, text) = (file.made_from.clone(), url.host_str().unwrap_or_default().to_owned());
            return Err(Unwritable { package, what: "the password of the index at", text });
        }
        let name = if at == 0 { "--index-url" } else { "--extra-index-url" };
        Ok(format!("{name} {}", encoded(url.as_str())))
    };
    file.indexes.iter().enumerate().map(option).collect()
}

/// `git+https://...`, without a password.
fn git(text: &str) -> Option<String> {
    let text = text.strip_prefix("git+").unwrap_or(text);
    let url = Url::parse(text).ok()?;
    let known = matches!(url.scheme(), "https" | "http" | "ssh" | "git" | "file");
    let whole = url.query().is_none() && url.fragment().is_none() && url.password().is_none();
    (known && whole).then(|| format!("git+{}", encoded(text)))
}

fn fragment(subdirectory: Option<&Location>) -> String {
    let of = |path: &Location| format!("#subdirectory={}", encoded(path.as_str()).replace('&', "%26"));
    subdirectory.filter(|path| **path != Location::root()).map(of).unwrap_or_default()
}

fn encoded(address: &str) -> String {
    utf8_percent_encode(address, ADDRESS).to_string()
}

/// A path of the project, where pip reads it as one and nothing else.
fn local(path: &Location) -> Option<String> {
    if *path == Location::root() {
        return Some(".".to_owned());
    }
    let plain = |c: char| c.is_alphanumeric() || "._+-/~".contains(c);
    path.as_str().chars().all(plain).then(|| format!("./{}", path.as_str()))
}

/// SHA-256 and up: pip takes no other.
fn strong(hashes: &BTreeSet<Integrity>) -> Vec<String> {
    let strong = hashes.iter().filter(|hash| hash.algorithm != Algorithm::Sha1);
    strong.map(|hash| format!("{}:{}", hash.algorithm.name(), hash.hex())).collect()
}

/// Text of a comment: one line.
pub fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}
