"""Wheels that others built: small ones with code of this machine, installed by the real Nix, run and looked into."""

import json
import os
import platform
import re
import unittest

from support import Case, pyproject, run, wheel

MACHINE = platform.machine()
TAGS = f"cp311-cp311-manylinux_2_17_{MACHINE}.manylinux2014_{MACHINE}"
EXTENSION = r"""
#include <Python.h>
int answer(void);
static struct PyModuleDef def = { PyModuleDef_HEAD_INIT, "fast", 0, -1, 0 };
PyMODINIT_FUNC PyInit_fast(void) { PyObject *m = PyModule_Create(&def); PyModule_AddIntConstant(m, "ANSWER", answer()); return m; }
"""
PROGRAM = "#include <stdio.h>\nint answer(void);\nint main(void) { printf(\"%d\\n\", answer()); return 0; }\n"


class Ready(Case):
    def setUp(self):
        super().setUp()
        self.scene.pkgs = "{ config.hostLibraries = false; }"

    def compiled(self, name, source, *options):
        """The bytes of what the C compiler makes."""
        at = os.path.join(self.scene.top, name)
        with open(f"{at}.c", "w", encoding="utf-8") as file:
            file.write(source)
        run("gcc", f"{at}.c", "-o", at, "-I/usr/include/python3.11", *options)
        with open(at, "rb") as file:
            return file.read()

    def answer(self, number=42):
        """A library with a function, of this run alone."""
        source = f"int answer(void) {{ return {number}; }} const char *run = \"{self.scene.top}\";\n"
        return self.compiled("libanswer.so.1", source, "-shared", "-fPIC", "-Wl,-soname,libanswer.so.1")

    def extension(self, *more):
        return self.compiled("fast.so", EXTENSION, "-shared", "-fPIC", f"-L{self.scene.top}", "-l:libanswer.so.1", *more)

    def ask(self, env):
        return run(f"{env}/bin/python", "-c", "import fast; print(fast.ANSWER)", env={})

    def in_store(self, library):
        """The package set has this library, and nothing else has it: the overlay."""
        at = os.path.join(self.scene.top, "answer/lib")
        os.makedirs(at)
        with open(f"{at}/libanswer.so.1", "wb") as file:
            file.write(library)
        item = run("nix-store", "--add", os.path.dirname(at)).strip()
        return f'(final: prev: {{ libs.answer = {{ outPath = builtins.storePath {item}; type = "derivation"; name = "answer"; }}; }})'

    def test_library_in_the_wheel(self):
        library = self.answer()
        files = {"fast.so": self.extension(), "fast.libs/libanswer.so.1": library, "other/__init__.py": b""}
        self.scene.ready("fast", "1.0", TAGS, files)
        self.scene.convert(roots=["fast@1.0"])
        env = self.scene.build(".env")
        self.assertEqual(self.ask(env), "42\n")
        wheel = self.scene.build('.wheels."fast@1.0"')
        site = f"{wheel}/lib/python3.11/site-packages"
        self.assertIn(f"[{site}/fast.libs]", run("readelf", "-d", f"{site}/fast.so"))
        # RECORD is of what is there, and what the index had stays whole.
        with open(f"{site}/fast-1.0.dist-info/RECORD", encoding="utf-8") as file:
            size = re.search(r"^fast\.so,sha256=[^,]+,(\d+)$", file.read(), re.M)[1]
        self.assertEqual(int(size), os.path.getsize(f"{site}/fast.so"))
        self.assertEqual(os.listdir(self.scene.build('.wheels."fast@1.0".dist')), [f"fast-1.0-{TAGS}.whl"])

    def test_library_in_the_store(self):
        library = self.answer(7)
        self.scene.ready("fast", "1.0", TAGS, {"fast.so": self.extension()}, buildInputs=["libs.answer"])
        self.scene.pkgs = f"{{ config.hostLibraries = false; overlays = [ {self.in_store(library)} ]; }}"
        self.scene.convert(roots=["fast@1.0"])
        env = self.scene.build(".env")
        self.assertEqual(self.ask(env), "7\n")
        found = re.search(r"libanswer\.so\.1 => (\S+)", run("ldd", f"{env}/lib/python3.11/site-packages/fast.so"))
        self.assertRegex(found[1], r"^/nix/store/\w+-answer/lib/libanswer\.so\.1$")

    def test_library_of_the_system(self):
        """What the policy lets wheels take from the system is in the store, too."""
        self.answer()
        extension = self.compiled("fast.so", EXTENSION.replace("answer()", "1"), "-shared", "-fPIC", "-Wl,--no-as-needed", "-l:libz.so.1")
        self.scene.ready("fast", "1.0", TAGS, {"fast.so": extension})
        self.scene.convert(roots=["fast@1.0"])
        env = self.scene.build(".env")
        self.assertEqual(self.ask(env), "1\n")
        found = re.search(r"libz\.so\.1 => (\S+)", run("ldd", f"{env}/lib/python3.11/site-packages/fast.so"))
        self.assertRegex(found[1], "^/nix/store/.*-manylinux2014-lib")

    def test_library_that_nobody_has(self):
        self.answer()
        files = {"fast.so": self.extension(), "sub/faster.so": self.extension()}
        self.scene.ready("fast", "1.0", TAGS, files)
        self.scene.convert(roots=["fast@1.0"])
        said = self.scene.failure(".env")
        self.assertIn(
            "headwater: fast 1.0: its wheel links to libraries that nobody has here:\n"
            "  libanswer.so.1 (for lib/python3.11/site-packages/fast.so and 1 more)\n"
            "  name the packages of nixpkgs that have them in headwater.toml: [packages.fast] buildInputs = [...]",
            re.sub(r"\n *name", "\n  name", said),
        )
        self.assertNotIn("Traceback", said)
        # What only some machines have, such as a driver's, is asked for at run time.
        self.scene.packages["fast@1.0"]["env"] = {"autoPatchelfIgnoreMissingDeps": "libanswer.so.*"}
        self.scene.convert(roots=["fast@1.0"])
        self.scene.build(".env")

    def test_program(self):
        library = self.answer(9)
        program = self.compiled("tool", PROGRAM, f"-L{self.scene.top}", "-l:libanswer.so.1", "-Wl,--dynamic-linker=/lib/ld-elsewhere.so")
        files = {"tool-1.0.data/scripts/tool": program, "tool.libs/libanswer.so.1": library, "tool-1.0.data/scripts/old": b"#!python\nprint('old')\n"}
        self.scene.ready("tool", "1.0", f"py3-none-manylinux_2_17_{MACHINE}", files)
        self.scene.convert(roots=["tool@1.0"], programs={"mine": {"program": "tool"}})
        env = self.scene.build(".env")
        self.assertEqual(run(f"{env}/bin/tool", env={}), "9\n")
        self.assertEqual(run(f"{env}/bin/old", env={}), "old\n")
        # The project may start it as its own.
        self.assertEqual(run(f"{self.scene.build()}/bin/mine", env={}), "9\n")

    def test_pure(self):
        """No compiler, no patching."""
        self.scene.ready("plain", "1.0", "py3-none-any", {"plain.py": b"VALUE = 1\n"})
        self.scene.convert(roots=["plain@1.0"])
        env = self.scene.build(".env")
        self.assertEqual(run(f"{env}/bin/python", "-c", "import plain; print(plain.VALUE)"), "1\n")
        script = self.scene.evaluate('.wheels."plain@1.0".buildCommand')
        self.assertNotIn("autoPatchelf", script)
        self.assertEqual(self.scene.evaluate('.wheels."plain@1.0".stdenv.name'), "stdenv-no-cc")

    def test_mac_is_not_patched(self):
        tags = "cp311-cp311-macosx_11_0_arm64"
        self.scene.ready("fast", "1.0", tags, {"fast.so": b"", "note": self.scene.top.encode()})
        self.scene.convert(roots=["fast@1.0"])
        self.scene.pkgs = '{ system = "aarch64-darwin"; }'
        self.assertNotIn("autoPatchelf", self.scene.evaluate('.wheels."fast@1.0".buildCommand'))
        self.assertEqual(self.scene.evaluate('.wheels."fast@1.0".meta.sourceProvenance'), [{"isSource": False, "shortName": "binaryNativeCode"}])

    def test_musl(self):
        """Nothing but musl is the system's; neither glibc's wheels nor its packages are looked at."""
        for policy in (f"manylinux_2_17_{MACHINE}", f"musllinux_1_1_{MACHINE}", f"musllinux_1_2_{MACHINE}"):
            self.scene.ready("many", "1.0", f"py3-none-{policy}", {"many.py": b""})
        self.scene.convert(roots=["many@1.0"])
        for libc, wanted in (("1.2.5", "musllinux_1_2"), ("1.1.24", "musllinux_1_1")):
            overlay = "(final: prev: { pythonManylinuxPackages = throw \"of glibc\"; })"
            self.scene.pkgs = f'{{ config.hostPlatform.isMusl = true; config.libcVersion = "{libc}"; overlays = [ {overlay} ]; }}'
            config = json.loads(self.scene.evaluate('.wheels."many@1.0".config'))
            self.assertEqual(config["file"], f"many-1.0-py3-none-{wanted}_{MACHINE}.whl")
            self.scene.evaluate('.wheels."many@1.0".drvPath')

    def test_libc(self):
        """The newest that the C library has; an older package set takes an older one."""
        for number, policy in ((1, "manylinux_2_5"), (2, "manylinux_2_34"), (3, "manylinux_2_99")):
            files = {"many.py": f"VALUE = {number}\n".encode()}
            self.scene.ready("many", "1.0", f"py3-none-{policy}_{MACHINE}", files)
        self.scene.convert(roots=["many@1.0"])
        for libc, wanted in (("2.36", "2\n"), ("2.20", "1\n")):
            self.scene.pkgs = f'{{ config.libcVersion = "{libc}"; }}'
            env = self.scene.build(".env")
            self.assertEqual(run(f"{env}/bin/python", "-c", "import many; print(many.VALUE)"), wanted)

    def test_to_build_with(self):
        """A wheel with code of this machine among the requirements of a build, and of its question."""
        library = self.answer(5)
        self.scene.ready("fast", "1.0", TAGS, {"fast.so": self.extension(), "fast.libs/libanswer.so.1": library})
        text = pyproject("lib", "1.0", ["tiny", "fast"], more='[tool.tiny]\nmodules = ["lib.py"]\nrun = ["import fast; assert fast.ANSWER == 5"]\n')
        files = {"lib.py": "VERSION = 'of fast'\n", "pyproject.toml": text}
        self.scene.add("lib", "1.0", files, requires=["tiny@1.0", "fast@1.0"])
        self.scene.convert(roots=["lib@1.0"])
        with open(self.scene.build('.requirements."lib@1.0"'), encoding="utf-8") as file:
            self.assertEqual(json.load(file)["static"], ["tiny", "fast"])
        self.assertEqual(run(f"{self.scene.build('.env')}/bin/python", "-c", "import lib; print(lib.VERSION)"), "of fast\n")
        # A wheel asks for nothing.
        self.assertEqual(self.scene.evaluate(".requirements", "builtins.attrNames"), ["lib@1.0", "tiny@1.0"])

    def test_of_the_project(self):
        library = self.answer(3)
        files = {"fast.so": self.extension(), "fast.libs/libanswer.so.1": library}
        dist = f"{self.scene.project}/dist"
        os.makedirs(dist)
        for at, tags in (("fast@1.0", TAGS), ("fast@1.0+late", f"cp311-cp311-manylinux_2_99_{MACHINE}")):
            local = os.path.relpath(wheel(dist, "fast", "1.0", tags, files), self.scene.project)
            self.scene.packages[at] = {"name": "fast", "version": "1.0", "source": {"local": local}}
        self.scene.convert(roots=["fast@1.0"])
        self.assertEqual(self.ask(self.scene.build(".env")), "3\n")
        self.scene.convert(roots=["fast@1.0+late"])
        said = self.scene.failure(".env")
        self.assertIn(f"headwater: fast 1.0: fast-1.0-cp311-cp311-manylinux_2_99_{MACHINE}.whl is not for this interpreter, cpython 3.11", said)


