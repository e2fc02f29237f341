//! The environment of one build: its requirements, and theirs, each in one version.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::breaks::Break;
use super::choose::{Choosing, Preferred, Wanted, Wish, pick};
use super::{Ask, Kept, KnownReleases, tables};
use crate::problem::{Problem, requirements as problem};
use crate::python::Requirement;
use crate::python::Target;
use crate::python::marker::{Choice, Marker};
use crate::python::requirement::What;
use crate::python::target::{Places, settled};
use crate::python::{PyName, PyVersion};

/// How often versions may change each other.
const TURNS: usize = 200;

/// What an environment is made in.
pub struct Surroundings<'a> {
    pub known: &'a KnownReleases,
    pub target: &'a Target,
    pub preferred: &'a Preferred,
    /// What comes before those.
    pub kept: Option<&'a Kept>,
    /// What cannot be built.
    pub barred: &'a dyn Fn(&(PyName, PyVersion)) -> bool,
    /// Whether a wheel is taken where nothing that can be built does.
    pub wheels: &'a dyn Fn(&(PyName, PyVersion)) -> bool,
    pub bounds: Bounds<'a>,
}

/// What bounds the versions of names that an environment has anyway; it adds none.
#[derive(Default)]
pub struct Bounds<'a> {
    /// These must hold.
    pub constraints: Vec<Requirement>,
    /// See [`Wish`]: `locked`, `bounds`, `floors` and `until`.
    pub locked: Option<&'a BTreeMap<PyName, BTreeSet<PyVersion>>>,
    pub bounds: Vec<&'static Break>,
    pub floors: &'a [Requirement],
    pub until: Option<Timestamp>,
}

/// What is in an environment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Environment {
    /// When each is there.
    pub members: BTreeMap<(PyName, PyVersion), Marker>,
    /// Names of programs (of [`tables::program`]) that are wanted.
    pub programs: BTreeSet<PyName>,
    /// What was wanted of each name.
    pub wishes: Vec<(PyName, Wish)>,
}

impl Environment {
    pub fn has(&self, name: &PyName, version: &PyVersion) -> bool {
        self.members.contains_key(&(name.clone(), version.clone()))
    }
}

/// Why there is no environment, or none yet.
#[derive(Debug)]
pub enum Stuck {
    Asks(BTreeSet<Ask>),
    Problem(Box<Blocked>),
}

/// What is wrong, and the build requirement that is to blame.
#[derive(Clone, Debug, PartialEq)]
pub struct Blocked {
    pub problem: Problem,
    pub needs: Option<PyName>,
}

impl From<Problem> for Stuck {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(Blocked { problem, needs: None }))
    }
}

/// What a name is wanted for.
#[derive(Default)]
struct Node {
    places: Places,
    /// Any of these.
    markers: Vec<Marker>,
    extras: BTreeSet<PyName>,
    wish: Wish,
    /// Names of what wants it; empty for the build itself.
    by: BTreeSet<PyName>,
}

type Versions = BTreeMap<PyName, PyVersion>;

