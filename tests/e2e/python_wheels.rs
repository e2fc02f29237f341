//! Wheels with code of this machine, taken as the index has them: they find their libraries, and run.

use crate::support::compiler;
use crate::support::index::{Dist, binary_wheel, sdist, tagged_wheel};
use crate::support::nix;
use crate::support::nonce;
use crate::support::python::{Backend, Scene, borrowed, library, locked};

/// Tags by which auditwheel says "glibc 2.17 or newer".
fn tags() -> String {
    format!("py3-none-manylinux_2_17_{0}.manylinux2014_{0}", std::env::consts::ARCH)
}

/// A wheel whose module and program link to a library of its own (`fast.libs`), which it has or has not.
fn fast(secret: &str, has_library: bool) -> Dist {
    let folder = tempfile::TempDir::new().expect("a folder");
    let compiled =
        |name: &str, source: &str, options: &[&str]| compiler::compiled(folder.path(), name, source, options);
    let text = format!("const char *secret(void) {{ return \"{secret}\"; }}\n");
    let secret =
        compiled("libsecret-1234.so.1", &text, &["-shared", "-fPIC", "-Wl,-soname,libsecret-1234.so.1"]);
    let link = "-l:libsecret-1234.so.1";
    let middle = "const char *secret(void); const char *told(void) { return secret(); }\n";
    let module = compiled("told.so", middle, &["-shared", "-fPIC", link]);
    let main =
        "#include <stdio.h>\nconst char *secret(void);\nint main(void) { puts(secret()); return 0; }\n";
    // No machine has this loader: it must be set to that of the package set.
    let program = compiled("tell", main, &[link, "-Wl,--dynamic-linker=/nowhere/ld.so"]);
    let init = "import ctypes, os\n_lib = ctypes.CDLL(os.path.join(os.path.dirname(__file__), 'told.so'))\n\
        _lib.told.restype = ctypes.c_char_p\nVALUE = _lib.told().decode()\n";
    let mut files: Vec<(&str, &[u8])> = vec![
        ("fast/__init__.py", init.as_bytes()),
        ("fast/told.so", &module),
        ("fast-1.0.data/scripts/tell", &program),
    ];
    if has_library {
        files.push(("fast.libs/libsecret-1234.so.1", &secret));
    }
    binary_wheel(("fast", "1.0"), &tags(), &files)
}

/// A project with this one package, of which the index has the wheel alone.
fn scene(wheel: &Dist) -> Scene {
    let scene = Scene::new();
    scene.registry.publish_python("fast", std::slice::from_ref(wheel));
    scene.project.write("requirements.txt", &format!("fast==1.0 --hash=sha256:{}\n", wheel.sha256));
    let app = "import fast, os, subprocess, sys\nprint(fast.VALUE, flush=True)\n\
        subprocess.run([os.path.join(os.path.dirname(sys.executable), 'tell')], check=True)\n";
    scene.project.write("app.py", app);
    scene.project.write("headwater.toml", "[programs.app]\nfile = \"app.py\"\n");
    scene
}

#[test]
fn a_wheel_for_manylinux_runs_with_its_libraries_and_programs() {
    let secret = nonce();
    let scene = scene(&fast(&secret, true));
    scene.convert(&[]).expect(0);
    let result = nix::build(&scene.project, "", "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), format!("{secret}\n{secret}"));
    nix::build(&scene.project, "", ".checks.requirements");
    scene.reproduces(&[]);
}

#[test]
fn a_library_that_nobody_has_is_named_with_the_package_and_the_setting() {
    let scene = scene(&fast(&nonce(), false));
    scene.convert(&[]).expect(0);
    let said = nix::try_build(&scene.project, "", "").expect_err("it has no library");
    for words in [
        "fast 1.0: its wheel links to libraries that nobody has here",
        "libsecret-1234.so.1 (for headwater/scripts/tell and 1 more)",
        "headwater.toml: [packages.fast] buildInputs = [...]",
    ] {
        assert!(said.contains(words), "no {words:?} in {said}");
    }
    // The setting is looked at: the package set has no such library.
    let policy = "[programs.app]\nfile = \"app.py\"\n[packages.fast]\nbuildInputs = [\"nobody.has.it\"]\n";
    scene.project.write("headwater.toml", policy);
    scene.convert(&[]).expect(0);
    let said = nix::try_build(&scene.project, "", "").expect_err("there is no such attribute");
    assert!(said.contains("buildInputs names nobody.has.it"), "{said}");
}

#[test]
fn an_exception_for_what_is_compiled() {
    let (secret, scene) = (nonce(), Scene::new());
    let files = library(Backend::Flit, ("fast", "1.0"), "VALUE = 'built'\n", "");
    let (source, wheel) = (sdist("fast", "1.0", "", &borrowed(&files)), fast(&secret, true));
    scene.registry.publish_python("fast", &[source.clone(), wheel.clone()]);
    let line = locked(&source).replace('\n', &format!(" --hash=sha256:{}\n", wheel.sha256));
    scene.project.write("requirements.txt", &line);
    scene.project.write("app.py", "import fast\nprint(fast.VALUE)\n");
    let policy = "[programs.app]\nfile = \"app.py\"\n[[exceptions]]\npackage = \"fast\"\n\
        reason = \"takes a day to build\"\nowner = \"infra\"\nexpires = 2999-01-01\n";
    scene.project.write("headwater.toml", policy);
    scene.convert(&["--strict"]).expect(0);
    let result = nix::build(&scene.project, "", "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), secret);
}

#[test]
fn files_that_nothing_imports_stop_no_environment() {
    let (secret, scene) = (nonce(), Scene::new());
    let mut lines = String::new();
    for name in ["one", "two"] {
        let module = format!("{name}.py");
        let text = format!("VALUE = '{name} {secret}'\n");
        let license = format!("Licence of {name}\n");
        let tests = format!("OF = '{name}'\n");
        let files = [(module.as_str(), text.as_str()), ("LICENSE", &license), ("tests/__init__.py", &tests)];
        let wheel = tagged_wheel((name, "1.0"), "py3-none-any", &files);
        scene.registry.publish_python(name, std::slice::from_ref(&wheel));
        lines += &format!("{name}==1.0 --hash=sha256:{}\n", wheel.sha256);
    }
    scene.project.write("requirements.txt", &lines);
    scene.project.write("app.py", "import one, two\nprint(one.VALUE, two.VALUE)\n");
    scene.project.write("headwater.toml", "[programs.app]\nfile = \"app.py\"\n");
    scene.convert(&[]).expect(0);
    let result = nix::build(&scene.project, "", "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), format!("one {secret} two {secret}"));
}
