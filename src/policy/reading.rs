//! From the text of `headwater.toml` to the policy: every fault of the file at once, each with its line.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue};

use super::{
    FILE, LeastTier, Mirrors, Npm, Overrides, OwnBuild, Policy, Program, Python, Scripts, Shell, Source,
    nearest,
};
use crate::foreign;
use crate::graph::Location;
use crate::problem::{Place, Problem, policy as problem};
use crate::python::{PyName, Requirement};
use crate::rebuild::RecipeOverride;
use crate::source::Tier;

/// Every table of the file and the keys it may have.
pub(super) const POLICY_KEYS: &[&str] =
    &["tier", "mirrors", "packages", "exceptions", "npm", "python", "project", "programs", "shell"];
pub(super) const OVERRIDE_KEYS: &[&str] = &[
    "buildInputs",
    "env",
    "patches",
    "skipScripts",
    "provided",
    "nativeBuildInputs",
    "buildRequires",
    "configSettings",
    "cargoLock",
    "route",
    "source",
    "build",
];
pub(super) const BUILD_KEYS: &[&str] =
    &["command", "script", "directory", "env", "node", "packer", "contents", "tools"];
pub(super) const SOURCE_KEYS: &[&str] = &["repository", "tag", "commit", "directory"];
pub(super) const NPM_KEYS: &[&str] = &["build", "rebuilt"];
pub(super) const PYTHON_KEYS: &[&str] = &[
    "interpreter",
    "version",
    "extras",
    "groups",
    "devGroups",
    "package",
    "wheels",
    "prefer-wheels",
    "requires",
    "collisions",
];
pub(super) const PROJECT_KEYS: &[&str] = &[
    "build",
    "env",
    "nativeBuildInputs",
    "buildInputs",
    "patches",
    "wrap",
    "output",
    "exclude",
    "skipScripts",
    "nodejs",
];
pub(super) const SHELL_KEYS: &[&str] = &["modules"];
pub(super) const EXCEPTION_KEYS: &[&str] = &["package", "reason", "owner", "expires"];

impl Policy {
    /// Reads the file's text.
    ///
    /// # Errors
    /// Text that is no TOML; else every unknown key, with the nearest known one, and every value that makes no sense.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        let table: toml::Table = foreign::toml(text).map_err(|error| vec![unreadable(text, &error)])?;
        let mut faults = Faults { found: Vec::new() };
        faults.of_tables(&table);
        // Of what is left without these.
        let mut left = table;
        faults.found.iter().for_each(|(path, _)| take_out(&mut left, path));
        if let Some(policy) = typed(&left) {
            faults.of_values(&policy);
        }
        if !faults.found.is_empty() {
            return Err(faults.located(text));
        }
        foreign::toml(text).map_err(|error| vec![unreadable(text, &error)])
    }

    /// Reads the file's text for a question about a package. An exception whose owner is still empty does not count, and
    /// is no fault: who is to fill it in asks first.
    ///
    /// # Errors
    /// As of [`Self::parse`].
    pub fn parse_for_question(text: &str) -> Result<Self, Vec<Problem>> {
        let Ok(mut table) = foreign::toml::<toml::Table>(text) else { return Self::parse(text) };
        let is_open = |entry: &toml::Value| entry.get("owner").and_then(toml::Value::as_str) == Some("");
        let exceptions = table.get_mut("exceptions").and_then(toml::Value::as_array_mut);
        let Some(exceptions) = exceptions.filter(|all| all.iter().any(is_open)) else {
            return Self::parse(text);
        };
        exceptions.retain(|entry| !is_open(entry));
        // Faults of the rest are told with their lines, of the whole text.
        let mut faults = Faults { found: Vec::new() };
        faults.of_tables(&table);
        match typed(&table) {
            Some(policy) if faults.found.is_empty() => {
                faults.of_values(&policy);
                if faults.found.is_empty() { Ok(policy) } else { Self::parse(text) }
            }
            _ => Self::parse(text),
        }
    }
}

/// The policy of a table. Only a text has dates that serde reads.
fn typed(table: &toml::Table) -> Option<Policy> {
    foreign::toml(&toml::to_string(table).ok()?).ok()
}

/// A key, from the top of the file; what stands in a list is known by its place there.
type Path = Vec<String>;

/// The faults that were found, each with the key that it is about.
struct Faults {
    found: Vec<(Path, Problem)>,
}

impl Faults {
    fn add(&mut self, path: &[&str], problem: Problem) {
        self.found.push((path.iter().map(|part| (*part).to_owned()).collect(), problem));
    }

    fn bad(&mut self, path: &[&str], why: &str, hint: &str) {
        self.add(path, problem::bad_value(&spelled(path), why, hint));
    }

