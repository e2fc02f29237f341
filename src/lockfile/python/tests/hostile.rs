//! Lockfiles that no tool writes.

use super::{Files, problems, read_of, read_text, shown};

const COMMIT: &str = "096c8d42545d3b68ea21a4f890fb2b2d8979c0bd";

/// A pylock.toml with one package; `rest` is what it has besides name and version.
fn pylock(rest: &str) -> String {
    format!("lock-version = '1.0'\ncreated-by = 'x'\n\n[[packages]]\nname = 'a'\nversion = '1.0'\n{rest}\n")
}

fn sdist(url: &str, hashes: &str) -> String {
    pylock(&format!("sdist = {{ url = '{url}', hashes = {{ {hashes} }} }}"))
}

fn sha256() -> String {
    format!("sha256 = '{}'", "a".repeat(64))
}

fn codes(file: &str, text: &str) -> Vec<String> {
    problems(file, text).iter().map(|one| one["error[".len()..][..5].to_owned()).collect()
}

#[test]
fn each_fault_has_its_code_and_line() {
    let good = "https://h.example/a-1.0.tar.gz";
    assert!(read_text("pylock.toml", &sdist(good, &sha256())).is_ok());
    for (text, code) in [
        (sdist("https://h.example/a-2.0.tar.gz", &sha256()), "HW157"),
        (sdist("https://u:p@h.example/a-1.0.tar.gz", &sha256()), "HW124"),
        (sdist("https://192.168.0.1/a-1.0.tar.gz", &sha256()), "HW123"),
        (sdist("file:///etc/passwd", &sha256()), "HW122"),
        (sdist(good, "md5 = '00000000000000000000000000000000'"), "HW154"),
        (sdist(good, "sha256 = 'abc'"), "HW155"),
        (sdist(good, ""), "HW110"),
        (pylock(""), "HW110"),
        (pylock("marker = \"os_name === 'x' or\"\ndirectory = { path = 'a' }"), "HW153"),
        (pylock("directory = { path = '../a' }"), "HW126"),
        (pylock("directory = { path = '/a' }"), "HW126"),
        (pylock("directory = { path = 'a', subdirectory = '../../b' }"), "HW126"),
        (pylock("archive = { path = 'C:\\a.zip', hashes = { sha256 = '' } }"), "HW126"),
        (
            pylock(&format!("vcs = {{ type = 'hg', url = 'https://h.example/a', commit-id = '{COMMIT}' }}")),
            "HW167",
        ),
        (pylock("vcs = { type = 'git', url = 'https://github.com/o/a', commit-id = 'main' }"), "HW120"),
        (pylock(&format!("vcs = {{ type = 'git', path = '../a', commit-id = '{COMMIT}' }}")), "HW110"),
        (
            pylock(&format!("vcs = {{ type = 'git', url = '--upload-pack=x', commit-id = '{COMMIT}' }}")),
            "HW121",
        ),
        (
            pylock(&format!(
                "vcs = {{ type = 'git', url = 'https://github.com/o/a', commit-id = '{COMMIT}', subdirectory = '..' }}"
            )),
            "HW126",
        ),
        (
            pylock(&format!(
                "wheels = [{{ url = 'https://h.example/b-1.0-py3-none-any.whl', hashes = {{ {} }} }}]",
                sha256()
            )),
            "HW157",
        ),
        (pylock("directory = { path = 'a' }").replace("'a'\nver", "'../a'\nver"), "HW165"),
        (pylock("directory = { path = 'a' }").replace("'1.0'\ndir", "'1.0-beta-x'\ndir"), "HW115"),
    ] {
        let read = problems("pylock.toml", &text);
        assert!(read[0].starts_with(&format!("error[{code}]: pylock.toml:4: ")), "{text}\n{read:?}");
        assert!(!read[0].contains("npm"), "{read:?}");
    }
}

