//! Arguments as validated: what `cli` was given, made into what the rooms want.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use url::Url;

use crate::cli;
use crate::emit::Language;
use crate::graph;
use crate::python::PyName;
use crate::upstream::nix::expression::is_name;
use crate::upstream::pasted::Pasted;
use crate::upstream::python::purpose::Purpose;
use crate::world::asking::Asking;
use crate::world::cache::{Prune, parse_size};
use crate::world::disk;
use crate::world::nix::Nixpkgs;

/// A `convert`, ready to run.
#[derive(Clone, Debug)]
pub struct Convert {
    /// The folder that holds the lockfile, absolute.
    pub folder: PathBuf,
    /// The lockfile's name, where the user named one.
    pub lockfile: Option<String>,
    /// Where to write, absolute.
    pub out: PathBuf,
    pub to: BTreeSet<Language>,
    pub strict: bool,
    pub no_new_fallbacks: bool,
    pub write_exceptions: bool,
    /// The project of a workspace.
    pub package: Option<PyName>,
    pub no_dev: bool,
    pub refresh: bool,
    /// Pin what has no pins first.
    pub resolve: bool,
    /// Where build backends are asked from.
    pub nixpkgs: Nixpkgs,
    pub asking: Asking,
    pub registry: Option<Url>,
}

/// A `source`, ready to run.
#[derive(Clone, Debug)]
pub struct Source {
    pub package: graph::Package,
    /// The package as it was asked for.
    pub text: String,
    pub hash: bool,
    pub asking: Asking,
    pub registry: Option<Url>,
}

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

/// A `verify`, ready to run.
#[derive(Clone, Debug)]
pub struct Verify {
    /// As given: `NAME` or `NAME@VERSION`. None: all.
    pub packages: Vec<String>,
    /// The folder of headwater.lock.
    pub folder: PathBuf,
    /// Build again what was built before.
    pub rebuild: bool,
    /// Where statements of what was built go, if anywhere.
    pub attest: Option<Attest>,
    /// 1 for the packages alone, 2 for their tools too, and so on.
    pub depth: u8,
    /// Builds at a time.
    pub jobs: usize,
    /// Whether the others are tried where one package cannot be.
    pub keep_going: bool,
    pub nixpkgs: Nixpkgs,
    pub asking: Asking,
    pub registry: Option<Url>,
}

/// Statements of what was built.
#[derive(Clone, Debug)]
pub struct Attest {
    pub folder: PathBuf,
    /// A URI that says who built.
    pub builder: String,
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

/// A `source --batch`, ready to run.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The list; `-` for standard input.
    pub list: PathBuf,
    /// Where the lines go, if not to standard output.
    pub output: Option<PathBuf>,
    pub hash: bool,
    pub asking: Asking,
    pub registry: Option<Url>,
}

impl Convert {
    /// # Errors
    /// A path that is not there, a lockfile of a name that is none, a registry that is no URL.
    pub fn new(given: &cli::Convert) -> anyhow::Result<Self> {
        let path = &given.path;
        let (folder, lockfile) = match disk::kind(path) {
            Some(disk::Kind::Folder) => (disk::real(path)?, None),
            Some(disk::Kind::File) => {
                let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
                // Of a name alone the parent is "", which is here.
                let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
                (disk::real(parent.unwrap_or(Path::new(".")))?, Some(name))
            }
            None => bail!("{}: no such folder or lockfile", path.display()),
        };
        let out = match &given.out {
            Some(out) if disk::kind(out) != Some(disk::Kind::Folder) => {
                bail!("{}: no such folder; make it first, or omit --out", out.display())
            }
            Some(out) => disk::real(out)?,
            None => folder.clone(),
        };
        let registry = registry(given.common.registry.as_deref())?;
        // What headwater.lock answers is asked again by --refresh; what the cache has is believed either way.
        let asking = asking(false, &given.common);
        let to = given.to.iter().copied().collect();
        let package = given
            .package
            .as_deref()
            .map(|text| PyName::new(text).map_err(|why| anyhow::anyhow!("--package {text}: {why}")));
        let nixpkgs = nixpkgs(given.nixpkgs.as_deref())?;
        Ok(Self {
            folder,
            lockfile,
            out,
            to,
            strict: given.strict,
            no_new_fallbacks: given.no_new_fallbacks,
            write_exceptions: given.write_exceptions,
            package: package.transpose()?,
            no_dev: given.no_dev,
            refresh: given.refresh,
            resolve: given.resolve,
            nixpkgs,
            asking,
            registry,
        })
    }
}

