//! Lockfiles of npm: text in, graph out.

pub mod agreement;
mod document;

mod graft;
mod installed;

mod packages;
mod required;
pub(super) mod resolved;
mod root;
mod v1;
pub(super) mod words;

#[cfg(test)]
mod tests;

use super::Options;
use crate::graph::Location;
use crate::graph::npm::Graph;
use crate::lockfile::report::Report;
use crate::problem::{Place, Problem, lockfile as problem};

pub use graft::graft;

/// Reads a lockfile: its name, its text, the manifests and the user's settings.
type Read = fn(&str, &str, Manifests<'_>, &Options<'_>) -> Result<Graph, Vec<Problem>>;

/// A format: what its files are called, and what reads one. A new format is a file or a folder beside this one and a line
/// in [`FORMATS`].
struct Format {
    /// The one that counts first, first.
    names: &'static [&'static str],
    read: Read,
}

/// Every format; of several lockfiles the first counts. A file of another name is read by the first.
/// (<https://docs.npmjs.com/cli/configuring-npm/npm-shrinkwrap-json>)
const FORMATS: [Format; 1] =
    [Format { names: &["npm-shrinkwrap.json", "package-lock.json"], read: package_lock }];

/// Lockfiles of other JavaScript package managers.
const NOT_READ_YET: [&str; 4] = ["yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"];

/// Which of the files in a project's folder is its lockfile, as npm chooses; `None` where there is none.
///
/// # Errors
/// A lockfile of another package manager, where there is none that is read.
pub fn choose(names_present: &[&str]) -> Result<Option<&'static str>, Problem> {
    let present = |name: &&&str| names_present.contains(*name);
    if let Some(name) = FORMATS.iter().flat_map(|format| format.names).find(present) {
        return Ok(Some(name));
    }
    match NOT_READ_YET.iter().find(present) {
        Some(name) => Err(problem::not_read_yet(name)),
        None => Ok(None),
    }
}

/// Gives the package.json of the project (`""`) and of its own folders, where there is one: what npm reads itself, and
/// does not believe the lockfile about.
pub type Manifests<'a> = &'a dyn Fn(&Location) -> Option<serde_json::Value>;

/// Reads a lockfile. `file` is its name as the user
/// knows it; `manifests` say what the project and its members depend on. The size of `text` is bounded by
/// the caller. All problems of what npm would install are reported, sorted; with any, there is no graph. Of a version 1
/// lockfile all is kept that may be a peer of something ([`Graph::inflate`]).
pub fn read(
    file: &str,
    text: &str,
    manifests: Manifests<'_>,
    options: &Options<'_>,
) -> Result<Graph, Vec<Problem>> {
    let name = file.rsplit('/').next().unwrap_or(file);
    let of_name = FORMATS.iter().find(|format| format.names.contains(&name));
    (of_name.unwrap_or(&FORMATS[0]).read)(file, text, manifests, options)
}

/// Reads a package-lock.json or npm-shrinkwrap.json of version 1, 2 or 3.
fn package_lock(
    file: &str,
    text: &str,
    manifests: Manifests<'_>,
    options: &Options<'_>,
) -> Result<Graph, Vec<Problem>> {
    let document = document::parse(file, text).map_err(|problem| vec![problem])?;
    let mut report = Report::new(file, options);
    let graph = match document.packages {
        Some(packages) => packages::read(&mut report, document.head, packages, manifests),
        None => v1::read(&mut report, document.head, document.dependencies, manifests),
    };
    report.finish(graph).map_err(|problems| located(problems, text))
}

/// How many problems are looked for in the text: more are not shown.
const LOCATED: usize = 50;

/// Problems with the lines of the entries that they are about, in the order of the file. A key that stands there twice is
/// left alone.
fn located(mut problems: Vec<Problem>, text: &str) -> Vec<Problem> {
    for problem in problems.iter_mut().take(LOCATED) {
        let (Some(place), Some(location)) = (&mut problem.place, &problem.package) else { continue };
        if let Some(found) = Place::of_json_member(&place.file, text, location, None) {
            **place = found;
        }
    }
    problems.sort();
    problems
}
