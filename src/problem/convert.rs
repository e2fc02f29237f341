//! HW420 to HW429: what a conversion finds when all is put together.

use super::Problem;

/// HW420: one package, two hashes of the same kind.
pub fn two_hashes(lockfile: &str, package: &str) -> Problem {
    Problem {
        code: "HW420",
        package: Some(package.to_owned()),
        file: Some(lockfile.to_owned()),
        message: "two of its locations give it different hashes".to_owned(),
        hint: "one of them is not what it says: compare both with the registry, then let npm write the lockfile anew"
            .to_owned(),
    }
}

/// HW421: no lockfile where one was looked for.
pub fn no_lockfile(folder: &str) -> Problem {
    Problem {
        code: "HW421",
        package: None,
        file: Some(folder.to_owned()),
        message: "is no lockfile that can be read, and holds none".to_owned(),
        hint: "name a folder with a package-lock.json, requirements.txt, uv.lock, poetry.lock, pdm.lock, Pipfile.lock or \
            pylock.toml, or make one: `npm install --package-lock-only`, `uv lock`"
            .to_owned(),
    }
}

/// HW422: a package.json of the project that does not parse.
pub fn bad_manifest(file: &str, why: &str) -> Problem {
    Problem {
        code: "HW422",
        package: None,
        file: Some(file.to_owned()),
        message: format!("does not parse: {why}"),
        hint: "mend it; npm would refuse it as well".to_owned(),
    }
}

/// HW423: a tarball or patch of the project that cannot be used.
pub fn bad_local_file(package: &str, file: &str, why: &str) -> Problem {
    Problem {
        code: "HW423",
        package: Some(package.to_owned()),
        file: Some(file.to_owned()),
        message: why.to_owned(),
        hint: "put the right file there, or let npm write the lockfile anew".to_owned(),
    }
}

/// HW424: a dependency that the lockfile does not have.
pub fn incomplete(lockfile: &str, location: &str, dependency: &str) -> Problem {
    Problem {
        code: "HW424",
        package: Some(location.to_owned()),
        file: Some(lockfile.to_owned()),
        message: format!("needs {dependency}, which the lockfile does not have"),
        hint: "it may fail when it runs; let npm write the lockfile anew".to_owned(),
    }
}

/// HW425: a git dependency that must be built before it is what npm would install.
pub fn needs_prepare(package: &str, script: &str) -> Problem {
    Problem {
        code: "HW425",
        package: Some(package.to_owned()),
        file: None,
        message: format!(
            "this git dependency has a `{script}` script that makes what npm would install; that cannot be built yet"
        ),
        hint: format!(
            "to use the commit's files as they are: [packages.{:?}] skipScripts = true in headwater.toml",
            package.rsplit_once('@').filter(|(name, _)| !name.is_empty()).map_or(package, |(name, _)| name)
        ),
    }
}

/// HW426: a package without a hash in the lockfile.
pub fn no_integrity(lockfile: &str, package: &str, from: &str) -> Problem {
    Problem {
        code: "HW426",
        package: Some(package.to_owned()),
        file: Some(lockfile.to_owned()),
        message: format!("has no integrity; the one pinned is from {from}"),
        hint: "let npm write the lockfile anew".to_owned(),
    }
}

/// HW427: an address of a registry with a user or password in it.
pub fn registry_with_credentials(host: &str) -> Problem {
    Problem {
        code: "HW427",
        package: None,
        file: None,
        message: format!("the registry at {host} is set with a user or password in its address"),
        hint: format!(
            "the address ends in files that everybody can read: put the secret in .npmrc (//{host}/:_authToken=...)"
        ),
    }
}

/// HW428: a file of the project that cannot be read as what it should be. `why` names it.
pub fn bad_file(why: &str) -> Problem {
    Problem {
        code: "HW428",
        package: None,
        file: None,
        message: why.to_owned(),
        hint: "put the right file there".to_owned(),
    }
}

