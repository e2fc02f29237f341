//! Entry points, where they are written out
//! (<https://packaging.python.org/en/latest/specifications/entry-points/>).

use std::collections::BTreeMap;

use toml::Value;

use super::BuildSystem;
use super::literals::{Literal, Values};
use super::setup_cfg::Sections;

/// Group to name to `module:object`.
pub type EntryPoints = BTreeMap<String, BTreeMap<String, String>>;

/// What the build files of a project declare, each as its backend reads it: pyproject.toml, setup.cfg, the arguments of
/// `setup`.
pub fn declared(system: &BuildSystem, cfg: Option<&Sections>, setup: Option<&Values>) -> EntryPoints {
    let mut found = Found(EntryPoints::new());
    let tables: [(&str, &[&str]); 5] = [
        ("console_scripts", &["project", "scripts"]),
        ("gui_scripts", &["project", "gui-scripts"]),
        ("console_scripts", &["tool", "poetry", "scripts"]),
        ("console_scripts", &["tool", "flit", "scripts"]),
        ("console_scripts", &["tool", "pdm", "entry-points", "console_scripts"]),
    ];
    for (group, path) in tables {
        found.table(group, system.value(path));
    }
    for path in
        [&["project", "entry-points"][..], &["tool", "poetry", "plugins"], &["tool", "flit", "entrypoints"]]
    {
        for (group, table) in system.value(path).and_then(Value::as_table).into_iter().flatten() {
            found.table(group, Some(table));
        }
    }
    // With a table [project] they count only where it says so (PEP 621).
    let dynamic = system.list(&["project", "dynamic"]);
    let left =
        ["scripts", "gui-scripts", "entry-points"].iter().any(|field| dynamic.iter().any(|one| one == field));
    if left || system.value(&["project"]).is_none() {
        let section = cfg.and_then(|cfg| cfg.get("options.entry_points"));
        for (group, lines) in section.into_iter().flatten() {
            found.lines(group, lines.as_deref().unwrap_or_default().lines());
        }
        match setup.and_then(|setup| setup.get("entry_points")) {
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

/// What the text of an entry_points.txt declares.
pub fn read(text: &str) -> EntryPoints {
    let mut found = Found(EntryPoints::new());
    found.file(text);
    found.0
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
pub fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(['[', '#', ';', '.', '-'])
        && !name.contains(|c: char| c.is_control() || "=/\\:".contains(c))
}
