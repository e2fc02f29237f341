//! npm projects, converted: every definition evaluates, sources are fetched, and what is built finds exactly the
//! packages that npm's own tree would give it.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::converted::{Converted, modules_of};
use crate::support::forge::{Forge, Work};
use crate::support::guix::Guix;
use crate::support::nonce;
use crate::support::package::{Package, merge, package, tarball, tarball_of};
use crate::support::project::{Project, output};
use crate::support::registry::Registry;
use crate::tree::tree;

#[test]
#[ignore = "needs a root with Guix"]
fn a_tree_is_what_npm_would_make_of_it() {
    let tree = tree();
    let packages: Vec<_> = tree.iter().map(|(_, package, _)| package.clone()).collect();
    let registry = Registry::start(&packages);
    let mut locations = json!({
        "node_modules/bundler/node_modules/inner": { "version": "1.0.0", "inBundle": true },
    });
    for (location, package, more) in &tree {
        let mut entry = package.lock();
        merge(&mut entry, more);
        locations[format!("node_modules/{location}")] = entry;
    }
    let direct = [
        "dup",
        "two",
        "other",
        "@s/scoped.name",
        "ring-a",
        "ring-c",
        "host",
        "plugin",
        "bound",
        "bundler",
        "ordered",
        "beside",
        "own",
        "hoisted",
        "twin",
        "with",
        "without",
    ];
    let needs: serde_json::Map<_, _> = direct.iter().map(|name| ((*name).to_owned(), json!("*"))).collect();
    let manifest =
        json!({ "name": "@me/tree", "version": "1.0.0", "bin": { "tree": "app.js" }, "dependencies": needs });
    // What the project does not ask for, and npm puts at the top.
    let found = direct.iter().chain(&["ring-b", "linux"]);
    let calls: Vec<_> = found.map(|name| format!("...require({name:?}).tell()")).collect();
    let app =
        format!("#!/usr/bin/env node\n// {}\nconsole.log([{}].join(' '));\n", nonce(), calls.join(", "));
    let mut project = Project::new(&[("app.js", &app)]);
    project.write_lock(&manifest, &locations);
    project.registry = Some(registry.url.clone());
    project.convert(&["--to", "guix"]).expect(0);

    // npm's own tree, laid out by hand.
    let by_hand = Project::new(&[("app.js", &app)]);
    for (location, package, _) in
        tree.iter().filter(|(location, ..)| !matches!(*location, "mac" | "riscv" | "fails"))
    {
        for (path, text) in &package.files {
            by_hand.write(&format!("node_modules/{location}/{path}"), text);
        }
    }
    let expected = output(Command::new("node").arg("app.js").current_dir(by_hand.path())).expect(0).stdout;
    for said in [
        "maybe extra@1.0.0 extra@1.0.0 without@1.0.0 maybe ring-b",
        "twin@2 twin@1 back to twin@2",
        "ring-c@0.5.0",
        "linux@1.0.0",
        "ordered@1.0.0",
        "own@2 own@1",
    ] {
        assert!(expected.contains(said), "{said}: {expected}");
    }

    let guix = Guix::here();
    let converted = Converted::new(&guix, &project);
    converted.is_reviewed(&["node-ring-a", "node-two", "node-bound", "node-plugin"]);
    let names = modules_of(&project);
    assert!(names.contains(&"node-dup@2.0.0-rc.1".to_owned()), "{names:?}");
    assert_eq!(converted.derivations(&names).len(), names.len());
    let built = converted.build();
    let run = guix.run("/", &[&format!("{built}/bin/tree")]).expect(0);
    assert_eq!(run.stdout, expected);
    let inner = format!("{built}/lib/node_modules/@me/tree/node_modules/.bin/beside");
    assert_eq!(guix.run("/", &[&inner]).expect(0).stdout, "a program of a folder\n");
    // Each of a cycle is found by its name.
    let ring = converted.built("node-ring-c@0.5.0");
    let manifest = guix.real(&format!("{ring}/lib/node_modules/ring-c/package.json"));
    assert!(std::fs::read_to_string(manifest).unwrap().contains("0.5.0"));
}

