//! Unknown keys, and values of the wrong type.

use serde::de::DeserializeOwned;
use serde_aux::serde_introspection::serde_introspect;

use super::Faults;
use super::places::spelled;
use crate::policy::{
    Exception, LeastTier, Mirrors, Npm, Overrides, OwnBuild, Policy, Program, Python, Shell, Source, nearest,
};
use crate::problem::policy as problem;
use crate::rebuild::RecipeOverride;

/// The keys that a table may have: the fields of its type.
pub(in crate::policy) fn keys<T: DeserializeOwned>() -> &'static [&'static str] {
    serde_introspect::<T>()
}

impl Faults {
    /// Unknown keys, and values of the wrong type.
    pub(super) fn of_tables(&mut self, table: &toml::Table) {
        for (key, value) in table {
            match key.as_str() {
                "tier" => self.typed::<LeastTier>(value, &["tier"], "write P, A, B, C or D"),
                "mirrors" => self.typed::<Mirrors>(value, &["mirrors"], "write \"quick\" or \"commit\""),
                "npm" => self.table::<Npm>(value, &["npm"]),
                "python" => self.table::<Python>(value, &["python"]),
                "project" => self.table::<OwnBuild>(value, &["project"]),
                "shell" => self.table::<Shell>(value, &["shell"]),
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
                key => self.unknown(&[key], keys::<Policy>()),
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
    fn table<T: DeserializeOwned>(&mut self, value: &toml::Value, path: &[&str]) {
        let Some(table) = value.as_table() else {
            return self.bad(path, "is not a table", &format!("write [{}]", spelled(path)));
        };
        for (key, value) in table {
            let at = [path, &[key.as_str()]].concat();
            if !keys::<T>().contains(&key.as_str()) {
                self.unknown(&at, keys::<T>());
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
        self.table::<Overrides>(&entry, &["packages", name]);
        if let Some(source) = source {
            self.table::<Source>(&source, &["packages", name, "source"]);
        }
        if let Some(build) = build {
            self.table::<RecipeOverride>(&build, &["packages", name, "build"]);
        }
    }

    fn exception(&mut self, entry: &toml::Value, at: &str) {
        let Some(table) = entry.as_table() else {
            return self.bad(&["exceptions", at], "is not a table", "write [[exceptions]]");
        };
        let known = keys::<Exception>();
        for key in table.keys().filter(|key| !known.contains(&key.as_str())) {
            self.unknown(&["exceptions", at, key], known);
        }
        for key in known {
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
                (_, None) if table.keys().all(|key| known.contains(&key.as_str())) => {
                    self.bad(&path, "is missing", "an exception has package, reason, owner and expires");
                }
                (_, None) => {}
            }
        }
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
