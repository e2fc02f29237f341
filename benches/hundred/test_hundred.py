"""The parts of ./hundred that ask nobody: python3 -m unittest discover -s benches/hundred"""

import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import build
import modules
import reason
import release
import results
import table

FAILED = """\
building '/nix/store/0000-headwater-wheel-cffi-2.0.0.drv'...
{}
error: builder for '/nix/store/0000-headwater-wheel-cffi-2.0.0.drv' failed with exit code 1
error: 1 dependencies of derivation '/nix/store/1111-app-env.drv' failed to build
"""


class Releases(unittest.TestCase):
    def test_the_latest_with_an_sdist(self):
        def file(name, **more):
            return {"filename": name, **more}

        files = [
            file("x-1.9.tar.gz"), file("x-1.10.tar.gz"), file("x-2.0-py3-none-any.whl"), file("x-3.0rc1.tar.gz"),
            file("x-1.11.tar.gz", yanked="broken"), file("x-1.12.tar.gz", **{"requires-python": ">=3.12"}),
            file("x-1.13.exe"), file("x-1.2.zip"),
        ]  # fmt: skip
        self.assertEqual([str(one) for one in release.sdists(files, "3.11.2")], ["1.2", "1.9", "1.10"])
        self.assertEqual([str(one) for one in release.sdists(files[3:4], "3.11.2")], ["3.0rc1"])
        self.assertEqual(release.sdists(files[2:3], "3.11.2"), [])


class Modules(unittest.TestCase):
    def names(self, *paths):
        return modules.modules([tuple(path.split("/")) for path in paths])

    def test_what_is_imported(self):
        self.assertEqual(self.names("six.py", "six-1.0.dist-info/RECORD"), ["six"])
        self.assertEqual(self.names("a/__init__.py", "a/b/__init__.py", "tests/__init__.py", "a/data.json"), ["a"])
        namespace = self.names("google/api/x_pb2.py", "google/auth/__init__.py", "google/auth/y.py")
        self.assertEqual(namespace, ["google.api", "google.auth"])
        built = self.names("_yaml/__init__.py", "yaml/__init__.py", "m.cpython-311-x86_64-linux-gnu.so")
        self.assertEqual(built, ["m", "yaml"])
        self.assertEqual(self.names("_only.abi3.so"), ["_only"])
        self.assertEqual(self.names("app-1.0.data/scripts/run.py"), [])


class Reasons(unittest.TestCase):
    def reason(self, text, read=reason.build):
        with tempfile.NamedTemporaryFile("w", suffix=".log") as log:
            log.write(FAILED.format(text))
            log.flush()
            return read(log.name)

    def test_builds(self):
        for text, sentence in (
            ("this machine has no ffi.h: apt-get install libffi-dev", "the machine lacks Debian's libffi-dev"),
            ("x.c:1:10: fatal error: ffi.h: No such file or directory", "the header ffi.h is not there"),
            ("/usr/bin/ld: cannot find -lxyz: No such file or directory", "the library xyz is not there"),
            (
                "Traceback\n  x\nModuleNotFoundError: No module named 'numpy'\nmore",
                "its build imports numpy, which it did not ask for",
            ),
            (
                "headwater: cffi 2.0.0: its build requirements are not met:\n  other>=2 is not there",
                "its build requirements are not met: other>=2 is not there",
            ),
            (
                "error: [Errno 2] no gcc\nheadwater: cffi 2.0.0: build_wheel of its backend x failed (above); it builds",
                "[Errno 2] no gcc",
            ),
            ("make: nothing known", "make: nothing known"),
        ):
            said = self.reason(text)
            if text.startswith("make"):
                self.assertTrue(said.startswith("cffi-2.0.0: "), said)
            else:
                self.assertEqual(said, f"cffi-2.0.0: {sentence}")

    def test_a_slow_one(self):
        said = self.reason("", lambda log: reason.slow(log, 900))
        self.assertEqual(said, "not done after 15 minutes, at headwater-wheel-cffi-2.0.0")

    def test_conversions(self):
        self.assertEqual(reason.conversion({"error": "no\n  pins"}, ""), "no pins")
        problem = {"package": "x@1", "message": "its build needs y", "hint": "?"}
        self.assertEqual(reason.conversion({"error": "", "problems": [problem]}, ""), "x@1: its build needs y")
        self.assertEqual(reason.conversion({}, "a\nlast\n"), "last")
        self.assertEqual(reason.missing({"x@1": "no sdist", "y@1": "?"}), "x@1: no sdist (and 1 more)")


class Results(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(setattr, results, "FILE", results.FILE)
        results.FILE = os.path.join(folder.name, "results.tsv")

    def row(self, rank, name, **more):
        return dict.fromkeys(results.COLUMNS, "-") | {"rank": str(rank), "name": name} | more

    def test_kept_and_replaced(self):
        self.assertEqual(results.read(), {})
        results.keep(self.row(2, "b", reason='a "tab\there"\nand a line'))
        results.keep(self.row(1, "a"))
        results.keep(self.row(2, "b", build="ok", reason='said "no'))
        self.assertEqual(list(results.read()), ["a", "b"])
        self.assertEqual(results.read()["b"]["reason"], 'said "no')

    def test_the_page(self):
        rows = [
            self.row(2, "b", convert="incomplete", build="failed", reason="c-1: it | fails"),
            self.row(1, "a", version="1.0", convert="ok", build="ok", imports="ok"),
            self.row(3, "d", convert="ok", build="timeout", reason="not done after 15 minutes, at x"),
        ]
        page = table.render(rows, "A ranking.", 100)
        counts = ("| tried | 3 of 100 |", "| converted | 3 |", "| built | 1 |", "| stopped by the clock | 1 |")
        for line in (*counts, "| 1 | it \\| fails |"):
            self.assertIn(line, page.splitlines())
        self.assertLess(page.index("| 1 | a 1.0 | ok |"), page.index("| 2 | b - | incomplete |"))

    def test_the_ranking(self):
        names = results.names()
        self.assertEqual((len(names), len(set(names))), (100, 100))
        self.assertIn("as of 2026-04-01", results.heading())


class Expressions(unittest.TestCase):
    def test_the_stand_in_is_configured(self):
        text = build.expression("/p/x", "env", "/opt/rust")
        self.assertIn('rust = "/opt/rust";', text)
        self.assertTrue(text.endswith('.callPackage (/. + "/p/x/nix/headwater") { }).env'))
        self.assertNotIn("rust =", build.expression("/p/x", "env", None))


if __name__ == "__main__":
    unittest.main()
