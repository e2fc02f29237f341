//! The definitions: one for each package, or for each cycle of packages.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Input;
use super::links::Links;
use super::model::{Arguments, Copied, Cycle, Member, Others, Package, Program};
use super::scene::Scene;
use crate::emit::guix::definition::{Definition, Inputs, Words};
use crate::emit::guix::names::{Ecosystem, Named};
use crate::emit::guix::sexp::{Sexp, text};
use crate::emit::guix::source::Source;
use crate::emit::guix::words::Subject;

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

impl Scene<'_> {
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
