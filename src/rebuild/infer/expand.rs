//! A script as the simple commands that it comes to.

use regex_lite::Regex;

use super::call::{Call, Of, call};
use super::effect::{Effect, effect, is_aside, says_build};
use super::files::joined;
use super::repository::Repository;
use crate::foreign;
use crate::npm::script::shell::{self, Unit, assignment, plain, words};
use crate::rebuild::Step;

/// How deep scripts may call others and commands may lie in each other, how many texts are walked, and how many commands
/// they may come to.
const DEPTH: usize = 16;
const TEXTS: usize = 500;
const COMMANDS: usize = 400;

/// A command, and what it is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    pub step: Step,
    pub effect: Effect,
}

/// Where a text is run.
#[derive(Clone)]
struct Frame {
    folder: String,
    /// Variables that are set, as written, each with a space behind it.
    env: String,
    script: Option<String>,
    in_build: bool,
    /// Whether the script goes on where the command fails.
    may_fail: bool,
    depth: usize,
}

/// Walks the scripts of one package.
pub struct Expander<'a> {
    repository: &'a Repository<'a>,
    /// Folder of the package: where a script is run for all workspaces, it is run here.
    package: &'a str,
    /// Whether it is published, and not only installed: `in-publish` asks for that.
    is_published: bool,
    open: Vec<(String, String)>,
    walked: usize,
    found: Vec<Command>,
}

/// What `npm run NAME` does in a folder, with the scripts before and behind it; without what makes nothing.
pub fn script(repository: &Repository<'_>, package: &str, folder: &str, name: &str) -> Vec<Command> {
    let mut expander = Expander::new(repository, package);
    expander.script(&Frame::new(folder), name, "");
    expander.found
}

/// The same in a checkout whose packages are installed, and which nobody publishes.
pub fn script_of_install(repository: &Repository<'_>, folder: &str, name: &str) -> Vec<Command> {
    let mut expander = Expander { is_published: false, ..Expander::new(repository, folder) };
    expander.script(&Frame::new(folder), name, "");
    expander.found
}

/// What commands of a shell do in a folder.
pub fn text(repository: &Repository<'_>, package: &str, folder: &str, text: &str) -> Vec<Command> {
    let mut expander = Expander::new(repository, package);
    expander.text(&Frame::new(folder), text);
    expander.found
}

impl Frame {
    fn new(folder: &str) -> Self {
        Self {
            folder: folder.to_owned(),
            env: String::new(),
            script: None,
            in_build: false,
            may_fail: false,
            depth: 0,
        }
    }

    fn at(&self, folder: &str) -> Self {
        Self { folder: folder.to_owned(), ..self.clone() }
    }
}

impl<'a> Expander<'a> {
    fn new(repository: &'a Repository<'a>, package: &'a str) -> Self {
        Self { repository, package, is_published: true, open: Vec::new(), walked: 0, found: Vec::new() }
    }

    fn script(&mut self, frame: &Frame, name: &str, args: &str) {
        let key = (frame.folder.clone(), name.to_owned());
        if self.open.contains(&key) || self.open.len() >= DEPTH || !self.open.is_empty() && is_aside(name) {
            return;
        }
        if self.repository.script(&frame.folder, name).is_none() {
            return;
        }
        self.open.push(key);
        for event in [format!("pre{name}"), name.to_owned(), format!("post{name}")] {
            let Some(text) = self.repository.script(&frame.folder, &event) else { continue };
            let text =
                if event == name && !args.is_empty() { format!("{text} {args}") } else { text.to_owned() };
            let in_build = frame.in_build || says_build(name);
            self.text(&Frame { script: Some(event), in_build, ..frame.clone() }, &text);
        }
        self.open.pop();
    }

    fn text(&mut self, frame: &Frame, text: &str) {
        self.walked += 1;
        if frame.depth > 2 * DEPTH || self.walked > TEXTS {
            return;
        }
        let mut frame = Frame { depth: frame.depth + 1, ..frame.clone() };
        for unit in shell::units(text) {
            match unit {
                Unit::Command("in-publish") if !self.is_published => return,
                Unit::Command(command) => self.command(&mut frame, command),
                Unit::Group(group) => self.text(&frame, group),
                Unit::Either(parts) => self.either(&mut frame, &parts),
                Unit::Whole(text) => self.whole(&frame, text),
            }
        }
    }

    fn command(&mut self, frame: &mut Frame, command: &str) {
        let words = words(command);
        let is_set = |word: &&&str| assignment(word).is_some() || matches!(**word, "cross-env" | "env");
        let split = words.iter().take_while(is_set).count();
        let set: String = words[..split]
            .iter()
            .filter(|word| assignment(word).is_some())
            .map(|word| format!("{word} "))
            .collect();
        match words[split..] {
            [] => {}
            ["cd", to] => match joined(&frame.folder, &plain(to)).filter(|to| self.is_folder(to)) {
                Some(to) => frame.folder = to,
                None => self.push(frame, "", command),
            },
            ["export", ref set @ ..] => {
                frame.env.extend(
                    set.iter().filter(|word| assignment(word).is_some()).map(|word| format!("{word} ")),
                );
            }
            ref rest => self.program(frame, &set, &rest.join(" ")),
        }
    }

    fn is_folder(&self, path: &str) -> bool {
        let inside = format!("{path}/");
        path.is_empty()
            || self
                .repository
                .files
                .paths
                .range(inside.clone()..)
                .next()
                .is_some_and(|next| next.starts_with(&inside))
    }