    /// A bad value of the list at a key: told with its own line.
    fn entry(&mut self, path: &[&str], nth: usize, why: &str, hint: &str) {
        self.add(&[path, &[&nth.to_string()]].concat(), problem::bad_value(&spelled(path), why, hint));
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

    /// Unknown keys, and values of the wrong type.
    fn of_tables(&mut self, table: &toml::Table) {
        for (key, value) in table {
            match key.as_str() {
                "tier" => self.typed::<LeastTier>(value, &["tier"], "write P, A, B, C or D"),
                "mirrors" => self.typed::<Mirrors>(value, &["mirrors"], "write \"quick\" or \"commit\""),
                "npm" => self.table::<Npm>(value, &["npm"], NPM_KEYS),
                "python" => self.table::<Python>(value, &["python"], PYTHON_KEYS),
                "project" => self.table::<OwnBuild>(value, &["project"], PROJECT_KEYS),
                "shell" => self.table::<Shell>(value, &["shell"], SHELL_KEYS),
                "packages" => self.each(value, "packages", |faults, name, entry| {
                    faults.package(entry, name);
                }),
                "programs" => self.each(value, "programs", |faults, name, entry| {
                    let hint =
                        "write { file = \"...\" }, { program = \"...\" } or (Python) { module = \"...\" }";
                    faults.typed::<Program>(entry, &["programs", name], hint);
                }),
                "exceptions" => match value.as_array() {
                    Some(list) => {
                        for (at, entry) in list.iter().enumerate() {
                            self.exception(entry, &at.to_string());
                        }
                    }
                    None => self.bad(&["exceptions"], "is not a list of tables", "write [[exceptions]]"),
                },
                key => self.unknown(&[key], POLICY_KEYS),
            }
        }
    }

    fn unknown(&mut self, path: &[&str], known: &'static [&'static str]) {
        let key = path.last().copied().unwrap_or_default();
        let nearest = nearest(key, known.iter().copied());
        self.add(path, problem::unknown_key(&spelled(path), nearest, known));
    }

    fn each(&mut self, value: &toml::Value, at: &str, work: impl Fn(&mut Self, &str, &toml::Value)) {
        match value.as_table() {
            Some(table) => table.iter().for_each(|(name, entry)| work(self, name, entry)),
            None => self.bad(&[at], "is not a table", &format!("write [{at}.NAME]")),
        }
    }

    fn typed<T: DeserializeOwned>(&mut self, value: &toml::Value, path: &[&str], hint: &str) {
        if let Err(error) = value.clone().try_into::<T>() {
            self.bad(path, &wrong(&error), hint);
        }
    }

    /// A table whose keys may all be left out: each is looked at alone, so that one fault hides no other.
    fn table<T: DeserializeOwned>(
        &mut self,
        value: &toml::Value,
        path: &[&str],
        known: &'static [&'static str],
    ) {
        let Some(table) = value.as_table() else {
            return self.bad(path, "is not a table", &format!("write [{}]", spelled(path)));
        };
        for (key, value) in table {
            let at = [path, &[key.as_str()]].concat();
            if !known.contains(&key.as_str()) {
                self.unknown(&at, known);
                continue;
            }
            let hint = "see docs/reference/headwater-toml.md for what it may be";
            let alone = |value: toml::Value| toml::Value::Table([(key.clone(), value)].into_iter().collect());
            let before = self.found.len();
            // Of a list it says which it is.
            for (nth, entry) in value.as_array().into_iter().flatten().enumerate() {
                let one = alone(toml::Value::Array(vec![entry.clone()]));
                if let Err(error) = one.try_into::<T>() {
                    self.entry(&at, nth, &format!("{entry} {}", wrong(&error)), hint);
                }
            }
            if self.found.len() == before {
                self.typed::<T>(&alone(value.clone()), &at, hint);
            }
        }
    }

    fn package(&mut self, entry: &toml::Value, name: &str) {
        let mut entry = entry.clone();
        let mut take = |key: &str| entry.as_table_mut().and_then(|table| table.remove(key));
        let (source, build) = (take("source"), take("build"));
        self.table::<Overrides>(&entry, &["packages", name], OVERRIDE_KEYS);
        if let Some(source) = source {
            self.table::<Source>(&source, &["packages", name, "source"], SOURCE_KEYS);
        }
        if let Some(build) = build {
            self.table::<RecipeOverride>(&build, &["packages", name, "build"], BUILD_KEYS);
        }
    }

    fn exception(&mut self, entry: &toml::Value, at: &str) {
        let Some(table) = entry.as_table() else {
            return self.bad(&["exceptions", at], "is not a table", "write [[exceptions]]");
        };
        for key in table.keys().filter(|key| !EXCEPTION_KEYS.contains(&key.as_str())) {
            self.unknown(&["exceptions", at, key], EXCEPTION_KEYS);
        }
        for key in EXCEPTION_KEYS {
            let path = ["exceptions", at, key];
            match (*key, table.get(*key)) {
                ("expires", Some(toml::Value::Datetime(day))) if day.date.is_some() => {}
                ("expires", Some(_)) => {
                    self.bad(&path, "is not a date", "write a day, as in 2030-12-31, without quotes");
                }
                (_, Some(toml::Value::String(text))) if !text.trim().is_empty() => {}
                (_, Some(toml::Value::String(_))) => {
                    let what = if *key == "owner" { "who vouches for the package" } else { key };
                    self.bad(
                        &path,
                        "is empty",
                        &format!("fill in {what}: an exception says what, why and who"),
                    );
                }
                (_, Some(_)) => self.bad(&path, "is not text", "write it in quotes"),
                // An unknown key beside it mostly is this one, mistyped.
                (_, None) if table.keys().all(|key| EXCEPTION_KEYS.contains(&key.as_str())) => {
                    self.bad(&path, "is missing", "an exception has package, reason, owner and expires");
                }
                (_, None) => {}
            }
        }
    }

    /// What no type says.
    fn of_values(&mut self, policy: &Policy) {
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
            self.files(&named("directory"), build.directory.as_slice());
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

    /// The problems in the order of the file, each with its line.
    fn located(self, text: &str) -> Vec<Problem> {
        let document = DeTable::parse(text).ok();
        let located = |(path, problem): (Path, Problem)| {
            let bytes = document.as_ref().and_then(|table| span(table.get_ref(), &path));
            match bytes {
                Some(bytes) => problem.at(Place::within(FILE, text, bytes)),
                None => problem,
            }
        };
        let mut problems: Vec<Problem> = self.found.into_iter().map(located).collect();
        problems.sort();
        problems.dedup();
        problems
    }
}

