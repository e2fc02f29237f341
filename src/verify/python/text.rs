//! What a run says of wheels.

use std::fmt::Write;

use super::super::{OfWheel, Report};
use crate::pins::Requirements;

/// What brings wheels nearer to the index's, ready for headwater.toml: the tools that made those, and their times.
pub fn nearer(out: &mut String, report: &Report) {
    let wheels = || report.packages.values().filter_map(|verified| verified.wheel.as_ref());
    let tools =
        wheels().filter(|wheel| !wheel.index_tool.is_empty()).map(|OfWheel { name, index_tool, .. }| {
            let requires = index_tool.iter().map(|one| format!("{one:?}")).collect::<Vec<_>>().join(", ");
            format!("[packages.{name}]\nbuildRequires = [{requires}]\n")
        });
    let times = wheels().filter_map(|OfWheel { name, index_time, .. }| {
        let time = (*index_time)?;
        Some(format!("[packages.{name}]\nenv = {{ SOURCE_DATE_EPOCH = \"{time}\" }}\n"))
    });
    let (tools, times): (String, String) = (tools.collect(), times.collect());
    let mut part = |why: &str, lines: &str| {
        if !lines.is_empty() {
            _ = write!(out, "\n{why}:\n\n{lines}");
        }
    };
    part(
        "Wheels that differ, and another version of the tool made the index's. In headwater.toml, to build with it",
        &tools,
    );
    part("Wheels that may come out byte for byte with the time of the index's. In headwater.toml", &times);
    if !(tools.is_empty() && times.is_empty()) {
        _ = writeln!(out, "\nThen run `headwater convert` and `headwater verify`.");
    }
}

/// What a wheel was built with, by where that is from.
pub fn given(requirements: &Requirements) -> String {
    let Requirements { rebuilt, commits, sdists, wheels, others } = requirements;
    let of = |count: usize, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {many}")),
    };
    let from = [
        of(sdists.len(), "built from its sdist", "built from their sdists"),
        of(commits.len(), "built from its commit", "built from their commits"),
        of(wheels.len(), "the index's wheel", "the index's wheels"),
        of(others.len(), "of no index", "of no index"),
    ];
    let from: Vec<String> = from.into_iter().flatten().collect();
    let also = of(rebuilt.len(), "that is rebuilt", "that are rebuilt");
    let given = of(
        requirements.not_rebuilt(),
        "build requirement that is not rebuilt",
        "build requirements that are not rebuilt",
    );
    match (given, also) {
        (None, None) => "no build requirements".to_owned(),
        (None, Some(also)) => format!("given build requirements: {also}"),
        (Some(given), None) => format!("given {given}: {}", from.join(", ")),
        (Some(given), Some(also)) => format!("given {given}: {}; and {also}", from.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_wheel_was_given() {
        let of = |rebuilt: &[&str], sdists: &[&str], commits: &[&str], wheels: &[&str]| {
            let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
            let (rebuilt, commits) = (set(rebuilt), set(commits));
            let others = set(&[]);
            given(&Requirements { rebuilt, commits, sdists: set(sdists), wheels: set(wheels), others })
        };
        for (said, expected) in [
            (of(&[], &[], &[], &[]), "no build requirements"),
            (of(&["a"], &[], &[], &[]), "given build requirements: 1 that is rebuilt"),
            (
                of(&[], &["a"], &[], &[]),
                "given 1 build requirement that is not rebuilt: 1 built from its sdist",
            ),
            (
                of(&["a"], &["b", "c"], &["d"], &["e"]),
                "given 4 build requirements that are not rebuilt: 2 built from their sdists, \
                 1 built from its commit, 1 the index's wheel; and 1 that is rebuilt",
            ),
        ] {
            assert_eq!(said, expected);
        }
    }
}
