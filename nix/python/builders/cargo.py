"""
Crates for Rust extensions: a vendor folder made of crate files, and a
configuration of cargo that takes it in place of every registry.
"""

import hashlib
import json
import os
import tarfile

from common import Failure, inside


def prepare(root, top, crates):
    """Unpacks the crates of a folder once; answers with the variables for cargo."""
    vendor = os.path.join(top, "crates")
    home = os.path.join(top, "cargo")
    if not os.path.isdir(vendor):
        os.makedirs(vendor)
        for name in sorted(os.listdir(crates)):
            if name.endswith(".crate"):
                unpack(os.path.join(crates, name), vendor)
        os.makedirs(home)
        with open(os.path.join(home, "config.toml"), "w", encoding="utf-8") as file:
            file.write('[source.crates-io]\nreplace-with = "vendored"\n\n')
            file.write(f"[source.vendored]\ndirectory = {json.dumps(vendor)}\n\n[net]\noffline = true\n")
    return {"CARGO_HOME": home, "CARGO_NET_OFFLINE": "true", "CARGO_TERM_COLOR": "never", **lock_of(root, crates)}


def lock_of(root, crates):
    """A Cargo.lock that the source lacks comes with the crates."""
    return {}


def unpack(file, vendor):
    """One crate, with the checksum file that cargo wants beside it."""
    with open(file, "rb") as data:
        digest = hashlib.sha256(data.read()).hexdigest()
    stem = os.path.basename(file)[: -len(".crate")]
    with tarfile.open(file) as archive:
        for member in archive:
            at = inside(vendor, member.name)
            if not member.name.startswith(stem + "/"):
                raise Failure(f"the crate {stem} has the path {member.name}")
            if member.isreg():
                os.makedirs(os.path.dirname(at), exist_ok=True)
                with archive.extractfile(member) as data, open(at, "wb") as target:
                    target.write(data.read())
                os.chmod(at, 0o755 if member.mode & 0o100 else 0o644)
    # No digests of single files: the crate's own was checked when it was fetched.
    with open(os.path.join(vendor, stem, ".cargo-checksum.json"), "w", encoding="utf-8") as target:
        json.dump({"files": {}, "package": digest}, target)
