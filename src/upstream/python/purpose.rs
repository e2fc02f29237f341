//! Whether a project is an application or a library.

use super::Facts;

/// What people use a project for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Its programs.
    Application,
    /// Its modules.
    Library,
}

/// Classifiers of programs that people start.
const ENVIRONMENTS: [&str; 4] = [
    "Environment :: Console",
    "Environment :: X11 Applications",
    "Environment :: MacOS X",
    "Environment :: Win32",
];
/// Classifiers of what other programs are written with.
const OF_LIBRARIES: [&str; 2] = ["Topic :: Software Development :: Libraries", "Framework :: "];

/// An application has a program of its own name, and classifiers of a program and none of a library. All else is a
/// library: it can be made an application from there, and not the other way round.
pub fn purpose(facts: &Facts) -> Purpose {
    let bare = |text: &str| text.replace(['-', '_', '.'], "").to_lowercase();
    let has_own = facts.programs.keys().any(|program| bare(program) == bare(facts.name.as_str()));
    let has = |starts: &[&str]| {
        facts.classifiers.iter().any(|one| starts.iter().any(|start| one.starts_with(start)))
    };
    match has_own && has(&ENVIRONMENTS) && !has(&OF_LIBRARIES) {
        true => Purpose::Application,
        false => Purpose::Library,
    }
}
