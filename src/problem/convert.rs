//! HW420 to HW437, HW444: what a conversion finds when all is put together.

use super::place::without_place;
use super::{Place, Problem, kinds};

kinds! {
    HW420 error "The lockfile gives one package two different hashes of the same kind."
        "one of them is wrong: compare both with the registry, then let npm write the lockfile again";
    HW421 error "There is no lockfile that Headwater can read."
        "name a folder with a package-lock.json, requirements.txt, uv.lock, poetry.lock, pdm.lock, Pipfile.lock or pylock.toml, or make one: `npm install --package-lock-only`, `uv lock`";
    HW422 error "A package.json of the project does not parse."
        "correct it; npm refuses it as well";
    HW423 error "A tarball or patch of the project cannot be used."
        "put the right file there, or let npm write the lockfile again";
    HW424 warning "A package needs another one that the lockfile does not have."
        "it may fail when it runs; let npm write the lockfile again";
    HW425 error "A git dependency must be built before it is what npm would install, and no build of it can be planned."
        "say how it is built (`build` in `[packages.NAME]` of headwater.toml), or use the commit's files as they are (`skipScripts = true`)";
    HW426 warning "The lockfile has no hash for a package. The one that is pinned comes from the registry."
        "let npm write the lockfile again";
    HW427 error "The address of a registry has a user or password in it."
        "the address ends in files that everybody can read: put the secret in .npmrc (`//HOST/:_authToken=...`)";
    HW428 error "A file of the project cannot be read."
        "put the right file there";
    HW429 warning "A package that is bundled in another one has install scripts. They are not run."
        "if it fails when it runs, depend on it directly, so that it is fetched and built on its own";
    HW431 warning "A script of the project wants the network, and builds have none."
        "if it fails there and nothing needs it, name it in `skipScripts` of [project] in headwater.toml";
    HW432 warning "The output folder does not hold the project."
        "as a flake it only builds where both are in one git repository; nix-build takes it anywhere";
    HW433 error "The folder has lockfiles of two ecosystems."
        "name the one that is meant; with --out the other one can be written elsewhere";
    HW434 warning "There are other lockfiles beside the one that is converted."
        "name the other one if that is meant";
    HW436 error "`--to pip` is asked of an npm project."
        "leave out `--to pip`";
    HW437 warning "The lockfile lacks optional packages for some systems."
        "it may fail there: remove node_modules, run `npm install --package-lock-only` with npm 11, and convert again";
    HW444 warning "git ignores files that were written."
        "`git add -f` adds them all the same, once; without it, a flake and every clone lack them";
}

/// One package, two hashes of the same kind.
pub fn two_hashes(lockfile: &str, package: &str) -> Problem {
    HW420.problem("two of its locations give it different hashes").about(package).at(lockfile)
}

/// No lockfile where one was looked for.
pub fn no_lockfile(folder: &str) -> Problem {
    HW421.problem("it is not a lockfile that Headwater can read, and holds none").at(folder)
}

/// A package.json of the project that does not parse.
pub fn bad_manifest(file: &str, error: &serde_json::Error) -> Problem {
    HW422
        .problem(format!("package.json does not parse: {}", without_place(error)))
        .at(Place::of_json(file, error))
}

/// A package.json of the project that is JSON of another kind.
pub fn no_object(file: &str) -> Problem {
    HW422.problem("package.json is not a JSON object").at(file)
}

/// A tarball or patch of the project that cannot be used.
pub fn bad_local_file(package: &str, file: &str, why: &str) -> Problem {
    HW423.problem(why).about(package).at(file)
}

/// A dependency that the lockfile does not have.
pub fn incomplete(lockfile: &str, location: &str, dependency: &str) -> Problem {
    HW424
        .problem(format!("it needs {dependency}, which the lockfile does not have"))
        .about(location)
        .at(lockfile)
}

