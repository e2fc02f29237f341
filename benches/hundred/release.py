"""Which release of a package is taken, and what it stands on."""

import os
import platform
import subprocess

from pip._internal.models.index import PyPI
from pip._vendor import requests
from pip._vendor.packaging.specifiers import InvalidSpecifier, SpecifierSet
from pip._vendor.packaging.utils import InvalidSdistFilename, parse_sdist_filename
from pip._vendor.packaging.version import InvalidVersion

import place


class Unpinned(Exception):
    """There is nothing to convert; the text says why."""


def index():
    """The address of the index: the environment's, or pip's default."""
    return (os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("PIP_INDEX_URL") or PyPI.simple_url).rstrip("/")


def sdists(files, python):
    """The versions, last ones last, that have an sdist for an interpreter (PEP 691's `files`)."""
    found = set()
    for file in files:
        try:
            _, version = parse_sdist_filename(file["filename"])
            wanted = SpecifierSet(file.get("requires-python") or "")
        except (InvalidSdistFilename, InvalidVersion, InvalidSpecifier):
            continue
        if not file.get("yanked") and wanted.contains(python, prereleases=True):
            found.add(version)
    return sorted({one for one in found if not one.is_prerelease} or found)


def newest(name):
    """The latest version with an sdist."""
    accept = {"Accept": "application/vnd.pypi.simple.v1+json"}
    answer = requests.get(f"{index()}/{name}/", headers=accept, timeout=60)
    answer.raise_for_status()
    versions = sdists(answer.json()["files"], platform.python_version())
    if not versions:
        raise Unpinned("no release has an sdist")
    return str(versions[-1])


def pin(name, version, project):
    """Writes the requirements.txt of a project of this one package: all that it runs with, with hashes."""
    command = [
        os.path.join(place.TOOLS, "uv"), "pip", "compile", "--quiet", "--generate-hashes", "--no-header", "--no-build",
        "--no-config", "--default-index", index(), "--python", place.PYTHON, "--cache-dir",
        os.path.join(place.WORK, "uv"), "--output-file", os.path.join(project, "requirements.txt"), "-",
    ]  # fmt: skip
    done = subprocess.run(command, input=f"{name}=={version}\n", capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Unpinned("uv: " + " ".join(done.stderr.split()))
