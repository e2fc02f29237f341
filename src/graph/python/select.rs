//! Which packages of a lockfile an environment gets, for a choice of groups and extras.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use pep508_rs::MarkerEnvironment;

use super::PySource;
use super::{PyEdge, PyGraph, PyKey};
use crate::graph::Location;
use crate::python::PyName;
use crate::python::marker::{Choice, Context};

/// What the user chooses of the projects that are installed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChosenParts {
    pub extras: BTreeSet<PyName>,
    pub groups: BTreeSet<PyName>,
}

/// The packages of one environment: at most one for each name, with the extras asked for of it.
pub type Selection = BTreeMap<PyKey, BTreeSet<PyName>>;

/// Why a lockfile gives no set of packages for an environment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectError {
    #[error("Python {version} is not among those that the lockfile was made for ({range})")]
    Python { version: String, range: String },
    #[error("the lockfile was made for other environments: {0}")]
    Environment(String),
    #[error("the lockfile has no {what} {name:?}{}", listed(.known))]
    Unknown { what: &'static str, name: String, known: Vec<String> },
    #[error("{0} and {1} would both be installed")]
    Conflict(PyKey, PyKey),
    #[error("the extras that its packages ask for exclude each other")]
    Unstable,
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { String::new() } else { format!(" (it has {})", names.join(", ")) }
}

impl PyGraph {
    /// The packages that `environment` gets: everything that the roots and the top require, with the extras and
    /// groups chosen. The projects themselves are among them where they are installed.
    ///
    /// # Errors
    /// An environment that the lockfile is not for, an extra or group that it does not have, two versions of one
    /// package, and extras that are asked for only where they are not.
    pub fn select(
        &self,
        environment: &MarkerEnvironment,
        chosen: &ChosenParts,
    ) -> Result<Selection, SelectError> {
        self.check(environment, chosen)?;
        // Extras that are asked for along the way can change what markers of uv say, so that other things are asked
        // for: as in uv, until that changes nothing more.
        let root = self.chosen(chosen);
        let mut active = root.clone();
        let mut seen = BTreeSet::new();
        while seen.insert(active.clone()) {
            let walk = Walk::new(self, environment, &active).run(chosen);
            let asked = walk.iter().flat_map(|(key, extras)| {
                extras.iter().map(|extra| Choice::ExtraOf(key.name.clone(), extra.clone()))
            });
            let next: BTreeSet<Choice> = root.iter().cloned().chain(asked).collect();
            if next == active {
                return self.installed(walk);
            }
            active = next;
        }
        Err(SelectError::Unstable)
    }

    fn check(&self, environment: &MarkerEnvironment, chosen: &ChosenParts) -> Result<(), SelectError> {
        let version = &environment.python_full_version().version;
        if let Some(range) = self.requires_python.as_ref().filter(|range| !range.contains(version)) {
            let range = range.to_string();
            return Err(SelectError::Python { version: version.to_string(), range });
        }
        let none = BTreeSet::new();
        let context = Context { environment, chosen: &none };
        if !self.environments.is_empty() && !self.environments.iter().any(|marker| marker.holds(context)) {
            let texts: Vec<_> = self.environments.iter().map(ToString::to_string).collect();
            return Err(SelectError::Environment(texts.join("; ")));
        }
        for (what, asked, known) in
            [("extra", &chosen.extras, &self.extras), ("group", &chosen.groups, &self.groups)]
        {
            if let Some(name) = asked.difference(known).next() {
                let known = known.iter().map(ToString::to_string).collect();
                return Err(SelectError::Unknown { what, name: name.to_string(), known });
            }
        }
        Ok(())
    }

    /// What the user chose, in the words of markers.
    pub(super) fn chosen(&self, chosen: &ChosenParts) -> BTreeSet<Choice> {
        let mut all: BTreeSet<Choice> = chosen.extras.iter().cloned().map(Choice::Extra).collect();
        all.extend(chosen.groups.iter().cloned().map(Choice::Group));
        for root in &self.roots {
            let name = &root.name;
            all.insert(Choice::Project(name.clone()));
            all.extend(chosen.extras.iter().map(|extra| Choice::ExtraOf(name.clone(), extra.clone())));
            all.extend(chosen.groups.iter().map(|group| Choice::GroupOf(name.clone(), group.clone())));
        }
        all
    }

    /// Without the projects that are only there for their requirements, and with no name twice.
    fn installed(&self, mut walk: Selection) -> Result<Selection, SelectError> {
        walk.retain(|key, _| {
            let source = self.packages.get(key).map(|package| &package.source);
            !matches!(source, Some(PySource::Folder { installed: false, .. }))
        });
        let mut last: Option<&PyKey> = None;
        for key in walk.keys() {
            if let Some(last) = last.filter(|last| last.name == key.name) {
                return Err(SelectError::Conflict(last.clone(), key.clone()));
            }
            last = Some(key);
        }
        Ok(walk)
    }

