//! Licences as Guix writes them: variables of its module `(guix licenses)`, which templates import with the prefix
//! `license:`, and records named after the metadata where Guix has none.
//!
//! Nothing is guessed: a text of which more than one licence could be meant ("BSD") stands in the definition as it
//! stands in the metadata. Whether a licence is free is not said of those that Guix does not know.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use spdx::LicenseItem;

use crate::about::{About, CUT, Expression, PUBLIC_DOMAIN, classified, classifier_name, meant};
use crate::foreign;

/// The definition that the module with [`Term::Named`] licences needs. `license` is the record's constructor, which
/// Guix's module keeps to itself.
pub const HELPER: &str = "\
(define (named-license name uri)
  \"Return a license that Guix has no variable for: NAME as the package's
metadata writes it, and the page URI, or #f.  It says nothing of its freedom.\"
  ((@@ (guix licenses) license)
   name uri #f))
";

/// One licence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Term {
    /// A variable of `(guix licenses)`, without prefix: `expat`.
    Variable(String),
    /// A call of `named-license` (see [`HELPER`]).
    Named {
        /// An SPDX identifier, or the metadata's own words in one line.
        name: String,
        /// Its page on the SPDX licence list, if it is there.
        uri: Option<String>,
    },
}

/// The field `license` of a definition: one term, or a list. As everywhere in Guix, the list does not say whether all of
/// them hold or one may be chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Licenses {
    /// In their order, each once; at least one.
    pub terms: Vec<Term>,
    /// For a comment, in one line: what the terms do not say.
    pub note: Option<String>,
}

/// `data/guix/licenses.toml`, which says what is in it.
#[derive(Deserialize)]
struct Table {
    variables: BTreeMap<String, String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "a file of the program, which a test reads")]
    foreign::toml(include_str!("../../../data/guix/licenses.toml")).expect("a table of licences")
});

/// The name of a record for no licence at all: Guix refuses an empty list, and `guix lint` an `#f`.
const UNSTATED: &str = "none stated";
/// Longest text that names a licence, in characters.
const NAME: usize = 50;

impl Licenses {
    /// From the licence field, where that has one meaning; else from the classifiers; else in the metadata's words.
    pub fn of(about: &About) -> Self {
        let text = about.license.as_deref();
        if let Some(read) = text.and_then(|text| expression(text).or_else(|| free_text(text))) {
            return read;
        }
        // Without the branches of the tree, which are no licences.
        let named = || about.classifiers.iter().map(|one| classifier_name(one)).filter(|one| !one.is_empty());
        let exact: Option<Vec<Self>> = named().map(|one| classified(one).and_then(stands_for)).collect();
        if let Some(exact) = exact.filter(|exact| !exact.is_empty()) {
            let mut all = Self::default();
            exact.into_iter().flat_map(|one| one.terms).for_each(|term| all.push(term));
            return all;
        }
        let said = text.map(str::to_owned).or_else(|| {
            let said: Vec<&str> = named().collect();
            (!said.is_empty()).then(|| said.join(", "))
        });
        match said.as_deref().map(in_one_line).filter(|said| !said.is_empty()) {
            Some(name) => Self {
                note: Some("As the metadata words it: no single license is meant by it.".to_owned()),
                terms: vec![Term::Named { name, uri: None }],
            },
            None => Self {
                note: Some("The metadata states no license.".to_owned()),
                terms: vec![Term::Named { name: UNSTATED.to_owned(), uri: None }],
            },
        }
    }

    /// Whether a term needs [`HELPER`].
    pub fn needs_helper(&self) -> bool {
        self.terms.iter().any(|term| matches!(term, Term::Named { .. }))
    }

    fn push(&mut self, term: Term) {
        if !self.terms.contains(&term) {
            self.terms.push(term);
        }
    }
}

/// An SPDX expression.
fn expression(text: &str) -> Option<Licenses> {
    let read = Expression::read(text)?;
    let mut all = Licenses::default();
    for requirement in read.requirements() {
        match &requirement.license {
            LicenseItem::Spdx { id, or_later } => all.push(term(id.name, *or_later)),
            LicenseItem::Other(other) => {
                all.push(Term::Named { name: in_one_line(&other.to_string()), uri: None })
            }
        }
    }
    let exceptions = read.requirements().any(|requirement| requirement.addition.is_some());
    if exceptions || read.requirements().count() > 1 {
        all.note = Some(read.text);
    }
    Some(all)
}

/// Guix's variable for an identifier, or the identifier itself with its page on the SPDX list.
fn term(id: &str, or_later: bool) -> Term {
    let table = &TABLE.variables;
    let later = or_later.then(|| table.get(&format!("{id}+"))).flatten();
    match later.or_else(|| table.get(id)) {
        Some(variable) => Term::Variable(variable.clone()),
        None => Term::Named {
            name: format!("{id}{}", if or_later { "+" } else { "" }),
            uri: Some(format!("https://spdx.org/licenses/{id}.html")),
        },
    }
}

/// What a value of the table stands for.
fn stands_for(known: &str) -> Option<Licenses> {
    if known == PUBLIC_DOMAIN {
        let terms = vec![Term::Variable(PUBLIC_DOMAIN.to_owned())];
        return Some(Licenses { terms, note: None });
    }
    expression(known)
}

/// Words in place of an expression, if the table knows what they mean.
fn free_text(text: &str) -> Option<Licenses> {
    stands_for(&meant(text))
}

