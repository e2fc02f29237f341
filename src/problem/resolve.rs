//! HW530 to HW539: requirements without pins that cannot be resolved here.

use super::Problem;

const AT_OWN_RISK: &str = "headwater runs no build on this machine; `uv lock` or `poetry lock` may (that is code of the \
     packages, run as you), and headwater reads the lockfile that they write";

fn of(code: &'static str, file: &str, message: String, hint: &str) -> Problem {
    Problem { code, package: None, file: Some(file.to_owned()), message, hint: hint.to_owned() }
}

/// HW530: neither uv nor pip.
pub fn no_resolver(file: &str) -> Problem {
    of(
        "HW530",
        file,
        "needs uv or pip to be resolved, and neither can be run".to_owned(),
        "install uv (`nix profile install nixpkgs#uv`, `pipx install uv`) or pip (`python3 -m ensurepip`, or your \
         system's python3-pip)",
    )
}

/// HW531: a requirement at an address that is neither a repository nor a wheel.
pub fn at_address(place: &str, package: &str, written: &str) -> Problem {
    let message = format!("{written:?} is at an address: what it needs may be known only to its build");
    Problem { package: Some(package.to_owned()), ..of("HW531", place, message, AT_OWN_RISK) }
}

/// HW532: a pyproject.toml that does not say what the project needs. `why` is a sentence without its subject.
pub fn dynamic(file: &str, why: &str) -> Problem {
    of("HW532", file, format!("{why}, so that what it needs cannot be read"), AT_OWN_RISK)
}

/// HW533: packages whose metadata only a build could tell, as far as the resolver knows.
pub fn needs_build(file: &str, by: &str, said: &str) -> Problem {
    let message = format!("has a requirement that {by} found no wheel of, and would have to build: {said}");
    of("HW533", file, message, AT_OWN_RISK)
}

/// HW534: the resolver's own complaint.
pub fn unsatisfied(file: &str, by: &str, said: &str) -> Problem {
    let message = format!("{by} could not resolve it: {said}");
    let hint = "change the requirements that it names; a package that has no wheel is not seen, because headwater \
                runs no build on this machine (`uv lock` may)";
    of("HW534", file, message, hint)
}

/// HW535: an answer that cannot be used. `why` is a sentence without its subject.
pub fn unusable_answer(file: &str, by: &str, why: &str) -> Problem {
    let hint = "try another version of it, or write a lockfile with it yourself";
    of("HW535", file, format!("what {by} answered {why}"), hint)
}

/// HW536: a file of another kind.
pub fn not_resolved(file: &str) -> Problem {
    let message =
        "is no requirements file (.txt, .in) and no pyproject.toml: it cannot be resolved".to_owned();
    of(
        "HW536",
        file,
        message,
        "let its own tool lock it: `pipenv lock`, `poetry lock`, `pdm lock`, `uv lock`",
    )
}

/// HW538: a repository, and no uv.
pub fn needs_uv(file: &str, written: &str) -> Problem {
    let message =
        format!("{written:?} is in a repository, which pip would have to build to learn what it needs");
    let hint = "install uv, which reads what the source says without building it (`nix profile install nixpkgs#uv`, \
                `pipx install uv`)";
    of("HW538", file, message, hint)
}

/// HW537: nothing may be asked of the network.
pub fn offline(file: &str) -> Problem {
    let message = "has no pins, and --offline lets nobody be asked for them".to_owned();
    of("HW537", file, message, "leave --offline away, or name a lockfile")
}
