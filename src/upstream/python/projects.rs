//! Which project of the index a module is of, as far as its name tells.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::foreign;
use crate::python::PyName;

/// `data/python/modules.toml`, which says what is in it.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    standard: String,
    namespaces: String,
    projects: BTreeMap<String, PyName>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    // The file is part of the program; a test reads it.
    foreign::toml(include_str!("../../../data/python/modules.toml")).unwrap_or_default()
});
static NAMESPACES: LazyLock<BTreeSet<&str>> = LazyLock::new(|| TABLE.namespaces.split_whitespace().collect());
static STANDARD: LazyLock<BTreeSet<&str>> = LazyLock::new(|| TABLE.standard.split_whitespace().collect());

/// Whether Python brings a module with it; `name` is dotted.
pub fn is_standard(name: &str) -> bool {
    let first = first(name);
    first.starts_with('_') && first != "_pytest" || STANDARD.contains(first)
}

/// What names of projects have beside those of their modules.
const BEFORE: [&str; 3] = ["python-", "py-", "py"];
const BEHIND: [&str; 2] = ["-python", "-py"];

/// Whether a module is of a project: by the table, or as the project is called (`google.cloud.storage` is of
/// `google-cloud-storage`, `markdown_it` of `markdown-it-py`).
pub fn is_of(module: &str, project: &PyName) -> bool {
    if let Some((_, known)) = listed(module) {
        // psycopg2-binary is psycopg2 with its libraries; both are asked for.
        return known == project || known.as_str().strip_suffix("-binary") == Some(project.as_str());
    }
    let is_prefix = |name: &str| {
        let rest = module.get(..name.len()).filter(|start| start.eq_ignore_ascii_case(name));
        rest.is_some() && (module.len() == name.len() || module[name.len()..].starts_with('.'))
    };
    let name = project.as_str();
    let shorter = BEFORE.iter().filter_map(|before| name.strip_prefix(before));
    let shorter = shorter.chain(BEHIND.iter().filter_map(|behind| name.strip_suffix(behind)));
    let mut all = std::iter::once(name).chain(shorter).filter(|name| !name.is_empty());
    all.any(|name| is_prefix(&name.replace('-', "_")) || is_prefix(&name.replace('-', ".")))
}

/// The project that a module is most likely of, and the part of its name that says so. A namespace is of none.
pub fn likely(module: &str) -> Option<(&str, PyName)> {
    if let Some((name, project)) = listed(module) {
        return Some((&module[..name.len()], project.clone()));
    }
    let ends = module.match_indices('.').map(|(at, _)| at).chain([module.len()]);
    let name = ends.map(|end| &module[..end]).find(|name| !NAMESPACES.contains(name))?;
    // Google's modules have the version of the service behind their names.
    let unversioned =
        name.rsplit_once("_v").filter(|(_, version)| version.starts_with(|c: char| c.is_ascii_digit()));
    let project = unversioned.map_or(name, |(project, _)| project);
    Some((name, PyName::new(&project.replace('.', "-")).ok()?))
}

/// The longest entry of the table that a module is, or is within.
fn listed(module: &str) -> Option<(&'static str, &'static PyName)> {
    let mut name = module;
    loop {
        if let Some((name, project)) = TABLE.projects.get_key_value(name) {
            return Some((name, project));
        }
        name = name.rsplit_once('.')?.0;
    }
}

fn first(module: &str) -> &str {
    module.split('.').next().unwrap_or(module)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_and_projects() {
        for (module, project, is) in [
            ("yaml.nodes", "pyyaml", true),
            ("yaml", "yaml", false),
            ("flask", "flask", true),
            ("flask.testing", "Flask", true),
            ("flask_cors", "flask", false),
            ("flask_cors", "flask-cors", true),
            ("google.cloud.storage.blob", "google-cloud-storage", true),
            ("google.protobuf", "google-cloud-storage", false),
            ("google.protobuf.text_format", "protobuf", true),
            ("cherrypy", "CherryPy", true),
            ("psycopg2", "psycopg2", true),
            ("psycopg2.extras", "psycopg2-binary", true),
            ("zope.interface", "zope-interface", true),
            ("zopé", "zope", false),
            ("markdown_it.token", "markdown-it-py", true),
            ("nmap3", "python3-nmap", false),
            ("ipware", "python-ipware", true),
            ("gitlab", "python-gitlab", true),
            ("magic", "py", false),
        ] {
            assert_eq!(is_of(module, &PyName::new(project).unwrap()), is, "{module} {project}");
        }
        let likely = |module| likely(module).map(|(name, project)| format!("{name}: {project}"));
        assert_eq!(likely("google.protobuf.x").as_deref(), Some("google.protobuf: protobuf"));
        assert_eq!(likely("trio.lowlevel").as_deref(), Some("trio: trio"));
        for (module, expected) in [
            ("azure.core.exceptions", Some("azure.core: azure-core")),
            ("azure.storage.queue", Some("azure.storage.queue: azure-storage-queue")),
            ("azure.storage", None),
            ("google.cloud.firestore_v1.types", Some("google.cloud.firestore_v1: google-cloud-firestore")),
            ("google.oauth2.credentials", Some("google.oauth2: google-auth")),
            ("opentelemetry.sdk.trace", Some("opentelemetry.sdk: opentelemetry-sdk")),
            ("opentelemetry.trace", Some("opentelemetry.trace: opentelemetry-api")),
            ("google", None),
            ("jaraco.functools", Some("jaraco.functools: jaraco-functools")),
        ] {
            assert_eq!(likely(module).as_deref(), expected, "{module}");
        }
        assert_eq!(likely("ñ"), None);
    }

    #[test]
    fn what_python_brings() {
        for (name, is) in
            [("os.path", true), ("_thread", true), ("distutils", true), ("_pytest", false), ("attr", false)]
        {
            assert_eq!(is_standard(name), is, "{name}");
        }
    }
}
