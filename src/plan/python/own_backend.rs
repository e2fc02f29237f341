//! Backends that are in the source itself (`backend-path`, PEP 517): what they ask for, as their text tells it. Most
//! pass on the hooks of a backend that everybody knows.

use std::collections::BTreeMap;

use crate::python::build_files;
use crate::python::imports::Imports;
use crate::python::tokens::{self, Line, Token};
use crate::python::{BuildSystem, Requirement};

const HOOK: &str = "get_requires_for_build_wheel";
/// Modules that pass on the hooks of others.
const DEEPEST: usize = 4;
/// Backends that are passed on.
const KNOWN: [&str; 8] = [
    "setuptools.build_meta",
    "flit_core.buildapi",
    "poetry.core.masonry.api",
    "hatchling.build",
    "mesonpy",
    "maturin",
    "pdm.backend",
    "scikit_build_core.build",
];

/// What a backend of the source asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnBackend {
    /// The module whose hook is asked as well.
    pub passes_on: Option<String>,
    /// Requirements (PEP 508), no less than it asks for.
    pub requires: Vec<String>,
}

/// `None` where the text does not tell. `texts` are the build files.
pub fn read(system: &BuildSystem, texts: &BTreeMap<String, String>) -> Option<OwnBackend> {
    let (folder, path) = build_files::backend(system).find(|(_, path)| texts.contains_key(path))?;
    // The hooks are an object's then: a known backend that the module imports.
    if let Some((_, object)) = system.backend.split_once(':') {
        let imports = Imports::read(texts.get(&path)?);
        let is_object = |module: &&&str| {
            module.rsplit('.').next() == Some(object.trim()) && imports.names.contains(**module)
        };
        let passes_on = Some((*KNOWN.iter().find(is_object)?).to_owned());
        return Some(OwnBackend { passes_on, requires: Vec::new() });
    }
    module(texts, &folder, &path, 0)
}

fn module(texts: &BTreeMap<String, String>, folder: &str, path: &str, depth: usize) -> Option<OwnBackend> {
    let lines = tokens::code(texts.get(path).filter(|_| depth < DEEPEST)?)?;
    let imports = Imports::read(texts.get(path)?);
    if let Some(at) = lines.iter().position(|line| defines(line)) {
        let after = &lines[at + 1..];
        let body = after.iter().position(|line| !line.is_indented).map_or(after, |end| &after[..end]);
        return function(body, &imports);
    }
    // From where a statement outside of blocks has it.
    let mut from: Option<String> = None;
    for line in lines.iter().filter(|line| line.tokens.contains(&Token::Name(HOOK))) {
        let bound = bound(&line.tokens);
        match bound {
            Bound::Elsewhere => {}
            Bound::By(_) if line.is_indented || from.is_some() => return None,
            Bound::By(module) if module.is_empty() => from = Some(known(&imports)?),
            Bound::By(module) => from = Some(module),
            Bound::Unknown => return None,
        }
    }
    if let Some(from) = from {
        return passed_on(texts, folder, path, &from, depth);
    }
    let mut stars = imports.stars.iter();
    match (stars.next(), stars.next()) {
        (Some(star), None) => passed_on(texts, folder, path, star, depth),
        (Some(_), Some(_)) => None,
        // Hooks that are set one by one.
        (None, _) if lines.iter().any(|line| line.tokens.contains(&Token::Name("setattr"))) => {
            Some(OwnBackend { passes_on: Some(known(&imports)?), requires: Vec::new() })
        }
        // Without the hook nothing is asked for.
        (None, _) => Some(OwnBackend::default()),
    }
}

fn passed_on(
    texts: &BTreeMap<String, String>,
    folder: &str,
    path: &str,
    from: &str,
    depth: usize,
) -> Option<OwnBackend> {
    if KNOWN.contains(&from) {
        return Some(OwnBackend { passes_on: Some(from.to_owned()), requires: Vec::new() });
    }
    let import = format!("import {from}");
    let import = if from.starts_with('.') { format!("from {from} import *") } else { import };
    let own = build_files::imported(&import, folder, path).find(|path| texts.contains_key(path))?;
    module(texts, folder, &own, depth + 1)
}