impl Surroundings<'_> {
    /// The environment of the build of `package`, which shows in problems. `roots` are its requirements, given what
    /// is chosen so far. Where no version does for all interpreters, or they need different ones, each minor version gets
    /// its own.
    ///
    /// # Errors
    /// What must be asked first, and requirements that cannot be met.
    pub fn environment(
        &self,
        package: &str,
        roots: &dyn Fn(&Versions) -> Vec<Requirement>,
    ) -> Result<Environment, Stuck> {
        let all = self.target.all();
        match self.within(package, roots, all, true) {
            Err(Stuck::Problem(_)) => {}
            whole => return whole,
        }
        match self.by_python(package, roots) {
            Err(Stuck::Problem(_)) => self.within(package, roots, all, false),
            found => found,
        }
    }

    fn by_python(
        &self,
        package: &str,
        roots: &dyn Fn(&Versions) -> Vec<Requirement>,
    ) -> Result<Environment, Stuck> {
        let mut all = Environment::default();
        let mut found: BTreeMap<(PyName, PyVersion), Vec<Marker>> = BTreeMap::new();
        let mut asks = BTreeSet::new();
        for &python in self.target.pythons() {
            let here = match self.within(package, roots, self.target.python(python), false) {
                Ok(here) => here,
                Err(Stuck::Asks(more)) => {
                    asks.extend(more);
                    continue;
                }
                problem => return problem,
            };
            let Ok(only) = Marker::parse(&format!("python_version == '3.{python}'")) else { continue };
            for (key, marker) in here.members {
                found.entry(key).or_default().push(only.clone().and(marker));
            }
            all.programs.extend(here.programs);
            all.wishes.extend(here.wishes);
        }
        if !asks.is_empty() {
            return Err(Stuck::Asks(asks));
        }
        all.members = found.into_iter().map(|(key, markers)| (key, self.simple(markers))).collect();
        Ok(all)
    }

    /// Any of the markers; always, where that is everywhere.
    fn simple(&self, markers: Vec<Marker>) -> Marker {
        let any = Marker::any(markers);
        if self.target.when(&any, &BTreeSet::new()) == self.target.all() { Marker::ALWAYS } else { any }
    }

    /// `is_strict`: bounds that contradict each other because they are for different interpreters are a problem.
    fn within(
        &self,
        package: &str,
        roots: &dyn Fn(&Versions) -> Vec<Requirement>,
        places: Places,
        is_strict: bool,
    ) -> Result<Environment, Stuck> {
        let mut versions = Versions::new();
        let mut banned: BTreeSet<(PyName, PyVersion)> = BTreeSet::new();
        for _ in 0..TURNS {
            let mut asks = BTreeSet::new();
            let mut nodes = self.spread(package, &roots(&versions), &versions, places, &mut asks)?;
            let mut next = Versions::new();
            let mut ban = None;
            for (name, node) in &mut nodes {
                if is_program_alone(name) {
                    continue;
                }
                let Some(listed) = self.known.projects.get(name) else {
                    asks.insert(Ask::Project(name.clone()));
                    continue;
                };
                let is_mixed = self.bound(name, node, &versions);
                let barred = |version: &PyVersion| (self.barred)(&(name.clone(), version.clone()));
                let wheels = |version: &PyVersion| (self.wheels)(&(name.clone(), version.clone()));
                let choosing = Choosing { target: self.target, wheels: &wheels, barred: &barred };
                if is_strict
                    && is_mixed
                    && node.wish.contradicts_itself(&choosing.met(listed, &node.wish.wanted))
                {
                    return Err(problem::unsettled(package).into());
                }
                let mut fitting = choosing.candidates(listed, &node.wish);
                fitting.retain(|one| !banned.contains(&(name.clone(), one.version.clone())));
                let kept = self.kept.and_then(|kept| kept.get(name));
                let as_before =
                    fitting.iter().find(|one| kept.is_some_and(|kept| kept.contains(&one.version)));
                if let Some(one) = as_before.copied().or_else(|| pick(&fitting, self.preferred.get(name))) {
                    next.insert(name.clone(), one.version.clone());
                    continue;
                }
                // Another version of what wants it may want another.
                let wanting = node.by.iter().find_map(|by| Some((by.clone(), versions.get(by)?.clone())));
                match wanting.filter(|wanting| !banned.contains(wanting)) {
                    Some(wanting) => ban = Some(wanting),
                    None => return Err(self.unmet(package, name, node)),
                }
            }
            if let Some(ban) = ban {
                banned.insert(ban);
                versions = Versions::new();
            } else if next != versions {
                versions = next;
            } else if asks.is_empty() {
                return Ok(self.settle(nodes, versions));
            } else {
                return Err(Stuck::Asks(asks));
            }
        }
        Err(problem::unsettled(package).into())
    }

    /// Gives a node its bounds. Whether some of them hold for a part of its environments alone.
    fn bound(&self, name: &PyName, node: &mut Node, chosen: &Versions) -> bool {
        let none = BTreeSet::new();
        let mut is_mixed = false;
        let mut add = |one: &Requirement, into: &mut Wanted| {
            let What::Versions(specifiers) = &one.what else { return };
            let here = self.target.when(&one.marker, &none) & node.places;
            if one.name == *name && here != 0 && !specifiers.is_empty() {
                is_mixed |= here != node.places;
                into.insert(specifiers.to_string(), specifiers.clone());
            }
        };
        let Bounds { constraints, locked, bounds, floors, until } = &self.bounds;
        constraints.iter().for_each(|one| add(one, &mut node.wish.wanted));
        let bounds = bounds.iter().filter(|one| one.is_wanted_beside(chosen));
        bounds.for_each(|one| add(one.requirement(), &mut node.wish.bounds));
        floors.iter().for_each(|one| add(one, &mut node.wish.floors));
        node.wish.locked = locked.and_then(|locked| locked.get(name)).cloned().unwrap_or_default();
        node.wish.until = *until;
        is_mixed
    }

    /// What the roots lead to, with the versions chosen so far.
    fn spread(
        &self,
        package: &str,
        roots: &[Requirement],
        versions: &Versions,
        places: Places,
        asks: &mut BTreeSet<Ask>,
    ) -> Result<BTreeMap<PyName, Node>, Stuck> {
        let none = BTreeSet::new();
        let mut nodes: BTreeMap<PyName, Node> = BTreeMap::new();
        let mut open = BTreeSet::new();
        for root in roots {
            let here = self.target.when(&root.marker, &none) & places;
            if here != 0 {
                add(&mut nodes, &mut open, root, here, &settled(&root.marker, &none), None, package)?;
            }
        }
        while let Some(name) = open.pop_first() {
            let (Some(version), Some(node)) = (versions.get(&name), nodes.get(&name)) else { continue };
            if tables::program(&name).is_some() {
                continue;
            }
            let key = (name.clone(), version.clone());
            let Some(dependencies) = self.known.dependencies.get(&key) else {
                asks.insert(Ask::Dependencies(key.0, key.1));
                continue;
            };
            let chosen: BTreeSet<Choice> = node.extras.iter().cloned().map(Choice::Extra).collect();
            let (above, marker) = (node.places, Marker::any(node.markers.clone()));
            for dependency in dependencies {
                let here = self.target.when(&dependency.marker, &chosen) & above;
                if here != 0 && dependency.name != name {
                    let marker = marker.clone().and(settled(&dependency.marker, &chosen));
                    add(&mut nodes, &mut open, dependency, here, &marker, Some(&name), package)?;
                }
            }
        }
        Ok(nodes)
    }

    fn settle(&self, nodes: BTreeMap<PyName, Node>, versions: Versions) -> Environment {
        let mut environment = Environment::default();
        for (name, node) in nodes {
            if tables::program(&name).is_some() {
                environment.programs.insert(name.clone());
            }
            if let Some(version) = versions.get(&name) {
                environment.wishes.push((name.clone(), node.wish));
                environment.members.insert((name, version.clone()), self.simple(node.markers));
            }
        }
        environment
    }

    fn unmet(&self, package: &str, name: &PyName, node: &Node) -> Stuck {
        let wanted: Vec<_> = node.wish.wanted.keys().map(|text| shown(text)).collect();
        let listed = self.known.projects.get(name).map_or(&[][..], Vec::as_slice);
        let newest = listed.iter().rev().find(|one| one.sdist.is_some());
        let nearest = match newest {
            None if listed.is_empty() => "; it does not have this project at all".to_owned(),
            None => "; all it has are wheels".to_owned(),
            Some(one) => format!("; the newest that has one is {}", one.version),
        };
        let problem = problem::unmet_build_requirement(package, name.as_str(), &wanted, &nearest);
        Stuck::Problem(Box::new(Blocked { problem, needs: Some(name.clone()) }))
    }
}

