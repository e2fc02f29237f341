//! Which entry a dependency means.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::Project;
use super::entry::{Dependency, Format, Lock, split};
use super::reference::{Reference, encoded, escaped};
use super::settings::Settings;
use super::units::Source;
use crate::graph::Location;
use crate::npm::spec;

/// Packages that stand for others, one behind the other.
const MAX_CHOICES: usize = 8;

/// What a dependency means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Unit(usize),
    /// The settings choose nothing of it.
    Nothing,
    /// The lockfile does not have it.
    Missing,
}

/// Finds what dependencies mean.
pub struct Finder<'f> {
    lock: &'f Lock,
    settings: &'f Settings,
    /// Members of the workspace of yarn 1, by name, with their versions.
    members: BTreeMap<&'f str, (usize, &'f str)>,
    /// As later yarns write the project into what it asks for.
    root: String,
}

impl<'f> Finder<'f> {
    pub fn new(
        lock: &'f Lock,
        settings: &'f Settings,
        sources: &[Source<'_>],
        project: &Project<'f>,
    ) -> Self {
        let member = |(at, source): (usize, &Source<'_>)| {
            let manifest =
                project.manifests.get(source.folder.as_ref().filter(|_| source.entry.is_none())?)?;
            let version = manifest["version"].as_str().unwrap_or_default();
            Some((manifest["name"].as_str()?, (at, version)))
        };
        let is_root = |source: &&Source<'_>| source.folder.as_ref().is_some_and(Location::is_root);
        let root = sources.iter().find(is_root).and_then(|source| source.entry?.resolved.clone());
        Self {
            lock,
            settings,
            members: sources.iter().enumerate().filter_map(member).collect(),
            root: root.unwrap_or_default(),
        }
    }

    /// What a unit needs, in the order of its dependencies.
    pub fn targets(&self, source: &Source<'_>) -> Vec<Target> {
        let find = |need: &Dependency| match self.lock.format {
            Format::Classic => self.of_yarn_1(source, need).map_or(Target::Missing, Target::Unit),
            Format::Berry(_) => self.of_later(source, need),
        };
        source.needs.iter().map(find).collect()
    }

    fn of_yarn_1(&self, source: &Source<'_>, need: &Dependency) -> Option<usize> {
        let Dependency { name, range, .. } = need;
        if let Some((member, version)) = self.members.get(name.as_str()) {
            let fits = spec::range(range).is_some_and(|range| spec::satisfies(version, &range));
            if fits || matches!(range.as_str(), "" | "*") || range.starts_with("workspace:") {
                return Some(*member);
            }
        }
        self.lock.find(&format!("{name}@{range}")).or_else(|| {
            let instead = self.settings.instead(asking(self.lock.format, source), name, range)?;
            self.lock.find(&format!("{name}@{instead}"))
        })
    }

    fn of_later(&self, source: &Source<'_>, need: &Dependency) -> Target {
        let own = source.entry.and_then(|entry| entry.resolved.as_deref()).unwrap_or_default();
        let name = need.name.as_str();
        let catalog = need.range.strip_prefix("catalog:");
        let range = catalog.and_then(|catalog| self.settings.catalog(catalog, name)).unwrap_or(&need.range);
        let range = with_protocol(range);
        let instead = self.settings.instead(asking(self.lock.format, source), name, &range);
        let mut found = match instead {
            Some(instead) => self.entry(name, &with_protocol(instead), &self.root),
            None => self.entry(name, &range, own),
        };
        for _ in 0..MAX_CHOICES {
            let Some(at) = found else { return Target::Missing };
            let entry = &self.lock.entries[at];
            let reference = entry.resolved.as_deref().and_then(split).map(|(_, text)| Reference::of(text));
            if reference != Some(Reference::Choice) {
                return Target::Unit(at);
            }
            let Some(choice) = self.settings.chosen(&entry.dependencies) else { return Target::Nothing };
            found = self.entry(&choice.name, &with_protocol(&choice.range), own);
        }
        Target::Missing
    }

    /// The entry of `name@range`. What is relative to the package that asks has that behind it.
    fn entry(&self, name: &str, range: &str, own: &str) -> Option<usize> {
        // The keys of entries end without spaces.
        let key = format!("{name}@{}", range.trim_end());
        let changed = || self.lock.find_only(&format!("{name}@patch:{name}@{}#", escaped(range)));
        self.lock
            .find(&key)
            .or_else(|| self.lock.find(&format!("{key}::locator={}", encoded(own))))
            .or_else(|| self.lock.find_only(&format!("{key}::")))
            .or_else(changed)
    }
}

/// The name and version of what asks.
fn asking<'s>(format: Format, source: &'s Source<'_>) -> (&'s str, &'s str) {
    let Some(entry) = source.entry else { return ("", "") };
    let key = match format {
        Format::Classic => entry.keys.first(),
        Format::Berry(_) => entry.resolved.as_ref(),
    };
    let name = key.and_then(|key| split(key)).map_or("", |(name, _)| name);
    (name, entry.version.as_deref().unwrap_or_default())
}

/// A range with its protocol, which old lockfiles leave out.
fn with_protocol(range: &str) -> Cow<'_, str> {
    if range.contains([':', '/']) { range.into() } else { format!("npm:{range}").into() }
}
