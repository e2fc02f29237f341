//! What core metadata says of its package.

use super::{About, kept, license_line, web_page};
use crate::foreign;
use crate::python::metadata::{CoreMetadata, MetadataError};

/// Labels of project URLs that lead to a home page, the best first (PEP 753: compared without punctuation and white
/// space, in lower case).
const HOME: [&str; 8] =
    ["homepage", "home", "source", "repository", "sourcecode", "github", "code", "documentation"];

/// Reads PKG-INFO or METADATA of any version (1.0 to 2.4); the long description is left alone.
///
/// # Errors
/// Text that is no core metadata.
pub fn python(metadata: &str) -> Result<About, MetadataError> {
    Ok(core(&CoreMetadata::parse(metadata)?))
}

/// The same of metadata that was read before.
pub fn core(metadata: &CoreMetadata) -> About {
    About::from(Fields {
        license: metadata.license.clone(),
        summary: metadata.summary.clone(),
        home_page: metadata.home_page.clone(),
        urls: metadata.project_urls.clone(),
        classifiers: metadata.classifiers.clone(),
    })
}

/// What pyproject.toml says of its project (PEP 621, PEP 639, and the table of Poetry, which may have what the other
/// lacks); nothing where it is no TOML.
pub fn pyproject(text: &str) -> About {
    let Ok(document) = foreign::toml::<toml::Table>(text) else { return About::default() };
    let tables = [document.get("project"), document.get("tool").and_then(|tool| tool.get("poetry"))];
    let value = |key: &str| tables.iter().flatten().find_map(|table| table.get(key));
    let text = |value: &toml::Value| value.as_str().map(str::to_owned);
    let license = value("license").and_then(|license| text(license).or_else(|| text(license.get("text")?)));
    let urls = value("urls").and_then(toml::Value::as_table).into_iter().flatten();
    let named = ["repository", "documentation"].iter().filter_map(|key| Some((*key, value(key)?)));
    let urls = urls.map(|(label, url)| (label.as_str(), url)).chain(named);
    let classifiers = value("classifiers").and_then(toml::Value::as_array);
    About::from(Fields {
        license,
        summary: value("description").and_then(text),
        home_page: value("homepage").and_then(text),
        urls: urls.filter_map(|(label, url)| Some((label.to_owned(), text(url)?))).collect(),
        classifiers: classifiers.into_iter().flatten().filter_map(text).collect(),
    })
}

/// The fields that speak of a package, wherever they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    pub license: Option<String>,
    pub summary: Option<String>,
    pub home_page: Option<String>,
    /// Label and address.
    pub urls: Vec<(String, String)>,
    pub classifiers: Vec<String>,
}

impl From<Fields> for About {
    fn from(fields: Fields) -> Self {
        let mut classifiers = fields.classifiers;
        classifiers.retain(|one| one.starts_with("License ::"));
        classifiers.sort();
        classifiers.dedup();
        let home_page = fields.home_page.as_deref().and_then(web_page);
        Self {
            license: fields.license.as_deref().and_then(license_line),
            summary: fields.summary.as_deref().and_then(kept),
            description: None,
            home_page: home_page.or_else(|| labelled(fields.urls.into_iter())),
            classifiers,
        }
    }
}

fn labelled(urls: impl Iterator<Item = (String, String)>) -> Option<String> {
    let rank = |label: &str| {
        let plain: String = label.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
        HOME.iter().position(|home| *home == plain)
    };
    let pages = urls.filter_map(|(label, url)| Some((rank(&label)?, web_page(&url)?)));
    pages.min().map(|(_, page)| page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modern_metadata() {
        let text = "Metadata-Version: 2.4\nName: a\nVersion: 1\nLicense-Expression: MIT AND PSF-2.0\n\
            Summary: Does it\nProject-URL: Source Code, https://example.org/s\n\
            Project-URL: Home-Page, https://example.org/h\nClassifier: Programming Language :: Python\n\nText\n";
        let about = python(text).unwrap();
        assert_eq!(about.license.as_deref(), Some("MIT AND PSF-2.0"));
        assert_eq!(about.summary.as_deref(), Some("Does it"));
        assert_eq!(about.home_page.as_deref(), Some("https://example.org/h"));
        assert!(about.classifiers.is_empty());
    }

    /// Licence, home page and classifiers.
    fn said(text: &str) -> (Option<String>, Option<String>, Vec<String>) {
        let about = pyproject(text);
        (about.license, about.home_page, about.classifiers)
    }

    #[test]
    fn a_project_whose_licence_is_a_file() {
        let mit = "License :: OSI Approved :: MIT License";
        let text = format!(
            "[project]\nlicense = {{ file = 'LICENSE' }}\nclassifiers = ['Topic :: Text', '{mit}']\n\
             urls = {{ Issues = 'https://example.org/i', Repository = 'https://example.org/r' }}\n"
        );
        assert_eq!(said(&text), (None, Some("https://example.org/r".to_owned()), vec![mit.to_owned()]));
    }

    #[test]
    fn the_table_of_poetry() {
        let mit = "License :: OSI Approved :: MIT License";
        let text = format!(
            "[tool.poetry]\ndescription = 'Does it'\nrepository = 'https://example.org/r'\nclassifiers = ['{mit}']\n\
             homepage = 'https://example.org/h'\n"
        );
        assert_eq!(said(&text), (None, Some("https://example.org/h".to_owned()), vec![mit.to_owned()]));
        // Of both tables the first counts, field by field.
        let both =
            format!("{text}license = 'MIT'\n[project]\ndescription = 'Does more'\nlicense.text = 'ISC'\n");
        assert_eq!(said(&both).0.as_deref(), Some("ISC"));
        assert_eq!(pyproject(&both).summary.as_deref(), Some("Does more"));
        let without = text.replace("homepage", "other");
        assert_eq!(said(&without).1.as_deref(), Some("https://example.org/r"));
    }

    #[test]
    fn old_metadata_with_a_whole_licence_in_it() {
        let text = "Metadata-Version: 1.1\nName: a\nVersion: 1\nHome-page: UNKNOWN\n\
            License: The MIT License\n        \n        Copyright (c)\nSummary: UNKNOWN\n\
            Classifier: License :: OSI Approved :: MIT License\nClassifier: License :: OSI Approved\n";
        let about = python(text).unwrap();
        assert_eq!(about.license.as_deref(), Some("The MIT License …"));
        assert_eq!((about.summary, about.home_page), (None, None));
        assert_eq!(about.classifiers, ["License :: OSI Approved", "License :: OSI Approved :: MIT License"]);
        assert!(python("").is_err());
    }
}
