"""The builders' requirements give the answers of the tables that the Nix functions are tested with."""

import json
import os
import sys
import unittest
from unittest import mock

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../../nix/python/builders"))
sys.dont_write_bytecode = True

import requirement  # noqa: E402


def table(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return json.load(file)


class Versions(unittest.TestCase):
    data = table("pep440.json")

    def test_order(self):
        keys = [requirement.Version(text).key() for text in self.data["ordered"]]
        self.assertEqual(keys, sorted(keys))
        self.assertEqual(len(keys), len(set(keys)))

    def test_same(self):
        for one, other in self.data["equal"]:
            self.assertTrue(requirement.same(one, other), (one, other))

    def test_invalid(self):
        for text in self.data["invalid"]:
            self.assertRaises(ValueError, requirement.Version, text)

    def test_clauses(self):
        for clause, row in self.data["clauses"].items():
            got = "".join("y" if requirement.allows(clause, version) else "-" for version in self.data["versions"])
            self.assertEqual(got, row, clause)

    def test_sets(self):
        for specifier, version, wanted in self.data["sets"]:
            self.assertEqual(requirement.satisfies(specifier, version), wanted, (specifier, version))
        self.assertTrue(requirement.satisfies(">=three", "3.11"))


class Markers(unittest.TestCase):
    def test_table(self):
        data = table("pep508.json")
        for at, environment in enumerate(data["environments"]):
            variables = {name: (lambda value=value: value) for name, value in environment.items() if name != "extra"}
            with mock.patch.object(requirement, "VARIABLES", variables):
                for row in data["markers"]:
                    got = requirement.marker_holds(row["text"], environment["extra"])
                    self.assertEqual(got, row["holds"][at], row["text"])

    def test_unparsable(self):
        for text in ("python_version", "python_version <", "not", "os_name == 'a' 'b'", "(os_name == 'a'", "nothing == 'a'", "os_name ! 'a'"):
            self.assertRaises(ValueError, requirement.marker_holds, text)


class Unmet(unittest.TestCase):
    have = {"setuptools": "80.9.0", "ruamel-yaml": "0.18.6"}

    def test_met(self):
        for text in (
            "setuptools",
            "Setuptools >= 61, <81",
            "setuptools[core] (>=61)",
            "ruamel_yaml~=0.18.1",
            "tomli; python_version < '3.8'",
            "setuptools @ https://host/x;y.zip ; os_name == 'posix'",
        ):
            self.assertIsNone(requirement.unmet(text, self.have), text)

    def test_missing(self):
        self.assertEqual(requirement.unmet("wheel>=0.40", self.have), "wheel>=0.40 is not there")
        said = requirement.unmet("setuptools<70 ; python_version >= '3.8'", self.have)
        self.assertEqual(said, "setuptools<70 ; python_version >= '3.8' is asked for, setuptools 80.9.0 is there")

    def test_not_understood(self):
        self.assertIsNone(requirement.unmet("setuptools>=old", self.have))
        self.assertIn("not a requirement", requirement.unmet("-e .", self.have))

    def test_extras(self):
        self.assertEqual(requirement.extras_of("a[X_y, z] >=1; os_name == 'nt'"), ["x-y", "z"])
        self.assertEqual(requirement.extras_of("a >=1"), [])
        self.assertEqual(requirement.extras_of("a[z] @ https://host/x"), ["z"])

    def test_holds(self):
        for text, extra, wanted in (
            ("a", "", True),
            ("a; extra == 'x'", "", False),
            ("a; extra == 'X.y'", "x-y", True),
            ("a @ https://host/x ; extra == 'x'", "x", True),
            ("a; what", "", True),
        ):
            self.assertIs(requirement.holds(text, extra), wanted, text)

    def test_lower_bounds(self):
        for text, wanted in (
            ("", ""),
            (">=3.8,<3.12", ">=3.8"),
            ("<4, !=3.9.*", ""),
            ("~=3.10", ">=3.10"),
            ("==3.11.*", ">=3.11"),
            ("> 3.7, ===3.11.2", ">3.7,>=3.11.2"),
        ):
            self.assertEqual(requirement.lower_bounds(text), wanted, text)


if __name__ == "__main__":
    unittest.main()
