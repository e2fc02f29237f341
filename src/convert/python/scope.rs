//! Who wants each entry of a lockfile: the result, the development shell alone, or nothing that is emitted.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::python::{ChosenParts, LockFormat, Needs, PyEdge, PyGraph, PyKey};
use crate::policy;
use crate::python::PyName;
use crate::python::Target;
use crate::python::marker::{Choice, Marker};
use crate::python::target::Places;

/// What is chosen of the projects of a lockfile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    pub extras: BTreeSet<PyName>,
    /// Dependency groups of the result.
    pub groups: BTreeSet<PyName>,
    /// More of them, for the shell.
    pub dev_groups: BTreeSet<PyName>,
}

impl Choices {
    /// What the user says, else what the lockfile's tool installs by itself.
    pub fn new(graph: &PyGraph, policy: &policy::Python, no_dev: bool) -> Self {
        let named = policy.groups.clone().unwrap_or_default();
        let groups: BTreeSet<PyName> = match graph.format {
            // There they are what an installation has (PEP 751); elsewhere what a developer has.
            LockFormat::Pylock => graph.default_groups.union(&named).cloned().collect(),
            _ => named,
        };
        let by_itself =
            if graph.format == LockFormat::Pipfile { &graph.groups } else { &graph.default_groups };
        let developers = match (&policy.dev_groups, &policy.groups) {
            _ if no_dev => BTreeSet::new(),
            (Some(named), _) => named.clone(),
            (None, Some(_)) => BTreeSet::new(),
            (None, None) => by_itself.clone(),
        };
        let dev_groups = developers.difference(&groups).cloned().collect();
        Self { extras: policy.extras.clone(), groups, dev_groups }
    }

    /// Those of the result.
    pub fn chosen(&self) -> ChosenParts {
        ChosenParts { extras: self.extras.clone(), groups: self.groups.clone() }
    }

    /// Groups of the lockfile that nothing has.
    pub fn left_out<'a>(&'a self, graph: &'a PyGraph) -> impl Iterator<Item = &'a PyName> {
        graph.groups.iter().filter(|group| !self.groups.contains(*group) && !self.dev_groups.contains(*group))
    }

    /// Names that the lockfile does not know, with the key of headwater.toml that has them.
    pub fn unknown<'a>(&'a self, graph: &'a PyGraph) -> impl Iterator<Item = (&'static str, &'a PyName)> {
        let groups = self.groups.iter().map(|name| ("groups", name));
        let groups = groups.chain(self.dev_groups.iter().map(|name| ("devGroups", name)));
        let extras = self.extras.iter().map(|name| ("extras", name));
        groups
            .filter(|(_, name)| !graph.groups.contains(*name))
            .chain(extras.filter(|(_, name)| !graph.extras.contains(*name)))
    }
}

/// Who wants an entry, the first that does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The result, or that of a member.
    Run,
    /// The development shell alone, or the result in an environment that few have: PyPy, a single release of Python.
    Shell,
    /// An extra or a group that nobody asked for, or a platform that emitted code is not for.
    Elsewhere,
}

/// The scope of every entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(BTreeMap<PyKey, Scope>);

impl Scopes {
    /// Follows the requirements that may hold in one of the target's environments: those of the roots with what is chosen of
    /// them, those of the other members without extras. What uv encodes as extras of one
    /// project among several is taken to hold: an entry too many is wanted rather than one too few.
    pub fn new(graph: &PyGraph, choices: &Choices, members: &[&PyKey], target: &Target) -> Self {
        let none = BTreeSet::new();
        let run = reached(graph, choices, &choices.groups, &none, members, &|marker, chosen| {
            target.does(marker, chosen)
        });
        let groups = choices.groups.union(&choices.dev_groups).cloned().collect();
        let shell = reached(graph, choices, &groups, &choices.dev_groups, members, &|marker, chosen| {
            target.may(marker, chosen)
        });
        let scope = |key: &PyKey| match () {
            () if run.contains(key) => Scope::Run,
            () if shell.contains(key) => Scope::Shell,
            () => Scope::Elsewhere,
        };
        Self(graph.packages.keys().map(|key| (key.clone(), scope(key))).collect())
    }

