//! The rules by which a package's own commands are found.

use serde_json::Value;

use super::effect::Effect;
use super::expand::{Command, script, text};
use super::release::Release;
use super::repository::Repository;
use crate::npm::script::shell::words;
use crate::rebuild::Step;

/// Commands that a rule found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub steps: Vec<Step>,
    pub rule: String,
}

/// Names of scripts that build where there is no `build`.
const OTHERS: [&str; 15] = [
    "compile",
    "dist",
    "bundle",
    "transpile",
    "build:package",
    "build:prod",
    "build:production",
    "build:dist",
    "build:lib",
    "build-lib",
    "build:all",
    "build:js",
    "build:npm",
    "build:umd",
    "browserify",
];

/// What the rules find for a package, in their order.
pub fn candidates(repository: &Repository<'_>, folder: &str, release: Option<&Release>) -> Vec<Candidate> {
    let mut found = own(repository, folder);
    found.extend(release.and_then(|release| by_workflow(repository, folder, release)));
    if !folder.is_empty() {
        found.extend(by_root(repository, folder));
    }
    let events = events(repository, folder);
    found.extend(candidate(&events.commands, Effect::Unsure, &events.rule));
    found
}

/// What the scripts of a package's own manifest give.
fn own(repository: &Repository<'_>, folder: &str) -> Vec<Candidate> {
    let events = events(repository, folder);
    let mut found: Vec<Candidate> =
        candidate(&events.commands, Effect::Builds, &events.rule).into_iter().collect();
    // What `prepare` does besides is done before, as in a checkout, and what `prepack` does behind it.
    let with_events = |name: &str| {
        let commands = script(repository, folder, folder, name);
        let does = commands.iter().any(|command| command.effect >= Effect::Unsure);
        let event = |name| script(repository, folder, folder, name);
        let all = if does { [event("prepare"), commands, event("prepack")].concat() } else { Vec::new() };
        candidate(&all, Effect::Unsure, &format!("script {name:?}"))
    };
    let published = ["prepublishOnly", "prepublish"].iter().find_map(|name| with_events(name));
    found.extend(with_events("build"));
    found
        .extend(published.map(|found| Candidate { rule: format!("what builds in {}", found.rule), ..found }));
    found.extend(OTHERS.iter().find_map(|name| with_events(name)));
    found
}

/// `prepare` and `prepack` together: `npm publish` of a checkout runs both.
struct Events {
    commands: Vec<Command>,
    rule: String,
}

fn events(repository: &Repository<'_>, folder: &str) -> Events {
    let mut commands: Vec<Command> = Vec::new();
    let mut names = Vec::new();
    for event in ["prepare", "prepack"] {
        let mut new = script(repository, folder, folder, event);
        new.retain(|command| !commands.iter().any(|other| other.step.is_same(&command.step)));
        if !new.is_empty() {
            names.push(format!("{event:?}"));
        }
        commands.extend(new);
    }
    let rule = if names.len() > 1 { "scripts" } else { "script" };
    Events { commands, rule: format!("{rule} {}", names.join(" and ")) }
}

/// The commands of the workflow that publishes. Those that run in folders of others are theirs.
fn by_workflow(repository: &Repository<'_>, folder: &str, release: &Release) -> Option<Candidate> {
    let commands = release.commands.iter().flat_map(|(at, run)| text(repository, folder, at, run));
    let commands: Vec<Command> = commands.filter(|command| command.effect >= Effect::Helps).collect();
    candidate(&commands, Effect::Builds, &format!("commands of {}", release.place))
}

/// `build` of the root, for a package whose own folder has no script.
fn by_root(repository: &Repository<'_>, folder: &str) -> Option<Candidate> {
    let name = ["build", "prepare", "prepack", "compile"]
        .into_iter()
        .find(|name| repository.script("", name).is_some())?;
    let mut commands = script(repository, folder, "", name);
    // What is built in the folders of others is theirs.
    if !commands.iter().any(|command| ["", folder].contains(&command.step.directory.as_str())) {
        return None;
    }
    let base = folder.rsplit('/').next().unwrap_or(folder);
    if let [only] = commands.as_mut_slice()
        && takes_names(repository, &only.step)
    {
        only.step.command = format!("{} {base}", only.step.command);
        return candidate(
            &commands,
            Effect::Builds,
            &format!("script {name:?} of the root, with the name {base:?}"),
        );
    }
    candidate(&commands, Effect::Builds, &format!("script {name:?} of the root"))
}

/// Whether the file that a command of Node runs reads its arguments.
fn takes_names(repository: &Repository<'_>, step: &Step) -> bool {
    let words = words(&step.command);
    let ["node", path] = words[..] else { return false };
    let file = super::files::joined(&step.directory, path);
    let text = file.and_then(|file| repository.files.texts.get(&file));
    text.is_some_and(|text| ["process.argv", "parseArgs", "minimist"].iter().any(|word| text.contains(word)))
}

/// The commands as a candidate, if one of them does as much.
fn candidate(commands: &[Command], least: Effect, rule: &str) -> Option<Candidate> {
    let does = commands.iter().any(|command| command.effect >= least);
    let mut steps: Vec<Step> = Vec::new();
    for command in commands {
        if !steps.iter().any(|other| other.is_same(&command.step)) {
            steps.push(command.step.clone());
        }
    }
    does.then(|| Candidate { steps, rule: rule.to_owned() })
}

/// The commands of the workspaces that a package needs, in order, and their names.
pub fn needed_before(
    repository: &Repository<'_>,
    folder: &str,
    candidate: &Candidate,
) -> (Vec<Step>, Vec<String>) {
    let (mut steps, mut names) = (Vec::new(), Vec::new());
    // nx knows what it needs itself, and what the root builds is the root's.
    let is_of_nx = |step: &Step| words(&step.command).first() == Some(&"nx");
    let is_of_package = |step: &Step| step.directory == folder;
    if candidate.steps.iter().any(is_of_nx) || !candidate.steps.iter().any(is_of_package) {
        return (steps, names);
    }
    for needed in repository.needed_by(folder) {
        let Some(found) = own(repository, needed).into_iter().next() else { continue };
        let new: Vec<Step> = found
            .steps
            .into_iter()
            .filter(|step| !candidate.steps.iter().any(|own| own.is_same(step)))
            .collect();
        if !new.is_empty() {
            names.push(repository.manifest(needed)["name"].as_str().unwrap_or(needed).to_owned());
            steps.extend(new);
        }
    }
    (steps, names)
}

/// Why no rule finds anything.
pub fn why_none(manifest: &Value) -> String {
    let scripts: Vec<&str> =
        manifest["scripts"].as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    if scripts.is_empty() {
        return "package.json has no scripts, and no workflow or script of the root builds it".to_owned();
    }
    format!(
        "no script builds: package.json has {}, and what they do are tests, checks and publication",
        scripts.join(", ")
    )
}
