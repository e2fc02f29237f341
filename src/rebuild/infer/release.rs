//! How a package is published, as a workflow of its repository or a script says.

use std::collections::BTreeMap;

use serde_json::Value;

use super::files::{Files, joined};
use super::repository::Repository;
use crate::foreign;
use crate::npm::script::shell::{Unit, plain, units, words};
use crate::rebuild::Packer;

/// What is known of a publication.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Release {
    /// The workflow or script, in words.
    pub place: String,
    /// Literal variables of the steps that build and publish, and of what is around them.
    pub env: BTreeMap<String, String>,
    /// Folder and text of the commands before the publication.
    pub commands: Vec<(String, String)>,
    pub packer: Option<Packer>,
    /// Major version of the Node that it sets up.
    pub node: Option<u64>,
    /// The folder that is published where a command names one.
    pub contents: Option<String>,
    pub remarks: Vec<String>,
}

/// A command that publishes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Publication {
    packer: Option<Packer>,
    folder: Option<String>,
    remark: Option<&'static str>,
}

const BY_SEMANTIC_RELEASE: &str = "semantic-release sets the version when it publishes";

/// From the workflows of a commit; else from the scripts of the root and of the package.
pub fn release(repository: &Repository<'_>, package: &str) -> Option<Release> {
    let mut workflows: Vec<&String> =
        repository.files.texts.keys().filter(|path| path.starts_with(".github/workflows/")).collect();
    // A release that is only tried says less.
    let tries =
        |path: &str| ["canary", "nightly", "preview", "snapshot"].iter().any(|word| path.contains(word));
    workflows.sort_by_key(|path| (tries(path), path.as_str()));
    let of_workflow = workflows.into_iter().find_map(|path| workflow(repository, package, path));
    of_workflow.or_else(|| of_scripts(repository, package))
}

fn of_scripts(repository: &Repository<'_>, package: &str) -> Option<Release> {
    let names = [
        "release",
        "publish",
        "publish:all",
        "release:publish",
        "ci:publish",
        "ci:release",
        "publish-packages",
    ];
    let places = [package, ""].into_iter().flat_map(|folder| names.map(|name| (folder, name)));
    places.into_iter().find_map(|(folder, name)| {
        let found = publication(repository, folder, repository.script(folder, name)?, 0)?;
        let remarks = found.remark.map(str::to_owned).into_iter().collect();
        Some(Release {
            place: format!("script {name:?}"),
            packer: found.packer,
            remarks,
            ..Release::default()
        })
    })
}

fn workflow(repository: &Repository<'_>, package: &str, path: &str) -> Option<Release> {
    let files: &Files = repository.files;
    let value: Value = foreign::yaml(files.texts.get(path)?)?;
    let jobs = value["jobs"].as_object()?;
    for job in jobs.values() {
        let steps = job["steps"].as_array().map_or(&[][..], Vec::as_slice);
        let published =
            steps.iter().enumerate().find_map(|(at, step)| Some((at, of_step(repository, step)?)));
        let Some((at, found)) = published else { continue };
        let mut release = Release {
            place: path.trim_start_matches(".github/workflows/").to_owned(),
            packer: found.packer,
            remarks: found.remark.map(str::to_owned).into_iter().collect(),
            ..Release::default()
        };
        release.contents = found.folder.filter(|folder| is_filled(files, folder, package));
        release.env.extend(literals(&value["env"]));
        for needed in needed(job).filter_map(|name| jobs.get(name)) {
            release.take(needed, needed["steps"].as_array().map_or(&[][..], Vec::as_slice), false);
        }
        release.take(job, &steps[..=at], true);
        return Some(release);
    }
    None
}

fn needed(job: &Value) -> impl Iterator<Item = &str> {
    let list = job["needs"].as_array().map_or(&[][..], Vec::as_slice);
    job["needs"].as_str().into_iter().chain(list.iter().filter_map(Value::as_str))
}

