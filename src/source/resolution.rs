//! What resolving one package gives: its source, and how well that is proved.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::given::NamedSource;
use super::repository::{Commit, Repository};
use crate::graph::Purl;

/// How much the evidence proves; the first is the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Tier {
    /// A verified attestation, and no unexplained source file.
    P,
    /// A verified attestation, correspondence incomplete (built output).
    A,
    /// No attestation; every file that is imported, built or run byte-matches one reachable commit.
    B,
    /// The manifest matches, and some of the files do.
    C,
    /// No more than a tag's name, or nothing at all.
    D,
    /// What the metadata says and what the repository holds contradict each other.
    X,
}

impl Tier {
    /// What the tier means of a release of this class, in words; `rewritten` says whether releasing changed its
    /// manifest.
    pub fn meaning(self, class: Class, rewritten: bool) -> &'static str {
        match self {
            Self::P => "proved by a verified attestation",
            Self::A => "attested; built output is not explained file by file",
            Self::B if class == Class::Near => {
                "every file that is imported, built or run byte-matches one commit of the repository"
            }
            Self::B if rewritten => {
                "every file byte-matches one commit of the repository, but for what releasing changes"
            }
            Self::B => "every file byte-matches one commit of the repository",
            Self::C => "the manifest matches a commit, not everything is proved",
            Self::D => "no commit is proved",
            Self::X => "contradiction: the named repository does not hold this package",
        }
    }
}

/// How the artifact corresponds to the commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Every file of the tarball is in the commit; package.json differs at most by allowed changes.
    Verbatim,
    /// Only documentation, line endings or a version file differ.
    Near,
    /// The manifest matches; what is left is build output, or is flagged.
    Built,
    /// No commit corresponds.
    Nomatch,
}

impl Class {
    pub fn name(self) -> &'static str {
        match self {
            Self::Verbatim => "verbatim",
            Self::Near => "near",
            Self::Built => "built",
            Self::Nomatch => "nomatch",
        }
    }
}

/// Files shown of one fact, at most.
const SHOWN: usize = 8;

/// Where the artifact was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    pub repository: Repository,
    pub commit: Commit,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// The folder of the package's manifest; `None` for the root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subdirectory: Option<String>,
}

/// Who says which commit was `HEAD` when the package was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GitHeadFrom {
    Registry,
    Manifest,
}

/// How it was shown that a ref of the repository leads to the commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reach {
    Tag(String),
    Branch(String),
    /// In the history of the main line, the branch of this name.
    Line(String),
    /// In the history of a tag or of another branch.
    History,
}

/// One fact that speaks for the source. Attestations will be one more kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Evidence {
    /// The user names the commit, in `headwater.toml`.
    Given(NamedSource),
    GitHead {
        from: GitHeadFrom,
        commit: Commit,
    },
    /// `scheme` is the documented form, e.g. `v{version}`.
    Tag {
        name: String,
        scheme: String,
    },
    /// The commit that set this version in this manifest.
    VersionSet {
        path: String,
    },
    /// Nothing names a commit; this is the oldest of so many commits of the main line that hold the
    /// most of the artifact's files.
    FirstHolding {
        commits: usize,
    },
    /// The same of the last that is older than the upload.
    LastHolding {
        commits: usize,
    },
    /// Of this wheel's files so many are in the commit or the sdist.
    Wheel {
        #[serde(default, skip_serializing_if = "String::is_empty")]
        file: String,
        matched: usize,
        total: usize,
    },
    /// `version` is what the commit's manifest holds; `identical` that its bytes are the artifact's.
    Manifest {
        path: String,
        name: String,
        version: Option<String>,
        identical: bool,
    },
    Reachable {
        how: Reach,
    },
    /// `matched` of `total` files of the artifact are blobs of the commit.
    Correspondence {
        matched: usize,
        total: usize,
    },
    /// Files of the artifact to where they lie in the repository, where that is another place: documents.
    Elsewhere {
        files: BTreeMap<String, String>,
    },
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given(given) => write!(f, "headwater.toml names {given}: the user's word"),
            Self::GitHead { from: GitHeadFrom::Registry, commit } => {
                write!(f, "the registry's metadata names {commit} as gitHead")
            }
            Self::GitHead { from: GitHeadFrom::Manifest, commit } => {
                write!(f, "package.json in the tarball names {commit} as gitHead")
            }
            Self::Tag { name, scheme } => write!(f, "tag {name} (scheme {scheme})"),
            Self::FirstHolding { commits: 1 } => {
                write!(f, "the one commit of the main line that holds these files")
            }
            Self::FirstHolding { commits } => {
                write!(f, "the first of {commits} commits of the main line that hold these files")
            }
            Self::LastHolding { commits } => {
                write!(
                    f,
                    "of {commits} commits of the main line that hold these files the last before the upload"
                )
            }
            Self::Wheel { file, matched, total } => {
                let of = if file.is_empty() { "the wheel" } else { file };
                write!(f, "{matched} of {total} files of {of} are in the commit or the sdist")
            }
            Self::VersionSet { path } => write!(f, "the commit set this version in {path}"),
            Self::Manifest { path, name, version, identical } => {
                match version {
                    Some(version) => write!(f, "{path} holds {name} {version}")?,
                    None => write!(f, "{path} is of {name}, and leaves the version to the build")?,
                }
                if *identical { write!(f, ", byte for byte the artifact's") } else { Ok(()) }
            }
            // Whoever can push a branch can push a tag: no branch is asked for then.
            Self::Reachable { how: Reach::Tag(tag) } => {
                write!(f, "reachable: tag {tag} is this commit (branches were not asked)")
            }
            Self::Reachable { how: Reach::Line(name) } => {
                write!(f, "reachable: in the history of the main line, {name}")
            }
            Self::Reachable { how: Reach::Branch(name) } => {
                write!(f, "reachable: branch {name} is at this commit")
            }
            Self::Reachable { how: Reach::History } => {
                write!(f, "reachable: in the history of a tag or branch")
            }
            Self::Correspondence { matched, total } => {
                write!(f, "{matched} of {total} files are blobs of the commit")
            }
            Self::Elsewhere { files } => {
                let named = files.iter().take(SHOWN).map(|(path, at)| format!("{path} is /{at}"));
                let named = named.collect::<Vec<_>>().join(", ");
                let more = match files.len().saturating_sub(SHOWN) {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                write!(f, "in another place of the repository ({}): {named}{more}", files.len())
            }
        }
    }
}

