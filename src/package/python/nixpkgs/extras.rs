//! The extras that the file has.

use std::collections::BTreeMap;

use super::over::Over;
use crate::package::python::Subject;
use crate::upstream::nixpkgs::python::list::List;
use crate::upstream::python::extras::{Audience, audience};
use crate::upstream::python::testing::is_for_development;

impl Subject<'_> {
    /// The extras that users ask for, and what is to be said of the others.
    pub(super) fn extras(&self, over: &Over) -> (BTreeMap<String, List>, Vec<String>) {
        let (mut found, mut notes) = (BTreeMap::new(), Vec::new());
        for (extra, requirements) in &self.facts.needs.extras {
            let mut list = over.list(requirements);
            if is_for_development(extra.as_str()) || list.is_empty() {
                continue;
            }
            let names: Vec<&str> = requirements.iter().map(|one| one.name.as_str()).collect();
            let names = names.join(", ");
            match audience(extra, requirements) {
                Audience::Users => {}
                Audience::Perhaps => list.doubts.push(format!(
                    "{extra} has only {names}: leave it out if that is for those who work on the project"
                )),
                Audience::Developers => {
                    notes.push(format!(
                        "the extra {extra} is left out: it has only tools for those who work on the project ({names})"
                    ));
                    continue;
                }
            }
            match list.lacking.is_empty() {
                true => _ = found.insert(extra.to_string(), list),
                false => notes.push(format!(
                    "the extra {extra} is left out: your nixpkgs lacks {}",
                    list.lacking.join(", ")
                )),
            }
        }
        (found, notes)
    }
}