/// Whether the build makes a folder: nothing of it is in the commit.
fn is_filled(files: &Files, folder: &str, package: &str) -> bool {
    let inside = format!("{folder}/");
    folder != package
        && !folder.is_empty()
        && !folder.contains(['$', '{', '*'])
        && !files.paths.iter().any(|path| path.starts_with(&inside))
}

impl Release {
    /// Takes the steps of a job up to the publication; `publishes` says that the job publishes, and its environment
    /// counts whatever its steps do.
    fn take(&mut self, job: &Value, steps: &[Value], publishes: bool) {
        let sets_up = |step: &Value| {
            step["uses"].as_str().is_some_and(|action| action.starts_with("actions/setup-node@"))
        };
        let mut set_up = steps.iter().rev().filter(|step| sets_up(step));
        let node = set_up.find_map(|step| node_major(&step["with"]["node-version"]));
        // What publishes counts more than what builds before it.
        self.node = node.or(self.node);
        let builds = |step: &Value| {
            let run = step["run"].as_str().unwrap_or_default();
            ["build", "bundle", "compile", "pack", "publish", "release"].iter().any(|word| run.contains(word))
        };
        if publishes || steps.iter().any(builds) {
            self.env.extend(literals(&job["env"]));
        }
        let default = job["defaults"]["run"]["working-directory"].as_str().unwrap_or_default();
        let last = steps.len().saturating_sub(usize::from(publishes));
        for (at, step) in steps.iter().enumerate() {
            let is_last = publishes && at == last;
            if is_last || builds(step) {
                self.env.extend(literals(&step["env"]));
            }
            let folder = joined("", step["working-directory"].as_str().unwrap_or(default));
            if let (Some(folder), Some(run)) = (folder, step["run"].as_str())
                && builds(step)
            {
                self.commands.push((folder, run.to_owned()));
            }
        }
    }
}

/// The major version that a value of a workflow means.
fn node_major(version: &Value) -> Option<u64> {
    match version {
        Value::String(text) => super::node::major(text),
        Value::Number(number) => super::node::major(&number.to_string()),
        _ => None,
    }
}

/// Variables whose values are written there: nothing that the runner fills in, no secrets, and none that a build has for
/// itself.
fn literals(env: &Value) -> BTreeMap<String, String> {
    let is_own = |name: &str| {
        let secret = ["AUTH", "DOCKER", "IMAGE", "PASSWORD", "REGISTRY", "SECRET", "TOKEN", "_KEY"]
            .iter()
            .any(|word| name.contains(word));
        let begins = [
            "CI",
            "CYPRESS_",
            "GITHUB_",
            "HUSKY",
            "LD_",
            "NODE_OPTIONS",
            "NODE_PATH",
            "NPM_CONFIG",
            "PLAYWRIGHT_",
            "PNPM_",
            "PUPPETEER_",
            "TURBO_",
            "YARN_",
            "npm_config",
        ];
        let is = [
            "FORCE_COLOR",
            "HOME",
            "NODE_VERSION",
            "PATH",
            "PWD",
            "SHELL",
            "SOURCE_DATE_EPOCH",
            "TMPDIR",
            "USER",
        ];
        secret || begins.iter().any(|word| name.starts_with(word)) || is.contains(&name)
    };
    let variables = env.as_object().into_iter().flatten().filter_map(|(name, value)| {
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Bool(_) | Value::Number(_) => value.to_string(),
            _ => return None,
        };
        let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        (is_name && !is_own(name) && !value.contains("${{")).then(|| (name.clone(), value))
    });
    variables.collect()
}

fn of_step(repository: &Repository<'_>, step: &Value) -> Option<Publication> {
    let action = step["uses"].as_str().unwrap_or_default().split('@').next().unwrap_or_default();
    let folder = joined("", step["working-directory"].as_str().unwrap_or_default())?;
    match action {
        "changesets/action" => publication(repository, &folder, step["with"]["publish"].as_str()?, 0),
        "JS-DevTools/npm-publish" => {
            Some(Publication { packer: Some(Packer::Npm), ..Publication::default() })
        }
        "cycjimmy/semantic-release-action" => Some(Publication {
            packer: Some(Packer::Npm),
            remark: Some(BY_SEMANTIC_RELEASE),
            ..Publication::default()
        }),
        _ => publication(repository, &folder, step["run"].as_str()?, 0),
    }
}

