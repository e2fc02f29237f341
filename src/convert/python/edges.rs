//! From the requirements of a lockfile's entries to those of the emitted packages.

use std::collections::{BTreeMap, BTreeSet};

use super::decided::Absent;
use super::scope::Choices;
use crate::emit::nix::python::marker::{ExtrasOf, Marker, chosen};
use crate::emit::nix::python::model::{Edge, Key};
use crate::graph::marker::Choice;
use crate::graph::pypi::{Needs, PyEdge, PyGraph, PyKey, PySource};
use crate::graph::{Location, PyName};

/// What an environment begins with, and what is chosen of the project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roots {
    pub roots: BTreeSet<Edge>,
    pub dev_roots: BTreeSet<Edge>,
    pub extras: BTreeSet<String>,
    pub default_groups: BTreeSet<String>,
    pub dev_groups: BTreeSet<String>,
}

/// The edges of a graph in the emitter's words.
pub struct Edges<'a> {
    pub graph: &'a PyGraph,
    /// What each entry is emitted as; the project itself, and what is only there for its requirements, has none.
    pub keys: &'a BTreeMap<PyKey, Key>,
    /// Entries that cannot be had: those that have no key are left out.
    pub absent: &'a BTreeMap<PyKey, Absent>,
}

impl Edges<'_> {
    /// What an entry needs.
    pub fn of(&self, needs: &Needs) -> (BTreeSet<Edge>, BTreeMap<PyName, BTreeSet<Edge>>) {
        let extras = needs.extras.iter();
        let extras = extras.map(|(name, edges)| (name.clone(), self.each(edges, ExtrasOf::Package)));
        (
            self.each(&needs.always, ExtrasOf::Package),
            extras.filter(|(_, edges): &(_, BTreeSet<_>)| !edges.is_empty()).collect(),
        )
    }

    /// What the project begins with: of a workspace every member.
    pub fn roots(&self, choices: &Choices) -> Roots {
        let graph = self.graph;
        let Choices { extras: chosen_extras, groups: run_groups, dev_groups } = choices;
        let (mut roots, mut dev_roots) = (BTreeSet::new(), BTreeSet::new());
        let mut take = |needs: &Needs| {
            roots.extend(self.each(&needs.always, ExtrasOf::Project));
            for extra in chosen_extras {
                roots.extend(needs.extras.get(extra).into_iter().flat_map(|edges| self.project(edges)));
            }
            for group in run_groups {
                roots.extend(needs.groups.get(group).into_iter().flat_map(|edges| self.project(edges)));
            }
            for group in dev_groups {
                dev_roots.extend(needs.groups.get(group).into_iter().flat_map(|edges| self.project(edges)));
            }
        };
        take(&graph.top);
        for root in &graph.roots {
            if let Some(package) = graph.packages.get(root) {
                take(&package.needs);
            }
        }
        for root in &graph.roots {
            roots.extend(self.keys.get(root).map(|key| Edge::from(key.clone())));
        }
        let mut extras: BTreeSet<String> =
            chosen_extras.iter().cloned().map(|extra| chosen(&Choice::Extra(extra))).collect();
        let names: Vec<&PyName> = graph.roots.iter().map(|root| &root.name).collect();
        extras.extend(chosen_extras.iter().flat_map(|extra| {
            names.iter().map(|name| chosen(&Choice::ExtraOf((*name).clone(), extra.clone())))
        }));
        let spelled = |groups: &BTreeSet<PyName>| {
            let of = |group: &PyName| {
                let named = names.iter().map(|name| Choice::GroupOf((*name).clone(), group.clone()));
                let all: Vec<_> = named.chain([Choice::Group(group.clone())]).collect();
                all.iter().map(chosen).collect::<Vec<_>>()
            };
            groups.iter().flat_map(of).collect()
        };
        Roots {
            dev_roots: dev_roots.difference(&roots).cloned().collect(),
            roots,
            extras,
            default_groups: spelled(run_groups),
            dev_groups: spelled(dev_groups),
        }
    }

    fn project(&self, edges: &[PyEdge]) -> BTreeSet<Edge> {
        self.each(edges, ExtrasOf::Project)
    }

    fn each(&self, edges: &[PyEdge], of: ExtrasOf) -> BTreeSet<Edge> {
        let mut found = BTreeSet::new();
        self.add(edges, (of, &Marker::True), &mut found, &mut Vec::new());
        found
    }

    fn add(
        &self,
        edges: &[PyEdge],
        (of, above): (ExtrasOf, &Marker),
        found: &mut BTreeSet<Edge>,
        way: &mut Vec<(PyKey, Option<PyName>)>,
    ) {
        for edge in edges {
            for key in decided(self.graph, edge) {
                let Some(package) = self.graph.packages.get(key) else { continue };
                let own = Marker::new(&edge.marker, of);
                let entry = Marker::new(&package.marker, ExtrasOf::Project);
                let marker = all([above.clone(), own, entry]);
                if let Some(emitted) = self.keys.get(key) {
                    let extras = edge.extras.clone();
                    found.insert(Edge { package: emitted.clone(), marker, extras });
                    continue;
                }
                // What cannot be had, what nothing asks for here.
                if self.absent.contains_key(key) || !matches!(package.source, PySource::Folder { .. }) {
                    continue;
                }
                // A project that is not installed, or that asks for extras of its own: what those need.
                let always = (!is_own(&package.source)).then_some((None, &package.needs.always));
                let extras = edge.extras.iter();
                let extras =
                    extras.filter_map(|name| Some((Some(name.clone()), package.needs.extras.get(name)?)));
                for (extra, more) in always.into_iter().chain(extras) {
                    let of = if extra.is_none() { ExtrasOf::Package } else { of };
                    // Members may need each other; each way to one has its own marker.
                    let step = (key.clone(), extra);
                    if !way.contains(&step) {
                        way.push(step);
                        self.add(more, (of, &marker), found, way);
                        way.pop();
                    }
                }
            }
        }
    }
}

