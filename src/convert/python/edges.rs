//! From the requirements of a lockfile's entries to those of the emitted packages.

use std::collections::{BTreeMap, BTreeSet};

use super::decided::Absent;
use super::scope::Choices;
use crate::emit::model::python::marker::{ExtrasOf, Marker, chosen};
use crate::emit::model::python::{Edge, Key};
use crate::graph::Location;
use crate::graph::python::{Needs, PyEdge, PyGraph, PyKey, PySource};
use crate::python::PyName;
use crate::python::marker as graph;
use crate::python::marker::Choice;

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
    /// The folder of the project that is emitted.
    pub at: &'a Location,
    /// Whether other projects are emitted over the same edges.
    pub has_members: bool,
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

    /// What the lockfile's projects begin with: of a workspace without a project of its own every member.
    pub fn roots(&self, choices: &Choices) -> Roots {
        self.roots_of(&self.graph.roots, choices)
    }

    /// What a member of the workspace begins with, alone.
    pub fn member(&self, key: &PyKey, choices: &Choices) -> Roots {
        self.roots_of(&BTreeSet::from([key.clone()]), choices)
    }

    fn roots_of(&self, projects: &BTreeSet<PyKey>, choices: &Choices) -> Roots {
        let graph = self.graph;
        let Choices { extras: chosen_extras, groups: run_groups, dev_groups } = choices;
        let (mut roots, mut dev_roots) = (BTreeSet::new(), BTreeSet::new());
        let mut followed = BTreeSet::new();
        let mut take = |needs: &Needs| {
            roots.extend(self.each(&needs.always, ExtrasOf::Project));
            followed.extend(self.followed(&needs.always));
            for extra in chosen_extras {
                let edges = needs.extras.get(extra).map_or(&[][..], Vec::as_slice);
                roots.extend(self.project(edges));
                followed.extend(self.followed(edges));
            }
            for group in run_groups {
                let edges = needs.groups.get(group).map_or(&[][..], Vec::as_slice);
                roots.extend(self.project(edges));
                followed.extend(self.followed(edges));
            }
            for group in dev_groups {
                dev_roots.extend(needs.groups.get(group).into_iter().flat_map(|edges| self.project(edges)));
            }
        };
        // What the top has besides is its own.
        if *projects == graph.roots {
            take(&graph.top);
        }
        for root in projects {
            if let Some(package) = graph.packages.get(root) {
                take(&package.needs);
            }
        }
        for root in projects {
            roots.extend(self.keys.get(root).map(|key| Edge::from(key.clone())));
        }
        let mut extras: BTreeSet<String> =
            chosen_extras.iter().cloned().map(|extra| chosen(&Choice::Extra(extra))).collect();
        let names: Vec<&PyName> = projects.iter().map(|root| &root.name).collect();
        // They are only asked for where members exclude each other.
        if self.has_members && graph.markers().any(asks_for_projects) {
            extras.extend(names.iter().map(|name| chosen(&Choice::Project((*name).clone()))));
        }
        extras.extend(chosen_extras.iter().flat_map(|extra| {
            names.iter().map(|name| chosen(&Choice::ExtraOf((*name).clone(), extra.clone())))
        }));
        extras.extend(followed.iter().map(chosen));
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

    fn is_own(&self, source: &PySource) -> bool {
        matches!(source, PySource::Folder { path, .. } if path == self.at)
    }

    fn project(&self, edges: &[PyEdge]) -> BTreeSet<Edge> {
        self.each(edges, ExtrasOf::Project)
    }

    /// The extras that are always asked for of projects which are not emitted: nobody who reads the emitted edges sees them
    /// asked for.
    fn followed(&self, edges: &[PyEdge]) -> BTreeSet<Choice> {
        let mut found = BTreeSet::new();
        loop {
            let before = found.len();
            let mut open: Vec<&PyEdge> = edges.iter().collect();
            let mut seen = BTreeSet::new();
            while let Some(edge) = open.pop() {
                if !self.settled(&edge.marker, edge, &found).is_always() {
                    continue;
                }
                for key in edge.to.iter().filter(|key| !self.keys.contains_key(*key)) {
                    let Some(package) = self.graph.packages.get(key) else { continue };
                    found.extend(edge.chooses());
                    if !self.is_own(&package.source) && seen.insert((key, None)) {
                        open.extend(&package.needs.always);
                    }
                    let new = edge.extras.iter().filter(|extra| seen.insert((key, Some(*extra))));
                    open.extend(new.filter_map(|extra| package.needs.extras.get(extra)).flatten());
                }
            }
            if found.len() == before {
                return found;
            }
        }
    }

    fn each(&self, edges: &[PyEdge], of: ExtrasOf) -> BTreeSet<Edge> {
        let mut found = BTreeSet::new();
        self.add(edges, of, &Above::default(), &mut found, &mut Vec::new());
        found
    }

    /// What is left of a marker that stands with an edge, or with what it leads to: uv takes the extras that the edge asks
    /// for as active there, as are those on the way to it; which projects an installation is for is known.
    fn settled(&self, marker: &graph::Marker, edge: &PyEdge, active: &BTreeSet<Choice>) -> graph::Marker {
        marker.settled(&|choice| match choice {
            Choice::ExtraOf(..) => {
                (active.contains(choice) || edge.chooses().any(|its| its == *choice)).then_some(true)
            }
            Choice::Project(_) if self.has_members => None,
            Choice::Project(name) => Some(self.graph.roots.iter().any(|root| root.name == *name)),
            Choice::Extra(_) | Choice::Group(_) | Choice::GroupOf(..) => None,
        })
    }

    fn add(
        &self,
        edges: &[PyEdge],
        of: ExtrasOf,
        above: &Above,
        found: &mut BTreeSet<Edge>,
        way: &mut Vec<(PyKey, Option<PyName>)>,
    ) {
        for edge in edges {
            for key in decided(self.graph, edge) {
                let Some(package) = self.graph.packages.get(key) else { continue };
                let own = Marker::new(&self.settled(&edge.marker, edge, &above.active), of);
                let entry =
                    Marker::new(&self.settled(&package.marker, edge, &above.active), ExtrasOf::Project);
                let marker = all([above.marker.clone(), own, entry]);
                if marker == Marker::False {
                    continue;
                }
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
                let always = (!self.is_own(&package.source)).then_some((None, &package.needs.always));
                let active = above.active.iter().cloned().chain(edge.chooses()).collect();
                let below = Above { marker, active };
                let extras = edge.extras.iter();
                let extras =
                    extras.filter_map(|name| Some((Some(name.clone()), package.needs.extras.get(name)?)));
                for (extra, more) in always.into_iter().chain(extras) {
                    let of = if extra.is_none() { ExtrasOf::Package } else { of };
                    // Members may need each other; each way to one has its own marker.
                    let step = (key.clone(), extra);
                    if !way.contains(&step) {
                        way.push(step);
                        self.add(more, of, &below, found, way);
                        way.pop();
                    }
                }
            }
        }
    }
}

