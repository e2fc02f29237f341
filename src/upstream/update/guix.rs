//! Definitions of Guix: the fields of a package that an update changes, and where they stand.

use std::borrow::Cow;
use std::ops::Range;

use super::hashes::{Encoding, Pinned};
use super::source::{Origin, Reference, Source, registry_path};
use super::{Definition, Language, Literal, Refusal};
use crate::emit::guix::scheme::datum::Datum;
use crate::emit::guix::scheme::reader;
use crate::hash::Algorithm;
use crate::python::PyName;
use crate::source::address;
use crate::upstream::nix::reading::{Piece, Text, line_of};

/// A file, and the package of it that is read.
struct Module<'t> {
    text: &'t str,
    /// The last line that something of the package is known to stand on.
    line: usize,
}

/// Reads the definition of a package: the only one of the file, or the one of this name or variable.
pub(super) fn read(text: &str, name: Option<&str>) -> Result<Definition, Refusal> {
    let data = reader::read("", text).map_err(|error| Refusal {
        line: error.line,
        why: format!("is no Scheme of Guix: {}", error.fault),
    })?;
    let all: Vec<(Option<String>, &Datum<'_>)> = data.iter().filter_map(package).collect();
    let is_it = |(variable, package): &&(Option<String>, &Datum<'_>)| {
        let own = field(package, "name").and_then(string);
        name.is_none_or(|name| variable.as_deref() == Some(name) || own == Some(name))
    };
    let (variable, package) = match &all.iter().filter(is_it).collect::<Vec<_>>()[..] {
        [only] => (only.0.clone(), only.1),
        [] => {
            let why = name.map_or("no package is defined here".to_owned(), |name| {
                format!("no package {name} is defined here")
            });
            return Err(Refusal { line: 1, why });
        }
        some => {
            return Err(Refusal {
                line: 1,
                why: format!("it defines {} packages: name one of them", some.len()),
            });
        }
    };
    let mut module = Module { text, line: 1 };
    let version = field(package, "version").ok_or_else(|| module.refuse("the package has no `version`"))?;
    let version = string(version).and_then(|text| Some((text, module.place(text)?)));
    let (written, at) = version.ok_or_else(|| module.refuse("the version is computed"))?;
    let version = Literal { text: written.to_owned(), at };
    module.line = line_of(text, version.at.start);
    let source = source(&module, package, &version)?;
    let builder = field(package, "build-system").and_then(Datum::symbol).unwrap_or_default().to_owned();
    Ok(Definition {
        text: text.to_owned(),
        language: Language::Guix { variable, name: name.map(str::to_owned) },
        is_python: builder.starts_with("python-") || builder.starts_with("pyproject-"),
        pname: field(package, "name").and_then(string).map(str::to_owned),
        version,
        source,
        npm: None,
        cargo: None,
        dependencies: None,
        patches: Vec::new(),
        changelog: None,
        scripts: Vec::new(),
        notes: changes(package),
    })
}

/// What is applied to the source, and may no longer fit.
fn changes(package: &Datum<'_>) -> Vec<String> {
    let origin = field(package, "source");
    let all = ["patches", "snippet"].into_iter();
    let all = all.filter(|name| origin.and_then(|origin| field(origin, name)).is_some());
    all.map(|name| format!("the origin has `{name}`: look whether it still fits")).collect()
}

/// The package that a top-level form defines, and its variable.
fn package<'d, 't>(form: &'d Datum<'t>) -> Option<(Option<String>, &'d Datum<'t>)> {
    let Datum::List(items) = form else { return None };
    match form.head() {
        Some("package") => Some((None, form)),
        Some("define-public" | "define") => {
            let variable = items.get(1)?.symbol()?.to_owned();
            let last = items.iter().rfind(|item| !item.is_blank())?;
            (last.head() == Some("package")).then_some((Some(variable), last))
        }
        _ => None,
    }
}

/// The items of a field, behind its name.
fn items<'d, 't>(record: &'d Datum<'t>, name: &str) -> Option<Vec<&'d Datum<'t>>> {
    let Datum::List(fields) = record else { return None };
    let field = fields.iter().find(|field| field.head() == Some(name))?;
    let Datum::List(items) = field else { return None };
    Some(items.iter().skip(1).filter(|item| !item.is_blank()).collect())
}

/// The value of a field.
fn field<'d, 't>(record: &'d Datum<'t>, name: &str) -> Option<&'d Datum<'t>> {
    items(record, name)?.first().copied()
}

/// A string that is written as it is.
fn string<'d>(datum: &'d Datum<'_>) -> Option<&'d str> {
    match datum {
        Datum::String(Cow::Borrowed(text)) => Some(text),
        _ => None,
    }
}

impl Module<'_> {
    fn refuse(&self, why: &str) -> Refusal {
        Refusal { line: self.line, why: why.to_owned() }
    }

    /// Where a text of the file stands in it.
    fn place(&self, part: &str) -> Option<Range<usize>> {
        let start = (part.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize)?;
        let at = start..start + part.len();
        (self.text.get(at.clone()) == Some(part)).then_some(at)
    }

    /// The text of an expression, in pieces; `None` where it is computed.
    fn text(&self, datum: &Datum<'_>, name: Option<&str>, version: &Literal) -> Option<Text> {
        match datum {
            Datum::String(Cow::Borrowed(text)) => {
                Some(Text(vec![Piece { text: (*text).to_owned(), at: self.place(text) }]))
            }
            Datum::Symbol(symbol) if *symbol == "version" => {
                Some(Text(vec![Piece { text: version.text.clone(), at: Some(version.at.clone()) }]))
            }
            Datum::Symbol(symbol) if *symbol == "name" => {
                Some(Text(vec![Piece { text: name?.to_owned(), at: None }]))
            }
            Datum::List(parts) if datum.head() == Some("string-append") => {
                let mut all = Text::default();
                for part in parts.iter().skip(1).filter(|part| !part.is_blank()) {
                    all.0.extend(self.text(part, name, version)?.0);
                }
                Some(all)
            }
            _ => None,
        }
    }
}

