//! From the graph to definitions: one for each package, or for each cycle of packages.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use serde::Serialize;

use super::Input;
use super::machines::{Machines, machines};
use super::model::{Arguments, Copied, Cycle, Explicit, Member, Others, Package, Program, Set, Sometimes};
use crate::emit::guix::definition::{Definition, Inputs, Source, Words};
use crate::emit::guix::names::{Ecosystem, Named, Upstream, named};
use crate::emit::guix::sexp::{Sexp, text};
use crate::emit::guix::words::Subject;
use crate::graph::{EdgeKind, Graph, Location};
use crate::plan::instances::{Instance, Instances};

/// Why a package is not tested. The lockfile has what packages run with, not what they are developed with.
const UNTESTED: &str = "Tests need development dependencies, which the lockfile does not have.";
/// The same of the project.
const OWN_UNTESTED: &str = "Tests are run where the project is developed: see manifest.scm.";

/// What Guix wants to be told of a patch.
const PATCH_HEAD: &str = "\
    Make package.json what was published: its publisher changed it after the commit.\n\n\
    Upstream status: not applicable.\n\n";

/// All definitions of a project.
pub struct Made {
    /// Those of the channel.
    pub channel: Part,
    /// Those that are parts of the project, or need one.
    pub local: Part,
    pub own: Definition<Arguments>,
    /// Patches of manifests, by the path that definitions name.
    pub patches: BTreeMap<String, String>,
}

/// What one module defines.
#[derive(Default)]
pub struct Part {
    pub sources: Vec<Origin>,
    pub others: Vec<Others>,
    pub cycles: Vec<Cycle>,
    pub definitions: Vec<Definition<Arguments>>,
}

/// The source of a package that is only a member of a cycle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Origin {
    pub variable: String,
    pub source: Sexp,
}

/// Makes them, in an order in which each follows what it inherits.
///
/// # Errors
/// The project needs something that no system of Guix can have; a package that nothing is known of.
pub fn all(input: &Input<'_>) -> anyhow::Result<Made> {
    let scene = Scene::new(input)?;
    let (mut channel, mut local) = (Part::default(), Part::default());
    let locals = scene.locals();
    for group in (0..scene.groups.len()).filter(|group| *group != scene.group[scene.root]) {
        let part = if locals.contains(&group) { &mut local } else { &mut channel };
        let definition = scene.definition(group, part)?;
        part.definitions.push(definition);
        part.sources.extend(scene.sources(group)?);
    }
    for part in [&mut channel, &mut local] {
        // A definition that inherits comes after the one that it inherits, whose variable its own begins with.
        part.definitions.sort_by(|left, right| left.variable.cmp(&right.variable));
        part.sources.sort_by(|left, right| left.variable.cmp(&right.variable));
        part.others.sort_by(|left, right| left.variable.cmp(&right.variable));
        part.cycles.sort_by(|left, right| left.variable.cmp(&right.variable));
    }
    let own = scene.own(&mut local)?;
    Ok(Made { channel, local, own, patches: scene.patches()? })
}

/// The graph as packages of Guix see it.
struct Scene<'a> {
    input: &'a Input<'a>,
    machines: BTreeMap<&'a Location, Machines>,
    instances: Instances,
    root: usize,
    /// Instances that are one definition, the one that it is named after first; only what the project needs.
    groups: Vec<Vec<usize>>,
    /// The group of each instance; of those that nothing needs it means nothing.
    group: Vec<usize>,
    /// The first instance of the same package, where that is another.
    base: BTreeMap<usize, usize>,
    variables: BTreeMap<usize, Named>,
    /// Where each instance lies in the output of its group.
    folders: BTreeMap<usize, String>,
}

