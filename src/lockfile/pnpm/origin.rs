//! `resolution`: where a package's files come from.

use crate::graph::Location;
use crate::graph::npm::Origin;
use crate::lockfile::git;
use crate::lockfile::keys::{self, Path};
use crate::lockfile::npm::resolved;
use crate::lockfile::report::Report;
use crate::lockfile::yaml::Yaml;
use crate::problem::{Problem, lockfile as problem};

/// Reads a resolution. `at` is the entry's key; `name` and `version` are the package's own.
pub fn origin(
    report: &Report<'_>,
    at: &str,
    resolution: &Yaml,
    name: &str,
    version: Option<&str>,
) -> Result<Origin, Problem> {
    let text = |key: &str| resolution.text_of(key);
    let path = text("path");
    match (text("type"), text("tarball")) {
        (Some("git"), _) => {
            git_origin(report, at, text("repo").unwrap_or_default(), text("commit").unwrap_or_default(), path)
        }
        (Some("directory"), _) => {
            Ok(Origin::Folder { path: local(report, at, text("directory").unwrap_or_default())? })
        }
        (Some(other), _) => Err(problem::refused_scheme(report.file, at, &format!("type: {other}"))),
        (None, Some(tarball)) => match (tarball.strip_prefix("file:"), git::of_forge(tarball)) {
            (Some(path), _) => Ok(Origin::Tarball { path: local(report, at, path)? }),
            (None, Some((repository, commit))) => git_origin(report, at, &repository, commit, path),
            (None, None) => resolved::origin(report, &Location::root(), tarball, name, version),
        },
        (None, None) => Ok(Origin::Registry { url: None }),
    }
}

/// A path of the project, relative to the lockfile.
pub fn local(report: &Report<'_>, at: &str, path: &str) -> Result<Location, Problem> {
    match keys::project_path(path) {
        Path::Inside(path) => Ok(path),
        Path::Outside => Err(problem::file_outside(report.file, at, path)),
        Path::Unsafe(why) => {
            Err(problem::unsafe_location(report.file, at, &format!("is from a path that {why}")))
        }
    }
}

fn git_origin(
    report: &Report<'_>,
    at: &str,
    repository: &str,
    commit: &str,
    path: Option<&str>,
) -> Result<Origin, Problem> {
    let folder = path.map(|path| format!("::path:{path}")).unwrap_or_default();
    git::origin(report, at, &format!("{repository}#{commit}{folder}"))
}
