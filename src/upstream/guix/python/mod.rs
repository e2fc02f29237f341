//! What pyproject-build-system is told of a Python project (Guix manual, "Build Systems"), and what the project needs.

mod checks;
pub mod place;

use std::collections::{BTreeMap, BTreeSet};

use self::checks::Check;
use super::definition::{Inputs, Told};
use super::listing::Listing;
use super::need::Need;
use crate::ecosystem::Ecosystem;
use crate::emit::guix::python::checkout::{Checkout, From};
use crate::emit::guix::sexp::{Sexp, list, symbol, text};
use crate::plan::python::tables;
use crate::python::marker::Marker;
use crate::python::{Requirement, Target};
use crate::upstream::python::build::Version;
use crate::upstream::python::{Facts, Files};

/// The minor version of the Python that Guix 1.5 builds with, where there is no Guix to ask.
const PYTHON: u8 = 11;

/// For which interpreter markers are read: that of Guix.
pub fn target(listing: &Listing) -> Target {
    let minor = listing.variable("python").and_then(|row| row.version.split('.').nth(1)?.parse().ok());
    Target::new(&[minor.unwrap_or(PYTHON)])
}

/// Of requirements, those that count on some machine of Guix.
pub fn counted<'r>(
    target: &Target,
    all: impl IntoIterator<Item = &'r Requirement>,
) -> impl Iterator<Item = &'r Requirement> {
    let none = BTreeSet::new();
    let linux = Marker::parse("sys_platform == 'linux'").map_or(0, |linux| target.when(&linux, &none));
    let found: Vec<_> = all.into_iter().filter(|one| target.when(&one.marker, &none) & linux != 0).collect();
    found.into_iter()
}

/// What a project asks for at run time and to be built.
pub fn needs(facts: &Facts, target: &Target) -> BTreeSet<Need> {
    let run = counted(target, &facts.needs.always);
    let build = facts.build.requires.iter().map(|need| &need.requirement);
    let of_python = build.filter(|one| tables::program(&one.name).is_none());
    run.chain(counted(target, of_python)).map(Need::python).collect()
}

/// A project in its source.
pub struct Project<'a> {
    pub facts: &'a Facts,
    pub files: &'a Files,
    /// The project's folder; `""` for the root.
    pub folder: &'a str,
    /// Whether the definition's version is that of the release.
    pub is_release: bool,
    /// Whether git's history was left out: a source archive has what tools would ask git for.
    pub is_checkout: bool,
}