/// The command of a text, or of a script that it runs, that publishes.
fn publication(repository: &Repository<'_>, folder: &str, text: &str, depth: usize) -> Option<Publication> {
    let mut folder = folder.to_owned();
    for unit in units(text) {
        let commands = match unit {
            Unit::Command(command) => vec![command],
            Unit::Either(parts) => parts,
            Unit::Group(text) => vec![text],
            Unit::Whole(text) => text.split(['|', '&', ';', '\n']).collect(),
        };
        for command in commands {
            let words: Vec<String> = words(command).into_iter().map(plain).collect();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            if let ["cd", to] = words[..] {
                folder = joined(&folder, to)?;
            } else if let Some(found) = publishes(&words, &folder) {
                return Some(found);
            } else if let Some(name) = called(&words).filter(|_| depth < 3)
                && let Some(script) = repository.script(&folder, name).or_else(|| repository.script("", name))
                && let Some(found) = publication(repository, &folder, script, depth + 1)
            {
                return Some(found);
            }
        }
    }
    None
}

/// The script that words of a package manager run.
fn called<'a>(words: &[&'a str]) -> Option<&'a str> {
    let (first, rest) = words.split_first()?;
    let mut rest = rest.iter().filter(|word| !word.starts_with('-') && **word != "run").copied();
    matches!(*first, "npm" | "pnpm" | "yarn" | "bun" | "npx").then(|| rest.next()).flatten()
}

fn publishes(words: &[&str], folder: &str) -> Option<Publication> {
    let has = |word: &str| words.contains(&word);
    let skipped = ["npx", "pnpx", "bunx", "exec", "dlx", "x"];
    let program = words.iter().find(|word| !word.starts_with('-') && !skipped.contains(word))?;
    let with = |packer, remark| Some(Publication { packer, folder: None, remark });
    // `npx semantic-release@19`, `pnpm exec changeset publish`.
    let tool =
        words.iter().take(4).find_map(|word| match word.split_once('@').map_or(*word, |(name, _)| name) {
            tool @ ("semantic-release" | "changeset" | "lerna" | "np" | "release-it" | "pkg-pr-new") => {
                Some(tool)
            }
            _ => None,
        });
    match (tool, *program) {
        (Some("pkg-pr-new"), _) => None,
        (Some("semantic-release"), _) => with(Some(Packer::Npm), Some(BY_SEMANTIC_RELEASE)),
        // It takes pnpm where the repository is pnpm's.
        (Some("changeset"), _) => has("publish").then(|| with(None, None)).flatten(),
        (Some("lerna"), _) => has("publish").then(|| with(Some(Packer::Lerna), None)).flatten(),
        (Some("np" | "release-it"), _) => with(Some(Packer::Npm), None),
        (_, manager @ ("npm" | "pnpm" | "yarn" | "bun")) => {
            let at = words.iter().position(|word| *word == "publish")?;
            let between = &words[1..at];
            let is_its_own = between.iter().all(|word| {
                word.starts_with('-')
                    || *word == "npm"
                    || between.iter().any(|option| option.starts_with('-'))
            });
            let named = words[at + 1..].iter().find(|word| !word.starts_with('-') && !word.contains("tgz"));
            let named = named
                .filter(|word| word.starts_with(['.']) || matches!(**word, "dist" | "build" | "lib" | "pkg"));
            let folder = named.map_or(Some(folder.to_owned()), |named| joined(folder, named));
            let packer = match manager {
                "pnpm" => Some(Packer::Pnpm),
                "yarn" if between.contains(&"npm") => Some(Packer::Yarn),
                _ => Some(Packer::Npm),
            };
            is_its_own.then_some(Publication { packer, folder, remark: None })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
