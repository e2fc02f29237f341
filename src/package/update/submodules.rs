//! Submodules that the next release needs and that the file does not fetch.

use super::Task;
use crate::failure::Failure;
use crate::graph::Project;
use crate::package::commit::Files;
use crate::package::python::texts;
use crate::package::submodules::needed;
use crate::upstream::submodules::told;
use crate::upstream::update::{Language, Origin};

impl Task<'_> {
    /// A note on them. The file's own choice stays.
    pub(super) async fn note_submodules(
        &self,
        (project, version): (Option<&Project>, &str),
        files: &Files<'_>,
        notes: &mut Vec<String>,
    ) -> Result<(), Failure> {
        let Origin::Repository { has_submodules: false, .. } = self.definition.source.origin else {
            return Ok(());
        };
        if files.submodules().next().is_none() {
            return Ok(());
        }
        let folder = self.folder();
        let release = project.and_then(|project| project.at(version).ok());
        let texts = texts(files, &folder).await?;
        let tests = match project {
            Some(Project::Python(name)) => super::built::read(name, &texts).map(|(_, tests)| tests),
            _ => None,
        };
        let python = tests.as_ref().map(|tests| (&texts, tests));
        let needs = needed(self.world, (files, &folder), release.as_ref(), python).await?;
        let how = match self.definition.language {
            Language::Nix => "fetchSubmodules = true",
            Language::Guix { .. } => "(recursive? #t)",
        };
        notes.extend(told(&needs).map(|told| format!("{told}: the file lacks {how}, and the hash for that")));
        Ok(())
    }
}
