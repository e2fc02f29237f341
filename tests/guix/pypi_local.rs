//! Python projects whose packages come from no index, or from nowhere.

use crate::converted::Converted;
use crate::support::guix::Guix;
use crate::support::index::{sdist, tagged_wheel};
use crate::support::nonce;
use crate::support::python::{Backend, Scene, borrowed, library};

/// A folder, an archive and a wheel of no index, each of which needs another; then a release for other systems alone.
#[test]
#[ignore = "needs a root with Guix"]
fn packages_of_no_index_and_one_that_cannot_be_had() {
    let (guix, scene, secret) = (Guix::here(), Scene::new(), nonce());
    let more =
        |needs: &str| format!("description = 'Give a value'\nlicense = 'MIT'\ndependencies = ['{needs}']\n");
    let files =
        library(Backend::Flit, ("mine", "1.0"), "import direct\nVALUE = direct.VALUE\n", &more("direct"));
    for (path, text) in files {
        scene.project.write(&format!("lib/{path}"), &text);
    }
    let files = library(Backend::Flit, ("direct", "1.0"), "import own\nVALUE = own.VALUE\n", &more("own"));
    let direct = sdist("direct", "1.0", "", &borrowed(&files));
    scene.registry.serve("/own/direct-1.0.tar.gz", direct.bytes);
    let own = tagged_wheel(("own", "1.0"), "py3-none-any", &[("own.py", &format!("VALUE = '{secret}'\n"))]);
    scene.project.write("wheels/keep", "");
    std::fs::write(scene.project.path().join("wheels").join(&own.filename), &own.bytes).expect("writable");
    let mut requirements =
        format!("./lib\n./wheels/{}\ndirect @ {}own/direct-1.0.tar.gz\n", own.filename, scene.registry.url);
    scene.project.write("requirements.txt", &requirements);
    scene.project.write("app.py", "import mine\nprint(mine.VALUE)\n");
    scene.project.write("headwater.toml", "[programs.app]\nfile = \"app.py\"\n");
    scene.convert(&["--to", "guix"]).expect(0);
    let converted = Converted::new(&guix, &scene.project);
    converted.is_reviewed(&["python-mine", "python-direct", "python-own"]);
    let run = guix.run("/", &[&format!("{}/bin/app", converted.build())]).expect(0);
    assert_eq!(run.stdout, format!("{secret}\n"));

    let gone = tagged_wheel(("gone", "306"), "cp311-cp311-win_amd64", &[("gone.py", "")]);
    scene.registry.publish_python("gone", std::slice::from_ref(&gone));
    requirements += "gone==306\n";
    scene.project.write("requirements.txt", &requirements);
    let said = scene.convert(&["--to", "guix"]).expect(0).stdout;
    assert!(said.contains("HW441") && !said.contains("guix build"), "{said}");
    let converted = Converted::new(&guix, &scene.project);
    converted.is_reviewed(&["python-gone"]);
    assert_eq!(converted.derivation().len(), 1);
    let refused = converted.refused();
    assert!(refused.contains("gone@306 has no file that Guix could install"), "{refused}");
}
