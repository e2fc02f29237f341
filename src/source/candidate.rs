//! One candidate: a commit that something names, examined.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::correspondence::{Correspondence, Left, ManifestIs, compare};
use super::given::{At, Given};
use super::npm::aside::aside;
use super::npm::loads::Loads;
use super::npm::{locate, manifest, patch, workspaces};
use super::output::join;
use super::python::{self, Installed};
use super::repository::{Commit, FileKind, NoAnswer, Repositories, Repository, Tree};
use super::resolution::{Class, Flag, GitHeadFrom};
use crate::contents::Contents;
use crate::graph::{PackageName, Version};
use crate::hash::Digest;
use crate::source::repository::Unreachable;

/// The npm package that is looked for.
#[derive(Clone, Copy)]
pub(super) struct Npm<'a> {
    pub(super) name: &'a PackageName,
    pub(super) version: &'a Version,
    pub(super) contents: &'a Contents,
    /// `contents.manifest` as JSON.
    pub(super) manifest: &'a Value,
    /// What they run and read.
    pub(super) loads: &'a Loads,
    pub(super) given: Option<&'a Given>,
}

/// What names a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Named {
    GitHead(GitHeadFrom),
    /// `demoted`: a tag of the whole repository where tags that name the package are used.
    Tag {
        tag: String,
        scheme: &'static str,
        demoted: bool,
    },
    VersionSet {
        path: String,
    },
    /// One of so many commits that hold the most of the artifact's files: the last from before its upload, else the
    /// oldest.
    Holding {
        commits: usize,
        is_last: bool,
    },
    /// By the user.
    Given(Given),
    /// The parent of a commit that adds nothing but what was built.
    Before {
        label: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) commit: Commit,
    pub(super) named: Named,
}

impl Candidate {
    /// As a person would call it.
    pub(super) fn label(&self) -> String {
        let short = &self.commit.to_string()[..12];
        match &self.named {
            Named::GitHead(GitHeadFrom::Registry) => format!("gitHead {short} (registry)"),
            Named::GitHead(GitHeadFrom::Manifest) => format!("gitHead {short} (tarball)"),
            Named::Tag { tag, .. } => format!("tag {tag} ({short})"),
            Named::Given(Given { at: At::Tag(tag), .. }) => format!("tag {tag} ({short}, named by hand)"),
            Named::Given(_) => format!("commit {short} (named by hand)"),
            Named::Before { label } => format!("commit {short} (before {label})"),
            Named::VersionSet { path } => format!("commit {short} (set the version in {path})"),
            Named::Holding { is_last: false, .. } => {
                format!("commit {short} (the first to hold these files)")
            }
            Named::Holding { .. } => {
                format!("commit {short} (the last to hold these files before the upload)")
            }
        }
    }
}

/// Which version the commit's manifest holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum VersionIs {
    Exact,
    /// None, or one that a release tool replaces.
    Placeholder,
    /// Another one: only a gitHead may have that, from before the release commit.
    Other,
}

/// A candidate that holds the package.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) candidate: Candidate,
    pub(super) tree: Arc<Tree>,
    /// Path of the manifest in the tree.
    pub(super) path: String,
    /// Its folder, empty for the root.
    pub(super) folder: String,
    /// The folder that is packed: mostly the same.
    pub(super) packed: String,
    pub(super) version: Option<String>,
    pub(super) version_is: VersionIs,
    pub(super) manifest_is: ManifestIs,
    pub(super) manifest_diff: Option<String>,
    /// Changes of the manifest that releasing does not make.
    pub(super) disallowed: Vec<String>,
    pub(super) correspondence: Correspondence,
    pub(super) class: Class,
    pub(super) extra: Extra,
}

/// What an ecosystem's own rules add.
#[derive(Clone, Debug, Default)]
pub(super) struct Extra {
    /// Every source file is the commit's, byte for byte.
    pub(super) proved: bool,
    /// Why not, where the class does not say it. Python.
    pub(super) doubt: Option<String>,
    /// Files that are the commit's as the tool that packs writes them anew. Python.
    pub(super) rewritten: Vec<&'static str>,
    /// The folder of tests, examples or others' code that the package lies in, where nothing lists it as a package.
    pub(super) aside: Option<String>,
    /// What the wheel beside the sdist installs.
    pub(super) installed: Option<Installed>,
    /// Entry points of the wheel that the commit's build files do not declare.
    pub(super) undeclared: Vec<String>,
}

