"""The parts of ./rebuild that ask nobody: python3 -m unittest discover -s benches/rebuild"""

import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import closure
import results
import table


def pin(route="artifact", tier="C", reason="why"):
    return {"route": route, "reason": reason, "resolution": {"tier": tier, "source": None}}


def built(name, **more):
    return {"tools": 3, "outcome": {"class": name, "identical": 2, "files": 2, "notes": ["a differs"]}, **more}


class Rows(unittest.TestCase):
    VERIFIED = {
        "packages": {
            "same@1.0.0": built("tar"),
            "other@1.0.0": built("different"),
            "broken@1.0.0": built("failed", log=["tsc: not found"]),
            "used@1.0.0": built("integrity"),
        },
        "notBuilt": {"passed@1.0.0": "no branch or tag leads to its commit", "host@1.0.0": "does not answer"},
        "incomplete": ["host@1.0.0"],
        "untried": ["later@1.0.0"],
    }

    def row(self, name, given, missing=None):
        return closure.row(f"pkg:npm/{name}@1.0.0", given, self.VERIFIED, missing)

    def test_classes(self):
        cases = [
            ("own", pin("verbatim", "B", None), None, "verbatim", "-"),
            ("same", pin(), None, "tar", "-"),
            ("used", pin("build"), None, "integrity", "-"),
            ("other", pin(), None, "different", "a differs"),
            ("broken", pin(), None, "failed", "tsc: not found; a differs"),
            ("passed", pin(), None, "not built", "why; no branch or tag leads to its commit"),
            ("left", pin(), None, "not built", "why"),
            ("host", pin(), None, "not tried", "why; does not answer"),
            ("later", pin(), None, "not tried", "why"),
            ("new", pin(tier="D"), "too new", "not at hand", "too new"),
            ("unresolved", {"route": "artifact"}, None, "not built", "-"),
        ]
        for name, given, missing, expected, reason in cases:
            with self.subTest(name):
                row = self.row(name, given, missing)
                self.assertEqual((row["class"], row["reason"]), (expected, reason))

    def test_tools(self):
        lock = {
            "packages": {"pkg:npm/same@1.0.0": pin(), "pkg:npm/used@1.0.0": pin(), "pkg:npm/left@1.0.0": pin()},
            "rebuilds": {
                "packages": {
                    "pkg:npm/same@1.0.0": {"toolsFrom": {"lockfile": "yarn.lock"}},
                    "pkg:npm/used@1.0.0": {"toolsFrom": "newest"},
                }
            },
        }
        found = {row["package"]: row["from"] for row in closure.rows(lock, self.VERIFIED, {})}
        self.assertEqual(found, {"same@1.0.0": "yarn.lock", "used@1.0.0": "newest", "left@1.0.0": "-"})

    def test_names(self):
        self.assertEqual(self.row("%40scope/own", pin("verbatim"))["package"], "@scope/own@1.0.0")


class Copies(unittest.TestCase):
    def test_which_cannot_have_a_release(self):
        old, new = map(closure.time, ("2026-01-02T03:04:05+02:00", "2026-01-02T03:04:05.123Z"))
        self.assertEqual(closure.too_old(old, None), "no repository can be read")
        self.assertIn("ends on 2026-01-02", closure.too_old(new, old))
        for released, last in ((old, new), (old, old), (None, old)):
            self.assertIsNone(closure.too_old(released, last))
        self.assertIsNone(closure.time(None))


class Page(unittest.TestCase):
    def test_counts(self):
        row = lambda name, kind: dict.fromkeys(results.CLOSURE_COLUMNS, "-") | {"package": name, "class": kind}
        kinds = ["verbatim", "verbatim", "tar", "different", closure.NOT_AT_HAND]
        manifest = {"description": "Some", "dependencies": {"express": "^4"}}
        text = table.whole([row(f"p{at}@1.0.0", kind) for at, kind in enumerate(kinds)], manifest)
        self.assertTrue(text.startswith("### Some\n\nAll packages that express bring.\n"))
        self.assertIn("| **verbatim or rebuilt, of those at hand** | **3 (75.0 %)** |", text)
        self.assertIn("| verbatim or rebuilt, of all | 3 (60.0 %) |", text)
        self.assertIn("| different | 1 |", text)
        self.assertNotIn("failed", text)
        self.assertNotIn("p0@1.0.0", text)
        self.assertLess(text.index("p3@1.0.0"), text.index("p4@1.0.0"))


if __name__ == "__main__":
    unittest.main()
