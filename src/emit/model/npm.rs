//! The project itself: its name, its programs, and what `npm start` and `npm run build` would run.

pub mod described;
pub mod rebuilds;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::provenance::SourceType;
use super::{Lockfile, store_name};
use crate::emit::packs::Pack;
use crate::graph::Purl;
use crate::graph::npm::{Graph, Node, Origin};
use crate::graph::{Location, PackageName};
use crate::hash::Integrity;
use crate::plan::npm::build::PackageBuild;
use crate::plan::npm::downloads::Download;
use crate::plan::npm::engines::Engine;
use crate::plan::npm::own_scripts::OwnScript;
use crate::plan::npm::packs::Place;
use crate::plan::npm::shell::Shell;
use crate::plan::npm::start;
use crate::plan::npm::start::Lacking;
use crate::policy::Mirrors;
use crate::policy::{Command, OwnBuild, Program, Wrap};
use described::Described;

/// What a lockfile of npm installs, and all that is known of it.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    pub project: &'a Project,
    /// What is emitted is for this file and no other.
    pub lockfile: &'a Lockfile,
    pub graph: &'a Graph,
    /// Address of the default registry, with a slash at its end.
    pub registry: &'a str,
    pub mirrors: Mirrors,
    pub builds: &'a BTreeMap<Location, PackageBuild>,
    /// Packages with compiled files that ask the machine for something, and attributes of `pkgs` that have it.
    pub linked: &'a BTreeMap<Location, Vec<String>>,
    pub shell: &'a Shell,
    /// What takes the place of downloads, by `name@version`, and which location is which.
    pub downloads: &'a BTreeMap<String, Download>,
    pub download: &'a BTreeMap<Location, String>,
    /// Program name to path in the package, for every location that has programs.
    pub bins: &'a BTreeMap<Location, BTreeMap<String, String>>,
    /// Locations that cannot be made, and the sentence that says why.
    pub missing: &'a BTreeMap<Location, String>,
    /// What each fetched package is to nixpkgs' policy.
    pub provenance: &'a BTreeMap<Purl, SourceType>,
    /// Packages that are what a build of their commit makes, by what the emitted code knows that build.
    pub rebuilt: &'a BTreeMap<Purl, String>,
    /// What is asked of Node, and whether nothing is made with another.
    pub engines: &'a [Engine],
    pub is_engine_strict: bool,
    /// What is fetched together, where it is fetched in packs.
    pub packs: Option<Packs<'a>>,
    /// What packages say of themselves, by [`definition_key`], where there are definitions.
    pub described: Option<&'a BTreeMap<String, Described>>,
    /// SHA-256 of tools' files whose pinned hash definitions cannot have.
    pub tool_hashes: &'a BTreeMap<Purl, Integrity>,
}

/// What is fetched together.
#[derive(Clone, Copy)]
pub struct Packs<'a> {
    pub packs: &'a BTreeMap<String, Pack>,
    /// Where each fetched package lies.
    pub places: &'a BTreeMap<Purl, Place>,
}

/// What a definition is known by: its package, or of what is the project's own its location. `None` for what is not
/// installed by itself.
pub fn definition_key(location: &Location, node: &Node) -> Option<String> {
    match &node.origin {
        Origin::Tarball { .. } | Origin::Folder { .. } => Some(local_key(location)),
        Origin::Project | Origin::Link { .. } | Origin::Bundled { .. } => None,
        _ => node.identity().map(|purl| purl.to_string()),
    }
}

/// The same of a location whose files are the project's.
pub fn local_key(location: &Location) -> String {
    format!("project {location}")
}

/// What is known of the project's own folder.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// The folder's own name, for a project that gives none.
    pub folder_name: String,
    /// `package.json` of the project (`""`) and of each linked folder.
    pub manifests: BTreeMap<Location, Value>,
    /// Program name to path in the package, for the same locations.
    pub bins: BTreeMap<Location, BTreeMap<String, String>>,
    /// The life-cycle scripts of these packages that are run, in order.
    pub scripts: Vec<OwnScript>,
    /// Whether there is a `server.js`, which `npm start` runs where no script says otherwise.
    pub has_server: bool,
    /// What `npm start` would run and the result does not have.
    pub lacking: Option<Lacking>,
    /// What the user says of it.
    pub own: OwnBuild,
    pub programs: BTreeMap<String, Program>,
}

