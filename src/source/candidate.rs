//! One candidate: a commit that something names, examined.

use std::sync::Arc;

use super::correspondence::{Correspondence, Left, ManifestIs};
use super::given::{At, NamedSource};
use super::python::{self, Installed, Needs};
use super::repository::{Commit, Tree};
use super::resolution::{Class, Flag, GitHeadFrom};
use crate::hash::Digest;

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
    Given(NamedSource),
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
            Named::Given(NamedSource { at: At::Tag(tag), .. }) => {
                format!("tag {tag} ({short}, named by hand)")
            }
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
    /// What each wheel beside what is compared whole installs.
    pub(super) installed: Vec<Installed>,
    /// Of each wheel: its entry points that the commit's build files do not declare.
    pub(super) undeclared: Vec<(String, Vec<String>)>,
    /// What each file of the release has installed beside it, against the commit.
    pub(super) needs: Vec<(String, Needs)>,
    /// What of the release was not compared.
    pub(super) uncompared: Option<String>,
}

impl Extra {
    /// Why no more than tier C.
    pub(super) fn caps(&self) -> Vec<String> {
        let installed = self.installed.iter().flat_map(Installed::caps);
        let undeclared =
            self.undeclared.iter().filter_map(|(file, points)| python::undeclared_cap(file, points));
        let unasked = self.needs.iter().filter_map(|(file, needs)| needs.cap(file));
        unasked.chain(undeclared).chain(installed).collect()
    }

    pub(super) fn flags(&self) -> Vec<Flag> {
        let installed = self.installed.iter().flat_map(Installed::flags);
        let unasked = self.needs.iter().filter_map(|(file, needs)| needs.flag(file));
        let undeclared =
            self.undeclared.iter().filter_map(|(file, points)| python::undeclared_flag(file, points));
        unasked.chain(installed).chain(undeclared).collect()
    }

    /// What is said of it and changes no tier.
    pub(super) fn notes(&self) -> impl Iterator<Item = String> {
        let needs = self.needs.iter().filter_map(|(file, needs)| needs.note(file));
        let by_name = self.needs.iter().map(|(_, needs)| needs).max_by_key(|needs| needs.computed());
        needs.chain(by_name.and_then(Needs::computed_note)).chain(self.uncompared.clone())
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

/// The id that git gives a blob of these bytes.
pub(super) fn blob_id(bytes: &[u8]) -> Digest<20> {
    use sha1_checked::Digest as _;
    let mut hash = sha1_checked::Sha1::new();
    hash.update(format!("blob {}\0", bytes.len()));
    hash.update(bytes);
    Digest(hash.finalize().into())
}
