//! Strings, symbols and characters as Guile writes them. This is the only place that knows how Scheme quotes.

use std::borrow::Cow;
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
    written_symbol(name).into_owned()
}

pub fn written_symbol(name: &str) -> Cow<'_, str> {
    let special = |c: char| matches!(c, '\'' | '`' | ',') || c.is_ascii_digit();
    if name != "." && !name.starts_with(special) && is_bare(name) {
        Cow::Borrowed(name)
    } else {
        extended(name)
    }
}

/// A symbol as `guix style` writes it: one that begins with digits and has more than them stays bare.
pub fn displayed_symbol(name: &str) -> Cow<'_, str> {
    if name.starts_with(|c: char| c.is_ascii_digit()) && is_bare(name) {
        Cow::Borrowed(name)
    } else {
        written_symbol(name)
    }
}

/// Whether a name is one token, and no number.
fn is_bare(name: &str) -> bool {
    !name.is_empty() && name.chars().all(is_plain_in_symbol) && number::decimal(name).is_none()
}

fn extended(name: &str) -> Cow<'static, str> {
    let mut out = String::from("#{");
    for c in name.chars() {
        // What follows a backslash within `#{}#` is read as it is.
        if c != '\\' && is_plain_in_symbol(c) || matches!(c, ' ' | '"' | ';' | '#') {
            out.push(c);
        } else {
            _ = write!(out, "\\x{:x};", u32::from(c));
        }
    }
    out.push_str("}#");
    Cow::Owned(out)
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
    let control = CONTROLS.iter().position(|names| names.iter().any(is_name));
    if let Some(code) = control {
        return u8::try_from(code).ok().map(char::from);
    }
    if ["sp", "del"].iter().any(is_name) {
        return Some(if name.eq_ignore_ascii_case("sp") { ' ' } else { '\u{7f}' });
    }
    NAMED.iter().find(|(_, known)| is_name(known)).map(|(c, _)| *c)
}

#[cfg(test)]
mod tests {
    use super::super::datum::Datum;
    use super::super::reader::read;
    use super::*;

    fn read_back(text: &str) -> Datum<'_> {
        let [datum] = <[_; 1]>::try_from(read("t", text).unwrap()).unwrap();
        datum
    }

    /// As `(write ...)` of Guile 3.0 has them.
    #[test]
    fn nothing_in_a_string_is_code() {
        assert_eq!(string("a\"b\\c"), r#""a\"b\\c""#);
        assert_eq!(string("\") (exit 1) #~(\""), r#""\") (exit 1) #~(\"""#);
        assert_eq!(string("\n\t\r\u{7}\u{8}\u{b}\u{c}\0\u{1b}\u{7f}"), r#""\n\t\r\a\b\v\f\x00\x1b\x7f""#);
        assert_eq!(string("é ü 日本 😀 a\u{301}"), "\"é ü 日本 😀 a\u{301}\"");
        assert_eq!(string("\u{a0}\u{200b}\u{202e}\u{10ffff}"), r#""\xa0\u200b\u202e\U10ffff""#);
        assert_eq!(string("; #| ~a $x @{}"), r##""; #| ~a $x @{}""##);
    }

    #[test]
    fn a_symbol_is_quoted_where_it_must_be() {
        for plain in
            ["a", "node-x-1.0.0", "a/b", "+", "-", "...", "->x", "a'b", "@a/b", "|a", "é", ":k", "a,b"]
        {
            assert_eq!(symbol(plain), plain);
        }
        for quoted in [
            "", "1", "-1", "1+", ".5", "1/2", "1e3", "+i", "-2i", "1@2", "+inf.0", "#t", "a#", "'a", ",a",
            "`a", ".", "a b", "a;b", "a\"b", "2d",
        ] {
            assert_eq!(symbol(quoted), format!("#{{{quoted}}}#"));
        }
        assert_eq!(symbol("a(b)[c]{d}"), r"#{a\x28;b\x29;\x5b;c\x5d;\x7b;d\x7d;}#");
        assert_eq!(symbol("a\nb"), r"#{a\xa;b}#");
        assert_eq!(symbol("}#(exit)#{"), r"#{\x7d;#\x28;exit\x29;#\x7b;}#");
    }

    #[test]
    fn every_character_is_read_back() {
        let odd = "\u{0}\u{7}\n\r\t \u{b}\u{c}\u{1b}\u{7f}\u{85}\u{a0}\u{ad}\u{2028}\u{feff}\u{fffd}\u{1f600}\u{e0001}";
        for c in ('\u{20}'..='\u{7e}').chain(odd.chars()) {
            for text in
                [format!("{c}"), format!("{c}a"), format!("a{c}"), format!("a{c}b"), format!("{c}{c}")]
            {
                assert_eq!(read_back(&string(&text)), Datum::String(text.clone().into()));
                assert_eq!(read_back(&symbol(&text)), Datum::Symbol(text.clone().into()));
            }
        }
    }

    #[test]
    fn characters_have_one_name() {
        let names =
            ["a", "x41", "101", "SPACE", "linefeed", "null", "x1b", "del", "(", "x", "é", "xa0", "xe9"];
        let written = names.map(|name| character(name).unwrap());
        assert_eq!(
            written.join(" "),
            r"#\a #\A #\A #\space #\newline #\nul #\esc #\delete #\( #\x #\é #\240 #\é"
        );
        assert_eq!(character("nothing"), None);
        assert_eq!(character("xd800"), None);
    }
}
