//! Releases of a Python project to ask for: an sdist and a wheel of tables, read as real ones are.

use std::collections::BTreeMap;

use headwater::contents::tarball::{Files, Raw, describe};
use headwater::contents::{Contents, Dropped, Format};
use headwater::graph::Purl;
use headwater::python::{PyName, PyVersion};
use headwater::source::repository::Unreachable;
use headwater::source::{Links, NamedSource, Release, Resolution, Wheel, resolve_python};

use crate::fake::{Fake, R};

/// `[build-system]` and `[project]` of a project whose version is written down.
pub const TOML: &str = "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n\
    [project]\nname = 'a'\nversion = '1.0'\n";
/// The same with the version left to the build.
pub const DYNAMIC: &str = "[build-system]\nrequires = ['hatchling', 'hatch-vcs']\n\
    build-backend = 'hatchling.build'\n[project]\nname = 'a'\ndynamic = ['version']\n";
/// What setuptools adds to setup.cfg.
pub const TAIL: &str = "[egg_info]\ntag_build = \ntag_date = 0\n\n";

/// A release of `a` 1.0 that names `R` as its source, until something else is said.
#[derive(Clone)]
pub struct Py {
    name: &'static str,
    version: &'static str,
    links: Links,
    sdist: Option<Contents>,
    /// Each with its name, and whether it is for one platform.
    wheels: Vec<(String, bool, Contents)>,
    others: Vec<&'static str>,
    given: Option<NamedSource>,
    uploaded: Option<i64>,
}

/// A path that begins with `+` is executable, one with `>` a link.
fn contents(format: Format, files: &[(&str, &str)], metadata: (&str, &str)) -> Contents {
    let (path, metadata) = metadata;
    let mut all = BTreeMap::from([(path.to_owned(), metadata)]);
    all.extend(files.iter().map(|(path, text)| ((*path).to_owned(), *text)));
    let link = |path: &str| Dropped { path: path.to_owned(), hard: false };
    let dropped = all.keys().filter_map(|path| path.strip_prefix('>')).map(link).collect();
    let raw = |path: &str, text: &str| Raw { executable: path.starts_with('+'), bytes: text.into() };
    let files = all.iter().filter(|(path, _)| !path.starts_with('>'));
    let files =
        files.map(|(path, text)| (path.trim_start_matches('+').to_owned(), raw(path, text))).collect();
    describe(Files { files, dropped, differs: None }, format, 1).unwrap().contents
}

/// A release with nothing but an sdist of these files, PKG-INFO beside them.
pub fn sdist(files: &[(&str, &str)]) -> Py {
    sdist_of(("a", "1.0"), files)
}

/// The same with any PKG-INFO.
pub fn sdist_saying(metadata: &str, files: &[(&str, &str)]) -> Py {
    release(("a", "1.0"), metadata, files)
}

/// A release of another project.
pub fn sdist_of((name, version): (&'static str, &'static str), files: &[(&str, &str)]) -> Py {
    let metadata = format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n");
    release((name, version), &metadata, files)
}

fn release((name, version): (&'static str, &'static str), metadata: &str, files: &[(&str, &str)]) -> Py {
    let links = Links { project_urls: vec![("Source".to_owned(), R.to_owned())], ..Links::default() };
    let sdist = Some(contents(Format::Sdist, files, ("PKG-INFO", metadata)));
    Py { name, version, links, sdist, wheels: Vec::new(), others: Vec::new(), given: None, uploaded: None }
}

impl Py {
    /// A wheel of these files beside the sdist.
    pub fn wheel(self, files: &[(&str, &str)]) -> Self {
        self.wheel_of("py3-none-any", files)
    }

    /// The same for some platform; all but `any` have what a compiler made.
    pub fn wheel_of(mut self, tags: &str, files: &[(&str, &str)]) -> Self {
        let metadata = format!("Metadata-Version: 2.1\nName: {}\nVersion: {}\n", self.name, self.version);
        let path = format!("{}-{}.dist-info/METADATA", self.name, self.version);
        let read = contents(Format::Wheel, files, (&path, &metadata));
        self.wheels.push((format!("a-1.0-{tags}.whl"), !tags.ends_with("any"), read));
        self
    }

    /// Further headers of the wheel's metadata.
    pub fn wheel_says(mut self, headers: &str) -> Self {
        self.wheels.last_mut().unwrap().2.manifest.push_str(headers);
        self
    }

    /// Further headers of the sdist's.
    pub fn sdist_says(mut self, headers: &str) -> Self {
        self.sdist.as_mut().unwrap().manifest.push_str(headers);
        self
    }

    /// Wheels that nobody looked at.
    pub fn others(mut self, others: &[&'static str]) -> Self {
        self.others = others.to_vec();
        self
    }

    pub fn without_sdist(mut self) -> Self {
        self.sdist = None;
        self
    }

    /// Project URLs in place of the one that names `R`.
    pub fn urls(mut self, urls: &[(&str, &str)]) -> Self {
        self.links.project_urls =
            urls.iter().map(|(label, url)| ((*label).to_owned(), (*url).to_owned())).collect();
        self
    }

    /// A description in place of all other links.
    pub fn described(self, text: &str) -> Self {
        let mut py = self.urls(&[]);
        py.links.text = text.to_owned();
        py
    }

    /// When it was uploaded.
    pub fn uploaded(mut self, at: i64) -> Self {
        self.uploaded = Some(at);
        self
    }

    /// A source that the user names.
    pub fn given(mut self, given: NamedSource) -> Self {
        self.given = Some(given);
        self
    }

    pub fn home_page(self, url: &str) -> Self {
        let mut py = self.urls(&[]);
        py.links.home_page = Some(url.to_owned());
        py
    }

    pub fn home_page_too(mut self, url: &str) -> Self {
        self.links.home_page = Some(url.to_owned());
        self
    }

    /// Asks for another project or version than the files are of.
    pub fn asked_as(mut self, name: &'static str, version: &'static str) -> Self {
        (self.name, self.version) = (name, version);
        self
    }

    pub async fn try_ask(&self, fake: &Fake) -> Result<Resolution, Unreachable> {
        let project = PyName::new(self.name).unwrap();
        let version = PyVersion::new(self.version).unwrap().to_string();
        let purl = Purl::pypi(&project, &version);
        let wheels: Vec<_> = self
            .wheels
            .iter()
            .map(|(filename, is_bound, contents)| Wheel { filename, contents, is_bound: *is_bound })
            .collect();
        let release = Release {
            purl: &purl,
            project: &project,
            name: self.name,
            version: &version,
            links: &self.links,
            sdist: self.sdist.as_ref(),
            wheels: &wheels,
            others: &self.others,
            uploaded: self.uploaded,
            given: self.given.as_ref(),
        };
        resolve_python(release, fake).await
    }

    pub async fn ask(&self, fake: &Fake) -> Resolution {
        self.try_ask(fake).await.unwrap()
    }
}

/// A repository with these files at tag `v1.0`, commit 1.
pub fn tagged(files: &[(&str, &str)]) -> Fake {
    Fake::default().refs(&[("v1.0", 1), ("heads/main", 9)]).tree(1, files)
}
