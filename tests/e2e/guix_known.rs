//! `headwater package --to guix` where Guix has the package already: its own names count, and the commit is an update.

use serde_json::{Value, json};

use crate::guix_package::Scene;
use crate::support::index::sdist;

/// A Guix that has these packages: variable, name, version, module, build system, upstream name, address.
fn guix(packages: &[[&str; 7]]) -> String {
    let lines: String = packages.iter().map(|fields| format!("package\t{}\t\n", fields.join("\t"))).collect();
    // Answers are kept by what the program says of itself.
    let version: usize = lines.bytes().map(usize::from).sum();
    format!(
        "#!/bin/sh\nif [ \"$1\" = repl ]; then cat <<'END'\n{lines}END\nelse echo 'guix 1.5.0-{version}'; fi\n"
    )
}

impl Scene {
    /// A release of Python whose repository is `example/NAME`.
    fn release(&self, name: &str, version: &str, headers: &str, more: &str) {
        let builds = if name == "baker" { "'setuptools', 'oven'" } else { "'setuptools'" };
        let pyproject = format!(
            "[build-system]\nrequires = [{builds}]\nbuild-backend = 'setuptools.build_meta'\n\
             [project]\nname = '{name}'\nversion = '{version}'\n{more}"
        );
        let readme = format!(
            "{name}\n=====\n\n{name} wraps Mutagen_, a library for tags that the `docs <https://x.example>`_ speak of.\n\n\
             .. _mutagen: https://x.example\n"
        );
        let files =
            [("pyproject.toml", pyproject), ("README.rst", readme), (&format!("{name}.py"), String::new())];
        let work = self.forge.repository(&format!("example/{name}"));
        work.commit(&files, version);
        work.tag(version);
        let borrowed: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        let headers = format!(
            "License: MIT\nSummary: Tells it\nProject-URL: Source, https://github.com/example/{name}\n{headers}"
        );
        self.registry.publish_python(name, &[sdist(name, version, &headers, &borrowed)]);
    }

    /// What is said of a package over a Guix with these packages, and the text of its definition.
    fn packaged(&self, arguments: &[&str], packages: &[[&str; 7]]) -> (Value, String) {
        let arguments = [&["package", "--print", "--json"], arguments].concat();
        let run = self.headwater(&arguments, Some(&guix(packages)));
        let said = run.json();
        let text = said["text"].as_str().unwrap_or_else(|| panic!("{}", run.stderr)).to_owned();
        (said, text)
    }
}

/// Classifiers and a program of its own name make an application, which is called as people call it.
const APPLICATION: &str = "Classifier: Environment :: Console\n";

#[test]
fn an_application_that_guix_calls_a_library() {
    let scene = Scene::new();
    scene.release("baker", "2.7.1", APPLICATION, "scripts = { baker = 'baker:main' }\n");
    let of_guix = |variable, version, address| {
        [variable, variable, version, "gnu packages python-web", "pyproject", "", address]
    };
    let own = "https://github.com/Example/baker";

    let (said, text) = scene.packaged(&["baker==2.7.1"], &[of_guix("python-baker", "2.6.0", own)]);
    assert_eq!(said["files"], json!(["python-baker.scm"]));
    assert!(
        text.contains("(define-public python-baker") && text.contains("(name \"python-baker\")"),
        "{text}"
    );
    assert!(text.contains(";;; python-baker belongs into gnu/packages/python-web.scm."), "{text}");
    assert_eq!(
        said["commitMessage"],
        "gnu: python-baker: Update to 2.7.1.\n\n* gnu/packages/python-web.scm (python-baker): Update to 2.7.1.\n"
    );
    let notes = said["notes"].to_string();
    assert!(notes.contains("Guix has python-baker 2.6.0") && notes.contains("compare the two"), "{notes}");
    // No mark of the README's language is left, and none is taken for a name.
    assert!(text.contains("wraps Mutagen, a library for tags that the docs speak"), "{text}");

    // Another repository: the name alone speaks for it.
    let (said, _) = scene
        .packaged(&["baker==2.7.1"], &[of_guix("python-baker", "2.6.0", "https://github.com/old/baker")]);
    assert!(said["notes"].to_string().contains("taken for it by its name"), "{said:#}");

    // The same version, and a newer one.
    for version in ["2.7.1", "2.8"] {
        let (said, text) = scene.packaged(&["baker==2.7.1"], &[of_guix("python-baker", version, own)]);
        assert_eq!(said["commitMessage"], "", "{said:#}");
        assert!(said["notes"].to_string().contains("nothing to commit"), "{said:#}");
        assert!(text.contains("(define-public python-baker"), "{text}");
    }

    // The user's own name wins; what Guix lacks has the name of its kind.
    let (said, text) =
        scene.packaged(&["baker==2.7.1", "--name", "oven"], &[of_guix("python-baker", "2.6.0", own)]);
    assert!(text.contains("(define-public oven") && text.contains("(upstream-name . \"baker\")"), "{text}");
    assert_eq!(
        said["commitMessage"],
        "gnu: Add oven.\n\n* gnu/packages/python-xyz.scm (oven): New variable.\n"
    );
    assert!(said["notes"].to_string().contains("--name makes another definition"), "{said:#}");
    let (said, text) = scene
        .packaged(&["baker==2.7.1"], &[of_guix("python-other", "1.0", "https://github.com/example/other")]);
    assert!(text.contains("(define-public baker"), "{text}");
    assert_eq!(
        said["commitMessage"],
        "gnu: Add baker.\n\n* gnu/packages/python-xyz.scm (baker): New variable.\n"
    );
}

