//! Where a definition's files come from, as data: what becomes the field `source` (Guix manual, "origin Reference").

use super::names;
use super::sexp::{Sexp, list, symbol, text};
use crate::hash::nar::NarHash;
use crate::hash::{Algorithm, Integrity};
use crate::source::repository::Commit;

/// The variable that modules give the project's folder (`templates/guix/project-file.hbs`).
pub const FOLDER: &str = "%project-folder";

/// The variable that modules give their own folder, which patches are found from.
pub const MODULE_FOLDER: &str = "%module-folder";

/// Where the files come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    Git(Git),
    Url(Download),
    /// What a package that is built from its commit packs, by its variable.
    Built(String),
    /// Any other expression.
    Other(Sexp),
}

/// A commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Git {
    pub url: String,
    pub reference: Reference,
    pub recursive: bool,
    /// SHA-256 of the checkout's NAR.
    pub hash: NarHash,
    /// Patch files, relative to the module's folder, which its variable `%module-folder` holds.
    pub patches: Vec<String>,
}

/// What git is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// A tag, and the commit that it was.
    Tag {
        tag: Spelled,
        commit: Commit,
    },
    Commit(Commit),
    /// An expression that names it.
    Expression(Sexp),
}

/// A file of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Download {
    pub uri: Uri,
    /// Only where the address does not end in a good one.
    pub file_name: Option<String>,
    pub integrity: Integrity,
    /// Patch files, relative to the module's folder, which its variable `%module-folder` holds.
    pub patches: Vec<String>,
}

/// An address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uri {
    Whole(String),
    /// Below what a variable of the module holds.
    Below {
        variable: &'static str,
        path: Spelled,
    },
}

impl Source {
    /// With more patches; only what is fetched has any.
    pub fn patched(mut self, files: impl IntoIterator<Item = String>) -> Self {
        match &mut self {
            Self::Git(git) => git.patches.extend(files),
            Self::Url(download) => download.patches.extend(files),
            Self::Built(_) | Self::Other(_) => {}
        }
        self
    }

    /// A folder of the project, or `""` for its own; over the variables that a project's module defines.
    pub fn of_project(path: &str, name: &str) -> Self {
        let folder = symbol(FOLDER);
        let folder = match path {
            "" => folder,
            path => Self::path_of_project(path),
        };
        let select = [Sexp::keyword("select?"), symbol("project-file?")];
        let recursive = [Sexp::keyword("recursive?"), Sexp::Flag(true)];
        let arguments = [folder, text(format!("{name}-checkout"))].into_iter().chain(recursive).chain(select);
        Self::Other(Sexp::call("local-file", arguments))
    }

    /// The name of a file of the project.
    pub fn path_of_project(path: &str) -> Sexp {
        list!["string-append", symbol(FOLDER), text(format!("/{path}"))]
    }

    /// A file of the project.
    pub fn file_of_project(path: &str) -> Self {
        let last = path.rsplit('/').next().unwrap_or_default();
        let named = (!names::is_store_name(last)).then(|| text(names::store_name(last)));
        Self::Other(Sexp::call("local-file", [Self::path_of_project(path)].into_iter().chain(named)))
    }

    /// The expression; `named` is the name and the version where no `package` says them.
    pub fn sexp(&self, named: Option<(&str, &str)>) -> Sexp {
        match self {
            Self::Git(git) => git.sexp(named),
            Self::Url(download) => download.sexp(named),
            Self::Built(variable) => list!["file-append", symbol(variable), text("/package.tgz")],
            Self::Other(sexp) => sexp.clone(),
        }
    }
}

impl Git {
    fn sexp(&self, named: Option<(&str, &str)>) -> Sexp {
        let mut reference = vec![symbol("git-reference"), list!["url", literal(&self.url)]];
        match &self.reference {
            Reference::Tag { tag, commit } => {
                reference.push(Sexp::comment(format!("The tag is commit {commit}.")));
                reference.push(list!["commit", tag.sexp(named)]);
            }
            Reference::Commit(commit) => reference.push(list!["commit", text(commit.to_string())]),
            Reference::Expression(named) => reference.push(list!["commit", named.clone()]),
        }
        if self.recursive {
            reference.push(list!["recursive?", Sexp::Flag(true)]);
        }
        let (name, version) = match named {
            Some((name, version)) => (text(name), text(version)),
            None => (symbol("name"), symbol("version")),
        };
        let mut origin = vec![
            symbol("origin"),
            list!["method", symbol("git-fetch")],
            list!["uri", Sexp::List(reference)],
            list!["file-name", list!["git-file-name", name, version]],
            list!["sha256", list!["base32", text(self.hash.nix_base32())]],
        ];
        origin.extend(patches(&self.patches));
        Sexp::List(origin)
    }
}

