//! `setup_requires` of setup.py: what it asks for in the build of a wheel, as far as its text alone tells. Setuptools
//! runs `setup.py egg_info` to find out, so that what is only for other commands (`'test' in sys.argv`) is not asked for.

use super::tokens::{self, Line, Token};

const KEYWORD: &str = "setup_requires";
/// Names within names; real ones have three.
const DEEPEST: usize = 8;
/// Commands that setuptools' backend runs.
const RUN: [&str; 3] = ["egg_info", "dist_info", "bdist_wheel"];

/// The requirements; `None` where they are computed.
pub fn read(text: &str) -> Option<Vec<String>> {
    if !text.contains(KEYWORD) {
        return Some(Vec::new());
    }
    let lines = tokens::code(text)?;
    let reader = Reader { lines: &lines };
    let mut found = Vec::new();
    for line in &lines {
        let mut at = 0;
        while let Some(token) = line.tokens.get(at) {
            at += 1;
            let value = match (token, line.tokens.get(at)) {
                // An argument, and not a variable of that name.
                (Token::Name(KEYWORD), Some(Token::Op('='))) if at > 1 => at + 1,
                // A key of arguments: `{'setup_requires': []}`, `kw['setup_requires'] = []`.
                (Token::Text(KEYWORD), Some(Token::Op(':'))) => at + 1,
                (Token::Text(KEYWORD), Some(Token::Op(']'))) => match line.tokens.get(at + 1..)? {
                    [Token::Op('='), ..] if !line.is_indented => at + 2,
                    _ => return None,
                },
                (Token::Text(KEYWORD), _) => return None,
                _ => continue,
            };
            let value = line.tokens.get(value..)?;
            found.extend(reader.value(&value[..end(value)], 0)?);
        }
    }
    Some(found)
}

