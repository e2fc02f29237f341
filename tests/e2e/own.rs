//! What headwater.toml says of the project itself, and programs that can run.

use serde_json::{Value, json};

use crate::support::package::{Package, package};
use crate::support::project::{Project, Run, output};
use crate::support::{nix, nonce, registry::Registry};

/// A package with a program of its own name.
fn tool(name: &str, says: &str) -> Package {
    let cli = format!("#!/usr/bin/env node\nconsole.log('{says}', ...process.argv.slice(2));\n");
    package(
        name,
        "1.0.0",
        json!({ "bin": "cli.js" }),
        &[("cli.js", &cli), ("index.js", "module.exports = 1;\n")],
    )
}

/// A project of these packages, some of which are only developed with.
fn project(
    registry: &Registry,
    manifest: &Value,
    packages: &[(&Package, bool)],
    files: &[(&str, &str)],
) -> Project {
    let mut project = Project::new(files);
    project.registry = Some(registry.url.clone());
    let locations = packages.iter().map(|(package, is_dev)| {
        let mut lock = package.lock();
        if *is_dev {
            lock["dev"] = true.into();
        }
        (format!("node_modules/{}", package.name), lock)
    });
    let mut manifest = manifest.clone();
    let of = |dev: bool| {
        let names = packages.iter().filter(|(_, is_dev)| *is_dev == dev);
        names.map(|(package, _)| (package.name.clone(), "1.0.0".into())).collect::<serde_json::Map<_, _>>()
    };
    manifest["dependencies"] = Value::Object(of(false));
    manifest["devDependencies"] = Value::Object(of(true));
    project.write_lock(&manifest, &Value::Object(locations.collect()));
    project
}

