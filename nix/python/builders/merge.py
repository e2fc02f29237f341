# SPDX-License-Identifier: MIT OR Apache-2.0
"""
Environments: wheels that were laid out, merged by links into one prefix.

The prefix has a pyvenv.cfg, by which Python finds itself in it (PEP 405), so
that programs started in it are in it too, whatever PYTHONPATH is.
"""

import os
import re
import sys

from collisions import Collisions
from common import Failure, first, headers, normalize
from wheelfile import programs

SCRIPT = """#!{python}
import sys

from {module} import {first}

if __name__ == "__main__":
    sys.argv[0] = {argv0}
    sys.exit({call}())
"""


def make(prefix, wheels, site_packages, allowed=()):
    """
    Makes an environment of wheels, given as a table of titles and folders. Two
    that bring one file are a Failure, unless it is the same file, nothing that
    Python imports or runs, or its path matches a pattern that is allowed: then
    the first by title counts.
    """
    collisions = Collisions(site_packages, allowed)
    os.makedirs(os.path.join(prefix, site_packages))
    os.makedirs(os.path.join(prefix, "bin"))
    real = {"", "bin"}
    path = site_packages
    while path:
        real.add(path)
        path = os.path.dirname(path)
    merge(prefix, "", sorted(wheels.items()), real, collisions)
    link_interpreter(prefix)
    owners = {}
    # Two may not have one program, either.
    for title, wheel in sorted(wheels.items()):
        for name, write in scripts_of(prefix, wheel, site_packages):
            at = os.path.join(prefix, "bin", name)
            if os.path.lexists(at):
                collisions.check_program(name, owners.get(name, "the interpreter or a data file"), title)
                continue
            write(at)
            owners[name] = title


def merge(prefix, below, sources, real, collisions):
    """Merges the folder `below` of each source: links to whole folders where one source has them."""
    found = {}
    for title, root in sources:
        folder = os.path.join(root, below)
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            # What is for the builders, and the notes of Nix.
            if below == "" and name in ("headwater", "nix-support"):
                continue
            found.setdefault(name, []).append((title, root))
    for name, owners in sorted(found.items()):
        path = os.path.join(below, name)
        at = os.path.join(prefix, path)
        folders = [os.path.isdir(os.path.join(root, path)) for _, root in owners]
        if path in real or (len(owners) > 1 and all(folders)):
            os.makedirs(at, exist_ok=True)
            merge(prefix, path, owners, real, collisions)
            continue
        for title, root in owners[1:]:
            collisions.check(path, owners[0], (title, root))
        os.symlink(os.path.join(owners[0][1], path), at)


def installed(prefix, site_packages):
    """What an environment has: pairs of normalized names and fields of metadata, sorted."""
    site = os.path.join(prefix, site_packages)
    for name in sorted(os.listdir(site)):
        if name.endswith(".dist-info"):
            with open(os.path.join(site, name, "METADATA"), encoding="utf-8") as file:
                fields = headers(file.read())
            yield normalize(first(fields, "name")), fields


def link_interpreter(prefix):
    """bin/python and its kin, and pyvenv.cfg, for the interpreter that runs this."""
    base = os.path.realpath(sys._base_executable)
    major, minor = sys.version_info[:2]
    names = (f"python{major}.{minor}", f"python{major}", "python")
    for path in ("pyvenv.cfg", *(f"bin/{name}" for name in names)):
        # Never written through: it would be a link to what a package brought.
        if os.path.lexists(os.path.join(prefix, path)):
            raise Failure(f"a package has the file {path}, which is the environment's own")
    for name in names:
        os.symlink(base, os.path.join(prefix, "bin", name))
    with open(os.path.join(prefix, "pyvenv.cfg"), "w", encoding="utf-8") as file:
        file.write(f"home = {os.path.dirname(base)}\ninclude-system-site-packages = false\nversion = {sys.version.split()[0]}\n")


def scripts_of(prefix, wheel, site_packages):
    """The programs of a wheel: names, and functions that write each."""
    python = os.path.join(prefix, "bin/python")
    found = {}
    scripts = os.path.join(wheel, "headwater/scripts")
    for name in sorted(os.listdir(scripts)) if os.path.isdir(scripts) else []:
        found[name] = lambda at, source=os.path.join(scripts, name): write_script(at, source, python)
    site = os.path.join(wheel, site_packages)
    for info in sorted(os.listdir(site)) if os.path.isdir(site) else []:
        points = os.path.join(site, info, "entry_points.txt")
        if info.endswith(".dist-info") and os.path.exists(points):
            with open(points, encoding="utf-8") as file:
                for name, target in sorted(programs(file.read()).items()):
                    if not re.fullmatch(r"[^/\s][^/]*", name) or name in (".", ".."):
                        raise Failure(f"{info} has an entry point {name}, which is not a program's name")
                    found[name] = lambda at, target=target: write_program(at, target, python)
    return sorted(found.items())


def write_program(at, target, python):
    """A program that calls an object, `module:attribute.attribute`."""
    name = os.path.basename(at)
    module, _, attribute = (part.strip() for part in target.partition(":"))
    dotted = r"[^\W\d]\w*(\.[^\W\d]\w*)*"
    if not re.fullmatch(dotted, module) or not re.fullmatch(dotted, attribute):
        raise Failure(f"the entry point {name} = {target} is not an object's address")
    text = SCRIPT.format(python=python, module=module, first=attribute.split(".")[0], call=attribute, argv0=repr(at))
    with open(at, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(at, 0o755)


def write_script(at, source, python):
    """A copy of a script; one for Python runs with the environment's."""
    with open(source, "rb") as file:
        line, rest = file.readline(), file.read()
    if re.match(rb"#!\s*(\S*/)?(env\s+)?pythonw?[0-9.]*\b", line):
        line = b"#!" + python.encode() + b"\n"
    with open(at, "wb") as file:
        file.write(line + rest)
    os.chmod(at, 0o755)
