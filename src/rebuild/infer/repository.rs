//! The packages of a repository, and which of them must be built before another.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::files::{Files, below};
use crate::foreign;
use crate::npm::{Workspaces, spec};

/// The manifests of a commit.
pub struct Repository<'a> {
    pub files: &'a Files,
    /// By folder.
    manifests: BTreeMap<&'a str, Value>,
    /// Folders of workspaces, by the packages' names.
    members: BTreeMap<String, &'a str>,
    /// Whether a plain range may mean a workspace.
    links_ranges: bool,
}

static NULL: Value = Value::Null;

impl<'a> Repository<'a> {
    pub fn new(files: &'a Files) -> Self {
        let manifests = files.texts.iter().filter_map(|(path, text)| {
            let folder = path.strip_suffix("package.json")?;
            let folder = folder.strip_suffix('/').or_else(|| folder.is_empty().then_some(""))?;
            let manifest = foreign::jsonc(text).filter(Value::is_object)?;
            Some((folder, manifest))
        });
        let manifests: BTreeMap<&str, Value> = manifests.collect();
        let workspaces = workspaces(files, manifests.get(""));
        let members = manifests.iter().filter(|(folder, _)| workspaces.holds_path(folder));
        let members = members
            .filter_map(|(folder, manifest)| Some((manifest["name"].as_str()?.to_owned(), *folder)))
            .collect();
        let links_ranges = links_ranges(files, manifests.get(""));
        Self { files, manifests, members, links_ranges }
    }

    /// The package.json of a folder; null where there is none.
    pub fn manifest(&self, folder: &str) -> &Value {
        self.manifests.get(folder).unwrap_or(&NULL)
    }

    pub fn script(&self, folder: &str, name: &str) -> Option<&str> {
        self.manifest(folder)["scripts"][name].as_str().filter(|text| !text.trim().is_empty())
    }

    /// Names of the scripts of a folder, in the order of the manifest.
    pub fn scripts(&self, folder: &str) -> Vec<&str> {
        let text = self.files.texts.get(&below(folder, "package.json")).map_or("", String::as_str);
        let scripts = text.find("\"scripts\"").map_or("", |at| &text[at..]);
        let names = self.manifest(folder)["scripts"].as_object().into_iter().flatten();
        let mut names: Vec<&str> = names.map(|(name, _)| name.as_str()).collect();
        // More are no script that a person wrote.
        names.truncate(500);
        names.sort_by_key(|name| scripts.find(&format!("{}:", Value::from(*name))).unwrap_or(usize::MAX));
        names
    }

    pub fn has_file(&self, path: &str) -> bool {
        self.files.paths.contains(path)
    }

    /// Folders of the workspaces that a filter of a package manager means, seen from a folder.
    pub fn selected(&self, filter: &str, from: &str) -> Vec<&'a str> {
        let filter = filter.trim_start_matches("...").trim_end_matches("...");
        let filter = filter.trim_matches(['{', '}', '^']).trim_start_matches("[");
        let by_path = super::files::joined(from, filter);
        let members = self.members.iter().filter(|(name, folder)| {
            *name == filter
                || by_path.as_deref() == Some(**folder)
                || foreign::glob(filter, name)
                || name.rsplit('/').next() == Some(filter)
        });
        members.map(|(_, folder)| *folder).collect()
    }

    /// Folders of the workspaces that a package needs, each behind those that it needs itself; without the package.
    /// Where workspaces need each other in a circle, the one that is met first comes last.
    pub fn needed_by(&self, folder: &str) -> Vec<&'a str> {
        let mut order = Vec::new();
        let mut met = BTreeSet::from([folder.to_owned()]);
        let mut path: Vec<Vec<&'a str>> = vec![self.direct(folder)];
        let mut current: Vec<&'a str> = Vec::new();
        while let Some(open) = path.last_mut() {
            match open.pop() {
                Some(next) if met.insert(next.to_owned()) => {
                    path.push(self.direct(next));
                    current.push(next);
                }
                Some(_) => {}
                None => {
                    path.pop();
                    order.extend(current.pop());
                }
            }
        }
        order
    }

    /// The workspaces that a package depends on; the last of the alphabet first, as they are taken from the end.
    fn direct(&self, folder: &str) -> Vec<&'a str> {
        let manifest = self.manifest(folder);
        let fields = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
        let mut found = BTreeSet::new();
        for (name, spec) in fields.iter().filter_map(|field| manifest[*field].as_object()).flatten() {
            let Some(member) = self.members.get(name) else { continue };
            if self.links(self.manifest(member), spec.as_str().unwrap_or_default()) {
                found.insert(*member);
            }
        }
        found.into_iter().rev().collect()
    }

    /// Whether a specification means the workspace of that name and no version of the registry.
    fn links(&self, member: &Value, spec: &str) -> bool {
        if ["workspace:", "link:", "portal:", "file:"].iter().any(|protocol| spec.starts_with(protocol)) {
            return true;
        }
        let version = member["version"].as_str().unwrap_or("0.0.0");
        self.links_ranges
            && (spec == "*" || spec::range(spec).is_some_and(|range| spec::satisfies(version, &range)))
    }
}

/// The patterns of package.json, pnpm-workspace.yaml and lerna.json.
fn workspaces(files: &Files, root: Option<&Value>) -> Workspaces {
    let of = |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
    let field = root.map(|root| &root["workspaces"]);
    let mut patterns = of(field.map(|field| field.get("packages").unwrap_or(field)));
    let pnpm = files.texts.get("pnpm-workspace.yaml").and_then(|text| foreign::yaml::<Value>(text));
    patterns.extend(of(pnpm.as_ref().map(|pnpm| &pnpm["packages"])));
    let lerna = files.texts.get("lerna.json").and_then(|text| foreign::jsonc(text));
    patterns.extend(of(lerna.as_ref().map(|lerna| &lerna["packages"])));
    Workspaces::of(&json!({ "workspaces": patterns }))
}

/// npm and yarn take a workspace for a range that it satisfies; pnpm does where it is told to, and did before version 9.
fn links_ranges(files: &Files, root: Option<&Value>) -> bool {
    if !files.paths.contains("pnpm-lock.yaml") {
        return true;
    }
    let has = |file: &str, line: &str| {
        let text = files.texts.get(file).map(String::as_str).unwrap_or_default();
        text.lines().any(|text| text.replace(' ', "").starts_with(line))
    };
    let manager = root.and_then(|root| root["packageManager"].as_str()).unwrap_or_default();
    let major = manager.strip_prefix("pnpm@").and_then(|version| version.split('.').next()?.parse().ok());
    has(".npmrc", "link-workspace-packages=true")
        || has(".npmrc", "link-workspace-packages=deep")
        || has("pnpm-workspace.yaml", "linkWorkspacePackages:true")
        || has("pnpm-workspace.yaml", "linkWorkspacePackages:deep")
        || major.is_some_and(|major: u32| major < 9)
}
