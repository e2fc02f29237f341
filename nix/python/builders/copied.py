# SPDX-License-Identifier: MIT OR Apache-2.0
"""
A wheel without a backend: modules copied as they are, with the metadata that
the sdist ships. It breaks cycles among build requirements, and takes the
Python half of a backend whose program comes from elsewhere.
"""

import base64
import csv
import hashlib
import io
import os
import re
import zipfile

from common import Failure, first, headers, inside


def pack(root, settings, dist):
    """Packs the listed modules and folders; answers with the wheel's file name."""
    metadata = metadata_of(root, settings)
    fields = headers(metadata)
    name = re.sub(r"[-_.]+", "_", first(fields, "name")).lower()
    stem = f"{name}-{first(fields, 'version')}"
    info = f"{stem}.dist-info"
    files = {}
    for path in settings["copy"]:
        at = inside(root, path)
        if not os.path.exists(at):
            raise Failure(f"its source has no {path} to copy")
        base = os.path.dirname(at)
        for one in walk(at):
            with open(one, "rb") as file:
                files[os.path.relpath(one, base)] = file.read()
    files[f"{info}/METADATA"] = metadata.encode()
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: headwater\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    points = entry_points(root)
    if points:
        files[f"{info}/entry_points.txt"] = points
    record = io.StringIO()
    rows = csv.writer(record, lineterminator="\n")
    for path, content in sorted(files.items()):
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        rows.writerow([path, f"sha256={digest}", len(content)])
    rows.writerow([f"{info}/RECORD", "", ""])
    files[f"{info}/RECORD"] = record.getvalue().encode()
    filename = f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(dist, filename), "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in sorted(files.items()):
            member = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
            member.external_attr = 0o100644 << 16
            archive.writestr(member, content, zipfile.ZIP_DEFLATED)
    return filename


def walk(at):
    """The files at or below a path, without compiled ones."""
    if os.path.isfile(at):
        yield at
    for folder, folders, names in os.walk(at):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        yield from (os.path.join(folder, name) for name in sorted(names))


def metadata_of(root, settings):
    """The sdist's PKG-INFO; the least that there must be for a source without one."""
    at = os.path.join(root, "PKG-INFO")
    if not os.path.exists(at):
        return f"Metadata-Version: 2.1\nName: {settings['name']}\nVersion: {settings['version']}\n"
    with open(at, encoding="utf-8") as file:
        return file.read()


def entry_points(root):
    """The entry points that setuptools leaves in an sdist."""
    for folder, folders, names in os.walk(root):
        folders.sort()
        if folder.endswith(".egg-info") and "entry_points.txt" in names:
            with open(os.path.join(folder, "entry_points.txt"), "rb") as file:
                return file.read()
    return b""
