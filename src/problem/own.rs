//! HW470 to HW476, and of Python HW560 to HW562: what headwater.toml says of a project, and what of it has no effect.

use super::Problem;
use crate::policy::FILE;

fn fault(code: &'static str, message: String, hint: String) -> Problem {
    Problem { code, package: None, file: Some(FILE.to_owned()), message, hint }
}

/// HW470: a key that means nothing for projects of this kind. `remedy` is what does.
pub fn not_of(key: &str, ecosystem: &str, remedy: &str) -> Problem {
    fault("HW470", format!("`{key}` has no effect on {ecosystem}"), remedy.to_owned())
}

/// HW471: a script that package.json does not have.
pub fn no_script(key: &str, script: &str, known: &[&str]) -> Problem {
    let hint = match known {
        [] => "package.json has no scripts at all".to_owned(),
        known => format!("package.json has {}", known.join(", ")),
    };
    fault("HW471", format!("`{key}` names the script {script:?}, which package.json does not have"), hint)
}

/// HW472: nothing is built, and there are scripts that look as if they did.
pub fn unbuilt(scripts: &[&str]) -> Problem {
    let first = scripts.first().copied().unwrap_or_default();
    Problem {
        file: Some("package.json".to_owned()),
        ..fault(
            "HW472",
            format!("has no `build` script, so nothing is built; it has {}", scripts.join(", ")),
            format!(
                "to run one, write in headwater.toml: [project] build = {first:?}; build = false says that nothing is to be built"
            ),
        )
    }
}

/// HW473: a program that could not run.
pub fn cannot_start(command: &str, program: &str, package: &str, name: &str, file: &str) -> Problem {
    Problem {
        file: Some("package.json".to_owned()),
        ..fault(
            "HW473",
            format!(
                "`npm start` runs `{command}`, and {program} is a program of {package}, a development dependency that \
                 the result does not have: no program is made"
            ),
            format!("name the right one in headwater.toml: [programs.{name:?}] file = {file:?}"),
        )
    }
}

/// HW474: keys of a package's table that do nothing for it.
pub fn no_effect(package: &str, keys: &[&str], why: &str, remedy: &str) -> Problem {
    let (keys, verb) = (keys.join(", "), if keys.len() == 1 { "has" } else { "have" });
    fault("HW474", format!("[packages.{package:?}]: {keys} {verb} no effect: {why}"), remedy.to_owned())
}

/// HW475: what no Guix definition can be told.
pub fn not_in_guix(key: &str) -> Problem {
    fault(
        "HW475",
        format!("`{key}` has no effect on Guix definitions"),
        "convert with `--to nix` alone, or take it out and change modules/PROJECT's package by a definition that inherits from it"
            .to_owned(),
    )
}

/// HW476: programs of a result that is only a folder.
pub fn output_without_programs(names: &[&str]) -> Problem {
    fault(
        "HW476",
        format!(
            "`project.output` makes a folder the result, which has no programs: {} cannot be made",
            names.join(", ")
        ),
        "take out one of them".to_owned(),
    )
}

/// HW560: a key of `[project]` that is for npm projects.
pub fn not_of_python(key: &str, remedy: &str) -> Problem {
    fault("HW560", format!("`project.{key}` has no effect on Python projects"), remedy.to_owned())
}

/// HW561: a key of `[project]` that is about a build, of a project that is not built.
pub fn not_of_copied(key: &str) -> Problem {
    fault(
        "HW561",
        format!("`project.{key}` has no effect: the project has no build system, and is copied as it is"),
        "take it out; what its programs find when they run is `wrap`".to_owned(),
    )
}

/// HW562: keys that change a build, of a package that is not built.
pub fn wheel_is_not_built(package: &str, keys: &[&str]) -> Problem {
    let (keys, verb) = (keys.join(", "), if keys.len() == 1 { "has" } else { "have" });
    fault(
        "HW562",
        format!("[packages.{package:?}]: {keys} {verb} no effect: it is taken as the index ships it"),
        "take it out, or have it built: route = \"sdist\"".to_owned(),
    )
}
