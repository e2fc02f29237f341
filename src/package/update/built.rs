//! What a Python project is built and tested with, in two releases: an update leaves these lists to a person.

use std::collections::BTreeSet;

use super::Task;
use crate::failure::Failure;
use crate::graph::Project;
use crate::package::commit::Files;
use crate::package::python::texts;
use crate::python::{BuildSystem, PyName, Requirement};
use crate::upstream::nixpkgs::python::names::attribute;
use crate::upstream::python::Files as Texts;
use crate::upstream::python::build::Build;
use crate::upstream::python::modules;
use crate::upstream::python::needs::Needs;
use crate::upstream::python::testing::Tests;

/// Names for `build-system` and for `nativeCheckInputs`.
type Wanted = [BTreeSet<String>; 2];

impl Task<'_> {
    /// Notes on what came and went.
    pub(super) async fn note_build(
        &self,
        project: Option<&Project>,
        (old, new): (&Files<'_>, &Files<'_>),
        notes: &mut Vec<String>,
    ) -> Result<(), Failure> {
        let Some(Project::Python(name)) = project.filter(|_| self.definition.is_python) else {
            return Ok(());
        };
        let both = (self.wanted(name, old).await?, self.wanted(name, new).await?);
        let (Some(before), Some(after)) = both else { return Ok(()) };
        let lists = [("the build asks for", "build-system"), ("tests ask for", "nativeCheckInputs")];
        for (at, (asks, list)) in lists.into_iter().enumerate() {
            notes.extend(changed(asks, list, &before[at], &after[at]));
        }
        Ok(())
    }

    /// `None` where the build files cannot be read.
    async fn wanted(&self, name: &PyName, files: &Files<'_>) -> Result<Option<Wanted>, Failure> {
        let Some((build, tests)) = read(name, &texts(files, &self.folder()).await?) else { return Ok(None) };
        let named = |one: &Requirement| attribute(&one.name, None).name;
        let of_build = build.requires.iter().map(|need| named(&need.requirement));
        Ok(Some([
            of_build.filter(|name| name != "wheel").collect(),
            tests.requires.iter().map(named).collect(),
        ]))
    }
}

/// `None` where the build files cannot be read.
pub(super) fn read(name: &PyName, texts: &Texts) -> Option<(Build, Tests)> {
    let system = BuildSystem::read(texts.text("pyproject.toml")).ok()?;
    let build = Build::read(name, texts).ok()?;
    let tests = Tests::read(name, &system, texts, &Needs::default(), &modules::of_source(name, texts));
    Some((build, tests))
}

fn changed(asks: &str, list: &str, before: &BTreeSet<String>, after: &BTreeSet<String>) -> Option<String> {
    let shown = |all: Vec<&String>| all.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
    let (came, went) = (shown(after.difference(before).collect()), shown(before.difference(after).collect()));
    let text = match (came.is_empty(), went.is_empty()) {
        (true, true) => return None,
        (false, true) => format!("{asks} {came} now"),
        (true, false) => format!("{asks} {went} no more"),
        (false, false) => format!("{asks} {came} now, and {went} no more"),
    };
    Some(format!("{text}: look whether {list} has it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_and_went() {
        let set = |text: &str| text.split_whitespace().map(str::to_owned).collect::<BTreeSet<_>>();
        for (before, after, says) in [
            ("a b", "b c", Some("the build asks for c now, and a no more: look whether build-system has it")),
            ("a", "a b", Some("the build asks for b now: look whether build-system has it")),
            ("a b", "a", Some("the build asks for b no more: look whether build-system has it")),
            ("a", "a", None),
        ] {
            let found = changed("the build asks for", "build-system", &set(before), &set(after));
            assert_eq!(found.as_deref(), says);
        }
    }
}
