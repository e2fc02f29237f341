//! The bytes that another release changes.

use std::ops::Range;

use super::hashes::of_nar;
use super::source::Origin;
use super::{Definition, Language, Pinned, Refusal};
use crate::hash::{Integrity, NarHash};
use crate::upstream::nix::expression::inside;
use crate::upstream::nix::reading::Edits;
use crate::upstream::nixpkgs::OPEN_HASH;

/// What the file says of the next release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    pub version: String,
    /// The tag or the commit; empty for what is no repository.
    pub reference: String,
    pub source: Integrity,
    pub npm_deps: Option<NarHash>,
    pub crates: Option<NarHash>,
    /// Names for a Python package's list of dependencies, and names that leave it.
    pub came: Vec<String>,
    pub went: Vec<String>,
}

/// The file's text for another release.
///
/// # Errors
/// A place that cannot hold what the release needs.
pub fn edited(definition: &Definition, release: &Release) -> Result<String, Refusal> {
    let mut edits = Edits::default();
    let refuse = |at: usize, why: String| Refusal { line: definition.line(at), why };
    let version = &definition.version;
    // What stands between quotes needs none of its own.
    if !release.version.chars().all(|c| c.is_ascii_alphanumeric() || ".+-_~".contains(c)) {
        return Err(refuse(
            version.at.start,
            format!("{:?} is no version that could stand here", release.version),
        ));
    }
    edits.replace(version.at.clone(), release.version.clone());
    refer(definition, release, &mut edits)?;
    let mut put = |pinned: &Pinned, hash: &Integrity| put(&mut edits, &definition.text, pinned, hash);
    put(&definition.source.hash, &release.source);
    if let (Some(npm), Some(hash)) = (&definition.npm, &release.npm_deps) {
        of_nar(hash).into_iter().for_each(|hash| put(&npm.hash, &hash));
    }
    if let (Some(cargo), Some(hash)) = (&definition.cargo, &release.crates) {
        of_nar(hash).into_iter().for_each(|hash| put(&cargo.hash, &hash));
    }
    if let Some(changelog) = definition.changelog.as_ref().filter(|changelog| changelog.at != version.at) {
        edits.replace(changelog.at.clone(), changelog.text.replace(&version.text, &release.version));
    }
    if let Some(dependencies) = &definition.dependencies {
        dependencies.edit(&release.came, &release.went, &mut edits);
    }
    let text = edits.applied(&definition.text);
    let text = text.ok_or_else(|| refuse(version.at.start, "two changes meet in one place".to_owned()))?;
    checked(definition, release, text)
}

fn put(edits: &mut Edits, text: &str, pinned: &Pinned, hash: &Integrity) {
    edits.replace(pinned.at.clone(), pinned.written(hash));
    if pinned.sri.is_none()
        && let Some(comment) = open_mark(text, pinned.at.start)
    {
        edits.replace(comment, "");
    }
}

/// Our own comment above a hash that was left open, which is no longer so: its lines.
fn open_mark(text: &str, at: usize) -> Option<Range<usize>> {
    let line = text.get(..at)?.rfind('\n')? + 1;
    let mut start = line;
    loop {
        let before = text.get(..start)?.strip_suffix('\n')?;
        start = before.rfind('\n').map_or(0, |end| end + 1);
        let comment = before.get(start..)?.trim_start().strip_prefix('#')?;
        if comment.trim_start().starts_with(OPEN_HASH.trim_end()) {
            return Some(start..line);
        }
    }
}

/// Names the tag or the commit, where the version alone does not.
fn refer(definition: &Definition, release: &Release, edits: &mut Edits) -> Result<(), Refusal> {
    let Origin::Repository { reference, .. } = &definition.source.origin else { return Ok(()) };
    let version = &definition.version;
    let follows = reference.of(&reference.text.with(&version.at, &release.version));
    if follows.as_ref() == Some(&release.reference) {
        return Ok(());
    }
    let refuse = || Refusal {
        line: definition.line(reference.at.start),
        why: format!("the next release is {}, which this does not make of the version", release.reference),
    };
    if reference.is_in_address() || definition.language != Language::Nix && reference.text.only().is_none() {
        return Err(refuse());
    }
    if let Some(only) = reference.text.only().filter(|only| only.at.as_ref() != Some(&version.at)) {
        let at = only.at.clone().ok_or_else(refuse)?;
        edits.replace(at, inside(&release.reference));
        return Ok(());
    }
    // The tag has another form now: the version stands in it as it did, with another text around it.
    let written = definition.text.get(reference.at.clone()).ok_or_else(refuse)?;
    let own = match written.split_once("${") {
        Some((_, rest)) => rest.split('}').next(),
        None => Some(written),
    };
    let own = own.filter(|own| !own.contains(['"', '{', '}'])).ok_or_else(refuse)?;
    let (before, behind) = release.reference.split_once(&release.version).ok_or_else(refuse)?;
    let text = match (before, behind) {
        ("", "") => own.to_owned(),
        _ => format!("\"{}${{{own}}}{}\"", inside(before), inside(behind)),
    };
    edits.replace(reference.at.clone(), text);
    Ok(())
}

/// The text, read again: it says what it is to say.
fn checked(definition: &Definition, release: &Release, text: String) -> Result<String, Refusal> {
    let again = definition.again(&text)?;
    let sri = |pinned: &Pinned| pinned.sri.clone();
    let refers = match &again.source.origin {
        Origin::Repository { reference, .. } => reference.named() == release.reference,
        Origin::Pypi { version, .. } => version.to_string() == release.version,
        Origin::Npm { url, .. } => super::source::registry_path(&url.to_string())
            .is_some_and(|(_, version)| version == release.version),
    };
    let npm = match (&again.npm, &release.npm_deps) {
        (Some(npm), Some(hash)) => sri(&npm.hash) == Some(hash.sri()),
        _ => true,
    };
    let crates = match (&again.cargo, &release.crates) {
        (Some(cargo), Some(hash)) => sri(&cargo.hash) == Some(hash.sri()),
        _ => true,
    };
    let listed = again.dependencies.as_ref().is_none_or(|dependencies| {
        let names = dependencies.names();
        release.came.iter().all(|name| names.contains(name))
            && !release.went.iter().any(|name| names.contains(name))
    });
    let is_so = listed
        && again.version.text == release.version
        && refers
        && npm
        && crates
        && sri(&again.source.hash) == Some(release.source.to_string());
    let line = definition.line(definition.version.at.start);
    let why = "the changed file would not say what it is to say".to_owned();
    if is_so { Ok(text) } else { Err(Refusal { line, why }) }
}
