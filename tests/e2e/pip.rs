//! The requirements files of `--to pip`, installed by the real pip: from local repositories by their public addresses,
//! and from a folder of source archives. Build backends are the packages' own, so that nothing is downloaded.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use headwater::emit::pip::{COMMITS, From, HASHED, Line, PipFile, emit};
use headwater::graph::Location;
use headwater::graph::python::PyKey;
use headwater::hash::{Algorithm, Integrity};
use headwater::python::marker::Marker;
use headwater::python::{PyName, PyVersion};
use tempfile::TempDir;

use crate::support::{forge::Forge, index, nonce};

const MANIFEST: &str = "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['build']\n";

/// A build backend (PEP 517) that packs one module.
const BACKEND: &str = r#"
import os, zipfile
NAME, NEEDS = "@NAME@", "@NEEDS@"
def build_wheel(folder, config_settings=None, metadata_directory=None):
    file, info = NAME + "-1.0-py3-none-any.whl", NAME + "-1.0.dist-info"
    with zipfile.ZipFile(os.path.join(folder, file), "w") as wheel:
        wheel.writestr(NAME + ".py", open(NAME + ".py").read())
        needs = "Requires-Dist: %s\n" % NEEDS if NEEDS else ""
        wheel.writestr(info + "/METADATA", "Metadata-Version: 2.1\nName: %s\nVersion: 1.0\n%s" % (NAME, needs))
        wheel.writestr(info + "/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(info + "/RECORD", "")
    return file
"#;

/// The files of a package below `folder`, whose module prints `word`.
fn package(folder: &str, name: &str, needs: &str, word: &str) -> Vec<(String, String)> {
    let backend = BACKEND.replace("@NAME@", name).replace("@NEEDS@", needs);
    vec![
        (format!("{folder}pyproject.toml"), MANIFEST.to_owned()),
        (format!("{folder}build/backend.py"), backend),
        (format!("{folder}{name}.py"), format!("WORD = {word:?}\n")),
    ]
}

/// The interpreter itself. What PATH has may be a script of a version manager (pyenv) that does more after an
/// installation, to folders that all tests share.
static PYTHON: LazyLock<String> = LazyLock::new(|| {
    let asked =
        Command::new("python3").args(["-I", "-c", "import sys; print(sys.executable)"]).output().unwrap();
    assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
    String::from_utf8(asked.stdout).unwrap().trim().to_owned()
});

/// A virtual environment, and pip from outside working on it.
struct Environment {
    folder: TempDir,
    git_config: PathBuf,
}

impl Environment {
    fn new(git_config: PathBuf) -> Self {
        let this = Self { folder: TempDir::new().unwrap(), git_config };
        let made = this.python().args(["-m", "venv", "--without-pip", "venv"]).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        this
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Python with no settings of pip's from outside, and no index to ask.
    fn python(&self) -> Command {
        let mut command = Command::new(&*PYTHON);
        command.current_dir(self.path()).env("HOME", self.path());
        let of_pip = std::env::vars().filter(|(name, _)| name.starts_with("PIP_"));
        of_pip.for_each(|(name, _)| _ = command.env_remove(name));
        command.env("GIT_CONFIG_GLOBAL", &self.git_config);
        for (name, value) in
            [("CONFIG_FILE", "/dev/null"), ("NO_INDEX", "1"), ("FIND_LINKS", "index"), ("NO_CACHE_DIR", "1")]
        {
            command.env(format!("PIP_{name}"), value);
        }
        command
    }

    /// A command that a file names, run on the virtual environment.
    fn pip(&self, arguments: &str) -> Output {
        let mut command = self.python();
        command.args(["-m", "pip", "--python", "venv/bin/python", "--disable-pip-version-check"]);
        command.args(arguments.split(' ')).output().unwrap()
    }

    fn run(&self, code: &str) -> String {
        let python = self.path().join("venv/bin/python");
        let out = Command::new(python).args(["-I", "-c", code]).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).trim().to_owned()
    }

    fn write(&self, files: &[(String, String)]) {
        for (path, text) in files {
            let path = self.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
    }

    /// Puts a source archive of a package into the index, and gives its hash.
    fn publish(&self, name: &str, files: &[(String, String)]) -> Integrity {
        let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let archive = index::sdist(name, "1.0", "", &files);
        std::fs::create_dir_all(self.path().join("index")).unwrap();
        std::fs::write(self.path().join("index").join(&archive.filename), &archive.bytes).unwrap();
        Integrity::of(Algorithm::Sha256, &archive.bytes)
    }
}

fn line(name: &str, marker: &str, from: From) -> (PyKey, Line) {
    let key = PyKey { name: PyName::new(name).unwrap(), version: PyVersion::new("1.0").ok(), nth: 0 };
    let marker = if marker.is_empty() { Marker::ALWAYS } else { Marker::parse(marker).unwrap() };
    (key, Line { extras: [].into(), marker, from, comment: vec!["tier A, tag v1.0".to_owned()] })
}

/// `alpha` needs `beta` (a folder of its repository) and is the only one that is said to; `gamma` comes from the index,
/// `delta` is a folder of the project, `absent` is for another platform.
fn installed(change: impl Fn(&mut PipFile, &Environment)) -> (Environment, String, Result<(), String>) {
    let word = nonce();
    let forge = Forge::new();
    let environment = Environment::new(forge.git_config());
    let alpha = forge.repository("example/alpha").commit(&package("", "alpha", "beta", &word), "1");
    let mono = forge.repository("example/mono").commit(&package("pkgs/beta/", "beta", "", &word), "1");
    forge.repository("example/alpha").commit(&package("", "alpha", "missing", "later"), "2");
    let gamma = environment.publish("gamma", &package("", "gamma", "", &word));
    environment.write(&package("libs/delta/", "delta", "gamma>=1", &word));
    let git = |name: &str, commit: &str, subdirectory: &str| From::Git {
        url: format!("https://github.com/example/{name}"),
        commit: commit.to_owned(),
        subdirectory: Location::new(subdirectory).ok(),
    };
    let none = Integrity::of(Algorithm::Sha512, b"none");
    let mut file = PipFile {
        made_from: "uv.lock".to_owned(),
        lines: [
            line("alpha", "python_version >= '3' and os_name == 'posix'", git("alpha", &alpha, "")),
            line("beta", "", git("mono", &mono, "pkgs/beta")),
            line("gamma", "python_version >= '3'", From::Hashes([gamma, none].into())),
            line("delta", "os_name != 'nt'", From::Folder(Location::new("libs/delta").unwrap())),
            line(
                "absent",
                "sys_platform == 'none'",
                From::Hashes([Integrity::of(Algorithm::Sha256, b"x")].into()),
            ),
        ]
        .into(),
        ..PipFile::default()
    };
    change(&mut file, &environment);
    let files: Vec<_> = emit(&file).unwrap().into_iter().collect();
    environment.write(&files);
    // The commands as the files have them.
    let text = &files[0].1;
    let commands = text.lines().filter_map(|line| line.strip_prefix("#     pip "));
    let mut done = Ok(());
    for command in commands {
        let out = environment.pip(command);
        if !out.status.success() {
            let said = [out.stdout, out.stderr].concat();
            done = Err(format!("pip {command}: {}", String::from_utf8_lossy(&said)));
            break;
        }
    }
    drop(forge);
    (environment, word, done)
}

#[test]
fn what_the_files_say_is_installed_and_runs() {
    let (environment, word, done) = installed(|_, _| {});
    done.unwrap();
    let code = "import alpha, beta, gamma, delta; print(alpha.WORD, beta.WORD, gamma.WORD, delta.WORD)";
    assert_eq!(environment.run(code), [word.as_str(); 4].join(" "));
    let list = String::from_utf8(environment.pip("list --format=freeze").stdout).unwrap();
    assert_eq!(
        list.lines().map(|line| line.split([' ', '=']).next().unwrap()).collect::<Vec<_>>(),
        ["alpha", "beta", "delta", "gamma"]
    );
}

/// Why there are two files.
#[test]
fn pip_takes_no_hash_beside_a_commit() {
    let (environment, _, done) = installed(|_, _| {});
    done.unwrap();
    let both =
        environment.pip(&format!("install --dry-run --no-deps --force-reinstall -r {COMMITS} -r {HASHED}"));
    let said = String::from_utf8_lossy(&both.stderr);
    assert!(!both.status.success() && said.contains("hash version control"), "{said}");
}

#[test]
fn another_file_in_the_index_is_refused() {
    let (_, _, done) = installed(|_, environment| {
        environment.publish("gamma", &package("", "gamma", "", "another"));
    });
    let said = done.unwrap_err();
    assert!(said.contains(HASHED) && said.contains("DO NOT MATCH THE HASHES"), "{said}");
}

#[test]
fn a_missing_package_is_seen_by_the_check() {
    let (_, _, done) = installed(|file, _| file.lines.retain(|key, _| key.name.as_str() != "beta"));
    let said = done.unwrap_err();
    assert!(said.starts_with("pip check: ") && said.contains("alpha 1.0 requires beta"), "{said}");
}
