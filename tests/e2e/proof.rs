//! What is proved of an npm package, over real repositories: `source` says it, and `convert` does as it says.

use serde_json::{Value, json};

use crate::support::forge::Forge;
use crate::support::package::{Package, package};
use crate::support::project::Project;
use crate::support::registry::Registry;

/// A package of a repository; `fields` are in its manifest.
fn of(repository: &str, name: &str, mut fields: Value, files: &[(&str, &str)]) -> Package {
    fields["repository"] = json!(format!("example/{repository}"));
    package(name, "1.0.0", fields, files)
}

/// The files of a package below a folder.
fn below(folder: &str, package: &Package) -> Vec<(String, String)> {
    package.files.iter().map(|(path, text)| (format!("{folder}/{path}"), text.clone())).collect()
}

#[test]
fn source_and_convert_say_the_same() {
    let forge = Forge::new();
    let code = ("index.js", "1\n");
    let setup = json!({ "scripts": { "postinstall": "sh README" } });
    let aside = of("mono", "aside", json!({}), &[code]);
    let listed = of("mono", "listed", json!({}), &[code]);
    let copied = of("mono", "copied", json!({}), &[code, ("README", "true\n")]);
    let ran = of("mono", "ran", setup, &[code, ("README", "true\n")]);
    let mono = forge.repository("example/mono");
    let manifest = json!({ "name": "mono", "version": "1.0.0", "workspaces": ["packages/*", "test/listed"] });
    let mut files =
        vec![("package.json".to_owned(), manifest.to_string()), ("README".into(), "true\n".into())];
    files.extend(below("test/fixtures/aside", &aside));
    files.extend(below("test/listed", &listed));
    for (folder, package) in [("packages/copied", &copied), ("packages/ran", &ran)] {
        files.extend(below(folder, package).into_iter().filter(|(path, _)| !path.ends_with("README")));
    }
    mono.commit(&files, "1.0.0");
    mono.tag("v1.0.0");

    let stray = of("stray", "stray", json!({}), &[code, (".npmignore", "x\n")]);
    let edited = of("edited", "edited", json!({}), &[code]);
    let built = of("built", "built", json!({}), &[code, ("dist/x.js", "2\n")]);
    let other = of("other", "other", json!({}), &[("other.js", "3\n")]);
    for (name, files) in [
        ("stray", vec![stray.files[0].clone(), ("index.js".into(), "1\n".into())]),
        ("edited", vec![edited.files[0].clone(), ("index.js".into(), "0\n".into())]),
        ("built", vec![built.files[0].clone(), ("index.js".into(), "1\n".into())]),
        ("other", vec![("package.json".into(), "{\"name\": \"theirs\"}".into())]),
    ] {
        let repository = forge.repository(&format!("example/{name}"));
        repository.commit(&files, "1.0.0");
        repository.tag("v1.0.0");
    }

    let packages = [&aside, &listed, &copied, &ran, &stray, &edited, &built, &other];
    let registry = Registry::start(&packages.map(Clone::clone));
    let mut project = Project::with_packages(&json!({ "name": "app", "version": "1.0.0" }), &packages, &[]);
    project.registry = Some(registry.url.clone());
    project.git_config = forge.git_config();
    let run = project.convert(&["--json"]).expect(0).json();
    assert_eq!(run["routes"], json!({ "unvetted": 6, "verbatim": 2 }), "{run:#}");
    for (name, tier, reason, said) in [
        ("listed", "B", "", "every file of the tarball (2) is in commit"),
        ("copied", "B", "", "in another place of the repository (1): README is /README"),
        (
            "aside",
            "C",
            "tier C, less than the policy's B: it lies in test/fixtures/aside: test",
            "in a folder of tests, examples or others' code (1)",
        ),
        (
            "ran",
            "C",
            "differs from its commit: nothing but documentation differs: README",
            "nothing but documentation differs: README",
        ),
        (
            "stray",
            "C",
            "differs from its commit: nothing but files that nothing runs differs: .npmignore",
            "Read what differs",
        ),
        ("edited", "C", "files with other bytes than in the commit (1): index.js", "Read what differs"),
        ("built", "C", "built output; `headwater verify` builds and compares it", "Build it from the commit"),
        ("other", "X", "contradiction: ", "as an unvetted artifact (--strict refuses it)"),
    ] {
        let unvetted = run["unvetted"].as_array().unwrap();
        let one = unvetted.iter().find(|one| one["package"] == format!("pkg:npm/{name}@1.0.0"));
        match one {
            Some(one) => {
                assert!(!reason.is_empty() && one["reason"].as_str().unwrap().starts_with(reason), "{one:#}")
            }
            None => assert!(reason.is_empty(), "{name} was taken from its commit"),
        }
        let text = project.headwater(&["source", &format!("{name}@1.0.0")]).expect(0).stdout;
        assert!(text.contains(&format!("  tier {tier}, ")) && text.contains(said), "{text}");
        assert!(tier == "B" || !text.contains("every file byte-matches"), "{text}");
    }
}

/// The tarball is at hand and says another name: nobody has to be asked for that.
#[test]
fn a_tarball_of_another_name_is_a_contradiction_whoever_answers() {
    let mut claimed = of("gone", "claimed", json!({}), &[("index.js", "1\n")]);
    let theirs = package("theirs", "1.0.0", json!({ "repository": "example/gone" }), &[("index.js", "1\n")]);
    claimed.tarball = theirs.tarball;
    let registry = Registry::start(std::slice::from_ref(&claimed));
    let manifest = json!({ "name": "app", "version": "1.0.0" });
    let mut project = Project::with_packages(&manifest, &[&claimed], &[]);
    project.registry = Some(registry.url.clone());
    let nobody = "[url \"http://127.0.0.1:9/\"]\n\tinsteadOf = https://github.com/\n";
    project.write("nobody.gitconfig", nobody);
    project.git_config = project.path().join("nobody.gitconfig");
    let run = project.convert(&["--json"]).expect(0).json();
    let reason = run["unvetted"][0]["reason"].as_str().unwrap();
    assert!(reason.starts_with("contradiction: ") && reason.contains("theirs"), "{run:#}");
}
