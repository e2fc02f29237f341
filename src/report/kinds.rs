//! Many packages in few lines: what is alike is told once, with a count and some names.

use std::collections::BTreeMap;

use super::Unvetted;
use super::text::short;
use crate::pins::LAPSED;
use crate::problem::Problem;

/// How many packages are named under one heading before the rest is only counted.
pub(super) const NAMED: usize = 12;

/// What a reason says of every package of its kind. Reasons are written with the general part first: what follows the
/// first `: ` is of one package alone (addresses, files), and so is a count at the end of the general part. That an
/// exception expired is told of every package.
pub(super) fn kind(reason: &str) -> String {
    let (reason, lapsed) = reason.split_at(reason.find(LAPSED).unwrap_or(reason.len()));
    let general = reason.split_once(": ").map_or(reason, |(general, _)| general);
    let words = match general.rsplit_once(" (") {
        Some((words, count)) if count.trim_end_matches(')').parse::<u64>().is_ok() => words,
        _ => general,
    };
    format!("{words}{lapsed}")
}

/// Packages by the kind of their reasons: count, reason, names. A package that is alone in its kind keeps its whole
/// reason, unless that has an address in it. A contradiction is told whole, however many there are.
pub(super) fn by_kind(packages: &[Unvetted]) -> Vec<String> {
    let mut kinds: BTreeMap<String, Vec<&Unvetted>> = BTreeMap::new();
    for one in packages {
        let whole = one.reason.starts_with(CONTRADICTION);
        kinds.entry(if whole { one.reason.clone() } else { kind(&one.reason) }).or_default().push(one);
    }
    let line = |(kind, packages): (String, Vec<&Unvetted>)| {
        let reason = match packages[..] {
            [one] if !one.reason.contains("://") => &one.reason,
            _ => &kind,
        };
        let names: Vec<_> = packages.iter().map(|one| short(&one.package)).collect();
        format!("{:>5} {reason}: {}", packages.len(), bounded(&names))
    };
    kinds.into_iter().map(line).collect()
}

const CONTRADICTION: &str = "contradiction: ";

/// The first names, and how many more there are.
pub(super) fn bounded(names: &[String]) -> String {
    let mut text = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > NAMED {
        text.push_str(&format!(" and {} more", names.len() - NAMED));
    }
    text
}

/// Problems by code and remedy, in their order: the first of each kind whole, the others by what they are about.
pub(super) fn problems<'a>(problems: impl IntoIterator<Item = &'a Problem>) -> Vec<String> {
    let mut kinds: Vec<(&Problem, Vec<String>)> = Vec::new();
    for problem in problems {
        let about = || {
            problem.package.clone().or(problem.place.as_ref().map(ToString::to_string)).unwrap_or_default()
        };
        match kinds.iter_mut().find(|(first, _)| first.kind == problem.kind && first.hint == problem.hint) {
            Some((_, others)) => others.push(about()),
            None => kinds.push((problem, Vec::new())),
        }
    }
    let text = |(first, mut others): (&Problem, Vec<String>)| {
        let count = others.len();
        others.dedup();
        others.retain(|about| !about.is_empty());
        let rest = match count {
            0 => String::new(),
            _ if others.is_empty() => format!("\n    and {count} more like it"),
            _ => format!("\n    and {count} more like it: {}", bounded(&others)),
        };
        format!("{first}{rest}")
    };
    kinds.into_iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Purl;
    use crate::problem::convert::HW424;
    use crate::python::PyName;

    fn unvetted(name: &str, reason: &str) -> Unvetted {
        let package = Purl::pypi(&PyName::new(name).unwrap(), "1.0");
        Unvetted { package, reason: reason.to_owned(), fallback: None, is_incomplete: false }
    }

    #[test]
    fn what_is_of_one_package_is_no_part_of_a_kind() {
        for (reason, general) in [
            (
                "unresolved (network): git.example; its exception expired on 2030-01-01",
                "unresolved (network); its exception expired on 2030-01-01",
            ),
            ("a plain reason", "a plain reason"),
            (
                "the repository does not exist, or is not public: https://git.example/a/b",
                "the repository does not exist, or is not public",
            ),
            ("source-like files are in no commit (3): a.js, b.js", "source-like files are in no commit"),
            ("unresolved (network): git.example could not be reached", "unresolved (network)"),
            (
                "tier C, less than the policy's B: every file (4) is in commit 0",
                "tier C, less than the policy's B",
            ),
        ] {
            assert_eq!(kind(reason), general);
        }
    }

    #[test]
    fn three_hundred_repositories_are_one_line() {
        let gone = |n: usize| {
            unvetted(&format!("p{n:03}"), &format!("no such repository: https://git.example/a/{n}"))
        };
        let packages: Vec<_> = (0..300).map(gone).collect();
        let lines = by_kind(&packages);
        assert_eq!(lines.len(), 1);
        assert!(
            lines[0].starts_with("  300 no such repository: p000@1.0, ")
                && lines[0].ends_with("and 288 more"),
            "{lines:?}"
        );
        assert!(!lines[0].contains("://"));
        assert_eq!(by_kind(&packages[..1]), ["    1 no such repository: p000@1.0"]);
        let alone = by_kind(&[unvetted("a", "differs from its commit: docs, 3")]);
        assert_eq!(alone, ["    1 differs from its commit: docs, 3: a@1.0"]);
    }

    #[test]
    fn contradictions_are_told_one_by_one() {
        let lines =
            by_kind(&[unvetted("a", "contradiction: holds b"), unvetted("c", "contradiction: holds d")]);
        assert_eq!(lines, ["    1 contradiction: holds b: a@1.0", "    1 contradiction: holds d: c@1.0"]);
    }

    #[test]
    fn problems_of_one_kind_are_told_once() {
        let problem = |package: &str, hint: &str| {
            HW424.problem(format!("{package} is odd")).about(package).with_hint(hint)
        };
        let all = [problem("a", "mend it"), problem("b", "mend it"), problem("c", "leave it")];
        assert_eq!(
            problems(&all),
            [
                "warning[HW424]: a: a is odd\n    hint: mend it\n    and 1 more like it: b",
                "warning[HW424]: c: c is odd\n    hint: leave it"
            ]
        );
    }
}
