//! The pip emitter: requirements files that install each proved package from its commit and the others by hash, for
//! those who use neither Nix nor Guix.
//!
//! There are two files because pip has two modes (<https://pip.pypa.io/en/stable/topics/secure-installs/>). Where one
//! requirement of an installation has a hash, pip wants one of each, and it can hash neither a commit nor a folder: it
//! refuses a file that has both, and two files given to one command. Without hashes in the files, it would check none.

mod model;
mod requirement;
mod template;
#[cfg(test)]
mod tests;

use serde::Serialize;

use super::model::{Of, Part};
use super::{Emitted, Emitter, Files};
use crate::graph::Location;
use crate::pins::Pins;
use crate::problem::python as problem;
pub use model::{From, Line, PipFile};
pub use requirement::Unwritable;

/// Packages from commits and folders, which pip cannot hash.
pub const COMMITS: &str = "requirements.git.txt";
/// Packages by the hashes of their files.
pub const HASHED: &str = "requirements.hash.txt";

/// What the template is filled with.
#[derive(Serialize)]
struct Context<'a> {
    made_from: &'a str,
    is_of_commits: bool,
    has_other: bool,
    has_unhashed: bool,
    other: &'a str,
    commands: &'a [String],
    options: Vec<String>,
    lines: Vec<requirement::Written>,
}

/// The emitter.
pub struct Pip;

impl Emitter for Pip {
    fn emit(&self, part: &Part<'_>, _pins: &Pins) -> anyhow::Result<Emitted> {
        let Of::Python(python) = &part.of else { return Ok(Emitted::default()) };
        let Some(file) = &python.requirements else { return Ok(Emitted::default()) };
        let own = emit(file).map_err(|error| match error.downcast::<Unwritable>() {
            Ok(why) => problem::unwritable(python.lockfile, &why.to_string()).into(),
            Err(error) => error,
        })?;
        let stale = [COMMITS, HASHED].into_iter().filter(|name| !own.contains_key(*name));
        let gone = stale.filter_map(|name| Location::new(name).ok()).collect();
        Ok(Emitted { own, gone, ..Emitted::default() })
    }

    fn writes(&self, path: &str, project: Option<&str>) -> bool {
        // A project can have been locked from them.
        project.is_none() && [COMMITS, HASHED].contains(&path)
    }
}

/// The files, by their paths from the project's folder: one of them where all packages are of one kind, none where
/// there are no packages. What an earlier run has left of the other is the caller's to remove.
///
/// # Errors
/// [`Unwritable`]: a package of which a requirements file cannot tell; a defect of the template.
pub fn emit(file: &PipFile) -> anyhow::Result<Files> {
    let mut commits = Vec::new();
    let mut hashed = Vec::new();
    let mut has_unhashed = false;
    for (key, line) in &file.lines {
        let written = requirement::of(key, line)?;
        // Where the lockfile knows no hash there is none to check; beside hashes, pip would refuse the line.
        has_unhashed |= written.hashes.is_empty() && !matches!(line.from, From::Git { .. } | From::Folder(_));
        let list = if written.hashes.is_empty() { &mut commits } else { &mut hashed };
        list.push(written);
    }
    let commands = commands(file, !commits.is_empty(), !hashed.is_empty());
    let options = requirement::options(file)?;
    let made_from = requirement::shown(&file.made_from);
    let has_other = !commits.is_empty() && !hashed.is_empty();
    let mut files = Files::new();
    for (name, other, lines) in [(COMMITS, HASHED, commits), (HASHED, COMMITS, hashed)] {
        if !lines.is_empty() {
            let (made_from, commands) = (&made_from, &commands);
            let (is_of_commits, options) = (name == COMMITS, options.clone());
            let context = Context {
                made_from,
                is_of_commits,
                has_other,
                has_unhashed,
                other,
                commands,
                options,
                lines,
            };
            files.insert(name.to_owned(), template::render(&context)?);
        }
    }
    Ok(files)
}

/// What installs the files.
fn commands(file: &PipFile, has_commits: bool, has_hashed: bool) -> Vec<String> {
    let variable = |(name, value): (&String, &String)| {
        let value = shlex::try_quote(value).map_or_else(|_| String::new(), std::borrow::Cow::into_owned);
        format!("export {name}={}", requirement::shown(&value))
    };
    let mut commands: Vec<String> = file.variables.iter().map(variable).collect();
    if has_commits {
        commands.push(format!("pip install --no-deps -r {COMMITS}"));
    }
    if has_hashed {
        commands.push(format!("pip install --no-deps --require-hashes -r {HASHED}"));
    }
    commands.push("pip check".to_owned());
    commands
}
