//! Synopsis and description of a definition, in the package's own words and in the form that `guix lint` asks for
//! (manual, "Synopses and Descriptions").

mod markup;
mod texinfo;

use crate::ecosystem::Ecosystem;
use markup::{CODE, END};

/// Longest synopsis, in characters of Texinfo: `guix lint` wants less than 80.
const SYNOPSIS: usize = 79;
/// Where a description's first line begins: after `     "`.
const COLUMN: usize = 6;

/// Mistakes that `guix lint` names, with what it proposes or an English sentence has.
const TYPOS: [(&str, &str); 10] = [
    ("Infrastucture", "Infrastructure"),
    ("This packages", "This package"),
    ("This modules", "This module"),
    ("allows to ", "allows one to "),
    ("dependant", "dependent"),
    ("dissapears", "disappears"),
    ("invokation", "invocation"),
    ("permits to ", "permits one to "),
    ("provices", "provides"),
    ("useable", "usable"),
];

/// Verbs that a description begins with where its author left out what does it.
const VERBS: [&str; 14] = [
    "Adds",
    "Allows",
    "Checks",
    "Contains",
    "Converts",
    "Creates",
    "Enables",
    "Generates",
    "Implements",
    "Makes",
    "Performs",
    "Produces",
    "Provides",
    "Returns",
];

/// What a package is called, for sentences about it.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    pub ecosystem: Ecosystem,
    /// Its upstream name.
    pub name: &'a str,
    /// Its upstream version.
    pub version: &'a str,
    /// Its Guix name.
    pub guix_name: &'a str,
}

impl Subject<'_> {
    fn kind(&self) -> &'static str {
        self.ecosystem.package()
    }

    /// The name as code, cut where it is very long.
    fn code(&self) -> String {
        let name = markup::words(&format!("`{}`", self.name.replace('`', "")));
        let name = name.trim_matches([CODE, END]);
        let short: String = name.chars().take(40).collect();
        if short.is_empty() { "?".to_owned() } else { format!("{CODE}{short}{END}") }
    }
}

/// The synopsis as Texinfo, in one line of less than 80 characters: the first sentence of the package's own text, without
/// an article or its own name in front; where it is longer, its beginning and `…`. Without a text, the package's kind and
/// name.
pub fn synopsis(text: Option<&str>, subject: &Subject<'_>) -> String {
    let words = text.and_then(said).map(|text| typos(&nameless(first_sentence(&text), subject)));
    let words = words.as_deref().map(articleless).and_then(|words| {
        let bare = words.trim_end_matches(['.', '!', ':', ';', ',', ' ', '-', '–', '—', '/']);
        says(bare).then(|| begun(bare, subject)).flatten()
    });
    let words = words.unwrap_or_else(|| format!("{} {}", subject.kind(), subject.code()));
    let words = words.split(' ').map(texinfo::unquoted).collect::<Vec<_>>().join(" ");
    shortened(&words)
}

/// The description as Texinfo, filled to lines: the package's own text as sentences; without one, a sentence that says
/// so.
pub fn description(text: Option<&str>, subject: &Subject<'_>) -> String {
    let words = text.and_then(said).and_then(|text| begun(&whole(&text), subject));
    let words = words.unwrap_or_else(|| {
        let version: String = subject.version.chars().filter(|c| c.is_ascii_graphic()).take(40).collect();
        let kind = subject.kind();
        format!(
            "This is version {version} of the {kind} {}. Its metadata does not describe it.",
            subject.code()
        )
    });
    let mut filled = texinfo::fill(&ended(&typos(&words)), COLUMN);
    if !filled.ends_with('.') {
        // A last word too long for a line was cut.
        filled.push('.');
    }
    filled
}

/// The words of a text that says something.
fn said(text: &str) -> Option<String> {
    Some(markup::words(text)).filter(|text| says(text))
}

/// Whether there is more than a letter in it.
fn says(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphanumeric()).nth(1).is_some()
}

fn typos(text: &str) -> String {
    let mut text = text.to_owned();
    for (typo, right) in TYPOS {
        text = text.replace(typo, right);
    }
    text
}

fn first_sentence(text: &str) -> &str {
    let mut at = 0;
    let mut words = text.split(' ').peekable();
    while let Some(word) = words.next() {
        at += word.len();
        if words.peek().is_some_and(|next| texinfo::ends_sentence(word, next)) && says(&text[..at]) {
            // Code may hold a whole sentence.
            let first = &text[..at];
            if texinfo::balanced(first) == first {
                return first;
            }
        }
        at += 1;
    }
    text
}

