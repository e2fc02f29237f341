use super::*;

/// What the rule says of one submodule: `reader: told`, or nothing.
fn of(submodule: &str, folder: &str, build: &[(&str, &str)], tests: &[(&str, &str)], own: &[&str]) -> String {
    let map = |all: &[(&str, &str)]| {
        all.iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect::<BTreeMap<String, String>>()
    };
    let (build, tests) = (map(build), map(tests));
    for path in build.keys() {
        assert!(reads_for_build(path, folder), "{path} is no file of the build");
    }
    let paths = build.keys().chain(tests.keys()).cloned().chain(own.iter().map(|path| (*path).to_owned()));
    let paths = paths.collect();
    let readers = Readers { folder, paths: &paths, build: &build, tests: &tests, release: None };
    let found = needs([&submodule.to_owned()], &readers);
    found.iter().map(|need| format!("{:?}: {}", need.reader, need.told)).collect()
}

#[test]
fn files_of_the_build() {
    for (submodule, file, text, named) in [
        ("extern/pybind11", "CMakeLists.txt", "add_subdirectory(extern/pybind11)\n", "extern/pybind11"),
        ("pybind11", "CMakeLists.txt", "add_subdirectory(pybind11)\n", "pybind11"),
        (
            "extern/a",
            "CMakeLists.txt",
            "include_directories(${CMAKE_SOURCE_DIR}/extern/a/include)",
            "extern/a/include",
        ),
        ("src/extern/a", "src/CMakeLists.txt", "add_subdirectory(extern/a)\n", "extern/a"),
        ("extern/a", "src/CMakeLists.txt", "add_subdirectory(../extern/a x)\n", "extern/a"),
        ("extern/a", "cmake/a.cmake", "set(A \"${PROJECT_SOURCE_DIR}/extern/a\")\n", "extern/a"),
        ("subprojects/fmt", "meson.build", "dep = subproject('fmt')\n", "fmt"),
        ("vendor/a", "setup.py", "x = Extension('x', ['vendor/a/a.c'])\n", "vendor/a/a.c"),
        ("vendor/a", "setup.py", "here = os.path.join(HERE,\n    'vendor', 'a', 'src')\n", "vendor/a/src"),
        ("vendor", "setup.py", "here = Path(__file__).parent / 'vendor'\n", "vendor"),
        ("vendor/a", "setup.py", "here = f'{HERE}/vendor/a/src'\n", "vendor/a/src"),
        (
            "vendor/a",
            "pyproject.toml",
            "[tool.hatch.build.targets.wheel.force-include]\n\"vendor/a/x\" = \"x\"\n",
            "vendor/a/x",
        ),
        ("cpp", "pyproject.toml", "[tool.scikit-build.cmake]\nsource-dir = 'cpp'\n", "cpp"),
        ("vendor/a", "setup.cfg", "[options]\npackage_dir =\n  = vendor/a/lib\n", "vendor/a/lib"),
        ("vendor/a", "MANIFEST.in", "graft vendor/a\n", "vendor/a"),
        ("vendor", "MANIFEST.in", "recursive-include vendor *.h\n", "vendor"),
        ("vendor/a", "Cargo.toml", "[dependencies]\na = { path = 'vendor/a' }\n", "vendor/a"),
        ("vendor", "build.rs", "cc::Build::new().file(\"vendor/a.c\")\n", "vendor/a.c"),
        ("deps/s/s", "deps/s/s.gyp", "{'targets': [{'sources': ['s/s.cc']}]} # x\n", "s/s.cc"),
        ("deps/s", "binding.gyp", "{'d': ['<(module_root_dir)/deps/s/s.gyp:s']}\n", "deps/s/s.gyp"),
        ("vendor/a", "package.json", r#"{"scripts":{"build":"make -C vendor/a all"}}"#, "vendor/a"),
        (
            "vendor/a",
            "package.json",
            r#"{"scripts":{"build":"run-s one","one":"x","postone":"cp vendor/a/x ."}}"#,
            "vendor/a/x",
        ),
        ("vendor", "package.json", r#"{"scripts":{"prepare":"cd vendor && make"}}"#, "vendor"),
        ("vendor", "package.json", r#"{"files":["dist","vendor"]}"#, "vendor"),
        ("a", "package.json", r#"{"dependencies":{"a":"file:a"}}"#, "a"),
        ("vendor/a", "webpack.config.js", "resolve(__dirname, './vendor/a/x.js')\n", "vendor/a/x.js"),
        ("vendor/a", "tsconfig.json", "{ // x\n \"include\": [\"vendor/a/src\"] }\n", "vendor/a/src"),
    ] {
        let expected = format!("Build: {file} names {named}");
        assert_eq!(of(submodule, "", &[(file, text)], &[], &[]), expected, "{text}");
    }
}

#[test]
fn what_says_nothing_of_a_submodule() {
    for (submodule, file, text) in [
        ("pybind11", "CMakeLists.txt", "find_package(pybind11 REQUIRED)\n"),
        (
            "pybind11",
            "pyproject.toml",
            "[build-system]\nrequires = ['pybind11', 'a @ https://x/pybind11/a']\n",
        ),
        ("extern/a", "CMakeLists.txt", "# add_subdirectory(extern/a)\nset(B 1) # extern/a/b\n"),
        ("extern/a", "CMakeLists.txt", "add_subdirectory(extern/ab)\nset(X my-extern/a/b lib/extern/a/x)\n"),
        ("extern/a", "CMakeLists.txt", "fetch(https://forge.example/extern/a/x)\n"),
        ("a", "setup.py", "setup(name='a', install_requires=['a'], url='https://forge.example/x/a')\n"),
        ("vendor/a", "setup.py", "'''vendor/a/x is left out'''\n# vendor/a/y\nsetup()\n"),
        ("vendor/a", "pyproject.toml", "[tool.ruff]\nexclude = ['vendor/a']\n"),
        ("vendor/a", "pyproject.toml", "[tool.hatch.build]\nexclude = ['vendor/a/x']\n"),
        ("vendor/a", "setup.cfg", "[flake8]\nexclude = vendor/a\n"),
        ("vendor/a", "MANIFEST.in", "prune vendor/a\nglobal-exclude vendor/a/*.pyc\n"),
        ("vendor/a", "package.json", r#"{"scripts":{"lint":"eslint vendor/a/x"},"files":["!vendor/a/b"]}"#),
        ("vendor/a", "package.json", r#"{"scripts":{"build":"tsc","generate":"node vendor/a/b"}}"#),
        ("a", "package.json", r#"{"name":"a","dependencies":{"a":"^1"}}"#),
        ("docs/theme", "MANIFEST.in", "graft docs/theme\n"),
        ("docs/theme", "pyproject.toml", "[project.urls]\ndocs = 'docs/theme/x'\n"),
    ] {
        assert_eq!(of(submodule, "", &[(file, text)], &[], &[]), "", "{text}");
    }
    // Files of make are for those who work on the project, unless the build runs it.
    let makefile = ("Makefile", "x:\n\t$(MAKE) -C vendor/a\n");
    for (setup, expected) in [
        ("call(['make', 'x'])\n", "Build: Makefile names vendor/a"),
        ("call(['cmake', 'x'])\n    # we make it\n", ""),
    ] {
        assert_eq!(of("vendor/a", "", &[makefile, ("setup.py", setup)], &[], &[]), expected, "{setup}");
    }
    for (path, folder, is_read) in [
        ("docs/CMakeLists.txt", "", false),
        ("tests/cpp/CMakeLists.txt", "", false),
        ("node_modules/a/package.json", "", false),
        ("src/CMakeLists.txt", "", true),
        ("CMakeLists.txt", "python", true),
        ("js/package.json", "python", false),
        ("python/cpp/CMakeLists.txt", "python", true),
        ("examples/a/setup.py", "examples/a", true),
        ("src/a.c", "", false),
        ("vite.config.ts", "", true),
        ("eslint.config.js", "", false),
        ("tools/_build_ffi.py", "", true),
    ] {
        assert_eq!(reads_for_build(path, folder), is_read, "{path} for {folder:?}");
    }
}

#[test]
fn tests_that_read_a_submodule() {
    for (submodule, folder, file, text, own, named) in [
        ("testing", "", "python/tests/test_a.py", "read('testing/data/a.csv')\n", "", "testing/data/a.csv"),
        ("testing", "", "tests/test_a.py", "p = Path.cwd() / 'testing/data/a'\n", "", "testing/data/a"),
        ("testing", "", "tests/test_a.py", "u = 'https://forge.example/testing/data'\n", "", ""),
        ("testing", "", "tests/test_a.py", "import testing\nx = 'testing'\n", "", ""),
        ("testing", "", "tests/test_a.py", "x = tmp_path / 'testing'\ny = ', '.join(['testing'])\n", "", ""),
        ("tests/data", "", "tests/test_a.py", "D = Path(__file__).parent / 'data'\n", "", "data"),
        (
            "tests/data",
            "",
            "tests/unit/test_a.py",
            "x = join(HERE, '..', 'data', 'x.txt')\n",
            "",
            "data/x.txt",
        ),
        ("py/tests/data", "py", "py/tests/test_a.py", "open('tests/data/x')\n", "", "tests/data/x"),
        // The tests have a folder of that name themselves.
        ("data", "", "tests/test_a.py", "open('data/x.txt')\n", "tests/data/x.txt", ""),
        ("data", "", "tests/test_a.py", "open('data/y.txt')\n", "tests/data/x.txt", "data/y.txt"),
    ] {
        let expected = if named.is_empty() { String::new() } else { format!("Tests: {file} names {named}") };
        assert_eq!(of(submodule, folder, &[], &[(file, text)], &[own]), expected, "{text}");
    }
}

#[test]
fn what_a_release_ships() {
    let needed = |submodule: &str, folder: &str, is_used_as_it_is: bool, path: &str| {
        let release = Shipped { is_used_as_it_is, paths: [path.to_owned(), "a".to_owned()].into() };
        let (paths, texts) = (BTreeSet::new(), BTreeMap::new());
        let readers =
            Readers { folder, paths: &paths, build: &texts, tests: &texts, release: Some(&release) };
        needs([&submodule.to_owned()], &readers).len() == 1
    };
    for (submodule, folder, is_used_as_it_is, path, expected) in [
        ("vendor/a", "", false, "vendor/a/x.c", true),
        ("vendor/a", "", false, "vendor/ab/x.c", false),
        ("py/vendor", "py", false, "vendor/x.c", true),
        // Source archives hold more than a build reads.
        ("docs/theme", "", false, "docs/theme/x.css", false),
        ("tests/data", "", false, "tests/data/x", false),
        ("docs/theme", "", true, "docs/theme/x.css", true),
        ("vendor/a", "", false, "vendor/a/.git", false),
    ] {
        assert_eq!(needed(submodule, folder, is_used_as_it_is, path), expected, "{submodule} {path}");
    }
}

#[test]
fn what_is_said_of_several() {
    let need = |submodule: &str, reader| Need {
        submodule: submodule.to_owned(),
        reader,
        told: format!("x names {submodule}"),
    };
    let all = [
        need("a", Reader::Tests),
        need("b", Reader::Build),
        need("c", Reader::Build),
        need("d", Reader::Build),
        need("e", Reader::Build),
    ];
    assert_eq!(comment(&all), "the build reads b, c, d and 1 more; tests read a");
    assert_eq!(told(&all[..2]).unwrap(), "its submodules are needed: x names a; x names b");
    assert_eq!((comment(&[]), told(&[])), (String::new(), None));
}
