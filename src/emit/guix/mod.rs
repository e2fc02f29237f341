//! The Guix emitter: a channel of package definitions, `guix.scm` and `manifest.scm`.

pub mod definition;
pub mod license;
pub mod names;
pub mod npm;
pub mod python;
pub mod scheme;
pub mod sexp;
pub mod words;

use self::scheme::Template;
use super::Files;

/// What the channel is known by to `guix pull`.
pub const CHANNEL: &str = ".guix-channel";
/// The project's own package.
pub const PROJECT: &str = "guix.scm";
/// The development environment.
pub const MANIFEST: &str = "manifest.scm";
/// The folder of the modules.
pub const MODULES: &str = "modules";

/// What templates of every ecosystem take in.
const PACKAGE: (&str, &str) = ("package", include_str!("../../../templates/guix/package.hbs"));

const CHANNEL_FILE: Template<()> =
    Template::new(CHANNEL, include_str!("../../../templates/guix/guix-channel.scm.hbs"));
const MANIFEST_FILE: Template<()> =
    Template::new(MANIFEST, include_str!("../../../templates/guix/manifest.scm.hbs"));

/// What does not depend on the ecosystem.
///
/// # Errors
/// As for every template.
fn common() -> anyhow::Result<Files> {
    let files = [(CHANNEL, CHANNEL_FILE.render(&())?), (MANIFEST, MANIFEST_FILE.render(&())?)];
    Ok(files.into_iter().map(|(name, text)| (name.to_owned(), text)).collect())
}
