//! The policy as users write and mistype it.

use std::collections::BTreeSet;

use super::reading::keys;
use super::*;

const FULL: &str = r#"
    tier = "C"
    mirrors = "commit"
    [packages."better-sqlite3"]
    buildInputs = ["sqlite", "xorg.libX11"]
    env = { CFLAGS = "-O2" }
    patches = ["patches/one.patch"]
    provided = "electron_33"
    skipScripts = true
    cargoLock = "locks/one.lock"
    route = "sdist"
    nativeBuildInputs = ["cmake"]
    buildRequires = ["setuptools<81"]
    configSettings = { "build-option" = "x" }
    source = { repository = "o/r", tag = "v1", directory = "packages/x" }
    [packages."better-sqlite3".build]
    command = ["make", "tsc"]
    directory = "packages/x"
    env = { RELEASE = "1" }
    node = "nodejs_22"
    packer = "npm"
    contents = "packages/x/out"
    tools = ["typescript"]
    level = "direct"
    [npm]
    build = "use"
    rebuilt = "tar"
    [python]
    interpreter = "python312"
    version = "1.4"
    groups = ["prod"]
    devGroups = ["test"]
    extras = ["http"]
    collisions = ["doc/*"]
    package = "app"
    wheels = "prefer"
    prefer-wheels = ["numpy"]
    requires = ["setuptools<81"]
    [project]
    build = ["build:client", "build:server"]
    env = { NODE_OPTIONS = "--max-old-space-size=4096" }
    nativeBuildInputs = ["git"]
    buildInputs = ["vips"]
    patches = ["patches/own.patch"]
    wrap = { path = ["ffmpeg"], env = { LEVEL = "info" } }
    output = "dist"
    exclude = ["docs", "*.md"]
    skipScripts = ["prepare"]
    nodejs = "nodejs_22"
    [programs]
    serve = { file = "dist/main.js", check = ["--version"] }
    [shell]
    modules = "copy"
    [[exceptions]]
    package = "esbuild@0.21.5"
    reason = "a Go program"
    owner = "infra"
    expires = 2030-01-31
"#;

#[test]
fn reads_every_key() {
    let policy = Policy::parse(FULL).unwrap();
    assert_eq!(policy.tier.0, Tier::C);
    assert_eq!(policy.mirrors, Mirrors::Commit);
    let name = PackageName::new("better-sqlite3").unwrap();
    assert_eq!(policy.overrides(&name, None).unwrap().skip_scripts, Some(true));
    let build = policy.overrides(&name, None).unwrap().build.as_ref().unwrap();
    assert_eq!(build.level, Some(crate::rebuild::Level::Direct));
    assert_eq!(policy.exceptions[0].last_day(), (2030, 1, 31));
}

/// The full file has every key that a type has, but for those that exclude each other.
#[test]
fn the_full_file_has_every_key() {
    let table: toml::Table = crate::foreign::toml(FULL).unwrap();
    let said = |table: &toml::Value, others: &[&'static str]| -> BTreeSet<String> {
        let keys = table.as_table().unwrap().keys().cloned();
        keys.chain(others.iter().map(|key| (*key).to_owned())).collect()
    };
    let known = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<BTreeSet<_>>();
    let package = &table["packages"]["better-sqlite3"];
    assert_eq!(said(&table.clone().into(), &[]), known(keys::<Policy>()));
    assert_eq!(said(package, &[]), known(keys::<Overrides>()));
    // A commit is named in one way, and so is what is run.
    assert_eq!(said(&package["source"], &["commit"]), known(keys::<Source>()));
    assert_eq!(said(&package["build"], &["script"]), known(keys::<RecipeOverride>()));
    assert_eq!(said(&table["npm"], &[]), known(keys::<Npm>()));
    assert_eq!(said(&table["shell"], &[]), known(keys::<Shell>()));
    assert_eq!(said(&table["project"], &[]), known(keys::<OwnBuild>()));
    assert_eq!(said(&table["python"], &[]), known(keys::<Python>()));
    assert_eq!(said(&table["exceptions"][0], &[]), known(keys::<Exception>()));
    // What a conversion tells of `[project]` is all of it.
    let policy = Policy::parse(FULL).unwrap();
    let told: BTreeSet<String> = policy.project.said().into_iter().map(str::to_owned).collect();
    assert_eq!(told, known(keys::<OwnBuild>()));
}

