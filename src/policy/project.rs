//! What `headwater.toml` says of the project itself: how it is built, and how its programs are started.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::pattern::expression;
use super::{Overrides, Policy};
use crate::graph::Location;

/// `[project]`: how the project itself is built and installed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct OwnBuild {
    /// The scripts that build it, in order; `false`: none. npm.
    pub build: Option<Scripts>,
    /// Environment of its build.
    pub env: BTreeMap<String, String>,
    /// Attribute paths of `pkgs`: programs that its build runs.
    pub native_build_inputs: Vec<String>,
    /// Attribute paths of `pkgs`: libraries that its build links to.
    pub build_inputs: Vec<String>,
    /// Patch files, relative to the project, applied with `-p1`.
    pub patches: Vec<String>,
    /// What its programs find when they run.
    pub wrap: Wrap,
    /// The folder that the build makes and that is the result, without node_modules. npm.
    pub output: Option<String>,
    /// Paths and patterns of files that do not enter its source.
    pub exclude: Vec<String>,
    /// Life-cycle scripts of its own packages that are left out; `true`: all. npm.
    pub skip_scripts: Option<Scripts>,
    /// Attribute path of `pkgs`: its Node. npm.
    pub nodejs: Option<String>,
}

/// Scripts of package.json: all or none, one, or several in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scripts {
    All(bool),
    One(String),
    Several(Vec<String>),
}

impl Scripts {
    /// Their names; `None` for all.
    pub fn names(&self) -> Option<&[String]> {
        match self {
            Self::All(true) => None,
            Self::All(false) => Some(&[]),
            Self::One(name) => Some(std::slice::from_ref(name)),
            Self::Several(names) => Some(names),
        }
    }

    /// Whether a script is among them.
    pub fn has(&self, script: &str) -> bool {
        self.names().is_none_or(|names| names.iter().any(|name| name == script))
    }
}

/// What installed programs find when they run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wrap {
    /// Attribute paths of `pkgs` whose programs come first on PATH.
    pub path: Vec<String>,
    /// Variables that are set.
    pub env: BTreeMap<String, String>,
}

impl Wrap {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How a program is started, and how it is shown to work.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenProgram", into = "WrittenProgram")]
pub struct Program {
    /// `None` for a program that is there without being told how.
    pub command: Option<Command>,
    /// Arguments with which `nix flake check` runs it: it must end well.
    pub check: Option<Vec<String>>,
}

/// What a program runs. Emitted as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Command {
    #[serde(flatten)]
    pub start: Start,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<Argument>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Start {
    /// A file of the project.
    File(Location),
    /// `python -m MODULE`.
    Module(String),
    /// A program of the environment, or of node_modules.
    Program(String),
}

impl From<Start> for Command {
    fn from(start: Start) -> Self {
        Self { start, arguments: Vec::new() }
    }
}

/// What a program is given: text, or a file of the project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Argument {
    Text(String),
    File { file: Location },
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// A program as the file has it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct WrittenProgram {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<Location>,
    #[serde(skip_serializing_if = "Option::is_none")]
    module: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    program: Option<String>,
    arguments: Vec<Argument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<Vec<String>>,
}

/// Why a table is no program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoProgram {
    #[error("has more than one of file, module and program")]
    Several,
    #[error("has neither file, module nor program")]
    Nothing,
    #[error("has arguments and nothing that takes them")]
    OnlyArguments,
}

impl TryFrom<WrittenProgram> for Program {
    type Error = NoProgram;

    fn try_from(written: WrittenProgram) -> Result<Self, NoProgram> {
        let WrittenProgram { file, module, program, arguments, check } = written;
        let mut starts = [file.map(Start::File), module.map(Start::Module), program.map(Start::Program)]
            .into_iter()
            .flatten();
        let start = starts.next();
        if starts.next().is_some() {
            return Err(NoProgram::Several);
        }
        match start {
            Some(start) => Ok(Self { command: Some(Command { start, arguments }), check }),
            None if !arguments.is_empty() => Err(NoProgram::OnlyArguments),
            None if check.is_none() => Err(NoProgram::Nothing),
            None => Ok(Self { command: None, check }),
        }
    }
}

impl From<Program> for WrittenProgram {
    fn from(program: Program) -> Self {
        let Program { command, check } = program;
        let mut written = Self { check, ..Self::default() };
        if let Some(Command { start, arguments }) = command {
            written.arguments = arguments;
            match start {
                Start::File(file) => written.file = Some(file),
                Start::Module(module) => written.module = Some(module),
                Start::Program(program) => written.program = Some(program),
            }
        }
        written
    }
}

impl Policy {
    /// The programs that the user says how to start; `None` where there are none.
    pub fn commands(&self) -> Option<BTreeMap<String, Command>> {
        let commands =
            self.programs.iter().filter_map(|(name, program)| Some((name.clone(), program.command.clone()?)));
        Some(commands.collect()).filter(|commands: &BTreeMap<_, _>| !commands.is_empty())
    }
}

impl Policy {
    /// The programs that are shown to work, and with what.
    pub fn checks(&self) -> BTreeMap<String, Vec<String>> {
        let checks = self.programs.iter();
        checks.filter_map(|(name, program)| Some((name.clone(), program.check.clone()?))).collect()
    }

