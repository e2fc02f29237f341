//! Folders, and what `npm pack` of each takes: the same lists that npm gives.

use super::*;

/// The files that are packed of these; the text of one with `=` in its entry is what follows.
fn list(entries: &[&str]) -> Vec<String> {
    let entries: Vec<(&str, &str)> =
        entries.iter().map(|entry| entry.split_once('=').unwrap_or((entry, ""))).collect();
    let files = entries.iter().map(|(path, text)| (*path, text.as_bytes())).collect();
    packed(&files).into_iter().collect()
}

#[test]
fn without_files_the_ignore_file_decides() {
    let all = [
        "package.json={\"name\":\"a\"}",
        ".gitignore=*.log\nbuild/\n/top\nsub/x\n",
        ".npmrc",
        ".babelrc",
        "a.log",
        "b.orig",
        "build/x",
        "deep/build/x",
        "deep/top",
        "index.js",
        "node_modules/ms/index.js",
        "package-lock.json",
        "README.md",
        "sub/.npmignore=y\n",
        "sub/x",
        "sub/y",
        "sub/z.log",
        "sub/z",
        "test/t.js",
        "top",
    ];
    assert_eq!(
        list(&all),
        [".babelrc", "README.md", "deep/top", "index.js", "package.json", "sub/z", "test/t.js"]
    );
    // An .npmignore takes the place of the .gitignore beside it.
    let other = ["package.json={}", ".gitignore=a\n", ".npmignore=b\n", "a", "b"];
    assert_eq!(list(&other), ["a", "package.json"]);
}

#[test]
fn files_say_what_is_packed() {
    let all = [
        "package.json={\"files\":[\"lib\",\"./extra.js\",\"*.d.ts\",\"!lib/skip\",\"one/*\"],\"main\":\"main.js\",\"bin\":\"bin/cli.js\",\"name\":\"a\"}",
        ".npmignore=lib/kept.js\n",
        "LICENSE",
        "bin/cli.js",
        "bin/other.js",
        "extra.js",
        "lib/.npmignore=ignored.js\n",
        "lib/a.js",
        "lib/ignored.js",
        "lib/kept.js",
        "lib/skip/x.js",
        "lib/deep/b.js",
        "main.js",
        "node_modules/ms/index.js",
        "one/two/three.js",
        "other.js",
        "readme",
        // A pattern without a folder leads into none.
        "test/index.d.ts",
        "x.d.ts",
    ];
    assert_eq!(
        list(&all),
        [
            "LICENSE",
            "bin/cli.js",
            "extra.js",
            "lib/a.js",
            "lib/deep/b.js",
            "lib/kept.js",
            "main.js",
            "one/two/three.js",
            "package.json",
            "readme",
            "x.d.ts",
        ]
    );
}

#[test]
fn bundled_dependencies_come_with_theirs() {
    let all = [
        "package.json={\"files\":[\"index.js\"],\"dependencies\":{\"a\":\"1\",\"d\":\"1\"},\"bundleDependencies\":[\"a\"]}",
        "index.js",
        "node_modules/a/package.json={\"dependencies\":{\"b\":\"1\",\"c\":\"1\"}}",
        "node_modules/a/.npmignore=index.js\n",
        "node_modules/a/index.js",
        "node_modules/a/node_modules/c/package.json={\"files\":[\"lib\"]}",
        "node_modules/a/node_modules/c/lib/x.js",
        "node_modules/a/node_modules/c/test/x.js",
        "node_modules/b/package.json={}",
        "node_modules/c/package.json={}",
        "node_modules/d/package.json={}",
    ];
    assert_eq!(
        list(&all),
        [
            "index.js",
            "node_modules/a/.npmignore",
            "node_modules/a/index.js",
            "node_modules/a/node_modules/c/lib/x.js",
            "node_modules/a/node_modules/c/package.json",
            "node_modules/a/package.json",
            "node_modules/b/package.json",
            "package.json",
        ]
    );
}

