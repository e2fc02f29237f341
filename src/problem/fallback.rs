//! Problems that keep a package from being built, told of one that is taken as a wheel therefore.

/// What to do to have it built after all: the hint of the problem, unless that says to take the wheel.
pub fn to_build<'h>(code: &str, hint: &'h str) -> &'h str {
    match code {
        "HW503" => "use another release, or an index that has a source archive of what its build needs",
        "HW504" => {
            "take another one on the circle as a wheel (an exception in headwater.toml), or give it other build \
             requirements"
        }
        "HW505" => "use another release, or an index that has a source archive of it",
        "HW521" => "give a Cargo.lock without that crate in headwater.toml (`cargoLock = \"path\"`)",
        "HW528" => {
            "check that `git ls-remote` of the address works without a password; else give a Cargo.lock without that \
             repository in headwater.toml (`cargoLock = \"path\"`)"
        }
        _ => hint,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::{Problem, crates, python, requirements};

    #[test]
    fn no_wheel_is_told_to_be_taken_as_a_wheel() {
        let away = crate::source::repository::NoAnswer::Unreachable { host: "a".into(), why: "b".into() };
        let problems: [Problem; 11] = [
            requirements::unmet_build_requirement("a@1", "b", &["<1".to_owned()], ""),
            requirements::build_circle(&["a@1".to_owned()]),
            requirements::no_source("a@1", ""),
            requirements::unsettled("a@1"),
            crates::bad_lock("a@1", "is none"),
            crates::foreign_crate("a@1", "b"),
            crates::no_checksum("a@1", "b"),
            crates::no_lock("a@1", ""),
            crates::missing_crate("a@1", "b"),
            crates::no_crate_commit("a@1", "b", "https://a.example/b", &away),
            python::not_asked("a", "a@1", "why"),
        ];
        for Problem { code, hint, .. } in &problems {
            let hint = to_build(code, hint);
            assert!(!hint.contains("its wheel") && !hint.contains("take one of them"), "{code}: {hint}");
        }
    }
}