#[test]
#[ignore = "needs a root with Guix"]
fn a_folder_in_a_package() {
    let secret = nonce();
    let tool = package(
        "tool",
        "1.0.0",
        json!({ "dependencies": { "part": "file:./lib/part" } }),
        &[
            ("index.js", "module.exports = 'a tool of ' + require('part');\n"),
            ("lib/part/package.json", r#"{ "name": "part", "version": "1.0.0", "bin": "part.js" }"#),
            ("lib/part/index.js", &format!("module.exports = 'a part {secret}';\n")),
            ("lib/part/part.js", "#!/usr/bin/env node\nconsole.log(require('.'));\n"),
        ],
    );
    let registry = Registry::start(std::slice::from_ref(&tool));
    let mut project = Project::new(&[("app.js", "#!/usr/bin/env node\nconsole.log(require('tool'));\n")]);
    project.registry = Some(registry.url.clone());
    project.write_lock(
        &json!({ "name": "app", "version": "1.0.0", "bin": "app.js" }),
        &json!({
            "node_modules/part": { "resolved": "node_modules/tool/lib/part", "link": true },
            "node_modules/tool": tool.lock(),
            "node_modules/tool/lib/part": { "version": "1.0.0", "bin": { "part": "part.js" } },
        }),
    );
    project.convert(&["--to", "guix"]).expect(0);
    let guix = Guix::here();
    let built = Converted::new(&guix, &project).build();
    let run = |program: &str| guix.run("/", &[&format!("{built}/{program}")]).expect(0).stdout;
    assert_eq!(run("bin/app"), format!("a tool of a part {secret}\n"));
    assert_eq!(run("lib/node_modules/app/node_modules/.bin/part"), format!("a part {secret}\n"));
}

/// A package `lib` of a commit, in a folder of its repository: its license lies at the top, and package.json was changed
/// when it was published. Gives the package, the repository, its address and its commit.
fn of_a_commit(forge: &Forge, index: &str, more: &Value) -> (Package, Work, String, String) {
    let address = format!("https://github.com/owner-{}/lib", nonce());
    let mut manifest = json!({
        "license": "ISC", "description": "Speaks from its commit",
        "repository": { "type": "git", "url": address, "directory": "packages/lib" },
    });
    merge(&mut manifest, more);
    let lib = package("lib", "1.2.0", manifest, &[("index.js", index), ("LICENSE", "ISC\n")]);
    let repository = forge.repository(address.trim_start_matches("https://github.com/"));
    let committed = lib.files[0].1.replace("\"1.2.0\"", "\"0.0.0-development\"");
    let commit = repository.commit(
        &[
            ("package.json", "{ \"private\": true, \"workspaces\": [\"packages/*\"] }\n"),
            ("LICENSE", "ISC\n"),
            ("packages/lib/package.json", &committed),
            ("packages/lib/index.js", index),
            ("packages/lib/test.js", "not published\n"),
            ("packages/lib/.npmignore", "test.js\n"),
            ("packages/lib/later.js", "nor is this\n"),
        ],
        "lib 1.2.0",
    );
    repository.tag("lib@1.2.0");
    (lib, repository, address, commit)
}

#[test]
#[ignore = "needs a root with Guix"]
fn a_package_of_a_commit() {
    let (guix, forge, secret) = (Guix::here(), Forge::new(), nonce());
    let index = format!("module.exports = 'from the commit {secret}';\n");
    let (lib, repository, address, commit) = of_a_commit(&forge, &index, &json!({}));
    let registry = Registry::start(std::slice::from_ref(&lib));
    let main = json!({ "name": "app", "version": "1.0.0", "bin": "app.js", "dependencies": { "lib": "1" } });
    let mut project = Project::with_packages(
        &main,
        &[&lib],
        &[("app.js", "#!/usr/bin/env node\nconsole.log(require('lib'));\n")],
    );
    project.registry = Some(registry.url.clone());
    project.git_config = forge.git_config();
    let summary = project.convert(&["--to", "nix", "--to", "guix", "--json"]).expect(0).json();
    assert_eq!(summary["routes"], json!({ "verbatim": 1 }), "{summary:#}");
    assert!(project.has("flake.nix") && project.has("nix/headwater/default.nix"));

    guix.serve(&address, &repository);
    let converted = Converted::new(&guix, &project);
    converted.is_reviewed(&["node-lib"]);
    let text = project.read("modules/app/packages/node.scm");
    for said in [&commit, "(method git-fetch)", "release-tag-prefix", "(git-file-name name version)"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert_eq!(
        converted.derivations(&["node-lib".to_owned()]),
        [converted.derivation_here("node-lib").trim()]
    );
    let source = converted.source("node-lib");
    assert!(source.join("packages/lib/index.js").is_file(), "{}", source.display());
    let built = converted.build();
    assert_eq!(
        guix.run("/", &[&format!("{built}/bin/app")]).expect(0).stdout.trim(),
        format!("from the commit {secret}")
    );
    let lib = guix.real(&format!("{}/lib/node_modules/lib", converted.built("node-lib")));
    assert_eq!(names_in(&lib), ["LICENSE", "index.js", "package.json"]);
    assert!(std::fs::read_to_string(lib.join("package.json")).unwrap().contains("1.2.0"));

    // What was pinned is not asked again: without the host, and with an empty cache, the same files.
    let again = project.convert(&["--to", "guix", "--offline"]).expect(0);
    assert_eq!(project.read("modules/app/packages/node.scm"), text, "{}", again.stderr);
}

/// One of a cycle is of a commit, and lies in the other's package with all that was published of it.
#[test]
#[ignore = "needs a root with Guix"]
fn a_cycle_with_a_commit_in_it() {
    let (guix, forge) = (Guix::here(), Forge::new());
    let index = format!("// {}\nexports.tell = () => 'lib of ' + require('back').name;\n", nonce());
    let (lib, repository, address, _) =
        of_a_commit(&forge, &index, &json!({ "dependencies": { "back": "1" } }));
    let text = "exports.name = 'back';\nexports.tell = () => require('lib').tell();\n";
    let back = package("back", "1.0.0", json!({ "dependencies": { "lib": "1" } }), &[("index.js", text)]);
    let registry = Registry::start(&[lib.clone(), back.clone()]);
    let main = json!({ "name": "app", "version": "1.0.0", "bin": "app.js", "dependencies": { "back": "1" } });
    let app = "#!/usr/bin/env node\nconsole.log(require('back').tell());\n";
    let mut project = Project::with_packages(&main, &[&lib, &back], &[("app.js", app)]);
    project.registry = Some(registry.url.clone());
    project.git_config = forge.git_config();
    project.convert(&["--to", "guix"]).expect(0);
    guix.serve(&address, &repository);
    let converted = Converted::new(&guix, &project);
    converted.is_reviewed(&["node-back"]);
    let built = converted.build();
    assert_eq!(guix.run("/", &[&format!("{built}/bin/app")]).expect(0).stdout, "lib of back\n");
    let lib = guix.real(&format!("{}/lib/node_modules/lib", converted.built("node-lib")));
    assert_eq!(names_in(&lib), ["LICENSE", "index.js", "package.json"]);
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// The shell of a project, and its build script, which needs what it is developed with.
#[test]
#[ignore = "needs a root with Guix"]
fn a_project_with_a_build_script_a_workspace_and_an_addon() {
    let (guix, secret) = (Guix::here(), nonce());
    let gyp = r#"{ "targets": [{ "target_name": "answer", "sources": ["answer.c"] }] }"#;
    let code = format!("{}// {secret}\n", include_str!("node/answer.c"));
    // npm compiles it, though no script says so.
    let scripts = json!({ "license": "MIT", "scripts": { "test": "exit 1" } });
    let index = "module.exports = require('./build/Release/answer.node').answer;\n";
    let answer = package(
        "answer",
        "1.0.0",
        scripts,
        &[("binding.gyp", gyp), ("answer.c", &code), ("index.js", index)],
    );
    let tool = "#!/usr/bin/env node\nrequire('fs').writeFileSync('made.js', `module.exports = '${process.argv[2]}';`);\n";
    let tool = package("tool", "1.0.0", json!({ "license": "MIT", "bin": "cli.js" }), &[("cli.js", tool)]);
    // Another version, which a workspace is developed with.
    let later =
        "#!/usr/bin/env node\nrequire('fs').writeFileSync('later.js', \"module.exports = 'later';\");\n";
    let later = package("tool", "2.0.0", json!({ "license": "MIT", "bin": "cli.js" }), &[("cli.js", later)]);
    // What needs a workspace.
    let needs = json!({ "license": "MIT", "peerDependencies": { "part": "*" } });
    let plugin =
        package("plugin", "1.0.0", needs, &[("index.js", "module.exports = require('part') + 1;\n")]);
    let registry = Registry::start(&[answer.clone(), tool.clone(), later.clone(), plugin.clone()]);
    let build = format!("./node_modules/.bin/tool {secret} && npm run build --workspaces");
    let manifest = json!({
        "name": "app", "version": "2.0.0", "workspaces": ["parts/*"], "scripts": { "build": build, "start": "node app.js" },
        "dependencies": { "answer": "1", "part": "1", "plugin": "1" }, "devDependencies": { "tool": "1" },
    });
    let dev = |package: &Package| {
        let mut entry = package.lock();
        entry["dev"] = true.into();
        entry
    };
    let app = "console.log(require('./made.js'), require('part'), require('plugin'), require('answer'),\n  \
               ...process.argv.slice(2));\n";
    let part = json!({
        "name": "part", "version": "1.0.0", "bin": { "part-program": "program.js" }, "scripts": { "build": "tool" },
        "dependencies": { "answer": "1", "app": "2" }, "devDependencies": { "tool": "2" },
    });
    let mut project = Project::new(&[
        ("app.js", app),
        ("parts/part/package.json", &part.to_string()),
        ("parts/part/index.js", "module.exports = require('answer') + 1;\n"),
        (
            "parts/part/program.js",
            "#!/usr/bin/env node\nconsole.log(require('./later.js'), require('part'));\n",
        ),
    ]);
    project.write_lock(
        &manifest,
        &json!({
            "node_modules/answer": answer.lock(), "node_modules/tool": dev(&tool), "node_modules/plugin": plugin.lock(),
            "node_modules/part": { "resolved": "parts/part", "link": true },
            "node_modules/app": { "resolved": "", "link": true },
            "parts/part": part, "parts/part/node_modules/tool": dev(&later),
        }),
    );
    project.registry = Some(registry.url.clone());
    project.convert(&["--to", "guix"]).expect(0);
    let converted = Converted::new(&guix, &project);
    converted.is_reviewed(&["node-answer", "node-plugin"]);
    let built = converted.build();
    let run = guix.run("/", &[&format!("{built}/bin/part-program")]).expect(0);
    assert_eq!(run.stdout, "later 43\n");
    let app = format!("{built}/lib/node_modules/app/app.js");
    let run = guix.run("/", &["/opt/hostnode/bin/node", &app, "x"]).expect(0);
    assert_eq!(run.stdout, format!("{secret} 43 44 42 x\n"));
    // What it was only built with is not a part of it.
    let references = guix.run("/", &["guix", "gc", "--references", &built]).expect(0).stdout;
    assert!(references.contains("node-answer") && !references.contains("node-tool"), "{references}");

    let script = "console.log(require('part'), process.version)";
    let run = converted.shell(&["node", "-e", script]).expect(0);
    assert!(run.stdout.starts_with("43 v22."), "{}", run.stdout);
    assert_eq!(converted.shell(&["tool", "shell"]).expect(0).code, 0);
}

/// A program that its publisher compiled for systems whose loader Guix has elsewhere.
#[test]
#[ignore = "needs a root with Guix"]
fn a_program_that_was_compiled_elsewhere() {
    let (guix, secret) = (Guix::here(), nonce());
    let code =
        guix.write("say.c", format!("#include <stdio.h>\nint main() {{ return puts(\"{secret}\") < 0; }}\n"));
    let program = code.replace("say.c", "say");
    guix.run("/", &["gcc", "-Wl,--dynamic-linker=/absent/loader", "-o", &program, &code]).expect(0);
    assert_ne!(guix.run("/", &[&program]).code, 0);
    let mut compiled =
        package("compiled", "1.0.0", json!({ "license": "MIT", "bin": { "say": "bin/say" } }), &[]);
    let manifest = compiled.files[0].1.clone().into_bytes();
    let program = std::fs::read(guix.outside(&program)).unwrap();
    compiled.tarball = tarball(&[("package.json".to_owned(), manifest), ("bin/say".to_owned(), program)]);
    let registry = Registry::start(std::slice::from_ref(&compiled));
    let main = json!({
        "name": "app", "version": "1.0.0", "scripts": { "start": "say" }, "dependencies": { "compiled": "1" },
    });
    let mut project = Project::with_packages(&main, &[&compiled], &[]);
    project.registry = Some(registry.url.clone());
    project.convert(&["--to", "guix"]).expect(0);
    let converted = Converted::new(&guix, &project);
    converted.is_reviewed(&["node-compiled"]);
    let built = converted.build();
    assert_eq!(guix.run("/", &[&format!("{built}/bin/app")]).expect(0).stdout.trim(), secret);
}

/// What npm installs of a tarball that no npm packed, or that was packed on another system.
#[test]
#[ignore = "needs a root with Guix"]
fn unusual_tarballs() {
    let (guix, secret) = (Guix::here(), nonce());
    let odd = |name: &str, manifest: Value, files: &[(&str, &str)]| {
        let mut package = package(name, "1.0.0", manifest, files);
        package.files[0].1 =
            package.files[0].1.replace("\"license\"", &format!("\"x\": \"{secret}\", \"license\""));
        package.tarball = tarball(&package.files);
        package
    };
    let mit = json!({ "license": "MIT" });
    let with = |more: Value| {
        let mut manifest = mit.clone();
        merge(&mut manifest, &more);
        manifest
    };
    let program = |name: &str| format!("#!/usr/bin/env node\nconsole.log('{name}');\n");
    let crlf = odd(
        "crlf",
        with(json!({ "bin": { "crlf": "cli.js" } })),
        &[("cli.js", &program("crlf").replace('\n', "\r\n"))],
    );
    let listed = odd(
        "listed",
        with(json!({ "bin": ["./tools/listed.js"] })),
        &[("tools/listed.js", &program("listed"))],
    );
    let folder = odd("folder", with(json!({ "bin": "." })), &[("index.js", "module.exports = 'folder';\n")]);
    let escape = odd(
        "escape",
        with(json!({ "devDependencies": { "x": "1" }, "config": { "color": "\u{1b}[0m" } })),
        &[("index.js", "module.exports = require('./package.json').config.color.length;\n")],
    );
    let mut nameless = odd("nameless", mit.clone(), &[("index.js", "module.exports = 'nameless';\n")]);
    nameless.files[0].1 = nameless.files[0].1.replace("\"name\": \"nameless\",", "");
    nameless.tarball = tarball(&nameless.files);
    let mut beside = odd("beside-it", mit.clone(), &[("index.js", "module.exports = 'beside';\n")]);
    let mut files: Vec<_> =
        beside.files.iter().map(|(path, text)| (format!("package/{path}"), text.clone())).collect();
    files.insert(0, ("._package".to_owned(), "a file of macOS".to_owned()));
    beside.tarball = tarball_of(&files);
    // Nothing is compiled of it: there is no Python for node-gyp.
    let no_gyp = odd(
        "no-gyp",
        with(json!({ "gypfile": false, "scripts": { "postinstall": "node post.js" } })),
        &[
            ("binding.gyp", "{}"),
            ("post.js", "require('fs').writeFileSync('index.js', 'module.exports = 1;');\n"),
        ],
    );
    let all = [crlf, listed, folder, escape, nameless, beside, no_gyp];
    let registry = Registry::start(&all);
    let needs: serde_json::Map<_, _> = all.iter().map(|one| (one.name.clone(), json!("1"))).collect();
    let main = json!({
        "name": "app", "version": "1.0.0", "dependencies": needs,
        "scripts": { "start": "crlf && listed.js && node app.js" },
    });
    let app = "console.log(['folder', 'escape', 'nameless', 'beside-it', 'no-gyp'].map(name => require(name)).join(' '));\n";
    let mut project = Project::with_packages(&main, &all.iter().collect::<Vec<_>>(), &[("app.js", app)]);
    project.registry = Some(registry.url.clone());
    project.convert(&["--to", "guix"]).expect(0);
    let converted = Converted::new(&guix, &project);
    converted.is_reviewed(&["node-crlf", "node-nameless"]);
    let built = converted.build();
    let run = guix.run("/", &["env", "-i", &format!("{built}/bin/app")]).expect(0);
    assert_eq!(run.stdout, "crlf\nlisted\nfolder 4 nameless beside 1\n");
}

/// Packages whose files are the project's: a tarball with an addon that the policy patches, a folder.
#[test]
#[ignore = "needs a root with Guix"]
fn packages_of_the_projects_own_files() {
    let (guix, secret) = (Guix::here(), nonce());
    let gyp = r#"{ "targets": [{ "target_name": "answer", "sources": ["answer.c"] }] }"#;
    let code = format!("{}// {secret}\n", include_str!("node/answer.c"));
    let index = "module.exports = require('./build/Release/answer.node').answer;\n";
    let addon = package(
        "addon",
        "1.0.0",
        json!({ "license": "MIT" }),
        &[("binding.gyp", gyp), ("answer.c", &code), ("index.js", index)],
    );
    let patch = "--- a/index.js\n+++ b/index.js\n@@ -1 +1 @@\n-module.exports = require('./build/Release/answer.node').answer;\n\
                 +module.exports = require('./build/Release/answer.node').answer + 1;\n";
    let policy = "[packages.addon]\npatches = [\"patches/addon.patch\"]\n";
    let manifest = json!({
        "name": "app", "version": "1.0.0", "scripts": { "start": "node app.js" },
        "dependencies": { "addon": "file:vendor/addon@1.0.0.tgz", "plain": "file:vendor/plain" },
    });
    let mut project = Project::new(&[
        ("app.js", "console.log(require('addon'), require('plain'));\n"),
        ("patches/addon.patch", patch),
        ("headwater.toml", policy),
        ("vendor/plain/package.json", r#"{ "name": "plain", "version": "1.0.0", "license": "MIT" }"#),
        ("vendor/plain/index.js", "module.exports = 'plain';\n"),
    ]);
    std::fs::write(project.path().join("vendor/addon@1.0.0.tgz"), &addon.tarball).expect("writable");
    project.write_lock(
        &manifest,
        &json!({
            "node_modules/addon": {
                "version": "1.0.0", "resolved": "file:vendor/addon@1.0.0.tgz", "integrity": addon.integrity(),
                "hasInstallScript": true, "license": "MIT",
            },
            "node_modules/plain": { "resolved": "vendor/plain", "link": true },
            "vendor/plain": { "name": "plain", "version": "1.0.0", "license": "MIT" },
        }),
    );
    project.registry = Some("http://127.0.0.1:9/".into());
    project.convert(&["--to", "guix"]).expect(0);
    let converted = Converted::new(&guix, &project);
    let built = converted.build();
    assert_eq!(guix.run("/", &[&format!("{built}/bin/app")]).expect(0).stdout, "43 plain\n");
}
