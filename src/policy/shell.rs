//! `[shell]`: how the development shell has the project's packages.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shell {
    /// How packages lie in `node_modules`; left out, it depends on the tools of the lockfile. npm.
    pub modules: Option<Modules>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Modules {
    /// As links to the store: at once, and without room of their own.
    Link,
    /// As copies in the project's folder, which can be written.
    Copy,
}
