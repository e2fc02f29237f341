//! Packages as their manifests are, shortened.

use serde_json::{Value, json};

use super::*;
use crate::rebuild::Packer;

/// Files with these texts.
pub fn files(texts: &[(&str, Value)]) -> Files {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let texts = texts.iter().map(|(path, value)| ((*path).to_owned(), text(value)));
    let texts: std::collections::BTreeMap<String, String> = texts.collect();
    Files { paths: texts.keys().cloned().collect(), texts }
}

pub fn subject(directory: &str) -> Subject {
    Subject {
        name: PackageName::new("a").expect("a name"),
        version: Version::new("1.0.0").expect("a version"),
        directory: directory.to_owned(),
        nodes: Some(Nodes { own: 22, others: [20, 22, 24].into() }),
        published_on: None,
    }
}

pub fn shown(recipe: &Recipe) -> Vec<String> {
    let line = |step: &Step| match step.directory.as_str() {
        "" => step.command.clone(),
        folder => format!("{folder}: {}", step.command),
    };
    recipe.steps.iter().map(line).collect()
}

/// The commands and the rule for scripts of a package at the root.
fn of_scripts(scripts: &Value) -> (Vec<String>, String) {
    let files = files(&[("package.json", json!({ "name": "a", "scripts": scripts }))]);
    match infer(&files, &subject("")) {
        Ok(recipe) => (shown(&recipe), recipe.rule),
        Err(unknown) => (Vec::new(), unknown.to_string()),
    }
}

