//! Projects as they are met, each with the lockfile that its tool writes.

use std::collections::BTreeMap;

use super::*;
use crate::lockfile::{Options, python};
use crate::policy::Argument;

/// Files of a project, by their paths.
type Tree<'a> = [(&'a str, &'a str)];

fn with<T>(tree: &Tree<'_>, run: impl FnOnce(&Files<'_>) -> T) -> T {
    let texts: BTreeMap<&str, &str> = tree.iter().copied().collect();
    let text = |path: &Location| texts.get(path.as_str()).map(|text| (*text).to_owned());
    let names = |folder: &Location| {
        let prefix = if folder.is_root() { String::new() } else { format!("{folder}/") };
        let below = texts.keys().filter_map(|path| path.strip_prefix(&prefix));
        let first = |rest: &str| match rest.split_once('/') {
            Some((folder, _)) => format!("{folder}/"),
            None => rest.to_owned(),
        };
        below.map(first).collect::<BTreeSet<_>>().into_iter().collect()
    };
    run(&Files { text: &text, names: &names, folder_name: "checkout" })
}

fn graph(files: &Files<'_>, lock: &str) -> PyGraph {
    let text = (files.text)(&Location::new(lock).unwrap()).unwrap();
    let inputs = python::Inputs { file: files.text, variable: &|_| None };
    python::read(lock, &text, inputs, &Options::default()).unwrap()
}

fn described(lock: &str, tree: &Tree<'_>) -> Result<Described, Vec<Problem>> {
    with(tree, |files| describe(files, &graph(files, lock), &Overrides::default(), &Location::root()))
}

