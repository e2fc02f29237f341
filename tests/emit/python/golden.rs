//! The files of a project with a bit of everything, as a user commits them, and what Nix reads in them.

use std::collections::BTreeMap;

use headwater::emit::model::python::OwnCode;
use headwater::emit::nix::python::{flake, render};
use serde_json::{Value, json};

use super::everything::{NASTY, folder, project};
use super::layout;
use super::{build, emit, empty, evaluate, key, sdist, try_evaluate};

fn golden(test: impl FnOnce()) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_snapshot_path("../snapshots/python");
    settings.bind(test);
}

#[test]
fn a_bit_of_everything() {
    let files = render(&project(), &layout()).expect("it is Nix");
    golden(|| {
        for file in ["default.nix", "sources.nix", "packages.nix", "packs/crates-oxide-1.0"] {
            insta::assert_snapshot!(file.replace('/', "-"), files[file]);
        }
        insta::assert_snapshot!("flake.nix", flake(&project()).expect("it is Nix"));
    });
    assert_eq!(files["packs/Cargo-oxide.lock"], "version = 4\n");
    assert_eq!(files, render(&project(), &layout()).expect("it is Nix"), "the same again");
}

#[test]
fn a_small_project_with_a_build_system() {
    let mut small = empty();
    small.own = OwnCode::Built(Box::new(build("app@1.0", &["setuptools@84.2.1"])));
    small.main_program = Some("app".into());
    small.packages = [(key("setuptools@84.2.1"), sdist("setuptools@84.2.1", &[]))].into();
    let files = render(&small, &layout()).expect("it is Nix");
    golden(|| {
        for file in ["default.nix", "sources.nix", "packages.nix"] {
            insta::assert_snapshot!(format!("small-{file}"), files[file]);
        }
    });
}

/// What Nix has read is what was to be said, to the character.
#[test]
fn nix_reads_what_was_written() {
    let (folder, project) = (folder(), project());
    emit(&folder, &project);
    let read = evaluate(folder.path(), "import (headwater + \"/packages.nix\")");
    let packages: BTreeMap<_, _> =
        project.packages.iter().map(|(key, package)| (key.as_str(), package)).collect();
    assert_eq!(read["packages"], json!(packages));
    assert_eq!(read["pname"], "acme-appx");
    assert_eq!(read["version"], "1-1.0+local.1");
    assert_eq!(read["requiresPython"], ">=3.9, <5");
    for (at, expected) in [
        ("/description", json!(NASTY)),
        ("/mainProgram", json!(NASTY)),
        ("/missing/gone@1.0", json!(NASTY)),
        ("/roots", json!(project.roots)),
        ("/devRoots", json!(project.dev_roots)),
        ("/extras", json!(project.extras)),
        ("/defaultGroups", json!(["main"])),
        ("/devGroups", json!(["dev"])),
        ("/collisions", json!(project.collisions)),
        ("/lockfile", json!(project.lockfile)),
        ("/editable/app/folders", json!(["src", "."])),
        ("/editable/app/entryPoints/console_scripts/app", json!("app:main")),
    ] {
        assert_eq!(read.pointer(at), Some(&expected), "{at}");
    }
    assert_eq!(read["programs"][NASTY]["arguments"][2], NASTY);
    let sources = evaluate(folder.path(), "import (headwater + \"/sources.nix\")");
    assert_eq!(sources["registry"], "https://index.example/${x}/");
    assert_eq!(sources["packs"]["crates-oxide-1.0"]["commits"], false);
}

/// The keys of an environment.
const KEYS: &str =
    "env: builtins.attrNames (builtins.fromJSON (builtins.unsafeDiscardStringContext env.config)).wheels";

/// Everything that can be asked of the project is evaluated, down to the derivations.
#[test]
fn the_whole_is_evaluated() {
    let (folder, project) = (folder(), project());
    emit(&folder, &project);
    let read = evaluate(
        folder.path(),
        &format!(
            r#"
            let
              keys = {KEYS};
              made = builtins.removeAttrs project.wheels [ "gone@1.0" ];
            in
            {{
              inherit (project) name drvPath;
              inherit (project.meta) description mainProgram;
              env = keys project.env;
              devEnv = keys project.devEnv;
              editable = (builtins.fromJSON (builtins.unsafeDiscardStringContext project.devEnv.config)).editable;
              devShell = project.devShell.drvPath;
              wheels = builtins.mapAttrs (_: wheel: wheel.drvPath) made;
              requirements = builtins.mapAttrs (_: asked: asked.drvPath) (
                builtins.removeAttrs project.requirements [ "gone@1.0" ]
              );
              packs = builtins.mapAttrs (_: pack: pack.drvPath) project.packs;
              checks = builtins.mapAttrs (_: check: check.drvPath) project.checks;
            }}
            "#
        ),
    );
    assert_eq!(read["name"], "acme-appx-1-1.0+local.1");
    assert_eq!(read["description"], NASTY);
    // The extras and the markers were followed: `late` is wanted by an extra of the project, `here` by one of web.
    let env = ["here@0.1", "late@1.0", "oxide@1.0", "web@2.0", "zope-interface@5.4.0+local.1"];
    assert_eq!(read["env"], json!(env));
    let mut more = [&env[..], &["bits@1.0", "wheels-only@3.0"]].concat();
    more.sort_unstable();
    assert_eq!(read["devEnv"], json!(more));
    assert_eq!(read["editable"]["app"]["folders"], json!(["src", "."]));
    // What others built is asked nothing.
    for (at, count) in [("wheels", 9), ("requirements", 8), ("packs", 1), ("checks", 2)] {
        assert_eq!(read[at].as_object().map(serde_json::Map::len), Some(count), "{at}: {}", read[at]);
    }
    let lock = |text: &str| {
        folder.write("uv.lock", text);
        try_evaluate(folder.path(), "project.drvPath")
    };
    assert!(lock("changed").expect(1).stderr.contains("uv.lock"));
}

/// What is missing is said where an environment reaches it, in the words that were given.
#[test]
fn what_is_missing_is_told() {
    let (folder, mut project) = (folder(), project());
    project.roots.insert(key("gone@1.0").into());
    emit(&folder, &project);
    let said = try_evaluate(folder.path(), "project.drvPath").expect(1).stderr;
    assert!(said.contains("gone@1.0") && said.contains("''${builtins.abort \"x\"}''"), "{said}");
}

/// A flake needs no more than the entry gives.
#[test]
fn the_flake_has_outputs() {
    let folder = folder();
    folder.write("flake.nix", &flake(&project()).expect("it is Nix"));
    let outputs = evaluate(
        folder.path(),
        "let flake = import (headwater + \"/../../flake.nix\"); in {
          inherit (flake) description;
          outputs = builtins.attrNames (flake.outputs { self = null; nixpkgs.legacyPackages = null; });
        }",
    );
    assert_eq!(outputs["description"], Value::from(NASTY));
    assert_eq!(outputs["outputs"], json!(["checks", "devShells", "packages"]));
}
