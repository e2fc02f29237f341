//! The Guix emitter: a channel of package definitions, `guix.scm` and `manifest.scm`.

pub mod definition;
pub mod libraries;
pub mod license;
pub mod names;
pub mod npm;
pub mod python;
pub mod scheme;
pub mod sexp;
pub mod source;
pub mod tag;
#[cfg(test)]
mod testing;
mod uses;
pub mod words;

use serde::Serialize;

use self::scheme::Template;
use self::sexp::Sexp;
use super::Files;

/// What the channel is known by to `guix pull`.
pub const CHANNEL: &str = ".guix-channel";
/// The project's own package.
pub const PROJECT: &str = "guix.scm";
/// The development environment.
pub const MANIFEST: &str = "manifest.scm";
/// The folder of the modules.
pub const MODULES: &str = "modules";

/// As deep below the output folder as modules of packages lie.
pub const DEPTH: &str = "modules/project/packages";

/// What templates of every ecosystem take in.
const PACKAGE: (&str, &str) = ("package", include_str!("../../../templates/guix/package.hbs"));
const PROJECT_FILES: (&str, &str) =
    ("project-file", include_str!("../../../templates/guix/project-file.hbs"));
const NAMED_LICENSE: (&str, &str) = ("named-license", license::HELPER);

const CHANNEL_FILE: Template<()> =
    Template::new(CHANNEL, include_str!("../../../templates/guix/guix-channel.scm.hbs"));
const PROJECT_FILE: Template<Common> =
    Template::new(PROJECT, include_str!("../../../templates/guix/guix.scm.hbs"));
const MANIFEST_FILE: Template<Common> =
    Template::new(MANIFEST, include_str!("../../../templates/guix/manifest.scm.hbs"));

/// What [`PROJECT_FILES`] is written with.
fn project_files(uses: &mut uses::Uses) {
    uses.whole(uses::module(&["guix", "git-download"]));
    uses.whole(uses::module(&["ice-9", "ftw"]));
}

/// What the files beside the modules say.
#[derive(Serialize)]
struct Common {
    /// The one with the project's own package.
    module: Sexp,
    /// What whoever uses the shell must know.
    hint: &'static str,
    /// Whether the module offers packages that it is developed with.
    more: bool,
}

/// The files beside the modules, which are the user's once they are there.
///
/// # Errors
/// As for every template.
fn common(common: &Common) -> anyhow::Result<Files> {
    let files = [
        (CHANNEL, CHANNEL_FILE.render(&())?),
        (PROJECT, PROJECT_FILE.render(common)?),
        (MANIFEST, MANIFEST_FILE.render(common)?),
    ];
    Ok(files.into_iter().map(|(name, text)| (name.to_owned(), text)).collect())
}
