//! Licences in other words than SPDX's: what metadata says, where it can mean one licence only.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::CUT;
use crate::foreign;

/// `data/licenses.toml`, which says what is in it.
#[derive(Deserialize)]
struct Table {
    texts: BTreeMap<String, String>,
    classifiers: BTreeMap<String, String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "a file of the program, which a test reads")]
    foreign::toml(include_str!("../../data/licenses.toml")).expect("a table of licences")
});

/// What stands for no licence but the public domain.
pub const PUBLIC_DOMAIN: &str = "public-domain";

/// The SPDX expression, or [`PUBLIC_DOMAIN`], that words in its place mean; the plain words where the table does not know
/// them. Of a whole licence its title was kept.
pub fn meant(text: &str) -> String {
    let words = plain(text);
    TABLE.texts.get(&words).cloned().unwrap_or(words)
}

/// The same of a classifier that names one licence, and one version of it.
pub fn classified(classifier: &str) -> Option<&'static str> {
    TABLE.classifiers.get(classifier_name(classifier)).map(String::as_str)
}

/// `License :: OSI Approved :: X` to `X`; a branch of the tree alone, which is no licence, to nothing.
pub fn classifier_name(text: &str) -> &str {
    let text = text.strip_prefix("License ::").unwrap_or(text).trim();
    let text = text.strip_prefix("OSI Approved ::").unwrap_or(text).trim();
    if text == "OSI Approved" { "" } else { text }
}

/// Lower case, single spaces, without the words that say nothing and without the mark of a cut.
fn plain(text: &str) -> String {
    let text = text.trim_end_matches(CUT).replace(['"', ',', ';'], " ").to_lowercase();
    let words =
        text.split_whitespace().filter(|word| !matches!(*word, "the" | "license" | "licence" | "licensed"));
    words.collect::<Vec<_>>().join(" ").trim_end_matches(['.', ':']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::about::Expression;

    #[test]
    fn the_table_has_expressions() {
        for (text, known) in TABLE.texts.iter().chain(&TABLE.classifiers) {
            let is_one = |read: Expression| read.requirements().count() == 1;
            assert!(known == PUBLIC_DOMAIN || Expression::read(known).is_some_and(is_one), "{text}");
        }
        for text in TABLE.texts.keys() {
            assert_eq!(plain(text), *text);
        }
    }

    #[test]
    fn words_and_classifiers() {
        assert_eq!(meant("The MIT License (MIT)"), "MIT");
        assert_eq!(meant("BSD"), "bsd");
        assert_eq!(classified("License :: OSI Approved :: MIT License"), Some("MIT"));
        assert_eq!(classified("License :: OSI Approved :: BSD License"), None);
        assert_eq!(classifier_name("License :: OSI Approved"), "");
    }
}
