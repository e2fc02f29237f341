//! The tools that make lockfiles; those for Python in a virtual environment of their own below `target/`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use super::live::retried;
use super::project::{Project, output};

const UV: &str = "uv==0.13.9";
const POETRY: &str = "poetry==2.5.1";

/// Installed once; other versions go to another folder.
fn tools() -> &'static Path {
    static TOOLS: OnceLock<PathBuf> = OnceLock::new();
    TOOLS.get_or_init(|| {
        let name = format!("tools/{UV}-{POETRY}").replace("==", "-");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target").join(name);
        let complete = folder.join("complete");
        if !complete.exists() {
            run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder)).expect("python3-venv");
            let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV, POETRY];
            retried(
                "pip install of uv and poetry",
                || run(Command::new(folder.join("bin/python")).args(pip)),
            );
            std::fs::write(complete, "").expect("writable");
        }
        folder
    })
}

fn run(command: &mut Command) -> Result<String, String> {
    let run = output(command);
    if run.code == 0 { Ok(run.stdout) } else { Err(format!("{command:?}: {}{}", run.stderr, run.stdout)) }
}

/// Runs one of the tools in the project's folder, with caches that nothing else uses.
fn locked(project: &Project, tool: &str, arguments: &[&str]) {
    let tools = tools();
    retried(tool, || {
        run(Command::new(tools.join("bin").join(tool))
            .current_dir(project.path())
            .args(arguments)
            .env("UV_CACHE_DIR", tools.join("cache/uv"))
            .env("UV_PYTHON", tools.join("bin/python"))
            .env("POETRY_CACHE_DIR", tools.join("cache/poetry"))
            .env("POETRY_VIRTUALENVS_CREATE", "false")
            .env("POETRY_KEYRING_ENABLED", "false"))
    });
}

/// `requirements.txt` of these requirements and all that they ask for, with hashes.
pub fn requirements(project: &Project, wanted: &str) {
    project.write("requirements.in", wanted);
    let options = ["--universal", "--generate-hashes", "--output-file", "requirements.txt"];
    locked(project, "uv", &[&["pip", "compile", "--quiet", "requirements.in"], &options[..]].concat());
}

/// `pylock.toml` (PEP 751) of the project's dependencies.
pub fn pylock(project: &Project) {
    let options =
        ["--universal", "--generate-hashes", "--format", "pylock.toml", "--output-file", "pylock.toml"];
    locked(project, "uv", &[&["pip", "compile", "--quiet", "pyproject.toml"], &options[..]].concat());
}

/// `uv.lock`.
pub fn uv(project: &Project) {
    locked(project, "uv", &["lock", "--quiet"]);
}

/// The index that pip asks where no setting names one.
pub fn index() -> String {
    let ask = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)";
    let url = run(Command::new("python3").args(["-I", "-c", ask])).expect("pip");
    format!("{}/", url.trim().trim_end_matches('/'))
}

/// `poetry.lock`. The index is named as a source of the project's own: poetry asks its default for documents
/// that mirrors need not have.
pub fn poetry(project: &Project) {
    let source = format!("\n[[tool.poetry.source]]\nname = \"index\"\nurl = \"{}\"\n", index());
    project.write("pyproject.toml", &(project.read("pyproject.toml") + &source));
    locked(project, "poetry", &["lock", "--quiet", "--no-interaction"]);
}

/// `package-lock.json` of this `package.json`.
pub fn npm(project: &Project, manifest: &str) {
    project.write("package.json", manifest);
    let arguments = ["install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"];
    retried("npm install --package-lock-only", || {
        run(Command::new("npm").args(arguments).current_dir(project.path()))
    });
}
