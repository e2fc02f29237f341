//! What uv says of a resolution that failed, by its grammar: sentences of facts ("Because A and B, we can conclude that
//! C. And because ..."), broken into lines anywhere. uv has no structured form of it.

/// What parts facts, in the order of what contains what.
const BETWEEN: [&str; 7] = [
    ", we can conclude that ",
    " we can conclude that ",
    "And because ",
    "Because ",
    "because ",
    " and ",
    "hint: ",
];
const NO_WHEELS: [&str; 2] = [" has no usable wheels", " have no usable wheels"];
/// What stands before a name in backticks, where only a build would do.
const NAMED: [&str; 2] = ["wheels are required for `", "building source distributions for `"];

/// The requirements that have no wheel, each with what requires it and what uv says of it; `None` where uv does not say
/// that anything would have to be built.
pub fn without_wheels(said: &str) -> Option<Vec<String>> {
    let whole = unbroken(said);
    let facts = facts(&whole);
    let mut found: Vec<String> = Vec::new();
    for fact in &facts {
        let Some(set) = NO_WHEELS.iter().find_map(|end| fact.strip_suffix(end)) else { continue };
        let Some(name) = name_of(set) else { continue };
        let asked = facts.iter().filter_map(|fact| asks_for(fact, name));
        let mut asked: Vec<String> =
            asked.map(|(what, by)| format!("{what} ({by} asks for it, and {fact})")).collect();
        asked.sort();
        if asked.is_empty() {
            asked.push((*fact).to_owned());
        }
        found.extend(asked);
    }
    if found.is_empty() {
        let lower = whole.to_ascii_lowercase();
        for before in NAMED {
            for (at, _) in lower.match_indices(before) {
                found.extend(whole[at + before.len()..].split('`').next().map(str::to_owned));
            }
        }
        if found.is_empty() && !lower.contains("building from source is disabled") {
            return None;
        }
    }
    found.dedup();
    Some(found)
}

/// On one line, without the lines of uv's tree.
fn unbroken(said: &str) -> String {
    let plain = |c: char| if "×╰─▶├│".contains(c) { ' ' } else { c };
    let plain: String = said.chars().map(plain).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn facts(whole: &str) -> Vec<&str> {
    let mut facts = vec![whole];
    for between in BETWEEN {
        facts = facts.into_iter().flat_map(|fact| fact.split(between)).collect();
    }
    facts
        .into_iter()
        .map(|fact| fact.trim_matches([' ', '.', ',', ':']))
        .filter(|fact| !fact.is_empty())
        .collect()
}

/// Of `a<2`, `a[x]<2`, `all versions of a`, `all of: a<2 a>3`.
fn name_of(set: &str) -> Option<&str> {
    let set = ["all versions of ", "all of: ", "any of: ", "one of: "]
        .iter()
        .find_map(|before| set.strip_prefix(before))
        .unwrap_or(set);
    let end = set.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(set.len());
    let name = set[..end].trim_end_matches('.');
    (!name.is_empty()).then_some(name)
}

/// What a fact says is required of a package, and by what.
fn asks_for<'f>(fact: &'f str, name: &str) -> Option<(&'f str, &'f str)> {
    let (by, what) = match fact.split_once(" depends on ") {
        Some((by, what)) => (by, what),
        None => ("the file", fact.strip_prefix("you require ")?),
    };
    (name_of(what)? == name).then_some((what, by))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_requirement_is_named() {
        for (said, expected) in [
            (
                "error: No solution found when resolving dependencies\n  cause: Because low<=1.1.1 has no usable wheels and only the following versions of low are available:\n             low<=1.1.1\n             low>=2.0\n         we can conclude that low<2.0 cannot be used.\n         And because top==4.0.1 depends on low<2.0 and you require top==4.0.1, we can conclude that your requirements are unsatisfiable.\n\nhint: Wheels are required for `low` because building from source is disabled for all packages (i.e., with `--no-build`)",
                &["low<2.0 (top==4.0.1 asks for it, and low<=1.1.1 has no usable wheels)"][..],
            ),
            (
                "  × No solution found when resolving dependencies:\n  ╰─▶ Because only-src==2.0.20 has no usable wheels and you require\n      only-src==2.0.20, we can conclude that your requirements are unsatisfiable.",
                &["only-src==2.0.20 (the file asks for it, and only-src==2.0.20 has no usable wheels)"],
            ),
            (
                "Because all versions of a have no usable wheels and you require a, we can conclude that x.",
                &["a (the file asks for it, and all versions of a have no usable wheels)"],
            ),
            (
                "Because all of:\n a<1\n a>2\n have no usable wheels and b>=1,<2 depends on a[x]<1",
                &["a[x]<1 (b>=1,<2 asks for it, and all of: a<1 a>2 have no usable wheels)"],
            ),
            (
                "Because a==1 has no usable wheels, we can conclude that a is gone.",
                &["a==1 has no usable wheels"],
            ),
            (
                "error: Failed to download and build `d @ git+https://git.example/d@v1`\n  cause: Building source distributions for `d` is disabled",
                &["d"],
            ),
            (
                "hint: Wheels are required for `e` because building\n from source is disabled for all packages",
                &["e"],
            ),
            ("hint: because building from source is disabled for all", &[]),
        ] {
            assert_eq!(
                without_wheels(said).as_deref(),
                Some(&expected.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>()[..]),
                "{said}"
            );
        }
        for other in [
            "error: No solution found\n  cause: Because a was not found in the package registry and you require a, we can conclude that x.",
            "Because a==1 depends on b>2 and you require b<1, we can conclude that your requirements are unsatisfiable.",
            "",
        ] {
            assert_eq!(without_wheels(other), None, "{other}");
        }
    }
}