/// Files of which each case has its own list, in npm's own words (11.19).
const TREE: &str = ".env .eslintrc .github/w.yml .vscode/s CHANGELOG.md CVS/x \
    LICENSE-MIT LICENSE.txt Makefile a/.DS_Store dist/node_modules/q/i.js docs/LICENSE \
    docs/README.md history.md lib/index.min.js lib/x*y.js m/index.js m/other.js \
    notice src/a/test/t.js src/a/x.ts src/b.ts sub/.npmrc sub/node_modules/z/i.js \
    sub/package-lock.json x/a.js x/b/c.js";

#[test]
fn the_lists_are_those_of_npm() {
    for (given, expected) in [
        (
            vec!["package.json={\"files\": [\"x\"], \"main\": \"./m/index.js\"}"],
            "LICENSE.txt package.json x/a.js x/b/c.js",
        ),
        (
            vec!["package.json={\"files\": [\"x\"], \"main\": \"m\"}"],
            "LICENSE.txt package.json x/a.js x/b/c.js",
        ),
        (
            vec!["package.json={\"files\": [\"x\"], \"main\": \"m/index.js\", \"browser\": \"m/other.js\"}"],
            "LICENSE.txt m/index.js m/other.js package.json x/a.js x/b/c.js",
        ),
        (
            vec!["package.json={\"files\": [\"src/**/*.ts\", \"!**/test\"]}"],
            "LICENSE.txt package.json src/a/x.ts src/b.ts",
        ),
        (
            vec!["package.json={\"files\": [\"**/*.js\"]}"],
            "LICENSE.txt dist/node_modules/q/i.js lib/index.min.js m/index.js m/other.js package.json src/a/test/t.js sub/node_modules/z/i.js x/a.js x/b/c.js",
        ),
        (
            vec!["package.json={\"files\": [\"/x\", \"lib/*.js\"]}"],
            "LICENSE.txt lib/index.min.js package.json x/a.js x/b/c.js",
        ),
        (vec!["package.json={\"files\": [\"dist\"]}"], "LICENSE.txt dist/node_modules/q/i.js package.json"),
        (vec!["package.json={\"files\": [\"x/\"]}"], "LICENSE.txt package.json x/a.js x/b/c.js"),
        (vec!["package.json={\"files\": []}"], "LICENSE.txt package.json"),
        (vec!["package.json={\"files\": [\".\"]}"], "LICENSE.txt package.json"),
        (
            vec!["package.json={\"files\": [\"*\"]}"],
            ".env .eslintrc .github/w.yml .vscode/s CHANGELOG.md CVS/x LICENSE-MIT LICENSE.txt Makefile dist/node_modules/q/i.js docs/LICENSE docs/README.md history.md lib/index.min.js m/index.js m/other.js notice package.json src/a/test/t.js src/a/x.ts src/b.ts sub/node_modules/z/i.js sub/package-lock.json x/a.js x/b/c.js",
        ),
        (
            vec!["package.json={\"files\": [\"sub\", \"src/\"]}"],
            "LICENSE.txt package.json src/a/test/t.js src/a/x.ts src/b.ts sub/node_modules/z/i.js sub/package-lock.json",
        ),
        (
            vec!["package.json={\"files\": [\"lib/*.min.js\", \"x/**\", \"!x/b\"]}"],
            "LICENSE.txt lib/index.min.js package.json x/a.js",
        ),
        (
            vec![
                "package.json={\"files\": [\"docs\", \"CHANGELOG.md\"], \"bin\": {\"x\": \"./m/other.js\"}}",
            ],
            "CHANGELOG.md LICENSE.txt docs/LICENSE docs/README.md m/other.js package.json",
        ),
        (
            vec!["package.json={\"files\": [\"{x,m}\", \"{src,docs}/**\"]}"],
            "LICENSE.txt docs/LICENSE docs/README.md package.json src/a/test/t.js src/a/x.ts src/b.ts",
        ),
        (
            vec!["package.json={}", ".gitignore=x/\n*.js\n!lib/*.js\n/src/*\n!/src/b.ts\n"],
            ".env .eslintrc .github/w.yml .vscode/s CHANGELOG.md LICENSE-MIT LICENSE.txt Makefile docs/LICENSE docs/README.md history.md lib/index.min.js notice package.json src/b.ts sub/package-lock.json",
        ),
        (
            vec!["package.json={}", ".npmignore=*\n!m\n!m/**\n", "sub/.gitignore=x"],
            "LICENSE.txt m/index.js m/other.js package.json",
        ),
        (
            vec!["package.json={}", ".gitignore=src\nnode_modules\ndist", "src/.npmignore=!a"],
            ".env .eslintrc .github/w.yml .vscode/s CHANGELOG.md LICENSE-MIT LICENSE.txt Makefile docs/LICENSE docs/README.md history.md lib/index.min.js m/index.js m/other.js notice package.json sub/package-lock.json x/a.js x/b/c.js",
        ),
        (
            vec!["package.json={}", ".npmignore=", ".gitignore=*"],
            ".env .eslintrc .github/w.yml .vscode/s CHANGELOG.md LICENSE-MIT LICENSE.txt Makefile dist/node_modules/q/i.js docs/LICENSE docs/README.md history.md lib/index.min.js m/index.js m/other.js notice package.json src/a/test/t.js src/a/x.ts src/b.ts sub/node_modules/z/i.js sub/package-lock.json x/a.js x/b/c.js",
        ),
        (vec!["package.json={}", ".npmignore=/*\n!/x\nb\n"], "LICENSE.txt package.json x/a.js"),
        (
            vec!["package.json={}", ".gitignore=**/test/\n/docs/**/L*\n[ml]ib\n"],
            ".env .eslintrc .github/w.yml .vscode/s CHANGELOG.md LICENSE-MIT LICENSE.txt Makefile dist/node_modules/q/i.js docs/README.md history.md m/index.js m/other.js notice package.json src/a/x.ts src/b.ts sub/node_modules/z/i.js sub/package-lock.json x/a.js x/b/c.js",
        ),
    ] {
        let all: Vec<&str> = TREE.split(' ').chain(given.iter().copied()).collect();
        assert_eq!(list(&all).join(" "), expected, "{given:?}");
    }
}

