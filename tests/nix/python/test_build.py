"""The library end to end: small sdists, built by the real Nix in the sandbox, and what was built is run."""

import base64
import hashlib
import http.server
import json
import os
import shutil
import threading
import unittest

from support import ROOT, Scene, pyproject, run

EXTENSION = r"""
#include <Python.h>
static struct PyModuleDef def = { PyModuleDef_HEAD_INIT, "fast", 0, -1, 0 };
PyMODINIT_FUNC PyInit_fast(void) { PyObject *m = PyModule_Create(&def); PyModule_AddIntConstant(m, "ANSWER", 42); return m; }
"""
APP = {
    "pyproject.toml": pyproject(
        "app", "1.0", more='[project.scripts]\napp = "app:main"\n[tool.tiny]\nmodules = ["app.py"]\n'
    ),
    "app.py": """
        import importlib.metadata
        import lib
        def main():
            print("lib", lib.VERSION, "app", importlib.metadata.version("app"))
    """,
}
PROJECT = {"name": "app", "version": "1.0", "requires": ["tiny@1.0"]}


class Case(unittest.TestCase):
    def setUp(self):
        self.scene = Scene()
        self.addCleanup(self.scene.close)


class Projects(Case):
    def test_built_project_runs(self):
        self.scene.module("lib", "2.0", files={"PKG-INFO": ""})
        self.scene.write(APP)
        self.scene.convert(project=PROJECT, roots=["lib@2.0"], mainProgram="app")
        out = self.scene.build()
        self.assertEqual(run(f"{out}/bin/app", cwd="/"), "lib 2.0 app 1.0\n")
        with open(self.scene.build('.requirements."app@1.0"'), encoding="utf-8") as file:
            self.assertEqual(json.load(file)["dynamic"], [])
        # Its own programs, not the interpreter's.
        self.assertEqual(os.listdir(f"{out}/bin"), ["app"])
        env = self.scene.build(".env")
        said = run(f"{env}/bin/python", "-c", "import sys, lib; print(sys.prefix, lib.__cached__, len(sys.path))")
        self.assertTrue(said.startswith(f"{env} {env}/lib/python"), said)
        self.scene.build(".checks.requirements")
        done = self.scene.nix("nix", "run", "--impure", "--expr", self.scene.expression(""))
        self.assertEqual(done.stdout, "lib 2.0 app 1.0\n", done.stderr)

    def test_plain_application(self):
        self.scene.module("lib", "2.0", more='[project.scripts]\ntool = "runpy:run_path"\n')
        self.scene.write(
            {
                "main.py": "import sys, lib, helper\nprint(lib.VERSION, helper.NAME, sys.argv[1:])\n",
                "helper.py": "NAME = 'helper'\n",
                "pack/__main__.py": "import helper\nprint('module', helper.NAME)\n",
                "__pycache__/x.pyc": "",
            }
        )
        programs = {"app": {"file": "main.py"}, "mod": {"module": "pack"}}
        self.scene.convert(roots=["lib@2.0"], programs=programs, mainProgram="app")
        out = self.scene.build()
        self.assertEqual(run(f"{out}/bin/app", "x", cwd="/"), "2.0 helper ['x']\n")
        self.assertEqual(run(f"{out}/bin/mod", cwd="/"), "module helper\n")
        # Compiled where nobody could write it later; what the developer's Python left is not there.
        self.assertEqual(sorted(os.listdir(f"{out}/share/app")), ["__pycache__", "helper.py", "main.py", "pack"])
        self.assertNotIn("x.pyc", os.listdir(f"{out}/share/app/__pycache__"))

    def test_shell_uses_the_working_copy(self):
        self.scene.module("lib", "2.0")
        self.scene.module("dev", "3.0")
        self.scene.write(APP)
        editable = {"app": {"version": "1.0", "folders": ["."], "entryPoints": {"console_scripts": {"app": "app:main"}}}}
        self.scene.convert(project=PROJECT, roots=["lib@2.0"], devRoots=["dev@3.0"], editable=editable)
        # A change that was not built.
        self.scene.write({"app.py": "import dev, lib\ndef main():\n    print('edited', dev.VERSION, lib.VERSION)\n"})
        before = sorted(os.listdir(self.scene.project))
        os.makedirs(f"{self.scene.project}/below")
        command = ["nix", "develop", "--impure", "--expr", self.scene.expression(".devShell"), "-c", "app"]
        os.environ["PYTHONPATH"] = "/nowhere"
        self.addCleanup(os.environ.pop, "PYTHONPATH")
        done = self.scene.nix(*command, cwd=f"{self.scene.project}/below")
        self.assertEqual(done.stdout, "edited 3.0 2.0\n", done.stderr)
        os.rmdir(f"{self.scene.project}/below")
        self.assertEqual(sorted(name for name in os.listdir(self.scene.project) if name != "__pycache__"), before)


    def test_flake(self):
        """Everything that a user types, in a git repository and without --impure."""
        self.scene.module("lib", "2.0")
        self.scene.write(APP)
        self.scene.write(
            {
                "flake.nix": """
                {
                  inputs.nixpkgs.url = "nixpkgs";
                  outputs = { self, nixpkgs }: let
                    pkgs = nixpkgs.legacyPackages.x86_64-linux;
                    app = pkgs.callPackage ./nix/headwater { };
                  in {
                    packages.x86_64-linux.default = app;
                    devShells.x86_64-linux.default = app.devShell;
                    checks.x86_64-linux = app.checks;
                  };
                }
                """
            }
        )
        editable = {"app": {"version": "1.0", "entryPoints": {"console_scripts": {"app": "app:main"}}}}
        self.scene.convert(project=PROJECT, roots=["lib@2.0"], mainProgram="app", editable=editable)
        git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-C", self.scene.project]
        for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "one"]):
            run(*git, *command)
        nixpkgs = ["--no-write-lock-file", "--override-input", "nixpkgs", f"path:{ROOT}/tests/hostpkgs"]
        for command, after, wanted in (
            (["build", "--no-link"], [], ""),
            (["run"], [], "lib 2.0 app 1.0\n"),
            (["develop"], ["-c", "app"], "lib 2.0 app 1.0\n"),
            (["flake", "check"], [], ""),
        ):
            done = self.scene.nix("nix", *command, *nixpkgs, *after, cwd=self.scene.project)
            self.assertEqual((done.returncode, done.stdout), (0, wanted), done.stderr)


