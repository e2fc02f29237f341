//! Entry points and programs, where they are written out
//! (<https://packaging.python.org/en/latest/specifications/entry-points/>).

use std::collections::{BTreeMap, BTreeSet};

use toml::Value;

use super::manifest::Manifest;
use crate::graph::PyName;
use crate::python::literals::Literal;
use crate::python::setup_cfg;

/// Group to name to `module:object`.
pub(super) type EntryPoints = BTreeMap<String, BTreeMap<String, String>>;

/// Groups whose entry points are programs.
const PROGRAMS: [&str; 2] = ["console_scripts", "gui_scripts"];

/// What the project's metadata will list.
pub(super) fn entry_points(manifest: &Manifest<'_>) -> EntryPoints {
    let mut found = Found(EntryPoints::new());
    let tables: [(&str, &[&str]); 5] = [
        ("console_scripts", &["project", "scripts"]),
        ("gui_scripts", &["project", "gui-scripts"]),
        ("console_scripts", &["tool", "poetry", "scripts"]),
        ("console_scripts", &["tool", "flit", "scripts"]),
        ("console_scripts", &["tool", "pdm", "entry-points", "console_scripts"]),
    ];
    for (group, path) in tables {
        found.table(group, manifest.value(path));
    }
    for path in
        [&["project", "entry-points"][..], &["tool", "poetry", "plugins"], &["tool", "flit", "entrypoints"]]
    {
        for (group, table) in manifest.value(path).and_then(Value::as_table).into_iter().flatten() {
            found.table(group, Some(table));
        }
    }
    // With a table [project] they count only where it says so (PEP 621).
    let dynamic = manifest.system.list(&["project", "dynamic"]);
    let left =
        ["scripts", "gui-scripts", "entry-points"].iter().any(|field| dynamic.iter().any(|one| one == field));
    if left || manifest.value(&["project"]).is_none() {
        for (group, lines) in manifest.section("options.entry_points") {
            found.lines(group, lines.lines());
        }
        match manifest.argument("entry_points") {
            Some(Literal::Table(groups)) => {
                for (group, lines) in groups {
                    found.lines(group, lines.texts().into_iter().flat_map(str::lines));
                }
            }
            Some(Literal::Text(text)) => found.file(text),
            _ => {}
        }
    }
    found.0
}

/// The programs that the project's wheel will have, as far as they are written out.
pub(super) fn programs(manifest: &Manifest<'_>) -> BTreeSet<String> {
    let points = entry_points(manifest);
    let points = PROGRAMS.iter().filter_map(|group| points.get(*group)).flat_map(BTreeMap::keys).cloned();
    let mut files = manifest.system.list(&["tool", "setuptools", "script-files"]);
    files.extend(manifest.argument("scripts").into_iter().flat_map(|list| list.texts()).map(str::to_owned));
    files.extend(setup_cfg::list(manifest.cfg("options", "scripts").unwrap_or_default(), ','));
    let poetry = manifest.value(&["tool", "poetry", "scripts"]).and_then(Value::as_table);
    let of_file = |table: &Value| table.get("type").and_then(Value::as_str) == Some("file");
    let poetry =
        poetry.into_iter().flatten().filter(|(_, table)| of_file(table)).map(|(name, _)| name.clone());
    let files = files.iter().filter_map(|path| path.rsplit('/').next()).map(str::to_owned);
    points.chain(files).chain(poetry).filter(|name| is_name(name)).collect()
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

struct Found(EntryPoints);

impl Found {
    /// What was found first counts.
    fn add(&mut self, group: &str, name: &str, object: &str) {
        let plain = |text: &str| !text.is_empty() && !text.contains(char::is_control);
        let group_name = plain(group) && !group.contains(['[', ']']);
        if group_name && is_name(name) && plain(object) {
            let group = self.0.entry(group.to_owned()).or_default();
            group.entry(name.to_owned()).or_insert_with(|| object.to_owned());
        }
    }

    /// A table of TOML; Poetry's values may be tables themselves.
    fn table(&mut self, group: &str, table: Option<&Value>) {
        for (name, value) in table.and_then(Value::as_table).into_iter().flatten() {
            let of_file = value.get("type").and_then(Value::as_str) == Some("file");
            let object = value.as_str().or_else(|| {
                let keys = ["reference", "callable"];
                keys.iter().find_map(|key| value.get(key)?.as_str()).filter(|_| !of_file)
            });
            if let Some(object) = object {
                self.add(group, name.trim(), object.trim());
            }
        }
    }

    /// `name = module:object`, as setuptools has it.
    fn lines<'l>(&mut self, group: &str, lines: impl Iterator<Item = &'l str>) {
        for (name, object) in lines.filter_map(|line| line.split_once('=')) {
            self.add(group.trim(), name.trim(), object.trim());
        }
    }

    /// The text of an entry_points.txt.
    fn file(&mut self, text: &str) {
        let mut group = "";
        for line in text.lines().map(str::trim) {
            match line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                Some(name) => group = name,
                None if !line.starts_with(['#', ';']) => self.lines(group, std::iter::once(line)),
                None => {}
            }
        }
    }
}

/// What a line of entry_points.txt and a file of bin/ can be called.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(['[', '#', ';', '.', '-'])
        && !name.contains(|c: char| c.is_control() || "=/\\:".contains(c))
}
