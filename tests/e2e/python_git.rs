//! Requirements that the lockfile itself takes from git: of requirements files, uv.lock and poetry.lock.

use crate::support::nix;
use crate::support::project::output;
use crate::support::python::{Backend, Scene, library, locked};
use crate::support::{another_hash, nonce};

const APP: &str = "from importlib.metadata import version\nimport lib\nprint(lib.VALUE, version('lib'))\n";
/// A project that is no package, so that nothing of it must be built.
const PROJECT: &str = "[project]\nname = 'app'\nversion = '0.1'\nrequires-python = '>=3.9'\n";

/// `lib` 1.2.3 in the folder `py/lib` of a repository at `v1.2.3`, the secret in it, and the commit.
fn scene(backend: Backend) -> (Scene, String, String) {
    let (scene, secret) = (Scene::new(), nonce());
    let files = library(backend, ("lib", "1.2.3"), &format!("VALUE = '{secret}'\n"), "");
    let below: Vec<_> = files.iter().map(|(path, text)| (format!("py/lib/{path}"), text.clone())).collect();
    let (_, commit) = scene.repository(("mono", "1.2.3"), &below);
    scene.project.write("app.py", APP);
    (scene, secret, commit)
}

/// Builds the project and compares what it prints.
#[track_caller]
fn prints(scene: &mut Scene, text: &str) {
    scene.forge.serve();
    let result = nix::build(&scene.project, &scene.forge.build_git_config(), "");
    let programs: Vec<_> = std::fs::read_dir(result.join("bin")).unwrap().flatten().collect();
    assert_eq!(programs.len(), 1, "{programs:?}");
    assert_eq!(nix::run(&programs[0].path(), &[]), text);
}

#[track_caller]
fn is_pinned(scene: &Scene, commit: &str) {
    let vcs = format!("lib@1.2.3?vcs_url=git%2Bhttps://github.com/example/mono%40{commit}#py/lib");
    let pin = scene.pin(&vcs);
    assert_eq!((&pin["route"], &pin["reason"]), (&"build".into(), &serde_json::Value::Null), "{pin:#}");
}

#[test]
fn of_a_requirements_file_whose_version_is_in_the_source() {
    let (mut scene, secret, commit) = scene(Backend::Flit);
    let line = format!("lib @ git+https://github.com/example/mono@{commit}#subdirectory=py/lib\n");
    scene.project.write("requirements.txt", &line);
    let run = scene.convert(&["--json"]).expect(0).json();
    assert_eq!(run["routes"], serde_json::json!({ "build": 1, "sdist": 1 }), "{run:#}");
    is_pinned(&scene, &commit);
    prints(&mut scene, &format!("{secret} 1.2.3"));
}

#[test]
fn of_a_uv_lock_that_knows_the_version() {
    let (mut scene, secret, commit) = scene(Backend::SetuptoolsScm);
    scene.project.write("pyproject.toml", &format!("{PROJECT}dependencies = ['lib']\n"));
    let lock = format!(
        "version = 1\nrevision = 3\nrequires-python = \">=3.9\"\n\n[[package]]\nname = \"app\"\nversion = \"0.1\"\n\
         source = {{ virtual = \".\" }}\ndependencies = [{{ name = \"lib\" }}]\n\n[[package]]\nname = \"lib\"\n\
         version = \"1.2.3\"\n\
         source = {{ git = \"https://github.com/example/mono?subdirectory=py%2Flib&tag=v1.2.3#{commit}\" }}\n"
    );
    scene.project.write("uv.lock", &lock);
    scene.convert(&[]).expect(0);
    is_pinned(&scene, &commit);
    prints(&mut scene, &format!("{secret} 1.2.3"));
}

#[test]
fn of_a_poetry_lock() {
    let (mut scene, secret, commit) = scene(Backend::HatchVcs);
    let manifest = "[tool.poetry]\npackage-mode = false\n[tool.poetry.dependencies]\npython = '>=3.9'\n\
        lib = { git = 'https://github.com/example/mono', tag = 'v1.2.3', subdirectory = 'py/lib' }\n";
    scene.project.write("pyproject.toml", manifest);
    let lock = format!(
        "[[package]]\nname = \"lib\"\nversion = \"1.2.3\"\ndescription = \"\"\noptional = false\n\
         python-versions = \">=3.9\"\ngroups = [\"main\"]\nfiles = []\ndevelop = false\n\n[package.source]\n\
         type = \"git\"\nurl = \"https://github.com/example/mono\"\nreference = \"v1.2.3\"\n\
         resolved_reference = \"{commit}\"\nsubdirectory = \"py/lib\"\n\n[metadata]\nlock-version = \"2.1\"\n\
         python-versions = \">=3.9\"\ncontent-hash = \"{}\"\n",
        "0".repeat(64)
    );
    scene.project.write("poetry.lock", &lock);
    scene.convert(&[]).expect(0);
    is_pinned(&scene, &commit);
    prints(&mut scene, &format!("{secret} 1.2.3"));
}

