//! What lines of text and of Python say of paths.

use super::documents;
use super::files::is_aside;
use super::named::{Place, named as named_in};
use crate::python::tokens::{self, Token};

/// It says what a source archive holds, which is more than a build reads.
const OF_ARCHIVE: &str = "MANIFEST.in";
/// Longest path that is put together, in bytes.
const LONGEST: usize = 4096;
/// Words of a line that is of folders.
const OF_FOLDERS: [&str; 11] = [
    "add_subdirectory",
    "graft ",
    "include_directories",
    "recursive-include ",
    "subdir(",
    "subproject(",
    " -C ",
    "join(",
    "resolve(",
    "cd ",
    "path = ",
];

/// The path in a submodule that a text names.
pub(super) fn named(text: &str, place: &Place<'_>, submodule: &str) -> Option<String> {
    // Most files name none.
    let last = submodule.rsplit('/').next().unwrap_or(submodule);
    memchr::memmem::find(text.as_bytes(), last.as_bytes())?;
    let base = place.file.rsplit('/').next().unwrap_or(place.file);
    if base == OF_ARCHIVE && is_aside(submodule) {
        return None;
    }
    match base.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "py" | "gyp" | "gypi" => of_python(text, place, submodule),
        "toml" => documents::named(&documents::toml(text, base)?, place, submodule),
        "json" => documents::named(&documents::json(text, base)?, place, submodule),
        "cfg" => documents::named(&documents::cfg(text)?, place, submodule),
        "rs" | "js" | "cjs" | "mjs" | "ts" => of_lines(text, "//", place, submodule),
        _ => of_lines(text, "#", place, submodule),
    }
}

/// Lines of any language, without comments.
fn of_lines(text: &str, comment: &str, place: &Place<'_>, submodule: &str) -> Option<String> {
    let is_left_out = |line: &&str| {
        let line = line.trim_start();
        ["prune ", "exclude ", "global-exclude ", "recursive-exclude ", comment, "*", "/*"]
            .iter()
            .any(|start| line.starts_with(start))
    };
    text.lines().filter(|line| !is_left_out(line)).find_map(|line| {
        let line = line.split(&format!(" {comment}")).next().unwrap_or(line);
        named_in(line, place, submodule, is_of_folders(line))
    })
}

pub(super) fn is_of_folders(line: &str) -> bool {
    OF_FOLDERS.iter().any(|word| line.contains(word))
}

/// Texts in quotes, alone or put together to a path; texts that stand alone on their line are documents.
fn of_python(text: &str, place: &Place<'_>, submodule: &str) -> Option<String> {
    let Some(lines) = tokens::code(text) else { return of_lines(text, "#", place, submodule) };
    let is_read = |line: &&tokens::Line<'_>| line.tokens.len() > 1 && !line.tokens.iter().any(is_of_scratch);
    for line in lines.iter().filter(is_read) {
        for (path, is_path) in runs(&line.tokens) {
            let found = named_in(&path, place, submodule, is_path);
            if found.is_some() {
                return found;
            }
        }
    }
    // Texts that are computed are not read as such.
    let computed = text.lines().filter(|line| line.contains("f\"") || line.contains("f'"));
    computed
        .filter(|line| !line.trim_start().starts_with('#'))
        .find_map(|line| named_in(line, place, submodule, false))
}

/// Whether a name is that of a folder that a test makes for itself: what is in there is no file of the source.
fn is_of_scratch(token: &Token<'_>) -> bool {
    let Token::Name(name) = token else { return false };
    name.starts_with("tmp")
        || ["mkdtemp", "tempdir", "tempfile", "temp_"].iter().any(|word| name.contains(word))
}

/// Texts that stand side by side, with a `/` between them, each run with whether it is a path.
fn runs(line: &[Token<'_>]) -> Vec<(String, bool)> {
    let is_name = |at: usize, names: &[&str]| matches!(&line[at], Token::Name(name) if names.contains(name));
    let joins = (0..line.len()).any(|at| {
        let is_of_text = at >= 2 && matches!(line[at - 2], Token::Text(_));
        is_name(at, &["join", "joinpath", "Path"]) && !is_of_text
    });
    let is_slash = |at: Option<usize>| at.and_then(|at| line.get(at)) == Some(&Token::Op('/'));
    let mut found = Vec::new();
    let mut at = 0;
    while at < line.len() {
        let Token::Text(first) = line[at] else {
            at += 1;
            continue;
        };
        let mut path = first.to_owned();
        let mut is_path = joins || is_slash(at.checked_sub(1));
        while let (Some(Token::Op(between @ (',' | '/'))), Some(Token::Text(next))) =
            (line.get(at + 1), line.get(at + 2))
            && (*between == '/' || joins)
        {
            if path.len() < LONGEST {
                path.push('/');
                path.push_str(next);
            }
            is_path = true;
            at += 2;
        }
        is_path |= is_slash(Some(at + 1));
        found.push((path, is_path));
        at += 1;
    }
    found
}
