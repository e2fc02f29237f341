# SPDX-License-Identifier: MIT OR Apache-2.0
"""
Libraries that packages open by name while they run (ctypes, cffi), so that no
linker sees them: an environment has a module that finds them in the store.
"""

import os

FINDER = '''"""
Lets ctypes find the libraries that this environment's packages open by name.
Started by a .pth file of this environment.
"""

import importlib.abc
import importlib.util
import os
import sys

FOLDERS = {folders!r}


def path_of(name):
    """The file of a library's own name (libmagic.so.1) in one of the folders, or None."""
    for folder in FOLDERS:
        path = os.path.join(folder, name)
        if os.path.exists(path):
            return path
    return None


def found(name):
    """The file of a library without its affixes (magic), or None."""
    for folder in FOLDERS:
        for file in (f"lib{{name}}.so", f"lib{{name}}.dylib"):
            path = os.path.join(folder, file)
            if os.path.exists(path):
                return path
        for file in sorted(os.listdir(folder)):
            if file.startswith(f"lib{{name}}.so.") or (file.startswith(f"lib{{name}}.") and file.endswith(".dylib")):
                return os.path.join(folder, file)
    return None


def change_ctypes(module):
    opened = module._dlopen

    def dlopen(name, *arguments):
        own = isinstance(name, str) and os.sep not in name and path_of(name)
        return opened(own or name, *arguments)

    module._dlopen = dlopen


def change_util(module):
    search = module.find_library

    def find_library(name):
        return found(name) or search(name)

    module.find_library = find_library


CHANGES = {{"ctypes": change_ctypes, "ctypes.util": change_util}}


class Finder(importlib.abc.MetaPathFinder):
    """Changes a module when it is first imported: what imports none of them pays nothing."""

    def find_spec(self, name, path=None, target=None):
        change = CHANGES.pop(name, None)
        spec = importlib.util.find_spec(name) if change else None
        if spec is None:
            return None
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            change(module)

        spec.loader.exec_module = exec_module
        return spec


for name in list(CHANGES):
    if name in sys.modules:
        CHANGES.pop(name)(sys.modules[name])
sys.meta_path.insert(0, Finder())
'''


def add_finder(prefix, site_packages, folders):
    """The module that finds libraries in these folders, and the .pth file that starts it."""
    site = os.path.join(prefix, site_packages)
    with open(os.path.join(site, "_headwater_libraries.py"), "w", encoding="utf-8") as file:
        file.write(FINDER.format(folders=sorted(folders)))
    # Before the working copy's, which may import anything.
    with open(os.path.join(site, "_headwater_libraries.pth"), "w", encoding="utf-8") as file:
        file.write("import _headwater_libraries\n")
