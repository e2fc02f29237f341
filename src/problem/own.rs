//! HW470 to HW476, and of Python HW560 to HW562: what headwater.toml says of a project, and what of it has no effect.

use super::{Problem, kinds};
use crate::names::POLICY_FILE as FILE;

kinds! {
    HW470 error "A key of headwater.toml has no effect on projects of this ecosystem."
        "take it out";
    HW471 error "headwater.toml names a script that package.json does not have."
        "name one of the scripts of package.json";
    HW472 warning "package.json has no `build` script, so nothing is built, but it has scripts that look as if they did."
        "name the script: [project] build = \"NAME\" in headwater.toml; build = false says that nothing is to be built";
    HW473 warning "`npm start` runs a program that the result does not have, so no program is made."
        "name the right one in headwater.toml: [programs.NAME] file = \"FILE\"";
    HW474 error "Keys of a package's table in headwater.toml have no effect on it."
        "take them out";
    HW475 error "A key of headwater.toml has no effect on Guix definitions."
        "convert with `--to nix` alone, or take it out and change modules/PROJECT's package by a definition that inherits from it";
    HW476 error "headwater.toml makes a folder the result, and names programs as well. A folder has no programs."
        "take out one of them";
    HW560 error "A key of [project] has no effect on Python projects."
        "take it out";
    HW561 error "A key of [project] is about a build, and the project has no build system."
        "take it out; what its programs find when they run is `wrap`";
    HW562 warning "Keys of a package's table change its build, and the package is taken as a wheel."
        "take it out, or have it built: route = \"sdist\"";
}

/// `remedy` is the key that does mean something.
pub fn not_of(key: &str, ecosystem: &str, remedy: &str) -> Problem {
    HW470.problem(format!("`{key}` has no effect on {ecosystem}")).with_hint(remedy).at(FILE)
}

/// A script that package.json does not have.
pub fn no_script(key: &str, script: &str, known: &[&str]) -> Problem {
    let hint = match known {
        [] => "package.json has no scripts at all".to_owned(),
        known => format!("package.json has {}", known.join(", ")),
    };
    HW471
        .problem(format!("`{key}` names the script {script:?}, which package.json does not have"))
        .with_hint(hint)
        .at(FILE)
}

/// Nothing is built, and there are scripts that look as if they did.
pub fn unbuilt(scripts: &[&str]) -> Problem {
    let first = scripts.first().copied().unwrap_or_default();
    HW472
        .problem(format!(
            "package.json has no `build` script, so nothing is built; it has {}",
            scripts.join(", ")
        ))
        .with_hint(format!(
            "to run one, write in headwater.toml: [project] build = {first:?}; build = false says that nothing is to be built"
        ))
        .at("package.json")
}

/// A program that could not run.
pub fn cannot_start(command: &str, program: &str, package: &str, name: &str, file: &str) -> Problem {
    HW473
        .problem(format!(
            "`npm start` runs `{command}`, and {program} is a program of {package}, a development dependency that the \
             result does not have: no program is made"
        ))
        .with_hint(format!("name the right one in headwater.toml: [programs.{name:?}] file = {file:?}"))
        .at("package.json")
}

/// Keys of a package's table that do nothing for it.
pub fn no_effect(package: &str, keys: &[&str], why: &str, remedy: &str) -> Problem {
    let (keys, verb) = (keys.join(", "), if keys.len() == 1 { "has" } else { "have" });
    HW474
        .problem(format!("[packages.{package:?}]: {keys} {verb} no effect: {why}"))
        .with_hint(remedy)
        .at(FILE)
}

/// What no Guix definition can be told.
pub fn not_in_guix(key: &str) -> Problem {
    HW475.problem(format!("`{key}` has no effect on Guix definitions")).at(FILE)
}

/// Programs of a result that is only a folder.
pub fn output_without_programs(names: &[&str]) -> Problem {
    HW476
        .problem(format!(
            "`project.output` makes a folder the result, which has no programs: {} cannot be made",
            names.join(", ")
        ))
        .at(FILE)
}

/// A key of `[project]` that is for npm projects.
pub fn not_of_python(key: &str, remedy: &str) -> Problem {
    HW560.problem(format!("`project.{key}` has no effect on Python projects")).with_hint(remedy).at(FILE)
}

/// A key of `[project]` that is about a build, of a project that is not built.
pub fn not_of_copied(key: &str) -> Problem {
    HW561
        .problem(format!(
            "`project.{key}` has no effect: the project has no build system, and is copied as it is"
        ))
        .at(FILE)
}

/// Keys that change a build, of a package that is not built.
pub fn wheel_is_not_built(package: &str, keys: &[&str]) -> Problem {
    let (keys, verb) = (keys.join(", "), if keys.len() == 1 { "has" } else { "have" });
    HW562
        .problem(format!(
            "[packages.{package:?}]: {keys} {verb} no effect: it is taken as the index ships it"
        ))
        .at(FILE)
}
