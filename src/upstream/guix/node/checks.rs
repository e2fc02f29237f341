//! Whether a package's tests can be run in Guix, where hardly any test runner of npm is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::scripts::{self, commands, named_paths, program};

/// What is done about tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tests {
    /// They are run.
    Run {
        /// What `npm test` runs, where that is less than upstream has it run.
        replaced: Option<String>,
        /// Packages of npm that they need, all of which are there.
        needs: BTreeSet<String>,
    },
    /// They are not: they need these packages of npm.
    Lack(BTreeSet<String>),
    /// They are not: why, as a sentence without its point.
    Not(String),
}

/// Words of a path that say that what lies below it are tests.
const FOLDERS: [&str; 5] = ["test", "tests", "__tests__", "spec", "specs"];

/// The files that tests or the scripts of these names consist of, of all `paths` of the package's folder.
pub fn files<'a>(manifest: &Value, names: &[&str], paths: &'a BTreeSet<String>) -> Vec<&'a String> {
    let commands: Vec<String> = names.iter().flat_map(|name| commands(manifest, name).kept).collect();
    let named = named_paths(&commands);
    let is_named = |path: &str| {
        named.iter().any(|name| {
            path == name
                || path.strip_suffix(".js") == Some(name)
                || path
                    .strip_prefix(name.as_str())
                    .is_some_and(|rest| rest.starts_with('/') || name.ends_with('/'))
        })
    };
    let is_test = |path: &str| {
        path.split('/').any(|part| FOLDERS.contains(&part))
            || path.contains(".test.")
            || path.starts_with("test.")
    };
    let is_script = |path: &str| [".js", ".cjs", ".mjs"].iter().any(|end| path.ends_with(end));
    let is_ours = |path: &str| !path.split('/').any(|part| part == "node_modules");
    paths
        .iter()
        .filter(|path| is_script(path) && is_ours(path) && (is_named(path) || is_test(path)))
        .collect()
}

/// Of packages, those that texts name as modules.
pub fn required<'a>(
    names: impl Iterator<Item = &'a String>,
    texts: &BTreeMap<String, String>,
) -> BTreeSet<String> {
    let is_named = |name: &&String| {
        let ways = ['\'', '"', '`'];
        let named = |text: &String| {
            ways.iter().any(|quote| {
                text.contains(&format!("{quote}{name}{quote}")) || text.contains(&format!("{quote}{name}/"))
            })
        };
        texts.values().any(named)
    };
    names.filter(is_named).cloned().collect()
}

