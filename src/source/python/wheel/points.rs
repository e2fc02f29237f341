//! The entry points of a wheel: programs, and plugins that others load without being asked to.

use super::place::own_folder;
use super::written::Written;
use crate::contents::Contents;

/// What ends a line for `str.splitlines` of Python, and with it a comment: more than a line feed.
const ENDS_A_LINE: [char; 10] =
    ['\n', '\r', '\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{1e}', '\u{85}', '\u{2028}', '\u{2029}'];

/// Those that the commit's build files do not declare, as `[group] name = object`.
pub(in crate::source::python) fn undeclared(wheel: &Contents, written: &Written) -> Vec<String> {
    let Some(path) = own_folder(wheel).map(|own| format!("{own}/entry_points.txt")) else {
        return Vec::new();
    };
    let text = wheel.texts.get(&path);
    if text.is_none() && wheel.file(&path).is_some() {
        return vec![format!("{path} is too large to be read")];
    }
    let mut group = "";
    let mut found = Vec::new();
    // Read as `importlib.metadata` does; whatever it would take for an entry counts as one.
    for line in text.map_or("", String::as_str).split(ENDS_A_LINE).map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            group = name;
            continue;
        }
        let (name, object) = line.split_once('=').unwrap_or((line, ""));
        let (name, object) = (name.trim(), object.trim());
        if !written.has_point(group, name, object) {
            found.push(format!("[{group}] {name} = {object}"));
        }
    }
    found
}
