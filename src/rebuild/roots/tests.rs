//! What recipes use, of small repositories.

use serde_json::{Value, json};

use super::*;
use crate::lockfile::Options;
use crate::lockfile::npm::read;
use crate::rebuild::Packer;
use crate::rebuild::infer::Files;

/// Locations of a lockfile: a package, its programs. The root is developed with all that it finds.
fn graph(packages: &[(&str, Value)]) -> Graph {
    let entries = packages.iter().map(|(at, entry)| {
        let mut entry = entry.clone();
        if at.contains("node_modules") && entry["link"] != true {
            entry["version"] = json!("1.0.0");
        }
        ((*at).to_owned(), entry)
    });
    let mut packages: serde_json::Map<String, Value> = entries.collect();
    let top = packages.keys().filter_map(|at| at.strip_prefix("node_modules/"));
    let all: serde_json::Map<String, Value> = top.map(|name| (name.to_owned(), json!("1"))).collect();
    packages[""]["devDependencies"] = json!(all);
    let text = json!({ "lockfileVersion": 3, "packages": packages }).to_string();
    read("package-lock.json", &text, &|_| None, &Options::default()).expect("a graph")
}

fn files(texts: &[(&str, Value)]) -> Files {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let texts: BTreeMap<String, String> =
        texts.iter().map(|(path, value)| ((*path).to_owned(), text(value))).collect();
    Files { paths: texts.keys().cloned().collect(), texts }
}

fn recipe(directory: &str, commands: &[(&str, &str)]) -> Recipe {
    let step = |(directory, command): &(&str, &str)| Step {
        directory: (*directory).to_owned(),
        command: (*command).to_owned(),
        script: None,
        may_fail: false,
    };
    Recipe {
        directory: directory.to_owned(),
        steps: commands.iter().map(step).collect(),
        env: BTreeMap::new(),
        node: None,
        packer: Packer::Npm,
        contents: None,
        tools: Vec::new(),
        rule: String::new(),
        remarks: Vec::new(),
    }
}

fn shown(roots: &Roots) -> Vec<String> {
    roots
        .iter()
        .flat_map(|(folder, names)| names.iter().map(move |name| format!("{folder}:{name}")))
        .collect()
}

fn found(files: &Files, recipe: &Recipe, graph: &Graph, level: Level) -> Vec<String> {
    shown(&roots(files, recipe, graph, level))
}

#[test]
fn programs_of_commands() {
    let bin = |program: &str| json!({ "bin": { program: "x.js" } });
    let graph = graph(&[
        ("", json!({})),
        ("node_modules/typescript", bin("tsc")),
        ("node_modules/rimraf", bin("rimraf")),
        ("node_modules/shx", bin("shx")),
        ("node_modules/jest", bin("jest")),
        ("node_modules/@rollup/plugin-terser", json!({})),
        ("node_modules/rollup", bin("rollup")),
        ("node_modules/tsx", bin("tsx")),
    ]);
    let files = files(&[("package.json", json!({ "name": "a" }))]);
    for (command, expected) in [
        ("tsc -p x", vec![":typescript"]),
        ("NODE_ENV=x ./node_modules/.bin/tsc", vec![":typescript"]),
        ("node node_modules/typescript/bin/tsc", vec![":typescript"]),
        ("shx rm -rf dist", vec![":shx"]),
        ("shx rimraf dist", vec![":rimraf", ":shx"]),
        ("rollup -c -p terser", vec![":@rollup/plugin-terser", ":rollup"]),
        ("node --import=tsx x.ts", vec![":tsx"]),
        ("node --import tsx x.ts", vec![":tsx"]),
        ("for f in *; do tsc $f; rimraf x; done", vec![":rimraf", ":typescript"]),
        ("echo jest", vec![]),
    ] {
        assert_eq!(
            found(&files, &recipe("", &[("", command)]), &graph, Level::Pruned),
            expected,
            "{command}"
        );
    }
    let everything = found(&files, &recipe("", &[("", "tsc")]), &graph, Level::Direct);
    assert_eq!(everything.len(), 7, "{everything:?}");
}

#[test]
fn programs_that_the_lockfile_does_not_name() {
    let graph = graph(&[
        ("", json!({})),
        ("node_modules/typescript", json!({})),
        ("node_modules/@x/builder", json!({})),
    ]);
    let files = files(&[("package.json", json!({}))]);
    let recipe = recipe("", &[("", "tsc"), ("", "build-it")]);
    assert_eq!(found(&files, &recipe, &graph, Level::Pruned), [":typescript"]);
    let given = Programs::from([(
        "build-it".to_owned(),
        BTreeSet::from(["@x/builder".to_owned(), "none".to_owned()]),
    )]);
    let roots = with_programs(&files, &recipe, &graph, &given, Level::Pruned);
    assert_eq!(shown(&roots), [":@x/builder", ":typescript"]);
}