impl Source {
    /// # Errors
    /// Text that names no package with its version.
    pub fn new(given: &cli::Source) -> anyhow::Result<Self> {
        let text = given.package.as_deref().unwrap_or_default().trim().to_owned();
        let package = graph::Package::parse(&text).map_err(|why| anyhow::anyhow!("{text}: {why}"))?;
        let asking = asking(given.refresh, &given.common);
        let registry = registry(given.common.registry.as_deref())?;
        Ok(Self { package, text, hash: given.hash, asking, registry })
    }
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

impl Verify {
    /// # Errors
    /// A folder that is not there.
    pub fn new(given: &cli::Verify) -> anyhow::Result<Self> {
        if disk::kind(&given.folder) != Some(disk::Kind::Folder) {
            bail!("{}: no such folder", given.folder.display());
        }
        Ok(Self {
            packages: given.packages.iter().map(|package| package.trim().to_owned()).collect(),
            folder: disk::real(&given.folder)?,
            rebuild: given.rebuild,
            attest: given.attest.as_deref().map(|folder| attest(folder, &given.builder_id)).transpose()?,
            depth: given.depth,
            jobs: given.jobs.max(1),
            keep_going: given.keep_going,
            nixpkgs: nixpkgs(given.nixpkgs.as_deref())?,
            asking: asking(given.refresh, &given.common),
            registry: registry(given.common.registry.as_deref())?,
        })
    }
}

fn attest(folder: &Path, builder: &str) -> anyhow::Result<Attest> {
    if disk::kind(folder) != Some(disk::Kind::Folder) {
        bail!("--attest {}: no such folder; make it first", folder.display());
    }
    if let Err(why) = Url::parse(builder) {
        bail!("--builder-id {builder}: {why}");
    }
    Ok(Attest { folder: disk::real(folder)?, builder: builder.to_owned() })
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

impl Batch {
    /// # Errors
    /// A list that is not there, a registry that is no URL.
    pub fn new(given: &cli::Source, list: &Path) -> anyhow::Result<Self> {
        if list != Path::new("-") && !disk::is_there(list) {
            bail!("{}: no such list", list.display());
        }
        Ok(Self {
            list: list.to_owned(),
            output: given.output.clone(),
            hash: given.hash,
            asking: asking(given.refresh, &given.common),
            registry: registry(given.common.registry.as_deref())?,
        })
    }
}

/// A `cache`, ready to run.
#[derive(Clone, Copy, Debug)]
pub struct Cache {
    /// What is to go.
    pub prune: Option<Prune>,
}

impl Cache {
    /// # Errors
    /// A size that is none.
    pub fn new(given: &cli::Cache) -> anyhow::Result<Self> {
        let prune = match &given.command {
            None => None,
            Some(cli::CacheCommand::Clear) => Some(Prune::Everything),
            Some(cli::CacheCommand::Prune(cli::Prune { unused_for: Some(days), .. })) => {
                Some(Prune::Unused(u64::from(*days) * 24 * 60 * 60))
            }
            Some(cli::CacheCommand::Prune(cli::Prune { to_size, .. })) => {
                let text = to_size.as_deref().unwrap_or_default();
                let Some(bytes) = parse_size(text) else { bail!("--to-size {text}: no size (500M, 20G)") };
                Some(Prune::ToSize(bytes))
            }
        };
        Ok(Self { prune })
    }
}

fn nixpkgs(path: Option<&Path>) -> anyhow::Result<Nixpkgs> {
    Ok(match path {
        Some(path) => Nixpkgs::At(disk::real(path)?),
        None => Nixpkgs::Usual,
    })
}

fn asking(refresh: bool, common: &cli::Common) -> Asking {
    match (common.offline, refresh) {
        (true, _) => Asking::Offline,
        (false, true) => Asking::Refresh,
        (false, false) => Asking::Usual,
    }
}

fn registry(text: Option<&str>) -> anyhow::Result<Option<Url>> {
    let Some(text) = text else { return Ok(None) };
    let mut url = Url::parse(text).with_context(|| format!("--registry {text}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        bail!("--registry {text}: only http and https");
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(Some(url))
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

    #[test]
    fn a_registry_ends_with_a_slash() {
        assert_eq!(
            registry(Some("https://npm.example/x")).unwrap().unwrap().as_str(),
            "https://npm.example/x/"
        );
        assert!(registry(Some("file:///x")).is_err());
    }
}
