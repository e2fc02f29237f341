//! Python packages built from their commit, their versions given to the backends that would ask git for them.

use crate::support::nix;
use crate::support::python::Scene;

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
