//! What a package's own metadata says of it: its licence, its one line of description and its home page.

mod contradiction;
mod expression;
mod license_file;
mod npm;
mod python;
mod readme;
mod restructured;
pub mod sentences;
mod spoken;

use serde::{Deserialize, Serialize};

use crate::secrets::hidden;
pub use contradiction::contradiction;
pub use expression::Expression;
pub use license_file::{LICENSES, beginning, recognized};
pub use npm::npm;
pub use python::{Fields, core, pyproject, python};
pub use readme::{READMES, introduction};
pub use spoken::{PUBLIC_DOMAIN, classified, classifier_name, meant};

/// Longest text that is kept of a field, in characters: the rest is marked as cut with `…`.
const KEPT: usize = 1000;
/// What stands where the rest of a text was left out.
pub const CUT: char = '…';

/// What the metadata says, in its own words: nothing is checked or mapped yet. An absent or empty field is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// An SPDX expression, or whatever was written in its place. Of a text of several lines the first, and ` …`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// One line or sentence: `Summary` of core metadata. npm has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// npm's `description`, which is in use what Python calls a summary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// An `http` or `https` address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home_page: Option<String>,
    /// The trove classifiers that speak of licences (`License :: ...`), sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classifiers: Vec<String>,
}

impl About {
    /// The package's own short text, whichever field it stands in.
    pub fn text(&self) -> Option<&str> {
        self.summary.as_deref().or(self.description.as_deref())
    }

    /// With what the other says where this one says nothing.
    pub fn or(self, other: Self) -> Self {
        let is_licensed = self.license.is_some() || !self.classifiers.is_empty();
        Self {
            license: self.license.or(other.license.filter(|_| !is_licensed)),
            summary: self.summary.or(other.summary),
            description: self.description.or(other.description),
            home_page: self.home_page.or(other.home_page),
            classifiers: if is_licensed { self.classifiers } else { other.classifiers },
        }
    }

    /// Whether nothing is said at all, so that pins need not mention it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Text without white space around it, without secrets, and at most `KEPT` characters long; `None` where nothing is left.
fn kept(text: &str) -> Option<String> {
    let text = &*hidden(text.trim());
    let mut kept: String = text.chars().take(KEPT).collect();
    if kept.len() < text.len() {
        kept.push(CUT);
    }
    (!kept.is_empty()).then_some(kept)
}

/// The first line of a licence field, marked as cut where there are more lines: some hold a whole licence.
fn license_line(text: &str) -> Option<String> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = kept(lines.next()?)?;
    Some(if lines.next().is_some() { format!("{first} {CUT}") } else { first })
}

/// An address that a browser opens, as the `url` crate spells it.
fn web_page(text: &str) -> Option<String> {
    let url = url::Url::parse(text.trim()).ok()?;
    let plain = url.username().is_empty() && url.password().is_none();
    let web = matches!(url.scheme(), "http" | "https") && url.has_host() && plain;
    let url = String::from(url);
    (web && url.len() <= KEPT).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_empty_is_not_written() {
        let about = About { license: Some("MIT".to_owned()), ..About::default() };
        assert_eq!(serde_json::to_string(&about).unwrap(), r#"{"license":"MIT"}"#);
        assert_eq!(serde_json::from_str::<About>(r#"{"license":"MIT"}"#).unwrap(), about);
        assert!(!about.is_empty() && serde_json::from_str::<About>("{}").unwrap().is_empty());
    }

    #[test]
    fn long_text_is_cut_visibly() {
        assert_eq!(kept(&"ü".repeat(KEPT + 1)).unwrap().chars().count(), KEPT + 1);
        assert!(kept(&"ü".repeat(KEPT + 1)).unwrap().ends_with(CUT));
        assert_eq!(kept(" \n"), None);
        assert_eq!(license_line("\n  MIT License \n\nCopyright\n").unwrap(), "MIT License …");
        assert_eq!(license_line(" MIT\n").unwrap(), "MIT");
    }

    #[test]
    fn only_pages_of_the_web_are_home_pages() {
        assert_eq!(web_page(" https://example.org ").unwrap(), "https://example.org/");
        for text in
            ["example.org", "git://example.org/a", "javascript:alert(1)", "https://u:p@example.org/", ""]
        {
            assert_eq!(web_page(text), None, "{text}");
        }
    }
}
