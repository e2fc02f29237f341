//! Run-time packages that the user adds to a lockfile that lacks them: found in the index, with all that they require,
//! and pinned.

use std::collections::{BTreeMap, BTreeSet};

use pep508_rs::MarkerTree;

use crate::convert::build_requirements;
use crate::failure::Failure;
use crate::graph::Purl;
use crate::graph::python::PyGraph;
use crate::pins::Pins;
use crate::plan::python::{Ask, KnownReleases};
use crate::policy::{self, FILE};
use crate::problem::{Problem, python as problem};
use crate::progress::Progress;
use crate::python::Listed;
use crate::python::Requirement;
use crate::python::Target;
use crate::python::marker::diagram;
use crate::python::marker::diagram::Cells;
use crate::python::marker::{Choice, Marker};
use crate::python::requirement::What;
use crate::python::target::{Places, settled};
use crate::python::{PyName, PyVersion};
use crate::world::World;

/// How often versions may change each other.
const TURNS: usize = 200;

/// Adds what `requires` asks for (PEP 508), and what that requires, as far as the lockfile has nothing of that name. A
/// version that was pinned before is taken again while it does. Gives what is to be said.
///
/// # Errors
/// Requirements that nothing in the index meets, or that contradict each other; an index that does not answer.
pub async fn add(
    world: &World,
    graph: &mut PyGraph,
    policy: &policy::Python,
    prior: &Pins,
    target: &Target,
    progress: Progress,
) -> Result<Vec<Problem>, Failure> {
    let mut warnings = Vec::new();
    let mut roots: Vec<Requirement> = Vec::new();
    let locked = graph.packages.keys().map(|key| key.name.clone()).collect::<BTreeSet<_>>();
    for text in &policy.requires {
        let requirement = Requirement::parse(text)
            .map_err(|why| Failure::one(problem::not_added(text, &format!("it {why}"))))?;
        let name = &requirement.name;
        if locked.contains(name) {
            let version = graph.versions(name).next().map(|version| format!("@{version}"));
            let shown = format!("{name}{}", version.unwrap_or_default());
            warnings.push(problem::already_locked(text, &shown));
        } else {
            roots.push(requirement);
        }
    }
    if roots.is_empty() {
        return Ok(warnings);
    }
    let extras = policy.extras.iter().cloned().map(Choice::Extra);
    let groups = policy.groups.iter().flatten().cloned().map(Choice::Group);
    let chosen = extras.chain(groups).collect();
    let pinned = |name: &PyName, version: &PyVersion| {
        prior.packages.contains_key(&Purl::pypi(name, &version.to_string()))
    };
    let additions = Additions { roots: &roots, chosen: &chosen, locked: &locked, pinned: &pinned, target };
    let waits = progress.waiting("added packages");
    let mut known = KnownReleases::default();
    let added = loop {
        match additions.solve(&known).map_err(|problem| Failure::one(*problem))? {
            Solved::Added(added) => break added,
            Solved::Asks(asks) => build_requirements::ask(world, &mut known, asks).await.map_err(failed)?,
        }
    };
    drop(waits);
    for ((name, version), marker) in added {
        graph.add_top(&name, &version, marker);
    }
    Ok(warnings)
}

/// What is added, and what that depends on.
struct Additions<'a> {
    roots: &'a [Requirement],
    /// What is chosen of the project: markers of the roots may ask for it.
    chosen: &'a BTreeSet<Choice>,
    /// Names of the lockfile: nothing is added of them.
    locked: &'a BTreeSet<PyName>,
    /// Whether a version was pinned before.
    pinned: &'a dyn Fn(&PyName, &PyVersion) -> bool,
    target: &'a Target,
}

/// How far it came.
#[derive(Debug, PartialEq)]
enum Solved {
    Asks(BTreeSet<Ask>),
    Added(BTreeMap<(PyName, PyVersion), Marker>),
}

type Versions = BTreeMap<PyName, PyVersion>;

/// What all requirements of a name ask for together.
struct Node {
    places: Places,
    /// Where any of them holds.
    when: MarkerTree,
    extras: BTreeSet<PyName>,
    /// Each requirement as it shows in a problem.
    wants: BTreeMap<String, What>,
}

