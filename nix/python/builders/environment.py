# SPDX-License-Identifier: MIT OR Apache-2.0
"""Makes an environment of wheels, and of projects whose code lies in a working copy."""

import json
import os
import re

import merge
import opened
from common import config, main

EDITABLE = '''"""
Finds the project's own code in the working copy that the shell was entered in.
Started by a .pth file of this environment.
"""

import os
import sys

FOLDERS = {folders}


def add():
    project = os.environ.get("HEADWATER_PROJECT")
    if project:
        for folder in FOLDERS:
            path = os.path.normpath(os.path.join(project, folder))
            if path not in sys.path:
                sys.path.append(path)


add()
'''


def editable_wheel(root, site_packages, name, project):
    """
    The metadata and the programs of a project, without its code, laid out as a
    wheel is: tools that ask for it find it installed (PEP 660).
    """
    stem = re.sub(r"[-_.]+", "_", name).lower()
    info = os.path.join(root, site_packages, f"{stem}-{project['version']}.dist-info")
    os.makedirs(info)

    def write(file, text):
        with open(os.path.join(info, file), "w", encoding="utf-8") as target:
            target.write(text)

    requires = "".join(f"Requires-Dist: {requirement}\n" for requirement in project["requires"])
    write("METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {project['version']}\n{requires}")
    write("INSTALLER", "headwater\n")
    write("direct_url.json", json.dumps({"url": "file:///working-copy", "dir_info": {"editable": True}}))
    groups = project["entryPoints"].items()
    points = [f"[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in sorted(table.items())) for group, table in sorted(groups)]
    write("entry_points.txt", "\n".join(points))
    record = [f"{os.path.basename(info)}/{file},," for file in sorted(os.listdir(info)) + ["RECORD"]]
    write("RECORD", "\n".join(record) + "\n")


def add_finder(prefix, site_packages, projects):
    """The module that puts the working copy's folders on sys.path, and the .pth file that starts it."""
    folders = sorted({folder for project in projects for folder in project["folders"]})
    site = os.path.join(prefix, site_packages)
    with open(os.path.join(site, "_headwater_editable.py"), "w", encoding="utf-8") as file:
        file.write(EDITABLE.format(folders=repr(folders)))
    with open(os.path.join(site, "_headwater_editable.pth"), "w", encoding="utf-8") as file:
        file.write("import _headwater_editable\n")


def run():
    settings = config()
    out = os.environ["out"]
    wheels = dict(settings["wheels"])
    for name, project in settings["editable"].items():
        # Beside the environment, as it is linked to.
        root = os.path.join(out, "headwater/editable", name)
        editable_wheel(root, settings["sitePackages"], name, project)
        wheels[f"{name} (editable)"] = root
    os.makedirs(out, exist_ok=True)
    merge.make(out, wheels, settings["sitePackages"], settings["allowed"])
    if settings["opened"]:
        opened.add_finder(out, settings["sitePackages"], settings["opened"])
    if settings["editable"]:
        add_finder(out, settings["sitePackages"], settings["editable"].values())


if __name__ == "__main__":
    main(os.environ.get("title", "the environment"), run)
