//! Markers in the form that the Nix library evaluates, for the interpreter and platform that `pkgs` gives.

use std::fmt;

use pep508_rs::pep440_rs::{Operator, VersionSpecifier};
use pep508_rs::{MarkerExpression, MarkerOperator, MarkerValueString, MarkerValueVersion};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::python::marker;
use crate::python::marker::{Choice, Test};

/// When an edge holds (PEP 508 and 751).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Marker {
    #[default]
    True,
    False,
    All(Vec<Marker>),
    Any(Vec<Marker>),
    Compare(Compare),
}

/// One comparison. `reversed`: the text stands on the left.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Compare {
    pub variable: Variable,
    pub op: Op,
    pub value: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub reversed: bool,
}

/// What is compared. There are no others, as the library refuses a variable that it does not know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Variable {
    Version(MarkerValueVersion),
    Text(MarkerValueString),
    /// An extra that the package is wanted with.
    Extra,
    /// All that were chosen of the project.
    Extras,
    DependencyGroups,
}

/// How it is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Op {
    #[serde(rename = "==")]
    Equal,
    #[serde(rename = "!=")]
    NotEqual,
    #[serde(rename = "<")]
    Less,
    #[serde(rename = "<=")]
    LessEqual,
    #[serde(rename = ">")]
    Greater,
    #[serde(rename = ">=")]
    GreaterEqual,
    #[serde(rename = "~=")]
    Compatible,
    #[serde(rename = "===")]
    Arbitrary,
    #[serde(rename = "in")]
    In,
    #[serde(rename = "not in")]
    NotIn,
}

/// Whose extras the plain `extra == "x"` of a marker means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExtrasOf {
    /// Those with which the package is wanted that the edge begins at: `dependencies`.
    Package,
    /// Those chosen of the project: roots, and the markers of a lockfile's entries.
    Project,
}

impl Marker {
    /// From a marker as it was read.
    pub fn new(marker: &marker::Marker, of: ExtrasOf) -> Self {
        let each = |parts: &[marker::Marker]| parts.iter().map(|part| Self::new(part, of)).collect();
        match marker {
            marker::Marker::All(parts) if parts.is_empty() => Self::True,
            marker::Marker::Any(parts) if parts.is_empty() => Self::False,
            marker::Marker::All(parts) => Self::All(each(parts)),
            marker::Marker::Any(parts) => Self::Any(each(parts)),
            marker::Marker::Is(Test::Environment(test)) => Self::Compare(environment(test)),
            marker::Marker::Is(Test::Choice { choice, chosen }) => {
                Self::Compare(of_choice(choice, *chosen, of))
            }
        }
    }

    /// Whether it holds wherever it is evaluated.
    pub fn is_true(&self) -> bool {
        *self == Self::True
    }
}

/// The text by which a choice is known in `extras` (`Extra`, `ExtraOf`, `Project`) or in the groups (`Group`, `GroupOf`).
/// Those of one project among several keep uv's own encoding, which no other name looks like by chance.
pub fn chosen(choice: &Choice) -> String {
    match choice {
        Choice::Extra(name) | Choice::Group(name) => name.to_string(),
        Choice::ExtraOf(name, extra) => format!("extra-{}-{name}-{extra}", name.as_str().len()),
        Choice::GroupOf(name, group) => format!("group-{}-{name}-{group}", name.as_str().len()),
        Choice::Project(name) => format!("project-{}-{name}", name.as_str().len()),
    }
}

fn of_choice(choice: &Choice, is_chosen: bool, of: ExtrasOf) -> Compare {
    let variable = match (choice, of) {
        (Choice::Extra(_), ExtrasOf::Package) => {
            let op = if is_chosen { Op::Equal } else { Op::NotEqual };
            return Compare { variable: Variable::Extra, op, value: chosen(choice), reversed: false };
        }
        (Choice::Extra(_), ExtrasOf::Project) | (Choice::ExtraOf(..) | Choice::Project(_), _) => {
            Variable::Extras
        }
        (Choice::Group(_) | Choice::GroupOf(..), _) => Variable::DependencyGroups,
    };
    let op = if is_chosen { Op::In } else { Op::NotIn };
    Compare { variable, op, value: chosen(choice), reversed: true }
}

fn environment(test: &MarkerExpression) -> Compare {
    match test {
        MarkerExpression::Version { key, specifier } => Compare {
            variable: Variable::Version(key.clone()),
            op: Op::of_versions(*specifier.operator()),
            value: version_text(specifier),
            reversed: false,
        },
        MarkerExpression::VersionIn { key, versions, negated } => Compare {
            variable: Variable::Version(key.clone()),
            op: if *negated { Op::NotIn } else { Op::In },
            value: versions.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
            reversed: false,
        },
        MarkerExpression::String { key, operator, value } => {
            let (op, reversed) = Op::of_texts(*operator);
            Compare { variable: Variable::Text(key.clone()), op, value: value.clone(), reversed }
        }
        // Readers make a choice of it; one that does not is right all the same.
        MarkerExpression::Extra { operator, name } => Compare {
            variable: Variable::Extra,
            op: if operator.to_string() == "==" { Op::Equal } else { Op::NotEqual },
            value: name.to_string(),
            reversed: false,
        },
    }
}

/// `3.10.*` of `==3.10.*`.
fn version_text(specifier: &VersionSpecifier) -> String {
    specifier.to_string().trim_start_matches(['=', '!', '<', '>', '~', ' ']).to_owned()
}

