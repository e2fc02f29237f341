//! What the documents say is so: their links lead somewhere, and the reference has what the program has.
#![allow(clippy::disallowed_methods, reason = "tests read files")]

mod links;
mod rooms;

use std::collections::BTreeSet;
use std::path::Path;

use clap::{Arg, CommandFactory};
use headwater::cli::Cli;
use headwater::policy::{Overrides, OwnBuild, Policy, Python, Shell};
use headwater::rebuild::{Level, Packer, RecipeOverride};
use serde::Serialize;
use serde_json::Value;

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("the document")
}

/// The text below a heading, to the next one of its level.
fn section<'t>(text: &'t str, heading: &str) -> &'t str {
    let (_, rest) = text.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("no {heading:?}"));
    let level = heading.split(' ').next().expect("a heading");
    rest.split(&format!("\n{level} ")).next().expect("a part")
}

/// What stands in code in the first column of the tables of a text: words that begin with `start`.
fn first_cells(text: &str, start: &str) -> BTreeSet<String> {
    let cells = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    let codes = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    let words = codes.filter_map(|code| code.split([' ', '|']).next());
    words.filter(|word| word.starts_with(start)).map(str::to_owned).collect()
}

/// docs/design.md says so.
#[test]
fn no_two_rooms_import_each_other() {
    assert_eq!(rooms::circles(Path::new(env!("CARGO_MANIFEST_DIR"))), Vec::<String>::new());
}

#[test]
fn links_lead_somewhere() {
    assert_eq!(links::broken(Path::new(env!("CARGO_MANIFEST_DIR"))), Vec::<String>::new());
}

#[test]
fn every_code_that_is_named_is_explained() {
    let explained = read("docs/reference/problems.md");
    for document in links::documents(Path::new(env!("CARGO_MANIFEST_DIR"))) {
        let text = std::fs::read_to_string(&document).expect("text");
        let words = text.split(|c: char| !c.is_ascii_alphanumeric());
        for code in words.filter(|word| word.len() == 5 && word.starts_with("HW")) {
            assert!(explained.contains(code), "{}: {code}", document.display());
        }
    }
}

#[test]
fn the_reference_has_every_option() {
    let text = read("docs/reference/commands.md");
    for command in Cli::command().get_subcommands() {
        let title = format!("headwater {}", command.get_name());
        assert!(text.contains(&title), "{title}");
        if command.has_subcommands() || !text.contains(&format!("## {title}\n")) {
            continue;
        }
        let options = command.get_arguments().filter_map(Arg::get_long);
        let options: BTreeSet<_> = options.map(|option| format!("--{option}")).collect();
        assert_eq!(first_cells(section(&text, &format!("## {title}")), "--"), options, "{title}");
    }
}

#[test]
fn the_reference_has_every_setting() {
    fn keys(of: &impl Serialize) -> BTreeSet<String> {
        let value = serde_json::to_value(of).expect("JSON");
        value.as_object().expect("a table").keys().cloned().collect()
    }
    let text = read("docs/reference/headwater-toml.md");
    let top = keys(&Policy::default());
    let text_of = || Some("x".to_owned());
    // What is not said is not written, so all is said.
    let recipe = RecipeOverride {
        command: serde_json::from_value("x".into()).expect("a command"),
        script: text_of(),
        directory: text_of(),
        env: [("X".to_owned(), "x".to_owned())].into(),
        node: text_of(),
        packer: Some(Packer::Npm),
        contents: text_of(),
        tools: vec!["x".to_owned()],
        level: Some(Level::All),
    };
    for key in &top {
        assert!(text.contains(&format!("`{key}`")) || text.contains(&format!("[{key}")), "{key}");
    }
    for (heading, keys) in [
        ("## `[packages.NAME]`", &keys(&Overrides::default()) | &keys(&recipe)),
        ("## `[project]`", keys(&OwnBuild::default())),
        ("## `[python]`", keys(&Python::default())),
        ("## `[shell]`", keys(&Shell::default())),
    ] {
        assert_eq!(first_cells(section(&text, heading), ""), keys, "{heading}");
    }
}

#[test]
fn the_reference_has_every_field_of_the_pins() {
    fn named(schema: &Value, into: &mut BTreeSet<String>) {
        let within: Vec<&Value> = match schema {
            Value::Object(fields) => fields.values().collect(),
            Value::Array(items) => items.iter().collect(),
            _ => Vec::new(),
        };
        within.into_iter().for_each(|value| named(value, into));
        into.extend(schema["properties"].as_object().into_iter().flat_map(|fields| fields.keys().cloned()));
    }
    let schema = serde_json::from_str(&read("docs/reference/headwater-lock.schema.json")).expect("JSON");
    let (mut fields, text) = (BTreeSet::new(), read("docs/reference/headwater-lock.md"));
    named(&schema, &mut fields);
    assert!(fields.contains("packages"), "{fields:?}");
    fields.retain(|field| !text.contains(&format!("`{field}`")));
    assert_eq!(fields, BTreeSet::new());
}

#[test]
fn the_example_of_a_policy_is_one() {
    let text = read("docs/reference/headwater-toml.md");
    let (_, rest) = section(&text, "## Example").split_once("```toml\n").expect("a block");
    let (example, _) = rest.split_once("```").expect("its end");
    let policy = Policy::parse(example).expect("no fault");
    assert_eq!(policy.exceptions.len(), 1);
}
