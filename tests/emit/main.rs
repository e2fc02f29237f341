//! Golden output: one small project with a bit of everything, and every file that is written for it. A change
//! here is a change of what users commit: read it as they will.
#![allow(clippy::disallowed_methods, reason = "tests make files and run programs")]

mod python;
#[path = "../support/mod.rs"]
mod support;

use serde_json::json;
use support::forge::Forge;
use support::package::{Package, package};
use support::project::Project;
use support::registry::Registry;

const POLICY: &str = r#"
[packages.addon]
buildInputs = ["sqlite"]
env = { CFLAGS = "-O2 ${x}" }
patches = ["patches/addon.patch"]

[project]
env = { GREETING = "it's ${x}" }
nativeBuildInputs = ["pkg-config"]
exclude = ["docs/", "*.md"]
wrap = { path = ["git"], env = { LEVEL = "\"${x}\"" } }

[programs]
serve = { file = "dist/main.js", arguments = ["--port", { file = "odd ${x}.json" }], check = ["--version"] }

[[exceptions]]
package = "really"
reason = "a Go program, wrapped: \"vetted\""
owner = "platform team"
expires = 2999-12-31
"#;

/// Published from a folder of a monorepo, with the version set while publishing and the licence of the root.
fn verbatim(forge: &Forge) -> Package {
    let manifest =
        json!({ "repository": { "type": "git", "url": "example/mono", "directory": "packages/verbatim" } });
    let files =
        [("LICENSE", "MIT\n"), ("cli.js", "#!/usr/bin/env node\n"), ("index.js", "module.exports = 1;\n")];
    let verbatim = package("verbatim", "1.2.0", manifest, &files);
    let repository = forge.repository("example/mono");
    let mut committed: Vec<_> = verbatim
        .files
        .iter()
        .map(|(path, text)| match path.as_str() {
            "LICENSE" => (path.clone(), text.clone()),
            _ => (format!("packages/verbatim/{path}"), text.replace("1.2.0", "0.0.0-development")),
        })
        .collect();
    committed.push(("package.json".into(), "{ \"private\": true }\n".into()));
    repository.commit(&committed, "release");
    repository.tag("verbatim@1.2.0");
    verbatim
}

