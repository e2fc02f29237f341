//! Python packages built from their commit, their versions given to the backends that would ask git for them.

use crate::support::nix;
use crate::support::nonce;
use crate::support::python::{Backend, Scene, library, locked};

/// Prints a value and the version of each library.
const APP: &str = "from importlib.metadata import version\nimport scm_lib, vcs_lib\n\
    print(scm_lib.VALUE, version('scm-lib'), vcs_lib.VALUE, version('vcs-lib'))\n";

#[test]
fn versions_from_git_tags() {
    let mut scene = Scene::new();
    let secret = nonce();
    let value = |word: &str| format!("VALUE = '{word} {secret}'\n");
    let scm = library(Backend::SetuptoolsScm, ("scm-lib", "1.2.3"), &value("scm"), "");
    let vcs = library(Backend::HatchVcs, ("vcs-lib", "4.5.6"), &value("vcs"), "");
    let (scm, scm_commit) = scene.release(("scm-lib", "1.2.3"), &scm);
    let (vcs, _) = scene.release(("vcs-lib", "4.5.6"), &vcs);
    scene.project.write("requirements.txt", &format!("{}{}", locked(&scm), locked(&vcs)));
    scene.project.write("app.py", APP);
    scene.project.write("headwater.toml", "[programs.app]\nfile = \"app.py\"\n");

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
    let printed = nix::run(&result.join("bin/app"), &[]);
    assert_eq!(printed, format!("scm {secret} 1.2.3 vcs {secret} 4.5.6"));
}
