//! Where in a file a problem was found.

use std::fmt;
use std::ops::Range;

/// A file as the user would name it and, where it is known, what of it is meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub file: String,
    /// From 1.
    pub line: Option<usize>,
    /// From 1, in characters.
    pub column: Option<usize>,
    /// How many characters are meant, all on that line; 0 where only the beginning is known.
    pub length: usize,
}

impl Place {
    pub fn line(file: &str, line: usize) -> Self {
        Self { line: Some(line), ..Self::from(file) }
    }

    pub fn column(file: &str, line: usize, column: usize) -> Self {
        Self { column: Some(column), ..Self::line(file, line) }
    }

    /// Where a parser of JSON stopped.
    pub fn of_json(file: &str, error: &serde_json::Error) -> Self {
        match error.line() {
            0 => file.into(),
            line => Self::column(file, line, error.column().max(1)),
        }
    }

    /// What these bytes of the file's text are; of several lines the first counts.
    pub fn within(file: &str, text: &str, bytes: Range<usize>) -> Self {
        let boundary =
            |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let start = boundary(bytes.start);
        let end = boundary(bytes.end).max(start);
        let before = &text[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.matches('\n').count() + 1;
        let meant = text[start..end].lines().next().unwrap_or_default();
        Self {
            length: meant.chars().count(),
            ..Self::column(file, line, text[line_start..start].chars().count() + 1)
        }
    }
}

impl Place {
    /// The only member of this name in a text of JSON, or the first that also has this text as its value.
    pub fn of_json_member(file: &str, text: &str, name: &str, value: Option<&str>) -> Option<Self> {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let key = quoted(name);
        let is_meant = |at: &usize| {
            let Some(rest) = text[at + key.len()..].trim_start().strip_prefix(':') else { return false };
            value.is_none_or(|value| rest.trim_start().starts_with(&quoted(value)))
        };
        let mut found = text.match_indices(&key).map(|(at, _)| at).filter(is_meant);
        let at = found.next()?;
        let is_only = value.is_some() || found.next().is_none();
        is_only.then(|| Self::within(file, text, at..at + key.len()))
    }
}

impl Place {
    /// The first line of a lockfile that names a package; in comments it does not count. Names are compared as PEP 503 has
    /// them: without capitals, and with one separator for all.
    pub fn of_package(file: &str, text: &str, name: &str) -> Option<Self> {
        let wanted = comparable(name);
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let names = |line: &str| {
            let code = if line.trim_start().starts_with('#') {
                ""
            } else {
                line.split(" #").next().unwrap_or_default()
            };
            let code = comparable(code);
            code.match_indices(&wanted).any(|(at, _)| {
                let (before, behind) = (&code[..at], &code[at + wanted.len()..]);
                // `node_modules/NAME` is meant, `@scope/NAME` is another.
                let folder =
                    before.strip_suffix('/').and_then(|before| before.rsplit(['/', '"', ' ']).next());
                let is_scoped = folder.is_some_and(|folder| folder.starts_with('@'));
                !is_scoped && !before.ends_with(|c| is_part(c) || c == '@') && !behind.starts_with(is_part)
            })
        };
        let line = text.lines().position(names).filter(|_| !wanted.is_empty())?;
        Some(Self::line(file, line + 1))
    }
}

fn comparable(text: &str) -> String {
    text.to_ascii_lowercase().replace(['_', '.'], "-")
}

/// What a parser of JSON says, without the line and column: these are the place.
pub fn without_place(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    said.strip_suffix(&place).unwrap_or(&said).to_owned()
}

impl From<&str> for Place {
    fn from(file: &str) -> Self {
        Self { file: file.to_owned(), line: None, column: None, length: 0 }
    }
}

impl From<&String> for Place {
    fn from(file: &String) -> Self {
        file.as_str().into()
    }
}

impl From<&Self> for Place {
    fn from(place: &Self) -> Self {
        place.clone()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_a_line_and_a_column() {
        let text = "a = 1\né = 'two'\n";
        let at = |bytes| {
            let place = Place::within("f", text, bytes);
            (place.line.unwrap(), place.column.unwrap(), place.length)
        };
        assert_eq!(at(0..1), (1, 1, 1));
        assert_eq!(at(6..8), (2, 1, 1));
        assert_eq!(at(11..16), (2, 5, 5));
        // Across lines, inside of a character, and behind the end.
        assert_eq!(at(4..16), (1, 5, 1));
        assert_eq!(at(7..8), (2, 1, 1));
        assert_eq!(at(90..99), (3, 1, 0));
    }
}
