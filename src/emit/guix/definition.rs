//! A package definition, as data: what `templates/guix/` makes text of. The fields are those of Guix' `package` record
//! (Guix manual, "package Reference").

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::sexp::Sexp;

/// One package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Definition<Arguments> {
    /// Sentences above the definition.
    pub comments: Vec<String>,
    /// The variable it is bound to.
    pub variable: String,
    /// Whether the module offers it.
    pub public: bool,
    /// A definition that it differs from in its inputs and in nothing else that is said here.
    pub inherit: Option<String>,
    pub name: String,
    pub version: String,
    pub source: Source,
    pub arguments: Arguments,
    pub inputs: Inputs,
    pub native_inputs: Inputs,
    pub propagated_inputs: Inputs,
    /// `x86_64-linux` and the like; empty means all.
    pub supported_systems: Vec<String>,
    pub words: Words,
    pub properties: BTreeMap<String, Sexp>,
}

/// What a person reads of a package.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Words {
    pub home_page: Option<String>,
    pub synopsis: String,
    pub description: String,
    pub license: License,
}

/// Under which terms it is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct License {
    /// A variable of `(guix licenses)`, a list of them, or `#f`.
    pub value: Sexp,
    /// What the package says where Guix has no name for it.
    pub comment: Option<String>,
}

impl Default for License {
    fn default() -> Self {
        Self { value: Sexp::Flag(false), comment: None }
    }
}

/// Where the files come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Git(Git),
    Url(Download),
    /// A file or folder of the project, relative to the file that says so; of the project itself what git knows.
    File {
        path: String,
    },
    Project {},
    /// The variable of an origin.
    Origin(String),
}

/// A commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Git {
    pub url: String,
    /// A tag as pieces of text, `None` standing for the version; or the commit, 40 hex.
    pub reference: Reference,
    pub recursive: bool,
    /// SHA-256 of the checkout's NAR, in Nix' base 32.
    pub sha256: String,
    /// Names of patch files in the channel.
    pub patches: Vec<String>,
}

/// What git is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// The tag in pieces; for a commit without a tag there is one piece.
    pub pieces: Vec<Piece>,
    /// Said in a comment: the commit that the tag is.
    pub commit: Option<String>,
}

/// Text, or the version that the definition has said before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    Text(String),
    Version {},
    /// A variable of the module.
    Variable(String),
}

/// A file of a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Download {
    pub uri: Uri,
    /// Only where the address does not end in a good one.
    pub file_name: Option<Vec<Piece>>,
    pub hash: Hash,
}

/// An address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Uri {
    Pieces(Vec<Piece>),
    /// What `pypi-uri` makes of a name, the version and an extension.
    Pypi {
        name: String,
        extension: Option<String>,
    },
}

/// Of a file's bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Hash {
    /// In Nix' base 32.
    Sha256(String),
    /// Another algorithm (`sha512`), in base 64.
    Other { algorithm: &'static str, base64: String },
}

/// What goes into one of the fields for inputs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Inputs {
    pub always: BTreeSet<Input>,
    /// By the expression that says when.
    pub sometimes: BTreeMap<Sexp, BTreeSet<Input>>,
}

/// A variable, and the output that is meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Input {
    pub variable: String,
    pub output: Option<String>,
}

impl From<&str> for Input {
    fn from(variable: &str) -> Self {
        Self { variable: variable.to_owned(), output: None }
    }
}

impl Inputs {
    pub fn is_empty(&self) -> bool {
        self.always.is_empty() && self.sometimes.is_empty()
    }
}