impl Extra {
    /// Why no more than tier C.
    pub(super) fn caps(&self) -> Vec<String> {
        let installed = self.installed.iter().flat_map(Installed::caps);
        let undeclared = python::undeclared_cap(&self.undeclared);
        undeclared.into_iter().chain(installed).collect()
    }

    pub(super) fn flags(&self) -> Vec<Flag> {
        let installed = self.installed.iter().flat_map(Installed::flags);
        installed.chain(python::undeclared_flag(&self.undeclared)).collect()
    }
}

impl Kept {
    /// Whether a proof, or a build, would account for every file.
    pub(super) fn is_explained(&self) -> bool {
        self.extra.proved || self.correspondence.is_output_alone(self.manifest_is)
    }

    /// No code contradicts it: what is left unexplained can be build output.
    pub(super) fn is_strong(&self) -> bool {
        let contradicts = |left: &Left| matches!(left, Left::Differs | Left::Phantom);
        self.version_is != VersionIs::Other
            && self.disallowed.is_empty()
            && !self.correspondence.left.values().any(contradicts)
    }
}

/// A candidate that does not.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    /// One sentence.
    pub(super) why: String,
    /// The manifest of that name, where there is one (with another version).
    pub(super) located: Option<String>,
    /// Whether it failed for a reason that says nothing about the commit.
    pub(super) unread: bool,
}

impl Refused {
    pub(super) fn because<T>(why: impl Into<String>) -> Result<T, Self> {
        Err(Self { why: why.into(), located: None, unread: false })
    }
}

/// The answer, or the refusal; the outer error where a host could not be reached.
pub(super) async fn examine(
    subject: &Npm<'_>,
    repositories: &impl Repositories,
    repository: &Repository,
    directory: Option<&str>,
    candidate: Candidate,
) -> Result<Result<Kept, Refused>, Unreachable> {
    let tree = match repositories.tree(repository, candidate.commit).await {
        Ok(tree) => tree,
        Err(no) => {
            let no = no.reached()?;
            let unread = matches!(no, NoAnswer::Failed(_));
            return Ok(Err(Refused { why: no.to_string(), located: None, unread }));
        }
    };
    let mut others = Vec::new();
    let paths = locate::manifests(&tree, subject.contents, subject.name, directory);
    for path in paths.iter().take(locate::ASKED) {
        let Some(text) = manifest_text(subject, repositories, repository, &tree, path).await? else {
            continue;
        };
        let json = parse(&text);
        if json["name"].as_str() != Some(subject.name.as_str()) {
            others.push(format!("{path} is of {}", json["name"].as_str().unwrap_or("no name")));
            continue;
        }
        let mut kept = match judge(subject, candidate, Arc::clone(&tree), path, text, &json) {
            Ok(kept) => kept,
            refused => return Ok(refused),
        };
        let packed = kept.packed.clone();
        if let Some(aside) = aside(&packed)
            && !is_listed(repositories, repository, &tree, &kept.folder).await?
        {
            kept.extra.aside = Some(aside.to_owned());
        }
        return Ok(Ok(kept));
    }
    if others.is_empty() {
        return Ok(Refused::because("the commit has no package.json that can be read"));
    }
    let more = if paths.len() > 2 { format!(", and {} more", paths.len() - 2) } else { String::new() };
    others.truncate(2);
    Ok(Refused::because(format!("no package.json of that name: {}{more}", others.join(", "))))
}

/// Whether the root of the repository lists the folder as one of its packages.
async fn is_listed(
    repositories: &impl Repositories,
    repository: &Repository,
    tree: &Tree,
    folder: &str,
) -> Result<bool, Unreachable> {
    let mut texts = BTreeMap::new();
    for file in workspaces::FILES {
        let Some(entry) = tree.files.get(file).filter(|entry| entry.kind != FileKind::Symlink) else {
            continue;
        };
        match repositories.blob(repository, entry.blob).await {
            Ok(bytes) if bytes.len() <= workspaces::LARGEST => {
                texts.insert(file, String::from_utf8_lossy(&bytes).into_owned());
            }
            Ok(_) => {}
            Err(no) => drop(no.reached()?),
        }
    }
    Ok(workspaces::lists(&texts, folder))
}

