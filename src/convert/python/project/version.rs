//! The project's version: as it is written, or as its backend would find it in a file, without running anything.

use std::sync::LazyLock;

use regex_lite::Regex;

use super::folders;
use super::manifest::Manifest;
use crate::foreign;
use crate::problem::{Problem, project as problem};
use crate::python::PyVersion;
use crate::python::literals;
use crate::python::version_files::FROM_GIT;
use crate::python::{CoreMetadata, Requirement};

/// What is taken where nothing tells the version.
const NONE: &str = "0.0.0";

/// The version, in this order: as written in a field, where the backend is told to find it, the lockfile's (`locked`),
/// that of a PKG-INFO, the `__version__` of the project's module unless git has it, and at last 0.0.0 with a warning.
///
/// # Errors
/// A version in a field that is none.
pub(super) fn version(
    manifest: &Manifest<'_>,
    locked: Option<&PyVersion>,
    warnings: &mut Vec<Problem>,
) -> Result<PyVersion, Problem> {
    let from_git = is_from_git(manifest);
    if let Some(text) = written(manifest) {
        return PyVersion::new(text).map_err(|_| problem::bad_version(&manifest.main_file(), text));
    }
    let told = || told(manifest).and_then(|text| PyVersion::new(text.trim()).ok());
    let info = || Some(CoreMetadata::parse(&manifest.text("PKG-INFO")?).ok()?.version);
    let own = || if from_git { None } else { of_module(manifest) };
    if let Some(version) = told().or_else(|| locked.cloned()).or_else(info).or_else(own) {
        return Ok(version);
    }
    warnings.push(problem::unknown_version(&manifest.main_file(), NONE));
    PyVersion::new(NONE).map_err(|_| problem::bad_version(&manifest.main_file(), NONE))
}

/// The version as a field has it, whatever it looks like.
pub(super) fn written<'m>(manifest: &'m Manifest<'_>) -> Option<&'m str> {
    // Poetry's plugin leaves a placeholder in the field.
    let plugin = manifest.value(&["tool", "poetry-dynamic-versioning", "enable"]);
    if plugin.and_then(toml::Value::as_bool).unwrap_or_default() {
        return None;
    }
    let text = manifest.field("version", "version")?;
    (!text.starts_with("attr:") && !text.starts_with("file:")).then_some(text)
}

fn is_from_git(manifest: &Manifest<'_>) -> bool {
    let required = manifest.system.requires.iter().filter_map(|text| Requirement::parse(text).ok());
    let mut required = required.map(|requirement| requirement.name);
    let setup = manifest.texts.get("setup.py").map(String::as_str).unwrap_or_default();
    required.any(|name| FROM_GIT.contains(&name.as_str()))
        || ["use_scm_version", "pbr=", "versioneer"].iter().any(|word| setup.contains(word))
        || manifest.string(&["tool", "pdm", "version", "source"]) == Some("scm")
}

/// The text that the backend is told to take.
fn told(manifest: &Manifest<'_>) -> Option<String> {
    let setuptools = ["tool", "setuptools", "dynamic", "version"];
    let dynamic = |key: &str| {
        let value = manifest.value(&setuptools)?.get(key)?;
        // Several files are joined; the version can only be in one of them.
        value.as_str().or_else(|| value.as_array()?.first()?.as_str())
    };
    let cfg = |prefix: &str| manifest.cfg("metadata", "version")?.strip_prefix(prefix).map(str::trim);
    if let Some(object) = dynamic("attr").or_else(|| cfg("attr:")) {
        return attribute(manifest, object);
    }
    if let Some(file) = dynamic("file").or_else(|| cfg("file:")) {
        return manifest.text(file.split(',').next().unwrap_or_default().trim());
    }
    let pdm = ["path", "from"].iter().find_map(|key| manifest.string(&["tool", "pdm", "version", key]));
    if let Some(file) = manifest.string(&["tool", "hatch", "version", "path"]).or(pdm) {
        return stated(&manifest.text(file)?);
    }
    match manifest.system.module().split('.').next().unwrap_or_default() {
        "flit_core" | "flit" => of_module(manifest).map(|version| version.to_string()),
        "maturin" => cargo(manifest),
        "mesonpy" => {
            static CALL: LazyLock<Option<Regex>> =
                LazyLock::new(|| Regex::new(r"project\s*\([^)]*?\bversion\s*:\s*'([^'\n]+)'").ok());
            Some(CALL.as_ref()?.captures(&manifest.text("meson.build")?)?[1].to_owned())
        }
        _ => None,
    }
}