fn shown(specifiers: &str) -> String {
    if specifiers.is_empty() { "any version".to_owned() } else { specifiers.to_owned() }
}

/// A program of which nothing is imported: no version of it is chosen.
fn is_program_alone(name: &PyName) -> bool {
    tables::program(name).is_some_and(|program| program.copy.is_empty())
}

fn add(
    nodes: &mut BTreeMap<PyName, Node>,
    open: &mut BTreeSet<PyName>,
    requirement: &Requirement,
    places: Places,
    marker: &Marker,
    by: Option<&PyName>,
    package: &str,
) -> Result<(), Stuck> {
    let specifiers = match &requirement.what {
        What::Versions(specifiers) => specifiers,
        What::Url(url) => {
            let text = format!("{} @ {url}", requirement.name);
            return Err(problem::build_requirement_at_address(package, &text).into());
        }
    };
    let node = nodes.entry(requirement.name.clone()).or_default();
    let grown = node.places | places != node.places || !requirement.extras.is_subset(&node.extras);
    if node.places | places != node.places {
        node.markers.push(marker.clone());
    }
    node.places |= places;
    node.extras.extend(requirement.extras.iter().cloned());
    node.wish.wanted.insert(specifiers.to_string(), specifiers.clone());
    node.by.extend(by.cloned());
    if grown {
        open.insert(requirement.name.clone());
    }
    Ok(())
}
