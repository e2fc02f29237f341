//! Packages for Python as a person would define them: built with a setuptools that was itself built from
//! its sdist, and run.

use crate::support::forge::Forge;
use crate::support::guix::Guix;
use crate::support::index::sdist;
use crate::support::nonce;
use crate::support::registry::Registry;
use crate::{filled, on_live_index};

const BACKEND: &str = "[build-system]\nrequires = ['setuptools']\nbuild-backend = 'setuptools.build_meta'\n";

/// A pyproject.toml with this table `project`.
fn pyproject(project: &str) -> String {
    format!("{BACKEND}[project]\n{project}\n")
}

/// The folder of modules: setuptools from the live index, a package of an index on the loopback, one of a
/// commit, with a C extension.
fn modules(guix: &Guix, registry: &Registry, forge: &Forge) -> String {
    let greet = pyproject("name = 'greet'\nversion = '2.0.0'\ndependencies = ['shout-loud']");
    let code =
        format!("# {}\nfrom shout import loud\ndef greet(name): return loud(f'Hello, {{name}}')\n", nonce());
    let greet = sdist("greet", "2.0.0", "", &[("pyproject.toml", &greet), ("greet.py", &code)]);
    registry.serve("/files/greet-2.0.0.tar.gz", greet.bytes.clone());
    let loud = pyproject("name = 'shout-loud'\nversion = '1.0.0'");
    let loud = format!(
        "{loud}[tool.setuptools]\npy-modules = ['shout']\next-modules = [{{ name = 'mark', sources = ['mark.c'] }}]\n"
    );
    let repository = forge.repository("python/loud");
    let commit = repository.commit(
        &[
            ("pyproject.toml", loud.as_str()),
            ("shout.py", "import mark\ndef loud(text): return text + mark.MARK\n"),
            ("mark.c", include_str!("python/mark.c")),
        ],
        "loud",
    );
    let address = format!("https://github.com/python/{}", nonce());
    guix.serve(&address, &repository);
    // `guix lint` has something to say of lines over 90 characters.
    let setuptools = on_live_index("setuptools", "setuptools-80.9.0.tar.gz");
    let pieces: Vec<_> = setuptools.as_bytes().chunks(50).map(String::from_utf8_lossy).collect();
    let setuptools = pieces.join("\"\n                           \"");
    let text = filled(
        include_str!("python/packages.scm"),
        &[
            ("SETUPTOOLS", &setuptools),
            ("INDEX", &registry.url),
            ("GREET", &guix.hash(&guix.write("greet.tar.gz", &greet.bytes))),
            ("LOUD", &guix.hash(&guix.copy(repository.path(), "loud"))),
            ("ADDRESS", &address),
            ("COMMIT", &commit),
        ],
    );
    let file = guix.write("modules/my/packages/python.scm", text);
    file.strip_suffix("/my/packages/python.scm").expect("the folder").to_owned()
}

#[test]
#[ignore = "needs a root with Guix, and the live index"]
fn a_package_with_dependencies_a_project_and_a_shell() {
    let (guix, registry, forge) = (Guix::here(), Registry::start(&[]), Forge::new());
    let modules = modules(&guix, &registry, &forge);
    let names = ["python-setuptools", "python-shout-loud", "python-greet"];
    assert_eq!(guix.lint(&modules, &names), [""; 0]);
    let derivations = guix.derivations(&["-L", &modules, names[0], names[1], names[2]]);
    assert_eq!(derivations.expect("they evaluate").len(), 3);

    let project = pyproject(
        "name = 'hello'\nversion = '0.1.0'\ndependencies = ['greet']\nscripts = { hello = 'hello:main' }",
    );
    guix.write("project/pyproject.toml", project);
    guix.write("project/hello.py", "import sys, greet\ndef main(): print(greet.greet(sys.argv[1]))\n");
    let file = guix.write("guix.scm", include_str!("python/guix.scm"));
    let built = guix.build(&["-L", &modules, "-f", &file]).unwrap_or_else(|error| panic!("{error}"));
    let output = built.iter().find(|path| !path.ends_with("-wheel")).expect("the output `out`");
    let run = guix.run("/", &[&format!("{output}/bin/hello"), "Guix"]).expect(0);
    assert_eq!(run.stdout, "Hello, Guix!\n");

    let manifest = guix.write("manifest.scm", include_str!("python/manifest.scm"));
    let script =
        "import greet, sys; print(greet.greet('shell'), any('dist-packages' in p for p in sys.path))";
    let run = guix.shell(&["-L", &modules, "-m", &manifest], &["python3", "-c", script]).expect(0);
    assert_eq!(run.stdout, "Hello, shell! False\n");
}
