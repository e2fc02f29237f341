//! What a path's name says about a file of a Python project.
//!
//! The lists of what may differ are short: a file is documentation because its name says so and because
//! nothing imports, builds or runs a file of such a name.

use super::build_files;
use crate::contents::{Contents, File, Looks};
use crate::source::kinds::{self, base, extension, is_media};
use crate::source::output::is_minified_name;

/// Extensions of text for people.
const TEXT: [&str; 21] = [
    "", "txt", "md", "markdown", "mkd", "rst", "rest", "adoc", "asciidoc", "textile", "org", "html", "htm",
    "pdf", "rtf", "mit", "bsd", "apache", "gpl", "lgpl", "lesser",
];
/// Further extensions of what tools render documentation to.
const RENDERED: [&str; 14] = [
    "css",
    "js",
    "map",
    "inv",
    "xml",
    "json",
    "doctree",
    "buildinfo",
    "eps",
    "ps",
    "tex",
    "info",
    "ipynb",
    "1",
];
/// What Python, its loader or a build runs, beside what everybody calls source.
const RUN: [&str; 19] = [
    "pyw", "pyx", "pxd", "pxi", "pth", "pyc", "pyo", "pyd", "so", "dll", "dylib", "exe", "egg", "pyz", "whl",
    "jar", "f90", "cu", "egg-link",
];

/// Whether a file is written by the tool that packs it, for an index to read.
pub(super) fn is_metadata(path: &str) -> bool {
    let within = |part: &str| part.ends_with(".egg-info") || part.ends_with(".dist-info");
    // Names without an extension that these folders have; any other can be a program.
    let known =
        matches!(base(path), "PKG-INFO" | "METADATA" | "WHEEL" | "RECORD" | "zip-safe" | "not-zip-safe");
    let data = !extension(path).is_empty() || known || kinds::is_document(path);
    path == "PKG-INFO" || path.split('/').any(within) && data && !is_run(path)
}

/// What is imported, executed at install or loaded at run time.
pub(super) fn is_run(path: &str) -> bool {
    let extension = extension(path);
    RUN.contains(&extension.as_str())
        || base(path).contains(".so.")
        || !extension.is_empty() && kinds::is_source_like(path)
}

/// [`is_run`], and programs, whose names need no extension.
pub(super) fn is_code(path: &str) -> bool {
    is_run(path) || kinds::is_source_like(path)
}

/// Text for people, which no program reads.
pub(super) fn is_document(file: &File) -> bool {
    let (path, extension) = (file.path.as_str(), extension(&file.path));
    let text = TEXT.contains(&extension.as_str()) || extension.chars().all(|c| c.is_ascii_digit());
    let is_no_text = matches!(file.looks, Some(Looks::Binary | Looks::Compiled)) && extension != "pdf";
    let program = extension.is_empty() && file.executable || is_no_text;
    kinds::is_document(path) && text && !program
}

/// Documentation as tools render it, in the folder of its own that a project has for it.
pub(super) fn is_rendered(file: &File) -> bool {
    let extension = extension(&file.path);
    let beside = file.path.starts_with("doc/") || file.path.starts_with("docs/");
    let known = TEXT.contains(&extension.as_str()) && !extension.is_empty()
        || RENDERED.contains(&extension.as_str())
        || is_media(&file.path);
    beside && known
}

/// What was swept up, and does nothing: litter of editors.
pub(super) fn is_litter(path: &str) -> bool {
    let name = base(path);
    let swept = kinds::is_junk(path)
        || name.len() > 1 && name.starts_with('#') && name.ends_with('#')
        || matches!(name, ".gitignore" | ".gitattributes" | ".coverage" | "py.typed");
    swept && !is_run(path)
}

/// A compiled module beside its source. Python compiles that anew where the archive is built; one that is installed it
/// may believe as it is (PEP 552).
pub(super) fn is_compiled(path: &str, contents: &Contents) -> bool {
    compiled_from(path).is_some_and(|source| contents.file(&source).is_some())
}

/// `a/b.py` of `a/__pycache__/b.cpython-313.pyc` (PEP 3147).
fn compiled_from(path: &str) -> Option<String> {
    let (folder, name) = path.strip_suffix(".pyc")?.rsplit_once('/')?;
    let (stem, tag) = name.split_once('.')?;
    let above = folder.strip_suffix("__pycache__")?;
    let fits = (above.is_empty() || above.ends_with('/')) && !tag.is_empty();
    fits.then(|| format!("{above}{stem}.py"))
}

/// Whether a tool wrote a file, by its name or its bytes: minified and bundled code, what Cython, protoc, ANTLR, SWIG
/// and parser generators make.
pub(super) fn is_machine_made(file: &File) -> bool {
    let stem = base(&file.path).split('.').next().unwrap_or_default();
    let is_python = matches!(extension(&file.path).as_str(), "py" | "pyi");
    let named = is_python
        && (stem.ends_with("_pb2") || stem.ends_with("_pb2_grpc") || matches!(stem, "parsetab" | "lextab"));
    let is_code = kinds::is_source_like(&file.path) || extension(&file.path) == "css";
    named
        || is_minified_name(&file.path)
        || matches!(file.looks, Some(Looks::Minified | Looks::Built)) && is_code
}

