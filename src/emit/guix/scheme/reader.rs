//! Text in, data and the blanks between them out, by the rules of Guix's `(guix read-print)`.

use std::borrow::Cow;

use super::datum::Datum;
use super::error::{Fault, SchemeError};
use super::scanner::Scanner;

/// How deep lists may lie in each other; Guix's own modules stay under 50.
const DEPTH: usize = 300;

/// All of a file.
pub fn read<'t>(file: &'t str, text: &'t str) -> Result<Vec<Datum<'t>>, SchemeError> {
    let mut reader = Reader { scanner: Scanner::new(file, text), depth: 0 };
    let mut data = Vec::new();
    let mut after_blank = true;
    loop {
        let at = reader.scanner.offset();
        match reader.next(after_blank)? {
            Item::Datum(datum) => {
                after_blank = datum.is_blank();
                data.push(datum);
            }
            Item::Dot => return Err(reader.error(at, Fault::Dot)),
            Item::Close(close, at) => return Err(reader.error(at, Fault::Unopened(close))),
            Item::End => return Ok(data),
        }
    }
}

struct Reader<'t> {
    scanner: Scanner<'t>,
    depth: usize,
}

enum Item<'t> {
    Datum(Datum<'t>),
    /// Of a dotted pair.
    Dot,
    /// A closing parenthesis and its offset.
    Close(char, usize),
    End,
}

impl<'t> Reader<'t> {
    fn error(&self, at: usize, fault: Fault) -> SchemeError {
        self.scanner.error(at, fault)
    }

    /// What comes next. After a blank (`line_begins`) a line break makes a blank line, and a comment is no
    /// margin comment.
    fn next(&mut self, mut line_begins: bool) -> Result<Item<'t>, SchemeError> {
        loop {
            let at = self.scanner.offset();
            let Some(c) = self.scanner.peek() else { return Ok(Item::End) };
            match c {
                '\n' => {
                    self.scanner.take("\n");
                    if line_begins {
                        self.scanner.take_while(is_space);
                        return Ok(Item::Datum(Datum::Space));
                    }
                    line_begins = true;
                }
                '\u{c}' => {
                    self.scanner.take("\u{c}");
                    self.scanner.take_while(|c| is_space(c) && c != '\n');
                    self.scanner.take("\n");
                    return Ok(Item::Datum(Datum::PageBreak));
                }
                c if is_space(c) => _ = self.scanner.take_while(|c| is_space(c) && c != '\n'),
                ';' => {
                    let text = self.scanner.take_line();
                    return Ok(Item::Datum(Datum::Comment { text, margin: !line_begins }));
                }
                '(' => return self.nested(at, |reader| reader.list(at, "(", ')')),
                '[' => return self.nested(at, |reader| reader.list(at, "[", ']')),
                ')' | ']' => {
                    self.scanner.take(if c == ')' { ")" } else { "]" });
                    return Ok(Item::Close(c, at));
                }
                _ => return self.other(at),
            }
        }
    }

    fn other(&mut self, at: usize) -> Result<Item<'t>, SchemeError> {
        if let Some((prefix, name)) = self.scanner.take_prefix() {
            return self.nested(at, |reader| match reader.next(false)? {
                Item::Datum(datum) => Ok(Datum::List(vec![Datum::Symbol(Cow::Borrowed(name)), datum])),
                _ => Err(reader.error(at, Fault::Dangling(prefix))),
            });
        }
        if self.scanner.rest().starts_with("#(") {
            self.scanner.take("#");
            return self.nested(at, |reader| reader.vector(at));
        }
        let bare = self.scanner.peek() == Some('.');
        match self.scanner.atom()? {
            Datum::Symbol(name) if bare && name == "." => Ok(Item::Dot),
            datum => Ok(Item::Datum(datum)),
        }
    }

    fn nested(
        &mut self,
        at: usize,
        read: impl FnOnce(&mut Self) -> Result<Datum<'t>, SchemeError>,
    ) -> Result<Item<'t>, SchemeError> {
        if self.depth == DEPTH {
            return Err(self.error(at, Fault::Deep(DEPTH)));
        }
        self.depth += 1;
        let datum = read(self)?;
        self.depth -= 1;
        Ok(Item::Datum(datum))
    }

    /// The items up to the closing parenthesis, and where the dot stands among them.
    fn items(
        &mut self,
        start: usize,
        open: &str,
        close: char,
    ) -> Result<(Vec<Datum<'t>>, Option<usize>), SchemeError> {
        self.scanner.take(open);
        let (mut items, mut dot) = (Vec::new(), None);
        let mut after_blank = false;
        loop {
            let at = self.scanner.offset();
            match self.next(after_blank)? {
                Item::Datum(datum) => {
                    after_blank = datum.is_blank();
                    items.push(datum);
                }
                Item::Dot if dot.is_none() => {
                    after_blank = false;
                    dot = Some(items.len());
                }
                Item::Dot => return Err(self.error(at, Fault::Dot)),
                Item::Close(found, _) if found == close => return Ok((items, dot)),
                Item::Close(found, at) => return Err(self.error(at, Fault::Unopened(found))),
                Item::End => return Err(self.error(start, Fault::Unclosed)),
            }
        }
    }

    fn list(&mut self, at: usize, open: &str, close: char) -> Result<Datum<'t>, SchemeError> {
        let (mut items, dot) = self.items(at, open, close)?;
        let Some(dot) = dot else { return Ok(Datum::List(items)) };
        let tail = items.split_off(dot);
        if tail.iter().any(Datum::is_comment) {
            return Err(self.error(at, Fault::CommentInPair));
        }
        let mut tail = tail.into_iter().filter(|datum| !datum.is_blank());
        let (Some(datum), None) = (tail.next(), tail.next()) else {
            return Err(self.error(at, Fault::Dot));
        };
        if items.is_empty() {
            return Err(self.error(at, Fault::Dot));
        }
        // `(a . (b c))` is `(a b c)`.
        let pair = match datum {
            Datum::List(more) => {
                items.extend(more);
                return Ok(Datum::List(items));
            }
            Datum::Dotted(more, last) => {
                items.extend(more);
                Datum::Dotted(items, last)
            }
            last => Datum::Dotted(items, Box::new(last)),
        };
        self.without_blanks(pair).map_err(|()| self.error(at, Fault::CommentInPair))
    }

    fn vector(&mut self, at: usize) -> Result<Datum<'t>, SchemeError> {
        match self.items(at, "(", ')')? {
            (items, None) => {
                self.without_blanks(Datum::Vector(items)).map_err(|()| self.error(at, Fault::CommentInVector))
            }
            (_, Some(_)) => Err(self.error(at, Fault::Dot)),
        }
    }

    /// What is written on one line has no room for blanks: blank lines go, a comment is an error.
    fn without_blanks(&self, datum: Datum<'t>) -> Result<Datum<'t>, ()> {
        let all = |items: Vec<Datum<'t>>| -> Result<Vec<_>, ()> {
            let kept = items.into_iter().filter(|item| item.is_comment() || !item.is_blank());
            kept.map(|item| self.without_blanks(item)).collect()
        };
        Ok(match datum {
            Datum::Comment { .. } => return Err(()),
            Datum::List(items) => Datum::List(all(items)?),
            Datum::Vector(items) => Datum::Vector(all(items)?),
            Datum::Dotted(items, tail) => Datum::Dotted(all(items)?, Box::new(self.without_blanks(*tail)?)),
            other => other,
        })
    }
}

/// White space but page breaks.
fn is_space(c: char) -> bool {
    c.is_whitespace() && c != '\u{c}'
}