impl Node {
    fn new() -> Self {
        Self { places: 0, when: MarkerTree::FALSE, extras: BTreeSet::new(), wants: BTreeMap::new() }
    }
}

impl Additions<'_> {
    /// One version of each name that meets all requirements of it. Another version may require other things, so this is
    /// done again with what was chosen until nothing changes.
    fn solve(&self, known: &KnownReleases) -> Result<Solved, Box<Problem>> {
        let mut versions = Versions::new();
        for _ in 0..TURNS {
            let mut asks = BTreeSet::new();
            let nodes = self.spread(&versions, known, &mut asks)?;
            let (mut next, mut unmet) = (Versions::new(), None);
            for (name, node) in &nodes {
                let Some(listed) = known.projects.get(name) else {
                    asks.insert(Ask::Project(name.clone()));
                    continue;
                };
                match self.pick(name, node, listed) {
                    Ok(one) => _ = next.insert(name.clone(), one.version.clone()),
                    // Another version of what wants it may be chosen yet, and want another.
                    Err(problem) => unmet = unmet.or(Some(problem)),
                }
            }
            if next != versions {
                versions = next;
            } else if !asks.is_empty() {
                return Ok(Solved::Asks(asks));
            } else if let Some(problem) = unmet {
                return Err(problem);
            } else {
                let added = nodes.into_iter().filter_map(|(name, node)| {
                    let version = versions.get(&name)?.clone();
                    Some(((name, version), diagram::marker(&node.when)))
                });
                return Ok(Solved::Added(added.collect()));
            }
        }
        let texts: Vec<_> = self.roots.iter().map(Requirement::without_marker).collect();
        let why = "the versions of what it requires change each other without end";
        Err(Box::new(problem::not_added(&texts.join(", "), why)))
    }

    /// What the roots lead to, with the versions chosen so far.
    fn spread(
        &self,
        versions: &Versions,
        known: &KnownReleases,
        asks: &mut BTreeSet<Ask>,
    ) -> Result<BTreeMap<PyName, Node>, Box<Problem>> {
        let mut spread = Spread { additions: self, nodes: BTreeMap::new(), open: BTreeSet::new() };
        let mut cells = Cells::default();
        let mut check = |requirement: &Requirement| {
            cells.add(&requirement.marker);
            let why = |error| problem::not_added(&requirement.without_marker(), &format!("{error}"));
            cells.check().map_err(|error| Box::new(why(error)))
        };
        for root in self.roots {
            check(root)?;
            spread.add(root, self.chosen, self.target.all(), &MarkerTree::TRUE, root.without_marker());
        }
        while let Some(name) = spread.open.pop_first() {
            let (Some(version), Some(node)) = (versions.get(&name), spread.nodes.get(&name)) else {
                continue;
            };
            let Some(dependencies) = known.dependencies.get(&(name.clone(), version.clone())) else {
                asks.insert(Ask::Dependencies(name, version.clone()));
                continue;
            };
            let extras: BTreeSet<Choice> = node.extras.iter().cloned().map(Choice::Extra).collect();
            let (places, when) = (node.places, node.when.clone());
            for dependency in dependencies {
                check(dependency)?;
                let shown = format!("{} of {name}@{version}", dependency.without_marker());
                spread.add(dependency, &extras, places, &when, shown);
            }
        }
        Ok(spread.nodes)
    }

    /// The version that was pinned before, else the newest final one that was not withdrawn.
    fn pick<'l>(&self, name: &PyName, node: &Node, listed: &'l [Listed]) -> Result<&'l Listed, Box<Problem>> {
        let usable = |one: &&Listed| {
            let files = || one.sdist.iter().chain(&one.wheels);
            let python = files().find_map(|file| file.requires_python.as_deref());
            files().any(|file| file.yanked.is_none())
                && python.is_none_or(|text| self.target.supported(text).1)
        };
        let meets = |what: &What, one: &Listed| match what {
            What::Versions(specifiers) => specifiers.contains(one.version.parts()),
            What::Url(_) => false,
        };
        let usable: Vec<&Listed> = listed.iter().filter(usable).collect();
        let mut fitting = usable.clone();
        let mut met: Vec<&str> = Vec::new();
        for (shown, what) in &node.wants {
            fitting.retain(|one| meets(what, one));
            if !fitting.is_empty() {
                met.push(shown);
                continue;
            }
            if !usable.iter().any(|one| meets(what, one)) {
                return Err(Box::new(problem::not_added(shown, "nothing in the index meets it")));
            }
            // Those that contradict it alone; else it is all of them together.
            let others = node.wants.iter().filter(|(other, _)| met.contains(&other.as_str()));
            let alone =
                others.filter(|(_, other)| !usable.iter().any(|one| meets(what, one) && meets(other, one)));
            let alone: Vec<&str> = alone.map(|(other, _)| other.as_str()).collect();
            let against = if alone.is_empty() { met } else { alone };
            let why = format!("no version of {name} meets it and {}", against.join(" and "));
            return Err(Box::new(problem::not_added(shown, &why)));
        }
        let is_pinned = |one: &&&Listed| (self.pinned)(name, &one.version);
        let is_final = |one: &&&Listed| !one.version.parts().any_prerelease();
        let newest = || fitting.iter().rev().find(is_final).or(fitting.last());
        let one = fitting.iter().rev().find(is_pinned).or_else(newest).copied();
        one.ok_or_else(|| Box::new(problem::not_added(name.as_str(), "nothing in the index meets it")))
    }
}