impl<'a> Scene<'a> {
    fn new(input: &'a Input<'a>) -> anyhow::Result<Self> {
        let graph: &Graph = input.graph;
        let machines = machines(graph);
        let instances = Instances::new(graph, &|location, node| {
            if location.is_root() {
                return Some(String::new());
            }
            (input.key)(location, node).filter(|_| !machines[location].is_none())
        });
        let root = Location::root();
        anyhow::ensure!(
            !machines[&root].is_none(),
            "the project needs a package that no system of Guix can have"
        );
        let root = *instances.at.get(&root).context("the lockfile has no entry for the project")?;
        let wanted = reached(&instances, root);
        let mut scene = Self {
            group: vec![usize::MAX; instances.list.len()],
            input,
            machines,
            root,
            groups: Vec::new(),
            base: BTreeMap::new(),
            variables: BTreeMap::new(),
            folders: BTreeMap::new(),
            instances,
        };
        for mut cycle in scene.instances.cycles() {
            cycle.retain(|instance| wanted.contains(instance));
            let depth = |instance: &usize| {
                let location = &scene.instances.list[*instance].location;
                (location.as_str().matches("node_modules/").count(), location)
            };
            cycle.sort_by_key(depth);
            if !cycle.is_empty() {
                scene.groups.push(cycle);
            }
        }
        for (index, group) in scene.groups.iter().enumerate() {
            for instance in group {
                scene.group[*instance] = index;
            }
        }
        scene.name(&wanted)?;
        scene.place()?;
        Ok(scene)
    }

    fn key(&self, instance: usize) -> Option<String> {
        let location = &self.instances.list[instance].location;
        (self.input.key)(location, self.input.graph.nodes.get(location)?)
    }

