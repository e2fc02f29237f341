//! `headwater verify` in a Python project: wheels are built from their commits in the sandbox of the real Nix, and compared
//! with the index's.

use serde_json::Value;

use crate::support::index::{Dist, sdist, tagged_wheel};
use crate::support::nix;
use crate::support::project::Run;
use crate::support::python::{Backend, Scene, borrowed, built_wheel, library, locked};
use crate::support::{another_hash, nonce};

const LINK: &str = "Project-URL: Source, https://github.com/example/lib\n";

/// A project with one library, whose commit and source archive hold `files`.
struct Case {
    scene: Scene,
    files: Vec<(String, String)>,
    word: String,
}

impl Case {
    fn new(more: &str) -> Self {
        let word = nonce();
        let files = library(Backend::Flit, ("lib", "1.0"), &format!("VALUE = '{word}'\n"), more);
        let mut scene = Scene::new();
        scene.repository(("lib", "1.0"), &files);
        scene.forge.serve();
        scene.project.write("app.py", "import lib\nprint(lib.VALUE)\n");
        Self { scene, files, word }
    }

    /// What the backend makes of the files, once they are changed.
    fn wheel(&self, change: impl FnOnce(&mut Vec<(String, String)>)) -> Dist {
        let mut files = self.files.clone();
        change(&mut files);
        built_wheel(("lib", "1.0"), &borrowed(&files))
    }

    /// Publishes the source archive and these wheels, and converts a project whose lockfile names all of them.
    fn convert(&self, wheels: &[Dist], policy: &str) -> Run {
        let source = sdist("lib", "1.0", LINK, &borrowed(&self.files));
        self.scene.registry.publish_python("lib", &[std::slice::from_ref(&source), wheels].concat());
        let hashes: String = wheels.iter().map(|wheel| format!(" --hash=sha256:{}", wheel.sha256)).collect();
        self.scene.project.write("requirements.txt", &locked(&source).replace('\n', &format!("{hashes}\n")));
        self.scene.project.write("headwater.toml", &format!("{policy}\n[programs.app]\nfile = \"app.py\"\n"));
        self.scene.convert(&[]).expect(0)
    }

    fn verify(&self, arguments: &[&str]) -> Run {
        let nixpkgs = nix::nixpkgs_with(&self.scene.forge.build_git_config());
        let path = nixpkgs.path().display().to_string();
        let all = [&["verify", "--nixpkgs", &path], arguments].concat();
        self.scene.project.headwater_with(&all, &[("NIX_CONFIG", &nix::config())])
    }

    /// The one package of a run.
    #[track_caller]
    fn verified(&self, arguments: &[&str]) -> Value {
        let report = self.verify(&[&["--json"], arguments].concat()).expect(0).json();
        let one = report["packages"]["lib==1.0"].clone();
        assert!(one.is_object(), "{report:#}");
        one
    }

    fn recorded(&self) -> Value {
        let lock: Value = serde_json::from_str(&self.scene.project.read("headwater.lock")).expect("JSON");
        lock["rebuilds"]["wheels"]["pkg:pypi/lib@1.0"].clone()
    }

    fn check(&self) -> Run {
        let hostpkgs = nix::hostpkgs_with(&self.scene.forge.build_git_config());
        nix::flake(&self.scene.project, hostpkgs.path(), &["flake check", "path:."])
    }
}

