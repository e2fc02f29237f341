//! What each package propagates: its requirements at run time, extras resolved, circles cut.

use std::collections::{BTreeMap, BTreeSet};

use pep440_rs::Version;
use version_ranges::Ranges;

use super::circles::Circles;
use super::condition::{Condition, Selection};
use crate::emit::model::python::{Edge, Key, PythonProject};
use crate::python::PyName;

/// Packages, and when each is there.
pub type Conditioned = BTreeMap<Key, Condition>;

/// The run-time requirements of every package.
#[derive(Debug)]
pub struct Needs {
    propagated: BTreeMap<Key, Conditioned>,
    circles: Circles,
    pythons: Ranges<Version>,
}

/// Follows edges.
struct Walk<'a> {
    project: &'a PythonProject,
    chosen: &'a Selection<'a>,
}

impl Needs {
    /// Of every package that is listed.
    pub fn new(project: &PythonProject, chosen: &Selection<'_>) -> Self {
        let walk = Walk { project, chosen };
        let none = BTreeSet::new();
        let mut propagated: BTreeMap<Key, Conditioned> = project
            .packages
            .iter()
            .map(|(key, package)| {
                let mut found = walk.all(&package.dependencies, &none);
                // An extra of its own asks for others of its extras.
                found.remove(key);
                (key.clone(), found)
            })
            .collect();
        let circles = Circles::find(&propagated);
        circles.cut(&mut propagated);
        Self { propagated, circles, pythons: chosen.pythons.clone() }
    }

    /// What a package propagates.
    pub fn of(&self, key: &Key) -> &Conditioned {
        static NONE: Conditioned = BTreeMap::new();
        self.propagated.get(key).unwrap_or(&NONE)
    }

    /// What a package propagates lacks these, which need it in their turn: alone it does not work.
    pub fn lacking(&self, key: &Key) -> BTreeSet<&Key> {
        self.circles.lacking(key, &self.propagated)
    }

    /// What an environment begins with: `edges`, with the whole of each circle.
    pub fn beginning_with(
        &self,
        project: &PythonProject,
        edges: &BTreeSet<Edge>,
        chosen: &Selection<'_>,
    ) -> Conditioned {
        let mut found = Walk { project, chosen }.all(edges, &BTreeSet::new());
        self.circles.complete(None, &mut found);
        found
    }

    /// Everything that an environment has.
    pub fn closure(&self, beginning: &Conditioned) -> Conditioned {
        let mut found = beginning.clone();
        let mut open: Vec<Key> = found.keys().cloned().collect();
        while let Some(key) = open.pop() {
            let Some(above) = found.get(&key).cloned() else { continue };
            for (to, condition) in self.of(&key) {
                let reached = above.and(condition);
                if reached.is_never(&self.pythons) {
                    continue;
                }
                let before = found.get(to);
                let now = before.map_or_else(|| reached.clone(), |before| before.or(&reached));
                if before != Some(&now) {
                    found.insert(to.clone(), now);
                    open.push(to.clone());
                }
            }
        }
        found
    }
}

impl Walk<'_> {
    fn all(&self, edges: &BTreeSet<Edge>, wanted: &BTreeSet<PyName>) -> Conditioned {
        let mut found = Conditioned::new();
        for edge in edges {
            self.add(edge, wanted, &Condition::always(), &mut found, &mut Vec::new());
        }
        found
    }

    /// Adds what an edge leads to: the package, and what its extras ask for. `wanted` are the extras with which the
    /// package is wanted that the edge begins at.
    fn add<'e>(
        &'e self,
        edge: &'e Edge,
        wanted: &BTreeSet<PyName>,
        above: &Condition,
        found: &mut Conditioned,
        way: &mut Vec<(&'e Key, &'e BTreeSet<PyName>)>,
    ) {
        let condition = above.and(&Condition::of(&edge.marker, wanted, self.chosen));
        let Some(package) = self.project.packages.get(&edge.package) else { return };
        if condition.is_never(&self.chosen.pythons) {
            return;
        }
        let entry = found.entry(edge.package.clone()).or_insert_with(Condition::never);
        *entry = entry.or(&condition);
        let step = (&edge.package, &edge.extras);
        if edge.extras.is_empty() || way.contains(&step) {
            return;
        }
        way.push(step);
        let optional = edge.extras.iter().filter_map(|extra| package.optional_dependencies.get(extra));
        for more in optional.flatten() {
            self.add(more, &edge.extras, &condition, found, way);
        }
        // Lockfiles that keep the marker `extra == "x"` have those among the others.
        for more in &package.dependencies {
            let without = Condition::of(&more.marker, &BTreeSet::new(), self.chosen);
            let with = Condition::of(&more.marker, &edge.extras, self.chosen);
            if with != without {
                self.add(more, &edge.extras, &condition, found, way);
            }
        }
        way.pop();
    }
}