    fn package(&self, instance: usize) -> anyhow::Result<&'a Package> {
        let location = &self.instances.list[instance].location;
        let package = self.key(instance).and_then(|key| self.input.packages.get(&key));
        package.with_context(|| format!("nothing was found out about {location}, which is installed"))
    }

    fn machines(&self, instance: usize) -> &Machines {
        &self.machines[&self.instances.list[instance].location]
    }

    /// Variables for all that is wanted; the same package in another surrounding gets a number.
    fn name(&mut self, wanted: &BTreeSet<usize>) -> anyhow::Result<()> {
        let mut order: Vec<_> = wanted.iter().copied().filter(|instance| *instance != self.root).collect();
        order.sort_by_key(|instance| &self.instances.list[*instance].location);
        let upstream = |package: &'a Package| Upstream {
            ecosystem: Ecosystem::Npm,
            name: &package.name,
            version: &package.version,
        };
        let mut all = BTreeSet::new();
        for instance in &order {
            all.insert(upstream(self.package(*instance)?));
        }
        let names = named(&all);
        let mut first: BTreeMap<String, usize> = BTreeMap::new();
        let mut count: BTreeMap<Upstream<'_>, usize> = BTreeMap::new();
        for instance in order {
            let package = upstream(self.package(instance)?);
            let mut named = names[&package].clone();
            let number = count.entry(package).or_default();
            *number += 1;
            if *number > 1 {
                named.variable = format!("{}-variant-{number}", named.variable);
            }
            self.variables.insert(instance, named);
            let key = self.key(instance).unwrap_or_default();
            let base = *first.entry(key).or_insert(instance);
            if base != instance {
                self.base.insert(instance, base);
            }
        }
        Ok(())
    }

    /// Two packages of one name in a cycle cannot both lie in `lib/node_modules`.
    fn place(&mut self) -> anyhow::Result<()> {
        for group in &self.groups {
            let mut taken = BTreeSet::new();
            for instance in group.iter().filter(|instance| **instance != self.root) {
                let package = self.package(*instance)?;
                let folder = if taken.insert(&package.name) {
                    format!("lib/node_modules/{}", package.name)
                } else {
                    format!("lib/cycle/{}", self.variables[instance].variable)
                };
                self.folders.insert(*instance, folder);
            }
        }
        Ok(())
    }

    /// The groups that are parts of the project or need one.
    fn locals(&self) -> BTreeSet<usize> {
        let mut locals = BTreeSet::new();
        // Dependencies come before dependents.
        for (index, group) in self.groups.iter().enumerate() {
            let needs_one = |instance: &usize| {
                let mut needed = self.instances.list[*instance].edges.values();
                needed.any(|(to, _)| locals.contains(&self.group[*to]))
            };
            let is_one = |instance: &usize| self.package(*instance).is_ok_and(|package| package.local);
            if group.iter().any(|instance| is_one(instance) || needs_one(instance)) {
                locals.insert(index);
            }
        }
        locals
    }

    fn variable(&self, instance: usize) -> &str {
        &self.variables[&self.groups[self.group[instance]][0]].variable
    }

    fn sources(&self, group: usize) -> anyhow::Result<Vec<Origin>> {
        let members = self.groups[group].iter().skip(1);
        members
            .filter(|member| !self.base.contains_key(member))
            .map(|member| {
                let named = &self.variables[member];
                let source = self.source(*member)?.sexp(Some((&named.name, &named.version)));
                Ok(Origin { variable: source_variable(&named.variable), source })
            })
            .collect()
    }

    /// With its patches: its manifest's as published, then the user's.
    fn source(&self, instance: usize) -> anyhow::Result<Source> {
        let package = self.package(instance)?;
        let own = package.manifest_diff.as_ref().map(|_| self.patch_file(instance));
        let up = |path: &String| format!("..{}/{path}", self.input.project_path);
        let users = package.patches.iter().map(up);
        Ok(package.source.clone().patched(own.into_iter().chain(users)))
    }

    fn patch_file(&self, instance: usize) -> String {
        let base = self.base.get(&instance).unwrap_or(&instance);
        let Named { name, version, .. } = &self.variables[base];
        format!("patches/{name}-{version}-package-json.patch")
    }

    fn patches(&self) -> anyhow::Result<BTreeMap<String, String>> {
        let mut patches = BTreeMap::new();
        for instance in self.variables.keys() {
            if let Some(diff) = &self.package(*instance)?.manifest_diff {
                patches.insert(self.patch_file(*instance), format!("{PATCH_HEAD}{diff}"));
            }
        }
        Ok(patches)
    }

    fn definition(&self, group: usize, part: &mut Part) -> anyhow::Result<Definition<Arguments>> {
        let main = self.groups[group][0];
        let (package, named) = (self.package(main)?, self.variables[&main].clone());
        let mut links = self.links(main)?;
        let mut arguments = Arguments {
            tests: UNTESTED.to_owned(),
            subdirectory: package.subdirectory.clone(),
            elsewhere: copied(package),
            scripts: package.scripts,
            published: package.checkout,
            binaries: package.binaries,
            environment: package.environment.clone(),
            missing: package.missing.clone(),
            ..Arguments::default()
        };
        links.tell(&mut arguments, &named.variable, part);
        let mut cycle = Cycle { variable: format!("{}-cycle", named.variable), members: Vec::new() };
        let mut comments = package.comments.clone();
        let mut supported = self.machines(main).clone();
        let mut native: BTreeSet<&str> = package.programs.iter().map(String::as_str).collect();
        links.inputs.always.extend(package.libraries.iter().map(|variable| variable.as_str().into()));
        for member in &self.groups[group][1..] {
            let other = self.package(*member)?;
            let inner = self.links(*member)?;
            let mut told = Arguments::default();
            inner.tell(&mut told, &self.variables[member].variable, part);
            let base = self.base.get(member).unwrap_or(member);
            cycle.members.push(Member {
                source: source_variable(&self.variables[base].variable),
                subdirectory: other.subdirectory.clone(),
                elsewhere: copied(other),
                checkout: other.checkout,
                scripts: other.scripts,
                path: self
                    .folders
                    .get(member)
                    .filter(|folder| !folder.starts_with("lib/node_modules/"))
                    .cloned(),
                absent: told.absent,
                set: told.set,
            });
            links.inputs.take(inner.inputs);
            links.inputs.always.extend(other.libraries.iter().map(|variable| variable.as_str().into()));
            native.extend(other.programs.iter().map(String::as_str));
            arguments.binaries |= other.binaries;
            arguments.environment.extend(other.environment.clone());
            supported = supported.both(self.machines(*member));
            comments.push(format!(
                "{} {} is in this package too: they need each other.",
                other.name, other.version
            ));
            comments.extend(other.comments.iter().cloned());
        }
        if !cycle.members.is_empty() {
            arguments.members = Some(cycle.variable.clone());
            part.cycles.push(cycle);
        }
        let inherits = self.base.get(&main).filter(|base| {
            let alone = |instance: usize| self.groups[self.group[instance]].len() == 1;
            alone(main) && alone(**base)
        });
        if self.base.contains_key(&main) {
            comments =
                vec!["The same with other dependencies, as the lockfile has it in another place.".to_owned()];
        }
        let mut properties = package.properties.clone();
        if let Some(upstream) = &named.upstream_name {
            properties.insert("upstream-name".to_owned(), text(upstream));
        }
        Ok(Definition {
            comments,
            public: !self.base.contains_key(&main),
            inherit: inherits.map(|base| self.variables[base].variable.clone()),
            source: self.source(main)?,
            build_system: "node-build-system",
            arguments: Some(arguments),
            inputs: links.inputs,
            native_inputs: native.into_iter().collect(),
            propagated_inputs: Inputs::default(),
            supported_systems: supported.systems(),
            words: Words::new(&package.about, &subject(&package.name, &package.version, &named.name)),
            properties,
            variable: named.variable,
            name: named.name,
            version: named.version,
        })
    }

    /// The project itself.
    fn own(&self, part: &mut Part) -> anyhow::Result<Definition<Arguments>> {
        let own = self.input.own;
        let links = self.links(self.root)?;
        let mut arguments = Arguments {
            tests: OWN_UNTESTED.to_owned(),
            development: true,
            own_build: own.build,
            published: own.files,
            program: own.start.as_ref().map(|command| Program {
                name: own.name.clone(),
                module: own.module.clone(),
                command: command.clone(),
            }),
            fields: (!own.is_named).then(|| {
                let field = |name: &str, value: &str| Sexp::pair(text(name), text(value));
                Sexp::quote(Sexp::List(vec![field("name", &own.module), field("version", &own.version)]))
            }),
            ..Arguments::default()
        };
        links.tell(&mut arguments, "project", part);
        let Links { inputs, native_inputs, .. } = links;
        Ok(Definition {
            comments: Vec::new(),
            variable: "project".to_owned(),
            public: true,
            inherit: None,
            name: own.name.clone(),
            version: own.version.clone(),
            source: Source::of_project("", &own.name),
            build_system: "node-build-system",
            arguments: Some(arguments),
            inputs,
            native_inputs,
            propagated_inputs: Inputs::default(),
            supported_systems: self.machines(self.root).systems(),
            words: Words::new(&own.about, &subject(&own.module, &own.version, &own.name)),
            properties: BTreeMap::new(),
        })
    }

    fn links(&self, from: usize) -> anyhow::Result<Links> {
        let instance = &self.instances.list[from];
        let own = &self.input.graph.nodes[&instance.location].edges;
        let mut links =
            Links { absent: instance.absent.iter().map(ToString::to_string).collect(), ..Links::default() };
        let others = instance.edges.iter().filter(|(_, (to, _))| *to != self.root);
        // A name that several of the inputs bring does not say which is meant.
        let groups: BTreeSet<_> = others.clone().map(|(_, (to, _))| self.group[*to]).collect();
        let mut brought: BTreeMap<&str, usize> = BTreeMap::new();
        for instance in groups.iter().flat_map(|group| &self.groups[*group]) {
            *brought.entry(&self.package(*instance)?.name).or_default() += 1;
        }
        for (name, (to, kind)) in others {
            let package = self.package(*to)?;
            let folder = &self.folders[to];
            let when = self.when(instance, from, *to);
            let inside = self.group[*to] == self.group[from];
            let by_name = package.name == name.as_str()
                && *folder == format!("lib/node_modules/{name}")
                && brought.get(name.as_str()) == Some(&1)
                && own.contains_key(name);
            if inside {
                let has_its_place = *folder == format!("lib/node_modules/{name}");
                let name = text(name.to_string());
                links.own.push(if has_its_place { name } else { Sexp::pair(name, text(folder)) });
            } else if !by_name {
                links.others.push(Explicit {
                    name: name.to_string(),
                    package: self.variable(*to).to_owned(),
                    path: folder.clone(),
                    when: when.clone(),
                });
            }
            if !inside {
                let inputs =
                    if *kind == EdgeKind::Dev { &mut links.native_inputs } else { &mut links.inputs };
                inputs.add(self.variable(*to), when.clone());
            }
            links.optional |= *kind == EdgeKind::Optional;
            if let Some(when) = when {
                links.sometimes.entry(when).or_default().insert(name.to_string());
            }
        }
        Ok(links)
    }

    /// The condition under which a dependency is there, where its dependent can be without it.
    fn when(&self, _: &Instance, from: usize, to: usize) -> Option<Sexp> {
        let (here, there) = (self.machines(from), self.machines(to));
        if there.holds(here) { None } else { there.condition() }
    }
}

