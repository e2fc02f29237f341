//! Rust extensions whose Cargo.lock has crates from git repositories: a workspace in one of them, compiled by the real
//! cargo in the real Nix, beside a crate of a registry on the loopback.

use cargo_lock::SourceId;

use crate::support::index::sdist;
use crate::support::nix::{self, Machine};
use crate::support::nonce;
use crate::support::python::{Backend, Scene, borrowed, library, locked};

const APP: &str = "import oxide\nprint(oxide.said())\n";

const MODULE: &str = "import ctypes, pathlib\n\
    native = ctypes.CDLL(str(pathlib.Path(__file__).with_name('oxide_native.so')))\n\
    native.said.restype = ctypes.c_char_p\n\
    def said():\n    return native.said().decode()\n";

const PYPROJECT: &str = "[build-system]\nrequires = ['setuptools>=61', 'setuptools-rust']\n\
    build-backend = 'setuptools.build_meta'\n[project]\nname = 'oxide'\nversion = '1.0'\n[tool.tiny]\n\
    modules = ['oxide.py', 'oxide_native.so']\nrun = [\n\
    \"subprocess.run(['cargo', 'build', '--release', '--locked'], check=True)\",\n\
    \"os.rename('target/release/liboxide.so', 'oxide_native.so')\",\n]\n";

const CARGO: &str = "[package]\nname = \"oxide\"\nversion = \"1.0.0\"\nedition = \"2021\"\n\
    [lib]\ncrate-type = [\"cdylib\"]\n[dependencies]\nshelf = \"1\"\n\
    ore = { git = \"https://github.com/example/metal\", tag = \"v0.3.1\" }\n";

const LIB: &str = "#[no_mangle]\npub extern \"C\" fn said() -> *const u8 {\n    \
    Box::leak(format!(\"{} {}\\0\", ore::said(), shelf::said()).into_bytes().into_boxed_slice()).as_ptr()\n}\n";

/// A workspace from which its members inherit, one of which needs the other by its path.
fn metal(secret: &str) -> Vec<(String, String)> {
    [
        (
            "Cargo.toml",
            "[workspace]\nmembers = ['crates/*']\n[workspace.package]\nversion = '0.3.1'\nedition = '2021'\n\
             [workspace.dependencies]\nvein = { path = 'crates/vein', default-features = false }\n\
             [workspace.lints.rust]\nunsafe_code = 'forbid'\n",
        ),
        (
            "crates/ore/Cargo.toml",
            "[package]\nname = 'ore'\nversion.workspace = true\nedition.workspace = true\n[lints]\nworkspace = true\n\
             [dependencies]\nvein = { workspace = true, features = ['rich'] }\n",
        ),
        (
            "crates/ore/src/lib.rs",
            "pub fn said() -> String { format!(\"{} {}\", vein::said(), env!(\"CARGO_PKG_VERSION\")) }\n",
        ),
        (
            "crates/vein/Cargo.toml",
            "[package]\nname = 'vein'\nversion = { workspace = true }\n[features]\ndefault = ['poor']\npoor = []\nrich = []\n",
        ),
        (
            "crates/vein/src/lib.rs",
            "#[cfg(any(feature = \"poor\", not(feature = \"rich\")))]\ncompile_error!(\"other features\");\n\
             pub fn said() -> &'static str { \"SECRET\" }\n",
        ),
    ]
    .map(|(path, text)| (path.to_owned(), text.replace("SECRET", secret)))
    .into()
}

