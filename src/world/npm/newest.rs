//! Which versions of a package a registry has, and which is the newest.

use serde_json::Value;

use super::client::{document_path, joined};
use super::{Npm, NpmError};
use crate::foreign;
use crate::graph::{PackageName, Version};
use crate::secrets::shown;
use crate::world::http::HttpError;

/// What is published of a package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// What the tag `latest` leads to.
    latest: Option<String>,
    /// The others: versions, and whether their publisher warns of them.
    versions: Vec<(String, bool)>,
}

impl Published {
    fn of(packument: &Value) -> Self {
        let versions = packument["versions"].as_object().into_iter().flatten();
        Self {
            latest: packument["dist-tags"]["latest"].as_str().map(str::to_owned),
            versions: versions
                .map(|(version, document)| (version.clone(), document["deprecated"].is_string()))
                .collect(),
        }
    }

    /// The version that npm takes of those that `takes` accepts: the latest if it is one of them, else the highest that
    /// nobody warns of, else the highest.
    pub fn chosen(&self, takes: impl Fn(&str) -> bool) -> Option<&str> {
        if let Some(latest) = self.latest.as_deref().filter(|latest| takes(latest)) {
            return Some(latest);
        }
        let versions = self.versions.iter().filter(|(version, _)| takes(version));
        let ranked = versions.filter_map(|(version, is_deprecated)| {
            Some(((!is_deprecated, foreign::npm_version(version)?), version.as_str()))
        });
        ranked.max_by(|(one, _), (other, _)| one.cmp(other)).map(|(_, version)| version)
    }
}

impl Npm {
    /// What the registry calls `latest`. It is asked each time.
    ///
    /// # Errors
    /// A package that the registry does not have, or of which it has no such version.
    pub async fn latest(&self, name: &PackageName) -> Result<Version, NpmError> {
        let published = self.published(name).await?;
        let latest = published.latest.and_then(|latest| Version::new(&latest).ok());
        match latest {
            Some(latest) => Ok(latest),
            None => Err(self.missing(name).await?),
        }
    }

    /// What the registry has of a package. It is asked each time.
    ///
    /// # Errors
    /// A package that the registry does not have.
    pub async fn published(&self, name: &PackageName) -> Result<Published, NpmError> {
        let url = joined(&self.registry(name).await?, &document_path(name))?;
        let body = match self.json(&url).await {
            Err(NpmError::Http(error)) if error.is_not_found() => return Err(self.missing(name).await?),
            body => body?,
        };
        let document: Value =
            serde_json::from_slice(&body).map_err(|error| HttpError::no_json(&url, &error))?;
        Ok(Published::of(&document))
    }

    async fn missing(&self, name: &PackageName) -> Result<NpmError, NpmError> {
        let url = joined(&self.registry(name).await?, &document_path(name))?;
        Ok(NpmError::Missing { package: name.to_string(), url: shown(&url) })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_version_that_npm_takes() {
        let published = Published::of(&json!({
            "dist-tags": { "latest": "2.0.0" },
            "versions": { "1.2.0": {}, "1.10.0": {}, "1.11.0": { "deprecated": "x" }, "2.0.0": {}, "3.0.0": {} },
        }));
        for (start, expected) in
            [("", Some("2.0.0")), ("1.", Some("1.10.0")), ("3", Some("3.0.0")), ("4", None)]
        {
            assert_eq!(published.chosen(|version| version.starts_with(start)), expected, "{start}");
        }
        assert_eq!(published.chosen(|version| version == "1.11.0"), Some("1.11.0"));
        assert_eq!(Published::of(&json!([])).chosen(|_| true), None);
    }
}