fn of(lock: &str, tree: &Tree<'_>) -> Described {
    described(lock, tree).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// Name, version and main program of a project that is built, its folders, and the codes of its warnings.
fn built(described: &Described) -> (String, String, Option<&str>, Vec<&str>, Vec<&str>) {
    let OwnCode::Built { name, version, .. } = &described.own else { panic!("copied: {described:#?}") };
    let folders = described.editable[name].folders.iter().map(Location::as_str).collect();
    let codes = described.warnings.iter().map(|warning| warning.code()).collect();
    (name.to_string(), version.to_string(), described.main_program.as_deref(), folders, codes)
}

fn is<'a>(
    name: &str,
    version: &str,
    main: Option<&'a str>,
    folder: &'a str,
    codes: &[&'a str],
) -> (String, String, Option<&'a str>, Vec<&'a str>, Vec<&'a str>) {
    (name.to_owned(), version.to_owned(), main, vec![folder], codes.to_vec())
}

const POETRY_LOCK: &str =
    "package = []\n[metadata]\nlock-version = '2.0'\npython-versions = '^3.9'\ncontent-hash = 'x'\n";
const POETRY: &str =
    "[build-system]\nrequires = ['poetry-core']\nbuild-backend = 'poetry.core.masonry.api'\n";
const NONE: (&str, &str) = ("requirements.txt", "");

#[test]
fn poetry_1() {
    let text = format!(
        "[tool.poetry]\nname = 'My.App'\nversion = '1.2.3'\ndescription = \"One\\n  line\"\n\
         packages = [{{ include = 'my_app', from = 'lib' }}]\n\
         [tool.poetry.dependencies]\npython = '^3.9'\n[tool.poetry.scripts]\nmy-app = 'my_app:main'\n\
         run = {{ reference = 'bin/run.sh', type = 'file' }}\n\
         [tool.poetry.plugins.'some.group']\nx = 'my_app:x'\n{POETRY}"
    );
    let project = of(
        "poetry.lock",
        &[("poetry.lock", POETRY_LOCK), ("pyproject.toml", &text), ("lib/my_app/__init__.py", "")],
    );
    assert_eq!(built(&project), is("my-app", "1.2.3", Some("my-app"), "lib", &[]));
    assert_eq!(project.description, "One line");
    assert_eq!(project.requires_python.unwrap().to_string(), ">=3.9, <4");
    let points = &project.editable[&PyName::new("my-app").unwrap()].entry_points;
    assert_eq!(points["console_scripts"].keys().collect::<Vec<_>>(), ["my-app"]);
    assert_eq!(points["some.group"]["x"], "my_app:x");
}

#[test]
fn poetry_2() {
    let text = format!(
        "[project]\nname = 'app'\nversion = '1'\nrequires-python = '>=3.10'\ndependencies = ['flask (>=3)']\n\
         [project.scripts]\nserve = 'app:main'\n[tool.poetry]\nrequires-poetry = '>=2.0'\n{POETRY}"
    );
    let project = of(
        "poetry.lock",
        &[("poetry.lock", POETRY_LOCK), ("pyproject.toml", &text), ("src/app/__init__.py", "")],
    );
    assert_eq!(built(&project), is("app", "1", Some("serve"), "src", &[]));
    assert_eq!(project.editable[&PyName::new("app").unwrap()].requires, ["flask (>=3)"]);
    assert_eq!(project.requires_python.unwrap().to_string(), ">=3.10");
}

#[test]
fn applications_of_poetry() {
    let head = "[tool.poetry]\nname = 'app'\nversion = '0.1'\n";
    let lock = ("poetry.lock", POETRY_LOCK);
    let says_so = format!("{head}package-mode = false\n{POETRY}");
    let project = of("poetry.lock", &[lock, ("pyproject.toml", &says_so), ("main.py", ""), ("app/x.py", "")]);
    let file = Command::from(Start::File(Location::new("main.py").unwrap()));
    assert_eq!(project.own, OwnCode::Copied([("app".to_owned(), file)].into()));
    assert_eq!((project.version.as_str(), project.main_program.as_deref()), ("0.1", Some("app")));
    assert!(project.editable.is_empty());
    // Of old, or by mistake: `poetry build` fails here.
    let old = format!("{head}{POETRY}");
    let project = of("poetry.lock", &[lock, ("pyproject.toml", &old), ("main.py", "")]);
    assert!(matches!(project.own, OwnCode::Copied(_)));
    assert_eq!(project.warnings[0].code(), "HW515");
    // Without a build system.
    let project = of("poetry.lock", &[lock, ("pyproject.toml", head), ("app/x.py", "")]);
    assert_eq!((project.own, project.warnings[0].code()), (OwnCode::Copied(BTreeMap::new()), "HW514"));
}

#[test]
fn versions_from_git() {
    let text = format!(
        "[tool.poetry]\nname = 'app'\nversion = '0.0.0.dev0'\n[tool.poetry-dynamic-versioning]\nenable = true\n{POETRY}"
    );
    let tree =
        [("poetry.lock", POETRY_LOCK), ("pyproject.toml", text.as_str()), ("app.py", "__version__ = '9'\n")];
    // The reader of the lockfile took the placeholder for the version.
    assert_eq!(built(&of("poetry.lock", &tree)), is("app", "0.0.0.dev0", None, "", &[]));
    let scm = "[build-system]\nrequires = ['setuptools>=64', 'setuptools_scm[toml]>=8']\n\
        [project]\nname = 'app'\ndynamic = ['version']\n[project.gui-scripts]\nx = 'app:x'\n[tool.setuptools_scm]\n";
    let tree = [NONE, ("pyproject.toml", scm), ("app.py", "__version__ = '9'\n")];
    assert_eq!(built(&of("requirements.txt", &tree)), is("app", "0.0.0", Some("x"), "", &["HW513"]));
    let info = "Metadata-Version: 2.1\nName: app\nVersion: 3.1\n";
    let tree = [NONE, ("pyproject.toml", scm), ("PKG-INFO", info)];
    assert_eq!(built(&of("requirements.txt", &tree)), is("app", "3.1", Some("x"), "", &[]));
    let given = Overrides { version: PyVersion::new("4.2").ok(), programs: None };
    let project =
        with(&tree, |files| describe(files, &graph(files, "requirements.txt"), &given, &Location::root()))
            .unwrap();
    assert_eq!(project.version, "4.2");
}

#[test]
fn pdm() {
    let head = "[project]\nname = 'app'\ndynamic = ['version']\n[tool.pdm.version]\nsource = 'file'\npath = 'lib/app/__init__.py'\n\
        [tool.pdm.build]\npackage-dir = 'lib'\n";
    let system = "[build-system]\nrequires = ['pdm-backend']\nbuild-backend = 'pdm.backend'\n";
    let lock = (
        "pdm.lock",
        "[metadata]\ngroups = ['default']\nstrategy = ['inherit_metadata']\nlock_version = '4.5.0'\ncontent_hash = 'x'\n",
    );
    let module = ("lib/app/__init__.py", "__version__ = \"2.0b1\"\n");
    let text = format!("{head}{system}");
    let project = of("pdm.lock", &[lock, ("pyproject.toml", &text), module]);
    assert_eq!(built(&project), is("app", "2.0b1", None, "lib", &[]));
    let text = format!("{head}distribution = false\n{system}").replace("[tool.pdm.build]", "[tool.pdm]");
    assert!(matches!(of("pdm.lock", &[lock, ("pyproject.toml", &text), module]).own, OwnCode::Copied(_)));
}

#[test]
fn hatch() {
    let text = "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n\
        [project]\nname = 'a-b'\ndynamic = ['version']\n[project.scripts]\nA_B = 'a_b:m'\nother = 'a_b:o'\n\
        [tool.hatch.version]\npath = 'python/a_b/__about__.py'\n\
        [tool.hatch.build.targets.wheel]\npackages = ['python/a_b']\n";
    let tree = [NONE, ("pyproject.toml", text), ("python/a_b/__about__.py", "__version__: str = 'v1.0'\n")];
    assert_eq!(built(&of("requirements.txt", &tree)), is("a-b", "1.0", Some("A_B"), "python", &[]));
    let modes = text.replace("packages = ['python/a_b']", "dev-mode-dirs = ['.', 'python']");
    let tree = [NONE, ("pyproject.toml", modes.as_str())];
    let project = of("requirements.txt", &tree);
    assert_eq!(built(&project).3, ["", "python"]);
    assert_eq!(built(&project).4, ["HW513"]);
}

#[test]
fn flit() {
    let text = "[build-system]\nrequires = ['flit_core >=3.2,<4']\nbuild-backend = 'flit_core.buildapi'\n\
        [project]\nname = 'Some-Thing'\ndynamic = ['version', 'description']\n";
    let module = ("src/some_thing/__init__.py", "\"\"\"Text.\"\"\"\nfrom .x import y\n__version__ = '0.5'\n");
    assert_eq!(
        built(&of("requirements.txt", &[NONE, ("pyproject.toml", text), module])),
        is("some-thing", "0.5", None, "src", &[])
    );
    let old = "[build-system]\nrequires = ['flit']\nbuild-backend = 'flit.buildapi'\n\
        [tool.flit.metadata]\nmodule = 'thing'\nauthor = 'x'\n[tool.flit.scripts]\nthing = 'thing:main'\n";
    let tree = [NONE, ("pyproject.toml", old), ("thing.py", "__version__ = '1'\n")];
    assert_eq!(built(&of("requirements.txt", &tree)), is("thing", "1", Some("thing"), "", &[]));
}

#[test]
fn setuptools_without_pyproject() {
    let cfg = "[metadata]\nname = legacy_app\nversion = attr: legacy_app.meta.VERSION\ndescription = Old\n\
        [options]\npackage_dir =\n    = source\npython_requires = >=3.8\ninstall_requires =\n    flask>=2\n    six; python_version < '3'\n\
        [options.entry_points]\nconsole_scripts =\n    legacy = legacy_app.cli:main\n    legacy-app = legacy_app.cli:main\n";
    let tree = [
        NONE,
        ("setup.cfg", cfg),
        ("setup.py", "from setuptools import setup\nsetup()\n"),
        ("source/legacy_app/meta.py", "VERSION = '2.4'\n"),
        ("tests/data.c", ""),
        (".venv/lib/x.c", ""),
        ("env/pyvenv.cfg", ""),
        ("env/lib/y.c", ""),
    ];
    let project = of("requirements.txt", &tree);
    assert_eq!(built(&project), is("legacy-app", "2.4", Some("legacy-app"), "source", &[]));
    assert_eq!(project.requires_python.as_ref().unwrap().to_string(), ">=3.8");
    let requires = &project.editable[&PyName::new("legacy-app").unwrap()].requires;
    assert_eq!(*requires, ["flask>=2", "six; python_version < '3'"]);
    let OwnCode::Built { files, .. } = &project.own else { unreachable!() };
    let paths: Vec<&str> = files.paths.iter().map(String::as_str).collect();
    let expected = ["requirements.txt", "setup.cfg", "setup.py", "source/legacy_app/meta.py", "tests/data.c"];
    assert_eq!(paths, expected);
    assert_eq!(files.texts.keys().collect::<Vec<_>>(), ["setup.cfg", "setup.py"]);
}

#[test]
fn setup_py() {
    let text = "import re\nfrom setuptools import find_packages, setup\nversion = re.search('x', open('y').read())[1]\n\
        setup(name='tool', version=version, packages=find_packages('src'), package_dir={'': 'src'},\n\
        entry_points='''\n[console_scripts]\ntool = tool.cli:main\n''', scripts=['bin/tool-helper'])\n";
    let tree = [
        NONE,
        ("setup.py", text),
        ("src/tool/__init__.py", ""),
        ("src/tool/_version.py", "__version__ = '7'"),
    ];
    assert_eq!(built(&of("requirements.txt", &tree)), is("tool", "7", Some("tool"), "src", &[]));
    let other = [
        NONE,
        ("setup.py", "from pkg import __version__ as v\nsetup(name='tool', version=v)\n"),
        ("pkg/__init__.py", "__version__ = '8'\n"),
        ("tests/__init__.py", "__version__ = '9'\n"),
    ];
    assert_eq!(built(&of("requirements.txt", &other)), is("tool", "8", None, "", &[]));
    let computed = [NONE, ("setup.py", "setup(name=name(), version='1')\n")];
    assert_eq!(built(&of("requirements.txt", &computed)), is("checkout", "1", None, "", &["HW518"]));
}

#[test]
fn maturin() {
    let text = "[build-system]\nrequires = ['maturin>=1']\nbuild-backend = 'maturin'\n\
        [project]\nname = 'rusty'\ndynamic = ['version']\n[tool.maturin]\npython-source = 'python'\n";
    let cargo = "[package]\nname = 'rusty'\nversion = '1.0.0-rc.1'\n";
    let tree = [
        NONE,
        ("pyproject.toml", text),
        ("Cargo.toml", cargo),
        ("src/lib.rs", ""),
        ("python/rusty/__init__.py", ""),
    ];
    assert_eq!(built(&of("requirements.txt", &tree)), is("rusty", "1.0.0rc1", None, "python", &[]));
}

const UV_HEAD: &str = "version = 1\nrequires-python = '>=3.12'\n[manifest]\nmembers = ['core', 'top']\n";

#[test]
fn a_workspace_of_uv() {
    let top = "[project]\nname = 'top'\nversion = '0.1'\ndependencies = ['core']\n[tool.uv.workspace]\nmembers = ['packages/*']\n";
    let core = "[project]\nname = 'core'\nversion = '1.1'\n[project.scripts]\ncore-run = 'core:main'\n\
        [build-system]\nrequires = ['uv_build']\nbuild-backend = 'uv_build'\n";
    let member = "[[package]]\nname = 'core'\nversion = '1.0'\nsource = { editable = 'packages/core' }\n";
    let lock = format!(
        "{UV_HEAD}{member}[[package]]\nname = 'top'\nversion = '0.1'\nsource = {{ virtual = '.' }}\ndependencies = [{{ name = 'core' }}]\n"
    );
    let tree = [
        ("uv.lock", lock.as_str()),
        ("pyproject.toml", top),
        ("packages/core/pyproject.toml", core),
        ("packages/core/src/core/__init__.py", ""),
        ("packages/core/src/core/x.c", ""),
    ];
    let project = of("uv.lock", &tree);
    let start = Command::from(Start::Program("core-run".to_owned()));
    assert_eq!(project.own, OwnCode::Copied([("core-run".to_owned(), start)].into()));
    assert_eq!((project.pname.as_str(), project.main_program.as_deref()), ("top", Some("core-run")));
    let core = &project.editable[&PyName::new("core").unwrap()];
    // Its version has moved on since it was locked.
    assert_eq!((core.version.to_string().as_str(), core.folders[0].as_str()), ("1.1", "packages/core/src"));
    assert_eq!(project.editable.len(), 1);
    // The same with a root that is a package: the members' files are not its own.
    let lock = lock.replace("virtual", "editable");
    let system = format!("{top}[build-system]\nrequires = ['uv_build']\nbuild-backend = 'uv_build'\n");
    let project =
        of("uv.lock", &[("uv.lock", lock.as_str()), ("pyproject.toml", &system), tree[2], tree[3], tree[4]]);
    assert_eq!(built(&project), is("top", "0.1", None, "src", &[]));
    let OwnCode::Built { files, .. } = &project.own else { unreachable!() };
    assert!(!files.paths.iter().any(|path| path.ends_with(".c")));
    // Not there.
    let problems =
        described("uv.lock", &[("uv.lock", lock.as_str()), ("pyproject.toml", &system)]).unwrap_err();
    assert_eq!((problems[0].code(), problems[0].package.as_deref()), ("HW516", Some("core@1.0")));
}

#[test]
fn plain_applications() {
    let lock = "flask==3.0.0\n";
    let tree = [("requirements.txt", lock), ("app.py", ""), ("manage.py", ""), ("main.py", "")];
    let project = of("requirements.txt", &tree);
    let OwnCode::Copied(programs) = &project.own else { panic!("{project:?}") };
    let file = |name: &str| Location::new(name).unwrap();
    let arguments =
        vec!["--app".to_owned().into(), Argument::File { file: file("app.py") }, "run".to_owned().into()];
    assert_eq!(programs["checkout"], Command { start: Start::Program("flask".to_owned()), arguments });
    assert_eq!(programs["main"], Start::File(file("main.py")).into());
    assert_eq!((programs.len(), project.main_program.as_deref()), (2, Some("checkout")));
    let django = [("requirements.txt", "Django==5.0\n"), ("main.py", ""), ("manage.py", "")];
    let project = of("requirements.txt", &django);
    let OwnCode::Copied(programs) = &project.own else { panic!("{project:?}") };
    assert_eq!(programs["checkout"], Start::File(file("manage.py")).into());
    let project = of("requirements.txt", &[NONE, ("lib/x.py", "")]);
    assert_eq!((project.main_program, project.warnings[0].code()), (None, "HW514"));
    let own = BTreeMap::from([("go".to_owned(), Start::Module("x".to_owned()).into())]);
    let given = Overrides { version: None, programs: Some(own.clone()) };
    let project =
        with(&tree, |files| describe(files, &graph(files, "requirements.txt"), &given, &Location::root()))
            .unwrap();
    assert_eq!((project.own, project.main_program.as_deref()), (OwnCode::Copied(own), Some("go")));
}

#[test]
fn what_cannot_be_described() {
    let codes = |pyproject: &str| {
        let problems = described("requirements.txt", &[NONE, ("pyproject.toml", pyproject)]).unwrap_err();
        problems.iter().map(|problem| problem.code()).collect::<Vec<_>>()
    };
    assert_eq!(codes("[project\n"), ["HW510"]);
    assert_eq!(codes("[build-system]\nbuild-backend = 'x'\n"), ["HW500"]);
    assert_eq!(codes("[project]\nname = 'a b'\n"), ["HW511"]);
    assert_eq!(
        codes("[build-system]\nrequires = []\n[project]\nname = 'a'\nversion = 'latest'\n"),
        ["HW512"]
    );
}

#[test]
fn paths_that_lead_out_are_left_alone() {
    let text = "[build-system]\nrequires = ['setuptools']\n[project]\nname = 'a'\ndynamic = ['version']\n\
        [project.scripts]\n'../../evil' = 'a:b'\n\"x\\ny\" = 'a:b'\n'-x' = 'a:b'\nok = \"a:b\\n[evil]\"\n\
        [tool.setuptools]\npackage-dir = { '' = '../..' }\n[tool.setuptools.dynamic]\nversion = { file = ['../../VERSION'] }\n";
    let project = of("requirements.txt", &[NONE, ("pyproject.toml", text)]);
    assert_eq!(built(&project), is("a", "0.0.0", None, "", &["HW513"]));
    assert!(project.editable[&PyName::new("a").unwrap()].entry_points.is_empty());
}

#[test]
fn folders_of_many_files_are_looked_at_in_part() {
    let names = |folder: &Location| match folder.as_str().matches('/').count() {
        0..4 => (0..30).map(|n| format!("{n}/")).chain(["x.c".to_owned()]).collect(),
        _ => Vec::new(),
    };
    let text =
        |path: &Location| (path.as_str() == "setup.py").then(|| "setup(name='a', version='1')".to_owned());
    let files = Files { text: &text, names: &names, folder_name: "x" };
    let graph = with(&[NONE], |files| graph(files, "requirements.txt"));
    let project = describe(&files, &graph, &Overrides::default(), &Location::root()).unwrap();
    assert_eq!(built(&project), is("a", "1", None, "", &["HW517"]));
}
