# SPDX-License-Identifier: MIT OR Apache-2.0
"""
Installs the project: links to its own programs in the environment; for a
project that is not built, a copy of its files and programs that run them.
"""

import os

import merge
from common import Failure, config, copy_tree, inside, main
from wheelfile import compile_modules

PROGRAM = """#!{python}
import os
import runpy
import sys

if __name__ == "__main__":
    # What is installed beside the environment comes first, as for `python FILE`.
    sys.path[0] = {folder!r}
    {start}
"""


def built(out, settings):
    """Links to the programs of the project's own wheel, and to its data files."""
    wheel = settings["wheel"]
    for name, _ in merge.scripts_of(out, wheel, settings["sitePackages"]):
        os.symlink(os.path.join(settings["environment"], "bin", name), os.path.join(out, "bin", name))
    share = os.path.join(wheel, "share")
    if os.path.isdir(share):
        os.symlink(share, os.path.join(out, "share"))


def is_python(program):
    """Whether a program of the environment is a script for its Python; wheels bring others, compiled ones too."""
    with open(program, "rb") as file:
        return os.path.basename(file.readline().strip()).startswith(b"python")


def copied(out, settings):
    """A copy of the project, and its programs."""
    folder = os.path.join(out, "share", settings["pname"])
    copy_tree(settings["source"], folder)
    compile_modules(folder)
    for name, program in sorted(settings["programs"].items()):
        at = os.path.join(out, "bin", name)
        # A file of the project is named by where it is installed.
        arguments = [inside(folder, one["file"]) if isinstance(one, dict) else one for one in program.get("arguments", [])]
        given = f"sys.argv[1:1] = {arguments!r}\n    " if arguments else ""
        if "program" in program:
            # One of the environment's, which finds the project where it is installed.
            target = os.path.join(settings["environment"], "bin", program["program"])
            if not os.path.exists(target):
                raise Failure(f"the environment has no program {program['program']}, by which {name} is to start")
            command = [target, *arguments]
            if is_python(target):
                start = f"sys.argv[:1] = {command!r}\n    runpy.run_path({target!r}, run_name=\"__main__\")"
            else:
                start = f"os.execv({target!r}, {command!r} + sys.argv[1:])"
        elif "module" in program:
            start = f"{given}runpy.run_module({program['module']!r}, run_name=\"__main__\", alter_sys=True)"
        else:
            file = inside(folder, program["file"])
            if not os.path.exists(file):
                raise Failure(f"the project has no file {program['file']}, which {name} is to run")
            start = f"{given}sys.argv[0] = {file!r}\n    runpy.run_path({file!r}, run_name=\"__main__\")"
        with open(at, "w", encoding="utf-8") as target:
            target.write(PROGRAM.format(python=os.path.join(settings["environment"], "bin/python"), folder=folder, start=start))
        os.chmod(at, 0o755)


def run():
    settings = config()
    out = os.environ["out"]
    os.makedirs(os.path.join(out, "bin"))
    if settings["wheel"]:
        built(out, settings)
    else:
        copied(out, settings)
    main_program = settings["mainProgram"]
    if main_program and not os.path.exists(os.path.join(out, "bin", main_program)):
        there = ", ".join(sorted(os.listdir(os.path.join(out, "bin")))) or "none"
        raise Failure(f"the project has no program {main_program}; it has {there}")


if __name__ == "__main__":
    main(os.environ.get("pname", "the project"), run)