/// A name for a record: printable, in one line, cut where it is long.
fn in_one_line(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let text = crate::printable::printable(&text);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= NAME {
        return text;
    }
    let cut: String = text.chars().take(NAME - 1).collect();
    format!("{}{CUT}", cut.trim_end_matches([' ', CUT]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn licenses(text: &str) -> Licenses {
        Licenses::of(&About { license: Some(text.to_owned()), ..About::default() })
    }

    /// The terms in short: a variable, or `name <page>`.
    fn terms(all: &Licenses) -> String {
        let short = all.terms.iter().map(|term| match term {
            Term::Variable(name) => name.clone(),
            Term::Named { name, uri } => format!("{name:?} <{}>", uri.as_deref().unwrap_or_default()),
        });
        short.collect::<Vec<_>>().join(" ")
    }

    fn of_classifiers(license: Option<&str>, classifiers: &[&str]) -> String {
        let classifiers = classifiers.iter().map(|one| (*one).to_owned()).collect();
        terms(&Licenses::of(&About { license: license.map(str::to_owned), classifiers, ..About::default() }))
    }

    #[test]
    fn every_identifier_of_the_table_is_one_of_spdx() {
        for id in TABLE.variables.keys() {
            let base = id.strip_suffix('+').filter(|_| spdx::license_id(id).is_none()).unwrap_or(id);
            assert!(spdx::license_id(base).is_some(), "{id}");
        }
    }

    #[test]
    fn expressions() {
        for (text, expected, note) in [
            ("MIT", "expat", None),
            ("mit", "expat", None),
            ("(MIT OR Apache-2.0)", "expat asl2.0", Some("(MIT OR Apache-2.0)")),
            ("MIT/Apache-2.0", "expat asl2.0", Some("MIT/Apache-2.0")),
            ("MIT AND MIT", "expat", Some("MIT AND MIT")),
            ("GPL-2.0", "gpl2", None),
            ("GPL-2.0+", "gpl2+", None),
            ("GPL-3.0-or-later", "gpl3+", None),
            ("LGPL-2.1-only", "lgpl2.1", None),
            ("AGPL-3.0", "agpl3", None),
            ("Apache-2.0+", "asl2.0", None),
            ("Apache-2.0 WITH LLVM-exception", "asl2.0", Some("Apache-2.0 WITH LLVM-exception")),
            ("BUSL-1.1", "\"BUSL-1.1\" <https://spdx.org/licenses/BUSL-1.1.html>", None),
            ("GFDL-1.3-only", "\"GFDL-1.3-only\" <https://spdx.org/licenses/GFDL-1.3-only.html>", None),
            ("LicenseRef-Own", "\"LicenseRef-Own\" <>", None),
            ("Python-2.0", "psfl", None),
        ] {
            let all = licenses(text);
            assert_eq!((terms(&all).as_str(), all.note.as_deref()), (expected, note), "{text}");
        }
    }

    #[test]
    fn words_with_one_meaning() {
        for (text, expected) in [
            ("MIT License", "expat"),
            ("The MIT License (MIT)", "expat"),
            ("The MIT License …", "expat"),
            ("Apache License, Version 2.0", "asl2.0"),
            ("Apache 2.0", "asl2.0"),
            ("3-Clause BSD License", "bsd-3"),
            ("Public Domain", "public-domain"),
            ("LGPLv3+", "lgpl3+"),
        ] {
            assert_eq!(terms(&licenses(text)), expected, "{text}");
        }
    }

    #[test]
    fn what_has_no_one_meaning_stands_as_it_is() {
        for text in [
            "BSD",
            "GPL",
            "gplv3",
            "Apache",
            "UNLICENSED",
            "SEE LICENSE IN LICENSE.md",
            "MIT?",
            "(MIT",
            "none",
        ] {
            let all = licenses(text);
            assert_eq!(terms(&all), format!("{text:?} <>"));
            assert!(all.note.is_some() && all.needs_helper());
        }
        let long = licenses(&format!("a\u{202e}\n{}", "b".repeat(100)));
        let Term::Named { name, .. } = &long.terms[0] else { panic!() };
        assert!(
            name.chars().count() == NAME && name.starts_with("a\u{fffd} b") && name.ends_with(CUT),
            "{name}"
        );
        let none = Licenses::of(&About::default());
        assert_eq!((terms(&none).as_str(), none.note.is_some()), ("\"none stated\" <>", true));
        assert_eq!(licenses(" \u{7} "), none);
    }

    #[test]
    fn classifiers_where_the_field_says_nothing_certain() {
        let (mit, bsd) = ("License :: OSI Approved :: MIT License", "License :: OSI Approved :: BSD License");
        assert_eq!(of_classifiers(None, &["License :: OSI Approved", mit]), "expat");
        assert_eq!(of_classifiers(Some("See the file …"), &[mit]), "expat");
        assert_eq!(of_classifiers(Some("BSD-3-Clause"), &[bsd]), "bsd-3");
        assert_eq!(of_classifiers(Some("BSD"), &[bsd]), "\"BSD\" <>");
        assert_eq!(of_classifiers(None, &[bsd]), "\"BSD License\" <>");
        assert_eq!(of_classifiers(None, &[bsd, mit]), "\"BSD License, MIT License\" <>");
        assert_eq!(of_classifiers(None, &["License :: Public Domain", mit]), "public-domain expat");
        assert_eq!(of_classifiers(None, &["License :: OSI Approved"]), "\"none stated\" <>");
    }
}
