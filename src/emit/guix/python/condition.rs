//! When something holds on Guix systems: for each machine, the versions of Python.
//!
//! Guix means Linux and CPython here, so that of a marker (PEP 508) only the machine and the version of Python are left
//! open. That makes conditions a small table with one form for each meaning, in which nothing can explode.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifiers, release_specifier_to_range, release_specifiers_to_ranges};
use pep508_rs::{
    MarkerEnvironment, MarkerEnvironmentBuilder, MarkerExpression, MarkerTree, MarkerValueVersion,
};
use version_ranges::Ranges;

use crate::emit::guix::sexp::{Sexp, symbol, text};
use crate::emit::model::python::marker::{Compare, Marker, Op, Variable};
use crate::foreign::guarded;

/// The oldest Python 3 of Guix 1.5 that is taken: no condition asks for what is older.
const OLDEST: [u64; 2] = [3, 11];

/// What Guix runs on: `platform_machine`, and the predicate of `(guix utils)`.
pub const MACHINES: [(&str, &str); 8] = [
    ("x86_64", "target-x86-64?"),
    ("i686", "target-x86-32?"),
    ("aarch64", "target-aarch64?"),
    ("armv7l", "target-arm32?"),
    ("ppc64le", "target-ppc64le?"),
    ("ppc", "target-ppc32?"),
    ("riscv64", "target-riscv64?"),
    ("loongarch64", "target-loongarch64?"),
];

/// The same machines as Guix calls its systems.
const SYSTEMS: [&str; MACHINES.len()] = [
    "x86_64-linux",
    "i686-linux",
    "aarch64-linux",
    "armhf-linux",
    "powerpc64le-linux",
    "powerpc-linux",
    "riscv64-linux",
    "loongarch64-linux",
];

/// The variables of an expression.
struct Words<'a> {
    python: &'a str,
    system: Option<&'a str>,
}

/// For each of [`MACHINES`], the versions of Python.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition([Ranges<Version>; MACHINES.len()]);

/// What is chosen, and which versions of Python there are at all.
#[derive(Clone, Debug)]
pub struct Selection<'a> {
    /// Of the project, as `marker::chosen` spells them.
    pub extras: &'a BTreeSet<String>,
    /// Likewise.
    pub groups: &'a BTreeSet<String>,
    pub pythons: Ranges<Version>,
}

/// The versions of Python that count: those of Guix, or of one minor version, as far as the project takes them.
pub fn pythons(requires_python: Option<&VersionSpecifiers>, minor: Option<u64>) -> Ranges<Version> {
    let guix = match minor {
        None => Ranges::higher_than(Version::new(OLDEST)),
        Some(minor) => Ranges::between(Version::new([3, minor]), Version::new([3, minor + 1])),
    };
    let Some(specifiers) = requires_python else { return guix };
    let both = guix.intersection(&release_specifiers_to_ranges(specifiers.clone()));
    if both.is_empty() { guix } else { both }
}

impl Condition {
    pub fn always() -> Self {
        Self(std::array::from_fn(|_| Ranges::full()))
    }

    pub fn never() -> Self {
        Self(std::array::from_fn(|_| Ranges::empty()))
    }

    /// Of these versions of Python, on these machines.
    pub fn on(machines: impl Fn(&str) -> bool, pythons: &Ranges<Version>) -> Self {
        Self(std::array::from_fn(
            |at| if machines(MACHINES[at].0) { pythons.clone() } else { Ranges::empty() },
        ))
    }

