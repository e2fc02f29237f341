//! What `headwater verify` recorded, built from its commit by Guix: the same archive as Nix made, and what the project is
//! made with where the policy wants that.

use serde_json::{Value, json};
use sha2::{Digest, Sha512};

use crate::converted::Converted;
use crate::support::guix::Guix;
use crate::support::rebuilding::{Case, build_script};

const NAME: &str = "rebuilt-node-lib-b";

/// SRI of a file.
fn integrity(path: &std::path::Path) -> String {
    use base64::{Engine, engine::general_purpose::STANDARD};
    format!("sha512-{}", STANDARD.encode(Sha512::digest(std::fs::read(path).expect("a file"))))
}

#[test]
#[ignore = "needs a root with Guix"]
fn guix_gives_the_file_that_nix_gave() {
    let (guix, case) = (Guix::here(), Case::new(&build_script(), |_| ()));
    assert_eq!(case.verified(&[])["outcome"]["class"], "integrity");
    case.project.convert(&["--to", "guix"]).expect(0);
    let lock: Value = serde_json::from_str(&case.project.read("headwater.lock")).expect("JSON");
    let pin = &lock["packages"]["pkg:npm/lib-b@1.0.0"];
    assert_eq!(pin["route"], "artifact");

    guix.serve(&case.address(), &case.repository);
    let converted = Converted::new(&guix, &case.project);
    converted.is_reviewed(&[NAME]);
    assert_eq!(converted.derivations(&[NAME.to_owned()]), [converted.derivation_here(NAME).trim()]);
    let built = guix.outside(&converted.built(NAME));
    assert_eq!(json!(integrity(&built.join("package.tgz"))), pin["artifact"]["integrity"]);
    let said = format!("{}\\n", case.said());
    assert!(std::fs::read_to_string(built.join("package/dist/index.js")).expect("built").contains(&said));
    let result: Value =
        serde_json::from_str(&std::fs::read_to_string(built.join("result.json")).expect("a result"))
            .expect("JSON");
    assert_eq!(result["steps"][0]["exit"], 0, "{result:#}");

    // Another outcome than the recorded one is a failure.
    let recipe = "modules/app/packages/rebuilds/lib-b-1.0.0.json";
    let mut told: Value = serde_json::from_str(&case.project.read(recipe)).expect("JSON");
    told["expected"] = json!({ "class": "files", "digest": "0".repeat(64) });
    case.project.write(recipe, &told.to_string());
    let error = Converted::new(&guix, &case.project).try_built(NAME).expect_err("another outcome");
    assert!(error.contains("lib-b@1.0.0 is not rebuilt as headwater.lock has it (files)"), "{error}");
}

#[test]
#[ignore = "needs a root with Guix"]
fn the_project_is_made_with_what_guix_built() {
    let (guix, case) = (Guix::here(), Case::new(&build_script(), |_| ()));
    case.verified(&[]);
    case.project.write("headwater.toml", "[npm]\nbuild = \"use\"\n");
    let run = case.project.convert(&["--to", "guix", "--strict", "--json"]).expect(0);
    assert_eq!(run.json()["routes"], json!({ "build": 1 }));
    // The tarball of the package itself is not asked for: only those of its tools.
    case.registry.answer("/lib-b/-/lib-b-1.0.0.tgz", |_| Vec::new());
    guix.serve(&case.address(), &case.repository);
    let converted = Converted::new(&guix, &case.project);
    converted.is_reviewed(&["node-lib-b"]);
    let built = converted.build();
    let run = guix.run("/", &[&format!("{built}/bin/app")]).expect(0);
    assert_eq!(run.stdout.trim(), case.said());
}