class Wheels(Case):
    def test_extension_with_headers(self):
        text = pyproject("fast", "1.0", more='[tool.tiny]\nextensions = ["fast.c"]\n')
        self.scene.add("fast", "1.0", {"fast.c": EXTENSION, "pyproject.toml": text}, native=True)
        self.scene.convert(roots=["fast@1.0"])
        env = self.scene.build(".env")
        self.assertEqual(run(f"{env}/bin/python", "-c", "import fast; print(fast.ANSWER)"), "42\n")

    def test_markers_choose(self):
        self.scene.module("here", "1.0")
        self.scene.module("there", "1.0")
        windows = {"variable": "sys_platform", "op": "==", "value": "win32"}
        self.scene.convert(roots=["here@1.0", {"package": "there@1.0", "marker": windows}])
        env = self.scene.build(".env")
        script = "import importlib.metadata as m; print(sorted(d.name for d in m.distributions()))"
        self.assertEqual(run(f"{env}/bin/python", "-c", script), "['here']\n")

    def test_requirements_are_told(self):
        more = '[tool.tiny]\nrequires = ["other>=2"]\n'
        text = pyproject("asks", "1.0", more=more)
        self.scene.add("asks", "1.0", {"pyproject.toml": text})
        self.scene.convert()
        with open(self.scene.build('.requirements."asks@1.0"'), encoding="utf-8") as file:
            said = json.load(file)
        self.assertEqual(said, {"backend": "tiny", "static": ["tiny"], "dynamic": ["other>=2"]})
        self.assertIn("asks 1.0: its build requirements are not met:\n  other>=2 is not there", self.scene.failure('.wheels."asks@1.0"'))
        # What a cycle leaves out is left out by name.
        self.scene.packages["asks@1.0"]["unmet"] = ["other"]
        self.scene.convert()
        self.scene.build('.wheels."asks@1.0"')

    def test_copied_without_a_backend(self):
        files = {
            "src/stage/__init__.py": "NAME = 'stage'\n",
            "src/stage/data.txt": "",
            "PKG-INFO": "Metadata-Version: 2.1\nName: stage\nVersion: 1.0\n",
            "pyproject.toml": pyproject("stage", "1.0", ["in-a-circle"]),
        }
        self.scene.add("stage", "1.0", files, requires=[], copy=["src/stage"])
        self.scene.convert(roots=["stage@1.0"])
        env = self.scene.build(".env")
        said = run(f"{env}/bin/python", "-c", "import stage, importlib.metadata as m; print(stage.NAME, m.version('stage'))")
        self.assertEqual(said, "stage 1.0\n")

    def test_patched_and_in_a_subdirectory(self):
        files = {"python/inner.py": 'VERSION = "old"\n', "python/pyproject.toml": pyproject("inner", "1.0", more='[tool.tiny]\nmodules = ["inner.py"]\n')}
        self.scene.add("inner", "1.0", files, subdirectory="python", patches=["patches/new.patch"])
        self.scene.write({"patches/new.patch": '--- a/inner.py\n+++ b/inner.py\n@@ -1 +1 @@\n-VERSION = "old"\n+VERSION = "new"\n'})
        self.scene.convert(roots=["inner@1.0"])
        env = self.scene.build(".env")
        self.assertEqual(run(f"{env}/bin/python", "-c", "import inner; print(inner.VERSION)"), "new\n")