/// A git dependency that must be built before it is what npm would install, by a script of its own or as headwater.toml
/// says. This is written into emitted files.
pub fn needs_prepare(package: &str, script: Option<&str>, why: &str) -> Problem {
    let by = match script {
        Some(script) => {
            format!("this git dependency has a `{script}` script that makes what npm would install")
        }
        None => "headwater.toml says that this git dependency is built".to_owned(),
    };
    let name =
        package.rsplit_once('@').filter(|(name, _)| !name.is_empty()).map_or(package, |(name, _)| name);
    HW425
        .problem(format!("{by}, and no build of it can be planned: {why}"))
        .with_hint(format!(
            "in headwater.toml, [packages.{name:?}] build = {{ command = \"...\" }} says how it is built, and skipScripts = true uses the commit's files as they are"
        ))
        .about(package)
}

/// A package without a hash in the lockfile.
pub fn no_integrity(lockfile: &str, package: &str, from: &str) -> Problem {
    HW426
        .problem(format!("the lockfile has no integrity for it; the one that is pinned is from {from}"))
        .about(package)
        .at(lockfile)
}

/// An address of a registry with a user or password in it.
pub fn registry_with_credentials(host: &str) -> Problem {
    HW427.problem(format!("the address of the registry at {host} has a user or password in it")).with_hint(
        format!(
            "the address ends in files that everybody can read: put the secret in .npmrc (//{host}/:_authToken=...)"
        ),
    )
}

/// A file of the project that cannot be read as what it should be. `why` names it.
pub fn bad_file(why: &str) -> Problem {
    HW428.problem(why)
}

/// A bundled package that has install scripts, which are not run.
pub fn bundled_scripts(lockfile: &str, location: &str, bundler: &str) -> Problem {
    HW429
        .problem(format!("it has install scripts and is bundled in {bundler}: they are not run"))
        .about(location)
        .at(lockfile)
}

/// A life-cycle script of the project's own packages that wants the network.
pub fn own_script(file: &str, script: &str, command: &str) -> Problem {
    HW431
        .problem(format!("the `{script}` script ({command}) wants the network, and builds have none"))
        .with_hint(format!(
            "if it fails there and nothing needs it: [project] skipScripts = [{script:?}] in headwater.toml"
        ))
        .at(file)
}

/// An output folder that does not hold the project.
pub fn outside(out: &str, folder: &str) -> Problem {
    HW432.problem(format!("the output folder does not hold the project, which is in {folder}")).at(out)
}

/// Files that were written and that git would not take. `file` is the first of `count`.
pub fn git_ignores(file: &str, count: usize) -> Problem {
    let more = if count > 1 { format!(" and {} more", count - 1) } else { String::new() };
    HW444.problem(format!(
        "git ignores {file}{more}: a rule of the project or of yours (gitignore) matches it"
    ))
}

/// Lockfiles of two ecosystems in one folder.
pub fn two_ecosystems(npm: &str, python: &str) -> Problem {
    HW433
        .problem(format!("{npm} is beside {python}, and one conversion is of one of them"))
        .with_hint(format!(
            "name the one that is meant (`headwater convert {python}`); with --out the other one can be written elsewhere"
        ))
        .at(npm)
}

/// Other lockfiles beside the one that is read.
pub fn passed_over(file: &str, others: &[String]) -> Problem {
    HW434.problem(format!("this lockfile is converted; beside it there is {}", others.join(", "))).at(file)
}

/// Requirements files of an npm project.
pub fn pip_is_pythons(lockfile: &str) -> Problem {
    HW436.problem(format!("{lockfile} is npm's, and pip installs nothing of it")).at(lockfile)
}

/// Optional packages that a lockfile lacks for some systems. `missing` has the names for each.
pub fn unlocked(lockfile: &str, package: &str, missing: &[(&str, Vec<&str>)]) -> Problem {
    const NAMED: usize = 3;
    let of_system = |(system, names): &(&str, Vec<&str>)| {
        let more =
            if names.len() > NAMED { format!(" and {} more", names.len() - NAMED) } else { String::new() };
        format!("{system} ({}{more})", names[..names.len().min(NAMED)].join(", "))
    };
    let systems: Vec<_> = missing.iter().map(of_system).collect();
    HW437
        .problem(format!("the lockfile lacks optional packages that it wants on {}", systems.join(", ")))
        .about(package)
        .at(lockfile)
}
