# SPDX-License-Identifier: MIT OR Apache-2.0
"""A package's source: unpacked, patched, and told its version."""

import errno
import json
import lzma
import os
import re
import subprocess
import tarfile
import tomllib
import zipfile
import zlib

from common import Failure, copy_tree, inside

# What an archive that is damaged, or made to be odd, makes Python's library raise.
DAMAGE = (
    *(tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError),
    *(OSError, RuntimeError, ValueError, LookupError, ArithmeticError),
)
# Links one after the other: whoever goes on is in a circle, which leads nowhere.
HOPS = 40
ARCHIVES = (".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar", ".zip")


def unpack(source, target):
    """Puts a source, a folder or an archive of one folder, at the target."""
    if os.path.isdir(source):
        copy_tree(source, target)
        return
    name = os.path.basename(source)
    if not name.endswith(ARCHIVES):
        raise Failure(f"the source {name} is neither a folder nor one of {', '.join(ARCHIVES)}")
    unpacked = target + ".unpacked"
    os.makedirs(unpacked)
    try:
        if name.endswith(".zip"):
            unzip(source, unpacked)
        else:
            untar(source, unpacked)
    except DAMAGE as error:
        raise Failure(f"the source {name} does not unpack: {error}") from None
    inner = os.listdir(unpacked)
    # By PEP 625 an sdist is one folder; archives made by hand may have none.
    one = len(inner) == 1 and os.path.isdir(os.path.join(unpacked, inner[0]))
    os.rename(os.path.join(unpacked, inner[0]) if one else unpacked, target)


def unzip(source, target):
    """Unpacks a zip file; its members' modes count where it has them."""
    with zipfile.ZipFile(source) as archive:
        for member in archive.infolist():
            at = inside(target, member.filename)
            archive.extract(member, target)
            if not member.is_dir():
                os.chmod(at, 0o755 if member.external_attr >> 16 & 0o100 else 0o644)


def untar(source, target):
    """
    Unpacks a tar file as the data filter of PEP 706 would, which older patch
    releases of Python lack: only files, folders and links, nothing outside.
    Nothing is written through a link, wherever it leads.
    """
    root = os.path.realpath(target)
    links = []
    with tarfile.open(source) as archive:
        for member in archive:
            at = unlinked(root, member.name)
            if member.isdir():
                if os.path.islink(at):
                    raise Failure(f"the path {member.name} is a link and a folder")
                os.makedirs(at, exist_ok=True)
                continue
            if at == root or not (member.issym() or member.isreg() or member.islnk()):
                continue
            os.makedirs(os.path.dirname(at), exist_ok=True)
            if member.issym():
                os.symlink(member.linkname, at)
                leads_to(root, at)
                links.append(at)
            elif member.isreg():
                with archive.extractfile(member) as data:
                    write(at, data, member.mode)
            else:
                original = unlinked(root, member.linkname)
                if os.path.islink(original) or not os.path.isfile(original):
                    raise Failure(f"the hard link {member.name} leads to {member.linkname}, which is no file")
                with open(original, "rb") as data:
                    write(at, data, os.stat(original).st_mode)
    # One that came later may lead an earlier one elsewhere.
    for link in links:
        leads_to(root, link)


def unlinked(root, path):
    """The path joined to its root; Failure where it leads out of it, or goes through a link."""
    at = inside(root, path)
    above = os.path.dirname(at)
    while len(above) > len(root):
        if os.path.islink(above):
            raise Failure(f"the path {path} goes through a link")
        above = os.path.dirname(above)
    return at


def leads_to(root, link):
    """Fails where a link leads out of the root, by whatever links there are on its way."""
    at = root
    steps = os.path.relpath(link, root).split("/")[::-1]
    hops = 0
    while steps:
        step = steps.pop()
        if step in ("", "."):
            continue
        if step == "..":
            if at == root:
                raise Failure(f"the link {os.path.relpath(link, root)} leads out of its folder")
            at = os.path.dirname(at)
            continue
        try:
            text = os.readlink(os.path.join(at, step))
        except FileNotFoundError:
            text = None
        except OSError as error:
            # What is there and is no link.
            if error.errno not in (errno.EINVAL, errno.ENOTDIR):
                raise
            text = None
        if text is None:
            at = os.path.join(at, step)
            continue
        hops += 1
        if hops > HOPS:
            # The system follows no circle. Who reads links as text may.
            if not os.path.realpath(link).startswith(root + os.sep):
                raise Failure(f"the link {os.path.relpath(link, root)} leads out of its folder")
            return
        if os.path.isabs(text):
            raise Failure(f"the link {os.path.relpath(link, root)} leads out of its folder")
        steps += text.split("/")[::-1]


def write(at, data, mode):
    """A new file, in place of what was there, and through no link."""
    if os.path.lexists(at):
        os.unlink(at)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with open(os.open(at, flags, 0o644), "wb") as file:
        while chunk := data.read(1 << 20):
            file.write(chunk)
    os.chmod(at, 0o755 if mode & 0o100 else 0o644)


