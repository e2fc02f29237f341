#!/usr/bin/env python3
"""Builds the Python packages that `headwater package` writes, and runs their tests.

    built.py PACKAGES ANSWERS HEADWATER [NAME ...]

PACKAGES has one package in each line, as the command takes it (`NAME==VERSION`). ANSWERS keeps one JSON line for each: what
is there is not done again, unless it is named. Each package is built with Nix over the stand-in for nixpkgs (tests/hostpkgs), with the
newest wheels of an index that suit each other for everything that its file names. pip chooses and fetches these wheels.

`GIT_HOST` is an address that serves the repositories in place of https://github.com/.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from email.parser import Parser
from pathlib import Path

from pip._vendor.packaging.requirements import Requirement
from pip._vendor.packaging.utils import canonicalize_name

HERE = Path(__file__).resolve().parent
SETS = ("build-system", "dependencies", "nativeCheckInputs")
# What the stand-in has, or what is none of the index.
OURS = {"pytestCheckHook", "pytest-cov-stub", "versionCheckHook", "writableTmpDirAsHomeHook", "gitMinimal", "gnupg", "mercurial", "openssl", "ffmpeg-headless", "lib", "stdenv", "cargo", "rustc", "rustPlatform"}


def named(text):
    """The projects that a file names, with the extras that it takes of them."""
    found = {}
    text = re.sub(r"#.*", "", text)
    lists = [value for name in SETS for value in re.findall(rf"\n  {name} =(.*?);\n(?=\n|  [a-z#}}])", text, re.S)]
    lists += re.findall(r"\n  optional-dependencies = \{\n(.*?)\n  \};", text, re.S)
    for value in lists:
        value = re.sub(r"lib\.optionals? (\([^)]*\)|\S+)|python3Packages\.|\bwith\b|[\w-]+ =|finalAttrs\S+|\"", " ", value)
        for word in re.findall(r"[A-Za-z_][\w.'-]*", value):
            project, _, extra = word.partition(".optional-dependencies.")
            if project in OURS or project in ("optional-dependencies", "python3Packages"):
                continue
            found.setdefault(project, set()).update([extra] if extra else [])
    return found


def told(said):
    """What the tests import as well, of which the file or a note says that your nixpkgs may have it."""
    comments = " ".join(re.findall(r"# (.*)", said["text"]))
    found = re.findall(r"tests import (.*?), which no list", comments)
    names = [re.sub(r" \(.*?\)", "", one).split(", ") for one in found]
    names += [one.split(", ") for note in said["notes"] for one in re.findall(r"extras ask for (.*), and tests try to import that", note)]
    return {name for one in names for name in one if re.fullmatch(r"[\w.-]+", name)}


def is_there(name):
    """Whether the index has wheels of a project of this name."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", folder, name]
        return subprocess.run(command, capture_output=True).returncode == 0


def attribute(name, asked):
    return next((one for one in asked if canonicalize_name(one) == name), name)


