# SPDX-License-Identifier: MIT OR Apache-2.0
"""
Whether a wheel comes out as when it was compared with the index's: the same
file where that was the very same, else the same files in it.
"""

import base64
import hashlib
import os
import sys
import zipfile

from common import Failure, config, main

UNIX = 3
FOLDER = 0o040000
TYPE = 0o170000


def digest_of(wheel):
    """The digest of what a wheel holds: src/rebuild/compare/digest.rs has the form."""
    lines = []
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            mode = member.external_attr >> 16 if member.create_system == UNIX else 0
            if member.is_dir() or mode & TYPE == FOLDER:
                continue
            content = hashlib.sha256(archive.read(member)).hexdigest()
            lines.append(f"{content} {755 if mode & 0o100 else 644} {member.filename}\n".encode())
    return hashlib.sha256(b"".join(sorted(lines))).hexdigest()


def integrity_of(wheel, algorithm):
    """The hash of the file itself, as SRI."""
    with open(wheel, "rb") as file:
        digest = hashlib.new(algorithm, file.read()).digest()
    return f"{algorithm}-{base64.b64encode(digest).decode()}"


def why_not(wheel, expected):
    """What is not as it was; None where all is."""
    integrity = expected["integrity"]
    if integrity and integrity_of(wheel, integrity.split("-")[0]) == integrity:
        return None
    if digest_of(wheel) != expected["digest"]:
        return "its files are others"
    if integrity:
        # Each version of zlib compresses in its own way: that is no change of the package.
        print("headwater: its files are the same, and packed otherwise than when it was recorded", file=sys.stderr)
    return None


def run():
    settings = config()
    dist, expected = settings["dist"], settings["expected"]
    wheels = [name for name in os.listdir(dist) if name.endswith(".whl")]
    why = why_not(os.path.join(dist, wheels[0]), expected)
    if why is not None:
        name, _, version = os.environ["title"].partition("@")
        raise Failure(
            f"it is not built as headwater.lock has it ({expected['class']}): {why}\n"
            f"To see how it differs from the index's wheel: headwater verify {name}=={version}"
        )
    with open(os.environ["out"], "w", encoding="utf-8"):
        pass


if __name__ == "__main__":
    main(os.environ.get("title", "a package"), run)
