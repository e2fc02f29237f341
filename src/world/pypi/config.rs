//! Which index is asked, and what it wants to know of us: uv's and pip's own settings.

use std::path::{Path, PathBuf};

use base64::{Engine, engine::general_purpose::STANDARD};
use configparser::ini::Ini;
use reqwest::header::HeaderValue;
use url::Url;

use crate::foreign::{self, guarded};
use crate::secrets::shown_text;
use crate::world::http::{root, same_origin};
use crate::world::npm::Surroundings;

/// Why no index is known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoIndex {
    #[error(
        "no setting names an index and pip, whose default would be used, cannot be asked ({why}); give \
         --registry, or set UV_DEFAULT_INDEX, PIP_INDEX_URL, or `index-url` in pip.conf"
    )]
    NoClient { why: String },
    #[error("the setting {key} is no http or https URL: {value:?}")]
    Address { key: String, value: String },
}

/// An index beside the default one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Other {
    url: Url,
    /// Whether it is asked only for what names it.
    is_explicit: bool,
}

/// The settings that count, the strongest source first: the flag; the environment; the project's uv settings;
/// pip.conf; the user's and the machine's uv.toml. Of one level uv's are before pip's.
#[derive(Clone, Default)]
pub struct Config {
    /// Where it stands, and its value.
    index: Option<(String, String)>,
    /// The other indexes that the project's uv settings name.
    others: Vec<Other>,
    netrc: Option<PathBuf>,
}

impl Config {
    /// Reads all settings. A file that cannot be read or understood counts as absent.
    pub fn load(from: &Surroundings) -> Self {
        let env = |key: &str| from.env.get(key).filter(|value| !value.is_empty()).cloned();
        let netrc = env("NETRC").map(PathBuf::from).or_else(|| Some(from.home.as_ref()?.join(".netrc")));
        let flag = from.flag.as_ref().map(|flag| ("--registry".to_owned(), flag.to_string()));
        let named = ["UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"];
        let named = || named.iter().find_map(|key| Some(((*key).to_owned(), env(key)?)));
        let project = || {
            uv(&from.project.join("uv.toml"), &[])
                .or_else(|| uv(&from.project.join("pyproject.toml"), &["tool", "uv"]))
        };
        let folder =
            env("XDG_CONFIG_HOME").map(PathBuf::from).or_else(|| Some(from.home.as_ref()?.join(".config")));
        let user = || uv(&folder.as_ref()?.join("uv/uv.toml"), &[]);
        let machine = || uv(Path::new("/etc/uv/uv.toml"), &[]);
        let index = flag.or_else(named).or_else(project).or_else(|| pip(from)).or_else(user).or_else(machine);
        let files = [("uv.toml", &[][..]), ("pyproject.toml", &["tool", "uv"])];
        let others = files.into_iter().find_map(|(file, within)| table(&from.project.join(file), within));
        Self { index, others: others.map(|table| others_of(&table)).unwrap_or_default(), netrc }
    }

    /// The other indexes that the project's uv settings name.
    pub fn others(&self) -> impl Iterator<Item = &Url> {
        self.others.iter().map(|other| &other.url)
    }

    /// Whether an index is one that uv asks only for what names it (`explicit`).
    pub fn is_explicit(&self, index: &Url) -> bool {
        let same = |one: &Url| one.as_str().trim_end_matches('/') == index.as_str().trim_end_matches('/');
        self.others.iter().any(|other| other.is_explicit && same(&other.url))
    }

    /// The index that a setting names, user and password included; `None` where it is pip's default.
    ///
    /// # Errors
    /// A setting that is no http or https URL.
    pub fn index(&self) -> Result<Option<Url>, NoIndex> {
        self.index.as_ref().map(|(key, value)| address(key, value)).transpose()
    }

