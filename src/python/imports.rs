//! Which modules a Python text imports (<https://docs.python.org/3/reference/simple_stmts.html#import>): read, never
//! run.

use std::collections::BTreeSet;

use super::tokens::{self, Line, Token};

/// Names that an import statement may bring in: `import a.b` and `from a import b` both give `a.b`; so do the calls
/// `__import__('a.b')` and `importlib.import_module('a.b')`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imports {
    /// Dotted names, those of relative imports with their dots in front.
    pub names: BTreeSet<String>,
    /// Those of them that the text cannot do without: not only behind `try`, an outermost `if`, or for checkers of types.
    pub needed: BTreeSet<String>,
    /// Those of them that importing the text imports in any case: at its outermost level, under no condition.
    pub at_once: BTreeSet<String>,
    /// Those of them that the text tries to import at its outermost level, and can do without.
    pub tried: BTreeSet<String>,
    /// Modules that everything is taken from (`from a import *`).
    pub stars: BTreeSet<String>,
}

/// Whether what follows is imported for sure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Guard {
    None,
    /// In a block of the outermost level that may fail: until a line of that level.
    Block,
    /// The same of `if`, with its other branches: another system, another interpreter, a checker of types.
    Condition,
    /// In the body of an inner `try`: until its `except`.
    Try,
    /// Behind an inner `except`: as long as lines import something.
    Instead,
}

impl Guard {
    /// With the next line.
    fn next(self, line: &Line<'_>) -> Self {
        let word = match line.tokens.first() {
            Some(Token::Name(word)) => *word,
            _ => "",
        };
        let suppresses = word == "with" && line.tokens.contains(&Token::Name("suppress"));
        match (word, line.is_indented) {
            ("try" | "except", false) => Self::Block,
            ("with", false) if suppresses => Self::Block,
            ("if", false) => Self::Condition,
            ("elif" | "else", false) if self == Self::Condition => self,
            (_, true) if matches!(self, Self::Block | Self::Condition) => self,
            ("try", true) => Self::Try,
            ("with", true) if suppresses => Self::Try,
            ("except", true) => Self::Instead,
            (_, false) => Self::None,
            ("finally" | "else", true) if self == Self::Try => Self::None,
            _ if self == Self::Instead && !matches!(word, "import" | "from") => Self::None,
            _ => self,
        }
    }
}

impl Imports {
    /// Of a whole text, blocks and functions included. Text that cannot be read for certain is searched line by line.
    pub fn read(text: &str) -> Self {
        let mut found = Self::default();
        match tokens::code(text) {
            Some(lines) => {
                let mut guard = Guard::None;
                for line in &lines {
                    guard = guard.next(line);
                    let mut here = Self::default();
                    here.line(&line.tokens);
                    if guard == Guard::Block {
                        found.tried.extend(here.names.iter().cloned());
                    }
                    if guard == Guard::None {
                        found.needed.extend(here.names.iter().cloned());
                        let is_statement =
                            matches!(line.tokens.first(), Some(Token::Name("import" | "from")));
                        if is_statement && !line.is_indented {
                            found.at_once.extend(here.names.iter().cloned());
                        }
                    }
                    found.names.append(&mut here.names);
                    found.stars.append(&mut here.stars);
                }
            }
            None => {
                for line in text.lines() {
                    let lines = tokens::code(line).unwrap_or_default();
                    lines.iter().for_each(|line| found.line(&line.tokens));
                }
                found.needed = found.names.clone();
                found.at_once = found.names.clone();
            }
        }
        found
    }

