//! Licences as nixpkgs names them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use spdx::LicenseItem;

use crate::about::{About, Expression};
use crate::foreign;

/// `data/nixpkgs/licenses.toml`, which says what is in it.
#[derive(Deserialize)]
struct Table {
    attributes: BTreeMap<String, String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "a file of the program, which a test reads")]
    foreign::toml(include_str!("../../../data/nixpkgs/licenses.toml")).expect("a table of licences")
});

/// Where repositories have the text, the usual name first.
pub const FILES: [&str; 6] = ["LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "COPYING", "license"];

/// `meta.license`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct License {
    /// Attributes of `lib.licenses`, at least one. As everywhere in nixpkgs a list does not say whether all of them
    /// hold or one may be chosen.
    pub attributes: Vec<String>,
    /// What a person must look at.
    pub doubt: Option<String>,
}

/// From what the package says of itself. What has no attribute is `unfree`, which lets nobody build it unawares.
pub fn license(about: &About) -> License {
    let unfree = |doubt: String| License { attributes: vec!["unfree".to_owned()], doubt: Some(doubt) };
    let Some(text) = &about.license else {
        return unfree("package.json states no license: look into the repository".to_owned());
    };
    if text == "UNLICENSED" {
        return License { attributes: vec!["unfree".to_owned()], doubt: None };
    }
    let Some(expression) = Expression::read(text) else {
        return unfree(format!(
            "package.json has {text:?} as license, which names none: look into the repository"
        ));
    };
    let (mut attributes, mut doubts) = (Vec::new(), Vec::new());
    for requirement in expression.requirements() {
        let (attribute, doubt) = attribute(&requirement.license);
        let exception =
            requirement.addition.as_ref().map(|exception| format!("with the exception {exception}"));
        doubts.extend(doubt.into_iter().chain(exception));
        if !attributes.contains(&attribute) {
            attributes.push(attribute);
        }
    }
    let doubt = (!doubts.is_empty()).then(|| format!("package.json has {text:?}: {}", doubts.join("; ")));
    License { attributes, doubt }
}

fn attribute(license: &LicenseItem) -> (String, Option<String>) {
    let unknown = |name: &str| ("unfree".to_owned(), Some(format!("lib.licenses has no {name}")));
    let LicenseItem::Spdx { id, or_later } = license else { return unknown(&license.to_string()) };
    let later = or_later.then(|| TABLE.attributes.get(&format!("{}+", id.name))).flatten();
    let Some(attribute) = later.or_else(|| TABLE.attributes.get(id.name)) else { return unknown(id.name) };
    let is_vague = id.is_gnu() && !id.name.ends_with("-only") && !id.name.ends_with("-or-later") && !or_later;
    let doubt = is_vague.then(|| "look whether it is this version only, or any later one".to_owned());
    (attribute.clone(), doubt)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_identifier_of_the_table_is_one_of_spdx() {
        for (id, attribute) in &TABLE.attributes {
            let base = id.strip_suffix('+').filter(|_| spdx::license_id(id).is_none()).unwrap_or(id);
            // Newer than the crate's list.
            let is_new = matches!(id.as_str(), "FSL-1.1-ALv2" | "FSL-1.1-MIT" | "SUL-1.0");
            assert!(spdx::license_id(base).is_some() || is_new, "{id}");
            assert!(crate::upstream::nix::expression::is_name(attribute), "{attribute}");
        }
    }

    #[test]
    fn licences_with_what_is_to_be_looked_at() {
        for (text, attributes, doubt) in [
            ("MIT", vec!["mit"], ""),
            ("(MIT OR Apache-2.0)", vec!["mit", "asl20"], ""),
            ("GPL-3.0-or-later", vec!["gpl3Plus"], ""),
            ("GPL-3.0", vec!["gpl3Only"], "this version only"),
            ("GPL-2.0+", vec!["gpl2Plus"], ""),
            ("UNLICENSED", vec!["unfree"], ""),
            ("SEE LICENSE IN LICENSE.md", vec!["unfree"], "names none"),
            ("BSD", vec!["unfree"], "names none"),
            ("Glulxe", vec!["unfree"], "has no Glulxe"),
            ("Apache-2.0 WITH LLVM-exception", vec!["asl20"], "LLVM-exception"),
        ] {
            let found = license(&About { license: Some(text.to_owned()), ..About::default() });
            assert_eq!(found.attributes, attributes, "{text}");
            assert_eq!(found.doubt.is_some(), !doubt.is_empty(), "{text}");
            assert!(found.doubt.unwrap_or_default().contains(doubt), "{text}");
        }
        assert!(license(&About::default()).doubt.unwrap().contains("states no license"));
    }
}
