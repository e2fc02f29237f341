//! Python files that hold data alone: what a tool writes into an sdist can be believed without a commit that
//! holds it, as long as nothing in it can do anything.
//!
//! What counts as data is a short list of forms; whatever is not on it is code.

use super::build_files::module_version;
use super::same_version;
use crate::python::tokens::{self, Token};

/// The words that names in version files consist of.
const VERSION_WORDS: [&str; 45] = [
    "all", "base", "branch", "build", "checking", "commit", "date", "describe", "dev", "dirty", "distance",
    "full", "git", "hash", "hg", "id", "info", "is", "json", "last", "local", "long", "major", "micro",
    "minor", "node", "number", "patch", "post", "pre", "py", "rc", "release", "released", "revision", "scm",
    "serial", "sha", "short", "string", "tag", "tuple", "type", "vcs", "version",
];
/// Names that mean something to Python itself.
const MEANT: [&str; 7] =
    ["__path__", "__class__", "__loader__", "__spec__", "__builtins__", "__file__", "__getattr__"];
const KEYWORDS: [&str; 32] = [
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else",
    "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not",
    "or", "pass", "raise", "return", "try", "while", "with", "yield",
];
/// Lines that are no assignments and do nothing: setuptools-scm's and versioneer's.
const LINES: [&str; 10] = [
    "from __future__ import annotations",
    "import json",
    "import sys",
    "def get_versions ( ) :",
    "return json . loads ( version_json )",
    "TYPE_CHECKING = False",
    "if TYPE_CHECKING :",
    "else :",
    "from setuptools import setup",
    "from distutils . core import setup",
];
/// Arguments of `setup` that do more than describe.
const DOING: [&str; 13] = [
    "cmdclass",
    "distclass",
    "ext_modules",
    "ext_package",
    "setup_requires",
    "script_name",
    "script_args",
    "options",
    "command_options",
    "command_packages",
    "dependency_links",
    "libraries",
    "use_2to3",
];

/// Whether a version file does nothing but say the version, and this one.
pub(super) fn is_version(path: &str, text: &str, version: &str) -> bool {
    let Some((_, extension)) = path.rsplit_once('.').filter(|(_, extension)| !extension.contains('/')) else {
        return is_plain_version(text, version);
    };
    match extension {
        "txt" => is_plain_version(text, version),
        "py" => {
            let about_version = |name: &str| {
                let name = name.to_ascii_lowercase();
                let mut words = name.split('_').filter(|word| !word.is_empty());
                words.all(|word| VERSION_WORDS.contains(&word))
            };
            let states = module_version(text).is_none_or(|stated| same_version(&stated, version));
            states
                && tokens::lines(text).is_some_and(|lines| {
                    lines.iter().all(|line| is_known(line) || assigns(line, about_version))
                })
        }
        _ => false,
    }
}

/// A few words, of which one is the version.
fn is_plain_version(text: &str, version: &str) -> bool {
    let mut words = text.split_whitespace();
    let says = words.clone().any(|word| same_version(word.trim_matches(['"', '\'']), version));
    says && text.len() < 200
        && words.all(|word| word.chars().all(|c| c.is_ascii_alphanumeric() || "._+-:/'\"=".contains(c)))
}

/// Whether setup.py is what Poetry, Flit or PDM write for tools that know no PEP 517: literals, and a call of
/// `setup` with them. `held` says whether the artifact holds a module, which Poetry's build script is.
pub(super) fn is_setup_of_literals(text: &str, held: impl Fn(&str) -> bool) -> bool {
    let Some(lines) = tokens::lines(text) else { return false };
    let mut called = false;
    lines.iter().all(|line| {
        let is_call = line.starts_with(&[Token::Name("setup"), Token::Op('(')]);
        called |= is_call;
        match &line[..] {
            [Token::Name("from"), Token::Name(module), Token::Name("import"), Token::Op('*')] => held(module),
            [Token::Name("build"), Token::Op('('), Token::Name("setup_kwargs"), Token::Op(')')] => true,
            [_, _, arguments @ .., Token::Op(')')] if is_call => describes(arguments),
            _ => is_known(line) || assigns(line, |_| true) && describes(line),
        }
    }) && called
}

