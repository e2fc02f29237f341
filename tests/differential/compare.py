"""
Compares what Headwater's reader sees in archives with what unpackers make of
them. Every archive that the reader accepts must give the same files with all
programs that install: npm, pip, GNU tar, Python's tarfile and zipfile, and the
unpacker of our own builds. bsdtar and unzip are compared too.

    cargo build --example archive-contents
    python3 tests/differential/compare.py [--count N] [--first SEED] [--keep FOLDER]

Archives are made from seeds, so that one that differs can be made again.
The exit code is 1 if something differs. Archives that the reader refuses
although all unpackers agree are counted by their reason: those rules could be
relaxed.
"""

import argparse
import collections
import hashlib
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import warnings
import zipfile

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(ROOT, "nix/python/builders"), os.path.dirname(os.path.abspath(__file__))]

import source  # noqa: E402
import tars  # noqa: E402
import zips  # noqa: E402
from common import Failure  # noqa: E402

READER = os.environ.get("READER", os.path.join(ROOT, "target/debug/examples/archive-contents"))
TAR = ["--no-same-owner", "--no-same-permissions", "--touch", "--delay-directory-restore", "--warning=none"]
BATCH = 200
# Those whose word is not what is installed: told, and no fault.
BYSTANDERS = {"bsdtar", "bsdtar, from a pipe", "unzip"}


class Failed(Exception):
    """An unpacker that gave up."""


def walk(folder):
    """The regular files of a folder with their hashes, by paths; links are left out."""
    found = {}
    for at, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(at, name)
            if os.path.islink(path) or not os.path.isfile(path):
                continue
            with open(path, "rb") as file:
                found[os.path.relpath(path, folder)] = hashlib.sha256(file.read()).hexdigest()
    return found


def run(command):
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0:
        raise Failed(done.stderr.decode(errors="replace").strip().split("\n")[0])


def gnu_tar(file, folder):
    run(["tar", "--extract", f"--file={file}", f"--directory={folder}", "--strip-components=1", *TAR])
    return walk(folder)


def gnu_tar_whole(file, folder):
    """As builds of sdists go on from it: from its one folder."""
    run(["tar", "--extract", f"--file={file}", f"--directory={folder}", *TAR])
    return below_root(walk(folder))


def below_root(files):
    return {path.split("/", 1)[1]: digest for path, digest in files.items() if "/" in path}


def bsdtar(file, folder):
    run(["bsdtar", "-x", "-f", file, "-C", folder, "--strip-components=1", "--no-same-owner"])
    return walk(folder)


def bsdtar_whole(file, folder):
    run(["bsdtar", "-x", "-f", file, "-C", folder, "--no-same-owner"])
    return below_root(walk(folder))


def python_tar(file, folder):
    """The library alone, nothing taken off but the first component, as a reader of names would."""
    found = {}
    try:
        with tarfile.open(file) as archive:
            for member in archive:
                parts = [part for part in member.name.split("/")[1:] if part not in ("", ".")]
                # What is of no known kind is a file to the library.
                if member.isdir() or member.issym() or member.islnk() or not parts:
                    continue
                data = archive.extractfile(member)
                if data is None:
                    raise Failed("a file without data")
                found["/".join(parts)] = hashlib.sha256(data.read()).hexdigest()
    except Exception as error:  # noqa: BLE001
        raise Failed(f"{type(error).__name__}: {error}") from None
    return found


def builder(file, folder):
    """What builds of sdists unpack with."""
    target = os.path.join(folder, "t")
    try:
        source.unpack(file, target)
    except Failure as error:
        raise Failed(str(error)) from None
    return walk(target)


def pip(file, folder):
    from pip._internal.utils.unpacking import unpack_file

    try:
        unpack_file(file, folder)
    except Exception as error:  # noqa: BLE001
        raise Failed(f"{type(error).__name__}: {error}") from None
    return walk(folder)


def python_zip(file, _folder):
    """What an installer of wheels sees: it reads member by member."""
    found = {}
    try:
        with zipfile.ZipFile(file) as archive:
            for member in archive.infolist():
                if not member.is_dir():
                    parts = [part for part in member.filename.split("/") if part not in ("", ".")]
                    found["/".join(parts)] = hashlib.sha256(archive.read(member)).hexdigest()
            for name in archive.namelist():
                if not name.endswith("/"):
                    parts = [part for part in name.split("/") if part not in ("", ".")]
                    found["/".join(parts)] = hashlib.sha256(archive.read(name)).hexdigest()
    except Exception as error:  # noqa: BLE001
        raise Failed(f"{type(error).__name__}: {error}") from None
    return found


def unzip(file, folder):
    run(["unzip", "-qq", "-o", file, "-d", folder])
    return walk(folder)


def bsdtar_zip(file, folder):
    run(["bsdtar", "-x", "-f", file, "-C", folder, "--no-same-owner"])
    return walk(folder)


def bsdtar_front(file, folder):
    """From a pipe it can only believe what stands in front of each file."""
    with open(file, "rb") as data:
        done = subprocess.run(["bsdtar", "-x", "-f", "-", "-C", folder], stdin=data, capture_output=True, check=False)
    if done.returncode != 0:
        raise Failed(done.stderr.decode(errors="replace").strip().split("\n")[0])
    return walk(folder)