fn programs(result: &std::path::Path) -> Vec<String> {
    let Ok(folder) = std::fs::read_dir(result.join("bin")) else { return Vec::new() };
    let mut names: Vec<_> =
        folder.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn codes(run: &Run) -> Vec<String> {
    let warnings = run.json()["warnings"].clone();
    warnings.as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_project_is_built_and_started_as_the_user_says() {
    let secret = nonce();
    let registry = Registry::start(&[]);
    let main = format!(
        "const {{ execFileSync }} = require('child_process');\n\
         if (process.argv.includes('--fail')) process.exit(7);\n\
         const git = execFileSync('git', ['--version']).toString().split(' ')[0];\n\
         console.log(require('./made.json'), '{secret}', process.env.LEVEL, git, ...process.argv.slice(2));\n"
    );
    let patch = "--- a/main.js\n+++ b/main.js\n@@ -1 +1,2 @@\n+console.log('patched');\n \
        const { execFileSync } = require('child_process');\n";
    let scripts = json!({
        "one": "node -e \"fs.writeFileSync('half', process.env.GREETING + fs.existsSync('notes.md'))\"",
        "two": "mkdir dist; cp main.js dist; node -e \"fs.writeFileSync('dist/made.json', JSON.stringify(fs.readFileSync('half', 'utf8')))\"",
    });
    let manifest = json!({ "name": "app", "version": "1.0.0", "scripts": scripts });
    let files =
        [("main.js", main.as_str()), ("patches/own.patch", patch), ("notes.md", "x"), ("docs/b.txt", "x")];
    let project = project(&registry, &manifest, &[], &files);
    project.write(
        "headwater.toml",
        "[project]\nbuild = ['one', 'two']\nenv = { GREETING = \"it's $HOME \" }\nexclude = ['*.md', '/docs']\n\
         patches = ['patches/own.patch']\nwrap = { path = ['git'], env = { LEVEL = \"a 'b' $C\" } }\n\
         [programs]\nserve = { file = 'dist/main.js', arguments = ['--port', { file = 'main.js' }], check = ['now'] }\n",
    );
    let run = project.convert(&["--json"]).expect(0);
    let shown = &run.json()["overrides"];
    assert_eq!(shown["[project]"][0], "build one, two", "{shown}");
    assert!(shown["[programs.serve]"][0].as_str().unwrap().contains("dist/main.js"), "{shown}");
    let result = nix::build(&project, "", "");
    let installed = result.join("lib/node_modules/app");
    let said = nix::run(&result.join("bin/serve"), &["x"]);
    let given = installed.join("main.js");
    assert_eq!(said, format!("patched\nit's $HOME false {secret} a 'b' $C git --port {} x", given.display()));
    assert!(!installed.join("docs").exists());
    nix::build(&project, "", ".checks.program-serve");
    project.write("headwater.toml", &project.read("headwater.toml").replace("'now'", "'--fail'"));
    project.convert(&[]).expect(0);
    assert!(nix::try_build(&project, "", ".checks.program-serve").is_err());
}

#[test]
fn the_result_may_be_what_the_build_makes() {
    let secret = nonce();
    let compiler = tool("compiler", "compiles");
    let registry = Registry::start(std::slice::from_ref(&compiler));
    let script = format!("mkdir -p out/js && compiler {secret} > out/js/index.js");
    let manifest =
        json!({ "name": "site", "version": "1.0.0", "bin": "cli.js", "scripts": { "build:prod": script } });
    let project = project(&registry, &manifest, &[(&compiler, false)], &[("cli.js", "")]);
    let run = project.convert(&["--json"]).expect(0);
    assert_eq!(codes(&run), ["HW472"], "{}", run.stdout);
    project.write("headwater.toml", "[project]\nbuild = 'build:prod'\noutput = 'out'\n");
    let run = project.convert(&["--json"]).expect(0);
    assert_eq!(codes(&run), Vec::<String>::new());
    let result = nix::build(&project, "", "");
    let text = std::fs::read_to_string(result.join("js/index.js")).unwrap();
    assert_eq!(text.trim(), format!("compiles {secret}"));
    let names: Vec<_> = std::fs::read_dir(&result).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["js"]);
}

/// npm's own step builds it: nothing need be said, and what only publishes is no advice.
#[test]
fn a_project_may_be_built_by_its_prepare() {
    let secret = nonce();
    let compiler = tool("compiler", "compiles");
    let registry = Registry::start(std::slice::from_ref(&compiler));
    let prepare = format!("mkdir -p lib && compiler {secret} > lib/said.txt");
    let scripts =
        json!({ "prepare": prepare, "prepublishOnly": "git push", "prepack": "npm test", "test": "exit 1" });
    let manifest = json!({ "name": "app", "version": "1.0.0", "bin": "cli.js", "scripts": scripts });
    let cli =
        "#!/usr/bin/env node\nconsole.log(require('fs').readFileSync(`${__dirname}/lib/said.txt`, 'utf8'))\n";
    let case = project(&registry, &manifest, &[(&compiler, true)], &[("cli.js", cli)]);
    assert_eq!(codes(&case.convert(&["--json"]).expect(0)), Vec::<String>::new());
    let result = nix::build(&case, "", "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), format!("compiles {secret}"));
    // Without it nothing is built, and nothing else builds it.
    case.write("headwater.toml", "[project]\nskipScripts = true\n");
    assert_eq!(codes(&case.convert(&["--json"]).expect(0)), Vec::<String>::new());
    case.write("package.json", &case.read("package.json").replace("npm test", "compiler x"));
    case.write("package-lock.json", &case.read("package-lock.json").replace("npm test", "compiler x"));
    let warnings = case.convert(&["--json"]).expect(0).json()["warnings"].to_string();
    assert!(warnings.contains("it has prepack\""), "{warnings}");
}

#[test]
fn a_program_that_cannot_run_is_not_made() {
    let (dev, server) = (tool("devtool", "dev"), tool("server", "serves"));
    let registry = Registry::start(&[dev.clone(), server.clone()]);
    let packages = [(&dev, true), (&server, false)];
    let app = |name: &str, more: Value| {
        let mut manifest = json!({ "name": name, "version": "1.0.0", "scripts": {} });
        crate::support::package::merge(&mut manifest, &more);
        project(
            &registry,
            &manifest,
            &packages,
            &[
                ("app.js", &format!("require('server'); console.log('{}')", nonce())),
                ("needs.js", "'use strict'\nconst d = require('devtool')\n"),
                ("esm.mjs", "import fs from 'node:fs'\nimport { a }\n  from 'devtool'\n"),
                (
                    "tries.js",
                    "let d; try { d = require('devtool') } catch {}\nconst e = () => require('gone');\nconsole.log('tried');\n",
                ),
            ],
        )
    };
    let made = |name: &str, manifest: Value, code: Option<&str>| {
        let project = app(name, manifest);
        let run = project.convert(&["--json"]).expect(0);
        assert_eq!(codes(&run), code.map(str::to_owned).into_iter().collect::<Vec<_>>(), "{}", run.stdout);
        programs(&nix::build(&project, "", ""))
    };
    // Known from the lockfile.
    assert!(
        made("a", json!({ "scripts": { "start": "npm run dev", "dev": "A=1 devtool" } }), Some("HW473"))
            .is_empty()
    );
    // Known from the result.
    assert!(made("b", json!({ "scripts": { "start": "node needs" } }), None).is_empty());
    assert!(made("c", json!({ "scripts": { "start": "node dist/main.js" } }), None).is_empty());
    assert!(made("d", json!({ "scripts": { "start": "nosuchtool && node app.js" } }), None).is_empty());
    assert!(made("e", json!({ "main": "app.js" }), None).is_empty());
    assert_eq!(made("f", json!({ "bin": { "x": "gone.js", "y": "needs.js", "z": "app.js" } }), None), ["z"]);
    // These run.
    assert_eq!(made("g", json!({ "scripts": { "start": "PORT=1 node app || nosuchtool" } }), None), ["g"]);
    assert_eq!(made("h", json!({ "scripts": { "start": "server" } }), None), ["h"]);
    assert_eq!(made("i", json!({ "bin": { "i": "tries.js" } }), None), ["i"]);
}

#[test]
fn the_right_program_can_be_named() {
    let dev = tool("devtool", "dev");
    let server = tool("server", "serves");
    let registry = Registry::start(&[dev.clone(), server.clone()]);
    let manifest = json!({ "name": "app", "version": "1.0.0", "scripts": { "start": "devtool", "start:prod": "node app.js" } });
    let secret = nonce();
    let app = format!("console.log('{secret}', process.argv[2])");
    let project = project(&registry, &manifest, &[(&dev, true), (&server, false)], &[("app.js", &app)]);
    let run = project.convert(&[]).expect(0);
    assert!(run.stdout.contains("[programs.\"app\"] file = \"app.js\""), "{}", run.stdout);
    project.write(
        "headwater.toml",
        "[programs]\napp.file = 'app.js'\nother = { program = 'server', arguments = ['on'] }\n",
    );
    let run = project.convert(&[]).expect(0);
    assert!(!run.stdout.contains("HW473"), "{}", run.stdout);
    let result = nix::build(&project, "", "");
    assert_eq!(nix::run(&result.join("bin/app"), &["x"]), format!("{secret} x"));
    assert_eq!(nix::run(&result.join("bin/other"), &["x"]), "serves on x");
    project.write("headwater.toml", "[programs]\napp.file = 'gone.js'\n");
    project.convert(&[]).expect(0);
    let error = nix::try_build(&project, "", "").unwrap_err();
    assert!(error.contains("app is to run gone.js"), "{error}");
}

#[test]
fn what_has_no_effect_is_refused() {
    let plain = tool("plain", "x");
    let registry = Registry::start(std::slice::from_ref(&plain));
    let manifest = json!({ "name": "app", "version": "1.0.0", "scripts": { "build": "true" } });
    for (policy, says) in [
        ("[packages.app]\nenv = { A = 'b' }\n", &["HW474", "[project]"][..]),
        (
            "[packages.plain]\nenv = { A = 'b' }\nbuildInputs = ['sqlite']\n",
            &["HW474", "env, buildInputs", "no install scripts"],
        ),
        ("[packages.plain]\nroute = 'wheel'\n", &["HW474", "route"]),
        ("[project]\nbuild = 'compile'\n", &["HW471", "compile", "build"]),
        ("[project]\noutput = 'dist'\n[programs]\na = { file = 'x' }\n", &["HW476"]),
        ("[python]\nversion = '1'\n", &["HW470", "python"]),
        ("[programs]\na = { module = 'x' }\n", &["HW470", "module"]),
        ("[programs]\na = { check = ['--version'] }\n", &["HW403", "`a`"]),
    ] {
        let project = project(&registry, &manifest, &[(&plain, false)], &[]);
        project.write("policy.toml", policy);
        std::fs::rename(project.path().join("policy.toml"), project.path().join("headwater.toml")).unwrap();
        let run = project.convert(&[]).expect(2);
        for text in says {
            assert!(run.stderr.contains(text), "no {text:?} for {policy}: {}", run.stderr);
        }
        assert!(!project.has("headwater.lock"));
    }
    let project = project(&registry, &manifest, &[(&plain, false)], &[]);
    project.write("headwater.toml", "[packages.plain]\nskipScripts = true\n");
    let run = project.convert(&["--json"]).expect(0);
    assert_eq!(codes(&run), ["HW474"]);
}

/// The files of somebody else's project in one folder, those of the conversion in another, and no word from one to the
/// other: what the fetcher gives is only there in builds.
#[test]
fn a_project_of_others_is_fetched_and_nothing_is_built_to_evaluate() {
    let secret = nonce();
    let scripted = package(
        "scripted",
        "1.0.0",
        json!({ "scripts": { "postinstall": "node make.js" } }),
        &[("make.js", "require('fs').writeFileSync('index.js', 'module.exports = \"scripted\"')\n")],
    );
    let registry = Registry::start(std::slice::from_ref(&scripted));
    let app = format!(
        "console.log(require('scripted'), require('copied'), require('fs').existsSync(__dirname + '/notes.md'), '{secret}');\n"
    );
    let mut project = Project::new(&[
        ("app/app.js", &app),
        ("app/notes.md", "x"),
        ("app/libs/copied/package.json", "{ \"name\": \"copied\", \"version\": \"1.0.0\" }\n"),
        ("app/libs/copied/index.js", "module.exports = 'old';\n"),
        (
            "pkgs/headwater.toml",
            "[project]\nexclude = ['*.md']\n[packages.copied]\npatches = ['copied.patch']\n",
        ),
        (
            "pkgs/copied.patch",
            "--- a/index.js\n+++ b/index.js\n@@ -1 +1 @@\n-module.exports = 'old';\n+module.exports = 'new';\n",
        ),
    ]);
    project.registry = Some(registry.url.clone());
    let manifest = json!({ "name": "app", "version": "1.0.0", "bin": "app.js", "dependencies": { "scripted": "1", "copied": "file:libs/copied" } });
    project.write_lock(
        &manifest,
        &json!({ "node_modules/scripted": scripted.lock(), "node_modules/copied": { "version": "1.0.0", "resolved": "file:libs/copied" } }),
    );
    for file in ["package.json", "package-lock.json"] {
        std::fs::rename(project.path().join(file), project.path().join("app").join(file)).unwrap();
    }
    project.convert(&["app", "--out", "pkgs"]).expect(0);
    // As a fetcher gives it: known to the evaluator by name alone.
    let fetched = |folder: &str| {
        format!(
            "let pkgs = import {} {{ }} // {{ src = throw \"another package\"; }}; in (pkgs.callPackage {} {{ src = pkgs.runCommand \"fetched\" {{ files = builtins.path {{ path = {}; name = \"x\"; }}; }} \"cp -r $files $out\"; }}).override {{ }}",
            nix::hostpkgs().display(),
            project.path().join("pkgs/nix/headwater").display(),
            project.path().join(folder).display(),
        )
    };
    let run = nix::build_without_import(&fetched("app")).expect(0);
    let result = std::path::PathBuf::from(run.stdout.trim());
    assert_eq!(nix::run(&result.join("bin/app"), &[]), format!("scripted new false {secret}"));

    // Another version of it, which was not converted.
    let lock = project.read("app/package-lock.json").replace("\"requires\": true", "\"requires\":  true");
    project.write("app/package-lock.json", &lock);
    let run = nix::build_without_import(&fetched("app"));
    assert!(
        run.code != 0 && run.stderr.contains("package-lock.json of src is not the one that was converted"),
        "{}",
        run.stderr
    );
    // Here it is asked when it is evaluated.
    let error = output(nix::nix("nix-instantiate").args([
        "--eval",
        "-E",
        &format!(
            "((import {} {{ }}).callPackage {} {{ src = {}; }}).outPath",
            nix::hostpkgs().display(),
            project.path().join("pkgs/nix/headwater").display(),
            project.path().join("app").display(),
        ),
    ]));
    assert!(error.stderr.contains("has changed since the conversion"), "{}", error.stderr);
    let typo = format!(
        "(import {} {{ }}).callPackage {} {{ source = ./.; }}",
        nix::hostpkgs().display(),
        project.path().join("pkgs/nix/headwater").display(),
    );
    assert!(nix::build_without_import(&typo).stderr.contains("nothing else"));
}

#[test]
fn the_result_can_be_overridden() {
    let registry = Registry::start(&[]);
    let secret = nonce();
    let manifest = json!({ "name": "app", "version": "1.0.0", "bin": "app.js" });
    let app = format!("console.log('{secret}')");
    let project = project(&registry, &manifest, &[], &[("app.js", &app)]);
    project.convert(&[]).expect(0);
    let expression = format!(
        "((import {} {{ }}).callPackage {} {{ }}).overrideAttrs (old: {{ postInstall = \"echo more > $out/more; test -e $out/bin/app\"; }})",
        nix::hostpkgs().display(),
        project.path().join("nix/headwater").display(),
    );
    let run = output(nix::nix("nix-build").args(["--no-out-link", "-E", &expression])).expect(0);
    assert!(std::path::Path::new(run.stdout.trim()).join("more").exists());
}

#[test]
fn guix_definitions_are_told_what_they_can_be() {
    let registry = Registry::start(&[]);
    let manifest = json!({ "name": "app", "version": "1.0.0", "scripts": { "build:a": "true" } });
    let project = project(&registry, &manifest, &[], &[("app.js", "")]);
    let policy = "[project]\nwrap = { path = ['git'] }\n";
    project.write("policy", policy);
    std::fs::rename(project.path().join("policy"), project.path().join("headwater.toml")).unwrap();
    let run = project.convert(&["--to", "guix"]).expect(2);
    assert!(run.stderr.contains("HW475") && run.stderr.contains("project.wrap"), "{}", run.stderr);
    project.write(
        "headwater.toml",
        "[project]\nbuild = 'build:a'\nenv = { A = 'b \"c\"' }\n[programs]\napp.file = 'app.js'\n",
    );
    project.convert(&["--to", "guix"]).expect(0);
    let text = project.read("modules/app/packages/project.scm");
    for part in ["(invoke \"npm\" \"run\" \"build:a\")", r#"(setenv "A" "b \"c\"")"#, r#"("app" . "app.js")"#]
    {
        assert!(text.contains(part), "no {part} in:\n{text}");
    }
}
