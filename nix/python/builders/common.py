# SPDX-License-Identifier: MIT OR Apache-2.0
"""What the builders share: their configuration, their way to fail, walking and copying.

Only Python's own library is used, of Python 3.11 or newer (tomllib).
"""

import json
import os
import re
import shutil
import sys


class Failure(Exception):
    """What keeps a package from being built, in words for its reader."""


def config():
    """The derivation's configuration; Nix passes it as a file, as it may be long."""
    with open(os.environ["configPath"], encoding="utf-8") as file:
        return json.load(file)


def main(title, run):
    """Runs a builder; a Failure is told without a traceback."""
    os.umask(0o022)
    try:
        run()
    except Failure as failure:
        print(f"headwater: {title}: {failure}", file=sys.stderr)
        sys.exit(1)


def normalize(name):
    """A project's name, normalized as in PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def inside(base, path):
    """The path joined to its base; Failure where it leads out of it."""
    joined = os.path.normpath(os.path.join(base, path))
    if os.path.isabs(path) or os.path.commonpath([base, joined]) != base:
        raise Failure(f"the path {path} leads out of its folder")
    return joined


def copy_tree(source, target):
    """A writable copy with links as they are; owners and times do not count."""
    shutil.copytree(source, target, symlinks=True, copy_function=shutil.copyfile, dirs_exist_ok=True)
    for folder, _, files in os.walk(source):
        copied = os.path.join(target, os.path.relpath(folder, source))
        os.chmod(copied, 0o755)
        for name in files:
            at = os.path.join(folder, name)
            if not os.path.islink(at):
                os.chmod(os.path.join(copied, name), 0o755 if os.stat(at).st_mode & 0o100 else 0o644)


def set_times(root, seconds):
    """Gives every file and folder one time: no zip file can hold the store's own, 1970."""
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            os.utime(os.path.join(folder, name), (seconds, seconds), follow_symlinks=False)


def headers(text):
    """The header fields of a metadata file as (name in lower case, value) pairs."""
    fields = []
    for line in text.splitlines():
        if not line.strip():
            break
        if line[0] in " \t":
            continue
        name, _, value = line.partition(":")
        fields.append((name.strip().lower(), value.strip()))
    return fields


def first(fields, name, default=""):
    """The first value of a header field."""
    return next((value for field, value in fields if field == name), default)