impl Project {
    pub fn root(&self) -> &Value {
        self.manifests.get(&Location::root()).unwrap_or(&Value::Null)
    }
}

/// The project's part of `packages.nix`.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Context {
    /// `""` where package.json has none that is a folder's.
    pub name: String,
    pub pname: String,
    pub version: String,
    description: String,
    main_program: Option<String>,
    /// Program name to path in the project's folder.
    pub bins: BTreeMap<String, String>,
    /// What `npm start` runs, where there are no programs.
    pub start: Option<String>,
    /// The life-cycle scripts of the project's own packages, in npm's order.
    pub scripts: Vec<OwnScript>,
    /// Programs that the user names.
    pub programs: BTreeMap<String, Command>,
    /// With what they are shown to work.
    checks: BTreeMap<String, Vec<String>>,
    /// The scripts that build it, in order.
    pub build: Vec<String>,
    env: BTreeMap<String, String>,
    native_build_inputs: Vec<String>,
    build_inputs: Vec<String>,
    patches: Vec<String>,
    wrap: Option<Wrap>,
    output: Option<String>,
    exclude: Vec<String>,
    nodejs: Option<String>,
    /// Whether package.json says which files are published.
    pub files: bool,
}

/// What follows of the project from its own folder.
pub fn context(project: &Project) -> Context {
    let root = project.root();
    let text = |key: &str| root[key].as_str().unwrap_or_default().to_owned();
    // The name is a folder below node_modules in the result: npm's rules keep it there.
    let name = text("name");
    let name = if PackageName::new(&name).is_ok() { name } else { String::new() };
    let pname = store_name(match root["name"].as_str() {
        Some(name) if !name.is_empty() => name,
        _ => &project.folder_name,
    });
    let own = &project.own;
    // A folder that the build made has none.
    let is_whole = own.output.is_none();
    let mut bins = BTreeMap::new();
    // The root's programs first: a workspace does not take a name from it.
    for (location, own) in project.bins.iter().filter(|_| is_whole) {
        for (program, path) in own {
            let path = if location.is_root() { path.clone() } else { format!("{location}/{path}") };
            bins.entry(program.clone()).or_insert(path);
        }
    }
    let programs: BTreeMap<_, _> = project
        .programs
        .iter()
        .filter_map(|(name, program)| Some((name.clone(), program.command.clone()?)))
        .collect();
    let checks =
        project.programs.iter().filter_map(|(name, program)| Some((name.clone(), program.check.clone()?)));
    let is_started = is_whole && bins.is_empty() && programs.is_empty() && project.lacking.is_none();
    let start = if is_started { start(project) } else { None };
    let main_program = match &start {
        Some(_) => Some(pname.clone()),
        None => main_program(bins.keys().chain(programs.keys()).collect(), &pname),
    };
    let version = match root["version"].as_str() {
        Some(version) if !version.is_empty() => store_name(version),
        _ => "0".to_owned(),
    };
    Context {
        pname,
        version,
        description: text("description"),
        main_program,
        bins,
        start,
        scripts: project.scripts.clone(),
        programs,
        checks: checks.collect(),
        build: build(project),
        env: own.env.clone(),
        native_build_inputs: own.native_build_inputs.clone(),
        build_inputs: own.build_inputs.clone(),
        patches: own.patches.clone(),
        wrap: Some(own.wrap.clone()).filter(|wrap| !wrap.is_empty()),
        output: own.output.clone(),
        exclude: own.excluded(),
        nodejs: own.nodejs.clone(),
        files: root["files"].is_array(),
        name,
    }
}

/// The scripts that build it: the user's, else `build`.
pub fn build(project: &Project) -> Vec<String> {
    match project.own.build.as_ref().and_then(|build| build.names()) {
        Some(names) => names.to_vec(),
        None => start::script(project.root(), "build").map(|_| "build".to_owned()).into_iter().collect(),
    }
}

/// The program named like the project, else the only one, else the first.
fn main_program(programs: BTreeSet<&String>, pname: &str) -> Option<String> {
    let named = programs.iter().find(|program| pname == program.as_str());
    named.or_else(|| programs.first()).map(|program| (*program).clone())
}

