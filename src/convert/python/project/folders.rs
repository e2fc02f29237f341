//! The folders that a project's modules are imported from, each as its backend is told or finds it.

use std::collections::BTreeSet;

use toml::Value;

use super::manifest::Manifest;
use super::tree;
use crate::graph::Location;
use crate::python::build_system::strings;
use crate::python::literals::Literal;

/// What goes on the path of modules, from the project's folder; never empty.
pub(super) fn folders(manifest: &Manifest<'_>) -> Vec<Location> {
    let told = relative(manifest);
    let found: BTreeSet<Location> =
        told.iter().filter_map(|folder| tree::below(&manifest.at, folder)).collect();
    if found.is_empty() { vec![manifest.at.clone()] } else { found.into_iter().collect() }
}

/// The same from the manifest's own folder, `""` being that one.
pub(super) fn relative(manifest: &Manifest<'_>) -> Vec<String> {
    let told = match manifest.system.module().split('.').next().unwrap_or_default() {
        "poetry" => poetry(manifest),
        "hatchling" => hatchling(manifest),
        "pdm" => {
            let paths = [&["tool", "pdm", "build", "package-dir"][..], &["tool", "pdm", "package-dir"]];
            paths.iter().find_map(|path| manifest.string(path)).map(|folder| vec![folder.to_owned()])
        }
        "uv_build" => {
            let root = manifest.string(&["tool", "uv", "build-backend", "module-root"]);
            Some(vec![root.unwrap_or("src").to_owned()])
        }
        "maturin" => {
            manifest.string(&["tool", "maturin", "python-source"]).map(|folder| vec![folder.to_owned()])
        }
        _ => setuptools(manifest),
    };
    told.filter(|folders| !folders.is_empty()).unwrap_or_else(|| by_layout(manifest))
}

/// `src` where there are modules in it, else the folder itself.
fn by_layout(manifest: &Manifest<'_>) -> Vec<String> {
    let inner = manifest.names("src");
    let module = |name: &String| match name.strip_suffix('/') {
        Some(folder) => {
            let within = manifest.names(&format!("src/{folder}"));
            within.iter().any(|name| is_module(name)) && !folder.ends_with(".egg-info")
        }
        None => is_module(name),
    };
    // A package that is itself called src.
    let is_package = inner.iter().any(|name| name == "__init__.py");
    vec![if !is_package && inner.iter().any(module) { "src".to_owned() } else { String::new() }]
}

fn is_module(name: &str) -> bool {
    name.ends_with(".py") || name.ends_with(".pyx") || name.ends_with(".pyi")
}

fn poetry(manifest: &Manifest<'_>) -> Option<Vec<String>> {
    let packages = manifest.value(&["tool", "poetry", "packages"])?.as_array()?;
    let from = |package: &Value| package.get("from").and_then(Value::as_str).unwrap_or_default().to_owned();
    Some(packages.iter().map(from).collect())
}

/// The folders that it names for this; else those around the packages that it ships.
fn hatchling(manifest: &Manifest<'_>) -> Option<Vec<String>> {
    let bases = [&["tool", "hatch", "build", "targets", "wheel"][..], &["tool", "hatch", "build"]];
    let list = |key: &str| {
        bases.iter().find_map(|base| strings(manifest.value(base)?.get(key))).filter(|list| !list.is_empty())
    };
    // `sources` may be a table of folders and what they become.
    let sources = || list("sources");
    let around = || Some(list("packages")?.iter().map(|path| parent(path)).collect());
    list("dev-mode-dirs").or_else(sources).or_else(around)
}

fn parent(path: &str) -> String {
    path.trim_end_matches('/').rsplit_once('/').map(|(folder, _)| folder.to_owned()).unwrap_or_default()
}

fn setuptools(manifest: &Manifest<'_>) -> Option<Vec<String>> {
    let mut found = Vec::new();
    // Package (`""` is all) and the folder that it is in.
    let mut dirs: Vec<(String, String)> = Vec::new();
    let table = manifest.value(&["tool", "setuptools", "package-dir"]).and_then(Value::as_table);
    let table = table.into_iter().flatten();
    dirs.extend(table.filter_map(|(package, folder)| Some((package.clone(), folder.as_str()?.to_owned()))));
    if let Some(Literal::Table(items)) = manifest.argument("package_dir") {
        dirs.extend(
            items.iter().filter_map(|(package, folder)| Some((package.clone(), folder.text()?.to_owned()))),
        );
    }
    let lines = manifest.cfg("options", "package_dir").unwrap_or_default().split(['\n', ',']);
    let pairs = lines.filter_map(|line| line.split_once('='));
    dirs.extend(pairs.map(|(package, folder)| (package.trim().to_owned(), folder.trim().to_owned())));
    for (package, folder) in dirs {
        // `pkg = lib/pkg` is found in lib; under another name it cannot be imported from where it is.
        let tail = package.replace('.', "/");
        match folder.trim_end_matches('/').strip_suffix(&tail) {
            Some(before) if !tail.is_empty() => found.push(before.trim_end_matches('/').to_owned()),
            _ => found.push(folder),
        }
    }
    if found.is_empty() {
        found =
            strings(manifest.value(&["tool", "setuptools", "packages", "find", "where"])).unwrap_or_default();
        found.extend(manifest.cfg("options.packages.find", "where").map(str::to_owned));
    }
    let named =
        |folder: &String| if matches!(folder.as_str(), "." | "./") { String::new() } else { folder.clone() };
    Some(found.iter().map(named).collect())
}
