//! What a command only passes on: scripts of a package, or commands, that a package manager or a runner of tasks runs.

use crate::npm::script::shell::{plain, words};

/// What a command has others do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// Runs scripts of a package, all with the same arguments (as written).
    Scripts { of: Of, names: Vec<String>, args: String },
    /// Runs commands of a shell.
    Commands { of: Of, texts: Vec<String> },
    /// Installs, publishes: makes nothing of the source.
    Nothing,
    /// It is a program of its own.
    Program,
}

/// Whose scripts are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    Here,
    Root,
    /// Those of a folder, as written.
    Folder(String),
    /// Those of the workspaces that a filter selects.
    Selected(String),
    /// Those of all workspaces.
    All,
}

/// Reads a command. `has_script` says whether the package has a script of that name.
pub fn call(command: &str, has_script: impl Fn(&str) -> bool) -> Call {
    let words = words(command);
    let Some((first, rest)) = words.split_first() else { return Call::Program };
    match *first {
        "npm" | "pnpm" | "yarn" | "yarnpkg" | "bun" => managed(&Arguments::of(first, rest), &has_script),
        "npx" | "bunx" | "pnpx" => passed_on(Of::Here, rest),
        "run-s" | "run-p" | "npm-run-all" | "npm-run-all2" => run_all(rest),
        "concurrently" => concurrently(rest),
        "lerna" => lerna(rest),
        "turbo" => turbo(rest),
        "wsrun" => Call::Scripts { of: Of::All, names: last_plain(rest), args: String::new() },
        "nr" => of_names(Of::Here, rest.iter().take(1).map(|word| plain(word)).collect()),
        "node" if rest.first() == Some(&"--run") => {
            of_names(Of::Here, rest[1..].iter().take(1).map(|word| plain(word)).collect())
        }
        _ => Call::Program,
    }
}

fn of_names(of: Of, names: Vec<String>) -> Call {
    Call::Scripts { of, names, args: String::new() }
}

fn last_plain(words: &[&str]) -> Vec<String> {
    words.iter().rfind(|word| !word.starts_with('-')).map(|word| plain(word)).into_iter().collect()
}

/// The words of a package manager.
struct Arguments<'a> {
    manager: &'a str,
    of: Of,
    /// Words that are no options, up to what is run.
    positional: Vec<&'a str>,
    /// What is handed to it.
    passed: Vec<&'a str>,
}

/// Words behind which another says what is meant.
const LEADING: [&str; 8] = ["dlx", "exec", "foreach", "recursive", "run", "run-script", "workspaces", "x"];

impl<'a> Arguments<'a> {
    fn of(manager: &'a str, words: &[&'a str]) -> Self {
        let mut all = Self { manager, of: Of::Here, positional: Vec::new(), passed: Vec::new() };
        let mut words = words.iter().copied();
        while let Some(word) = words.next() {
            let is_whole = all.is_whole();
            if word == "--" {
                all.passed.extend(words.by_ref());
            } else if is_whole && (manager != "npm" || !word.starts_with('-')) {
                all.passed.push(word);
            } else if word.starts_with('-') {
                all.option(word, &mut words);
            } else {
                all.positional.push(word);
            }
        }
        all
    }

    /// Whether it is said what is run.
    fn is_whole(&self) -> bool {
        match self.positional[..] {
            ["workspace", _, .., last] => !LEADING.contains(&last),
            [] | ["workspace", ..] => false,
            [.., last] => !LEADING.contains(&last),
        }
    }

    fn option(&mut self, word: &'a str, rest: &mut impl Iterator<Item = &'a str>) {
        let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
        let mut value = || plain(value.or_else(|| rest.next()).unwrap_or_default());
        match (self.manager, name) {
            ("pnpm", "-w" | "--workspace-root") => self.of = Of::Root,
            ("pnpm", "--filter" | "-F" | "--filter-prod") | ("npm", "-w" | "--workspace") => {
                self.of = Of::Selected(value());
            }
            ("npm", "--prefix" | "-C") | ("pnpm", "-C" | "--dir") | ("yarn" | "bun", "--cwd") => {
                self.of = Of::Folder(value());
            }
            (_, "-r" | "--recursive" | "-ws" | "--workspaces") if self.of == Of::Here => self.of = Of::All,
            (_, "-p" | "--package" | "--call") if self.positional == ["exec"] => _ = value(),
            _ => {}
        }
    }
}