fn unreadable(text: &str, error: &toml::de::Error) -> Problem {
    problem::unreadable(text, error.span(), error.message())
}

/// Leaves out what stands at a path, with the list that it is in.
fn take_out(table: &mut toml::Table, path: &[String]) {
    let Some((key, rest)) = path.split_first() else { return };
    match table.get_mut(key) {
        Some(toml::Value::Table(below)) if !rest.is_empty() => take_out(below, rest),
        _ => _ = table.remove(key),
    }
}

/// Where a text of the file names the source of a package (`name@version`).
pub fn place_of_source(text: &str, package: &str) -> Option<Place> {
    let document = DeTable::parse(text).ok()?;
    let (_, packages) = document.get_ref().iter().find(|(key, _)| key.get_ref() == "packages")?;
    let DeValue::Table(packages) = packages.get_ref() else { return None };
    let name = package.rsplit_once('@').map_or(package, |(name, _)| name);
    let normal = |text: &str| PyName::new(text).ok();
    let is_of = |key: &str, wanted: &str| {
        key == wanted || normal(key).is_some_and(|key| normal(wanted).as_ref() == Some(&key))
    };
    // An entry for the version goes before one for the name.
    let key = [package, name].into_iter().find_map(|wanted| {
        let keys = packages.iter().filter(|(_, entry)| entry.get_ref().get("source").is_some());
        keys.map(|(key, _)| key.get_ref().to_string()).find(|key| is_of(key, wanted))
    })?;
    let bytes = span(document.get_ref(), &["packages".to_owned(), key, "source".to_owned()])?;
    Some(Place::within(FILE, text, bytes))
}

/// Where a key stands in the text; where it is not there, what it belongs to.
fn span(table: &DeTable<'_>, path: &[String]) -> Option<Range<usize>> {
    let (first, rest) = path.split_first()?;
    let (key, value) = table.iter().find(|(key, _)| key.get_ref() == first)?;
    let below = match (value.get_ref(), rest.split_first()) {
        (DeValue::Table(table), _) => span(table, rest),
        (DeValue::Array(list), Some((at, rest))) => {
            let entry = list.get(at.parse::<usize>().ok()?)?;
            match entry.get_ref() {
                DeValue::Table(table) => span(table, rest).or(Some(entry.span())),
                _ => Some(entry.span()),
            }
        }
        _ => None,
    };
    Some(below.unwrap_or(key.span()))
}

/// `packages."x".patches`, `exceptions[0].owner`.
fn spelled(path: &[&str]) -> String {
    match path {
        [table @ ("packages" | "programs"), name, rest @ ..] => [
            &[format!("{table}.\"{name}\"")],
            &rest.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>()[..],
        ]
        .concat()
        .join("."),
        ["exceptions", at, rest @ ..] => {
            let rest: String = rest.iter().map(|part| format!(".{part}")).collect();
            format!("exceptions[{at}]{rest}")
        }
        path => path.join("."),
    }
}

/// What serde says, as a sentence without its subject.
fn wrong(error: &toml::de::Error) -> String {
    let said = error.message().lines().next().unwrap_or_default().trim();
    match said {
        "" => "cannot be read".to_owned(),
        said => format!("cannot be read: {said}"),
    }
}

fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-'".contains(c))
}
