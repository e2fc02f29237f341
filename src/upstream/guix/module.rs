//! A file of definitions: one that Guix loads as it is, to be taken apart for the modules that the definitions belong to.

use std::collections::BTreeSet;

use super::commit::{Change, message};
use super::definition::Definition;
use super::listing::Listing;
use crate::emit::guix::libraries;
use crate::emit::guix::scheme::{self, SchemeError};
use crate::emit::guix::sexp::{Sexp, symbol};
use crate::emit::guix::uses::{self, Uses};

/// A definition, the module `(gnu packages ...)` that it belongs to, and what it changes there.
#[derive(Clone, Debug)]
pub struct Placed {
    pub definition: Definition,
    pub module: String,
    pub change: Change,
}

impl Placed {
    /// The message of the commit that brings it there; `None` where Guix has it already.
    pub fn message(&self) -> Option<String> {
        let Definition { variable, .. } = &self.definition;
        let file = format!("gnu/packages/{}.scm", self.module);
        message(&self.change, variable, &self.definition.shown_version(), &file)
    }
}

/// The text of a file that is the module `name`. Definitions stand after those that they need.
///
/// # Errors
/// Text that cannot be laid out: a defect.
pub fn file(name: &str, all: &[Placed], listing: &Listing) -> Result<String, SchemeError> {
    let defined: BTreeSet<&str> = all.iter().map(|placed| placed.definition.variable.as_str()).collect();
    let mut uses = Uses::new();
    for Placed { definition, .. } in all {
        for words in definition.modules() {
            uses.whole(uses::module(&words));
        }
        for variable in definition.inputs.all().filter(|variable| !defined.contains(variable.as_str())) {
            if let Some(module) = module_of(variable, listing) {
                uses.select(&module.split(' ').collect::<Vec<_>>(), variable);
            }
        }
    }
    let used = uses.all().into_iter().flat_map(|module| [Sexp::keyword("use-module"), module]);
    let head = Sexp::call("define-module", std::iter::once(Sexp::List(vec![symbol(name)])).chain(used));
    let mut text = String::new();
    for Placed { definition, module, .. } in all {
        text.push_str(&format!(";;; {} belongs into gnu/packages/{module}.scm.\n", definition.variable));
    }
    text.push_str(&format!("\n{}\n", head.written()));
    for Placed { definition, .. } in all {
        text.push_str(&format!("\n{}\n", definition.sexp().written()));
    }
    scheme::format(&format!("{name}.scm"), &text)
}

/// The module that exports a variable, by the words of its name.
fn module_of(variable: &str, listing: &Listing) -> Option<String> {
    let known = || libraries::module(variable).map(|module| format!("gnu packages {module}"));
    listing.variable(variable).map(|row| row.module.clone()).or_else(known)
}

/// The variables that a definition of a file names and that neither Guix nor the file has; none where there is no Guix
/// to ask.
pub fn unbound<'a>(placed: &'a Placed, all: &[Placed], listing: &Listing) -> Vec<&'a str> {
    let is_defined = |variable: &String| all.iter().any(|other| other.definition.variable == *variable);
    let is_known = |variable: &&String| is_defined(variable) || module_of(variable, listing).is_some();
    let inputs = placed.definition.inputs.all().filter(|_| !listing.is_empty());
    inputs.filter(|variable| !is_known(variable)).map(String::as_str).collect()
}

/// The modules that the module which a definition belongs to does not use yet, as they stand there; none where there is
/// no Guix to ask.
pub fn lacking(placed: &Placed, listing: &Listing) -> Vec<String> {
    let own = format!("gnu packages {}", placed.module);
    if listing.is_empty() {
        return Vec::new();
    }
    let of_guix = placed.definition.modules().into_iter().map(|words| words.join(" "));
    let of_inputs = placed.definition.inputs.all().filter_map(|variable| module_of(variable, listing));
    let all: BTreeSet<String> = of_guix.chain(of_inputs).collect();
    let is_new = |module: &String| *module != own && !listing.is_used(&own, module);
    all.into_iter().filter(is_new).map(|module| format!("({module})")).collect()
}