/// What `npm start` runs; without that script, `server.js`. Never `main`, which is for who loads the package.
fn start(project: &Project) -> Option<String> {
    let script = start::script(project.root(), "start").map(str::to_owned);
    script.or_else(|| project.has_server.then(|| "node server.js".to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::policy::Scripts;

    fn project(root: Value, bins: &[(&str, &[(&str, &str)])]) -> Project {
        let bins = bins.iter().map(|(location, bins)| {
            let bins = bins.iter().map(|(name, path)| ((*name).to_owned(), (*path).to_owned())).collect();
            (Location::new(location).unwrap(), bins)
        });
        Project {
            folder_name: "folder".into(),
            manifests: [(Location::root(), root)].into(),
            bins: bins.collect(),
            ..Project::default()
        }
    }

    #[test]
    fn a_scoped_command_line_tool() {
        let root = json!({ "name": "@s/tool", "version": "1.0.0", "description": "It's ${x}" });
        let context = context(&project(
            root,
            &[("", &[("tool", "cli.js")]), ("packages/a", &[("a", "a.js"), ("tool", "b.js")])],
        ));
        assert_eq!(context.pname, "s-tool");
        assert_eq!(
            context.bins,
            [("a".into(), "packages/a/a.js".into()), ("tool".into(), "cli.js".into())].into()
        );
        assert_eq!(context.main_program.as_deref(), Some("a"));
        assert_eq!(context.start, None);
    }

    #[test]
    fn a_server_is_started_as_npm_would() {
        let with_script = json!({ "name": "app", "scripts": { "start": "node server.js", "build": "tsc" } });
        let made = context(&project(with_script, &[]));
        assert_eq!((made.start.as_deref(), made.build), (Some("node server.js"), vec!["build".to_owned()]));
        assert_eq!(made.main_program.as_deref(), Some("app"));
        // What others load is no program.
        let with_main = context(&project(json!({ "main": "index.js" }), &[]));
        assert_eq!((with_main.start, with_main.main_program), (None, None));
        assert_eq!(with_main.pname, "folder");
        let with_server = Project { has_server: true, ..project(json!({}), &[]) };
        assert_eq!(context(&with_server).start.as_deref(), Some("node server.js"));
        let lacking = Lacking { command: "x".into(), program: "x".into(), package: Location::root() };
        let without = Project { lacking: Some(lacking), ..with_server };
        assert_eq!((context(&without).start, context(&without).main_program), (None, None));
    }

    #[test]
    fn the_user_says_how_it_is_built_and_started() {
        let policy =
            "[project]\nbuild = ['a', 'b']\n[programs.serve]\nfile = 'x.js'\n[programs.tool]\ncheck = []\n";
        let policy = crate::policy::Policy::parse(policy).unwrap();
        let root = json!({ "name": "app", "scripts": { "build": "x", "start": "y" } });
        let made = Project { own: policy.project, programs: policy.programs, ..project(root, &[]) };
        let found = context(&made);
        assert_eq!(found.build, ["a", "b"]);
        assert_eq!((found.start, found.main_program.as_deref()), (None, Some("serve")));
        assert_eq!(found.checks.into_keys().collect::<Vec<_>>(), ["tool"]);
        let output =
            OwnBuild { output: Some("dist".into()), build: Some(Scripts::All(false)), ..OwnBuild::default() };
        let bins = [("tool".to_owned(), "cli.js".to_owned())].into();
        let made = Project {
            own: output,
            programs: BTreeMap::new(),
            bins: [(Location::root(), bins)].into(),
            ..made
        };
        let found = context(&made);
        assert_eq!((found.bins.len(), found.build.len(), found.main_program), (0, 0, None));
    }

    #[test]
    fn a_name_that_is_no_package_name_is_no_folder() {
        for name in ["../../x", "/etc", "a/b/c", "a\nb", "${x}", "node_modules"] {
            let made = context(&project(json!({ "name": name }), &[]));
            assert_eq!(made.name, "", "{name:?}");
            assert!(!made.pname.contains('/') && !made.pname.starts_with(['.', '-']), "{}", made.pname);
        }
    }
}