#[test]
fn a_version_that_only_git_knows_is_asked_for() {
    let (scene, _, _) = scene(Backend::SetuptoolsScm);
    let files = library(Backend::SetuptoolsScm, ("lib", "1.2.3"), "VALUE = 1\n", "");
    let files: Vec<_> = files.iter().map(|(path, text)| (format!("py/lib/{path}"), text.clone())).collect();
    // A tag of no version.
    let (_, commit) = scene.repository(("mono", "erst"), &files);
    let line = format!("# why\nlib @ git+https://github.com/example/mono@{commit}#subdirectory=py/lib\n");
    scene.project.write("requirements.txt", &line);
    let run = scene.convert(&[]).expect(2);
    for text in ["HW545", "requirements.txt", "lib", "uv"] {
        assert!(run.stderr.contains(text), "no {text} in {}", run.stderr);
    }
    assert!(!scene.project.has("headwater.lock") && !scene.project.has("nix"));
}

#[test]
fn a_version_that_only_a_tag_of_the_commit_has() {
    let (mut scene, secret, commit) = scene(Backend::SetuptoolsScm);
    let line = format!("lib @ git+https://github.com/example/mono@{commit}#subdirectory=py/lib\n");
    scene.project.write("requirements.txt", &line);
    scene.convert(&[]).expect(0);
    is_pinned(&scene, &commit);
    prints(&mut scene, &format!("{secret} 1.2.3"));
}

#[test]
fn a_second_run_needs_neither_the_host_nor_a_cache() {
    for backend in [Backend::Flit, Backend::HatchVcs] {
        let (scene, _, commit) = scene(backend);
        let lock = match backend {
            Backend::Flit => {
                let line =
                    format!("lib @ git+https://github.com/example/mono@{commit}#subdirectory=py/lib\n");
                scene.project.write("requirements.txt", &line);
                "requirements.txt"
            }
            _ => {
                let text = format!(
                    "lock-version = '1.0'\ncreated-by = 'x'\n\n[[packages]]\nname = 'lib'\nversion = '1.2.3'\n\
                     vcs = {{ type = 'git', url = 'https://github.com/example/mono', commit-id = '{commit}', subdirectory = 'py/lib' }}\n"
                );
                scene.project.write("pylock.toml", &text);
                "pylock.toml"
            }
        };
        scene.convert(&[lock]).expect(0);
        scene.reproduces(&[lock]);
    }
}

#[test]
fn a_host_that_is_dead_and_a_commit_that_is_not_there() {
    let (mut scene, _, commit) = scene(Backend::Flit);
    let line =
        |commit: &str| format!("lib @ git+https://github.com/example/mono@{commit}#subdirectory=py/lib\n");
    scene.project.write("requirements.txt", &line(&"0123456789".repeat(4)));
    let run = scene.convert(&[]).expect(2);
    assert!(run.stderr.contains("lib") && run.stderr.contains("0123456789012"), "{}", run.stderr);
    scene.project.write("requirements.txt", &line(&commit).replace("py/lib", "py/none"));
    let run = scene.convert(&[]).expect(2);
    assert!(run.stderr.contains("py/none"), "{}", run.stderr);
    scene.project.git_config = scene.no_hosts();
    scene.project.write("requirements.txt", &line(&another_hash(&commit)));
    let run = scene.convert(&[]).expect(3);
    assert!(run.stderr.contains("github.com") && run.stderr.contains("lib"), "{}", run.stderr);
    assert!(!scene.project.has("headwater.lock") && !scene.project.has("nix"));
}

/// What `convert --to pip` proved and wrote, installed by the real pip from the repository, the build backend by the
/// loopback index.
#[test]
fn what_is_written_for_pip_installs_from_the_commit() {
    let (scene, secret) = (Scene::new(), nonce());
    let files = library(Backend::SetuptoolsScm, ("lib", "1.2.3"), &format!("VALUE = '{secret}'\n"), "");
    let (dist, commit) = scene.release(("lib", "1.2.3"), &files);
    scene.project.write("requirements.txt", &locked(&dist));
    scene.project.write("app.py", APP);
    let run = scene.convert(&["--to", "pip", "--json"]).expect(0).json();
    assert_eq!(run["routes"], serde_json::json!({ "build": 1 }), "{run:#}");
    assert!(!scene.project.has("nix") && !scene.project.has("requirements.hash.txt"));
    let written = scene.project.read("requirements.git.txt");
    assert!(written.contains(&format!("lib @ git+https://github.com/example/lib@{commit}")), "{written}");
    let export = written.lines().find_map(|line| line.split("export ").nth(1)).expect("the version");
    let script = format!(
        "python3 -m venv venv && export {export} && venv/bin/pip install --quiet --no-deps -r requirements.git.txt \
         && venv/bin/pip check >&2 && venv/bin/python app.py"
    );
    let mut command = std::process::Command::new("bash");
    command.args(["-euc", &script]).current_dir(scene.project.path());
    command.env("GIT_CONFIG_GLOBAL", &scene.project.git_config).env("PIP_CONFIG_FILE", "/dev/null");
    command.env_remove("PIP_FIND_LINKS").env("PIP_INDEX_URL", scene.registry.index());
    assert_eq!(output(&mut command).expect(0).stdout.trim(), format!("{secret} 1.2.3"));
}
