//! What Nix is given of a project: a folder, and a flake where there is none.

use sha2::{Digest as _, Sha256};

use super::{FLAKE, FOLDER, npm, python};
use crate::emit::model::{Of, Part};
use crate::emit::{Emitted, Emitter, Files, Folder, Next, Once};
use crate::pins::{self, Pins};

/// In the folder: of which `headwater.lock` its files are. Evaluation refuses another one (`nix/one-run.nix`).
const PINS_DIGEST: &str = "pins.sha256";

/// The emitter.
pub struct Nix;

impl Emitter for Nix {
    fn emit(&self, part: &Part<'_>, pins: &Pins) -> anyhow::Result<Emitted> {
        let (mut files, flake, builds, (shell, check)) = match &part.of {
            Of::Npm(npm) => (
                npm::render(npm, pins, &part.layout.to_project(FOLDER))?,
                npm::flake(npm)?,
                npm.missing.is_empty(),
                ("a shell with its node_modules", "the registry's files and the commits' are the same"),
            ),
            Of::Python(python) => {
                let Some(built) = &python.built else { return Ok(Emitted::default()) };
                let mut files = python::render(built.project, &part.layout)?;
                files.extend(python::with_rebuilds(pins)?);
                (
                    files,
                    python::flake(built.project)?,
                    built.project.missing.is_empty(),
                    (
                        "a shell with its environment, its own code from here",
                        "the program, and what `pip check` would say",
                    ),
                )
            }
        };
        files.insert(PINS_DIGEST.to_owned(), digest(&pins.to_text()?));
        let commands = vec![
            "nix build         # the project, from these sources".to_owned(),
            format!("nix develop       # {shell}"),
            format!("nix flake check   # {check}"),
        ];
        let call = format!("pkgs.callPackage ./{FOLDER} {{ }}    # in your own flake.nix");
        Ok(Emitted {
            folder: Some(Folder { path: FOLDER.to_owned(), files, foreign: None }),
            once: vec![Once { path: FLAKE.to_owned(), text: flake, mention: Some(FOLDER.to_owned()) }],
            // What cannot be built yet is not recommended to be built.
            next: if builds {
                Next { with_ours: commands, with_theirs: vec![call] }
            } else {
                Next::default()
            },
            ..Emitted::default()
        })
    }

    fn writes(&self, path: &str, _project: Option<&str>) -> bool {
        path == FLAKE || path == FOLDER || path.strip_prefix(FOLDER).is_some_and(|rest| rest.starts_with('/'))
    }

    /// The digest, where the same is built as before: this run may have added to the pins what another language needs.
    fn carried(&self, before: &Pins, pins: &Pins, text: &dyn Fn(&str) -> Option<String>) -> Files {
        let path = format!("{FOLDER}/{PINS_DIGEST}");
        let held = text(pins::FILE).zip(text(&path));
        let Some((lock, held)) = held.filter(|_| before.builds_the_same(pins)) else { return Files::new() };
        let now = pins.to_text().map(|text| digest(&text)).ok();
        let now = now.filter(|now| held == digest(&lock) && *now != held);
        now.map(|now| (path, now)).into_iter().collect()
    }
}

/// Of what a conversion wrote, the files that follow from what was built again: by path in the folder.
///
/// # Errors
/// Defects of ours.
pub fn rebuilds(pins: &Pins) -> anyhow::Result<Files> {
    let mut files = npm::with_rebuilds(pins)?;
    files.extend(python::with_rebuilds(pins)?);
    files.insert(PINS_DIGEST.to_owned(), digest(&pins.to_text()?));
    Ok(files)
}

fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}
