//! What headwater.toml says, held against the project: what has no effect is an error that says so.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::found::Installation;
use crate::emit::model::npm::Project;
use crate::emit::{self, Language};
use crate::failure::Failure;
use crate::graph::Location;
use crate::graph::npm::{Graph, Node, Origin, Platform};
use crate::plan::npm::build::{has_install_scripts, needs_prepare};
use crate::plan::npm::own_scripts::OwnScript;
use crate::plan::npm::start;
use crate::policy::{Overrides, Policy, Program, Python, Scripts, Start};
use crate::problem::guix::no_system;
use crate::problem::{Problem, own as problem, policy};
use crate::rebuild::infer::makes_anything;

/// Scripts that build a project where it has none that is called `build`, the likeliest first. `prepare` is none of them:
/// it is one of npm's own steps, which run in any case.
const BUILDERS: [&str; 8] =
    ["build:production", "build:prod", "prepack", "prepublishOnly", "compile", "dist", "bundle", "transpile"];
/// Those of them that may do no more than test and publish.
const OF_PUBLICATION: [&str; 2] = ["prepack", "prepublishOnly"];

/// Why some keys of `[packages.NAME]` do nothing here.
const OF_PYTHON: &str = "it is for Python packages";

/// Holds the policy against the project.
///
/// # Errors
/// Every fault of the policy that the project shows, and what a language cannot say.
pub fn check(found: &Installation<'_>, project: &Project, to: &BTreeSet<Language>) -> Result<(), Failure> {
    let policy = found.policy;
    let mut faults = not_npm(policy);
    faults.extend(scripts(project));
    let made: Vec<&str> = policy.programs.keys().map(String::as_str).collect();
    if policy.project.output.is_some() && !made.is_empty() {
        faults.push(problem::output_without_programs(&made));
    }
    faults.extend(checked_only(policy, project));
    if to.contains(&Language::Guix) {
        faults.extend(guix(policy));
        faults.extend(guix_systems(found.graph));
    }
    let linked = found.linked();
    for (key, overrides) in &policy.packages {
        faults.extend(package(found, project, &linked, key, overrides));
    }
    if faults.is_empty() { Ok(()) } else { Err(Failure::Input(faults)) }
}

/// What is for Python projects only.
fn not_npm(policy: &Policy) -> Vec<Problem> {
    let of_npm = |key: &str, remedy: &str| problem::not_of(key, "npm projects", remedy);
    let python = (policy.python != Python::default())
        .then(|| of_npm("python", "take it out; [project] is what builds this one"));
    let is_module = |program: &Program| {
        program.command.as_ref().is_some_and(|command| matches!(command.start, Start::Module(_)))
    };
    let modules = policy.programs.iter().filter(|(_, program)| is_module(program)).map(|(name, _)| {
        of_npm(&format!("programs.{name:?}.module"), "write file = \"...\" or program = \"...\"")
    });
    python.into_iter().chain(modules).collect()
}

/// Scripts that package.json does not have.
fn scripts(project: &Project) -> Vec<Problem> {
    let names = |manifest: &Value| -> Vec<String> {
        manifest["scripts"].as_object().into_iter().flat_map(|scripts| scripts.keys().cloned()).collect()
    };
    let unknown = |key: &str, named: Option<&Scripts>, known: &[String]| -> Vec<Problem> {
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let named = named.and_then(Scripts::names).unwrap_or_default();
        let unknown = named.iter().filter(|script| !known.contains(&script.as_str()));
        unknown.map(|script| problem::no_script(key, script, &known)).collect()
    };
    let own = &project.own;
    let mut faults = unknown("project.build", own.build.as_ref(), &names(project.root()));
    // Those of members are among them, and node-gyp's, which is run without a script.
    let mut all: Vec<String> =
        project.manifests.values().flat_map(names).chain(["install".to_owned()]).collect();
    all.sort();
    all.dedup();
    faults.extend(unknown("project.skipScripts", own.skip_scripts.as_ref(), &all));
    faults
}

/// Programs that are only checked and that nothing makes.
fn checked_only(policy: &Policy, project: &Project) -> Vec<Problem> {
    let context = crate::emit::model::npm::context(project);
    let is_made = |name: &String| {
        context.bins.contains_key(name)
            || context.programs.contains_key(name)
            || context.start.is_some() && *name == context.pname
    };
    let unmade = policy.programs.keys().filter(|name| !is_made(name) && project.own.output.is_none());
    let why = "say what it runs: file = \"...\" or program = \"...\"";
    unmade.map(|name| policy::no_such_program(name, why)).collect()
}

/// What the project cannot do without, and no system of Guix can have.
fn guix_systems(graph: &Graph) -> Vec<Problem> {
    let refused = emit::guix::npm::refused(graph);
    let problem = |(location, platform): &(&Location, &Platform)| {
        let Platform { os, cpu, libc } = platform;
        no_system(location.as_str(), &[("os", os), ("cpu", cpu), ("libc", libc)])
    };
    refused.iter().map(problem).collect()
}

