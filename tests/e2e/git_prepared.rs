//! Git dependencies that their own scripts make: built from their commits in the sandbox of the real Nix, as npm builds them.

use serde_json::{Value, json};

use crate::support::forge::Forge;
use crate::support::prepared::{Case, entry, files, registry};
use crate::support::project::Project;
use crate::support::{nix, nonce};

#[test]
fn one_with_prepare_is_what_npm_makes_of_it() {
    let scripts = json!({ "prepare": "husky || true && npm run build && npm test", "build": "shout src dist", "test": "exit 1" });
    // npm would run the tests, and fail.
    let scripts_of_npm = json!({ "prepare": "npm run build", "build": "shout src dist" });
    for scripts in [scripts_of_npm, scripts] {
        let case = Case::new(&scripts);
        let run = case.project.convert(&["--strict"]).expect(0);
        let said = format!(
            "from-git@3.0.0  built from {} by its own script \"prepare\", with 2 tools that are not rebuilt",
            &case.commit[..12]
        );
        assert!(run.stdout.contains(&said), "{}", run.stdout);
        assert_eq!(case.try_build().as_deref(), Ok(case.expected().as_str()));
        if scripts["test"].is_null() {
            assert_eq!(case.built(), case.installed_by_npm());
        }
        let lock: Value = serde_json::from_str(&case.project.read("headwater.lock")).expect("JSON");
        let pin = lock["packages"].as_object().and_then(|pins| pins.values().next()).expect("a pin");
        assert_eq!((&pin["route"], &pin["resolution"]["tier"]), (&"build".into(), &"C".into()), "{pin:#}");
    }
}

#[test]
fn a_second_run_gives_the_same_bytes_and_asks_nobody() {
    let mut case = Case::new(&json!({ "prepare": "shout src dist" }));
    let written = |case: &Case| {
        let folder = case.project.path().join("nix");
        (case.project.read("headwater.lock"), files(&folder))
    };
    case.project.convert(&[]).expect(0);
    let (before, asked) = (written(&case), case.registry.asked().len());
    case.forge.stop();
    case.project.convert(&[]).expect(0);
    assert_eq!(written(&case), before);
    assert_eq!(case.registry.asked().len(), asked);
    // What the user says of the build makes the plan void, and so does taking it back.
    case.project.write("headwater.toml", "[packages.from-git]\nbuild = { tools = ['unused'] }\n");
    let run = case.project.convert(&["--json"]).expect(0);
    let said = run.json()["prepared"].to_string();
    assert!(said.contains("with 3 tools") && said.contains("headwater.toml"), "{said}");
    case.project.write("headwater.toml", "");
    case.project.convert(&[]).expect(0);
    assert_eq!(written(&case).0, before.0);
}

