//! Markers as decision diagrams: what says whether two of them are the same, and gives a combination its text.
//!
//! A diagram can be as large as the number of environments that its tests tell apart. So the tests are counted first,
//! and markers that tell too many apart are refused (see the module above for what a hostile one could do).

use std::collections::{BTreeMap, BTreeSet};

use pep508_rs::{MarkerExpression, MarkerOperator, MarkerTree, MarkerValueVersion};

use super::{Marker, Test};

/// Environments that markers may tell apart. Real lockfiles tell some thousand apart.
const MAX_CELLS: usize = 1 << 20;

/// The tests of a set of markers, by what they look at.
#[derive(Debug, Default)]
pub struct Cells(BTreeMap<String, BTreeSet<MarkerExpression>>);

/// Markers that tell too many environments apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("its markers tell more than {MAX_CELLS} environments apart")]
pub struct TooManyCells;

impl Cells {
    pub fn add(&mut self, marker: &Marker) {
        match marker {
            Marker::All(parts) | Marker::Any(parts) => parts.iter().for_each(|part| self.add(part)),
            Marker::Is(Test::Environment(test)) => {
                self.0.entry(variable(test)).or_default().insert(test.clone());
            }
            Marker::Is(Test::Choice { .. }) => {}
        }
    }

    /// # Errors
    /// More environments than a diagram should have to hold.
    pub fn check(&self) -> Result<(), TooManyCells> {
        // Each test cuts the values of its variable at two places at most, one test of a substring in two.
        let of = |tests: &BTreeSet<MarkerExpression>| 2 * tests.len();
        let cells = self.0.values().map(of).try_fold(1_usize, |all, one| all.checked_mul(one));
        if cells.is_some_and(|cells| cells <= MAX_CELLS) { Ok(()) } else { Err(TooManyCells) }
    }
}

/// What a diagram branches on for this test.
fn variable(test: &MarkerExpression) -> String {
    match test {
        // One version, of which one has the first two numbers.
        MarkerExpression::Version {
            key: MarkerValueVersion::PythonVersion | MarkerValueVersion::PythonFullVersion,
            ..
        }
        | MarkerExpression::VersionIn {
            key: MarkerValueVersion::PythonVersion | MarkerValueVersion::PythonFullVersion,
            ..
        } => "python".to_owned(),
        MarkerExpression::Version { key, .. } | MarkerExpression::VersionIn { key, .. } => key.to_string(),
        MarkerExpression::String { key, operator, value } => match operator {
            MarkerOperator::In
            | MarkerOperator::NotIn
            | MarkerOperator::Contains
            | MarkerOperator::NotContains => format!("{value:?} in {key}"),
            _ => key.to_string(),
        },
        MarkerExpression::Extra { .. } => "extra".to_owned(),
    }
}

/// The diagram of a marker; `choice` says when an extra or a group is chosen or (`false`) is not.
pub fn of(marker: &Marker, choice: &dyn Fn(&super::Choice, bool) -> MarkerTree) -> MarkerTree {
    match marker {
        Marker::All(parts) => {
            let mut all = MarkerTree::TRUE;
            parts.iter().for_each(|part| all.and(of(part, choice)));
            all
        }
        Marker::Any(parts) => {
            let mut any = MarkerTree::FALSE;
            parts.iter().for_each(|part| any.or(of(part, choice)));
            any
        }
        Marker::Is(Test::Environment(test)) => MarkerTree::expression(test.clone()),
        Marker::Is(Test::Choice { choice: what, chosen }) => choice(what, *chosen),
    }
}

/// The marker that a diagram stands for.
pub fn marker(diagram: &MarkerTree) -> Marker {
    if diagram.is_true() {
        return Marker::ALWAYS;
    }
    let test = |test: MarkerExpression| Marker::Is(Test::Environment(test));
    Marker::any(diagram.to_dnf().into_iter().map(|all| Marker::all(all.into_iter().map(test))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn simplified(text: &str) -> String {
        let marker = Marker::parse(text).unwrap();
        super::marker(&of(&marker, &|_, _| MarkerTree::TRUE)).to_string()
    }

    #[test]
    fn what_says_the_same_is_the_same() {
        for (written, expected) in [
            ("os_name == 'a' or os_name != 'a'", ""),
            ("os_name == 'a' and os_name != 'a'", "python_version < '0'"),
            ("python_version >= '3.8' or python_full_version >= '3.10.2'", "python_full_version >= '3.8'"),
            ("sys_platform == 'x' and extra == 'a'", "sys_platform == 'x'"),
        ] {
            assert_eq!(simplified(written), expected, "{written}");
        }
    }

    #[test]
    fn what_would_explode_is_refused_first() {
        let cells = |texts: &[String]| {
            let mut cells = Cells::default();
            texts.iter().for_each(|text| cells.add(&Marker::parse(text).unwrap()));
            cells.check()
        };
        let each = |of: &dyn Fn(usize) -> String| (0..40).map(of).collect::<Vec<_>>();
        assert_eq!(cells(&each(&|at| format!("'a{at}' in platform_version"))), Err(TooManyCells));
        assert_eq!(cells(&each(&|at| format!("python_version > '3.{at}' and os_name == 'a{at}'"))), Ok(()));
        assert_eq!(cells(&[]), Ok(()));
    }
}
