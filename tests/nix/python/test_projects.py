"""Projects end to end: built by the real Nix in the sandbox, run, worked on in the shell."""

import json
import os
import unittest

from support import APP, PROJECT, ROOT, Case, pyproject, run


class Projects(Case):
    def test_built_project_runs(self):
        self.scene.module("lib", "2.0", files={"PKG-INFO": ""})
        self.scene.write(APP)
        self.scene.convert(project=PROJECT, roots=["lib@2.0"], mainProgram="app")
        out = self.scene.build()
        self.assertEqual(run(f"{out}/bin/app", cwd="/"), "lib 2.0 app 1.0\n")
        with open(self.scene.build('.requirements."app@1.0"'), encoding="utf-8") as file:
            self.assertEqual(json.load(file)["dynamic"], [])
        # Its own programs, not the interpreter's.
        self.assertEqual(os.listdir(f"{out}/bin"), ["app"])
        env = self.scene.build(".env")
        said = run(f"{env}/bin/python", "-c", "import sys, lib; print(sys.prefix, lib.__cached__, len(sys.path))")
        self.assertTrue(said.startswith(f"{env} {env}/lib/python"), said)
        self.scene.build(".checks.requirements")
        done = self.scene.nix("nix", "run", "--impure", "--expr", self.scene.expression(""))
        self.assertEqual(done.stdout, "lib 2.0 app 1.0\n", done.stderr)

    def test_plain_application(self):
        self.scene.module("lib", "2.0", more='[project.scripts]\ntool = "runpy:run_path"\n')
        self.scene.write(
            {
                "main.py": "import sys, lib, helper\nprint(lib.VERSION, helper.NAME, sys.argv[1:])\n",
                "helper.py": "NAME = 'helper'\n",
                "pack/__main__.py": "import helper\nprint('module', helper.NAME)\n",
                "__pycache__/x.pyc": "",
            }
        )
        programs = {"app": {"file": "main.py"}, "mod": {"module": "pack"}}
        self.scene.convert(roots=["lib@2.0"], programs=programs, mainProgram="app")
        out = self.scene.build()
        self.assertEqual(run(f"{out}/bin/app", "x", cwd="/"), "2.0 helper ['x']\n")
        self.assertEqual(run(f"{out}/bin/mod", cwd="/"), "module helper\n")
        # Compiled where nobody could write it later; what the developer's Python left is not there.
        self.assertEqual(sorted(os.listdir(f"{out}/share/app")), ["__pycache__", "helper.py", "main.py", "pack"])
        self.assertNotIn("x.pyc", os.listdir(f"{out}/share/app/__pycache__"))

    def test_application_without_programs(self):
        self.scene.module("lib", "2.0")
        self.scene.write({"notes/x.py": "import lib\n"})
        self.scene.convert(roots=["lib@2.0"], programs={}, mainProgram=None)
        out = self.scene.build()
        self.assertEqual((os.listdir(f"{out}/bin"), os.listdir(f"{out}/share/app")), ([], ["notes"]))
        self.assertEqual(run(f"{self.scene.build('.env')}/bin/python", "-c", "import lib; print(lib.VERSION)"), "2.0\n")

    def test_own_version_moves_on(self):
        self.scene.module("lib", "2.0")
        moved = APP["pyproject.toml"] + 'claim = "1.1"\n'
        part = pyproject("part", "1.0", more='[tool.tiny]\nmodules = []\nclaim = "3.0"\n')
        self.scene.write({**APP, "pyproject.toml": moved, "part/pyproject.toml": part})
        self.scene.packages["part@1.0"] = {"name": "part", "version": "1.0", "source": {"local": "part"}, "requires": ["tiny@1.0"]}
        self.scene.convert(project=PROJECT, roots=["lib@2.0", "part@1.0"], mainProgram="app")
        self.assertEqual(run(f"{self.scene.build()}/bin/app"), "lib 2.0 app 1.1\n")

    def test_members(self):
        """Further projects of the same packages: built ones and copied ones, whatever the root is."""
        self.scene.module("lib", "2.0")
        self.scene.module("other", "3.0")
        part = pyproject("part", "1.5", more='[project.scripts]\npart = "part:main"\n[tool.tiny]\nmodules = ["part.py"]\n')
        self.scene.write(
            {
                **APP,
                "parts/part/pyproject.toml": part,
                "parts/part/part.py": "import importlib.util as u, other\ndef main():\n    print('part', other.VERSION, u.find_spec('lib'))\n",
                "plain.py": "import other\nprint('plain', other.VERSION)\n",
            }
        )
        project = {"name": "part", "version": "1.5", "requires": ["tiny@1.0"], "subdirectory": "parts/part"}
        members = {
            "part": {"pname": "part", "version": "1.5", "roots": ["other@3.0"], "project": project, "mainProgram": "part"},
            "plain": {"pname": "plain", "roots": ["other@3.0"], "programs": {"plain": {"file": "plain.py"}}, "mainProgram": "plain"},
            "same": {"description": "As the root is."},
        }
        editable = {"part": {"version": "1.5", "folders": ["parts/part"], "entryPoints": {"console_scripts": {"part": "part:main"}}}}
        members["part"]["editable"] = editable
        self.scene.convert(project=PROJECT, roots=["lib@2.0"], mainProgram="app", members=members)
        self.assertEqual(run(f"{self.scene.build()}/bin/app"), "lib 2.0 app 1.0\n")
        self.assertEqual(run(f"{self.scene.build('.members.part')}/bin/part"), "part 3.0 None\n")
        self.assertEqual(run(f"{self.scene.build('.members.plain')}/bin/plain"), "plain 3.0\n")
        self.assertEqual(self.scene.evaluate(".members.same.outPath"), self.scene.evaluate(".outPath"))
        # Each has all that a project has, and the packages are the same.
        self.scene.build(".members.part.checks.requirements")
        self.assertEqual(self.scene.evaluate(".members.part.name"), "part-1.5")
        self.assertEqual(self.scene.evaluate('.wheels."other@3.0".outPath'), self.scene.evaluate('.members.part.wheels."other@3.0".outPath'))
        self.assertEqual(self.scene.evaluate(".members.part.members"), {})
        command = ["nix", "develop", "--impure", "--expr", self.scene.expression(".members.part.devShell"), "-c", "part"]
        done = self.scene.nix(*command, cwd=self.scene.project)
        self.assertEqual(done.stdout, "part 3.0 None\n", done.stderr)

    def test_member_of_a_root_that_is_nothing(self):
        """A workspace whose root depends on no member."""
        self.scene.module("other", "3.0")
        self.scene.write({"run.py": "import other\nprint(other.VERSION)\n"})
        member = {"pname": "member", "roots": ["other@3.0"], "programs": {"go": {"file": "run.py"}}}
        self.scene.write({"nothing.py": ""})
        root = {"pname": "root", "programs": {"root": {"file": "nothing.py"}}, "mainProgram": "root"}
        self.scene.convert(**root, members={"member": member, "broken": {"roots": ["gone@1"]}}, missing={"gone@1": "it is not there"})
        self.assertEqual(os.listdir(f"{self.scene.build()}/bin"), ["root"])
        self.assertEqual(run(f"{self.scene.build('.members.member')}/bin/go"), "3.0\n")
        # What one of them cannot have stops no other.
        self.assertIn("root cannot be built:\n  gone@1: it is not there", self.scene.failure(".members.broken"))

    def test_shell_uses_the_working_copy(self):
        self.scene.module("lib", "2.0")
        self.scene.module("dev", "3.0")
        self.scene.write(APP)
        editable = {"app": {"version": "1.0", "folders": ["."], "entryPoints": {"console_scripts": {"app": "app:main"}}}}
        self.scene.convert(project=PROJECT, roots=["lib@2.0"], devRoots=["dev@3.0"], editable=editable)
        # A change that was not built.
        self.scene.write({"app.py": "import dev, lib\ndef main():\n    print('edited', dev.VERSION, lib.VERSION)\n"})
        before = sorted(os.listdir(self.scene.project))
        os.makedirs(f"{self.scene.project}/below")
        command = ["nix", "develop", "--impure", "--expr", self.scene.expression(".devShell"), "-c", "app"]
        os.environ["PYTHONPATH"] = "/nowhere"
        self.addCleanup(os.environ.pop, "PYTHONPATH")
        done = self.scene.nix(*command, cwd=f"{self.scene.project}/below")
        self.assertEqual(done.stdout, "edited 3.0 2.0\n", done.stderr)
        os.rmdir(f"{self.scene.project}/below")
        self.assertEqual(sorted(name for name in os.listdir(self.scene.project) if name != "__pycache__"), before)


    def test_flake(self):
        """Everything that a user types, in a git repository and without --impure."""
        self.scene.module("lib", "2.0")
        self.scene.write(APP)
        self.scene.write(
            {
                "flake.nix": """
                {
                  inputs.nixpkgs.url = "nixpkgs";
                  outputs = { self, nixpkgs }: let
                    pkgs = nixpkgs.legacyPackages.x86_64-linux;
                    app = pkgs.callPackage ./nix/headwater { };
                  in {
                    packages.x86_64-linux.default = app;
                    devShells.x86_64-linux.default = app.devShell;
                    checks.x86_64-linux = app.checks;
                  };
                }
                """
            }
        )
        editable = {"app": {"version": "1.0", "entryPoints": {"console_scripts": {"app": "app:main"}}}}
        self.scene.convert(project=PROJECT, roots=["lib@2.0"], mainProgram="app", editable=editable)
        git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-C", self.scene.project]
        for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "one"]):
            run(*git, *command)
        nixpkgs = ["--no-write-lock-file", "--override-input", "nixpkgs", f"path:{ROOT}/tests/hostpkgs"]
        for command, after, wanted in (
            (["build", "--no-link"], [], ""),
            (["run"], [], "lib 2.0 app 1.0\n"),
            (["develop"], ["-c", "app"], "lib 2.0 app 1.0\n"),
            (["flake", "check"], [], ""),
        ):
            done = self.scene.nix("nix", *command, *nixpkgs, *after, cwd=self.scene.project)
            self.assertEqual((done.returncode, done.stdout), (0, wanted), done.stderr)


if __name__ == "__main__":
    unittest.main()
