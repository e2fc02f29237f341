//! Python projects converted for Guix: what the definitions say, without a Guix to build them.

use crate::support::index::{Dist, sdist, wheel};
use crate::support::python::{Backend, Scene, borrowed, library, locked};

const PROJECT: &str = "[project]\nname = 'app'\nversion = '0.1'\nrequires-python = '>=3.9'\n";

/// The source archive of a library in the index; `headers` are more lines of its PKG-INFO.
fn published(scene: &Scene, name: &str, headers: &str) -> Dist {
    let files = library(Backend::Flit, (name, "1.0"), "", "");
    let dist = sdist(name, "1.0", headers, &borrowed(&files));
    scene.registry.publish_python(name, std::slice::from_ref(&dist));
    dist
}

/// A definition of the project `app`, and what is said above it, on one line.
#[track_caller]
fn definition(scene: &Scene, variable: &str) -> String {
    let module = scene.project.read("modules/app/packages/python.scm");
    let mut all = module.split("\n\n").filter(|text| text.contains(&format!("(define-public {variable}\n")));
    let text = all.next().unwrap_or_else(|| panic!("no {variable} in {module}"));
    text.lines().map(|line| line.trim().trim_start_matches(";; ")).collect::<Vec<_>>().join(" ")
}

/// Whoever knew once that requirements need not be asked for asks when they must.
#[test]
fn a_flat_lockfile_after_one_that_is_not() {
    let scene = Scene::new();
    let (one, two) = (published(&scene, "one", "Requires-Dist: two\n"), published(&scene, "two", ""));
    scene.project.write("pyproject.toml", &format!("{PROJECT}dependencies = ['one']\n"));
    let entry = |dist: &Dist, more: &str| {
        let (name, file, sha256) = (&dist.filename[..3], &dist.filename, &dist.sha256);
        let url = format!("{}files/{file}", scene.registry.url);
        format!(
            "[[package]]\nname = \"{name}\"\nversion = \"1.0\"\nsource = {{ registry = \"{}\" }}\n{more}\
             sdist = {{ url = \"{url}\", hash = \"sha256:{sha256}\" }}\n\n",
            scene.registry.index()
        )
    };
    let lock = format!(
        "version = 1\nrevision = 3\nrequires-python = \">=3.9\"\n\n[[package]]\nname = \"app\"\nversion = \"0.1\"\n\
         source = {{ virtual = \".\" }}\ndependencies = [{{ name = \"one\" }}]\n\n{}{}",
        entry(&one, "dependencies = [{ name = \"two\" }]\n"),
        entry(&two, "")
    );
    let propagated = "(propagated-inputs (list python-two))";
    scene.project.write("uv.lock", &lock);
    scene.convert(&["--to", "guix"]).expect(0);
    assert!(definition(&scene, "python-one").contains(propagated));
    let structured = scene.project.read("headwater.lock");

    std::fs::remove_file(scene.project.path().join("uv.lock")).unwrap();
    scene.project.write("requirements.txt", &format!("{}{}", locked(&one), locked(&two)));
    scene.convert(&["--to", "guix"]).expect(0);
    let text = definition(&scene, "python-one");
    assert!(text.contains(propagated), "{text}");
    // And is asked once.
    scene.convert(&["--to", "guix", "--offline"]).expect(0);
    assert!(definition(&scene, "python-one").contains(propagated));

    std::fs::remove_file(scene.project.path().join("requirements.txt")).unwrap();
    scene.project.write("uv.lock", &lock);
    scene.convert(&["--to", "guix"]).expect(0);
    assert_eq!(scene.project.read("headwater.lock"), structured, "pins say what the lockfile asks for");
}