#[test]
fn scripts_by_their_rules() {
    let build = "script \"build\"";
    let prepare = "script \"prepare\"";
    let prepack = "script \"prepack\"";
    for (scripts, commands, rule) in [
        (
            json!({ "prepare": "tshy && bash scripts/build.sh", "build": "npm run prepare", "prepublishOnly": "git push" }),
            vec!["tshy", "bash scripts/build.sh"],
            prepare,
        ),
        (
            json!({ "prepare": "husky", "prepack": "npm run build -- --no-pack", "build": "./scripts/build.sh",
            "prepublishOnly": "npm run build" }),
            vec!["./scripts/build.sh --no-pack"],
            prepack,
        ),
        (
            json!({ "prepare": "npm run compile", "precompile": "rimraf build", "compile": "tsc", "postcompile": "npm run build:cjs",
            "build:cjs": "rollup -c" }),
            vec!["rimraf build", "tsc", "rollup -c"],
            prepare,
        ),
        (
            json!({ "prepare": "husky && npm run test:install && run-s build", "build": "run-p 'build:*'",
            "build:b": "microbundle --cwd b", "build:a": "microbundle", "postbuild": "node ./config/exports.js",
            "test:install": "playwright install" }),
            vec!["microbundle", "microbundle --cwd b", "node ./config/exports.js"],
            prepare,
        ),
        (
            json!({ "prepack": "yarn build", "build": "tsup", "prepublishOnly": "yarn lint && yarn test" }),
            vec!["tsup"],
            prepack,
        ),
        (
            json!({ "prepare": "husky install && npm run prepare:hooks", "build": "gulp clear && cross-env NODE_ENV=production rollup -c" }),
            vec!["gulp clear", "NODE_ENV=production rollup -c"],
            build,
        ),
        (
            json!({ "build": "zshy -p x", "postbuild": "tsx a.ts && pnpm biome check --write .", "prepublishOnly": "tsx check-versions.ts" }),
            vec!["zshy -p x", "tsx a.ts", "biome check --write ."],
            build,
        ),
        (
            json!({ "prepublishOnly": "npm run build:package && npm run lint && npm run test && npm run test:side-effects",
            "build:package": "npm-run-all build:clean compile && node ./tools/a.js", "build:clean": "shx rm -rf ./dist",
            "compile": "tsc -b ./src/a.json", "test": "mocha" }),
            vec!["shx rm -rf ./dist", "tsc -b ./src/a.json", "node ./tools/a.js"],
            "what builds in script \"prepublishOnly\"",
        ),
        (
            json!({ "build": "npm run clean && npm run compile && npm run lint && npm test", "clean": "rimraf out", "compile": "tsc",
            "lint": "eslint src", "test": "mocha" }),
            vec!["rimraf out", "tsc"],
            build,
        ),
        (
            json!({ "build": "rm -rf dist && tsc && cp -r lib/refs dist", "prepublish": "npm run build" }),
            vec!["rm -rf dist", "tsc", "cp -r lib/refs dist"],
            build,
        ),
        (
            json!({ "prepare": "if [ ! -d 'dist' ]; then pnpm build; fi", "prebuild": "del-cli dist", "build": "rollup -c" }),
            vec!["del-cli dist", "rollup -c"],
            prepare,
        ),
        (
            json!({ "prepare": "husky && node tools/postinstall.cjs", "prepack": "npm run build", "build": "tsc" }),
            vec!["node tools/postinstall.cjs", "tsc"],
            "scripts \"prepare\" and \"prepack\"",
        ),
        (json!({ "prepack": "npmignore --auto", "build": "tsc" }), vec!["tsc", "npmignore --auto"], build),
        (json!({ "compile": "tsc -b" }), vec!["tsc -b"], "script \"compile\""),
        (json!({ "prepare": "node a.js" }), vec!["node a.js"], prepare),
        (
            json!({ "prepack": "is-ci || husky; yarn script", "prescript": "tsc", "script": "SC=one yarn do", "do": "node $SC.js",
            "build": "x" }),
            vec!["tsc", "export SC=one; node $SC.js"],
            prepack,
        ),
        (json!({ "build": "for f in *.ts; do tsc $f; done" }), vec!["for f in *.ts; do tsc $f; done"], build),
        (json!({ "build": "tsc || true" }), vec!["tsc"], build),
        (
            json!({ "build": "npm run build" }),
            vec![],
            "no script builds: package.json has build, and what they do are tests, checks and publication",
        ),
        (
            json!({ "prepublishOnly": "git push --follow-tags", "test": "tap" }),
            vec![],
            "no script builds: package.json has prepublishOnly, test, and what they do are tests, checks and publication",
        ),
        (
            json!({ "build": "pnpm run \"/^build:.*/\"", "build:x": "rollup -c x" }),
            vec!["rollup -c x"],
            build,
        ),
        (
            json!({ "prepublish": "not-in-publish || npm run prepublishOnly", "prepublishOnly": "npm run dist", "dist": "tsc" }),
            vec!["tsc"],
            "what builds in script \"prepublishOnly\"",
        ),
    ] {
        let (found, why) = of_scripts(&scripts);
        assert_eq!(
            (found, why),
            (commands.into_iter().map(str::to_owned).collect(), rule.to_owned()),
            "{scripts}"
        );
    }
}

/// The recipe of `packages/a`, with these files beside it.
fn of_member(texts: &[(&str, Value)], directory: &str) -> Recipe {
    infer(&files(texts), &subject(directory)).expect("a recipe")
}

#[test]
fn workspaces_that_it_needs_come_first() {
    let package = |name: &str, needs: Value, build: &str| json!({ "name": name, "version": "1.2.0", "dependencies": needs, "scripts": { "build": build } });
    let texts = [
        ("package.json", json!({ "workspaces": ["packages/*"], "scripts": { "build": "turbo run build" } })),
        (
            "packages/a/package.json",
            package("a", json!({ "b": "workspace:*", "z": "^1.0.0" }), "run-s -n build:code"),
        ),
        ("packages/b/package.json", package("b", json!({ "c": "*", "a": "^1.0.0" }), "tsc")),
        ("packages/c/package.json", package("c", json!({}), "node ../../esbuild.mjs c.ts")),
        ("packages/unneeded/package.json", package("unneeded", json!({}), "tsc")),
        ("packages/z/package.json", package("z", json!({}), "jest")),
    ];
    let mut texts = texts.to_vec();
    texts[1].1["scripts"]["build:code"] = json!("tsc -p a");
    let recipe = of_member(&texts, "packages/a");
    let expected = ["packages/c: node ../../esbuild.mjs c.ts", "packages/b: tsc", "packages/a: tsc -p a"];
    assert_eq!(shown(&recipe), expected);
    assert_eq!(recipe.rule, "script \"build\", after the workspaces c, b");
    // pnpm takes a registry's version for a plain range.
    texts.push(("pnpm-lock.yaml", json!("")));
    texts.push(("pnpm-workspace.yaml", json!("packages: ['packages/*']")));
    let recipe = of_member(&texts, "packages/a");
    assert_eq!(shown(&recipe), ["packages/b: tsc", "packages/a: tsc -p a"]);
    assert_eq!(recipe.packer, Packer::Pnpm);
}

