"""Wheels and archives that are not what they should be, and versions that a source is told."""

import io
import os
import shutil
import sys
import tarfile
import tempfile
import unittest
import zipfile

import support  # noqa: F401

import merge
import source
import tags
import wheelfile
from common import Failure

SITE = f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = os.path.realpath(folder.name)

    def at(self, *path):
        return os.path.join(self.top, *path)

    def write(self, path, text=""):
        os.makedirs(os.path.dirname(self.at(path)), exist_ok=True)
        with open(self.at(path), "w", encoding="utf-8") as file:
            file.write(text)

    def wheel(self, files, record=None, name="a_b-1.0-py3-none-any.whl"):
        """A wheel of these files; RECORD is right unless it is given."""
        files = {
            "a_b-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: A.B\nVersion: 1.0\n\nName: other\n",
            "a_b-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\n",
            **files,
        }
        lines = {path: f"{path},sha256={wheelfile.encoded(data)},{len(data)}" for path, data in files.items()}
        lines.update(record or {})
        with zipfile.ZipFile(self.at(name), "w") as archive:
            for path, data in files.items():
                archive.writestr(path, data)
            archive.writestr("a_b-1.0.dist-info/RECORD", "\n".join(line for line in lines.values() if line))
        return wheelfile.Wheel(self.at(name))

    def install(self, *arguments, **more):
        shutil.rmtree(self.at("out"), ignore_errors=True)
        wheelfile.install(self.wheel(*arguments, **more), self.at("out"), SITE)