class Npm:
    """npm's own library, in a process that stays."""

    def __init__(self, top):
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "npm.js")
        npm = os.path.dirname(os.path.dirname(os.path.realpath(shutil.which("npm"))))
        command = ["node", script, npm, os.path.join(top, "npm-cache")]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def __call__(self, file, folder):
        self.process.stdin.write(f"{file}\t{folder}\n".encode())
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if answer != "ok":
            raise Failed(answer)
        return walk(folder)


def kinds(top):
    """By kind: the suffix, what makes one, and who unpacks it."""
    return {
        "npm": ("tgz", tars.archive, {"npm": Npm(top), "GNU tar": gnu_tar, "tarfile": python_tar, "bsdtar": bsdtar}),
        "sdist": ("tar.gz", tars.archive, {"builder": builder, "pip": pip, "GNU tar": gnu_tar_whole, "tarfile": python_tar, "bsdtar": bsdtar_whole}),
        "wheel": ("zip", zips.archive, {"zipfile": python_zip, "unzip": unzip, "bsdtar": bsdtar_zip, "bsdtar, from a pipe": bsdtar_front}),
    }


def ask(unpackers, file, top):
    """What each unpacker makes of an archive: its files, or why it gave up."""
    answers = {}
    for name, unpack in unpackers.items():
        folder = tempfile.mkdtemp(dir=top)
        try:
            answers[name] = unpack(file, folder)
        except Failed as error:
            answers[name] = f"fails: {error}"
        finally:
            subprocess.run(["chmod", "-R", "u+rwX", folder], check=False, capture_output=True)
            shutil.rmtree(folder, ignore_errors=True)
    return answers


def reason(text):
    """Why something was refused, without the names in it."""
    return re.sub(r'"(\\.|[^"\\])*"', '"..."', text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--kinds", default="npm,sdist,wheel")
    parser.add_argument("--all", action="store_true", help="ask the unpackers of refused archives, too")
    parser.add_argument("--keep", help="a folder for archives that differ")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    os.environ["LC_ALL"] = "C.UTF-8"
    top = tempfile.mkdtemp(prefix="headwater-differential-")
    counts, differing, aside, gave_up, alike = (collections.Counter() for _ in range(5))
    known = kinds(top)
    try:
        for first in range(given.first, given.first + given.count, BATCH):
            jobs = []
            for seed in range(first, min(first + BATCH, given.first + given.count)):
                kind = given.kinds.split(",")[seed % len(given.kinds.split(","))]
                suffix, make, _ = known[kind]
                file = os.path.join(top, f"a-{seed}.{suffix}")
                with open(file, "wb") as out:
                    out.write(make(seed))
                jobs.append((kind, seed, file))
            asked = "".join(f"{kind} {file}\n" for kind, _, file in jobs)
            said = subprocess.run([READER], input=asked.encode(), stdout=subprocess.PIPE, check=True).stdout.splitlines()
            for (kind, seed, file), line in zip(jobs, said, strict=True):
                ours = json.loads(line)
                counts[kind, "refused" if "refused" in ours else "accepted"] += 1
                if "refused" not in ours or given.all and ours["differs"]:
                    answers = ask(known[kind][2], file, top)
                    if "refused" in ours:
                        if all(one == answers["GNU tar" if kind != "wheel" else "zipfile"] and isinstance(one, dict) for one in answers.values()):
                            alike[kind, reason(ours["refused"])] += 1
                    else:
                        judge(kind, seed, file, ours, answers, (differing, aside, gave_up), given.keep)
                os.unlink(file)
            print(f"{first + len(jobs)}: {sum(differing.values())} differ", file=sys.stderr, flush=True)
    finally:
        shutil.rmtree(top, ignore_errors=True)
    for title, table in (("archives", counts), ("differ", differing), ("differ, and install nothing", aside), ("an unpacker gave up", gave_up), ("refused, and read alike", alike)):
        print(f"{title}:")
        for key, count in sorted(table.items(), key=lambda one: -one[1]):
            print(f"  {count:6} {' '.join(key)}")
    return 1 if differing else 0


def judge(kind, seed, file, ours, answers, counts, keep):
    """Says where an unpacker has other files than we do."""
    differing, aside, gave_up = counts
    files = {path: digest for path, (_, digest) in ours["files"].items()}
    # Of a hard link some make a file; what becomes of it is known.
    dropped = set(ours["dropped"])
    for name, answer in answers.items():
        if isinstance(answer, str):
            gave_up[kind, name, reason(re.sub(r"[^ ]*/a-\d+[^ ]*|t\.unpacked", "", answer))[:70]] += 1
            continue
        theirs = {path: digest for path, digest in answer.items() if path not in dropped}
        if theirs == files:
            continue
        (aside if name in BYSTANDERS else differing)[kind, name] += 1
        changed = sorted(path for path in {*files, *theirs} if files.get(path) != theirs.get(path))
        print(f"{kind} {seed}: {name} differs: {changed[:4]}", flush=True)
        if keep:
            os.makedirs(keep, exist_ok=True)
            shutil.copy(file, keep)


if __name__ == "__main__":
    sys.exit(main())
