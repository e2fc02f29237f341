//! A script as a shell reads it, as far as that can be told from its text. Commands keep the text that they have: what a
//! shell fills in and how it is quoted is the shell's.

/// A part of a script that runs on its own, whatever the part before it ended with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unit<'a> {
    /// One program with its arguments.
    Command(&'a str),
    /// What is in parentheses: a folder that is changed there stays there.
    Group(&'a str),
    /// Commands of which the next one runs where the one before fails.
    Either(Vec<&'a str>),
    /// A pipeline, or what only a shell understands.
    Whole(&'a str),
}

/// Words that begin what is no list of commands.
const KEYWORDS: [&str; 11] =
    ["!", "[[", "case", "for", "function", "if", "select", "trap", "until", "while", "{"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    And,
    Or,
    Pipe,
    Background,
    End,
}

/// The units of a script. One that is not understood is one unit.
pub fn units(text: &str) -> Vec<Unit<'_>> {
    let whole = || vec![Unit::Whole(text.trim())];
    let Some(parts) = parts(text) else { return whole() };
    let is_foreign = |part: &str, joint| {
        joint == Joint::Background
            || words(part).first().is_some_and(|word| KEYWORDS.contains(word) || word.ends_with("()"))
    };
    if parts.iter().any(|(part, joint)| is_foreign(&text[part.clone()], *joint)) {
        return whole();
    }
    let mut units = Vec::new();
    let mut open: Vec<std::ops::Range<usize>> = Vec::new();
    let mut has_pipe = false;
    for (part, joint) in parts {
        open.push(part);
        match joint {
            Joint::Or => continue,
            Joint::Pipe => {
                has_pipe = true;
                continue;
            }
            _ => {}
        }
        units.extend(unit(text, &open, has_pipe));
        open.clear();
        has_pipe = false;
    }
    units
}

fn unit<'a>(text: &'a str, parts: &[std::ops::Range<usize>], has_pipe: bool) -> Option<Unit<'a>> {
    let all = text[parts.first()?.start..parts.last()?.end].trim();
    if all.is_empty() {
        return None;
    }
    Some(match parts {
        _ if has_pipe => Unit::Whole(all),
        [_] => match all.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            Some(group) if self::parts(group).is_some() => Unit::Group(group.trim()),
            None if !all.starts_with('(') => Unit::Command(all),
            _ => Unit::Whole(all),
        },
        parts => Unit::Either(parts.iter().map(|part| text[part.clone()].trim()).collect()),
    })
}

/// The parts between the operators, each with the operator behind it; `None` where quotes or parentheses stay open.
fn parts(text: &str) -> Option<Vec<(std::ops::Range<usize>, Joint)>> {
    let bytes = text.as_bytes();
    let (mut parts, mut start, mut at) = (Vec::new(), 0, 0);
    let mut quotes = Quotes::default();
    while at < bytes.len() {
        let next = bytes.get(at + 1).copied();
        let joint = match bytes[at] {
            _ if quotes.hides(bytes, at) => None,
            b'&' if next == Some(b'&') => Some((Joint::And, 2)),
            b'|' if next == Some(b'|') => Some((Joint::Or, 2)),
            // `2>&1`, `&>file`.
            b'&' if at > 0 && bytes[at - 1] == b'>' || next == Some(b'>') => None,
            b'&' => Some((Joint::Background, 1)),
            b'|' => Some((Joint::Pipe, 1)),
            b';' | b'\n' => Some((Joint::And, 1)),
            _ => None,
        };
        match joint {
            Some((joint, length)) => {
                parts.push((start..at, joint));
                at += length;
                start = at;
            }
            None => at += 1,
        }
    }
    parts.push((start..text.len(), Joint::End));
    quotes.are_closed().then_some(parts)
}

/// What hides an operator: quotes, a backslash, parentheses, a command whose output is filled in.
#[derive(Default)]
struct Quotes {
    quote: Option<u8>,
    escaped: bool,
    depth: usize,
    is_off: bool,
}

