//! Pinning requirements that have no pins: by uv where it is installed, else by pip. Both read the metadata of wheels
//! alone; nothing of a package is run on this machine.

mod explanation;
mod pip;
mod uv;

use std::path::Path;
use std::process::Output;
use std::time::Duration;

use url::Url;

use super::disk;
use super::process::{self, ProcessError};
use super::pypi::PyPi;
use crate::graph::Location;
use crate::lockfile::python::{self, Asked, Inputs};
use crate::problem::{Problem, resolve as problem};

/// How long a resolver may take.
const PATIENCE: Duration = Duration::from_secs(600);
/// Bytes of a file that is read.
const LIMIT: u64 = 16 << 20;

/// What is to be resolved, and with what.
pub struct Ask<'a> {
    pub folder: &'a Path,
    /// Its path from the folder.
    pub file: &'a str,
    /// In the place of the index that the user's own settings name.
    pub index: Option<&'a Url>,
    pub options: &'a crate::lockfile::Options<'a>,
    pub programs: Programs<'a>,
}

/// The programs that are run.
#[derive(Clone, Copy, Debug)]
pub struct Programs<'a> {
    pub uv: &'a str,
    pub python: &'a str,
}

impl Default for Programs<'_> {
    fn default() -> Self {
        Self { uv: "uv", python: "python3" }
    }
}

/// A requirements file with pins and hashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    pub text: String,
    /// `uv 0.9.1`, `pip 25.3`.
    pub by: String,
    /// How many requirements there were.
    pub asked: usize,
    /// How many packages were pinned.
    pub pinned: usize,
    /// How many of them have the hash of one file alone, by pip's choice: it may be for one platform.
    pub one_file: usize,
    /// What the pins are for, where that is not every environment: `CPython 3.11 on linux (x86_64)`.
    pub only_for: Option<String>,
}

impl Resolved {
    /// What was done, for the summary.
    pub fn sentence(&self, file: &str) -> String {
        let only = self.only_for.as_ref().map(|only| format!(", for {only} alone")).unwrap_or_default();
        let Self { by, asked, pinned, .. } = self;
        format!(
            "resolved the {asked} requirements of {file} to {pinned} packages with {by}{only}; nothing was built"
        )
    }
}

/// Why there are no pins.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    #[error("{} of the requirements cannot be resolved", .0.len())]
    Problems(Vec<Problem>),
    #[error(transparent)]
    Disk(#[from] disk::DiskError),
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error("a temporary folder cannot be made: {0}")]
    Folder(std::io::Error),
}

impl From<Problem> for ResolveError {
    fn from(problem: Problem) -> Self {
        Self::Problems(vec![problem])
    }
}

impl ResolveError {
    /// The faults of the input; empty where the surroundings failed.
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Problems(problems) => problems,
            _ => &[],
        }
    }
}

/// Pins what a file asks for. pip's pins are for the interpreter that runs it; the hashes of all files of each release
/// are then taken from the index (`pypi`).
///
/// # Errors
/// Requirements that cannot be read or met, neither resolver, and one that does not end.
pub async fn resolve(ask: &Ask<'_>, pypi: &PyPi) -> Result<Resolved, ResolveError> {
    let whole = ask.folder.join(ask.file);
    let text = python::text(ask.file, disk::read_in(ask.folder, ask.file, LIMIT)?)
        .ok_or(disk::DiskError::NotText(whole))?;
    let file =
        |path: &Location| python::text(path.as_str(), disk::read_in(ask.folder, path.as_str(), LIMIT).ok()?);
    let inputs = Inputs { file: &file, variable: &|name| std::env::var(name).ok() };
    let asked = python::asked(ask.file, &text, inputs, ask.options).map_err(ResolveError::Problems)?;
    let folder = tempfile::tempdir().map_err(ResolveError::Folder)?;
    let given = Given::write(&asked, ask.folder, folder.path())?;
    let mut resolved = match uv::resolve(ask, &asked, &given).await? {
        Some(resolved) => resolved,
        None => match pip::resolve(ask, &asked, &given, pypi).await? {
            Some(resolved) => resolved,
            None => return Err(problem::no_resolver(ask.file).into()),
        },
    };
    let head = format!(
        "# Pinned by headwater from {} with {}{}.\n",
        ask.file,
        resolved.by,
        match &resolved.only_for {
            Some(only) => format!(", for {only} alone"),
            None => String::new(),
        }
    );
    resolved.text = [head, options(&asked, None), resolved.text].concat();
    resolved.pinned = check(ask, &resolved)?;
    Ok(resolved)
}

/// The result, read as the conversion will.
fn check(ask: &Ask<'_>, resolved: &Resolved) -> Result<usize, ResolveError> {
    let inputs = Inputs { file: &|_| None, variable: &|_| None };
    let read = python::read("requirements.lock.txt", &resolved.text, inputs, ask.options);
    read.map(|graph| graph.packages.len()).map_err(|problems| {
        let first = problems.first().map(Problem::sentence).unwrap_or_default();
        let why = format!("cannot be used: {first}");
        problem::unusable_answer(ask.file, &resolved.by, &why).into()
    })
}

/// The files that a resolver is given.
struct Given {
    requirements: String,
    constraints: Option<String>,
}

impl Given {
    fn write(asked: &Asked, project: &Path, folder: &Path) -> Result<Self, ResolveError> {
        let write = |name: &str, text: String| {
            let path = folder.join(name);
            std::fs::write(&path, text).map_err(ResolveError::Folder)?;
            Ok::<_, ResolveError>(path.display().to_string())
        };
        let lines = |all: &[String]| all.iter().map(|line| format!("{line}\n")).collect::<String>();
        let whole = [options(asked, Some(project)), lines(&asked.requirements)].concat();
        let constraints = match &asked.constraints[..] {
            [] => None,
            all => Some(write("constraints.txt", lines(all))?),
        };
        Ok(Self { requirements: write("requirements.txt", whole)?, constraints })
    }
}

/// The options that say where packages are looked up; paths as they are seen from `project`, or from elsewhere.
fn options(asked: &Asked, project: Option<&Path>) -> String {
    let settings = &asked.settings;
    let mut lines = Vec::new();
    for (at, index) in settings.indexes.iter().enumerate() {
        lines.push(format!("{} {}", if at == 0 { "--index-url" } else { "--extra-index-url" }, index.url));
    }
    for link in &settings.find_links {
        let path = project.filter(|_| !link.contains("://")).map(|project| project.join(link));
        lines.push(format!("--find-links {}", path.map_or(link.clone(), |path| path.display().to_string())));
    }
    lines.extend(settings.no_index.then(|| "--no-index".to_owned()));
    lines.extend(settings.prereleases.then(|| "--pre".to_owned()));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// Whether a program is not there at all.
fn is_absent(error: &ProcessError) -> bool {
    matches!(error, ProcessError::Start { source, .. } if source.kind() == std::io::ErrorKind::NotFound)
}

/// The end of what a program says of a failure, on one line.
fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines[lines.len().saturating_sub(4)..].join("; ")
}

/// The version that a program gives as the second word.
async fn version(command: &mut tokio::process::Command) -> Result<Option<String>, ResolveError> {
    match process::run(command, Duration::from_secs(30)).await {
        Ok(output) if output.status.success() => {
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            Ok(text.split_whitespace().nth(1).map(str::to_owned))
        }
        Ok(_) => Ok(None),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