struct Spread<'a> {
    additions: &'a Additions<'a>,
    nodes: BTreeMap<PyName, Node>,
    /// Whose requirements are to be followed, again where more was asked of them.
    open: BTreeSet<PyName>,
}

impl Spread<'_> {
    /// A requirement of what is there at `places`, when `above` holds, with these of its extras.
    fn add(
        &mut self,
        requirement: &Requirement,
        extras: &BTreeSet<Choice>,
        places: Places,
        above: &MarkerTree,
        shown: String,
    ) {
        let Additions { locked, target, .. } = self.additions;
        let places = target.may(&requirement.marker, extras) & places;
        let marker = settled(&requirement.marker, extras);
        let mut when = diagram::of(&marker, &|_, _| MarkerTree::FALSE);
        when.and(above.clone());
        if places == 0 || when.is_false() || locked.contains(&requirement.name) {
            return;
        }
        let is_new = !self.nodes.contains_key(&requirement.name);
        let node = self.nodes.entry(requirement.name.clone()).or_insert_with(Node::new);
        when.or(node.when.clone());
        let grown = node.places | places != node.places
            || when != node.when
            || !requirement.extras.is_subset(&node.extras);
        node.places |= places;
        node.when = when;
        node.extras.extend(requirement.extras.iter().cloned());
        node.wants.insert(shown, requirement.what.clone());
        if is_new || grown {
            self.open.insert(requirement.name.clone());
        }
    }
}

