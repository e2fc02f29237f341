//! `headwater package`, of one package and of a file that is updated.

use std::path::{Path, PathBuf};

use anyhow::bail;
use url::Url;

use super::{asking, nixpkgs, registry};
use crate::upstream::nix::expression::is_name;
use crate::upstream::pasted::Pasted;
use crate::upstream::python::purpose::Purpose;
use crate::world::asking::Asking;
use crate::world::disk;
use crate::world::nix::Nixpkgs;
use crate::{cli, graph};

/// A `package`, ready to run.
#[derive(Clone, Debug)]
pub struct Package {
    pub wanted: Wanted,
    /// For whom it is written.
    pub to: cli::Distribution,
    /// Where to write, if not to the usual place.
    pub out: Option<PathBuf>,
    /// Write nothing.
    pub print: bool,
    /// The attribute, where the user names it.
    pub name: Option<String>,
    /// What a Python package is, where the user says so.
    pub purpose: Option<Purpose>,
    pub maintainer: Option<String>,
    pub version_check: bool,
    /// The nixpkgs to build it over, where it is to be built.
    pub build: Option<Nixpkgs>,
    /// The nixpkgs whose names count, where the user names one.
    pub nixpkgs: Option<Nixpkgs>,
    /// Write what the distribution lacks as well.
    pub recursive: bool,
    pub asking: Asking,
    pub registry: Option<Url>,
}

/// What `package` writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// What a registry has.
    Package(graph::Package),
    /// What a repository has.
    Repository(Pasted),
    /// What a folder is a checkout of.
    Folder(PathBuf),
}

impl Wanted {
    fn parse(text: &str) -> Result<Self, String> {
        let is_path = [".", "..", "/"].contains(&text)
            || ["./", "../", "/"].iter().any(|start| text.starts_with(start));
        if is_path || disk::kind(Path::new(text)) == Some(disk::Kind::Folder) {
            return match disk::kind(Path::new(text)) {
                Some(disk::Kind::Folder) => Ok(Self::Folder(PathBuf::from(text))),
                _ => Err("no such folder".to_owned()),
            };
        }
        // `git@host:owner/name`, as git itself writes it.
        let is_address =
            text.contains("://") || text.split_once(':').is_some_and(|(host, _)| host.contains('@'));
        match is_address {
            true => Pasted::parse(text).map(Self::Repository),
            false => graph::Package::parse(text).map(Self::Package),
        }
    }
}

/// A `package --update`, ready to run.
#[derive(Clone, Debug)]
pub struct Update {
    /// As the user named it.
    pub file: PathBuf,
    /// The package, where the user names it; of which ecosystem a bare name is, the file says.
    pub name: Option<String>,
    /// The release, if not the newest.
    pub version: Option<String>,
    /// Write nothing.
    pub print: bool,
    pub asking: Asking,
    pub registry: Option<Url>,
}

impl Package {
    /// # Errors
    /// Text that names no package with its version, a handle that is none.
    pub fn new(given: &cli::Package) -> anyhow::Result<Self> {
        let text = given.package.as_deref().unwrap_or_default().trim();
        let wanted = Wanted::parse(text).map_err(|why| anyhow::anyhow!("{text}: {why}"))?;
        if let Some(handle) = given.maintainer.as_deref().filter(|handle| !is_name(handle)) {
            bail!("--maintainer {handle}: is no attribute of maintainers/maintainer-list.nix");
        }
        of_distribution(given)?;
        if let (Wanted::Package(graph::Package::Npm { .. }), Some(_)) = (&wanted, given.purpose) {
            bail!("--as is for Python, and {text} is a package of npm");
        }
        Ok(Self {
            wanted,
            to: given.to,
            out: given.out.clone(),
            print: given.print,
            name: given.name.clone(),
            purpose: given.purpose.map(|purpose| match purpose {
                cli::Purpose::Application => Purpose::Application,
                cli::Purpose::Library => Purpose::Library,
            }),
            maintainer: given.maintainer.clone(),
            version_check: given.version_check,
            nixpkgs: match &given.nixpkgs {
                Some(path) => Some(nixpkgs(Some(path))?),
                None => None,
            },
            recursive: given.recursive,
            build: if given.build { Some(nixpkgs(given.nixpkgs.as_deref())?) } else { None },
            asking: asking(given.refresh, &given.common),
            registry: registry(given.common.registry.as_deref())?,
        })
    }
}

impl Update {
    /// # Errors
    /// A file that is not there.
    pub fn new(given: &cli::Package, file: &Path) -> anyhow::Result<Self> {
        if disk::kind(file) != Some(disk::Kind::File) {
            bail!("{}: no such file", file.display());
        }
        Ok(Self {
            file: file.to_owned(),
            name: given.package.as_deref().map(|name| name.trim().to_owned()),
            version: given.version.clone(),
            print: given.print,
            // Which release is the newest is not to be what it was a moment ago.
            asking: asking(!given.common.offline, &given.common),
            registry: registry(given.common.registry.as_deref())?,
        })
    }
}

/// Whether all options that are given mean something for the distribution.
fn of_distribution(given: &cli::Package) -> anyhow::Result<()> {
    let of_nixpkgs = [
        ("--maintainer", given.maintainer.is_some()),
        ("--build", given.build),
        ("--nixpkgs", given.nixpkgs.is_some()),
        ("--version-check", given.version_check),
        ("--as", given.purpose.is_some()),
    ];
    match given.to {
        cli::Distribution::Guix => {
            if let Some((option, _)) = of_nixpkgs.iter().find(|(_, is_given)| *is_given) {
                bail!("{option} is for nixpkgs, and means nothing with --to guix");
            }
            let is_of_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-+.".contains(c);
            if let Some(name) =
                given.name.as_deref().filter(|name| name.len() < 2 || !name.chars().all(is_of_name))
            {
                bail!("--name {name}: names of Guix have lower-case letters, digits, `-`, `+` and `.`");
            }
        }
        cli::Distribution::Nixpkgs if given.recursive && given.out.is_some() => {
            bail!("--recursive writes several files for nixpkgs, and --out names one");
        }
        cli::Distribution::Nixpkgs => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_packaged() {
        let of = |text| match Wanted::parse(text)? {
            Wanted::Package(package) => Ok(package.shown()),
            Wanted::Repository(pasted) => Ok(pasted.repository.to_string()),
            Wanted::Folder(folder) => Ok(folder.display().to_string()),
        };
        assert_eq!(of("a@1.0.0").unwrap(), "a@1.0.0");
        assert_eq!(of("@s/a@1.0.0").unwrap(), "@s/a@1.0.0");
        for url in
            ["https://github.com/o/r", "https://github.com/o/r/tree/main/cli#v1", "git@github.com:o/r.git#v1"]
        {
            assert_eq!(of(url).unwrap(), "https://github.com/o/r", "{url}");
        }
        for folder in [".", "..", "src", "./src"] {
            assert_eq!(of(folder).unwrap(), folder);
        }
        for bad in ["http://127.0.0.1/o/r#v1", "a", "./none", "pkg:gem/a@1"] {
            let refused: Result<String, String> = of(bad);
            assert!(refused.is_err(), "{bad}");
        }
    }
}
