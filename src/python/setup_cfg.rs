//! setup.cfg: the sections and keys of setuptools' declarative configuration
//! (<https://setuptools.pypa.io/en/latest/userguide/declarative_config.html>).

use std::collections::BTreeMap;

use configparser::ini::{Ini, IniDefault};

use crate::foreign::guarded;

/// Values by section and key.
pub type Sections = BTreeMap<String, BTreeMap<String, Option<String>>>;

/// As Python's `configparser` reads it: keys in lower case, values over several lines, comments on lines of
/// their own. White space around the lines of a value does not count: writing a file anew changes it. `None` for text
/// that is no such file.
pub fn read(text: &str) -> Option<Sections> {
    let mut rules = IniDefault::default();
    rules.multiline = true;
    rules.comment_symbols = vec!['#', ';'];
    // A marker follows a `;` on its line.
    rules.inline_comment_symbols = Some(Vec::new());
    let mut ini = Ini::new_from_defaults(rules);
    let squeeze = |value: String| {
        let lines = value.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.collect::<Vec<_>>().join("\n")
    };
    let read = guarded(|| ini.read(text.to_owned())).ok()?.ok()?;
    let section = |keys: std::collections::HashMap<String, Option<String>>| {
        keys.into_iter().map(|(key, value)| (key, value.map(squeeze))).collect()
    };
    Some(read.into_iter().map(|(name, keys)| (name, section(keys))).collect())
}

/// A list as setuptools reads it: one on each line, or on a single line between separators (`,`, or `;` where the
/// items are requirements).
pub fn list(value: &str, separator: char) -> Vec<String> {
    let separator = if value.contains('\n') { '\n' } else { separator };
    let parts = value.split(separator).map(|part| part.trim().to_owned());
    parts.filter(|part| !part.is_empty() && !part.starts_with('#')).collect()
}
