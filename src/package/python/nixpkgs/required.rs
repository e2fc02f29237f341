//! What is changed about the requirements that the metadata states.

use std::collections::BTreeMap;

use super::over::{Over, Ruled};
use crate::package::python::Subject;
use crate::python::{PyName, Requirement};
use crate::upstream::nixpkgs::python::condition::{Condition, condition};

impl Subject<'_> {
    /// Requirements whose bounds the user's nixpkgs does not meet; where nobody asked it, those that are pinned.
    pub(super) fn relaxed(&self, over: &Over) -> BTreeMap<String, Option<String>> {
        let mut found = BTreeMap::new();
        for requirement in &self.facts.needs.always {
            let spelled = self.spelled(&requirement.name);
            if over.stands_for(&requirement.name).is_some() {
                continue;
            }
            match over.rules_out(requirement) {
                None => {}
                Some(Ruled::Known) => _ = found.insert(spelled, None),
                Some(Ruled::Perhaps(newest)) => {
                    let bounds = requirement.without_marker();
                    let doubt = format!(
                        "upstream wants {bounds}, and {newest} is the newest: look which your nixpkgs has"
                    );
                    found.insert(spelled, Some(doubt));
                }
            }
        }
        found
    }

    /// Requirements of whose name there is nothing in nixpkgs, and what stands for them there.
    pub(super) fn removed(&self, over: &Over) -> BTreeMap<String, String> {
        let counts = |one: &&Requirement| condition(&over.target, &one.marker) != Condition::Never;
        let names = self.facts.needs.always.iter().filter(counts).map(|one| &one.name);
        names.filter_map(|name| Some((self.spelled(name), over.stands_for(name)?))).collect()
    }

    /// A requirement's name as the metadata spells it.
    fn spelled(&self, name: &PyName) -> String {
        self.facts.needs.spelled.get(name).cloned().unwrap_or_else(|| name.to_string())
    }
}