fn is_own(source: &PySource) -> bool {
    matches!(source, PySource::Folder { path, .. } if *path == Location::root())
}

/// The entries that an edge may lead to. Of several that are always wanted the newest is.
fn decided<'a>(graph: &PyGraph, edge: &'a PyEdge) -> Vec<&'a PyKey> {
    let always = |key: &&PyKey| graph.packages.get(*key).is_some_and(|package| package.marker.is_always());
    let last = edge.to.iter().rev().find(always);
    edge.to.iter().filter(|key| !always(key) || Some(*key) == last).collect()
}

fn all(markers: impl IntoIterator<Item = Marker>) -> Marker {
    let mut parts = Vec::new();
    for marker in markers {
        match marker {
            Marker::True => {}
            Marker::False => return Marker::False,
            Marker::All(more) => parts.extend(more),
            marker => parts.push(marker),
        }
    }
    let mut seen = BTreeSet::new();
    parts.retain(|part| seen.insert(part.clone()));
    match parts.len() {
        0 => Marker::True,
        1 => parts.remove(0),
        _ => Marker::All(parts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lockfile::{Options, python};
    use crate::policy;

    /// The roots of a requirements file and a pyproject-less lock of PEP 751, keyed as they are emitted.
    fn roots(name: &str, text: &str, policy: &policy::Python) -> (Roots, BTreeMap<PyKey, Key>) {
        let inputs = python::Inputs { file: &|_| None, variable: &|_| None };
        let graph = python::read(name, text, inputs, &Options::default()).unwrap();
        let key = |key: &PyKey| (key.clone(), Key::new(&key.name, key.version.as_ref().unwrap()));
        let keys = graph.packages.keys().map(key).collect();
        let choices = Choices::new(&graph, policy, false);
        let roots = Edges { graph: &graph, keys: &keys, absent: &BTreeMap::new() }.roots(&choices);
        (roots, keys)
    }

    fn shown(edges: &BTreeSet<Edge>) -> Vec<String> {
        let text = |edge: &Edge| serde_json::to_string(edge).unwrap();
        edges.iter().map(text).collect()
    }

    #[test]
    fn lines_of_a_requirements_file_keep_their_markers() {
        let text = "a==1\nb==2 ; sys_platform == 'linux'\n";
        let (roots, _) = roots("requirements.txt", text, &policy::Python::default());
        let marker = r#"{"variable":"sys_platform","op":"==","value":"linux"}"#;
        assert_eq!(
            shown(&roots.roots),
            ["\"a@1\"".to_owned(), format!(r#"{{"package":"b@2","marker":{marker}}}"#)]
        );
        assert!(roots.dev_roots.is_empty());
    }

    #[test]
    fn members_that_are_not_installed_and_need_each_other() {
        let member = |name: &str, needs: &str, marker: &str| {
            format!(
                "[[package]]\nname = '{name}'\nversion = '1'\nsource = {{ virtual = '{name}' }}\n\
                 dependencies = [{{ name = '{needs}', marker = \"python_version >= '3.12'\" }}, {{ name = 'z', marker = \"{marker}\" }}]\n"
            )
        };
        let text = format!(
            "version = 1\nrequires-python = '>=3.11'\n[manifest]\nmembers = ['a', 'b']\n{}{}[[package]]\nname = 'z'\n\
             version = '1'\nsource = {{ virtual = 'z' }}\n",
            member("a", "b", "sys_platform == 'linux'"),
            member("b", "a", "sys_platform == 'darwin'"),
        );
        let inputs = python::Inputs { file: &|_| None, variable: &|_| None };
        let graph = python::read("uv.lock", &text, inputs, &Options::default()).unwrap();
        let z = graph.packages.keys().find(|key| key.name.as_str() == "z").unwrap();
        let keys = BTreeMap::from([(z.clone(), Key::new(&z.name, z.version.as_ref().unwrap()))]);
        let roots = Edges { graph: &graph, keys: &keys, absent: &BTreeMap::new() }.roots(&Choices::default());
        assert_eq!(shown(&roots.roots).len(), 4, "each way has its marker: {:?}", shown(&roots.roots));
    }

    #[test]
    fn default_groups_of_pylock_are_installed_and_others_where_they_are_chosen() {
        let text = "lock-version = '1.0'\ncreated-by = 'x'\ndependency-groups = ['main', 'docs']\n\
            default-groups = ['main']\n[[packages]]\nname = 'a'\nversion = '1'\n\
            marker = \"'docs' in dependency_groups\"\nsdist = { url = 'https://a.example/a-1.tar.gz', hashes = { \
            sha256 = '0000000000000000000000000000000000000000000000000000000000000000' } }\n";
        let groups = |policy: &policy::Python| roots("pylock.toml", text, policy).0.default_groups;
        assert_eq!(groups(&policy::Python::default()), BTreeSet::from(["main".to_owned()]));
        let docs = policy::Python {
            groups: Some([PyName::new("docs").unwrap()].into()),
            ..policy::Python::default()
        };
        assert_eq!(groups(&docs).len(), 2);
    }
}
