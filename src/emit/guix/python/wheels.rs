//! Packages that are taken as wheels. Which of a release's wheels Guix takes: for each machine and version of Python the
//! one that fits best, by the tags of its name (PEP 425, 600).

use pep440_rs::Version;
use version_ranges::Ranges;

use super::condition::Condition;
use super::origin;
use crate::emit::guix::source::Source;
use crate::emit::model::python::package;
use crate::emit::model::python::package::Archive;
use crate::graph::Location;
use crate::python::PyName;
use crate::python::filename::{self, Kind, Tags};

/// glibc of Guix 1.5: 2.41.
const GLIBC: (u64, u64) = (2, 41);

/// One that is fetched, or that lies in the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wheel<'a> {
    Fetched(&'a Archive),
    Own(&'a Location),
}

impl Wheel<'_> {
    fn file(&self) -> &str {
        match self {
            Self::Fetched(archive) => &archive.file,
            Self::Own(path) => path.as_str().rsplit('/').next().unwrap_or_default(),
        }
    }

    pub fn source(&self, version: &str) -> Source {
        match self {
            Self::Fetched(archive) => Source::Url(origin::download(archive, version)),
            Self::Own(path) => Source::file_of_project(path.as_str()),
        }
    }

    /// Whether it has compiled code.
    pub fn is_compiled(&self, name: &PyName) -> bool {
        !matches!(filename::parse(name, self.file()), Some((_, Kind::Wheel { pure: true, .. })))
    }
}

/// The wheels that a package is taken from; `None` where it is built.
pub fn of(source: &package::Source) -> Option<Vec<Wheel<'_>>> {
    match source {
        package::Source::Wheels { wheels } => Some(wheels.iter().map(Wheel::Fetched).collect()),
        package::Source::Local { local } if local.as_str().ends_with(".whl") => Some(vec![Wheel::Own(local)]),
        _ => None,
    }
}

/// How well a wheel fits where it does: the least first.
type Rank = (std::cmp::Reverse<(u64, u64)>, bool, u64);

