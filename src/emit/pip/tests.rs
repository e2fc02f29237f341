//! Tests of the pip emitter: its text, what our own reader makes of it, and what it refuses.

use super::*;
use crate::graph::Location;
use crate::graph::python::{PyGraph, PyKey, PySource};
use crate::hash::{Algorithm, Integrity};
use crate::lockfile::{Options, python};
use crate::python::marker::Marker;
use crate::python::{PyName, PyVersion};

const COMMIT: &str = "0123456789012345678901234567890123456789";

fn key(name: &str, version: &str) -> PyKey {
    PyKey { name: PyName::new(name).unwrap(), version: PyVersion::new(version).ok(), nth: 0 }
}

fn line(from: From) -> Line {
    Line { extras: [].into(), marker: Marker::ALWAYS, from, comment: Vec::new() }
}

fn git(url: &str, subdirectory: &str) -> From {
    let subdirectory = Some(Location::new(subdirectory).unwrap());
    From::Git { url: url.to_owned(), commit: COMMIT.to_owned(), subdirectory }
}

fn hash(text: &str) -> Integrity {
    Integrity::of(Algorithm::Sha256, text.as_bytes())
}

fn example() -> PipFile {
    let marked = |text: &str, line: Line| Line { marker: Marker::parse(text).unwrap(), ..line };
    let proved = Line {
        extras: [PyName::new("Fast").unwrap()].into(),
        comment: vec!["tier A, tag v1.0".to_owned(), "two\nlines".to_owned()],
        ..line(git("https://git.example/o/alpha.git", "pkgs/a b"))
    };
    let hashes = From::Hashes([hash("1"), hash("2"), Integrity::of(Algorithm::Sha1, b"3")].into());
    let url = From::Url {
        url: "https://h.example/d-1.zip?x=$1".parse().unwrap(),
        hashes: [hash("d")].into(),
        subdirectory: Location::new("sub").ok(),
    };
    let file = From::File { path: Location::new("vendor/e-1.tar.gz").unwrap(), hashes: [hash("e")].into() };
    PipFile {
        made_from: "uv.lock".to_owned(),
        indexes: vec![
            "https://index.example/simple/".parse().unwrap(),
            "https://b.example/".parse().unwrap(),
        ],
        variables: [("SETUPTOOLS_SCM_PRETEND_VERSION_FOR_ALPHA".to_owned(), "1.0".to_owned())].into(),
        lines: [
            (key("alpha", "1.0"), marked("python_version < '3.12' or os_name == 'nt'", proved)),
            (key("c", "1!2.0+local"), marked("sys_platform == 'win32'", line(hashes))),
            (key("d", ""), line(url)),
            (key("e", ""), marked("os_name == 'posix'", line(file))),
            (key("f", ""), line(From::Folder(Location::new("libs/f").unwrap()))),
            (key("g", "3"), line(From::Hashes([].into()))),
        ]
        .into(),
    }
}

#[test]
fn both_files() {
    let files = emit(&example()).unwrap();
    let all: Vec<_> = files.iter().map(|(name, text)| format!("==> {name}\n{text}")).collect();
    insta::assert_snapshot!(all.join("\n"));
}

/// What `${...}` would be replaced by is seen; `libs/f` says its name.
fn read(name: &str, text: &str) -> PyGraph {
    let manifest = |path: &Location| {
        (path.as_str() == "libs/f/pyproject.toml").then(|| "[project]\nname = 'f'\nversion = '1'".to_owned())
    };
    let inputs = python::Inputs { file: &manifest, variable: &|_| Some("replaced".to_owned()) };
    python::read(name, text, inputs, &Options::default()).unwrap_or_else(|all| panic!("{all:#?}"))
}

