//! The modules of Guix that definitions are written with: those that they need and no others.

use std::collections::{BTreeMap, BTreeSet};

use super::definition::{Definition, Inputs};
use super::libraries;
use super::sexp::{Sexp, symbol};

/// What a module uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uses {
    whole: BTreeSet<Sexp>,
    /// Of each module, by the words of its name, the variables that are used.
    selected: BTreeMap<String, BTreeSet<String>>,
}

impl Uses {
    /// What any definition is written with.
    pub fn new() -> Self {
        let licenses = vec![module(&["guix", "licenses"]), Sexp::keyword("prefix"), symbol("license:")];
        let whole = [Sexp::List(licenses), module(&["guix", "gexp"]), module(&["guix", "packages"])];
        Self { whole: whole.into(), selected: BTreeMap::new() }
    }

    /// What this one is written with besides.
    pub fn definition<A>(&mut self, definition: &Definition<A>) {
        let system = definition.build_system.trim_end_matches("-build-system");
        self.whole(module(&["guix", "build-system", system]));
        self.source(&definition.source.sexp(None).written());
        for inputs in [&definition.inputs, &definition.native_inputs, &definition.propagated_inputs] {
            self.inputs(inputs);
        }
    }

    /// What a source is written with.
    pub fn source(&mut self, written: &str) {
        for (word, module) in [("url-fetch", "download"), ("git-fetch", "git-download")] {
            if written.contains(word) {
                self.whole(self::module(&["guix", module]));
            }
        }
        self.condition(written);
    }

    /// What inputs are written with.
    pub fn inputs(&mut self, inputs: &Inputs) {
        for when in inputs.sometimes.keys() {
            self.condition(&when.written());
        }
        for input in inputs.always.iter().chain(inputs.sometimes.values().flatten()) {
            if let Some(module) = libraries::module(&input.variable) {
                self.select(&["gnu", "packages", module], &input.variable);
            }
        }
    }

    fn condition(&mut self, written: &str) {
        if ["(target-", "(version"].iter().any(|word| written.contains(word)) {
            self.whole(module(&["guix", "utils"]));
        }
    }

    /// All of a module.
    pub fn whole(&mut self, module: Sexp) {
        self.whole.insert(module);
    }

    /// A variable of a module.
    pub fn select(&mut self, module: &[&str], variable: &str) {
        self.selected.entry(module.join(" ")).or_default().insert(variable.to_owned());
    }

    /// What stands in `#:use-module`, in the order of the modules' names.
    pub fn all(self) -> Vec<Sexp> {
        let selected = self.selected.into_iter().map(|(module, variables)| {
            Sexp::List(vec![
                Sexp::List(module.split(' ').map(symbol).collect()),
                Sexp::keyword("select"),
                Sexp::List(variables.into_iter().map(symbol).collect()),
            ])
        });
        let mut all: Vec<_> = self.whole.into_iter().chain(selected).collect();
        all.sort_by_key(|module| module.written().replace('(', ""));
        all
    }
}

/// A module, by the words of its name.
pub fn module(words: &[&str]) -> Sexp {
    Sexp::List(words.iter().copied().map(symbol).collect())
}
