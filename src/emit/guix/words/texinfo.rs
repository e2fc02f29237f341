//! Texinfo as `guix lint` wants it, from marked words: escapes, sentence spaces, lines.

use super::markup::{CODE, END};
use crate::about::sentences;

/// Columns of a line, as Guix's own sources keep them.
const WIDTH: usize = 76;
/// Longest word, in characters: a line has to hold it.
const WORD: usize = 60;

/// Marked words as Texinfo: `@code{}` for code, `@`, `{` and `}` escaped.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '@' | '{' | '}' => out.extend(['@', c]),
            CODE => out.push_str("@code{"),
            END => out.push('}'),
            c => out.push(c),
        }
    }
    out
}

/// A paragraph: two spaces between sentences, lines of at most [`WIDTH`] columns, the first of which begins at
/// `column`. Counted is what stands in a Scheme string, where `"` and `\` take two.
pub(super) fn fill(text: &str, column: usize) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut at = column;
    let mut before: Option<&str> = None;
    let whole = text.split(' ').map(unquoted).flat_map(|word| pieces(&word)).collect::<Vec<_>>();
    for word in &whole {
        let escaped = escape(word);
        let width = escaped.chars().map(|c| if matches!(c, '"' | '\\') { 2 } else { 1 }).sum::<usize>();
        let space = match before {
            None => "",
            Some(before) if ends_sentence(before, word) => "  ",
            Some(_) => " ",
        };
        if before.is_some() && at + space.len() + width > WIDTH {
            out.push('\n');
            at = 0;
        } else {
            out.push_str(space);
            at += space.len();
        }
        out.push_str(&escaped);
        at += width;
        before = Some(word);
    }
    out
}

/// Whether a sentence ends between these words.
pub(super) fn ends_sentence(word: &str, next: &str) -> bool {
    sentences::ends(word, next, [CODE, END])
}

/// A word in single quotes as code; other pairs of them in one word as typographic apostrophes, since `guix lint` takes
/// them for quotes.
pub(super) fn unquoted(word: &str) -> String {
    if word.matches('\'').count() < 2 {
        return word.to_owned();
    }
    if let Some((start, rest)) = word.split_once('\'')
        && let Some((inner, end)) = rest.rsplit_once('\'')
        && !start.contains(char::is_alphanumeric)
        && !end.contains(char::is_alphanumeric)
        && inner.contains(char::is_alphanumeric)
        && !word.contains([CODE, END])
        && !inner.contains('\'')
    {
        return format!("{start}{CODE}{inner}{END}{end}");
    }
    word.replace('\'', "’")
}

/// A word in pieces that lines can hold: text without spaces (Chinese, Japanese) is parted, a long address is cut.
fn pieces(word: &str) -> Vec<String> {
    if escape(word).chars().count() <= WORD {
        return vec![word.to_owned()];
    }
    if word.is_ascii() || word.contains(CODE) {
        return vec![cut(word, WORD)];
    }
    let letters: Vec<char> = word.chars().collect();
    let parts = letters.chunks(WORD / 2).map(|part| part.iter().collect());
    parts.collect()
}

/// The beginning of a text whose Texinfo has at most `most` characters, `…` included, code closed.
pub(super) fn cut(text: &str, most: usize) -> String {
    let mut kept = String::new();
    let mut room = most.saturating_sub(2);
    for c in text.chars() {
        let need = escape(&c.to_string()).chars().count();
        if need > room {
            break;
        }
        room -= need;
        kept.push(c);
    }
    balanced(&kept) + "…"
}

/// Text in which the code that was begun ends.
pub(super) fn balanced(text: &str) -> String {
    match (text.rfind(CODE), text.rfind(END)) {
        (Some(begun), None) => closed(text, begun),
        (Some(begun), Some(ended)) if begun > ended => closed(text, begun),
        _ => text.to_owned(),
    }
}

fn closed(text: &str, begun: usize) -> String {
    if text.ends_with(CODE) { text[..begun].to_owned() } else { format!("{text}{END}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_and_lines() {
        let text = "One thing, e.g. Two. Three (four.) Five by J. Doe! Six at 3.5 X? yes.";
        assert_eq!(fill(text, 0), "One thing, e.g. Two.  Three (four.)  Five by J. Doe!  Six at 3.5 X? yes.");
        let filled = fill("word ".repeat(60).replace("word word", "\"word\" word").trim_end(), 6);
        assert!(
            filled.lines().all(|line| line.replace('"', "\\\"").len() <= WIDTH && line.trim() == line),
            "{filled}"
        );
        assert!(filled.lines().next().unwrap().len() + 6 <= WIDTH);
    }

    #[test]
    fn long_words_find_a_line() {
        let text = format!("{} {} a", "https://example.org/".repeat(20), "字".repeat(200));
        let filled = fill(&text, 6);
        assert!(filled.lines().all(|line| line.chars().count() <= WIDTH), "{filled}");
        assert_eq!(filled.matches('字').count(), 200);
        let code = fill(&format!("{CODE}{}{END}", "@".repeat(300)), 0);
        assert!(code.starts_with("@code{@@") && code.ends_with("}…") && code.len() < 80, "{code}");
    }

    #[test]
    fn quotes() {
        assert_eq!(escape(&unquoted("('foo'),")), "(@code{foo}),");
        for word in ["rock'n'roll", "it's", "''", "'a''b'"] {
            assert!(unquoted(word).matches('\'').count() < 2, "{word}");
        }
        assert_eq!(escape("a@{b}"), "a@@@{b@}");
    }
}
