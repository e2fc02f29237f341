//! Requirements without pins: by the real pip from a loopback index, and by programs in the place of uv.

use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;

use headwater::hash::{Algorithm, Integrity};
use headwater::lockfile::Options;
use headwater::world::cache::Cache;
use headwater::world::http::Http;
use headwater::world::npm::Surroundings;
use headwater::world::pypi::{Config, PyPi};
use headwater::world::resolver::{Ask, Programs, ResolveError, Resolved, resolve};
use tempfile::TempDir;
use url::Url;

use crate::http::options;
use crate::server::{Server, reply};

/// A folder with these files; those that begin with `#!` can be run.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        let mode = if text.starts_with("#!") { 0o755 } else { 0o644 };
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    folder
}

/// Resolves `file`, with a `uv` of the folder where it has one, and the index as the user's own.
async fn run(
    folder: &TempDir,
    file: &str,
    index: Option<&Url>,
    python: &str,
) -> Result<Resolved, ResolveError> {
    let uv = folder.path().join("uv").display().to_string();
    let programs = Programs { uv: &uv, python };
    let flag = index.cloned().or_else(|| "http://127.0.0.1:9/".parse().ok());
    let config = Config::load(&Surroundings { flag, ..Surroundings::default() });
    let pypi = PyPi::new(Http::new(options()).unwrap(), Cache::none(), config);
    let options = Options::default();
    resolve(&Ask { folder: folder.path(), file, index, options: &options, programs }, &pypi).await
}

/// The problems, as they are shown.
fn problems(result: Result<Resolved, ResolveError>) -> Vec<String> {
    let error = result.expect_err("no pins");
    error.problems().iter().map(ToString::to_string).collect()
}

fn wheel(name: &str, headers: &str) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let info = format!("{name}-1.0.dist-info");
    for (path, text) in [
        (
            format!("{info}/METADATA"),
            format!("Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{headers}\n"),
        ),
        (
            format!("{info}/WHEEL"),
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n".to_owned(),
        ),
        (format!("{info}/RECORD"), String::new()),
    ] {
        archive.start_file(path, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn sha256(bytes: &[u8]) -> String {
    Integrity::of(Algorithm::Sha256, bytes).hex()
}

/// An index of one wheel each, beside an sdist that nobody fetches.
async fn index(packages: &[(&str, &str)]) -> (Server, BTreeMap<String, String>) {
    let mut served = BTreeMap::new();
    let mut hashes = BTreeMap::new();
    for (name, headers) in packages {
        let bytes = wheel(name, headers);
        let hash = sha256(&bytes);
        let page = format!(
            r#"{{"meta":{{"api-version":"1.0"}},"name":"{name}","files":[
                {{"filename":"{name}-1.0-py3-none-any.whl","url":"/f/{name}-1.0-py3-none-any.whl","hashes":{{"sha256":"{hash}"}}}},
                {{"filename":"{name}-1.0.tar.gz","url":"/f/{name}-1.0.tar.gz","hashes":{{"sha256":"{}"}}}}]}}"#,
            sha256(b"sdist")
        );
        hashes.insert((*name).to_owned(), hash);
        served.insert(format!("/simple/{name}/"), page.into_bytes());
        served.insert(format!("/f/{name}-1.0-py3-none-any.whl"), bytes);
    }
    let json = "Content-Type: application/vnd.pypi.simple.v1+json\r\n";
    let server = Server::start(move |path, _| match served.get(path) {
        Some(body) => reply(200, if path.starts_with("/simple/") { json } else { "" }, body),
        None => reply(404, "", ""),
    })
    .await;
    (server, hashes)
}