    /// What is said of the project and its programs, by the table that says it.
    pub fn shown(&self) -> BTreeMap<String, Vec<String>> {
        let programs =
            self.programs.iter().map(|(name, program)| (format!("[programs.{name}]"), vec![program.shown()]));
        programs
            .chain([("[project]".to_owned(), self.project.shown())])
            .filter(|(_, lines)| !lines.is_empty())
            .collect()
    }
}

impl OwnBuild {
    /// What is added to a build, as for any package.
    pub fn overrides(&self) -> Overrides {
        Overrides {
            build_inputs: self.build_inputs.clone(),
            native_build_inputs: self.native_build_inputs.clone(),
            env: self.env.clone(),
            patches: self.patches.clone(),
            ..Overrides::default()
        }
    }

    /// What does not enter the source, as expressions that are all of a path.
    pub fn excluded(&self) -> Vec<String> {
        self.exclude.iter().map(|pattern| expression(pattern)).collect()
    }

    /// The keys that say something, as the file has them.
    pub fn said(&self) -> Vec<&'static str> {
        let keys = [
            ("build", self.build.is_some()),
            ("env", !self.env.is_empty()),
            ("nativeBuildInputs", !self.native_build_inputs.is_empty()),
            ("buildInputs", !self.build_inputs.is_empty()),
            ("patches", !self.patches.is_empty()),
            ("wrap", !self.wrap.is_empty()),
            ("output", self.output.is_some()),
            ("exclude", !self.exclude.is_empty()),
            ("skipScripts", self.skip_scripts.is_some()),
            ("nodejs", self.nodejs.is_some()),
        ];
        keys.into_iter().filter_map(|(key, is_said)| is_said.then_some(key)).collect()
    }

    /// What is said, a line each, as the file has it.
    pub fn shown(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut add = |key: &str, values: Vec<String>| {
            if !values.is_empty() {
                lines.push(format!("{key} {}", values.join(", ")));
            }
        };
        add("build", scripts(self.build.as_ref()));
        add("env", variables(&self.env));
        add("nativeBuildInputs", self.native_build_inputs.clone());
        add("buildInputs", self.build_inputs.clone());
        add("patches", self.patches.clone());
        add("wrap", self.wrap.path.iter().cloned().chain(variables(&self.wrap.env)).collect());
        add("output", self.output.iter().cloned().collect());
        add("exclude", self.exclude.clone());
        add("skipScripts", scripts(self.skip_scripts.as_ref()));
        add("nodejs", self.nodejs.iter().cloned().collect());
        lines
    }
}

impl Program {
    /// What is said, as one line.
    pub fn shown(&self) -> String {
        let words = self.command.iter().flat_map(|Command { start, arguments }| {
            let start = match start {
                Start::File(file) => file.to_string(),
                Start::Module(module) => format!("python -m {module}"),
                Start::Program(program) => program.clone(),
            };
            let arguments = arguments.iter().map(|argument| match argument {
                Argument::Text(text) => text.clone(),
                Argument::File { file } => file.to_string(),
            });
            std::iter::once(start).chain(arguments).collect::<Vec<_>>()
        });
        let command = words.collect::<Vec<_>>().join(" ");
        let check = self.check.as_ref().map(|check| format!("checked with {}", check.join(" ")));
        let parts = [Some(command).filter(|command| !command.is_empty()), check];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

fn scripts(scripts: Option<&Scripts>) -> Vec<String> {
    match scripts.map(Scripts::names) {
        None => Vec::new(),
        Some(None) => vec!["all".to_owned()],
        Some(Some([])) => vec!["none".to_owned()],
        Some(Some(names)) => names.to_vec(),
    }
}

/// `NAME=value`.
pub(super) fn variables(table: &BTreeMap<String, String>) -> Vec<String> {
    table.iter().map(|(name, value)| format!("{name}={value}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foreign;

    fn program(text: &str) -> Result<Program, String> {
        foreign::toml(text).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn a_program_starts_one_thing_or_is_only_checked() {
        let found =
            program("file = 'a.js'\narguments = ['x', { file = 'y' }]\ncheck = ['--version']").unwrap();
        assert_eq!(found.command.as_ref().unwrap().start, Start::File(Location::new("a.js").unwrap()));
        assert_eq!(found.shown(), "a.js x y, checked with --version");
        assert_eq!(program("check = ['--version']").unwrap().command, None);
        assert!(program("file = '../a.js'").is_err());
        for (text, why) in [
            ("", NoProgram::Nothing),
            ("file = 'a.js'\nprogram = 'b'", NoProgram::Several),
            ("arguments = ['x']\ncheck = []", NoProgram::OnlyArguments),
        ] {
            assert_eq!(program(text).unwrap_err(), why.to_string(), "{text}");
        }
    }

    #[test]
    fn scripts_are_all_none_or_some() {
        let own = |text: &str| foreign::toml::<OwnBuild>(text).unwrap();
        assert!(own("skipScripts = true").skip_scripts.unwrap().has("prepare"));
        assert!(!own("skipScripts = false").skip_scripts.unwrap().has("prepare"));
        assert!(own("skipScripts = ['prepare']").skip_scripts.unwrap().has("prepare"));
        assert_eq!(own("build = 'build:production'").shown(), ["build build:production"]);
        assert_eq!(own("build = ['a', 'b']").shown(), ["build a, b"]);
        assert_eq!(own("build = false").shown(), ["build none"]);
        assert_eq!(own("wrap = { path = ['git'], env = { A = 'b' } }").shown(), ["wrap git, A=b"]);
    }
}
