//! Which packages a recipe uses: where each of its files looks for one.
//!
//! Whatever may be used is taken. What is missing shows when the build fails, and then more is taken ([`Level`]).

mod commands;
mod configuration;
mod programs;
#[cfg(test)]
mod tests;
mod texts;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::infer::Files;
use super::infer::files::below;
use super::{Level, Recipe, Step};
use crate::foreign;
use crate::graph::npm::Graph;
use crate::npm::script::shell;
pub use programs::Programs;
use programs::Visible;
pub use walk::more;

/// Names as they are looked up in `node_modules`, by the folder of the repository that they are looked up from.
pub type Roots = BTreeMap<String, BTreeSet<String>>;

/// What is looked at.
struct Search<'a> {
    files: &'a Files,
    recipe: &'a Recipe,
    graph: &'a Graph,
    programs: &'a Programs,
    roots: Roots,
}

/// The packages that a recipe uses.
pub fn roots(files: &Files, recipe: &Recipe, graph: &Graph, level: Level) -> Roots {
    with_programs(files, recipe, graph, &Programs::new(), level)
}

/// The same with the programs that the artifacts have, where the lockfile does not name them.
pub fn with_programs(
    files: &Files,
    recipe: &Recipe,
    graph: &Graph,
    programs: &Programs,
    level: Level,
) -> Roots {
    let mut search = Search { files, recipe, graph, programs, roots: Roots::new() };
    search.commands();
    let reached = walk::reached(files, recipe);
    search.manifests();
    search.sources(&reached.sources);
    search.scripts(&reached.scripts);
    search.tools();
    if level >= Level::Direct || search.is_of_tasks() {
        search.direct();
    }
    search.roots
}

