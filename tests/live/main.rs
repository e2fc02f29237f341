//! Real applications from the live registry, built by the real Nix and run. Kept apart and ignored unless
//! asked for (`./test` does), so that an outage is told from a defect.
#![allow(clippy::disallowed_methods, reason = "tests make files and run programs")]

mod git;
#[path = "../support/mod.rs"]
mod support;

use std::path::PathBuf;
use std::process::{Command, Stdio};

use support::{nix, project::Project};

/// How often the registry may fail before it is a failure of ours.
const TRIES: usize = 3;

/// A project of these dependencies, its lockfile made by npm itself.
fn project(manifest: &str, files: &[(&str, &str)]) -> Project {
    let project = Project::new(files);
    project.write("package.json", manifest);
    retried("npm install --package-lock-only", || {
        Command::new("npm")
            .args(["install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(project.path())
            .stdout(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    });
    project
}

fn retried(what: &str, mut attempt: impl FnMut() -> bool) {
    for turn in 1..=TRIES {
        if attempt() {
            return;
        }
        eprintln!("{what}: attempt {turn} of {TRIES} failed");
    }
    panic!("{what} failed {TRIES} times: is the registry there?");
}

/// Converts (no git host may be reachable: 3 is as good as 0) and builds.
fn built(project: &Project) -> PathBuf {
    built_with(project, "")
}

/// The same with this git configuration in builds.
fn built_with(project: &Project, git_config: &str) -> PathBuf {
    retried("headwater convert", || {
        let run = project.convert(&[]);
        eprintln!("{}{}", run.stderr, run.stdout);
        matches!(run.code, 0 | 3)
    });
    let mut result = None;
    retried("nix-build", || match nix::try_build(project, git_config, "") {
        Ok(path) => {
            result = Some(path);
            true
        }
        Err(error) => {
            eprintln!("{error}");
            false
        }
    });
    result.expect("built")
}

#[test]
#[ignore = "needs the live registry"]
fn an_express_server_answers_a_request() {
    let server = "const app = require('express')();
app.get('/', (_, response) => response.json({ greeting: 'hello' }));
const server = app.listen(0, '127.0.0.1', () => {
  require('http').get({ port: server.address().port, host: '127.0.0.1' }, response => {
    response.on('data', data => console.log(String(data))).on('end', () => server.close());
  });
});
";
    let manifest = r#"{"name":"server","version":"1.0.0","scripts":{"start":"node server.js"},"dependencies":{"express":"^4.19.0"}}"#;
    let result = built(&project(manifest, &[("server.js", server)]));
    assert_eq!(nix::run(&result.join("bin/server"), &[]), r#"{"greeting":"hello"}"#);
}

#[test]
#[ignore = "needs the live registry"]
fn a_command_line_tool_of_yargs_chalk_and_commander() {
    let tool = "#!/usr/bin/env node
const chalk = require('chalk');
const { Command } = require('commander');
const argv = require('yargs/yargs')(process.argv.slice(2)).option('name', { type: 'string' }).parse();
const command = new Command('tool').option('--name <name>');
command.parse();
console.log(new chalk.Instance({ level: 1 }).red(argv.name), command.opts().name);
";
    let manifest = r#"{"name":"tool","version":"1.0.0","bin":"tool.js","dependencies":{"chalk":"^4.1.2","commander":"^12.0.0","yargs":"^17.7.2"}}"#;
    let result = built(&project(manifest, &[("tool.js", tool)]));
    assert_eq!(nix::run(&result.join("bin/tool"), &["--name", "x"]), "\u{1b}[31mx\u{1b}[39m x");
}

#[test]
#[ignore = "needs the live registry"]
fn a_native_addon_from_the_registry_compiles() {
    let app = "const Database = require('better-sqlite3');
const row = new Database(':memory:').prepare('select 6 * 7 as answer').get();
console.log(row.answer);
";
    let manifest =
        r#"{"name":"addon","version":"1.0.0","main":"app.js","dependencies":{"better-sqlite3":"^11.0.0"}}"#;
    let result = built(&project(manifest, &[("app.js", app)]));
    assert_eq!(nix::run(&result.join("bin/addon"), &[]), "42");
}
