//! A file that is built before it is handed over, and what came of it.

use crate::progress::Progress;
use crate::upstream::nixpkgs::application::{Application, file};
use crate::world::nix::{self, NixError, Nixpkgs};

/// Builds the application, with a check of its version where the program prints it; else says what is wrong.
///
/// # Errors
/// Text that cannot be laid out: a defect.
pub(super) async fn build(
    application: &mut Application,
    lock: Option<&[u8]>,
    nixpkgs: &Nixpkgs,
    progress: Progress,
) -> anyhow::Result<Result<String, String>> {
    let _waiting = progress.waiting("building it with Nix");
    let failed = |error: &NixError| format!("it does not build over that nixpkgs: {error}");
    if let Some(program) = application.meta.main_program.clone() {
        application.checks_version = true;
        if tried(application, lock, nixpkgs).await?.is_ok() {
            return Ok(Ok(format!("it builds, and `{program} --version` prints {}", application.version)));
        }
        application.checks_version = false;
    }
    let ended = match tried(application, lock, nixpkgs).await? {
        Ok(()) if application.meta.main_program.is_some() => {
            Ok("it builds; `--version` does not print the version")
        }
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
    application: &Application,
    lock: Option<&[u8]>,
    nixpkgs: &Nixpkgs,
) -> anyhow::Result<Result<(), NixError>> {
    let text = file(application)?;
    let mut files = vec![("package.nix", text.as_bytes())];
    files.extend(lock.map(|lock| ("package-lock.json", lock)));
    Ok(nix::build_package(nixpkgs, "", &files).await.map(drop))
}
