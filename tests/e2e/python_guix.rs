//! Python projects converted for Guix: what the definitions say, without a Guix to build them.

use crate::support::index::{Dist, sdist};
use crate::support::python::{Backend, Scene, borrowed, library, locked};

const PROJECT: &str = "[project]\nname = 'app'\nversion = '0.1'\nrequires-python = '>=3.9'\n";

/// The source archive of a library in the index; `headers` are more lines of its PKG-INFO.
fn published(scene: &Scene, name: &str, headers: &str) -> Dist {
    let files = library(Backend::Flit, (name, "1.0"), "", "");
    let dist = sdist(name, "1.0", headers, &borrowed(&files));
    scene.registry.publish_python(name, std::slice::from_ref(&dist));
    dist
}

/// A definition of the project `app`, and what is said above it.
#[track_caller]
fn definition(scene: &Scene, variable: &str) -> String {
    let module = scene.project.read("modules/app/packages/python.scm");
    let mut all = module.split("\n\n").filter(|text| text.contains(&format!("(define-public {variable}\n")));
    all.next().unwrap_or_else(|| panic!("no {variable} in {module}")).to_owned()
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