/// Where a value ends: at a comma, or the bracket around it.
fn end(tokens: &[Token<'_>]) -> usize {
    at_top(tokens, |token| matches!(token, Token::Op(',' | ')' | ']' | '}'))).unwrap_or(tokens.len())
}

/// The first token outside of brackets that is `wanted`.
fn at_top(tokens: &[Token<'_>], wanted: impl Fn(&Token<'_>) -> bool) -> Option<usize> {
    let mut depth = 0usize;
    tokens.iter().position(|token| {
        if depth == 0 && wanted(token) {
            return true;
        }
        match token {
            Token::Op('(' | '[' | '{') => depth += 1,
            Token::Op(')' | ']' | '}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        false
    })
}

struct Reader<'a> {
    lines: &'a [Line<'a>],
}

impl Reader<'_> {
    /// The texts of a list that is written out.
    fn value(&self, tokens: &[Token<'_>], depth: usize) -> Option<Vec<String>> {
        if depth > DEEPEST {
            return None;
        }
        if let Some(at) = at_top(tokens, |token| *token == Token::Op('+')) {
            let mut all = self.value(&tokens[..at], depth + 1)?;
            all.extend(self.value(&tokens[at + 1..], depth + 1)?);
            return Some(all);
        }
        if let Some(at) = at_top(tokens, |token| *token == Token::Name("if")) {
            let otherwise = at + at_top(&tokens[at..], |token| *token == Token::Name("else"))?;
            return match self.is_for_other_commands(&tokens[at + 1..otherwise], depth + 1) {
                true => self.value(&tokens[otherwise + 1..], depth + 1),
                false => None,
            };
        }
        match tokens {
            [Token::Text(_), ..] => Some(vec![text(tokens)?]),
            [Token::Name(name)] => self.variable(name, depth + 1),
            [Token::Name("list" | "tuple"), Token::Op('('), Token::Op(')')] => Some(Vec::new()),
            [Token::Op('[' | '('), within @ .., Token::Op(']' | ')')] => {
                let mut all = Vec::new();
                let mut rest = within;
                while !rest.is_empty() {
                    let item = &rest[..end(rest)];
                    match item {
                        [Token::Op('*'), spread @ ..] => all.extend(self.value(spread, depth + 1)?),
                        item => all.extend(self.value(item, depth + 1)?),
                    }
                    rest = rest.get(item.len() + 1..).unwrap_or_default();
                }
                Some(all)
            }
            _ => None,
        }
    }

    /// What a name of the module stands for: one value, and what is added to it.
    fn variable(&self, name: &str, depth: usize) -> Option<Vec<String>> {
        let mut value = None;
        // The condition of the block that a line is in, where that is for other commands alone.
        let (mut is_other, mut is_otherwise) = (false, false);
        for line in self.lines {
            if !line.is_indented {
                let was_other = is_other;
                is_otherwise = line.tokens.starts_with(&[Token::Name("else")]) && was_other;
                is_other = match &line.tokens[..] {
                    [Token::Name("if"), condition @ .., Token::Op(':')] => {
                        self.is_for_other_commands(condition, depth + 1)
                    }
                    _ => false,
                };
            }
            let change = match &line.tokens[..] {
                [Token::Name(its), Token::Op('='), value @ ..] if *its == name => Some((value, false)),
                [Token::Name(its), Token::Op('+'), Token::Op('='), value @ ..] if *its == name => {
                    Some((value, true))
                }
                [
                    Token::Name(its),
                    Token::Op('.'),
                    Token::Name("append" | "extend"),
                    Token::Op('('),
                    value @ ..,
                    Token::Op(')'),
                ] if *its == name => Some((value, true)),
                // An `if` with its statement on one line, or another way to change it.
                [Token::Name("if"), .., Token::Op(')')] | [Token::Name("for"), ..]
                    if line.tokens.windows(2).any(|pair| pair == [Token::Name(name), Token::Op('.')]) =>
                {
                    return None;
                }
                _ => None,
            };
            let Some((tokens, adds)) = change else { continue };
            if line.is_indented && is_other {
                continue;
            }
            if line.is_indented && !is_otherwise {
                return None;
            }
            let read = self.value(tokens, depth + 1)?;
            match (&mut value, adds) {
                (Some(all), true) => Vec::extend(all, read),
                (None, false) => value = Some(read),
                _ => return None,
            }
        }
        value
    }

    /// Whether a condition holds for none of the commands of a build: it looks for others in `sys.argv`.
    fn is_for_other_commands(&self, condition: &[Token<'_>], depth: usize) -> bool {
        const WORDS: [&str; 10] =
            ["sys", "argv", "in", "set", "intersection", "bool", "any", "for", "or", "frozenset"];
        if let [Token::Name(name)] = condition
            && depth <= DEEPEST
        {
            let mut values = self.lines.iter().filter_map(|line| match &line.tokens[..] {
                [Token::Name(its), Token::Op('='), value @ ..] if its == name => {
                    Some(!line.is_indented && self.is_for_other_commands(value, depth + 1))
                }
                _ => None,
            });
            return values.next() == Some(true) && values.next().is_none();
        }
        let argv = [Token::Name("sys"), Token::Op('.'), Token::Name("argv")];
        let asks = |token: &Token<'_>| matches!(token, Token::Name("in" | "intersection"));
        let bound =
            |name: &str| condition.windows(2).any(|pair| pair == [Token::Name("for"), Token::Name(name)]);
        let known = |token: &Token<'_>| match token {
            Token::Name(name) => WORDS.contains(name) || bound(name),
            Token::Text(text) => !RUN.contains(text),
            Token::Number => false,
            Token::Op(op) => "()[]{},.".contains(*op),
        };
        condition.windows(3).any(|part| part == argv)
            && condition.iter().any(asks)
            && condition.iter().any(|token| matches!(token, Token::Text(_)))
            && condition.iter().all(known)
    }
}

/// Texts beside each other are one; with escapes they are not read.
fn text(tokens: &[Token<'_>]) -> Option<String> {
    let parts = tokens.iter().map(|token| match token {
        Token::Text(part) if !part.contains('\\') => Some(*part),
        _ => None,
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_wheel_is_built_with() {
        let argv = "import sys\nneeds = {'pytest', 'test'}.intersection(sys.argv)\n";
        for (text, expected) in [
            ("setup(name='a')", Some("")),
            ("# setup_requires=['x']\nsetup()", Some("")),
            ("setup(setup_requires=['cffi>=1.0', \"pbr\"], x=1)", Some("cffi>=1.0 pbr")),
            ("setup(setup_requires='pbr', pbr=True)", Some("pbr")),
            ("setup(setup_requires=[])", Some("")),
            ("setup(setup_requires=('a' 'b',))", Some("ab")),
            ("NEED = ['a']\nsetup(setup_requires=NEED + ['b'])", Some("a b")),
            ("C = 'cython>=3'\nsetup(setup_requires=[C, *['d']])", Some("cython>=3 d")),
            ("kw = {'setup_requires': ['a']}\nsetup(**kw)", Some("a")),
            ("kw['setup_requires'] = ['a']\nsetup(**kw)", Some("a")),
            ("setup(setup_requires=['r'] if 'test' in sys.argv else [])", Some("")),
            (
                "setup(setup_requires=['r'] if any(x in sys.argv for x in ['test', 'ptr']) else ['s'])",
                Some("s"),
            ),
            (
                "setup_requires = ['a']\nif 'docs' in sys.argv:\n    setup_requires.append('sphinx')\n\
                setup(setup_requires=setup_requires)",
                Some("a"),
            ),
            ("if 'test' in sys.argv:\n    S = ['r']\nelse:\n    S = []\nsetup(setup_requires=S)", Some("")),
            ("S = []\nS += ['b']\nsetup(setup_requires=S)", Some("b")),
            // What depends on anything else is not known.
            ("setup(setup_requires=needed())", None),
            ("setup(setup_requires=['a'] if sys.platform == 'win32' else [])", None),
            ("setup(setup_requires=['a'] if 'egg_info' in sys.argv else [])", None),
            ("setup(setup_requires=['a'] if 'test' not in sys.argv else [])", None),
            ("S = []\nif not there():\n    S.append('a')\nsetup(setup_requires=S)", None),
            ("S = []\nfor x in y: S.append(x)\nsetup(setup_requires=S)", None),
            ("kw['setup_requires'].append('a')\nsetup(**kw)", None),
            ("if x:\n    kw['setup_requires'] = ['a']\nsetup(**kw)", None),
            ("setup(setup_requires=[", None),
        ] {
            let found = read(text).map(|all| all.join(" "));
            assert_eq!(found.as_deref(), expected, "{text}");
        }
        for (value, expected) in
            [("['pytest-runner'] if needs else []", Some("")), ("['a'] if other else []", None)]
        {
            let text = format!("{argv}runner = {value}\nsetup(setup_requires=['b'] + runner)");
            let expected = expected.map(|_| "b");
            assert_eq!(read(&text).map(|all| all.join(" ")).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn hostile_text_ends() {
        assert_eq!(read("a = b\nb = a\nsetup(setup_requires=a)"), None);
        let deep = format!("setup(setup_requires={}{})", "[".repeat(50_000), "]".repeat(50_000));
        assert_eq!(read(&deep), None);
        assert_eq!(read("setup(setup_requires="), None);
    }
}