def wheels(folder, asked):
    """pip's choice of wheels for what is asked for, as rows of index.nix."""
    requirements = ["pytest<9", "wheel", *(f"{name}[{','.join(sorted(extras))}]" if extras else name for name, extras in sorted(asked.items()))]
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--wheel-dir", str(folder), *requirements]
    run = subprocess.run(command, capture_output=True, text=True, timeout=1200)
    if run.returncode:
        raise RuntimeError("pip: " + " ".join(run.stderr.split())[-400:])
    rows = {}
    for file in sorted(folder.glob("*.whl")):
        with zipfile.ZipFile(file) as archive:
            (inside,) = (one for one in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", one))
            metadata = Parser().parsestr(archive.read(inside).decode(errors="replace"))
        name = canonicalize_name(metadata["Name"])
        requires = [Requirement(text) for text in metadata.get_all("Requires-Dist") or []]
        rows[name] = {"version": metadata["Version"], "file": file, "requires": requires, "of": metadata.get_all("Provides-Extra") or []}
    def present(one, extra):
        wanted = (canonicalize_name(r.name) for r in one["requires"] if (r.marker.evaluate({"extra": extra}) if r.marker else not extra))
        return sorted({attribute(name, asked) for name in wanted if name in rows})
    return [
        {
            "name": attribute(name, asked),
            "version": one["version"],
            "file": one["file"],
            "requires": [need for need in present(one, "") if need != attribute(name, asked)],
            "extras": {canonicalize_name(extra): present(one, extra) for extra in one["of"]},
        }
        for name, one in rows.items()
    ]


def as_nix(value):
    if isinstance(value, dict):
        return "{ " + " ".join(f'"{key}" = {as_nix(one)};' for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[ " + " ".join(map(as_nix, value)) + " ]"
    return str(value) if isinstance(value, Path) else json.dumps(value)


def stand_in(folder, rows):
    """A nixpkgs of these wheels, in a folder that Nix takes for one."""
    host = os.environ.get("GIT_HOST", "")
    config = f'[url "{host}"]\n\tinsteadOf = https://github.com/\n' if host else ""
    (folder / "default.nix").write_text(
        f"given: import {HERE.parents[1]}/tests/hostpkgs (given // {{ config.gitConfig = {json.dumps(config)};"
        f" overlays = [ (import {HERE}/index.nix (import ./wheels.nix)) ]; }})\n"
    )
    (folder / "wheels.nix").write_text(as_nix(rows) + "\n")
    return folder


def write(headwater, package, *arguments):
    command = [headwater, "package", package, "--print", "--json", *arguments]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300)
    said = json.loads(run.stdout) if run.stdout else {}
    if "text" not in said:
        raise RuntimeError(f"{' '.join(run.stderr.split())[-400:]}")
    return said


def outcome(log):
    """What pytest counted, and which tests failed."""
    plain = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in log.splitlines()]
    sums = [line.strip("= ") for line in plain if re.search(r"^=* ?\d+ (passed|failed|error|skipped|deselected).* in ", line)]
    bad = [line[:200] for line in plain if re.match(r"(FAILED|ERROR) ", line)]
    return {"tests": sums[-1] if sums else None, "bad": bad[:40], "end": plain[-25:]}


def built(headwater, package):
    with tempfile.TemporaryDirectory(prefix="built-") as temporary:
        folder = Path(temporary)
        said = write(headwater, package)
        asked = {name: set() for name in told(said) if is_there(name)}
        while not named(said["text"]).keys() <= asked.keys():
            for name, extras in named(said["text"]).items():
                asked.setdefault(name, set()).update(extras)
            shutil.rmtree(folder / "wheels", ignore_errors=True)
            over = stand_in(folder, wheels(folder / "wheels", asked))
            said = write(headwater, package, "--nixpkgs", str(over))
        said = write(headwater, package, "--nixpkgs", str(over), "--build")
        (folder / "package.nix").write_text(said["text"])
        attribute = "python3Packages." if "\n  buildPythonPackage,\n" in said["text"] else ""
        expression = f"(import {folder} {{ }}).{attribute}callPackage {folder}/package.nix {{ }}"
        # What was built is there; what failed is built again, and says the same.
        again = subprocess.run(["nix-build", "--no-out-link", "-E", expression], capture_output=True, text=True, errors="replace")
        path = again.stdout.strip()
        kept = path and subprocess.run(["nix-store", "--read-log", path], capture_output=True, text=True, errors="replace").stdout
        log = kept or again.stderr
        is_built = any(note.startswith("it builds") for note in said["notes"])
        return {"text": said["text"], "notes": said["notes"], "gaps": said.get("gaps"), "built": is_built, **outcome(log)}


def main():
    packages, answers, headwater, *again = sys.argv[1:]
    known = {}
    if os.path.exists(answers):
        known = {line["package"]: line for line in map(json.loads, open(answers))}

    def one(package):
        try:
            return {"package": package, **built(headwater, package)}
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            return {"package": package, "error": str(error)}

    open_ = [line for line in Path(packages).read_text().split() if line not in known or line.partition("==")[0] in again]
    with ThreadPoolExecutor(3) as pool:
        for done in as_completed([pool.submit(one, package) for package in open_]):
            said = done.result()
            known[said["package"]] = said
            with open(answers, "w") as out:
                out.writelines(json.dumps(line) + "\n" for line in known.values())
            came = said.get("error") or ("builds" if said["built"] else "FAILS")
            print(said["package"], came, said.get("tests") or "no tests", sep="\t", flush=True)


if __name__ == "__main__":
    main()
