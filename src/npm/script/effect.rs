//! What a script of package.json does, as far as its text tells.

use std::collections::BTreeSet;

use serde_json::Value;

/// The script of a package that wants the network, itself or by another that it runs: it cannot do its work
/// in a build. `programs` says whether a program is installed.
pub fn wants_network(manifest: &Value, command: &str, programs: impl Fn(&str) -> bool) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![command.to_owned()];
    while let Some(command) = open.pop() {
        for part in parts(&command) {
            if asks(&part, &programs) {
                return true;
            }
            let called = script_of(&part).filter(|name| seen.insert((*name).to_owned()));
            let called = called.and_then(|name| manifest["scripts"][name].as_str());
            open.extend(called.map(str::to_owned));
        }
    }
    false
}

/// The simple commands of a script, as words, without what is set for them.
fn parts(command: &str) -> impl Iterator<Item = Vec<&str>> {
    command.split(['&', '|', ';', '\n', '(', ')']).filter_map(|part| {
        let is_set = |word: &&str| word.contains('=') && !word.starts_with('-') || *word == "cross-env";
        let words: Vec<_> = part.split_whitespace().skip_while(is_set).collect();
        (!words.is_empty()).then_some(words)
    })
}

/// The program that a command runs, by whatever npm runs it.
fn program<'a>(words: &[&'a str]) -> (&'a str, bool) {
    let is_option = |word: &&&str| word.starts_with('-');
    match words {
        ["npx", rest @ ..] | ["npm", "exec", rest @ ..] | ["npm", "x", rest @ ..] => {
            (rest.iter().find(|word| !is_option(word)).copied().unwrap_or_default(), true)
        }
        [first, ..] => (first, false),
        [] => ("", false),
    }
}

/// Whether a script leaves no file that counts.
pub fn makes_nothing(command: &str) -> bool {
    is_guard(command) || installs_hooks(command)
}

/// Whether it only refuses other package managers, or edits a lockfile that is no longer read.
pub fn is_guard(command: &str) -> bool {
    parts(command)
        .all(|part| matches!(without_version(program(&part).0), "only-allow" | "npm-force-resolutions"))
}

/// Whether it does something only where the package is published.
pub fn is_for_publication(command: &str) -> bool {
    let words: Vec<&str> = command.split_whitespace().collect();
    matches!(words[..], ["not-in-publish", "||", ..] | ["in-publish", "&&", ..])
}

/// Whether it runs one of these scripts of its package and nothing else.
pub fn is_one_of(command: &str, scripts: &[String]) -> bool {
    only_script(command).is_some_and(|script| scripts.iter().any(|one| one == script))
}

/// The script of its package that it runs, where it does nothing else.
pub fn only_script(command: &str) -> Option<&str> {
    let mut parts = parts(command);
    let first = parts.next();
    let script = first.as_ref().and_then(|part| script_of(part));
    if parts.next().is_none() { script } else { None }
}

/// Whether a script is only about the repository: it installs git hooks, or removes what git does not know.
pub fn installs_hooks(command: &str) -> bool {
    let is_hooks = |words: &Vec<&str>| {
        matches!(without_version(program(words).0), "husky" | "lefthook" | "simple-git-hooks" | "pre-commit")
            || matches!(words.as_slice(), ["git", "config" | "clean" | "init", ..])
    };
    let is_condition =
        |words: &Vec<&str>| matches!(words[0], "is-ci" | "true" | "exit" | ":" | "test" | "[" | "echo");
    parts(command).any(|part| is_hooks(&part))
        && parts(command).all(|part| is_hooks(&part) || is_condition(&part))
}

fn without_version(program: &str) -> &str {
    program.split_once('@').filter(|(name, _)| !name.is_empty()).map_or(program, |(name, _)| name)
}

fn asks(words: &[&str], programs: &impl Fn(&str) -> bool) -> bool {
    let (name, by_npx) = program(words);
    if by_npx {
        return !name.is_empty() && !programs(without_version(name));
    }
    let has = |wanted: &[&str]| words[1..].iter().any(|word| wanted.contains(word));
    match name {
        "npm" => has(&["install", "i", "ci", "add"]) && script_of(words).is_none(),
        "yarn" | "pnpm" | "bun" => words.len() == 1 || has(&["install", "i", "add"]),
        "curl" | "wget" => true,
        "git" => has(&["clone", "submodule", "fetch", "pull"]),
        _ => false,
    }
}

/// The script of its own package that a command runs.
fn script_of<'a>(words: &[&'a str]) -> Option<&'a str> {
    let at = words.iter().position(|word| matches!(*word, "run" | "run-script"))?;
    let is_here =
        !words.iter().any(|word| matches!(*word, "--prefix" | "-C" | "--workspaces" | "-w" | "--workspace"));
    (words[0] == "npm" && is_here)
        .then(|| words[at + 1..].iter().find(|word| !word.starts_with('-')).copied())?
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_only_for_publication() {
        assert!(is_for_publication("not-in-publish || npm run prepublishOnly"));
        assert!(is_for_publication("in-publish && npm run build"));
        assert!(!is_for_publication("in-publish || npm run build"));
        assert!(!is_for_publication("npm run build"));
    }

    #[test]
    fn scripts_that_want_the_network_are_known_before_they_fail() {
        let manifest = json!({ "scripts": { "client": "cd client && npm ci", "loop": "npm run loop" } });
        let wants = |command| wants_network(&manifest, command, |program| program == "tsc");
        for command in [
            "npm --prefix client install",
            "cd client && npm install --no-audit",
            "npm run client",
            "npx some-tool --fast",
            "yarn",
            "yarn install",
            "A=1 curl -O x",
            "git submodule update --init",
        ] {
            assert!(wants(command), "{command}");
        }
        for command in [
            "npm run build",
            "npx tsc",
            "patch-package",
            "npm run loop",
            "node scripts/install",
            "npm run install",
        ] {
            assert!(!wants(command), "{command}");
        }
    }
}
