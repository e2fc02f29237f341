//! Which version of a package is the newest.

use serde_json::Value;

use super::client::{document_path, joined};
use super::{Npm, NpmError};
use crate::graph::{PackageName, Version};
use crate::secrets::shown;
use crate::world::http::HttpError;

impl Npm {
    /// What the registry calls `latest`. It is asked each time.
    ///
    /// # Errors
    /// A package that the registry does not have, or of which it has no such version.
    pub async fn latest(&self, name: &PackageName) -> Result<Version, NpmError> {
        let url = joined(&self.registry(name).await?, &document_path(name))?;
        let missing = || NpmError::Missing { package: name.to_string(), url: shown(&url) };
        let body = match self.json(&url).await {
            Err(NpmError::Http(error)) if error.is_not_found() => return Err(missing()),
            body => body?,
        };
        let document: Value =
            serde_json::from_slice(&body).map_err(|error| HttpError::no_json(&url, &error))?;
        let latest = document["dist-tags"]["latest"].as_str().and_then(|latest| Version::new(latest).ok());
        latest.ok_or_else(missing)
    }
}
