//! `headwater package` of Python: what it writes builds over the stand-in for nixpkgs, is imported and runs.

use serde_json::json;

use crate::support::forge::Forge;
use crate::support::index::{Dist, sdist, wheel};
use crate::support::project::{Project, Run};
use crate::support::{nix, nonce, registry::Registry};

/// A repository, an index and the folder of somebody who writes packages for nixpkgs.
pub(super) struct Scene {
    pub(super) forge: Forge,
    registry: Registry,
    pub(super) project: Project,
    is_served: bool,
}

/// The files of a project, by path.
pub(super) type Files = Vec<(&'static str, String)>;

impl Scene {
    pub(super) fn new() -> Self {
        let (forge, registry) = (Forge::new(), Registry::start(&[]));
        let mut project = Project::new(&[]);
        project.index = Some(registry.index());
        project.git_config = forge.git_config();
        Self { forge, registry, project, is_served: false }
    }

    /// A release that was made from its repository: the source archive has all of its files, the wheel the modules.
    fn release(&self, (name, version): (&str, &str), headers: &str, files: &Files) {
        let work = self.forge.repository(&format!("example/{name}"));
        work.commit(files, version);
        work.tag(&format!("v{version}"));
        self.publish(
            (name, version),
            &format!("Project-URL: Source, https://github.com/example/{name}\n{headers}"),
            files,
        );
    }

    /// The same without a repository.
    pub(super) fn publish(&self, (name, version): (&str, &str), headers: &str, files: &Files) {
        let borrowed: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        let modules: Vec<_> = borrowed
            .iter()
            .filter_map(|(path, text)| Some((path.strip_prefix("src/")?, *text)))
            .chain(borrowed.iter().filter(|(path, _)| path.ends_with(".dist-info/entry_points.txt")).copied())
            .collect();
        let sources: Vec<_> =
            borrowed.iter().filter(|(path, _)| !path.contains(".dist-info/")).copied().collect();
        let dists: [Dist; 2] =
            [sdist(name, version, headers, &sources), wheel(name, version, headers, &modules)];
        self.registry.publish_python(name, &dists);
    }

    /// The stand-in, as a nixpkgs that the tool is given.
    fn over(&mut self) {
        if !self.is_served {
            self.forge.serve();
            self.is_served = true;
        }
        let over = format!(
            "args: import {} ({{ config = {{ gitConfig = {:?}; }}; }} // args)\n",
            nix::hostpkgs().display(),
            self.forge.build_git_config()
        );
        self.project.write("over/default.nix", &over);
    }

    pub(super) fn run(&mut self, arguments: &[&str]) -> Run {
        self.over();
        let arguments = [arguments, &["--nixpkgs", "over"]].concat();
        self.project.headwater_with(&arguments, &[("NIX_CONFIG", &nix::config())])
    }

    /// Builds a file that was written, and gives the result's path.
    pub(super) fn built(&mut self, set: &str, file: &str) -> std::path::PathBuf {
        self.over();
        let built = nix::try_build_file(set, &self.project.path().join(file), &self.forge.build_git_config());
        built.unwrap_or_else(|error| panic!("{error}\n{}", self.project.read(file)))
    }
}

fn without_hashes(text: &str) -> String {
    text.lines().filter(|line| !line.contains("sha256-")).map(|line| format!("{line}\n")).collect()
}

const LIBRARY: &str = "pkgs/development/python-modules/shapes/default.nix";

/// A library whose bounds the stand-in does not meet.
fn shapes(secret: &str) -> Files {
    let pyproject = "[build-system]\nrequires = ['setuptools>=61,<62', 'wheel']\nbuild-backend = 'setuptools.build_meta'\n\
        [project]\nname = 'shapes'\nversion = '1.4.0'\ndependencies = ['six<1.10', 'tomli; python_version < \"3.8\"']\n\
        [project.optional-dependencies]\nyaml = ['PyYAML']\ndocs = ['sphinx']\n\
        [dependency-groups]\ntest = ['pytest', 'pytest-cov', 'ruff']\n\
        [tool.pytest.ini_options]\naddopts = '--cov'\n[tool.setuptools.packages.find]\nwhere = ['src']\n";
    vec![
        ("pyproject.toml", pyproject.to_owned()),
        ("CHANGELOG.md", "## 1.4.0\n".to_owned()),
        ("LICENSE", "Redistributions in binary form must reproduce the above copyright notice\n".to_owned()),
        ("src/shapes/__init__.py", format!("import six\nSECRET = '{secret}'\n")),
        ("src/shapes/lines.py", "import shapes\n".to_owned()),
        (
            "tests/test_shapes.py",
            "import shapes\nfrom drawn import drawn\n\ndef test_secret():\n    assert shapes.SECRET\n\
             \ndef test_drawn():\n    assert drawn()\n"
                .to_owned(),
        ),
        // The tests cannot do without PyYAML, which only an extra names. The other one they can do without.
        (
            "tests/drawn.py",
            "import yaml\ntry:\n    import absent\nexcept ImportError:\n    pass\n\
             def drawn():\n    return yaml.safe_load('a: 1')\n"
                .to_owned(),
        ),
    ]
}

const SHAPES: &str = "Summary: A library of shapes.\nLicense: BSD\nRequires-Dist: six<1.10\nProvides-Extra: yaml\n\
    Requires-Dist: PyYAML; extra == 'yaml'\nProvides-Extra: docs\nRequires-Dist: sphinx; extra == 'docs'\n\
    Classifier: License :: OSI Approved :: BSD License\n";

#[test]
fn a_library_is_written_built_and_imported() {
    let secret = nonce();
    let mut scene = Scene::new();
    scene.release(("shapes", "1.4.0"), SHAPES, &shapes(&secret));
    scene.project.write(
        "pkgs/top-level/python-packages.nix",
        "self: {\n  rope = callPackage ../development/python-modules/rope { };\n}\n",
    );
    let arguments = ["package", "pkg:pypi/shapes@1.4.0", "--maintainer", "someone", "--json", "--build"];
    let said = scene.run(&arguments).expect(0).json();
    let notes = said["notes"].to_string();
    assert!(notes.contains("\"it builds\"") && notes.contains("tier B"), "{notes}");
    assert!(!notes.contains("no list of the project names"), "{notes}");
    assert!(
        notes.contains(
            "python-packages.nix, behind rope: shapes = callPackage ../development/python-modules/shapes { };"
        ),
        "{notes}"
    );
    assert_eq!(said["files"], json!([LIBRARY]));
    assert!(
        said["commitMessage"].as_str().unwrap().starts_with("python3Packages.shapes: init at 1.4.0\n"),
        "{said:#}"
    );
    let text = scene.project.read(LIBRARY);
    insta::assert_snapshot!(without_hashes(&text));
    let built = scene.built(".python3Packages", LIBRARY);
    let modules = built.join("lib/python3.11/site-packages/shapes/__init__.py");
    assert!(std::fs::read_to_string(modules).unwrap().contains(&secret));
}

#[test]
fn what_a_nixpkgs_has_is_an_update() {
    let mut scene = Scene::new();
    let pyproject =
        "[build-system]\nrequires = ['setuptools']\n[project]\nname = 'six'\nversion = '1.99.0'\n";
    let files = vec![("pyproject.toml", pyproject.to_owned()), ("src/six.py", format!("# {}\n", nonce()))];
    scene.release(("six", "1.99.0"), "Summary: Old and new\n", &files);
    let run = scene.run(&["package", "pkg:pypi/six@1.99.0", "--print"]).expect(0);
    assert!(run.stderr.contains("python3Packages.six: 1.16.0 -> 1.99.0\n"), "{}", run.stderr);
    assert!(run.stderr.contains("it has python3Packages.six already: update that one"), "{}", run.stderr);
    assert!(!run.stderr.contains("add this line"), "{}", run.stderr);
}

/// What a build shows of tests: those that want a network are left out, others are told.
#[test]
fn tests_that_want_a_network_are_left_out() {
    let mut scene = Scene::new();
    let pyproject = "[build-system]\nrequires = ['setuptools']\nbuild-backend = 'setuptools.build_meta'\n[project]\nname = 'remote'\n\
         version = '1.0'\n[tool.setuptools.packages.find]\nwhere = ['src']\n";
    let network = "import urllib.request\n\ndef test_here():\n    pass\n\n\
        def test_there():\n    urllib.request.urlopen('http://shapes.example')\n";
    let files = |tests: String| {
        vec![
            ("pyproject.toml", pyproject.to_owned()),
            ("src/remote/__init__.py", format!("# {}\n", nonce())),
            ("tests/test_remote.py", tests),
        ]
    };
    scene.release(("remote", "1.0"), "Summary: Asks far away\n", &files(network.to_owned()));
    let arguments = ["package", "pkg:pypi/remote@1.0", "--print", "--build"];
    let run = scene.run(&arguments).expect(0);
    assert!(
        run.stderr.contains("tests that require network access are left out, by their names: 1"),
        "{}",
        run.stderr
    );
    let left_out = "  # require network access\n  disabledTests = [ \"test_there\" ];\n";
    assert!(run.stdout.contains(left_out), "{}", run.stdout);
    let mut scene = Scene::new();
    let wrong = format!("{network}\ndef test_wrong():\n    assert not 'so'\n");
    scene.release(("remote", "1.0"), "Summary: Asks far away\n", &files(wrong));
    let run = scene.run(&arguments).expect(3);
    assert!(
        run.stderr.contains("1 test fails over that nixpkgs: tests/test_remote.py::test_wrong"),
        "{}",
        run.stderr
    );
    assert!(!run.stdout.contains("disabledTests"), "{}", run.stdout);
}

#[test]
fn an_application_is_written_built_and_run() {
    let secret = nonce();
    let mut scene = Scene::new();
    let pyproject = "[build-system]\nrequires = ['setuptools']\nbuild-backend = 'setuptools.build_meta'\n\
        [project]\nname = 'drawer'\nversion = '2.0'\ndependencies = ['six']\nclassifiers = ['Environment :: Console']\n\
        scripts.drawer = 'drawer:main'\n[tool.setuptools.packages.find]\nwhere = ['src']\n";
    let main = format!("import six\n\ndef main():\n    print('{secret}', six.PY3)\n");
    let files = vec![
        ("pyproject.toml", pyproject.to_owned()),
        ("src/drawer/__init__.py", main),
        ("drawer-2.0.dist-info/entry_points.txt", "[console_scripts]\ndrawer = drawer:main\n".to_owned()),
    ];
    let headers = "Summary: Draws shapes\nLicense-Expression: MIT\nRequires-Dist: six\nClassifier: Environment :: Console\n";
    let sources = files[..2].to_vec();
    let work = scene.forge.repository("example/drawer");
    work.commit(&sources, "2.0");
    let headers = format!("Project-URL: Source, https://github.com/example/drawer\n{headers}");
    scene.publish(("drawer", "2.0"), &headers, &files);
    let said =
        scene.run(&["package", "pkg:pypi/drawer@2.0", "--maintainer", "someone", "--json"]).expect(0).json();
    let file = "pkgs/by-name/dr/drawer/package.nix";
    assert_eq!(said["files"], json!([file]));
    let text = scene.project.read(file);
    let commit = text.lines().find(|line| line.contains("rev = \"")).unwrap_or_default().to_owned();
    assert!(text.contains("# no tag is this commit"), "{text}");
    insta::assert_snapshot!(without_hashes(&text).replace(&commit, "    rev = \"…\";"));
    let built = scene.built("", file);
    assert_eq!(nix::run(&built.join("bin/drawer"), &[]), format!("{secret} True"));
    let run = scene.run(&["package", "pkg:pypi/drawer@2.0", "--print", "--build"]).expect(0);
    assert!(run.stderr.contains("it builds; `--version` does not print the version"), "{}", run.stderr);
    assert!(!run.stdout.contains("versionCheckHook"), "{}", run.stdout);
    // Of a repository alone.
    work.tag("2.0");
    let run = scene
        .run(&["package", "https://github.com/example/drawer#2.0", "--print", "--as", "library", "--refresh"])
        .expect(0);
    assert!(run.stdout.contains("tag = finalAttrs.version;"), "{}", run.stdout);
    assert!(run.stdout.contains("pythonImportsCheck = [ \"drawer\" ];"), "{}", run.stdout);
}

/// PEP 440 has no zeros at the front of a number; the tag has, and is made of the version.
#[test]
fn a_version_is_spelled_as_its_tag() {
    let mut scene = Scene::new();
    let work = scene.forge.repository("example/almanac");
    let headers = "Summary: Tells the days\nProject-URL: Source, https://github.com/example/almanac\nLicense-Expression: MIT\n\
        Classifier: Environment :: Console\n";
    let mut dists = Vec::new();
    for (version, tag) in [("2026.7.1", "2026.07.01"), ("2026.8.17", "2026.08.17")] {
        let pyproject = format!(
            "[build-system]\nrequires = ['setuptools']\nbuild-backend = 'setuptools.build_meta'\n\
             [project]\nname = 'almanac'\nversion = '{tag}'\nscripts.almanac = 'almanac:main'\n"
        );
        let main = format!("def main():\n    print('{tag}')\n");
        let files = [
            ("pyproject.toml", pyproject),
            ("almanac.py", main.clone()),
            ("CHANGELOG.md", format!("## {tag}\n")),
        ];
        work.commit(&files, version);
        work.tag(tag);
        let entry = format!("almanac-{version}.dist-info/entry_points.txt");
        let installed =
            [("almanac.py", main.as_str()), (&entry, "[console_scripts]\nalmanac = almanac:main\n")];
        let sources = files.each_ref().map(|(path, text)| (*path, text.as_str()));
        dists.push(sdist("almanac", version, headers, &sources));
        dists.push(wheel("almanac", version, headers, &installed));
        scene.registry.publish_python("almanac", &dists);
    }
    let file = "pkgs/by-name/al/almanac/package.nix";
    let arguments = ["package", "pkg:pypi/almanac@2026.7.1", "--maintainer", "someone", "--json"];
    let said = scene.project.headwater(&arguments).expect(0).json();
    let message = said["commitMessage"].as_str().unwrap();
    assert!(message.starts_with("almanac: init at 2026.07.01\n"), "{said:#}");
    let old = scene.project.read(file);
    for says in [
        "version = \"2026.07.01\";",
        "tag = finalAttrs.version;",
        "passthru.updateScript = nix-update-script { };",
        "/blob/${finalAttrs.src.tag}/CHANGELOG.md",
    ] {
        assert!(old.contains(says), "no {says} in {old}");
    }
    assert!(!old.contains("TODO") && !old.contains("pyprojectVersionPatchHook"), "{old}");
    let said = scene.project.headwater(&["package", "--update", file, "--json"]).expect(0).json();
    assert!(said["commitMessage"].as_str().unwrap().starts_with("almanac: 2026.07.01 -> 2026.08.17\n"));
    let new = scene.project.read(file);
    assert_eq!(without_hashes(&new), without_hashes(&old).replace("2026.07.01", "2026.08.17"));
    // The same version in its normal form is there already.
    let arguments = ["package", "--update", file, "--version", "2026.8.17"];
    let same = scene.project.headwater(&arguments).expect(0);
    assert!(same.stdout.contains("the file has this version already"), "{}", same.stdout);
    // What the program prints is perhaps the other spelling.
    let arguments = ["package", "pkg:pypi/almanac@2026.8.17", "--print", "--version-check"];
    let checked = scene.project.headwater(&arguments).expect(0).stdout;
    let says = "versionCheckHook looks for 2026.08.17 as it stands here, and the metadata has 2026.8.17";
    let plain = checked.split_whitespace().filter(|word| *word != "#").collect::<Vec<_>>().join(" ");
    assert!(plain.contains(says), "{checked}");
    // A build shows it.
    let run =
        scene.run(&["package", "pkg:pypi/almanac@2026.8.17", "--print", "--build", "--maintainer", "x"]);
    let run = run.expect(0);
    assert!(run.stderr.contains("it builds, and `almanac --version` prints 2026.08.17"), "{}", run.stderr);
    assert!(run.stdout.contains("versionCheckHook") && !run.stdout.contains("TODO"), "{}", run.stdout);
}

#[test]
fn what_a_nixpkgs_lacks_is_written_first() {
    let mut scene = Scene::new();
    let project = |name: &str, needs: &str| {
        let text = format!(
            "[build-system]\nrequires = ['setuptools']\n[project]\nname = '{name}'\nversion = '1.0'\ndependencies = [{needs}]\n"
        );
        vec![("pyproject.toml", text), ("src/x/__init__.py", format!("# {name}\n"))]
    };
    scene.release(
        ("outer", "1.0"),
        "Requires-Dist: middle\nRequires-Dist: six\n",
        &project("outer", "'middle', 'six'"),
    );
    scene.release(("middle", "1.0"), "Requires-Dist: inner>=1\n", &project("middle", "'inner>=1'"));
    // Nobody knows where it comes from.
    scene.publish(("inner", "1.0"), "", &project("inner", ""));
    let plain = scene.run(&["package", "pkg:pypi/outer@1.0", "--print"]).expect(0);
    assert!(plain.stderr.contains("in this order: inner==1.0, middle==1.0"), "{}", plain.stderr);
    let said = scene.run(&["package", "pkg:pypi/outer@1.0", "--recursive", "--json"]).expect(0).json();
    let names: Vec<_> =
        said["first"].as_array().unwrap().iter().map(|one| one["attribute"].clone()).collect();
    assert_eq!(names, ["inner", "middle"]);
    let file =
        |name: &str| scene.project.read(&format!("pkgs/development/python-modules/{name}/default.nix"));
    assert!(file("outer").contains("  dependencies = [\n    middle\n    six\n  ];"), "{}", file("outer"));
    let inner = file("inner");
    assert!(inner.contains("fetchPypi {\n    inherit (finalAttrs) pname version;"), "{inner}");
    assert!(inner.contains("# TODO: the package's metadata names no repository"), "{inner}");
    // Without a nixpkgs nothing was compared, and the summary says so.
    let alone = scene.project.headwater(&["package", "pkg:pypi/outer@1.0", "--print"]).expect(0);
    assert!(alone.stderr.contains("no name was compared with a nixpkgs"), "{}", alone.stderr);
}
