//! Where the files of a wheel go when it is installed
//! (<https://packaging.python.org/en/latest/specifications/binary-distribution-format/>).

use crate::contents::Contents;
use crate::source::kinds::is_document;
use crate::source::python::kinds::is_run;

/// What installers and indexes read in a wheel's own folder of metadata. `entry_points.txt` is compared on its own.
const METADATA: [&str; 17] = [
    "METADATA",
    "WHEEL",
    "RECORD",
    "RECORD.jws",
    "RECORD.p7s",
    "INSTALLER",
    "REQUESTED",
    "direct_url.json",
    "entry_points.txt",
    "top_level.txt",
    "namespace_packages.txt",
    "dependency_links.txt",
    "zip-safe",
    "not-zip-safe",
    "metadata.json",
    "pydist.json",
    "pbr.json",
];
/// Folders in it: for people, and for tools that audit.
const FOR_READERS: [&str; 3] = ["licenses", "license_files", "sboms"];

/// What becomes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place<'a> {
    /// A module, or data beside one, by its path below site-packages.
    Module(&'a str),
    /// A program, by its name.
    Script(&'a str),
    /// A file below the prefix, or a header.
    Data(&'a str),
}

/// Of a file of any wheel: what lies in a folder `*.data` is spread.
pub(super) fn place(path: &str) -> Place<'_> {
    let spread = path.split_once('/').filter(|(folder, _)| folder.ends_with(".data"));
    match spread.and_then(|(_, rest)| rest.split_once('/')) {
        Some(("purelib" | "platlib", rest)) => Place::Module(rest),
        Some(("scripts", rest)) => Place::Script(rest),
        Some(("data" | "headers", rest)) => Place::Data(rest),
        _ => Place::Module(path),
    }
}

/// The folder of metadata that is a wheel's own. Another one would be another project's.
pub(in crate::source::python) fn own_folder(wheel: &Contents) -> Option<&str> {
    let folder = |path: &'_ str| -> Option<usize> {
        let folder = path.strip_suffix("/METADATA")?;
        (folder.ends_with(".dist-info") && !folder.contains('/')).then_some(folder.len())
    };
    let mut folders = wheel.files.iter().filter_map(|file| Some(&file.path[..folder(&file.path)?]));
    let first = folders.next();
    first.filter(|_| folders.next().is_none())
}

/// Whether a file is of the wheel's own metadata, which no program imports or runs.
pub(in crate::source::python) fn is_metadata(path: &str, own: Option<&str>) -> bool {
    let Some(rest) = own.and_then(|own| path.strip_prefix(own)?.strip_prefix('/')) else { return false };
    let readers = rest.split_once('/').is_some_and(|(folder, _)| FOR_READERS.contains(&folder));
    METADATA.contains(&rest) || (readers || is_document(rest) && !rest.contains('/')) && !is_run(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_files_go() {
        for (path, expected) in [
            ("a/b.py", Place::Module("a/b.py")),
            ("a-1.data/purelib/a/b.py", Place::Module("a/b.py")),
            ("a-1.data/platlib/x.pth", Place::Module("x.pth")),
            ("a-1.data/scripts/run", Place::Script("run")),
            ("b-2.data/data/etc/x", Place::Data("etc/x")),
            ("a-1.data/headers/x.h", Place::Data("x.h")),
            ("a-1.data/other/x", Place::Module("a-1.data/other/x")),
            ("a/b.data/scripts/x", Place::Module("a/b.data/scripts/x")),
        ] {
            assert_eq!(place(path), expected, "{path}");
        }
    }

    #[test]
    fn metadata_is_the_wheels_own() {
        let own = Some("a-1.dist-info");
        for path in ["METADATA", "RECORD", "licenses/x/LICENSE", "LICENSE.txt", "sboms/auditwheel.cdx.json"] {
            assert!(is_metadata(&format!("a-1.dist-info/{path}"), own), "{path}");
        }
        for path in [
            "a-1.dist-info/evil.py",
            "a-1.dist-info/licenses/evil.so",
            "a-1.dist-info/program",
            "b-1.dist-info/METADATA",
            "a-1.egg-info/entry_points.txt",
            "x/a-1.dist-info/METADATA",
        ] {
            assert!(!is_metadata(path, own), "{path}");
        }
        assert!(!is_metadata("a-1.dist-info/METADATA", None));
    }
}
