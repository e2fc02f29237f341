# SPDX-License-Identifier: MIT OR Apache-2.0
"""
Crates for Rust extensions: a vendor folder made of crate files, one for each
git repository that has crates, and a configuration of cargo that takes them in
place of the registry and the repositories.
"""

import hashlib
import json
import os
import shutil
import tarfile
import tomllib

import gitcrates
import toml
from common import Failure, inside


def prepare(root, top, crates):
    """Unpacks the crates, once; answers with the variables for cargo."""
    vendor = os.path.join(top, "crates")
    home = os.path.join(top, "cargo")
    if not os.path.isdir(vendor):
        os.makedirs(vendor)
        for name in sorted(os.listdir(crates["files"])):
            if name.endswith(".crate"):
                unpack(os.path.join(crates["files"], name), vendor)
        lock = add_lock(root, crates)
        # The name that cargo has for its default registry.
        sources = {"crates-io": {"replace-with": "vendored"}, "vendored": {"directory": vendor}}
        for number, one in enumerate(crates["git"]):
            name = f"git-{number}"
            folder = os.path.join(top, name)
            os.makedirs(folder)
            gitcrates.lay_out(one["files"], lock, one["source"], folder)
            sources |= {one["source"]: gitcrates.replacement(one["source"], name), name: {"directory": folder}}
        os.makedirs(home)
        with open(os.path.join(home, "config.toml"), "w", encoding="utf-8") as file:
            file.write(toml.dumps({"source": sources, "net": {"offline": True}}))
    variables = {"CARGO_HOME": home, "CARGO_NET_OFFLINE": "true", "CARGO_TERM_COLOR": "never"}
    if os.environ.get("NIX_BUILD_CORES", "0") != "0":
        variables["CARGO_BUILD_JOBS"] = os.environ["NIX_BUILD_CORES"]
    return variables


def add_lock(root, crates):
    """The pinned Cargo.lock, where the source has none; one there must be. Answers with what it says."""
    at = os.path.join(inside(root, crates["folder"]), "Cargo.lock")
    if crates["lock"]:
        shutil.copyfile(crates["lock"], at)
    elif not os.path.exists(at):
        raise Failure(f"its source has no Cargo.lock in {crates['folder']}, so its crates are not pinned")
    with open(at, encoding="utf-8-sig") as file:
        return tomllib.loads(file.read())


def unpack(file, vendor):
    """One crate, with the checksum file that cargo wants beside it."""
    with open(file, "rb") as data:
        digest = hashlib.file_digest(data, "sha256").hexdigest()
    stem = os.path.basename(file)[: -len(".crate")]
    with tarfile.open(file) as archive:
        for member in archive:
            if not member.isreg():
                continue
            if not member.name.startswith(stem + "/"):
                raise Failure(f"the crate {stem} has the path {member.name}")
            at = inside(os.path.join(vendor, stem), member.name[len(stem) + 1 :])
            os.makedirs(os.path.dirname(at), exist_ok=True)
            with archive.extractfile(member) as data, open(at, "wb") as target:
                shutil.copyfileobj(data, target)
            os.chmod(at, 0o755 if member.mode & 0o100 else 0o644)
    # No digests of single files: the crate's own was checked when it was fetched.
    with open(os.path.join(vendor, stem, ".cargo-checksum.json"), "w", encoding="utf-8") as target:
        json.dump({"files": {}, "package": digest}, target)