impl Download {
    fn sexp(&self, named: Option<(&str, &str)>) -> Sexp {
        let uri = match &self.uri {
            Uri::Whole(url) => literal(url),
            Uri::Below { variable, path } => {
                Sexp::call("string-append", [symbol(*variable)].into_iter().chain(path.pieces(named)))
            }
        };
        let hash = hash(&self.integrity);
        let mut origin = vec![symbol("origin"), list!["method", symbol("url-fetch")], list!["uri", uri]];
        origin.extend(self.file_name.as_ref().map(|name| list!["file-name", text(name)]));
        origin.push(hash);
        origin.extend(patches(&self.patches));
        Sexp::List(origin)
    }
}

/// Whether the hash of a file can stand in an origin (`content-hash` of `(guix packages)`).
pub fn is_taken(integrity: &Integrity) -> bool {
    matches!(integrity.algorithm, Algorithm::Sha256 | Algorithm::Sha512)
}

/// The field of an origin that has the hash of a file.
pub fn hash(integrity: &Integrity) -> Sexp {
    match integrity.algorithm {
        Algorithm::Sha256 => list!["sha256", list!["base32", text(integrity.nix_base32())]],
        other => {
            let bytes = list!["base64", text(integrity.base64())];
            list!["hash", list!["content-hash", bytes, symbol(other.name())]]
        }
    }
}

fn patches(files: &[String]) -> Option<Sexp> {
    // Of a file that is no string, `guix lint` cannot see the name.
    let file = |file: &String| list!["string-append", symbol(MODULE_FOLDER), text(format!("/{file}"))];
    (!files.is_empty()).then(|| list!["patches", Sexp::call("list", files.iter().map(file))])
}

/// Text in pieces; `None` stands for the version that a package says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spelled(Vec<Option<String>>);

impl Spelled {
    /// As it stands.
    pub fn whole(text: &str) -> Self {
        Self(vec![Some(text.to_owned())])
    }

    /// Looks for the version where it stands as a word of its own, exactly once.
    pub fn new(whole: &str, version: &str) -> Self {
        let is_inner = |c: char| c.is_ascii_alphanumeric();
        let starts: Vec<_> = whole.match_indices(version).map(|(at, _)| at).collect();
        let (&[at], false) = (starts.as_slice(), version.is_empty()) else {
            return Self::whole(whole);
        };
        let (before, after) = (&whole[..at], &whole[at + version.len()..]);
        let ends_inside = before.ends_with(|c: char| c.is_ascii_digit() || c == '.');
        if ends_inside || after.starts_with(is_inner) {
            return Self::whole(whole);
        }
        let some = |text: &str| (!text.is_empty()).then(|| Some(text.to_owned()));
        Self([some(before), Some(None), some(after)].into_iter().flatten().collect())
    }

    fn pieces(&self, named: Option<(&str, &str)>) -> Vec<Sexp> {
        let piece = |piece: &Option<String>| match (piece, named) {
            (Some(text), _) => pieces(text, SHORT),
            (None, None) => vec![symbol("version")],
            (None, Some((_, version))) => vec![text(version)],
        };
        self.0.iter().flat_map(piece).collect()
    }

    /// The expression, as [`Source::sexp`].
    pub fn sexp(&self, named: Option<(&str, &str)>) -> Sexp {
        joined(self.pieces(named))
    }
}

/// Longest literal that is not split, in characters: `guix lint` warns of lines beyond 90.
const SHORT: usize = 66;

/// A text, in several literals where one would not fit on a line.
pub fn literal(text: &str) -> Sexp {
    literal_of(text, SHORT)
}

/// The same, in literals of at most so many characters.
pub fn literal_of(text: &str, longest: usize) -> Sexp {
    joined(pieces(text, longest))
}

/// Split after slashes and dashes where it has some.
fn pieces(text: &str, longest: usize) -> Vec<Sexp> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while rest.chars().count() > longest {
        let limit = rest.char_indices().nth(longest).map_or(rest.len(), |(at, _)| at);
        let at = ['/', '-'].into_iter().find_map(|c| rest[..limit].rfind(c)).map_or(limit, |at| at + 1);
        let (piece, after) = rest.split_at(at);
        pieces.push(self::text(piece));
        rest = after;
    }
    if !rest.is_empty() || pieces.is_empty() {
        pieces.push(self::text(rest));
    }
    pieces
}

fn joined(mut pieces: Vec<Sexp>) -> Sexp {
    if pieces.len() == 1 { pieces.remove(0) } else { Sexp::call("string-append", pieces) }
}
