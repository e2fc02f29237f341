//! Options of requirements files: those of the whole file, and those of one requirement.

use std::collections::BTreeSet;

use crate::foreign::guarded;
use crate::graph::python::{FormatControl, Index, IndexSettings};
use crate::lockfile::python::reading::{At, Reading};
use crate::lockfile::python::{requirement, sources};
use crate::problem::lockfile as problem;
use crate::python::PyName;

/// What a line is.
pub enum Read {
    /// An option that has been noted, or a problem.
    Done,
    Include {
        path: String,
        constraint: bool,
    },
    Requirement {
        text: String,
        editable: bool,
        options: Vec<(String, String)>,
    },
}

/// The options of whole files, last word and all.
#[derive(Default)]
pub struct Settings {
    index: Option<Index>,
    extra: Vec<Index>,
    pub require_hashes: bool,
    rest: IndexSettings,
}

/// Every spelling of an option, with its name here and whether it takes a value.
const OPTIONS: &[(&str, &str, bool)] = &[
    ("-i", "index-url", true),
    ("--index-url", "index-url", true),
    ("--pypi-url", "index-url", true),
    ("--extra-index-url", "extra-index-url", true),
    ("--no-index", "no-index", false),
    ("-f", "find-links", true),
    ("--find-links", "find-links", true),
    ("-r", "requirement", true),
    ("--requirement", "requirement", true),
    ("-c", "constraint", true),
    ("--constraint", "constraint", true),
    ("--no-binary", "no-binary", true),
    ("--only-binary", "only-binary", true),
    ("--prefer-binary", "prefer-binary", false),
    ("--require-hashes", "require-hashes", false),
    ("--pre", "pre", false),
    ("--trusted-host", "trusted-host", true),
    ("--use-feature", "use-feature", true),
    ("--hash", "hash", true),
    ("-C", "config-settings", true),
    ("--config-settings", "config-settings", true),
    ("--config-setting", "config-settings", true),
    ("--global-option", "global-option", true),
];

/// Options that stand with a requirement, and nowhere else.
const OF_ONE: [&str; 3] = ["hash", "config-settings", "global-option"];

pub fn line(reading: &mut Reading<'_>, at: At<'_>, text: &str, settings: &mut Settings) -> Read {
    let of_editable =
        ["--editable=", "--editable ", "-e=", "-e"].iter().find_map(|one| text.strip_prefix(one));
    let (text, editable) = (of_editable.map_or(text, str::trim), of_editable.is_some());
    // A requirement ends where its first option begins. Its own quotes are those of markers, and stay.
    let begins = |(start, _): &(usize, &str)| *start == 0 || text[..*start].ends_with([' ', '\t']);
    let start = text.match_indices('-').find(begins).map_or(text.len(), |(start, _)| start);
    let (requirement, rest) = (text[..start].trim(), &text[start..]);
    let Some(options) = options(reading, at, rest) else { return Read::Done };
    if !requirement.is_empty() {
        return with_requirement(reading, at, requirement, editable, options);
    }
    if editable {
        reading.add(problem::unknown_option(at.place(), "--editable", "has no value"));
        return Read::Done;
    }
    let mut options = options.into_iter();
    let Some((name, value)) = options.next() else { return Read::Done };
    if name == "requirement" || name == "constraint" {
        if options.next().is_some() {
            reading.add(problem::unknown_option(at.place(), text, "is not alone on its line"));
        }
        return Read::Include { path: value, constraint: name == "constraint" };
    }
    for (name, value) in std::iter::once((name, value)).chain(options) {
        if settings.global(reading, at, &name, &value).is_none() {
            reading.add(problem::unknown_option(at.place(), &name, "stands without a requirement"));
        }
    }
    Read::Done
}

fn with_requirement(
    reading: &mut Reading<'_>,
    at: At<'_>,
    text: &str,
    editable: bool,
    options: Vec<(String, String)>,
) -> Read {
    if let Some((name, _)) = options.iter().find(|(name, _)| !OF_ONE.contains(&name.as_str())) {
        let why = "does not belong to a requirement: give it a line of its own";
        reading.add(problem::unknown_option(at.place(), &format!("--{name}"), why));
        return Read::Done;
    }
    Read::Requirement { text: text.to_owned(), editable, options }
}

