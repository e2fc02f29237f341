//! Readers of lockfiles: text in, graph out. One folder for each ecosystem, one file or folder for each format.

mod address;
mod git;
mod keys;
pub mod npm;
mod pairs;
pub mod python;
mod report;

/// What the reader must know of the user's settings.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// The configured registries. Artifacts may be fetched from their origins (scheme, host, port) even
    /// where these are addresses of a private network, and count as a registry's whatever their path.
    pub trusted_origins: &'a [url::Url],
    /// Of a Python workspace: the member that is converted, in the place of the project in the lockfile's folder.
    pub package: Option<&'a crate::python::PyName>,
}
