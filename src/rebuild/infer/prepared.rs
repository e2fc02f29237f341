//! The recipe of a git dependency: what npm runs of its scripts before it packs the commit. The rules for releases are not
//! asked: nobody published this one, and `npm install` runs no `build` and no `prepack`.

use std::collections::BTreeMap;

use super::expand::script_of_install;
use super::files::Files;
use super::repository::Repository;
use super::{Subject, Unknown, manifest, said};
use crate::rebuild::{Packer, Recipe, RecipeOverride, Step};

/// What `npm install` runs of a folder's own scripts, in its order.
const EVENTS: [&str; 7] =
    ["preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare"];
/// The same of the workspaces of that folder.
const OF_MEMBERS: [&str; 4] = ["preinstall", "prepare", "install", "postinstall"];

/// What npm runs; with what a person says of it. There may be no command left that makes anything.
///
/// # Errors
/// A commit without a package.json, and what a person says of scripts or folders that are not there.
pub fn prepared(
    files: &Files,
    package: &Subject,
    over: Option<&RecipeOverride>,
    by: &str,
) -> Result<Recipe, Unknown> {
    let repository = Repository::new(files);
    let folder = package.directory.as_str();
    manifest(&repository, folder)?;
    let (mut steps, mut before) = (Vec::new(), Vec::new());
    for needed in repository.needed_by(folder) {
        if !add(&repository, needed, &OF_MEMBERS, &mut steps).is_empty() {
            before.push(repository.manifest(needed)["name"].as_str().unwrap_or(needed));
        }
    }
    let own = add(&repository, folder, &EVENTS, &mut steps);
    let mut rule = match own[..] {
        [] => "its own scripts, which make nothing that is installed".to_owned(),
        [one] => format!("its own script {one:?}"),
        _ => format!("its own scripts {}", listed(&own)),
    };
    if !before.is_empty() {
        rule = format!("{rule}, after the workspaces {}", before.join(", "));
    }
    let recipe = Recipe {
        directory: package.directory.clone(),
        steps,
        env: BTreeMap::new(),
        // npm uses the Node that it runs on, whatever `engines` says, and packs itself.
        node: None,
        packer: Packer::Npm,
        contents: None,
        tools: Vec::new(),
        rule,
        remarks: Vec::new(),
    };
    let Some(over) = over else { return Ok(recipe) };
    let steps = said(&repository, folder, over)?;
    Ok(over.with(&recipe, steps, by))
}

/// Adds what these scripts of a folder do; gives those that do anything.
fn add<'e>(
    repository: &Repository<'_>,
    folder: &str,
    events: &[&'e str],
    steps: &mut Vec<Step>,
) -> Vec<&'e str> {
    let mut names = Vec::new();
    for event in events {
        let commands = script_of_install(repository, folder, event);
        let new: Vec<Step> = commands.into_iter().map(|command| command.step).collect();
        let new: Vec<Step> =
            new.into_iter().filter(|step| !steps.iter().any(|other| other.is_same(step))).collect();
        if !new.is_empty() {
            names.push(*event);
        }
        steps.extend(new);
    }
    names
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(" and ")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::tests::{files, shown, subject};
    use super::*;

    fn recipe(texts: &[(&str, Value)], folder: &str, over: &str) -> Result<Recipe, Unknown> {
        let over: RecipeOverride = crate::foreign::toml(over).unwrap();
        let over = Some(&over).filter(|over| **over != RecipeOverride::default());
        prepared(&files(texts), &subject(folder), over, "headwater.toml")
    }

    #[test]
    fn what_npm_runs_of_a_git_dependency() {
        let own = "its own script \"prepare\"";
        for (scripts, commands, rule) in [
            (json!({ "prepare": "tsc", "build": "rollup -c", "prepack": "x" }), vec!["tsc"], own),
            (
                json!({ "preprepare": "rimraf lib", "prepare": "npm run build && npm test", "build": "tsc", "test": "jest" }),
                vec!["rimraf lib", "tsc"],
                "its own scripts \"preprepare\" and \"prepare\"",
            ),
            (
                json!({ "postinstall": "node gen.js", "prepublish": "tsc", "prepare": "husky" }),
                vec!["node gen.js", "tsc"],
                "its own scripts \"postinstall\" and \"prepublish\"",
            ),
            (
                json!({ "prepublish": "not-in-publish || tsc", "prepare": "node a.js; in-publish && node b.js" }),
                vec!["node a.js"],
                own,
            ),
            (
                json!({ "prepare": "husky && eslint . && git status", "build": "tsc" }),
                vec![],
                "its own scripts, which make nothing that is installed",
            ),
        ] {
            let manifest = json!({ "name": "a", "scripts": scripts });
            let recipe = recipe(&[("package.json", manifest)], "", "").unwrap();
            assert_eq!(shown(&recipe), commands, "{scripts}");
            assert_eq!(recipe.rule, rule, "{scripts}");
        }
    }

    #[test]
    fn what_may_fail_and_what_may_not() {
        for (script, may_fail) in [
            ("tsc", false),
            ("tsc || true", true),
            ("tsc || echo no types", true),
            ("tsc || exit 1", false),
            ("npm run types || true", true),
        ] {
            let scripts = json!({ "prepare": format!("{script} && node x.js"), "types": "tsc" });
            let recipe = recipe(&[("package.json", json!({ "scripts": scripts }))], "", "").unwrap();
            let found: Vec<bool> = recipe.steps.iter().map(|step| step.may_fail).collect();
            assert_eq!(found, [may_fail, false], "{script}");
        }
    }

    #[test]
    fn npm_prepares_the_workspaces_too_and_does_not_build_them() {
        let texts = [
            ("package.json", json!({ "workspaces": ["packages/*"] })),
            (
                "packages/a/package.json",
                json!({ "name": "a", "dependencies": { "b": "*", "c": "*" }, "scripts": { "prepare": "tsc -p ." } }),
            ),
            ("packages/b/package.json", json!({ "name": "b", "scripts": { "prepare": "tsc" } })),
            ("packages/c/package.json", json!({ "name": "c", "scripts": { "build": "tsc" } })),
        ];
        let recipe = recipe(&texts, "packages/a", "").unwrap();
        assert_eq!(shown(&recipe), ["packages/b: tsc", "packages/a: tsc -p ."]);
        assert_eq!(recipe.rule, "its own script \"prepare\", after the workspaces b");
    }

    #[test]
    fn what_a_person_says_comes_first() {
        let texts =
            [("package.json", json!({ "name": "a", "scripts": { "prepare": "tsc", "other": "rollup -c" } }))];
        let with = |over: &str| recipe(&texts, "", over);
        assert_eq!(shown(&with("command = 'make'").unwrap()), ["make"]);
        assert_eq!(shown(&with("script = 'other'").unwrap()), ["rollup -c"]);
        let found = with("tools = ['x']").unwrap();
        assert_eq!(
            (shown(&found), found.rule.as_str()),
            (vec!["tsc".to_owned()], "its own script \"prepare\"; headwater.toml")
        );
        assert!(with("script = 'none'").is_err());
        assert!(with("directory = '../x'").is_err());
        assert!(recipe(&[], "", "command = 'make'").is_err());
    }
}
