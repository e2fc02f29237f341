"""Input that cannot be built: each is told in words, with the name of the package."""

import unittest

from support import APP, PROJECT, Case, pyproject, run


class Failures(Case):
    def fails(self, attribute=".env"):
        said = self.scene.failure(attribute)
        self.assertNotIn("Traceback", said.split("headwater:")[-1])
        return said

    def test_two_versions(self):
        self.scene.module("lib", "1.0")
        self.scene.module("lib", "2.0")
        self.scene.convert(roots=["lib@1.0", "lib@2.0"])
        self.assertIn("app cannot be built:\n  lib@1.0 and lib@2.0 cannot be in one environment", self.fails())

    def test_collision(self):
        both = '[tool.tiny]\nmodules = ["{}.py", "tests.py"]\n'
        for name in ("one", "two"):
            text = pyproject(name, "1.0", more=both.format(name))
            self.scene.add(name, "1.0", {"pyproject.toml": text, f"{name}.py": "", "tests.py": f"OF = '{name}'\n"})
        self.scene.convert(roots=["one@1.0", "two@1.0"])
        said = self.fails()
        self.assertIn("one@1.0 and two@1.0 both have lib/python3", said)
        self.assertIn('headwater.toml: [python] collisions = ["lib/python3.*/site-packages/tests.py"]', said)
        self.scene.convert(roots=["one@1.0", "two@1.0"], collisions=["*/tests.py"])
        self.assertEqual(run(f"{self.scene.build('.env')}/bin/python", "-c", "import tests; print(tests.OF)"), "one\n")

    def test_network_in_a_build(self):
        line = "import urllib.request; urllib.request.urlopen('http://192.0.2.1/')"
        text = pyproject("greedy", "1.0", more=f'[tool.tiny]\nmodules = []\nrun = ["{line}"]\n')
        self.scene.add("greedy", "1.0", {"pyproject.toml": text})
        self.scene.convert(roots=["greedy@1.0"])
        said = self.fails()
        self.assertIn("greedy 1.0: build_wheel of its backend tiny failed (above); it builds without a network", said)
        self.assertIn("Network is unreachable", said)

    def test_module_that_is_not_there_while_it_builds(self):
        text = pyproject("eager", "1.0", more='[tool.tiny]\nmodules = []\nrun = ["import nowhere.deep"]\n')
        self.scene.add("eager", "1.0", {"pyproject.toml": text})
        self.scene.convert(roots=["eager@1.0"])
        said = self.fails()
        self.assertIn("the module nowhere is not there while it builds: [packages.eager] buildRequires = [...]", said)

    def test_pkg_resources_that_is_not_there_while_it_builds(self):
        text = pyproject("old", "1.0", more='[tool.tiny]\nmodules = []\nrun = ["import pkg_resources"]\n')
        self.scene.add("old", "1.0", {"pyproject.toml": text})
        self.scene.convert(roots=["old@1.0"])
        self.assertIn('[packages.old] buildRequires = ["setuptools<82"] in headwater.toml adds it', self.fails())

    def test_wrong_version_and_wrong_name(self):
        text = pyproject("lib", "1.0", more='[tool.tiny]\nmodules = []\nclaim = "1.1"\n')
        self.scene.add("lib", "1.0", {"pyproject.toml": text})
        self.scene.add("alias", "1.0", {"pyproject.toml": pyproject("lib", "1.0")})
        self.scene.convert()
        self.assertIn("the wheel that was built has version 1.1, not 1.0", self.fails('.wheels."lib@1.0"'))
        self.assertIn("the wheel that was built is of lib, not of alias", self.fails('.wheels."alias@1.0"'))

    def test_no_build_system(self):
        self.scene.add("bare", "1.0", {"README": ""})
        self.scene.add("half", "1.0", {"pyproject.toml": '[build-system]\nbuild-backend = "tiny"\n'})
        self.scene.add("torn", "1.0", {"pyproject.toml": "[build-system\n"})
        self.scene.convert()
        self.assertIn("bare 1.0: its source has neither pyproject.toml nor setup.py", self.fails('.wheels."bare@1.0"'))
        self.assertIn("half 1.0: its pyproject.toml has a [build-system] without requires", self.fails('.wheels."half@1.0"'))
        self.assertIn("torn 1.0: its pyproject.toml cannot be read", self.fails('.wheels."torn@1.0"'))

    def test_missing_and_unsupported(self):
        self.scene.module("lib", "1.0", requiresPython=">=4")
        self.scene.convert(roots=["lib@1.0", "gone@1.0"], missing={"gone@1.0": "no sdist, and no wheel for this platform"}, requiresPython="<3")
        said = self.fails()
        for line in (
            "gone@1.0: no sdist, and no wheel for this platform",
            "lib@1.0 asks for Python >=4, and this is 3.11.2",
            "app asks for Python <3, and this is 3.11.2",
            "no other Python from 3.11 to 3.15 is one that all packages take",
        ):
            self.assertIn(line, said)

    def test_interpreter_that_packages_want(self):
        self.scene.module("lib", "1.0", requiresPython=">=3.12")
        self.scene.module("old", "1.0", requiresPython=">=3.8,<3.11")
        self.scene.convert(roots=["lib@1.0"])
        said = self.fails()
        self.assertIn("app cannot be built:\n  lib@1.0 asks for Python >=3.12, and this is 3.11.2\n", said)
        self.assertIn('set [python] interpreter = "python312" in headwater.toml', said)
        # Before anything is built, and of an upper bound alike.
        self.assertNotIn("building", said)
        self.scene.convert(roots=["old@1.0"])
        self.assertIn("old@1.0 asks for Python >=3.8,<3.11, and this is 3.11.2", self.fails())
        # Unless the lockfile's tool does not look at it: what the wheel says does not count either then.
        self.scene.convert(roots=["old@1.0"], pythonUpperBounds=False)
        done = self.scene.nix("nix-build", "--no-out-link", "-E", self.scene.expression(".env"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("headwater: old@1.0 asks for Python >=3.8,<3.11, and this is 3.11.2; the lockfile's tool does not look", done.stderr)
        # The project's own is looked at by all.
        self.scene.convert(roots=["old@1.0"], pythonUpperBounds=False, requiresPython="<3.11")
        self.assertIn("app asks for Python <3.11, and this is 3.11.2", self.fails())

    def test_upper_bound_that_only_the_wheel_has(self):
        """What the index did not say is known when the wheel is there."""
        metadata = b"Metadata-Version: 2.1\nName: old\nVersion: 1.0\nRequires-Python: <3.11\n"
        self.scene.ready("old", "1.0", "py3-none-any", {"old.py": b"", "old-1.0.dist-info/METADATA": metadata})
        self.scene.convert(roots=["old@1.0"])
        self.assertIn("old 1.0: it asks for Python <3.11, and this is 3.11", self.fails())
        self.scene.convert(roots=["old@1.0"], pythonUpperBounds=False)
        self.scene.build(".env")

    def test_inconsistent(self):
        self.scene.module("lib", "1.0", more='dependencies = ["absent>=1", "skipped; os_name == \'nt\'"]\n')
        self.scene.convert(roots=["lib@1.0"])
        self.assertIn("the environment is not consistent:\n  lib: absent>=1 is not there", self.fails(".checks.requirements"))
        self.scene.convert(roots=["lib@1.0"], overridden=["absent"])
        self.scene.build(".checks.requirements")

    def test_inconsistent_extra(self):
        """An extra that a root asks for, and one that a package asks for."""
        self.scene.module("lib", "1.0", more='dependencies = ["more; extra == \'x\'", "mid[y]; extra == \'z\'"]\n')
        self.scene.module("mid", "1.0", more='dependencies = ["far; extra == \'y\'"]\n')
        self.scene.convert(roots=["lib@1.0", "mid@1.0"])
        self.scene.build(".checks.requirements")
        self.scene.convert(roots=[{"package": "lib@1.0", "extras": ["x", "z"]}, "mid@1.0"])
        said = self.fails(".checks.requirements")
        self.assertIn("lib[x]: more; extra == 'x' is not there", said)
        self.assertIn("mid[y]: far; extra == 'y' is not there", said)

    def test_unknown_build_requirement(self):
        self.scene.module("lib", "1.0", requires=["absent@1"])
        self.scene.convert(roots=["lib@1.0"])
        self.assertIn("there is no package absent@1, which a build asks for", self.fails())

    def test_no_main_program(self):
        self.scene.write(APP)
        self.scene.module("lib", "2.0")
        self.scene.convert(project=PROJECT, roots=["lib@2.0"], mainProgram="other")
        self.assertIn("app: the project has no program other; it has app", self.fails(""))


if __name__ == "__main__":
    unittest.main()