    /// When a marker holds, for a package that is wanted with these extras.
    pub fn of(marker: &Marker, wanted: &BTreeSet<crate::python::PyName>, chosen: &Selection<'_>) -> Self {
        match marker {
            Marker::True => Self::always(),
            Marker::False => Self::never(),
            Marker::All(parts) => {
                parts.iter().fold(Self::always(), |all, part| all.and(&Self::of(part, wanted, chosen)))
            }
            Marker::Any(parts) => {
                parts.iter().fold(Self::never(), |any, part| any.or(&Self::of(part, wanted, chosen)))
            }
            Marker::Compare(compare) => {
                let has = |holds: bool| if holds { Self::always() } else { Self::never() };
                let positive = matches!(compare.op, Op::Equal | Op::In);
                match &compare.variable {
                    Variable::Extra => {
                        has(wanted.iter().any(|extra| extra.as_str() == compare.value) == positive)
                    }
                    Variable::Extras => has(chosen.extras.contains(&compare.value) == positive),
                    Variable::DependencyGroups => has(chosen.groups.contains(&compare.value) == positive),
                    Variable::Version(_) | Variable::Text(_) => environment(compare),
                }
            }
        }
    }

    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at].intersection(&other.0[at])))
    }

    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at].union(&other.0[at])))
    }

    #[must_use]
    pub fn but_not(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at].intersection(&other.0[at].complement())))
    }

    /// Whether no Guix system meets it.
    pub fn is_never(&self, pythons: &Ranges<Version>) -> bool {
        self.0.iter().all(|ranges| ranges.is_disjoint(pythons))
    }

    /// Whether every Guix system does.
    pub fn is_always(&self, pythons: &Ranges<Version>) -> bool {
        self.0.iter().all(|ranges| pythons.subset_of(ranges))
    }

    /// As an expression for a thunked field, `python` being the variable of the interpreter; `None` for what always
    /// holds.
    pub fn expression(&self, python: &str, pythons: &Ranges<Version>) -> Option<Sexp> {
        self.written(&Words { python, system: None }, pythons)
    }

    /// The same where the variable `system` has the system's name.
    pub fn expression_of_system(&self, python: &str, pythons: &Ranges<Version>) -> Option<Sexp> {
        self.written(&Words { python, system: Some("system") }, pythons)
    }

    /// The machines that meet it with some version of Python, as Guix calls its systems.
    pub fn systems(&self, pythons: &Ranges<Version>) -> Vec<&'static str> {
        let some = self.0.iter().zip(SYSTEMS).filter(|(ranges, _)| !ranges.is_disjoint(pythons));
        some.map(|(_, system)| system).collect()
    }

    /// Whether it has every version of Python on each machine that it has.
    pub fn is_whole(&self, pythons: &Ranges<Version>) -> bool {
        self.0.iter().all(|ranges| pythons.subset_of(ranges) || ranges.is_disjoint(pythons))
    }

    fn written(&self, words: &Words<'_>, pythons: &Ranges<Version>) -> Option<Sexp> {
        if self.is_always(pythons) {
            return None;
        }
        let simple: Vec<_> = self.0.iter().map(|ranges| ranges.intersection(pythons)).collect();
        let mut kinds: Vec<(&Ranges<Version>, Vec<usize>)> = Vec::new();
        for (at, ranges) in simple.iter().enumerate() {
            match kinds.iter_mut().find(|(kind, _)| *kind == ranges) {
                Some((_, machines)) => machines.push(at),
                None => kinds.push((ranges, vec![at])),
            }
        }
        let each = kinds.iter().filter(|(ranges, _)| !ranges.is_empty()).map(|(ranges, machines)| {
            let parts = [on_machines(machines, words), on_pythons(ranges, words, pythons)];
            joined("and", parts.into_iter().flatten().collect())
        });
        Some(joined("or", each.collect()))
    }
}

/// A comparison of the interpreter or the platform.
fn environment(compare: &Compare) -> Condition {
    let quote = if compare.value.contains('\'') { '"' } else { '\'' };
    let (op, value) = (op(compare.op), format!("{quote}{}{quote}", compare.value));
    // CPython's implementation has the language's version.
    let variable = match &compare.variable {
        Variable::Version(MarkerValueVersion::ImplementationVersion) => "python_full_version".to_owned(),
        variable => variable.to_string(),
    };
    let text = if compare.reversed {
        format!("{value} {op} {variable}")
    } else {
        format!("{variable} {op} {value}")
    };
    let Ok(Ok(tree)) = guarded(|| MarkerTree::from_str(&text)) else { return Condition::never() };
    if let Variable::Version(_) = compare.variable {
        // In the normal form there is only the full version, of which `python_version` is the beginning.
        let versions = tree.to_dnf().into_iter().fold(Ranges::empty(), |any, all| {
            any.union(&all.into_iter().fold(Ranges::full(), |all, test| match test {
                MarkerExpression::Version { specifier, .. } => {
                    all.intersection(&release_specifier_to_range(specifier))
                }
                _ => all,
            }))
        });
        return Condition::on(|_| true, &versions);
    }
    Condition::on(|machine| linux(machine).is_some_and(|linux| tree.evaluate(&linux, &[])), &Ranges::full())
}

/// CPython on Linux. What the kernel says of itself is nothing that a build may see (`""`).
fn linux(machine: &str) -> Option<MarkerEnvironment> {
    MarkerEnvironment::try_from(MarkerEnvironmentBuilder {
        implementation_name: "cpython",
        implementation_version: "3.11.0",
        os_name: "posix",
        platform_machine: machine,
        platform_python_implementation: "CPython",
        platform_release: "",
        platform_system: "Linux",
        platform_version: "",
        python_full_version: "3.11.0",
        python_version: "3.11",
        sys_platform: "linux",
    })
    .ok()
}

fn op(op: Op) -> &'static str {
    match op {
        Op::Equal => "==",
        Op::NotEqual => "!=",
        Op::Less => "<",
        Op::LessEqual => "<=",
        Op::Greater => ">",
        Op::GreaterEqual => ">=",
        Op::Compatible => "~=",
        Op::Arbitrary => "===",
        Op::In => "in",
        Op::NotIn => "not in",
    }
}

/// `None` where all machines are meant.
fn on_machines(machines: &[usize], words: &Words<'_>) -> Option<Sexp> {
    let predicate = |at: &usize| Sexp::call(MACHINES[*at].1, words.system.map(symbol));
    if machines.len() == MACHINES.len() {
        return None;
    }
    if machines.len() * 2 <= MACHINES.len() {
        return Some(joined("or", machines.iter().map(predicate).collect()));
    }
    let others: Vec<_> = (0..MACHINES.len()).filter(|at| !machines.contains(at)).collect();
    Some(Sexp::call("not", [joined("or", others.iter().map(predicate).collect())]))
}