#[test]
fn a_folder_costs_as_much_however_deep_it_lies() {
    // What a package of so many folders within each other costs.
    let cost = |depth: usize, manifest: &str, own: Option<&str>| {
        let folder = |at: usize| "a/".repeat(at);
        let ignored = |at: usize| format!("{}.npmignore", folder(at));
        let mut entries = vec![("package.json".to_owned(), manifest.to_owned())];
        entries.extend((0..depth).map(|at| (format!("{}x.js", folder(at)), String::new())));
        entries.extend(own.into_iter().flat_map(|text| (0..3).map(move |at| (ignored(at), text.to_owned()))));
        let files = entries.iter().map(|(path, text)| (path.as_str(), text.as_bytes())).collect();
        let before = rule::tests::ASKED.get();
        let found = packed(&files);
        assert_eq!(found.len(), depth + 1);
        rule::tests::ASKED.get() - before
    };
    for (manifest, own) in [
        ("{}", None),
        ("{}", Some("*.log\n!/keep\n**/build/\n")),
        ("{\"files\": [\"a\", \"**/x.js\", \"!**/test/**\"], \"main\": \"x.js\"}", None),
    ] {
        let (some, twice) = (cost(200, manifest, own), cost(400, manifest, own));
        assert!(twice < some * 5 / 2, "{manifest}: {some} for 200 folders, {twice} for 400");
    }
    // Deeper than a stack would reach.
    let path = format!("{}x.js", "a/".repeat(200_000));
    let files = [("package.json", &b"{}"[..]), (&path, b"")].into();
    assert_eq!(packed(&files).len(), 2);
}