/// What Guix's definition of the project is not told.
fn guix(policy: &Policy) -> Vec<Problem> {
    let honoured = ["build", "env", "skipScripts"];
    let own = policy.project.said().into_iter().filter(|key| !honoured.contains(key));
    let keys = own.map(|key| format!("project.{key}"));
    let checks = policy.programs.iter().filter(|(_, program)| program.check.is_some());
    let given = policy.programs.iter().filter(|(_, program)| {
        program
            .command
            .as_ref()
            .is_some_and(|command| !matches!(command.start, Start::File(_)) || !command.arguments.is_empty())
    });
    let checks = checks.map(|(name, _)| format!("programs.{name:?}.check"));
    let given = given.map(|(name, _)| format!("programs.{name:?}"));
    keys.chain(checks).chain(given).map(|key| problem::not_in_guix(&key)).collect()
}

/// Keys of `[packages.NAME]` that change nothing.
fn package(
    found: &Installation<'_>,
    project: &Project,
    linked: &BTreeMap<Location, Vec<String>>,
    key: &str,
    overrides: &Overrides,
) -> Vec<Problem> {
    let mut faults = Vec::new();
    let pythons = [
        ("nativeBuildInputs", !overrides.native_build_inputs.is_empty()),
        ("buildRequires", !overrides.build_requires.is_empty()),
        ("configSettings", !overrides.config_settings.is_empty()),
        ("cargoLock", overrides.cargo_lock.is_some()),
        ("route", overrides.route.is_some()),
    ];
    let keys = said(&pythons);
    if !keys.is_empty() {
        let remedy = "take it out; programs that a package's scripts run are found among buildInputs, too";
        faults.push(problem::no_effect(key, &keys, OF_PYTHON, remedy));
    }
    let own = said(&[
        ("env", !overrides.env.is_empty()),
        ("buildInputs", !overrides.build_inputs.is_empty()),
        ("patches", !overrides.patches.is_empty()),
        ("skipScripts", overrides.skip_scripts.is_some()),
        ("source", overrides.source.is_some()),
    ]);
    let of_project = |node: &Node| matches!(node.origin, Origin::Project | Origin::Link { .. });
    let named: Vec<_> = found.graph.nodes.iter().filter(|(_, node)| is_named(key, node)).collect();
    let is_own = is_root(key, project.root()) || named.iter().any(|(_, node)| of_project(node));
    if named.iter().all(|(_, node)| of_project(node)) {
        // What no package is called is told of already.
        if is_own && !own.is_empty() {
            let why = "it is the project's own, and not one that the lockfile installs";
            faults.push(problem::no_effect(key, &own, why, "write them in [project]"));
        }
        return faults;
    }
    let of_registry = |node: &Node| matches!(node.origin, Origin::Registry { .. });
    if overrides.source.is_some() && !named.iter().any(|(_, node)| of_registry(node)) {
        let why = "no registry has it: the lockfile says where it is from";
        faults.push(problem::no_effect(key, &["source"], why, "take it out"));
    }
    // Compiled files find their libraries there, whether scripts are run or not.
    let is_linked = named.iter().any(|(location, _)| linked.contains_key(*location));
    let runs = said(&[
        ("env", !overrides.env.is_empty()),
        ("buildInputs", !overrides.build_inputs.is_empty() && !is_linked),
    ]);
    let has_scripts = |(location, node): &(&Location, &Node)| found.has_install_scripts(location, node);
    let is_prepared = named.iter().any(|(location, node)| found.runs_scripts(location, node));
    if !runs.is_empty() && !named.iter().any(has_scripts) {
        let (why, remedy) = match is_prepared {
            true => (
                "it has no install scripts: it is built from its commit",
                "write variables of that build in `build`: build = { env = { NAME = \"VALUE\" } }",
            ),
            false => (
                "the package has no install scripts, and nothing else of it is run",
                "take it out, or write it in [project] for the project's build",
            ),
        };
        faults.push(problem::no_effect(key, &runs, why, remedy));
    } else if !runs.is_empty() && overrides.skip_scripts == Some(true) {
        let why = "its install scripts are skipped";
        faults.push(problem::no_effect(key, &runs, why, "take out skipScripts, or these"));
    }
    let is_of_git = named.iter().any(|(_, node)| matches!(node.origin, Origin::Git { .. }));
    if overrides.build.is_some() && overrides.skip_scripts == Some(true) && is_of_git {
        let why = "with skipScripts, its commit's files are used as they are";
        faults.push(problem::no_effect(key, &["build"], why, "take out one of them"));
    }
    faults
}

