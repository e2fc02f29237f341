//! Markers of Python requirements: when one applies (PEP 508), kept as written and evaluated leaf by leaf.
//!
//! The leaves are the pep508_rs crate's; and, or and parentheses are kept here as a plain tree. The crate's own tree
//! is a decision diagram, which a hostile marker of forty terms can make too large for any machine; and it knows
//! neither `"x" in extras` and `"x" in dependency_groups` (PEP 751) nor whose extra uv means in its lockfile.

pub mod diagram;
mod parse;
#[cfg(test)]
pub mod tests;

use std::collections::BTreeSet;
use std::fmt;

use pep508_rs::{MarkerEnvironment, MarkerExpression, MarkerTree};

use super::PyName;
pub use parse::MarkerError;

/// When a requirement applies. `All` of nothing is always true, `Any` of nothing never.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Marker {
    All(Vec<Marker>),
    Any(Vec<Marker>),
    Is(Test),
}

/// One comparison of a marker.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Test {
    /// Of the interpreter or the platform: `python_version >= "3.9"`.
    Environment(MarkerExpression),
    /// Whether an extra or a group is chosen, or (`chosen: false`) is not.
    Choice { choice: Choice, chosen: bool },
}

/// What a user chooses of a project.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Choice {
    /// `extra == "x"`: of the package that has the requirement. In PEP 751's spelling, `"x" in extras`, of the project.
    Extra(PyName),
    /// `"x" in dependency_groups` (PEP 751).
    Group(PyName),
    /// `extra == "extra-<length of the name>-<name>-<extra>"`, which uv writes where extras exclude each other.
    ExtraOf(PyName, PyName),
    /// `extra == "group-<length of the name>-<name>-<group>"`, as above.
    GroupOf(PyName, PyName),
    /// `extra == "project-<length of the name>-<name>"`, which uv writes where projects exclude each other.
    Project(PyName),
}

/// What markers are evaluated against.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    pub environment: &'a MarkerEnvironment,
    pub chosen: &'a BTreeSet<Choice>,
}

impl Marker {
    /// Always true.
    pub const ALWAYS: Self = Self::All(Vec::new());

    /// Reads a marker.
    ///
    /// # Errors
    /// Text that is none, or that compares what cannot be compared; longer than 64 KiB, deeper than 64 parentheses.
    pub fn parse(text: &str) -> Result<Self, MarkerError> {
        parse::parse(text)
    }

    /// Whether it holds whatever the environment.
    pub fn is_always(&self) -> bool {
        matches!(self, Self::All(parts) if parts.is_empty())
    }

    /// Whether it holds here.
    pub fn holds(&self, context: Context<'_>) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(context)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(context)),
            Self::Is(Test::Environment(test)) => {
                MarkerTree::expression(test.clone()).evaluate(context.environment, &[])
            }
            Self::Is(Test::Choice { choice, chosen }) => context.chosen.contains(choice) == *chosen,
        }
    }

    /// The rest of it, once some choices are known: `settle` says of each whether it is chosen, or `None` where that
    /// is open. What always or never holds is [`Self::ALWAYS`] or `Any` of nothing.
    #[must_use]
    pub fn settled(&self, settle: &dyn Fn(&Choice) -> Option<bool>) -> Self {
        let never = |part: &Self| matches!(part, Self::Any(parts) if parts.is_empty());
        let each = |parts: &[Self]| parts.iter().map(|part| part.settled(settle)).collect::<Vec<_>>();
        match self {
            Self::All(parts) => {
                let parts = each(parts);
                if parts.iter().any(never) { Self::Any(Vec::new()) } else { Self::all(parts) }
            }
            Self::Any(parts) => Self::any(each(parts)),
            Self::Is(Test::Environment(_)) => self.clone(),
            Self::Is(Test::Choice { choice, chosen }) => match settle(choice) {
                None => self.clone(),
                Some(is_chosen) if is_chosen == *chosen => Self::ALWAYS,
                Some(_) => Self::Any(Vec::new()),
            },
        }
    }

    /// Whether an extra has a say in it.
    pub fn asks_for_extras(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::asks_for_extras),
            Self::Is(Test::Environment(_)) => false,
            Self::Is(Test::Choice { choice, .. }) => matches!(choice, Choice::Extra(_) | Choice::ExtraOf(..)),
        }
    }

    /// True where both are.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::all([self, other])
    }

    /// True where all are; parts of parts become parts.
    pub fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Self::All(inner) => flat.extend(inner),
                part => flat.push(part),
            }
        }
        if flat.len() == 1 { flat.remove(0) } else { Self::All(flat) }
    }

    /// True where any is; parts of parts become parts, and one that is always true is the whole.
    pub fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Self::Any(inner) => flat.extend(inner),
                part if part.is_always() => return Self::ALWAYS,
                part => flat.push(part),
            }
        }
        if flat.len() == 1 { flat.remove(0) } else { Self::Any(flat) }
    }
}

/// Single quotes, one space around words, parentheses only where they are needed. What is always true is `''`.
impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, word) = match self {
            Self::Is(test) => return fmt::Display::fmt(test, f),
            // No marker is spelled so: one that never holds has to be.
            Self::Any(parts) if parts.is_empty() => return f.write_str("python_version < '0'"),
            Self::All(parts) => (parts, " and "),
            Self::Any(parts) => (parts, " or "),
        };
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                f.write_str(word)?;
            }
            match (self, part) {
                (Self::All(_), Self::Any(inner)) if !inner.is_empty() => write!(f, "({part})")?,
                _ => write!(f, "{part}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (choice, chosen) = match self {
            Self::Environment(test) => return fmt::Display::fmt(test, f),
            Self::Choice { choice, chosen } => (choice, *chosen),
        };
        let operator = if chosen { "==" } else { "!=" };
        match choice {
            Choice::Extra(extra) => write!(f, "extra {operator} '{extra}'"),
            Choice::Group(group) => {
                write!(f, "'{group}' {} dependency_groups", if chosen { "in" } else { "not in" })
            }
            Choice::ExtraOf(name, extra) => {
                write!(f, "extra {operator} 'extra-{}-{name}-{extra}'", name.as_str().len())
            }
            Choice::GroupOf(name, group) => {
                write!(f, "extra {operator} 'group-{}-{name}-{group}'", name.as_str().len())
            }
            Choice::Project(name) => write!(f, "extra {operator} 'project-{}-{name}'", name.as_str().len()),
        }
    }
}