/// Without `NAME is a`, `NAME: ` or `NAME - ` at the beginning.
fn nameless(text: &str, subject: &Subject<'_>) -> String {
    let unmarked = text.strip_prefix(CODE).unwrap_or(text);
    for name in [subject.name, subject.guix_name] {
        let Some(head) = unmarked.get(..name.len()).filter(|head| head.eq_ignore_ascii_case(name)) else {
            continue;
        };
        let rest = &unmarked[head.len()..];
        let rest = rest.strip_prefix(END).unwrap_or(rest);
        for link in [" is ", ": ", " : ", " - ", " – ", " — ", ", "] {
            if let Some(rest) = rest.strip_prefix(link)
                && says(rest)
            {
                return rest.to_owned();
            }
        }
    }
    text.to_owned()
}

/// Without articles at the beginning.
fn articleless(text: &str) -> &str {
    let mut text = text.trim_start();
    while let Some((first, rest)) = text.split_once(' ')
        && ["a", "an", "the"].contains(&first.to_ascii_lowercase().as_str())
    {
        text = rest.trim_start();
    }
    text
}

/// A text of fragments as sentences about the package.
fn whole(text: &str) -> String {
    let Some((first, rest)) = text.split_once(' ') else { return text.to_owned() };
    match first {
        "A" | "An" | "a" | "an" => format!("This package provides {} {rest}", first.to_lowercase()),
        verb if VERBS.contains(&verb) => format!("This package {} {rest}", verb.to_lowercase()),
        _ => text.to_owned(),
    }
}

/// A text that begins as `guix lint` wants it: with a capital letter or digit, or with code. `None` where no word is
/// left.
fn begun(text: &str, subject: &Subject<'_>) -> Option<String> {
    let text = text.trim_start();
    let first = text.chars().next()?;
    let word = text.split(' ').next().unwrap_or(text);
    let bare = word.trim_end_matches([',', ':', ';', '.', '!', '?', ')', '"', '\'']);
    let rest = &text[bare.len()..];
    // Its own name, which `guix lint` does not want in front of a synopsis, may stand there as code.
    let own = bare.to_ascii_lowercase().starts_with(&subject.guix_name.to_ascii_lowercase());
    let is_code = |word: &str| word.is_ascii() && word.contains(|c: char| c.is_ascii_alphanumeric());
    match first {
        CODE => Some(text.to_owned()),
        '"' | '(' if says(bare) => Some(text.to_owned()),
        c if own && is_code(bare) && c.is_ascii_alphanumeric() => Some(format!("{CODE}{bare}{END}{rest}")),
        c if c.is_ascii_uppercase() || c.is_ascii_digit() => Some(text.to_owned()),
        c if c.is_ascii_lowercase() => {
            let english = bare.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '-' | '\'' | '/'));
            if english || !is_code(bare) {
                Some(format!("{}{}", c.to_ascii_uppercase(), &text[1..]))
            } else {
                Some(format!("{CODE}{bare}{END}{rest}"))
            }
        }
        c if c.is_alphabetic() => Some(format!("{}: {text}", subject.kind())),
        // An option, a scope, a file: `--flag`, `@types`, `.env`. Anything else is decoration.
        c if c.is_ascii() && is_code(bare) && "@.$-_~/*".contains(c) => {
            Some(format!("{CODE}{bare}{END}{rest}"))
        }
        '{' | '[' | '<' => {
            let close = if first == '{' {
                '}'
            } else if first == '[' {
                ']'
            } else {
                '>'
            };
            begun(&text[1..].replacen(close, "", 1), subject)
        }
        c => begun(&text[c.len_utf8()..], subject),
    }
}

/// A text with a point at its end.
fn ended(text: &str) -> String {
    let text = text.trim_end_matches(['.', '!', '?', ':', ';', ',', ' ', '-', '–', '—', '。', '！']);
    format!("{}.", texinfo::balanced(text))
}

/// Texinfo of at most [`SYNOPSIS`] characters: all of it, or whole words and `…`.
fn shortened(words: &str) -> String {
    let all = texinfo::escape(words);
    if all.chars().count() <= SYNOPSIS {
        return all;
    }
    let fits = |text: &str| texinfo::escape(&texinfo::balanced(text)).chars().count() < SYNOPSIS;
    let ends = words.match_indices(' ').map(|(at, _)| &words[..at]);
    let kept =
        ends.take_while(|text| fits(text)).last().filter(|text| says(text) && text.len() > SYNOPSIS / 3);
    let short = kept.map(|text| {
        let text = text.trim_end_matches([',', ':', ';', '.', ' ', '-', '–', '—', '(', '"', '&']);
        format!("{}…", texinfo::balanced(text))
    });
    texinfo::escape(&short.unwrap_or_else(|| texinfo::cut(words, SYNOPSIS)))
}

#[cfg(test)]
mod tests;
