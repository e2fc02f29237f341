//! How a package finds its dependencies.

use std::collections::BTreeMap;

use super::scene::Scene;
use crate::emit::guix::definition::Inputs;
use crate::emit::guix::sexp::{Sexp, list, symbol, text};

/// A list in which some items are there only under a condition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed(BTreeMap<Option<Sexp>, Vec<Sexp>>);

impl Listed {
    pub fn add(&mut self, when: Option<Sexp>, item: Sexp) {
        self.0.entry(when).or_default().push(item);
    }

    /// `of` makes a list of items; `None` where there are none.
    pub fn sexp(&self, of: impl Fn(&[Sexp]) -> Sexp) -> Option<Sexp> {
        let part = |(when, items): (&Option<Sexp>, &Vec<Sexp>)| match when {
            None => of(items),
            Some(when) => list!["if", when.clone(), of(items), Sexp::nil()],
        };
        appended(self.0.iter().map(part).collect())
    }
}

/// One list of several; `None` of none.
pub fn appended(mut lists: Vec<Sexp>) -> Option<Sexp> {
    match lists.len() {
        0 => None,
        1 => lists.pop(),
        _ => Some(Sexp::call("append", lists)),
    }
}

/// `(modules FOLDER ENTRY...)`
pub fn modules(folder: &str, entries: &[Sexp]) -> Sexp {
    Sexp::call("modules", [text(folder)].into_iter().chain(entries.iter().cloned()))
}

/// `(cons NAME WHAT)`
fn cons(name: &str, what: Sexp) -> Sexp {
    list!["cons", text(name), what]
}

impl Scene<'_> {
    /// What is linked to under this name: the package, which has a name of its own.
    pub fn entry(&self, name: &str, instance: usize) -> anyhow::Result<Sexp> {
        let package = symbol(self.variable(instance));
        Ok(if self.package(instance)?.name == name { package } else { cons(name, package) })
    }

    /// The packages that one needs; not those that it forms a cycle with.
    pub fn inputs(&self, from: usize) -> Inputs {
        let mut inputs = Inputs::default();
        for (to, _) in self.instances.list[from].edges.values() {
            if self.group[*to] != self.group[from] {
                inputs.add(self.variable(*to), self.when(from, *to));
            }
        }
        inputs
    }

    /// The dependencies that an input's own name does not find, and those that are folders of the package itself.
    pub fn renamed(&self, from: usize) -> anyhow::Result<Option<Sexp>> {
        let edges = &self.instances.list[from].edges;
        let mut renamed = Listed::default();
        for (name, (to, _)) in edges {
            let is_alias = |name: &str, to: usize| anyhow::Ok(self.package(to)?.name != name);
            let mut others = edges.iter().filter(|(_, (other, _))| other == to);
            // One that is needed under its own name, too, is an input that is not looked at otherwise.
            if others.try_fold(false, |any, (name, _)| anyhow::Ok(any || is_alias(name.as_str(), *to)?))? {
                renamed.add(self.when(from, *to), cons(name.as_str(), symbol(self.variable(*to))));
            }
        }
        for (name, path) in &self.instances.list[from].inside {
            renamed.add(None, cons(name.as_str(), text(path)));
        }
        Ok(renamed.sexp(|items| Sexp::call("list", items.iter().cloned())))
    }

    /// All links of one in a cycle.
    pub fn links_within(&self, from: usize) -> anyhow::Result<Option<Sexp>> {
        let folder = format!("{}/node_modules", self.folder(from));
        let own = &self.package(from)?.name;
        let (mut links, mut within) = (Listed::default(), Listed::default());
        for (name, (to, _)) in &self.instances.list[from].edges {
            let entry = if self.group[*to] == self.group[from] {
                cons(
                    name.as_str(),
                    text(format!("{}/node_modules/{}", self.folder(*to), self.package(*to)?.name)),
                )
            } else {
                self.entry(name.as_str(), *to)?
            };
            // Another of its own name is found within it alone.
            let links = if name.as_str() == own { &mut within } else { &mut links };
            links.add(self.when(from, *to), entry);
        }
        for (name, path) in &self.instances.list[from].inside {
            links.add(None, cons(name.as_str(), text(format!("{folder}/{own}/{path}"))));
        }
        let within = within.sexp(|entries| modules(&format!("{folder}/{own}/node_modules"), entries));
        let links = links.sexp(|entries| modules(&folder, entries));
        Ok(appended(links.into_iter().chain(within).collect()))
    }

    /// Where one of a cycle lies in its output.
    pub fn folder(&self, instance: usize) -> String {
        format!("lib/{}", self.variable(instance))
    }

    /// The condition under which a dependency is there, where its dependent can be without it.
    fn when(&self, from: usize, to: usize) -> Option<Sexp> {
        let (here, there) = (self.machines(from), self.machines(to));
        if there.holds(here) { None } else { there.condition() }
    }
}
