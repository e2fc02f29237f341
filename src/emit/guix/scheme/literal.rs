//! Strings, symbols and characters as Guile writes them. This is the only place that knows how Scheme quotes.

use std::fmt::Write;

use super::number;

/// A Guile string literal (Guile manual, "String Read Syntax"). Line breaks are written as escapes, so that
/// no indentation of a template can change a value; `format` writes them as themselves where `guix style`
/// does.
pub fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            c if is_graphic(c) || c == ' ' => out.push(c),
            c => {
                let code = u32::from(c);
                _ = match code {
                    0..0x100 => write!(out, "\\x{code:02x}"),
                    0x100..0x1_0000 => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:06x}"),
                };
            }
        }
    }
    out.push('"');
    out
}

/// A string literal in which only quotes and backslashes are escaped.
pub fn natural_string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

/// A symbol as Guile reads it back (Guile manual, "Symbol Read Syntax"): in `#{}#` where it would be read
/// as something else.
pub fn symbol(name: &str) -> String {
    let first = name.chars().next();
    let plain = name != "."
        && first.is_some_and(|c| !matches!(c, '\'' | '`' | ',') && !c.is_ascii_digit())
        && name.chars().all(is_plain_in_symbol)
        && number::decimal(name).is_none();
    if plain {
        return name.to_owned();
    }
    let mut out = String::from("#{");
    for c in name.chars() {
        if is_plain_in_symbol(c) || matches!(c, ' ' | '"' | ';' | '#') {
            // What follows a backslash within `#{}#` is read as it is.
            if c == '\\' {
                out.push_str("\\x5c;");
            } else {
                out.push(c);
            }
        } else {
            _ = write!(out, "\\x{:x};", u32::from(c));
        }
    }
    out.push_str("}#");
    out
}

/// A symbol as `guix style` writes it: one that begins with digits and has more than them stays bare.
pub fn displayed_symbol(name: &str) -> String {
    let rest = name.trim_start_matches(|c: char| c.is_ascii_digit());
    let bare = rest.len() < name.len()
        && !rest.is_empty()
        && rest.chars().all(|c| is_plain_in_symbol(c))
        && number::decimal(name).is_none();
    if bare { name.to_owned() } else { symbol(name) }
}

fn is_plain_in_symbol(c: char) -> bool {
    match c {
        '(' | ')' | '[' | ']' | '{' | '}' | '"' | ';' | '#' | ' ' => false,
        // Quotation marks and brackets are no part of an identifier for Guile.
        '«'
        | '»'
        | '\u{2018}'..='\u{201f}'
        | '\u{2039}'
        | '\u{203a}'
        | '\u{3008}'..='\u{3011}'
        | '\u{3014}'..='\u{301b}' => false,
        c => is_graphic(c),
    }
}

/// Letters, marks, numbers, punctuation and signs: what Guile writes as it is.
fn is_graphic(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_graphic();
    }
    // The standard library escapes exactly the other categories; marks only at the beginning of a text.
    let mut bytes = [b'a'; 5];
    let length = 1 + c.encode_utf8(&mut bytes[1..]).len();
    std::str::from_utf8(&bytes[..length]).is_ok_and(|text| text.escape_debug().nth(1) == Some(c))
}

/// What Guile's `write` calls characters that cannot be seen, beside those named in `CONTROLS`.
const NAMED: [(char, &str); 2] = [(' ', "space"), ('\u{7f}', "delete")];

/// The first of each code's names is written (Guile manual, "Characters").
const CONTROLS: [&[&str]; 32] = [
    &["nul", "null"],
    &["soh"],
    &["stx"],
    &["etx"],
    &["eot"],
    &["enq"],
    &["ack"],
    &["alarm", "bel"],
    &["backspace", "bs"],
    &["tab", "ht"],
    &["newline", "linefeed", "lf", "nl"],
    &["vtab", "vt"],
    &["page", "ff", "np"],
    &["return", "cr"],
    &["so"],
    &["si"],
    &["dle"],
    &["dc1"],
    &["dc2"],
    &["dc3"],
    &["dc4"],
    &["nak"],
    &["syn"],
    &["etb"],
    &["can"],
    &["em"],
    &["sub"],
    &["esc", "escape"],
    &["fs"],
    &["gs"],
    &["rs"],
    &["us"],
];

/// A character literal as Guile writes the one that `name` (what follows `#\`) means.
pub fn character(name: &str) -> Option<String> {
    let c = character_named(name)?;
    let code = u32::from(c);
    if let Some(names) = usize::try_from(code).ok().and_then(|code| CONTROLS.get(code)) {
        return Some(format!("#\\{}", names[0]));
    }
    if let Some((_, name)) = NAMED.iter().find(|(named, _)| *named == c) {
        return Some(format!("#\\{name}"));
    }
    // A mark keeps the dotted circle that it is written on.
    let circle = if name.chars().nth(1) == Some('\u{25cc}') { "\u{25cc}" } else { "" };
    Some(if is_graphic(c) { format!("#\\{circle}{c}") } else { format!("#\\{code:o}") })
}

fn character_named(name: &str) -> Option<char> {
    let mut chars = name.chars();
    let (first, second) = (chars.next()?, chars.next());
    if second.is_none() || second == Some('\u{25cc}') && chars.next().is_none() {
        return Some(first);
    }
    if ('0'..='7').contains(&first) {
        return u32::from_str_radix(name, 8).ok().and_then(char::from_u32);
    }
    if let Some(code) = name.strip_prefix('x').and_then(|hex| u32::from_str_radix(hex, 16).ok()) {
        return char::from_u32(code);
    }
    let is_name = |known: &&str| known.eq_ignore_ascii_case(name);
    let control = CONTROLS.iter().position(|names| names.iter().any(|known| is_name(known)));
    if let Some(code) = control {
        return u8::try_from(code).ok().map(char::from);
    }
    if ["sp", "del"].iter().any(is_name) {
        return Some(if name.eq_ignore_ascii_case("sp") { ' ' } else { '\u{7f}' });
    }
    NAMED.iter().find(|(_, known)| is_name(known)).map(|(c, _)| *c)
}
