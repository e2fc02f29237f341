//! reStructuredText as READMEs have it: its paragraphs, with what is marked within a line as Markdown has it.
//!
//! Rules: docutils' "reStructuredText Markup Specification", "Inline Markup". No crate reads all of it: rst_parser 0.4
//! leaves roles, anonymous references and citations as they are, and the page of parserst 0.1 lists no references.

use std::sync::LazyLock;

use regex_lite::{Captures, Regex};

use super::readme::{TITLES, is_prose};

/// What may stand behind marked text.
const BEHIND: &str = r#"(?:$|[\s'")\]}>/\\:.,;!?\-–—’”»…])"#;
/// What may stand before it, besides white space.
const BEFORE: [char; 13] = ['\'', '"', '(', '[', '{', '<', '-', '/', ':', '“', '‘', '–', '—'];
/// What stands before a mark and behind it where the mark itself is meant: `"*"`.
const AROUND: [(char, char); 6] = [('\'', '\''), ('"', '"'), ('(', ')'), ('[', ']'), ('{', '}'), ('<', '>')];

/// Roles whose text is code, without their domain: `class` of `:py:class:`.
const OF_CODE: [&str; 23] = [
    "attr", "class", "code", "command", "const", "data", "envvar", "exc", "file", "func", "function", "kbd",
    "literal", "meth", "method", "mod", "module", "obj", "option", "program", "samp", "type", "var",
];
/// Roles whose text is text.
const OF_TEXT: [&str; 11] = [
    "abbr",
    "emphasis",
    "strong",
    "sub",
    "subscript",
    "sup",
    "superscript",
    "t",
    "term",
    "title",
    "title-reference",
];

/// What a mark makes of its text.
#[derive(Clone, Copy)]
enum Kind {
    Code,
    Text,
    /// What its role says; code where it has none.
    Quoted,
    /// Text that may end in the address that it leads to.
    Reference,
    Substitution,
    Footnote,
}

/// Marks, those that begin like another before it.
static MARKS: LazyLock<Vec<(Regex, Kind)>> = LazyLock::new(|| {
    [
        (r"``(?P<text>\S(?:.*?\S)??)``", Kind::Code),
        (r"\*\*(?P<text>\S(?:.*?[^\s\\])??)\*\*", Kind::Text),
        (r"\*(?P<text>[^\s*](?:.*?[^\s\\])??)\*", Kind::Text),
        (r"_`(?P<text>[^\s`](?:[^`]*?[^\s\\`])??)`", Kind::Text),
        (r"`(?P<text>[^\s`](?:[^`]*?[^\s\\`])??)`__?", Kind::Reference),
        (r"`(?P<text>[^\s`](?:[^`]*?[^\s\\`])??)`(?::(?P<role>[A-Za-z][\w.+:-]*):)?", Kind::Quoted),
        (r":(?P<role>[A-Za-z][\w.+:-]*):`(?P<text>[^\s`](?:[^`]*?[^\s\\`])??)`", Kind::Quoted),
        (r"\|(?P<text>[^\s|](?:[^|]*?[^\s|])?)\|_{0,2}", Kind::Substitution),
        (r"\[(?P<text>[0-9]+|#[\w.+:-]*|\*|[A-Za-z][\w.+:-]*)\]_", Kind::Footnote),
        (r"(?P<text>[A-Za-z0-9]+(?:[-._:+][A-Za-z0-9]+)*)__?", Kind::Reference),
    ]
    .into_iter()
    .filter_map(|(mark, kind)| Some((Regex::new(&format!("^(?P<mark>{mark}){BEHIND}")).ok()?, kind)))
    .collect()
});

/// Whether a README is reStructuredText: by its name, or by lines that no other language has.
pub(super) fn is_restructured(name: &str, text: &str) -> bool {
    name.ends_with(".rst") || !name.ends_with(".md") && text.lines().any(|line| line.starts_with(".. "))
}

/// Paragraphs of sentences before the second title, in Markdown.
pub(super) fn paragraphs(text: &str) -> Vec<String> {
    let is_line = |line: &str| {
        let line = line.trim_end();
        let first = line.chars().next().unwrap_or(' ');
        line.len() > 2 && first.is_ascii_punctuation() && line.chars().all(|c| c == first)
    };
    let (mut found, mut titles) = (Vec::new(), 0);
    for block in text.replace('\r', "").split("\n\n") {
        let lines: Vec<&str> = block.lines().filter(|line| !line.trim().is_empty()).collect();
        let Some(first) = lines.first() else { continue };
        if lines.iter().any(|line| is_line(line)) {
            titles += 1;
            if titles > 1 && !found.is_empty() || titles > TITLES {
                break;
            }
            continue;
        }
        if is_other(first) {
            continue;
        }
        found.extend(inline(&lines.join(" ")).filter(|text| is_prose(text)));
    }
    found
}

