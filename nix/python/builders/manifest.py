# SPDX-License-Identifier: MIT OR Apache-2.0
"""
Manifests of crates that stand alone: what a Cargo.toml inherits from its
workspace is written into it, as `cargo vendor` does it
(https://doc.rust-lang.org/cargo/reference/workspaces.html#the-package-table).
"""

import os
import tomllib

from common import Failure, inside

# Each also with an underscore, as cargo took it once.
DEPENDENCIES = ("dependencies", "dev-dependencies", "build-dependencies", "dev_dependencies", "build_dependencies")
# Of the workspace's root alone; another's would not count.
OF_ROOTS = ("workspace", "patch", "replace")
# They lead from the workspace's root.
PATHS = ("readme", "license-file")


def read(folder):
    """The Cargo.toml in a folder; None where there is none that cargo could read."""
    try:
        with open(os.path.join(folder, "Cargo.toml"), encoding="utf-8-sig") as file:
            return tomllib.loads(file.read())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return None


def root(top, folder, manifest):
    """The folder of the workspace that a manifest belongs to, and its table; `top` is where the search ends."""
    pointed = table(manifest, "package").get("workspace")
    if isinstance(pointed, str):
        at = inside(top, os.path.relpath(os.path.join(folder, pointed), top))
        return at, table(read(at) or {}, "workspace")
    at = folder
    while True:
        found = manifest if at == folder else read(at)
        if isinstance((found or {}).get("workspace"), dict):
            return at, found["workspace"]
        if at == top:
            return top, {}
        at = os.path.dirname(at)


def version(top, folder, manifest):
    """The version of the package of a manifest; None where it says none that can be known."""
    # Cargo's own default.
    said = table(manifest, "package").get("version", "0.0.0")
    if inherits(said):
        said = table(root(top, folder, manifest)[1], "package").get("version")
    return said.strip() if isinstance(said, str) else None


def alone(top, folder, manifest):
    """The manifest without a workspace; the same one where it says nothing of any."""
    at, workspace = root(top, folder, manifest)
    step = os.path.relpath(at, folder)
    result = {name: value for name, value in manifest.items() if name not in OF_ROOTS}
    if "package" in result:
        result["package"] = package(result["package"], table(workspace, "package"), step)
    if inherits(result.get("lints")):
        result["lints"] = inherited(workspace, "lints", "lints")
    dependencies(result, table(workspace, "dependencies"), step)
    if isinstance(result.get("target"), dict):
        result["target"] = {name: dict(one) for name, one in result["target"].items()}
        for one in result["target"].values():
            dependencies(one, table(workspace, "dependencies"), step)
    return result


def package(said, workspace, step):
    """The table [package]; `step` leads to the workspace's root."""
    result = {}
    for name, value in said.items():
        if inherits(value):
            value = inherited(workspace, name, f"package.{name}")
            if name in PATHS and isinstance(value, str):
                value = os.path.normpath(os.path.join(step, value))
        elif name == "workspace":
            continue
        result[name] = value
    return result


def dependencies(holder, workspace, step):
    """Replaces what the tables of dependencies in a table inherit."""
    for kind in DEPENDENCIES:
        if isinstance(holder.get(kind), dict):
            holder[kind] = {
                name: dependency(name, said, workspace, step) if inherits(said) else said
                for name, said in holder[kind].items()
            }


def dependency(name, said, workspace, step):
    """One that is inherited: the workspace's, with more features, and with the default ones where either wants them."""
    result = inherited(workspace, name, f"dependencies.{name}")
    result = {"version": result} if isinstance(result, str) else dict(result)
    if isinstance(result.get("path"), str):
        result["path"] = os.path.normpath(os.path.join(step, result["path"]))
    said = {key: value for key, value in said.items() if key != "workspace"}
    features = result.get("features", []) + said.pop("features", [])
    if features:
        result["features"] = list(dict.fromkeys(features))
    for key in ("default-features", "default_features"):
        # That it does not want them changes nothing.
        if said.pop(key, False):
            result.pop("default_features", None)
            result["default-features"] = True
    return result | said


def inherits(value):
    return isinstance(value, dict) and value.get("workspace") is True


def inherited(workspace, name, title):
    if name not in workspace:
        raise Failure(f"{title} is to be the workspace's, which has none")
    return workspace[name]


def table(holder, name):
    """A table in a table; an empty one where there is none."""
    found = holder.get(name)
    return found if isinstance(found, dict) else {}
