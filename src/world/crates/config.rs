//! Which index is asked: cargo's own settings, source replacement among them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use toml::Table;
use url::Url;

use crate::foreign;
use crate::secrets::{shown, shown_text};
use crate::world::http::root;
use crate::world::npm::Surroundings;

/// The setting that names the index before all others; cargo itself knows its like for other registries only.
pub const VARIABLE: &str = "CARGO_REGISTRIES_CRATES_IO_INDEX";
/// The name that settings have for the default registry.
const DEFAULT: &str = "crates-io";

/// Why no index is known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoIndex {
    #[error("no setting names one, and cargo, whose default would be used, cannot be asked ({why})")]
    NoClient { why: String },
    #[error("the setting {key} is no http or https address: {value:?}")]
    Address { key: String, value: String },
    #[error(
        "the setting {key} names a git repository ({value}), and only indexes of the sparse protocol are read \
         (`sparse+https://...`)"
    )]
    Git { key: String, value: String },
    #[error("the setting {key} takes crates from this machine, where nobody else can fetch them")]
    Local { key: String },
    #[error("the source {name:?} that replaces another in cargo's settings is not defined there")]
    Undefined { name: String },
    #[error("the source {name:?} replaces itself in cargo's settings")]
    Circle { name: String },
    #[error(
        "the setting {key} has a user or password in its address, which would end in files that all can read"
    )]
    Credentials { key: String },
}

/// cargo's settings that count, the strongest first: the environment, the project's `.cargo/config.toml` and those of
/// the folders above, the one in `CARGO_HOME` (<https://doc.rust-lang.org/cargo/reference/config.html>).
#[derive(Clone, Debug, Default)]
pub struct Config {
    environment: BTreeMap<String, String>,
    /// Name and tables of each file, the strongest first.
    files: Vec<(PathBuf, Table)>,
}

impl Config {
    /// Reads all settings. A file that cannot be read or understood counts as absent. A registry that the command line
    /// names is none of crates.
    pub fn load(from: &Surroundings) -> Self {
        let set = |key: &str| from.env.get(key).filter(|value| !value.is_empty());
        let home = set("CARGO_HOME").map(PathBuf::from);
        let home = home.or_else(|| Some(from.home.as_ref()?.join(".cargo")));
        let project = std::path::absolute(&from.project).unwrap_or_default();
        let mut folders: Vec<PathBuf> = project.ancestors().map(|folder| folder.join(".cargo")).collect();
        if project.as_os_str().is_empty() {
            folders.clear();
        }
        // Where the project is below the home, its file is found on the way as well: once is enough.
        folders.retain(|folder| Some(folder) != home.as_ref());
        folders.extend(home);
        let files = folders.iter().filter_map(|folder| read(folder)).collect();
        let ours = |(key, _): &(&String, &String)| key.starts_with("CARGO_REGISTRIES_");
        let environment = from.env.iter().filter(|(_, value)| !value.is_empty()).filter(ours);
        Self { environment: environment.map(|(key, value)| (key.clone(), value.clone())).collect(), files }
    }

    /// The sparse index in place of the default one, with a slash at its end; `None` where it is cargo's default.
    ///
    /// # Errors
    /// Settings that name no index that can be asked.
    pub fn index(&self) -> Result<Option<Url>, NoIndex> {
        if let Some(value) = self.environment.get(VARIABLE) {
            return sparse(VARIABLE, value).map(Some);
        }
        let (mut name, mut seen) = (DEFAULT.to_owned(), BTreeSet::new());
        loop {
            if !seen.insert(name.clone()) {
                return Err(NoIndex::Circle { name });
            }
            match self.setting("source", &name, "replace-with") {
                Some((_, other)) => name = other,
                None => return self.defined(&name),
            }
        }
    }

    /// Where a source's crates are; a name that is no source may be that of a registry.
    fn defined(&self, name: &str) -> Result<Option<Url>, NoIndex> {
        for key in ["directory", "local-registry", "git"] {
            if let Some((key, _)) = self.setting("source", name, key) {
                return Err(NoIndex::Local { key });
            }
        }
        let variable = format!("CARGO_REGISTRIES_{}_INDEX", name.to_uppercase().replace('-', "_"));
        let named = self.environment.get(&variable).map(|value| (variable, value.clone()));
        let found = self
            .setting("source", name, "registry")
            .or(named)
            .or_else(|| self.setting("registries", name, "index"));
        match found {
            Some((key, value)) => sparse(&key, &value).map(Some),
            None if name == DEFAULT => Ok(None),
            None => Err(NoIndex::Undefined { name: name.to_owned() }),
        }
    }

    /// The strongest file's value, with where it stands.
    fn setting(&self, table: &str, name: &str, key: &str) -> Option<(String, String)> {
        self.files.iter().find_map(|(file, settings)| {
            let value = settings.get(table)?.get(name)?.get(key)?.as_str()?;
            Some((format!("{table}.{name}.{key} in {}", file.display()), value.to_owned()))
        })
    }
}

/// Of the two names that cargo takes, the older one wins, as there.
fn read(folder: &Path) -> Option<(PathBuf, Table)> {
    ["config", "config.toml"].iter().find_map(|name| {
        let path = folder.join(name);
        let text = std::fs::read_to_string(&path).ok()?;
        Some((path, foreign::toml(&text).ok()?))
    })
}

/// An index's address, its path ending in `/`.
fn sparse(key: &str, value: &str) -> Result<Url, NoIndex> {
    let (key, value) = (key.to_owned(), value.trim());
    let address = value.strip_prefix("sparse+");
    let Some(url) = root(address.unwrap_or(value)) else {
        return Err(NoIndex::Address { key, value: shown_text(address.unwrap_or(value)) });
    };
    match address {
        None => Err(NoIndex::Git { key, value: shown(&url) }),
        Some(_) if !url.username().is_empty() || url.password().is_some() => {
            Err(NoIndex::Credentials { key })
        }
        Some(_) => Ok(url),
    }
}

#[cfg(test)]
mod tests;
