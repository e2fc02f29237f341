//! Which packages are built again.

use crate::convert::npm::builds::Subject;
use crate::failure::Failure;
use crate::graph::{Package, PackageName, Purl, Version};
use crate::pins::{Pin, Pins};
use crate::problem::verify as problem;
use crate::rebuild::{eligible, is_built};
use crate::source::Source;

/// What is asked for, and why the rest of it is not built: `name@version` and a sentence.
#[derive(Clone, Debug, Default)]
pub struct Subjects {
    pub wanted: Vec<Subject>,
    pub passed_over: Vec<(String, String)>,
}

/// The packages that are asked for by name, or else all that are built output.
///
/// # Errors
/// A name that headwater.lock does not have.
pub fn subjects(pins: &Pins, asked: &[String]) -> Result<Subjects, Failure> {
    let mut found = Subjects::default();
    let mut known = vec![false; asked.len()];
    for (purl, pin) in &pins.packages {
        let Ok(Package::Npm { name, version }) = Package::parse(purl.as_str()) else { continue };
        let shown = format!("{name}@{version}");
        let named = asked.iter().position(|text| *text == shown || text == name.as_str());
        if let Some(at) = named {
            known[at] = true;
        }
        match subject(purl, pin, (&name, &version), named.is_some()) {
            Some(Ok(subject)) if asked.is_empty() || named.is_some() => found.wanted.push(subject),
            Some(Err(why)) if asked.is_empty() || named.is_some() => found.passed_over.push((shown, why)),
            _ => {}
        }
    }
    let unknown = asked.iter().zip(&known).filter(|(_, known)| !**known);
    let problems: Vec<_> = unknown.map(|(text, _)| problem::unknown(text)).collect();
    if problems.is_empty() { Ok(found) } else { Err(Failure::Input(problems)) }
}

/// `None` for a package of which nothing need be built.
fn subject(
    purl: &Purl,
    pin: &Pin,
    (name, version): (&PackageName, &Version),
    is_named: bool,
) -> Option<Result<Subject, String>> {
    let no = |why: &str| is_named.then(|| Err(why.to_owned()));
    let Some(resolution) = &pin.resolution else { return no("nobody could be asked for its source") };
    let Some(artifact) = &pin.artifact else {
        return no("the lockfile names its commit: there is no registry's file to compare a build with");
    };
    if !is_named && !is_built(resolution) {
        return None;
    }
    let subject = |source: &Source| Subject {
        purl: purl.clone(),
        name: name.clone(),
        version: version.clone(),
        source: source.clone(),
        artifact: Some(artifact.clone()),
    };
    Some(eligible(resolution).map(subject))
}
