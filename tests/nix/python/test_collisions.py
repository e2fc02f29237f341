"""What two wheels of one environment may both have, and what they may not."""

import contextlib
import io
import os
import sys
import tempfile
import unittest

import support  # noqa: F401

import merge
from collisions import is_namespace
from common import Failure

SITE = f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
PKGUTIL = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n"
IMPORTED = "# A namespace.\nfrom pkgutil import extend_path\n\n__path__ = extend_path(__path__, __name__)\n"
RESOURCES = "__import__('pkg_resources').declare_namespace(__name__)\n"
EITHER = (
    '"""A namespace."""\ntry:\n    import pkg_resources\n    pkg_resources.declare_namespace(__name__)\n'
    "except ImportError:\n    import pkgutil\n    __path__ = pkgutil.extend_path(__path__, __name__)\n"
)


class Collisions(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = os.path.realpath(folder.name)

    def make(self, first, second, allowed=()):
        """An environment of `one@1` and `two@2`, with these files (paths and texts): its path, and what is said."""
        top = tempfile.mkdtemp(dir=self.top)
        for name, files in (("one", first), ("two", second)):
            for path, text in files.items():
                at = os.path.join(top, name, path)
                os.makedirs(os.path.dirname(at), exist_ok=True)
                with open(at, "w", encoding="utf-8") as file:
                    file.write(text)
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            wheels = {"one@1": os.path.join(top, "one"), "two@2": os.path.join(top, "two")}
            merge.make(os.path.join(top, "prefix"), wheels, SITE, allowed)
        return os.path.join(top, "prefix"), said.getvalue()

    def first_counts(self, path, named=None):
        prefix, said = self.make({path: "X = 1"}, {path: "X = 2"})
        with open(os.path.join(prefix, path), encoding="utf-8") as file:
            self.assertEqual(file.read(), "X = 1", path)
        self.assertEqual(said, f"headwater: one@1 and two@2 both have {named or path}: that of one@1 counts\n")

    def test_no_matter(self):
        for path in (
            f"{SITE}/LICENSE",
            f"{SITE}/LICENSE.txt",
            f"{SITE}/licenses/MIT",
            f"{SITE}/README.md",
            f"{SITE}/CHANGELOG.rst",
            f"{SITE}/NOTICE",
            f"{SITE}/AUTHORS",
            f"{SITE}/shared/part.pyi",
            f"{SITE}/shared/py.typed",
            "LICENSE",
            "README.rst",
            "share/doc/x/index.html",
            "share/man/man1/x.1",
            "man/man1/x.1",
        ):
            self.first_counts(path)

    def test_beside_a_package(self):
        for name in ("tests", "test", "examples", "docs", "benchmarks"):
            for file in ("__init__.py", "conftest.py", "data.json", "deep/x.py"):
                self.first_counts(f"{SITE}/{name}/{file}", f"{SITE}/{name}")

    def test_said_once(self):
        files = {f"{SITE}/tests/{name}.py": "" for name in "abc"}
        _, said = self.make(files, {path: "#" for path in files})
        self.assertEqual(said.count("\n"), 1)

    def test_conflicts(self):
        for path in (
            f"{SITE}/shared.py",
            f"{SITE}/tests.py",
            f"{SITE}/license.py",
            f"{SITE}/news/__init__.py",
            f"{SITE}/shared/tests/x.py",
            f"{SITE}/shared/LICENSE",
            f"{SITE}/shared/data.json",
            f"{SITE}/shared.pth",
            "share/app/data.json",
            "etc/app.conf",
        ):
            with self.assertRaises(Failure) as caught:
                self.make({path: "X = 1"}, {path: "X = 2"})
            pattern = path.replace(SITE, "lib/python3.*/site-packages")
            self.assertEqual(
                str(caught.exception),
                f"one@1 and two@2 both have {path}, and not the same; if the first will do, say so in headwater.toml: "
                f'[python] collisions = ["{pattern}"]',
            )
            # The setting does what the message says, without a word.
            prefix, said = self.make({path: "X = 1"}, {path: "X = 2"}, [pattern])
            with open(os.path.join(prefix, path), encoding="utf-8") as file:
                self.assertEqual((file.read(), said), ("X = 1", ""))

    def test_programs(self):
        points = {f"{SITE}/{name}-1.dist-info/entry_points.txt": "[console_scripts]\ntool = a:b\n" for name in ("one", "two")}
        first, second = ({path: text} for path, text in points.items())
        with self.assertRaises(Failure) as caught:
            self.make(first, second)
        said = 'one@1 and two@2 both have the program tool; if the first will do, say so in headwater.toml: [python] collisions = ["bin/tool"]'
        self.assertEqual(str(caught.exception), said)
        self.make(first, second, ["bin/tool"])

    def test_namespaces(self):
        path = f"{SITE}/space/__init__.py"
        for other in (IMPORTED, RESOURCES, EITHER, "", "# nothing\n"):
            prefix, said = self.make({path: PKGUTIL, f"{SITE}/space/a.py": ""}, {path: other, f"{SITE}/space/b.py": ""})
            self.assertEqual(said, "")
            self.assertEqual(sorted(os.listdir(os.path.join(prefix, SITE, "space"))), ["__init__.py", "a.py", "b.py"])
        for other in ("import os\n", PKGUTIL + "VERSION = 1\n", "__path__ = []\n", "def f(:\n", "print(1)\n"):
            with self.assertRaisesRegex(Failure, "both have"):
                self.make({path: PKGUTIL}, {path: other})

    def test_is_namespace(self):
        path = os.path.join(self.top, "__init__.py")
        for text, wanted in (
            (EITHER, True),
            ("import pkgutil\n__path__ = pkgutil.extend_path(__path__, __name__)\n", True),
            ("__path__ = extend_path(__path__, danger())\n", False),
            ("from x import extend_path\n__path__ = extend_path(__path__, __name__)\n", False),
            ("x = extend_path(__path__, __name__)\n", False),
        ):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            self.assertIs(is_namespace(path), wanted, text)


if __name__ == "__main__":
    unittest.main()
