//! What tests use of the machine: programs that they call, and the user's home.

use crate::python::tokens::{self, Token};

/// A program that tests call.
#[derive(Debug, PartialEq, Eq)]
pub struct Program {
    pub called: &'static str,
    /// Its own commands, as far as tests use them.
    commands: &'static [&'static str],
    /// The attribute of nixpkgs.
    pub nixpkgs: &'static str,
    /// The variable of Guix.
    pub guix: &'static str,
}

/// Those whose names mean nothing else, and that a build does not have anyway.
static PROGRAMS: [Program; 5] = [
    Program { called: "ffmpeg", commands: &[], nixpkgs: "ffmpeg-headless", guix: "ffmpeg" },
    Program { called: "git", commands: GIT, nixpkgs: "gitMinimal", guix: "git-minimal" },
    Program { called: "gpg", commands: &[], nixpkgs: "gnupg", guix: "gnupg" },
    Program {
        called: "hg",
        commands: &["add", "clone", "commit", "init"],
        nixpkgs: "mercurial",
        guix: "mercurial",
    },
    Program {
        called: "openssl",
        commands: &["genrsa", "req", "rsa", "x509"],
        nixpkgs: "openssl",
        guix: "openssl",
    },
];
const GIT: &[&str] = &[
    "add",
    "branch",
    "checkout",
    "clone",
    "commit",
    "config",
    "fetch",
    "init",
    "log",
    "pull",
    "push",
    "remote",
    "rev-parse",
    "status",
    "submodule",
    "tag",
];
/// Functions that take a command, as one text or as a list.
const CALLS: [&str; 8] =
    ["Popen", "call", "check_call", "check_output", "getoutput", "getstatusoutput", "run", "system"];

/// What the texts of tests use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    /// Sorted by name.
    pub programs: Vec<&'static Program>,
    /// Whether they ask where the user's home is, which a build does not have.
    pub home: bool,
}

impl Machine {
    pub fn read<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut found = Self::default();
        for line in texts.filter_map(tokens::code).flatten() {
            for at in 0..line.tokens.len() {
                let rest = &line.tokens[at..];
                found.programs.extend(PROGRAMS.iter().filter(|program| is_called(program, rest)));
                found.home |= asks_for_home(rest);
            }
        }
        found.programs.sort_by_key(|program| program.called);
        found.programs.dedup();
        found
    }
}

/// `["git", "init"]`, `run("git init")`, `which("git")`.
fn is_called(program: &Program, tokens: &[Token<'_>]) -> bool {
    let name = program.called;
    match tokens {
        // A list of names has other names behind it.
        [Token::Op('['), Token::Text(first), Token::Op(','), Token::Text(second), ..] => {
            *first == name && (second.starts_with('-') || program.commands.contains(second))
        }
        [Token::Name(function), Token::Op('('), Token::Op('['), Token::Text(first), Token::Op(','), ..] => {
            *first == name && CALLS.contains(function)
        }
        [Token::Name(function), Token::Op('('), Token::Text(command), ..] => match *function {
            "which" => *command == name,
            function => {
                CALLS.contains(&function)
                    && command.strip_prefix(name).is_some_and(|rest| rest.starts_with(' '))
            }
        },
        _ => false,
    }
}

fn asks_for_home(tokens: &[Token<'_>]) -> bool {
    matches!(
        tokens,
        [Token::Name("expanduser"), Token::Op('('), ..]
            | [Token::Name("Path"), Token::Op('.'), Token::Name("home"), Token::Op('('), ..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_and_a_home() {
        for (text, expected) in [
            ("subprocess.check_call(['git', 'init', path])\n", "git"),
            ("run('git init', shell=True)\nrun('hg init')\n", "git hg"),
            ("x = shutil.which('gpg')\n", "gpg"),
            ("mock.assert_called_with(['git', 'clone', url])\ncmd = ['openssl', '-help']\n", "git openssl"),
            ("run(['hg', path])\n", "hg"),
            ("# run('git init')\nx = 'git'\ny = {'git': 1}\nrun('github')\nf('git init')\n", ""),
            ("@parametrize('vcs', ['git', 'svn'])\ndef test_a(vcs): pass\nNAMES = ['openssl', 'zlib']\n", ""),
            ("x = os.path.expanduser('~/.own')\n", "home"),
            ("x = Path.home() / 'own'\n", "home"),
            ("x = Path(home)\nmonkeypatch.setenv('HOME', tmp)\n", ""),
        ] {
            let found = Machine::read([text].into_iter());
            let names = found.programs.iter().map(|program| program.called);
            let shown: Vec<_> = names.chain(found.home.then_some("home")).collect();
            assert_eq!(shown.join(" "), expected, "{text}");
        }
    }
}
