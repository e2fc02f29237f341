"""What the tests of the Python library share: small sdists, and the real Nix over the stand-in for nixpkgs."""

import base64
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import textwrap
import unittest
import zipfile

sys.dont_write_bytecode = True
ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../.."))
sys.path.insert(0, os.path.join(ROOT, "nix/python/builders"))

# A backend that builds itself.
with open(os.path.join(ROOT, "tests/support/tiny.py"), encoding="utf-8") as _file:
    BACKEND = _file.read()


def pyproject(name, version, requires=("tiny",), backend="tiny", more=""):
    """A pyproject.toml."""
    text = f'[build-system]\nrequires = {json.dumps(list(requires))}\nbuild-backend = "{backend}"\n'
    if name == "tiny":
        text += 'backend-path = ["."]\n'
    return text + f'[project]\nname = "{name}"\nversion = "{version}"\n' + textwrap.dedent(more)


def nix_text(value):
    """A value of JSON's kinds as a Nix expression."""
    if isinstance(value, str):
        return json.dumps(value).replace("${", "\\${")
    if isinstance(value, dict):
        return "{ " + "".join(f"{json.dumps(key)} = {nix_text(one)}; " for key, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[ " + " ".join(f"({nix_text(one)})" for one in value) + " ]"
    return {None: "null", True: "true", False: "false"}.get(value, str(value))


class Scene:
    """A project in a folder of its own, its sdists in the store."""

    def __init__(self):
        self.top = tempfile.mkdtemp(prefix="headwater-python-")
        self.project = os.path.join(self.top, "project")
        self.generated = os.path.join(self.project, "nix/headwater")
        os.makedirs(self.generated)
        shutil.copytree(os.path.join(ROOT, "nix"), os.path.join(self.generated, "lib"), ignore=shutil.ignore_patterns("__pycache__"))
        self.packages, self.packs = {}, {}
        # What the package set is made with, in Nix.
        self.pkgs = "{ }"
        self.add("tiny", "1.0", {"tiny.py": BACKEND, "pyproject.toml": pyproject("tiny", "1.0", [], more='[tool.tiny]\nmodules = ["tiny.py"]\n')}, requires=[])

    def close(self):
        shutil.rmtree(self.top)

    def write(self, files):
        """Files of the project."""
        for path, text in files.items():
            at = os.path.join(self.project, path)
            os.makedirs(os.path.dirname(at), exist_ok=True)
            with open(at, "w", encoding="utf-8") as file:
                file.write(textwrap.dedent(text))

    def add(self, name, version, files, requires=("tiny@1.0",), **more):
        """A package made from an sdist of these files."""
        key = f"{name}@{version}"
        data = sdist(f"{name}-{version}", files)
        at = os.path.join(self.top, f"{name}-{version}.tar.gz")
        with open(at, "wb") as file:
            file.write(data)
        # In the store already, its address is not asked.
        subprocess.run(["nix-store", "--add-fixed", "sha256", at], check=True, stdout=subprocess.DEVNULL)
        digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
        source = {"file": os.path.basename(at), "url": f"{name}/{name}-{version}.tar.gz", "hash": f"sha256-{digest}"}
        self.packages[key] = {"name": name, "version": version, "source": source, "requires": list(requires), **more}
        return key

    def ready(self, name, version, tags, files, key=None, **more):
        """A package taken as a wheel of an index; `files` are paths in it and their bytes."""
        at = wheel(self.top, name, version, tags, files)
        run("nix-store", "--add-fixed", "sha256", at)
        with open(at, "rb") as file:
            digest = base64.b64encode(hashlib.sha256(file.read()).digest()).decode()
        one = {"file": os.path.basename(at), "url": os.path.basename(at), "hash": f"sha256-{digest}"}
        key = key or f"{name}@{version}"
        package = self.packages.setdefault(key, {"name": name, "version": version, "source": {"wheels": []}, **more})
        package["source"]["wheels"].append(one)
        return key

    def module(self, name, version, more="", files=None, **data):
        """A package of one module, which has its version."""
        modules = f'[tool.tiny]\nmodules = ["{name}.py"]\n'
        text = pyproject(name, version, more=more + modules)
        return self.add(name, version, {f"{name}.py": f'VERSION = "{version}"\n', "pyproject.toml": text, **(files or {})}, **data)

    def convert(self, **packages):
        """Writes the entry as a conversion would."""
        packages = {"pname": "app", "version": "1.0", "roots": [], "packages": self.packages, **packages}
        entry = "{ pkgs }:\nimport ./lib/python { inherit pkgs; } {\n  src = ../..;\n  here = ../..;\n  generated = ./.;\n"
        entry += f'  sources = {{ registry = "http://127.0.0.1:9/"; packs = {nix_text(self.packs)}; }};\n  packs = ./packs;\n'
        entry += f"  packages = {nix_text(packages)};\n}}\n"
        with open(os.path.join(self.generated, "default.nix"), "w", encoding="utf-8") as file:
            file.write(entry)

    def expression(self, attribute):
        return f"((import {ROOT}/tests/hostpkgs {self.pkgs}).callPackage {self.generated} {{ }}){attribute}"

    def nix(self, *command, cwd=None):
        """A Nix command with the options of a hermetic build."""
        script = '. scripts/nix-options; cd "$1"; shift; program=$1; shift; exec "$program" "${NIX_OPTIONS[@]}" "$@"'
        line = ["bash", "-c", script, "bash", cwd or ROOT, *command]
        return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)

    def build(self, attribute=""):
        """Builds and answers with the result's path."""
        done = self.nix("nix-build", "--no-out-link", "-E", self.expression(attribute))
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        return done.stdout.strip()

    def evaluate(self, attribute="", function=""):
        """The value of an attribute, of what a function makes of it."""
        done = self.nix("nix-instantiate", "--eval", "--strict", "--json", "-E", f"{function} {self.expression(attribute)}")
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        return json.loads(done.stdout)

    def failure(self, attribute=""):
        """What is said where the build must fail."""
        done = self.nix("nix-build", "--no-out-link", "-E", self.expression(attribute))
        if done.returncode == 0:
            raise AssertionError(f"it was built: {done.stdout}")
        # Nix indents and colours what evaluation says.
        return re.sub(r"\n +", "\n  ", re.sub(r"\x1b\[[0-9;]*m", "", done.stderr))


