//! How the development shell of an npm project has its packages: as links to the store, or as copies.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::foreign;
use crate::graph::npm::Graph;
use crate::policy::{Modules, Policy};

/// What the shell is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shell {
    pub modules: Modules,
    /// Why it is a copy, going on from "as"; empty where somebody has said so.
    pub why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tool {
    why: String,
}

// The file is part of the program; the test below reads it.
static TOOLS: LazyLock<BTreeMap<String, Tool>> =
    LazyLock::new(|| foreign::toml(include_str!("../../../data/npm/shell.toml")).unwrap_or_default());

/// What the policy says; else a copy where a tool of the lockfile would not follow links out of the project.
pub fn shell(policy: &Policy, graph: &Graph) -> Shell {
    if let Some(modules) = policy.shell.modules {
        return Shell { modules, why: String::new() };
    }
    let names = graph.nodes.values().filter_map(|node| node.name.as_ref());
    let tool = names.filter_map(|name| TOOLS.get_key_value(name.as_str())).min_by_key(|(name, _)| *name);
    match tool {
        Some((name, tool)) => Shell { modules: Modules::Copy, why: format!("{name} {}", tool.why) },
        None => Shell { modules: Modules::Link, why: String::new() },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn made(policy: &str, locations: serde_json::Value) -> Shell {
        let lock = json!({ "lockfileVersion": 3, "packages": locations });
        let graph = crate::lockfile::npm::read(
            "package-lock.json",
            &lock.to_string(),
            &|_| None,
            &Default::default(),
        )
        .unwrap();
        shell(&Policy::parse(policy).unwrap(), &graph)
    }

    #[test]
    fn a_tool_that_keeps_to_the_project_wants_a_copy_unless_somebody_says_otherwise() {
        let plain = json!({ "": { "dependencies": { "a": "1" } }, "node_modules/a": { "version": "1.0.0" } });
        let vite = json!({ "": { "dependencies": { "a": "1" } }, "node_modules/a/node_modules/vite": { "version": "6.0.0", "dev": true },
                           "node_modules/a": { "version": "1.0.0", "dependencies": { "vite": "6" } } });
        let renamed = json!({ "": { "dependencies": { "vite": "npm:rolldown-vite@7" } }, "node_modules/vite": { "version": "7.0.0", "name": "rolldown-vite" } });
        assert_eq!(made("", plain.clone()).modules, Modules::Link);
        let copy = made("", vite.clone());
        assert_eq!(
            (copy.modules, &*copy.why),
            (Modules::Copy, "vite serves no file from outside of the project")
        );
        assert_eq!(made("", renamed).modules, Modules::Copy);
        assert_eq!(made("[shell]\nmodules = \"link\"\n", vite).modules, Modules::Link);
        let said = Shell { modules: Modules::Copy, why: String::new() };
        assert_eq!(made("[shell]\nmodules = \"copy\"\n", plain), said);
    }

    #[test]
    fn every_row_goes_on_from_a_name() {
        for (name, tool) in &*TOOLS {
            let sentence = tool.why.starts_with(|c: char| c.is_ascii_lowercase()) && !tool.why.ends_with('.');
            assert!(sentence && crate::graph::PackageName::new(name).is_ok(), "{name}: {}", tool.why);
        }
    }
}
