# SPDX-License-Identifier: MIT OR Apache-2.0
"""
Builds one wheel from its source: PEP 517, in an environment of exactly its
build requirements. With `mode` "requirements" it only writes, as JSON, what
the backend asks for.
"""

import json
import os
import re
import shutil
import subprocess
import sys

import cargo
import copied
import merge
import source as sources
from common import Failure, config, first, inside, main, normalize, set_times
from requirement import name_of, unmet
from wheelfile import Wheel, lay_out, own_version

# The module of poetry that passes on poetry-core's hooks: the planner puts poetry-core in its place.
STANDS_FOR = {"poetry.masonry.api": "poetry.core.masonry.api"}
LEGACY = {"requires": ["setuptools"], "build-backend": "setuptools.build_meta:__legacy__"}
# What lets setuptools see the files that git tracks as a package's data.
GIT_PLUGINS = {"setuptools-scm", "setuptools-git", "setuptools-git-versioning"}
ABSENT = re.compile(r"ModuleNotFoundError: No module named '([\w.]+)'")
HOOK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "hook.py")


class Build:
    """One package's build: its source at `root`, its environment at `prefix`."""

    def __init__(self, settings):
        self.settings = settings
        self.top = os.path.realpath(os.environ.get("NIX_BUILD_TOP", "."))
        self.prefix = os.path.join(self.top, "environment")
        unpacked = os.path.join(self.top, f"{settings['name']}-{settings['version']}")
        sources.unpack(settings["source"], unpacked)
        self.root = inside(unpacked, settings["subdirectory"] or ".")
        if not os.path.isdir(self.root):
            raise Failure(f"its source has no folder {settings['subdirectory']}")
        sources.patch(self.root, settings["patches"])
        self.is_sdist = os.path.exists(os.path.join(self.root, "PKG-INFO"))
        if not self.is_sdist:
            sources.freeze_versioneer(self.root, settings["version"])
            # The project's own code has the version that it would have for pip.
            if not settings["isOwn"]:
                sources.drop_tags(self.root, settings["version"])
        self.system = build_system(self.root)
        set_times(unpacked, int(os.environ["SOURCE_DATE_EPOCH"]))

    def make_environment(self):
        """Makes the build environment; answers with the versions that are in it."""
        settings = self.settings
        merge.make(self.prefix, settings["requires"], settings["sitePackages"], ["*"])
        have = {name: first(fields, "version") for name, fields in merge.installed(self.prefix, settings["sitePackages"])}
        if not self.is_sdist and have.keys() & GIT_PLUGINS:
            sources.include_everything(self.root)
        return have

    def environment(self):
        """The variables that the backend sees."""
        settings = self.settings
        home = os.path.join(self.top, "home")
        os.makedirs(home, exist_ok=True)
        # Hooks of tools that are written in Python set PYTHONPATH: another environment's.
        left = ("config", "configPath", "passAsFile", "PYTHONPATH", "PYTHONHOME")
        kept = {name: value for name, value in os.environ.items() if name not in left}
        variables = kept | {
            "HOME": home,
            "PATH": os.path.join(self.prefix, "bin") + os.pathsep + os.environ.get("PATH", ""),
            # As in an activated environment, for programs that ask.
            "VIRTUAL_ENV": self.prefix,
            # What asks for a package by itself should say so, not wait for a network.
            "PIP_NO_INDEX": "1",
            "UV_OFFLINE": "1",
        }
        variables |= sources.version_environment(settings["name"], settings["version"])
        if settings["crates"]:
            variables |= cargo.prepare(self.root, self.top, settings["crates"])
        return variables | settings["env"]

    def hook(self, name, *arguments):
        """What a hook of the backend answers; None where it has no such hook."""
        result = os.path.join(self.top, "answer.json")
        paths = [inside(self.root, path) for path in self.system.get("backend-path", [])]
        # -P: nothing is imported from the folder of hook.py.
        command = [os.path.join(self.prefix, "bin/python"), "-P", HOOK, self.system["build-backend"], json.dumps(paths)]
        command += [name, json.dumps(arguments), result]
        code, absent = watched(command, cwd=self.root, env=self.environment())
        if code != 0:
            hint = "; it builds without a network" if name == "build_wheel" else ""
            if absent:
                # Such as a setup.py that imports the project, and with it what the project needs at run time.
                table = f"[packages.{self.settings['name']}] buildRequires = "
                # Not a package of its own: setuptools had it until 82.
                is_resources = absent.split(".")[0] == "pkg_resources"
                adds = '["setuptools<82"] in headwater.toml adds it' if is_resources else "[...] in headwater.toml adds the package that has it"
                hint = f"; the module {absent} is not there while it builds: {table}{adds}"
            raise Failure(f"{name} of its backend {self.system['build-backend']} failed (above){hint}")
        with open(result, encoding="utf-8") as file:
            answer = json.load(file)
        return answer.get("answer")

    def dynamic(self):
        """What the backend asks for beyond what is written."""
        return self.hook("get_requires_for_build_wheel", self.settings["configSettings"]) or []


