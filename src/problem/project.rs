//! HW510 to HW519: what a Python project says of itself.

use super::Problem;

fn of(code: &'static str, file: &str, message: String, hint: &str) -> Problem {
    Problem { code, package: None, file: Some(file.to_owned()), message, hint: hint.to_owned() }
}

/// HW510: a pyproject.toml that does not parse. `why` is the parser's own message.
pub fn unreadable(file: &str, why: &str) -> Problem {
    of("HW510", file, format!("does not parse: {why}"), "mend it; nothing could build it as it is")
}

/// HW511: a project whose name is none.
pub fn bad_name(file: &str, name: &str) -> Problem {
    of(
        "HW511",
        file,
        format!("the project's name {name:?} is no name of a Python project"),
        "use letters, digits, `-`, `_` and `.`, the first and the last a letter or digit (PEP 508)",
    )
}

/// HW512: a project whose version is none.
pub fn bad_version(file: &str, version: &str) -> Problem {
    of(
        "HW512",
        file,
        format!("the project's version {version:?} is no version"),
        "write it as PEP 440 has it: 1.2.3, 1.2rc1, 1.2.post1",
    )
}

/// HW513: a version that only a build can tell.
pub fn unknown_version(file: &str, taken: &str) -> Problem {
    of(
        "HW513",
        file,
        format!("the project's version is computed when it is built; {taken} is taken for it"),
        "give the version in headwater.toml",
    )
}

/// HW514: a plain application for which no program is known.
pub fn no_programs(folder: &str) -> Problem {
    of(
        "HW514",
        folder,
        "has no build system, and nothing that is known to start it: the result has its files and no programs"
            .to_owned(),
        "name its programs in headwater.toml",
    )
}

/// HW515: a build system that would find nothing to build.
pub fn nothing_to_build(file: &str, module: &str) -> Problem {
    of(
        "HW515",
        file,
        format!(
            "has a build system, and there is no folder or module {module} that it would build: the project is copied"
        ),
        "say `package-mode = false` in [tool.poetry], or name the folders in `packages`",
    )
}

/// HW516: a folder that is installed and that nothing says how to build.
pub fn no_build_files(folder: &str, package: &str) -> Problem {
    Problem {
        package: Some(package.to_owned()),
        ..of(
            "HW516",
            folder,
            "holds neither pyproject.toml nor setup.py nor setup.cfg, so it cannot be built".to_owned(),
            "put the project there, or take it out of the lockfile",
        )
    }
}

/// HW517: more files than are looked at.
pub fn many_files(folder: &str, most: usize) -> Problem {
    of(
        "HW517",
        folder,
        format!(
            "holds more than {most} files and folders; what is compiled was looked for among the first alone"
        ),
        "if its build lacks a compiler, say so in headwater.toml",
    )
}

/// HW518: a name that only running setup.py would tell.
pub fn unknown_name(file: &str, taken: &str) -> Problem {
    of(
        "HW518",
        file,
        format!("computes the project's name; {taken} is taken for it, and a build of another name fails"),
        "write the name out, in setup.py or in [project] of pyproject.toml",
    )
}