/// No lockfile and no tools: a script of its own, which another commit of the same version has, too.
#[test]
fn two_commits_of_one_version_are_two_builds() {
    let mut forge = Forge::new();
    let work = forge.repository("example/from-git");
    let manifest = json!({
        "name": "from-git", "version": "3.0.0", "main": "dist/index.js", "scripts": { "prepare": "node build.js" },
    });
    let (one, other) = (nonce(), nonce());
    let commit = |word: &str| {
        let build = format!(
            "require('fs').mkdirSync('dist');\nrequire('fs').writeFileSync('dist/index.js', 'module.exports = \"{word}\";');\n"
        );
        work.commit(&[("package.json", manifest.to_string().as_str()), ("build.js", &build)], word)
    };
    let commits = [commit(&one), commit(&other)];
    let registry = registry();
    let mut project = Project::new(&[(
        "app.js",
        "#!/usr/bin/env node\nconsole.log(require('from-git'), require('other'));\n",
    )]);
    project.registry = Some(registry.url.clone());
    project.git_config = forge.git_config();
    let mut aliased = entry("example/from-git", &commits[1]);
    aliased["name"] = "from-git".into();
    project.write_lock(
        &json!({ "name": "app", "version": "1.0.0", "bin": "app.js" }),
        &json!({ "node_modules/from-git": entry("example/from-git", &commits[0]), "node_modules/other": aliased }),
    );
    let run = project.convert(&[]).expect(0);
    assert!(run.stdout.contains("by its own script \"prepare\", with no tools"), "{}", run.stdout);
    forge.serve();
    let result = nix::build(&project, &forge.build_git_config(), "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), format!("{one} {other}"));
}

#[test]
fn what_fails_says_what_to_try() {
    for (scripts, says) in [
        (json!({ "prepare": "shout nowhere dist" }), "`shout nowhere dist` ended with 1"),
        (json!({ "prepare": "no-such-tool && shout src dist" }), "`no-such-tool` ended with 127"),
    ] {
        let case = Case::new(&scripts);
        // Nobody can know before it is built.
        case.project.convert(&["--strict"]).expect(0);
        let error = case.try_build().unwrap_err();
        for words in
            ["from-git@3.0.0 cannot be built from its commit", says, "skipScripts = true", "build = {"]
        {
            assert!(error.contains(words), "no {words:?} in {error}");
        }
        // What may fail does not matter.
        case.project.write("headwater.toml", "[packages.from-git]\nbuild = { command = 'shout src dist' }\n");
        case.project.convert(&[]).expect(0);
        assert_eq!(case.try_build().as_deref(), Ok(case.expected().as_str()));
    }
}

#[test]
fn the_user_says_how_it_is_built_or_that_it_is_not() {
    // npm would run nothing of it.
    let case = Case::new(&json!({ "build": "exit 1" }));
    let toml = "[packages.from-git]\nbuild = { command = 'node build.js', env = { WORD = 'said' } }\n";
    case.project.write("headwater.toml", toml);
    case.project.convert(&["--strict"]).expect(0);
    assert_eq!(case.try_build().as_deref(), Ok("said"));
    let both = "[packages.from-git]\nskipScripts = true\nbuild = { command = 'node build.js' }\n";
    case.project.write("headwater.toml", both);
    let run = case.project.convert(&[]);
    assert!(run.code == 2 && run.stderr.contains("take out one of them"), "{} {}", run.code, run.stderr);

    let case = Case::new(&json!({ "prepare": "shout src dist" }));
    let routes = |case: &Case| case.project.convert(&["--json"]).expect(0).json()["routes"].clone();
    assert_eq!(routes(&case), json!({ "build": 1 }));
    case.project.write("headwater.toml", "[packages.from-git]\nskipScripts = true\n");
    assert_eq!(routes(&case), json!({ "verbatim": 1 }));
    assert!(!case.project.has("nix/headwater/rebuilds/packages.nix"));
    case.project.write("headwater.toml", "");
    case.project.write(".npmrc", "ignore-scripts=true\n");
    assert_eq!(routes(&case), json!({ "verbatim": 1 }));
}

#[test]
fn guix_has_the_same_recipe() {
    let case = Case::new(&json!({ "prepare": "shout src dist" }));
    let run = case.project.convert(&["--to", "guix", "--strict"]).expect(0);
    assert!(run.stdout.contains("guix build -f guix.scm"), "{}", run.stdout);
    let lock: Value = serde_json::from_str(&case.project.read("headwater.lock")).expect("JSON");
    let planned = lock["rebuilds"]["packages"].as_object().expect("a table").values().next().expect("a plan");
    let folder = case.project.path().join("modules/app/packages/rebuilds");
    let recipes: Vec<Value> =
        files(&folder).values().map(|text| serde_json::from_str(&text[2..]).expect("JSON")).collect();
    let [recipe] = recipes.as_slice() else { panic!("{recipes:#?}") };
    for key in ["recipe", "time"] {
        assert_eq!(recipe[key], planned[key]);
    }
    assert_eq!((&recipe["commit"], &recipe["strict"]), (&json!(case.commit), &json!(true)));
    // Of one that cannot be planned, the definition says why.
    case.project.write("headwater.toml", "[packages.from-git]\nbuild = { script = 'no-such-script' }\n");
    let run = case.project.convert(&["--to", "guix"]).expect(0);
    assert!(
        run.stdout.contains("no build of it can be planned") && !run.stdout.contains("guix build"),
        "{}",
        run.stdout
    );
    assert!(!case.project.has("modules/app/packages/rebuilds.scm"));
}