class Provenance(Case):
    def setUp(self):
        super().setUp()
        self.scene.ready("plain", "1.0", "py3-none-any", {"plain.py": b""})
        self.scene.ready("fast", "1.0", TAGS, {"fast.py": b""})
        self.scene.module("lib", "2.0")

    def types(self, attribute):
        return [one["shortName"] for one in self.scene.evaluate(f"{attribute}.meta.sourceProvenance")]

    def test_types(self):
        self.scene.convert(roots=["lib@2.0", "plain@1.0", "fast@1.0"])
        self.assertEqual(self.types('.wheels."plain@1.0"'), ["binaryBytecode"])
        self.assertEqual(self.types('.wheels."fast@1.0"'), ["binaryNativeCode"])
        self.assertEqual(self.types(""), ["fromSource", "binaryNativeCode", "binaryBytecode"])
        # Of what the environment has, not of all that was pinned.
        self.scene.convert(roots=["lib@2.0", "plain@1.0"])
        self.assertEqual(self.types(""), ["fromSource", "binaryBytecode"])
        self.scene.convert(roots=["lib@2.0"])
        self.assertEqual(self.types(""), ["fromSource"])

    def test_policy(self):
        """What is refused is named; what is allowed by name is not."""
        self.scene.pkgs = "{ config.allowNonSource = false; }"
        self.scene.convert(roots=["lib@2.0"])
        self.scene.evaluate(".outPath")
        self.scene.convert(roots=["lib@2.0", "plain@1.0", "fast@1.0"])
        self.assertIn("Package ‘fast-1.0’ contains elements not built from source (‘binaryNativeCode’)", self.scene.failure())
        predicate = 'pkg: builtins.elem (pkg.pname or "") [ "app" "plain" "fast" ]'
        self.scene.pkgs = f"{{ config = {{ allowNonSource = false; allowNonSourcePredicate = {predicate}; }}; }}"
        self.scene.evaluate(".outPath")


if __name__ == "__main__":
    unittest.main()