/// How a package finds its dependencies.
#[derive(Default)]
struct Links {
    inputs: Inputs,
    native_inputs: Inputs,
    absent: BTreeSet<String>,
    own: Vec<Sexp>,
    others: Vec<Explicit>,
    optional: bool,
    sometimes: BTreeMap<Sexp, BTreeSet<String>>,
}

impl Links {
    /// Says it in the phases of the definition of `variable`, and what they call in its module.
    fn tell(&self, arguments: &mut Arguments, variable: &str, part: &mut Part) {
        let name = || format!("{variable}-dependencies");
        if !self.others.is_empty() {
            part.others.push(Others { variable: name(), entries: self.others.clone() });
        }
        let is_set = !self.own.is_empty() || !self.others.is_empty();
        let others = (!self.others.is_empty()).then(name);
        arguments.set = is_set.then(|| Set { own: self.own.clone(), others });
        arguments.absent.clone_from(&self.absent);
        arguments.optional = self.optional;
        let each = |(when, names): (&Sexp, &BTreeSet<String>)| Sometimes {
            when: when.clone(),
            names: names.clone(),
        };
        arguments.sometimes_absent = self.sometimes.iter().map(each).collect();
        arguments.edits = !arguments.development || !self.absent.is_empty() || !self.sometimes.is_empty();
    }
}

fn subject<'a>(name: &'a str, version: &'a str, guix_name: &'a str) -> Subject<'a> {
    Subject { ecosystem: Ecosystem::Npm, name, version, guix_name }
}

/// Files of the package that lie elsewhere in the source, put where the package is.
fn copied(package: &Package) -> Vec<Copied> {
    let place = |to: &str| match package.subdirectory.as_str() {
        "" => to.to_owned(),
        folder => format!("{folder}/{to}"),
    };
    let each = |(to, from): (&String, &String)| Copied { from: from.clone(), to: place(to) };
    package.elsewhere.iter().map(each).collect()
}

fn source_variable(variable: &str) -> String {
    format!("{variable}-source")
}

/// Everything that is needed by one, itself included.
fn reached(instances: &Instances, from: usize) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(instance) = open.pop() {
        if reached.insert(instance) {
            open.extend(instances.list[instance].edges.values().map(|(to, _)| *to));
        }
    }
    reached
}
