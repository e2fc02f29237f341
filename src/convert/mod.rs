//! The flow of `headwater convert`: from the lockfile through the rooms to the files.

pub mod build_requirements;
pub mod npm;
pub mod parallel;
pub mod python;
pub mod writing;

use std::collections::BTreeSet;
use std::path::Path;

use crate::defect;
use crate::ecosystem::Ecosystem;
use crate::failure::Failure;
use crate::files;
use crate::lockfile::{self, Choice};
use crate::pins;
use crate::policy::{self, Day};
use crate::problem::{Problem, convert as problem};
use crate::progress::Progress;
use crate::report::Summary;
use crate::settings;
use crate::world::disk;

/// What is said where there was something to finish.
const CUT_SHORT: &str = "note: an earlier run was stopped while it wrote; what it had found is in place now";

/// Converts a project and writes the result.
///
/// # Errors
/// Faults of the input, all that were found; a registry that cannot be reached; or a failure of the
/// surroundings. Nothing was written then.
pub async fn convert(
    settings: &settings::Convert,
    today: Day,
    progress: Progress,
) -> Result<Summary, Failure> {
    defect::point("convert");
    files::all_within(&settings.folder)?;
    for folder in BTreeSet::from([&settings.out, &settings.folder]) {
        if writing::recover(folder)? {
            progress.say(CUT_SHORT);
        }
    }
    if settings.resolve {
        let (choice, said) = python::resolved(settings).await?;
        let mut summary = python::convert(settings, &choice, today, progress).await?;
        summary.resolved = Some(said);
        return Ok(summary);
    }
    let converted = of_lockfile(settings, today, progress).await;
    converted.map_err(|failure| files::located(failure, &settings.out))
}

async fn of_lockfile(
    settings: &settings::Convert,
    today: Day,
    progress: Progress,
) -> Result<Summary, Failure> {
    match lock(&settings.folder, settings.lockfile.as_deref()) {
        Ok(choice) => {
            let converted = match choice.ecosystem {
                Ecosystem::Npm => npm::convert(settings, &choice.file, today, progress).await,
                Ecosystem::Python => python::convert(settings, &choice, today, progress).await,
            };
            converted.map_err(|failure| files::in_lockfile(failure, &settings.folder, &choice.file))
        }
        Err(problem) => match of_workspace(settings).filter(|_| lacks_lockfile(settings, &problem)) {
            Some((settings, choice)) => python::convert(&settings, &choice, today, progress).await,
            None => Err(Failure::one(problem)),
        },
    }
}

/// The text of a file that a problem of the conversion names: one of the project's, or what is written beside it.
pub fn text_of(settings: &settings::Convert, file: &str) -> Option<String> {
    let read = |folder: &Path| disk::read_text_in(folder, file, files::LOCKFILE).ok();
    if [policy::FILE, pins::FILE].contains(&file) {
        return read(&settings.out);
    }
    let lock = || lock(&settings.folder, settings.lockfile.as_deref());
    let is_member = !settings.resolve && lock().is_err_and(|problem| lacks_lockfile(settings, &problem));
    match is_member.then(|| of_workspace(settings)).flatten() {
        Some((settings, _)) => read(&settings.folder),
        None => read(&settings.folder),
    }
}

/// Whether the folder has no lockfile of its own, for any package manager: where it has several, the user chooses.
fn lacks_lockfile(settings: &settings::Convert, problem: &Problem) -> bool {
    settings.lockfile.is_none() && matches!(*problem.kind, problem::HW421 | crate::problem::lockfile::HW162)
}

/// For a member of a workspace, whose lockfile is that of the workspace: the settings by which this member is converted
/// from there, and written where it is.
fn of_workspace(settings: &settings::Convert) -> Option<(settings::Convert, Choice)> {
    let text = |folder: &Path| disk::read_text_in(folder, "pyproject.toml", files::SMALL).ok();
    let member = lockfile::python::workspace::of_folder(&settings.folder, &text)?;
    let choice = lock(&member.root, None).ok().filter(|choice| choice.ecosystem == Ecosystem::Python)?;
    let package = settings.package.clone().or(Some(member.package));
    Some((settings::Convert { folder: member.root, package, ..settings.clone() }, choice))
}

/// Which file is the lockfile.
///
/// # Errors
/// None there, only another package manager's, or those of two ecosystems.
fn lock(folder: &Path, named: Option<&str>) -> Result<Choice, Problem> {
    let names = match named {
        Some(name) if lockfile::python::format_of(name).is_some() => {
            return Ok(Choice::named(Ecosystem::Python, name));
        }
        Some(name) => vec![name.to_owned()],
        None => disk::names(folder).map_err(|error| problem::bad_file(&error.to_string()))?,
    };
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let none = || problem::no_lockfile(named.unwrap_or(&folder.display().to_string()));
    lockfile::choose(&names)?.ok_or_else(none)
}