#[test]
fn our_own_reader_reads_it_back() {
    let file = example();
    let mut seen = 0;
    for (name, text) in emit(&file).unwrap() {
        let graph = read(&name, &text);
        assert_eq!(graph.settings.indexes.len(), 2);
        for edge in &graph.top.always {
            let (key, line) = file.lines.iter().find(|(key, _)| key.name == edge.name).unwrap();
            assert_eq!(edge.marker, line.marker, "{key}");
            let source = &graph.packages[&edge.to[0]].source;
            let strong = |hashes: &std::collections::BTreeSet<Integrity>| {
                hashes.iter().filter(|hash| hash.algorithm != Algorithm::Sha1).cloned().collect()
            };
            match (&line.from, source) {
                (
                    From::Git { url, commit, subdirectory },
                    PySource::Git { url: u, commit: c, subdirectory: s, .. },
                ) => {
                    assert_eq!((url, commit, subdirectory), (u, c, s));
                    assert_eq!(edge.extras, line.extras);
                }
                (From::Hashes(hashes), PySource::Index { hashes: found, .. }) => {
                    assert_eq!((edge.to[0].version.clone(), found), (key.version.clone(), &strong(hashes)));
                }
                (
                    From::Url { hashes, subdirectory, .. },
                    PySource::Archive { url, hashes: found, subdirectory: s, .. },
                ) => {
                    assert_eq!(
                        (url.as_str(), hashes, subdirectory),
                        ("https://h.example/d-1.zip?x=%241", found, s)
                    );
                }
                (From::File { path, hashes }, PySource::File { path: found, hashes: h, .. }) => {
                    assert_eq!((path, hashes), (found, h));
                }
                (From::Folder(path), PySource::Folder { path: found, .. }) => assert_eq!(path, found),
                (from, source) => panic!("{from:?} became {source:?}"),
            }
            seen += 1;
        }
    }
    assert_eq!(seen, file.lines.len());
}

#[test]
fn one_kind_is_one_file_and_one_command() {
    let mut file = PipFile { made_from: "poetry.lock".to_owned(), ..PipFile::default() };
    assert!(emit(&file).unwrap().is_empty());
    file.lines.insert(key("a", "1"), line(git("https://git.example/a", "")));
    let files = emit(&file).unwrap();
    let text = &files[COMMITS];
    assert!(files.len() == 1 && !text.contains(HASHED) && !text.contains("index-url"), "{text}");
    assert!(text.ends_with(&format!("\na @ git+https://git.example/a@{COMMIT}\n")), "{text}");
}

/// Where a requirements file would say something else than was meant.
#[test]
fn what_the_format_cannot_say() {
    let refused = |line: Line| {
        let lines = [(key("a", "1"), line)].into();
        emit(&PipFile { lines, ..PipFile::default() }).unwrap_err().to_string()
    };
    for marker in
        ["'x #1' in platform_version", "platform_version == 'a --hash=b'", "'${HOME}' in platform_release"]
    {
        let marker = Marker::parse(marker).unwrap();
        let error = refused(Line { marker, ..line(git("https://git.example/a", "")) });
        assert!(error.starts_with("a@1: the marker") && error.ends_with("requirements file"), "{error}");
    }
    for url in ["https://u:p@git.example/a", "a/b", "https://git.example/a?x=1", "ext::sh -c true"] {
        assert!(refused(line(git(url, ""))).contains("the repository"), "{url}");
    }
    let short =
        From::Git { url: "https://git.example/a".to_owned(), commit: "v1".to_owned(), subdirectory: None };
    assert!(refused(line(short)).contains("the commit \"v1\""));
    let path = Location::new("a b ; c").unwrap();
    assert!(refused(line(From::Folder(path))).contains("the path"));
    let indexes = vec!["https://u:p@index.example/".parse().unwrap()];
    let file = PipFile { indexes, ..PipFile::default() };
    assert!(emit(&file).unwrap_err().to_string().contains("the password of the index at \"index.example\""));
}

/// Addresses from outside cannot begin a comment, an option, a variable or a line.
#[test]
fn addresses_are_encoded() {
    let url = "https://git.example/o/a ${HOME}\n--index-url [x]#y";
    let file =
        |url: &str| PipFile { lines: [(key("a", "1"), line(git(url, "")))].into(), ..PipFile::default() };
    assert!(emit(&file(url)).is_err());
    let text = &emit(&file("https://git.example/o/a ${HOME} [x];y")).unwrap()[COMMITS];
    let expected = format!("\na @ git+https://git.example/o/a%20%24%7BHOME%7D%20%5Bx%5D%3By@{COMMIT}\n");
    assert!(text.ends_with(&expected), "{text}");
}