/// The files of the tarball, each counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// The same bytes are in the commit.
    pub identical: usize,
    /// The same text, with other line endings.
    pub crlf: usize,
    /// package.json or setup.cfg, where only allowed changes were made to the commit's.
    pub manifest: usize,
    /// Not in the commit, and no source: build output, rendered documentation, data, junk.
    pub generated: usize,
    /// In the commit with other bytes.
    pub differs: usize,
    /// Source-like and not in the commit.
    pub phantom: usize,
}

impl Counts {
    pub fn total(&self) -> usize {
        self.identical + self.crlf + self.manifest + self.generated + self.differs + self.phantom
    }
}

/// Where each file of a verbatim package lies in the repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// Path in the tarball to path in the repository, where that is not subdirectory + path.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub elsewhere: BTreeMap<String, String>,
    /// A unified diff that turns the commit's package.json into the tarball's, byte for byte; `None` where
    /// they are the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest_diff: Option<String>,
}

/// What a reader must know even of a proved package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlagKind {
    /// Source-like files that are not in the commit.
    Phantom,
    /// Code with other bytes than the commit's, and documentation that differs from it or is not there.
    Differs,
    /// The tarball's package.json and the registry's metadata disagree.
    ManifestConfusion,
    /// A candidate holds built output that another of the same version lacks.
    ArtifactBranch,
    /// The package lies in a folder of tests, examples or others' code, and the root lists no workspace there.
    Aside,
    /// Files a machine wrote are committed: bundles, minified copies, transpiled folders.
    CommittedOutput,
    /// Compiled code, whether committed or not.
    Binary,
    /// Files with CRLF where the commit has LF.
    Crlf,
}

impl FlagKind {
    pub fn title(self) -> &'static str {
        match self {
            Self::Phantom => "source-like files in no commit",
            Self::Differs => "files that differ from the commit",
            Self::ManifestConfusion => "manifest confusion",
            Self::ArtifactBranch => "artifact branch",
            Self::Aside => "in a folder of tests, examples or others' code",
            Self::CommittedOutput => "committed build output",
            Self::Binary => "binaries",
            Self::Crlf => "line endings changed",
        }
    }
}

/// One flag with everything it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flag {
    pub kind: FlagKind,
    /// Paths in the tarball, first those that the package's entry points load, then by the alphabet; for an artifact
    /// branch the refs, for a folder of tests that folder of the repository.
    pub paths: Vec<String>,
    /// One sentence more, where the title does not say it all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A candidate that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Considered {
    /// An address, a tag, a commit: as it was named.
    pub candidate: String,
    pub kept: bool,
    /// One sentence.
    pub why: String,
}

/// The answer for one package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    pub purl: Purl,
    pub tier: Tier,
    pub class: Class,
    pub source: Option<Source>,
    pub evidence: Vec<Evidence>,
    pub files: Counts,
    /// All that is left to explain is what a build of the commit can have made.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub needs_build: bool,
    /// Only for a verbatim package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<Mapping>,
    pub flags: Vec<Flag>,
    /// Why this tier and class, the most important first.
    pub reasons: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub considered: Vec<Considered>,
    /// Unpackers read a file of it differently, and it was read because somebody vouches for it. For whoever asks now: it
    /// is not written.
    #[serde(skip)]
    pub is_vouched: bool,
}

impl Resolution {
    /// The user's word that it rests on.
    pub fn given(&self) -> Option<&NamedSource> {
        self.evidence.iter().find_map(|one| match one {
            Evidence::Given(given) => Some(given),
            _ => None,
        })
    }

    /// Nothing found yet.
    pub(super) fn of_nothing(purl: Purl) -> Self {
        Self {
            purl,
            tier: Tier::D,
            class: Class::Nomatch,
            source: None,
            evidence: Vec::new(),
            files: Counts::default(),
            needs_build: false,
            mapping: None,
            flags: Vec::new(),
            reasons: Vec::new(),
            considered: Vec::new(),
            is_vouched: false,
        }
    }
}
