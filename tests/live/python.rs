//! Applications whose lockfile a Python tool makes: all that they have is built from source archives, build
//! backends included.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::built;
use crate::support::live::{self, converted};
use crate::support::lockers;
use crate::support::nix::{self, Machine};
use crate::support::project::Project;

/// Builds the project and what `pip check` would say of its environment. Nothing may come from a wheel.
fn from_source(project: &Project, machine: &Machine) -> PathBuf {
    let summary = converted(project, &[]);
    let routes = summary["routes"].as_object().expect("routes");
    let made: u64 = ["build", "sdist"].iter().filter_map(|name| routes.get(*name)?.as_u64()).sum();
    assert_eq!(Some(made), summary["packages"].as_u64(), "{summary:#}");
    assert_eq!(summary["unvetted"], serde_json::json!([]), "{summary:#}");
    assert!(!project.read("nix/headwater/packages.nix").contains("wheels"));
    let result = built(project, machine, "");
    built(project, machine, ".checks.requirements");
    result
}

/// The only program of a result.
fn program(result: &Path) -> PathBuf {
    let programs: Vec<_> = result.join("bin").read_dir().expect("programs").flatten().collect();
    assert_eq!(programs.len(), 1, "{programs:?}");
    programs[0].path()
}

#[test]
#[ignore = "needs the live registry"]
fn a_flask_application_answers_a_request() {
    let project = live::flask();
    let result = from_source(&project, &Machine::default());
    live::greets(|port| {
        let mut server = Command::new(program(&result));
        server.env_clear().args(["--port", port]);
        server
    });
}

/// A command-line tool of click, rich and httpx, locked by uv.
fn greeter() -> Project {
    let manifest = r#"[project]
name = "greeter"
version = "1.2.0"
requires-python = ">=3.11"
dependencies = ["click>=8", "rich>=13", "httpx>=0.27"]
scripts = { greet = "greeter:main" }

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[tool.uv]
# 2026.10.19.post1 came without a source archive.
constraint-dependencies = ["certifi<2026.10.19"]
"#;
    let tool = "import importlib.metadata

import click, httpx
from rich.console import Console

def answer(request):
    return httpx.Response(200, json=dict(request.url.params))

@click.command()
@click.argument('name')
def main(name):
    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        params = client.get('http://localhost/', params={'name': name}).json()
    Console(width=80).print('Hello, [bold]%s[/bold]' % params['name'], importlib.metadata.version('greeter'))
";
    let project = Project::new(&[("pyproject.toml", manifest), ("src/greeter/__init__.py", tool)]);
    lockers::uv(&project);
    project
}

#[test]
#[ignore = "needs the live registry"]
fn a_command_line_tool_from_uv_lock() {
    let result = from_source(&greeter(), &Machine::default());
    assert_eq!(nix::run(&result.join("bin/greet"), &["you"]), "Hello, you 1.2.0");
}

#[test]
#[ignore = "needs the live registry"]
fn a_shell_runs_the_working_copy_and_nix_run_the_build() {
    let project = greeter();
    converted(&project, &[]);
    let flake = |arguments: &[&str]| nix::flake(&project, &nix::hostpkgs(), arguments).expect(0).stdout;
    let script = "greet you && sed -i s/Hello/Goodbye/ src/greeter/__init__.py && greet you";
    let shell = flake(&["develop", "path:.", "--command", "bash", "-c", script]);
    assert_eq!(shell, "Hello, you 1.2.0\nGoodbye, you 1.2.0\n");
    assert_eq!(flake(&["run", "path:.", "--", "all"]), "Goodbye, all 1.2.0\n");
}

#[test]
#[ignore = "needs the live registry"]
fn a_package_from_poetry_lock_with_an_extra_and_a_group() {
    let manifest = r#"[project]
name = "teller"
version = "0.3.0"
requires-python = ">=3.11,<4"
dependencies = ["python-dateutil>=2.9"]
scripts = { teller = "teller:main" }

[project.optional-dependencies]
table = ["tabulate>=0.9"]

[tool.poetry.group.dev.dependencies]
iniconfig = "^2.0"

[build-system]
requires = ["poetry-core>=2.0"]
build-backend = "poetry.core.masonry.api"
"#;
    let module = "from importlib.metadata import version
from importlib.util import find_spec

from dateutil.parser import parse

def main():
    there = [name for name in ('tabulate', 'iniconfig') if find_spec(name)]
    print(parse('2 March 2026').date(), version('teller'), *there)
";
    let project = Project::new(&[("pyproject.toml", manifest), ("src/teller/__init__.py", module)]);
    lockers::poetry(&project);
    let result = from_source(&project, &Machine::default());
    assert_eq!(nix::run(&result.join("bin/teller"), &[]), "2026-03-02 0.3.0");
    // The group is the shell's; the extra is there where somebody asks for it.
    let flake = |arguments: &[&str]| nix::flake(&project, &nix::hostpkgs(), arguments).expect(0).stdout;
    assert_eq!(flake(&["develop", "path:.", "--command", "teller"]), "2026-03-02 0.3.0 iniconfig\n");
    let policy = project.read("headwater.toml");
    project.write("headwater.toml", &format!("{policy}\n[python]\nextras = [\"table\"]\n"));
    let result = from_source(&project, &Machine::default());
    assert_eq!(nix::run(&result.join("bin/teller"), &[]), "2026-03-02 0.3.0 tabulate");
}

#[test]
#[ignore = "needs the live registry"]
fn an_application_from_pylock_with_markers() {
    let manifest = r#"[project]
name = "notes"
version = "1.0"
requires-python = ">=3.11"
dependencies = ["attrs", "colorama; sys_platform == 'win32'", "packaging; python_version >= '3.11'"]
"#;
    let app = "import attrs, importlib.util
from packaging.version import Version

@attrs.frozen
class Note:
    version: Version

print(Note(Version('1.0rc1')), importlib.util.find_spec('colorama'))
";
    let project = Project::new(&[("pyproject.toml", manifest), ("notes.py", app)]);
    lockers::pylock(&project);
    let result = from_source(&project, &Machine::default());
    assert_eq!(nix::run(&result.join("bin/notes"), &[]), "Note(version=<Version('1.0rc1')>) None");
}

#[test]
#[ignore = "needs the live registry"]
fn a_c_extension_over_a_library() {
    let app = "from psycopg2 import extensions
print(extensions.libpq_version() // 10000 > 9, extensions.parse_dsn('host=localhost dbname=test')['dbname'])
";
    let project = Project::new(&[("main.py", app)]);
    lockers::requirements(&project, "psycopg2\n");
    let result = from_source(&project, &Machine::default());
    assert_eq!(nix::run(&program(&result), &[]), "True test");
}

#[test]
#[ignore = "needs the live registry"]
fn a_rust_extension() {
    let app = "import bcrypt
print(bcrypt.checkpw(b'secret', bcrypt.hashpw(b'secret', bcrypt.gensalt(4))))
";
    let project = Project::new(&[("main.py", app)]);
    lockers::requirements(&project, "bcrypt\n");
    let result = from_source(&project, &Machine::with_rust());
    assert_eq!(nix::run(&program(&result), &[]), "True");
}