    /// A command, and the variables before it.
    fn program(&mut self, frame: &Frame, set: &str, command: &str) {
        let has_script = |name: &str| self.repository.script(&frame.folder, name).is_some();
        let call = call(command, has_script);
        if call == Call::Program {
            // A shell fills in the variables that it was started with, and not those that it sets for the command.
            let env = if command.contains('$') { exported(&frame.env) } else { frame.env.clone() };
            return self.push(frame, &format!("{env}{set}"), command);
        }
        let frame = &Frame { env: format!("{}{set}", frame.env), ..frame.clone() };
        match call {
            Call::Nothing | Call::Program => {}
            Call::Commands { of, texts } => {
                for folder in self.folders(frame, &of) {
                    texts.iter().for_each(|text| self.text(&frame.at(&folder), text));
                }
            }
            Call::Scripts { of, names, args } => {
                for folder in self.folders(frame, &of) {
                    for name in &names {
                        self.named(&frame.at(&folder), name, &args);
                    }
                }
            }
        }
    }

    /// Scripts by a pattern: `build:*`, or what pnpm takes for one, `/^build:.*/`.
    fn named(&mut self, frame: &Frame, pattern: &str, args: &str) {
        let (pattern, own) = pattern.split_once(' ').unwrap_or((pattern, ""));
        let args = [own, args].join(" ");
        let path = |name: &str| name.replace('/', "\u{1}").replace(':', "/");
        let regex = pattern.strip_prefix('/').and_then(|rest| Regex::new(rest.strip_suffix('/')?).ok());
        let fits = |name: &&str| match &regex {
            Some(regex) => regex.is_match(name),
            None => foreign::glob(&path(pattern), &path(name)),
        };
        if regex.is_none() && !pattern.contains('*') {
            return self.script(frame, pattern, args.trim());
        }
        let repository = self.repository;
        for name in repository.scripts(&frame.folder).into_iter().filter(fits) {
            self.script(frame, name, args.trim());
        }
    }

    fn folders(&self, frame: &Frame, of: &Of) -> Vec<String> {
        match of {
            Of::Here => vec![frame.folder.clone()],
            Of::Root => vec![String::new()],
            Of::Folder(path) => joined(&frame.folder, path).into_iter().collect(),
            Of::Selected(filter) => {
                self.repository.selected(filter, &frame.folder).into_iter().map(str::to_owned).collect()
            }
            Of::All => vec![self.package.to_owned()],
        }
    }

    /// Of commands of which one is enough, the first is run where the others only say that it may fail.
    fn either(&mut self, frame: &mut Frame, parts: &[&str]) {
        let is_idle = |part: &&str| effect(part, false) == Effect::Nothing;
        match parts {
            [condition, ..] if *condition == "not-in-publish" && !self.is_published => {}
            [condition, rest @ ..] if *condition == "not-in-publish" => {
                rest.iter().for_each(|part| self.command(frame, part));
            }
            parts if parts.iter().all(is_idle) => {}
            [first, rest @ ..] if rest.iter().all(is_idle) && !is_condition(first) => {
                let was = frame.may_fail;
                frame.may_fail |= rest.iter().any(|part| ends_well(part));
                self.command(frame, first);
                frame.may_fail = was;
            }
            parts => self.whole(frame, &parts.join(" || ")),
        }
    }

    /// What only a shell understands is one command, unless none of its parts does anything.
    fn whole(&mut self, frame: &Frame, text: &str) {
        if let Some(body) = conditional(text) {
            return self.text(frame, body);
        }
        let leading = ["do ", "then ", "else ", "! ", "{ "];
        let part = |part: &str| {
            let part = part.trim();
            let part = leading.iter().find_map(|word| part.strip_prefix(word)).unwrap_or(part);
            if is_condition(part) { Effect::Nothing } else { effect(part, frame.in_build) }
        };
        let effect = text.split(['&', '|', ';', '\n', '(', ')']).map(part).max().unwrap_or(Effect::Nothing);
        self.push_as(frame, format!("{}{text}", exported(&frame.env)), effect);
    }

    fn push(&mut self, frame: &Frame, env: &str, command: &str) {
        self.push_as(frame, format!("{env}{command}"), effect(command, frame.in_build));
    }

    fn push_as(&mut self, frame: &Frame, command: String, effect: Effect) {
        let step = Step {
            directory: frame.folder.clone(),
            command,
            script: frame.script.clone(),
            may_fail: frame.may_fail,
        };
        let is_there = self.found.iter().any(|found| found.step.is_same(&step));
        if effect > Effect::Nothing && self.found.len() < COMMANDS && !is_there {
            self.found.push(Command { step, effect });
        }
    }
}

fn exported(env: &str) -> String {
    if env.is_empty() { String::new() } else { format!("export {}; ", env.trim_end()) }
}

/// What is done if something is not there yet: `if [ ! -d dist ]; then BODY; fi`. In a checkout it is not.
fn conditional(text: &str) -> Option<&str> {
    let (condition, rest) = text.strip_prefix("if [ ! -")?.split_once(';')?;
    let body = rest.trim().strip_prefix("then ")?.strip_suffix("fi")?.trim().strip_suffix(';')?;
    let is_plain = !body.contains("then ") && !body.contains("else ") && !condition.contains('&');
    is_plain.then_some(body)
}

/// Whether a command that makes nothing ends with 0, and so does what falls back on it.
fn ends_well(command: &str) -> bool {
    matches!(words(command)[..], ["true" | ":" | "echo", ..] | ["exit", "0"])
}

fn is_condition(command: &str) -> bool {
    let first = command.split_whitespace().next().unwrap_or_default();
    matches!(first, "[" | "[[" | "test" | "is-ci" | "command" | "which" | "for" | "if" | "done" | "fi" | "")
}