impl Quotes {
    /// Takes one byte, and says whether it is no operator.
    fn hides(&mut self, bytes: &[u8], at: usize) -> bool {
        let byte = bytes[at];
        if std::mem::take(&mut self.escaped) {
            return true;
        }
        match (self.quote, byte) {
            (Some(b'\''), b'\'') => self.quote = None,
            (Some(b'\''), _) => {}
            (_, b'\\') => self.escaped = true,
            (Some(quote), byte) if quote == byte => self.quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'' | b'`') => self.quote = Some(byte),
            (None, b'(') => self.depth += 1,
            (None, b')') => match self.depth.checked_sub(1) {
                Some(depth) => self.depth = depth,
                None => self.is_off = true,
            },
            (None, _) => return self.depth > 0,
        }
        true
    }

    fn are_closed(&self) -> bool {
        self.quote.is_none() && !self.escaped && self.depth == 0 && !self.is_off
    }
}

/// The words of a command, with their quotes.
pub fn words(command: &str) -> Vec<&str> {
    let bytes = command.as_bytes();
    let (mut words, mut start) = (Vec::new(), None);
    let mut quotes = Quotes::default();
    for at in 0..bytes.len() {
        if !quotes.hides(bytes, at) && bytes[at].is_ascii_whitespace() {
            words.extend(start.take().map(|start| &command[start..at]));
        } else {
            start.get_or_insert(at);
        }
    }
    words.extend(start.map(|start| &command[start..]));
    words
}

/// A word without its quotes; as it is where that takes a shell.
pub fn plain(word: &str) -> String {
    match shlex::split(word).as_deref() {
        Some([one]) => one.clone(),
        _ => word.to_owned(),
    }
}

/// A word that sets a variable, as its name and its value as written.
pub fn assignment(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let fits = starts && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    fits.then_some((name, value))
}

/// Whether a command writes what it prints to a file.
pub fn is_redirected(command: &str) -> bool {
    let bytes = command.as_bytes();
    let mut quotes = Quotes::default();
    let mut targets = (0..bytes.len()).filter_map(|at| {
        let is_sign = !quotes.hides(bytes, at) && bytes[at] == b'>';
        is_sign.then(|| command[at + 1..].trim_start_matches(['>', '|', ' ']))
    });
    targets.any(|target| !target.is_empty() && !target.starts_with("/dev/") && !target.starts_with('&'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_of_scripts() {
        let command = |text| Unit::Command(text);
        for (text, expected) in [
            ("tsc", vec![command("tsc")]),
            ("a && b&&c ; d\ne", vec![command("a"), command("b"), command("c"), command("d"), command("e")]),
            ("a '&&' \"b;c\" \\; d", vec![command("a '&&' \"b;c\" \\; d")]),
            ("a --x=$(b && c) && d", vec![command("a --x=$(b && c)"), command("d")]),
            ("a `b && c` && d", vec![command("a `b && c`"), command("d")]),
            ("(cd a && b) && c", vec![Unit::Group("cd a && b"), command("c")]),
            ("a || b || true && c", vec![Unit::Either(vec!["a", "b", "true"]), command("c")]),
            ("a | b && c", vec![Unit::Whole("a | b"), command("c")]),
            ("a 2>&1 && b &>x", vec![command("a 2>&1"), command("b &>x")]),
            ("a & b", vec![Unit::Whole("a & b")]),
            ("(a) (b)", vec![Unit::Whole("(a) (b)")]),
            ("(a) (b)", vec![Unit::Whole("(a) (b)")]),
            ("for i in a; do b; done", vec![Unit::Whole("for i in a; do b; done")]),
            ("a && if b; then c; fi", vec![Unit::Whole("a && if b; then c; fi")]),
            ("a && 'b", vec![Unit::Whole("a && 'b")]),
            ("a) && (b", vec![Unit::Whole("a) && (b")]),
            (" && ", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(units(text), expected, "{text}");
        }
    }

    #[test]
    fn words_and_what_they_mean() {
        assert_eq!(words("A=1 node  \"a b\" 'c d'e $(f g)"), ["A=1", "node", "\"a b\"", "'c d'e", "$(f g)"]);
        assert_eq!(plain("'build:*'"), "build:*");
        assert_eq!(plain("\"a b\""), "a b");
        assert_eq!(plain("x"), "x");
        assert_eq!(assignment("A_1=x=y"), Some(("A_1", "x=y")));
        for none in ["--a=1", "1=2", "a", "./a=b"] {
            assert_eq!(assignment(none), None, "{none}");
        }
        for (command, redirected) in [
            ("a > b", true),
            ("a >>b", true),
            ("a '>' b", false),
            ("a 2>/dev/null", false),
            ("a 2>&1", false),
        ] {
            assert_eq!(is_redirected(command), redirected, "{command}");
        }
    }
}