    /// The project in the lockfile's own folder, where it is one of the packages.
    pub fn project(&self) -> Option<&PyKey> {
        let here = |key: &&PyKey| {
            let source = self.packages.get(*key).map(|package| &package.source);
            matches!(source, Some(PySource::Folder { path, .. }) if *path == Location::root())
        };
        self.roots.iter().find(here)
    }
}

/// What is chosen, and what an edge chooses.
fn with<'c>(edge: &PyEdge, chosen: &'c BTreeSet<Choice>) -> Cow<'c, BTreeSet<Choice>> {
    if edge.extras.is_empty() {
        return Cow::Borrowed(chosen);
    }
    Cow::Owned(chosen.iter().cloned().chain(edge.chooses()).collect())
}

/// One walk along the edges that hold.
struct Walk<'g> {
    graph: &'g PyGraph,
    environment: &'g MarkerEnvironment,
    /// The user's choice, and the extras that are known to be asked for.
    active: &'g BTreeSet<Choice>,
    found: Selection,
    /// What must still be looked at: a package, and the extras that are new.
    open: Vec<(PyKey, BTreeSet<PyName>)>,
    /// Edges that several entries could meet.
    undecided: Vec<(&'g PyEdge, Vec<&'g PyKey>)>,
}

impl<'g> Walk<'g> {
    fn new(graph: &'g PyGraph, environment: &'g MarkerEnvironment, active: &'g BTreeSet<Choice>) -> Self {
        let (found, open, undecided) = (Selection::new(), Vec::new(), Vec::new());
        Self { graph, environment, active, found, open, undecided }
    }

    fn run(mut self, chosen: &ChosenParts) -> Selection {
        let graph = self.graph;
        for root in &graph.roots {
            let has = |extra: &&PyName| {
                graph.packages.get(root).is_some_and(|p| p.needs.extras.contains_key(*extra))
            };
            self.add(root, chosen.extras.iter().filter(has).cloned().collect());
            if let Some(package) = graph.packages.get(root) {
                self.groups(&package.needs.groups, chosen);
            }
        }
        self.follow(&graph.top.always, self.active);
        for extra in &chosen.extras {
            self.follow(graph.top.extras.get(extra).into_iter().flatten(), self.active);
        }
        self.groups(&graph.top.groups, chosen);
        loop {
            while let Some((key, extras)) = self.open.pop() {
                self.visit(&key, &extras);
            }
            // What the others have settled decides; else the newest entry does.
            let Some((edge, candidates)) = self.undecided.pop() else { return self.found };
            let settled = candidates.iter().find(|key| self.found.contains_key(**key));
            if let Some(key) = settled.or(candidates.last()).copied() {
                self.add(key, edge.extras.clone());
            }
        }
    }

    fn groups(&mut self, groups: &'g BTreeMap<PyName, Vec<PyEdge>>, chosen: &ChosenParts) {
        for group in &chosen.groups {
            self.follow(groups.get(group).into_iter().flatten(), self.active);
        }
    }

    fn add(&mut self, key: &PyKey, extras: BTreeSet<PyName>) {
        match self.found.get_mut(key) {
            None => {
                self.found.insert(key.clone(), extras.clone());
                self.open.push((key.clone(), extras));
            }
            Some(known) => {
                let more: BTreeSet<_> = extras.difference(known).cloned().collect();
                if !more.is_empty() {
                    known.extend(more.iter().cloned());
                    self.open.push((key.clone(), more));
                }
            }
        }
    }

    fn visit(&mut self, key: &PyKey, extras: &BTreeSet<PyName>) {
        let Some(package) = self.graph.packages.get(key) else { return };
        let mut chosen = self.active.clone();
        chosen.retain(|choice| !matches!(choice, Choice::Extra(_) | Choice::Group(_)));
        chosen.extend(self.found.get(key).into_iter().flatten().cloned().map(Choice::Extra));
        self.follow(&package.needs.always, &chosen);
        for extra in extras {
            self.follow(package.needs.extras.get(extra).into_iter().flatten(), &chosen);
        }
    }

    fn follow(&mut self, edges: impl IntoIterator<Item = &'g PyEdge>, chosen: &BTreeSet<Choice>) {
        for edge in edges {
            // The extras that it asks for are active for its own marker (uv).
            let (own, whole) = (with(edge, chosen), with(edge, self.active));
            if !edge.marker.holds(Context { environment: self.environment, chosen: &own }) {
                continue;
            }
            let whole = Context { environment: self.environment, chosen: &whole };
            let wanted = |key: &&PyKey| {
                self.graph.packages.get(*key).is_some_and(|package| package.marker.holds(whole))
            };
            let candidates: Vec<&'g PyKey> = edge.to.iter().filter(wanted).collect();
            match candidates[..] {
                // The markers of entries are the last word: poetry and PEP 751 put there when one is wanted.
                [] => {}
                [key] => self.add(key, edge.extras.clone()),
                _ => self.undecided.push((edge, candidates)),
            }
        }
    }
}
