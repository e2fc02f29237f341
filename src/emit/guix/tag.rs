//! Tags of releases, as Guix writes them and as its updaters find the next one.

use std::collections::BTreeMap;

use super::sexp::{Sexp, text};
use super::source::{Reference, Spelled};
use crate::source::Source;

/// What git is asked for: the tag where the source has one.
pub fn reference(source: &Source, version: &str) -> Reference {
    match &source.tag {
        Some(tag) => Reference::Tag { tag: Spelled::new(tag, version), commit: source.commit },
        None => Reference::Commit(source.commit),
    }
}

/// The properties that the updater `generic-git` needs where the tag is neither `vX` nor `X` (Guix manual, "Invoking
/// guix refresh").
pub fn properties(source: &Source, version: &str) -> BTreeMap<String, Sexp> {
    let mut properties = BTreeMap::new();
    let Some(tag) = &source.tag else { return properties };
    let dots = version.matches('.').count();
    let spelled = |delimiter: &str| version.replace('.', delimiter);
    let delimiters = [".", "_", "-"].into_iter().filter(|delimiter| *delimiter == "." || dots > 0);
    let found =
        delimiters.filter_map(|delimiter| Some((delimiter, tag.split_once(&spelled(delimiter))?))).next();
    let Some((delimiter, (prefix, suffix))) = found else { return properties };
    let mut add =
        |name: &str, value: String| _ = properties.insert(format!("release-tag-{name}"), text(value));
    if !matches!(prefix, "" | "v") {
        add("prefix", regex_quoted(prefix));
    }
    if !suffix.is_empty() {
        add("suffix", regex_quoted(suffix));
    }
    if delimiter != "." {
        add("version-delimiter", delimiter.to_owned());
    }
    properties
}

/// Text that a POSIX regular expression takes for itself.
fn regex_quoted(text: &str) -> String {
    let mut quoted = String::new();
    for c in text.chars() {
        if r"\^$.|?*+()[]{}".contains(c) {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Digest;
    use crate::source::repository::Repository;

    fn source(tag: &str) -> Source {
        Source {
            repository: Repository("https://github.com/o/r".to_owned()),
            commit: Digest([7; 20]),
            tag: Some(tag.to_owned()),
            subdirectory: None,
        }
    }

    #[test]
    fn only_what_the_updater_would_not_find_is_said() {
        let said = |tag: &str, version: &str| {
            let pairs = properties(&source(tag), version).into_iter();
            pairs.map(|(name, value)| format!("{name} {}", value.written())).collect::<Vec<_>>()
        };
        assert!(said("v1.2.3", "1.2.3").is_empty() && said("1.2.3", "1.2.3").is_empty());
        assert_eq!(said("a.b@1.2.3", "1.2.3"), [r#"release-tag-prefix "a\\.b@""#]);
        assert_eq!(
            said("REL_1_2_3-final", "1.2.3"),
            [
                r#"release-tag-prefix "REL_""#,
                r#"release-tag-suffix "-final""#,
                r#"release-tag-version-delimiter "_""#
            ]
        );
        assert!(said("stable", "1.2.3").is_empty());
    }
}
