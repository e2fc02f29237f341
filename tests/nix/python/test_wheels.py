"""Wheels end to end: small sdists, built by the real Nix in the sandbox, and what was built is run."""

import base64
import hashlib
import http.server
import json
import os
import shutil
import threading
import unittest

from support import Case, pyproject, run

EXTENSION = r"""
#include <Python.h>
static struct PyModuleDef def = { PyModuleDef_HEAD_INIT, "fast", 0, -1, 0 };
PyMODINIT_FUNC PyInit_fast(void) { PyObject *m = PyModule_Create(&def); PyModule_AddIntConstant(m, "ANSWER", 42); return m; }
"""


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


if __name__ == "__main__":
    unittest.main()