#[tokio::test]
async fn pip_pins_for_its_interpreter_and_the_index_gives_the_hashes() {
    let (server, hashes) =
        index(&[("hwone", "Requires-Dist: hwtwo>=0.5\n"), ("hwtwo", ""), ("hwthree", "")]).await;
    let folder = folder(&[
        ("requirements.in", "hwone\n-r more.in\n-c limits.txt\n"),
        ("more.in", "hwthree ; python_version < '3'\n"),
        ("limits.txt", "hwtwo<2\n"),
    ]);
    let index = server.at("simple/");
    let resolved = run(&folder, "requirements.in", Some(&index), "python3").await.unwrap();
    let lines: Vec<_> = resolved.text.lines().collect();
    let only = resolved.only_for.clone().unwrap();
    assert!(only.starts_with("CPython 3."), "{only}");
    assert_eq!(
        lines[0],
        format!("# Pinned by headwater from requirements.in with {}, for {only} alone.", resolved.by)
    );
    assert_eq!((lines[1], lines[4], lines.len()), ("hwone==1.0 \\", "hwtwo==1.0 \\", 7));
    for (name, lines) in [("hwone", &lines[2..4]), ("hwtwo", &lines[5..7])] {
        for hash in [&hashes[name], &sha256(b"sdist")] {
            assert!(lines.iter().any(|line| line.contains(&format!("--hash=sha256:{hash}"))), "{lines:?}");
        }
    }
    let said = resolved.sentence("requirements.in");
    assert!(
        said.starts_with("resolved the 2 requirements of requirements.in to 2 packages with pip "),
        "{said}"
    );
    assert!(!server.asked().iter().any(|asked| asked.contains("tar.gz")), "an sdist was fetched");
}

/// A wheel may require what is at an address, whatever `--only-binary` says: its setup.py must not run.
#[tokio::test]
async fn pip_cannot_run_a_build() {
    let folder = folder(&[
        ("requirements.txt", "hwone\n"),
        ("evil/setup.py", "open('ran', 'w')\nimport os; os.system('touch ran')\n"),
    ]);
    let evil = Url::from_directory_path(folder.path().join("evil")).unwrap();
    let (server, _) = index(&[("hwone", &format!("Requires-Dist: hwevil @ {evil}\n"))]).await;
    let shown = problems(run(&folder, "requirements.txt", Some(&server.at("simple/")), "python3").await);
    assert!(
        shown[0].starts_with("error[HW533]: requirements.txt: ") && shown[0].contains("uv lock"),
        "{shown:?}"
    );
    assert!(shown[0].contains("would have run a program"), "{shown:?}");
    assert!(!folder.path().join("evil/ran").exists() && !folder.path().join("ran").exists());
}

#[tokio::test]
async fn what_the_index_does_not_have_is_named() {
    let (server, _) = index(&[("hwone", "Requires-Dist: hwtwo>=2\n"), ("hwtwo", "")]).await;
    let folder = folder(&[("requirements.txt", "hwone\n")]);
    let shown = problems(run(&folder, "requirements.txt", Some(&server.at("simple/")), "python3").await);
    assert!(
        shown[0].starts_with("error[HW534]: requirements.txt: pip could not")
            && shown[0].contains("hwtwo>=2"),
        "{shown:?}"
    );
}

