//! What a script of package.json runs, as far as it can be read without a shell.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::npm::script::{LINTERS, WRAPPERS, checks_types};

/// How deep scripts may call others.
const DEPTH: usize = 4;

/// Commands that a script comes to, one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commands {
    /// Each on its own, without what only lints or measures.
    pub kept: Vec<String>,
    /// Whether something was left out.
    pub is_less: bool,
    /// Whether there was a script at all.
    pub is_there: bool,
}

/// What `npm run NAME` runs, with the scripts before and behind it.
pub fn commands(manifest: &Value, name: &str) -> Commands {
    let mut commands = Commands::default();
    script(manifest, name, 0, &mut commands);
    commands
}

fn script(manifest: &Value, name: &str, depth: usize, commands: &mut Commands) {
    for event in [format!("pre{name}"), name.to_owned(), format!("post{name}")] {
        let Some(text) = manifest["scripts"][&event].as_str() else { continue };
        commands.is_there |= event == name;
        for part in text.split("&&").map(str::trim).filter(|part| !part.is_empty()) {
            match called(part).filter(|_| depth < DEPTH) {
                Some(other) if other.starts_with("lint") => commands.is_less = true,
                Some(other) => script(manifest, other, depth + 1, commands),
                None => one(part, commands),
            }
        }
    }
}

/// The script that a command runs: `npm run x`.
fn called(part: &str) -> Option<&str> {
    match part.split_whitespace().collect::<Vec<_>>()[..] {
        ["npm", "test" | "t"] | ["yarn", "test"] => Some("test"),
        ["npm" | "yarn" | "pnpm", "run" | "run-script", name] => Some(name),
        _ => None,
    }
}

fn one(part: &str, commands: &mut Commands) {
    let words: Vec<&str> = part.split_whitespace().collect();
    let Some(first) = words.first() else { return };
    if LINTERS.contains(first) || checks_types(&words) {
        commands.is_less = true;
    } else if WRAPPERS.contains(first)
        && let Some(at) = words.iter().position(|word| *word == "node")
    {
        commands.is_less = true;
        commands.kept.push(words[at..].join(" "));
    } else {
        commands.kept.push(part.to_owned());
    }
}

/// The program of a command, without variables before it.
pub fn program(command: &str) -> &str {
    let is_variable =
        |word: &&str| word.split_once('=').is_some_and(|(name, _)| name.chars().all(is_of_name));
    command.split_whitespace().find(|word| !is_variable(word)).unwrap_or_default()
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Files and folders that commands of Node name, without quotes and without what a shell fills in.
pub fn named_paths(commands: &[String]) -> BTreeSet<String> {
    let of_node = commands.iter().filter(|command| program(command) == "node");
    let words =
        of_node.flat_map(|command| command.split_whitespace().skip_while(|word| *word != "node").skip(1));
    let paths = words.filter(|word| !word.starts_with('-')).map(|word| word.trim_matches(['"', '\'']));
    let plain = paths
        .map(|path| path.trim_start_matches("./").split(['*', '{', '[', '?']).next().unwrap_or_default());
    plain.filter(|path| !path.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn commands_of_scripts() {
        for (scripts, kept, is_less) in [
            (json!({ "test": "node test.js" }), vec!["node test.js"], false),
            (json!({ "test": "xo && c8 --all node --test && tsd" }), vec!["node --test"], true),
            (
                json!({ "test": "npm run lint && npm run unit", "unit": "node a", "lint": "x" }),
                vec!["node a"],
                true,
            ),
            (json!({ "pretest": "standard", "test": "tape test/*.js" }), vec!["tape test/*.js"], true),
            (json!({ "test": "npm run test" }), vec!["npm run test"], false),
            (json!({ "test": "tsc --noEmit && mocha", "posttest": "tsc" }), vec!["mocha", "tsc"], true),
            (json!({}), vec![], false),
        ] {
            let found = commands(&json!({ "scripts": scripts }), "test");
            let expected: Vec<String> = kept.iter().map(|text| (*text).to_owned()).collect();
            assert_eq!((found.kept, found.is_less), (expected, is_less), "{scripts}");
        }
    }

    #[test]
    fn what_commands_name() {
        assert_eq!(program("A=1 B_C=x node y"), "node");
        assert_eq!(program("./a=b"), "./a=b");
        let commands =
            ["node --test 'test/*.js' ./x.js".to_owned(), "A=1 node lib".to_owned(), "tape y".to_owned()];
        assert_eq!(named_paths(&commands).into_iter().collect::<Vec<_>>(), ["lib", "test/", "x.js"]);
    }
}
