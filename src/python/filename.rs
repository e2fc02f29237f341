//! Names of distribution files: read, never made (PEP 625 for sdists, PEP 427 for wheels; both are younger
//! than many files).

use serde::{Deserialize, Serialize};

use super::{PyName, PyVersion};

/// What a file of an index is, as far as we can read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Sdist,
    Wheel { pure: bool, tags: Tags },
}

/// The tags of a wheel, each perhaps several joined by `.` (PEP 425).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tags {
    pub python: String,
    pub abi: String,
    pub platform: String,
}

/// Extensions of sdists that can be read, the most wanted first.
pub const SDISTS: &[&str] = &[".tar.gz", ".tgz", ".zip", ".tar.bz2"];

/// Version and kind of a file of the project `name`; `None` where the name is that of something else: an egg,
/// an installer, another project's file, a version that PEP 440 does not know.
pub fn parse(name: &PyName, filename: &str) -> Option<(PyVersion, Kind)> {
    if let Some(stem) = strip_suffix(filename, ".whl") {
        return wheel(name, stem);
    }
    let stem = SDISTS.iter().find_map(|extension| strip_suffix(filename, extension))?;
    // A built `bdist_dumb` archive has its platform where an sdist's name ends.
    Some((version(name, stem)?, Kind::Sdist))
}

fn strip_suffix<'a>(filename: &'a str, suffix: &str) -> Option<&'a str> {
    let at = filename.len().checked_sub(suffix.len())?;
    let end = filename.get(at..)?;
    end.eq_ignore_ascii_case(suffix).then(|| &filename[..at])
}

/// Name and version may both hold a `-`: the name is the part that is one.
fn version(name: &PyName, stem: &str) -> Option<PyVersion> {
    stem.match_indices('-').find_map(|(at, _)| {
        let named = PyName::new(&stem[..at]).ok()? == *name;
        named.then(|| PyVersion::new(&stem[at + 1..]).ok()).flatten()
    })
}

fn wheel(name: &PyName, stem: &str) -> Option<(PyVersion, Kind)> {
    let mut from_end = stem.rsplitn(4, '-');
    let (platform, abi, python) = (from_end.next()?, from_end.next()?, from_end.next()?);
    let rest = from_end.next()?;
    // What is left may end in a build tag, which starts with a digit.
    let version = version(
        name,
        rest.rsplit_once('-').map_or(rest, |(before, build)| {
            let tagged = before.contains('-') && build.starts_with(|c: char| c.is_ascii_digit());
            if tagged { before } else { rest }
        }),
    )?;
    let tags = Tags { python: python.to_owned(), abi: abi.to_owned(), platform: platform.to_owned() };
    Some((version, Kind::Wheel { pure: abi == "none" && platform == "any", tags }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: &str, filename: &str) -> String {
        match parse(&PyName::new(name).unwrap(), filename) {
            Some((version, Kind::Sdist)) => format!("sdist {version}"),
            Some((version, Kind::Wheel { pure, tags })) => {
                format!("wheel {version} {} {} {} {pure}", tags.python, tags.abi, tags.platform)
            }
            None => "-".to_owned(),
        }
    }

    #[test]
    fn sdists_however_they_are_named() {
        for (name, filename, expected) in [
            ("markupsafe", "MarkupSafe-2.1.5.tar.gz", "sdist 2.1.5"),
            ("typing-extensions", "typing-extensions-3.7.4.tar.gz", "sdist 3.7.4"),
            ("typing-extensions", "typing_extensions-4.0.0.tar.gz", "sdist 4.0.0"),
            ("zope-interface", "zope.interface-5.0.0.TAR.GZ", "sdist 5.0.0"),
            ("a", "a-1.0-1.zip", "sdist 1.0.post1"),
            ("a-2", "a-2-3.tar.bz2", "sdist 3"),
            ("a", "a-2-3.tar.bz2", "sdist 2.post3"),
            ("a", "a-1.0.linux-x86_64.tar.gz", "-"),
            ("a", "a-1.0.win32.exe", "-"),
            ("a", "a-1.0-py2.7.egg", "-"),
            ("a", "b-1.0.tar.gz", "-"),
            ("a", "a-1.0.tar.xz", "-"),
            ("a", "é.zip", "-"),
        ] {
            assert_eq!(shown(name, filename), expected, "{filename}");
        }
    }

    #[test]
    fn wheels() {
        for (filename, expected) in [
            ("a_b-1.0-py3-none-any.whl", "wheel 1.0 py3 none any true"),
            ("A.B-1.0-2abc-cp38-abi3-win32.whl", "wheel 1.0 cp38 abi3 win32 false"),
            (
                "a_b-1.0+x-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
                "wheel 1.0+x cp312 cp312 manylinux_2_17_x86_64.manylinux2014_x86_64 false",
            ),
            ("a_b-1.0-none-any.whl", "-"),
            ("a_b-1.0.whl", "-"),
            ("c-1.0-py3-none-any.whl", "-"),
        ] {
            assert_eq!(shown("a-b", filename), expected, "{filename}");
        }
    }
}
