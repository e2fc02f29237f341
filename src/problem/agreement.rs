//! HW430, HW438, HW439: package.json and the lockfile do not agree, so that `npm ci` refuses them.

use super::{Place, Problem, kinds};

kinds! {
    HW430 error "package.json or a package asks for a dependency that the lockfile does not have."
        "`npm ci` refuses this as well: run `npm install` (or undo the change of package.json), and convert again";
    HW438 error "The lockfile has another version of a dependency than package.json or a package asks for."
        "`npm ci` refuses this as well: run `npm install` (or undo the change of package.json), and convert again";
    HW439 error "package.json asks for something that npm does not understand or refuses."
        "write a version, a range, a URL or `file:`; `workspace:`, `catalog:`, `link:` and the like are other package managers'";
}

/// Who asks for a dependency.
pub struct Asker {
    /// A file or a package.
    pub shown: String,
    /// Where it asks.
    pub place: Place,
}

/// Nothing of the name is there.
pub fn not_locked(by: &Asker, name: &str, spec: &str) -> Problem {
    let asked = asked(name, spec);
    HW430
        .problem(format!("{} asks for {asked}, and the lockfile does not have it", by.shown))
        .about(name)
        .at(by.place.clone())
}

/// `overridden`: `overrides` of package.json asks for it, for `by`; `peer`: it is one of a package's peers.
pub fn not_met(by: &Asker, (name, spec): (&str, &str), found: &str, overridden: bool, peer: bool) -> Problem {
    let asked = asked(name, spec);
    let who = if overridden {
        format!("for {}, `overrides` of package.json asks for {asked}", by.shown)
    } else {
        format!("{} asks for {asked}", by.shown)
    };
    let problem = HW438.problem(format!("{who}, and the lockfile has {found}"));
    let problem = problem.about(name).at(by.place.clone());
    if peer {
        let hint =
            format!("{}; if the peer is right as it is, set `legacy-peer-deps=true` in .npmrc", problem.hint);
        return problem.with_hint(hint);
    }
    problem
}

/// A specification that npm does not know.
pub fn unsupported(by: &Asker, name: &str, spec: &str) -> Problem {
    HW439
        .problem(format!("{} asks for {}, which npm does not understand", by.shown, asked(name, spec)))
        .about(name)
        .at(by.place.clone())
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
