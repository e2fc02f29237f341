//! What packages are built and run by: the interpreter, backends, wrappers.

use super::*;

/// In `GUIX_PYTHONPATH` the versions that it is built with may come first.
#[test]
fn programs_see_nothing_of_the_build() {
    let mut project = project(
        vec![
            package("a@1", &["p@1"], &["p@2", "q@1"]),
            package("p@1", &[], &[]),
            package("p@2", &[], &[]),
            package("q@1", &["p@2"], &[]),
        ],
        &["a@1"],
    );
    let text = module(&project);
    let wraps = "(replace 'wrap #$(wrap-alone this-package))";
    for (variable, is_built) in [("python-a", true), ("python-p-1", false), ("python-q", false)] {
        assert_eq!(field(&text, variable, "arguments").contains(wraps), is_built, "{text}");
    }
    assert_eq!(text.matches("(define-public (wrap-alone package)").count(), 1);
    project.packages.get_mut(&key("a@1")).unwrap().build.requires.clear();
    assert!(!module(&project).contains("wrap-alone"));
    // The project's own programs, whose build requirements run, too.
    let own = WheelBuild::new(name("my-app"), version("1.0"), [key("p@1").into()].into());
    project.own = OwnCode::Built(Box::new(own));
    let files = emitted(&project, &More::default()).files;
    assert!(files["modules/my-app/packages/python.scm"].contains("(define-public (wrap-alone package)"));
    assert!(files["modules/my-app/packages/project.scm"].contains("#$(wrap-alone this-package)"));
}

/// Guix has uv and not the program that the module looks for.
#[test]
fn the_backend_of_uv_runs_uv() {
    let mut packages = vec![package("a@1", &[], &["uv-build@0.9"]), package("uv-build@0.9", &[], &[])];
    packages[1].1.build.copy = vec![Location::new("python/uv_build").unwrap()];
    let text = module(&project(packages, &["a@1"]));
    let arguments = field(&text, "python-uv-build", "arguments");
    assert!(
        arguments.contains("((\"^USE_UV_EXECUTABLE = False\") \"USE_UV_EXECUTABLE = True\")"),
        "{arguments}"
    );
}

#[test]
fn why_tests_are_off() {
    let mut project = project(vec![package("a@1", &[], &[]), package("pytest@8", &[], &[])], &["a@1"]);
    project.dev_roots = edges(&["pytest@8"]);
    project.own = OwnCode::Built(Box::new(WheelBuild::new(name("my-app"), version("1.0"), [].into())));
    let files = emitted(&project, &More::default()).files;
    let own = &files["modules/my-app/packages/project.scm"];
    let why = ";; Tests are run where the project is developed: see manifest.scm.\n";
    assert!(own.contains(why) && own.contains("python-pytest"), "{own}");
    let text = &files["modules/my-app/packages/python.scm"];
    assert!(text.contains(";; Its own test requirements are not locked.\n"), "{text}");
}

/// The interpreters of Guix 1.5 that count are 3.11, which is its usual one, and 3.12.
#[test]
fn the_interpreter_is_one_that_the_project_takes() {
    let of = |requires_python: &str| {
        let mut project = project(
            vec![package("a@1", &["b@1 ; python_version >= '3.12'"], &[]), package("b@1", &[], &[])],
            &["a@1"],
        );
        project.requires_python = requires_python.parse().ok();
        let Emitted { files, warnings, .. } = emitted(&project, &More::default());
        let text = files["modules/my-app/packages/python.scm"].clone();
        let own = files["modules/my-app/packages/project.scm"].clone();
        (text, own, warnings)
    };
    for taken in [">=3.8", ">=3.10,<4", "~=3.11", ">=3.11.2"] {
        let (text, _, warnings) = of(taken);
        assert!(!text.contains("#:python ") && warnings.is_empty(), "{taken}: {warnings:?} {text}");
    }
    for taken in [">=3.12", ">3.11,!=3.11.*"] {
        let (text, own, warnings) = of(taken);
        assert_eq!(warnings, Vec::<String>::new(), "{taken}");
        let words: Vec<_> = text.split_whitespace().collect();
        let defined = "(define-public %python ((@@ (gnu packages python) wrap-python3) python-3.12))";
        assert!(words.join(" ").contains(defined), "{text}");
        assert!(field(&text, "python-a", "arguments").contains("#:python %python"), "{text}");
        assert!(own.contains("(inputs (list python-3.12 python-a))"), "{own}");
        assert_eq!(field(&text, "python-a", "propagated-inputs"), "(list python-b))", "{taken}");
    }
    for needed in [">=3.13", "<3.11"] {
        let (text, own, warnings) = of(needed);
        let said = format!(
            "the project needs Python {needed}, and of Guix 1.5 3.11 (its usual one) and 3.12 are known: it is \
             defined for the usual one and may not work"
        );
        assert_eq!(warnings, [said]);
        assert!(!text.contains("#:python "), "{text}");
        assert!(
            own.contains(&format!(";; Needs Python {needed}, which is not known in Guix 1.5.\n")),
            "{own}"
        );
    }
}

/// What the user chose stays, and what is chosen anyhow fits the project, not each package.
#[test]
fn what_an_interpreter_does_not_meet_is_said() {
    let packages = vec![
        package("a@1", &["b@1 ; python_version >= '3.12'"], &["c@1"]),
        package("b@1", &[], &[]),
        package("c@1", &[], &[]),
    ];
    let fact = || Fact { requires_python: Some(">=3.12".parse().unwrap()), ..Fact::default() };
    let facts = packages.iter().map(|(key, _)| (key.clone(), fact())).collect();
    let more = More { facts, ..More::default() };
    let mut project = project(packages, &["a@1"]);
    let warnings = |project: &PythonProject| emitted(project, &more).warnings;
    let of_package = |key: &str, python: &str| {
        format!("{key} needs Python >=3.12, and is built with Guix' {python}: it may not work")
    };
    assert_eq!(warnings(&project), [of_package("a@1", "3.11"), of_package("c@1", "3.11")]);
    project.requires_python = Some(">=3.12".parse().unwrap());
    assert_eq!(warnings(&project), Vec::<String>::new());
    project.python = "python311".to_owned();
    let said = "the project needs Python >=3.12, and headwater.toml chooses python311: it may not work";
    assert_eq!(warnings(&project)[0], said);
}
