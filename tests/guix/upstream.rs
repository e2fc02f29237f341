//! Definitions for Guix's own modules, written by `headwater package`: the real Guix is asked what it has, reviews them,
//! builds them with what they need and Guix lacks, and what was built is run.

use serde_json::{Value, json};

use crate::support::forge::{Forge, Work};
use crate::support::guix::Guix;
use crate::support::index::sdist;
use crate::support::nonce;
use crate::support::package::{Package, merge, package};
use crate::support::program;
use crate::support::project::{Project, Run};
use crate::support::python::borrowed;
use crate::support::registry::Registry;

/// Somebody who has Guix and writes packages for it.
struct Packager {
    guix: Guix,
    forge: Forge,
    registry: Registry,
    project: Project,
    owner: String,
}

/// `guix` of the root, for files of this machine.
const PROGRAM: &str = "#!/bin/bash
arguments=()
for argument; do
  if [ -f \"$argument\" ]; then
    cp \"$argument\" '@OUTSIDE@'
    argument='@INSIDE@'/$(basename \"$argument\")
  fi
  arguments+=(\"$argument\")
done
exec '@ROOT@' prlimit --as=6000000000 guix \"${arguments[@]}\"
";

impl Packager {
    fn new() -> Self {
        let (guix, forge, registry) = (Guix::here(), Forge::new(), Registry::start(&[]));
        let mut project = Project::new(&[]);
        project.registry = Some(registry.url.clone());
        project.git_config = forge.git_config();
        let inside = guix.write("files/none", "");
        let inside = inside.strip_suffix("/none").expect("a folder").to_owned();
        let root = format!("{}/tests/guix/root", env!("CARGO_MANIFEST_DIR"));
        let outside = guix.outside(&inside).display().to_string();
        let values = [("OUTSIDE", outside.as_str()), ("INSIDE", &inside), ("ROOT", &root)];
        std::fs::create_dir(project.path().join("bin")).expect("a folder");
        program::write(&project.path().join("bin/guix"), &crate::filled(PROGRAM, &values));
        // Its length decides where lines break.
        Self { guix, forge, registry, project, owner: format!("owner-{:.16}", nonce()) }
    }

    /// Runs the tool with Guix in reach.
    fn headwater(&self, arguments: &[&str]) -> Run {
        let path = std::env::var("PATH").expect("a path");
        let path = format!("{}:{path}", self.project.path().join("bin").display());
        self.project.headwater_with(&[arguments, &["--to", "guix"]].concat(), &[("PATH", &path)])
    }

    fn address(&self, name: &str) -> String {
        format!("https://github.com/{}/{name}", self.owner)
    }

    /// A repository that Guix's daemon reaches, with one commit and its tag.
    fn repository(&self, name: &str, files: &[(&str, &str)], tag: Option<&str>) -> Work {
        let work = self.forge.repository(&format!("{}/{name}", self.owner));
        work.commit(files, tag.unwrap_or("first"));
        tag.into_iter().for_each(|tag| work.tag(tag));
        self.guix.serve(&self.address(name), &work);
        work
    }

    /// What the registry has.
    fn publish(&self, package: &Package) {
        self.registry.publish(package);
        let versions = json!({ package.version.clone(): package.metadata.clone() });
        let packument =
            json!({ "name": package.name, "dist-tags": { "latest": package.version }, "versions": versions });
        // npm's own spelling of a scope's slash.
        for path in [package.name.clone(), package.name.replace('/', "%2f")] {
            self.registry.serve(&format!("/{path}"), packument.to_string().into_bytes());
        }
    }

    /// An npm package whose commit holds what the registry has, and `more` files.
    fn npm(&self, name: &str, manifest: &Value, files: &[(&str, &str)], more: &[(&str, &str)]) {
        let base = name.rsplit('/').next().expect("a name");
        let mut whole =
            json!({ "license": "MIT", "description": DESCRIPTION, "repository": self.address(base) });
        merge(&mut whole, manifest);
        let package = package(name, "1.0.0", whole, files);
        self.publish(&package);
        let committed: Vec<_> =
            package.files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        self.repository(base, &[&committed, more].concat(), Some("v1.0.0"));
    }

    /// `guix style` changes nothing in the file of a package, and `guix lint` has nothing to say of these.
    #[track_caller]
    fn is_reviewed(&self, file: &str, names: &[&str]) -> String {
        let text = self.project.read(file);
        assert_eq!(self.guix.style(&text), text);
        let inside = self.guix.write(&format!("modules/{file}"), &text);
        let modules = inside.strip_suffix(&format!("/{file}")).expect("a folder").to_owned();
        assert_eq!(self.guix.lint(&modules, names), [""; 0]);
        // As packages, which is what reviewers ask for.
        let run = self.guix.run("/", &[&["guix", "style", "-L", &modules], names].concat()).expect(0);
        assert_eq!(
            std::fs::read_to_string(self.guix.outside(&inside)).expect("a file"),
            text,
            "{}",
            run.stderr
        );
        modules
    }
}

const DESCRIPTION: &str = "Tells letters one after the other. It reads them from a list that comes with it, and joins \
    them as its caller wants. Letters that are not in the list are left out. It works with any encoding, and needs no \
    more than Node.";

/// What is needed and lacking comes first; tests are run where Guix can; what `prepare` would do in others is gone.
#[test]
#[ignore = "needs a root with Guix"]
fn a_package_with_what_guix_lacks() {
    let packager = Packager::new();
    let secret = nonce();
    packager.npm(
        "letters",
        &json!({ "scripts": { "test": "xo && node test.js" }, "devDependencies": { "xo": "*" } }),
        &[("index.js", &format!("module.exports = '{secret}';\n"))],
        &[
            ("test.js", "require('fs').writeFileSync('tested.txt', require('.'));\n"),
            (".npmignore", "test.js\n"),
        ],
    );
    packager.npm(
        "@acme/words",
        &json!({
            "dependencies": { "letters": "^1.0.0" }, "devDependencies": { "mocha": "*" },
            "optionalDependencies": { "fsevents": "*" }, "scripts": { "test": "mocha", "prepare": "exit 1" },
        }),
        &[("index.js", "module.exports = 'words of ' + require('letters');\n")],
        &[],
    );
    // What is published of it is built from what is committed.
    let manifest = json!({
        "license": "ISC", "description": DESCRIPTION, "repository": packager.address("teller"), "bin": "dist/teller.js",
        "scripts": { "build": "node build.js" }, "dependencies": { "@acme/words": "1", "letters": "1" },
    });
    let program = "#!/usr/bin/env node\nconsole.log(require('@acme/words'));\n";
    let teller = package("teller", "1.0.0", manifest, &[("dist/teller.js", program)]);
    packager.publish(&teller);
    let build = "const fs = require('fs');\nfs.mkdirSync('dist');\nfs.copyFileSync('src.js', 'dist/teller.js');\n\
                 fs.chmodSync('dist/teller.js', 0o755);\n";
    let files = [("package.json", teller.files[0].1.as_str()), ("build.js", build), ("src.js", program)];
    packager.repository("teller", &files, Some("1.0.0"));

    let alone = packager.headwater(&["package", "teller@1.0.0", "--print", "--json"]).expect(3).json();
    let order = "in this order (--recursive writes them): letters@1.0.0, @acme/words@1.0.0";
    assert!(alone["gaps"][0].as_str().expect("a gap").ends_with(order), "{alone:#}");

    let said = packager.headwater(&["package", "teller@1.0.0", "--recursive", "--json"]).expect(0).json();
    assert_eq!(said["files"], json!(["node-teller.scm"]));
    assert_eq!(
        said["commitMessage"],
        "gnu: Add node-letters.\n\n* gnu/packages/node-xyz.scm (node-letters): New variable.\n\n\
         gnu: Add node-acme-words.\n\n* gnu/packages/node-xyz.scm (node-acme-words): New variable.\n\n\
         gnu: Add node-teller.\n\n* gnu/packages/node-xyz.scm (node-teller): New variable.\n"
    );
    let names = ["node-letters", "node-acme-words", "node-teller"];
    let modules = packager.is_reviewed("node-teller.scm", &names);
    let text = packager.project.read("node-teller.scm");
    let steady = text.replace(&packager.owner, "owner");
    let steady: Vec<&str> = steady.lines().filter(|line| !line.contains("(base32 ")).collect();
    insta::assert_snapshot!(steady.join("\n"));

    let built =
        packager.guix.build(&["-L", &modules, "node-teller"]).unwrap_or_else(|error| panic!("{error}"));
    let run = packager.guix.run("/", &[&format!("{}/bin/teller", built[0])]).expect(0);
    assert_eq!(run.stdout, format!("words of {secret}\n"));
    let letters =
        packager.guix.build(&["-L", &modules, "node-letters"]).unwrap_or_else(|error| panic!("{error}"));
    let tested = packager.guix.real(&format!("{}/lib/node_modules/letters/tested.txt", letters[0]));
    assert_eq!(std::fs::read_to_string(tested).expect("its tests were run"), secret);
}

/// What Guix has is used by its own variable; a commit without a tag is named as one; a folder of a repository with
/// submodules is entered.
#[test]
#[ignore = "needs a root with Guix"]
fn inputs_of_guix_and_a_commit_without_a_tag() {
    let packager = Packager::new();
    let inner = packager.repository("inner", &[("file", "inner\n")], None);
    let manifest = json!({
        "name": "timer", "version": "1.0.0", "license": "MIT", "description": DESCRIPTION,
        "dependencies": { "ms": "^2.1.0", "debug": "^5" },
    });
    let work = packager.forge.repository(&format!("{}/timer", packager.owner));
    work.git(&[
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "add",
        "-q",
        &inner.path().display().to_string(),
        "sub",
    ]);
    work.git(&["config", "-f", ".gitmodules", "submodule.sub.url", &packager.address("inner")]);
    let files = [
        ("package.json", manifest.to_string()),
        ("index.js", "module.exports = require('ms');\n".to_owned()),
    ];
    work.commit(&files.map(|(path, text)| (format!("packages/timer/{path}"), text)), "timer 1.0.0");
    let mut published = manifest.clone();
    merge(
        &mut published,
        &json!({
            "repository": { "type": "git", "url": packager.address("timer"), "directory": "packages/timer" },
        }),
    );
    let texts = [("index.js", "module.exports = require('ms');\n")];
    let mut timer = package("timer", "1.0.0", manifest, &texts);
    timer.metadata = published;
    timer.metadata["gitHead"] = work.git(&["rev-parse", "HEAD"]).into();
    packager.publish(&timer);
    packager.guix.serve(&packager.address("timer"), &work);

    let said = packager.headwater(&["package", "timer@1.0.0", "--json"]).expect(0).json();
    let notes = said["notes"].to_string();
    assert!(notes.contains("timer asks for debug ^5, and Guix has 4.3.3"), "{notes}");
    let text = packager.project.read("node-timer.scm");
    for part in ["(git-version \"1.0.0\" revision commit)", "(recursive? #t)", "(chdir \"packages/timer\")"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(text.contains("(inputs (list node-debug node-ms))"), "{text}");
    let modules = packager.is_reviewed("node-timer.scm", &["node-timer"]);
    let derivations = packager.guix.derivations(&["-L", &modules, "node-timer"]);
    assert_eq!(derivations.expect("it evaluates").len(), 1);
    let sources = packager.guix.sources(&["-L", &modules, "node-timer"]).expect("fetched, with its hash");
    assert!(sources[0].join("sub/file").is_file(), "{sources:?}");
}

/// A backend in its own source, which asks for no other: versions are those that git has.
fn project(name: &str, module: &str, more: &str, test: &str) -> Vec<(String, String)> {
    let manifest = format!(
        "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n[project]\nname = '{name}'\n\
         dynamic = ['version']\nlicense = 'MIT'\ndescription = '{DESCRIPTION}'\n{more}\n\
         [tool.pdm.version]\nsource = 'scm'\n[tool.tiny]\nmodules = ['{}.py']\n",
        name.replace('-', "_")
    );
    let files = [
        ("pyproject.toml", manifest.as_str()),
        ("backend.py", include_str!("../support/tiny.py")),
        (&format!("{}.py", name.replace('-', "_")), module),
        ("tests/test_it.py", test),
    ];
    files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

/// What is needed and lacking comes first; tests are run, and one that fails is seen; a build without history has its
/// version.
#[test]
#[ignore = "needs a root with Guix"]
fn a_python_package_with_what_guix_lacks() {
    let mut packager = Packager::new();
    packager.project.index = Some(packager.registry.index());
    let secret = nonce();
    let publish = |name: &str, files: &[(String, String)]| {
        let link = format!(
            "Project-URL: Source, {}\nLicense: MIT\nSummary: {DESCRIPTION}\n{}",
            packager.address(name),
            if name == "word-teller" { "Requires-Dist: word-list\n" } else { "" }
        );
        packager.registry.publish_python(name, &[sdist(name, "1.5", &link, &borrowed(files))]);
        let files: Vec<_> = borrowed(files);
        packager.repository(name, &files, Some("v1.5"));
    };
    let test = format!("import word_list\n\ndef test_it():\n    assert word_list.VALUE == '{secret}'\n");
    publish("word-list", &project("word-list", &format!("VALUE = '{secret}'\n"), "", &test));
    let module = "import importlib.metadata, word_list\n\ndef main():\n    \
                  print(word_list.VALUE, importlib.metadata.version('word-teller'))\n";
    let more = "dependencies = ['word-list']\nscripts = { word-teller = 'word_teller:main' }\n";
    let unittest = "import unittest, word_teller\n\nclass T(unittest.TestCase):\n    def test_it(self):\n        \
                    self.assertTrue(word_teller.main)\n";
    publish("word-teller", &project("word-teller", module, more, unittest));
    publish("word-fail", &project("word-fail", "VALUE = 1\n", "", "def test_it():\n    assert False\n"));

    let wanted = "pkg:pypi/word-teller@1.5";
    let alone = packager.headwater(&["package", wanted, "--print", "--json"]).expect(3).json();
    let order = "in this order (--recursive writes them): word-list==1.5";
    assert!(alone["gaps"][0].as_str().expect("a gap").ends_with(order), "{alone:#}");
    let said = packager.headwater(&["package", wanted, "--recursive", "--json"]).expect(0).json();
    assert_eq!(said["files"], json!(["python-word-teller.scm"]));
    let modules = packager.is_reviewed("python-word-teller.scm", &["python-word-list", "python-word-teller"]);
    let text = packager.project.read("python-word-teller.scm").replace(&packager.owner, "owner");
    let steady: Vec<&str> = text.lines().filter(|line| !line.contains("(base32 ")).collect();
    insta::assert_snapshot!(steady.join("\n"));
    let built = packager.guix.build(&["-L", &modules, "python-word-teller"]);
    let built = built.unwrap_or_else(|error| panic!("{error}"));
    let is_program = |path: &&String| packager.guix.outside(path).join("bin/word-teller").exists();
    let program = format!("{}/bin/word-teller", built.iter().find(is_program).expect("a program"));
    assert_eq!(packager.guix.run("/", &[&program]).expect(0).stdout, format!("{secret} 1.5\n"));

    packager.headwater(&["package", "pkg:pypi/word-fail@1.5"]).expect(0);
    let modules = packager.is_reviewed("python-word-fail.scm", &["python-word-fail"]);
    let failed = packager.guix.build(&["-L", &modules, "python-word-fail"]).expect_err("its test fails");
    assert!(failed.contains("phase `check'") || failed.contains("1 failed"), "{failed}");
}