/// Wheels, the best first, each with the conditions under which no better one fits.
pub fn fitting<'a>(
    name: &PyName,
    wheels: &[Wheel<'a>],
    pythons: &Ranges<Version>,
) -> Vec<(Wheel<'a>, Condition)> {
    let mut ranked: Vec<(Rank, Wheel<'a>, Condition)> = Vec::new();
    for &wheel in wheels {
        let Some((_, Kind::Wheel { tags, .. })) = filename::parse(name, wheel.file()) else { continue };
        ranked.extend(tagged(&tags).map(|(rank, condition)| (rank, wheel, condition)));
    }
    ranked.sort_by(|a, b| (a.0, a.1.file()).cmp(&(b.0, b.1.file())));
    let mut taken = Condition::never();
    let mut found: Vec<(Wheel<'a>, Condition)> = Vec::new();
    for (_, wheel, condition) in ranked {
        let left = condition.but_not(&taken);
        if left.is_never(pythons) {
            continue;
        }
        taken = taken.or(&left);
        match found.iter_mut().find(|(known, _)| known.file() == wheel.file()) {
            Some((_, known)) => *known = known.or(&left),
            None => found.push((wheel, left)),
        }
    }
    found
}

/// Each combination of tags that CPython on Linux takes.
fn tagged(tags: &Tags) -> impl Iterator<Item = (Rank, Condition)> {
    let mut found = Vec::new();
    for python in tags.python.split('.') {
        for abi in tags.abi.split('.') {
            let Some((versions, since)) = versions(python, abi) else { continue };
            for platform in tags.platform.split('.') {
                let Some((machine, glibc)) = machine(platform) else { continue };
                let condition = Condition::on(|one| machine.is_none_or(|machine| machine == one), &versions);
                found.push(((std::cmp::Reverse(since), machine.is_none(), glibc), condition));
            }
        }
    }
    found.into_iter()
}

/// The versions of Python that a wheel is for, and the first of them: `(0, 0)` for what is no CPython's own.
fn versions(python: &str, abi: &str) -> Option<(Ranges<Version>, (u64, u64))> {
    let numbers = |text: &str| -> Option<(u64, Option<u64>)> {
        let (major, minor) = text.split_at_checked(1)?;
        Some((major.parse().ok()?, if minor.is_empty() { None } else { Some(minor.parse().ok()?) }))
    };
    let since = |major: u64, minor: u64| Ranges::higher_than(Version::new([major, minor]));
    let below = |major: u64, minor: u64| Ranges::strictly_lower_than(Version::new([major, minor]));
    if let Some(rest) = python.strip_prefix("cp") {
        let (major, minor) = numbers(rest)?;
        let minor = minor?;
        let from = since(major, minor);
        return match abi {
            "abi3" => Some((from.intersection(&below(major + 1, 0)), (major, minor))),
            "none" => Some((from.intersection(&below(major + 1, 0)), (major, minor))),
            abi if abi == python => Some((from.intersection(&below(major, minor + 1)), (major, minor + 1))),
            // Debug and free-threaded interpreters are none of Guix's.
            _ => None,
        };
    }
    let (major, minor) = numbers(python.strip_prefix("py")?)?;
    if abi != "none" || major != 3 {
        return None;
    }
    Some((since(3, minor.unwrap_or(0)), (0, 0)))
}

/// The machine (`None`: every one) and how new a glibc is needed.
fn machine(platform: &str) -> Option<(Option<&str>, u64)> {
    if platform == "any" {
        return Some((None, 0));
    }
    let old = [("manylinux1_", 5), ("manylinux2010_", 12), ("manylinux2014_", 17), ("linux_", 0)];
    if let Some((machine, glibc)) =
        old.iter().find_map(|(tag, glibc)| Some((platform.strip_prefix(tag)?, *glibc)))
    {
        return Some((Some(machine), glibc));
    }
    let mut parts = platform.strip_prefix("manylinux_")?.splitn(3, '_');
    let (major, minor, machine) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?);
    ((major, minor) <= GLIBC).then_some((Some(machine), minor))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::guix::python::condition::pythons;
    use crate::emit::guix::sexp::Sexp;
    use crate::hash::Integrity;

    fn fitting_of(files: &[&str]) -> Vec<(String, String)> {
        let hash = Integrity::of(crate::hash::Algorithm::Sha256, b"");
        let archive = |file: &&str| Archive { file: (*file).into(), url: (*file).into(), hash: hash.clone() };
        let archives: Vec<_> = files.iter().map(archive).collect();
        let wheels: Vec<_> = archives.iter().map(Wheel::Fetched).collect();
        let pythons = pythons(None, None);
        let found = fitting(&PyName::new("a").unwrap(), &wheels, &pythons);
        let shown = |condition: &Condition| {
            condition.expression("python", &pythons).map_or("always".into(), |it: Sexp| it.written())
        };
        found.iter().map(|(wheel, condition)| (wheel.file().to_owned(), shown(condition))).collect()
    }

    #[test]
    fn one_that_fits_everywhere() {
        let found =
            fitting_of(&["a-1-py2.py3-none-any.whl", "a-1-cp39-cp39-win32.whl", "a-1-py2-none-any.whl"]);
        assert_eq!(found, [("a-1-py2.py3-none-any.whl".to_owned(), "always".to_owned())]);
    }

    #[test]
    fn the_best_of_each_machine_and_python() {
        let found = fitting_of(&[
            "a-1-py3-none-any.whl",
            "a-1-cp38-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
            "a-1-cp311-cp311-manylinux_2_17_x86_64.whl",
            "a-1-cp311-cp311-manylinux_2_99_aarch64.whl",
            "a-1-cp311-cp311-musllinux_1_2_aarch64.whl",
            "a-1-cp311-cp311d-manylinux_2_17_x86_64.whl",
        ]);
        insta::assert_debug_snapshot!(found);
    }
}