def patch(root, patches):
    """Applies patches, with one leading component stripped."""
    for path in patches:
        command = ["patch", "-p1", "--force", "--no-backup-if-mismatch", "--directory", root, "--input", path]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failure(f"the patch {os.path.basename(path)} does not fit:\n{done.stdout}{done.stderr}")


def version_environment(name, version):
    """The variables by which build backends take the version that a lockfile has."""
    dist = re.sub(r"[-_.]+", "_", name).upper()
    return {
        # setuptools-scm, and hatch-vcs and flit-scm, which stand on it.
        f"SETUPTOOLS_SCM_PRETEND_VERSION_FOR_{dist}": version,
        "SETUPTOOLS_SCM_PRETEND_VERSION": version,
        "PDM_BUILD_SCM_VERSION": version,
        "PBR_VERSION": version,
        "POETRY_DYNAMIC_VERSIONING_BYPASS": version,
        "UV_DYNAMIC_VERSIONING_BYPASS": version,
    }


def freeze_versioneer(root, version):
    """
    Writes the version file that versioneer itself puts into an sdist, which it
    then believes; a source from git has one that asks git instead.
    """
    target = versioneer_file(root)
    if target is None or not os.path.exists(at := inside(root, target)):
        return False
    with open(at, encoding="utf-8", errors="replace") as file:
        if "END VERSION_JSON" in file.read():
            return False
    answer = {"date": None, "dirty": False, "error": None, "full-revisionid": None, "version": version}
    with open(at, "w", encoding="utf-8") as file:
        file.write(f"import json\n\nversion_json = '''\n{json.dumps(answer, sort_keys=True)}\n'''  # END VERSION_JSON\n\n\n")
        file.write("def get_versions():\n    return json.loads(version_json)\n")
    return True


def versioneer_file(root):
    """Where versioneer keeps the version of this source, or None."""
    table = pyproject(root).get("tool", {}).get("versioneer", {})
    if "versionfile_source" in table:
        return table["versionfile_source"]
    try:
        with open(os.path.join(root, "setup.cfg"), encoding="utf-8") as file:
            text = file.read()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    section = re.search(r"^\[versioneer\]$(.*?)(?=^\[|\Z)", text, re.M | re.S)
    found = section and re.search(r"^versionfile_source\s*=\s*(\S+)", section[1], re.M)
    return found[1] if found else None


def drop_tags(root, version):
    """
    Takes out of setup.cfg and pyproject.toml what setuptools would add to the version (`tag_build` and `tag_date` of
    `[egg_info]`, `[tool.distutils.egg_info]`). A project has them for the time between its releases: it makes these with
    `egg_info --no-date --tag-build ""`, and their sdists have none
    (https://setuptools.pypa.io/en/latest/userguide/distribution.html). A tag that the version ends with stays.
    """
    of_cfg = drop_tags_of(os.path.join(root, "setup.cfg"), "egg_info", version)
    return drop_tags_of(os.path.join(root, "pyproject.toml"), "tool.distutils.egg_info", version) or of_cfg


def drop_tags_of(at, table, version):
    """The same of one file; whether anything was there."""
    try:
        with open(at, encoding="utf-8", newline="") as file:
            lines = file.read().splitlines(keepends=True)
    except (FileNotFoundError, UnicodeDecodeError):
        return False
    kept, is_within, is_tag = [], False, False
    for line in lines:
        if section := re.match(r"\[([^]]*)\]", line):
            is_within = section[1] == table
        tag = is_within and re.match(r"tag[-_](build|date)\s*[=:]\s*(.*)", line, re.I)
        # What is indented goes on with the value above.
        is_tag = not ends_with(version, tag[2].strip().strip("\"'")) if tag else is_tag and line[:1] in " \t"
        if not is_tag:
            kept.append(line)
    if kept == lines:
        return False
    with open(at, "w", encoding="utf-8", newline="") as file:
        file.writelines(kept)
    return True


def ends_with(version, tag):
    """Whether a version ends with a tag, however that is written (PEP 440): `1.0.dev0` ends with `-dev`."""
    tag = re.sub(r"^[-_.]+", "", tag.lower())
    spelled = {"a": "alpha", "b": "beta", "rc": "preview|pre|c", "post": "rev|r"}
    for letter, others in spelled.items():
        tag = re.sub(rf"^(?:{others})(?=[-_.\d]|$)", letter, tag)
    tag = re.sub(r"^([a-z]+)[-_.]", r"\1", tag)
    return bool(tag) and version.endswith(tag if tag[-1:].isdigit() else tag + "0")


def include_everything(root):
    """
    Lets setuptools see every file of a source from git as data, as its plugins
    for git would; what the project's own manifest says then still counts.
    """
    at = os.path.join(root, "MANIFEST.in")
    own = ""
    if os.path.exists(at):
        with open(at, encoding="utf-8") as file:
            own = file.read()
    with open(at, "w", encoding="utf-8") as file:
        file.write("global-include *\n" + own)


def pyproject(root):
    """pyproject.toml as a table; empty where there is none."""
    try:
        with open(os.path.join(root, "pyproject.toml"), "rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Failure(f"its pyproject.toml cannot be read: {error}") from None
