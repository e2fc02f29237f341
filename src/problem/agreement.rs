//! HW430, HW438, HW439: package.json and the lockfile do not agree, so that `npm ci` refuses them.

use super::Problem;

const REMEDY: &str = "`npm ci` refuses this as well: run `npm install` (or take the change of package.json back), and \
                      convert again";

/// HW430: a dependency that the lockfile does not have. `by` is who asks for it: a file or a package.
pub fn not_locked(lockfile: &str, by: &str, name: &str, spec: &str) -> Problem {
    Problem {
        code: "HW430",
        package: Some(name.to_owned()),
        file: Some(lockfile.to_owned()),
        message: format!("{by} asks for {}, and the lockfile does not have it", asked(name, spec)),
        hint: REMEDY.to_owned(),
    }
}

/// HW438: a dependency of which the lockfile has something else. `overridden`: `overrides` of package.json asks for it,
/// for `by`; `peer`: it is one of a package's peers.
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
        format!("`overrides` of package.json asks, for {by},")
    } else {
        format!("{by} asks")
    };
    let peers = "; where the peer is right as it is, `legacy-peer-deps=true` in .npmrc says so";
    Problem {
        code: "HW438",
        package: Some(name.to_owned()),
        file: Some(lockfile.to_owned()),
        message: format!("{who} for {asked}, and the lockfile has {found}"),
        hint: format!("{REMEDY}{}", if peer { peers } else { "" }),
    }
}

/// HW439: a specification that npm does not know.
pub fn unsupported(by: &str, name: &str, spec: &str) -> Problem {
    Problem {
        code: "HW439",
        package: Some(name.to_owned()),
        file: Some("package.json".to_owned()),
        message: format!("{by} asks for {}, which npm does not understand", asked(name, spec)),
        hint: "it is another package manager's: `workspace:`, `catalog:`, `link:` and the like mean nothing to npm; \
               write a version, a range, a URL or `file:`"
            .to_owned(),
    }
}

/// HW439: an override of what the project itself asks for.
pub fn override_of_direct(name: &str, spec: &str, value: &str) -> Problem {
    Problem {
        code: "HW439",
        package: Some(name.to_owned()),
        file: Some("package.json".to_owned()),
        message: format!(
            "asks for {} itself, and `overrides` makes that {value}: npm refuses the contradiction",
            asked(name, spec)
        ),
        hint: format!(
            "write the same in both, or `\"{name}\": \"${name}\"` in `overrides`, and run `npm install`"
        ),
    }
}

fn asked(name: &str, spec: &str) -> String {
    if spec.is_empty() { name.to_owned() } else { format!("{name} {spec}") }
}
