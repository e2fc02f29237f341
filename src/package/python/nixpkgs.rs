//! A Python package as nixpkgs wants it.

mod building;
mod cargo;
mod extras;
mod lacking;
mod meta;
mod over;
mod present;
mod required;
mod version;

use std::collections::BTreeSet;

use super::{From, Subject};
use crate::failure::Failure;
use crate::graph::Package;
use crate::package::built;
use crate::package::draft::{Draft, unchecked_version};
use crate::problem::upstream as problem;
use crate::progress::Progress;
use crate::python::{PyName, Requirement, Target};
use crate::settings;
use crate::upstream::nixpkgs::python::names::attribute;
use crate::upstream::nixpkgs::python::{Check, Module, Pytest, Source, file, place};
use crate::upstream::nixpkgs::{commit, names as by_name};
use crate::upstream::python::purpose::{Purpose, purpose};
use crate::upstream::python::testing::{Tests, Unlisted};
use crate::world::World;
use crate::world::disk;
use over::Over;
use version::archive;

/// Python packages of nixpkgs that are built without being asked for: a build that fails there is seen.
const OLDEST_BUILT: u8 = 13;

impl Subject<'_> {
    /// The package as nixpkgs wants it.
    ///
    /// # Errors
    /// A host that did not answer, a name that nixpkgs does not take.
    pub(in crate::package) async fn nixpkgs(
        &self,
        world: &World,
        settings: &settings::Package,
        progress: Progress,
    ) -> Result<Draft, Failure> {
        let mut notes = self.notes.clone();
        let over = self.over(world, settings, &mut notes).await;
        let purpose = settings.purpose.unwrap_or_else(|| purpose(&self.facts));
        let attribute = self.attribute(settings, &over)?;
        let mut module = self.module(world, settings, (&attribute, purpose), &over, &mut notes).await?;
        let lacking = self.lacking(world, &over, &module, &mut notes).await?;
        let mut gaps = Vec::new();
        if let Some(Err(why)) = module.rust.as_ref().map(|rust| &rust.hash) {
            gaps.push(format!("the hash of cargoDeps cannot be computed: {why}"));
        }
        if let Source::Commit(fetched) = &module.source {
            gaps.extend(fetched.gap());
        }
        match &settings.build {
            Some(nixpkgs) => match built::build(&mut module, None, nixpkgs, progress).await? {
                Ok(note) => notes.push(note),
                Err(gap) => gaps.push(gap),
            },
            None => notes.push("it was not built: --build does".to_owned()),
        }
        let text = file(&module).map_err(anyhow::Error::from)?;
        let (path, title) = match purpose {
            Purpose::Library => (place::file(&attribute), format!("python3Packages.{attribute}")),
            Purpose::Application => {
                (format!("{}/package.nix", by_name::folder(&attribute)), attribute.clone())
            }
        };
        // Of applications it is not known whether nixpkgs has them.
        let before = over.version(&self.facts.name).filter(|_| purpose == Purpose::Library);
        match &module.meta.main_program {
            _ if before.is_some() => {}
            _ if purpose == Purpose::Library => notes.push(line_of_list(&attribute)?),
            Some(program) => notes.extend(unchecked_version(settings, program, &module.version)),
            None => {}
        }
        notes.push(match purpose {
            Purpose::Application => {
                "it is taken for an application; --as library writes a library".to_owned()
            }
            Purpose::Library => {
                "it is taken for a library, which nixpkgs takes with a package that needs it; --as \
                                 application writes an application"
                    .to_owned()
            }
        });
        let page = module.meta.home_page.as_deref();
        Ok(Draft {
            text,
            commit_message: match before {
                Some(old) if *old != self.facts.version => {
                    commit::update(&title, &old.to_string(), &module.version, &[])
                }
                _ => commit::message(&title, &module.version, page),
            },
            version: module.version.clone(),
            attribute,
            path,
            beside: Vec::new(),
            notes,
            gaps,
            lacking,
        })
    }

    /// What the nixpkgs lacks, in the order in which to send it.
    async fn lacking(
        &self,
        world: &World,
        over: &Over,
        module: &Module,
        notes: &mut Vec<String>,
    ) -> Result<Vec<Package>, Failure> {
        let wanted = module.lacking();
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let build = self.facts.build.requires.iter().map(|need| need.requirement.clone());
        let all: Vec<_> = build.chain(self.facts.needs.always.iter().cloned()).collect();
        let found = lacking::lacking(world, over, &self.facts.name, &all).await?;
        let shown: Vec<_> = found.iter().map(Package::shown).collect();
        let names: Vec<_> = wanted.keys().map(String::as_str).collect();
        notes.push(format!(
            "your nixpkgs lacks {}; send these first, in this order: {}",
            names.join(", "),
            shown.join(", ")
        ));
        Ok(found)
    }

    fn attribute(&self, settings: &settings::Package, over: &Over) -> Result<String, Failure> {
        let refused = |name: &str| Failure::one(problem::bad_attribute(&self.shown, name));
        let name = match &settings.name {
            Some(given) => given.clone(),
            None => attribute(&self.facts.name, over.present.as_ref()).name,
        };
        let name = if settings.name.is_none() && name.starts_with(|c: char| c.is_ascii_digit()) {
            format!("_{name}")
        } else {
            name
        };
        by_name::is_attribute(&name).then(|| name.clone()).ok_or_else(|| refused(&name))
    }

    async fn module(
        &self,
        world: &World,
        settings: &settings::Package,
        (attribute, purpose): (&str, Purpose),
        over: &Over,
        notes: &mut Vec<String>,
    ) -> Result<Module, Failure> {
        let facts = &self.facts;
        let building = self.building(over);
        let source = self.source();
        let (extras, left_out) = self.extras(over);
        notes.extend(left_out);
        let folder = match &self.from {
            From::Commit { origin, .. } => origin.folder.clone(),
            From::Upload { .. } => String::new(),
        };
        let meta = self.meta(settings, &source, attribute, purpose).await?;
        Ok(Module {
            attribute: attribute.to_owned(),
            normal_version: self.normal_version(),
            spelling_was_seen: false,
            version: self.version(),
            folder,
            edits: building.edits,
            other_version: building.other_version,
            build_system: building.system,
            build_doubt: building.doubt,
            rust: self.rust(world).await?,
            programs: building.programs,
            libraries: facts.build.native.map(|native| native.libraries.clone()).unwrap_or_default(),
            environment: facts.build.native.map(|native| native.env.clone()).unwrap_or_default(),
            keeps_configure: building.keeps_configure,
            relaxed: self.relaxed(over),
            removed: self.removed(over),
            dependencies: over.list(&facts.needs.always),
            dependencies_doubt: facts.needs.doubt.clone(),
            extras,
            check: self.check(over, notes),
            modules: facts.modules.clone(),
            oldest: self.oldest(&over.target),
            checks_version: settings.version_check
                && purpose == Purpose::Application
                && meta.main_program.is_some(),
            meta,
            source,
            purpose,
        })
    }

    fn source(&self) -> Source {
        match &self.from {
            From::Commit { fetched, .. } => Source::Commit(fetched.clone()),
            From::Upload { sdist, why, .. } => {
                let (pname, _, extension) = archive(&sdist.filename);
                let extension =
                    (extension != ".tar.gz").then(|| extension.trim_start_matches('.').to_owned());
                let (pname, integrity) = (pname.to_owned(), sdist.integrity.clone());
                Source::Upload { pname, extension, integrity, why: why.clone() }
            }
        }
    }

    fn check(&self, over: &Over, notes: &mut Vec<String>) -> Check {
        let Tests {
            runner,
            requires,
            optional,
            extras,
            measures_coverage,
            linting,
            unlisted,
            beside,
            shadows,
            machine,
            from: _,
            files: _,
            imports: _,
        } = &self.facts.tests;
        if runner.is_none() {
            let why = match &self.from {
                From::Commit { .. } => "upstream has no tests",
                From::Upload { .. } => "the source archive has no tests",
            };
            return Check::None(why.to_owned());
        }
        let mut wanted = requires.clone();
        // A name that nixpkgs lacks would break what can do without it.
        let has = |one: &&Requirement| attribute(&one.name, over.present.as_ref()).is_there == Some(true);
        wanted.extend(optional.iter().filter(has).cloned());
        if over.present.is_none() && !optional.is_empty() {
            let names: Vec<&str> = optional.iter().map(|one| one.name.as_str()).collect();
            notes.push(format!(
                "extras ask for {}, and tests try to import that: add what your nixpkgs has",
                names.join(", ")
            ));
        }
        wanted
            .extend(extras.iter().filter_map(|extra| self.facts.needs.extras.get(extra)).flatten().cloned());
        wanted.extend(measures_coverage.then(|| Requirement::parse("pytest-cov").ok()).flatten());
        let mut doubts = Vec::new();
        let is_there =
            |one: &&Unlisted| attribute(&one.project, over.present.as_ref()).is_there == Some(true);
        let (taken, unknown): (Vec<_>, Vec<_>) = unlisted.iter().partition(is_there);
        if !taken.is_empty() {
            wanted.extend(taken.iter().filter_map(|one| Requirement::parse(one.project.as_str()).ok()));
            notes.push(format!("{}: what your nixpkgs calls so is taken for it", Unlisted::said(&taken)));
        }
        if !unknown.is_empty() {
            doubts.push(Unlisted::said(&unknown));
        }
        doubts.extend(
            beside.iter().map(|name| format!("tests want {name}, another package of the same source")),
        );
        let needed: BTreeSet<&PyName> = self.facts.needs.always.iter().map(|one| &one.name).collect();
        wanted.retain(|one| !needed.contains(&one.name) || !one.extras.is_empty());
        let mut inputs = over.list(&wanted);
        inputs.attributes.sort();
        if !inputs.lacking.is_empty() {
            let lacking = std::mem::take(&mut inputs.lacking);
            inputs.attributes.retain(|name| !lacking.contains(name));
            doubts.push(format!("tests want {}, which your nixpkgs lacks", lacking.join(", ")));
        }
        if !linting.is_empty() {
            doubts.push(format!("pytest is run with {}: remove that in postPatch", linting.join(" ")));
        }
        let (kept, hidden_by): (Vec<_>, Vec<_>) = shadows.iter().partition(|one| one.has_tests);
        doubts.extend(kept.iter().map(|one| {
            format!("the tests are in {0}/, which hides the compiled {0}: run them in $out", one.package)
        }));
        doubts.extend(hidden_by.iter().filter(|one| one.is_guessed).map(|one| {
            format!("some wheels have compiled modules of {}: look whether the build makes them", one.package)
        }));
        let hidden_by = hidden_by.iter().map(|one| one.package.clone()).collect();
        let programs = machine.programs.iter().map(|program| program.nixpkgs);
        let programs = programs.chain(machine.home.then_some("writableTmpDirAsHomeHook")).collect();
        Check::Pytest(Box::new(Pytest { inputs, doubts, programs, networked: Vec::new(), hidden_by }))
    }

    /// The first interpreter that it is for, where nixpkgs builds for an older one.
    fn oldest(&self, target: &Target) -> Option<String> {
        let range = self.facts.requires_python.as_deref()?;
        let allows = |minor: u8| Target::new(&[minor]).supported(range).0;
        if allows(OLDEST_BUILT) {
            return None;
        }
        let first = target.pythons().range(OLDEST_BUILT..).find(|minor| allows(**minor))?;
        Some(format!("3.{first}"))
    }
}

/// Where the line of the list of modules belongs.
fn line_of_list(attribute: &str) -> Result<String, Failure> {
    let (line, list) = (place::line(attribute), place::LIST);
    let text = disk::read_text_in_if_there(&disk::current_folder()?, list, 16 << 20)?;
    let behind = text.and_then(|text| place::before(&text, attribute));
    let place = behind.map(|behind| format!(", behind {behind}")).unwrap_or_default();
    Ok(format!("add this line to {list}{place}: {}", line.trim()))
}
