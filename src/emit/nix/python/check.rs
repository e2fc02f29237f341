//! What the emitted data must hold to, looked at before it is text: faults here are defects of ours, and Nix
//! would tell of them late, or only on another platform.

use std::collections::{BTreeMap, BTreeSet};

use crate::emit::model::python::package::{Source, WheelBuild};
use crate::emit::model::python::{Key, OwnCode, PythonProject};

/// One sentence for each fault.
pub fn faults(project: &PythonProject) -> Vec<String> {
    let mut faults = Vec::new();
    let known = |key: &Key| project.packages.contains_key(key) || project.missing.contains_key(key);
    for key in project.packages.keys().filter(|key| project.missing.contains_key(key)) {
        faults.push(format!("{} is there and missing", key.as_str()));
    }
    for edge in project.roots.iter().chain(&project.dev_roots).filter(|edge| !known(&edge.package)) {
        faults.push(format!("the project needs {}, which is not listed", edge.package.as_str()));
    }
    for (key, package) in &project.packages {
        for edge in package.edges().filter(|edge| !known(&edge.package)) {
            faults.push(format!("{} needs {}, which is not listed", key.as_str(), edge.package.as_str()));
        }
        match &package.source {
            Source::Local { local } if *local == project.at => {
                faults.push(format!("{} is the project itself", key.as_str()));
            }
            Source::Wheels { wheels } if wheels.is_empty() => {
                faults.push(format!("{} has no wheels", key.as_str()));
            }
            _ => {}
        }
        build_faults(project, key.as_str(), &package.build, &mut faults);
    }
    if let OwnCode::Built(build) = &project.own {
        build_faults(project, "the project", build, &mut faults);
    }
    for name in project.sources.packs.keys().chain(project.sources.lock_files.keys()) {
        if !is_file_name(name) {
            faults.push(format!("{name:?} is no name for a file of packs"));
        }
    }
    for name in project.sources.packs.keys().filter(|name| project.sources.lock_files.contains_key(*name)) {
        faults.push(format!("{name:?} is a pack and a lock file"));
    }
    if let Some(circle) = circle(project) {
        let circle: Vec<_> = circle.into_iter().map(Key::as_str).collect();
        faults.push(format!("to build {} takes itself", circle.join(", that ")));
    }
    faults
}

fn build_faults(project: &PythonProject, title: &str, build: &WheelBuild, faults: &mut Vec<String>) {
    for require in &build.requires {
        let key = &require.package;
        if !project.packages.contains_key(key) && !project.missing.contains_key(key) {
            faults.push(format!("to build {title} takes {}, which is not listed", key.as_str()));
        }
    }
    let Some(crates) = &build.crates else { return };
    if !project.sources.packs.contains_key(&crates.pack) {
        faults.push(format!("{title} has its crates in the pack {}, which is not listed", crates.pack));
    }
    if let Some(lock) = crates.lock.as_ref().filter(|lock| !project.sources.lock_files.contains_key(*lock)) {
        faults.push(format!("{title} has its crates from {lock}, which is not listed"));
    }
}

/// Letters, digits and `+-._=?`, as a store path's name wants it, and no dot first.
fn is_file_name(name: &str) -> bool {
    let safe = |c: char| c.is_ascii_alphanumeric() || "+-._=?".contains(c);
    !name.is_empty() && !name.starts_with('.') && name.len() <= 180 && name.chars().all(safe)
}

/// The keys of one circle among build requirements, which Nix would walk without end. Markers do not count: a
/// circle on one platform is one.
fn circle(project: &PythonProject) -> Option<Vec<&Key>> {
    let next: BTreeMap<&Key, Vec<&Key>> = project
        .packages
        .iter()
        .map(|(key, package)| {
            let required = package.build.requires.iter().map(|require| &require.package);
            (key, required.filter(|key| project.packages.contains_key(key)).collect())
        })
        .collect();
    let mut done = BTreeSet::new();
    for start in next.keys() {
        // The way from the start to here, each with how many of its requirements have been walked.
        let mut way = vec![(*start, 0)];
        let mut on_way = BTreeSet::from([*start]);
        while let Some((key, walked)) = way.last_mut() {
            let Some(to) = next[*key].get(*walked).filter(|_| !done.contains(*key)) else {
                done.insert(*key);
                on_way.remove(*key);
                way.pop();
                continue;
            };
            *walked += 1;
            if on_way.contains(to) {
                return Some(way.iter().map(|(key, _)| *key).skip_while(|key| key != to).collect());
            }
            if !done.contains(to) {
                on_way.insert(to);
                way.push((to, 0));
            }
        }
    }
    None
}
