//! Workspaces, linked folders and packages of the project's own files.

use serde_json::json;

use crate::support::{nix, nonce, package::package, project::Project, registry::Registry};

#[test]
fn one_workspace_requires_another_and_the_program_proves_it() {
    let secret = nonce();
    let shared = package(
        "shared",
        "1.0.0",
        json!({}),
        &[("index.js", &format!("module.exports = 'shared {secret}';\n"))],
    );
    let nested = package(
        "shared",
        "2.0.0",
        json!({}),
        &[("index.js", &format!("module.exports = 'nested {secret}';\n"))],
    );
    let registry = Registry::start(&[shared.clone(), nested.clone()]);
    let mut project = Project::new(&[
        (
            "packages/a/package.json",
            r#"{"name":"@w/a","version":"1.0.0","bin":{"tool":"bin/tool.js"},"dependencies":{"@w/b":"*","shared":"1"}}"#,
        ),
        (
            "packages/a/bin/tool.js",
            "#!/usr/bin/env node\nconsole.log(require('@w/b'), '|', require('shared'));\n",
        ),
        ("packages/b/package.json", r#"{"name":"@w/b","version":"1.0.0","dependencies":{"shared":"2"}}"#),
        ("packages/b/index.js", "module.exports = 'b has ' + require('shared');\n"),
    ]);
    project.registry = Some(registry.url.clone());
    let root = json!({ "name": "mono", "version": "1.0.0", "workspaces": ["packages/*"] });
    project.write_lock(
        &root,
        &json!({
            "node_modules/@w/a": { "resolved": "packages/a", "link": true },
            "node_modules/@w/b": { "resolved": "packages/b", "link": true },
            "node_modules/shared": shared.lock(),
            "packages/a": { "name": "@w/a", "version": "1.0.0", "bin": { "tool": "bin/tool.js" }, "dependencies": { "@w/b": "*", "shared": "1" } },
            "packages/b": { "name": "@w/b", "version": "1.0.0", "dependencies": { "shared": "2" } },
            "packages/b/node_modules/shared": nested.lock(),
        }),
    );
    project.convert(&[]).expect(0);
    let result = nix::build(&project, "", "");
    assert_eq!(nix::run(&result.join("bin/tool"), &[]), format!("b has nested {secret} | shared {secret}"));
}

/// Plugins of a program find it that way when it is tested.
#[test]
fn a_project_that_depends_on_itself() {
    let secret = nonce();
    let manifest = |section: &str| {
        json!({
            "name": "app", "version": "1.0.0", "bin": "app.js",
            "scripts": { "build": "node -p \"require('app/part')\" > built" }, section: { "app": "file:." },
        })
    };
    for section in ["dependencies", "devDependencies"] {
        let mut project = Project::new(&[
            (
                "app.js",
                "#!/usr/bin/env node\nconsole.log(require('fs').readFileSync(`${__dirname}/built`, 'utf8').trim());\n",
            ),
            ("part.js", &format!("module.exports = '{secret}';\n")),
        ]);
        project.registry = Some("http://127.0.0.1:9/".into());
        let mut link = json!({ "resolved": "", "link": true });
        link["dev"] = (section == "devDependencies").into();
        project.write_lock(&manifest(section), &json!({ "node_modules/app": link }));
        project.convert(&[]).expect(0);
        let result = nix::build(&project, "", "");
        assert_eq!(nix::run(&result.join("bin/app"), &[]), secret);
        let itself = result.join("lib/node_modules/app/node_modules/app");
        assert_eq!(itself.join("part.js").is_file(), section == "dependencies");
    }
}

#[test]
fn a_folder_copy_and_a_tarball_of_the_project() {
    let secret = nonce();
    let packed = package(
        "packed",
        "1.0.0",
        json!({}),
        &[("index.js", &format!("module.exports = 'packed {secret}';\n"))],
    );
    let project = Project::new(&[
        ("libs/copied/package.json", r#"{"name":"copied","version":"1.0.0"}"#),
        ("libs/copied/index.js", "module.exports = 'copied';\n"),
        ("app.js", "console.log(require('copied'), require('packed'));\n"),
    ]);
    std::fs::create_dir(project.path().join("vendor")).unwrap();
    std::fs::write(project.path().join("vendor/packed.tgz"), &packed.tarball).unwrap();
    project.write_lock(
        &json!({ "name": "app", "version": "1.0.0", "bin": "app.js" }),
        &json!({
            "node_modules/copied": { "version": "1.0.0", "resolved": "file:libs/copied" },
            "node_modules/packed": { "version": "1.0.0", "resolved": "file:vendor/packed.tgz", "integrity": packed.integrity() },
        }),
    );
    let mut project = project;
    project.registry = Some("http://127.0.0.1:9/".into());
    project.convert(&["--strict"]).expect(0);
    let result = nix::build(&project, "", "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), format!("copied packed {secret}"));
}

#[test]
fn development_dependencies_build_the_project_and_are_pruned_from_it() {
    let secret = nonce();
    let compiler = package(
        "compiler",
        "1.0.0",
        json!({ "bin": "compile.js" }),
        &[(
            "compile.js",
            &format!(
                "#!/usr/bin/env node\nrequire('fs').writeFileSync('out.js', \"console.log('built {secret}')\")\n"
            ),
        )],
    );
    let registry = Registry::start(std::slice::from_ref(&compiler));
    let mut lock = compiler.lock();
    lock["dev"] = true.into();
    let mut project = Project::new(&[]);
    project.registry = Some(registry.url.clone());
    project.write_lock(
        &json!({ "name": "app", "version": "1.0.0", "bin": "out.js", "scripts": { "build": "compiler" } }),
        &json!({ "node_modules/compiler": lock }),
    );
    project.convert(&[]).expect(0);
    let result = nix::build(&project, "", "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), format!("built {secret}"));
    assert!(!result.join("lib/node_modules/app/node_modules/compiler").exists());
}

#[test]
fn a_lockfile_in_a_subfolder_and_another_output_folder() {
    let secret = nonce();
    let lib = package("lib", "1.0.0", json!({}), &[("index.js", &format!("module.exports = '{secret}';\n"))]);
    let registry = Registry::start(std::slice::from_ref(&lib));
    let manifest = json!({ "name": "app", "version": "1.0.0", "bin": "app.js" });
    let inner = Project::with_packages(&manifest, &[&lib], &[]);
    let mut project = Project::new(&[
        ("sub dir/app.js", "console.log(require('lib'))"),
        ("sub dir/package.json", &inner.read("package.json")),
        ("sub dir/package-lock.json", &inner.read("package-lock.json")),
    ]);
    project.registry = Some(registry.url.clone());
    project.convert(&["sub dir/package-lock.json", "--out", "."]).expect(0);
    assert!(project.has("headwater.lock") && !project.has("sub dir/headwater.lock"));
    let result = nix::build(&project, "", "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), secret);
}