fn failed(why: Failure) -> Failure {
    let of_file = |problem: Problem| problem.at(FILE);
    match why {
        Failure::Unreachable(problem) => Failure::Unreachable(of_file(problem)),
        Failure::Input(problems) => Failure::Input(problems.into_iter().map(of_file).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::Distribution;
    use crate::python::filename;

    fn name(text: &str) -> PyName {
        PyName::new(text).unwrap()
    }

    fn listed(project: &str, version: &str) -> Listed {
        let filename = format!("{project}-{version}-py3-none-any.whl");
        let wheel = Distribution {
            kind: filename::parse(&name(project), &filename).unwrap().1,
            filename,
            url: "https://example.org/".parse().unwrap(),
            integrity: None,
            size: None,
            yanked: None,
            requires_python: None,
            upload_time: None,
            core_metadata: None,
            provenance: None,
        };
        Listed { version: PyVersion::new(version).unwrap(), sdist: None, wheels: vec![wheel] }
    }

    /// What is added over an index of `NAME@VERSION`, each with its requirements: a line each, or the problem.
    fn added(index: &[(&str, &[&str])], roots: &[&str], prior: &[&str]) -> Vec<String> {
        let read = |texts: &[&str]| texts.iter().map(|text| Requirement::parse(text).unwrap()).collect();
        let roots: Vec<Requirement> = read(roots);
        let (chosen, locked) = (BTreeSet::new(), [name("locked")].into());
        let pinned = |name: &PyName, version: &PyVersion| prior.contains(&&*format!("{name}@{version}"));
        let target = Target::new(&[11, 12]);
        let all =
            Additions { roots: &roots, chosen: &chosen, locked: &locked, pinned: &pinned, target: &target };
        let mut known = KnownReleases::default();
        loop {
            let asks = match all.solve(&known) {
                Ok(Solved::Asks(asks)) => asks,
                Ok(Solved::Added(added)) => {
                    let line = |((name, version), marker): (&(PyName, PyVersion), &Marker)| {
                        format!("{name}@{version}; {marker}").trim_end_matches("; ").to_owned()
                    };
                    return added.iter().map(line).collect();
                }
                Err(problem) => return vec![format!("{:?}: {}", problem.package, problem.message)],
            };
            for ask in asks {
                match ask {
                    Ask::Project(project) => {
                        let its = index.iter().filter_map(|(key, _)| key.split_once('@'));
                        let its = its.filter(|(name, _)| *name == project.as_str());
                        let its = its.map(|(name, version)| listed(name, version)).collect();
                        assert!(known.projects.insert(project, its).is_none(), "asked twice");
                    }
                    Ask::Dependencies(project, version) => {
                        let key = format!("{project}@{version}");
                        let texts = index.iter().find(|(its, _)| *its == key).unwrap().1;
                        known.dependencies.insert((project, version), read(texts));
                    }
                    Ask::Files(..) => panic!("nothing is built"),
                }
            }
        }
    }

    #[test]
    fn all_requirements_of_a_name_count() {
        let index: &[(&str, &[&str])] = &[
            ("aa@1", &[]),
            ("aa@2", &["xx; extra == 'x'", "bb"]),
            ("bb@1", &["aa"]),
            ("old@1", &["aa<2"]),
            ("more@1", &["aa[x]; python_version >= '3.12'"]),
            ("new@1", &["aa>=2"]),
            ("xx@1", &["locked", "gone; sys_platform == 'win32'"]),
            ("patch@1", &["xx; python_full_version == '3.12.4'"]),
            ("pp@1", &[]),
            ("pp@2", &["aa<1"]),
            ("qq@1", &["pp<2"]),
        ];
        let below = "python_version < '3.12'";
        let aa = format!("aa; {below}");
        for (roots, prior, expected) in [
            (&["bb", &aa][..], &[][..], &["aa@2", "bb@1"][..]),
            (&[&aa], &[], &["aa@2; python_full_version < '3.12'", "bb@1; python_full_version < '3.12'"]),
            (&["old", "aa"], &[], &["aa@1", "old@1"]),
            (&["aa", "old"], &[], &["aa@1", "old@1"]),
            (&["more", "aa"], &[], &["aa@2", "bb@1", "more@1", "xx@1"]),
            (&["patch"], &[], &["patch@1", "xx@1; python_full_version == '3.12.4'"]),
            (&["aa"], &["aa@1"], &["aa@1"]),
            (&["aa>1"], &["aa@1"], &["aa@2", "bb@1"]),
            // Of the newest version of it something else would follow.
            (&["pp", "aa>1", "qq"], &[], &["aa@2", "bb@1", "pp@1", "qq@1"]),
        ] {
            assert_eq!(added(index, roots, prior), expected, "{roots:?} {prior:?}");
        }
        for (roots, parts) in [
            (&["old", "new"][..], &["aa<2 of old@1", "aa>=2 of new@1"][..]),
            (&["old", "aa==2"], &["aa<2 of old@1", "aa==2"]),
            (&["aa>2"], &["aa>2", "nothing in the index"]),
            (&["gone"], &["gone", "nothing in the index"]),
        ] {
            let said = added(index, roots, &[]).concat();
            assert!(parts.iter().all(|part| said.contains(part)), "{roots:?}: {said}");
        }
    }
}
