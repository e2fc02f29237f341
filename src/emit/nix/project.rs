//! The project itself: its name, its programs, and what `npm start` and `npm run build` would run.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::graph::{Location, PackageName};
use crate::plan::own_scripts::OwnScript;

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
    /// Whether there is a script `build`.
    pub build: bool,
    /// The life-cycle scripts of the project's own packages, in npm's order.
    pub scripts: Vec<OwnScript>,
    /// Whether package.json says which files are published.
    pub files: bool,
}

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
    let mut bins = BTreeMap::new();
    // The root's programs first: a workspace does not take a name from it.
    for (location, own) in &project.bins {
        for (program, path) in own {
            let path = if location.is_root() { path.clone() } else { format!("{location}/{path}") };
            bins.entry(program.clone()).or_insert(path);
        }
    }
    let start = if bins.is_empty() { start(root) } else { None };
    let main_program = if start.is_some() { Some(pname.clone()) } else { main_program(&bins, &pname) };
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
        build: root["scripts"]["build"].is_string(),
        scripts: project.scripts.clone(),
        files: root["files"].is_array(),
        name,
    }
}

/// The program named like the project, else the only one, else the first.
fn main_program(bins: &BTreeMap<String, String>, pname: &str) -> Option<String> {
    let named = bins.keys().find(|program| pname == program.as_str());
    named.or_else(|| bins.keys().next()).cloned()
}

/// What `npm start` runs; for a project without that script, its `main`.
fn start(root: &Value) -> Option<String> {
    if let Some(script) = root["scripts"]["start"].as_str().filter(|script| !script.trim().is_empty()) {
        return Some(script.to_owned());
    }
    let main = root["main"].as_str().filter(|main| !main.is_empty())?;
    Some(format!("node '{}'", main.replace('\'', r"'\''")))
}

/// Letters, digits and `+-._` only, as a store path's name wants it.
pub(super) fn store_name(text: &str) -> String {
    let text = text.trim_start_matches('@').replace('/', "-");
    let mut safe: String =
        text.chars().filter(|c| c.is_ascii_alphanumeric() || "+-._".contains(*c)).take(100).collect();
    while safe.starts_with(['.', '-']) {
        safe.remove(0);
    }
    if safe.is_empty() { "project".to_owned() } else { safe }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn project(root: Value, bins: &[(&str, &[(&str, &str)])]) -> Project {
        let bins = bins.iter().map(|(location, bins)| {
            let bins = bins.iter().map(|(name, path)| ((*name).to_owned(), (*path).to_owned())).collect();
            (Location::new(location).unwrap(), bins)
        });
        Project {
            folder_name: "folder".into(),
            manifests: [(Location::root(), root)].into(),
            bins: bins.collect(),
            scripts: Vec::new(),
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
        assert_eq!((made.start.as_deref(), made.build), (Some("node server.js"), true));
        assert_eq!(made.main_program.as_deref(), Some("app"));
        let with_main = context(&project(json!({ "main": "it's.js" }), &[]));
        assert_eq!(with_main.start.as_deref(), Some(r"node 'it'\''s.js'"));
        assert_eq!(with_main.pname, "folder");
    }

    #[test]
    fn a_name_that_is_no_package_name_is_no_folder() {
        for name in ["../../x", "/etc", "a/b/c", "a\nb", "${x}", "node_modules"] {
            let made = context(&project(json!({ "name": name }), &[]));
            assert_eq!(made.name, "", "{name:?}");
            assert!(!made.pname.contains('/') && !made.pname.starts_with(['.', '-']), "{}", made.pname);
        }
    }

    #[test]
    fn names_are_made_fit_for_the_store() {
        assert_eq!(store_name("@a/${b}"), "a-b");
        assert_eq!(store_name("..."), "project");
    }
}
