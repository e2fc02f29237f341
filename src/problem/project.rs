//! HW510 to HW518: what a Python project says of itself. HW510 and HW516 may end in pins and emitted files: changed
//! words change those.

use super::{Problem, kinds};

kinds! {
    HW510 error "A pyproject.toml does not parse."
        "correct it: nothing can build it as it is";
    HW511 error "The name of a Python project is not one."
        "use letters, digits, `-`, `_` and `.`, the first and the last a letter or digit (PEP 508)";
    HW512 error "The version of a Python project is not one."
        "write it as PEP 440 has it: 1.2.3, 1.2rc1, 1.2.post1";
    HW513 warning "The version of the project is computed when it is built, so that it is not known here."
        "give the version in headwater.toml";
    HW514 warning "A Python project has no build system, and no program that starts it is known."
        "name its programs in headwater.toml";
    HW515 warning "A Python project has a build system that would find nothing to build. The project is copied."
        "say `package-mode = false` in [tool.poetry], or name the folders in `packages`";
    HW516 error "A folder is to be installed, and nothing says how to build it."
        "put the project there, or take it out of the lockfile";
    HW517 warning "A project has more files than are looked at."
        "if its build lacks a compiler, say so in headwater.toml";
    HW518 warning "setup.py computes the project's name, so that it is not known here."
        "write the name out, in setup.py or in [project] of pyproject.toml";
}

/// `why` is the parser's own message.
pub fn unreadable(file: &str, why: &str) -> Problem {
    HW510.problem(format!("does not parse: {why}")).at(file)
}

/// A project whose name is none.
pub fn bad_name(file: &str, name: &str) -> Problem {
    HW511
        .problem(format!("the project's name {name:?} is not a name that a Python project can have"))
        .at(file)
}

/// A project whose version is none.
pub fn bad_version(file: &str, version: &str) -> Problem {
    HW512.problem(format!("the project's version {version:?} is not a version")).at(file)
}

/// A version that only a build can tell.
pub fn unknown_version(file: &str, taken: &str) -> Problem {
    HW513
        .problem(format!("the project's version is computed when it is built; {taken} is used in its place"))
        .at(file)
}

/// A plain application for which no program is known.
pub fn no_programs(folder: &str) -> Problem {
    HW514
        .problem(
            "the project has no build system, and nothing is known that starts it: the result has its files and no \
             programs",
        )
        .at(folder)
}

/// A build system that would find nothing to build.
pub fn nothing_to_build(file: &str, module: &str) -> Problem {
    HW515
        .problem(format!(
            "the project has a build system, and there is no folder or module {module} that it would build: the project \
             is copied"
        ))
        .at(file)
}

/// A folder that is installed and that nothing says how to build.
pub fn no_build_files(folder: &str, package: &str) -> Problem {
    HW516
        .problem("holds neither pyproject.toml nor setup.py nor setup.cfg, so it cannot be built")
        .about(package)
        .at(folder)
}

/// More files than are looked at.
pub fn many_files(folder: &str, most: usize) -> Problem {
    HW517
        .problem(format!(
            "the folder has more than {most} files and folders; only the first of them were searched for what is compiled"
        ))
        .at(folder)
}

/// A name that only running setup.py would tell.
pub fn unknown_name(file: &str, taken: &str) -> Problem {
    HW518
        .problem(format!(
            "setup.py computes the project's name; {taken} is used in its place, and a build of another name fails"
        ))
        .at(file)
}