#[test]
fn an_unknown_key_is_told_with_the_nearest_known_one() {
    let faults =
        Policy::parse("teir = \"B\"\n[packages.x]\nskipscripts = true\n[[exceptions]]\npakage = \"x\"\n")
            .unwrap_err();
    insta::assert_snapshot!(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"), @r#"
    error[HW401]: headwater.toml:1: unknown key `teir`
        hint: did you mean `tier`?
    error[HW401]: headwater.toml:3: unknown key `packages."x".skipscripts`
        hint: did you mean `skipScripts`?
    error[HW401]: headwater.toml:5: unknown key `exceptions[0].pakage`
        hint: did you mean `package`?
    "#);
}

#[test]
fn bad_values_are_told_with_the_remedy() {
    let text = r#"
        [packages.x]
        patches = ["../x.patch", ""]
        buildInputs = ["${pkgs}"]
        env = { "A B" = "1" }
        [packages.x.build]
        directory = "../x"
        packer = "bun"
        [npm]
        rebuilt = "different"
        [project]
        build = true
        output = "../dist"
        exclude = ["docs", "/", "a/../.."]
        nodejs = "nodejs 22"
        wrap = { path = ["a b"] }
        [programs]
        "a/b" = { file = "a.js" }
        c = { file = "../a.js" }
        [[exceptions]]
        package = "x"
        reason = ""
        owner = "me"
        expires = 10:00:00
    "#;
    let faults = Policy::parse(text).unwrap_err();
    insta::assert_snapshot!(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"), @r#"
    error[HW402]: headwater.toml:3: `packages."x".patches` "" does not name a file inside the project
        hint: name a file inside the project, relative to it
    error[HW402]: headwater.toml:3: `packages."x".patches` "../x.patch" does not name a file inside the project
        hint: name a file inside the project, relative to it
    error[HW402]: headwater.toml:4: `packages."x".buildInputs` "${pkgs}" is not an attribute path
        hint: write the name under pkgs, as in "sqlite" or "xorg.libX11"
    error[HW402]: headwater.toml:5: `packages."x".env` "A B" is not a name of a variable
        hint: use letters, digits and underscores
    error[HW402]: headwater.toml:7: `packages."x".build.directory` "../x" does not name a file inside the project
        hint: name a file inside the project, relative to it
    error[HW402]: headwater.toml:8: `packages."x".build.packer` cannot be read: unknown variant `bun`, expected one of `npm`, `pnpm`, `yarn`, `lerna`
        hint: see docs/reference/headwater-toml.md for what it may be
    error[HW402]: headwater.toml:10: `npm.rebuilt` is no class of what was rebuilt
        hint: write "integrity", "tar", "files" or "equivalent"
    error[HW402]: headwater.toml:12: `project.build` names no script
        hint: name the script, as in "build", or write false for none
    error[HW402]: headwater.toml:13: `project.output` "../dist" does not name a file inside the project
        hint: name a file inside the project, relative to it
    error[HW402]: headwater.toml:14: `project.exclude` "/" is not a path inside the project
        hint: write a path or pattern relative to the project, as in "docs" or "*.md"
    error[HW402]: headwater.toml:14: `project.exclude` "a/../.." is not a path inside the project
        hint: write a path or pattern relative to the project, as in "docs" or "*.md"
    error[HW402]: headwater.toml:15: `project.nodejs` "nodejs 22" is not an attribute path
        hint: write the name under pkgs, as in "sqlite" or "xorg.libX11"
    error[HW402]: headwater.toml:16: `project.wrap` "a b" is not an attribute path
        hint: write the name under pkgs, as in "sqlite" or "xorg.libX11"
    error[HW402]: headwater.toml:18: `programs."a/b"` is not a name of a program
        hint: name a file of bin/, as in [programs.serve]
    error[HW402]: headwater.toml:19: `programs."c"` cannot be read: leads out of the project's folder
        hint: write { file = "..." }, { program = "..." } or (Python) { module = "..." }
    error[HW402]: headwater.toml:22: `exceptions[0].reason` is empty
        hint: fill in reason: an exception says what, why and who
    error[HW402]: headwater.toml:24: `exceptions[0].expires` is not a date
        hint: write a day, as in 2030-12-31, without quotes
    "#);
}

#[test]
fn a_build_may_run_in_the_root_of_the_repository() {
    let of = |directory: &str| {
        Policy::parse(&format!("[packages.x]\nbuild = {{ command = 'make', directory = '{directory}' }}"))
    };
    assert!(of(".").is_ok() && of("packages/x").is_ok());
    assert!(of("").is_err() && of("..").is_err() && of("./..").is_err());
}

#[test]
fn a_source_that_names_nothing() {
    let text = r#"
        [packages.x]
        source = { repository = "https://10.0.0.1/r", tag = "v1", commit = "abc" }
        [packages.y]
        source = { repo = "o/r", tag = "v1" }
        [packages.z.source]
        repository = "o/r"
        commit = "v1"
        directory = "../x"
        [packages.q]
        source = "o/r"
        [packages.w.source]
        repository = "o/r"
        tag = 1
    "#;
    let faults = Policy::parse(text).unwrap_err();
    insta::assert_snapshot!(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"), @r#"
    error[HW402]: headwater.toml:3: `packages."x".source` names a tag and a commit
        hint: write one of them
    error[HW402]: headwater.toml:3: `packages."x".source.repository` leads into a private network
        hint: write the address of a public repository, as in "https://git.example.org/o/r"
    error[HW401]: headwater.toml:5: unknown key `packages."y".source.repo`
        hint: known keys here: repository, tag, commit, directory
    error[HW402]: headwater.toml:8: `packages."z".source.commit` is not a commit id
        hint: write all 40 hexadecimal digits, as `git rev-parse` prints them
    error[HW402]: headwater.toml:9: `packages."z".source.directory` is not a folder inside the repository
        hint: write a folder of the repository, or leave it out for the root
    error[HW402]: headwater.toml:11: `packages."q".source` is not a table
        hint: write [packages."q".source]
    error[HW402]: headwater.toml:14: `packages."w".source.tag` cannot be read: invalid type: integer `1`, expected a string
        hint: see docs/reference/headwater-toml.md for what it may be
    "#);
}

#[test]
fn faults_of_every_kind_are_told_at_once() {
    let text = "teir = 'B'\nmirrors = 'slow'\n[python]\nwheels = 'always'\ngroups = 'dev'\nrequires = ['a', 'a b']\n\
        [packages.x]\nroute = 'egg'\nbuildRequires = 'cython'\nbuildinputs = []\n[programs.app]\nfle = 'app.py'\n\
        [[exceptions]]\npackage = 'x'\nreason = 1\nexpires = '2030-01-01'\n";
    let faults = Policy::parse(text).unwrap_err();
    let lines: Vec<_> = faults
        .iter()
        .map(|fault| {
            let key = fault.message.split('`').nth(1).unwrap_or_default();
            format!("{} {key}", fault.place.as_ref().unwrap())
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    headwater.toml:1 teir
    headwater.toml:2 mirrors
    headwater.toml:4 python.wheels
    headwater.toml:5 python.groups
    headwater.toml:6 python.requires
    headwater.toml:8 packages."x".route
    headwater.toml:9 packages."x".buildRequires
    headwater.toml:10 packages."x".buildinputs
    headwater.toml:11 programs."app"
    headwater.toml:13 exceptions[0].owner
    headwater.toml:15 exceptions[0].reason
    headwater.toml:16 exceptions[0].expires
    "#);
}

#[test]
fn of_a_list_it_is_told_which() {
    let text = "[python]\nprefer-wheels = ['idna', 'six!']\nrequires = [\n  'a>=1',\n  '!!',\n]\n[packages.six]\n\
        buildRequires = ['six ==']\nbuildInputs = [1]\n";
    let faults = Policy::parse(text).unwrap_err();
    let lines: Vec<_> =
        faults.iter().map(|fault| fault.to_string().lines().next().unwrap().to_owned()).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    error[HW402]: headwater.toml:2: `python.prefer-wheels` "six!" cannot be read: is no Python project name
    error[HW402]: headwater.toml:5: `python.requires` "!!" cannot be read: Expected package name starting with an alphanumeric character, found `!`
    error[HW402]: headwater.toml:8: `packages."six".buildRequires` "six ==" cannot be read: Unexpected end of version specifier, expected version
    error[HW402]: headwater.toml:9: `packages."six".buildInputs` 1 cannot be read: invalid type: integer `1`, expected a string
    "#);
}

#[test]
fn what_the_user_says_of_wheels() {
    let policy = "[python]\nwheels = 'never'\nprefer-wheels = ['NumPy']\n[packages.a]\nroute = 'wheel'\n\
        [packages.b]\nroute = 'sdist'\n[packages.'c@2']\nroute = 'wheel'\n\
        [packages.e]\nroute = 'wheel'\n[packages.'e@2']\nskipScripts = true\n";
    let policy = Policy::parse(policy).unwrap();
    for (name, version, expected) in [
        ("numpy", "1", Wheels::Prefer),
        ("a", "1", Wheels::Prefer),
        ("b", "1", Wheels::Never),
        ("c", "1", Wheels::Never),
        ("c", "2", Wheels::Prefer),
        ("d", "1", Wheels::Never),
        ("e", "1", Wheels::Prefer),
        ("e", "2", Wheels::Never),
    ] {
        let (name, version) =
            (crate::python::PyName::new(name).unwrap(), crate::python::PyVersion::new(version).unwrap());
        assert_eq!(policy.wheels(&name, &version), expected, "{name} {version}");
    }
    let (name, version) =
        (crate::python::PyName::new("d").unwrap(), crate::python::PyVersion::new("1").unwrap());
    assert_eq!(Policy::default().wheels(&name, &version), Wheels::Fallback);
}

#[test]
fn entries_for_a_version_come_first() {
    let policy = Policy::parse("[packages.x]\nskipScripts = true\n[packages.\"x@1.0.0\"]\n").unwrap();
    let (name, version) = (PackageName::new("x").unwrap(), Version::new("1.0.0").unwrap());
    assert_eq!(policy.overrides(&name, Some(&version)).unwrap().skip_scripts, None);
    assert_eq!(policy.overrides(&name, None).unwrap().skip_scripts, Some(true));
}

#[test]
fn a_renewed_exception_counts_whatever_stands_before_it() {
    let of = |year: u16| {
        format!("[[exceptions]]\npackage = \"x\"\nreason = \"r\"\nowner = \"o\"\nexpires = {year}-01-01\n")
    };
    let (name, version) = (PackageName::new("x").unwrap(), Version::new("1.0.0").unwrap());
    for text in [of(2020) + &of(2030), of(2030) + &of(2020)] {
        let policy = Policy::parse(&text).unwrap();
        assert_eq!(policy.exception(&name, Some(&version)).unwrap().last_day(), (2030, 1, 1));
    }
}

#[test]
fn a_contradiction_is_no_least_tier() {
    assert_eq!(Policy::parse("tier = \"X\"\n").unwrap_err().len(), 1);
}

#[test]
fn an_entry_that_matches_nothing_is_told() {
    let policy = Policy::parse("[packages.expres]\nskipScripts = true\n").unwrap();
    let name = PackageName::new("express").unwrap();
    let idle = policy.idle([(&name, None)].into_iter());
    assert_eq!(idle.len(), 1);
    assert!(idle[0].hint.contains("express"), "{}", idle[0]);
}

#[test]
fn a_question_needs_no_owner_yet() {
    let open = "[[exceptions]]\npackage = 'a'\nreason = 'r'\nowner = ''\nexpires = 2999-01-01\n";
    let signed = "[[exceptions]]\npackage = 'b'\nreason = 'r'\nowner = 'me'\nexpires = 2999-01-01\n";
    let text = format!("tier = 'C'\n{open}{signed}");
    assert!(Policy::parse(&text).is_err());
    let policy = Policy::parse_for_question(&text).unwrap();
    assert_eq!(policy.exceptions.iter().map(|one| one.package.as_str()).collect::<Vec<_>>(), ["b"]);
    assert_eq!(policy.tier.0, Tier::C);
    // Every other fault is one, and told as always.
    for (wrong, line) in [("teir = 'C'\n", 1), ("[python]\nrequires = ['>=1']\n", 2)] {
        let text = format!("{wrong}{open}");
        let faults = Policy::parse_for_question(&text).unwrap_err();
        assert!(faults.iter().any(|fault| fault.place.as_ref().unwrap().line == Some(line)), "{faults:#?}");
    }
}
