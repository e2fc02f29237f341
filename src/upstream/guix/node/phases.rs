//! The arguments of a definition for node-build-system.

use std::collections::BTreeSet;

use crate::emit::guix::sexp::{Sexp, list, symbol, text};

/// Longest reason that stands behind what it is the reason of, in characters.
const MARGIN: usize = 55;

/// What is changed about the build system's phases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phases {
    /// The folder that is built; `""` for the root.
    pub folder: String,
    /// Why no tests are run.
    pub untested: Option<String>,
    /// What `npm test` is to run instead.
    pub test: Option<String>,
    /// The script that builds, if not `build`.
    pub build: Option<String>,
    /// The commit holds what the script `build` makes.
    pub is_built: bool,
    /// Why the build cannot work as it stands.
    pub unbuilt: Option<String>,
    /// Nothing that it is developed with is needed.
    pub no_dev: bool,
    /// Names of dependencies.
    pub deleted: BTreeSet<String>,
    /// npm would run `prepare` in whatever depends on it.
    pub prepares: bool,
    /// Scripts that do nothing here.
    pub dropped: Vec<&'static str>,
}

impl Phases {
    /// After `(list`.
    pub fn arguments(&self) -> Vec<Sexp> {
        let (mut arguments, phases) = (Vec::new(), self.phases());
        if let Some(why) = &self.untested {
            // Behind the last of a list, a comment would leave its parenthesis alone on a line.
            let is_short = why.chars().count() <= MARGIN && !phases.is_empty();
            if !is_short {
                arguments.push(Sexp::comment(format!("{}.", capital(why))));
            }
            arguments.extend([Sexp::keyword("tests?"), Sexp::Flag(false)]);
            arguments.extend(is_short.then(|| Sexp::margin(why)));
        }
        if !phases.is_empty() {
            let all = std::iter::once(symbol("%standard-phases")).chain(phases);
            arguments.extend([Sexp::keyword("phases"), Sexp::gexp(Sexp::call("modify-phases", all))]);
        }
        arguments
    }

    fn phases(&self) -> Vec<Sexp> {
        let mut phases = Vec::new();
        if !self.folder.is_empty() {
            phases.push(after("unpack", "chdir", list!["chdir", text(&self.folder)]));
        }
        let changes = self.changes();
        if !changes.is_empty() {
            let name = match changes.len() == 1 && self.no_dev {
                true => "delete-dev-dependencies",
                false => "modify-package.json",
            };
            phases.push(after("patch-dependencies", name, Sexp::call("modify-json", changes)));
        }
        if let Some(why) = &self.unbuilt {
            phases.push(Sexp::comment(format!("TODO: {why}.")));
            if self.build.is_none() {
                phases.push(list![
                    "replace",
                    quoted("build"),
                    lambda(list!["invoke", text("npm"), text("run"), text("build")])
                ]);
            }
        }
        if let Some(name) = &self.build {
            let run = list!["invoke", text("npm"), text("run"), text(name)];
            phases.push(list!["replace", quoted("build"), lambda(run)]);
        }
        if self.is_built {
            phases.push(Sexp::comment("The commit holds what the registry has.".to_owned()));
            phases.push(list!["delete", quoted("build")]);
        }
        if self.prepares && self.build.as_deref() == Some("prepare") {
            let fields = list!["delete-fields", strings(["scripts.prepare"])];
            phases.push(list![
                "add-after",
                quoted("build"),
                quoted("delete-prepare"),
                lambda(list!["modify-json", fields])
            ]);
        }
        phases
    }

    /// Of package.json.
    fn changes(&self) -> Vec<Sexp> {
        let mut changes = Vec::new();
        if self.no_dev {
            changes.push(list!["delete-dev-dependencies"]);
        }
        if !self.deleted.is_empty() {
            changes.push(list!["delete-dependencies", strings(self.deleted.iter().cloned())]);
        }
        let prepare = (self.prepares && self.build.as_deref() != Some("prepare")).then_some("prepare");
        let scripts: Vec<String> = prepare
            .into_iter()
            .chain(self.dropped.iter().copied())
            .map(|event| format!("scripts.{event}"))
            .collect();
        if !scripts.is_empty() {
            changes.push(list!["delete-fields", strings(scripts)]);
        }
        if let Some(command) = &self.test {
            let pair = Sexp::pair(text("scripts.test"), text(command));
            changes.push(list!["replace-fields", Sexp::quote(Sexp::List(vec![pair]))]);
        }
        changes
    }
}

fn after(phase: &str, name: &str, body: Sexp) -> Sexp {
    list!["add-after", quoted(phase), quoted(name), lambda(body)]
}

fn lambda(body: Sexp) -> Sexp {
    list!["lambda", symbol("_"), body]
}

fn quoted(name: &str) -> Sexp {
    Sexp::quote(symbol(name))
}

fn strings<T: Into<String>>(all: impl IntoIterator<Item = T>) -> Sexp {
    Sexp::quote(Sexp::List(all.into_iter().map(text).collect()))
}

fn capital(sentence: &str) -> String {
    let mut chars = sentence.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
