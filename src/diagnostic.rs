//! Problems and failures as a terminal has them, with the line that they are about. annotate-snippets lays them out, as
//! it does for rustc; who writes them takes the colours out where nobody wants any (anstream).

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::printable::printable;
use crate::problem::{Place, Problem, Severity};
use crate::secrets::hidden;

/// The longest line that is shown whole, and what is shown of a longer one, in characters.
const LONGEST: usize = 140;
/// How much of a long line is shown before what is meant.
const BEFORE: usize = 40;

/// What went wrong, in one sentence.
pub fn failure(error: &str) -> String {
    Renderer::styled().render(&[Group::with_title(Level::ERROR.primary_title(printable(error)))])
}

/// A problem. `text` is that of its file, if the file is the user's.
pub fn problem(problem: &Problem, text: Option<&str>) -> String {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(printable(&problem.sentence())).id(problem.code());
    let mut group = Group::with_title(title);
    if let Some(place) = &problem.place {
        let file = printable(&place.file);
        group = match text.and_then(|text| excerpt(place, text)) {
            Some(Excerpt { line, text, meant }) => group.element(
                Snippet::source(text)
                    .path(file)
                    .line_start(line)
                    .annotation(AnnotationKind::Primary.span(meant)),
            ),
            None => {
                let origin = Origin::path(file);
                group.element(match (place.line, place.column) {
                    (Some(line), Some(column)) => origin.line(line).char_column(column),
                    (Some(line), None) => origin.line(line),
                    (None, _) => origin,
                })
            }
        };
    }
    let hint = Level::HELP.with_name("hint").message(printable(&problem.hint));
    Renderer::styled().render(&[group.element(hint)])
}

/// A line of a file, or what is shown of it.
struct Excerpt {
    /// From 1.
    line: usize,
    text: String,
    /// The bytes of `text` that are meant.
    meant: std::ops::Range<usize>,
}

/// Whether a line may hold a user or a token. Such a line is not shown: of a part of it, or where an address is written
/// oddly, the secret would not be found.
fn may_hold_a_secret(line: &str) -> bool {
    let has_user = line.split_once("//").is_some_and(|(_, rest)| rest.contains('@'));
    has_user || line.contains('\\') || hidden(line) != line
}