def sdist(stem, files):
    """The bytes of an sdist."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as archive:
        for path, text in files.items():
            member = tarfile.TarInfo(f"{stem}/{path}")
            data = text.encode()
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return raw.getvalue()


def wheel(folder, name, version, tags, files):
    """Makes a wheel's file there and answers with its path."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {tags}\n".encode(),
        **files,
    }
    digest = lambda data: base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    record = "".join(f"{path},sha256={digest(data)},{len(data)}\n" for path, data in files.items())
    at = os.path.join(folder, f"{name}-{version}-{tags}.whl")
    with zipfile.ZipFile(at, "w") as archive:
        for path, data in {**files, f"{info}/RECORD": record.encode()}.items():
            archive.writestr(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), data)
    return at


def run(*command, **more):
    """What a program prints; an error where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    if done.returncode != 0:
        raise AssertionError(done.stdout + done.stderr)
    return done.stdout


APP = {
    "pyproject.toml": pyproject(
        "app", "1.0", more='[project.scripts]\napp = "app:main"\n[tool.tiny]\nmodules = ["app.py"]\n'
    ),
    "app.py": """
        import importlib.metadata
        import lib
        def main():
            print("lib", lib.VERSION, "app", importlib.metadata.version("app"))
    """,
}
PROJECT = {"name": "app", "version": "1.0", "requires": ["tiny@1.0"]}


class Case(unittest.TestCase):
    def setUp(self):
        self.scene = Scene()
        self.addCleanup(self.scene.close)