#[test]
fn repositories_that_build_from_the_root() {
    // The package's script goes to the root itself.
    let texts = [
        (
            "package.json",
            json!({ "scripts": { "build:main": "rollup -c a/rollup.config.mjs", "prepare": "npm test" } }),
        ),
        ("a/package.json", json!({ "name": "a", "scripts": { "prepare": "cd ..; npm run build:main" } })),
    ];
    assert_eq!(shown(&of_member(&texts, "a")), ["rollup -c a/rollup.config.mjs"]);
    // The root's script takes names.
    let texts = [
        (
            "package.json",
            json!({ "scripts": { "build": "node scripts/build.js" }, "packageManager": "pnpm@10.0.0" }),
        ),
        ("scripts/build.js", json!("const { positionals } = parseArgs({})")),
        ("packages/a/package.json", json!({ "name": "a" })),
    ];
    let recipe = of_member(&texts, "packages/a");
    assert_eq!(shown(&recipe), ["node scripts/build.js a"]);
    assert_eq!(
        (recipe.packer, recipe.rule.as_str()),
        (Packer::Pnpm, "script \"build\" of the root, with the name \"a\"")
    );
    // nx knows the order itself, and must not start a daemon.
    let texts = [
        ("package.json", json!({ "workspaces": ["packages/*"] })),
        (
            "packages/a/package.json",
            json!({ "name": "a", "scripts": { "build": "pnpm exec nx build" }, "dependencies": { "b": "*" } }),
        ),
        ("packages/b/package.json", json!({ "name": "b", "scripts": { "build": "pnpm exec nx build" } })),
    ];
    let recipe = of_member(&texts, "packages/a");
    assert_eq!(shown(&recipe), ["packages/a: nx build"]);
    assert_eq!(recipe.env.keys().collect::<Vec<_>>(), ["NX_DAEMON", "NX_NO_CLOUD"]);
}

#[test]
fn what_the_workflow_says() {
    let workflow =
        "jobs: { r: { steps: [{ run: pnpm build, env: { IS_RELEASE: true } }, { run: pnpm publish }] } }";
    let texts = [
        (
            "package.json",
            json!({ "name": "a", "scripts": { "build": "tsdown" }, "engines": { "node": ">=24" } }),
        ),
        (".github/workflows/publish.yml", json!(workflow)),
    ];
    let recipe = of_member(&texts, "");
    assert_eq!(recipe.env["IS_RELEASE"], "true");
    assert_eq!((recipe.packer, recipe.node.as_deref()), (Packer::Pnpm, Some("nodejs_24")));
    assert_eq!(recipe.rule, "script \"build\"; environment of publish.yml; Node by `engines`");
    // Where no script builds, its commands do.
    let workflow = "jobs: { r: { steps: [{ run: npx tsc -p build.json }, { run: npm publish ./dist }] } }";
    let texts =
        [("package.json", json!({ "name": "a" })), (".github/workflows/publish.yml", json!(workflow))];
    let recipe = of_member(&texts, "");
    assert_eq!(
        (shown(&recipe), recipe.contents.as_deref()),
        (vec!["tsc -p build.json".to_owned()], Some("dist"))
    );
}

#[test]
fn what_is_no_such_package() {
    let texts = [("package.json", json!({ "name": "b", "scripts": { "build": "tsc" } }))];
    let why = |directory| infer(&files(&texts), &subject(directory)).expect_err("none").to_string();
    assert_eq!(why(""), "package.json is of \"b\"");
    assert_eq!(why("packages/a"), "the commit has no packages/a/package.json that can be read");
}

