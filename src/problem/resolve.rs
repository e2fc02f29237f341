//! HW530 to HW538: requirements without pins that cannot be resolved here.

use super::{Place, Problem, kinds};

kinds! {
    HW530 error "Requirements without pins need uv or pip to be resolved, and neither can be run."
        "install uv (`nix profile install nixpkgs#uv`, `pipx install uv`) or pip (`python3 -m ensurepip`, or your system's python3-pip)";
    HW531 error "A requirement is at an address, and only its build may know what it needs."
        "headwater runs no build on this machine; `uv lock` or `poetry lock` may (that is code of the packages, run as you), and headwater reads the lockfile that they write";
    HW532 error "A pyproject.toml does not say what the project needs."
        "headwater runs no build on this machine; `uv lock` or `poetry lock` may (that is code of the packages, run as you), and headwater reads the lockfile that they write";
    HW533 error "A requirement has no wheel, so that only a build could tell what it needs."
        "headwater runs no build on this machine; `uv lock` or `poetry lock` may (that is code of the packages, run as you), and headwater reads the lockfile that they write";
    HW534 error "uv or pip found no versions that meet all requirements."
        "change the requirements that it names; a package that has no wheel is not seen, because headwater runs no build on this machine (`uv lock` may)";
    HW535 error "The answer of uv or pip cannot be used."
        "try another version of it, or write a lockfile with it yourself";
    HW536 error "A file of this kind cannot be resolved."
        "let its own tool lock it: `pipenv lock`, `poetry lock`, `pdm lock`, `uv lock`";
    HW537 error "The requirements have no pins, and --offline does not allow to ask for them."
        "leave out --offline, or name a lockfile";
    HW538 error "A requirement is in a repository, and uv cannot be run. pip would have to build it."
        "install uv, which reads what the source says without building it (`nix profile install nixpkgs#uv`, `pipx install uv`)";
}

/// Neither uv nor pip.
pub fn no_resolver(file: &str) -> Problem {
    HW530.problem("it needs uv or pip to be resolved, and neither can be run").at(file)
}

/// A requirement at an address that is neither a repository nor a wheel.
pub fn at_address(place: impl Into<Place>, package: &str, written: &str) -> Problem {
    HW531
        .problem(format!("{written:?} is at an address: perhaps only its build knows what it needs"))
        .about(package)
        .at(place)
}

/// `why` is a sentence without its subject.
pub fn dynamic(file: &str, why: &str) -> Problem {
    HW532.problem(format!("the file {why}, so that what it needs cannot be read")).at(file)
}

/// Packages whose metadata only a build could tell, as far as the resolver knows.
pub fn needs_build(file: &str, by: &str, said: &str) -> Problem {
    HW533
        .problem(format!("{by} found no wheel of a requirement, and would have to build it: {said}"))
        .at(file)
}

/// The resolver's own complaint.
pub fn unsatisfied(file: &str, by: &str, said: &str) -> Problem {
    HW534.problem(format!("{by} could not resolve it: {said}")).at(file)
}

/// `why` is a sentence without its subject.
pub fn unusable_answer(file: &str, by: &str, why: &str) -> Problem {
    HW535.problem(format!("the answer of {by} {why}")).at(file)
}

/// A file of another kind.
pub fn not_resolved(file: &str) -> Problem {
    HW536
        .problem(format!(
            "{file} is neither a requirements file (.txt, .in) nor a pyproject.toml: it cannot be resolved"
        ))
        .at(file)
}

/// A repository, and no uv.
pub fn needs_uv(file: &str, written: &str) -> Problem {
    HW538
        .problem(format!(
            "{written:?} is in a repository, which pip would have to build to learn what it needs"
        ))
        .at(file)
}

/// Nothing may be asked of the network.
pub fn offline(file: &str) -> Problem {
    HW537.problem("the file has no pins, and --offline does not allow to ask for them").at(file)
}
