# SPDX-License-Identifier: MIT OR Apache-2.0
"""
Crates that lie in a git repository: those that a Cargo.lock wants, each in a
folder of its own with a manifest that stands alone, as `cargo vendor` lays
them out.
"""

import json
import os
import shutil
import urllib.parse

import manifest
import toml
from common import Failure, inside

REFERENCES = {"branch": "branch", "ref": "branch", "tag": "tag", "rev": "rev"}


def replacement(source, name):
    """What cargo's configuration says of a repository (`git+URL?rev=...`): that source `name` stands in for it."""
    url = urllib.parse.urlsplit(source.removeprefix("git+"))
    said = {"git": url._replace(query="").geturl()}
    for key, value in urllib.parse.parse_qsl(url.query, keep_blank_values=True):
        if key in REFERENCES:
            # Of several the last counts.
            said = {"git": said["git"], REFERENCES[key]: value}
    return said | {"replace-with": name}


def wanted(lock, source):
    """Names and versions of the crates that a Cargo.lock, as a value, has from a repository."""
    packages = lock.get("package", []) + lock.get("patch", {}).get("unused", [])
    return sorted({(one["name"], one["version"]) for one in packages if one.get("source", "").split("#")[0] == source})


def lay_out(checkout, lock, source, vendor):
    """Lays the crates that are wanted of a checkout into a folder."""
    top = os.path.realpath(checkout)
    crates = wanted(lock, source)
    found = packages(top, {name for name, _ in crates})
    for name, version in crates:
        if (name, version) not in found:
            raise Failure(f"its Cargo.lock wants {name} {version} of {source}, and no Cargo.toml there is of that")
        folder, said = found[name, version]
        target = inside(vendor, f"{name}-{version}")
        copy(folder, target, top)
        try:
            alone = manifest.alone(top, folder, said)
        except Failure as failure:
            raise Failure(f"the crate {name} {version} of {source}: {failure}") from None
        if alone != said:
            with open(os.path.join(target, "Cargo.toml"), "w", encoding="utf-8") as file:
                file.write(toml.dumps(alone))
        with open(os.path.join(target, ".cargo-checksum.json"), "w", encoding="utf-8") as file:
            # No digests: the checkout's own was checked when it was fetched.
            json.dump({"files": {}, "package": None}, file)


def packages(top, names):
    """Folder and manifest of the packages of these names, by name and version: of several, the one nearest to the top."""
    found = {}
    for folder in folders(top):
        said = manifest.read(folder)
        name = manifest.table(said or {}, "package").get("name")
        if isinstance(name, str) and name in names:
            found.setdefault((name, manifest.version(top, folder, said)), (folder, said))
    return found


def folders(top):
    """All folders with a Cargo.toml; what is hidden comes last, as cargo goes there only where a path leads there."""
    found = []
    for folder, inner, files in os.walk(top):
        inner[:] = [name for name in inner if name != ".git"]
        if "Cargo.toml" in files:
            path = os.path.relpath(folder, top)
            parts = [] if path == "." else path.split(os.sep)
            found.append((any(part.startswith(".") for part in parts), len(parts), parts, folder))
    return [folder for *_, folder in sorted(found)]


def copy(source, target, top, above=()):
    """Copies a folder with what its links lead to, as far as that lies below `top` and is no circle."""
    real = os.path.realpath(source)
    if real in above or not is_below(top, real):
        return
    os.makedirs(target)
    for entry in sorted(os.scandir(source), key=lambda entry: entry.name):
        at = os.path.join(target, entry.name)
        if entry.name == ".git":
            continue
        if entry.is_dir():
            copy(entry.path, at, top, (*above, real))
        elif entry.is_file() and is_below(top, os.path.realpath(entry.path)):
            shutil.copyfile(entry.path, at)
            os.chmod(at, 0o755 if entry.stat().st_mode & 0o100 else 0o644)


def is_below(top, path):
    return os.path.commonpath([top, path]) == top