/// Names and values. Quotes are those of a shell.
fn options(reading: &mut Reading<'_>, at: At<'_>, text: &str) -> Option<Vec<(String, String)>> {
    let mut refuse = |option: &str, why: &str| reading.add(problem::unknown_option(at.place(), option, why));
    let Some(words) = guarded(|| shlex::split(text)).ok().flatten() else {
        refuse(text, "has a quote without an end");
        return None;
    };
    let mut words = words.into_iter();
    let mut found = Vec::new();
    while let Some(word) = words.next() {
        let (spelled, attached) = split(&word);
        let Some((_, name, takes)) = OPTIONS.iter().find(|(known, ..)| *known == spelled) else {
            refuse(&word, "is not known in requirements files");
            return None;
        };
        let value = match (takes, attached) {
            (false, None) => String::new(),
            (false, Some(_)) => {
                refuse(&word, "takes no value");
                return None;
            }
            (true, Some(value)) => value.to_owned(),
            (true, None) => match words.next() {
                Some(value) => value,
                None => {
                    refuse(&word, "has no value");
                    return None;
                }
            },
        };
        found.push(((*name).to_owned(), value));
    }
    Some(found)
}

/// `--name=value`, `-nvalue`.
fn split(word: &str) -> (&str, Option<&str>) {
    if word.starts_with("--") {
        return match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (word, None),
        };
    }
    match word.split_at_checked(2) {
        Some((name, "")) => (name, None),
        Some((name, value)) => (name, Some(value.strip_prefix('=').unwrap_or(value))),
        None => (word, None),
    }
}

impl Settings {
    /// Notes an option of the whole file; `None` for one that belongs to a requirement.
    fn global(&mut self, reading: &mut Reading<'_>, at: At<'_>, name: &str, value: &str) -> Option<()> {
        match name {
            "index-url" => self.index = index(reading, at, value),
            "extra-index-url" => {
                let index = index(reading, at, value).filter(|index| !self.extra.contains(index));
                self.extra.extend(index);
            }
            "no-index" => self.rest.no_index = true,
            "find-links" => {
                let read = if value.contains("://") {
                    sources::url(reading, at, value).map(|url| url.to_string())
                } else {
                    reading.path(at, value).map(|path| path.as_str().to_owned())
                };
                self.rest.find_links.extend(read);
            }
            "no-binary" => control(reading, at, &mut self.rest.no_binary, &mut self.rest.only_binary, value),
            "only-binary" => {
                control(reading, at, &mut self.rest.only_binary, &mut self.rest.no_binary, value)
            }
            "prefer-binary" => self.rest.prefer_binary = true,
            "require-hashes" => self.require_hashes = true,
            "pre" => self.rest.prereleases = true,
            // Certificates are checked all the same, and features are pip's own.
            "trusted-host" | "use-feature" => {}
            _ => return None,
        }
        Some(())
    }

    pub fn into_graph(self, settings: &mut IndexSettings) {
        let indexes = self.index.into_iter().chain(self.extra).collect();
        let build = std::mem::take(&mut settings.build);
        *settings = IndexSettings { indexes, build, require_hashes: self.require_hashes, ..self.rest };
    }
}

fn index(reading: &mut Reading<'_>, at: At<'_>, value: &str) -> Option<Index> {
    sources::url(reading, at, value).map(|url| Index { name: None, url })
}

/// `:all:`, `:none:` (which takes back what was said before), or names. What one option names, the other gives up.
fn control(
    reading: &mut Reading<'_>,
    at: At<'_>,
    this: &mut FormatControl,
    other: &mut FormatControl,
    value: &str,
) {
    for word in value.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        match word {
            ":all:" => {
                *this = FormatControl { all: true, names: BTreeSet::new() };
                *other = FormatControl::default();
            }
            ":none:" => *this = FormatControl::default(),
            name => {
                if let Some(name) = reading.name(at, name) {
                    other.names.remove(&name);
                    this.names.insert(name);
                }
            }
        }
    }
}

/// The name in front of extras: `x[a,b]`.
pub fn named_extras(reading: &mut Reading<'_>, at: At<'_>, text: &str) -> Option<(PyName, BTreeSet<PyName>)> {
    requirement::read(reading, at, text).map(|read| (read.name, read.extras))
}
