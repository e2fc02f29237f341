"""The stand-in for nixpkgs has what the curated tables name, and says which Debian package is missing."""

import json
import os
import subprocess
import tomllib
import unittest

import support
from support import ROOT, nix_text


def named():
    """The attribute paths of nixpkgs in data/python."""
    paths = set()
    for table, keys in (("libraries", ("libraries", "programs", "opened")), ("programs", ("nixpkgs",))):
        with open(os.path.join(ROOT, f"data/python/{table}.toml"), "rb") as file:
            for row in tomllib.load(file).values():
                paths.update(path for key in keys for path in row.get(key, []))
    return sorted(paths)


class HostPackages(unittest.TestCase):
    def test_all_are_there(self):
        expression = f"""
            let
              pkgs = import {ROOT}/tests/hostpkgs {{ }};
              found = path: builtins.foldl' (set: name: set.${{name}} or {{ }}) pkgs (pkgs.lib.splitString "." path);
            in
            builtins.filter (path: !(found path ? drvPath)) {nix_text(named())}
        """
        said = support.run("nix-instantiate", "--eval", "--strict", "--json", "-E", expression)
        self.assertEqual(json.loads(said), [])

    def test_a_library_that_is_missing(self):
        expression = f"""
            let pkgs = import {ROOT}/tests/hostpkgs {{ }};
            in (import {ROOT}/tests/hostpkgs/debian.nix {{
              inherit (pkgs) lib;
              host = {{ script, ... }}: script;
              programs = name: _: name;
              libraries = name: _: name;
            }}).libyaml
        """
        script = json.loads(support.run("nix-instantiate", "--eval", "--strict", "--json", "-E", expression))
        script = script.replace("yaml.h", "no-such.h")
        done = subprocess.run(["bash", "-euc", script], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, "this machine has no no-such.h: apt-get install libyaml-dev\n")


if __name__ == "__main__":
    unittest.main()