#[test]
fn what_a_person_says() {
    let texts = [(
        "package.json",
        json!({ "name": "a", "scripts": { "make": "npm run one && jest", "one": "node one.js", "build": "tsc" } }),
    )];
    let files = files(&texts);
    let said = |over: RecipeOverride| overridden(&files, &subject(""), &over, "headwater.toml");
    let script = |name: &str| RecipeOverride { script: Some(name.to_owned()), ..RecipeOverride::default() };
    let recipe = said(script("make")).expect("a recipe");
    assert_eq!((shown(&recipe), recipe.rule.as_str()), (vec!["node one.js".to_owned()], "headwater.toml"));
    let why = said(script("none")).expect_err("no script").to_string();
    assert_eq!(why, "package.json has no script \"none\" that builds");
    // Where nothing can be inferred, commands are enough.
    let bare = self::files(&[("package.json", json!({ "name": "a" }))]);
    let commands = RecipeOverride {
        command: Some(crate::rebuild::overriding::Commands::One("make".to_owned())),
        ..RecipeOverride::default()
    };
    let recipe = overridden(&bare, &subject(""), &commands, "headwater.toml").expect("a recipe");
    assert_eq!(shown(&recipe), ["make"]);
    assert!(overridden(&bare, &subject(""), &RecipeOverride::default(), "headwater.toml").is_err());
}

#[test]
fn packages_of_the_table() {
    let manifest = json!({ "name": "a", "repository": "x/y" });
    let vue = json!({ "name": "vue", "repository": { "type": "git", "url": "git+https://github.com/vuejs/core.git", "directory": "packages/vue" } });
    let texts = [("package.json", manifest), ("packages/vue/package.json", vue)];
    let subject = Subject { name: PackageName::new("vue").expect("a name"), ..subject("packages/vue") };
    let recipe = infer(&files(&texts), &subject).expect("a recipe");
    assert_eq!(shown(&recipe), ["node scripts/build.js vue --withTypes"]);
    assert!(recipe.rule.starts_with("the table of known packages: "), "{}", recipe.rule);
}

#[test]
fn scripts_without_an_end() {
    let nested = format!("{}tsc{}", "(".repeat(20_000), ")".repeat(20_000));
    let passed = format!("{}tsc", "npx ".repeat(20_000));
    let mut wide = serde_json::Map::new();
    for at in 0..14 {
        wide.insert(format!("build{at}"), json!(vec![format!("npm run build{}", at + 1); 20].join(" && ")));
    }
    wide.insert("build".to_owned(), json!("npm run build0 && tsc"));
    for scripts in [json!({ "build": nested }), json!({ "build": passed }), Value::Object(wide)] {
        // Whatever is found, it is found soon.
        _ = of_scripts(&scripts);
    }
}

#[test]
fn folders_that_a_person_says_stay_in_the_repository() {
    let files = files(&[("package.json", json!({ "name": "a", "scripts": { "build": "tsc" } }))]);
    for over in [
        RecipeOverride { directory: Some("../x".to_owned()), ..RecipeOverride::default() },
        RecipeOverride { contents: Some("/etc".to_owned()), ..RecipeOverride::default() },
    ] {
        let why = overridden(&files, &subject(""), &over, "headwater.toml").expect_err("outside").to_string();
        assert!(why.ends_with("leads out of the repository"), "{why}");
    }
}

#[test]
fn a_folder_that_is_published_is_filled() {
    let of = |publish: &str| {
        let manifest = json!({ "name": "a", "publishConfig": { "directory": "package" },
            "scripts": { "build": "tsdown", "prepublishOnly": publish } });
        let recipe = infer(&files(&[("package.json", manifest)]), &subject("")).expect("a recipe");
        assert_eq!(recipe.contents.as_deref(), Some("package"));
        shown(&recipe)
    };
    assert_eq!(
        of("pnpm build && rm -rf ./package && clean-publish"),
        ["tsdown", "rm -rf ./package", "clean-publish"]
    );
    // Where none names it, the order of the rules stays.
    assert_eq!(of("tsx check.ts"), ["tsdown"]);
}
