//! A project's page: every file of every version.

use std::collections::BTreeMap;
use std::time::Duration;

use url::Url;

use super::{PyPi, joined, without_user};
use crate::python::filename;
use crate::python::listed::Listed;
use crate::python::release::{Distribution, Kind};
use crate::python::{PyName, PyVersion};
use crate::secrets::shown;
use crate::world::artifacts::allowed;
use crate::world::cache;
use crate::world::http::{HttpError, Request};
use crate::world::pypi::PyPiError;
use crate::world::pypi::page::{self, Link, PageError};

/// How long a list of versions is believed: a build requirement need not be minutes old.
const LISTED: Duration = Duration::from_secs(3600);
/// What a project's page may come as (PEP 691); servers that know no JSON send HTML.
const PAGE: &str = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, \
    text/html;q=0.01";

impl PyPi {
    /// Every file of the project's page that is an sdist or a wheel, with its version; an error for one at an address that is
    /// refused.
    pub(super) async fn page(
        &self,
        index: &Url,
        name: &PyName,
        package: &str,
        url: &Url,
    ) -> Result<Vec<(PyVersion, Result<Distribution, PyPiError>)>, PyPiError> {
        let mut request = Request::json(without_user(url));
        request.accept = Some(PAGE);
        request.authorization = self.0.config.authorization(index, url);
        let located = match self.0.http.get_located(request).await {
            Err(error) if error.is_not_found() => {
                let nearest = Vec::new();
                return Err(PyPiError::Missing { package: package.to_owned(), url: shown(url), nearest });
            }
            located => located?,
        };
        let page = page::parse(&located.body).map_err(|error| match error {
            PageError::Garbled(why) => HttpError::Garbled { url: shown(url), why }.into(),
            PageError::Unknown(why) => PyPiError::Page { package: package.to_owned(), url: shown(url), why },
        })?;
        let base = page.base.as_deref().and_then(|base| located.url.join(base).ok());
        let base = base.unwrap_or(located.url);
        let files = page.links.into_iter().filter_map(|link| {
            let (version, kind) = filename::parse(name, &link.filename)?;
            let file = distribution(link, kind, |url| {
                // A user and a password are for this machine alone; where they count, the settings have them.
                allowed(package, index, &base, url).map(|url| without_user(&url))
            });
            Some((version, file.map_err(PyPiError::from)))
        });
        Ok(files.collect())
    }

    /// All versions of a project that have an sdist or a wheel, ascending; none for a project that the index does
    /// not have.
    ///
    /// # Errors
    /// No answer, or a page that is none.
    pub async fn project(&self, name: &PyName) -> Result<Vec<Listed>, PyPiError> {
        let index = self.index().await?;
        let url = joined(&index, &format!("{name}/"))?;
        // The 2: since all wheels are listed.
        let key = format!("versions 2 in {}", shown(&url));
        if let Some(known) = self.0.cache.get_younger(cache::Kind::Metadata, &key, LISTED)
            && let Ok(known) = serde_json::from_slice(&known)
        {
            return Ok(known);
        }
        let files = match self.page(&index, name, name.as_str(), &url).await {
            Err(PyPiError::Missing { .. }) => Vec::new(),
            files => files?,
        };
        let mut versions: BTreeMap<PyVersion, Vec<Distribution>> = BTreeMap::new();
        for (version, file) in files {
            // A file at an address that is refused counts as absent: another version may do.
            if let Ok(file) = file {
                versions.entry(version).or_default().push(file);
            }
        }
        for files in versions.values_mut() {
            files.sort_by(|left, right| left.filename.cmp(&right.filename));
        }
        let listed: Vec<_> =
            versions.into_iter().map(|(version, files)| Listed::new(version, files)).collect();
        self.0.cache.put_json(cache::Kind::Metadata, &key, &listed);
        Ok(listed)
    }
}

fn distribution<E>(
    link: Link,
    kind: Kind,
    allowed: impl FnOnce(&str) -> Result<Url, E>,
) -> Result<Distribution, E> {
    Ok(Distribution {
        url: allowed(&link.url)?,
        filename: link.filename,
        integrity: link.integrity,
        kind,
        size: link.size,
        yanked: link.yanked,
        requires_python: link.requires_python,
        upload_time: link.upload_time,
        core_metadata: link.core_metadata,
        provenance: link.provenance,
    })
}
