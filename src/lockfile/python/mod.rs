//! Lockfiles of Python: text in, graph out.

mod builds;
mod constraint;
mod draft;
mod hashes;
mod pdm;
mod pipfile;
mod poetry;
mod project;
mod pylock;
mod pyproject;
mod reading;
mod requirement;
mod requirements;
mod sources;
mod uv;
pub mod workspace;

#[cfg(test)]
mod tests;

use crate::graph::Location;
use crate::graph::python::{LockFormat, PyGraph};
use crate::lockfile::Options;
use crate::problem::{Problem, lockfile as problem};
pub use requirements::{Asked, asked};

/// What a reader may ask for besides the lockfile's own text. It asks only for files inside the project.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    /// The text of a file of the project, by its path from the project's folder; `None` where there is none. The size
    /// is bounded by who answers.
    pub file: &'a dyn Fn(&Location) -> Option<String>,
    /// The value of an environment variable (for `${NAME}` in requirements files).
    pub variable: &'a dyn Fn(&str) -> Option<String>,
}

/// The lockfile of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub file: String,
    /// Others that are there and were passed over, because they are commonly exported from the chosen one.
    pub passed_over: Vec<String>,
}

/// What `convert --resolve` writes.
pub const RESOLVED: &str = "requirements.lock.txt";

/// Lockfiles that a tool keeps current by itself.
const NATIVE: [&str; 4] = ["uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock"];

/// Which of the files in a folder is its lockfile; `None` where nothing there is Python's. In this order: the lockfile
/// that a tool keeps (uv.lock, poetry.lock, pdm.lock, Pipfile.lock), pylock.toml, [`RESOLVED`], requirements.txt, the only
/// pylock.*.toml. Other files can be named by the user.
///
/// # Errors
/// Lockfiles of two tools, several pylock.*.toml and nothing else, and a Python project without any lockfile.
pub fn choose(names_present: &[&str]) -> Result<Option<Choice>, Problem> {
    let present = |name: &str| names_present.contains(&name);
    let native: Vec<&str> = NATIVE.into_iter().filter(|name| present(name)).collect();
    let mut named: Vec<&str> = names_present
        .iter()
        .copied()
        .filter(|name| name.starts_with("pylock.") && *name != "pylock.toml")
        .collect();
    named.retain(|name| format_of(name) == Some(LockFormat::Pylock));
    named.sort_unstable();
    if native.len() > 1 {
        return Err(problem::several_locks(&native));
    }
    let mut found = native;
    found.extend(["pylock.toml", RESOLVED, "requirements.txt"].into_iter().filter(|name| present(name)));
    if found.is_empty() && named.len() > 1 {
        return Err(problem::several_locks(&named));
    }
    found.extend(named);
    if let [file, others @ ..] = &found[..] {
        let passed_over = others.iter().map(|name| (*name).to_owned()).collect();
        return Ok(Some(Choice { file: (*file).to_owned(), passed_over }));
    }
    match ["pyproject.toml", "Pipfile", "requirements.in", "setup.py", "setup.cfg"]
        .into_iter()
        .find(|n| present(n))
    {
        Some(name) => Err(problem::no_python_lock(name)),
        None => Ok(None),
    }
}

/// What a file of this name is read as; `None` for a name that is no Python lockfile's. `.txt` files are requirements
/// files: their names are free.
pub fn format_of(name: &str) -> Option<LockFormat> {
    Some(match name.rsplit('/').next().unwrap_or(name) {
        "uv.lock" => LockFormat::Uv,
        "poetry.lock" => LockFormat::Poetry,
        "pdm.lock" => LockFormat::Pdm,
        "Pipfile.lock" => LockFormat::Pipfile,
        "pylock.toml" => LockFormat::Pylock,
        // PEP 751: `^pylock\.([^.]+)\.toml$`
        name if name
            .strip_prefix("pylock.")
            .and_then(|rest| rest.strip_suffix(".toml"))
            .is_some_and(|middle| !middle.is_empty() && !middle.contains('.')) =>
        {
            LockFormat::Pylock
        }
        name if name.ends_with(".txt") => LockFormat::Requirements,
        _ => return None,
    })
}

/// The text of a file that a reader asks for, by its name. A requirements file, and what one includes, is in one of many
/// encodings; `None` for any other file that is not UTF-8.
pub fn text(file: &str, bytes: Vec<u8>) -> Option<String> {
    let known = [".toml", ".lock"].iter().any(|end| file.ends_with(end));
    if known { String::from_utf8(bytes).ok() } else { Some(requirements::text(&bytes)) }
}

/// Reads a lockfile. `file` is its path from the project's folder. All problems are reported, sorted, with their
/// lines; with any, there is no graph.
pub fn read(
    file: &str,
    text: &str,
    inputs: Inputs<'_>,
    options: &Options<'_>,
) -> Result<PyGraph, Vec<Problem>> {
    let format = match format_of(file) {
        Some(format) => format,
        None => {
            let why = "has the name of no Python lockfile";
            return Err(vec![problem::unreadable(file, why, LockFormat::Uv.relock())]);
        }
    };
    // Only uv's knows several projects.
    if let (Some(name), false) = (options.package, format == LockFormat::Uv) {
        return Err(vec![problem::no_members(file, name.as_str())]);
    }
    let mut reading = reading::Reading::new(file, text, format, inputs, options).map_err(|one| vec![one])?;
    let read = match format {
        LockFormat::Requirements => requirements::read(&mut reading),
        LockFormat::Uv => uv::read(&mut reading),
        LockFormat::Poetry => poetry::read(&mut reading),
        LockFormat::Pipfile => pipfile::read(&mut reading),
        LockFormat::Pdm => pdm::read(&mut reading),
        LockFormat::Pylock => pylock::read(&mut reading),
    };
    reading.finish(read)
}
