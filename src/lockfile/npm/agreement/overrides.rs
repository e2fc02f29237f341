//! `overrides` of package.json, as npm applies them to the edges of the tree (arborist's `OverrideSet`).

use nodejs_semver::Range;
use serde_json::Value;

use crate::npm::spec;
use crate::npm::spec::Spec;

/// The rules of a project. The first is the project itself, and is no rule.
#[derive(Debug)]
pub struct Overrides(Vec<Rule>);

/// What holds in a part of the tree: the rule that led there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context(usize);

#[derive(Debug)]
pub struct Rule {
    name: String,
    /// The range behind the name, `*` where there is none.
    key: String,
    /// What takes the place of what was asked for; `*` changes nothing.
    value: String,
    children: Vec<usize>,
    parent: Option<usize>,
}

impl Rule {
    /// What the edge of this name asks for instead; `None` where the rule changes nothing.
    pub fn value(&self, name: &str) -> Option<&str> {
        (self.name == name && self.value != "*").then_some(self.value.as_str())
    }

    /// The range for which the rule is.
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl Overrides {
    /// Reads the field; `None` where there is none.
    pub fn of(manifest: &Value) -> Option<Self> {
        let fields = manifest.get("overrides")?.as_object().filter(|fields| !fields.is_empty())?;
        let mut rules = Self(vec![Rule {
            name: String::new(),
            key: String::new(),
            value: String::new(),
            children: Vec::new(),
            parent: None,
        }]);
        rules.read(0, fields);
        Some(rules)
    }

    fn read(&mut self, parent: usize, fields: &serde_json::Map<String, Value>) {
        for (key, value) in fields.iter().filter(|(key, _)| *key != ".") {
            let own = value.get(".").unwrap_or(value).as_str();
            let (name, range) = match key.get(1..).and_then(|tail| tail.find('@')) {
                Some(at) => (&key[..=at], key[at + 2..].trim()),
                None => (key.as_str(), "*"),
            };
            let range = if range.is_empty() { "*" } else { range };
            let value_text = match own {
                Some("") => "*",
                Some(text) => text,
                None => range,
            };
            let at = self.0.len();
            self.0.push(Rule {
                name: name.to_owned(),
                key: range.to_owned(),
                value: value_text.to_owned(),
                children: Vec::new(),
                parent: Some(parent),
            });
            self.0[parent].children.push(at);
            if let Some(fields) = value.as_object() {
                self.read(at, fields);
            }
        }
    }

    /// What holds in the project itself.
    pub fn root(&self) -> Context {
        Context(0)
    }

    /// The rule of a context, where it is of one.
    pub fn rule(&self, context: Context) -> Option<&Rule> {
        (context.0 != 0).then(|| &self.0[context.0])
    }

    /// What holds for an edge of this name, which asks for `asked`, from a place where `context` does.
    pub fn of_edge(&self, context: Context, name: &str, asked: &str) -> Context {
        let mut above = Some(context.0);
        while let Some(at) = above {
            let rule = &self.0[at];
            let own = (at != 0).then_some(at);
            for candidate in rule.children.iter().copied().chain(own) {
                let candidate_rule = &self.0[candidate];
                if candidate_rule.name == name && is_for(&candidate_rule.key, asked) {
                    return Context(candidate);
                }
            }
            above = rule.parent;
        }
        context
    }

    /// What holds at a place that edges of both contexts lead to: the narrower one, or what they share.
    pub fn both(&self, one: Context, other: Context) -> Context {
        let above = |context: Context| {
            std::iter::successors(Some(context.0), |at| self.0[*at].parent).collect::<Vec<_>>()
        };
        let (ones, others) = (above(one), above(other));
        if ones.contains(&other.0) {
            return one;
        }
        if others.contains(&one.0) {
            return other;
        }
        Context(ones.into_iter().find(|at| others.contains(at)).unwrap_or(0))
    }
}

/// Whether a rule for `key` is one for what an edge asks for.
fn is_for(key: &str, asked: &str) -> bool {
    if key == "*" {
        return true;
    }
    let meets = |range: &Range| spec::range(key).is_some_and(|key| range.allows_any(&key));
    match Spec::parse(asked) {
        Spec::Alias(of) => match *of {
            Spec::Range(range) => range.is_none_or(|range| meets(&range)),
            _ => true,
        },
        Spec::Range(range) => range.is_none_or(|range| meets(&range)),
        Spec::Git(git) => git.range.as_deref().and_then(spec::range).is_some_and(|range| meets(&range)),
        _ => true,
    }
}
