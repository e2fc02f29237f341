//! What `src` of a file fetches.

use std::ops::Range;

use rnix::SyntaxKind::*;
use rnix::SyntaxNode;

use super::Refusal;
use super::hashes::Pinned;
use crate::graph::PackageName;
use crate::python::PyName;
use crate::source::address;
use crate::source::repository::Repository;
use crate::upstream::nix::reading::{
    File, Text, argument, attribute, followed, function, names_of, range, text,
};

/// `src`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub origin: Origin,
    pub hash: Pinned,
}

/// Where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Repository {
        repository: Repository,
        reference: Reference,
        /// Cloned, where others take the archive.
        is_cloned: bool,
        has_submodules: bool,
    },
    /// A tarball of an npm registry, as it is or unpacked.
    Npm { name: PackageName, url: Text, is_unpacked: bool },
    /// An sdist of a Python index.
    Pypi { name: PyName, version: Text },
}

/// What names the commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    pub text: Text,
    /// The whole expression.
    pub at: Range<usize>,
    /// The tag within an address: what comes before and behind it.
    around: Option<(String, String)>,
}

impl Reference {
    /// One that is nothing but the tag or the commit.
    pub(super) fn plain(text: Text, at: Range<usize>) -> Self {
        Self { text, at, around: None }
    }

    /// The tag or commit of an evaluated text.
    pub fn of(&self, evaluated: &str) -> Option<String> {
        let Some((before, behind)) = &self.around else { return Some(evaluated.to_owned()) };
        evaluated.strip_prefix(before.as_str())?.strip_suffix(behind.as_str()).map(str::to_owned)
    }

    /// The tag or commit that the file names.
    pub fn named(&self) -> String {
        let text = self.text.to_string();
        self.of(&text).unwrap_or(text)
    }

    /// Whether it is part of an address, whose form is the forge's.
    pub fn is_in_address(&self) -> bool {
        self.around.is_some()
    }
}

/// What makes a fetcher give something else than the repository's files.
const CHANGES: [&str; 13] = [
    "postFetch",
    "preFetch",
    "postCheckout",
    "preCheckout",
    "leaveDotGit",
    "deepClone",
    "sparseCheckout",
    "rootDir",
    "fetchLFS",
    "private",
    "githubBase",
    "stripRoot",
    "extension",
];

/// Reads `src`; the call of the fetcher comes with it.
pub(super) fn source(file: &File, value: &SyntaxNode) -> Result<(Source, SyntaxNode), Refusal> {
    let refuse = |node: &SyntaxNode, why: String| Err(Refusal { line: file.line_of(node), why });
    let apply = followed(value).filter(|node| node.kind() == NODE_APPLY);
    let Some(apply) = apply else { return refuse(value, "src is no call of a fetcher".to_owned()) };
    let called = function(&apply).unwrap_or_default();
    let Some(given) = argument(&apply) else {
        return refuse(&apply, format!("what {called} is given is no set"));
    };
    let names = given.children().filter(|child| child.kind() == NODE_ATTRPATH_VALUE);
    for binding in names {
        let name = names_of(&binding).into_iter().next().unwrap_or_default();
        if CHANGES.contains(&name.as_str()) {
            return refuse(
                &binding,
                format!("{called} is given `{name}`, so that what it gives cannot be computed"),
            );
        }
    }
    let origin = match called.as_str() {
        "fetchPypi" => sdist(file, &given)?,
        "fetchurl" | "fetchzip" => address_of(file, &given, called == "fetchzip")?,
        _ => repository(file, &given, &called)?,
    };
    let pinned: Vec<SyntaxNode> =
        ["hash", "sha256", "sha512", "sha1"].iter().filter_map(|name| attribute(&given, &[name])).collect();
    let [pinned] = &pinned[..] else {
        return refuse(&given, format!("{called} has {} hashes, not one", pinned.len()));
    };
    let Some(hash) = Pinned::read(pinned) else {
        return refuse(pinned, "the hash is computed, or no hash".to_owned());
    };
    Ok((Source { origin, hash }, apply))
}

