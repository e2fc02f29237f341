//! Commands of a build that did not end well. That fails no build: what they made is compared. It is often why something
//! differs.

use serde::Deserialize;

use crate::printable::printable;

/// Characters of a command that are told.
const SHOWN: usize = 100;

/// `result.json` of a build, as `nix/js/rebuild.js` writes it.
#[derive(Deserialize)]
struct Ran {
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    command: String,
    exit: i32,
    /// What it took too much of, if it was stopped for that: `time` or `memory`.
    ended: Option<String>,
}

/// A line for each command that failed or was stopped; none for a text that is no such result.
pub fn badly(result: &str) -> Vec<String> {
    let Ok(Ran { steps }) = serde_json::from_str(result) else { return Vec::new() };
    steps.iter().filter_map(line).collect()
}

fn line(step: &Step) -> Option<String> {
    let why = match &step.ended {
        Some(what) => format!("was stopped: it took too much {what}"),
        None if step.exit == 0 => return None,
        None => format!("ended with {}", step.exit),
    };
    let words = step.command.split_whitespace().collect::<Vec<_>>().join(" ");
    let command: String = words.chars().take(SHOWN).collect();
    let more = if command.len() < words.len() { "..." } else { "" };
    Some(printable(&format!("`{command}{more}` {why}")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn commands_that_did_not_end_well() {
        let long = "é".repeat(SHOWN);
        let result = json!({
            "steps": [
                { "directory": "", "command": "rimraf build", "exit": 0 },
                { "directory": "", "command": "tsc\n  -p .", "exit": 2 },
                { "directory": "a", "command": "node loop.js", "exit": 137, "ended": "time" },
                { "directory": "", "command": long, "exit": 1 },
                { "directory": "", "command": format!("{long}more"), "exit": 1 },
                { "directory": "", "command": "a\u{1b}[2J", "exit": 1 },
            ],
            "packed": true, "files": 3, "shims": [],
        });
        let told = [
            "`tsc -p .` ended with 2".to_owned(),
            "`node loop.js` was stopped: it took too much time".to_owned(),
            format!("`{long}` ended with 1"),
            format!("`{long}...` ended with 1"),
            "`a\u{fffd}[2J` ended with 1".to_owned(),
        ];
        assert_eq!(badly(&result.to_string()), told);
        for text in ["", "{}", "{ \"steps\": 1 }"] {
            assert_eq!(badly(text), [""; 0], "{text}");
        }
    }
}
