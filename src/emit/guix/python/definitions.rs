//! The definition of each package.

use std::collections::{BTreeMap, BTreeSet};

use pep440_rs::Version;
use version_ranges::Ranges;

use super::arguments::{Arguments, Change, Phase, Yes, build_backend, configure_flags, phases};
use super::checkout::{Checkout, From};
use super::needs::{Conditioned, Needs};
use super::wheels::Wheel;
use super::{Input, libraries, origin, wheels};
use crate::about::About;
use crate::ecosystem::Ecosystem;
use crate::emit::guix::PROJECT_UNTESTED;
use crate::emit::guix::definition::{self, Definition, Inputs, Words};
use crate::emit::guix::names::Named;
use crate::emit::guix::python::condition::{Condition, Selection};
use crate::emit::guix::sexp::{Sexp, list, symbol, text};
use crate::emit::guix::source::Source;
use crate::emit::guix::tag;
use crate::emit::guix::words::Subject;
use crate::emit::model::python::package;
use crate::emit::model::python::package::{Package, WheelBuild};
use crate::emit::model::python::{Key, OwnCode};

/// Why tests of a library are not run.
const NO_TESTS: &str = "Its own test requirements are not locked.";

/// All that definitions are made of.
pub struct Definitions<'a> {
    pub input: &'a Input<'a>,
    pub needs: &'a Needs,
    pub chosen: &'a Selection<'a>,
    pub names: &'a BTreeMap<Key, Named>,
    /// The variable of the interpreter.
    pub python: &'a str,
    /// The interpreter as an argument, where it is not Guix' own choice.
    pub interpreter: Option<&'a str>,
    /// Its version in Guix 1.5.
    pub release: &'a Version,
    /// The packages of the environment, each with when it is there.
    pub installed: &'a Conditioned,
}

/// What a definition was made of besides its text.
#[derive(Debug, Default)]
pub struct Notes {
    /// One sentence each.
    pub warnings: Vec<String>,
    /// The same of packages that cannot be had.
    pub missing: Vec<String>,
}

