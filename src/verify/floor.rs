//! What a run says of tools (`--depth`).

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{Origins, Report, Verified};
use crate::rebuild::tools_not_rebuilt;

/// Tools that are named for one reason.
const SHOWN: usize = 6;

/// What a package was built with.
pub fn tools(verified: &Verified) -> String {
    let plural = if verified.tools == 1 { "tool" } else { "tools" };
    let Some(Origins { verbatim, rebuilt }) = verified.origins else {
        return tools_not_rebuilt(verified.tools);
    };
    let others = verified.tools - verbatim - rebuilt;
    format!(
        "{} {plural}: {verbatim} verbatim from commits, {rebuilt} rebuilt, {others} as the registry has them",
        verified.tools
    )
}

/// The tools that are taken as the registry has them, by the reason.
pub fn text(out: &mut String, report: &Report) {
    if report.floor.is_empty() {
        return;
    }
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (tool, why) in &report.floor {
        reasons.entry(why).or_default().push(tool);
    }
    let count = match report.floor.len() {
        1 => "1 tool is".to_owned(),
        many => format!("{many} tools are"),
    };
    _ = writeln!(out, "\nThe floor: {count} taken as the registry has them");
    for (why, tools) in reasons {
        let more = tools.len().saturating_sub(SHOWN);
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        _ = writeln!(out, "  {why}: {}{rest}", tools[..tools.len() - more].join(", "));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{PackageName, Purl, Version};
    use crate::pins::Outcome;

    #[test]
    fn what_a_package_was_built_with() {
        let verified = |tools: usize, origins: Option<(usize, usize)>| Verified {
            tools,
            origins: origins.map(|(verbatim, rebuilt)| Origins { verbatim, rebuilt }),
            ..sample()
        };
        for (verified, expected) in [
            (verified(0, None), "no tools"),
            (verified(1, None), "1 tool that is not rebuilt"),
            (verified(3, None), "3 tools that are not rebuilt"),
            (
                verified(1, Some((1, 0))),
                "1 tool: 1 verbatim from commits, 0 rebuilt, 0 as the registry has them",
            ),
            (
                verified(9, Some((4, 3))),
                "9 tools: 4 verbatim from commits, 3 rebuilt, 2 as the registry has them",
            ),
        ] {
            assert_eq!(tools(&verified), expected);
        }
    }

    #[test]
    fn the_floor_is_told_by_its_reasons() {
        let many = (1..9).map(|minor| (format!("d@1.{minor}.0"), "it was not looked at"));
        let few =
            [("a@1.0.0", "no commit is known"), ("b@1.0.0", "built"), ("c@1.0.0", "no commit is known")];
        let all = few.map(|(tool, why)| (tool.to_owned(), why)).into_iter().chain(many);
        let floor = all.map(|(tool, why)| (tool, why.to_owned())).collect();
        let mut out = String::new();
        text(&mut out, &Report { floor, ..Report::default() });
        let expected = [
            "",
            "The floor: 11 tools are taken as the registry has them",
            "  built: b@1.0.0",
            "  it was not looked at: d@1.1.0, d@1.2.0, d@1.3.0, d@1.4.0, d@1.5.0, d@1.6.0 and 2 more",
            "  no commit is known: a@1.0.0, c@1.0.0\n",
        ];
        let expected = expected.join("\n");
        assert_eq!(out, expected);
    }

    fn sample() -> Verified {
        let outcome =
            serde_json::json!({ "class": "integrity", "identical": 1, "files": 1, "builtHere": true });
        let outcome: Outcome = serde_json::from_value(outcome).unwrap();
        Verified {
            purl: Purl::npm(&PackageName::new("a").unwrap(), &Version::new("1.0.0").unwrap()),
            commit: "0".repeat(40),
            outcome,
            tools: 0,
            origins: None,
            rule: String::new(),
            wheel: None,
            archive: None,
            log: Vec::new(),
            recorded: false,
        }
    }
}