/// What a module says of its version, as a literal.
fn stated(text: &str) -> Option<String> {
    let values = literals::assigned(text);
    ["__version__", "VERSION", "version"].iter().find_map(|name| values.get(*name)?.text()).map(str::to_owned)
}

/// The literal that `package.module.NAME` is, of a module in the project's folders.
fn attribute(manifest: &Manifest<'_>, object: &str) -> Option<String> {
    let (module, name) = object.trim().rsplit_once('.')?;
    let path = module.replace('.', "/");
    let mut texts = module_files(manifest, &path);
    let direct = texts.find_map(|text| literals::assigned(&text).get(name)?.text().map(str::to_owned));
    // It may be imported from beside.
    direct.or_else(|| beside(manifest, &path))
}

/// The texts of a module's file, or of its folder's.
fn module_files<'m>(manifest: &'m Manifest<'_>, path: &str) -> impl Iterator<Item = String> + use<'m> {
    let folders = folders::relative(manifest).into_iter().chain([String::new()]);
    let path = path.to_owned();
    let paths = folders.flat_map(move |folder| {
        let base = if folder.is_empty() { path.clone() } else { format!("{folder}/{path}") };
        [format!("{base}/__init__.py"), format!("{base}.py")]
    });
    paths.filter_map(|path| manifest.text(&path))
}

/// What the modules in which projects keep their version say, for a package at this path.
fn beside(manifest: &Manifest<'_>, path: &str) -> Option<String> {
    let names = ["__about__", "_version", "version", "__version__"];
    let mut files = names.iter().flat_map(|name| module_files(manifest, &format!("{path}/{name}")));
    files.find_map(|text| stated(&text))
}

/// The version that the project's module has in itself.
fn of_module(manifest: &Manifest<'_>) -> Option<PyVersion> {
    let flit = [&["tool", "flit", "module", "name"][..], &["tool", "flit", "metadata", "module"]];
    let flit = flit.iter().find_map(|path| manifest.string(path));
    let path = match flit {
        Some(module) => module.replace('.', "/"),
        None => manifest.spelled()?.replace(['-', '.'], "_"),
    };
    let lower = path.to_lowercase();
    let only = only_package(manifest);
    [Some(path), Some(lower), only].iter().flatten().find_map(|path| {
        let mut texts = module_files(manifest, path);
        let text = texts.find_map(|text| stated(&text)).or_else(|| beside(manifest, path))?;
        PyVersion::new(&text).ok()
    })
}

/// The package of a project that has only one.
fn only_package(manifest: &Manifest<'_>) -> Option<String> {
    let folder = folders::relative(manifest).into_iter().next()?;
    let inner = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    let names = manifest.names(&folder);
    let folders = names.iter().filter_map(|name| name.strip_suffix('/'));
    let apart = ["test", "tests", "doc", "docs", "examples", "build"];
    let mut packages = folders.filter(|name| {
        !apart.contains(name) && manifest.names(&inner(name)).iter().any(|name| name == "__init__.py")
    });
    packages.next().filter(|_| packages.next().is_none()).map(str::to_owned)
}

/// The version of the extension's Cargo.toml, or of the workspace around it.
fn cargo(manifest: &Manifest<'_>) -> Option<String> {
    let told = manifest.string(&["tool", "maturin", "manifest-path"]).unwrap_or("Cargo.toml");
    let read = |path: &str| foreign::toml::<toml::Table>(&manifest.text(path)?).ok();
    let own = read(told)?;
    let version = own.get("package")?.get("version")?;
    let of_workspace = || {
        let whole = read("Cargo.toml")?;
        Some(whole.get("workspace")?.get("package")?.get("version")?.as_str()?.to_owned())
    };
    version.as_str().map(str::to_owned).or_else(of_workspace)
}
