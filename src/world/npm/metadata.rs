//! The registry's document of one version, read with tolerance: twenty years of publishers wrote it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::hash::Integrity;

/// What a registry says of one version. Fields of an unexpected shape count as absent; `raw` has them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata {
    pub name: String,
    pub version: String,
    /// The commit that the publisher was at (self-declared by the publishing client).
    pub git_head: Option<String>,
    /// `repository` as written: shorthand, git+https, git://, https or ssh.
    pub repository: Option<String>,
    /// `repository.directory`: the package's folder in a monorepo.
    pub directory: Option<String>,
    pub homepage: Option<String>,
    pub bugs: Option<String>,
    /// `dist.tarball` as written.
    pub tarball: Option<String>,
    /// `dist.integrity`, else `dist.shasum`: the strongest.
    pub integrity: Option<Integrity>,
    /// `dist.attestations.url` as written.
    pub attestations: Option<String>,
    /// Program name to path; a lone string goes by the package's name without scope.
    pub bin: BTreeMap<String, String>,
    pub scripts: BTreeMap<String, String>,
    pub os: Vec<String>,
    pub cpu: Vec<String>,
    pub libc: Vec<String>,
    pub has_install_script: bool,
    pub deprecated: Option<String>,
    /// SPDX expression, or the type of the old object form.
    pub license: Option<String>,
    /// The whole document: to compare with the tarball's own package.json.
    pub raw: Value,
}

impl Metadata {
    /// `None` where the document is no object.
    pub fn from_json(raw: Value) -> Option<Self> {
        let document = raw.as_object()?;
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        let field = |key: &str| document.get(key);
        let dist = |key: &str| field("dist").and_then(|dist| dist.get(key));
        // A string, or an object that has it under `key`; of a list the first.
        let either = |name: &str, key: &str| {
            let value = field(name).map(|value| value.get(0).unwrap_or(value));
            text(value).or_else(|| text(value.and_then(|value| value.get(key))))
        };
        let map = |name: &str| match field(name) {
            Some(Value::Object(object)) => object
                .iter()
                .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
                .collect(),
            _ => BTreeMap::new(),
        };
        let list = |name: &str| match field(name) {
            Some(Value::String(one)) => vec![one.clone()],
            Some(Value::Array(many)) => many.iter().filter_map(|one| text(Some(one))).collect(),
            _ => Vec::new(),
        };
        let name = text(field("name")).unwrap_or_default();
        let mut bin = map("bin");
        if let Some(path) = text(field("bin")) {
            bin.insert(name.rsplit('/').next().unwrap_or_default().to_owned(), path);
        }
        let integrity = text(dist("integrity")).and_then(|list| Integrity::strongest(&list));
        let shasum = || Integrity::from_sha1_hex(dist("shasum")?.as_str()?);
        Some(Self {
            version: text(field("version")).unwrap_or_default(),
            git_head: text(field("gitHead")),
            repository: either("repository", "url"),
            directory: text(field("repository").and_then(|repository| repository.get("directory"))),
            homepage: either("homepage", "url"),
            bugs: either("bugs", "url"),
            tarball: text(dist("tarball")),
            integrity: integrity.or_else(shasum),
            attestations: text(dist("attestations").and_then(|attestations| attestations.get("url"))),
            bin,
            scripts: map("scripts"),
            os: list("os"),
            cpu: list("cpu"),
            libc: list("libc"),
            has_install_script: field("hasInstallScript") == Some(&Value::Bool(true)),
            deprecated: text(field("deprecated")),
            license: either("license", "type").or_else(|| either("licenses", "type")),
            name,
            raw: raw.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_modern_document() {
        let raw = json!({
            "name": "@s/a", "version": "1.0.0", "gitHead": "c0ffee", "bin": "./cli.js", "os": "linux",
            "repository": {"type": "git", "url": "git+https://example.org/s/a.git", "directory": "packages/a"},
            "dist": {
                "tarball": "https://npm.example.org/@s/a/-/a-1.0.0.tgz",
                "integrity": "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
                "attestations": {"url": "https://npm.example.org/-/npm/v1/attestations/@s%2fa@1.0.0"},
            },
        });
        let metadata = Metadata::from_json(raw.clone()).unwrap();
        assert_eq!(metadata.repository.as_deref(), Some("git+https://example.org/s/a.git"));
        assert_eq!(metadata.directory.as_deref(), Some("packages/a"));
        assert_eq!(metadata.bin["a"], "./cli.js");
        assert_eq!(metadata.os, ["linux"]);
        assert!(metadata.integrity.unwrap().matches(b""));
        assert!(metadata.attestations.is_some());
        assert_eq!(metadata.raw, raw);
    }

    #[test]
    fn an_old_and_odd_document() {
        let raw = json!({
            "name": "a", "version": 1, "repository": "s/a", "bugs": {"url": "u"}, "bin": ["x.js"],
            "scripts": {"install": "x", "test": 1}, "os": {}, "licenses": [{"type": "MIT"}],
            "dist": {"shasum": "da39a3ee5e6b4b0d3255bfef95601890afd80709", "attestations": "none"},
        });
        let metadata = Metadata::from_json(raw).unwrap();
        assert_eq!(metadata.repository.as_deref(), Some("s/a"));
        assert_eq!(metadata.license.as_deref(), Some("MIT"));
        assert_eq!((metadata.version.as_str(), metadata.bin.len(), metadata.scripts.len()), ("", 0, 1));
        assert!(metadata.integrity.unwrap().matches(b""));
        assert_eq!(Metadata::from_json(json!([])), None);
    }
}
