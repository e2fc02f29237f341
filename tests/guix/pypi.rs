//! Python projects, converted: packages of commits and of an index, an exception, the project's own package, a shell.

use serde_json::json;

use crate::converted::{Converted, modules_of};
use crate::support::guix::Guix;
use crate::support::index::{sdist, tagged_wheel};
use crate::support::nonce;
use crate::support::python::{BACKEND, Backend, Scene, borrowed, library, locked};

/// A library in the index, from a source archive of this text; its line of a requirements file.
fn published(scene: &Scene, name: &str, text: &str, headers: &str) -> String {
    let files = library(Backend::Flit, (name, "2.0"), text, "");
    let dist = sdist(name, "2.0", headers, &borrowed(&files));
    scene.registry.publish_python(name, std::slice::from_ref(&dist));
    locked(&dist)
}

#[test]
#[ignore = "needs a root with Guix"]
fn a_project_of_every_kind_of_source() {
    let (guix, scene, secret) = (Guix::here(), Scene::new(), nonce());
    let (printed, commit) = scene.two_from_git_tags();
    let hostile = "License: SEE \\ \"x\" ) #\nSummary: He said \"#t\" \\ and @code{x} ; ) #| ~a\n";
    let plain = published(&scene, "plain-lib", &format!("VALUE = 'plain {secret}'\n"), hostile);
    let text = format!("VALUE = 'shipped {secret}'\n");
    let wheel = tagged_wheel(("excepted", "1.0"), "py3-none-any", &[("excepted.py", &text)]);
    scene.registry.publish_python("excepted", std::slice::from_ref(&wheel));
    let requirements = format!(
        "{}{plain}excepted==1.0 --hash=sha256:{}\n",
        scene.project.read("requirements.txt"),
        wheel.sha256
    );
    scene.project.write("requirements.txt", &requirements);
    let more = "import plain_lib, excepted\nprint(plain_lib.VALUE, excepted.VALUE)\n";
    scene.project.write("app.py", &(scene.project.read("app.py") + more));
    let exception = "[[exceptions]]\npackage = \"excepted\"\nreason = \"takes a day to build\"\nowner = \"infra\"\n\
        expires = 2999-01-01\n";
    scene.project.write("headwater.toml", &(scene.project.read("headwater.toml") + exception));
    // A module of the project's own, in the folder that the definitions go to.
    scene.project.write("modules/own.txt", "own\n");
    let run = scene.convert(&["--to", "nix", "--to", "guix", "--json"]).expect(0).json();
    assert_eq!(run["routes"], json!({ "build": 2, "sdist": 6, "exception": 1 }), "{run:#}");
    assert!(scene.project.has("nix/headwater/packages.nix"));

    for name in ["scm-lib", "vcs-lib"] {
        let address = format!("https://github.com/example/{name}");
        guix.serve(&address, &scene.forge.repository(&format!("example/{name}")));
    }
    let converted = Converted::new(&guix, &scene.project);
    let names = modules_of(&scene.project);
    converted.is_reviewed(&names.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(converted.derivations(&names).len(), names.len());
    let text = converted.module("python");
    for said in [&commit, "(method git-fetch)", "takes a day to build"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(converted.source("python-scm-lib").join("scm_lib.py").is_file());

    let built = converted.build();
    let run = guix.run("/", &[&format!("{built}/bin/app")]).expect(0);
    assert_eq!(run.stdout, format!("{printed}\nplain {secret} shipped {secret}\n"));
    let shell = converted.shell(&["python3", "-c", "import plain_lib, scm_lib; print(plain_lib.VALUE)"]);
    assert_eq!(shell.expect(0).stdout, format!("plain {secret}\n"));
}

/// A package of the project's own, with a program.
#[test]
#[ignore = "needs a root with Guix"]
fn a_project_that_is_a_package() {
    let (guix, scene, secret) = (Guix::here(), Scene::new(), nonce());
    let plain = published(&scene, "plain-lib", &format!("VALUE = 'plain {secret}'\n"), "");
    scene.project.write("requirements.txt", &plain);
    let more = "description = 'Say what the library says'\nlicense = 'ISC'\ndependencies = ['plain-lib']\n\
        [project.scripts]\nteller = 'teller:main'\n";
    let code = "import plain_lib\ndef main(): print('teller', plain_lib.VALUE)\n";
    for (path, text) in library(Backend::Flit, ("teller", "0.3"), code, more) {
        scene.project.write(&path, &text);
    }
    scene.convert(&["--to", "guix"]).expect(0);
    let lock = scene.project.read("headwater.lock");
    // What was written is no part of the project now: nothing is planned anew.
    scene.convert(&["--to", "guix", "--offline"]).expect(0);
    assert_eq!(scene.project.read("headwater.lock"), lock);

    let converted = Converted::new(&guix, &scene.project);
    converted.is_reviewed(&["python-plain-lib"]);
    let built = converted.build();
    let run = guix.run("/", &[&format!("{built}/bin/teller")]).expect(0);
    assert_eq!(run.stdout, format!("teller plain {secret}\n"));
}

/// Requirements alone: there is no program to install, and another Python is chosen.
#[test]
#[ignore = "needs a root with Guix"]
fn requirements_without_a_program() {
    let (guix, scene) = (Guix::here(), Scene::new());
    let plain = published(&scene, "plain-lib", &format!("VALUE = '{}'\n", nonce()), "");
    scene.project.write("requirements.txt", &plain);
    scene.convert(&["--to", "guix"]).expect(0);
    let converted = Converted::new(&guix, &scene.project);
    converted.is_reviewed(&["python-plain-lib"]);
    let built = guix.outside(&converted.build()).join("share");
    assert!(built.is_dir(), "{}", built.display());

    scene.project.write("headwater.toml", "[python]\ninterpreter = \"python312\"\n");
    scene.convert(&["--to", "guix"]).expect(0);
    let converted = Converted::new(&guix, &scene.project);
    converted.is_reviewed(&["python-plain-lib"]);
    assert_eq!(converted.derivation().len(), 1);
}

/// A backend that runs with the newest `shared`, and keeps in the module `settings` what it was told. It is an object of
/// its module.
const MAKER: &str = "
import shared, sys
hooks = sys.modules[__name__]
_build_wheel = build_wheel
def build_wheel(directory, config_settings=None, metadata_directory=None):
    os.environ['PDM_BUILD_SCM_VERSION'] = table()['project']['version']
    with open('settings.py', 'w') as file:
        file.write(f'SETTINGS = {config_settings!r}')
    return _build_wheel(directory, config_settings, metadata_directory)
";

/// The sources of a package that is built with it.
fn made(name: &str, module: &str, more: &str) -> Vec<(String, String)> {
    let manifest = format!(
        "[build-system]\nrequires = ['maker']\nbuild-backend = 'maker:hooks'\n[project]\nname = '{name}'\n\
         version = '1.0'\n{more}\n[tool.tiny]\nmodules = ['{name}.py', 'settings.py']\n"
    );
    vec![("pyproject.toml".to_owned(), manifest), (format!("{name}.py"), module.to_owned())]
}

/// What is built with another version of something than it runs with.
#[test]
#[ignore = "needs a root with Guix"]
fn a_build_leaves_nothing_to_what_runs() {
    let (guix, scene) = (Guix::here(), Scene::new());
    let shared = |version: &str| {
        let text = format!("VERSION = '{version} {}'\n", nonce());
        let files = library(Backend::Flit, ("shared", version), &text, "");
        sdist("shared", version, "", &borrowed(&files))
    };
    let (old, new) = (shared("1.0"), shared("2.0"));
    scene.registry.publish_python("shared", &[old.clone(), new]);
    let needs = "dependencies = ['shared']\n";
    let maker = library(Backend::Flit, ("maker", "1.0"), &format!("{BACKEND}{MAKER}"), needs);
    let maker = sdist("maker", "1.0", "Requires-Dist: shared\n", &borrowed(&maker));
    scene.registry.publish_python("maker", std::slice::from_ref(&maker));
    // As uvicorn: it runs modules that import what it does not need itself.
    let tells = "from importlib.metadata import version\nimport sys, shared\n\
        def main(): print(shared.VERSION.split()[0], version('shared'), 'maker' in sys.modules)\n";
    let check = "import settings, shared\ndef main(): print(settings.SETTINGS, shared.VERSION.split()[0])\n";
    let runner = made("runner", check, "scripts = { runner = 'runner:main' }");
    let runner = sdist("runner", "1.0", "", &borrowed(&runner));
    scene.registry.publish_python("runner", std::slice::from_ref(&runner));
    let settings = locked(&runner).replace('\n', " --config-settings=\"--build-option=--quiet\"\n");
    scene.project.write("requirements.txt", &(locked(&old) + &settings));
    let own = "dependencies = ['shared==1.0', 'runner']\nscripts = { teller = 'teller:main' }";
    for (path, text) in made("teller", tells, own) {
        scene.project.write(&path, &text);
    }
    scene.convert(&["--to", "guix"]).expect(0);

    let converted = Converted::new(&guix, &scene.project);
    converted.is_reviewed(&["python-shared", "python-runner"]);
    let built = converted.build();
    let run = guix.run("/", &[&format!("{built}/bin/teller")]).expect(0);
    assert_eq!(run.stdout, "1.0 1.0 False\n");
    let shell = |command: &[&str]| converted.shell(command).expect(0).stdout;
    assert_eq!(shell(&["runner"]), "{'--build-option': '--quiet'} 1.0\n");
    let tells =
        "from importlib.metadata import version; import shared; print(shared.VERSION[:3], version('shared'))";
    assert_eq!(shell(&["python3", "-c", tells]), "1.0 1.0\n");
}