/// One of the lines that do nothing, or a text for people.
fn is_known(line: &[Token<'_>]) -> bool {
    let spelled: Vec<String> = line
        .iter()
        .map(|token| match token {
            Token::Name(name) => (*name).to_owned(),
            Token::Op(op) => op.to_string(),
            Token::Number | Token::Text(_) => "''".to_owned(),
        })
        .collect();
    let spelled = spelled.join(" ");
    let typing = spelled.starts_with("from typing import ") && is_data(&line[4..]);
    typing || LINES.contains(&spelled.as_str()) || line.iter().all(|token| matches!(token, Token::Text(_)))
}

/// `name = data`, `name: type = data`, or `name: type`, of names that may be.
fn assigns(line: &[Token<'_>], may: impl Fn(&str) -> bool) -> bool {
    let mut depth = 0usize;
    let mut parts: Vec<Vec<Token<'_>>> = vec![Vec::new()];
    for token in line {
        match token {
            Token::Op('(' | '[' | '{') => depth += 1,
            Token::Op(')' | ']' | '}') => depth = depth.saturating_sub(1),
            Token::Op('=') if depth == 0 => {
                parts.push(Vec::new());
                continue;
            }
            _ => {}
        }
        if let Some(part) = parts.last_mut() {
            part.push(token.clone());
        }
    }
    let value = if parts.len() > 1 { parts.pop() } else { None };
    let named = |name: &str| may(name) && !MEANT.contains(&name) && !KEYWORDS.contains(&name);
    let fits = |part: &Vec<Token<'_>>| match &part[..] {
        [Token::Name(name)] => value.is_some() && named(name),
        [Token::Name(name), Token::Op(':'), kind @ ..] => !kind.is_empty() && is_data(kind) && named(name),
        _ => false,
    };
    parts.iter().all(fits) && value.as_ref().is_none_or(|value| !value.is_empty() && is_data(value))
}

/// Literals, names and brackets, of which nothing is called and no attribute is asked for.
fn is_data(tokens: &[Token<'_>]) -> bool {
    let harmless = |token: &Token<'_>| match token {
        Token::Name(name) => !KEYWORDS.contains(name) && !MEANT.contains(name),
        Token::Op(op) => *op != '=',
        Token::Number | Token::Text(_) => true,
    };
    let calls = |pair: &[Token<'_>]| {
        let callable = matches!(pair[0], Token::Name(_) | Token::Text(_) | Token::Op(')' | ']' | '}'));
        callable && pair[1] == Token::Op('(')
    };
    // Three dots are a literal, one is an attribute.
    let dots = tokens.split(|token| *token != Token::Op('.')).map(<[_]>::len);
    tokens.iter().all(harmless)
        && !tokens.windows(2).any(calls)
        && dots.into_iter().all(|dots| dots == 0 || dots == 3)
}

/// Arguments, or a mapping of them, that say what a project is and do nothing when it is built. Keys are plain
/// text: one that is put together could be any.
fn describes(tokens: &[Token<'_>]) -> bool {
    let plain_key = |at: usize| match (&tokens[at - 1], at.checked_sub(2).map(|at| &tokens[at])) {
        (Token::Text(key), Some(Token::Op('{' | ','))) => !key.contains('\\') && !DOING.contains(key),
        _ => false,
    };
    let plain_argument = |at: usize| match &tokens[at - 1] {
        Token::Name(name) => !DOING.contains(name),
        _ => false,
    };
    let fits = |at: usize| match &tokens[at] {
        Token::Op(':') => at > 0 && plain_key(at),
        Token::Op('=') => at > 0 && plain_argument(at),
        // `**setup_kwargs`, which is a mapping of the same file.
        Token::Op('*') => tokens == [Token::Op('*'), Token::Op('*'), Token::Name("setup_kwargs")],
        Token::Op('+') => false,
        _ => true,
    };
    let without_equals: Vec<Token<'_>> = tokens
        .iter()
        .map(|token| if *token == Token::Op('=') { Token::Op(',') } else { token.clone() })
        .collect();
    (0..tokens.len()).all(fits) && is_data(&without_equals)
}

#[cfg(test)]
mod tests;
