//! Licences as nixpkgs names them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use spdx::LicenseItem;

use crate::about::{
    About, Expression, PUBLIC_DOMAIN, beginning, classified, classifier_name, contradiction, meant,
    recognized,
};
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

/// `meta.license`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct License {
    /// Attributes of `lib.licenses`, at least one. As everywhere in nixpkgs a list does not say whether all of them
    /// hold or one may be chosen.
    pub attributes: Vec<String>,
    /// What a person must look at.
    pub doubt: Option<String>,
}

/// From what the package says of itself in `says` (`package.json`), or else from the text that lies beside it: name and
/// text. What has no attribute is `unfree`, which lets nobody build it unawares.
pub fn license(about: &About, says: &str, file: Option<(&str, &str)>) -> License {
    let unfree = |doubt: String| License { attributes: vec!["unfree".to_owned()], doubt: Some(doubt) };
    let text = about.license.as_deref();
    if text == Some("UNLICENSED") {
        return License { attributes: vec!["unfree".to_owned()], doubt: None };
    }
    let stated = text.and_then(|text| Expression::read(text).or_else(|| Expression::read(&meant(text))));
    if let Some(expression) = stated {
        let license = of_expression(&expression, &format!("{says} has {:?}", text.unwrap_or_default()));
        let doubt = license.doubt.or_else(|| Some(format!("{}: look which holds", contradiction(about)?)));
        return License { doubt, ..license };
    }
    if text.is_some_and(|text| meant(text) == PUBLIC_DOMAIN) {
        return License { attributes: vec!["publicDomain".to_owned()], doubt: None };
    }
    let named: Vec<&str> =
        about.classifiers.iter().map(|one| classifier_name(one)).filter(|name| !name.is_empty()).collect();
    let classified: Option<Vec<&str>> = named.iter().map(|name| classified(name)).collect();
    if let Some(expressions) = classified.filter(|all| !all.is_empty()) {
        return of_classifiers(&expressions, &named);
    }
    // A text that names no licence for certain, or no version of it, may stand for the one whose text lies beside it.
    if let Some((name, id)) = file.and_then(|(name, text)| Some((name, recognized(text)?)))
        && let Some(expression) = Expression::read(id)
    {
        return of_expression(&expression, &format!("{name} is the text of {id}"));
    }
    let beside =
        file.map(|(name, text)| format!("; {name} begins with {:?}", beginning(text))).unwrap_or_default();
    match text.map(str::to_owned).or_else(|| (!named.is_empty()).then(|| named.join(", "))) {
        None => unfree(format!("{says} states no license: look into the repository{beside}")),
        Some(text) => unfree(format!(
            "{says} has {text:?} as license, which names none: look into the repository{beside}"
        )),
    }
}

fn of_expression(expression: &Expression, says: &str) -> License {
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
    let doubt = (!doubts.is_empty()).then(|| format!("{says}: {}", doubts.join("; ")));
    License { attributes, doubt }
}

fn of_classifiers(expressions: &[&str], named: &[&str]) -> License {
    let mut all = License { attributes: Vec::new(), doubt: None };
    for (text, name) in expressions.iter().zip(named) {
        let one = match Expression::read(text) {
            Some(expression) => of_expression(&expression, &format!("the classifier is {name:?}")),
            None => License { attributes: vec!["publicDomain".to_owned()], doubt: None },
        };
        all.attributes.extend(
            one.attributes.into_iter().filter(|one| !all.attributes.contains(one)).collect::<Vec<_>>(),
        );
        all.doubt = all.doubt.or(one.doubt);
    }
    all
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
            let about = About { license: Some(text.to_owned()), ..About::default() };
            let found = license(&about, "package.json", None);
            assert_eq!(found.attributes, attributes, "{text}");
            assert_eq!(found.doubt.is_some(), !doubt.is_empty(), "{text}");
            assert!(found.doubt.unwrap_or_default().contains(doubt), "{text}");
        }
        let none = license(&About::default(), "package.json", Some(("LICENSE", "# Own terms\n")));
        assert_eq!(
            none.doubt.unwrap(),
            "package.json states no license: look into the repository; LICENSE begins with \"Own terms\""
        );
    }

    #[test]
    fn classifiers_and_texts_beside() {
        let bsd3 = "Redistributions in binary form must reproduce the above copyright\nnotice. Neither the name may be \
            used to endorse or promote products\nderived from this software without specific prior written permission.";
        let bsd2 = "* Redistributions in binary form must reproduce the above\n  copyright notice";
        let mit = "MIT License\n\nPermission is hereby granted, free of charge, to any person obtaining a copy\nof this, \
            The above copyright notice and this permission notice shall";
        let apache = "    Apache License\n   Version 2.0, January 2004\n";
        let osi = |name: &str| format!("License :: OSI Approved :: {name}");
        for (text, classifiers, file, attributes, doubt) in [
            (None, vec![osi("MIT License")], "", vec!["mit"], ""),
            (None, vec![osi("MIT License"), osi("ISC License (ISCL)")], "", vec!["mit", "isc"], ""),
            (Some("BSD"), vec![osi("BSD License")], bsd3, vec!["bsd3"], ""),
            (Some("BSD"), vec![osi("BSD License")], bsd2, vec!["bsd2"], ""),
            (None, vec![osi("Apache Software License")], apache, vec!["asl20"], ""),
            (None, vec![], mit, vec!["mit"], ""),
            (
                None,
                vec![],
                "GNU GENERAL PUBLIC LICENSE\n Version 3, 29 June 2007",
                vec!["gpl3Only"],
                "LICENSE is the text of GPL-3.0",
            ),
            (Some("Apache"), vec![], "own", vec!["unfree"], "names none"),
            (None, vec![osi("BSD License")], "", vec!["unfree"], "BSD License"),
            (Some("The MIT License"), vec![], "", vec!["mit"], ""),
            (
                Some("http://www.opensource.org/licenses/mit-license.php"),
                vec![osi("Python Software Foundation License")],
                "",
                vec!["mit"],
                "look which holds",
            ),
            (Some("Public Domain"), vec![], "", vec!["publicDomain"], ""),
        ] {
            let about = About { license: text.map(str::to_owned), classifiers, ..About::default() };
            let found = license(&about, "the metadata", Some(("LICENSE", file)));
            assert_eq!(found.attributes, attributes, "{about:?}");
            assert_eq!(found.doubt.is_some(), !doubt.is_empty(), "{about:?} {found:?}");
            assert!(found.doubt.unwrap_or_default().contains(doubt), "{about:?}");
        }
    }
}