impl Op {
    fn of_versions(operator: Operator) -> Self {
        match operator {
            Operator::Equal | Operator::EqualStar => Self::Equal,
            Operator::NotEqual | Operator::NotEqualStar => Self::NotEqual,
            Operator::LessThan => Self::Less,
            Operator::LessThanEqual => Self::LessEqual,
            Operator::GreaterThan => Self::Greater,
            Operator::GreaterThanEqual => Self::GreaterEqual,
            Operator::TildeEqual => Self::Compatible,
            Operator::ExactEqual => Self::Arbitrary,
        }
    }

    /// The operator, and whether the text stands on its left.
    fn of_texts(operator: MarkerOperator) -> (Self, bool) {
        match operator {
            MarkerOperator::Equal => (Self::Equal, false),
            MarkerOperator::NotEqual => (Self::NotEqual, false),
            MarkerOperator::LessThan => (Self::Less, false),
            MarkerOperator::LessEqual => (Self::LessEqual, false),
            MarkerOperator::GreaterThan => (Self::Greater, false),
            MarkerOperator::GreaterEqual => (Self::GreaterEqual, false),
            MarkerOperator::TildeEqual => (Self::Compatible, false),
            MarkerOperator::In => (Self::In, false),
            MarkerOperator::NotIn => (Self::NotIn, false),
            MarkerOperator::Contains => (Self::In, true),
            MarkerOperator::NotContains => (Self::NotIn, true),
        }
    }
}

impl fmt::Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(key) => fmt::Display::fmt(key, f),
            Self::Text(key) => fmt::Display::fmt(key, f),
            Self::Extra => f.write_str("extra"),
            Self::Extras => f.write_str("extras"),
            Self::DependencyGroups => f.write_str("dependency_groups"),
        }
    }
}

impl Serialize for Variable {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Marker {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (word, parts) = match self {
            Self::True => return serializer.serialize_bool(true),
            Self::False => return serializer.serialize_bool(false),
            Self::Compare(compare) => return compare.serialize(serializer),
            Self::All(parts) => ("all", parts),
            Self::Any(parts) => ("any", parts),
        };
        let mut set = serializer.serialize_map(Some(1))?;
        set.serialize_entry(word, parts)?;
        set.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn emitted(text: &str, of: ExtrasOf) -> Value {
        serde_json::to_value(Marker::new(&marker::Marker::parse(text).unwrap(), of)).unwrap()
    }

    fn compare(variable: &str, op: &str, value: &str) -> Value {
        json!({ "variable": variable, "op": op, "value": value })
    }

    fn reversed(variable: &str, op: &str, value: &str) -> Value {
        json!({ "variable": variable, "op": op, "value": value, "reversed": true })
    }

    #[test]
    fn each_comparison_has_its_form() {
        for (text, expected) in [
            ("python_version<'3.11'", compare("python_version", "<", "3.11")),
            ("'3.11' > python_version", compare("python_version", "<", "3.11")),
            ("python_full_version == '3.10.*'", compare("python_full_version", "==", "3.10.*")),
            ("python_full_version != '3.10.*'", compare("python_full_version", "!=", "3.10.*")),
            ("python_version ~= '3.8'", compare("python_version", "~=", "3.8")),
            ("python_version not in '2.6, 2.7'", compare("python_version", "not in", "2.6 2.7")),
            ("os.name == 'nt'", compare("os_name", "==", "nt")),
            ("python_implementation != 'PyPy'", compare("platform_python_implementation", "!=", "PyPy")),
            ("platform_release >= '5'", compare("platform_release", ">=", "5")),
            ("sys_platform in 'linux darwin'", compare("sys_platform", "in", "linux darwin")),
            ("'x86' in platform_machine", reversed("platform_machine", "in", "x86")),
            ("'x86' not in platform_machine", reversed("platform_machine", "not in", "x86")),
            ("extra == 'Foo.Bar'", compare("extra", "==", "foo-bar")),
            ("extra != 'a'", compare("extra", "!=", "a")),
            ("'Dev' in dependency_groups", reversed("dependency_groups", "in", "dev")),
            ("extra == 'extra-7-web-app-gpu'", reversed("extras", "in", "extra-7-web-app-gpu")),
            ("extra != 'group-7-web-app-x'", reversed("dependency_groups", "not in", "group-7-web-app-x")),
        ] {
            assert_eq!(emitted(text, ExtrasOf::Package), expected, "{text}");
        }
        assert_eq!(emitted("extra == 'a'", ExtrasOf::Project), reversed("extras", "in", "a"));
        assert_eq!(emitted("'a' not in extras", ExtrasOf::Project), reversed("extras", "not in", "a"));
    }

    #[test]
    fn trees_keep_their_shape() {
        let leaf = |name: &str| compare("os_name", "==", name);
        assert_eq!(
            emitted("(os_name == 'a' or os_name == 'b') and os_name == 'c'", ExtrasOf::Package),
            json!({ "all": [{ "any": [leaf("a"), leaf("b")] }, leaf("c")] }),
        );
        let of = |marker| serde_json::to_value(Marker::new(&marker, ExtrasOf::Package)).unwrap();
        assert_eq!(of(marker::Marker::ALWAYS), json!(true));
        assert_eq!(of(marker::Marker::Any(Vec::new())), json!(false));
    }
}
