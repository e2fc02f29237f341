//! What no type says of a value.

use std::collections::BTreeMap;

use super::{Faults, Path};
use crate::graph::Location;
use crate::policy::{Overrides, OwnBuild, Policy, Scripts, Source};
use crate::python::Requirement;
use crate::source::Tier;

impl Faults {
    /// All values of the file.
    pub(super) fn of_values(&mut self, policy: &Policy) {
        if policy.tier.0 == Tier::X {
            self.bad(&["tier"], "is a contradiction", "write P, A, B, C or D");
        }
        if !policy.npm.rebuilt.0.is_rebuilt() {
            let hint = "write \"integrity\", \"tar\", \"files\" or \"equivalent\"";
            self.bad(&["npm", "rebuilt"], "is no class of what was rebuilt", hint);
        }
        self.requirements(&["python", "requires"], &policy.python.requires);
        for (package, overrides) in &policy.packages {
            self.overrides(package, overrides);
        }
        self.own(&policy.project);
        for name in policy.programs.keys() {
            self.program(name);
        }
    }

    fn overrides(&mut self, package: &str, overrides: &Overrides) {
        let named = |key| ["packages", package, key];
        self.files(&named("patches"), &overrides.patches);
        self.files(&named("cargoLock"), overrides.cargo_lock.as_slice());
        self.requirements(&named("buildRequires"), &overrides.build_requires);
        self.attributes(&named("buildInputs"), &overrides.build_inputs);
        self.attributes(&named("nativeBuildInputs"), &overrides.native_build_inputs);
        self.variables(&named("env"), &overrides.env);
        if let Some(build) = &overrides.build {
            let named = |key| ["packages", package, "build", key];
            self.variables(&named("env"), &build.env);
            self.attributes(&named("node"), build.node.as_slice());
            // The repository's root.
            if build.directory.as_deref() != Some(".") {
                self.files(&named("directory"), build.directory.as_slice());
            }
            self.files(&named("contents"), build.contents.as_slice());
        }
        // What is missing may be one of the keys that are told of already.
        let has_faults = |path: &Path| path.starts_with(&["packages", package, "source"].map(str::to_owned));
        if let Some(Err(faults)) = overrides.source.as_ref().map(Source::given)
            && !self.found.iter().any(|(path, _)| has_faults(path))
        {
            for (key, why, hint) in faults {
                let path = ["packages", package, "source", key];
                self.bad(if key.is_empty() { &path[..3] } else { &path }, &why, hint);
            }
        }
    }

    fn own(&mut self, own: &OwnBuild) {
        let named = |key| ["project", key];
        self.files(&named("patches"), &own.patches);
        self.files(&named("output"), own.output.as_slice());
        self.attributes(&named("buildInputs"), &own.build_inputs);
        self.attributes(&named("nativeBuildInputs"), &own.native_build_inputs);
        self.attributes(&named("nodejs"), own.nodejs.as_slice());
        self.attributes(&named("wrap"), &own.wrap.path);
        self.variables(&named("env"), &own.env);
        self.variables(&named("wrap"), &own.wrap.env);
        if own.build == Some(Scripts::All(true)) {
            let hint = "name the script, as in \"build\", or write false for none";
            self.bad(&named("build"), "names no script", hint);
        }
        for (nth, pattern) in own.exclude.iter().enumerate() {
            let shown = pattern.trim_end_matches('/');
            if shown.is_empty() || shown.split('/').any(|part| part == "..") {
                let hint = "write a path or pattern relative to the project, as in \"docs\" or \"*.md\"";
                self.entry(
                    &named("exclude"),
                    nth,
                    &format!("{pattern:?} is not a path inside the project"),
                    hint,
                );
            }
        }
    }

    fn program(&mut self, name: &str) {
        if name.is_empty() || name.starts_with(['.', '-']) || name.contains(['/', '\0']) {
            let hint = "name a file of bin/, as in [programs.serve]";
            self.bad(&["programs", name], "is not a name of a program", hint);
        }
    }

    /// Files inside the project.
    fn files(&mut self, path: &[&str], files: &[String]) {
        for file in files {
            if !Location::new(file).is_ok_and(|file| !file.is_root()) {
                let why = format!("{file:?} does not name a file inside the project");
                self.bad(path, &why, "name a file inside the project, relative to it");
            }
        }
    }

    fn attributes(&mut self, path: &[&str], attributes: &[String]) {
        for attribute in attributes {
            if attribute.is_empty() || attribute.split('.').any(|part| !is_identifier(part)) {
                let hint = "write the name under pkgs, as in \"sqlite\" or \"xorg.libX11\"";
                self.bad(path, &format!("{attribute:?} is not an attribute path"), hint);
            }
        }
    }

    fn variables(&mut self, path: &[&str], table: &BTreeMap<String, String>) {
        for name in table.keys() {
            if !is_identifier(name) || name.contains(['-', '\'']) {
                let why = format!("{name:?} is not a name of a variable");
                self.bad(path, &why, "use letters, digits and underscores");
            }
        }
    }

    /// Requirements as PEP 508 has them.
    fn requirements(&mut self, path: &[&str], texts: &[String]) {
        for (nth, text) in texts.iter().enumerate() {
            if let Err(why) = Requirement::parse(text) {
                let hint = "write requirements (PEP 508), as in \"setuptools<81\"";
                self.entry(path, nth, &format!("{text:?} {why}"), hint);
            }
        }
    }
}

fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-'".contains(c))
}