class Wheels(Case):
    def test_everything_has_its_place(self):
        data = "a_b-1.0.data"
        self.install(
            {
                "a/__init__.py": b"X = 1\n",
                f"{data}/scripts/tool": b"#!python\nprint(1)\n",
                f"{data}/data/share/doc.txt": b"",
                f"{data}/headers/a.h": b"",
                f"{data}/platlib/b.py": b"",
                "a_b-1.0.dist-info/entry_points.txt": b"[console_scripts]\nrun = a:main [extra]\n; no\n[other]\nx = y:z\n",
            }
        )
        found = sorted(
            os.path.relpath(os.path.join(folder, name), self.at("out")) for folder, _, names in os.walk(self.at("out")) for name in names
        )
        version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
        for path in ("headwater/scripts/tool", "share/doc.txt", f"include/site/{version}/a-b/a.h", f"{SITE}/b.py", f"{SITE}/a/__init__.py"):
            self.assertIn(path, found)
        with open(self.at("out", SITE, "a_b-1.0.dist-info/RECORD"), encoding="utf-8") as file:
            record = file.read()
        self.assertIn("../../../bin/run,,\n../../../bin/tool,,\n", record)
        self.assertIn("a_b-1.0.dist-info/INSTALLER,sha256=", record)
        # Compiled once, and good whatever the file's time is.
        cached = next(path for path in found if path.endswith(".pyc"))
        with open(self.at("out", cached), "rb") as file:
            self.assertEqual(file.read(8)[4:], b"\x01\x00\x00\x00")

    def test_record(self):
        for record, words in (
            ({"a.py": "a.py,sha256=AAAA,0"}, "a.py is not what its RECORD says"),
            ({"a.py": ""}, "a.py is not in its RECORD"),
            ({"a.py": "a.py,md5=AAAA,0"}, "the RECORD of a.py has no sha256"),
        ):
            with self.assertRaisesRegex(Failure, words):
                self.install({"a.py": b"1"}, record)

    def test_paths_that_lead_out(self):
        for path in ("../a.py", "/a.py", "a_b-1.0.data/data/../../x", "a_b-1.0.data/scripts/../../../x"):
            with self.assertRaisesRegex(Failure, "leads out of its folder"):
                self.install({path: b""})

    def test_unknown_kind(self):
        with self.assertRaisesRegex(Failure, "of no known kind"):
            self.install({"a_b-1.0.data/secrets/x": b""})

    def test_check(self):
        self.wheel({}).check("a-b", "1")
        with self.assertRaisesRegex(Failure, "is of A.B, not of c"):
            self.wheel({}).check("c", "1.0")
        with self.assertRaisesRegex(Failure, "has version 1.0, not 1.1"):
            self.wheel({}).check("a.b", "1.1")
        metadata = b"Metadata-Version: 2.1\nName: a.b\nVersion: 1.0\nRequires-Python: >=2.7, <3\n"
        with self.assertRaisesRegex(Failure, "it asks for Python >=2.7, <3, and this is 3"):
            self.wheel({"a_b-1.0.dist-info/METADATA": metadata}).check("a.b", "1.0")
        with self.assertRaisesRegex(Failure, "is not for this interpreter"):
            self.wheel({}, name="a_b-1.0-cp27-cp27m-win32.whl").check("a.b", "1.0")

    def test_check_of_others(self):
        """A wheel that others built is told of in other words, and may be for any glibc that is old enough."""
        glibc = ("glibc", 2, 36)
        name = f"a_b-1.0-py3-none-manylinux_2_17_{tags.this_platform().removeprefix('linux_')}.whl"
        self.wheel({}, name=name).check("a-b", "1", c_library=glibc)
        with self.assertRaisesRegex(Failure, "is not for this interpreter"):
            self.wheel({}, name=name).check("a-b", "1")
        with self.assertRaisesRegex(Failure, "^the wheel is of A.B, not of c$"):
            self.wheel({}).check("c", "1.0", c_library=glibc)
        with self.assertRaisesRegex(Failure, "^the wheel has version 1.0, not 1.1$"):
            self.wheel({}).check("a.b", "1.1", c_library=glibc)

    def test_upper_bounds(self):
        metadata = b"Metadata-Version: 2.1\nName: a.b\nVersion: 1.0\nRequires-Python: >=3.8,<3.10\n"
        wheel = self.wheel({"a_b-1.0.dist-info/METADATA": metadata})
        wheel.check("a.b", "1.0", upper_bounds=False)
        with self.assertRaisesRegex(Failure, "it asks for Python >=3.8,<3.10"):
            wheel.check("a.b", "1.0")

    def test_renewed_record(self):
        self.install({"a/x.so": b"old", "a/y.py": b""})
        with open(self.at("out", SITE, "a/x.so"), "wb") as file:
            file.write(b"patched")
        wheelfile.renew_record(self.at("out"), SITE)
        with open(self.at("out", SITE, "a_b-1.0.dist-info/RECORD"), encoding="utf-8") as file:
            record = file.read()
        self.assertIn(f"a/x.so,sha256={wheelfile.encoded(b'patched')},7\n", record)
        self.assertIn(f"a/y.py,sha256={wheelfile.encoded(b'')},0\n", record)
        self.assertIn("a_b-1.0.dist-info/RECORD,,\n", record)

    def test_not_a_wheel(self):
        self.write("a_b-1.0-py3-none-any.whl", "text")
        with self.assertRaisesRegex(Failure, "is not a zip file"):
            wheelfile.Wheel(self.at("a_b-1.0-py3-none-any.whl"))


