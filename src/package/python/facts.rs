//! What is known of a release, from its files and those of its source.

use std::collections::BTreeMap;

use super::Uploaded;
use crate::convert::python::project::declared::{Declared, declared};
use crate::failure::Failure;
use crate::problem::{Problem, requirements, upstream as problem};
use crate::python::{BuildSystem, CoreMetadata, PyName, PyVersion, entry_points};
use crate::upstream::python::build::{Build, Version};
use crate::upstream::python::modules::{self, Modules};
use crate::upstream::python::needs::Needs;
use crate::upstream::python::testing::Tests;
use crate::upstream::python::{Facts, Files as Texts};

/// Where a source is, as far as its name and version may follow from that.
pub(super) struct Place<'a> {
    pub(super) shown: &'a str,
    pub(super) repository: &'a str,
    pub(super) tag: Option<&'a str>,
    /// That of a commit without a release.
    pub(super) version: Option<&'a str>,
}

pub(super) fn facts(
    place: &Place<'_>,
    release: Option<(&PyName, &PyVersion)>,
    texts: &Texts,
    uploaded: &Uploaded,
) -> Result<Facts, Failure> {
    let unreadable = |why: &str| Failure::one(problem::unreadable_commit(place.shown, why));
    let declared = declared(&texts.texts);
    let repository = place.repository.rsplit('/').next().unwrap_or_default();
    let spelled = uploaded.metadata.as_ref().map(|metadata| metadata.spelled.clone());
    let spelled = spelled.or_else(|| declared.spelled.clone()).unwrap_or_else(|| repository.to_owned());
    let name = match &release {
        Some((name, _)) => (*name).clone(),
        None => PyName::new(&spelled).map_err(|why| unreadable(&format!("{spelled:?} {why}")))?,
    };
    let build =
        Build::read(&name, texts).map_err(|why| Failure::one(bad_build(place.shown, &why.to_string())))?;
    let version = match release {
        Some((_, version)) => version.clone(),
        None => version(place, &build)
            .ok_or_else(|| unreadable("neither its tag nor its files state a version"))?,
    };
    let needs = needs(&name, &declared, uploaded);
    let system =
        BuildSystem::read(texts.text("pyproject.toml")).map_err(|why| unreadable(&why.to_string()))?;
    let about = match &uploaded.metadata {
        Some(metadata) => crate::about::core(metadata).or(declared.about.clone()),
        None => declared.about.clone(),
    };
    let (programs, modules) = installed(&name, texts, &declared, uploaded);
    let tests = Tests::read(&name, &system, texts, &needs, &modules);
    let metadata = uploaded.metadata.as_ref();
    Ok(Facts {
        classifiers: metadata.map_or(declared.classifiers, |metadata| metadata.classifiers.clone()),
        requires_python: metadata
            .map_or(declared.requires_python, |metadata| metadata.requires_python.clone()),
        name,
        spelled,
        version,
        about,
        build,
        needs,
        tests,
        modules,
        programs,
    })
}

fn bad_build(shown: &str, why: &str) -> Problem {
    requirements::bad_build_system(shown, why).at("pyproject.toml")
}

/// The version of the tag, or that of the files.
fn version(place: &Place<'_>, build: &Build) -> Option<PyVersion> {
    let of_tag = || {
        let tag = place.tag?;
        PyVersion::new(&tag[tag.find(|c: char| c.is_ascii_digit())?..]).ok()
    };
    let stated = || match &build.version {
        Version::Stated { text, .. } => PyVersion::new(text).ok(),
        _ => None,
    };
    // Of a commit without a release, the last one's.
    let before = || PyVersion::new(place.version?.split("-unstable-").next()?).ok();
    of_tag().or_else(stated).or_else(before)
}

/// What an installer reads, or, of a commit alone, what its build files state.
fn needs(name: &PyName, declared: &Declared, uploaded: &Uploaded) -> Needs {
    let is_told = |metadata: &&CoreMetadata| {
        uploaded.wheel.is_some()
            || !metadata.requires_dist.is_empty()
            || !metadata.may_change("requires-dist")
    };
    match uploaded.metadata.as_ref().filter(is_told) {
        Some(metadata) => Needs::of(name, &metadata.requires_dist, &metadata.provides_extra),
        None => {
            let mut needs = Needs::stated(name, &declared.requires, &declared.extras);
            let doubt = "the build computes what it requires: look into its files".to_owned();
            needs.doubt = declared.is_computed.then_some(doubt);
            needs
        }
    }
}

/// Programs and modules: those of the wheel, or what the source declares and has.
fn installed(
    name: &PyName,
    texts: &Texts,
    declared: &Declared,
    uploaded: &Uploaded,
) -> (BTreeMap<String, String>, Modules) {
    let Some(wheel) = &uploaded.wheel else {
        return (declared.programs.clone(), modules::of_source(name, texts));
    };
    let points = wheel.texts.iter().filter(|(path, _)| path.ends_with(".dist-info/entry_points.txt"));
    let points = points.map(|(_, text)| entry_points::read(text));
    let mut programs: BTreeMap<String, String> = points
        .flat_map(|points| {
            let groups = ["console_scripts", "gui_scripts"].into_iter();
            groups.filter_map(|group| points.get(group).cloned()).flatten().collect::<Vec<_>>()
        })
        .collect();
    let paths = || wheel.files.iter().map(|file| file.path.as_str());
    programs.extend(
        paths()
            .filter_map(|path| path.split_once(".data/scripts/"))
            .map(|(_, name)| (name.to_owned(), String::new())),
    );
    let mut modules = modules::of_wheel(name, paths());
    if uploaded.leaves_out_compiled {
        let roots = modules.names.iter().filter_map(|module| module.split('.').next());
        modules.compiled.extend(roots.map(str::to_owned));
        modules.is_compiled_elsewhere = true;
    }
    (programs, modules)
}