impl Project<'_> {
    /// What Guix is told; `variable` gives the variable of what the project needs.
    pub fn told(&self, listing: &Listing, variable: impl Fn(&Need) -> String) -> Told {
        let (facts, target) = (self.facts, target(listing));
        let mut told = Told::default();
        let run = counted(&target, &facts.needs.always);
        told.inputs.propagated = self.variables(run, &variable, &mut told.notes);
        self.build(&target, &variable, &mut told);
        let check = checks::check(facts, self.files, &target, listing);
        if let Check::Run { inputs, .. } = &check {
            told.inputs.native.extend(self.variables(inputs.iter(), &variable, &mut told.notes));
            told.inputs.native.extend(checks::runner(facts, self.files).map(str::to_owned));
            told.inputs.native.extend(facts.tests.machine.programs.iter().map(|one| one.guix.to_owned()));
        }
        let Inputs { native, propagated, .. } = &mut told.inputs;
        // What is propagated is there in the build as well.
        native.retain(|variable| !propagated.contains(variable));
        told.arguments = check.arguments();
        if let Check::Run { doubts, .. } = &check {
            told.notes.extend(doubts.iter().cloned());
        }
        let mut phases = self.phases(&mut told);
        if matches!(check, Check::Run { .. }) {
            phases.extend(self.uncovered(&mut told));
            let home = list!["setenv", text("HOME"), list!["getcwd"]];
            phases.extend(facts.tests.machine.home.then(|| phase("add-before", "check", "set-home", [home])));
        }
        if !phases.is_empty() {
            let all = std::iter::once(symbol("%standard-phases")).chain(phases);
            told.arguments.extend([Sexp::keyword("phases"), Sexp::gexp(Sexp::call("modify-phases", all))]);
        }
        told.open.extend(facts.needs.doubt.clone());
        told.notes.extend(facts.build.doubt.clone());
        told
    }

    fn variables<'r>(
        &self,
        all: impl Iterator<Item = &'r Requirement>,
        variable: &impl Fn(&Need) -> String,
        notes: &mut Vec<String>,
    ) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for requirement in all.filter(|one| one.name != self.facts.name) {
            let name = variable(&Need::python(requirement));
            if !requirement.extras.is_empty() {
                let extras: Vec<&str> = requirement.extras.iter().map(|extra| extra.as_str()).collect();
                notes.push(format!(
                    "it asks for {}[{}]: look whether {name} brings what that adds",
                    requirement.name,
                    extras.join(",")
                ));
            }
            found.insert(name);
        }
        found
    }

    /// Backends, programs and libraries of the build.
    fn build(&self, target: &Target, variable: &impl Fn(&Need) -> String, told: &mut Told) {
        let build = &self.facts.build;
        let requires = build.requires.iter().map(|need| &need.requirement);
        // setuptools has built wheels by itself since 70.1, and that of Guix is newer.
        let is_wheel = |one: &&Requirement| one.name.as_str() == "wheel" && build.wants("setuptools");
        for requirement in counted(target, requires).filter(|one| !is_wheel(one)) {
            match tables::program(&requirement.name) {
                Some(program) => told.inputs.native.extend(program.guix.iter().cloned()),
                None => _ = told.inputs.native.insert(variable(&Need::python(requirement))),
            }
        }
        if let Some(native) = build.native.filter(|native| !native.guix.is_empty()) {
            told.inputs.run.extend(native.guix.iter().cloned());
            told.inputs.native.insert("pkg-config".to_owned());
        }
        if let Some(rust) = &build.rust {
            let folder = if rust.folder.is_empty() { "its root" } else { rust.folder.as_str() };
            told.open.push(format!(
                "it builds a Rust extension ({folder}): `guix import crate --lockfile=Cargo.lock` writes its crates for \
                 (gnu packages rust-crates), and the definition takes them by cargo-inputs"
            ));
        }
    }

    /// A phase without which tests would import the source in place of what was compiled.
    fn uncovered(&self, told: &mut Told) -> Option<Sexp> {
        let shadows = self.facts.tests.shadows.iter().filter(|one| one.is_first);
        let (kept, hiding): (Vec<_>, Vec<_>) = shadows.partition(|one| one.has_tests);
        told.open.extend(kept.iter().map(|one| {
            format!(
                "the tests are in {0}/, which hides the compiled {0}: run them in the output",
                one.package
            )
        }));
        told.notes.extend(hiding.iter().filter(|one| one.is_guessed).map(|one| {
            format!("some wheels have compiled modules of {}: look whether the build makes them", one.package)
        }));
        let delete = hiding.iter().map(|one| list!["delete-file-recursively", text(&one.package)]);
        (!hiding.is_empty()).then(|| phase("add-before", "check", "import-the-installed", delete))
    }

    /// What is changed about the build system's phases.
    fn phases(&self, told: &mut Told) -> Vec<Sexp> {
        let mut phases = Vec::new();
        if !self.folder.is_empty() {
            phases.push(phase("add-after", "unpack", "chdir", [list!["chdir", text(self.folder)]]));
        }
        let mut environment: BTreeMap<&str, Sexp> = BTreeMap::new();
        let version = self.facts.version.to_string();
        match &self.facts.build.version {
            Version::Git(tool) if self.is_checkout => {
                let names = self.facts.build.requires.iter().map(|need| &need.requirement.name);
                let own = crate::python::PyName::new(tool).ok();
                let Checkout { variables, .. } =
                    Checkout::new(From::Checkout { is_repacked: false }, &version, names.chain(own.iter()));
                if variables.is_empty() {
                    told.open.push(format!(
                        "{tool} asks git for the version, which a build does not have: tell it"
                    ));
                }
                let value = match self.is_release {
                    true => Sexp::call("ungexp", [symbol("version")]),
                    false => text(&version),
                };
                phases.extend((!variables.is_empty()).then(|| {
                    let set = variables.keys().map(|name| list!["setenv", text(name), value.clone()]);
                    phase("add-before", "build", "set-version", set)
                }));
            }
            Version::Stated { file, text } if *text != version && !is_same(text, &self.facts.version) => {
                told.open.push(format!(
                    "{file} states version {text}, and the release is {version}: set it in a phase"
                ));
            }
            _ => {}
        }
        let mut tagged: Vec<&str> =
            self.facts.build.tags(&self.facts.version).into_iter().map(|(file, _)| file).collect();
        tagged.dedup();
        if !tagged.is_empty() {
            let pattern = Sexp::List(vec![text("^tag[-_](build|date) *[=:].*")]);
            let drop =
                |file: &str| list!["substitute*", text(file), Sexp::List(vec![pattern.clone(), text("")])];
            phases.push(phase("add-before", "build", "drop-tags", tagged.into_iter().map(drop)));
        }
        let native = self.facts.build.native.into_iter().flat_map(|native| &native.env);
        environment.extend(native.map(|(name, value)| (name.as_str(), text(value))));
        if !environment.is_empty() {
            let set = environment.into_iter().map(|(name, value)| list!["setenv", text(name), value]);
            phases.push(phase("add-before", "build", "set-environment", set));
        }
        phases
    }
}

fn is_same(text: &str, version: &crate::python::PyVersion) -> bool {
    crate::python::PyVersion::new(text).is_ok_and(|stated| stated == *version)
}

fn phase(how: &str, at: &str, name: &str, body: impl IntoIterator<Item = Sexp>) -> Sexp {
    let lambda = Sexp::call("lambda", std::iter::once(symbol("_")).chain(body));
    Sexp::call(how, [Sexp::quote(symbol(at)), Sexp::quote(symbol(name)), lambda])
}

/// Whether Guix has what is required, in whatever version.
fn is_there(listing: &Listing, requirement: &Requirement) -> bool {
    let need = Need::python(requirement);
    listing.find(Ecosystem::Python, &need.name, |_| true).row().is_some()
}

#[cfg(test)]
mod tests;