class Sources(Case):
    def unpack(self, members):
        """Unpacks a tar file of (name, kind, link or data)."""
        with tarfile.open(self.at("s.tar.gz"), "w:gz") as archive:
            for name, kind, text in members:
                member = tarfile.TarInfo(name)
                member.type = kind
                if kind == tarfile.REGTYPE:
                    member.size = len(text)
                else:
                    member.linkname = text
                archive.addfile(member, io.BytesIO(text.encode()) if kind == tarfile.REGTYPE else None)
        source.unpack(self.at("s.tar.gz"), self.at("target"))

    def test_links_inside(self):
        self.unpack([("s/a", tarfile.REGTYPE, "text"), ("s/b", tarfile.SYMTYPE, "a"), ("s/c", tarfile.LNKTYPE, "s/a")])
        for name in "abc":
            with open(self.at("target", name), encoding="utf-8") as file:
                self.assertEqual(file.read(), "text")

    def test_what_leads_out(self):
        # Each link by itself leads nowhere near the outside.
        dot = ("s/d", tarfile.SYMTYPE, ".")
        out = ("s/o", tarfile.SYMTYPE, "d/d/d/../../..")
        for members in (
            [dot, out],
            [dot, out, ("s/o", tarfile.REGTYPE, "text")],
            [dot, out, ("s/o/folder", tarfile.DIRTYPE, "")],
            [dot, out, ("s/o/link", tarfile.SYMTYPE, "s")],
            [dot, ("s/d/folder", tarfile.DIRTYPE, "")],
            [dot, ("s/d/link", tarfile.SYMTYPE, "a")],
            [dot, ("s/a", tarfile.REGTYPE, ""), ("s/d/hard", tarfile.LNKTYPE, "s/a")],
            [dot, ("s/a", tarfile.REGTYPE, ""), ("s/hard", tarfile.LNKTYPE, "s/d/a")],
            # What comes later leads an earlier one elsewhere.
            [("s/o", tarfile.SYMTYPE, "e/../../x"), ("s/e", tarfile.SYMTYPE, ".")],
            [("s/o", tarfile.SYMTYPE, "e/f/../../../x"), ("s/e", tarfile.SYMTYPE, "."), ("s/f", tarfile.DIRTYPE, "")],
            [("../x", tarfile.REGTYPE, "")],
            [("/x", tarfile.REGTYPE, "")],
            [("s/l", tarfile.SYMTYPE, "../../x")],
            # A circle for the system, and a way out for whoever reads it as text.
            [("s/l", tarfile.SYMTYPE, "l/../../..")],
            [("s/l", tarfile.SYMTYPE, "m/../../.."), ("s/m", tarfile.SYMTYPE, "l")],
            [("s/l", tarfile.SYMTYPE, "/etc")],
            [("s/l", tarfile.LNKTYPE, "../x")],
            [("s/d", tarfile.SYMTYPE, "e"), ("s/e/f", tarfile.REGTYPE, ""), ("s/d/g", tarfile.REGTYPE, "")],
        ):
            with self.assertRaisesRegex(Failure, "leads out|goes through a link"):
                self.unpack(members)
            shutil.rmtree(self.at("target.unpacked"))
            self.assertEqual(sorted(os.listdir(self.at())), ["s.tar.gz"])

    def test_links_that_lead_nowhere(self):
        circle = [("s/a", tarfile.SYMTYPE, "b"), ("s/b", tarfile.SYMTYPE, "a"), ("s/c", tarfile.SYMTYPE, "gone/x")]
        self.unpack(circle)
        self.assertEqual(sorted(os.listdir(self.at("target"))), ["a", "b", "c"])

    def test_a_file_takes_the_place_of_a_link(self):
        self.unpack([("s/a", tarfile.REGTYPE, "old"), ("s/b", tarfile.SYMTYPE, "a"), ("s/b", tarfile.REGTYPE, "new")])
        for name, text in (("a", "old"), ("b", "new")):
            with open(self.at("target", name), encoding="utf-8") as file:
                self.assertEqual(file.read(), text)

    def test_hard_links_to_what_is_no_file(self):
        link = ("s/l", tarfile.SYMTYPE, "a")
        for before in ([link], [("s/l", tarfile.DIRTYPE, "")], []):
            with self.assertRaisesRegex(Failure, "which is no file"):
                self.unpack([("s/a", tarfile.REGTYPE, ""), *before, ("s/h", tarfile.LNKTYPE, "s/l")])
            shutil.rmtree(self.at("target.unpacked"))

    def test_not_an_archive(self):
        self.write("s.tar.gz", "text")
        with self.assertRaisesRegex(Failure, "does not unpack"):
            source.unpack(self.at("s.tar.gz"), self.at("target"))
        with self.assertRaisesRegex(Failure, "is neither a folder nor one of"):
            source.unpack(self.at("s.exe"), self.at("other"))

    def test_zip_and_folder(self):
        with zipfile.ZipFile(self.at("s.zip"), "w") as archive:
            archive.writestr("s-1/setup.py", "")
        source.unpack(self.at("s.zip"), self.at("one"))
        source.unpack(self.at("one"), self.at("two"))
        self.assertEqual(os.listdir(self.at("two")), ["setup.py"])

    def test_versions(self):
        variables = source.version_environment("ruamel.yaml-x", "1.2")
        self.assertEqual(variables["SETUPTOOLS_SCM_PRETEND_VERSION_FOR_RUAMEL_YAML_X"], "1.2")
        self.assertEqual(set(variables.values()), {"1.2"})

    def test_versioneer(self):
        self.write("s/setup.cfg", "[metadata]\nname = x\n[versioneer]\nVCS = git\nversionfile_source = x/_version.py\n[other]\n")
        self.write("s/x/_version.py", "def get_versions(): raise SystemExit\n")
        self.assertTrue(source.freeze_versioneer(self.at("s"), "3.1"))
        with open(self.at("s/x/_version.py"), encoding="utf-8") as file:
            text = file.read()
        scope = {}
        exec(text, scope)
        self.assertEqual(scope["get_versions"]()["version"], "3.1")
        # versioneer's own setup half reads the text between these marks.
        self.assertRegex(text, r"version_json = '''\n.*\n'''  # END VERSION_JSON")
        self.assertFalse(source.freeze_versioneer(self.at("s"), "3.2"))

    def test_tags(self):
        others = "[metadata]\ntag_build = x\n"
        for tags, version, left in [
            ("[egg_info]\ntag_build = dev\n", "1.3.9", "[egg_info]\n"),
            ("[egg_info]\ntag-build=.dev0\ntag_date = 1\nx = 1\n", "1.0", "[egg_info]\nx = 1\n"),
            ("[egg_info]\nTag_Build =\n  .dev\n  more\nx = 1\n", "1.0", "[egg_info]\nx = 1\n"),
            ("[egg_info]\ntag_build = -dev\n", "1.0.dev0", None),
            ("[egg_info]\ntag_build = .dev1\n", "1.0.dev0", "[egg_info]\n"),
            ("[egg_info]\ntag_build = b2\ntag_date = false\n", "1.0b2", "[egg_info]\ntag_build = b2\n"),
            ("[egg_info]\ntag_build = -beta.2\n", "1.0b2", None),
            ("[egg_info]\ntag_build = .post1\n", "1.0.post1", None),
            ("[egg_info]\ntag_build = preview1\n", "1.0rc1", None),
            ("[egg_info]\ntag_build = rc1\n", "1.0rc1", None),
            ("[egg_info]\ntag_build = r5\n", "1.0.post5", None),
            ("[egg_info]\n# tag_build = dev\n[sdist]\ntag_build = dev\n", "1.0", None),
            ("[egg_info]\r\ntag_build = dev\r\n", "1.0", "[egg_info]\r\n"),
        ]:
            with self.subTest(tags=tags, version=version):
                self.write("s/setup.cfg", others + tags)
                self.assertEqual(source.drop_tags(self.at("s"), version), left is not None)
                with open(self.at("s/setup.cfg"), encoding="utf-8", newline="") as file:
                    self.assertEqual(file.read(), others + (tags if left is None else left))
        self.assertFalse(source.drop_tags(self.at("absent"), "1.0"))
        table = "[tool.distutils.egg_info]\n"
        for tags, left in [('tag-build = "dev"\n', ""), ("tag_build = '.dev0'\nx = 1\n", "x = 1\n"), ('tag-build = "b2"\n', None)]:
            with self.subTest(tags=tags):
                self.write("t/pyproject.toml", table + tags)
                self.assertEqual(source.drop_tags(self.at("t"), "1.0b2"), left is not None)
                with open(self.at("t/pyproject.toml"), encoding="utf-8") as file:
                    self.assertEqual(file.read(), table + (tags if left is None else left))

    def test_manifest(self):
        self.write("s/MANIFEST.in", "prune tests\n")
        source.include_everything(self.at("s"))
        with open(self.at("s/MANIFEST.in"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "global-include *\nprune tests\n")


class Environments(Case):
    def make(self, *names, allowed=()):
        wheels = {name: self.at(name) for name in names}
        merge.make(self.at("prefix"), wheels, SITE, allowed)

    def test_namespaces_are_merged(self):
        for name in ("one", "two"):
            self.write(f"{name}/{SITE}/space/{name}/__init__.py")
            self.write(f"{name}/{SITE}/space/__init__.py", "same")
            self.write(f"{name}/{SITE}/space/__pycache__/x.pyc", name)
            self.write(f"{name}/headwater/wheel.json", name)
        self.make("one", "two")
        self.assertEqual(sorted(os.listdir(self.at("prefix", SITE, "space"))), ["__init__.py", "__pycache__", "one", "two"])
        self.assertTrue(os.path.islink(self.at("prefix", SITE, "space/one")))
        self.assertEqual(sorted(os.listdir(self.at("prefix"))), ["bin", "lib", "pyvenv.cfg"])

    def test_file_against_folder(self):
        self.write(f"one/{SITE}/x")
        self.write(f"two/{SITE}/x/y")
        with self.assertRaisesRegex(Failure, f"one and two both have {SITE}/x"):
            self.make("one", "two")

    def test_programs(self):
        points = f"{SITE}/x-1.dist-info/entry_points.txt"
        self.write(f"one/{points}", "[console_scripts]\ntool = a.b:c.d\n")
        self.write("one/headwater/scripts/old", "#!/usr/bin/env python3\n1\n")
        self.write("one/headwater/scripts/sh", "#!/bin/sh\n1\n")
        self.make("one")
        python = self.at("prefix/bin/python")
        with open(self.at("prefix/bin/tool"), encoding="utf-8") as file:
            text = file.read()
        self.assertIn(f"#!{python}\n", text)
        self.assertIn("from a.b import c\n", text)
        self.assertIn("sys.exit(c.d())", text)
        for name, line in (("old", f"#!{python}\n"), ("sh", "#!/bin/sh\n")):
            with open(self.at("prefix/bin", name), encoding="utf-8") as file:
                self.assertEqual(file.readline(), line)

    def test_what_is_the_environments_own(self):
        for path in ("pyvenv.cfg", "bin/python3"):
            self.write(f"bad/{path}", "theirs")
            with self.assertRaisesRegex(Failure, f"a package has the file {path}"):
                self.make("bad")
            with open(self.at("bad", path), encoding="utf-8") as file:
                self.assertEqual(file.read(), "theirs")
            shutil.rmtree(self.at("prefix"))
            shutil.rmtree(self.at("bad"))

    def test_two_of_one_program(self):
        for name in ("one", "two"):
            self.write(f"{name}/{SITE}/{name}-1.dist-info/entry_points.txt", "[console_scripts]\ntool = a:b\n")
        with self.assertRaisesRegex(Failure, "one and two both have the program tool"):
            self.make("one", "two")

    def test_hostile_entry_points(self):
        for target in ("a:b; import os", "a", "a:b()", "__import__('os'):x", "a:b\\nimport os"):
            self.write(f"bad/{SITE}/x-1.dist-info/entry_points.txt", f"[console_scripts]\ntool = {target}\n")
            with self.assertRaisesRegex(Failure, "not an object's address"):
                self.make("bad")
            shutil.rmtree(self.at("prefix"))
        self.write(f"bad/{SITE}/x-1.dist-info/entry_points.txt", "[console_scripts]\n../../tool = a:b\n")
        with self.assertRaisesRegex(Failure, "not a program's name"):
            self.make("bad")


if __name__ == "__main__":
    unittest.main()