    pub fn of(&self, key: &PyKey) -> Scope {
        self.0.get(key).copied().unwrap_or(Scope::Elsewhere)
    }
}

/// Where a marker holds, with these extras and groups chosen.
type Holds<'t> = dyn Fn(&Marker, &BTreeSet<Choice>) -> Places + 't;

fn reached(
    graph: &PyGraph,
    choices: &Choices,
    groups: &BTreeSet<PyName>,
    of_members: &BTreeSet<PyName>,
    members: &[&PyKey],
    holds: &Holds<'_>,
) -> BTreeSet<PyKey> {
    let extras = choices.extras.iter().cloned().map(Choice::Extra);
    let project = extras.chain(groups.iter().cloned().map(Choice::Group)).collect();
    let mut walk = Walk { graph, holds, project, found: BTreeMap::new(), open: Vec::new() };
    let everywhere = holds(&Marker::All(Vec::new()), &BTreeSet::new());
    let of_project = |walk: &mut Walk<'_>, needs: &Needs| {
        let project = walk.project.clone();
        walk.follow(&needs.always, everywhere, &project);
        for extra in &choices.extras {
            walk.follow(needs.extras.get(extra).into_iter().flatten(), everywhere, &project);
        }
        for group in groups {
            walk.follow(needs.groups.get(group).into_iter().flatten(), everywhere, &project);
        }
    };
    of_project(&mut walk, &graph.top);
    for root in &graph.roots {
        walk.add(root, None, everywhere);
        if let Some(package) = graph.packages.get(root) {
            of_project(&mut walk, &package.needs);
        }
    }
    for member in members {
        walk.add(member, None, everywhere);
        let needs = graph.packages.get(*member).map(|package| &package.needs.groups);
        let edges = needs.into_iter().flatten().filter(|(group, _)| of_members.contains(*group));
        let project = walk.project.clone();
        edges.for_each(|(_, edges)| walk.follow(edges, everywhere, &project));
    }
    walk.run();
    walk.found.into_keys().map(|(key, _)| key).collect()
}

/// A package, or (`Some`) one of its extras.
type Node = (PyKey, Option<PyName>);

struct Walk<'g> {
    graph: &'g PyGraph,
    holds: &'g Holds<'g>,
    project: BTreeSet<Choice>,
    found: BTreeMap<Node, Places>,
    open: Vec<Node>,
}

