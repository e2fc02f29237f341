//! The rules of a folder and of those around it, as far as they can still say something of what lies in it.
//!
//! npm asks every folder around an entry with the path that the entry has from there. Here each rule remembers how far
//! the path that leads to the folder has matched, so that an entry costs as much in a deep folder as in the first, and
//! a rule that can match nothing below is dropped.

use std::rc::Rc;

use super::rule::{Reached, Rule};

/// What is asked of a name in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Whether the file is packed.
    File,
    /// Whether the folder is, by itself.
    Folder,
    /// Whether something in the folder may be.
    Partial,
}

/// The rules that one folder has.
#[derive(Clone)]
struct Level {
    /// Whether the folder was named itself, so that the folders around it do not decide alone.
    exact: bool,
    rules: Vec<(Rc<Rule>, Reached)>,
}

/// Those of a folder and all around it, the outermost first.
#[derive(Clone, Default)]
pub struct Levels(Vec<Level>);

impl Levels {
    /// Of a package's own folder.
    pub fn new(rules: Vec<Rc<Rule>>) -> Self {
        let mut levels = Self::default();
        levels.push(false, rules);
        levels
    }

    pub fn include(&self, asked: Asked, name: &str) -> bool {
        let name = name.to_lowercase();
        let mut included = true;
        for level in &self.0 {
            if !included && !level.exact {
                return false;
            }
            for (rule, reached) in &level.rules {
                if rule.negated != included && is_about(rule, reached, asked, &name) {
                    included = rule.negated;
                }
            }
        }
        included
    }

    /// Those of a folder in this one, which has these rules besides.
    #[must_use]
    pub fn below(&self, name: &str, rules: Vec<Rc<Rule>>) -> Self {
        let exact = self.include(Asked::File, name) || self.include(Asked::Folder, name);
        let name = name.to_lowercase();
        let mut levels = Self::default();
        for level in &self.0 {
            let onward = |(rule, reached): &(Rc<Rule>, Reached)| {
                let reached = rule.onward(reached, &name);
                let is_of_names = rule.is_of_names() || rule.is_relative();
                (is_of_names || !reached.is_empty()).then(|| (Rc::clone(rule), reached))
            };
            let rules = level.rules.iter().filter_map(onward).collect();
            levels.add(Level { exact: level.exact, rules });
        }
        levels.push(exact, rules);
        levels
    }

    fn push(&mut self, exact: bool, rules: Vec<Rc<Rule>>) {
        let new = rules.into_iter().filter(|rule| !self.has_said(rule));
        let rules = new.map(|rule| (Rc::clone(&rule), rule.start())).collect();
        self.add(Level { exact, rules });
    }

    /// Whether a rule of a folder around, with nothing that could take it back, has said all that the same rule could
    /// say here: it is about names, wherever they are, so what it leaves out here it has left out there.
    fn has_said(&self, rule: &Rc<Rule>) -> bool {
        let all = self.0.iter().rev().flat_map(|level| level.rules.iter().rev());
        let mut before = all.map(|(rule, _)| rule).take_while(|before| !before.negated);
        rule.is_anywhere() && before.any(|before| Rc::ptr_eq(before, rule))
    }

    /// Two levels without rules are as one, and one says nothing that does not stop at what is left out.
    fn add(&mut self, level: Level) {
        let is_first = self.0.is_empty();
        let is_gate = |level: &Level| level.rules.is_empty() && !level.exact;
        if level.rules.is_empty() && !is_first && (level.exact || self.0.last().is_some_and(is_gate)) {
            return;
        }
        self.0.push(level);
    }
}

fn is_about(rule: &Rule, reached: &Reached, asked: Asked, name: &str) -> bool {
    let plain = |reached: &Reached, is_folder| rule.matches(reached, name, is_folder, false);
    let leads = |reached: &Reached| rule.negated && rule.matches(reached, name, false, true);
    match asked {
        Asked::File => plain(reached, false),
        Asked::Folder => plain(reached, true),
        Asked::Partial => {
            // A rule about a name is asked for the name alone as well.
            let by_name = || rule.is_relative() && (plain(&rule.start(), true) || leads(&rule.start()));
            plain(reached, false) || plain(reached, true) || leads(reached) || by_name()
        }
    }
}
