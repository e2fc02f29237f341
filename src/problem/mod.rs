//! What can be wrong with an input. A problem is a fault of one package or file, collected and shown with
//! the others; a failure of the tool or its surroundings is an `anyhow::Error` and stops it.
//!
//! Each theme has a file: a table of its kinds (`kinds!`: code, severity, cause and remedy) above the functions that
//! make problems of these kinds. docs/reference/problems.md is written from the tables.

mod kind;
pub mod place;
#[cfg(test)]
mod tests;

pub mod agreement;
pub mod artifact;
pub mod convert;
pub mod crates;
pub mod given;
pub mod guix;
pub mod lockfile;
pub mod npm;
pub mod own;
pub mod pins;
pub mod policy;
pub mod project;
pub mod python;
pub mod requirements;
pub mod resolve;
pub mod upstream;
pub mod verify;

use std::fmt;

pub use kind::{Kind, Severity};
pub use place::Place;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use kind::kinds;

/// One fault of an input. Sorted, problems are in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where it was found.
    pub place: Option<Box<Place>>,
    pub kind: &'static Kind,
    pub severity: Severity,
    /// `name@version` or a location; `None` where it is about the whole file.
    pub package: Option<String>,
    /// One sentence that names what is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// Nothing leads past it but an exception in headwater.toml: an archive that unpackers read differently is refused
    /// whoever wants it, and no other file of its release takes its place.
    pub needs_exception: bool,
}

impl Problem {
    pub fn code(&self) -> &'static str {
        self.kind.code
    }

    /// `package` is `name@version`, a name or a location.
    pub fn about(self, package: impl Into<String>) -> Self {
        Self { package: Some(package.into()), ..self }
    }

    pub fn at(self, place: impl Into<Place>) -> Self {
        Self { place: Some(Box::new(place.into())), ..self }
    }

    pub fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    pub fn with_message(self, message: impl Into<String>) -> Self {
        Self { message: message.into(), ..self }
    }

    /// The same where the work goes on without what is wrong.
    pub fn as_warning(self) -> Self {
        Self { severity: Severity::Warning, ..self }
    }

    /// What it is about, and what is wrong.
    pub fn sentence(&self) -> String {
        match &self.package {
            Some(package) => format!("{package}: {}", self.message),
            None => self.message.clone(),
        }
    }
}

impl std::error::Error for Problem {}

/// As the summary has it: two lines without an excerpt.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: ", self.severity.word(), self.code())?;
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        write!(f, "{}\n    hint: {}", self.sentence(), self.hint)
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let place = self.place.as_ref();
        let mut problem = serializer.serialize_struct("Problem", 8)?;
        problem.serialize_field("code", self.code())?;
        problem.serialize_field("severity", &self.severity)?;
        problem.serialize_field("package", &self.package)?;
        problem.serialize_field("file", &place.map(|place| &place.file))?;
        problem.serialize_field("line", &place.and_then(|place| place.line))?;
        problem.serialize_field("column", &place.and_then(|place| place.column))?;
        problem.serialize_field("message", &self.message)?;
        problem.serialize_field("hint", &self.hint)?;
        problem.end()
    }
}

/// The kinds of each theme, under its title.
pub const THEMES: &[(&str, &[&Kind])] = &[
    ("npm lockfiles: the file", lockfile::file::KINDS),
    ("Lockfiles: entries", lockfile::entry::KINDS),
    ("Lockfiles: addresses", lockfile::address::KINDS),
    ("Python lockfiles", lockfile::python::KINDS),
    ("Registries, downloads and repositories", artifact::KINDS),
    ("Sources named in headwater.toml", given::KINDS),
    ("headwater.toml", policy::KINDS),
    ("headwater.lock", pins::KINDS),
    ("The project that is converted", convert::KINDS),
    ("package.json and the lockfile", agreement::KINDS),
    ("Guix definitions", guix::KINDS),
    ("What an npm project says of its installation", npm::KINDS),
    ("Keys of headwater.toml without effect", own::KINDS),
    ("Build requirements of Python packages", requirements::KINDS),
    ("Python projects", project::KINDS),
    ("Crates of Python packages", crates::KINDS),
    ("Requirements without pins", resolve::KINDS),
    ("Packages for distributions", upstream::KINDS),
    ("Packages that are built again", verify::KINDS),
    ("Python packages", python::KINDS),
];

/// All kinds.
pub fn kinds() -> impl Iterator<Item = &'static Kind> {
    THEMES.iter().flat_map(|(_, kinds)| kinds.iter().copied())
}

/// What to do to have a package built after all, of one that is taken as a wheel because of a problem: its hint, unless
/// that says to take the wheel.
pub fn to_build<'h>(code: &str, hint: &'h str) -> &'h str {
    kinds().find(|kind| kind.code == code).and_then(|kind| kind.to_build).unwrap_or(hint)
}
