//! The changed file in its place, and what a person reads of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{LARGEST, Task, Updated};
use crate::failure::Failure;
use crate::graph::Location;
use crate::upstream::guix::commit::{self as guix, Change};
use crate::upstream::nix::reading::File;
use crate::upstream::nixpkgs::commit;
use crate::upstream::npm::place::joined;
use crate::upstream::releases::Side;
use crate::upstream::update::{Language, changed_by, leftovers};
use crate::world::disk::{self, Output};

/// Bytes of the largest patch that is read.
const PATCH: u64 = 16 << 20;

impl Task<'_> {
    /// Where something lies that the file names from its own folder.
    pub(super) fn beside(&self, path: &str) -> PathBuf {
        self.settings.file.with_file_name("").join(path.trim_start_matches("./"))
    }

    /// Writes the file and the lockfile beside it, or neither.
    pub(super) fn write(&self, text: &str, lock: Option<(String, Vec<u8>)>) -> Result<(), Failure> {
        let file = &self.settings.file;
        let no_path = || anyhow::anyhow!("{}: is no path to write to", self.shown);
        let name = file.file_name().and_then(|name| name.to_str()).ok_or_else(no_path)?;
        let mut outputs = BTreeMap::new();
        let location = |path: &str| Location::new(path.trim_start_matches("./")).map_err(|_| no_path());
        outputs.insert(location(name)?, Output::from(text.to_owned()));
        if let Some((path, bytes)) = lock {
            outputs.insert(location(&path)?, Output { bytes, executable: false });
        }
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if disk::read_text(file, LARGEST)? != self.definition.text {
            return Err(anyhow::anyhow!(
                "{}: somebody changed it meanwhile: run the command again",
                self.shown
            )
            .into());
        }
        disk::write(folder, &outputs, &[], &[])?;
        Ok(())
    }

    /// The message of the commit.
    pub(super) fn message(&self, attribute: &str, version: &str, pages: &[(&str, String)]) -> String {
        let Language::Guix { variable, .. } = &self.definition.language else {
            return commit::update(attribute, &self.definition.version.text, version, pages);
        };
        let variable = variable.as_deref().unwrap_or(attribute);
        guix::message(&Change::Update, variable, version, &self.shown).unwrap_or_default()
    }

    /// What the distribution calls the package.
    pub(super) fn attribute(&self) -> String {
        if let (Language::Guix { .. }, Some(name)) = (&self.definition.language, &self.definition.pname) {
            return name.clone();
        }
        let parts: Vec<&str> = self.settings.file.iter().filter_map(|part| part.to_str()).collect();
        let folder = parts.len().checked_sub(2).and_then(|at| parts.get(at).copied());
        match (parts.len().checked_sub(3).and_then(|at| parts.get(at).copied()), folder) {
            (Some("python-modules"), Some(folder)) => format!("python3Packages.{folder}"),
            (_, Some(folder)) if parts.contains(&"by-name") => folder.to_owned(),
            (_, folder) => {
                let pname = self.definition.pname.clone().or(folder.map(str::to_owned));
                pname.unwrap_or_else(|| self.shown.trim_end_matches(".nix").to_owned())
            }
        }
    }

    /// What was left as it is, and may have to change.
    pub(super) fn notes(&self, text: &str, old: Option<&Side>, new: &Side) -> Result<Vec<String>, Failure> {
        let mut notes = self.definition.notes.clone();
        let before = &self.definition.version.text;
        // A module of Guix has other packages, too.
        let lines: Vec<String> = match self.definition.language {
            Language::Nix => {
                let changed = File::parse(text).map_err(anyhow::Error::from)?;
                leftovers(&changed, before).iter().map(ToString::to_string).collect()
            }
            Language::Guix { .. } => Vec::new(),
        };
        if !lines.is_empty() {
            notes.push(format!("{before} still stands in line {}", lines.join(", ")));
        }
        for script in &self.definition.scripts {
            if !new.manifest["scripts"][script].is_string() {
                notes.push(format!(
                    "package.json has no script {script:?} any more, which npmBuildScript names"
                ));
            }
        }
        let folder = self.definition.npm.as_ref().map(|npm| npm.folder.as_str()).unwrap_or_default();
        for path in &self.definition.patches {
            let patch = disk::read(&self.beside(path), PATCH);
            let Ok(patch) = patch.map(|patch| String::from_utf8_lossy(&patch).into_owned()) else { continue };
            let moved = changed_by(&patch).into_iter().find(|file| {
                let file = joined(folder, file);
                old.and_then(|old| old.files.get(&file)) != new.files.get(&file)
            });
            notes.push(match moved {
                Some(file) => format!("{path} patches {file}, which changed: look whether it applies"),
                None => format!("{path} applies: what it patches is the same in both releases"),
            });
        }
        Ok(notes)
    }
}

/// The changes of a file, as `diff -u` has them.
pub(super) fn diff(shown: &str, old: &str, new: &str) -> String {
    let diff = similar::TextDiff::from_lines(old, new);
    diff.unified_diff().context_radius(3).header(&format!("a/{shown}"), &format!("b/{shown}")).to_string()
}

/// What a person reads.
pub fn text(updated: &Updated) -> String {
    let Updated { attribute, old, version, files, .. } = updated;
    if old == version {
        return format!("{attribute} {old}: {}, and nothing was changed\n", updated.notes.join("; "));
    }
    let verb = if updated.is_written { "Updated" } else { "Would change" };
    let mut text = format!("{verb} {}: {old} -> {version}\n", files.join(" and "));
    let mut list = |title: &str, all: &[String]| {
        if !all.is_empty() {
            text.push_str(&format!("\n{title}\n"));
            all.iter().for_each(|one| text.push_str(&format!("  - {one}\n")));
        }
    };
    list("Notes", &updated.notes);
    list("Between the releases (for the pull request)", &updated.changes);
    text.push_str(&super::super::message(&updated.commit_message));
    if !updated.commit_message.starts_with("gnu: ") {
        text.push_str(super::super::DISCLOSED);
    }
    text
}