fn defines(line: &Line<'_>) -> bool {
    let is_def = |tokens: &[Token<'_>]| tokens.starts_with(&[Token::Name("def"), Token::Name(HOOK)]);
    !line.is_indented && (is_def(&line.tokens) || line.tokens.first() == Some(&Token::Name("async")))
}

enum Bound {
    /// The name is only used, or bound to another.
    Elsewhere,
    /// A module has it; empty for the one that the file imports.
    By(String),
    Unknown,
}

/// What a statement that has the hook's name binds it to.
fn bound(tokens: &[Token<'_>]) -> Bound {
    match tokens {
        [Token::Name("from"), rest @ ..] => {
            let Some(import) = rest.iter().position(|token| *token == Token::Name("import")) else {
                return Bound::Unknown;
            };
            let renamed = |pair: &[Token<'_>]| pair == [Token::Name(HOOK), Token::Name("as")];
            if rest.windows(2).any(renamed) {
                return Bound::Elsewhere;
            }
            let module = rest[..import].iter().map(|token| match token {
                Token::Name(name) => (*name).to_owned(),
                _ => ".".to_owned(),
            });
            Bound::By(module.collect())
        }
        [Token::Name(HOOK), Token::Op('='), Token::Name(_), Token::Op('.'), Token::Name(HOOK)] => {
            Bound::By(String::new())
        }
        [Token::Name(HOOK), Token::Op('='), ..] => Bound::Unknown,
        _ => Bound::Elsewhere,
    }
}

/// The one known backend that a module imports.
fn known(imports: &Imports) -> Option<String> {
    let mut known = KNOWN.iter().filter(|module| imports.has(module));
    let first = known.next()?;
    known.next().is_none().then(|| (*first).to_owned())
}

/// A hook that gives lists which are written out, with what a known backend's hook gives.
fn function(body: &[Line<'_>], imports: &Imports) -> Option<OwnBackend> {
    let tokens = || body.iter().flat_map(|line| &line.tokens);
    // What depends on the environment, or is put together in other ways.
    let computed = ["getenv", "environ", "append", "extend", "insert", "for", "open", "yield", "lambda"];
    if tokens().any(|token| matches!(token, Token::Name(name) if computed.contains(name))) {
        return None;
    }
    let calls = tokens().any(|token| matches!(token, Token::Name(name) if name.ends_with(HOOK)));
    let mut own =
        OwnBackend { passes_on: if calls { Some(known(imports)?) } else { None }, requires: Vec::new() };
    let mut returned = false;
    for line in body {
        let all = &line.tokens;
        if all.first() == Some(&Token::Name("return")) {
            returned = true;
            if !parts(&all[1..])?.iter().all(|name| is_list(body, name)) {
                return None;
            }
        }
        let mut at = 0;
        while at < all.len() {
            // A list, and not an index.
            let is_literal = all[at] == Token::Op('[')
                && at.checked_sub(1).is_none_or(|before| {
                    matches!(
                        all[before],
                        Token::Op('=' | '+' | '(' | ',') | Token::Name("return" | "else" | "if")
                    )
                });
            at += 1;
            if !is_literal {
                continue;
            }
            while let Some(token) = all.get(at) {
                at += 1;
                match token {
                    Token::Op(']') => break,
                    Token::Op(',') => {}
                    Token::Text(text) if Requirement::parse(text).is_ok() => {
                        own.requires.push((*text).to_owned())
                    }
                    // One or another: both are no less.
                    Token::Name(_) if all.get(at) != Some(&Token::Op('(')) => {}
                    _ => return None,
                }
            }
        }
    }
    // A hook that shows neither is one that nobody understands here.
    let shows = calls || !own.requires.is_empty() || body.iter().any(|line| gives_nothing(&line.tokens));
    (returned && shows).then_some(own)
}

/// The variables of an expression of lists and calls of the hook; `None` for one with other calls.
fn parts<'a>(tokens: &[Token<'a>]) -> Option<Vec<&'a str>> {
    let (mut names, mut depth, mut at) = (Vec::new(), 0usize, 0);
    while let Some(token) = tokens.get(at) {
        let next = tokens.get(at + 1);
        match token {
            // The arguments of the hook, and what is in a list.
            Token::Op('[') => depth += 1,
            Token::Op('(') if depth > 0 => depth += 1,
            Token::Op(')' | ']') if depth > 0 => depth -= 1,
            _ if depth > 0 => {}
            Token::Name(name) if next == Some(&Token::Op('(')) => {
                if !name.ends_with(HOOK) {
                    return None;
                }
                depth = 1;
                at += 1;
            }
            Token::Name(_) if next == Some(&Token::Op('.')) => {}
            Token::Name(name) => names.push(*name),
            _ => {}
        }
        at += 1;
    }
    Some(names)
}

/// Whether every value of a variable is a list that is written out, or what the hook gives.
fn is_list(body: &[Line<'_>], name: &str) -> bool {
    let values = body.iter().filter_map(|line| match &line.tokens[..] {
        [Token::Name(its), Token::Op('='), value @ ..] if *its == name => Some(value),
        _ => None,
    });
    let is_list = |value: &[Token<'_>]| {
        let has_list = value.contains(&Token::Op('['));
        let calls = value.iter().any(|token| matches!(token, Token::Name(name) if name.ends_with(HOOK)));
        // A condition may be anything.
        let mut is_condition = false;
        let others = value.windows(2).any(|pair| {
            match pair[0] {
                Token::Name("if") => is_condition = true,
                Token::Name("else") => is_condition = false,
                _ => {}
            }
            let is_call = |name: &str| pair[1] == Token::Op('(') && !name.ends_with(HOOK) && name != "else";
            !is_condition && matches!(pair[0], Token::Name(name) if is_call(name))
        });
        (has_list || calls) && !others
    };
    let values: Vec<_> = values.collect();
    !values.is_empty() && values.into_iter().all(is_list)
}

fn gives_nothing(tokens: &[Token<'_>]) -> bool {
    matches!(tokens, [Token::Name("return"), Token::Op('['), Token::Op(']')])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(files: &[(&str, &str)]) -> Option<String> {
        let system = BuildSystem {
            requires: Vec::new(),
            backend: "own".into(),
            backend_path: vec!["b".into()],
            document: Default::default(),
        };
        let texts = files.iter().map(|(path, text)| (format!("b/{path}"), (*text).to_owned())).collect();
        let own = read(&system, &texts)?;
        Some([own.passes_on.unwrap_or_default(), own.requires.join(" ")].join(" ").trim().to_owned())
    }

    #[test]
    fn what_the_text_tells() {
        let with = "from setuptools import build_meta as _orig\n";
        for (text, expected) in [
            (
                "from setuptools.build_meta import *\ndef build_wheel(a): pass\n",
                Some("setuptools.build_meta"),
            ),
            ("from flit_core.buildapi import *\n", Some("flit_core.buildapi")),
            (
                "from hatchling.build import get_requires_for_build_wheel, build_wheel\n",
                Some("hatchling.build"),
            ),
            ("def build_wheel(a): pass\n", Some("")),
            ("def get_requires_for_build_wheel(c=None):\n    'Doc.'\n    return []\n", Some("")),
            ("def get_requires_for_build_wheel(c=None):\n    return ['a>=1', 'b']\n", Some("a>=1 b")),
            (
                "def f():\n    from setuptools import build_meta\n    for n in build_meta.__all__:\n        \
                setattr(m, n, getattr(build_meta, n))\n",
                Some("setuptools.build_meta"),
            ),
            ("from somewhere import *\n", None),
            ("from setuptools.build_meta import *\nfrom flit_core.buildapi import *\n", None),
            ("get_requires_for_build_wheel = made()\n", None),
        ] {
            assert_eq!(of(&[("own.py", text)]).as_deref(), expected, "{text}");
        }
        for (text, expected) in [
            (
                "get_requires_for_build_wheel = _orig.get_requires_for_build_wheel\n",
                Some("setuptools.build_meta"),
            ),
            (
                "def get_requires_for_build_wheel(c):\n    return _orig.get_requires_for_build_wheel(c) + ['a']\n",
                Some("setuptools.build_meta a"),
            ),
            (
                "def get_requires_for_build_wheel(c):\n    more = [] if pure(c) else ['Cython >= 3']\n    \
                return _orig.get_requires_for_build_wheel(config_settings=c) + more\n",
                Some("setuptools.build_meta Cython >= 3"),
            ),
            (
                "def get_requires_for_build_wheel(c):\n    r = _orig.get_requires_for_build_wheel(c)\n    \
                if os.getenv('X'):\n        r.append('a')\n    return r\n",
                None,
            ),
            ("def get_requires_for_build_wheel(c):\n    return [f'a{x}']\n", None),
            ("def get_requires_for_build_wheel(c):\n    return ['a>=2' if NEW else 'a']\n", Some("a>=2 a")),
            ("def get_requires_for_build_wheel(c):\n    return [made('a')]\n", None),
        ] {
            assert_eq!(of(&[("own.py", &format!("{with}{text}"))]).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn over_several_modules() {
        let hooks = "from setuptools.build_meta import *\nfrom ._more import (build_wheel, get_requires_for_build_wheel)\n";
        let more = "from setuptools.build_meta import get_requires_for_build_wheel as _theirs\n\
            def get_requires_for_build_wheel(c):\n    return _theirs(c) + ['x']\n";
        let files = [("own/__init__.py", hooks), ("own/_more.py", more)];
        assert_eq!(of(&files), None, "a hook whose call is not seen");
        let more = more.replace("_theirs", "_get_requires_for_build_wheel");
        let files = [("own/__init__.py", hooks), ("own/_more.py", more.as_str())];
        assert_eq!(of(&files).as_deref(), Some("setuptools.build_meta x"));
        assert_eq!(of(&[("own.py", "from .own import *\n"), ("own/__init__.py", "")]).as_deref(), None);
    }
}