class Sources(Case):
    def serve(self, folder):
        """A loopback server of a folder's files; its address."""
        handler = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), lambda *a: handler(*a, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return f"http://127.0.0.1:{server.server_port}/"

    def test_sdist_is_fetched_and_checked(self):
        folder = os.path.join(self.scene.top, "served")
        os.makedirs(folder)
        # Of this run alone, so that no earlier one left it in the store.
        self.scene.module("lib", "2.0", files={"note": self.scene.top})
        os.rename(os.path.join(self.scene.top, "lib-2.0.tar.gz"), os.path.join(folder, "lib-2.0.tar.gz"))
        source = self.scene.packages["lib@2.0"]["source"]
        source["url"] = self.serve(folder) + "lib-2.0.tar.gz"
        # Another name is another path, which add-fixed did not make.
        source["file"] = "fetched-lib-2.0.tar.gz"
        self.scene.convert()
        self.scene.build('.wheels."lib@2.0"')
        source["hash"] = "sha256-" + base64.b64encode(hashlib.sha256(b"other").digest()).decode()
        self.scene.convert()
        self.assertIn("hash mismatch", self.scene.failure('.wheels."lib@2.0"'))

    def test_commit(self):
        repository = os.path.join(self.scene.top, "lib.git")
        os.makedirs(repository)
        text = pyproject("lib", "0", more='[tool.tiny]\nmodules = ["lib.py"]\n')
        for name, content in (("lib.py", "VERSION = 'git'\n"), ("pyproject.toml", text)):
            with open(os.path.join(repository, name), "w", encoding="utf-8") as file:
                file.write(content)
        git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-C", repository]
        for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "one"]):
            run(*git, *command)
        commit = run(*git, "rev-parse", "HEAD").strip()
        checkout = os.path.join(self.scene.top, "source")
        shutil.copytree(repository, checkout, ignore=shutil.ignore_patterns(".git"))
        hash = run("nix", "--extra-experimental-features", "nix-command", "hash", "path", checkout).strip()
        # In the store by what it holds: what is tested is the build; the fetch is that of pkgs.
        run("nix-store", "--add-fixed", "--recursive", "sha256", checkout)
        source = {"git": "https://example.org/lib.git", "commit": commit, "hash": hash}
        self.scene.packages["lib@1.2"] = {"name": "lib", "version": "1.2", "source": source, "requires": ["tiny@1.0"]}
        self.scene.convert(roots=["lib@1.2"])
        script = "import lib, importlib.metadata as m; print(lib.VERSION, m.version('lib'))"
        self.assertEqual(run(f"{self.scene.build('.env')}/bin/python", "-c", script), "git 1.2\n")

    def test_wheel_as_it_is(self):
        self.scene.module("lib", "2.0")
        self.scene.convert()
        dist = self.scene.build('.wheels."lib@2.0".dist')
        name = "lib-2.0-py3-none-any.whl"
        with open(f"{dist}/{name}", "rb") as file:
            digest = base64.b64encode(hashlib.sha256(file.read()).digest()).decode()
        self.assertEqual(os.listdir(dist.removesuffix("/")), [name])
        run("nix-store", "--add-fixed", "sha256", f"{dist}/{name}")
        fits = {"file": name, "url": "x", "hash": f"sha256-{digest}"}
        other = {"file": "lib-2.0-cp311-cp311-win_amd64.whl", "url": "x", "hash": f"sha256-{digest}"}
        self.scene.packages["lib@2.0"] = {"name": "lib", "version": "2.0", "source": {"wheels": [other, fits]}}
        self.scene.convert(roots=["lib@2.0"])
        self.assertEqual(run(f"{self.scene.build('.env')}/bin/python", "-c", "import lib; print(lib.VERSION)"), "2.0\n")
        self.scene.packages["lib@2.0"]["source"] = {"wheels": [other]}
        self.scene.convert(roots=["lib@2.0"])
        self.assertIn("no wheel of lib 2.0 fits cp311 on manylinux x86_64", self.scene.failure(".env"))

    def test_pack_of_whole_files(self):
        folder = os.path.join(self.scene.top, "served")
        os.makedirs(f"{folder}/crates/one/1.0.0")
        content = b"not unpacked " + self.scene.top.encode()
        with open(f"{folder}/crates/one/1.0.0/download", "wb") as file:
            file.write(content)
        kept = os.path.join(self.scene.top, "kept")
        os.makedirs(kept)
        with open(f"{kept}/one-1.0.0.crate", "wb") as file:
            file.write(content)
        os.chmod(f"{kept}/one-1.0.0.crate", 0o644)
        hash = run("nix", "--extra-experimental-features", "nix-command", "hash", "path", kept).strip()
        lines = [
            f"base\t{self.serve(folder)}crates/",
            "package\tone-1.0.0.crate",
            f"tarball\tone/1.0.0/download\tsha256\t{hashlib.sha256(content).hexdigest()}",
            "whole",
        ]
        self.scene.write({"nix/headwater/packs/crates-x": "\n".join(lines) + "\n"})
        self.scene.packs = {"crates-x": {"hash": hash, "commits": False}}
        self.scene.convert()
        with open(f"{self.scene.build('.packs.crates-x')}/one-1.0.0.crate", "rb") as file:
            self.assertEqual(file.read(), content)


