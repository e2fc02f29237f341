//! The life-cycle scripts of the project's own packages: in builds and in the shell, as `npm ci` runs them.

use serde_json::json;

use crate::support::{nix, nonce, package::package, project::Project, registry::Registry};

/// A project whose scripts write down that they ran.
fn project(registry: &Registry, manifest: serde_json::Value, locations: serde_json::Value) -> Project {
    let note = "require('fs').appendFileSync(process.env.INIT_CWD + '/ran', process.argv[2] + ' ');\n";
    let mut project = Project::new(&[("note.js", note)]);
    project.registry = Some(registry.url.clone());
    let mut root = json!({ "name": "app", "version": "1.0.0", "bin": "app.js" });
    crate::support::package::merge(&mut root, &manifest);
    project.write_lock(&root, &locations);
    project.write("app.js", "console.log(require('fs').readFileSync(__dirname + '/ran', 'utf8'));\n");
    project
}

#[test]
fn they_run_in_the_order_of_npm_before_the_build() {
    let secret = nonce();
    let tool = package(
        "tool",
        "1.0.0",
        json!({ "bin": "tool.js" }),
        &[("tool.js", "#!/usr/bin/env node\nrequire('../../note.js')")],
    );
    let registry = Registry::start(std::slice::from_ref(&tool));
    let mut dev = tool.lock();
    dev["dev"] = true.into();
    let events =
        ["preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare"];
    let scripts = |folder: &str, to: &str| {
        let all = events.map(|event| (event.to_owned(), json!(format!("node {to}note.js {folder}:{event}"))));
        serde_json::Value::Object(all.into_iter().collect())
    };
    let mut of_root = scripts("root", "./");
    of_root["prepare"] = format!("tool root:prepare-{secret}").into();
    of_root["build"] = "node note.js build".into();
    let project = project(
        &registry,
        json!({ "workspaces": ["b", "a"], "devDependencies": { "tool": "1" }, "scripts": of_root }),
        json!({
            "node_modules/tool": dev,
            "node_modules/a": { "resolved": "a", "link": true },
            "node_modules/b": { "resolved": "b", "link": true },
            "a": { "name": "a" }, "b": { "name": "b" },
        }),
    );
    for folder in ["a", "b"] {
        let manifest = json!({ "name": folder, "scripts": scripts(folder, "../") });
        project.write(&format!("{folder}/package.json"), &manifest.to_string());
    }
    project.convert(&[]).expect(0);
    let result = nix::build(&project, "", "");
    let members =
        "a:preinstall b:preinstall a:prepare b:prepare a:install b:install a:postinstall b:postinstall";
    let root = format!(
        "root:preinstall root:install root:postinstall root:prepublish root:preprepare root:prepare-{secret} root:postprepare"
    );
    assert_eq!(nix::run(&result.join("bin/app"), &[]), format!("{members} {root} build"));
}

#[test]
fn what_a_member_makes_for_another_is_there_in_the_build_and_in_the_shell() {
    let secret = nonce();
    let registry = Registry::start(&[]);
    let project = project(
        &registry,
        json!({ "workspaces": ["packages/*"] }),
        json!({
            "node_modules/made": { "resolved": "packages/made", "link": true },
            "node_modules/uses": { "resolved": "packages/uses", "link": true },
            "packages/made": { "name": "made", "hasInstallScript": true },
            "packages/uses": { "name": "uses", "bin": "cli.js", "dependencies": { "made": "*" } },
        }),
    );
    let made = json!({ "name": "made", "main": "out.js", "scripts": {
        "postinstall": format!("echo \"module.exports = '{secret}'\" > out.js"),
    } });
    project.write("packages/made/package.json", &made.to_string());
    project.write(
        "packages/uses/package.json",
        r#"{ "name": "uses", "bin": "cli.js", "dependencies": { "made": "*" } }"#,
    );
    project.write("packages/uses/cli.js", "#!/usr/bin/env node\nconsole.log(require('made'));\n");
    project.convert(&[]).expect(0);
    assert_eq!(nix::run(&nix::build(&project, "", "").join("bin/uses"), &[]), secret);

    // Whoever may write to the store is told, and runs them; for anybody else they have run.
    let enter = ["develop", "path:.", "--command", "bash", "-c"];
    let again = "headwater-scripts && node packages/uses/cli.js";
    let run = nix::flake(&project, &nix::hostpkgs(), &[&enter[..], &[again]].concat()).expect(0);
    assert_eq!(run.stdout.trim(), secret);
    assert!(
        run.stderr.contains("postinstall of packages/made")
            || run.stderr.contains("> packages/made postinstall"),
        "{}",
        run.stderr
    );
    let run = nix::flake(&project, &nix::hostpkgs(), &[&enter[..], &["true"]].concat()).expect(0);
    assert!(!run.stderr.contains("postinstall"), "{}", run.stderr);
}

#[test]
fn one_that_fails_is_named_with_the_way_out() {
    let registry = Registry::start(&[]);
    let lookup = "require('dns').lookup('downloads.example.org', e => { if (e) { console.error(e.message); process.exit(1) } })";
    let scripts =
        json!({ "postinstall": "node fetch.js", "prepare": "husky", "preinstall": "npx only-allow npm" });
    let project = project(&registry, json!({ "scripts": scripts }), json!({}));
    project.write("fetch.js", lookup);
    project.write("ran", "nothing");
    project.convert(&[]).expect(0);
    let error = nix::try_build(&project, "", "").unwrap_err();
    for said in [
        "`postinstall` script of package.json",
        "node fetch.js",
        "wants the network",
        "skipScripts = [\"postinstall\"]",
    ] {
        assert!(error.contains(said), "no {said:?} in {error}");
    }
    project.write("headwater.toml", "[project]\nskipScripts = [\"postinstall\"]\n");
    project.convert(&[]).expect(0);
    // Hooks of git and guards against other package managers stop no build.
    assert_eq!(nix::run(&nix::build(&project, "", "").join("bin/app"), &[]), "nothing");
}

#[test]
fn a_patch_that_postinstall_applies_is_in_the_result() {
    let secret = nonce();
    let lib = package("lib", "1.0.0", json!({}), &[("index.js", "module.exports = 'old';\n")]);
    let registry = Registry::start(std::slice::from_ref(&lib));
    let script = format!("echo \"module.exports = '{secret}'\" > node_modules/lib/index.js");
    let project = project(
        &registry,
        json!({ "dependencies": { "lib": "1" }, "scripts": { "postinstall": script } }),
        json!({ "node_modules/lib": lib.lock() }),
    );
    project.write("app.js", "console.log(require('lib'));\n");
    project.convert(&[]).expect(0);
    let result = nix::build(&project, "", "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), secret);
    assert!(result.join("share/headwater/changed-files.json").exists());
}