/// Whether a block that begins so is no paragraph: directives, substitutions, fields, lists, tables and quotations.
fn is_other(first: &str) -> bool {
    let word = first.split(' ').next().unwrap_or_default();
    let number = word.trim_start_matches('(').trim_end_matches(['.', ')']);
    let is_item = matches!(word, "*" | "-" | "+" | "•" | "__")
        || number.len() < word.len() && (number == "#" || number.bytes().all(|byte| byte.is_ascii_digit()));
    is_item
        || first.starts_with(['.', '|', ':', ' ', '\t'])
        || first.starts_with("+-")
        || first.ends_with("::")
}

/// A paragraph with its marks as Markdown has them; where links lead is left out. `None` where it has text that stands
/// elsewhere: a substitution, or a role that looks its text up.
fn inline(text: &str) -> Option<String> {
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    while let Some(c) = text[at..].chars().next() {
        if let Some((kind, found)) = marked(text, at) {
            let part = |name| found.name(name).map_or("", |part| part.as_str());
            match kind {
                // What it leads to is at the end of the README.
                Kind::Footnote => out.truncate(out.trim_end().len()),
                _ => out.push_str(&written(kind, part("text"), part("role"))?),
            }
            at += part("mark").len();
        } else if c == '\\' {
            let behind = text[at + 1..].chars().next();
            out.extend(escaped(behind));
            at += 1 + behind.map_or(0, char::len_utf8);
        } else {
            out.push(c);
            at += c.len_utf8();
        }
    }
    Some(out)
}

/// The mark that stands there.
fn marked(text: &str, at: usize) -> Option<(Kind, Captures<'_>)> {
    let before = text[..at].chars().next_back();
    if before.is_some_and(|c| !c.is_whitespace() && !BEFORE.contains(&c)) {
        return None;
    }
    // What is quoted alone is spoken of.
    let behind = text[at..].trim_start_matches(['*', '`', '|']).chars().next();
    if AROUND.iter().any(|(open, close)| before == Some(*open) && behind == Some(*close)) {
        return None;
    }
    MARKS.iter().find_map(|(mark, kind)| Some((*kind, mark.captures(&text[at..])?)))
}

/// What is written for marked text.
fn written(kind: Kind, text: &str, role: &str) -> Option<String> {
    match kind {
        Kind::Code => Some(code(text)),
        Kind::Quoted if role.is_empty() => Some(code(&plain(text))),
        Kind::Quoted => of_role(role, text),
        Kind::Reference => Some(plain(titled(text).map_or(text, |(title, _)| title))),
        Kind::Text => Some(plain(text)),
        Kind::Substitution | Kind::Footnote => None,
    }
}

/// `Title <target>`: the title, or the target where there is no title.
fn titled(text: &str) -> Option<(&str, &str)> {
    let (title, target) = text.strip_suffix('>')?.rsplit_once('<')?;
    let title = title.trim_end();
    Some((if title.is_empty() { target } else { title }, target))
}

fn of_role(role: &str, text: &str) -> Option<String> {
    let base = role.rsplit(':').next().unwrap_or(role);
    let title = titled(text).map(|(title, _)| title);
    if OF_TEXT.contains(&base) {
        return Some(plain(text));
    }
    if OF_CODE.contains(&base) {
        let name = title.unwrap_or(text).trim_start_matches('!');
        // Of `~a.b.c` the last part is shown.
        let shown = name.strip_prefix('~').map_or(name, |path| path.rsplit('.').next().unwrap_or(path));
        return Some(code(&plain(shown)));
    }
    match base {
        "pep" | "rfc" if title.is_none() => Some(format!("{} {text}", base.to_uppercase())),
        _ => title.map(plain),
    }
}

fn code(text: &str) -> String {
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// Text with its escapes as Markdown has them.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\\' { out.extend(escaped(chars.next())) } else { out.push(c) }
    }
    out
}

/// What a backslash before a character makes of it. White space goes.
fn escaped(c: Option<char>) -> impl Iterator<Item = char> {
    let is_mark = c.is_some_and(|c| c.is_ascii_punctuation());
    is_mark.then_some('\\').into_iter().chain(c.filter(|c| !c.is_whitespace()))
}

#[cfg(test)]
mod tests;
