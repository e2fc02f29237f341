//! What a person says of how a package is built, in `headwater.toml` or in the table of known ones.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Level, Packer, Recipe, Step};
use crate::foreign;

/// `[packages.NAME] build`: what is said takes the place of what was inferred.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecipeOverride {
    /// Commands of a shell, in place of all others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<Commands>,
    /// A script of package.json, in place of all others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub script: Option<String>,
    /// Where they run, relative to the repository; the package's folder where it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
    /// Variables, beside those that were inferred.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// Attribute of nixpkgs with the Node that builds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub packer: Option<Packer>,
    /// The folder that is packed, relative to the repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contents: Option<String>,
    /// Packages that must be there though nothing shows it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<String>,
    /// How many of the lockfile's packages are there, at the least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
}

/// One command or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Commands {
    One(String),
    Several(Vec<String>),
}

impl Commands {
    pub fn all(&self) -> &[String] {
        match self {
            Self::One(command) => std::slice::from_ref(command),
            Self::Several(commands) => commands,
        }
    }
}

impl RecipeOverride {
    /// The folder that it names, relative to the repository: `""`, for which a person writes `.`, is its root.
    pub fn folder(&self) -> Option<&str> {
        self.directory.as_deref().map(|directory| if directory == "." { "" } else { directory })
    }

    /// The commands that it says are run, for a package in a folder.
    pub fn steps(&self, folder: &str) -> Option<Vec<Step>> {
        let directory = self.folder().unwrap_or(folder);
        let base = folder.rsplit('/').next().unwrap_or(folder);
        let step = |command: &String| Step {
            directory: directory.to_owned(),
            command: command.replace("{folder}", base),
            script: None,
            may_fail: false,
        };
        Some(self.command.as_ref()?.all().iter().map(step).collect())
    }

    /// A recipe with what is said in the place of what was inferred, and with these steps if any are said; `rule` says
    /// whose word it is.
    pub fn with(&self, recipe: &Recipe, steps: Option<Vec<Step>>, rule: &str) -> Recipe {
        let mut recipe = recipe.clone();
        if let Some(steps) = steps {
            recipe.steps = steps;
            rule.clone_into(&mut recipe.rule);
        } else if *self != Self::default() {
            recipe.rule = format!("{}; {rule}", recipe.rule);
        }
        recipe.env.extend(self.env.clone());
        recipe.node = self.node.clone().or(recipe.node);
        recipe.packer = self.packer.unwrap_or(recipe.packer);
        recipe.contents = self.contents.clone().or(recipe.contents);
        recipe.tools.extend(self.tools.iter().cloned());
        recipe
    }
}

/// A row of the table: see its head.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    package: Vec<String>,
    repository: String,
    pub reason: String,
    pub build: RecipeOverride,
}

#[derive(Default, Deserialize)]
struct Table {
    recipe: Vec<Row>,
}

// The file is part of the program; the test below reads it.
static TABLE: LazyLock<Table> =
    LazyLock::new(|| foreign::toml(include_str!("../../data/npm/recipes.toml")).unwrap_or_default());

/// What the table has of a package, by its manifest.
pub fn known(manifest: &Value) -> Option<&'static Row> {
    let name = manifest["name"].as_str()?;
    let repository = &manifest["repository"];
    let address = repository["url"].as_str().or_else(|| repository.as_str())?;
    let address = address.trim_end_matches(".git");
    TABLE.recipe.iter().find(|row| {
        address.ends_with(&row.repository) && row.package.iter().any(|pattern| foreign::glob(pattern, name))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_table_is_read() {
        assert_eq!(TABLE.recipe.len(), 7);
        assert!(TABLE.recipe.iter().all(|row| row.build.command.is_some() && !row.reason.is_empty()));
        let of = |name: &str, url: &str| {
            known(&json!({ "name": name, "repository": { "url": url } })).map(|row| row.repository.as_str())
        };
        assert_eq!(of("@babel/core", "https://github.com/babel/babel.git"), Some("babel/babel"));
        assert_eq!(of("jest-diff", "git+https://github.com/jestjs/jest.git"), Some("jestjs/jest"));
        assert_eq!(of("jest-diff", "https://github.com/other/jest-diff.git"), None);
        assert_eq!(of("@babel/a/b", "https://github.com/babel/babel.git"), None);
        let short = json!({ "name": "escalade", "repository": "lukeed/escalade" });
        assert!(known(&short).is_some());
    }

    #[test]
    fn what_is_said_takes_the_place_of_what_was_inferred() {
        let read = |text: &str| foreign::toml::<RecipeOverride>(text);
        let step = |directory: &str, command: &str| Step {
            directory: directory.to_owned(),
            command: command.to_owned(),
            script: None,
            may_fail: false,
        };
        let recipe = Recipe {
            directory: "packages/a".to_owned(),
            steps: vec![step("packages/a", "tsc")],
            env: BTreeMap::from([("A".to_owned(), "1".to_owned())]),
            node: None,
            packer: Packer::Npm,
            contents: None,
            tools: Vec::new(),
            rule: "script \"build\"".to_owned(),
            remarks: Vec::new(),
        };
        let with = |text: &str| {
            let over = read(text).expect("an override");
            over.with(&recipe, over.steps("packages/a"), "headwater.toml")
        };
        let found = with("command = ['a {folder}', 'b']\ndirectory = ''\nenv = { B = '2' }");
        assert_eq!(found.steps, [step("", "a a"), step("", "b")]);
        assert_eq!((found.env.len(), found.rule.as_str()), (2, "headwater.toml"));
        assert_eq!(with("command = 'a'\ndirectory = '.'").steps, [step("", "a")]);
        let found = with("node = 'nodejs_20'\npacker = 'pnpm'\ncontents = 'x'\ntools = ['t']");
        assert_eq!(found.steps, recipe.steps);
        assert_eq!((found.node.as_deref(), found.packer), (Some("nodejs_20"), Packer::Pnpm));
        assert_eq!((found.contents.as_deref(), found.tools.as_slice()), (Some("x"), &["t".to_owned()][..]));
        assert_eq!(with("env = { B = '2' }").rule, "script \"build\"; headwater.toml");
        assert_eq!(with(""), recipe);
        assert!(read("commands = 'x'").is_err());
    }
}
