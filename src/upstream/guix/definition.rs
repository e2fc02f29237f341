//! One definition, as Guix's own package modules have them.

use std::collections::{BTreeMap, BTreeSet};

use super::words::Words;
use crate::ecosystem::Ecosystem;
use crate::emit::guix::names::version_of_commit;
use crate::emit::guix::sexp::{Sexp, list, symbol, text};
use crate::emit::guix::source::{Git, Reference, Spelled, hash};
use crate::hash::{Integrity, NarHash};
use crate::source::repository::{Commit, Repository};

/// A package, and what is known of it.
#[derive(Clone, Debug)]
pub struct Definition {
    pub ecosystem: Ecosystem,
    pub variable: String,
    pub name: String,
    pub version: String,
    pub source: Source,
    /// After `(list`: keywords, their values, comments.
    pub arguments: Vec<Sexp>,
    pub inputs: Inputs,
    pub properties: BTreeMap<String, Sexp>,
    pub words: Words,
}

/// What it is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    Commit(Origin),
    /// The source archive of Python's index.
    Index {
        /// The project, as the archive's name spells it.
        spelled: String,
        /// The archive's extension, where it is not the usual one.
        extension: Option<String>,
        integrity: Integrity,
    },
}

/// What a build system is told, and what somebody has to know.
#[derive(Clone, Debug, Default)]
pub struct Told {
    pub arguments: Vec<Sexp>,
    pub inputs: Inputs,
    /// What somebody has to do.
    pub open: Vec<String>,
    pub notes: Vec<String>,
}

/// A commit that is fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub repository: Repository,
    pub commit: Commit,
    /// A tag that is this commit today.
    pub tag: Option<String>,
    /// Of the checkout.
    pub hash: NarHash,
    /// With its submodules, which the hash is of.
    pub is_recursive: bool,
}

/// Variables, by the field that they stand in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    /// What it runs with and need not be seen by what uses it.
    pub run: BTreeSet<String>,
    /// What builds and tests it.
    pub native: BTreeSet<String>,
    /// What comes with it wherever it is installed.
    pub propagated: BTreeSet<String>,
}

impl Inputs {
    /// All of them, whatever they are for.
    pub fn all(&self) -> impl Iterator<Item = &String> {
        self.run.iter().chain(&self.native).chain(&self.propagated)
    }
}

impl Definition {
    /// The name of the build system without its end: that of its module.
    pub fn build_system(&self) -> &'static str {
        match self.ecosystem {
            Ecosystem::Npm => "node",
            Ecosystem::Python => "pyproject",
        }
    }

    /// The version as Guix shows it: that of a commit without a tag is longer than upstream's.
    pub fn shown_version(&self) -> String {
        match self.untagged() {
            Some(origin) => version_of_commit(&self.version, &origin.commit.to_string()),
            None => self.version.clone(),
        }
    }

    /// `(define-public ...)`
    pub fn sexp(&self) -> Sexp {
        let package = self.package();
        let value = match self.untagged() {
            None => package,
            // Updaters must see that it is a commit.
            Some(origin) => {
                let commit = list!["commit", text(origin.commit.to_string())];
                let bound = Sexp::List(vec![commit, list!["revision", text("0")]]);
                list!["let", bound, package]
            }
        };
        list!["define-public", symbol(&self.variable), value]
    }

    /// The commit, where no tag names it.
    fn untagged(&self) -> Option<&Origin> {
        match &self.source {
            Source::Commit(origin) if origin.tag.is_none() => Some(origin),
            _ => None,
        }
    }

    fn package(&self) -> Sexp {
        let mut fields = vec![
            list!["name", text(&self.name)],
            list!["version", self.version()],
            list!["source", self.source.sexp(&self.version)],
            list!["build-system", symbol(format!("{}-build-system", self.build_system()))],
        ];
        if !self.arguments.is_empty() {
            fields.push(list!["arguments", Sexp::call("list", self.arguments.iter().cloned())]);
        }
        let Inputs { run, native, propagated } = &self.inputs;
        let in_order = [("inputs", run), ("native-inputs", native), ("propagated-inputs", propagated)];
        for (field, variables) in in_order {
            if !variables.is_empty() {
                fields.push(Sexp::call(field, [Sexp::call("list", variables.iter().map(symbol))]));
            }
        }
        if !self.properties.is_empty() {
            let pairs = self.properties.iter().map(|(key, value)| Sexp::pair(symbol(key), value.clone()));
            fields.push(list!["properties", Sexp::quote(Sexp::List(pairs.collect()))]);
        }
        fields.extend(self.words.fields());
        Sexp::call("package", fields)
    }

    fn version(&self) -> Sexp {
        match self.untagged() {
            None => text(&self.version),
            Some(_) => list!["git-version", text(&self.version), symbol("revision"), symbol("commit")],
        }
    }

    /// What its text is written with beside its inputs, by the words of the modules' names.
    pub fn modules(&self) -> Vec<Vec<&'static str>> {
        let mut modules = vec![vec!["guix", "build-system", self.build_system()], vec!["guix", "packages"]];
        match &self.source {
            Source::Commit(_) => modules.push(vec!["guix", "git-download"]),
            Source::Index { .. } => {
                modules.extend([vec!["guix", "build-system", "python"], vec!["guix", "download"]]);
            }
        }
        if self.arguments.iter().any(|argument| argument.written().contains("(gexp ")) {
            modules.push(vec!["guix", "gexp"]);
        }
        modules
    }
}

impl Source {
    fn sexp(&self, version: &str) -> Sexp {
        match self {
            Self::Commit(origin) => origin.sexp(version),
            Self::Index { spelled, extension, integrity } => {
                let extension = extension.iter().map(text);
                let arguments = [text(spelled), symbol("version")].into_iter().chain(extension);
                let uri = list!["uri", Sexp::call("pypi-uri", arguments)];
                list!["origin", list!["method", symbol("url-fetch")], uri, hash(integrity)]
            }
        }
    }
}

impl Origin {
    fn sexp(&self, version: &str) -> Sexp {
        let named = match &self.tag {
            Some(tag) => Spelled::new(tag, version).sexp(None),
            None => symbol("commit"),
        };
        let git = Git {
            url: self.repository.0.clone(),
            reference: Reference::Expression(named),
            recursive: self.is_recursive,
            hash: self.hash,
            patches: Vec::new(),
        };
        crate::emit::guix::source::Source::Git(git).sexp(None)
    }
}