#[test]
fn a_library_that_guix_calls_a_program() {
    let scene = Scene::new();
    scene.release("watcher", "4.4", "", "");
    let of_guix = |address| ["watcher", "watcher", "4.3", "gnu packages admin", "pyproject", "", address];
    let (said, text) = scene.packaged(&["watcher==4.4"], &[of_guix("https://github.com/example/watcher")]);
    assert!(text.contains("(define-public watcher") && !text.contains("upstream-name"), "{text}");
    assert_eq!(
        said["commitMessage"],
        "gnu: watcher: Update to 4.4.\n\n* gnu/packages/admin.scm (watcher): Update to 4.4.\n"
    );
    // Another project of that name.
    let (said, text) = scene.packaged(&["watcher==4.4"], &[of_guix("https://github.com/other/watcher")]);
    assert!(text.contains("(define-public python-watcher"), "{text}");
    assert!(said["commitMessage"].as_str().is_some_and(|said| said.starts_with("gnu: Add python-watcher.")));
    let (said, _) = scene
        .packaged(&["watcher==4.4", "--name", "watcher"], &[of_guix("https://github.com/other/watcher")]);
    assert!(said["notes"].to_string().contains("nothing shows that it is the same project"), "{said:#}");
}

#[test]
fn several_definitions_of_one_project() {
    let scene = Scene::new();
    scene.release("number", "2.4", "", "");
    let of_guix = |variable, version| {
        [variable, "python-number", version, "gnu packages python-xyz", "pyproject", "number", ""]
    };
    let packages = [of_guix("python-number-2", "2.3.1"), of_guix("python-number", "1.26")];
    let (said, _) = scene.packaged(&["number==2.4"], &packages);
    assert!(
        said["commitMessage"].as_str().is_some_and(|said| said.starts_with("gnu: python-number: Update"))
    );
    assert!(said["notes"].to_string().contains("python-number-2 2.3.1 of it as well"), "{said:#}");
    let (said, text) = scene.packaged(&["number==2.4", "--name", "python-number-2"], &packages);
    assert!(
        text.contains("(define-public python-number-2") && text.contains("(name \"python-number\")"),
        "{text}"
    );
    assert!(
        said["commitMessage"].as_str().is_some_and(|said| said.starts_with("gnu: python-number-2: Update"))
    );
}

#[test]
fn npm_by_what_guix_says_of_it() {
    let scene = Scene::new();
    scene.publish("told", &json!({ "license": "MIT", "description": "Tells it" }));
    let of_guix =
        |variable, upstream| [variable, variable, "1.0.0", "gnu packages node", "node", upstream, ""];
    let (said, text) = scene.packaged(&["told@1.2.3"], &[of_guix("node-teller", "told")]);
    assert!(
        text.contains("(define-public node-teller") && text.contains("(upstream-name . \"told\")"),
        "{text}"
    );
    assert_eq!(
        said["commitMessage"],
        "gnu: node-teller: Update to 1.2.3.\n\n* gnu/packages/node.scm (node-teller): Update to 1.2.3.\n"
    );
    // The name of a module has no dot.
    let (said, text) = scene.packaged(&["told@1.2.3"], &[of_guix("node-told.js", "told")]);
    assert_eq!(said["files"], json!(["node-told-js.scm"]));
    assert!(
        text.contains("(define-module (node-told-js)") && text.contains("(define-public node-told.js"),
        "{text}"
    );
    let out = ["package", "told@1.2.3", "--json", "--out", "told-1.2.3.scm"];
    let said = scene.headwater(&out, Some(&guix(&[of_guix("node-x", "x")]))).json();
    assert!(said["notes"].to_string().contains("no module of the name told-1.2.3"), "{said:#}");

    // Of that name, and of another project: the definition is new, and somebody has to know.
    let (said, text) = scene.packaged(&["told@1.2.3"], &[of_guix("node-told", "@other/told")]);
    assert!(text.contains("(define-public node-told"), "{text}");
    assert!(said["commitMessage"].as_str().is_some_and(|said| said.starts_with("gnu: Add node-told.")));
    assert!(said["notes"].to_string().contains("nothing shows that it is the same project"), "{said:#}");
}

/// What is needed is called as those call it that need it, whatever it is for people.
#[test]
fn an_application_that_is_needed() {
    let scene = Scene::new();
    scene.release("baker", "2.7.1", APPLICATION, "scripts = { baker = 'baker:main' }\n");
    scene.release("shop", "1.0", "Requires-Dist: baker\n", "dependencies = ['baker']\n");
    let other = ["python-x", "python-x", "1", "gnu packages python-xyz", "pyproject", "", ""];
    let (said, text) = scene.packaged(&["shop==1.0", "--recursive"], &[other]);
    assert!(text.contains("(define-public python-baker"), "{text}");
    assert!(text.contains("(propagated-inputs (list python-baker))"), "{text}");
    // What builds it is not followed, and Guix lacks that.
    assert!(said["gaps"].to_string().contains("python-baker needs python-oven"), "{said:#}");
    assert_eq!(
        said["commitMessage"],
        "gnu: Add python-baker.\n\n* gnu/packages/python-xyz.scm (python-baker): New variable.\n\n\
         gnu: Add python-shop.\n\n* gnu/packages/python-xyz.scm (python-shop): New variable.\n"
    );
}
