//! Tests of markers: their text, what is refused, and what they say of an environment.

use pep508_rs::MarkerEnvironmentBuilder;

use super::*;

pub fn linux(python: &str) -> MarkerEnvironment {
    let short = python.rsplitn(2, '.').last().unwrap();
    MarkerEnvironment::try_from(MarkerEnvironmentBuilder {
        implementation_name: "cpython",
        implementation_version: python,
        os_name: "posix",
        platform_machine: "x86_64",
        platform_python_implementation: "CPython",
        platform_release: "6.1.0",
        platform_system: "Linux",
        platform_version: "#1 SMP",
        python_full_version: python,
        python_version: short,
        sys_platform: "linux",
    })
    .unwrap()
}

fn holds(text: &str, chosen: &[Choice]) -> bool {
    let chosen = chosen.iter().cloned().collect();
    Marker::parse(text).unwrap().holds(Context { environment: &linux("3.11.7"), chosen: &chosen })
}

fn name(text: &str) -> PyName {
    PyName::new(text).unwrap()
}

#[test]
fn the_text_is_one_for_all_spellings_and_is_read_back() {
    for (written, expected) in [
        ("python_version<\"3.11\"", "python_version < '3.11'"),
        ("'3.11'  > python_version", "python_version < '3.11'"),
        ("(sys_platform == 'win32')", "sys_platform == 'win32'"),
        (
            "os.name=='nt' and (os_name=='a' or (os_name=='b'))",
            "os_name == 'nt' and (os_name == 'a' or os_name == 'b')",
        ),
        (
            "os_name=='a' and os_name=='b' or os_name=='c'",
            "os_name == 'a' and os_name == 'b' or os_name == 'c'",
        ),
        ("'linux' in sys_platform", "'linux' in sys_platform"),
        ("python_version not in '2.6, 2.7'", "python_version not in '2.6 2.7'"),
        ("python_full_version == '3.10.*'", "python_full_version == '3.10.*'"),
        ("extra == 'Foo.Bar'", "extra == 'foo-bar'"),
        ("'Foo_Bar' in extras", "extra == 'foo-bar'"),
        ("'dev' not in dependency_groups", "'dev' not in dependency_groups"),
        ("extra == 'extra-7-web-app-gpu-12'", "extra == 'extra-7-web-app-gpu-12'"),
        ("extra != 'project-7-web-app'", "extra != 'project-7-web-app'"),
        ("extra == 'project-6-web-app'", "extra == 'project-6-web-app'"),
    ] {
        let marker = Marker::parse(written).unwrap_or_else(|why| panic!("{written}: {why}"));
        assert_eq!(marker.to_string(), expected, "{written}");
        assert_eq!(Marker::parse(expected).unwrap().to_string(), expected, "{written}");
    }
}

#[test]
fn what_is_no_marker() {
    let deep = format!("{}os_name == 'a'{}", "(".repeat(100), ")".repeat(100));
    for bad in [
        "",
        "(",
        "os_name",
        "os_name == 'a' and",
        "os_name == 'a' or or os_name == 'b'",
        "os_name == 'a') ",
        "os_name == \"a'b\"",
        "os_name == 'a",
        "python_version >= 'three'",
        "'a' == 'b'",
        "os_name == sys_platform",
        "os_name ~= 'a'",
        "unknown == 'a'",
        "extra == '!'",
        "'a' in dependency_groups2",
        "os_name == 'a' # x",
        "extra > 'a'",
        "dependency_groups == 'a'",
        "é == 'a'",
        "os_name == '\u{1b}'",
        &deep,
    ] {
        assert!(Marker::parse(bad).is_err(), "{bad}");
    }
    assert!(Marker::parse(&format!("os_name == '{}'", "a".repeat(70_000))).is_err());
}

#[test]
fn evaluation() {
    assert!(holds("python_version >= '3.9' and sys_platform != 'win32'", &[]));
    assert!(holds("python_full_version < '3.11.8' and python_version == '3.11'", &[]));
    assert!(!holds("python_version < '3.10' or os_name == 'nt'", &[]));
    assert!(holds("python_version not in '2.6, 2.7' and 'x86' in platform_machine", &[]));
    assert!(holds("python_version ~= '3.8' and python_version != '3.1'", &[]));
    assert!(!holds("extra == 'a'", &[]) && holds("extra != 'a'", &[]));
    assert!(holds(
        "'A' in extras and 'dev' in dependency_groups",
        &[Choice::Extra(name("a")), Choice::Group(name("dev"))]
    ));
    let gpu = Choice::ExtraOf(name("web-app"), name("gpu"));
    assert!(holds("extra == 'extra-7-web-app-gpu'", std::slice::from_ref(&gpu)));
    assert!(!holds("extra == 'group-7-web-app-gpu'", &[gpu]));
    let project = Choice::Project(name("web-app"));
    assert!(holds("extra == 'project-7-web-app'", std::slice::from_ref(&project)));
    assert!(!holds("extra == 'project-6-web-app'", &[project]), "an extra of that name");
}

#[test]
fn what_is_known_of_choices_goes() {
    let settle = |choice: &Choice| match choice {
        Choice::ExtraOf(_, extra) => Some(extra.as_str() == "on"),
        Choice::Project(project) => Some(project.as_str() == "here"),
        _ => None,
    };
    for (written, expected) in [
        ("extra == 'extra-1-a-on'", ""),
        ("extra != 'extra-1-a-on'", "python_version < '0'"),
        ("extra == 'extra-1-a-off' or os_name == 'x'", "os_name == 'x'"),
        ("extra == 'extra-1-a-on' and os_name == 'x'", "os_name == 'x'"),
        ("extra == 'extra-1-a-off' and os_name == 'x'", "python_version < '0'"),
        ("extra == 'project-4-here' and (extra == 'project-3-not' or extra == 'b')", "extra == 'b'"),
        ("extra == 'extra-1-a-on' or os_name == 'x'", ""),
        ("extra == 'group-1-a-on' or extra == 'project-3-not'", "extra == 'group-1-a-on'"),
    ] {
        assert_eq!(Marker::parse(written).unwrap().settled(&settle).to_string(), expected, "{written}");
    }
}

#[test]
fn a_marker_made_to_explode_takes_no_time() {
    // As a decision diagram this has 2^40 paths.
    let terms: Vec<_> =
        (0..40).map(|at| format!("('a{at}' in platform_version and 'b{at}' in platform_release)")).collect();
    assert!(!holds(&terms.join(" or "), &[]));
}
