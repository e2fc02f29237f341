//! Python packages built from their commit, their versions given to the backends that would ask git for them.

use crate::support::nix;
use crate::support::python::{Scene, locked};

#[test]
fn versions_from_git_tags() {
    let mut scene = Scene::new();
    let (printed, scm_commit) = scene.two_from_git_tags();

    let run = scene.convert(&["--json"]).expect(0);
    let told = run.json();
    assert_eq!(told["routes"], serde_json::json!({ "build": 2, "sdist": 5 }), "{told:#}");
    assert_eq!(told["tiers"]["B"], 2, "{told:#}");
    let pin = scene.pin("scm-lib@1.2.3");
    assert_eq!(pin["route"], "build", "{pin:#}");
    assert!(pin.to_string().contains(&scm_commit), "{pin:#}");
    let packages = scene.project.read("nix/headwater/packages.nix");
    assert!(packages.contains(&scm_commit), "{packages}");

    scene.forge.serve();
    let result = nix::build(&scene.project, &scene.forge.build_git_config(), "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), printed);

    // The wheel itself, to be compared with the index's.
    let git_config = scene.forge.build_git_config();
    let dist = nix::build(&scene.project, &git_config, ".wheels.\"scm-lib@1.2.3\".dist");
    let files: Vec<_> = std::fs::read_dir(&dist).unwrap().flatten().map(|file| file.file_name()).collect();
    assert_eq!(files, ["scm_lib-1.2.3-py3-none-any.whl"]);
}

/// The commit's setup.cfg has the tag of the time between two releases; who made the release left it out.
#[test]
fn a_release_has_no_tag_of_the_time_before_it() {
    let mut scene = Scene::new();
    let manifest = "[build-system]\nrequires = ['setuptools>=61']\nbuild-backend = 'setuptools.build_meta'\n\
        [project]\nname = 'tagged'\nversion = '1.3.9'\n[tool.tiny]\nmodules = ['tagged.py']\n";
    let files = |tags: &str| {
        [("pyproject.toml", manifest), ("tagged.py", "ONE = 1\n"), ("setup.cfg", tags)]
            .map(|(path, text)| (path.to_owned(), text.to_owned()))
    };
    scene.repository(("tagged", "1.3.9"), &files("[egg_info]\ntag_build = .dev0\n"));
    let packed = scene.publish(("tagged", "1.3.9"), "", &files("[egg_info]\ntag_build = \ntag_date = 0\n\n"));
    scene.project.write("requirements.txt", &locked(&packed));
    let app = "from importlib.metadata import version\nimport tagged\nprint(tagged.ONE, version('tagged'))\n";
    scene.project.write("app.py", app);
    scene.project.write("headwater.toml", "[programs.app]\nfile = \"app.py\"\n");
    scene.convert(&[]).expect(0);
    assert_eq!(scene.pin("tagged@1.3.9")["route"], "build");
    scene.forge.serve();
    let result = nix::build(&scene.project, &scene.forge.build_git_config(), "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), "1 1.3.9");
    // Guix builds another thing without this phase.
    scene.convert(&["--to", "guix"]).expect(0);
    let mut folders = std::fs::read_dir(scene.project.path().join("modules")).expect("modules");
    let name = folders.next().expect("one").expect("readable").file_name();
    let file = format!("modules/{}/packages/python.scm", name.display());
    let modules = scene.project.read(&file);
    assert!(modules.contains("'drop-tags"), "{modules}");
}
