//! What core metadata says of its package.

use super::{About, kept, license_line, web_page};
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
    let mut classifiers: Vec<String> =
        metadata.classifiers.iter().filter(|one| one.starts_with("License ::")).cloned().collect();
    classifiers.sort();
    classifiers.dedup();
    let home_page = metadata.home_page.as_deref().and_then(web_page).or_else(|| labelled_home(metadata));
    About {
        license: metadata.license.as_deref().and_then(license_line),
        summary: metadata.summary.as_deref().and_then(kept),
        description: None,
        home_page,
        classifiers,
    }
}

/// What pyproject.toml says of its project (PEP 621, PEP 639); nothing where it is no TOML.
pub fn pyproject(text: &str) -> About {
    let Ok(document) = text.parse::<toml::Table>() else { return About::default() };
    let poetry = || document.get("tool")?.get("poetry");
    let Some(project) = document.get("project").or_else(poetry) else { return About::default() };
    let text = |value: &toml::Value| value.as_str().and_then(kept);
    let license =
        project.get("license").and_then(|license| text(license).or_else(|| text(license.get("text")?)));
    let urls = project.get("urls").and_then(toml::Value::as_table);
    let urls =
        urls.into_iter().flatten().filter_map(|(label, url)| Some((label.clone(), url.as_str()?.to_owned())));
    About {
        license: license.as_deref().and_then(license_line),
        summary: project.get("description").and_then(text),
        description: None,
        home_page: labelled(urls),
        classifiers: Vec::new(),
    }
}

fn labelled_home(metadata: &CoreMetadata) -> Option<String> {
    labelled(metadata.project_urls.iter().cloned())
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
