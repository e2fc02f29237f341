//! One release and its files.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::{PyName, PyVersion};
use crate::hash::Integrity;
pub use crate::python::filename::Kind;
use crate::python::filename::SDISTS;

/// What an index has of one version.
#[derive(Clone, Debug, PartialEq)]
pub struct Release {
    pub name: PyName,
    pub version: PyVersion,
    /// `info` of the JSON API's document, where the index has one.
    pub info: Option<Value>,
    /// Sdists and wheels that can be read, sorted by file name.
    pub distributions: Vec<Distribution>,
}

/// One file of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distribution {
    pub filename: String,
    #[serde(with = "as_text")]
    pub url: Url,
    /// The strongest hash that the index gives; MD5 counts as none.
    pub integrity: Option<Integrity>,
    pub kind: Kind,
    /// In bytes.
    pub size: Option<u64>,
    /// Why it was withdrawn (PEP 592); empty where no reason was given.
    pub yanked: Option<String>,
    pub requires_python: Option<String>,
    /// When it was uploaded (PEP 700), as written.
    pub upload_time: Option<String>,
    /// The file's core metadata lies at its address with `.metadata` at the end (PEP 658, PEP 714).
    pub core_metadata: Option<CoreMetadataFile>,
    /// Where its attestations are (PEP 740), as written.
    pub provenance: Option<String>,
}

/// The metadata file of a wheel or sdist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoreMetadataFile {
    pub integrity: Option<Integrity>,
}

/// A URL in the cache.
mod as_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use url::Url;

    pub fn serialize<S: Serializer>(url: &Url, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(url.as_str())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Url, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// Bytes up to which a wheel for one platform is read where the source archive is what is installed.
const BESIDE: u64 = 16 << 20;

/// Operating systems, by the word for each in the tags of wheels.
const SYSTEMS: [&str; 3] = ["linux", "macosx", "win"];

/// The operating system of a wheel's tags; `""` of any other.
fn system(file: &Distribution) -> &'static str {
    let Kind::Wheel { tags, .. } = &file.kind else { return "" };
    SYSTEMS.into_iter().find(|system| tags.platform.contains(system)).unwrap_or_default()
}

impl Release {
    /// The wheels of some files that are to be compared, and those that are left: all that are for every platform, and of
    /// the others the one that tells most. Where wheels are what is installed, one for each operating system: what one of
    /// them brings need not be in another.
    pub fn telling(files: &[Distribution], are_installed: bool) -> (Vec<&Distribution>, Vec<&Distribution>) {
        let is_pure = |file: &Distribution| matches!(file.kind, Kind::Wheel { pure: true, .. });
        let wheels = files.iter().filter(|file| file.kind != Kind::Sdist);
        let (mut telling, bound): (Vec<&Distribution>, Vec<&Distribution>) =
            wheels.partition(|file| is_pure(file));
        telling.sort_by_key(|file| (file.yanked.is_some(), file.size.unwrap_or(u64::MAX), &file.filename));
        let is_small = |file: &&Distribution| file.size.is_none_or(|size| size <= BESIDE);
        let best = Self::best_of(bound.iter().copied());
        telling.extend(best.filter(|file| are_installed || is_small(file)));
        if are_installed {
            let known: Vec<&str> = best.into_iter().map(system).collect();
            for other in SYSTEMS.into_iter().filter(|other| !known.contains(other)) {
                let of_other = bound.iter().copied().filter(|file| system(file) == other);
                telling.extend(Self::best_of(of_other).filter(is_small));
            }
        }
        let is_left = |file: &&&Distribution| !telling.iter().any(|one| one.filename == file.filename);
        let mut left: Vec<&Distribution> = bound.iter().filter(is_left).copied().collect();
        left.sort_by_key(|file| &file.filename);
        (telling, left)
    }

    /// The source archive: the most usual form first, a withdrawn file last.
    pub fn sdist(&self) -> Option<&Distribution> {
        Self::best_sdist(&self.distributions)
    }

    /// The same of any files.
    pub fn best_sdist(files: &[Distribution]) -> Option<&Distribution> {
        let form = |file: &Distribution| {
            let name = file.filename.to_ascii_lowercase();
            SDISTS.iter().position(|extension| name.ends_with(extension)).unwrap_or(SDISTS.len())
        };
        let sdists = files.iter().filter(|file| file.kind == Kind::Sdist);
        sdists.min_by_key(|file| (file.yanked.is_some(), form(file)))
    }

    /// Whether it has wheels for single platforms beside one for all, which leaves out what those compile.
    pub fn has_both_wheels(&self) -> bool {
        let has = |wanted: bool| {
            let is = |one: &Distribution| matches!(one.kind, Kind::Wheel { pure, .. } if pure == wanted);
            self.distributions.iter().any(is)
        };
        has(true) && has(false)
    }

    /// The wheel that tells most: one for every platform, else the smallest for Linux on x86-64, else the
    /// smallest; a withdrawn file last.
    pub fn wheel(&self) -> Option<&Distribution> {
        Self::best_wheel(&self.distributions)
    }

    /// The same of any files.
    pub fn best_wheel(files: &[Distribution]) -> Option<&Distribution> {
        Self::best_of(files.iter())
    }

