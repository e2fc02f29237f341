//! The definitions: one for each package.

use std::collections::BTreeMap;

use super::Input;
use super::model::{Arguments, Copied, Cycle, Modules, Package, Phases};
use super::scene::Scene;
use crate::ecosystem::Ecosystem;
use crate::emit::guix::definition::{Definition, Inputs, Words};
use crate::emit::guix::sexp::{Sexp, text};
use crate::emit::guix::source::Source;
use crate::emit::guix::words::Subject;

/// Why a package is not tested. The lockfile has what packages run with, not what they are developed with.
pub const UNTESTED: &str = "Tests need development dependencies, which the lockfile does not have.";

/// What Guix wants to be told of a patch.
const PATCH_HEAD: &str = "\
    Make package.json what was published: its publisher changed it after the commit.\n\n\
    Upstream status: not applicable.\n\n";

/// All definitions of a project.
pub struct Definitions {
    /// Those of the channel.
    pub channel: Section,
    /// Those that are parts of the project, or need one.
    pub local: Section,
    pub own: Definition<Arguments>,
    pub modules: Modules,
    /// Files that definitions name, by the path by which they do: patches of manifests, lists of files.
    pub files: BTreeMap<String, String>,
}

/// What one module defines.
#[derive(Default)]
pub struct Section {
    pub cycles: Vec<Cycle>,
    pub definitions: Vec<Definition<Arguments>>,
}

/// Makes them, in an order in which each follows what it inherits.
///
/// # Errors
/// The project needs something that no system of Guix can have; a package that nothing is known of.
pub fn all(input: &Input<'_>) -> anyhow::Result<Definitions> {
    let scene = Scene::new(input)?;
    let (mut channel, mut local) = (Section::default(), Section::default());
    for (index, group) in scene.groups.iter().enumerate() {
        let part = if scene.locals.contains(&index) { &mut local } else { &mut channel };
        for instance in group {
            part.definitions.push(scene.definition(*instance)?);
        }
        if group.len() > 1 {
            part.cycles.push(scene.cycle(index)?);
        }
    }
    for part in [&mut channel, &mut local] {
        // A definition that inherits comes after the one that it inherits, whose variable its own begins with.
        part.definitions.sort_by(|left, right| left.variable.cmp(&right.variable));
        part.cycles.sort_by(|left, right| left.variable.cmp(&right.variable));
    }
    let modules = scene.modules()?;
    let own = scene.own(&modules);
    Ok(Definitions { channel, local, own, modules, files: scene.files()? })
}