/// A project that needs `oxide`, whose Cargo.lock has this commit; and what it prints.
fn scene(commit: impl FnOnce(String) -> String) -> (Scene, String) {
    let (scene, secret) = (Scene::new(), nonce());
    let tools = library(Backend::Flit, ("setuptools-rust", "1.11.0"), "", "");
    scene
        .registry
        .publish_python("setuptools-rust", &[sdist("setuptools-rust", "1.11.0", "", &borrowed(&tools))]);
    let (_, real) = scene.repository(("metal", "0.3.1"), &metal(&secret));
    let commit = commit(real);
    let shelf = sdist(
        "shelf",
        "1.0.0",
        "",
        &[
            ("Cargo.toml", "[package]\nname = 'shelf'\nversion = '1.0.0'\n"),
            ("src/lib.rs", "pub fn said() -> &'static str { \"shelf\" }\n"),
        ],
    );
    scene.registry.serve("/dl/shelf/1.0.0/download", shelf.bytes);
    let url = &scene.registry.url;
    scene.registry.serve("/index/config.json", format!("{{\"dl\":\"{url}dl\"}}").into_bytes());
    scene.project.write(
        ".cargo/config.toml",
        &format!(
            "[source.crates-io]\nreplace-with = \"here\"\n[source.here]\nregistry = \"sparse+{url}index/\"\n"
        ),
    );
    let git = format!("git+https://github.com/example/metal?tag=v0.3.1#{commit}");
    let lock = format!(
        "version = 4\n\n[[package]]\nname = \"ore\"\nversion = \"0.3.1\"\nsource = \"{git}\"\n\
         dependencies = [\n \"vein\",\n]\n\n\
         [[package]]\nname = \"oxide\"\nversion = \"1.0.0\"\ndependencies = [\n \"ore\",\n \"shelf\",\n]\n\n\
         [[package]]\nname = \"shelf\"\nversion = \"1.0.0\"\nsource = \"{}\"\nchecksum = \"{}\"\n\n\
         [[package]]\nname = \"vein\"\nversion = \"0.3.1\"\nsource = \"{git}\"\n",
        SourceId::default(),
        shelf.sha256,
    );
    let files = [
        ("pyproject.toml", PYPROJECT),
        ("oxide.py", MODULE),
        ("Cargo.toml", CARGO),
        ("Cargo.lock", lock.as_str()),
        ("src/lib.rs", LIB),
    ];
    let dist = sdist("oxide", "1.0", "", &files);
    scene.registry.publish_python("oxide", std::slice::from_ref(&dist));
    scene.project.write("requirements.txt", &locked(&dist));
    scene.project.write("app.py", APP);
    (scene, format!("{secret} 0.3.1 shelf"))
}

#[test]
fn are_compiled_from_their_commit() {
    let (mut scene, printed) = scene(|commit| commit);
    scene.convert(&[]).expect(0);
    let packages = scene.project.read("nix/headwater/packages.nix");
    for text in ["https://github.com/example/metal", "git+https://github.com/example/metal?tag=v0.3.1"] {
        assert!(packages.contains(&format!("\"{text}\"")), "no {text} in {packages}");
    }
    scene.forge.serve();
    let machine = Machine { git_config: scene.forge.build_git_config(), ..Machine::with_rust() };
    let result = nix::try_build_on(&scene.project, &machine, "").unwrap_or_else(|error| panic!("{error}"));
    let programs: Vec<_> = std::fs::read_dir(result.join("bin")).unwrap().flatten().collect();
    assert_eq!(programs.len(), 1, "{programs:?}");
    assert_eq!(nix::run(&programs[0].path(), &[]), printed);
}

#[test]
fn are_said_where_they_cannot_be_had() {
    let (mut scene, _) = scene(|commit| commit.chars().rev().collect());
    // cargo could fetch them elsewhere, so the package manager would install it: it is missing here, without a wheel.
    let run = scene.convert(&[]).expect(0);
    assert!(run.stdout.contains("Cannot be built yet"), "{}", run.stdout);
    let error = nix::try_build(&scene.project, "", "").unwrap_err();
    for text in ["HW528", "oxide@1.0", "ore, vein", "https://github.com/example/metal", "no such commit"] {
        assert!(error.contains(text), "no {text} in {error}");
    }
    scene.convert(&["--strict"]).expect(4);
    // One that does not answer is another matter.
    scene.project.git_config = scene.no_hosts();
    let run = scene.convert(&[]).expect(3);
    for text in ["oxide@1.0", "ore, vein", "github.com could not be reached", "Incomplete: github.com"] {
        assert!(run.stdout.contains(text), "no {text} in {}", run.stdout);
    }
}