fn project(forge: &Forge, registry: &Registry) -> Project {
    let verbatim = verbatim(forge);
    let really = package("really", "2.0.0", json!({}), &[("index.js", "1\n")]);
    let unreachable = package(
        "@scope/far",
        "3.0.0",
        json!({ "repository": "https://git.example.org/o/far" }),
        &[("index.js", "2\n")],
    );
    let addon = package(
        "addon",
        "4.0.0",
        json!({ "scripts": { "install": "node-gyp rebuild" }, "dependencies": { "verbatim": "1" }, "bundledDependencies": ["inner"] }),
        &[
            ("binding.gyp", "{}\n"),
            ("node_modules/inner/package.json", "{\"name\":\"inner\",\"version\":\"1.0.0\"}\n"),
        ],
    );
    let bound = package(
        "@scope/bound",
        "5.0.0",
        json!({ "os": ["linux"], "cpu": ["x64", "arm64"], "libc": ["glibc"] }),
        &[("bound.node", "\0\u{1}\n")],
    );
    let packed = package("packed", "1.0.0", json!({ "bin": "packed.js" }), &[("packed.js", "3\n")]);
    for package in [&verbatim, &really, &unreachable, &addon, &bound] {
        registry.publish(package);
    }
    let with = |package: &Package, more| {
        let mut entry = package.lock();
        support::package::merge(&mut entry, &more);
        entry
    };
    let mut project = Project::new(&[
        ("headwater.toml", POLICY),
        ("patches/addon.patch", ""),
        ("cli.js", "#!/usr/bin/env node\n"),
        (
            "packages/o'dd ${x}/package.json",
            r#"{ "name": "odd", "version": "1.0.0", "bin": { "odd": "./bin/it's.js" } }"#,
        ),
        ("libs/copied/package.json", r#"{ "name": "copied", "version": "1.0.0" }"#),
    ]);
    project.write_lock(
        &json!({
            "name": "@acme/app", "version": "1.0.0-rc.1", "bin": { "app": "cli.js" }, "workspaces": ["packages/*"],
            "description": "a \"quote\", ''${builtins.abort \"x\"}'' and\na line \\",
            "scripts": { "build": "tsc" }, "files": ["cli.js"],
        }),
        &json!({
            "node_modules/verbatim": verbatim.lock(),
            "node_modules/alias": with(&really, json!({ "name": "really" })),
            "node_modules/@scope/far": with(&unreachable, json!({ "dev": true })),
            "node_modules/addon": with(&addon, json!({ "dependencies": { "verbatim": "1", "inner": "1" } })),
            "node_modules/addon/node_modules/inner": { "version": "1.0.0", "inBundle": true },
            "node_modules/@scope/bound": with(&bound, json!({ "optional": true })),
            "node_modules/odd": { "resolved": "packages/o'dd ${x}", "link": true },
            "packages/o'dd ${x}": { "name": "odd", "version": "1.0.0" },
            "node_modules/copied": { "version": "1.0.0", "resolved": "file:libs/copied" },
            "node_modules/packed": { "version": "1.0.0", "resolved": "file:packed.tgz", "integrity": packed.integrity() },
        }),
    );
    std::fs::write(project.path().join("packed.tgz"), &packed.tarball).expect("writable");
    let git_config = forge.git_config();
    let mut text = std::fs::read_to_string(&git_config).expect("the forge's");
    text.push_str("[url \"git://127.0.0.1:9/\"]\n\tinsteadOf = https://git.example.org/\n");
    std::fs::write(&git_config, text).expect("writable");
    project.git_config = git_config;
    project.registry = Some(registry.url.clone());
    project
}

#[test]
fn a_bit_of_everything() {
    let (forge, registry) = (Forge::new(), Registry::start(&[]));
    let project = project(&forge, &registry);
    let run = project.convert(&[]).expect(3);
    let mut settings = insta::Settings::clone_current();
    // The loopback registry has another port on every run.
    settings.add_filter(r"http://127\.0\.0\.1:\d{2,}/", "http://npm.example/");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for file in ["default.nix", "sources.nix", "packages.nix", "tree.json"] {
            insta::assert_snapshot!(file, project.read(&format!("nix/headwater/{file}")));
        }
        insta::assert_snapshot!("packs", packs(&project));
        insta::assert_snapshot!("flake.nix", project.read("flake.nix"));
        insta::assert_snapshot!("headwater.lock", project.read("headwater.lock"));
        insta::assert_snapshot!("summary", run.stdout);
    });
    has_licence_lines(&project.path().join("nix/headwater/lib"));
    project.convert(&["--strict"]).expect(4);
}

/// The library is copied into the trees of others, so each of its files says what its licence is.
fn has_licence_lines(folder: &std::path::Path) {
    for entry in std::fs::read_dir(folder).expect("the library") {
        let path = entry.expect("a name").path();
        if path.is_dir() {
            has_licence_lines(&path);
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("text");
        let first = text.lines().next().unwrap_or_default();
        let (_, licence) = first.split_once(' ').unwrap_or_default();
        assert_eq!(licence, "SPDX-License-Identifier: MIT OR Apache-2.0", "{}", path.display());
    }
}

/// The list of every pack, one after the other.
fn packs(project: &Project) -> String {
    let folder = project.path().join("nix/headwater/packs");
    let names = std::fs::read_dir(folder).expect("packs").map(|entry| entry.expect("a name").file_name());
    let mut names: Vec<_> = names.map(|name| name.into_string().expect("text")).collect();
    names.sort();
    names
        .iter()
        .map(|name| format!("# {name}\n{}", project.read(&format!("nix/headwater/packs/{name}"))))
        .collect()
}
