//! What Python text says in literals: read, never run.

use std::collections::BTreeMap;

use super::tokens::{self, Line, Token};

/// A value that is written out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    Text(String),
    /// A list, tuple or set.
    List(Vec<Literal>),
    Table(Vec<(String, Literal)>),
    /// All else: what is computed, numbers.
    Other,
}

/// Names and their values.
pub type Values = BTreeMap<String, Literal>;

impl Literal {
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The texts of a list, those of its items that are computed left out; a text alone is a list of one.
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::Text(text) => vec![text],
            Self::List(items) => items.iter().filter_map(Self::text).collect(),
            _ => Vec::new(),
        }
    }

    pub fn table(&self) -> &[(String, Self)] {
        match self {
            Self::Table(items) => items,
            _ => &[],
        }
    }
}

/// The names that a module assigns literals to, outside of any block; the last assignment counts.
pub fn assigned(text: &str) -> Values {
    constants(&tokens::code(text).unwrap_or_default())
}

/// The keyword arguments of the last call of `setup`, names that stand for literals put in; `None` where there is no such
/// call.
pub fn setup_arguments(text: &str) -> Option<Values> {
    let lines = tokens::code(text).unwrap_or_default();
    let names = constants(&lines);
    let mut calls = lines.iter().filter_map(|line| {
        let called = |pair: &[Token<'_>]| pair == [Token::Name("setup"), Token::Op('(')];
        let at = line.tokens.windows(2).position(called)?;
        let defined = at > 0 && line.tokens[at - 1] == Token::Name("def");
        (!defined).then(|| &line.tokens[at + 2..])
    });
    let tokens = calls.next_back()?;
    let mut reader = Reader { tokens, at: 0, names: &names };
    let mut found = Values::new();
    while !reader.ends(')') {
        let before = reader.at;
        if let [Token::Name(name), Token::Op('='), ..] = &reader.tokens[reader.at..] {
            reader.at += 2;
            found.insert((*name).to_owned(), reader.value());
        } else if let [Token::Op('*'), Token::Op('*'), Token::Name(name), ..] = &reader.tokens[reader.at..] {
            found.extend(names.get(*name).into_iter().flat_map(Literal::table).cloned());
            reader.skip();
        } else {
            reader.skip();
        }
        reader.comma();
        reader.past(before);
    }
    Some(found)
}

fn constants(lines: &[Line<'_>]) -> Values {
    let mut names = Values::new();
    for line in lines.iter().filter(|line| !line.is_indented) {
        let (name, value) = match &line.tokens[..] {
            [Token::Name(name), Token::Op('='), value @ ..] => (name, value),
            [Token::Name(name), Token::Op(':'), Token::Name(_), Token::Op('='), value @ ..] => (name, value),
            _ => continue,
        };
        let mut reader = Reader { tokens: value, at: 0, names: &names };
        let read = reader.value();
        let read = if reader.at == value.len() { read } else { Literal::Other };
        names.insert((*name).to_owned(), read);
    }
    names
}

struct Reader<'a> {
    tokens: &'a [Token<'a>],
    at: usize,
    names: &'a Values,
}

/// Brackets within brackets; real ones have four.
const DEEPEST: usize = 32;

impl Reader<'_> {
    fn is(&self, op: char) -> bool {
        self.tokens.get(self.at) == Some(&Token::Op(op))
    }

    fn ends(&self, close: char) -> bool {
        self.at >= self.tokens.len() || self.is(close)
    }

    fn comma(&mut self) {
        if self.is(',') {
            self.at += 1;
        }
    }

    /// Goes on where nothing was read since `before`: a bracket that was never opened.
    fn past(&mut self, before: usize) {
        if self.at == before {
            self.at += 1;
        }
    }

    /// To the comma, colon or bracket that ends what stands here.
    fn skip(&mut self) {
        let (start, mut depth) = (self.at, 0usize);
        while let Some(token) = self.tokens.get(self.at) {
            match token {
                Token::Op('(' | '[' | '{') => depth += 1,
                Token::Op(',' | ':') if depth == 0 && self.at > start => return,
                Token::Op(')' | ']' | '}') if depth == 0 => return,
                Token::Op(')' | ']' | '}') => depth -= 1,
                _ => {}
            }
            self.at += 1;
        }
    }

    /// The value that stands here, to its end.
    fn value(&mut self) -> Literal {
        self.nested(0)
    }

    fn nested(&mut self, depth: usize) -> Literal {
        let read = if depth > DEEPEST { Literal::Other } else { self.one(depth) };
        // What goes on is computed: `'a' + b`, `'%s' % c`.
        match self.tokens.get(self.at) {
            None | Some(Token::Op(',' | ':' | ')' | ']' | '}')) if read != Literal::Other => read,
            _ => {
                self.skip();
                Literal::Other
            }
        }
    }

    fn one(&mut self, depth: usize) -> Literal {
        match self.tokens.get(self.at) {
            Some(Token::Text(_)) => self.text(),
            Some(Token::Name(name)) => match self.names.get(*name) {
                Some(value) => {
                    self.at += 1;
                    value.clone()
                }
                None => Literal::Other,
            },
            Some(Token::Op('(')) => {
                let (mut items, commas) = self.items(')', depth);
                // Parentheses around one value are not a tuple.
                if commas == 0 && items.len() == 1 { items.remove(0) } else { Literal::List(items) }
            }
            Some(Token::Op('[')) => Literal::List(self.items(']', depth).0),
            Some(Token::Op('{')) => self.table(depth),
            _ => Literal::Other,
        }
    }

    /// Texts that stand beside each other are one. Those with escapes count as computed.
    fn text(&mut self) -> Literal {
        let (mut whole, mut plain) = (String::new(), true);
        while let Some(Token::Text(part)) = self.tokens.get(self.at) {
            plain &= !part.contains('\\');
            whole.push_str(part);
            self.at += 1;
        }
        if plain { Literal::Text(whole) } else { Literal::Other }
    }

    fn items(&mut self, close: char, depth: usize) -> (Vec<Literal>, usize) {
        let (mut items, mut commas) = (Vec::new(), 0);
        self.at += 1;
        while !self.ends(close) {
            let before = self.at;
            items.push(self.nested(depth + 1));
            commas += usize::from(self.is(','));
            self.comma();
            self.past(before);
        }
        self.at += 1;
        (items, commas)
    }

    fn table(&mut self, depth: usize) -> Literal {
        let mut items = Vec::new();
        self.at += 1;
        while !self.ends('}') {
            let before = self.at;
            let key = self.nested(depth + 1);
            if self.is(':') {
                self.at += 1;
                let value = self.nested(depth + 1);
                if let Literal::Text(key) = key {
                    items.push((key, value));
                }
            }
            self.comma();
            self.past(before);
        }
        self.at += 1;
        Literal::Table(items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_of_setup() {
        let text = "import os\nfrom setuptools import setup, find_packages\nNAME = 'my-app'\n\
            here = os.path.dirname(__file__)\nwith open(f'{here}/R') as f:\n    long = f.read() % 2\n\
            if __name__ == '__main__':\n  setup(\n    name=NAME,  # the name\n    version='1.' '2',\n\
                description='%s' % NAME, python_requires=('>=3.8'),\n    package_dir={'': 'src', **more},\n\
                packages=find_packages('src', exclude=['t']),\n\
                entry_points={'console_scripts': ['a = b:c', 'x' + y, 'd=e:f']},\n    zip_safe=False)\n";
        let found = setup_arguments(text).unwrap();
        let get = |name: &str| found[name].clone();
        assert_eq!(get("name").text(), Some("my-app"));
        assert_eq!(get("version").text(), Some("1.2"));
        assert_eq!((get("description"), get("packages")), (Literal::Other, Literal::Other));
        assert_eq!(get("python_requires").text(), Some(">=3.8"));
        assert_eq!(get("package_dir").table(), [(String::new(), Literal::Text("src".into()))]);
        assert_eq!(get("entry_points").table()[0].1.texts(), ["a = b:c", "d=e:f"]);
        let found =
            setup_arguments("about = {'name': 'x'}\nif x:\n    setup(**about, **other, version='1')\n")
                .unwrap();
        assert_eq!(found.keys().collect::<Vec<_>>(), ["name", "version"]);
        assert_eq!(setup_arguments("def setup(app): pass\n"), None);
    }

    #[test]
    fn what_a_module_assigns() {
        let text = "try:\n    from v import __version__\nexcept ImportError:\n    __version__ = '0'\n\
            VERSION: str = \"1.5\"\nother = VERSION\ncomputed = VERSION + 'x'\n__all__ = ('a',)\n";
        let found = assigned(text);
        assert_eq!(found.get("__version__"), None);
        assert_eq!(found["VERSION"].text(), Some("1.5"));
        assert_eq!((found["other"].text(), found["computed"].text()), (Some("1.5"), None));
        assert_eq!(found["__all__"].texts(), ["a"]);
    }

    #[test]
    fn hostile_text_ends() {
        for text in [
            "setup(",
            "setup()",
            "setup(,,=:)",
            "setup(a=[::],b={,:})",
            "setup(**x)",
            "def setup(a='b'): pass",
            "setup(a='\\')",
            "setup(a=, 'b'], c='d')",
            "setup(])",
            "setup(})",
        ] {
            let found = setup_arguments(text).unwrap_or_default();
            assert_eq!(found.get("a").and_then(Literal::text), None, "{text}");
        }
        let deep = format!("setup(a={}{})", "[".repeat(50_000), "]".repeat(50_000));
        assert_eq!(setup_arguments(&deep).map(|found| found.len()), Some(1));
    }
}
