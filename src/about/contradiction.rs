//! Metadata that names one licence in its field and another in its classifiers.

use std::collections::BTreeSet;

use super::{About, Expression, classified, classifier_name, meant};

/// What the two say, where no licence of the one is of the same family as one of the other: a sentence. Words that leave
/// open which licence they mean contradict nothing.
pub fn contradiction(about: &About) -> Option<String> {
    let text = about.license.as_deref()?;
    let stated = Expression::read(text).or_else(|| Expression::read(&meant(text)))?;
    let named = about.classifiers.iter().map(|one| classifier_name(one)).filter(|name| !name.is_empty());
    let named: Vec<&str> = named.collect();
    let read: Option<Vec<Expression>> =
        named.iter().map(|name| Expression::read(classified(name)?)).collect();
    let classified: BTreeSet<String> = read?.iter().flat_map(families).collect();
    let is_other = !classified.is_empty() && families(&stated).all(|family| !classified.contains(&family));
    is_other.then(|| format!("the license is {text:?}, and the classifier {:?}", named.join(", ")))
}

/// `GPL-3.0-or-later` is of the family of `GPL-2.0`.
fn families(expression: &Expression) -> impl Iterator<Item = String> {
    expression.requirements().map(|requirement| {
        let name = requirement.license.to_string();
        let family = name.split('-').next().unwrap_or_default().trim_end_matches('+');
        // One licence under two identifiers.
        if family == "Python" { "PSF".to_owned() } else { family.to_owned() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_clear_contradicts() {
        for (license, classifiers, is_one) in [
            ("MIT", &["Python Software Foundation License"][..], true),
            (
                "http://www.opensource.org/licenses/mit-license.php",
                &["Python Software Foundation License"],
                true,
            ),
            ("MIT", &["MIT License", "ISC License (ISCL)"], false),
            ("MIT OR Apache-2.0", &["MIT License"], false),
            ("GPL-3.0-only", &["GNU General Public License v3 or later (GPLv3+)"], false),
            ("LGPL-3.0-only", &["GNU General Public License v3 (GPLv3)"], true),
            ("PSF-2.0", &["Python Software Foundation License"], false),
            ("Python-2.0", &["Python Software Foundation License"], false),
            ("BSD", &["MIT License"], false),
            ("MIT", &["BSD License"], false),
            ("MIT", &["Public Domain"], false),
            ("MIT", &[], false),
        ] {
            let classifiers =
                classifiers.iter().map(|name| format!("License :: OSI Approved :: {name}")).collect();
            let about = About { license: Some(license.to_owned()), classifiers, ..About::default() };
            assert_eq!(contradiction(&about).is_some(), is_one, "{about:?}");
        }
    }
}
