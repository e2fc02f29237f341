//! Names, versions and locations that have been checked once, where they came in.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The file of the pins.
pub const LOCK_FILE: &str = "headwater.lock";
/// The file of the policy.
pub const POLICY_FILE: &str = "headwater.toml";

/// Why a name, version or location was refused: a sentence without its subject ("holds ...").
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

fn refuse<T>(why: impl Into<String>) -> Result<T, Refused> {
    Err(Refused(why.into()))
}

macro_rules! text {
    ($name:ident) => {
        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl TryFrom<String> for $name {
            type Error = Refused;
            fn try_from(text: String) -> Result<Self, Refused> {
                Self::new(&text)
            }
        }
        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.0
            }
        }
    };
}

/// An npm package name: an optional scope, then a name of characters that are safe in a URL and in a
/// path (<https://docs.npmjs.com/cli/configuring-npm/package-json#name>; capitals are legal in old names).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PackageName(String);
text!(PackageName);

impl PackageName {
    pub fn new(text: &str) -> Result<Self, Refused> {
        let (scope, base) = match text.strip_prefix('@') {
            Some(rest) => match rest.split_once('/') {
                Some((scope, base)) => (Some(scope), base),
                None => return refuse("has a scope and no name"),
            },
            None => (None, text),
        };
        for part in scope.into_iter().chain([base]) {
            let safe = |c: char| c.is_ascii_alphanumeric() || "-_.~!'()*".contains(c);
            if part.is_empty() || part.len() > 214 || part.starts_with('.') || !part.chars().all(safe) {
                return refuse("is no npm package name");
            }
        }
        if base == "node_modules" {
            return refuse("is no npm package name");
        }
        Ok(Self(text.to_owned()))
    }

    /// The scope without its `@`.
    pub fn scope(&self) -> Option<&str> {
        self.0.strip_prefix('@').and_then(|rest| rest.split_once('/')).map(|(scope, _)| scope)
    }

    /// The name without its scope.
    pub fn base(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }
}

/// A version of a package: letters, digits, `.`, `+`, `-` and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version(String);
text!(Version);

impl Version {
    pub fn new(text: &str) -> Result<Self, Refused> {
        let safe = |c: char| c.is_ascii_alphanumeric() || "-.+".contains(c);
        if text.is_empty() || text.len() > 256 || !text.chars().all(safe) {
            return refuse("is no version");
        }
        Ok(Self(text.to_owned()))
    }
}

/// A place in the installed tree: relative to the project, parts joined by `/`, without `.` and `..`;
/// the project itself is `""`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Location(String);
text!(Location);

/// Locations can be looked up by their text, which saves walks an allocation per step.
impl std::borrow::Borrow<str> for Location {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Location {
    /// Normalises (`./a//b/` is `a/b`) and refuses what leads out of the project.
    pub fn new(text: &str) -> Result<Self, Refused> {
        if text.starts_with('/') || text.contains('\\') || text.get(1..2) == Some(":") {
            return refuse("is an absolute or foreign path");
        }
        if text.chars().any(char::is_control) {
            return refuse("holds control characters");
        }
        let mut parts = Vec::new();
        for part in text.split('/') {
            match part {
                "" | "." => {}
                ".." => return refuse("leads out of the project's folder"),
                part => parts.push(part),
            }
        }
        Ok(Self(parts.join("/")))
    }

    pub fn root() -> Self {
        Self(String::new())
    }

    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The location of `name` in this one's own `node_modules`.
    pub fn child(&self, name: &PackageName) -> Self {
        if self.0.is_empty() {
            Self(format!("node_modules/{name}"))
        } else {
            Self(format!("{}/node_modules/{name}", self.0))
        }
    }

    /// The name by which Node finds it: what follows the last `node_modules/`. `None` for what is in no
    /// `node_modules`, or deeper in the folder of a package.
    pub fn folder_name(&self) -> Option<&str> {
        self.in_modules().filter(|(_, below)| below.is_empty()).map(|(name, _)| name)
    }

    /// The package in whose folder this is, where it is in no `node_modules` of that folder: what a dependency
    /// brings and links to (`node_modules/a/lib`).
    pub fn within(&self) -> Option<Self> {
        let (_, below) = self.in_modules().filter(|(_, below)| !below.is_empty())?;
        Some(Self(self.0[..self.0.len() - below.len() - 1].to_owned()))
    }

    /// The package name after the last `node_modules/`, and the path after that.
    fn in_modules(&self) -> Option<(&str, &str)> {
        let at = self.0.rfind("node_modules/").filter(|at| *at == 0 || self.0[..*at].ends_with('/'))?;
        let rest = &self.0[at + "node_modules/".len()..];
        let scope =
            if rest.starts_with('@') { rest.find('/').map_or(rest.len(), |slash| slash + 1) } else { 0 };
        match rest[scope..].find('/') {
            Some(slash) => Some((&rest[..scope + slash], &rest[scope + slash + 1..])),
            None => Some((rest, "")),
        }
    }

    /// The location whose `node_modules` holds this one; `None` where it is in no `node_modules`.
    pub fn parent(&self) -> Option<Self> {
        let name = self.folder_name()?;
        let above = &self.0[..self.0.len() - name.len() - "node_modules/".len()];
        Some(Self(above.trim_end_matches('/').to_owned()))
    }
}

/// A package URL (<https://github.com/package-url/purl-spec>), the scope's `@` written `%40`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Purl(String);

impl Purl {
    pub fn npm(name: &PackageName, version: &Version) -> Self {
        let Self(package) = Self::without_version(name);
        Self(format!("{package}@{}", version.as_str().replace('+', "%2B")))
    }

    /// A purl that was put together elsewhere in this room.
    pub(super) fn of_text(text: String) -> Self {
        Self(text)
    }

    /// For what only its place tells: a commit, an address.
    pub fn without_version(name: &PackageName) -> Self {
        match name.scope() {
            Some(scope) => Self(format!("pkg:npm/%40{scope}/{}", name.base())),
            None => Self(format!("pkg:npm/{}", name.base())),
        }
    }

    /// With one qualifier more; give them in the order of their keys.
    #[must_use]
    pub fn qualified(self, key: &str, value: &str) -> Self {
        let separator = if self.0.contains('?') { '&' } else { '?' };
        let value = percent_encoding::utf8_percent_encode(value, QUALIFIER);
        Self(format!("{}{separator}{key}={value}", self.0))
    }

    /// With a subpath, which ends a purl.
    #[must_use]
    pub fn at(self, subpath: &str) -> Self {
        Self(format!("{}#{}", self.0, percent_encoding::utf8_percent_encode(subpath, QUALIFIER)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a qualifier's value may hold unescaped.
const QUALIFIER: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b':')
    .remove(b'/');

impl fmt::Display for Purl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