impl Scene<'_> {
    /// With its patches: its manifest's as published, then the user's.
    fn source(&self, instance: usize) -> anyhow::Result<Source> {
        let package = self.package(instance)?;
        let own = package.manifest_diff.as_ref().map(|_| self.patch_file(instance));
        let up = |path: &String| format!("..{}/{path}", self.input.project_path);
        let users = package.patches.iter().map(up);
        Ok(package.source.clone().patched(own.into_iter().chain(users)))
    }

    fn patch_file(&self, instance: usize) -> String {
        format!("patches/{}-package-json.patch", self.file_name(instance))
    }

    /// The file that lists what is published of a checkout.
    pub fn published_file(&self, instance: usize) -> anyhow::Result<Option<String>> {
        let is_checkout = !self.package(instance)?.published.is_empty();
        Ok(is_checkout.then(|| format!("files/{}", self.file_name(instance))))
    }

    /// The same package has the same files in every surrounding; one of the same name and version need not.
    fn file_name(&self, instance: usize) -> &str {
        self.variable(*self.base.get(&instance).unwrap_or(&instance))
    }

    fn files(&self) -> anyhow::Result<BTreeMap<String, String>> {
        let mut files = BTreeMap::new();
        for instance in self.variables.keys() {
            let package = self.package(*instance)?;
            if let Some(diff) = &package.manifest_diff {
                files.insert(self.patch_file(*instance), format!("{PATCH_HEAD}{diff}"));
            }
            if let Some(file) = self.published_file(*instance)? {
                files.insert(file, package.published.iter().map(|path| format!("{path}\n")).collect());
            }
        }
        Ok(files)
    }

    fn definition(&self, instance: usize) -> anyhow::Result<Definition<Arguments>> {
        let (package, named) = (self.package(instance)?, self.variables[&instance].clone());
        let is_member = self.is_member(instance);
        let mut definition = Definition {
            comments: package.comments.clone(),
            public: true,
            inherit: None,
            source: self.source(instance)?,
            build_system: if is_member { "trivial-build-system" } else { "node-build-system" },
            arguments: Some(self.arguments(instance)?),
            inputs: Inputs::default(),
            native_inputs: Inputs::default(),
            propagated_inputs: Inputs::default(),
            supported_systems: self.machines(instance).systems(),
            words: Words::new(&package.about, &subject(&package.name, &package.version, &named.name)),
            properties: package.properties.clone(),
            variable: named.variable,
            name: named.name,
            version: named.version,
        };
        if let Some(upstream) = &named.upstream_name {
            definition.properties.insert("upstream-name".to_owned(), text(upstream));
        }
        if !is_member {
            definition.inputs = self.inputs(instance);
            definition.inputs.always.extend(package.libraries.iter().map(|name| name.as_str().into()));
            definition.native_inputs = package.programs.iter().map(String::as_str).collect();
        }
        if let Some(base) = self.base.get(&instance) {
            definition.properties.insert("hidden?".to_owned(), Sexp::Flag(true));
            definition.comments =
                vec!["The same with other dependencies, as the lockfile has it in another place.".to_owned()];
            definition.inherit = self.is_inherited(instance, *base).then(|| self.variable(*base).to_owned());
        }
        if self.copied.contains(&instance) {
            definition.comments.push("Without a part of the project, which it finds only there.".to_owned());
        }
        Ok(definition)
    }

    /// Whether a definition may be written as what differs from another's, which its module must know; a field that is
    /// not written is the other's, so it cannot be emptied.
    fn is_inherited(&self, instance: usize, base: usize) -> bool {
        let is_known =
            self.locals.contains(&self.group[instance]) || !self.locals.contains(&self.group[base]);
        let is_said = |here: bool, there: bool| here || !there;
        is_known
            && !self.is_member(instance)
            && !self.is_member(base)
            && is_said(!self.inputs(instance).is_empty(), !self.inputs(base).is_empty())
            && is_said(!self.machines(instance).is_all(), !self.machines(base).is_all())
    }

    fn arguments(&self, instance: usize) -> anyhow::Result<Arguments> {
        if self.is_member(instance) {
            return Ok(Arguments::Member { member: self.link(instance)? });
        }
        let package = self.package(instance)?;
        let phases = Phases {
            tests: UNTESTED.to_owned(),
            subdirectory: package.subdirectory.clone(),
            elsewhere: copied(package),
            patches: patches(package),
            published: self.published_file(instance)?,
            name: package.is_nameless.then(|| package.name.clone()),
            renamed: self.renamed(instance)?,
            scripts: package.scripts,
            optional: self.instances.list[instance].is_optional,
            binaries: package.binaries,
            programs: package.has_programs,
            environment: package.environment.clone(),
            missing: package.missing.clone(),
            ..Phases::default()
        };
        Ok(phases.told())
    }
}

pub fn subject<'a>(name: &'a str, version: &'a str, guix_name: &'a str) -> Subject<'a> {
    Subject { ecosystem: Ecosystem::Npm, name, version, guix_name }
}

/// The user's patches of what is no origin, which has a field for them.
pub fn patches(package: &Package) -> Vec<Sexp> {
    let is_origin = !package.local && !matches!(package.source, Source::Built(_));
    let patches = package.patches.iter().filter(|_| !is_origin);
    patches.map(|path| Source::file_of_project(path).sexp(None)).collect()
}

/// Files of the package that lie elsewhere in the source, put where the package is.
pub fn copied(package: &Package) -> Vec<Copied> {
    let place = |to: &str| match package.subdirectory.as_str() {
        "" => to.to_owned(),
        folder => format!("{folder}/{to}"),
    };
    let each = |(to, from): (&String, &String)| Copied { from: from.clone(), to: place(to) };
    package.elsewhere.iter().map(each).collect()
}
