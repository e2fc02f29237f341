//! Markers as they are emitted, evaluated by Nix, hold where the graph's own do.

use std::collections::BTreeSet;

use headwater::emit::model::python::marker::{ExtrasOf, Marker};
use headwater::python::marker;
use headwater::python::marker::{Choice, Context};
use pep508_rs::{MarkerEnvironment, MarkerEnvironmentBuilder};
use serde_json::{Value, json};

use super::{emit, empty, evaluate, name};
use crate::support::project::Project;

const MARKERS: [&str; 27] = [
    "python_version < '3.11'",
    "'3.11' <= python_version",
    "python_version == '3.11'",
    "python_version != '3.1'",
    "python_version ~= '3.8'",
    "python_version > '3.11'",
    "python_full_version == '3.11.*'",
    "python_full_version != '3.11.*'",
    "python_full_version >= '3.11.8rc1'",
    "implementation_version <= '3.11.7'",
    "python_version in '3.10, 3.11'",
    "python_version not in '2.6 2.7'",
    "os.name == 'posix'",
    "sys_platform != 'win32' and sys_platform != 'cygwin'",
    "sys_platform in 'linux darwin'",
    "sys_platform not in 'linux darwin'",
    "'linux' in sys_platform",
    "'arm' not in platform_machine",
    "platform_system == 'Linux' and (os_name == 'nt' or platform_machine == 'x86_64')",
    "platform_system == 'Linux' and os_name == 'nt' or platform_machine == 'x86_64'",
    "platform_python_implementation == 'PyPy' or implementation_name == 'cpython'",
    "extra == 'Speed.Ups'",
    "extra != 'speed_ups'",
    "'gpu' in extras",
    "extra == 'extra-3-web-gpu' or extra == 'extra-3-web-cpu'",
    "'dev' in dependency_groups and 'docs' not in dependency_groups",
    "extra == 'group-3-web-dev'",
];

fn environment() -> MarkerEnvironment {
    MarkerEnvironment::try_from(MarkerEnvironmentBuilder {
        implementation_name: "cpython",
        implementation_version: "3.11.7",
        os_name: "posix",
        platform_machine: "x86_64",
        platform_python_implementation: "CPython",
        platform_release: "",
        platform_system: "Linux",
        platform_version: "",
        python_full_version: "3.11.7",
        python_version: "3.11",
        sys_platform: "linux",
    })
    .expect("an environment")
}

#[test]
fn nix_says_what_the_graph_says() {
    let environment = environment();
    let chosen: BTreeSet<_> = [
        Choice::Extra(name("speed-ups")),
        Choice::Extra(name("gpu")),
        Choice::ExtraOf(name("web"), name("gpu")),
        Choice::Group(name("dev")),
    ]
    .into();
    let context = Context { environment: &environment, chosen: &chosen };
    let read: Vec<_> = MARKERS.iter().map(|text| marker::Marker::parse(text).expect(text)).collect();
    let expected: Vec<bool> = read.iter().map(|marker| marker.holds(context)).collect();
    assert!(expected.contains(&true) && expected.contains(&false));

    let folder = Project::new(&[]);
    emit(&folder, &empty());
    let markers: Vec<_> = read.iter().map(|marker| Marker::new(marker, ExtrasOf::Project)).collect();
    // By way of a file of the emitter's own, so that they are the text that a user gets.
    let mut project = empty();
    project.roots = markers
        .iter()
        .enumerate()
        .map(|(at, marker)| {
            let package = super::key(&format!("p{at:02}@1.0"));
            project.missing.insert(package.clone(), String::new());
            headwater::emit::model::python::Edge { package, marker: marker.clone(), extras: BTreeSet::new() }
        })
        .collect();
    emit(&folder, &project);
    let found = evaluate(
        folder.path(),
        r#"
        let
          pep508 = import (headwater + "/lib/python/pep508.nix");
          environment = {
            implementation_name = "cpython";
            implementation_version = "3.11.7";
            os_name = "posix";
            platform_machine = "x86_64";
            platform_python_implementation = "CPython";
            platform_release = "";
            platform_system = "Linux";
            platform_version = "";
            python_full_version = "3.11.7";
            python_version = "3.11";
            sys_platform = "linux";
            extra = "";
            extras = [ "speed-ups" "gpu" "extra-3-web-gpu" ];
            dependency_groups = [ "dev" ];
          };
        in
        map (edge: pep508.evaluate environment edge.marker) (import (headwater + "/packages.nix")).roots
        "#,
    );
    let told = |values: &Value| -> Vec<String> {
        let values = values.as_array().expect("a list").iter();
        MARKERS.iter().zip(values).map(|(text, holds)| format!("{text}: {holds}")).collect()
    };
    assert_eq!(told(&found), told(&json!(expected)));
}
