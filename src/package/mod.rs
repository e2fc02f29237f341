//! The flow of `headwater package`: one package, written for a distribution.

mod built;
mod commit;
mod deps;
mod meta;
mod npm;
mod origin;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::failure::Failure;
use crate::files;
use crate::graph::Location;
use crate::problem::upstream as problem;
use crate::progress::Progress;
use crate::settings;
use crate::world::World;
use crate::world::disk::{self, Output};

/// What was written, and what goes with it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Packaged {
    pub attribute: String,
    pub version: String,
    /// Where the files are, or where they belong in nixpkgs if none were written.
    pub files: Vec<String>,
    pub text: String,
    /// The message of the commit that adds the package.
    pub commit_message: String,
    /// One sentence for each thing that a reader must know.
    pub notes: Vec<String>,
    /// What could not be computed: the file says where.
    pub gaps: Vec<String>,
    /// Whether the files were written.
    #[serde(skip)]
    pub is_written: bool,
}

/// A package before it is written.
struct Made {
    attribute: String,
    version: String,
    text: String,
    /// A lockfile for which the repository has none.
    lock: Option<Vec<u8>>,
    commit_message: String,
    notes: Vec<String>,
    gaps: Vec<String>,
}

/// Finds, proves and writes one package.
///
/// # Errors
/// A package without a source that could be named, a commit that cannot be read, a host that did not answer.
pub async fn package(settings: &settings::Package, progress: Progress) -> Result<Packaged, Failure> {
    let folder = disk::current_folder()?;
    // A source that headwater.toml of this folder names counts as it does for `source`.
    let policy = files::policy(&folder)?;
    let world = World::new(&folder, settings.registry.clone(), settings.asking)?;
    world.git.ready().await?;
    let made = npm::made(&world, &policy, settings, progress).await;
    for notice in world.finish() {
        progress.say(&notice);
    }
    let made = made?;
    let path = match &settings.out {
        Some(out) => out.clone(),
        None => Path::new(&crate::upstream::nixpkgs::names::folder(&made.attribute)).join("package.nix"),
    };
    let mut files = vec![path.clone()];
    files.extend(made.lock.as_ref().map(|_| path.with_file_name("package-lock.json")));
    if !settings.print {
        write(&folder, &files, &made)?;
    }
    let Made { attribute, version, text, lock: _, commit_message, notes, gaps } = made;
    let files = files.iter().map(|path| path.display().to_string()).collect();
    Ok(Packaged { attribute, version, files, text, commit_message, notes, gaps, is_written: !settings.print })
}

/// Writes all files, or none: one that is there already may have been edited.
fn write(folder: &Path, files: &[PathBuf], made: &Made) -> Result<(), Failure> {
    for path in files {
        if disk::is_there(&folder.join(path)) {
            return Err(Failure::one(problem::in_the_way(&path.display().to_string())));
        }
    }
    let contents = [Some(made.text.clone().into_bytes()), made.lock.clone()];
    // Of a path that leads elsewhere only the last folder is ours to write in.
    let (root, below) = match files[0].is_absolute() || files[0].starts_with("..") {
        true => (folder.join(files[0].parent().unwrap_or(Path::new("."))), files[0].parent()),
        false => (folder.to_owned(), None),
    };
    let mut outputs = BTreeMap::new();
    for (path, bytes) in files.iter().zip(contents.into_iter().flatten()) {
        let path = below.map_or(path.as_path(), |below| path.strip_prefix(below).unwrap_or(path));
        let location = path.to_str().and_then(|text| Location::new(text.trim_start_matches("./")).ok());
        let location =
            location.ok_or_else(|| anyhow::anyhow!("{}: is no path to write to", path.display()))?;
        outputs.insert(location, Output { bytes, executable: false });
    }
    disk::write(&root, &outputs, &[], &[])?;
    Ok(())
}

/// What a person reads.
pub fn text(packaged: &Packaged) -> String {
    let verb = if packaged.is_written { "Wrote" } else { "Belongs into" };
    let mut text = format!("{verb} {}\n", packaged.files.join(" and "));
    let mut list = |title: &str, all: &[String]| {
        if !all.is_empty() {
            text.push_str(&format!("\n{title}\n"));
            all.iter().for_each(|one| text.push_str(&format!("  - {one}\n")));
        }
    };
    list("Open", &packaged.gaps);
    list("Notes", &packaged.notes);
    let message: String = packaged.commit_message.lines().map(|line| format!("  {line}\n")).collect();
    text.push_str(&format!("\nCommit message\n{}", message.replace("  \n", "\n")));
    text.push_str(
        "\nnixpkgs asks that automation is disclosed: keep the trailer, say in the pull request that headwater wrote \
         the file, and go through it yourself before you send it.\n",
    );
    text
}