/// The order in which a reader looks at files: what runs at every start of Python, what runs when the project is built,
/// then what is imported, the outermost first; what is only beside the code comes last.
pub(in crate::source) fn order(path: &str) -> impl Ord + use<> {
    const ASIDE: [&str; 8] = ["tests", "test", "testing", "docs", "doc", "examples", "example", "benchmarks"];
    let name = base(path);
    let is_aside = path.split('/').any(|part| ASIDE.contains(&part));
    let at_start = extension(path) == "pth" || matches!(name, "sitecustomize.py" | "usercustomize.py");
    let rank = match () {
        () if at_start => 0,
        () if build_files::NAMES.contains(&path) => 1,
        () if matches!(extension(path).as_str(), "py" | "pyx" | "so" | "pyd" | "c" | "cpp") => 2,
        () => 3,
    };
    (is_aside, rank, path.matches('/').count(), name != "__init__.py", path.to_owned())
}

/// A module, or a text, that holds the version: written at release by tools, or by hand.
pub(super) fn is_version_name(path: &str) -> bool {
    crate::contents::Format::names_version(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Digest;

    fn file(path: &str, executable: bool) -> File {
        let (sha256, blob) = (Digest([0; 32]), Digest([0; 20]));
        File {
            path: path.to_owned(),
            executable,
            size: 1,
            sha256,
            blob,
            blob_lf: None,
            looks: None,
            linked: None,
        }
    }

    #[test]
    fn documents_that_nothing_runs() {
        for path in
            ["README", "LICENSE.MIT", "docs/a.md", "CHANGES-2.0", "AUTHORS.txt", "a/LICENSE-APACHE-2.0"]
        {
            assert!(is_document(&file(path, false)), "{path}");
        }
        for path in [
            "README.pth",
            "security.so",
            "history.cpython-312-x86_64-linux-gnu.so",
            "notice.pyx",
            "changes.pyc",
        ] {
            assert!(!is_document(&file(path, false)), "{path}");
        }
        assert!(!is_document(&file("bin/readme", true)));
    }

    #[test]
    fn litter_is_beside_its_source() {
        let contents = Contents {
            files: vec![file("a/b.py", false)],
            dropped: Vec::new(),
            manifest: String::new(),
            shrinkwrap: None,
            texts: Default::default(),
            names: Default::default(),
            packed_size: 0,
            differs: None,
        };
        for path in ["#a#", "a/b.py~", "a/.b.py.swp", "a/py.typed", "a/._b.py"] {
            assert!(is_litter(path), "{path}");
        }
        assert!(is_compiled("a/__pycache__/b.cpython-313.pyc", &contents));
        for path in [
            "a/__pycache__/c.cpython-313.pyc",
            "a/b.pyc",
            "a/__pycache__/b.py",
            "a/x__pycache__/b.c.pyc",
            "#",
            "._b.pth",
        ] {
            assert!(!is_litter(path) && !is_compiled(path, &contents), "{path}");
        }
    }

    #[test]
    fn what_is_imported_first_is_told_first() {
        let mut paths = [
            "tests/a.py",
            "a/data.json",
            "a/b/c.py",
            "a/z.py",
            "a/__init__.py",
            "docs/conf.py",
            "setup.py",
            "a.pth",
        ];
        paths.sort_by_cached_key(|path| order(path));
        let expected = [
            "a.pth",
            "setup.py",
            "a/__init__.py",
            "a/z.py",
            "a/b/c.py",
            "a/data.json",
            "docs/conf.py",
            "tests/a.py",
        ];
        assert_eq!(paths, expected);
    }

    #[test]
    fn what_tools_wrote() {
        let looking = |path: &str, looks| is_machine_made(&File { looks, ..file(path, false) });
        for (path, looks) in [
            ("a/m_pb2.py", None),
            ("a/parsetab.py", None),
            ("a/static/x.min.js", None),
            ("a/static/x.js", Some(Looks::Minified)),
            ("a/static/x.css", Some(Looks::Minified)),
            ("a/_x.c", Some(Looks::Built)),
        ] {
            assert!(looking(path, looks), "{path}");
        }
        for (path, looks) in [("a/m_pb2.txt", None), ("a/x.js", None), ("a/x.json", Some(Looks::Minified))] {
            assert!(!looking(path, looks), "{path}");
        }
    }

    #[test]
    fn metadata_is_never_run() {
        for path in ["PKG-INFO", "src/a.egg-info/SOURCES.txt", "a.dist-info/licenses/LICENSE"] {
            assert!(is_metadata(path), "{path}");
        }
        for path in ["a.egg-info/x.py", "a.dist-info/x.pth", "a/PKG-INFO", "a.egg-info/program"] {
            assert!(!is_metadata(path), "{path}");
        }
    }
}
