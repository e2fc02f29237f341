"""Crates laid out for cargo."""

import io
import json
import os
import tarfile
import tempfile
import unittest

import support  # noqa: F401

import cargo
from common import Failure


class Crates(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = os.path.realpath(folder.name)
        for name in ("files", "root/rust"):
            os.makedirs(os.path.join(self.top, name))
        self.crates = {"files": os.path.join(self.top, "files"), "folder": "rust", "lock": None, "git": []}

    def crate(self, stem, *paths):
        with tarfile.open(os.path.join(self.top, "files", f"{stem}.crate"), "w:gz") as archive:
            for path in paths:
                archive.addfile(tarfile.TarInfo(path), io.BytesIO())

    def prepare(self):
        return cargo.prepare(os.path.join(self.top, "root"), self.top, self.crates)

    def test_vendored(self):
        self.crate("one-1.0.0", "one-1.0.0/Cargo.toml", "one-1.0.0/src/lib.rs")
        self.crates["lock"] = os.path.join(self.top, "pinned")
        with open(self.crates["lock"], "w", encoding="utf-8") as file:
            file.write("version = 4\n")
        variables = self.prepare()
        self.assertEqual(self.prepare(), variables)
        with open(os.path.join(variables["CARGO_HOME"], "config.toml"), encoding="utf-8") as file:
            self.assertIn(f'directory = "{self.top}/crates"', file.read())
        with open(os.path.join(self.top, "crates/one-1.0.0/.cargo-checksum.json"), encoding="utf-8") as file:
            said = json.load(file)
        self.assertEqual((said["files"], len(said["package"])), ({}, 64))
        self.assertTrue(os.path.exists(os.path.join(self.top, "crates/one-1.0.0/src/lib.rs")))
        self.assertTrue(os.path.exists(os.path.join(self.top, "root/rust/Cargo.lock")))

    def test_no_lock(self):
        with self.assertRaisesRegex(Failure, "has no Cargo.lock in rust"):
            self.prepare()

    def test_paths_of_others(self):
        for path in ("two-1.0.0/x", "one-1.0.0/../../x", "one-1.0.0/../two-1.0.0/x"):
            self.crate("one-1.0.0", path)
            with self.assertRaisesRegex(Failure, "has the path|leads out"):
                cargo.unpack(os.path.join(self.top, "files/one-1.0.0.crate"), os.path.join(self.top, "vendor"))


if __name__ == "__main__":
    unittest.main()