impl Walk<'_> {
    fn run(&mut self) {
        while let Some((key, extra)) = self.open.pop() {
            let Some(package) = self.graph.packages.get(&key) else { continue };
            let above = self.found.get(&(key.clone(), extra.clone())).copied().unwrap_or_default();
            let own: BTreeSet<Choice> = extra.iter().cloned().map(Choice::Extra).collect();
            self.follow(&package.needs.always, above, &own);
            if let Some(extra) = &extra {
                self.follow(package.needs.extras.get(extra).into_iter().flatten(), above, &own);
            }
        }
    }

    fn follow<'e>(
        &mut self,
        edges: impl IntoIterator<Item = &'e PyEdge>,
        above: Places,
        chosen: &BTreeSet<Choice>,
    ) {
        for edge in edges {
            let here = above & (self.holds)(&edge.marker, chosen);
            for key in &edge.to {
                let Some(package) = self.graph.packages.get(key) else { continue };
                let places = here & (self.holds)(&package.marker, &self.project);
                for extra in std::iter::once(None).chain(edge.extras.iter().map(Some)) {
                    self.add(key, extra, places);
                }
            }
        }
    }

    fn add(&mut self, key: &PyKey, extra: Option<&PyName>, places: Places) {
        let node = (key.clone(), extra.cloned());
        let known = self.found.get(&node).copied();
        if places != 0 && known.is_none_or(|known| known | places != known) {
            self.found.insert(node.clone(), known.unwrap_or_default() | places);
            self.open.push(node);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lockfile::{Options, python};

    const LOCK: &str = r#"
        version = 1
        requires-python = ">=3.11"
        manifest = { members = ["app", "side"] }
        [[package]]
        name = "app"
        version = "1"
        source = { virtual = "." }
        dependencies = [{ name = "lib", extra = ["fast"] }]
        [package.optional-dependencies]
        web = [{ name = "server" }]
        [package.dev-dependencies]
        dev = [{ name = "tool" }]
        docs = [{ name = "book" }]
        [[package]]
        name = "side"
        version = "1"
        source = { virtual = "side" }
        dependencies = [{ name = "other" }]
        [[package]]
        name = "lib"
        version = "1"
        source = { virtual = "lib" }
        dependencies = [
            { name = "windows", marker = "sys_platform == 'win32'" },
            { name = "ancient", marker = "python_full_version < '3.11'" },
            { name = "patched", marker = "python_full_version == '3.12.4'" },
            { name = "pypy", marker = "platform_python_implementation == 'PyPy'" },
        ]
        [package.optional-dependencies]
        fast = [{ name = "speedup", marker = "sys_platform == 'darwin'" }]
        slow = [{ name = "nobody" }]
    "#;

    /// The names of each scope: of the result, of the shell alone, of nobody.
    fn scopes(policy: &str, no_dev: bool, with_members: bool) -> [String; 3] {
        let plain =
            ["server", "tool", "book", "other", "windows", "ancient", "speedup", "nobody", "patched", "pypy"];
        let more = plain.map(|name| {
            format!("[[package]]\nname = \"{name}\"\nversion = \"1\"\nsource = {{ virtual = \"{name}\" }}\n")
        });
        let text = format!("{LOCK}\n{}", more.concat());
        let manifest = "[project]\nname = 'app'\n".to_owned();
        let file =
            |path: &crate::graph::Location| (path.as_str() == "pyproject.toml").then(|| manifest.clone());
        let inputs = python::Inputs { file: &file, variable: &|_| None };
        let graph = python::read("uv.lock", &text, inputs, &Options::default()).unwrap();
        let policy: policy::Policy = policy::Policy::parse(policy).unwrap();
        let choices = Choices::new(&graph, &policy.python, no_dev);
        let members: Vec<&PyKey> =
            graph.members.values().filter(|key| with_members && !graph.roots.contains(*key)).collect();
        let scopes = Scopes::new(&graph, &choices, &members, &Target::default());
        let of = |scope: Scope| {
            let named = graph.packages.keys().filter(|key| scopes.of(key) == scope);
            named.map(|key| key.name.to_string()).collect::<Vec<_>>().join(" ")
        };
        [of(Scope::Run), of(Scope::Shell), of(Scope::Elsewhere)]
    }

    #[test]
    fn who_wants_what() {
        let rest = "ancient book nobody other server side windows";
        assert_eq!(scopes("", false, false), ["app lib speedup", "patched pypy tool", rest]);
        let rest = "ancient book nobody other server side tool windows";
        for (policy, no_dev) in
            [("", true), ("[python]\ngroups = []\n", false), ("[python]\ndevGroups = []\n", false)]
        {
            assert_eq!(
                scopes(policy, no_dev, false),
                ["app lib speedup", "patched pypy", rest],
                "{policy} {no_dev}"
            );
        }
    }

    #[test]
    fn what_is_chosen_is_wanted() {
        let policy = "[python]\nextras = ['web']\ngroups = ['docs']\n";
        assert_eq!(scopes(policy, false, false)[..2], ["app book lib server speedup", "patched pypy"]);
        let policy = "[python]\ngroups = ['docs']\ndevGroups = ['dev', 'docs']\n";
        assert_eq!(scopes(policy, false, false)[..2], ["app book lib speedup", "patched pypy tool"]);
    }

    #[test]
    fn members_that_are_emitted_want_theirs() {
        assert_eq!(scopes("", false, true)[0], "app lib other side speedup");
    }
}
