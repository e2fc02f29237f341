//! The tokens of Python text, as far as it takes to tell data from code
//! (<https://docs.python.org/3/reference/lexical_analysis.html>).

/// A token; comments, and line breaks within brackets, are none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    Name(&'a str),
    Number,
    /// What stands between the quotes, escapes and all.
    Text(&'a str),
    Op(char),
}

/// A logical line of any Python text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// Whether it stands within a block.
    pub is_indented: bool,
    pub tokens: Vec<Token<'a>>,
}

/// The logical lines of a text, each without its indentation. `None` where that cannot be told for certain:
/// brackets or quotes that do not close, strings that are computed (`f''`), characters of no use in data; and
/// what Python reads as other lines than are seen here.
pub fn lines(text: &str) -> Option<Vec<Vec<Token<'_>>>> {
    if has_lone_cr(text) || !is_utf8(text) {
        return None;
    }
    Some(read(text, true)?.into_iter().map(|line| line.tokens).collect())
}

/// The logical lines of a text that may be code as well: characters of no use in data are operators, and strings that
/// are computed the operator `?`. `None` where brackets or quotes do not close.
pub fn code(text: &str) -> Option<Vec<Line<'_>>> {
    read(text, false)
}

fn read(text: &str, data_alone: bool) -> Option<Vec<Line<'_>>> {
    let mut all = Vec::new();
    let mut line = Vec::new();
    let mut is_indented = false;
    let mut depth = 0usize;
    let text = text.trim_start_matches('\u{feff}');
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if line.is_empty() && depth == 0 && !first.is_whitespace() {
            is_indented = text[..text.len() - rest.len()].ends_with([' ', '\t']);
        }
        let taken = match first {
            '\n' | ';' => {
                if first == ';' && depth > 0 && data_alone {
                    return None;
                }
                if depth == 0 && !line.is_empty() {
                    all.push(Line { is_indented, tokens: std::mem::take(&mut line) });
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
                        if data_alone {
                            return None;
                        }
                        line.push(Token::Op('?'));
                        rest = after;
                        rest = &rest[quoted(rest)?.1..];
                        continue;
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
            _ if data_alone => return None,
            _ => {
                line.push(Token::Op(first));
                first.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    if depth > 0 {
        return None;
    }
    if !line.is_empty() {
        all.push(Line { is_indented, tokens: line });
    }
    Some(all)
}

/// Whether a line ends in CR alone, which ends a line for Python, and for few others.
pub fn has_lone_cr(text: &str) -> bool {
    text.split('\r').skip(1).any(|after| !after.starts_with('\n'))
}

/// Whether Python reads a text as UTF-8: in an encoding that the first two lines name (PEP 263), a comment can
/// hold code (`+AAo-` is a line break in UTF-7).
fn is_utf8(text: &str) -> bool {
    text.lines().take(2).all(|line| {
        let named =
            line.split_once("coding").map(|(_, after)| after.trim_start_matches([':', '=', ' ', '\t']));
        let word = named.map(|after| after.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next());
        word.flatten().is_none_or(|word| ["utf-8", "utf8", "ascii"].contains(&word.to_lowercase().as_str()))
    })
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
