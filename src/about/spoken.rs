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
    let named = of_address(&words).unwrap_or(&words);
    TABLE.texts.get(named).cloned().unwrap_or_else(|| named.to_owned())
}

/// Where lists of licences have a page for each of them.
const LISTS: [&str; 6] = [
    "choosealicense.com/licenses/",
    "gnu.org/licenses/",
    "opensource.org/license/",
    "opensource.org/licenses/",
    "spdx.org/licenses/",
    "apache.org/licenses/license-",
];

/// The licence that an address is the page of: what its last part is called.
fn of_address(words: &str) -> Option<&str> {
    let rest = words.strip_prefix("https://").or_else(|| words.strip_prefix("http://"))?;
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    let (list, page) = LISTS.iter().find_map(|list| Some((*list, rest.strip_prefix(list)?)))?;
    if list.ends_with('-') {
        // The number alone would name nothing.
        return page.starts_with("2.0").then_some("apache 2.0");
    }
    let page = page.trim_end_matches('/');
    let page =
        [".php", ".html", ".txt", ".json"].iter().find_map(|end| page.strip_suffix(end)).unwrap_or(page);
    Some(page.strip_suffix("-license").unwrap_or(page)).filter(|page| !page.contains(['/', '?', '#']))
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
        for (page, id) in [
            ("http://www.opensource.org/licenses/mit-license.php", "mit"),
            ("https://opensource.org/license/BSD-3-Clause/", "bsd-3-clause"),
            ("https://www.apache.org/licenses/LICENSE-2.0.html", "Apache-2.0"),
            ("https://www.gnu.org/licenses/gpl-3.0.html", "gpl-3.0"),
            ("https://spdx.org/licenses/ISC.json", "isc"),
            // Which one, the page itself would have to say.
            ("https://opensource.org/licenses/", ""),
            ("https://opensource.org/licenses/a/b", "https://opensource.org/licenses/a/b"),
            ("https://example.org/licenses/mit", "https://example.org/licenses/mit"),
        ] {
            assert_eq!(meant(page), id);
        }
        assert_eq!(classified("License :: OSI Approved :: MIT License"), Some("MIT"));
        assert_eq!(classified("License :: OSI Approved :: BSD License"), None);
        assert_eq!(classifier_name("License :: OSI Approved"), "");
    }
}