fn source(module: &Module<'_>, package: &Datum<'_>, version: &Literal) -> Result<Source, Refusal> {
    let origin = field(package, "source").filter(|source| source.head() == Some("origin"));
    let origin = origin.ok_or_else(|| module.refuse("`source` is no `origin`"))?;
    let hash = field(origin, "sha256").filter(|hash| hash.head() == Some("base32"));
    let hash = hash.and_then(|hash| match hash {
        Datum::List(items) => items.iter().skip(1).find_map(string),
        _ => None,
    });
    let pinned = hash.and_then(|hash| Pinned::of_text(hash, module.place(hash)?));
    let pinned =
        pinned.filter(|pinned| pinned.algorithm == Algorithm::Sha256 && pinned.encoding == Encoding::BASE32);
    let pinned = pinned.ok_or_else(|| module.refuse("the origin has no `(sha256 (base32 \"...\"))`"))?;
    let name = field(package, "name").and_then(string);
    let uri = field(origin, "uri").ok_or_else(|| module.refuse("the origin has no `uri`"))?;
    let origin = match field(origin, "method").and_then(Datum::symbol) {
        Some("git-fetch") => repository(module, uri, name, version)?,
        Some("url-fetch") => archive(module, uri, name, version)?,
        _ => return Err(module.refuse("the method of the origin is neither git-fetch nor url-fetch")),
    };
    Ok(Source { origin, hash: pinned })
}

fn repository(
    module: &Module<'_>,
    uri: &Datum<'_>,
    name: Option<&str>,
    version: &Literal,
) -> Result<Origin, Refusal> {
    let of = |field_name: &str| {
        let value = field(uri, field_name).filter(|_| uri.head() == Some("git-reference"));
        value.and_then(|value| module.text(value, name, version))
    };
    let url = of("url").ok_or_else(|| module.refuse("the `url` of git-reference is computed"))?;
    let commit = of("commit").ok_or_else(|| module.refuse("the `commit` of git-reference is computed"))?;
    let address = address::parse(&url.to_string());
    let address = address.map_err(|why| module.refuse(&format!("the repository {url} {why}")))?;
    let first = commit.0.iter().find_map(|piece| piece.at.clone()).unwrap_or_default();
    Ok(Origin::Repository {
        repository: address.repository,
        reference: Reference::plain(commit, first),
        is_cloned: true,
        has_submodules: field(uri, "recursive?").is_some_and(|flag| *flag == Datum::Boolean(true)),
    })
}

fn archive(
    module: &Module<'_>,
    uri: &Datum<'_>,
    name: Option<&str>,
    version: &Literal,
) -> Result<Origin, Refusal> {
    if uri.head() == Some("pypi-uri") {
        let Datum::List(items) = uri else { return Err(module.refuse("pypi-uri is given nothing")) };
        let given: Vec<&Datum<'_>> = items.iter().skip(1).filter(|item| !item.is_blank()).collect();
        let [project, number] = given[..] else {
            return Err(module.refuse("pypi-uri is given more than a name and a version"));
        };
        let project =
            module.text(project, name, version).and_then(|text| PyName::new(&text.to_string()).ok());
        let number = module.text(number, name, version);
        let both = project.zip(number).ok_or_else(|| module.refuse("what pypi-uri is given is computed"))?;
        return Ok(Origin::Pypi { name: both.0, version: both.1 });
    }
    let url = module.text(uri, name, version).ok_or_else(|| module.refuse("the address is computed"))?;
    let known = registry_path(&url.to_string());
    let (package, _) =
        known.ok_or_else(|| module.refuse("the address is no tarball of a registry: use git-fetch"))?;
    Ok(Origin::Npm { name: package, url, is_unpacked: false })
}
