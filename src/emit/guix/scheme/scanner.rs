//! A place in a text, and the tokens that can be read there.

use std::borrow::Cow;

use super::datum::{Datum, PREFIXES};
use super::error::{Fault, SchemeError};
use super::{literal, number};

/// Reads forward through a text.
pub struct Scanner<'t> {
    file: &'t str,
    text: &'t str,
    at: usize,
}

impl<'t> Scanner<'t> {
    pub fn new(file: &'t str, text: &'t str) -> Self {
        Self { file, text, at: 0 }
    }

    /// In bytes from the beginning.
    pub fn offset(&self) -> usize {
        self.at
    }

    pub fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    pub fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Past what is next, if it is this.
    pub fn take(&mut self, expected: &str) -> bool {
        let found = self.rest().starts_with(expected);
        if found {
            self.at += expected.len();
        }
        found
    }

    /// Past all that `wanted` holds for, which is returned.
    pub fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// The line's rest, its line break included.
    pub fn take_line(&mut self) -> &'t str {
        let rest = self.rest();
        let end = rest.find('\n').map_or(rest.len(), |end| end + 1);
        self.at += end;
        &rest[..end]
    }

    /// The prefix that is next, and the symbol that it stands for.
    pub fn take_prefix(&mut self) -> Option<(&'static str, &'static str)> {
        PREFIXES.into_iter().find(|(prefix, _)| self.take(prefix))
    }

    pub fn error(&self, offset: usize, fault: Fault) -> SchemeError {
        let before = &self.text[..offset];
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        SchemeError {
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            fault,
        }
    }

    /// A string, number, symbol or `#` syntax; the next character begins one.
    pub fn atom(&mut self) -> Result<Datum<'t>, SchemeError> {
        match self.peek() {
            Some('"') => self.string().map(Datum::String),
            Some('#') => self.hash(),
            _ => {
                let token = self.token();
                Ok(number::decimal(token).unwrap_or(Datum::Symbol(Cow::Borrowed(token))))
            }
        }
    }

    fn token(&mut self) -> &'t str {
        self.take_while(|c| !is_delimiter(c))
    }

    /// Guile manual, "String Read Syntax".
    fn string(&mut self) -> Result<Cow<'t, str>, SchemeError> {
        let start = self.at;
        self.at += 1;
        let plain = self.take_while(|c| !matches!(c, '"' | '\\'));
        if self.take("\"") {
            return Ok(Cow::Borrowed(plain));
        }
        let mut text = plain.to_owned();
        while self.peek() == Some('\\') {
            text.extend(self.escape()?);
            text.push_str(self.take_while(|c| !matches!(c, '"' | '\\')));
        }
        if self.take("\"") { Ok(Cow::Owned(text)) } else { Err(self.error(start, Fault::UnclosedString)) }
    }

    /// What an escape stands for: nothing for an escaped line break.
    fn escape(&mut self) -> Result<Option<char>, SchemeError> {
        let start = self.at;
        self.at += 1;
        let Some(c) = self.peek() else { return Err(self.error(start, Fault::UnclosedString)) };
        self.at += c.len_utf8();
        let meant = match c {
            '\n' => return Ok(None),
            '"' | '\\' | '|' | '(' => Some(c),
            '0' => Some('\0'),
            'a' => Some('\u{7}'),
            'b' => Some('\u{8}'),
            't' => Some('\t'),
            'n' => Some('\n'),
            'v' => Some('\u{b}'),
            'f' => Some('\u{c}'),
            'r' => Some('\r'),
            'x' => self.hex(2),
            'u' => self.hex(4),
            'U' => self.hex(6),
            _ => None,
        };
        let written = || self.text.get(start..self.at).unwrap_or("\\").to_owned();
        meant.map(Some).ok_or_else(|| self.error(start, Fault::Escape(written())))
    }

    fn hex(&mut self, digits: usize) -> Option<char> {
        let code =
            self.rest().get(..digits).filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        self.at += digits;
        u32::from_str_radix(code, 16).ok().and_then(char::from_u32)
    }

    /// What begins with `#` and is no prefix of Guix's.
    fn hash(&mut self) -> Result<Datum<'t>, SchemeError> {
        let start = self.at;
        self.at += 1;
        if self.take("{") {
            return self.extended_symbol(start).map(Datum::Symbol);
        }
        if self.take(":") {
            return self.keyword(start).map(Datum::Keyword);
        }
        if self.rest().starts_with(['|', ';', '!']) {
            return Err(self.error(start, Fault::LostComment));
        }
        if self.take("\\") {
            return self.character(start).map(Datum::Other);
        }
        let token = self.token();
        let based = |base| token.get(1..).and_then(|digits| number::integer(digits, base));
        let datum = match token {
            "t" | "T" | "true" => Some(Datum::Boolean(true)),
            "f" | "F" | "false" => Some(Datum::Boolean(false)),
            _ => match token.chars().next() {
                Some('b' | 'B') => based(2),
                Some('o' | 'O') => based(8),
                Some('d' | 'D') => based(10),
                Some('x' | 'X') => based(16),
                _ => None,
            },
        };
        datum.ok_or_else(|| self.error(start, Fault::Hash(format!("#{token}"))))
    }

    /// After `#{` (Guile manual, "Symbol Read Syntax").
    fn extended_symbol(&mut self, start: usize) -> Result<Cow<'t, str>, SchemeError> {
        let rest = self.rest();
        let unclosed = || self.error(start, Fault::UnclosedSymbol);
        let end = rest.find("}#").ok_or_else(unclosed)?;
        let written = &rest[..end];
        self.at += end + 2;
        let mut name = String::new();
        let mut parts = written.split('\\');
        name.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let Some(hex) = part.strip_prefix('x') else {
                name.push_str(part);
                continue;
            };
            let read = hex.split_once(';').and_then(|(code, after)| {
                let c = u32::from_str_radix(code, 16).ok().and_then(char::from_u32)?;
                Some((c, after))
            });
            let (c, after) = read.ok_or_else(|| self.error(start, Fault::Escape(format!("\\{part}"))))?;
            name.push(c);
            name.push_str(after);
        }
        Ok(Cow::Owned(name))
    }

    /// After `#:`.
    fn keyword(&mut self, start: usize) -> Result<Cow<'t, str>, SchemeError> {
        if self.take("#{") {
            return self.extended_symbol(start);
        }
        match self.token() {
            "" => Err(self.error(start, Fault::Dangling("#:"))),
            name => Ok(Cow::Borrowed(name)),
        }
    }

    /// After `#\`.
    fn character(&mut self, start: usize) -> Result<String, SchemeError> {
        let Some(first) = self.peek() else { return Err(self.error(start, Fault::Dangling("#\\"))) };
        let begin = self.at;
        self.at += first.len_utf8();
        if !is_delimiter(first) {
            self.token();
        }
        let name = &self.text[begin..self.at];
        literal::character(name).ok_or_else(|| self.error(start, Fault::Hash(format!("#\\{name}"))))
    }
}

/// What ends a token of Guile's.
fn is_delimiter(c: char) -> bool {
    matches!(c, '(' | ')' | '[' | ']' | '"' | ';' | ' ' | '\t' | '\n' | '\r' | '\u{c}')
}
