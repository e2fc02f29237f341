//! Git dependencies that their own scripts make: built from their commits in the sandbox of the real Nix, as npm builds them.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{
    forge::Forge, nix, nonce, package::Package, package::package, project::Project, project::output,
    rebuilding, registry::Registry,
};

/// What the repository's lockfile has: the compiler, what it needs, and a tool that no build uses.
fn tools() -> Vec<Package> {
    let mut tools = rebuilding::tools();
    tools.retain(|tool| tool.name != "absent");
    tools.push(package("unused", "1.0.0", json!({}), &[("index.js", "")]));
    tools
}

/// A registry that npm can install from.
fn registry() -> Registry {
    let registry = Registry::start(&[]);
    for tool in &tools() {
        registry.publish_all(&[(tool, "2020-01-01T00:00:00.000Z")]);
    }
    registry
}

/// The files of a repository whose `prepare` compiles, with the lockfile of its tools.
fn repository(scripts: &Value, word: &str) -> Vec<(String, String)> {
    let manifest = json!({
        "name": "from-git", "version": "3.0.0", "main": "dist/index.js", "files": ["dist"], "scripts": scripts,
        "devDependencies": { "shout": "1", "unused": "1" },
    });
    let locations = tools().into_iter().map(|tool| (format!("node_modules/{}", tool.name), tool.lock()));
    let mut locations: serde_json::Map<String, Value> = locations.collect();
    locations.insert(String::new(), manifest.clone());
    let lock = json!({
        "name": "from-git", "version": "3.0.0", "lockfileVersion": 3, "requires": true, "packages": locations,
    });
    [
        ("package.json", format!("{manifest:#}\n")),
        ("package-lock.json", format!("{lock:#}\n")),
        ("src/index.txt", format!("hello {word}\n")),
        ("build.js", "require('fs').mkdirSync('dist', { recursive: true });\nrequire('fs').writeFileSync('dist/index.js', `module.exports = '${process.env.WORD ?? 'none'}';\\n`);\n".to_owned()),
        (".gitignore", "dist\nnode_modules\n".to_owned()),
        ("README.md", "# from-git\n".to_owned()),
    ]
    .into_iter()
    .map(|(path, text)| (path.to_owned(), text))
    .collect()
}

/// A program over a git dependency.
struct Case {
    forge: Forge,
    registry: Registry,
    project: Project,
    commit: String,
    word: String,
}

impl Case {
    fn new(scripts: &Value) -> Self {
        let word = nonce();
        let mut forge = Forge::new();
        let commit = forge.repository("example/from-git").commit(&repository(scripts, &word), "3.0.0");
        let registry = registry();
        let app = "#!/usr/bin/env node\nprocess.stdout.write(require('from-git'));\n";
        let mut project = Project::new(&[("app.js", app)]);
        project.registry = Some(registry.url.clone());
        project.git_config = forge.git_config();
        project.write_lock(
            &json!({ "name": "app", "version": "1.0.0", "bin": "app.js" }),
            &json!({ "node_modules/from-git": entry(&commit) }),
        );
        forge.serve();
        Self { forge, registry, project, commit, word }
    }

    fn expected(&self) -> String {
        format!("HELLO {}", self.word.to_uppercase())
    }

    fn try_build(&self) -> Result<String, String> {
        let result = nix::try_build(&self.project, &self.forge.build_git_config(), "")?;
        Ok(nix::run(&result.join("bin/app"), &[]))
    }

    /// The files of the dependency in what Nix builds.
    fn built(&self) -> BTreeMap<String, String> {
        let result = nix::build(&self.project, &self.forge.build_git_config(), "");
        files(&result.join("lib/node_modules/app/node_modules/from-git"))
    }

    /// The same as npm installs it of the same commit.
    fn installed_by_npm(&self) -> BTreeMap<String, String> {
        let folder = Project::new(&[("package.json", r#"{ "name": "other", "version": "1.0.0" }"#)]);
        let path = self.forge.git_config().with_file_name("example").join("from-git");
        let mut npm = Command::new("npm");
        npm.current_dir(folder.path())
            .args([
                "install",
                "--no-audit",
                "--no-fund",
                &format!("git+file://{}#{}", path.display(), self.commit),
            ])
            .env("npm_config_registry", &self.registry.url)
            .env("npm_config_cache", folder.cache())
            .env("GIT_CONFIG_GLOBAL", self.forge.git_config());
        output(&mut npm).expect(0);
        files(&folder.path().join("node_modules/from-git"))
    }
}

fn entry(commit: &str) -> Value {
    json!({ "version": "3.0.0", "resolved": format!("git+ssh://git@github.com/example/from-git.git#{commit}") })
}

/// Every file below a folder, with its mode and its text.
fn files(folder: &Path) -> BTreeMap<String, String> {
    use std::os::unix::fs::PermissionsExt;
    let (mut found, mut open) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(at) = open.pop() {
        for entry in std::fs::read_dir(&at).unwrap_or_else(|error| panic!("{}: {error}", at.display())) {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let shown = path.strip_prefix(folder).expect("below").display().to_string();
            let executable = std::fs::metadata(&path).expect("a file").permissions().mode() & 0o100 != 0;
            let mode = if executable { "x " } else { "- " };
            found.insert(shown, format!("{mode}{}", std::fs::read_to_string(&path).expect("text")));
        }
    }
    found
}

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
    let mut aliased = entry(&commits[1]);
    aliased["name"] = "from-git".into();
    project.write_lock(
        &json!({ "name": "app", "version": "1.0.0", "bin": "app.js" }),
        &json!({ "node_modules/from-git": entry(&commits[0]), "node_modules/other": aliased }),
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
fn guix_says_that_it_cannot_say_it_yet() {
    let case = Case::new(&json!({ "prepare": "shout src dist" }));
    let run = case.project.convert(&["--to", "guix"]).expect(0);
    assert!(run.stdout.contains("HW445") && !run.stdout.contains("guix build"), "{}", run.stdout);
    let definitions = case.project.read("modules/app/packages/node.scm");
    assert!(definitions.contains("its own scripts make it"), "{definitions}");
}