#[test]
fn files_that_are_no_lockfile() {
    for file in ["uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "Pipfile.lock"] {
        for text in [
            "",
            "[",
            "{\"a\": ",
            "a = 1\na = 2",
            "version = 99",
            "[metadata]\nlock-version = '9'\nlock_version = '9'",
        ] {
            let read = problems(file, text);
            assert!(
                read[0].starts_with("error[HW159]") || read[0].starts_with("error[HW160]"),
                "{file} {text}: {read:?}"
            );
        }
        assert_eq!(codes(file, "a\n<<<<<<< HEAD\n"), ["HW101"]);
    }
    assert!(problems("uv.lock", "version = 1\npackage = [\n1 ]")[0].starts_with("error[HW159]: uv.lock:3: "));
    assert!(problems("Pipfile.lock", "{\n\n x")[0].starts_with("error[HW159]: Pipfile.lock:3: "));
    assert_eq!(codes("pylock.toml", "lock-version = '2.0'\ncreated-by = 'x'\npackages = []"), ["HW160"]);
    assert!(read_text("pylock.toml", "lock-version = '1.7'\ncreated-by = 'x'\npackages = []").is_ok());
}

#[test]
fn absurd_nesting_and_size() {
    let deep = format!("version = 1\nx = {}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(codes("uv.lock", &deep), ["HW159"]);
    let deep = format!("{{\"_meta\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(codes("Pipfile.lock", &deep), ["HW159"]);
    assert_eq!(codes("requirements.txt", &" ".repeat((64 << 20) + 1)), ["HW105"]);
    let many = "a==1\n".repeat(50_001);
    assert_eq!(codes("requirements.txt", &many), ["HW105"]);
}

#[test]
fn entries_that_contradict_each_other() {
    let entry = |version: &str, digit: &str| {
        format!(
            "[[package]]\nname = 'a'\nversion = '{version}'\nsource = {{ registry = 'https://h.example/simple' }}\nsdist = {{ url = 'https://h.example/a-1.0.tar.gz', hash = 'sha256:{}' }}\n",
            digit.repeat(64)
        )
    };
    let lock = |entries: &[String]| format!("version = 1\n{}", entries.concat());
    assert_eq!(codes("uv.lock", &lock(&[entry("1.0", "a"), entry("1.0", "a")])), ["HW113"]);
    assert_eq!(codes("uv.lock", &lock(&[entry("1.0", "a"), entry("1.0.0", "b")])), ["HW157"]);
    let twice = "wheels = [{ url = 'https://h.example/a-1.0-py3-none-any.whl' }, { url = 'https://i.example/a-1.0-py3-none-any.whl' }]";
    assert_eq!(codes("uv.lock", &lock(&[entry("1.0", "a"), twice.to_owned()])), ["HW157"]);
    let gone = format!("{}dependencies = [{{ name = 'gone' }}]", entry("1.0", "a"));
    let read = problems("uv.lock", &lock(&[gone]));
    assert_eq!(read, ["error[HW161]: uv.lock:2: a: it needs gone, which the lockfile does not have"]);
    let kinds = "version = 1\n[[package]]\nname = 'a'\nsource = { ipfs = 'x' }";
    assert_eq!(codes("uv.lock", kinds), ["HW110"]);
    assert_eq!(codes("uv.lock", &lock(&[entry("1.0", "a").replace("version = '1.0'\n", "")])), ["HW116"]);
}

#[test]
fn terminal_escapes_stay_out_of_messages() {
    let text =
        pylock("directory = { path = \"../\\u001b[2J\" }").replace("name = 'a'", "name = \"a\\u001b[2J\"");
    let read = problems("pylock.toml", &text).concat();
    assert!(!read.contains('\u{1b}'), "{read:?}");
}

#[test]
fn poetry_and_pdm_need_their_manifest_where_the_lockfile_says_too_little() {
    let poetry = "[[package]]\nname = 'a'\nversion = '1'\nfiles = []\n[metadata]\nlock-version = '2.0'\n";
    assert_eq!(codes("poetry.lock", poetry), ["HW166"]);
    let pdm = "[metadata]\nlock_version = '4.4'\n[[package]]\nname = 'a'\nversion = '1'\n";
    assert_eq!(codes("pdm.lock", pdm), ["HW166"]);
    let broken = Files::from([("poetry.lock", poetry), ("pyproject.toml", "\n[project\n")]);
    let read = shown(read_of("poetry.lock", &broken));
    assert!(read.iter().any(|one| one.starts_with("error[HW159]: pyproject.toml:2: ")), "{read:?}");
}
