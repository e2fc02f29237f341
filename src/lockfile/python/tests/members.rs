//! Which of a workspace's projects is meant.

use super::{fixture_of, name, read_text};

fn roots(package: Option<&str>) -> (Vec<String>, Vec<String>) {
    let graph = fixture_of("uv-suite", "uv.lock", package).unwrap();
    let shown = |keys: Vec<&crate::graph::python::PyKey>| keys.iter().map(ToString::to_string).collect();
    (shown(graph.roots.iter().collect()), shown(graph.members.values().collect()))
}

#[test]
fn one_that_is_named_is_the_only_root() {
    let members = ["batch@0.1.0", "engine@0.1.0", "suite@0.1.0", "web@0.1.0"].map(str::to_owned).to_vec();
    for (package, root) in [(None, "suite@0.1.0"), (Some("web"), "web@0.1.0"), (Some("suite"), "suite@0.1.0")]
    {
        assert_eq!(roots(package), (vec![root.to_owned()], members.clone()), "{package:?}");
    }
    let graph = fixture_of("uv-suite", "uv.lock", Some("web")).unwrap();
    assert_eq!(graph.groups, [name("old")].into());
    assert_eq!(graph.extras, [name("tls")].into());
}

#[test]
fn one_that_there_is_not_is_a_problem_that_names_those_there_are() {
    let problems = fixture_of("uv-suite", "uv.lock", Some("wbe")).unwrap_err();
    let [one] = &problems[..] else { panic!("{problems:?}") };
    assert_eq!((one.code(), one.package.as_deref()), ("HW168", Some("wbe")));
    assert!(one.hint.contains("batch, engine, suite, web"), "{}", one.hint);
}

/// Only uv's lockfile knows several projects: of another the choice would be ignored.
#[test]
fn a_lockfile_without_members_has_none_to_choose() {
    let package = name("nonsense");
    let options = crate::lockfile::Options { package: Some(&package), ..Default::default() };
    let inputs = super::Inputs { file: &|_| None, variable: &|_| None };
    for file in ["requirements.txt", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml"] {
        let problems = super::read(file, "", inputs, &options).unwrap_err();
        let [one] = &problems[..] else { panic!("{problems:?}") };
        assert_eq!((one.code(), one.package.as_deref()), ("HW168", Some("nonsense")), "{file}");
    }
}

/// A project that is alone is its own only member; a top that is no project has members, and groups that are nobody's.
#[test]
fn without_a_workspace_and_without_a_project() {
    let entry = |name: &str, at: &str| {
        format!("[[package]]\nname = '{name}'\nversion = '1'\nsource = {{ editable = '{at}' }}\n")
    };
    let alone = format!("version = 1\n{}", entry("alone", "."));
    let graph = read_text("uv.lock", &alone).unwrap();
    assert_eq!(graph.members.keys().map(ToString::to_string).collect::<Vec<_>>(), ["alone"]);

    let top = "version = 1\n[manifest]\nmembers = ['a', 'b']\n[manifest.dependency-groups]\ndev = [{ name = 'b' }]\n";
    let text = [top, &entry("a", "a"), &entry("b", "b")].concat();
    let graph = read_text("uv.lock", &text).unwrap();
    assert_eq!((graph.roots.len(), graph.members.len(), graph.top.groups.len()), (2, 2, 1));
    let package = name("a");
    let options = crate::lockfile::Options { package: Some(&package), ..Default::default() };
    let inputs = super::Inputs { file: &|_| None, variable: &|_| None };
    let graph = super::read("uv.lock", &text, inputs, &options).unwrap();
    assert_eq!((graph.roots.len(), graph.members.len(), graph.top.groups.len()), (1, 2, 0));
}

#[test]
fn the_folder_of_a_member_is_told_where_its_lockfile_is() {
    let problem = crate::problem::lockfile::no_lock_in_member("pyproject.toml", "/w", "site-scraper");
    assert_eq!(problem.code(), "HW162");
    assert!(problem.hint.contains("`headwater convert --package site-scraper` in /w"), "{}", problem.hint);
}

/// What the user adds is taken like the lockfile's own.
#[test]
fn more_than_the_lockfile_has() {
    use crate::python::marker::Marker;
    let mut graph = read_text("requirements.txt", "a==1\n").unwrap();
    let version = |text| crate::python::PyVersion::new(text).unwrap();
    let marker = Marker::parse("sys_platform == 'linux'").unwrap();
    let added = graph.add_top(&name("b"), &version("2"), marker);
    let known = graph.add_top(&name("a"), &version("1.0"), Marker::ALWAYS);
    assert_eq!((added.to_string(), known.to_string()), ("b@2".to_owned(), "a@1".to_owned()));
    let everywhere = graph.everywhere(&Default::default()).unwrap();
    let shown: Vec<_> = everywhere.iter().map(|(key, when)| format!("{key} {}", when.marker)).collect();
    assert_eq!(shown, ["a@1 ", "b@2 sys_platform == 'linux'"]);
}
