//! What packages run with: markers, extras, circles, and lockfiles without edges.

use super::*;

#[test]
fn markers_are_decided_or_become_conditions() {
    let project = project(
        vec![
            package(
                "a@1",
                &[
                    "always@1 ; sys_platform == 'linux' and os_name != 'nt'",
                    "never@1 ; sys_platform == 'win32' or python_version < '3.8'",
                    "pypy@1 ; implementation_name == 'pypy'",
                    "old@1 ; python_version < '3.12'",
                    "old@2 ; python_version >= '3.12'",
                    "machine@1 ; platform_machine == 'x86_64' or platform_machine == 'aarch64'",
                    "both@1 ; platform_machine != 'ppc64le' and python_full_version <= '3.12.3'",
                ],
                &[],
            ),
            package("always@1", &[], &[]),
            package("never@1", &[], &[]),
            package("pypy@1", &[], &[]),
            package("old@1", &[], &[]),
            package("old@2", &["gone@1 ; python_version < '3.12'"], &[]),
            package("gone@1", &[], &[]),
            package("machine@1", &[], &[]),
            package("both@1", &[], &[]),
        ],
        &["a@1"],
    );
    let text = module(&project);
    let conditions = [
        "(if (and (not (target-ppc64le?)) (version>=? \"3.12.3\" (package-version python))) (list python-both) '())",
        "(if (or (target-x86-64?) (target-aarch64?)) (list python-machine) '())",
        "(if (version>=? (package-version python) \"3.12\") (list python-old-2) '())",
        "(if (version>? \"3.12\" (package-version python)) (list python-old-1) '())",
    ];
    let all = format!("(append (list python-always) {}))", conditions.join(" "));
    assert_eq!(field(&text, "python-a", "propagated-inputs"), all);
    for absent in ["python-never", "python-pypy"] {
        assert!(!text.contains(absent), "{absent}");
    }
    assert!(text.contains("(define-public python-old-1\n") && text.contains("(define-public python-old-2\n"));
    assert!(text.contains("#:select (python))"), "the interpreter's version is asked for");
    assert!(!text.contains("python-gone"), "old@2 is there from 3.12 on, where it does not need it");
    // With a newer Python demanded, more is decided.
    let newer = PythonProject { requires_python: Some(">=3.12".parse().unwrap()), ..project };
    let text = module(&newer);
    assert!(!text.contains("python-old-1") && text.contains("python-old\n"), "{text}");
}

/// uv's markers where extras exclude each other: whether anything in the environment asks for one of a package.
#[test]
fn extras_of_packages_are_known_by_what_asks_for_them() {
    let mut packages = vec![
        package("a@1", &["b@1[x]", "c@1"], &[]),
        package("b@1", &[], &[]),
        package("c@1", &["with@1 ; extra == 'extra-1-b-x'", "without@1 ; extra != 'extra-1-b-x'"], &[]),
        package("d@1", &["other@1 ; extra == 'extra-1-b-z'"], &[]),
        package("with@1", &["e@1[f]"], &[]),
        package("without@1", &["b@1[z]"], &[]),
        package("e@1", &["last@1 ; extra == 'extra-1-e-f'"], &[]),
        package("last@1", &[], &[]),
        package("other@1", &[], &[]),
    ];
    packages[1].1.optional_dependencies.insert(name("x"), edges(&["d@1"]));
    let text = module(&project(packages, &["a@1"]));
    for present in ["python-with", "python-d", "python-e", "python-last"] {
        assert!(text.contains(&format!("(define-public {present}\n")), "{present}: {text}");
    }
    for absent in ["python-without", "python-other"] {
        assert!(!text.contains(absent), "{absent}: {text}");
    }
}

#[test]
fn extras_bring_what_they_ask_for() {
    let mut packages = vec![
        package("a@1", &["b@1[x]"], &[]),
        package("b@1", &["base@1", "marked@1 ; extra == 'x'", "other@1 ; extra == 'y'"], &[]),
        package("base@1", &[], &[]),
        package("marked@1", &[], &[]),
        package("other@1", &[], &[]),
        package("optional@1", &[], &[]),
        package("deep@1", &[], &[]),
    ];
    packages[1].1.optional_dependencies = [
        (name("x"), edges(&["optional@1 ; python_version >= '3.12'", "b@1[z]"])),
        (name("z"), edges(&["deep@1", "b@1[x]"])),
    ]
    .into();
    let text = module(&project(packages, &["a@1"]));
    let condition = "(if (version>=? (package-version python) \"3.12\") (list python-optional) '())";
    let all = format!("(append (list python-b python-deep python-marked) {condition}))");
    assert_eq!(field(&text, "python-a", "propagated-inputs"), all);
    assert_eq!(field(&text, "python-b", "propagated-inputs"), "(list python-base))");
    assert!(!text.contains("python-other"));
}

#[test]
fn circles_are_cut_and_whole_for_others() {
    let project = project(
        vec![
            package("a@1", &["b@1", "d@1"], &[]),
            package("b@1", &["c@1"], &[]),
            package("c@1", &["a@1"], &[]),
            package("d@1", &[], &[]),
            package("user@1", &["c@1"], &[]),
        ],
        &["user@1"],
    );
    let text = module(&project);
    let propagated = |variable| field(&text, variable, "propagated-inputs");
    assert_eq!(propagated("python-user"), "(list python-a python-b python-c))");
    assert_eq!(propagated("python-a"), "(list python-b python-d))");
    assert_eq!(propagated("python-b"), "(list python-c))");
    assert_eq!(propagated("python-c"), "");
    assert!(!field(&text, "python-a", "arguments").contains("sanity-check"));
    let arguments = field(&text, "python-c", "arguments");
    assert!(
        arguments.contains("needs python-a, python-b") && arguments.contains("(delete 'sanity-check)"),
        "{arguments}"
    );
}

#[test]
fn flat_lockfiles_ask_the_metadata() {
    let project = project(
        vec![package("a@1", &[], &[]), package("b@2", &[], &[]), package("c@1", &[], &[])],
        &["a@1", "b@2", "c@1 ; python_version < '3.12'"],
    );
    let requires = ["B>=2", "c ; extra == 'x'", "c!=1", "absent", "what is this"];
    let requires_dist = requires.map(str::to_owned).to_vec();
    let facts = [(key("a@1"), Fact { requires_dist, ..Fact::default() })].into();
    let files = emitted(&project, &More { facts, ..More::default() }).files;
    let text = &files["modules/my-app/packages/python.scm"];
    assert_eq!(field(text, "python-a", "propagated-inputs"), "(list python-b))");
}
