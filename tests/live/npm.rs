//! Applications whose lockfile npm itself makes.

use std::path::PathBuf;

use crate::built;
use crate::support::live::converted;
use crate::support::{lockers, nix, project::Project};

/// A project of these dependencies, its lockfile made by npm itself, converted and built.
fn project(manifest: &str, files: &[(&str, &str)]) -> PathBuf {
    let project = Project::new(files);
    lockers::npm(&project, manifest);
    converted(&project, &[]);
    built(&project, &nix::Machine::default(), "")
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
    let result = project(manifest, &[("server.js", server)]);
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
    let result = project(manifest, &[("tool.js", tool)]);
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
        r#"{"name":"addon","version":"1.0.0","bin":"app.js","dependencies":{"better-sqlite3":"^11.0.0"}}"#;
    let result = project(manifest, &[("app.js", app)]);
    assert_eq!(nix::run(&result.join("bin/addon"), &[]), "42");
}
