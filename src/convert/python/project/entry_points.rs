//! Entry points and programs of the project, where they are written out.

use std::collections::{BTreeMap, BTreeSet};

use toml::Value;

use super::manifest::Manifest;
use crate::python::PyName;
use crate::python::entry_points::{EntryPoints, declared, is_name};
use crate::python::setup_cfg;

/// Groups whose entry points are programs.
const PROGRAMS: [&str; 2] = ["console_scripts", "gui_scripts"];

/// What the project's metadata will list.
pub(super) fn entry_points(manifest: &Manifest<'_>) -> EntryPoints {
    declared(&manifest.system, Some(&manifest.cfg), manifest.setup.as_ref())
}

/// The programs that the project's wheel will have, as far as they are written out, and what each starts: `""` of a file.
pub(super) fn programs(manifest: &Manifest<'_>) -> BTreeMap<String, String> {
    let points = entry_points(manifest);
    let points = PROGRAMS.iter().filter_map(|group| points.get(*group)).flatten();
    let points = points.map(|(name, target)| (name.clone(), target.clone()));
    let mut files = manifest.system.list(&["tool", "setuptools", "script-files"]);
    files.extend(manifest.argument("scripts").into_iter().flat_map(|list| list.texts()).map(str::to_owned));
    files.extend(setup_cfg::list(manifest.cfg("options", "scripts").unwrap_or_default(), ','));
    let poetry = manifest.value(&["tool", "poetry", "scripts"]).and_then(Value::as_table);
    let of_file = |table: &Value| table.get("type").and_then(Value::as_str) == Some("file");
    let poetry =
        poetry.into_iter().flatten().filter(|(_, table)| of_file(table)).map(|(name, _)| name.clone());
    let files = files.iter().filter_map(|path| path.rsplit('/').next()).map(str::to_owned);
    let files = files.chain(poetry).map(|name| (name, String::new()));
    files.chain(points).filter(|(name, _)| is_name(name)).collect()
}

/// The program that stands for the project: the one named like it, else the only one, else none.
pub(super) fn main_program(name: &str, programs: &BTreeSet<String>) -> Option<String> {
    let like = |program: &&String| match (PyName::new(program), PyName::new(name)) {
        (Ok(program), Ok(name)) => program == name,
        _ => program.as_str() == name,
    };
    let only = programs.first().filter(|_| programs.len() == 1);
    programs.iter().find(like).or(only).cloned()
}
