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
use crate::upstream::guix::definition::{Definition, Origin, Source, Told};
use crate::upstream::guix::module::Placed;
use crate::upstream::guix::words::{Beside, Words};

/// What was found.
pub(super) struct Found<'a> {
    pub(super) ecosystem: Ecosystem,
    /// By upstream's name and version.
    pub(super) name: &'a str,
    pub(super) version: &'a str,
    /// The variable and the name, where they are not those of a library.
    pub(super) given: Option<&'a str>,
    pub(super) source: Source,
    pub(super) about: &'a About,
    pub(super) beside: Beside<'a>,
    pub(super) module: &'a str,
    pub(super) told: Told,
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
        let guix_name = self.given.unwrap_or(&named.name);
        let subject =
            Subject { ecosystem: self.ecosystem, name: self.name, version: self.version, guix_name };
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
            variable: self.given.unwrap_or(&named.variable).to_owned(),
            name: guix_name.to_owned(),
            version: named.version,
            source: self.source,
            arguments,
            inputs,
            properties,
            words,
        };
        Written { placed: Placed { definition, module: self.module.to_owned() }, open, notes }
    }

    /// What it is called: of two that would be called the same, all definitions of a file choose alike.
    fn named(&self, lacking: &Lacking) -> Named {
        let upstream = |name, version| Upstream { ecosystem: self.ecosystem, name, version };
        let own = upstream(self.name, self.version);
        let others = lacking.all.keys().filter(|name| *name != self.name).map(|name| upstream(name, ""));
        let all: BTreeSet<_> = others.chain([own]).collect();
        let mut named = named(&all).remove(&own).unwrap_or_else(|| Named {
            name: self.name.to_owned(),
            version: self.version.to_owned(),
            variable: self.name.to_owned(),
            upstream_name: None,
        });
        if self.given.is_some_and(|given| given != named.name) {
            // An updater would not find it by another name than its own.
            named.upstream_name =
                self.given.filter(|given| *given != self.name).map(|_| self.name.to_owned());
        }
        named
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