pub(super) fn parse(text: &str) -> Value {
    serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap_or_default()
}

/// The text of a manifest; without asking where its bytes are the tarball's. `None` where it cannot be had.
pub(super) async fn manifest_text(
    subject: &Npm<'_>,
    repositories: &impl Repositories,
    repository: &Repository,
    tree: &Tree,
    path: &str,
) -> Result<Option<String>, Unreachable> {
    let Some(entry) = tree.files.get(path).filter(|entry| entry.kind != FileKind::Symlink) else {
        return Ok(None);
    };
    if subject.contents.file("package.json").is_some_and(|file| file.blob == entry.blob) {
        return Ok(Some(subject.contents.manifest.clone()));
    }
    match repositories.blob(repository, entry.blob).await {
        Ok(bytes) => Ok(String::from_utf8(bytes).ok()),
        Err(no) => no.reached().map(|_| None),
    }
}

fn judge(
    subject: &Npm<'_>,
    candidate: Candidate,
    tree: Arc<Tree>,
    path: &str,
    text: String,
    json: &Value,
) -> Result<Kept, Refused> {
    let version = json["version"].as_str().map(str::to_owned);
    let demoted = matches!(candidate.named, Named::Tag { demoted: true, .. });
    let version_is = match version.as_deref() {
        Some(held) if manifest::clean_version(held) == manifest::clean_version(subject.version.as_str()) => {
            VersionIs::Exact
        }
        held if manifest::is_placeholder(held) && !demoted => VersionIs::Placeholder,
        _ if matches!(candidate.named, Named::GitHead(_)) => VersionIs::Other,
        held => {
            let held = held.map_or("no version".to_owned(), |held| format!("version {held}"));
            let why = format!("{path} holds {held}");
            return Err(Refused { why, located: Some(path.to_owned()), unread: false });
        }
    };
    let own = subject.contents.file("package.json").map(|file| file.blob);
    let identical = own.is_some() && tree.files.get(path).map(|entry| entry.blob) == own;
    let mut disallowed = Vec::new();
    let mut manifest_diff = None;
    let manifest_is = if identical {
        ManifestIs::Identical
    } else {
        disallowed = manifest::disallowed_changes(json, subject.manifest);
        // The text is what was compared; the blob id says whether it is also the bytes.
        let exact = own == Some(blob_id(subject.contents.manifest.as_bytes()));
        let diff = exact.then(|| patch::diff(path, &text, &subject.contents.manifest)).flatten();
        if disallowed.is_empty() && diff.is_none() {
            disallowed.push("package.json is not UTF-8".to_owned());
        }
        manifest_diff = diff.filter(|_| disallowed.is_empty());
        if manifest_diff.is_some() { ManifestIs::Changed } else { ManifestIs::Different }
    };
    let folder = path.strip_suffix("package.json").unwrap_or_default().trim_end_matches('/').to_owned();
    let shift = json["publishConfig"]["directory"].as_str().and_then(super::address::folder);
    let correspondence =
        compare(subject.contents, &tree, &folder, shift.as_deref(), manifest_is, subject.loads);
    let packed = shift.map_or_else(|| folder.clone(), |shift| join(&folder, &shift));
    let class = correspondence.class(manifest_is);
    Ok(Kept {
        candidate,
        tree,
        path: path.to_owned(),
        folder,
        packed,
        version,
        version_is,
        manifest_is,
        manifest_diff,
        disallowed,
        correspondence,
        class,
        extra: Extra { proved: class == Class::Verbatim, ..Extra::default() },
    })
}

/// The id that git gives a blob of these bytes.
pub(super) fn blob_id(bytes: &[u8]) -> Digest<20> {
    use sha1_checked::Digest as _;
    let mut hash = sha1_checked::Sha1::new();
    hash.update(format!("blob {}\0", bytes.len()));
    hash.update(bytes);
    Digest(hash.finalize().into())
}