/// HW429: a bundled package that has install scripts, which are not run.
pub fn bundled_scripts(lockfile: &str, location: &str, bundler: &str) -> Problem {
    Problem {
        code: "HW429",
        package: Some(location.to_owned()),
        file: Some(lockfile.to_owned()),
        message: format!("has install scripts and is bundled in {bundler}: they are not run"),
        hint: "if it fails when it runs, depend on it directly, so that it is fetched and built on its own"
            .to_owned(),
    }
}

/// HW431: a life-cycle script of the project's own packages that wants the network.
pub fn own_script(file: &str, script: &str, command: &str) -> Problem {
    Problem {
        code: "HW431",
        package: None,
        file: Some(file.to_owned()),
        message: format!("its `{script}` script ({command}) wants the network, and builds have none"),
        hint: format!(
            "if it fails there and nothing needs it: [project] skipScripts = [{script:?}] in headwater.toml"
        ),
    }
}

/// HW432: an output folder that does not hold the project.
pub fn outside(out: &str, folder: &str) -> Problem {
    Problem {
        code: "HW432",
        package: None,
        file: Some(out.to_owned()),
        message: format!("does not hold the project, which is in {folder}"),
        hint: "as a flake it only builds where both lie in one git repository; nix-build takes it anywhere"
            .to_owned(),
    }
}

/// HW444: files that were written and that git would not take. `file` is the first of `count`.
pub fn git_ignores(file: &str, count: usize) -> Problem {
    let more = if count > 1 { format!(" and {} more", count - 1) } else { String::new() };
    Problem {
        code: "HW444",
        package: None,
        file: None,
        message: format!(
            "git ignores {file}{more}: a rule of the project or of yours (gitignore) matches it"
        ),
        hint: "`git add -f` takes them all the same, once; without it, a flake and every clone lack them"
            .to_owned(),
    }
}

/// HW433: lockfiles of two ecosystems in one folder.
pub fn two_ecosystems(npm: &str, python: &str) -> Problem {
    Problem {
        code: "HW433",
        package: None,
        file: Some(npm.to_owned()),
        message: format!("lies beside {python}: one conversion is of one of them"),
        hint: format!(
            "name the one that is meant (`headwater convert {python}`); with --out the other can go elsewhere"
        ),
    }
}

/// HW434: other lockfiles beside the one that is read.
pub fn passed_over(file: &str, others: &[String]) -> Problem {
    Problem {
        code: "HW434",
        package: None,
        file: Some(file.to_owned()),
        message: format!("is the one that is converted; beside it there is {}", others.join(", ")),
        hint: "name the other one if that is meant".to_owned(),
    }
}

/// HW436: requirements files of an npm project.
pub fn pip_is_pythons(lockfile: &str) -> Problem {
    Problem {
        code: "HW436",
        package: None,
        file: Some(lockfile.to_owned()),
        message: "is npm's, and pip installs nothing of it".to_owned(),
        hint: "leave `--to pip` away".to_owned(),
    }
}

/// HW437: optional packages that a lockfile lacks for some systems. `missing` has the names for each.
pub fn unlocked(lockfile: &str, package: &str, missing: &[(&str, Vec<&str>)]) -> Problem {
    const NAMED: usize = 3;
    let of_system = |(system, names): &(&str, Vec<&str>)| {
        let more =
            if names.len() > NAMED { format!(" and {} more", names.len() - NAMED) } else { String::new() };
        format!("{system} ({}{more})", names[..names.len().min(NAMED)].join(", "))
    };
    let systems: Vec<_> = missing.iter().map(of_system).collect();
    Problem {
        code: "HW437",
        package: Some(package.to_owned()),
        file: Some(lockfile.to_owned()),
        message: format!("the lockfile lacks optional packages that it wants on {}", systems.join(", ")),
        hint: "it may fail there: remove node_modules, run `npm install --package-lock-only` with npm 11, and convert again"
            .to_owned(),
    }
}
