//! A package as it is before anything of it is written, and how its files get to their places.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::graph::{Location, Package};
use crate::problem::upstream as problem;
use crate::settings;
use crate::world::disk::{self, Output};

/// A package, written for a distribution.
pub(super) struct Draft {
    pub(super) attribute: String,
    pub(super) version: String,
    /// Where the distribution's own repository has the file.
    pub(super) path: String,
    pub(super) text: String,
    /// What lies beside the file: name and bytes.
    pub(super) beside: Vec<(String, Vec<u8>)>,
    /// The message of the commit that adds or updates the package. Empty where the distribution has it already.
    pub(super) commit_message: String,
    /// One sentence for each thing that a reader must know.
    pub(super) notes: Vec<String>,
    /// What could not be computed: the file says where.
    pub(super) gaps: Vec<String>,
    /// Packages that the distribution lacks for it, in the order in which to send them.
    pub(super) lacking: Vec<Package>,
}

impl Draft {
    /// Where its files go, the main one first; `out` is where the user wants that one.
    pub(super) fn places(&self, out: Option<&Path>) -> Vec<PathBuf> {
        let path = out.map_or_else(|| PathBuf::from(&self.path), Path::to_owned);
        let beside = self.beside.iter().map(|(name, _)| path.with_file_name(name));
        std::iter::once(path.clone()).chain(beside).collect()
    }

    fn contents(&self) -> impl Iterator<Item = Vec<u8>> {
        let beside = self.beside.iter().map(|(_, bytes)| bytes.clone());
        std::iter::once(self.text.clone().into_bytes()).chain(beside)
    }
}

/// Writes all files, or none: one that is there already may have been edited. `out` is where the user wants the last one's.
pub(super) fn write(folder: &Path, drafts: &[Draft], out: Option<&Path>) -> Result<(), Failure> {
    let mut outputs = BTreeMap::new();
    let mut root = folder.to_owned();
    for draft in drafts {
        let files = draft.places(out);
        for path in &files {
            if disk::is_there(&folder.join(path)) {
                return Err(Failure::one(problem::in_the_way(&path.display().to_string())));
            }
        }
        // Of a path that leads elsewhere only the last folder is ours to write in.
        let below = match files[0].is_absolute() || files[0].starts_with("..") {
            true => files[0].parent(),
            false => None,
        };
        if let Some(below) = below {
            root = folder.join(below);
        }
        for (path, bytes) in files.iter().zip(draft.contents()) {
            let path = below.map_or(path.as_path(), |below| path.strip_prefix(below).unwrap_or(path));
            let location = path.to_str().and_then(|text| Location::new(text.trim_start_matches("./")).ok());
            let location =
                location.ok_or_else(|| anyhow::anyhow!("{}: is no path to write to", path.display()))?;
            outputs.insert(location, Output { bytes, executable: false });
        }
    }
    disk::write(&root, &outputs, &[], &[])?;
    Ok(())
}

/// What to say of an application whose version nobody looked at.
pub(super) fn unchecked_version(
    settings: &settings::Package,
    program: &str,
    version: &str,
) -> Option<String> {
    let is_open = !settings.version_check && settings.build.is_none();
    is_open.then(|| {
        format!("whether `{program} --version` prints {version} was not looked at: if it does, add --version-check")
    })
}