    /// Whether a module, or anything of it, is imported.
    pub fn has(&self, module: &str) -> bool {
        let within = |name: &String| {
            name.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.names.iter().chain(&self.stars).any(within)
    }

    /// An import can stand after a colon (`try: import x`) as well as at the start of a line.
    fn line(&mut self, tokens: &[Token<'_>]) {
        for window in tokens.windows(4) {
            if let [
                Token::Name("__import__" | "import_module"),
                Token::Op('('),
                Token::Text(name),
                Token::Op(')' | ','),
            ] = window
                && name.split('.').all(is_name)
            {
                self.names.insert((*name).to_owned());
            }
        }
        let starts = |at: usize| at == 0 || tokens[at - 1] == Token::Op(':');
        for at in 0..tokens.len() {
            match tokens[at] {
                Token::Name("import") if starts(at) => return self.import(&tokens[at + 1..]),
                Token::Name("from") if starts(at) => return self.from(&tokens[at + 1..]),
                _ => {}
            }
        }
    }

    /// `a.b as c, d`.
    fn import(&mut self, tokens: &[Token<'_>]) {
        for part in tokens.split(|token| *token == Token::Op(',')) {
            let (name, _) = dotted(part);
            if !name.is_empty() {
                self.names.insert(name);
            }
        }
    }

    /// `a.b import (c as d, e)`.
    fn from(&mut self, tokens: &[Token<'_>]) {
        let (module, taken) = dotted(tokens);
        let Some((Token::Name("import"), imported)) = tokens.get(taken..).and_then(<[_]>::split_first) else {
            return;
        };
        if module.is_empty() {
            return;
        }
        self.names.insert(module.clone());
        for part in imported.split(|token| *token == Token::Op(',')) {
            let part = part.strip_prefix(&[Token::Op('(')]).unwrap_or(part);
            match part.first() {
                Some(Token::Op('*')) => _ = self.stars.insert(module.clone()),
                Some(Token::Name(name)) if module.ends_with('.') => {
                    self.names.insert(format!("{module}{name}"));
                }
                Some(Token::Name(name)) => _ = self.names.insert(format!("{module}.{name}")),
                _ => {}
            }
        }
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// A dotted name, and how many tokens it takes.
fn dotted(tokens: &[Token<'_>]) -> (String, usize) {
    let (mut name, mut after_name) = (String::new(), false);
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Op('.') => {
                name.push('.');
                after_name = false;
            }
            Token::Name(part) if !after_name && *part != "import" => {
                name.push_str(part);
                after_name = true;
            }
            _ => return (name, at),
        }
    }
    (name, tokens.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements() {
        for (text, names) in [
            ("import a", "a"),
            ("import a.b as c, d", "a.b d"),
            ("from a import b, c as d", "a a.b a.c"),
            ("from a.b import (  # why\n    c,\n    d,\n)", "a.b a.b.c a.b.d"),
            ("try: import a\nexcept ImportError: pass", "a"),
            ("def f():\n    import a", "a"),
            ("from . import x", ". .x"),
            ("from .a import b", ".a .a.b"),
            ("# import a\n'''\nimport b\n'''\nx = 'import c'", ""),
            ("raise X from error", ""),
            ("x = __import__('a.b').c", "a.b"),
            ("x = importlib.import_module('a', p)", "a"),
            ("x = import_module('.a', p), import_module('a' + b), __import__('a b')", ""),
            ("import a\nx = [", "a"),
        ] {
            let found = Imports::read(text).names.into_iter().collect::<Vec<_>>().join(" ");
            assert_eq!(found, names, "{text}");
        }
    }

    #[test]
    fn what_a_text_cannot_do_without() {
        for (text, needed) in [
            ("import a\ntry:\n    import b\nexcept ImportError:\n    import c\nimport d\n", "a d"),
            ("try: import a\nexcept ImportError: a = None\nelse:\n    import b\n", "b"),
            ("if TYPE_CHECKING:\n    import a\nimport b\n", "b"),
            ("if typing.TYPE_CHECKING:\n    import a\n", ""),
            ("if WINDOWS:\n    import a\nelif x:\n    import b\nelse:\n    import c\nimport d\n", "d"),
            ("with suppress(ImportError):\n    import a\nwith x:\n    import b\n", "b"),
            ("def f():\n    with suppress(ImportError):\n        import a\n", ""),
            (
                "def f():\n    import a\n    try:\n        import b\n    except X:\n        import c\n    import d\n",
                "a",
            ),
            ("def f():\n    try:\n        import b\n    except X:\n        b = None\n    import d\n", "d"),
            ("try:\n    import a\nexcept X:\n    pass\nimport a\n", "a"),
            ("import a\nx = [", "a"),
        ] {
            let found = Imports::read(text).needed.into_iter().collect::<Vec<_>>().join(" ");
            assert_eq!(found, needed, "{text}");
        }
    }

    #[test]
    fn what_is_imported_at_once() {
        for (text, at_once) in [
            ("import a\nfrom b import c\n", "a b b.c"),
            ("def f():\n    import a\nimport b\n", "b"),
            ("if x: import a\nif y:\n    import b\n", ""),
            ("try:\n    import a\nexcept X:\n    a = None\n", ""),
            ("x = __import__('a')\n", ""),
        ] {
            let found = Imports::read(text).at_once.into_iter().collect::<Vec<_>>().join(" ");
            assert_eq!(found, at_once, "{text}");
        }
    }

    #[test]
    fn what_is_tried() {
        for (text, tried) in [
            ("try:\n    import a\nexcept ImportError:\n    import b\nimport c\n", "a b"),
            ("with suppress(ImportError):\n    import a\n", "a"),
            (
                "if TYPE_CHECKING:\n    import a\ndef f():\n    try:\n        import b\n    except X:\n        pass\n",
                "",
            ),
        ] {
            let found = Imports::read(text).tried.into_iter().collect::<Vec<_>>().join(" ");
            assert_eq!(found, tried, "{text}");
        }
    }

    #[test]
    fn what_is_imported() {
        let found = Imports::read("from a.b import c\nfrom d import *\n");
        for (module, has) in [("a", true), ("a.b", true), ("a.b.c", true), ("a.bc", false), ("d", true)] {
            assert_eq!(found.has(module), has, "{module}");
        }
        assert_eq!(found.stars.into_iter().collect::<Vec<_>>(), ["d"]);
    }
}
