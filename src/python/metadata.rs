//! Core metadata: PKG-INFO of an sdist, METADATA of a wheel
//! (<https://packaging.python.org/en/latest/specifications/core-metadata/>; PEP 241 to PEP 753).

use super::{PyName, PyVersion};
use crate::foreign;

/// The fields that we read. A field that is `UNKNOWN`, as old tools write it, or empty counts as absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoreMetadata {
    pub metadata_version: String,
    pub name: PyName,
    /// The name as it is spelled in the file.
    pub spelled: String,
    pub version: PyVersion,
    pub summary: Option<String>,
    pub home_page: Option<String>,
    pub download_url: Option<String>,
    /// Label and address, in their order (`Project-URL: Source, https://...`).
    pub project_urls: Vec<(String, String)>,
    /// The fields that a build may change (PEP 643), in lower case. Empty before 2.2: says nothing then.
    pub dynamic: Vec<String>,
    /// Requirements as written (PEP 508); those of `Requires`, which PEP 345 replaced, are left out.
    pub requires_dist: Vec<String>,
    pub requires_python: Option<String>,
    pub provides_extra: Vec<String>,
    /// `License-Expression` (SPDX, PEP 639), else `License`, which may be a whole text.
    pub license: Option<String>,
    pub license_files: Vec<String>,
    pub classifiers: Vec<String>,
}

/// Why text is no core metadata: a sentence without its subject.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    #[error("is no list of headers ({0})")]
    Headers(String),
    #[error("has no {0}")]
    Absent(&'static str),
    #[error("has the {field} {value:?}, which {why}")]
    Refused { field: &'static str, value: String, why: String },
}

impl CoreMetadata {
    /// Reads headers up to the first empty line; the description that may follow is left alone.
    ///
    /// # Errors
    /// Text without headers, or without a name and version that are some.
    pub fn parse(text: &str) -> Result<Self, MetadataError> {
        let text = text.trim_start_matches('\u{feff}');
        let fields: Vec<(String, String)> = foreign::headers(text)
            .map_err(MetadataError::Headers)?
            .into_iter()
            .filter(|(_, value)| !value.is_empty() && value != "UNKNOWN")
            .collect();
        let all = |key: &str| {
            let these = fields.iter().filter(|(name, _)| name == key);
            these.map(|(_, value)| value.clone()).collect::<Vec<_>>()
        };
        let one = |key: &str| all(key).into_iter().next();
        let must = |key: &str, field| one(key).ok_or(MetadataError::Absent(field));
        let spelled = must("name", "Name")?;
        let name = PyName::new(&spelled).map_err(|why| MetadataError::Refused {
            field: "Name",
            value: spelled.clone(),
            why: why.to_string(),
        })?;
        let version = must("version", "Version")?;
        let version = PyVersion::new(&version).map_err(|why| MetadataError::Refused {
            field: "Version",
            value: version.clone(),
            why: why.to_string(),
        })?;
        Ok(Self {
            metadata_version: must("metadata-version", "Metadata-Version")?,
            name,
            spelled,
            version,
            summary: one("summary"),
            home_page: one("home-page"),
            download_url: one("download-url"),
            project_urls: all("project-url").iter().filter_map(|value| labelled(value)).collect(),
            dynamic: all("dynamic").iter().map(|field| field.to_ascii_lowercase()).collect(),
            requires_dist: all("requires-dist"),
            requires_python: one("requires-python"),
            provides_extra: all("provides-extra"),
            license: one("license-expression").or_else(|| one("license")),
            license_files: all("license-file"),
            classifiers: all("classifier"),
        })
    }

    /// Whether a build may give `field` another value than this one. Only from 2.2 on does an sdist say so.
    pub fn may_change(&self, field: &str) -> bool {
        let stated = self
            .metadata_version
            .split_once('.')
            .and_then(|(major, minor)| Some((major.parse::<u32>().ok()?, minor.parse::<u32>().ok()?)));
        stated < Some((2, 2)) || self.dynamic.iter().any(|one| one.eq_ignore_ascii_case(field))
    }
}

/// `Label, address`; an address alone, as some tools write it, has an empty label.
fn labelled(value: &str) -> Option<(String, String)> {
    let (label, url) = match value.rsplit_once(',') {
        Some((label, url)) if url.contains("://") => (label.trim(), url.trim()),
        // The comma is part of the address.
        Some((label, _)) if label.contains("://") => match value.split_once(',') {
            Some((label, url)) if !label.contains("://") => (label.trim(), url.trim()),
            _ => ("", value),
        },
        Some((label, url)) => (label.trim(), url.trim()),
        None => ("", value),
    };
    (!url.is_empty()).then(|| (label.to_owned(), url.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_modern_file() {
        let text = "Metadata-Version: 2.4\nName: Zope.Interface\nVersion: 5.0.0\nDynamic: License-File\n\
            Project-URL: Source, https://example.org/s\nProject-URL: Docs, see, https://example.org/d\n\
            Project-URL: https://example.org/alone\nProject-URL: Q, https://example.org/?a,b\n\
            Requires-Dist: a>=1; extra == 'x'\nRequires-Dist: b\nProvides-Extra: x\n\
            License-Expression: MIT\nLicense: a text\nRequires-Python: >=3.8\nHome-page: UNKNOWN\n\
            Summary: Größe =?utf-8?q?x?=\n\nName: not a header\n";
        let metadata = CoreMetadata::parse(text).unwrap();
        assert_eq!((metadata.name.as_str(), metadata.spelled.as_str()), ("zope-interface", "Zope.Interface"));
        assert_eq!(metadata.version.to_string(), "5.0.0");
        let urls = metadata.project_urls.iter().map(|(label, url)| format!("{label}|{url}"));
        assert_eq!(
            urls.collect::<Vec<_>>(),
            [
                "Source|https://example.org/s",
                "Docs, see|https://example.org/d",
                "|https://example.org/alone",
                "Q|https://example.org/?a,b"
            ]
        );
        assert_eq!(metadata.requires_dist, ["a>=1; extra == 'x'", "b"]);
        assert_eq!(metadata.license.as_deref(), Some("MIT"));
        assert_eq!(metadata.home_page, None);
        assert_eq!(metadata.summary.as_deref(), Some("Größe =?utf-8?q?x?="));
        assert!(metadata.may_change("license-file") && !metadata.may_change("Requires-Dist"));
    }

    #[test]
    fn an_old_file_with_a_folded_licence_and_crlf() {
        let text = "Metadata-Version: 1.1\r\nName: a\r\nVersion: 1.0-1\r\nLicense: one\r\n        two\r\n\
            Description: first\r\n        \r\n        Version: 9\r\nPlatform: any\r\n";
        let metadata = CoreMetadata::parse(text).unwrap();
        assert_eq!(metadata.version.to_string(), "1.0.post1");
        assert!(metadata.license.unwrap().starts_with("one"));
        assert!(CoreMetadata::parse(text).unwrap().may_change("requires-dist"));
    }

    #[test]
    fn what_is_no_metadata() {
        assert_eq!(CoreMetadata::parse("").unwrap_err(), MetadataError::Absent("Name"));
        let no_version = "Metadata-Version: 2.1\nName: a\n";
        assert_eq!(CoreMetadata::parse(no_version).unwrap_err(), MetadataError::Absent("Version"));
        let odd = "Metadata-Version: 2.1\nName: a\nVersion: latest\n";
        assert!(matches!(CoreMetadata::parse(odd), Err(MetadataError::Refused { field: "Version", .. })));
        assert!(CoreMetadata::parse("<html>\n<body>\n").is_err());
    }
}
