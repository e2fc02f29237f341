"""What the tests stand on: small repositories, a registry in a folder, and the true claims about what is in it."""

import base64
import copy
import hashlib
import io
import json
import os
import subprocess
import tarfile
import tempfile

import claims
import opinion
from artifacts import Artifacts
from repositories import Repositories

NPM, PYPI = "pkg:npm/left@1.0.0", "pkg:pypi/tool@2.0"
ADDRESS = "https://git.example/o/"


def sri(data):
    """An integrity as lockfiles have it."""
    return "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()


def nix_hash(folder):
    """What Nix itself says."""
    done = subprocess.run(["nix-hash", "--type", "sha256", folder], capture_output=True, text=True, check=True)
    return "sha256-" + base64.b64encode(bytes.fromhex(done.stdout.strip())).decode()


def write(folder, files):
    """Files by path: text, or text and True for a program, or None for none."""
    for path, text in files.items():
        file = os.path.join(folder, path)
        os.makedirs(os.path.dirname(file), exist_ok=True)
        text, executable = text if isinstance(text, tuple) else (text, False)
        if text is None:
            os.remove(file)
            continue
        with open(file, "w", encoding="utf-8", newline="") as out:
            out.write(text)
        os.chmod(file, 0o755 if executable else 0o644)


def tar(files, root="package", extra=()):
    """A tarball of files as for `write`; `extra` are members that come after."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for path, text in [*files.items(), *extra]:
            text, executable = text if isinstance(text, tuple) else (text, False)
            member = tarfile.TarInfo(f"{root}/{path}")
            member.size, member.mode = len(text.encode()), 0o755 if executable else 0o644
            archive.addfile(member, io.BytesIO(text.encode()))
    return packed.getvalue()


class Repository:
    """A repository that a test makes."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments):
        """What git prints."""
        who = [
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@example.org",
            "-c",
            "commit.gpgSign=false",
            "-c",
            "tag.gpgSign=false",
        ]
        command = ["git", "-C", self.folder, *who, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    def commit(self, files, tag=None):
        """Commits files, and gives them a tag."""
        write(self.folder, files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "change")
        if tag:
            self.git("tag", "--annotate", "--message", tag, tag)
        return self.git("rev-parse", "HEAD")


def manifest(version="1.0.0", name="left", **more):
    """A package.json."""
    return (
        json.dumps({"name": name, "version": version, "scripts": {"test": "x"}, "main": "index.js", **more}, indent=2)
        + "\n"
    )


MODULE = "def answer():\n    return 42\n"
VERSION = """\
# by a tool
from __future__ import annotations
TYPE_CHECKING = False
__version__ = version = '2.0'
__version_tuple__ = (2, 0)
"""
CFG = "[metadata]\nname = tool\n\n[options]\npackage_dir =\n    = src\n"
PYPROJECT = (
    '[build-system]\nrequires = ["setuptools", "setuptools-scm"]\n[project]\nname = "tool"\ndynamic = ["version"]\n'
)
CODE = {"index.js": "exports.left = 1;\n", "lib/a.js": "exports.a = 1;\n", "cli.js": ("#!/usr/bin/env node\n", True)}
DIFF = """\
--- a/packages/left/package.json
+++ b/packages/left/package.json
@@ -4,5 +4,6 @@
   "scripts": {
     "test": "x"
   },
-  "main": "index.js"
+  "main": "index.js",
+  "gitHead": "%s"
 }
"""
LICENSE = "Do as you like.\n"


class Ground:
    """Two repositories, of npm's package `left` and of Python's project `tool`."""

    def __init__(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.folder = self.scratch.name
        self.repositories = Repositories(os.path.join(self.folder, "cache"))
        self.registry = os.path.join(self.folder, "registry")
        self.npm, self.python = (Repository(os.path.join(self.folder, "git", name)) for name in ("left", "tool"))
        # Read where it lies; the other one is cloned.
        os.symlink(os.path.join(self.npm.folder, ".git"), self.npm.folder + ".git")
        config = os.path.join(self.folder, "gitconfig")
        write(
            self.folder,
            {"gitconfig": f'[url "file://{self.folder}/git/"]\n\tinsteadOf = {ADDRESS}\n[safe]\n\tdirectory = *\n'},
        )
        os.environ["GIT_CONFIG_GLOBAL"] = config
        self.pins = {NPM: self._left(), PYPI: self._tool()}

    def _left(self):
        code = {f"packages/left/{path}": text for path, text in CODE.items()}
        sample = {f"test/fixtures/left/{path}": text for path, text in {**CODE, "package.json": manifest()}.items()}
        everything = {
            **code, **sample, "packages/left/package.json": manifest(),
            "package.json": '{"workspaces": ["packages/*"]}',
            "LICENSE": LICENSE, "packages/left/CHANGES.md": "1.0\n", "packages/left/old.txt": "x\n",
            ".gitattributes": "*.txt text eol=crlf\n",
            "packages/other/index.js": "exports.left = 2;\n", "packages/other/CHANGES.md": "9.0\n",
        }  # fmt: skip
        self.first = self.npm.commit(everything, "v1.0.0")
        self.npm.git("tag", "v1.0.0-again")
        self.built = self.npm.commit({"packages/left/index.js": "exports.left=1\n"}, "v1.0.0-built")
        self.later = self.npm.commit({"packages/left/package.json": manifest("1.0.1")}, "v1.0.1")
        # What anybody can push to a fork, and fetch from here.
        self.fork = self.npm.git("commit-tree", "-p", self.first, "-m", "fork", f"{self.first}^{{tree}}")
        self.left = {**CODE, "package.json": manifest(gitHead=self.first), "LICENSE": LICENSE, "CHANGES.md": "1.0\n"}
        diff = DIFF % self.first
        evidence = [
            {"kind": "git_head", "from": "manifest", "commit": self.first},
            {"kind": "tag", "name": "v1.0.0", "scheme": "v{version}"},
            {"kind": "reachable", "how": {"tag": "v1.0.0"}},
            {"kind": "correspondence", "matched": 5, "total": 6},
        ]
        mapping = {"elsewhere": {"LICENSE": "LICENSE"}, "manifest_diff": diff}
        source = {
            "repository": ADDRESS + "left",
            "commit": self.first,
            "tag": "v1.0.0",
            "subdirectory": "packages/left",
        }
        resolution = {
            "purl": NPM,
            "tier": "B",
            "class": "verbatim",
            "source": source,
            "evidence": evidence,
            "mapping": mapping,
        }
        pin = {"route": "verbatim", "resolution": resolution, "checkout": self.checkout_hash(self.npm, self.first)}
        return self.with_artifact(pin, self.left)

    def _tool(self):
        module = {"src/tool/core.py": MODULE, "src/tool/__init__.py": ""}
        committed = {
            **module,
            "setup.cfg": CFG,
            "pyproject.toml": PYPROJECT,
            "README.md": "x\n",
            "examples/evil.py": "import os\n",
        }
        self.released = self.python.commit(committed, "2.0")
        self.python.commit({"src/tool/core.py": MODULE + "\n"}, "2.1")
        self.tool = {
            **module, "pyproject.toml": PYPROJECT, "setup.cfg": CFG + "\n[egg_info]\ntag_build = \ntag_date = 0\n\n",
            "README.md": "x\n", "src/tool/_version.py": VERSION,
            "PKG-INFO": "Metadata-Version: 2.1\nName: Tool\nVersion: 2.0\n",
            "src/tool.egg-info/SOURCES.txt": "x\n",
        }  # fmt: skip
        evidence = [
            {"kind": "tag", "name": "2.0", "scheme": "{version}"},
            {"kind": "correspondence", "matched": 4, "total": 6},
        ]
        source = {"repository": ADDRESS + "tool", "commit": self.released, "tag": "2.0"}
        resolution = {"purl": PYPI, "tier": "B", "class": "near", "source": source, "evidence": evidence}
        pin = {"route": "build", "resolution": resolution, "nar": self.checkout_hash(self.python, self.released)}
        return self.with_artifact(pin, self.tool)

    def checkout_hash(self, repository, commit):
        """The hash of a checkout, by git and Nix."""
        folder = os.path.join(self.folder, "checkout", commit)
        repository.git("worktree", "add", "--quiet", "--detach", folder, commit)
        os.remove(os.path.join(folder, ".git"))
        return nix_hash(folder)

    def with_artifact(self, pin, files, data=None):
        """A pin of another artifact, with the hashes that this has."""
        python = pin["route"] == "build"
        data = data or tar(files, "tool-2.0" if python else "package")
        path = f"files/{hashlib.sha256(data).hexdigest()}/tool-2.0.tar.gz" if python else "left/-/left-1.0.0.tgz"
        if not python and os.path.exists(os.path.join(self.registry, path)):
            path = f"{hashlib.sha256(data).hexdigest()}/left-1.0.0.tgz"
        os.makedirs(os.path.dirname(os.path.join(self.registry, path)), exist_ok=True)
        with open(os.path.join(self.registry, path), "wb") as file:
            file.write(data)
        pin = copy.deepcopy(pin)
        pin["artifact"] = {"integrity": sri(data), **({} if path.startswith("left/") else {"url": path})}
        if not python:
            with tempfile.TemporaryDirectory() as folder:
                os.mkdir(os.path.join(folder, "package"))
                write(os.path.join(folder, "package"), files)
                pin["nar"] = nix_hash(os.path.join(folder, "package"))
        return pin

    def reasons(self, purl, pin):
        """What the second opinion has against a pin."""
        claim = claims.Claim(purl, pin, self.registry)
        return opinion.reasons(claim, self.repositories, Artifacts())
