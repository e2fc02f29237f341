//! Which script makes what the registry ships, and what `npm pack` may leave out.

use serde_json::Value;

use crate::npm::script::{makes_nothing, only_script, wants_network};

/// How much of what the registry ships is in the commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shipped {
    /// All of it.
    Committed,
    /// Something is not: what, in words.
    Built(String),
    /// Nobody compared.
    Unknown,
}

/// The build phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// `npm run build`, which is what buildNpmPackage does by itself.
    Usual,
    /// Another script.
    Script(String),
    /// None.
    Nothing,
}

/// The build phase, and what a person must look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    pub phase: Phase,
    pub doubt: Option<String>,
    /// Why `npm pack` need not run scripts; it runs them where this is `None`.
    pub packs_only: Option<&'static str>,
}

/// The usual script of buildNpmPackage.
const USUAL: &str = "build";

/// From the package.json of what is built.
pub fn build(manifest: &Value, made: &Shipped) -> Build {
    let script = |name: &str| {
        manifest["scripts"][name].as_str().filter(|command| {
            !command.trim().is_empty() && !makes_nothing(command) && !only_sets_modes(command)
        })
    };
    let (phase, doubt) = if *made == Shipped::Committed {
        (Phase::Nothing, None)
    } else if script(USUAL).is_some() {
        let wants = wants_network(manifest, &format!("npm run {USUAL}"), |_| true);
        let doubt = wants.then(|| format!("`npm run {USUAL}` seems to want the network"));
        (Phase::Usual, doubt)
    } else if let Some((event, name)) = released_by(&script) {
        let doubt = match event == name {
            true => format!("guessed: npm runs {event:?} before a release, and there is no script {USUAL:?}"),
            false => format!("guessed: {event:?} runs it before a release, and there is no script {USUAL:?}"),
        };
        (Phase::Script(name), Some(doubt))
    } else {
        (Phase::Nothing, unexplained(made))
    };
    let packs_only = packs_only(manifest, &phase, made);
    Build { phase, doubt, packs_only }
}

/// Whether a script makes programs executable and nothing else: npm does that itself.
fn only_sets_modes(command: &str) -> bool {
    command.split(['&', ';']).map(str::trim).all(|part| part.is_empty() || part.starts_with("chmod "))
}

/// The event of a release that makes something, and the script that does.
fn released_by<'a>(script: &impl Fn(&str) -> Option<&'a str>) -> Option<(&'static str, String)> {
    ["prepack", "prepare", "prepublishOnly", "prepublish"].into_iter().find_map(|event| {
        let command = script(event)?;
        Some((event, only_script(command).unwrap_or(event).to_owned()))
    })
}

fn unexplained(made: &Shipped) -> Option<String> {
    let Shipped::Built(what) = made else { return None };
    Some(format!("no script says how this is made: {what}"))
}

/// Why `npm pack` need not run `prepack` and `prepare`.
fn packs_only(manifest: &Value, phase: &Phase, made: &Shipped) -> Option<&'static str> {
    let commands = ["prepack", "prepare", "postpack"].into_iter();
    let commands: Vec<_> = commands
        .filter_map(|event| Some((event, manifest["scripts"][event].as_str()?)))
        .filter(|(_, command)| !command.trim().is_empty())
        .collect();
    if commands.is_empty() {
        return None;
    }
    if *made == Shipped::Committed {
        return Some("All files are in the repository.");
    }
    let built = match phase {
        Phase::Usual => USUAL,
        Phase::Script(name) => name,
        Phase::Nothing => "",
    };
    let is_done = |event: &str, command: &str| event == built || only_script(command) == Some(built);
    if commands.iter().all(|(_, command)| makes_nothing(command)) {
        return Some("It would install git hooks.");
    }
    let all = commands.iter().all(|(event, command)| is_done(event, command) || makes_nothing(command));
    all.then_some("It would run the build again.")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(scripts: Value, made: &Shipped) -> (Phase, bool, bool) {
        let found = build(&json!({ "scripts": scripts }), made);
        (found.phase, found.doubt.is_some(), found.packs_only.is_some())
    }

    #[test]
    fn the_script_that_builds() {
        let built = Shipped::Built("build output (1): dist/a.js".to_owned());
        let script = |name: &str| Phase::Script(name.to_owned());
        for (scripts, made, phase, doubt, packs_only) in [
            (json!({ "build": "tsc" }), &built, Phase::Usual, false, false),
            (json!({ "build": "tsc" }), &Shipped::Unknown, Phase::Usual, false, false),
            (json!({ "build": "tsc" }), &Shipped::Committed, Phase::Nothing, false, false),
            (json!({ "build": "tsc", "prepare": "husky" }), &built, Phase::Usual, false, true),
            (json!({ "build": "tsc", "prepack": "npm run build" }), &built, Phase::Usual, false, true),
            (json!({ "build": "tsc", "prepack": "npm run build && x" }), &built, Phase::Usual, false, false),
            (json!({ "build": "npm ci && tsc" }), &built, Phase::Usual, true, false),
            (json!({ "prepublishOnly": "npm run compile" }), &built, script("compile"), true, false),
            (json!({ "prepare": "tsc" }), &built, script("prepare"), true, true),
            (json!({ "prepare": "tsc" }), &Shipped::Committed, Phase::Nothing, false, true),
            (json!({ "prepare": "husky install" }), &Shipped::Unknown, Phase::Nothing, false, true),
            (json!({ "prepare": "chmod +x a.js && chmod +x b.js" }), &built, Phase::Nothing, true, false),
            (json!({ "test": "x" }), &built, Phase::Nothing, true, false),
            (json!({}), &Shipped::Unknown, Phase::Nothing, false, false),
        ] {
            assert_eq!(of(scripts.clone(), made), (phase, doubt, packs_only), "{scripts} {made:?}");
        }
    }
}
