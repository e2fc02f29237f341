//! A file that is built before it is handed over, and what came of it.

use crate::progress::Progress;
use crate::upstream::nix::layout::LayoutError;
use crate::upstream::nixpkgs::application::{self, Application};
use crate::upstream::nixpkgs::python::{self, Module};
use crate::upstream::python::purpose::Purpose;
use crate::world::nix::{self, NixError, Nixpkgs};

/// What a file of nixpkgs is written from.
pub(super) trait Written {
    fn text(&self) -> Result<String, LayoutError>;
    /// What it is built among: the path of a set of nixpkgs, with a dot in front; `""` for nixpkgs itself.
    fn set(&self) -> &'static str;
    fn version(&self) -> &str;
    /// The program whose version the file can check.
    fn program(&self) -> Option<&str>;
    /// Adds the check, which was seen to pass, or takes it away.
    fn check_version(&mut self, is_wanted: bool);
}

impl Written for Application {
    fn text(&self) -> Result<String, LayoutError> {
        application::file(self)
    }

    fn set(&self) -> &'static str {
        ""
    }

    fn version(&self) -> &str {
        &self.version
    }

    fn program(&self) -> Option<&str> {
        self.meta.main_program.as_deref()
    }

    fn check_version(&mut self, is_wanted: bool) {
        self.checks_version = is_wanted;
    }
}

impl Written for Module {
    fn text(&self) -> Result<String, LayoutError> {
        python::file(self)
    }

    fn set(&self) -> &'static str {
        match self.purpose {
            Purpose::Library => ".python3Packages",
            Purpose::Application => "",
        }
    }

    fn version(&self) -> &str {
        &self.version
    }

    fn program(&self) -> Option<&str> {
        let is_application = self.purpose == Purpose::Application;
        self.meta.main_program.as_deref().filter(|_| is_application)
    }

    fn check_version(&mut self, is_wanted: bool) {
        self.checks_version = is_wanted;
        self.spelling_was_seen = is_wanted;
    }
}

/// Builds the file, with a check of the version where the program prints it; else says what is wrong. `beside` is a lockfile
/// that lies beside the file.
///
/// # Errors
/// Text that cannot be laid out: a defect.
pub(super) async fn build(
    written: &mut impl Written,
    beside: Option<&[u8]>,
    nixpkgs: &Nixpkgs,
    progress: Progress,
) -> anyhow::Result<Result<String, String>> {
    let _waiting = progress.waiting("building it with Nix");
    let failed = |error: &NixError| format!("it does not build over that nixpkgs: {error}");
    let program = written.program().map(str::to_owned);
    if let Some(program) = &program {
        written.check_version(true);
        if tried(written, beside, nixpkgs).await?.is_ok() {
            return Ok(Ok(format!("it builds, and `{program} --version` prints {}", written.version())));
        }
        written.check_version(false);
    }
    let ended = match tried(written, beside, nixpkgs).await? {
        Ok(()) if program.is_some() => Ok("it builds; `--version` does not print the version"),
        Ok(()) => Ok("it builds"),
        Err(error) => Err(failed(&error)),
    };
    Ok(ended.map(str::to_owned))
}

/// What is to be said of the attribute's name, where nixpkgs has it already.
pub(super) async fn known(attribute: &str, nixpkgs: &Nixpkgs) -> Option<String> {
    // Where it cannot be asked, the build says why.
    let is_there = nix::has_attribute(nixpkgs, attribute).await.unwrap_or(false);
    is_there.then(|| {
        format!("that nixpkgs has an attribute {attribute} already: update that one, or give another --name")
    })
}

async fn tried(
    written: &impl Written,
    beside: Option<&[u8]>,
    nixpkgs: &Nixpkgs,
) -> anyhow::Result<Result<(), NixError>> {
    let text = written.text()?;
    let mut files = vec![("package.nix", text.as_bytes())];
    files.extend(beside.map(|lock| ("package-lock.json", lock)));
    Ok(nix::build_package(nixpkgs, written.set(), &files).await.map(drop))
}
