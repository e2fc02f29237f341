# SPDX-License-Identifier: MIT OR Apache-2.0
"""Wheels: reading, checking and installing them (the binary distribution format, PEP 427)."""

import base64
import csv
import hashlib
import io
import json
import os
import platform
import re
import subprocess
import sys
import zipfile

from common import Failure, first, headers, inside, normalize
from requirement import lower_bounds, same, satisfies
from tags import interpreter, supported

NAME = re.compile(r"([^-]+)-([^-]+)(?:-(\d[^-]*))?-([^-]+)-([^-]+)-([^-]+)\.whl")


class Wheel:
    """An opened wheel file whose parts were found; its contents are not yet checked."""

    def __init__(self, path):
        self.filename = os.path.basename(path)
        found = NAME.fullmatch(self.filename)
        if not found:
            raise Failure(f"{self.filename} is not a wheel's file name")
        self.tags = tuple(part.split(".") for part in found.groups()[3:])
        try:
            self.archive = zipfile.ZipFile(path)
        except zipfile.BadZipFile as error:
            raise Failure(f"{self.filename} is not a zip file: {error}") from None
        infos = {name.split("/")[0] for name in self.archive.namelist() if name.split("/")[0].endswith(".dist-info")}
        if len(infos) != 1:
            raise Failure(f"{self.filename} has {len(infos)} .dist-info folders, not one")
        self.dist_info = infos.pop()
        self.data = self.dist_info[: -len(".dist-info")] + ".data"
        self.metadata = headers(self.text("METADATA"))
        self.name = first(self.metadata, "name")
        self.version = first(self.metadata, "version")
        self.is_pure = first(headers(self.text("WHEEL")), "root-is-purelib").lower() == "true"

    def text(self, name, default=None):
        """A file of .dist-info."""
        try:
            return self.archive.read(f"{self.dist_info}/{name}").decode("utf-8")
        except KeyError:
            if default is not None:
                return default
            raise Failure(f"{self.filename} has no {name}") from None

    def check(self, name, version, upper_bounds=True, c_library=None):
        """
        It must be what was asked for, and for the interpreter that runs this.
        `c_library`, as `tags.libc` gives it, is for a wheel that others built;
        without it the wheel was just built here. Without `upper_bounds` it may
        ask for an older Python, which not all installers look at.
        """
        built = "that was built " if c_library is None else ""
        if normalize(self.name) != normalize(name):
            raise Failure(f"the wheel {built}is of {self.name}, not of {name}")
        if not same(self.version, version):
            hint = (
                "; if the source takes its version from git, its backend did not take the pinned one: a patch may set it"
            )
            raise Failure(f"the wheel {built}has version {self.version}, not {version}{hint if built else ''}")
        asked = first(self.metadata, "requires-python")
        if not satisfies(asked if upper_bounds else lower_bounds(asked), platform.python_version()):
            raise Failure(f"it asks for Python {asked}, and this is {platform.python_version()}")
        if not supported(*self.tags, c_library):
            raise Failure(f"{self.filename} is not for this interpreter, {interpreter()}")

    def requirements(self):
        """Its run-time requirements, as they stand in its metadata."""
        return [value for field, value in self.metadata if field == "requires-dist"]


def install(wheel, out, site_packages):
    """
    Lays a wheel out below `out`: modules in its site-packages, data files below
    `out` itself, scripts in headwater/scripts for an environment to finish.
    Nothing of it is run.
    """
    site = os.path.join(out, site_packages)
    expected = records(wheel)
    written = []
    for member in wheel.archive.infolist():
        if member.is_dir():
            continue
        content = wheel.archive.read(member)
        check_record(wheel, expected, member.filename, content)
        if os.path.dirname(member.filename) == wheel.dist_info and os.path.basename(member.filename) in (
            "RECORD",
            "RECORD.jws",
            "RECORD.p7s",
        ):
            continue
        at = place(wheel, member.filename, out, site)
        if os.path.exists(at):
            raise Failure(f"{wheel.filename} has {member.filename} twice")
        os.makedirs(os.path.dirname(at), exist_ok=True)
        with open(at, "wb") as file:
            file.write(content)
        is_script = member.filename.startswith(f"{wheel.data}/scripts/")
        os.chmod(at, 0o755 if is_script or member.external_attr >> 16 & 0o111 else 0o644)
        written.append((at, content))
    with open(os.path.join(site, wheel.dist_info, "INSTALLER"), "w", encoding="utf-8") as file:
        file.write("headwater\n")
    written.append((os.path.join(site, wheel.dist_info, "INSTALLER"), b"headwater\n"))
    write_record(wheel, out, site, written)
    compile_modules(site)


