//! A package definition, as data: what `templates/guix/` makes text of. The fields are those of Guix' `package` record
//! (Guix manual, "package Reference").

use std::collections::{BTreeMap, BTreeSet};

use serde::{Serialize, Serializer};

use super::license::{Licenses, Term};
use super::sexp::{Sexp, list, symbol, text};
use super::source::{Source, literal, literal_of};
use super::words::{self, Subject};
use crate::about::About;

/// One package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Definition<Arguments> {
    /// Sentences above the definition.
    pub comments: Vec<String>,
    /// The variable it is bound to.
    pub variable: String,
    /// Whether the module offers it.
    pub public: bool,
    /// A definition that it differs from in its inputs and in nothing else that is said here.
    pub inherit: Option<String>,
    pub name: String,
    pub version: String,
    #[serde(serialize_with = "source")]
    pub source: Source,
    pub build_system: &'static str,
    /// For the ecosystem's own template; `None` for a build system that needs to be told nothing.
    pub arguments: Option<Arguments>,
    pub inputs: Inputs,
    pub native_inputs: Inputs,
    pub propagated_inputs: Inputs,
    /// `x86_64-linux` and the like; empty means all.
    pub supported_systems: Vec<String>,
    pub words: Words,
    #[serde(serialize_with = "properties")]
    pub properties: BTreeMap<String, Sexp>,
}

/// What a person reads of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Words {
    pub home_page: Sexp,
    pub synopsis: String,
    pub description: String,
    pub license: License,
}

/// Under which terms it is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct License {
    /// A variable of `(guix licenses)`, a call of `named-license`, or a list of those.
    pub value: Sexp,
    /// What the value does not say.
    pub comment: Option<String>,
    /// Whether the module must define `named-license`.
    #[serde(skip)]
    pub needs_helper: bool,
}

impl Words {
    /// From what a package says of itself.
    pub fn new(about: &About, subject: &Subject<'_>) -> Self {
        Self {
            home_page: about.home_page.as_ref().map_or(Sexp::Flag(false), |page| literal(page)),
            synopsis: words::synopsis(about.text(), subject),
            description: words::description(about.text(), subject),
            license: License::from(&Licenses::of(about)),
        }
    }
}

impl From<&Licenses> for License {
    fn from(licenses: &Licenses) -> Self {
        let mut terms: Vec<_> = licenses.terms.iter().map(term).collect();
        let value = match terms.len() {
            0 => Sexp::Flag(false),
            1 => terms.remove(0),
            _ => Sexp::call("list", terms),
        };
        Self { value, comment: licenses.note.clone(), needs_helper: licenses.needs_helper() }
    }
}

fn term(term: &Term) -> Sexp {
    match term {
        Term::Variable(name) => symbol(format!("license:{name}")),
        Term::Named { name, uri } => {
            list!["named-license", text(name), uri.as_ref().map_or(Sexp::Flag(false), |uri| literal(uri))]
        }
    }
}

/// What goes into one of the fields for inputs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    pub always: BTreeSet<Input>,
    /// By the expression that says when.
    pub sometimes: BTreeMap<Sexp, BTreeSet<Input>>,
    /// Variables that hold lists of more.
    pub lists: BTreeSet<String>,
}

/// A variable, and the output that is meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Input {
    pub variable: String,
    pub output: Option<String>,
}

impl From<&str> for Input {
    fn from(variable: &str) -> Self {
        Self { variable: variable.to_owned(), output: None }
    }
}

impl<'a> FromIterator<&'a str> for Inputs {
    fn from_iter<I: IntoIterator<Item = &'a str>>(variables: I) -> Self {
        Self { always: variables.into_iter().map(Input::from).collect(), ..Self::default() }
    }
}

impl Inputs {
    /// Adds a variable; `when` is the expression that says when it is one.
    pub fn add(&mut self, variable: &str, when: Option<Sexp>) {
        match when {
            None => _ = self.always.insert(variable.into()),
            Some(when) => _ = self.sometimes.entry(when).or_default().insert(variable.into()),
        }
    }

    /// Adds all of the others.
    pub fn take(&mut self, others: Self) {
        self.always.extend(others.always);
        self.lists.extend(others.lists);
        for (when, inputs) in others.sometimes {
            self.sometimes.entry(when).or_default().extend(inputs);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.always.is_empty() && self.sometimes.is_empty() && self.lists.is_empty()
    }

    fn sexp(&self) -> Option<Sexp> {
        let each = |inputs: &BTreeSet<Input>| Sexp::call("list", inputs.iter().map(Input::sexp));
        if self.sometimes.is_empty() && self.lists.is_empty() {
            return (!self.always.is_empty()).then(|| each(&self.always));
        }
        let always = (!self.always.is_empty()).then(|| each(&self.always));
        let sometimes =
            self.sometimes.iter().map(|(when, inputs)| list!["if", when.clone(), each(inputs), Sexp::nil()]);
        let lists = self.lists.iter().map(symbol);
        let mut parts: Vec<_> = always.into_iter().chain(sometimes).chain(lists).collect();
        match (parts.len(), parts.pop()) {
            (1, Some(only)) => Some(only),
            (_, last) => Some(Sexp::call("append", parts.into_iter().chain(last))),
        }
    }
}

impl Input {
    fn sexp(&self) -> Sexp {
        match &self.output {
            None => symbol(&self.variable),
            Some(output) => list!["list", symbol(&self.variable), text(output)],
        }
    }
}

impl Serialize for Inputs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.sexp().serialize(serializer)
    }
}

fn source<S: Serializer>(source: &Source, serializer: S) -> Result<S::Ok, S::Error> {
    source.sexp(None).serialize(serializer)
}

/// Longest value of a property that stands in one literal, in characters: its name stands before it.
const PROPERTY: usize = 50;

fn properties<S: Serializer>(properties: &BTreeMap<String, Sexp>, serializer: S) -> Result<S::Ok, S::Error> {
    let in_pieces = |value: &Sexp| match value {
        Sexp::Text(text) => literal_of(text, PROPERTY),
        value => value.clone(),
    };
    // In a quoted list a long text would be one literal.
    let all = if properties.values().all(|value| in_pieces(value) == *value) {
        let pairs = properties.iter().map(|(key, value)| Sexp::pair(symbol(key), value.clone()));
        Sexp::quote(Sexp::List(pairs.collect()))
    } else {
        let pair = |(key, value): (&String, &Sexp)| list!["cons", Sexp::quote(symbol(key)), in_pieces(value)];
        Sexp::call("list", properties.iter().map(pair))
    };
    Some(all).filter(|_| !properties.is_empty()).serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `guix lint` warns of lines beyond 90 columns.
    #[test]
    fn a_long_property_is_split() {
        let long = format!("@scope/{}", "long-".repeat(10));
        let written = |value: Sexp| {
            let all = BTreeMap::from([("upstream-name".to_owned(), value)]);
            let json = properties(&all, serde_json::value::Serializer).unwrap();
            serde_json::from_value::<Sexp>(json).unwrap().written()
        };
        assert_eq!(written(text("@a/b")), "'((upstream-name . \"@a/b\"))");
        let said = written(text(long));
        assert!(said.starts_with("(list (cons 'upstream-name (string-append \"@scope/\" "), "{said}");
    }
}