    /// What the index wants to know: user and password of its own address, sent to its origin alone; else
    /// what `.netrc` has for the host.
    pub fn authorization(&self, index: &Url, url: &Url) -> Option<HeaderValue> {
        let decoded =
            |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
        let (user, password) = if same_origin(index, url) && !index.username().is_empty() {
            (decoded(index.username()), decoded(index.password().unwrap_or_default()))
        } else {
            let netrc = guarded(|| netrc::Netrc::from_file(self.netrc.as_deref()?).ok()).ok()??;
            let of = netrc.hosts.get(url.host_str()?).or_else(|| netrc.hosts.get("default"))?;
            (of.login.clone(), of.password.clone())
        };
        let encoded = STANDARD.encode(format!("{user}:{password}"));
        let mut value = HeaderValue::from_str(&format!("Basic {encoded}")).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

/// `[[index]]` with `default = true`, else the older `index-url`
/// (<https://docs.astral.sh/uv/reference/settings/>).
fn uv(path: &Path, within: &[&str]) -> Option<(String, String)> {
    let table = table(path, within)?;
    let indexes = table.get("index").and_then(toml::Value::as_array);
    let default = indexes
        .into_iter()
        .flatten()
        .find(|index| index.get("default").and_then(toml::Value::as_bool) == Some(true));
    let url = default.and_then(|index| index.get("url")).or_else(|| table.get("index-url"))?.as_str()?;
    Some((format!("{} (index)", path.display()), url.to_owned()))
}

/// A table of a file.
fn table(path: &Path, within: &[&str]) -> Option<toml::Value> {
    let whole: toml::Table = foreign::toml(&std::fs::read_to_string(path).ok()?).ok()?;
    within.iter().try_fold(toml::Value::Table(whole), |table, key| table.get(key).cloned())
}

/// `[[index]]` without `default = true`.
fn others_of(table: &toml::Value) -> Vec<Other> {
    let is = |index: &toml::Value, key: &str| index.get(key).and_then(toml::Value::as_bool) == Some(true);
    let indexes = table.get("index").and_then(toml::Value::as_array).into_iter().flatten();
    let others = indexes.filter(|index| !is(index, "default")).filter_map(|index| {
        let url = index.get("url")?.as_str()?.parse().ok()?;
        Some(Other { url, is_explicit: is(index, "explicit") })
    });
    others.collect()
}

/// `index-url` of the configuration files as pip finds them, the strongest first
/// (<https://pip.pypa.io/en/stable/topics/configuration/>).
fn pip(from: &Surroundings) -> Option<(String, String)> {
    let env = |key: &str| from.env.get(key).filter(|value| !value.is_empty());
    let mut files = Vec::new();
    let named = env("PIP_CONFIG_FILE").map(PathBuf::from);
    if named.as_deref() == Some(Path::new("/dev/null")) {
        return None;
    }
    files.extend(named.clone());
    files.extend(env("VIRTUAL_ENV").map(|folder| Path::new(folder).join("pip.conf")));
    if let Some(home) = from.home.as_ref().filter(|_| !named.is_some_and(|named| named.exists())) {
        let support = home.join("Library/Application Support/pip");
        let folder = env("XDG_CONFIG_HOME").map_or_else(|| home.join(".config"), PathBuf::from).join("pip");
        if cfg!(target_os = "macos") && support.exists() {
            files.push(support.join("pip.conf"));
        } else {
            files.push(folder.join("pip.conf"));
        }
        files.push(home.join(".pip/pip.conf"));
    }
    files.push("/etc/pip.conf".into());
    if cfg!(target_os = "macos") {
        files.push("/Library/Application Support/pip/pip.conf".into());
    }
    let folders = env("XDG_CONFIG_DIRS").map_or("/etc/xdg", String::as_str);
    files.extend(folders.split(':').rev().map(|folder| Path::new(folder).join("pip/pip.conf")));
    files.iter().find_map(|file| {
        let url = index_url(&std::fs::read_to_string(file).ok()?)?;
        Some((format!("{} (index-url)", file.display()), url))
    })
}

/// What a command's own section says is stronger; of those the one that installs counts.
fn index_url(text: &str) -> Option<String> {
    let mut ini = Ini::new();
    ini.set_inline_comment_symbols(Some(&[]));
    ini.set_multiline(true);
    guarded(|| ini.read(text.to_owned())).ok()?.ok()?;
    let keys = ["index-url", "index_url"];
    let mut values = ["install", "global"].into_iter().flat_map(|section| keys.map(|key| (section, key)));
    values.find_map(|(section, key)| ini.get(section, key)).map(|value| value.trim().to_owned())
}

/// An index's address, its path ending in `/`.
pub(super) fn address(key: &str, value: &str) -> Result<Url, NoIndex> {
    root(value).ok_or_else(|| NoIndex::Address { key: key.to_owned(), value: shown_text(value) })
}

#[cfg(test)]
mod tests;
