//! What npm's documents say: `package.json` and what it declares.

mod bin;
mod declared;
pub mod script;
pub mod spec;

use crate::names::{PackageName, Version};
pub use bin::{Bins, bins};
pub use declared::{Workspaces, declared, dependencies};

/// Where npm's registry has a tarball, relative to its address: `NAME/-/NAME-VERSION.tgz`, in the second place without the
/// scope.
pub fn tarball_path(name: &PackageName, version: &Version) -> String {
    format!("{name}/-/{}-{}.tgz", name.base(), version.as_str().replace('+', "%2B"))
}
