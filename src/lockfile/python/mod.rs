//! Lockfiles of Python: text in, graph out.

mod builds;
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

use crate::ecosystem::Ecosystem;
use crate::graph::Location;
use crate::graph::python::{LockFormat, PyGraph};
use crate::lockfile::{Choice, Options};
use crate::problem::{Problem, lockfile as problem};
use reading::Reading;
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

/// What `convert --resolve` writes.
pub const RESOLVED: &str = "requirements.lock.txt";

/// A format: what its files are called, and what reads one. A new format is a file beside this one and a line in
/// [`FORMATS`].
struct Format {
    format: LockFormat,
    /// The file that a tool keeps current by itself.
    kept: Option<&'static str>,
    /// Whether a file of this name (without its folder) is one.
    is: fn(&str) -> bool,
    read: fn(&mut Reading<'_>) -> Option<PyGraph>,
}

/// Every format; of a name the first that it is of.
const FORMATS: [Format; 6] = [
    Format { format: LockFormat::Uv, kept: Some("uv.lock"), is: |name| name == "uv.lock", read: uv::read },
    Format {
        format: LockFormat::Poetry,
        kept: Some("poetry.lock"),
        is: |name| name == "poetry.lock",
        read: poetry::read,
    },
    Format {
        format: LockFormat::Pdm,
        kept: Some("pdm.lock"),
        is: |name| name == "pdm.lock",
        read: pdm::read,
    },
    Format {
        format: LockFormat::Pipfile,
        kept: Some("Pipfile.lock"),
        is: |name| name == "Pipfile.lock",
        read: pipfile::read,
    },
    Format { format: LockFormat::Pylock, kept: None, is: is_pylock, read: pylock::read },
    // Their names are free.
    Format {
        format: LockFormat::Requirements,
        kept: None,
        is: |name| name.ends_with(".txt"),
        read: requirements::read,
    },
];

/// PEP 751: `^pylock\.([^.]+)\.toml$`, and pylock.toml.
fn is_pylock(name: &str) -> bool {
    let middle = name.strip_prefix("pylock.").and_then(|rest| rest.strip_suffix(".toml"));
    name == "pylock.toml" || middle.is_some_and(|middle| !middle.is_empty() && !middle.contains('.'))
}

/// Which of the files in a folder is its lockfile; `None` where nothing there is Python's. In this order: the lockfile
/// that a tool keeps (uv.lock, poetry.lock, pdm.lock, Pipfile.lock), pylock.toml, [`RESOLVED`], requirements.txt, the only
/// pylock.*.toml. Other files can be named by the user.
///
/// # Errors
/// Lockfiles of two tools, several pylock.*.toml and nothing else, and a Python project without any lockfile.
pub fn choose(names_present: &[&str]) -> Result<Option<Choice>, Problem> {
    let present = |name: &str| names_present.contains(&name);
    let native: Vec<&str> =
        FORMATS.iter().filter_map(|format| format.kept).filter(|name| present(name)).collect();
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
        return Ok(Some(Choice { ecosystem: Ecosystem::Python, file: (*file).to_owned(), passed_over }));
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
    of_name(name).map(|format| format.format)
}

fn of_name(name: &str) -> Option<&'static Format> {
    let name = name.rsplit('/').next().unwrap_or(name);
    FORMATS.iter().find(|format| (format.is)(name))
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
    let Some(Format { format, read, .. }) = of_name(file) else {
        let why = "has the name of no Python lockfile";
        return Err(vec![problem::unreadable(file, why, LockFormat::Uv.relock())]);
    };
    // Only uv's knows several projects.
    if let (Some(name), false) = (options.package, *format == LockFormat::Uv) {
        return Err(vec![problem::no_members(file, name.as_str())]);
    }
    let mut reading = Reading::new(file, text, *format, inputs, options).map_err(|one| vec![one])?;
    let read = read(&mut reading);
    reading.finish(read)
}