    fn best_of<'f>(files: impl Iterator<Item = &'f Distribution>) -> Option<&'f Distribution> {
        let rank = |file: &&Distribution| match &file.kind {
            Kind::Sdist => None,
            Kind::Wheel { pure: true, .. } => Some(0),
            Kind::Wheel { tags, .. } => {
                let mut platforms = tags.platform.split('.');
                let linux = platforms.any(|one| one.contains("linux") && one.ends_with("x86_64"));
                Some(if linux { 1 } else { 2 })
            }
        };
        let wheels = files.filter_map(|file| Some((rank(&file)?, file)));
        let order = |(rank, file): &(i32, &Distribution)| {
            (file.yanked.is_some(), *rank, file.size.unwrap_or(u64::MAX))
        };
        wheels.min_by_key(order).map(|(_, file)| file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::filename;

    fn release(files: &[(&str, u64, bool)]) -> Release {
        let name = PyName::new("a").unwrap();
        let distribution = |(filename, size, yanked): &(&str, u64, bool)| Distribution {
            filename: (*filename).to_owned(),
            url: "https://example.org/".parse().unwrap(),
            integrity: None,
            kind: filename::parse(&name, filename).unwrap().1,
            size: Some(*size),
            yanked: yanked.then(String::new),
            requires_python: None,
            upload_time: None,
            core_metadata: None,
            provenance: None,
        };
        let distributions = files.iter().map(distribution).collect();
        Release { version: PyVersion::new("1").unwrap(), info: None, distributions, name }
    }

    fn chosen(files: &[(&str, u64, bool)]) -> (String, String) {
        let release = release(files);
        let name = |file: Option<&Distribution>| file.map(|file| file.filename.clone()).unwrap_or_default();
        (name(release.sdist()), name(release.wheel()))
    }

    #[test]
    fn which_wheels_are_compared() {
        const HUGE: u64 = BESIDE + 1;
        const LINUX: &str = "a-1-cp312-cp312-manylinux_2_17_x86_64.whl";
        const WINDOWS: &str = "a-1-cp312-cp312-win32.whl";
        const WIN64: &str = "a-1-cp312-cp312-win_amd64.whl";
        const ARM: &str = "a-1-cp312-cp312-linux_aarch64.whl";
        const MAC: &str = "a-1-cp312-cp312-macosx_11_0_arm64.whl";
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        const PURE: &str = "a-1-py3-none-any.whl";
        const OTHER: &str = "a-1-2-py3-none-any.whl";
        for (files, are_installed, expected, left) in [
            (&[(PURE, 9, false), (OTHER, 1, false)][..], false, &[OTHER, PURE][..], &[][..]),
            (&[(PURE, 9, true), (OTHER, 10, false)], false, &[OTHER, PURE], &[]),
            (&[(PURE, 9, false), (WINDOWS, 1, false), (LINUX, 2, false)], true, &[PURE, LINUX, WINDOWS], &[]),
            (
                &[
                    (WINDOWS, 2, false),
                    (ARM, 1, false),
                    (MAC, HUGE, false),
                    (LINUX, 2, false),
                    (WIN64, 1, false),
                ],
                true,
                &[LINUX, WIN64],
                &[ARM, MAC, WINDOWS],
            ),
            (&[(MAC, HUGE, false)], true, &[MAC], &[]),
            (&[(WINDOWS, 1, false), (LINUX, 2, false)], false, &[LINUX], &[WINDOWS]),
            (&[(LINUX, HUGE, false)], false, &[], &[LINUX]),
            (&[(LINUX, HUGE, false)], true, &[LINUX], &[]),
            (&[(LINUX, HUGE, false), (PURE, 1, false)], false, &[PURE], &[LINUX]),
        ] {
            let release = release(files);
            let (telling, others) = Release::telling(&release.distributions, are_installed);
            let names = |files: Vec<&Distribution>| {
                files.iter().map(|file| file.filename.clone()).collect::<Vec<_>>()
            };
            assert_eq!((names(telling), names(others)), (owned(expected), owned(left)), "{files:?}");
        }
    }

    #[test]
    fn the_best_of_each() {
        let (sdist, wheel) = chosen(&[
            ("a-1.zip", 1, false),
            ("a-1.tar.gz", 9, false),
            ("a-1-cp312-cp312-win32.whl", 1, false),
            ("a-1-cp312-cp312-manylinux_2_17_x86_64.whl", 7, false),
            ("a-1-cp311-cp311-musllinux_1_1_x86_64.whl", 6, false),
            ("a-1-cp311-cp311-linux_aarch64.whl", 2, false),
        ]);
        assert_eq!(
            (sdist.as_str(), wheel.as_str()),
            ("a-1.tar.gz", "a-1-cp311-cp311-musllinux_1_1_x86_64.whl")
        );
        let (sdist, wheel) = chosen(&[
            ("a-1.zip", 1, false),
            ("a-1.tar.gz", 9, true),
            ("a-1-cp312-cp312-win32.whl", 1, false),
            ("a-1-py3-none-any.whl", 7, false),
        ]);
        assert_eq!((sdist.as_str(), wheel.as_str()), ("a-1.zip", "a-1-py3-none-any.whl"));
        assert_eq!(chosen(&[]), (String::new(), String::new()));
    }
}