def own_version(wheel, settings):
    """The version that a wheel must have: of the project's own (`isOwn`) it may have moved on, and that is said."""
    if not settings["isOwn"] or same(wheel.version, settings["version"]):
        return settings["version"]
    print(f"headwater: its version is {wheel.version}; when it was converted it was {settings['version']}", file=sys.stderr)
    return wheel.version


def lay_out(wheel, out, site_packages):
    """Installs a wheel to `out`, with notes on it."""
    os.makedirs(os.path.join(out, "headwater"))
    install(wheel, out, site_packages)
    notes = {"name": wheel.name, "version": wheel.version, "file": wheel.filename, "requires": wheel.requirements()}
    with open(os.path.join(out, "headwater/wheel.json"), "w", encoding="utf-8") as file:
        json.dump(notes, file, indent=2, sort_keys=True)
        file.write("\n")


def records(wheel):
    """RECORD as a table of paths and digests."""
    rows = csv.reader(io.StringIO(wheel.text("RECORD")))
    return {row[0]: row[1] for row in rows if row}


def check_record(wheel, expected, name, content):
    """Each file must be as RECORD says, which itself and its signatures alone are not in."""
    if name in (f"{wheel.dist_info}/{own}" for own in ("RECORD", "RECORD.jws", "RECORD.p7s")):
        return
    if name not in expected:
        raise Failure(f"{wheel.filename}: {name} is not in its RECORD")
    algorithm, _, digest = expected[name].partition("=")
    if algorithm not in ("sha256", "sha384", "sha512"):
        raise Failure(f"{wheel.filename}: the RECORD of {name} has no sha256")
    if digest != encoded(content, algorithm):
        raise Failure(f"{wheel.filename}: {name} is not what its RECORD says")


def encoded(content, algorithm="sha256"):
    """A digest in RECORD's spelling: URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(hashlib.new(algorithm, content).digest()).rstrip(b"=").decode()


def place(wheel, name, out, site):
    """Where a member goes."""
    if not name.startswith(f"{wheel.data}/"):
        return inside(site, name)
    kind, _, rest = name[len(wheel.data) + 1 :].partition("/")
    bases = {
        "purelib": site,
        "platlib": site,
        "scripts": os.path.join(out, "headwater/scripts"),
        "data": out,
        "headers": os.path.join(out, f"include/site/python{sys.version_info[0]}.{sys.version_info[1]}", normalize(wheel.name)),
    }
    if kind not in bases or not rest:
        raise Failure(f"{wheel.filename}: {name} is of no known kind of data")
    return inside(bases[kind], rest)


def entry_points(text):
    """entry_points.txt as a table of groups; each has names and objects (`module:attribute`)."""
    groups, group = {}, None
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("["):
            group = groups.setdefault(line.strip("[] "), {})
        elif line and line[0] not in "#;" and group is not None:
            name, _, target = line.partition("=")
            # Extras after the object are no longer used.
            group[name.strip()] = target.split("[")[0].strip()
    return groups


def programs(text):
    """The programs that entry_points.txt asks for: names and objects."""
    groups = entry_points(text)
    return {**groups.get("gui_scripts", {}), **groups.get("console_scripts", {})}


def write_record(wheel, out, site, written):
    """A RECORD of what is there; an environment's scripts are named without a digest."""
    rows = []
    for at, content in written:
        if at.startswith(os.path.join(out, "headwater/")):
            continue
        rows.append([os.path.relpath(at, site), "sha256=" + encoded(content), str(len(content))])
    names = list(programs(wheel.text("entry_points.txt", "")))
    scripts = os.path.join(out, "headwater/scripts")
    names += os.listdir(scripts) if os.path.isdir(scripts) else []
    rows += [[os.path.relpath(os.path.join(out, "bin", name), site), "", ""] for name in names]
    rows.append([f"{wheel.dist_info}/RECORD", "", ""])
    with open(os.path.join(site, wheel.dist_info, "RECORD"), "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(sorted(rows))


def renew_record(out, site_packages):
    """Makes RECORD true again where installed files were changed."""
    site = os.path.join(out, site_packages)
    record = next(os.path.join(site, name, "RECORD") for name in os.listdir(site) if name.endswith(".dist-info"))
    with open(record, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    for row in rows:
        if row[1]:
            with open(os.path.join(site, row[0]), "rb") as file:
                content = file.read()
            row[1:] = ["sha256=" + encoded(content), str(len(content))]
    with open(record, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def compile_modules(site):
    """Compiles the modules: the store cannot be written later. No times count in the result."""
    command = [sys.executable, "-s", "-m", "compileall", "-q", "-q", "--invalidation-mode", "unchecked-hash", site]
    # The order of sets is kept in constants. Modules for other versions of Python may not compile; they are not
    # imported either.
    subprocess.run(command, env={"PYTHONHASHSEED": "0", "PATH": os.environ.get("PATH", "")}, check=False)
