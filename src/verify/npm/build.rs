//! One package, built by Nix and compared with what the registry serves.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::super::BuiltFile;
use super::given::Given;
use crate::contents::tarball::{self, Limits};
use crate::convert::npm::builds::Subject;
use crate::failure::Failure;
use crate::hash::{Algorithm, Integrity};
use crate::pins::Outcome;
use crate::plan::npm::packs::folder_name;
use crate::problem::verify::unreadable;
use crate::rebuild::compare::{self, Copied};
use crate::rebuild::ended;
use crate::settings;
use crate::source::repository::Repositories;
use crate::world::World;
use crate::world::disk;
use crate::world::nix::{Attribute, NixError};

/// The largest archive that is read, in bytes.
const ARCHIVE: u64 = 512 << 20;
/// Lines of what differs that are kept.
const KEPT: usize = 12;
/// Lines of a failed build's log that are shown.
const SHOWN: usize = 12;

/// What came of it, and the end of the log where nothing was packed.
pub struct Built {
    pub outcome: Outcome,
    /// What was packed, where every build of this run gave the same.
    pub archive: Option<BuiltFile>,
    pub log: Vec<String>,
}

/// Builds and compares; or says why Nix could not try.
///
/// # Errors
/// No Nix, an artifact that cannot be had any more. A build that packs nothing is an outcome.
pub async fn build(
    world: &World,
    settings: &settings::Verify,
    subject: &Subject,
    given: &Given,
) -> Result<Result<Built, String>, Failure> {
    let shown = subject.shown();
    let attribute = Attribute::new(&settings.nixpkgs, &settings.folder, &["rebuilds", &shown]);
    let made = match attribute.made(settings.rebuild).await {
        Ok(made) => made,
        // What the package's own commands end with fails no build: this is of the tools, the commit or Nix.
        Err(NixError::Failed(why)) => return Ok(Err(why)),
        Err(error) => return Err(anyhow::anyhow!("{shown} cannot be built: {error}").into()),
    };
    let archive = made.path.join("package.tgz");
    if !disk::is_there(&archive) {
        return Ok(Ok(failed(log(&made.path))));
    }
    let built = disk::read(&archive, ARCHIVE)?;
    let Some(artifact) = &subject.artifact else { return Ok(Err("no registry serves it".to_owned())) };
    let published = subject.published(artifact, world).await?;
    let fault = |why: &dyn std::fmt::Display| Failure::one(unreadable(&shown, &why.to_string()));
    let integrity = &artifact.integrity;
    let compared = compare::compare(&built, &published, integrity).map_err(|why| fault(&why))?;
    let limits = Limits::default();
    let contents = tarball::read(&built, &limits).map_err(|why| fault(&why))?.contents;
    let tar = tarball::uncompressed_hash(&built, &limits).map_err(|why| fault(&why))?;
    let mut notes = if compared.class.is_rebuilt() { Vec::new() } else { ended_badly(&made.path) };
    notes.extend(compare::lines(&compared).into_iter().skip(1).take(KEPT));
    notes.extend(made.differs.then(|| "two builds gave different results".to_owned()));
    let own = given.other_releases(subject);
    if !own.is_empty() {
        notes.push(format!("its tools have other releases of it: {}", own.join(", ")));
    }
    let tree = match world.git.tree(&subject.source.repository, subject.source.commit).await {
        Ok(tree) => tree,
        // Without it, the commit's own files would be told as a tool's.
        Err(why) => return Ok(Err(format!("its commit cannot be read: {why}"))),
    };
    let blobs: BTreeSet<_> = tree.files.values().map(|file| file.blob).collect();
    let copied = given.copied(&contents.files, |file| blobs.contains(&file.blob));
    Ok(Ok(Built {
        outcome: Outcome {
            class: compared.class,
            identical: compared.identical,
            files: compared.published(),
            digest: Some(compare::digest(&contents)),
            tar: Some(tar),
            notes,
            copied: by_tool(&copied),
            built_here: made.built_here,
        },
        // Of two builds that differ neither is what the commit gives.
        archive: (!made.differs).then(|| BuiltFile {
            name: format!("{}.tgz", folder_name(subject.name.as_str(), subject.version.as_str(), "")),
            integrity: Integrity::of(Algorithm::Sha512, &built),
        }),
        log: Vec::new(),
    }))
}

/// A line for each tool whose files are in the output.
fn by_tool(copied: &[Copied]) -> Vec<String> {
    let mut tools: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for one in copied {
        tools.entry(&one.from.package).or_default().push(&one.path);
    }
    let line = |(tool, paths): (&str, Vec<&str>)| match paths[..] {
        [path] => format!("{path} is the same as a file of the tool {tool}"),
        _ => format!(
            "{} and {} more files are the same as files of the tool {tool}",
            paths[0],
            paths.len() - 1
        ),
    };
    tools.into_iter().map(line).collect()
}

fn failed(log: Vec<String>) -> Built {
    Built { outcome: Outcome::failed(&log), archive: None, log }
}

/// Commands of the build that failed: why something differs, where that is known.
fn ended_badly(folder: &Path) -> Vec<String> {
    let mut lines = ended::badly(&disk::read_text(&folder.join("result.json"), ARCHIVE).unwrap_or_default());
    lines.truncate(KEPT);
    lines
}

/// The end of the log that the build kept.
fn log(folder: &Path) -> Vec<String> {
    let text = disk::read_text(&folder.join("log"), ARCHIVE).unwrap_or_default();
    let lines: Vec<String> = text.lines().map(crate::printable::printable).collect();
    lines[lines.len().saturating_sub(SHOWN)..].to_vec()
}