impl Definitions<'_> {
    /// One package, hidden from users where it is only built with; `None` for one without a name here.
    pub fn of(
        &self,
        key: &Key,
        package: &Package,
        hidden: bool,
        notes: &mut Notes,
    ) -> Option<Definition<Arguments>> {
        let named = self.names.get(key)?;
        let build = &package.build;
        let fact = self.input.facts.get(key);
        let mut comments = fact.map(|fact| fact.comments.clone()).unwrap_or_default();
        let mut supported_systems = Vec::new();
        let wheels = wheels::of(&package.source);
        let is_checkout = wheels.is_none()
            && matches!(package.source, package::Source::Git { .. } | package::Source::Local { .. });
        let is_repacked = fact.is_some_and(|fact| fact.is_repacked);
        let from = if is_checkout { From::Checkout { is_repacked } } else { From::Archive };
        let mut arguments = self.arguments(build, &named.version, from, NO_TESTS);
        let mut inputs = self.inputs(key.as_str(), build, &mut comments, notes);
        let source = match &wheels {
            Some(wheels) => {
                let fitting = wheels::fitting(&build.name, wheels, &self.chosen.pythons);
                supported_systems = self.systems(&fitting);
                arguments.phases.push(Change::Wheel(Yes).into());
                if fitting.iter().any(|(wheel, _)| wheel.is_compiled(&build.name)) {
                    let output = Some("lib".to_owned());
                    inputs.0.always.insert(definition::Input { variable: "gcc".to_owned(), output });
                    inputs.1.always.insert("patchelf".into());
                    arguments.phases.push(Change::Libraries(Yes).into());
                }
                let fits = fitting.iter().any(|(_, condition)| self.is_met(condition));
                self.wheel(key, &fitting, &named.version).filter(|_| fits || !self.is_there(key))
            }
            None => {
                if origin::is_zip(&package.source) {
                    inputs.1.always.insert("unzip".into());
                }
                origin::source(self.input, key, &package.source, &named.name, &named.version)
            }
        };
        let source =
            source.unwrap_or_else(|| self.missing(key, &mut arguments.phases, &mut supported_systems, notes));
        let source = match crates_from_git(key.as_str(), build).filter(|_| wheels.is_none()) {
            Some(why) => {
                let source = refused(&why, &mut arguments.phases);
                if self.is_there(key) {
                    notes.missing.push(why);
                }
                source
            }
            None => source,
        };
        let propagated = self.needs.of(key);
        self.alone(key, &mut arguments.phases);
        let resolved =
            fact.and_then(|fact| fact.source.as_ref()).filter(|_| matches!(source, Source::Git(_)));
        let mut properties =
            resolved.map(|source| tag::properties(source, &named.version)).unwrap_or_default();
        if let Some(name) = &named.upstream_name {
            properties.insert("upstream-name".to_owned(), text(name));
        }
        if hidden {
            properties.insert("hidden?".to_owned(), Sexp::Flag(true));
        }
        Some(Definition {
            comments,
            variable: named.variable.clone(),
            public: true,
            inherit: None,
            name: named.name.clone(),
            version: named.version.clone(),
            properties,
            source,
            build_system: "pyproject-build-system",
            arguments: Some(arguments),
            inputs: inputs.0,
            native_inputs: inputs.1,
            propagated_inputs: self.listed(propagated),
            supported_systems,
            words: self.words(key, build, named),
        })
    }

    /// Whether a package is there on some system with the interpreter; what builds need is.
    pub fn is_there(&self, key: &Key) -> bool {
        self.installed.get(key).is_none_or(|condition| self.is_met(condition))
    }

    fn is_met(&self, condition: &Condition) -> bool {
        !condition.is_never(&Ranges::singleton(self.release.clone()))
    }

    /// In place of a source where no file fits: the build says so, wherever the package is needed.
    fn missing(
        &self,
        key: &Key,
        phases: &mut Vec<Phase>,
        systems: &mut Vec<String>,
        notes: &mut Notes,
    ) -> Source {
        let why = format!("{} has no file that Guix could install", key.as_str());
        let source = refused(&why, phases);
        systems.clear();
        if self.is_there(key) {
            notes.missing.push(why);
        }
        source
    }

    fn words(&self, key: &Key, build: &WheelBuild, named: &Named) -> Words {
        let version = build.version.to_string();
        let subject = Subject {
            ecosystem: Ecosystem::Python,
            name: build.name.as_str(),
            version: &version,
            guix_name: &named.name,
        };
        let nothing = About::default();
        Words::new(self.input.about.get(key).unwrap_or(&nothing), &subject)
    }

    /// Whether the project itself is built with packages of Python.
    pub fn own_requires(&self) -> bool {
        matches!(&self.input.project.own, OwnCode::Built(build) if !self.requires(build).is_empty())
    }

    /// What the project itself is built with: arguments, inputs, native inputs.
    pub fn own(
        &self,
        build: &WheelBuild,
        version: &str,
        comments: &mut Vec<String>,
        notes: &mut Notes,
    ) -> (Arguments, Inputs, Inputs) {
        let mut arguments =
            self.arguments(build, version, From::Checkout { is_repacked: false }, PROJECT_UNTESTED);
        let (inputs, native) = self.inputs("the project", build, comments, notes);
        if let Some(why) = crates_from_git("the project", build) {
            refused(&why, &mut arguments.phases);
            notes.missing.push(why);
        }
        (arguments, inputs, native)
    }

    fn arguments(&self, build: &WheelBuild, version: &str, from: From, no_tests: &str) -> Arguments {
        let packages = &self.input.project.packages;
        let requires = self.requires(build);
        let requirements = self.needs.closure(&requires);
        let requirements = requirements.keys().filter_map(|key| Some(&packages.get(key)?.build.name));
        let stated = build.version.to_string();
        let checkout = Checkout::new(from, &stated, requirements);
        let mut phases = phases(build, version, &checkout);
        if !requires.is_empty() {
            phases.push(Change::Wrap(Yes).into());
        }
        Arguments {
            python: self.interpreter.map(str::to_owned),
            build_backend: build_backend(build),
            configure_flags: configure_flags(build),
            cargo: build.crates.is_some(),
            no_tests: Some(no_tests.to_owned()),
            phases,
            copied: None,
        }
    }

    /// Packages with their conditions as a field has them.
    pub fn listed(&self, packages: &Conditioned) -> Inputs {
        let mut inputs = Inputs::default();
        for (key, condition) in packages {
            let Some(named) = self.names.get(key) else { continue };
            if !condition.is_never(&self.chosen.pythons) {
                inputs.add(&named.variable, condition.expression(self.python, &self.chosen.pythons));
            }
        }
        inputs
    }

    /// When each build requirement is there.
    pub fn requires(&self, build: &WheelBuild) -> Conditioned {
        let of = |require: &crate::emit::model::python::Require| {
            (require.package.clone(), Condition::of(&require.marker, &BTreeSet::new(), self.chosen))
        };
        let all = build.requires.iter().map(of);
        all.filter(|(_, condition)| !condition.is_never(&self.chosen.pythons)).collect()
    }

    fn inputs(
        &self,
        title: &str,
        build: &WheelBuild,
        comments: &mut Vec<String>,
        notes: &mut Notes,
    ) -> (Inputs, Inputs) {
        let mut native = self.listed(&self.requires(build));
        let mut inputs = Inputs::default();
        let taken = libraries::taken(build);
        inputs.always.extend(taken.libraries.iter().map(|variable| variable.as_str().into()));
        native.always.extend(taken.programs.iter().map(|variable| variable.as_str().into()));
        if let Some((comment, warning)) = taken.complaint(title) {
            comments.push(comment);
            notes.warnings.push(warning);
        }
        if !build.unmet.is_empty() {
            let names: Vec<&str> = build.unmet.iter().map(crate::python::PyName::as_str).collect();
            let names = names.join(", ");
            comments
                .push(format!("Programs among its build requirements are Guix' own, not Python's: {names}."));
        }
        if let Some(crates) = &build.crates {
            let output = Some("cargo".to_owned());
            native.always.insert("rust".into());
            native.always.insert(definition::Input { variable: "rust".to_owned(), output });
            inputs.lists.insert(crates_variable(&crates.pack));
        }
        (inputs, native)
    }

    /// A member of a circle cannot be checked alone.
    fn alone(&self, key: &Key, phases: &mut Vec<Phase>) {
        let lacking = self.needs.lacking(key);
        let names: Vec<&str> =
            lacking.into_iter().filter_map(|key| Some(self.names.get(key)?.variable.as_str())).collect();
        if !names.is_empty() {
            let names = names.join(", ");
            phases.push(Phase {
                comments: vec![format!(
                    "It needs {names}, and is needed there: whoever takes one of them takes all."
                )],
                what: Change::NoSanityCheck(Yes),
            });
        }
    }

    fn systems(&self, fitting: &[(Wheel<'_>, Condition)]) -> Vec<String> {
        let all = fitting.iter().fold(Condition::never(), |all, (_, condition)| all.or(condition));
        let systems = all.systems(&self.chosen.pythons);
        let every = Condition::always().systems(&self.chosen.pythons);
        if systems == every { Vec::new() } else { systems.into_iter().map(str::to_owned).collect() }
    }

    fn wheel(&self, key: &Key, fitting: &[(Wheel<'_>, Condition)], version: &str) -> Option<Source> {
        let every = fitting.iter().fold(Condition::never(), |all, (_, condition)| all.or(condition));
        let is_whole = every.is_whole(&self.chosen.pythons);
        if let ([(only, _)], true) = (fitting, is_whole) {
            return Some(only.source(version));
        }
        let last = fitting.len().checked_sub(1)?;
        let clause = |(at, (wheel, condition)): (usize, &(Wheel<'_>, Condition))| {
            let when = condition.expression_of_system(self.python, &self.chosen.pythons);
            let when = when.filter(|_| at < last || !is_whole).unwrap_or_else(|| symbol("else"));
            Sexp::List(vec![when, wheel.source(version).sexp(None)])
        };
        let mut clauses: Vec<_> = fitting.iter().enumerate().map(clause).collect();
        if !is_whole {
            let error = list!["error", text(format!("no wheel of {} fits", key.as_str()))];
            clauses.push(Sexp::List(vec![symbol("else"), error]));
        }
        Some(Source::Other(list!["let-system", symbol("system"), Sexp::call("cond", clauses)]))
    }
}

/// Why a build with crates from git cannot be: Guix removes Cargo.lock, and takes nothing but archives of crates in place
/// of the registry of crates.
fn crates_from_git(title: &str, build: &WheelBuild) -> Option<String> {
    let urls: BTreeSet<&str> =
        build.crates.iter().flat_map(|crates| &crates.git).map(|one| one.url.as_str()).collect();
    let urls: Vec<&str> = urls.into_iter().collect();
    (!urls.is_empty()).then(|| {
        format!("{title} needs crates from git, which are not handled for Guix yet: {}", urls.join(", "))
    })
}

/// A build that says why there is none.
fn refused(why: &str, phases: &mut Vec<Phase>) -> Source {
    *phases = vec![Change::Missing(why.to_owned()).into()];
    Source::Other(Sexp::Flag(false))
}

/// The variable of a pack of crates.
pub fn crates_variable(pack: &str) -> String {
    let safe: String = pack
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '.' { c.to_ascii_lowercase() } else { '-' })
        .collect();
    format!("{}-crates", safe.trim_start_matches("crates-").trim_matches('-'))
}