/// The line that is meant.
fn excerpt(place: &Place, text: &str) -> Option<Excerpt> {
    let line = place.line?;
    let whole = text.trim_start_matches('\u{feff}').lines().nth(line.checked_sub(1)?)?;
    if may_hold_a_secret(whole) || whole.trim().is_empty() {
        return None;
    }
    let shown = printable(whole);
    // Something was taken out: columns count no longer.
    let column = place.column.filter(|_| shown == whole).map(|column| column - 1);
    let chars: Vec<char> = shown.chars().collect();
    let from = column.filter(|_| chars.len() > LONGEST).map_or(0, |column| column.saturating_sub(BEFORE));
    let from = from.min(chars.len());
    let to = chars.len().min(from + LONGEST);
    let before = if from > 0 { "..." } else { "" };
    let after = if to < chars.len() { "..." } else { "" };
    let kept: String = chars[from..to].iter().collect();
    let byte = |nth: usize| kept.char_indices().nth(nth).map_or(kept.len(), |(at, _)| at);
    let meant = match column {
        Some(column) => byte(column - from)..byte(column - from + place.length.max(1)),
        None => {
            let indent = kept.len() - kept.trim_start().len();
            indent..kept.trim_end().len()
        }
    };
    let meant = meant.start + before.len()..meant.end + before.len();
    Some(Excerpt { line, text: format!("{before}{kept}{after}"), meant })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::{lockfile, policy};

    fn plain(problem: &Problem, text: Option<&str>) -> String {
        anstream::adapter::strip_str(&super::problem(problem, text)).to_string()
    }

    #[test]
    fn with_and_without_the_line() {
        let text = "tier = \"B\"\n[packages.a]\nbuildInput = [\"x\"]\n";
        let start = text.find("buildInput").unwrap();
        let found = policy::unknown_key("packages.\"a\".buildInput", Some("buildInputs"), &[])
            .at(Place::within("headwater.toml", text, start..start + 10));
        insta::assert_snapshot!(plain(&found, Some(text)), @r#"
        error[HW401]: unknown key `packages."a".buildInput`
         --> headwater.toml:3:1
          |
        3 | buildInput = ["x"]
          | ^^^^^^^^^^
          |
          = hint: did you mean `buildInputs`?
        "#);
        insta::assert_snapshot!(plain(&found, None), @r#"
        error[HW401]: unknown key `packages."a".buildInput`
        --> headwater.toml:3:1
         = hint: did you mean `buildInputs`?
        "#);
        let whole = lockfile::missing_hash(Place::line("r.txt", 1), "a");
        insta::assert_snapshot!(plain(&whole, Some("  a==1\r\nb==1\n")), @r#"
        error[HW156]: a: it has no hash, but other requirements have one; pip refuses such a file
         --> r.txt:1:3
          |
        1 |   a==1
          |   ^^^^
          |
          = hint: write the file with `pip-compile --generate-hashes` or `uv pip compile --generate-hashes`
        "#);
        let nowhere = lockfile::no_python_lock("pyproject.toml");
        insta::assert_snapshot!(plain(&nowhere, None), @r#"
        error[HW162]: there is a pyproject.toml, but no lockfile that says which versions are installed
        --> pyproject.toml
         = hint: make one: `uv lock`, `poetry lock`, `pdm lock`, `pipenv lock`, or `pip-compile --generate-hashes -o requirements.txt`
        "#);
        insta::assert_snapshot!(anstream::adapter::strip_str(&failure("no room\nat all")).to_string(), @r#"
        error: no room
               at all
        "#);
    }

    #[test]
    fn secrets_and_escapes_are_not_shown() {
        let long = format!("a @ https://{}user:hunter2@host/", "x".repeat(300));
        for (text, shown) in [
            ("a @ https://host/a-1.zip", true),
            ("a @ https://user:hunter2@host/a-1.zip", false),
            ("a @ https://us er:hunter2@host/", false),
            ("a @ https://host/?token=hunter2", false),
            (long.as_str(), false),
            (r#"{ "resolved": "https:\/\/user:hunter2@host\/a" }"#, false),
            (r#"{ "resolved": "https\u003a//user:hunter2@host/a" }"#, false),
            ("//host/:_authToken=hunter2", false),
            ("a\u{1b}[2J\u{202e}b", true),
        ] {
            let problem = lockfile::missing_hash(Place::column("r.txt", 1, 14), "a");
            let said = plain(&problem, Some(text));
            assert!(!said.contains("hunter2") && !said.contains(['\u{1b}', '\u{202e}']), "{said}");
            assert_eq!(said.contains("1 |"), shown, "{said}");
        }
    }

    #[test]
    fn of_a_long_line_some_is_shown() {
        let text = format!("{}é(here){}", "a".repeat(100_000), "b".repeat(100_000));
        let problem = lockfile::missing_hash(Place::column("l.json", 1, 100_002), "a");
        let said = plain(&problem, Some(&text));
        assert!(said.contains("aaé(here)bbb") && said.contains("..."), "{said}");
        assert!(said.lines().all(|line| line.len() < 200), "{said}");
    }

    #[test]
    fn no_place_is_out_of_reach() {
        for text in ["", "\n\n", "a", "\u{feff}é\t\u{0}漢字\n", "a\r\n"] {
            for line in [0, 1, 2, 3, usize::MAX] {
                for column in [1, 2, 5, 1000] {
                    for length in [0, 1, 70] {
                        let place = Place { length, ..Place::column("f", line, column) };
                        plain(&lockfile::missing_hash(place, "a"), Some(text));
                    }
                }
            }
        }
    }
}
