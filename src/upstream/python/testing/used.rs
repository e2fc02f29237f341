//! Plugins of pytest that tests use without an import: by their marks, and by the fixtures that functions take.

use std::collections::BTreeSet;

use crate::python::tokens::{self, Token};

/// `pytest.mark.NAME` of one plugin alone.
const MARKS: [(&str, &str); 6] = [
    ("asyncio", "pytest-asyncio"),
    ("django_db", "pytest-django"),
    ("httpx_mock", "pytest-httpx"),
    ("no_cover", "pytest-cov"),
    ("trio", "pytest-trio"),
    ("xdist_group", "pytest-xdist"),
];
/// Arguments of tests that are fixtures of one plugin alone.
const FIXTURES: [(&str, &str); 6] = [
    ("aiohttp_client", "pytest-aiohttp"),
    ("aiohttp_server", "pytest-aiohttp"),
    ("benchmark", "pytest-benchmark"),
    ("httpx_mock", "pytest-httpx"),
    ("httpserver", "pytest-httpserver"),
    ("mocker", "pytest-mock"),
];

/// The plugins that these texts use, sorted. Fixtures that they define themselves are none of a plugin.
pub(super) fn plugins<'a>(texts: impl Iterator<Item = &'a str>) -> BTreeSet<&'static str> {
    let (mut found, mut taken, mut own) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for text in texts {
        for line in tokens::code(text).unwrap_or_default() {
            for window in line.tokens.windows(5) {
                if let [
                    Token::Name("pytest"),
                    Token::Op('.'),
                    Token::Name("mark"),
                    Token::Op('.'),
                    Token::Name(mark),
                ] = window
                {
                    found.extend(MARKS.iter().filter(|(name, _)| name == mark).map(|(_, plugin)| *plugin));
                }
            }
            let Some((name, arguments)) = function(&line.tokens) else { continue };
            own.insert(name.to_owned());
            taken.extend(arguments.into_iter().map(str::to_owned));
        }
    }
    let is_taken = |name: &str| taken.contains(name) && !own.contains(name);
    found.extend(FIXTURES.iter().filter(|(name, _)| is_taken(name)).map(|(_, plugin)| *plugin));
    found
}

/// The name of a function and those of its arguments, of the line that begins it.
fn function<'a>(tokens: &[Token<'a>]) -> Option<(&'a str, Vec<&'a str>)> {
    let tokens = tokens.strip_prefix(&[Token::Name("async")]).unwrap_or(tokens);
    let [Token::Name("def"), Token::Name(name), Token::Op('('), rest @ ..] = tokens else { return None };
    let mut arguments = Vec::new();
    // A name that begins an argument; what follows `:` and `=` is no argument.
    let mut begins = true;
    let mut depth = 0_usize;
    for token in rest {
        match token {
            Token::Op(')') if depth == 0 => break,
            Token::Op('(' | '[' | '{') => depth += 1,
            Token::Op(')' | ']' | '}') => depth = depth.saturating_sub(1),
            Token::Op(',') if depth == 0 => begins = true,
            Token::Op('*') if begins => {}
            Token::Name(argument) if begins && depth == 0 => {
                arguments.push(*argument);
                begins = false;
            }
            _ => begins = false,
        }
    }
    Some((name, arguments))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_fixtures() {
        for (text, expected) in [
            ("@pytest.mark.asyncio\nasync def test_a(x): pass\n", "pytest-asyncio"),
            ("pytestmark = [pytest.mark.trio, pytest.mark.slow]\n", "pytest-trio"),
            ("def test_a(\n    mocker: MockerFixture, x=benchmark,\n):\n    pass\n", "pytest-mock"),
            ("class TestA:\n    async def test_a(self, httpserver): pass\n", "pytest-httpserver"),
            ("# pytest.mark.asyncio\nx = 'pytest.mark.trio'\ndef test_a(f=mocker): pass\n", ""),
            ("@pytest.fixture\ndef mocker(): pass\ndef test_a(mocker): pass\n", ""),
            ("mocker = 1\ndef test_a(*, x: dict[mocker, 1]): pass\n", ""),
        ] {
            let found: Vec<_> = plugins([text].into_iter()).into_iter().collect();
            assert_eq!(found.join(" "), expected, "{text}");
        }
    }
}