/// Folders, archives and commits that a flat lockfile names, each with a licence and a requirement of its own; a wheel
/// of no index, vetted or not.
#[test]
fn what_comes_from_no_index_speaks_for_itself() {
    let scene = Scene::new();
    let plain = published(&scene, "plain", "");
    let said = "description = 'Give a value'\nlicense = 'MIT'\ndependencies = ['plain>=1']\n";
    let files = |name| library(Backend::Flit, (name, "1.0"), "", said);
    for (path, text) in files("mine") {
        scene.project.write(&format!("lib/{path}"), &text);
    }
    let headers = "Summary: Give a value\nLicense: MIT\nRequires-Dist: plain>=1\n";
    let direct =
        sdist("direct", "1.0", headers, &borrowed(&library(Backend::Flit, ("direct", "1.0"), "", "")));
    // Its PKG-INFO says nothing, as that of old tools.
    let silent = sdist("silent", "1.0", "", &borrowed(&files("silent")));
    let shipped = wheel("shipped", "1.0", headers, &[]);
    for dist in [&direct, &silent, &shipped] {
        scene.registry.serve(&format!("/own/{}", dist.filename), dist.bytes.clone());
    }
    let (_, commit) = scene.repository(("committed", "1.0"), &files("committed"));
    let url = |dist: &Dist| format!("{}own/{}", scene.registry.url, dist.filename);
    let requirements = format!(
        "./lib\ndirect @ {}\nsilent @ {}\nshipped @ {}\n\
         committed @ git+https://github.com/example/committed@{commit}\n{}",
        url(&direct),
        url(&silent),
        url(&shipped),
        locked(&plain).replace(" --hash=sha256:", " #"),
    );
    scene.project.write("pyproject.toml", PROJECT);
    scene.project.write("requirements.txt", &requirements);
    scene.convert(&["--to", "guix"]).expect(0);
    let all = ["python-mine", "python-direct", "python-silent", "python-shipped", "python-committed"];
    let are_said = || {
        for variable in all {
            let text = definition(&scene, variable);
            for said in
                ["(propagated-inputs (list python-plain))", "(synopsis \"Give a value\")", "license:expat"]
            {
                assert!(text.contains(said), "{said}: {text}");
            }
        }
    };
    are_said();
    assert!(
        definition(&scene, "python-shipped")
            .contains("As it was published, not vetted: a wheel of no index.")
    );
    // SHA-512 would be too long for a line of Guix.
    assert!(definition(&scene, "python-direct").contains("(sha256 (base32"));
    // The next run says the same, of what is at hand.
    let lock = scene.project.read("headwater.lock");
    scene.convert(&["--to", "guix", "--offline"]).expect(0);
    are_said();
    assert_eq!(scene.project.read("headwater.lock"), lock);

    let exception = "[[exceptions]]\npackage = \"shipped\"\nreason = \"takes a day\"\nowner = \"infra\"\n\
        expires = 2999-01-01\n";
    scene.project.write("headwater.toml", exception);
    scene.convert(&["--to", "guix"]).expect(0);
    let text = definition(&scene, "python-shipped");
    assert!(text.contains("Exception, as it was published: takes a day (infra, until 2999-01-01)"), "{text}");
}

/// A wheel that lies in the project is installed as one.
#[test]
fn a_wheel_of_the_project() {
    let scene = Scene::new();
    let own = wheel("own", "1.0", "License: MIT\n", &[("own.py", "")]);
    scene.project.write("pyproject.toml", PROJECT);
    scene.project.write("wheels/keep", "");
    std::fs::write(scene.project.path().join("wheels").join(&own.filename), &own.bytes).unwrap();
    scene.project.write("requirements.txt", &format!("./wheels/{}\n", own.filename));
    scene.convert(&["--to", "guix"]).expect(0);
    let text = definition(&scene, "python-own");
    let source = "(local-file (string-append %project-folder \"/wheels/own-1.0-py3-none-any.whl\"))";
    for said in
        [source, "(install-file source \"dist\")", "license:expat", "not vetted: a wheel of no index."]
    {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(!text.contains("SETUPTOOLS_SCM") && !text.contains("recursive?"), "{text}");
}