/// From package.json and the texts of [`files`]; `has` says whether Guix has a package of npm.
pub fn tests(manifest: &Value, texts: &BTreeMap<String, String>, has: impl Fn(&str) -> bool) -> Tests {
    let found = commands(manifest, "test");
    let nothing = |command: &&String| {
        matches!(program(command), "echo" | "exit" | "true" | ":") || command.contains("no test specified")
    };
    if found.kept.iter().all(|command| nothing(&command)) {
        let why = match (found.is_there, found.is_less) {
            (true, true) => "its `npm test` only lints",
            _ => "it has no tests",
        };
        return Tests::Not(why.to_owned());
    }
    let developed: Vec<String> =
        manifest["devDependencies"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
    let mut needs = required(developed.iter(), texts);
    for command in &found.kept {
        match program(command) {
            "node" => {}
            "tsc" => _ = needs.insert("typescript".to_owned()),
            program if command.contains(['|', ';', '$']) || program.contains('/') => {
                return Tests::Not(format!("it is not known what `{program}` needs"));
            }
            program => _ = needs.insert(program.to_owned()),
        }
    }
    let lacking: BTreeSet<String> = needs.iter().filter(|name| !has(name)).cloned().collect();
    if !lacking.is_empty() {
        return Tests::Lack(lacking);
    }
    if found.kept.iter().any(|command| command.contains(".ts")) {
        return Tests::Not("tests are written in TypeScript".to_owned());
    }
    let around = ["pretest", "posttest"].iter().any(|event| manifest["scripts"][event].is_string());
    let replaced = (found.is_less || around).then(|| found.kept.join(" && "));
    Tests::Run { replaced, needs }
}

/// The first few of them.
pub fn some(names: &BTreeSet<String>) -> String {
    const FEW: usize = 3;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    match &names[..] {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [rest @ .., last] if names.len() <= FEW => format!("{} and {last}", rest.join(", ")),
        _ => format!("{} and {} more", names[..FEW].join(", "), names.len() - FEW),
    }
}

/// What else a script needs of what it is developed with: its programs, and what its files name.
pub fn tools(manifest: &Value, name: &str, texts: &BTreeMap<String, String>) -> BTreeSet<String> {
    let developed = manifest["devDependencies"].as_object();
    let names = || developed.into_iter().flatten().map(|(name, _)| name);
    let mut tools = BTreeSet::new();
    for command in scripts::commands(manifest, name).kept {
        for word in command.split(|c: char| c.is_whitespace() || "&|;\"'".contains(c)) {
            let named = |name: &&String| {
                name.as_str() == word
                    || matches!((name.as_str(), word), ("typescript", "tsc") | ("@babel/cli", "babel"))
                    || name
                        .rsplit_once('/')
                        .is_some_and(|(_, base)| base == word || base.strip_suffix("-cli") == Some(word))
            };
            tools.extend(names().find(named).cloned());
        }
    }
    tools.extend(required(names(), texts));
    tools
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn which_tests_run() {
        let run = |replaced: Option<&str>, needs: &[&str]| Tests::Run {
            replaced: replaced.map(str::to_owned),
            needs: needs.iter().map(|name| (*name).to_owned()).collect(),
        };
        let not = |why: &str| Tests::Not(why.to_owned());
        let lack = |names: &[&str]| Tests::Lack(names.iter().map(|name| (*name).to_owned()).collect());
        for (test, devs, text, expected) in [
            (json!("node test.js"), json!({}), "", run(None, &[])),
            (json!("node test.js"), json!({ "there": "1" }), "require('there')", run(None, &["there"])),
            (json!("node test.js"), json!({ "x": "1" }), "require('x/y')", lack(&["x"])),
            (json!("node test.js"), json!({ "x": "1" }), "'xy'", run(None, &[])),
            (json!("xo && node --test"), json!({ "xo": "1" }), "", run(Some("node --test"), &[])),
            (json!("there test.js"), json!({ "there": "1" }), "", run(None, &["there"])),
            (json!("mocha"), json!({ "mocha": "1" }), "", lack(&["mocha"])),
            (json!("tsc && mocha"), json!({}), "", lack(&["mocha", "typescript"])),
            (json!("echo \"Error: no test specified\" && exit 1"), json!({}), "", not("it has no tests")),
            (json!("standard"), json!({}), "", not("its `npm test` only lints")),
            (json!("node --test a.test.ts"), json!({}), "", not("tests are written in TypeScript")),
            (json!("./run.sh"), json!({}), "", not("it is not known what `./run.sh` needs")),
            (json!(null), json!({}), "", not("it has no tests")),
        ] {
            let manifest = json!({ "scripts": { "test": test }, "devDependencies": devs });
            let texts = BTreeMap::from([("test.js".to_owned(), text.to_owned())]);
            assert_eq!(tests(&manifest, &texts, |name| name == "there"), expected, "{test}");
        }
        let around = json!({ "scripts": { "pretest": "xo", "test": "node a" } });
        assert_eq!(tests(&around, &BTreeMap::new(), |_| false), run(Some("node a"), &[]));
    }

    #[test]
    fn files_of_tests_and_tools_of_builds() {
        let paths =
            ["test/a.js", "src/test.js", "lib/a.test.mjs", "check.js", "run/x.js", "index.js", "test/n.txt"];
        let paths: BTreeSet<String> = paths.iter().map(|path| (*path).to_owned()).collect();
        let manifest = json!({
            "scripts": { "test": "node check && node run", "build": "rimraf x && rollup -c && node check.js" },
            "devDependencies": { "rollup": "1", "typescript": "1", "other": "1", "in-text": "1" },
        });
        assert_eq!(
            files(&manifest, &["test"], &paths),
            ["check.js", "lib/a.test.mjs", "run/x.js", "test/a.js"]
        );
        let texts = BTreeMap::from([("check.js".to_owned(), "import x from \"in-text\"".to_owned())]);
        assert_eq!(tools(&manifest, "build", &texts).into_iter().collect::<Vec<_>>(), ["in-text", "rollup"]);
        let set = |text: &str| text.split(' ').map(str::to_owned).collect();
        assert_eq!(some(&set("a b c")), "a, b and c");
        assert_eq!(some(&set("a b c d e")), "a, b, c and 2 more");
    }
}