/// `skipScripts` of packages that have none: harmless, and said.
pub fn idle(found: &Installation<'_>) -> Vec<Problem> {
    let skipped = found.policy.packages.iter().filter(|(_, overrides)| overrides.skip_scripts.is_some());
    let idle = skipped.filter(|(key, _)| {
        let mut named = found.graph.nodes.iter().filter(|(_, node)| is_named(key, node)).peekable();
        named.peek().is_some() && named.all(|(location, node)| !found.runs_scripts(location, node))
    });
    let why = "the package has no install scripts";
    let remedy = "if it is a leftover, delete it";
    idle.map(|(key, _)| problem::no_effect(key, &["skipScripts"], why, remedy).as_warning()).collect()
}

/// What the user may want to say of a project: of one that is not built, and of one that cannot start.
pub fn hints(project: &Project) -> Vec<Problem> {
    let mut warnings = Vec::new();
    let root = project.root();
    let is_built = start::script(root, "build").is_some() || is_built_by_prepare(project);
    if project.own.build.is_none() && !is_built {
        let others = root["scripts"].as_object().into_iter().flat_map(|scripts| scripts.keys());
        let others =
            others.map(String::as_str).filter(|name| name.starts_with("build:") && !BUILDERS.contains(name));
        let named = BUILDERS.into_iter().chain(others);
        let builds = |name: &&str| !OF_PUBLICATION.contains(name) || makes_anything(root, name);
        let scripts: Vec<_> =
            named.filter(|name| start::script(root, name).is_some()).filter(builds).collect();
        if !scripts.is_empty() {
            warnings.push(problem::unbuilt(&scripts));
        }
    }
    let context = crate::emit::model::npm::context(project);
    if let Some(lacking) = &project.lacking
        && context.programs.is_empty()
        && context.bins.is_empty()
        && project.own.output.is_none()
    {
        let package = lacking.package.folder_name().unwrap_or_default();
        let file = likely(root);
        warnings.push(problem::cannot_start(
            &lacking.command,
            &lacking.program,
            package,
            &context.pname,
            &file,
        ));
    }
    warnings
}

/// Whether one of npm's own steps builds the project.
fn is_built_by_prepare(project: &Project) -> bool {
    let builds = |script: &OwnScript| {
        let is_step = ["prepublish", "preprepare", "prepare", "postprepare"].contains(&script.event);
        script.folder.is_root() && script.in_build && is_step && makes_anything(project.root(), script.event)
    };
    project.scripts.iter().any(builds)
}

/// The file that starts the built project, as far as its scripts or its `main` tell.
fn likely(root: &Value) -> String {
    let scripts = ["start:prod", "start:production", "serve:prod", "prod", "serve"];
    let of_scripts = scripts.into_iter().filter_map(|name| start::file_of(start::script(root, name)?)).next();
    let file =
        of_scripts.or_else(|| root["main"].as_str()).unwrap_or("dist/main.js").trim_start_matches("./");
    let has_end = file.rsplit('/').next().is_some_and(|name| name.contains('.'));
    if has_end { file.to_owned() } else { format!("{file}.js") }
}

/// What is added, by the table that says it.
pub fn shown(found: &Installation<'_>) -> BTreeMap<String, Vec<String>> {
    let policy = found.policy;
    let used =
        policy.packages.iter().filter(|(key, _)| found.graph.nodes.values().any(|node| is_named(key, node)));
    let mut shown: BTreeMap<_, _> = used.map(|(key, overrides)| (key.clone(), overrides.shown())).collect();
    shown.extend(policy.shown());
    shown.retain(|_, lines| !lines.is_empty());
    shown
}

fn said<'a>(keys: &[(&'a str, bool)]) -> Vec<&'a str> {
    keys.iter().filter_map(|(key, is_said)| is_said.then_some(*key)).collect()
}

/// Whether a key of `[packages]` is a location's.
fn is_named(key: &str, node: &Node) -> bool {
    let Some(name) = &node.name else { return false };
    key == name.as_str() || node.version.as_ref().is_some_and(|version| key == format!("{name}@{version}"))
}

fn is_root(key: &str, root: &Value) -> bool {
    let Some(name) = root["name"].as_str() else { return false };
    key == name || root["version"].as_str().is_some_and(|version| key == format!("{name}@{version}"))
}

impl Installation<'_> {
    /// Whether npm would run scripts of a package, or nobody can know.
    fn runs_scripts(&self, location: &Location, node: &Node) -> bool {
        let contents = self.contents(location, node).filter(|_| matches!(node.origin, Origin::Git { .. }));
        self.has_install_scripts(location, node)
            || contents.is_some_and(|contents| needs_prepare(&contents.manifest_json()).is_some())
    }

    fn has_install_scripts(&self, location: &Location, node: &Node) -> bool {
        self.contents(location, node).is_none_or(|contents| {
            has_install_scripts(&contents.manifest_json(), contents.file("binding.gyp").is_some())
        })
    }
}