fn managed(arguments: &Arguments<'_>, has_script: &impl Fn(&str) -> bool) -> Call {
    let of = arguments.of.clone();
    let run =
        |of: Of, name: &str| Call::Scripts { of, names: vec![plain(name)], args: arguments.passed.join(" ") };
    let pass = |of: Of, first: &str| {
        let words: Vec<&str> = std::iter::once(first).chain(arguments.passed.iter().copied()).collect();
        passed_on(of, &words)
    };
    let is_npm = arguments.manager == "npm";
    match arguments.positional[..] {
        ["run" | "run-script" | "rum" | "urn", name] => run(of, name),
        ["exec" | "x" | "dlx", first] => pass(of, first),
        // What is behind `--` is the command.
        ["exec" | "x"] if !arguments.passed.is_empty() => passed_on(of, &arguments.passed),
        ["workspace", member, "run" | "run-script", name] | ["workspace", member, name] => {
            run(Of::Selected(plain(member)), name)
        }
        ["workspaces" | "recursive", .., name] if !LEADING.contains(&name) => run(Of::All, name),
        // The scripts with events of their own.
        ["test" | "t" | "start" | "stop" | "restart"] => run(of, arguments.positional[0]),
        // Not a word of npm; it is written where it is meant.
        ["run-s" | "run-p" | "npm-run-all"] if is_npm => run_all(&arguments.passed),
        ["pkg"] if is_npm => Call::Program,
        [name] if !is_npm && (of != Of::Here || has_script(name)) => run(of, name),
        [] => Call::Nothing,
        [name] if is_npm || MANAGES.contains(&name) => Call::Nothing,
        ["build"] if arguments.manager == "bun" => Call::Program,
        [name] => pass(of, name),
        _ => Call::Nothing,
    }
}

/// Commands of package managers that make nothing of a source.
const MANAGES: [&str; 20] = [
    "add",
    "audit",
    "cache",
    "ci",
    "config",
    "constraints",
    "dedupe",
    "i",
    "import",
    "install",
    "link",
    "npm",
    "pack",
    "publish",
    "rebuild",
    "remove",
    "set",
    "up",
    "update",
    "version",
];

/// A command behind a program that finds it in `node_modules`, or fetches it: without that program's options, and without
/// the version that is asked for.
fn passed_on(of: Of, words: &[&str]) -> Call {
    let mut words = words.iter().copied();
    let mut command: Vec<String> = Vec::new();
    while let Some(word) = words.next() {
        match word {
            "-p" | "--package" => _ = words.next(),
            "-c" | "--call" => {
                let text = plain(words.next().unwrap_or_default());
                return Call::Commands { of, texts: vec![text] };
            }
            word if word.starts_with('-') => {}
            program => {
                let version = program.get(1..).and_then(|rest| rest.find('@')).map(|at| at + 1);
                command.push(version.map_or(program, |at| &program[..at]).to_owned());
                command.extend(words.by_ref().map(str::to_owned));
            }
        }
    }
    if command.is_empty() { Call::Nothing } else { Call::Commands { of, texts: vec![command.join(" ")] } }
}

/// `npm-run-all` and its short forms: every word that is no option is a script, with arguments perhaps.
fn run_all(words: &[&str]) -> Call {
    let before = words.iter().take_while(|word| **word != "--");
    let mut names = Vec::new();
    let mut is_value = false;
    for word in before.map(|word| plain(word)) {
        if std::mem::take(&mut is_value) {
            continue;
        }
        match word.as_str() {
            "--max-parallel" | "--npm-path" => is_value = true,
            option if option.starts_with('-') => {}
            _ => names.push(word),
        }
    }
    of_names(Of::Here, names)
}

/// Every word that is no option is a command; `npm:NAME` is a script.
fn concurrently(words: &[&str]) -> Call {
    let with_value = [
        "-n",
        "--names",
        "-c",
        "--prefix-colors",
        "-p",
        "--prefix",
        "-m",
        "--max-processes",
        "-s",
        "--success",
    ];
    let mut texts = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if with_value.contains(word) {
            words.next();
        } else if !word.starts_with('-') {
            let text = plain(word);
            let script =
                ["npm:", "pnpm:", "yarn:", "bun:"].iter().find_map(|manager| text.strip_prefix(manager));
            texts.push(script.map_or(text.clone(), |script| format!("run-s '{script}'")));
        }
    }
    Call::Commands { of: Of::Here, texts }
}

fn lerna(words: &[&str]) -> Call {
    let scope = |words: &[&str]| {
        let at = words.iter().position(|word| word.starts_with("--scope"))?;
        let value = words[at].split_once('=').map(|(_, value)| value).or_else(|| words.get(at + 1).copied());
        value.map(|value| Of::Selected(plain(value)))
    };
    match words {
        ["run", rest @ ..] => {
            let name = rest.iter().find(|word| !word.starts_with('-')).map(|word| plain(word));
            of_names(scope(rest).unwrap_or(Of::All), name.into_iter().collect())
        }
        ["exec", ..] => Call::Program,
        _ => Call::Nothing,
    }
}

fn turbo(words: &[&str]) -> Call {
    let filter = words.iter().find_map(|word| word.strip_prefix("--filter="));
    let of = filter.map_or(Of::All, |filter| Of::Selected(plain(filter)));
    let names = words.iter().take_while(|word| **word != "--").filter(|word| !word.starts_with('-'));
    of_names(of, names.filter(|word| **word != "run").map(|word| plain(word)).collect())
}

#[cfg(test)]
mod tests;
