//! The shape of `uv.lock`: what of it is read, as it is written.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Lock {
    pub version: Option<Spanned<toml::Value>>,
    pub requires_python: Option<String>,
    #[serde(default)]
    pub supported_markers: Vec<String>,
    #[serde(default)]
    pub manifest: Manifest,
    #[serde(default, alias = "distribution")]
    pub package: Vec<Spanned<Package>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Manifest {
    pub members: Vec<String>,
    /// Of a script, which is no project.
    pub requirements: Vec<Dependency>,
    /// Of a workspace whose top is no project.
    pub dependency_groups: BTreeMap<String, Vec<Dependency>>,
    pub build_constraints: Vec<Bound>,
    pub overrides: Vec<Named>,
    pub excludes: Vec<Named>,
    pub dependency_metadata: Vec<Named>,
}

/// A requirement as uv writes it for all builds or all packages.
#[derive(Deserialize)]
pub struct Bound {
    pub name: String,
    #[serde(default, alias = "extra")]
    pub extras: Vec<String>,
    pub specifier: Option<String>,
    pub url: Option<String>,
    pub git: Option<String>,
    pub marker: Option<String>,
}

/// Something with a name, or a name alone.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Named {
    Name(String),
    Table { name: String },
}

impl Named {
    pub fn name(&self) -> &str {
        match self {
            Self::Name(name) | Self::Table { name } => name,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Package {
    pub name: String,
    pub version: Option<String>,
    pub source: Source,
    #[serde(default)]
    pub resolution_markers: Vec<String>,
    #[serde(default)]
    pub dependencies: Vec<Dependency>,
    #[serde(default)]
    pub optional_dependencies: BTreeMap<String, Vec<Dependency>>,
    #[serde(default)]
    pub dev_dependencies: BTreeMap<String, Vec<Dependency>>,
    pub sdist: Option<File>,
    #[serde(default)]
    pub wheels: Vec<File>,
    #[serde(default)]
    pub metadata: Metadata,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Metadata {
    pub provides_extras: Vec<String>,
    pub requires_dev: BTreeMap<String, toml::Value>,
}

#[derive(Default, Deserialize, PartialEq)]
#[serde(default)]
pub struct Source {
    pub registry: Option<String>,
    pub git: Option<String>,
    pub url: Option<String>,
    pub path: Option<String>,
    pub directory: Option<String>,
    pub editable: Option<String>,
    pub r#virtual: Option<String>,
    pub subdirectory: Option<String>,
}

#[derive(Deserialize)]
pub struct Dependency {
    pub name: String,
    pub version: Option<String>,
    pub source: Option<Source>,
    #[serde(default, alias = "extras")]
    pub extra: Vec<String>,
    pub marker: Option<String>,
}

#[derive(Deserialize)]
pub struct File {
    pub url: Option<String>,
    pub path: Option<String>,
    pub filename: Option<String>,
    pub hash: Option<String>,
    pub size: Option<u64>,
}