const FAKE_UV: &str = "#!/bin/sh
[ \"$1\" = --version ] && { echo 'uv 0.9.1 (x)'; exit; }
for last; do :; done
{ echo \"$*\"; echo \"$UV_DEFAULT_INDEX\"; cat \"$last\"; } > asked
printf 'a==1.0 ; os_name == \"nt\" \\\\\\n    --hash=sha256:%064d\\n' 7
";

#[tokio::test]
async fn uv_is_told_to_build_nothing_and_its_pins_are_for_everywhere() {
    let manifest = "[project]\nname = 'p'\nversion = '1'\nrequires-python = '>=3.9,<4'\ndependencies = ['A[x]>=1 ; os_name==\"nt\"']\n";
    let folder = folder(&[("uv", FAKE_UV), ("pyproject.toml", manifest)]);
    let index = "https://u:secret@index.example/simple/".parse().unwrap();
    let resolved = run(&folder, "pyproject.toml", Some(&index), "headwater-no-python").await.unwrap();
    assert_eq!((resolved.asked, resolved.pinned, resolved.by.as_str()), (1, 1, "uv 0.9.1"));
    assert_eq!(resolved.only_for, None);
    assert!(resolved.text.starts_with("# Pinned by headwater from pyproject.toml with uv 0.9.1.\na==1.0 ; "));
    let asked = std::fs::read_to_string(folder.path().join("asked")).unwrap();
    let lines: Vec<_> = asked.lines().collect();
    assert!(lines[0].contains(" --no-build ") && lines[0].contains(" --universal "), "{asked}");
    assert!(lines[0].contains("--python-version 3.9 ") && !lines[0].contains("secret"), "{asked}");
    assert_eq!(lines[1..], [index.as_str(), "a[x]>=1 ; os_name == 'nt'"]);
}

#[tokio::test]
async fn what_uv_would_have_to_build_and_what_it_says_amiss() {
    let of =
        |answer: &str| format!("#!/bin/sh\n[ \"$1\" = --version ] && {{ echo uv 1; exit; }}\n{answer}\n");
    for (answer, expected) in [
        (
            "echo 'hint: because building from source is disabled for all' >&2; exit 1",
            "error[HW533]: requirements.txt: ",
        ),
        (
            "echo 'error: no solution' >&2; exit 1",
            "error[HW534]: requirements.txt: uv 1 could not resolve it: error: no solution",
        ),
        ("echo 'a>=1'", "error[HW535]: requirements.txt: the answer of uv 1 cannot be used: a: "),
    ] {
        let folder = folder(&[("uv", &of(answer)), ("requirements.txt", "a\n")]);
        let shown = problems(run(&folder, "requirements.txt", None, "headwater-no-python").await);
        assert!(shown[0].starts_with(expected), "{shown:?}");
    }
}

#[tokio::test]
async fn nothing_to_resolve_with() {
    let folder = folder(&[("requirements.txt", "a\n"), ("python", "#!/bin/sh\nexit 97\n")]);
    let without_pip = folder.path().join("python").display().to_string();
    for python in ["headwater-no-python", &without_pip] {
        let shown = problems(run(&folder, "requirements.txt", None, python).await);
        assert!(shown[0].starts_with("error[HW530]: ") && shown[0].contains("install uv"), "{shown:?}");
    }
}

/// Refused before any program is run.
#[tokio::test]
async fn what_only_a_build_could_tell() {
    let in_uv = "[project]\nname = 'p'\nversion = '1'\ndependencies = ['my_lib', 'b @ git+https://git.example/b']\n[tool.uv.sources]\nMy-Lib = { path = 'lib' }\n";
    for (file, text, expected) in [
        ("r.txt", "b\n-e ./lib\n", "error[HW531]: r.txt:2: lib: "),
        ("r.in", "a @ https://files.example/a-1.tar.gz", "error[HW531]: r.in:1: a: "),
        (
            "r.in",
            "a @ git+https://git.example/a@v1 ; os_name == 'nt'",
            "error[HW538]: r.in: \"a @ git+https:",
        ),
        (
            "pyproject.toml",
            "[project]\nname='p'\ndynamic=['dependencies']",
            "error[HW532]: pyproject.toml: the file leaves",
        ),
        (
            "pyproject.toml",
            "[tool.poetry]\nname='p'",
            "error[HW532]: pyproject.toml: the file has no [project]",
        ),
        ("pyproject.toml", in_uv, "error[HW531]: pyproject.toml:4: my-lib: "),
        ("Pipfile", "[packages]", "error[HW536]: Pipfile: "),
    ] {
        let ran = "#!/bin/sh\n[ \"$1\" = --version ] || touch \"${0%/*}/ran\"\n";
        let lib = ("lib/pyproject.toml", "[project]\nname = 'lib'\nversion = '1'");
        let folder = folder(&[(file, text), ("uv", ran), ("python", ran), lib]);
        let shown = problems(run(&folder, file, None, "headwater-no-python").await);
        assert!(shown.iter().any(|one| one.starts_with(expected)), "{file}: {shown:?}");
        assert!(!folder.path().join("ran").exists(), "{file}");
    }
    let folder = folder(&[("pyproject.toml", in_uv)]);
    assert_eq!(problems(run(&folder, "pyproject.toml", None, "python3").await).len(), 1);
}

/// A branch, a tag, nothing: uv answers with the commit. A wheel at an address says itself what it needs.
#[tokio::test]
async fn repositories_and_wheels_are_asked_for() {
    let commit = "0123456789012345678901234567890123456789";
    let answer = format!(
        "#!/bin/sh\n[ \"$1\" = --version ] && {{ echo uv 1; exit; }}\nfor last; do :; done\ncat \"$last\" > asked\n\
         echo 'a @ git+https://git.example/a@{commit}'\n"
    );
    let requirements = "a[x] @ git+https://git.example/a@main#subdirectory=py ; os_name == 'nt'\n\
        git+https://git.example/b.git#egg=b\nc @ https://files.example/c-1-py3-none-any.whl\n";
    let manifest = "[project]\nname = 'p'\ndependencies = ['D[y]>=1 ; os_name == \"nt\"', 'e @ git+https://git.example/e@v2']\n\
        [tool.uv.sources]\nd = { git = 'https://git.example/d', tag = 'v1', subdirectory = 'src' }\n";
    for (file, text, expected) in [
        (
            "requirements.in",
            requirements,
            &[
                "a[x] @ git+https://git.example/a@main#subdirectory=py ; os_name == 'nt'",
                "b @ git+https://git.example/b.git",
                "c @ https://files.example/c-1-py3-none-any.whl",
            ][..],
        ),
        (
            "pyproject.toml",
            manifest,
            &[
                "d[y] @ git+https://git.example/d@v1#subdirectory=src ; os_name == 'nt'",
                "e @ git+https://git.example/e@v2",
            ],
        ),
    ] {
        let folder = folder(&[("uv", &answer), (file, text)]);
        let resolved = run(&folder, file, None, "headwater-no-python").await.unwrap();
        assert!(
            resolved.text.ends_with(&format!("a @ git+https://git.example/a@{commit}\n")),
            "{}",
            resolved.text
        );
        let asked = std::fs::read_to_string(folder.path().join("asked")).unwrap();
        assert_eq!(asked.lines().collect::<Vec<_>>(), expected, "{file}");
    }
}

/// pip says so in its report, and the wheel's address is the pin.
#[tokio::test]
async fn a_wheel_at_an_address_is_pinned_by_pip() {
    let (server, hashes) = index(&[("hwone", "Requires-Dist: hwtwo\n"), ("hwtwo", "")]).await;
    let url = server.at("f/hwone-1.0-py3-none-any.whl");
    let folder = folder(&[("requirements.in", &format!("hwone @ {url}\n"))]);
    let uv = folder.path().join("uv").display().to_string();
    let programs = Programs { uv: &uv, python: "python3" };
    let index = server.at("simple/");
    let config = Config::load(&Surroundings { flag: Some(index.clone()), ..Surroundings::default() });
    let pypi = PyPi::new(Http::new(options()).unwrap(), Cache::none(), config);
    let trusted = [index.clone()];
    let options = Options { trusted_origins: &trusted, ..Options::default() };
    let ask = Ask {
        folder: folder.path(),
        file: "requirements.in",
        index: Some(&index),
        options: &options,
        programs,
    };
    let resolved = resolve(&ask, &pypi).await.unwrap();
    let expected = format!("hwone @ {url} \\\n    --hash=sha256:{}\n", hashes["hwone"]);
    assert!(resolved.text.contains(&expected), "{}", resolved.text);
    assert!(resolved.text.contains("hwtwo==1.0"), "{}", resolved.text);
}