/// What projects that are not emitted say of the edges below them: when they are wanted, and with which extras.
#[derive(Default)]
struct Above {
    marker: Marker,
    active: BTreeSet<Choice>,
}

fn asks_for_projects(marker: &graph::Marker) -> bool {
    match marker {
        graph::Marker::All(parts) | graph::Marker::Any(parts) => parts.iter().any(asks_for_projects),
        graph::Marker::Is(graph::Test::Environment(_)) => false,
        graph::Marker::Is(graph::Test::Choice { choice, .. }) => matches!(choice, Choice::Project(_)),
    }
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
        let roots = Edges {
            graph: &graph,
            keys: &keys,
            absent: &BTreeMap::new(),
            at: &Location::root(),
            has_members: false,
        }
        .roots(&choices);
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
        let roots = roots_with_z(&text);
        assert_eq!(shown(&roots.roots).len(), 4, "each way has its marker: {:?}", shown(&roots.roots));
    }

    /// The roots of a uv.lock of which only `z` is installed.
    fn roots_with_z(text: &str) -> Roots {
        let inputs = python::Inputs { file: &|_| None, variable: &|_| None };
        let graph = python::read("uv.lock", text, inputs, &Options::default()).unwrap();
        let z = graph.packages.keys().find(|key| key.name.as_str() == "z").unwrap();
        let keys = BTreeMap::from([(z.clone(), Key::new(&z.name, z.version.as_ref().unwrap()))]);
        let (absent, at) = (BTreeMap::new(), Location::root());
        Edges { graph: &graph, keys: &keys, absent: &absent, at: &at, has_members: false }
            .roots(&Choices::default())
    }

    fn is_root(source: &PySource) -> bool {
        matches!(source, PySource::Folder { path, .. } if path.is_root())
    }

    /// What is emitted of a member of a workspace: `KEY[EXTRAS] MARKER`, a marker that always holds left out.
    fn of_suite(
        package: &str,
        policy: &policy::Python,
    ) -> (Vec<String>, BTreeMap<String, Vec<String>>, Roots) {
        let text = include_str!("../../../tests/lockfiles/python/uv-suite/uv.lock");
        let inputs = python::Inputs { file: &|_| None, variable: &|_| None };
        let package = PyName::new(package).unwrap();
        let options = Options { package: Some(&package), ..Options::default() };
        let graph = python::read("uv.lock", text, inputs, &options).unwrap();
        let installed = graph.packages.iter().filter(|(_, package)| !is_root(&package.source));
        let key = |key: &PyKey| (key.clone(), Key::new(&key.name, key.version.as_ref().unwrap()));
        let keys = installed.map(|(it, _)| key(it)).collect();
        let (absent, at) = (BTreeMap::new(), Location::root());
        let edges = Edges { graph: &graph, keys: &keys, absent: &absent, at: &at, has_members: false };
        let needs = |key: &PyKey| {
            let (always, extras) = edges.of(&graph.packages[key].needs);
            let extras =
                extras.into_iter().map(|(extra, edges)| format!("{extra}: {}", shown(&edges).join(", ")));
            shown(&always).into_iter().chain(extras).collect()
        };
        let all = keys.keys().map(|key| (key.to_string(), needs(key))).collect();
        let roots = edges.roots(&Choices::new(&graph, policy, false));
        (shown(&roots.roots), all, roots)
    }

    #[test]
    fn what_is_known_of_members_and_extras_is_settled() {
        let plain = policy::Python::default();
        let (roots, all, _) = of_suite("web", &plain);
        let engine = r#"{"package":"engine@0.1.0","extras":["small"]}"#.to_owned();
        let idna = "\"idna@3.4\"".to_owned();
        assert_eq!(
            roots,
            ["\"engine@0.1.0\"".to_owned(), engine.clone(), idna.clone(), "\"web@0.1.0\"".to_owned()]
        );
        assert_eq!(all["web@0.1.0"][..3], ["\"engine@0.1.0\"".to_owned(), engine, idna]);
        let (_, all, roots) = of_suite("batch", &plain);
        let of = |key: &str, text: &str| all[key].iter().find(|edge| edge.contains(text)).unwrap().as_str();
        let large = of("batch@0.1.0", "large");
        assert!(large.contains(r#""value":"linux""#) && !large.contains("engine-large"), "its own: {large}");
        assert_eq!(of("batch@0.1.0", "idna"), r#""idna@3.20""#, "the project is a root");
        let idna = of("cowsay@6.1", "idna@3.20");
        assert!(
            idna.contains("extra-6-engine-large"),
            "whether that is asked for, an environment shows: {idna}"
        );
        assert!(!all.values().flatten().any(|edge| edge.contains("project-")), "{all:?}");
        assert!(roots.extras.is_empty(), "{:?}", roots.extras);
    }

    /// Nobody who reads the emitted edges sees that extras of what is not emitted are asked for.
    #[test]
    fn extras_of_projects_that_are_not_installed_are_chosen() {
        let member = |name: &str, rest: &str| {
            format!(
                "[[package]]\nname = '{name}'\nversion = '1'\nsource = {{ virtual = '{name}' }}\n{rest}\n"
            )
        };
        let text = [
            "version = 1\nrequires-python = '>=3.11'\n[manifest]\nmembers = ['p']\n",
            &member("p", "dependencies = [{ name = 'q', extra = ['x'] }, { name = 'z', marker = \"extra == 'extra-1-q-y'\" }]"),
            &member("q", "[package.optional-dependencies]\nx = [{ name = 'q', extra = ['y'], marker = \"extra == 'extra-1-q-x'\" }, { name = 'r', extra = ['w'], marker = \"sys_platform == 'x'\" }]\ny = []"),
            &member("r", "[package.optional-dependencies]\nw = [{ name = 'z', marker = \"extra == 'extra-1-r-w'\" }]"),
            &member("z", ""),
        ]
        .concat();
        let roots = roots_with_z(&text);
        assert_eq!(roots.extras, ["extra-1-q-x", "extra-1-q-y"].map(str::to_owned).into());
        let platform = r#""marker":{"variable":"sys_platform","op":"==","value":"x"}}"#;
        assert!(
            shown(&roots.roots).contains(&format!(r#"{{"package":"z@1",{platform}"#)),
            "{:?}",
            roots.roots
        );
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