/// `None` where every version is meant.
fn on_pythons(ranges: &Ranges<Version>, words: &Words<'_>, pythons: &Ranges<Version>) -> Option<Sexp> {
    if pythons.subset_of(ranges) {
        return None;
    }
    let bounds = pythons.bounding_range();
    let is_first =
        |bound: &Bound<Version>| bounds.as_ref().is_some_and(|(first, _)| bound.as_ref() == *first);
    let is_last = |bound: &Bound<Version>| bounds.as_ref().is_some_and(|(_, last)| bound.as_ref() == *last);
    let own = || Sexp::call("package-version", [symbol(words.python)]);
    let shown = |version: &Version| text(version.to_string());
    let each = ranges.iter().map(|(low, high)| {
        if let (Bound::Included(low), Bound::Included(high)) = (low, high)
            && low == high
        {
            return Sexp::call("string=?", [own(), shown(low)]);
        }
        let low = match low {
            low if is_first(low) => None,
            Bound::Included(low) => Some(Sexp::call("version>=?", [own(), shown(low)])),
            Bound::Excluded(low) => Some(Sexp::call("version>?", [own(), shown(low)])),
            Bound::Unbounded => None,
        };
        let high = match high {
            high if is_last(high) => None,
            Bound::Included(high) => Some(Sexp::call("version>=?", [shown(high), own()])),
            Bound::Excluded(high) => Some(Sexp::call("version>?", [shown(high), own()])),
            Bound::Unbounded => None,
        };
        joined("and", low.into_iter().chain(high).collect())
    });
    Some(joined("or", each.collect()))
}

/// The only part, or all of them under the word.
fn joined(word: &str, mut parts: Vec<Sexp>) -> Sexp {
    if parts.len() == 1 { parts.remove(0) } else { Sexp::call(word, parts) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::model::python::marker::ExtrasOf;
    use crate::python::marker;

    fn shown(text: &str, requires_python: &str) -> String {
        let marker = Marker::new(&marker::Marker::parse(text).unwrap(), ExtrasOf::Project);
        let (extras, groups) = (BTreeSet::from(["x".to_owned()]), BTreeSet::from(["dev".to_owned()]));
        let pythons = pythons(requires_python.parse().ok().as_ref(), None);
        let chosen = Selection { extras: &extras, groups: &groups, pythons: pythons.clone() };
        let condition = Condition::of(&marker, &BTreeSet::new(), &chosen);
        if condition.is_never(&pythons) {
            return "never".to_owned();
        }
        condition.expression("python", &pythons).map_or("always".to_owned(), |sexp| sexp.written())
    }

    #[test]
    fn what_every_system_answers_alike_is_decided() {
        for (marker, expected) in [
            ("sys_platform == 'linux' and os_name == 'posix'", "always"),
            ("platform_system != 'Windows'", "always"),
            ("sys_platform in 'darwin win32'", "never"),
            ("platform_python_implementation == 'PyPy'", "never"),
            (
                "python_version < '3.10' or python_version >= '4'",
                "(version>=? (package-version python) \"4\")",
            ),
            ("python_version not in '2.7, 3.9'", "always"),
            ("platform_machine == 's390x'", "never"),
            ("platform_release >= '5'", "never"),
            ("extra == 'x' and 'dev' in dependency_groups", "always"),
            ("extra != 'x' or 'dev' not in dependency_groups", "never"),
            ("python_version < '3.12' and python_version >= '3.12'", "never"),
            ("python_version < '3.12' or python_full_version >= '3.12'", "always"),
            ("python_version < '3.11'", "never"),
        ] {
            assert_eq!(shown(marker, ">=3.8"), expected, "{marker}");
        }
        assert_eq!(shown("python_version >= '3.12'", ">=3.12"), "always");
        assert_eq!(shown("python_version < '3.12'", ">=3.12"), "never");
    }

    #[test]
    fn what_is_open_is_asked_at_the_build() {
        for (marker, expected) in [
            ("'arm' in platform_machine", "(target-arm32?)"),
            ("implementation_version >= '3.12'", "(version>=? (package-version python) \"3.12\")"),
            (
                "python_version == '3.12'",
                "(and (version>=? (package-version python) \"3.12\") (version>? \"3.13\" (package-version python)))",
            ),
            ("python_version != '3.11'", "(version>=? (package-version python) \"3.12\")"),
            ("platform_machine != 'x86_64'", "(not (target-x86-64?))"),
            (
                "python_version < '3.12' or platform_machine == 'x86_64'",
                "(or (target-x86-64?) (and (not (target-x86-64?)) (version>? \"3.12\" (package-version python))))",
            ),
        ] {
            assert_eq!(shown(marker, ">=3.8"), expected, "{marker}");
        }
    }
}
