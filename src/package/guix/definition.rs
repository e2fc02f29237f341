//! A definition from what was found of a package, whatever its ecosystem.

use std::collections::BTreeSet;

use super::Written;
use super::lacking::Lacking;
use crate::about::About;
use crate::ecosystem::Ecosystem;
use crate::emit::guix::names::{Named, Upstream, named};
use crate::emit::guix::sexp::text;
use crate::emit::guix::tag;
use crate::emit::guix::words::Subject;
use crate::source::repository::Repository;
use crate::upstream::guix::commit::Change;
use crate::upstream::guix::definition::{Definition, Origin, Source, Told};
use crate::upstream::guix::listing::Row;
use crate::upstream::guix::module::Placed;
use crate::upstream::guix::words::{Beside, Words};

/// What was found.
pub(super) struct Found<'a> {
    pub(super) ecosystem: Ecosystem,
    /// By upstream's name and version.
    pub(super) name: &'a str,
    pub(super) version: &'a str,
    /// What it is called, where that is not by the conventions.
    pub(super) called: Option<&'a Called>,
    pub(super) source: Source,
    pub(super) about: &'a About,
    pub(super) beside: Beside<'a>,
    pub(super) module: &'a str,
    pub(super) told: Told,
}

/// What a definition is called.
pub(super) struct Called {
    variable: String,
    name: String,
    /// The property of that name, where Guix has it.
    upstream_name: Option<String>,
}

impl Called {
    /// As people call what they start, or as the user wants it.
    pub(super) fn by(name: &str) -> Self {
        Self { variable: name.to_owned(), name: name.to_owned(), upstream_name: None }
    }

    /// As Guix calls it.
    pub(super) fn of(row: &Row) -> Self {
        let upstream_name = row.upstream_name().map(str::to_owned);
        Self { variable: row.variable.clone(), name: row.name.clone(), upstream_name }
    }
}

impl Found<'_> {
    pub(super) fn written(self, lacking: &Lacking) -> Written {
        let named = self.named(lacking);
        let mut properties = Default::default();
        if let Source::Commit(origin) = &self.source {
            properties = tag::properties(&source(origin), &named.version);
        }
        if let Some(upstream) = &named.upstream_name {
            properties.insert("upstream-name".to_owned(), text(upstream));
        }
        let subject = Subject {
            ecosystem: self.ecosystem,
            name: self.name,
            version: self.version,
            guix_name: &named.name,
        };
        let page = match &self.source {
            Source::Commit(Origin { repository: Repository(url), .. }) => Some(url.as_str()),
            Source::Index { .. } => None,
        };
        let words = Words::new(self.about, &subject, page, self.beside);
        let Told { arguments, inputs, mut open, mut notes } = self.told;
        open.extend(words.open());
        notes.extend(words.notes());
        let definition = Definition {
            ecosystem: self.ecosystem,
            variable: named.variable,
            name: named.name,
            version: named.version,
            source: self.source,
            arguments,
            inputs,
            properties,
            words,
        };
        let placed = Placed { definition, module: self.module.to_owned(), change: Change::Add };
        Written { placed, open, notes }
    }

    /// What it is called: of two that would be called the same, all definitions of a file choose alike.
    fn named(&self, lacking: &Lacking) -> Named {
        let upstream = |name, version| Upstream { ecosystem: self.ecosystem, name, version };
        let own = upstream(self.name, self.version);
        if let Some(Called { variable, name, upstream_name }) = self.called {
            let mut named = Named::called(&own, variable.clone(), name.clone());
            named.upstream_name = upstream_name.clone().or(named.upstream_name);
            return named;
        }
        let others = lacking.all.keys().filter(|name| *name != self.name).map(|name| upstream(name, ""));
        let all: BTreeSet<_> = others.chain([own]).collect();
        let usual = || Named::called(&own, self.name.to_owned(), self.name.to_owned());
        named(&all).remove(&own).unwrap_or_else(usual)
    }
}

fn source(origin: &Origin) -> crate::source::Source {
    crate::source::Source {
        repository: origin.repository.clone(),
        commit: origin.commit,
        tag: origin.tag.clone(),
        subdirectory: None,
    }
}
