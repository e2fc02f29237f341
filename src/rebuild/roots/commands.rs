//! Packages that the words of a recipe's commands name.

use std::collections::BTreeSet;

use super::programs::Visible;
use super::{configuration, texts};
use crate::npm::script::shell::{self, Unit, assignment, plain};
use crate::rebuild::Step;

/// Packages that the words of a command name.
pub fn names_of(step: &Step, visible: &Visible<'_>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for unit in shell::units(&step.command) {
        match unit {
            Unit::Command(command) => of_command(command, visible, &mut names),
            // What only a shell understands may run any of its words.
            Unit::Whole(text) | Unit::Group(text) => {
                names.extend(
                    texts::words(text)
                        .into_iter()
                        .flat_map(|word| visible.of_program(word))
                        .map(str::to_owned),
                );
            }
            Unit::Either(parts) => parts.iter().for_each(|part| of_command(part, visible, &mut names)),
        }
    }
    names
}

fn of_command(command: &str, visible: &Visible<'_>, names: &mut BTreeSet<String>) {
    let words: Vec<String> =
        shell::words(command).into_iter().filter(|word| assignment(word).is_none()).map(plain).collect();
    let mut words = words.iter().map(String::as_str);
    let first = words.next().unwrap_or_default();
    names
        .extend(visible.of_program(first.rsplit('/').next().unwrap_or(first)).into_iter().map(str::to_owned));
    let mut before = first;
    for word in words {
        // A module that is loaded first (`-r x`, `--import=x`, `--loader x`), a plugin (`-p x`), a program behind a program.
        let (option, value) = word.split_once('=').unwrap_or((before, word));
        let loads = [
            "-r",
            "--require",
            "--import",
            "--loader",
            "--experimental-loader",
            "-p",
            "--plugin",
            "--preset",
            "--presets",
            "--plugins",
        ];
        if loads.contains(&option) {
            names.extend(value.split(',').flat_map(|value| of_plugin(first, value)));
        }
        if before == "--" || ["shx", "dotenv", "env-cmd", "tsx", "ts-node", "exec"].contains(&before) {
            names.extend(visible.of_program(word).into_iter().map(str::to_owned));
        }
        // `node node_modules/typescript/bin/tsc`.
        if let Some((_, inside)) = word.rsplit_once("node_modules/") {
            names.extend(texts::package(inside));
        }
        // A program in a text: `concurrently "a b"`, `onchange -- "x"`.
        if word.contains(' ') && first != "node" {
            let programs = word.split(' ').next().into_iter().flat_map(|word| visible.of_program(word));
            names.extend(programs.map(str::to_owned));
        }
        before = word;
    }
}

/// The packages of a plugin that a command names: `rollup -p terser` is of `@rollup/plugin-terser`.
fn of_plugin(program: &str, value: &str) -> Vec<String> {
    let mut names: Vec<String> = texts::package(value).into_iter().collect();
    match program {
        "rollup" | "rolldown" => {
            names.extend([format!("@rollup/plugin-{value}"), format!("rollup-plugin-{value}")]);
        }
        "babel" => names
            .extend(["preset", "plugin"].into_iter().flat_map(|kind| configuration::written(value, kind))),
        _ => {}
    }
    names
}
