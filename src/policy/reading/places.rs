//! Where keys stand in the text, and how they are written.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::policy::FILE;
use crate::problem::Place;
use crate::python::PyName;

/// Where a text of the file names the source of a package (`name@version`).
pub fn place_of_source(text: &str, package: &str) -> Option<Place> {
    let document = DeTable::parse(text).ok()?;
    let (_, packages) = document.get_ref().iter().find(|(key, _)| key.get_ref() == "packages")?;
    let DeValue::Table(packages) = packages.get_ref() else { return None };
    let name = package.rsplit_once('@').map_or(package, |(name, _)| name);
    let normal = |text: &str| PyName::new(text).ok();
    let is_of = |key: &str, wanted: &str| {
        key == wanted || normal(key).is_some_and(|key| normal(wanted).as_ref() == Some(&key))
    };
    // An entry for the version goes before one for the name.
    let key = [package, name].into_iter().find_map(|wanted| {
        let keys = packages.iter().filter(|(_, entry)| entry.get_ref().get("source").is_some());
        keys.map(|(key, _)| key.get_ref().to_string()).find(|key| is_of(key, wanted))
    })?;
    let bytes = span(document.get_ref(), &["packages".to_owned(), key, "source".to_owned()])?;
    Some(Place::within(FILE, text, bytes))
}

/// Where a key stands in the text; where it is not there, what it belongs to.
pub(super) fn span(table: &DeTable<'_>, path: &[String]) -> Option<Range<usize>> {
    let (first, rest) = path.split_first()?;
    let (key, value) = table.iter().find(|(key, _)| key.get_ref() == first)?;
    let below = match (value.get_ref(), rest.split_first()) {
        (DeValue::Table(table), _) => span(table, rest),
        (DeValue::Array(list), Some((at, rest))) => {
            let entry = list.get(at.parse::<usize>().ok()?)?;
            match entry.get_ref() {
                DeValue::Table(table) => span(table, rest).or(Some(entry.span())),
                _ => Some(entry.span()),
            }
        }
        _ => None,
    };
    Some(below.unwrap_or(key.span()))
}

/// `packages."x".patches`, `exceptions[0].owner`.
pub(super) fn spelled(path: &[&str]) -> String {
    match path {
        [table @ ("packages" | "programs"), name, rest @ ..] => [
            &[format!("{table}.\"{name}\"")],
            &rest.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>()[..],
        ]
        .concat()
        .join("."),
        ["exceptions", at, rest @ ..] => {
            let rest: String = rest.iter().map(|part| format!(".{part}")).collect();
            format!("exceptions[{at}]{rest}")
        }
        path => path.join("."),
    }
}
