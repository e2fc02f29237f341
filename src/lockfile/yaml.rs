//! YAML as package managers write it: maps, lists and text. Every scalar is text (`1.10` is no number), and what lockfiles have no
//! use for (anchors, aliases, tags, keys that stand twice) is refused, with its line.

use serde_saphyr::granit_parser::{Event, Parser, ScanError, Span};

use crate::foreign;

/// Maps and lists within each other. A lockfile has six.
const MAX_DEPTH: usize = 32;

/// A value of a document.
#[derive(Debug, PartialEq, Eq)]
pub enum Yaml {
    Text(String),
    List(Vec<Yaml>),
    Map(Vec<Member>),
}

/// One key of a map, and its value.
#[derive(Debug, PartialEq, Eq)]
pub struct Member {
    pub key: String,
    /// Of the key, from 1.
    pub line: usize,
    pub value: Yaml,
}

/// Why text was refused, and at which line.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    pub line: usize,
    /// A sentence without its subject.
    pub why: String,
}

impl Yaml {
    /// The value of a key of this map.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.members().iter().find(|member| member.key == key).map(|member| &member.value)
    }

    /// The members of a map, in the order of the file; of anything else none.
    pub fn members(&self) -> &[Member] {
        match self {
            Self::Map(members) => members,
            _ => &[],
        }
    }

    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a key of this map.
    pub fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key)?.text()
    }

    /// The texts of a list; a scalar is a list of one.
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::Text(text) => vec![text],
            Self::List(list) => list.iter().filter_map(Self::text).collect(),
            Self::Map(_) => Vec::new(),
        }
    }
}

/// The documents of a file.
pub fn documents(text: &str) -> Result<Vec<Yaml>, Fault> {
    let read = || {
        let mut reader = Reader::default();
        for event in Parser::new_from_str(text) {
            let (event, span) = event.map_err(|error| of_parser(&error))?;
            reader.take(event, &span)?;
        }
        Ok(reader.documents)
    };
    foreign::guarded(read).unwrap_or_else(|panicked| Err(Fault { line: 1, why: panicked.to_string() }))
}

fn of_parser(error: &ScanError) -> Fault {
    Fault { line: error.marker().line(), why: format!("is not valid YAML: {}", error.info()) }
}

/// A map or list that is not read to its end.
enum Open {
    List(Vec<Yaml>),
    Map { members: Vec<Member>, key: Option<(String, usize)> },
}

#[derive(Default)]
struct Reader {
    documents: Vec<Yaml>,
    open: Vec<Open>,
}

impl Reader {
    fn take(&mut self, event: Event<'_>, span: &Span) -> Result<(), Fault> {
        let line = span.start.line();
        let refuse = |why: &str| Err(Fault { line, why: why.to_owned() });
        if event.tag().is_some() {
            return refuse("has a tag (`!`), which no lockfile needs");
        }
        if event.alias_id().is_some() || event.anchor_id().is_some() {
            return refuse("has an anchor or alias (`&`, `*`), which no lockfile needs");
        }
        match event {
            Event::Scalar(text, ..) => self.value(Yaml::Text(text.into_owned()), line),
            Event::SequenceStart(..) => self.enter(Open::List(Vec::new()), line),
            Event::MappingStart(..) => self.enter(Open::Map { members: Vec::new(), key: None }, line),
            Event::SequenceEnd | Event::MappingEnd => {
                let value = match self.open.pop() {
                    Some(Open::List(list)) => Yaml::List(list),
                    Some(Open::Map { members, .. }) => {
                        no_key_twice(&members)?;
                        Yaml::Map(members)
                    }
                    None => return refuse("ends what it has not begun"),
                };
                self.value(value, line)
            }
            _ => Ok(()),
        }
    }

    fn enter(&mut self, open: Open, line: usize) -> Result<(), Fault> {
        if self.open.len() == MAX_DEPTH {
            return Err(Fault { line, why: format!("nests more than {MAX_DEPTH} levels deep") });
        }
        self.open.push(open);
        Ok(())
    }

    fn value(&mut self, value: Yaml, line: usize) -> Result<(), Fault> {
        match self.open.last_mut() {
            None => self.documents.push(value),
            Some(Open::List(list)) => list.push(value),
            Some(Open::Map { members, key }) => match (key.take(), value) {
                (Some((key, line)), value) => members.push(Member { key, line, value }),
                (None, Yaml::Text(text)) => *key = Some((text, line)),
                (None, _) => return Err(Fault { line, why: "has a key that is no text".to_owned() }),
            },
        }
        Ok(())
    }
}

/// Refuses a map with a key that stands twice.
pub fn no_key_twice(members: &[Member]) -> Result<(), Fault> {
    let mut keys: Vec<_> = members.iter().map(|member| (member.key.as_str(), member.line)).collect();
    keys.sort_unstable();
    match keys.windows(2).find(|two| two[0].0 == two[1].0) {
        Some(two) => {
            let why = format!("has the key {:?} twice, at line {} too", two[1].0, two[0].1);
            Err(Fault { line: two[1].1, why })
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Yaml {
        let mut documents = documents(text).unwrap();
        assert_eq!(documents.len(), 1, "{documents:?}");
        documents.remove(0)
    }

    #[test]
    fn every_scalar_is_text() {
        let yaml = one("a: 1.10\nb: no\nc: '6.0'\nd: null\ne: {f: [x64, '!arm']}\n? long\n: 0x1F\n");
        let texts: Vec<_> = ["a", "b", "c", "d", "long"].map(|key| yaml.text_of(key).unwrap()).into();
        assert_eq!(texts, ["1.10", "no", "6.0", "null", "0x1F"]);
        assert_eq!(yaml.get("e").unwrap().get("f").unwrap().texts(), ["x64", "!arm"]);
        assert_eq!(yaml.members()[4].line, 5);
    }

    #[test]
    fn what_lockfiles_have_no_use_for_is_refused_with_its_line() {
        for (text, line, why) in [
            ("a: 1\nb: 2\na: 3\n", 3, "has the key \"a\" twice, at line 1 too"),
            ("a:\n  b: {c: 1, c: 2}\n", 2, "has the key \"c\" twice, at line 2 too"),
            ("a: &x 1\n", 1, "has an anchor or alias (`&`, `*`), which no lockfile needs"),
            ("a: 1\nb: &x\n  c: 1\n", 3, "has an anchor or alias (`&`, `*`), which no lockfile needs"),
            ("a: 1\nb: !!str 2\n", 2, "has a tag (`!`), which no lockfile needs"),
            ("a: 1\n[b]: 2\n", 2, "has a key that is no text"),
        ] {
            assert_eq!(documents(text), Err(Fault { line, why: why.to_owned() }), "{text}");
        }
        let broken = documents("a: 1\nb: [1\n").unwrap_err();
        assert!(broken.why.starts_with("is not valid YAML: ") && broken.line >= 2, "{broken:?}");
    }

    #[test]
    fn deep_text_ends_in_an_error() {
        for part in ["[", "{a: ", "- ", "? "] {
            assert!(documents(&part.repeat(100_000)).is_err(), "{part}");
        }
        let blocks: String = (0..1000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
        assert!(documents(&blocks).is_err());
    }
}
