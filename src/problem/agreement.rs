//! HW430, HW438, HW439: package.json and the lockfile do not agree, so that `npm ci` refuses them.

use super::{Problem, kinds};

kinds! {
    HW430 error "package.json or a package asks for a dependency that the lockfile does not have."
        "`npm ci` refuses this as well: run `npm install` (or undo the change of package.json), and convert again";
    HW438 error "The lockfile has another version of a dependency than package.json or a package asks for."
        "`npm ci` refuses this as well: run `npm install` (or undo the change of package.json), and convert again";
    HW439 error "package.json asks for something that npm does not understand or refuses."
        "write a version, a range, a URL or `file:`; `workspace:`, `catalog:`, `link:` and the like are other package managers'";
}

/// `by` is who asks for it: a file or a package.
pub fn not_locked(lockfile: &str, by: &str, name: &str, spec: &str) -> Problem {
    HW430
        .problem(format!("{by} asks for {}, and the lockfile does not have it", asked(name, spec)))
        .about(name)
        .at(lockfile)
}

/// `overridden`: `overrides` of package.json asks for it, for `by`; `peer`: it is one of a package's peers.
pub fn not_met(
    lockfile: &str,
    by: &str,
    (name, spec): (&str, &str),
    found: &str,
    overridden: bool,
    peer: bool,
) -> Problem {
    let asked = asked(name, spec);
    let who = if overridden {
        format!("for {by}, `overrides` of package.json asks for {asked}")
    } else {
        format!("{by} asks for {asked}")
    };
    let problem = HW438.problem(format!("{who}, and the lockfile has {found}")).about(name).at(lockfile);
    if peer {
        let hint =
            format!("{}; if the peer is right as it is, set `legacy-peer-deps=true` in .npmrc", problem.hint);
        return problem.with_hint(hint);
    }
    problem
}

/// A specification that npm does not know.
pub fn unsupported(by: &str, name: &str, spec: &str) -> Problem {
    HW439
        .problem(format!("{by} asks for {}, which npm does not understand", asked(name, spec)))
        .about(name)
        .at("package.json")
}

/// An override of what the project itself asks for.
pub fn override_of_direct(name: &str, spec: &str, value: &str) -> Problem {
    HW439
        .problem(format!(
            "package.json asks for {} itself, and `overrides` makes that {value}: npm refuses the contradiction",
            asked(name, spec)
        ))
        .with_hint(format!(
            "write the same in both, or `\"{name}\": \"${name}\"` in `overrides`, and run `npm install`"
        ))
        .about(name)
        .at("package.json")
}

fn asked(name: &str, spec: &str) -> String {
    if spec.is_empty() { name.to_owned() } else { format!("{name} {spec}") }
}
