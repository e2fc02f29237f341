//! Dependencies that the lockfile takes from git.

use serde_json::json;

use crate::support::{forge::Forge, nix, nonce, package::package, project::Project, registry::Registry};

#[test]
fn a_git_dependency_and_an_alias() {
    let secret = nonce();
    let mut forge = Forge::new();
    let repository = forge.repository("example/from-git");
    let manifest = r#"{"name":"from-git","version":"3.0.0","bin":"cli.js"}"#;
    let index = format!("module.exports = 'git {secret}';\n");
    let commit = repository
        .commit(&[("package.json", manifest), ("index.js", &index), ("cli.js", "#!/bin/sh\n")], "3.0.0");
    let aliased = package(
        "real-name",
        "1.0.0",
        json!({}),
        &[("index.js", &format!("module.exports = 'alias {secret}';\n"))],
    );
    let registry = Registry::start(std::slice::from_ref(&aliased));
    let mut alias = aliased.lock();
    alias["name"] = "real-name".into();
    let mut project = Project::new(&[("app.js", "console.log(require('from-git'), require('other'));\n")]);
    project.registry = Some(registry.url.clone());
    project.git_config = forge.git_config();
    let needs = json!({ "from-git": "github:example/from-git", "other": "npm:real-name@1" });
    project.write_lock(
        &json!({ "name": "app", "version": "1.0.0", "bin": "app.js", "dependencies": needs }),
        &json!({
            "node_modules/from-git": {
                "version": "3.0.0",
                "resolved": format!("git+ssh://git@github.com/example/from-git.git#{commit}"),
                "integrity": "sha512-IgnoredBecauseItIsOfARepackedTarball==",
            },
            "node_modules/other": alias,
        }),
    );
    project.convert(&["--to", "nix", "--to", "guix"]).expect(0);
    // No release was made of the commit, so it has a version of its own.
    let definitions = project.read("modules/app/packages/node.scm");
    for said in [format!("(version \"3.0.0-0.{}\")", &commit[..7]), format!("(commit \"{commit}\")")] {
        assert!(definitions.contains(&said), "{said}: {definitions}");
    }
    forge.serve();
    let result = nix::build(&project, &forge.build_git_config(), "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), format!("git {secret} alias {secret}"));
}

/// npm packs the checkout: a committed node_modules would hide what the lockfile has.
#[test]
fn one_is_packed_before_it_is_installed() {
    let secret = nonce();
    let mut forge = Forge::new();
    let manifest = r#"{"name":"from-git","version":"3.0.0","files":["index.js"],"dependencies":{"ms":"2"}}"#;
    let commit = forge.repository("example/from-git").commit(
        &[
            ("package.json", manifest),
            ("index.js", "module.exports = require('ms');\n"),
            ("node_modules/ms/package.json", r#"{"name":"ms","version":"2.0.1"}"#),
            ("node_modules/ms/index.js", "module.exports = 'committed';\n"),
            ("README.md", ""),
            ("test/t.js", ""),
            (".babelrc", ""),
            ("binding.gyp", "{}"),
        ],
        "3.0.0",
    );
    let ms =
        package("ms", "2.1.3", json!({}), &[("index.js", &format!("module.exports = 'locked {secret}';\n"))]);
    let registry = Registry::start(std::slice::from_ref(&ms));
    let mut project = Project::new(&[("app.js", "console.log(require('from-git'));\n")]);
    project.registry = Some(registry.url.clone());
    project.git_config = forge.git_config();
    project.write_lock(
        &json!({ "name": "app", "version": "1.0.0", "bin": "app.js", "dependencies": { "from-git": "github:example/from-git" } }),
        &json!({
            "node_modules/from-git": {
                "version": "3.0.0", "dependencies": { "ms": "2" },
                "resolved": format!("git+ssh://git@github.com/example/from-git.git#{commit}"),
            },
            "node_modules/ms": ms.lock(),
        }),
    );
    project.convert(&["--to", "nix", "--to", "guix"]).expect(0);
    forge.serve();
    let result = nix::build(&project, &forge.build_git_config(), "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), format!("locked {secret}"));
    let mut names: Vec<_> = std::fs::read_dir(result.join("lib/node_modules/app/node_modules/from-git"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["README.md", "index.js", "package.json"]);
    // Guix takes the same of the checkout.
    let lists = std::fs::read_dir(project.path().join("modules/app/packages/files")).unwrap();
    let lists: Vec<_> = lists.map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap()).collect();
    assert_eq!(lists, ["README.md\nindex.js\npackage.json\n"]);
}

#[test]
fn one_whose_build_cannot_be_planned_is_named_and_can_be_taken_as_it_is() {
    let secret = nonce();
    let mut forge = Forge::new();
    // The registry does not have its tools.
    let manifest = r#"{"name":"from-git","version":"3.0.0","scripts":{"prepare":"tsc"},"devDependencies":{"typescript":"5"}}"#;
    let index = format!("module.exports = 'unprepared {secret}';\n");
    let commit = forge
        .repository("example/from-git")
        .commit(&[("package.json", manifest), ("index.js", &index)], "3.0.0");
    let mut project = Project::new(&[("app.js", "console.log(require('from-git'));\n")]);
    let registry = Registry::start(&[]);
    project.registry = Some(registry.url.clone());
    project.git_config = forge.git_config();
    project.write_lock(
        &json!({ "name": "app", "version": "1.0.0", "bin": "app.js" }),
        &json!({ "node_modules/from-git": {
            "version": "3.0.0", "resolved": format!("git+ssh://git@github.com/example/from-git.git#{commit}"),
        } }),
    );
    let run = project.convert(&[]).expect(0);
    for words in ["`prepare`", "no build of it can be planned: its repository has no lockfile", "skipScripts"]
    {
        assert!(run.stdout.contains(words), "no {words:?} in {}", run.stdout);
    }
    project.convert(&["--strict"]).expect(4);
    assert!(!run.stdout.contains("nix build"), "{}", run.stdout);
    let error = nix::try_build(&project, "", "").unwrap_err();
    assert!(error.contains("from-git") && error.contains("prepare"), "{error}");

    project.write("headwater.toml", "[packages.from-git]\nskipScripts = true\n");
    project.convert(&[]).expect(0);
    forge.serve();
    let result = nix::build(&project, &forge.build_git_config(), "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), format!("unprepared {secret}"));
}

#[test]
fn an_unreachable_one_leaves_the_run_incomplete() {
    let mut project = Project::new(&[("app.js", "console.log(require('from-git'));\n")]);
    project.registry = Some("http://127.0.0.1:9/".into());
    let config = project.path().join("gitconfig");
    std::fs::write(&config, "[url \"git://127.0.0.1:9/\"]\n\tinsteadOf = https://github.com/\n").unwrap();
    project.git_config = config;
    project.write_lock(
        &json!({ "name": "app", "version": "1.0.0", "bin": "app.js" }),
        &json!({ "node_modules/from-git": {
            "version": "3.0.0",
            "resolved": "git+ssh://git@github.com/example/from-git.git#0123456789012345678901234567890123456789",
        } }),
    );
    let run = project.convert(&[]).expect(3);
    assert!(run.stdout.contains("github.com could not be reached"), "{}", run.stdout);
    let error = nix::try_build(&project, "", "").unwrap_err();
    assert!(error.contains("from-git@3.0.0"), "{error}");
}

/// In a lockfile of version 1 no git dependency has one, in later ones those whose package.json has none.
#[test]
fn one_without_a_version_is_there_too() {
    let forge = Forge::new();
    let repository = forge.repository("example/from-git");
    let commit = repository.commit(&[("package.json", "{}"), ("index.js", "1\n")], "no version");
    let url = format!("git+ssh://git@github.com/example/from-git.git#{commit}");
    let v1 = json!({ "name": "app", "version": "1.0.0", "lockfileVersion": 1, "requires": true, "dependencies": {
        "from-git": { "version": url, "from": "github:example/from-git" },
    } });
    let v3 = json!({ "name": "app", "version": "1.0.0", "lockfileVersion": 3, "packages": {
        "": { "name": "app", "version": "1.0.0", "dependencies": { "from-git": "github:example/from-git" } },
        "node_modules/from-git": { "resolved": url },
    } });
    for lock in [v1, v3] {
        let mut project = Project::new(&[("package-lock.json", &lock.to_string())]);
        project.write("package.json", r#"{ "dependencies": { "from-git": "github:example/from-git" } }"#);
        project.registry = Some("http://127.0.0.1:9/".into());
        project.git_config = forge.git_config();
        let run = project.convert(&["--strict", "--json"]).expect(0);
        assert_eq!(run.json()["routes"], json!({ "verbatim": 1 }));
        let tree: serde_json::Value = serde_json::from_str(&project.read("nix/headwater/tree.json")).unwrap();
        assert!(tree["locations"]["node_modules/from-git"]["pack"].is_string(), "{tree:#}");
    }
}

#[test]
fn one_that_was_pinned_stays_pinned_while_its_host_is_away() {
    let forge = Forge::new();
    let manifest = r#"{"name":"from-git","version":"3.0.0"}"#;
    let commit = forge.repository("example/from-git").commit(&[("package.json", manifest)], "3.0.0");
    let mut project = Project::new(&[]);
    project.registry = Some("http://127.0.0.1:9/".into());
    project.git_config = forge.git_config();
    project.write_lock(
        &json!({ "name": "app", "version": "1.0.0" }),
        &json!({ "node_modules/from-git": {
            "version": "3.0.0", "resolved": format!("git+ssh://git@github.com/example/from-git.git#{commit}"),
        } }),
    );
    project.convert(&[]).expect(0);
    let pinned = |project: &Project| {
        let pins: serde_json::Value = serde_json::from_str(&project.read("headwater.lock")).unwrap();
        pins["packages"].as_object().unwrap().values().next().map(|pin| pin["resolution"]["source"].clone())
    };
    let before = pinned(&project);
    assert!(before.as_ref().is_some_and(|source| source["commit"] == commit));
    project.write("away", "[url \"git://127.0.0.1:9/\"]\n\tinsteadOf = https://github.com/\n");
    project.git_config = project.path().join("away");
    let cache = project.path().join("cache").display().to_string();
    project.headwater_with(&["convert"], &[("HEADWATER_CACHE_DIR", &cache)]).expect(3);
    assert_eq!(pinned(&project), before);
}
