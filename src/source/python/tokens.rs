//! The tokens of Python text, as far as it takes to tell data from code
//! (<https://docs.python.org/3/reference/lexical_analysis.html>).

/// A token; comments, and line breaks within brackets, are none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Name(&'a str),
    Number,
    /// What stands between the quotes, escapes and all.
    Text(&'a str),
    Op(char),
}

/// The logical lines of a text, each without its indentation. `None` where that cannot be told for certain:
/// brackets or quotes that do not close, strings that are computed (`f''`), characters of no use in data.
pub(super) fn lines(text: &str) -> Option<Vec<Vec<Token<'_>>>> {
    let mut all = Vec::new();
    let mut line = Vec::new();
    let mut depth = 0usize;
    let mut rest = text.trim_start_matches('\u{feff}');
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            '\n' | ';' => {
                if first == ';' && depth > 0 {
                    return None;
                }
                if depth == 0 && !line.is_empty() {
                    all.push(std::mem::take(&mut line));
                }
                1
            }
            ' ' | '\t' | '\r' => 1,
            '\\' => 1 + rest[1..].strip_prefix('\r').map_or(0, |_| 1) + newline(&rest[1..])?,
            '#' => rest.find('\n').unwrap_or(rest.len()),
            '\'' | '"' => {
                let (within, taken) = quoted(rest)?;
                line.push(Token::Text(within));
                taken
            }
            '0'..='9' => {
                line.push(Token::Number);
                word(rest, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_'))
            }
            'a'..='z' | 'A'..='Z' | '_' => {
                let taken = word(rest, |c| c.is_ascii_alphanumeric() || c == '_');
                let (name, after) = rest.split_at(taken);
                if after.starts_with(['\'', '"']) {
                    if !matches!(name.to_ascii_lowercase().as_str(), "r" | "b" | "u" | "rb" | "br") {
                        return None;
                    }
                } else {
                    line.push(Token::Name(name));
                }
                taken
            }
            '(' | '[' | '{' => {
                depth += 1;
                line.push(Token::Op(first));
                1
            }
            ')' | ']' | '}' => {
                depth = depth.checked_sub(1)?;
                line.push(Token::Op(first));
                1
            }
            ',' | ':' | '=' | '+' | '-' | '.' | '|' | '*' => {
                line.push(Token::Op(first));
                1
            }
            _ => return None,
        };
        rest = &rest[taken..];
    }
    if depth > 0 {
        return None;
    }
    if !line.is_empty() {
        all.push(line);
    }
    Some(all)
}

/// Bytes of the line break that a backslash goes before.
fn newline(rest: &str) -> Option<usize> {
    rest.trim_start_matches('\r').starts_with('\n').then_some(1)
}

fn word(rest: &str, of: impl Fn(char) -> bool) -> usize {
    rest.find(|c| !of(c)).unwrap_or(rest.len())
}

/// What stands between the quotes at the start, and how many bytes that takes with them.
fn quoted(rest: &str) -> Option<(&str, usize)> {
    let single = &rest[..1];
    let triple = single.repeat(3);
    let is_triple = rest.starts_with(&triple);
    let quote = if is_triple { triple.as_str() } else { single };
    let mut at = quote.len();
    loop {
        let here = rest.get(at..)?;
        if here.starts_with(quote) {
            return Some((&rest[quote.len()..at], at + quote.len()));
        }
        let mut characters = here.chars();
        at += match characters.next()? {
            '\n' if !is_triple => return None,
            '\\' => 1 + characters.next()?.len_utf8(),
            other => other.len_utf8(),
        };
    }
}
