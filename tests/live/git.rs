//! Packages of local git repositories with the real setuptools-scm and hatch-vcs, these and all that they need built
//! from the live index's source archives.

use crate::built;
use crate::support::live::converted;
use crate::support::lockers;
use crate::support::nix::{self, Machine};
use crate::support::python::Scene;

#[test]
#[ignore = "needs the live index"]
fn versions_from_git_tags() {
    let mut scene = Scene::empty();
    scene.registry.lead_on_to(&lockers::index());
    let (printed, commit) = scene.two_from_git_tags();
    scene.forge.serve();
    converted(&scene.project, &[]);
    let machine = Machine { git_config: scene.forge.build_git_config(), ..Machine::default() };
    let result = built(&scene.project, &machine, "");
    let pin = scene.pin("scm-lib@1.2.3");
    assert_eq!(pin["route"], "build", "{pin:#}");
    assert!(pin.to_string().contains(&commit), "{pin:#}");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), printed);
}
