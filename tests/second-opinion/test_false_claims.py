"""Claims that are false, each in one way: python3 -m unittest discover -s tests/second-opinion"""

import copy
import gzip
import json
import os
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import ground
from ground import ADDRESS, CODE, LICENSE, MODULE, NPM, PYPI, VERSION, Ground, manifest, tar


def put(pin, path, value):
    """A copy of a pin with another value somewhere in its resolution."""
    pin = copy.deepcopy(pin)
    *above, last = path
    at = pin["resolution"]
    for key in above:
        at = at[key]
    at[last] = value
    return pin


def without(pin, *paths):
    """A copy of a pin that lacks what else would give the lie away."""
    pin = copy.deepcopy(pin)
    for *above, last in paths:
        at = pin
        for key in above:
            at = at[key]
        at.pop(last, None)
    return pin


class FalseClaims(unittest.TestCase):
    """Each is caught, by what is false in it."""

    @classmethod
    def setUpClass(cls):
        cls.ground = Ground()
        cls.addClassCleanup(cls.ground.scratch.cleanup)

    def caught(self, cases):
        """Every pin is refused for a reason that says what is wrong with it."""
        for name, (purl, pin, expected) in cases.items():
            with self.subTest(name):
                reasons = self.ground.reasons(purl, pin)
                self.assertRegex("\n".join(reasons), expected)

    def test_the_truth_is_confirmed(self):
        for purl, pin in self.ground.pins.items():
            self.assertEqual(self.ground.reasons(purl, pin), [], purl)

    def test_of_the_commit(self):
        ground, left = self.ground, self.ground.pins[NPM]
        # A pin whose package.json is the commit's own: nothing but the commit itself can be wrong with it.
        plain = ground.with_artifact(left, {**CODE, "package.json": manifest(), "LICENSE": LICENSE})
        plain = without(
            put(plain, ["evidence"], []),
            ["checkout"],
            ["resolution", "mapping", "manifest_diff"],
            ["resolution", "source", "tag"],
        )
        self.assertEqual(ground.reasons(NPM, plain), [])
        commit = lambda pin, one: put(pin, ["source", "commit"], one)
        self.caught(
            {
                "a later commit": (NPM, commit(plain, ground.later), "of the commit is of left 1.0.1"),
                "the commit of a sibling tag": (
                    NPM,
                    commit(plain, ground.built),
                    "index.js of the commit is another file",
                ),
                "a commit that only a fork has": (NPM, commit(plain, ground.fork), "no branch or tag leads to"),
                "a commit that nobody has": (NPM, commit(plain, "1" * 40), "has no commit 1111"),
                "a tree in the place of a commit": (
                    NPM,
                    commit(plain, ground.npm.git("rev-parse", "HEAD^{tree}")),
                    "has no commit",
                ),
                "a short commit": (NPM, commit(plain, ground.first[:12]), "has no commit"),
                "another repository": (NPM, put(plain, ["source", "repository"], ADDRESS + "tool"), "has no commit"),
                "no repository": (NPM, put(plain, ["source", "repository"], ADDRESS + "none"), "NoRepository"),
                "a tag of another commit": (NPM, put(left, ["source", "tag"], "v1.0.1"), "tag v1.0.1 is [0-9a-f]{40}"),
                "a tag that is not there": (NPM, put(left, ["source", "tag"], "v1"), "tag v1 is not there"),
                "a tag by which it is not reached": (
                    NPM,
                    put(left, ["evidence", 2, "how", "tag"], "v1.0.0-built"),
                    "tag v1.0.0-built is",
                ),
                "the hash of another checkout": (
                    NPM,
                    {**left, "checkout": left["nar"]},
                    "hash of the commit's checkout is another",
                ),
                "the root in the place of its folder": (
                    NPM,
                    without(plain, ["resolution", "source", "subdirectory"]),
                    "of the commit is of None",
                ),
                "a folder that is not there": (
                    NPM,
                    put(plain, ["source", "subdirectory"], "packages/right"),
                    "the commit has no packages/right",
                ),
                "a folder of samples": (
                    NPM,
                    put(plain, ["source", "subdirectory"], "test/fixtures/left"),
                    "a folder of samples",
                ),
            }
        )

    def test_of_a_tarball(self):
        ground, left, files = self.ground, self.ground.pins[NPM], self.ground.left
        plus = lambda more: ground.with_artifact(left, {**files, **more})
        elsewhere = lambda pin, path, at: put(pin, ["mapping", "elsewhere", path], at)
        evil = {"scripts": {"test": "x", "postinstall": "evil"}, "gitHead": ground.first}
        diff = left["resolution"]["mapping"]["manifest_diff"]
        again = gzip.compress(gzip.decompress(tar(files)) + gzip.decompress(tar({"index.js": "evil\n"})))
        self.caught(
            {
                "the integrity of another file": (
                    NPM,
                    {**left, "artifact": {"integrity": ground.pins[PYPI]["artifact"]["integrity"]}},
                    "integrity is not",
                ),
                "an artifact that is not there": (
                    NPM,
                    {**left, "artifact": {**left["artifact"], "url": "none.tgz"}},
                    "Missing: ",
                ),
                "another version": (
                    NPM.replace("1.0.0", "1.0.2"),
                    {**left, "artifact": {**left["artifact"], "url": "left/-/left-1.0.0.tgz"}},
                    "tarball is of left 1.0.0",
                ),
                "another name": (
                    NPM.replace("left", "right"),
                    {**left, "artifact": {**left["artifact"], "url": "left/-/left-1.0.0.tgz"}},
                    "tarball is of left 1.0.0",
                ),
                "a changed file": (
                    NPM,
                    plus({"lib/a.js": "exports.a = 2;\n"}),
                    "lib/a.js of the commit is another file",
                ),
                "an added file": (NPM, plus({"evil.js": "1\n"}), "the commit has no packages/left/evil.js"),
                "other line ends": (
                    NPM,
                    plus({"lib/a.js": "exports.a = 1;\r\n"}),
                    "lib/a.js of the commit is another file",
                ),
                "a changed mode": (
                    NPM,
                    {**plus({"index.js": (CODE["index.js"], True)}), "nar": left["nar"]},
                    "NAR hash of the package's folder is another",
                ),
                "the hash of another folder": (
                    NPM,
                    {**left, "nar": left["checkout"]},
                    "NAR hash of the package's folder is another",
                ),
                "code from another place": (
                    NPM,
                    elsewhere(plus({"index.js": "exports.left = 2;\n"}), "index.js", "packages/other/index.js"),
                    "which only documents may be",
                ),
                "a document over another": (
                    NPM,
                    elsewhere(plus({"CHANGES.md": "9.0\n"}), "CHANGES.md", "packages/other/CHANGES.md"),
                    "although packages/left/CHANGES.md is there",
                ),
                "a place of what is not packed": (NPM, elsewhere(left, "NOTICE", "LICENSE"), "is not in the tarball"),
                "a script that is run at install": (
                    NPM,
                    put(plus({"package.json": manifest(**evil)}), ["mapping", "manifest_diff"], diff),
                    "package.json: scripts is not the commit's",
                ),
                "a dependency more": (
                    NPM,
                    plus({"package.json": manifest(dependencies={"evil": "1"})}),
                    "package.json: dependencies is not the commit's",
                ),
                "a diff that gives something else": (
                    NPM,
                    put(left, ["mapping", "manifest_diff"], diff.replace(ground.first, "0" * 40)),
                    "not what the recorded diff makes",
                ),
                "no diff": (
                    NPM,
                    without(left, ["resolution", "mapping", "manifest_diff"]),
                    "no diff says how they differ",
                ),
                "a gitHead that nobody wrote": (
                    NPM,
                    put(left, ["evidence", 0, "commit"], ground.later),
                    "does not name",
                ),
                "more files than there are": (
                    NPM,
                    put(left, ["evidence", 3], {"kind": "correspondence", "matched": 7, "total": 8}),
                    "are said to match",
                ),
                "a class that proves nothing": (NPM, put(left, ["class"], "built"), "which proves nothing"),
                "an entry behind the end": (NPM, ground.with_artifact(left, files, again), "has entries after its end"),
                "a path twice": (
                    NPM,
                    ground.with_artifact(left, files, tar(files, extra=[("index.js", CODE["index.js"])])),
                    "is there twice",
                ),
            }
        )

    def test_of_a_source_archive(self):
        ground, tool, files = self.ground, self.ground.pins[PYPI], self.ground.tool
        plus = lambda more: ground.with_artifact(tool, {**files, **more})
        self.caught(
            {
                "the next version's commit": (
                    PYPI,
                    put(tool, ["source", "commit"], ground.python.git("rev-parse", "2.1^{commit}")),
                    "core.py is another file in the commit",
                ),
                "the hash of another checkout": (
                    PYPI,
                    {**tool, "nar": ground.pins[NPM]["nar"]},
                    "hash of the commit's checkout is another",
                ),
                "a changed module": (
                    PYPI,
                    plus({"src/tool/core.py": MODULE.replace("42", "43")}),
                    "core.py is another file in the commit",
                ),
                "an added module": (
                    PYPI,
                    plus({"src/tool/evil.py": "x = 1\n"}),
                    "src/tool/evil.py is not in the commit",
                ),
                "a module from another place": (
                    PYPI,
                    plus({"src/tool/evil.py": "import os\n"}),
                    "src/tool/evil.py is not in the commit",
                ),
                "a version file that does something": (
                    PYPI,
                    plus({"src/tool/_version.py": VERSION + "import os\n"}),
                    "_version.py is not in the commit",
                ),
                "a version file that calls": (
                    PYPI,
                    plus({"src/tool/_version.py": VERSION + "version = open('x')\n"}),
                    "_version.py is not in the commit",
                ),
                "a version file of another version": (
                    PYPI,
                    plus({"src/tool/_version.py": "__version__ = '3'\n"}),
                    "_version.py is not in the commit",
                ),
                "a setting more": (
                    PYPI,
                    plus({"setup.cfg": files["setup.cfg"] + "[options.entry_points]\nx = y\n"}),
                    "setup.cfg is another file",
                ),
                "a build backend of its own": (
                    PYPI,
                    plus({"pyproject.toml": PYPROJECT_EVIL}),
                    "pyproject.toml is another file in the commit",
                ),
                "a setup.py": (
                    PYPI,
                    plus({"setup.py": "import setuptools\nsetuptools.setup()\n"}),
                    "setup.py is not in the commit",
                ),
                "code in the metadata": (
                    PYPI,
                    plus({"src/tool.egg-info/x.pth": "import evil\n"}),
                    "x.pth is not in the commit",
                ),
                "metadata of another version": (
                    PYPI,
                    plus({"PKG-INFO": "Name: tool\nVersion: 2.1\n"}),
                    "PKG-INFO is of tool 2.1",
                ),
                "metadata of another project": (
                    PYPI,
                    plus({"PKG-INFO": "Name: other\nVersion: 2.0\n"}),
                    "PKG-INFO is of other 2.0",
                ),
                "two folders": (
                    PYPI,
                    ground.with_artifact(tool, files, tar({**files, "../other/x.py": "1\n"}, "tool-2.0")),
                    "leads out of the folder",
                ),
                "nothing but documents": (
                    PYPI,
                    ground.with_artifact(tool, {path: files[path] for path in ("PKG-INFO", "README.md")}),
                    "not one file that Python runs",
                ),
            }
        )

    def test_the_program_says_it(self):
        lock = os.path.join(self.ground.folder, "headwater.lock")
        pins = copy.deepcopy(self.ground.pins)
        for exit_code, expected in (
            (0, "2 claims of tier B: 2 confirmed, 0 not\n"),
            (1, "left@1.0.0: tag v9 is not there\n"),
        ):
            with open(lock, "w", encoding="utf-8") as file:
                json.dump({"version": 1, "registry": "https://registry.example/", "packages": pins}, file)
            command = [
                sys.executable,
                os.path.dirname(os.path.abspath(__file__)),
                "--registry",
                self.ground.registry,
                lock,
            ]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, exit_code, done)
            self.assertIn(expected, done.stdout)
            pins[NPM]["resolution"]["source"]["tag"] = "v9"


PYPROJECT_EVIL = ground.PYPROJECT.replace('"setuptools-scm"]', '"setuptools-scm", "evil"]')

if __name__ == "__main__":
    unittest.main()