class Failures(Case):
    def fails(self, attribute=".env"):
        said = self.scene.failure(attribute)
        self.assertNotIn("Traceback", said.split("headwater:")[-1])
        return said

    def test_two_versions(self):
        self.scene.module("lib", "1.0")
        self.scene.module("lib", "2.0")
        self.scene.convert(roots=["lib@1.0", "lib@2.0"])
        self.assertIn("app cannot be built:\n  lib@1.0 and lib@2.0 cannot be in one environment", self.fails())

    def test_collision(self):
        both = '[tool.tiny]\nmodules = ["{}.py", "tests.py"]\n'
        for name in ("one", "two"):
            text = pyproject(name, "1.0", more=both.format(name))
            self.scene.add(name, "1.0", {"pyproject.toml": text, f"{name}.py": "", "tests.py": f"OF = '{name}'\n"})
        self.scene.convert(roots=["one@1.0", "two@1.0"])
        self.assertIn("one@1.0 and two@1.0 both have lib/python3", self.fails())
        self.scene.convert(roots=["one@1.0", "two@1.0"], collisions=["*/tests.py"])
        self.assertEqual(run(f"{self.scene.build('.env')}/bin/python", "-c", "import tests; print(tests.OF)"), "one\n")

    def test_network_in_a_build(self):
        line = "import urllib.request; urllib.request.urlopen('http://192.0.2.1/')"
        text = pyproject("greedy", "1.0", more=f'[tool.tiny]\nmodules = []\nrun = ["{line}"]\n')
        self.scene.add("greedy", "1.0", {"pyproject.toml": text})
        self.scene.convert(roots=["greedy@1.0"])
        said = self.fails()
        self.assertIn("greedy 1.0: build_wheel of its backend tiny failed (above); it builds without a network", said)
        self.assertIn("Network is unreachable", said)

    def test_wrong_version_and_wrong_name(self):
        text = pyproject("lib", "1.0", more='[tool.tiny]\nmodules = []\nclaim = "1.1"\n')
        self.scene.add("lib", "1.0", {"pyproject.toml": text})
        self.scene.add("alias", "1.0", {"pyproject.toml": pyproject("lib", "1.0")})
        self.scene.convert()
        self.assertIn("the wheel that was built has version 1.1, not 1.0", self.fails('.wheels."lib@1.0"'))
        self.assertIn("the wheel that was built is of lib, not of alias", self.fails('.wheels."alias@1.0"'))

    def test_no_build_system(self):
        self.scene.add("bare", "1.0", {"README": ""})
        self.scene.add("half", "1.0", {"pyproject.toml": '[build-system]\nbuild-backend = "tiny"\n'})
        self.scene.add("torn", "1.0", {"pyproject.toml": "[build-system\n"})
        self.scene.convert()
        self.assertIn("bare 1.0: its source has neither pyproject.toml nor setup.py", self.fails('.wheels."bare@1.0"'))
        self.assertIn("half 1.0: its pyproject.toml has a [build-system] without requires", self.fails('.wheels."half@1.0"'))
        self.assertIn("torn 1.0: its pyproject.toml cannot be read", self.fails('.wheels."torn@1.0"'))

    def test_missing_and_unsupported(self):
        self.scene.module("lib", "1.0", requiresPython=">=4")
        self.scene.convert(roots=["lib@1.0", "gone@1.0"], missing={"gone@1.0": "no sdist, and no wheel for this platform"}, requiresPython="<3")
        said = self.fails()
        for line in (
            "gone@1.0: no sdist, and no wheel for this platform",
            "lib@1.0 asks for Python >=4, and this is 3.11.2",
            "app asks for Python <3, and this is 3.11.2",
        ):
            self.assertIn(line, said)

    def test_inconsistent(self):
        self.scene.module("lib", "1.0", more='dependencies = ["absent>=1", "skipped; os_name == \'nt\'"]\n')
        self.scene.convert(roots=["lib@1.0"])
        self.assertIn("the environment is not consistent:\n  lib: absent>=1 is not there", self.fails(".checks.requirements"))

    def test_unknown_build_requirement(self):
        self.scene.module("lib", "1.0", requires=["absent@1"])
        self.scene.convert(roots=["lib@1.0"])
        self.assertIn("there is no package absent@1, which a build asks for", self.fails())

    def test_no_main_program(self):
        self.scene.write(APP)
        self.scene.module("lib", "2.0")
        self.scene.convert(project=PROJECT, roots=["lib@2.0"], mainProgram="other")
        self.assertIn("app: the project has no program other; it has app", self.fails(""))


if __name__ == "__main__":
    unittest.main()