#[test]
fn the_commit_gives_the_wheel_that_the_lockfile_names() {
    let case = Case::new("");
    let wheel = case.wheel(|_| ());
    case.convert(&[wheel], "");
    let verified = case.verified(&[]);
    assert_eq!(verified["outcome"]["class"], "integrity", "{verified:#}");
    assert_eq!(verified["outcome"]["builtHere"], true);
    assert_eq!(verified["outcome"]["files"], 4);
    // The backend is built from its sdist, and nobody rebuilt that.
    assert_eq!(verified["tools"], 1);
    assert_eq!(verified["wheel"]["requirements"]["sdists"][0], "flit-core==3.12.0");
    let recorded = case.recorded();
    assert_eq!(recorded["outcome"], verified["outcome"]);
    // What is recorded is not built again, and a conversion keeps it and says so.
    assert_eq!(case.verified(&[])["recorded"], true);
    let run = case.scene.convert(&[]).expect(0);
    let said = "a wheel that your lockfile names, byte for byte";
    assert!(run.stdout.contains(said), "{}", run.stdout);
    assert_eq!(case.recorded(), recorded);
    let text = case.verify(&["lib"]).expect(0).stdout;
    let given = "4 of 4 files; given 1 build requirement that is not rebuilt: 1 built from its sdist";
    assert!(text.contains(&format!(": {said} ({given})")), "{text}");
    assert!(text.contains("1 of 1 rebuilt; 1 give exactly the index's wheel"), "{text}");
    let commit = recorded["source"]["commit"].as_str().expect("a commit");
    let text = case.scene.project.headwater(&["source", "lib==1.0"]).expect(0).stdout;
    assert!(text.contains(&format!("rebuilt from {}: {said}", &commit[..12])), "{text}");
    case.check().expect(0);
    let result = nix::build(&case.scene.project, &case.scene.forge.build_git_config(), "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]).trim(), case.word);
    // A record of another build counts no more.
    case.scene.project.write("headwater.toml", "[packages.lib]\nenv = { A = \"1\" }\n");
    case.scene.convert(&[]).expect(0);
    assert_eq!(case.recorded(), Value::Null);
}

#[test]
fn a_wheel_that_comes_out_otherwise_than_recorded_fails_the_check() {
    let case = Case::new("");
    case.convert(&[case.wheel(|_| ())], "");
    case.verified(&[]);
    let path = "nix/headwater/rebuilds/wheels.json";
    let mut wheels: Value = serde_json::from_str(&case.scene.project.read(path)).expect("JSON");
    let expected = &mut wheels["lib@1.0"];
    let digest = expected["digest"].as_str().expect("hex");
    let another = another_hash(digest);
    expected["integrity"] = Value::Null;
    expected["digest"] = another.into();
    case.scene.project.write(path, &wheels.to_string());
    let run = case.check();
    assert_ne!(run.code, 0);
    assert!(run.stderr.contains("lib@1.0: it is not built as headwater.lock has it"), "{}", run.stderr);
    assert!(run.stderr.contains("headwater verify lib==1.0"), "{}", run.stderr);
}

#[test]
fn another_version_of_the_backend_is_named() {
    let case = Case::new("");
    let wheel = case.wheel(|files| files[0].1 += "generator = 'tiny 2'\n");
    case.convert(&[wheel], "");
    let verified = case.verified(&[]);
    assert_eq!(verified["outcome"]["class"], "equivalent", "{verified:#}");
    let notes = verified["outcome"]["notes"].to_string();
    assert!(notes.contains("tiny 2 (registry), tiny 1 (built)"), "{notes}");
    assert!(notes.contains("lib-1.0.dist-info/RECORD differs only as the files do"), "{notes}");
    case.check().expect(0);
}

#[test]
fn the_tool_of_a_wheel_that_differs_is_named_for_headwater_toml() {
    let case = Case::new("");
    // An older backend that writes METADATA in another way.
    let wheel = case.wheel(|files| files[0].1 += "generator = 'flit 3.9.0'\nmetadata = '2.0'\n");
    case.convert(&[wheel], "");
    assert_eq!(case.verified(&[])["wheel"]["indexTool"][0], "flit-core==3.9.0");
    // It is said again of what is recorded.
    let text = case.verify(&[]).expect(0).stdout;
    assert!(text.contains("recorded before"), "{text}");
    assert!(text.contains("\n[packages.lib]\nbuildRequires = [\"flit-core==3.9.0\"]\n"), "{text}");
}

#[test]
fn with_the_time_of_the_indexs_wheel_the_file_itself_comes_out() {
    let case = Case::new("");
    // 2024-02-03 04:05:06 UTC.
    let wheel = case.wheel(|files| files[0].1 += "epoch = '1706933106'\n");
    case.convert(&[wheel], "");
    let verified = case.verified(&[]);
    assert_eq!(verified["outcome"]["class"], "files", "{verified:#}");
    assert_eq!(verified["wheel"]["indexTime"], 1_706_933_106);
    let text = case.verify(&[]).expect(0).stdout;
    let line = "[packages.lib]\nenv = { SOURCE_DATE_EPOCH = \"1706933106\" }\n";
    assert!(text.contains(line), "{text}");
    case.scene.project.write("headwater.toml", line);
    case.scene.convert(&[]).expect(0);
    let verified = case.verified(&[]);
    assert_eq!(verified["outcome"]["class"], "integrity", "{verified:#}");
}

#[test]
fn what_does_not_come_from_the_source_is_named() {
    type Change = fn(&mut Vec<(String, String)>);
    let cases: [(Change, &str); 3] = [
        (|files| files[1].1 += "import os\n", "lib.py line 2 differs:"),
        (
            |files| {
                files[0].1 = files[0].1.replace("['lib.py']", "['lib.py', 'evil.py']");
                files.push(("evil.py".to_owned(), "import os\n".to_owned()));
            },
            "evil.py was not built; the registry has it",
        ),
        (
            |files| files[0].1 = files[0].1.replace("[tool.tiny]", "dependencies = ['evil']\n[tool.tiny]"),
            "lib-1.0.dist-info/METADATA line 4 differs:",
        ),
    ];
    for (change, note) in cases {
        let case = Case::new("");
        // By itself a release whose wheel holds more than the commit is not built from the commit.
        case.convert(&[case.wheel(change)], "tier = \"C\"");
        let verified = case.verified(&[]);
        assert_eq!(verified["outcome"]["class"], "different", "{verified:#}");
        let notes = verified["outcome"]["notes"].to_string();
        assert!(notes.contains(note), "{note}: {notes}");
        let run = case.verify(&["lib"]).expect(0);
        assert!(run.stdout.contains("not the same as the index's wheel"), "{}", run.stdout);
        assert!(run.stdout.contains("0 of 1 rebuilt"), "{}", run.stdout);
        // Nothing is claimed, so nothing is checked.
        let wheels = case.scene.project.path().join("nix/headwater/rebuilds/wheels.json");
        assert!(!wheels.exists());
    }
}

#[test]
fn what_is_not_compared_is_named_with_its_reason() {
    const BOUND: &str = "cp311-cp311-manylinux_2_17_x86_64";
    type Wheels = fn(&Case) -> Vec<Dist>;
    let cases: [(Wheels, &str, &str); 3] = [
        (
            |case| vec![tagged_wheel(("lib", "1.0"), BOUND, &[("lib.py", &case.files[1].1)])],
            "",
            "its wheels hold compiled code, which is not compared",
        ),
        (|_| Vec::new(), "", "the index has no wheel of it to compare with"),
        (
            |_| Vec::new(),
            "[packages.lib]\nroute = \"sdist\"",
            "it is built from its sdist, and not from a commit",
        ),
    ];
    for (wheels, policy, why) in cases {
        let case = Case::new("");
        case.convert(&wheels(&case), policy);
        let run = case.verify(&[]).expect(0);
        assert!(run.stdout.contains(&format!("lib==1.0  not built: {why}")), "{}", run.stdout);
        assert!(run.stdout.contains("0 of 1 rebuilt"), "{}", run.stdout);
    }
    // Nobody is told of build requirements who does not ask.
    let case = Case::new("");
    case.convert(&[], "");
    let report = case.verify(&["--json", "Flit_Core@3.12"]).expect(0).json();
    let why = report["notBuilt"]["flit-core==3.12.0"].as_str().unwrap_or_default();
    assert!(why.contains("built from its sdist"), "{report:#}");
    let run = case.verify(&["nothing"]).expect(2);
    assert!(run.stderr.contains("has no package nothing"), "{}", run.stderr);
}

#[test]
fn what_cannot_be_fetched_is_no_outcome() {
    let mut case = Case::new("");
    case.convert(&[case.wheel(|_| ())], "");
    case.scene.forge.stop();
    let run = case.verify(&[]).expect(3);
    assert!(run.stdout.contains("lib==1.0  not built: it could not be tried"), "{}", run.stdout);
    assert!(run.stdout.contains("Incomplete: lib==1.0"), "{}", run.stdout);
    assert_eq!(case.recorded(), Value::Null);
    // The index does not answer, and the cache knows nothing.
    case.scene.forge.serve();
    case.scene.registry.switch_off();
    let cache = tempfile::TempDir::new().expect("a folder");
    let nixpkgs = nix::nixpkgs_with(&case.scene.forge.build_git_config());
    let path = nixpkgs.path().display().to_string();
    let environment =
        [("NIX_CONFIG", nix::config()), ("HEADWATER_CACHE_DIR", cache.path().display().to_string())];
    let environment = environment.each_ref().map(|(name, value)| (*name, value.as_str()));
    case.scene.project.headwater_with(&["verify", "--nixpkgs", &path], &environment).expect(3);
    // Once all can be had, the same command goes on.
    case.scene.registry.switch_on();
    assert_eq!(case.verified(&[])["outcome"]["class"], "integrity");
}

#[test]
fn a_build_that_gives_no_wheel_is_told_with_its_log() {
    let case = Case::new("");
    let wheel = case.wheel(|_| ());
    case.convert(&[wheel], "[packages.lib]\nenv = { TINY_FAILS = \"there is no compiler\" }");
    let verified = case.verified(&[]);
    assert_eq!(verified["outcome"]["class"], "failed", "{verified:#}");
    assert!(verified["log"].to_string().contains("there is no compiler"), "{verified:#}");
    let run = case.verify(&["lib"]).expect(0);
    assert!(run.stdout.contains("lib==1.0  it could not be built from "), "{}", run.stdout);
}

#[test]
fn what_was_built_twice_is_attested() {
    let case = Case::new("");
    let wheel = case.wheel(|_| ());
    case.convert(std::slice::from_ref(&wheel), "");
    let folder = tempfile::TempDir::new().expect("a folder");
    let path = folder.path().display().to_string();
    let verified = case.verified(&["--rebuild", "--attest", &path]);
    assert_eq!(verified["outcome"]["class"], "integrity");
    let text = std::fs::read_to_string(folder.path().join("lib-1.0-py3-none-any.intoto.json"));
    let statement: Value = serde_json::from_str(&text.expect("a statement")).expect("JSON");
    assert_eq!(statement["subject"][0]["name"], wheel.filename);
    assert_eq!(statement["subject"][0]["digest"]["sha256"], wheel.sha256);
    let used = &statement["predicate"]["buildDefinition"]["resolvedDependencies"];
    assert!(used[0]["uri"].as_str().is_some_and(|uri| uri.starts_with("git+https://")), "{used:#}");
    assert_eq!(used[1]["uri"], "pkg:pypi/flit-core@3.12.0");
    assert_eq!(used[1]["digest"]["sha256"], case.scene.backend("flit-core").sha256);
}
