//! From the text of `headwater.toml` to the policy: every fault of the file at once, each with its line.

mod places;
mod tables;
mod values;

use toml::de::DeTable;

use super::{FILE, Policy};
use crate::foreign;
use crate::problem::{Place, Problem, policy as problem};
pub use places::place_of_source;
use places::{span, spelled};
#[cfg(test)]
pub(super) use tables::keys;

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