#[test]
fn what_configuration_and_sources_use() {
    let plain = || json!({});
    let graph = graph(&[
        ("", json!({})),
        ("node_modules/rollup", json!({ "bin": { "rollup": "x" } })),
        ("node_modules/plugin", plain()),
        ("node_modules/shared", plain()),
        ("node_modules/webpack", plain()),
        ("node_modules/jest", plain()),
        ("node_modules/@babel/preset-env", plain()),
        ("node_modules/@rollup/plugin-babel", plain()),
        ("node_modules/@types/node", plain()),
        ("node_modules/@types/b", plain()),
        ("node_modules/b", plain()),
        ("node_modules/runs", plain()),
        ("node_modules/@tsconfig/base", plain()),
        ("node_modules/tested", plain()),
    ]);
    let mut texts = vec![
        ("package.json", json!({ "name": "a", "dependencies": { "runs": "1" } })),
        ("rollup.config.js", json!("import plugin from 'plugin'; import './tools/shared.mjs'")),
        ("tools/shared.mjs", json!("import x from 'shared'")),
        ("webpack.config.js", json!("require('webpack')")),
        (".babelrc", json!({ "presets": ["@babel/env"] })),
        ("tsconfig.json", json!("{ \"extends\": \"@tsconfig/base\" /* comment */ }")),
        ("src/index.ts", json!("import { b } from 'b/x'")),
        ("src/index.test.ts", json!("import 'tested'")),
        ("eslint.config.js", json!("import 'jest'")),
    ];
    let recipe = recipe("", &[("", "rollup -c")]);
    let expected =
        [":@tsconfig/base", ":@types/b", ":@types/node", ":b", ":plugin", ":rollup", ":runs", ":shared"];
    assert_eq!(found(&files(&texts), &recipe, &graph, Level::Pruned), expected);
    // With Babel among the tools, what configures it counts.
    texts[1].1 = json!("import babel from '@rollup/plugin-babel'");
    let roots = found(&files(&texts), &recipe, &graph, Level::Pruned);
    assert!(
        roots.contains(&":@babel/preset-env".to_owned()) && !roots.contains(&":webpack".to_owned()),
        "{roots:?}"
    );
}

#[test]
fn workspaces_look_from_their_own_folders() {
    let graph = graph(&[
        ("", json!({ "workspaces": ["packages/*"] })),
        (
            "packages/a",
            json!({ "version": "1.0.0", "name": "a", "dependencies": { "b": "1" }, "devDependencies": { "typescript": "1" } }),
        ),
        ("packages/b", json!({ "version": "1.0.0", "name": "b" })),
        ("node_modules/a", json!({ "resolved": "packages/a", "link": true })),
        ("node_modules/b", json!({ "resolved": "packages/b", "link": true })),
        ("node_modules/esbuild", json!({})),
        ("node_modules/typescript", json!({ "bin": { "tsc": "x" } })),
        ("packages/a/node_modules/typescript", json!({ "bin": { "tsc": "x" } })),
    ]);
    let files = files(&[
        ("package.json", json!({ "workspaces": ["packages/*"] })),
        ("esbuild.mjs", json!("import { build } from 'esbuild'")),
        ("packages/a/package.json", json!({ "name": "a", "dependencies": { "b": "1" } })),
        ("packages/b/package.json", json!({ "name": "b" })),
    ]);
    let recipe = recipe(
        "packages/a",
        &[("packages/b", "tsc"), ("packages/a", "node ../../esbuild.mjs a.ts"), ("packages/a", "tsc")],
    );
    let expected = [":esbuild", "packages/a:b", "packages/a:typescript", "packages/b:typescript"];
    assert_eq!(found(&files, &recipe, &graph, Level::Pruned), expected);
}

#[test]
fn texts_that_are_still_to_be_read() {
    let mut files = files(&[
        ("package.json", json!({ "name": "a" })),
        ("rollup.config.js", json!("import './tools/one.js'")),
        ("inner/package.json", json!({ "name": "inner" })),
    ]);
    let others = [
        "tools/one.js",
        "tools/two.js",
        "scripts/build.sh",
        "src/index.ts",
        "src/x.test.ts",
        "inner/x.js",
        "test/a.js",
        "README.md",
    ];
    files.paths.extend(others.map(str::to_owned));
    let recipe = recipe("", &[("", "rollup -c"), ("", "bash scripts/build.sh")]);
    let wanted = more(&files, &recipe);
    assert_eq!(wanted, ["scripts/build.sh", "tools/one.js", "src/index.ts", "tools/one.js", "tools/two.js"]);
    for path in wanted {
        files.texts.insert(path, String::new());
    }
    files.texts.insert("tools/one.js".to_owned(), "require('./two')".to_owned());
    assert_eq!(more(&files, &recipe), Vec::<String>::new());
}