fn repository(file: &File, given: &SyntaxNode, called: &str) -> Result<Origin, Refusal> {
    let refuse = |node: &SyntaxNode, why: String| Refusal { line: file.line_of(node), why };
    let part =
        |name: &str| attribute(given, &[name]).and_then(|value| text(&value)).map(|text| text.to_string());
    let needed = |name: &str| {
        part(name).ok_or_else(|| refuse(given, format!("`{name}` of {called} is not there, or computed")))
    };
    let of = |domain: &str, owner: &str| -> Result<String, Refusal> {
        let group = part("group").map(|group| format!("{group}/")).unwrap_or_default();
        Ok(format!(
            "https://{}/{group}{owner}/{}",
            part("domain").unwrap_or(domain.to_owned()),
            needed("repo")?
        ))
    };
    let url = match called {
        "fetchFromGitHub" => of("github.com", &needed("owner")?)?,
        "fetchFromGitLab" => of("gitlab.com", &needed("owner")?)?,
        "fetchFromCodeberg" => of("codeberg.org", &needed("owner")?)?,
        "fetchFromGitea" | "fetchFromForgejo" => {
            format!("https://{}/{}/{}", needed("domain")?, needed("owner")?, needed("repo")?)
        }
        "fetchFromBitbucket" => of("bitbucket.org", &needed("owner")?)?,
        "fetchFromSourcehut" => {
            let domain = part("domain").unwrap_or_else(|| "sr.ht".to_owned());
            format!("https://git.{domain}/{}/{}", needed("owner")?, needed("repo")?)
        }
        "fetchgit" => needed("url")?,
        _ => return Err(refuse(given, format!("{called} is no fetcher that headwater knows"))),
    };
    let address = address::parse(&url).map_err(|why| refuse(given, format!("the repository {url} {why}")))?;
    let reference = ["tag", "rev"].iter().find_map(|name| attribute(given, &[name]));
    let reference =
        reference.ok_or_else(|| refuse(given, format!("{called} has neither `tag` nor `rev`")))?;
    let Some(written) = text(&reference) else {
        return Err(refuse(&reference, "the tag or commit is computed".to_owned()));
    };
    let is = |name: &str| match attribute(given, &[name]).map(|value| value.text().to_string()).as_deref() {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(_) => Err(refuse(given, format!("`{name}` of {called} is computed"))),
    };
    let is_git = called == "fetchgit";
    let has_submodules = is("fetchSubmodules")?.unwrap_or(is_git);
    Ok(Origin::Repository {
        repository: address.repository,
        reference: Reference::plain(written, range(&reference)),
        is_cloned: is_git || has_submodules || is("forceFetchGit")? == Some(true),
        has_submodules,
    })
}

fn sdist(file: &File, given: &SyntaxNode) -> Result<Origin, Refusal> {
    let refuse = |why: &str| Refusal { line: file.line_of(given), why: why.to_owned() };
    if ["format", "dist", "python", "abi"].iter().any(|name| attribute(given, &[name]).is_some()) {
        return Err(refuse("fetchPypi fetches a wheel, not a source archive"));
    }
    let part = |name: &str| attribute(given, &[name]).and_then(|value| text(&value));
    let name = part("pname").and_then(|name| PyName::new(&name.to_string()).ok());
    let name = name.ok_or_else(|| refuse("`pname` of fetchPypi is computed, or no name"))?;
    let version = part("version").ok_or_else(|| refuse("`version` of fetchPypi is computed"))?;
    Ok(Origin::Pypi { name, version })
}

/// What an address says: a forge's archive, or a registry's tarball.
fn address_of(file: &File, given: &SyntaxNode, is_unpacked: bool) -> Result<Origin, Refusal> {
    let refuse = |node: &SyntaxNode, why: &str| Refusal { line: file.line_of(node), why: why.to_owned() };
    let value = attribute(given, &["url"]).ok_or_else(|| refuse(given, "it has no `url`"))?;
    let written = text(&value).ok_or_else(|| refuse(&value, "the address is computed"))?;
    let url = written.to_string();
    if let Some((name, _)) = registry_path(&url) {
        return Ok(Origin::Npm { name, url: written, is_unpacked });
    }
    let archive = url.find("/archive/").filter(|_| is_unpacked);
    let parts = archive.and_then(|at| {
        let before = at + "/archive/".len();
        let before = before + if url[before..].starts_with("refs/tags/") { "refs/tags/".len() } else { 0 };
        let behind = [".tar.gz", ".zip"].into_iter().find(|end| url.ends_with(end))?;
        Some((url[..before].to_owned(), behind.to_owned(), url[..at].to_owned()))
    });
    let known = parts.and_then(|(before, behind, repository)| {
        let address =
            address::parse(&repository).ok().filter(|_| repository.starts_with("https://github.com/"))?;
        Some((address.repository, (before, behind)))
    });
    let (repository, around) = known.ok_or_else(|| {
        refuse(&value, "the address is neither an archive of GitHub nor a tarball of an npm registry")
    })?;
    let reference = Reference { text: written, at: range(&value), around: Some(around) };
    Ok(Origin::Repository { repository, reference, is_cloned: false, has_submodules: false })
}

/// The package and the version of a tarball, by the path that registries of npm give it.
pub(super) fn registry_path(url: &str) -> Option<(PackageName, String)> {
    let (before, file) = url.split_once("/-/")?;
    let mut parts = before.rsplit('/');
    let last = parts.next()?.replace("%2f", "/").replace("%2F", "/");
    let name = match parts.next().filter(|scope| scope.starts_with('@')) {
        Some(scope) => format!("{scope}/{last}"),
        None => last,
    };
    let name = PackageName::new(&name).ok()?;
    let version = file.strip_suffix(".tgz")?.strip_prefix(name.base())?.strip_prefix('-')?;
    crate::foreign::npm_version(version)?;
    Some((name, version.to_owned()))
}
