//! Which registry serves a package, and what it wants to know of us: npm's own settings.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::header::HeaderValue;
use url::Url;

use super::ini;
use crate::graph::PackageName;
use crate::world::http::root;

/// Why no registry is known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoRegistry {
    #[error(
        "no setting names a registry and npm, whose default would be used, cannot be asked ({why}); set \
         `registry=` in .npmrc or npm_config_registry, or give --registry"
    )]
    NoClient { why: String },
    #[error("the setting {key} is no http or https URL: {value:?}")]
    Address { key: String, value: String },
}

/// The settings that count, the strongest source first: the flag, the environment, the project's `.npmrc`,
/// the user's, the global one (<https://docs.npmjs.com/cli/using-npm/config>).
#[derive(Clone, Default)]
pub struct Config {
    values: BTreeMap<String, String>,
    flag: Option<Url>,
}

/// What [`Config::load`] looks at.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// The folder of the lockfile.
    pub project: PathBuf,
    pub home: Option<PathBuf>,
    pub env: BTreeMap<String, String>,
    /// A registry for everything, given on the command line.
    pub flag: Option<Url>,
}

impl Surroundings {
    /// Those of this process.
    pub fn of_process(project: &Path, flag: Option<Url>) -> Self {
        let home = directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned());
        let env = std::env::vars_os()
            .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self { project: project.to_owned(), home, env, flag }
    }

    /// The folder that npm calls `prefix`: the one above node's own.
    fn prefix(&self) -> Option<PathBuf> {
        if let Some(prefix) = self.env.get("PREFIX") {
            return Some(prefix.into());
        }
        let node = std::env::split_paths(self.env.get("PATH")?)
            .map(|folder| folder.join("node"))
            .find_map(|node| std::fs::canonicalize(node).ok())?;
        Some(node.parent()?.parent()?.to_owned())
    }
}

impl Config {
    /// Reads all settings. A file that cannot be read counts as absent, as npm does.
    pub fn load(from: &Surroundings) -> Self {
        // npm takes any capitals in `npm_config_`, and `_` for `-` except in keys of a host.
        let settings = from.env.iter().filter_map(|(key, value)| {
            let prefix = key.get(..11).filter(|prefix| prefix.eq_ignore_ascii_case("npm_config_"))?;
            let key = &key[prefix.len()..];
            let hosts = key.starts_with("//") || key.starts_with('@');
            let key = if hosts { key.to_owned() } else { key.to_ascii_lowercase().replace('_', "-") };
            (!value.is_empty()).then(|| (key, value.clone()))
        });
        let settings: BTreeMap<String, String> = settings.collect();
        let named = |key: &str| settings.get(key).map(PathBuf::from);
        let user = named("userconfig").or_else(|| Some(from.home.as_ref()?.join(".npmrc")));
        let global = named("globalconfig").or_else(|| Some(from.prefix()?.join("etc/npmrc")));
        let mut values = BTreeMap::new();
        for file in [global, user, Some(from.project.join(".npmrc"))].into_iter().flatten() {
            if let Ok(text) = std::fs::read_to_string(file) {
                values.extend(ini::parse(&text, |name| from.env.get(name).cloned()));
            }
        }
        values.extend(settings);
        Self { values, flag: from.flag.clone() }
    }

    /// Every registry that a setting names.
    pub fn registries(&self) -> Vec<Url> {
        let named = self.values.iter().filter(|(key, _)| *key == "registry" || key.ends_with(":registry"));
        named.filter_map(|(key, value)| address(key, value).ok()).chain(self.flag.clone()).collect()
    }

    /// A setting by its name, as written.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str)
    }

    /// The registry that a setting names for the package; `None` where it is npm's default. The flag
    /// overrides `registry`, a scope's own registry stays its own.
    pub fn registry(&self, name: &PackageName) -> Result<Option<Url>, NoRegistry> {
        if let Some(scope) = name.scope() {
            let key = format!("@{scope}:registry");
            if let Some(value) = self.get(&key) {
                return address(&key, value).map(Some);
            }
        }
        self.unscoped_registry()
    }

    /// The registry that a setting names for packages without a scope.
    pub fn unscoped_registry(&self) -> Result<Option<Url>, NoRegistry> {
        match (&self.flag, self.get("registry")) {
            (Some(flag), _) => address("--registry", flag.as_str()).map(Some),
            (None, Some(value)) => address("registry", value).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// The proxy for https, where a setting names one.
    pub fn proxy(&self) -> Option<Url> {
        let value = self.get("https-proxy").or_else(|| self.get("proxy"))?;
        value.parse().ok()
    }

    /// What a URL's host wants to know: `//host/path/:_authToken` and its like, the longest path first
    /// (npm-registry-fetch, `auth.js`). Like npm since 9, settings without a host are not heeded.
    pub fn authorization(&self, url: &Url) -> Option<HeaderValue> {
        let host = url.host_str()?;
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let mut path = url.path();
        loop {
            let with_slash = format!("//{host}{port}{}/:", path.trim_end_matches('/'));
            let without = format!("//{host}{port}{}:", path.trim_end_matches('/'));
            let found = self.credentials(&with_slash).or_else(|| self.credentials(&without));
            if found.is_some() {
                return found;
            }
            path = path.trim_end_matches('/').rsplit_once('/')?.0;
        }
    }

    fn credentials(&self, prefix: &str) -> Option<HeaderValue> {
        let get = |key: &str| self.get(&format!("{prefix}{key}"));
        let value = if let Some(token) = get("_authToken") {
            format!("Bearer {token}")
        } else if let (Some(user), Some(password)) = (get("username"), get("_password")) {
            let password = STANDARD.decode(password).ok()?;
            let both = [format!("{user}:").as_bytes(), &password].concat();
            format!("Basic {}", STANDARD.encode(both))
        } else {
            format!("Basic {}", get("_auth")?)
        };
        let mut value = HeaderValue::from_str(&value).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

/// A registry's address, its path ending in `/`.
pub(super) fn address(key: &str, value: &str) -> Result<Url, NoRegistry> {
    root(value).ok_or_else(|| NoRegistry::Address { key: key.to_owned(), value: value.to_owned() })
}

#[cfg(test)]
mod tests;