impl<'a> Search<'a> {
    fn visible(&self, folder: &str) -> Visible<'a> {
        Visible::new(self.graph, folder, self.programs)
    }

    fn add(&mut self, visible: &Visible<'_>, folder: &str, name: &str) {
        if visible.has(name) {
            self.roots.entry(folder.to_owned()).or_default().insert(name.to_owned());
        }
    }

    /// The folder from which a file looks: that of the package which it is of.
    fn home(&self, path: &str) -> String {
        let mut folder = path;
        while let Some((outer, _)) = folder.rsplit_once('/') {
            if self.files.texts.contains_key(&below(outer, "package.json")) {
                return outer.to_owned();
            }
            folder = outer;
        }
        String::new()
    }

    fn commands(&mut self) {
        for step in &self.recipe.steps {
            let visible = self.visible(&step.directory);
            for name in commands::names_of(step, &visible) {
                self.add(&visible, &step.directory, &name);
            }
        }
    }

    /// What the packages that are built depend on when they run: a bundler takes it in, a compiler reads its types.
    fn manifests(&mut self) {
        for folder in walk::folders(self.recipe) {
            let Some(manifest) = self.manifest(&folder) else { continue };
            let visible = self.visible(&folder);
            let fields = ["dependencies", "optionalDependencies", "peerDependencies"];
            let names = fields.iter().filter_map(|field| manifest[*field].as_object()).flatten();
            for (name, _) in names {
                self.add(&visible, &folder, name);
                self.add(&visible, &folder, &configuration::of_types(name));
            }
            for name in configuration::babel(&manifest["babel"]) {
                self.add(&visible, &folder, &name);
            }
            for name in texts::quoted(&manifest["tshy"].to_string()).into_iter().filter_map(texts::package) {
                self.add(&visible, &folder, &name);
            }
        }
    }

    fn manifest(&self, folder: &str) -> Option<Value> {
        foreign::jsonc(self.files.texts.get(&below(folder, "package.json"))?).filter(Value::is_object)
    }

    fn sources(&mut self, sources: &BTreeSet<String>) {
        let mut names: Roots = Roots::new();
        for path in sources {
            let Some(text) = self.files.texts.get(path) else { continue };
            let found = texts::modules(text).into_iter().filter_map(texts::package);
            names.entry(self.home(path)).or_default().extend(found);
        }
        for (folder, names) in names {
            let visible = self.visible(&folder);
            for name in names {
                self.add(&visible, &folder, &configuration::of_types(&name));
                self.add(&visible, &folder, &name);
            }
        }
    }

    /// What scripts and configuration use. Configuration of a tool counts once something uses the tool.
    fn scripts(&mut self, scripts: &BTreeSet<String>) {
        let mut open: Vec<&String> = scripts.iter().collect();
        loop {
            let before = open.len();
            let (now, later): (Vec<_>, Vec<_>) = open.into_iter().partition(|path| self.counts(path));
            for path in now {
                self.script(path);
            }
            if later.is_empty() || later.len() == before {
                return;
            }
            open = later;
        }
    }

    /// Whether the tool that a file configures is used.
    fn counts(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path).trim_start_matches('.');
        let tool = [
            "babel",
            "gulpfile",
            "parcel",
            "postcss",
            "rollup",
            "rolldown",
            "swc",
            "vite",
            "webpack",
            "api-extractor",
        ]
        .into_iter()
        .find(|tool| name.starts_with(tool));
        let is_named = self.recipe.steps.iter().any(|step| step.command.contains(name));
        let Some(tool) = tool.filter(|_| !is_named) else { return true };
        let word = if tool == "gulpfile" { "gulp" } else { tool };
        let uses = |name: &String| {
            name.contains(word) || word == "babel" && matches!(name.as_str(), "microbundle" | "bili")
        };
        self.roots.values().flatten().any(uses)
    }

    fn script(&mut self, path: &str) {
        // A manifest names all that is there: what counts of it is looked at on its own.
        if path.ends_with("package.json") || path.ends_with("package-lock.json") {
            return;
        }
        let Some(text) = self.files.texts.get(path) else { return };
        let folder = self.home(path);
        let visible = self.visible(&folder);
        let name = path.rsplit('/').next().unwrap_or(path);
        if path.ends_with(".json") || name.starts_with('.') {
            self.json(&visible, &folder, name, text);
        }
        let is_shell =
            path.ends_with(".sh") || text.starts_with("#!") && !text.contains("node") || name == "Makefile";
        // A shell's script runs programs by words, Node's by quoted texts.
        let words: BTreeSet<&str> = match is_shell {
            true => texts::words(text),
            false => texts::quoted(text).into_iter().flat_map(texts::words).collect(),
        };
        if !path.ends_with(".json") {
            let direct: BTreeSet<&str> = visible.direct().chain(self.visible("").direct()).collect();
            let of_words = words.iter().flat_map(|word| visible.of_program(word));
            let names: Vec<String> =
                of_words.filter(|name| direct.contains(name)).map(str::to_owned).collect();
            names.iter().for_each(|name| self.add(&visible, &folder, name));
        }
        for name in texts::modules(text).into_iter().filter_map(texts::package) {
            self.add(&visible, &folder, &name);
        }
        // Plugins and presets by name: those of Babel may be short.
        let short = text.contains("presets") || text.contains("plugins");
        for quoted in texts::quoted(text).into_iter().filter(|_| short) {
            for kind in ["preset", "plugin"] {
                configuration::written(quoted, kind)
                    .iter()
                    .for_each(|name| self.add(&visible, &folder, name));
            }
        }
    }

    fn json(&mut self, visible: &Visible<'_>, folder: &str, file: &str, text: &str) {
        let Some(value) = foreign::jsonc(text).filter(Value::is_object) else { return };
        if !file.starts_with("tsconfig") && !file.starts_with("jsconfig") {
            configuration::babel(&value).iter().for_each(|name| self.add(visible, folder, name));
            return;
        }
        let found = configuration::TypeScript::read(&value);
        found.packages.iter().for_each(|name| self.add(visible, folder, name));
        // Where it does not say which, TypeScript takes all types that are there. Of those that others bring, only Node's
        // are asked for by code that does not name them.
        if !found.names_types {
            let direct: Vec<&str> =
                visible.direct().chain(self.visible("").direct()).chain(["@types/node"]).collect();
            direct
                .iter()
                .filter(|name| name.starts_with("@types/"))
                .for_each(|name| self.add(visible, folder, name));
        }
    }

    /// What the recipe names itself.
    fn tools(&mut self) {
        let folder = &self.recipe.directory;
        let visible = self.visible(folder);
        for name in &self.recipe.tools {
            self.add(&visible, folder, name);
        }
    }

    /// Whether a runner of tasks decides what is run: nobody but itself knows.
    fn is_of_tasks(&self) -> bool {
        let runs = |step: &Step| {
            matches!(shell::words(&step.command).first(), Some(&("nx" | "turbo" | "lerna" | "preconstruct")))
        };
        self.recipe.steps.iter().any(runs)
    }

    /// All that the root and the folders of the recipe depend on.
    fn direct(&mut self) {
        for folder in walk::folders(self.recipe).into_iter().chain([String::new()]) {
            let visible = self.visible(&folder);
            let names: Vec<&str> = visible.direct().collect();
            names.into_iter().for_each(|name| self.add(&visible, &folder, name));
        }
    }
}