def watched(command, **options):
    """
    Runs a program, what it says passed on in order; answers with its exit code
    and the module that Python last said it does not have, or None.
    """
    absent = None
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", **options
    ) as running:
        for line in running.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            found = ABSENT.search(line)
            absent = found[1] if found else absent
    return running.returncode, absent


def build_system(root):
    """The build system of PEP 518, with its defaults."""
    table = sources.pyproject(root).get("build-system")
    if table is None:
        if not any(os.path.exists(os.path.join(root, name)) for name in ("setup.py", "setup.cfg", "pyproject.toml")):
            raise Failure("its source has neither pyproject.toml nor setup.py; is it in a subdirectory?")
        return LEGACY
    if "requires" not in table:
        raise Failure("its pyproject.toml has a [build-system] without requires, which PEP 518 does not allow")
    backend = table.get("build-backend", LEGACY["build-backend"])
    return {**table, "build-backend": STANDS_FOR.get(backend, backend)}


def check_requirements(build, asked, have):
    """Everything that is asked for is there, except what is known not to be."""
    known = {normalize(name) for name in build.settings["unmet"]}
    missing = []
    for requirement in asked:
        sentence = unmet(requirement, have)
        if sentence and name_of(requirement) not in known:
            missing.append(sentence)
    if missing:
        raise Failure("its build requirements are not met:\n  " + "\n  ".join(missing))


def requirements(build):
    """The mode that tells what the backend asks for."""
    have = build.make_environment()
    check_requirements(build, build.system["requires"], have)
    answer = {"backend": build.system["build-backend"], "static": build.system["requires"], "dynamic": build.dynamic()}
    with open(os.environ["out"], "w", encoding="utf-8") as file:
        json.dump(answer, file, indent=2, sort_keys=True)
        file.write("\n")


def wheel(build):
    """Builds the wheel and lays it out."""
    settings = build.settings
    dist = os.environ["dist"]
    os.makedirs(dist)
    if settings["copy"]:
        file = copied.pack(build.root, settings, dist)
    else:
        have = build.make_environment()
        check_requirements(build, build.system["requires"], have)
        check_requirements(build, build.dynamic(), have)
        file = build.hook("build_wheel", dist, settings["configSettings"], None)
    built = Wheel(os.path.join(dist, file))
    version = own_version(built, settings)
    built.check(settings["name"], version, settings["upperBounds"])
    lay_out(built, os.environ["out"], settings["sitePackages"])
    # The build environment goes with the build; nothing of it is to stay in the result.
    shutil.rmtree(build.prefix, ignore_errors=True)


def run():
    settings = config()
    if sys.version_info < (3, 11):
        raise Failure("it needs Python 3.11 or newer")
    build = Build(settings)
    if settings["mode"] == "requirements":
        requirements(build)
    else:
        wheel(build)


if __name__ == "__main__":
    main(os.environ.get("title", "a package"), run)
